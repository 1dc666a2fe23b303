//! Looking at what is held here: a ticket, its photos, what is near, the log, the digests.

use clap::Args;
use redvest_client::store::Status;
use redvest_domain::event::kind_names;
use redvest_domain::id::Hash;
use redvest_domain::place::Position;
use redvest_domain::ticket::Shows;
use serde_json::json;

use super::Phone;
use super::work::Ticket;
use crate::failure::Failure;
use crate::parse;

/// Arguments of `redvest show`.
#[derive(Debug, Args)]
pub struct Show {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
}

impl Show {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        phone.detail(&phone.client.ticket(self.ticket.id(phone)?)?)
    }
}

/// Arguments of `redvest photos`.
#[derive(Debug, Args)]
pub struct Photos {
    /// 工单；不写时显示尚未上报的照片 || The ticket; else photos on no ticket yet
    ticket: Option<String>,
    /// 丢弃一张尚未上报的照片（完整哈希） || Throw away a photo that is on no ticket (its whole hash)
    #[arg(long, value_name = "HASH", value_parser = parse::id::<Hash>, conflicts_with = "ticket")]
    discard: Option<Hash>,
}

impl Photos {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let out = phone.ctx.out;
        if let Some(hash) = self.discard {
            phone.client.discard_photo(hash)?;
            out.object(&json!({ "discarded": hash }))?;
            return out.say("已丢弃。", "Thrown away.");
        }
        match self.ticket {
            Some(ticket) => of_ticket(phone, &ticket),
            None => unbound(phone),
        }
    }
}

fn unbound(phone: &Phone) -> Result<(), Failure> {
    let out = phone.ctx.out;
    let photos = phone.client.unbound_photos()?;
    let mut rows = Vec::new();
    for photo in &photos {
        out.object(photo)?;
        rows.push(vec![
            photo.hash.to_hex(),
            photo.kind.clone(),
            (photo.size >> 10).to_string(),
            phone.local(photo.imported),
        ]);
    }
    out.table(&[("哈希", "hash"), ("类型", "type"), ("KiB", "KiB"), ("导入", "imported")], rows)?;
    let count = photos.len();
    out.say(&format!("{count} 张照片尚未上报。"), &format!("{count} photos are on no ticket yet."))?;
    for waiting in phone.client.store().photos_waiting()? {
        let (files, kib) = (waiting.files, waiting.bytes >> 10);
        out.say(
            &format!("待传 {}：{files} 个文件，{kib} KiB。", waiting.role.code()),
            &format!("Waiting to be sent, {}: {files} files, {kib} KiB.", waiting.role.code()),
        )?;
    }
    Ok(())
}

fn of_ticket(phone: &Phone, ticket: &str) -> Result<(), Failure> {
    let out = phone.ctx.out;
    let detail = phone.client.ticket(phone.ticket(ticket)?)?;
    let mut rows = Vec::new();
    for (at, photo) in detail.photos.iter().enumerate() {
        out.object(photo)?;
        let path = photo.original_path.as_ref().or(photo.review_path.as_ref()).or(photo.thumbnail_path.as_ref());
        rows.push(vec![
            (at + 1).to_string(),
            photo.original.to_hex()[..12].to_owned(),
            match photo.shows {
                Shows::Before => out.pick("整改前", "before"),
                Shows::After => out.pick("整改后", "after"),
                Shows::Evidence => out.pick("补充", "evidence"),
            }
            .to_owned(),
            photo.verdict.clone().unwrap_or_default(),
            photo.taken.map(|taken| phone.local(taken)).unwrap_or_default(),
            photo.marks.join(" "),
            photo.waits.map(|role| role.code()).unwrap_or_default().to_owned(),
            path.map(|path| path.display().to_string()).unwrap_or_default(),
        ]);
    }
    let header = [
        ("序", "no."),
        ("哈希", "hash"),
        ("内容", "shows"),
        ("评判", "verdict"),
        ("拍摄", "taken"),
        ("存疑", "marks"),
        ("待传", "waits"),
        ("文件", "file"),
    ];
    out.table(&header, rows)?;
    let count = detail.photos.len();
    out.say(&format!("共 {count} 张。"), &format!("{count} photos."))
}

/// Arguments of `redvest near`.
#[derive(Debug, Args)]
pub struct Near {
    /// 位置 纬度,经度（WGS-84） || The position: LATITUDE,LONGITUDE (WGS-84)
    #[arg(long, value_name = "LAT,LON", value_parser = parse::position, allow_hyphen_values = true)]
    at: Position,
    /// 半径（米），最多 5000 || The radius in metres, at most 5000
    #[arg(long, value_name = "METRES", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=5000))]
    radius: u32,
}

impl Near {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let rows = phone.client.nearby(self.at, self.radius)?;
        phone.rows(&rows)?;
        let (count, radius) = (rows.len(), self.radius);
        phone
            .ctx
            .out
            .say(&format!("{radius} 米内有 {count} 件未办结。"), &format!("{count} open tickets within {radius} m."))
    }
}

/// Arguments of `redvest log`.
#[derive(Debug, Args)]
pub struct Log {
    /// 显示最近的同步记录 || Show the last syncs instead
    #[arg(long)]
    syncs: bool,
}

impl Log {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let out = phone.ctx.out;
        let mut rows = Vec::new();
        if self.syncs {
            for session in phone.client.sessions()? {
                out.object(&session)?;
                rows.push(vec![
                    phone.local(session.started),
                    session.ended.map(|at| phone.local(at)).unwrap_or_default(),
                    session.result.map(|result| json!(result).to_string()).unwrap_or_default(),
                ]);
            }
            return out.table(&[("开始", "began"), ("结束", "ended"), ("结果", "result")], rows);
        }
        for event in phone.client.log()? {
            let (kind, kind_zh) = kind_names(event.kind);
            if out.json {
                let mut value = serde_json::to_value(&event).map_err(std::io::Error::other)?;
                value["kind"] = kind.into();
                out.object(&value)?;
                continue;
            }
            rows.push(vec![
                event.n.map(|n| n.to_string()).unwrap_or_default(),
                event.ticket.map(|ticket| ticket.to_string()).unwrap_or_default(),
                event.seq.map(|seq| seq.to_string()).unwrap_or_default(),
                out.pick(kind_zh, kind).to_owned(),
                event.event.to_string(),
                event.status.map(|status| fate(phone, status).to_owned()).unwrap_or_default(),
            ]);
        }
        let header =
            [("编号", "n"), ("工单", "ticket"), ("序", "seq"), ("事件", "kind"), ("标识", "id"), ("本机", "own")];
        out.table(&header, rows)
    }
}

/// What became of an own event, in a word.
fn fate(phone: &Phone, status: Status) -> &'static str {
    let (zh, en) = match status {
        Status::Waiting => ("待送出", "waiting"),
        Status::Accepted => ("已接收", "accepted"),
        Status::TooLate => ("来迟", "too late"),
        Status::Refused => ("被拒收", "refused"),
        Status::Dismissed => ("已收起", "dismissed"),
    };
    phone.ctx.out.lang.pick(zh, en)
}

/// `redvest digest`.
pub(super) fn digest(phone: &Phone) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for row in phone.client.digest()? {
        phone.ctx.out.object(&row)?;
        rows.push(vec![row.key.to_string(), row.tickets.to_string(), row.digest.to_string()]);
    }
    phone.ctx.out.table(&[("范围", "key"), ("工单", "tickets"), ("摘要", "digest")], rows)
}
