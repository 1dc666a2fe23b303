//! Refused work, so that the office can admit it.

use redvest_hub::orders::{Order, Reply};

use super::{strange, with_office};
use crate::cli::Ctx;
use crate::failure::Failure;

/// `redvest hub refused`.
pub(super) fn refused(ctx: &Ctx) -> Result<(), Failure> {
    let all = with_office(ctx, |office| async move {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let Reply::Refused(page) = office.ask(Order::Refused { after }).await? else { return Err(strange()) };
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.event);
            all.extend(page);
        }
    })?;
    let mut rows = Vec::new();
    for work in &all {
        ctx.out.object(work)?;
        let ticket = work.number.clone().or_else(|| work.ticket.map(|ticket| ticket.to_string()));
        rows.push(vec![
            work.event.to_string(),
            ticket.unwrap_or_default(),
            ctx.out.pick(&work.kinds_zh.join("、"), &work.kinds.join(", ")).to_owned(),
            work.member.to_string(),
            ctx.out.pick(&work.zh, &work.en).to_owned(),
        ]);
    }
    let header = [("事件", "event"), ("工单", "ticket"), ("操作", "kinds"), ("成员", "member"), ("原因", "why")];
    ctx.out.table(&header, rows)?;
    ctx.out.say(&format!("共 {} 次。", all.len()), &format!("{} pieces of work.", all.len()))
}
