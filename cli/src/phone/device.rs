//! The device itself: enrolment, keys, what waits, whether all is whole.

use clap::Args;
use redvest_domain::invitation::Invitation;
use redvest_transport::{enrol, rekey};
use serde_json::json;

use super::Phone;
use crate::failure::{Failure, Input};

/// Arguments of `redvest enrol`.
#[derive(Debug, Args)]
pub struct Enrol {
    /// 登记码：以 redvest:enrol 开头的整段内容，请加引号 || The enrolment code: all of it from redvest:enrol on, in quotes
    code: String,
    /// 设备名称，供创文办识别 || What the device is, for the office's list
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
}

/// What a device is called unless somebody says so.
fn own_label() -> String {
    let named = ["HOSTNAME", "COMPUTERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "redvest".to_owned())
}

impl Enrol {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let invitation: Invitation = self.code.parse()?;
        enrol(&phone.client, &invitation, &self.label.unwrap_or_else(own_label))?;
        let identity = phone.client.store().identity()?.ok_or(redvest_client::Error::NotEnrolled)?;
        phone.ctx.out.object(&json!({
            "workspace": identity.workspace,
            "name": identity.name,
            "device": identity.device,
            "member": identity.member,
            "hub": identity.address,
        }))?;
        let name = &identity.name;
        phone.ctx.out.say(
            &format!("已登记到“{name}”。接下来执行 redvest sync 取得资料和工单。"),
            &format!("Enrolled in {name}. Run `redvest sync` next to get documents and tickets."),
        )
    }
}

/// Arguments of `redvest rekey`.
#[derive(Debug, Args)]
pub struct Rekey {
    /// 设备名称，供创文办识别 || What the device is, for the office's list
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
}

impl Rekey {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        rekey(&phone.client, &self.label.unwrap_or_else(own_label))?;
        let identity = phone.client.store().identity()?.ok_or(redvest_client::Error::NotEnrolled)?;
        phone.ctx.out.object(&json!({ "device": identity.device }))?;
        phone.ctx.out.say(
            "已更换密钥；未被接收的工作会以新密钥重新送出。",
            "The device has a new key; what was never accepted is sent again under it.",
        )
    }
}

/// `redvest status`.
pub(super) fn status(phone: &Phone) -> Result<(), Failure> {
    let out = phone.ctx.out;
    let home = phone.client.home()?;
    out.object(&home)?;
    let photos: Vec<String> = home
        .photos
        .iter()
        .filter(|waiting| waiting.files > 0)
        .map(|waiting| format!("{} {} ({} KiB)", waiting.files, waiting.role.code(), waiting.bytes >> 10))
        .collect();
    let count = |number: u64| if number > 0 { number.to_string() } else { String::new() };
    let last_sync = home.last_sync.map(|at| phone.local(at)).unwrap_or_else(|| out.pick("从未", "never").to_owned());
    out.fields(&[
        ("工作区", "Workspace", home.workspace.unwrap_or_default()),
        ("成员", "Member", home.member.unwrap_or_default()),
        ("上次同步", "Last sync", last_sync),
        ("待送出的事件", "Events waiting", home.events_waiting.to_string()),
        ("待传的照片", "Photo files waiting", photos.join(out.pick("、", ", "))),
        ("未上报的照片", "Photos on no ticket", count(home.unbound_photos)),
        ("被拒收", "Refused", count(home.refused)),
        ("来迟", "Too late", count(home.too_late)),
        ("最近到期", "Next due", home.next_due.map(|at| phone.local(at)).unwrap_or_default()),
    ])?;
    if home.needs_update {
        out.say(
            "工作区已采用更新的规则：请升级程序。升级之前只能查看；未送出的工作照常送出。",
            "The workspace follows a newer law: update this program. Until then nothing new is written; what waits is sent.",
        )?;
    }
    let rows = home.tallies.iter().map(|tally| {
        let work = match tally.work.map(|work| work.code()) {
            None => out.pick("我上报的", "reported by me"),
            Some("rectify") => out.pick("待我处置", "to rectify"),
            Some("assist") => out.pick("待我协办", "to assist"),
            Some("dispatch") => out.pick("待我派遣", "to dispatch"),
            Some("review") => out.pick("待我核查", "to review"),
            Some(_) => out.pick("待我答复", "to answer"),
        };
        let stage = out.pick(&tally.stage_zh, tally.stage.code());
        vec![work.to_owned(), stage.to_owned(), tally.tickets.to_string()]
    });
    out.table(&[("清单", "list"), ("阶段", "stage"), ("件数", "tickets")], rows.collect())
}

/// `redvest diagnostic`: JSON in every language, for it is read by whoever mends the program.
pub(super) fn diagnostic(phone: &Phone) -> Result<(), Failure> {
    let (out, text) = (phone.ctx.out, phone.client.diagnostic()?);
    out.object(&serde_json::from_str::<serde_json::Value>(&text).map_err(std::io::Error::other)?)?;
    out.text(&text)
}

/// `redvest doctor`.
pub(super) fn doctor(phone: &Phone) -> Result<(), Failure> {
    let out = phone.ctx.out;
    let health = phone.client.doctor()?;
    out.object(&health)?;
    out.fields(&[
        ("工单", "Tickets", health.tickets.to_string()),
        ("事件", "Events", health.events.to_string()),
        ("本机事件", "Own events", health.own_events.to_string()),
        ("待送出", "Waiting", health.waiting.to_string()),
        ("照片文件", "Photo files", format!("{} ({} KiB)", health.files, health.bytes >> 10)),
        ("曾修复的差异", "Differences repaired", health.mismatches.to_string()),
    ])?;
    for finding in &health.findings {
        out.text(&format!("{}: {} {}", finding.code, out.pick(&finding.zh, &finding.en), finding.what))?;
    }
    if health.findings.is_empty() {
        return out.say("一切完好。", "All is whole.");
    }
    let count = health.findings.len();
    Err(Failure::Proof(Input::new(
        "not_whole",
        format!("发现 {count} 处问题，请按上面的提示处理。"),
        format!("{count} findings; do what is said above."),
    )))
}
