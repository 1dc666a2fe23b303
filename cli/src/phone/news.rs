//! Own work that was refused or came too late: listed until it is dismissed.

use clap::Args;
use redvest_client::view::NewsRow;
use redvest_domain::id::EventId;
use serde_json::json;

use super::Phone;
use crate::failure::Failure;
use crate::parse;

/// `redvest refused` and `redvest too-late`.
pub(super) fn list(phone: &Phone, news: &[NewsRow]) -> Result<(), Failure> {
    let out = phone.ctx.out;
    let mut rows = Vec::new();
    for row in news {
        out.object(row)?;
        let winner = row.winner.as_ref().map(|winner| {
            format!("{} {} {}", out.pick(&winner.kind_zh, &winner.kind_en), winner.name, phone.local(winner.at))
        });
        rows.push(vec![
            row.event.to_string(),
            row.number.clone().unwrap_or_default(),
            out.pick(&row.kind_zh, &row.kind_en).to_owned(),
            phone.local(row.at),
            format!("{} ({})", out.pick(&row.zh, &row.en), row.code),
            winner.unwrap_or_default(),
        ]);
    }
    let header =
        [("标识", "id"), ("工单", "ticket"), ("事件", "event"), ("时间", "when"), ("原因", "why"), ("先者", "first")];
    out.table(&header, rows)?;
    let count = news.len();
    out.say(
        &format!("共 {count} 条；处理后用 redvest dismiss 收起。"),
        &format!("{count} in all; `redvest dismiss` puts one away."),
    )
}

/// Arguments of `redvest dismiss`.
#[derive(Debug, Args)]
pub struct Dismiss {
    /// 事件标识，见 redvest refused 和 redvest too-late || The event's id, see `redvest refused` and `redvest too-late`
    #[arg(value_parser = parse::id::<EventId>)]
    event: EventId,
}

impl Dismiss {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        phone.client.dismiss(self.event)?;
        phone.ctx.out.object(&json!({ "dismissed": self.event }))?;
        phone.ctx.out.say("已收起；其照片可用于新的上报。", "Put away; its photos can go on a new report.")
    }
}
