//! What an event says beyond its kind, in Chinese, for a ticket's history.

use redvest_domain::event::{Body, Grant, Outcome, PhotoVerdict, VoidReason};
use redvest_domain::id::ReasonCode;
use redvest_domain::reference::Reason;
use redvest_domain::terms::Holder;
use redvest_domain::time::Timestamp;

use super::rows::Screen;

/// One line; `None` where the kind says it all.
pub(super) fn about(screen: &Screen<'_>, body: &Body) -> Option<String> {
    let lists = &screen.reference.policy().reasons;
    let line = match body {
        Body::Rectified(fields) => outcome(fields.outcome).to_owned(),
        Body::Dispatched(fields) => {
            let lead = format!("主办：{}", screen.holder_zh(&fields.lead));
            let with = names(screen, &fields.cooperating);
            let lead = if with.is_empty() { lead } else { format!("{lead}，协办：{with}") };
            match &fields.reason {
                Some(reason) => format!("{lead}，{}", reason_zh(&lists.dispatched, reason)),
                None => lead,
            }
        }
        Body::Returned(fields) => reason_zh(&lists.returned, &fields.reason),
        Body::Contributed(fields) => if fields.done { "已完成" } else { "未完成" }.to_owned(),
        Body::Drawn(fields) => if fields.chosen { "抽中，待核查" } else { "未抽中，结案" }.to_owned(),
        Body::SentBack(fields) => {
            let reasons: Vec<String> =
                fields.reasons.iter().map(|reason| reason_zh(&lists.sent_back, reason)).collect();
            reasons.join("、")
        }
        Body::PhotoReviewed(fields) => verdict(fields.verdict).to_owned(),
        Body::Voided(fields) => match fields.reason {
            VoidReason::NoViolation => "不属于违规".to_owned(),
            VoidReason::Duplicate(_) => "重复上报".to_owned(),
            VoidReason::Mistake => "误报".to_owned(),
        },
        Body::Reopened(fields) => reason_zh(&lists.reopened, &fields.reason),
        Body::Asked(fields) => {
            let list = if matches!(fields.wish, Grant::Suspension(_)) { &lists.suspended } else { &lists.extended };
            format!("{}，{}", grant(screen, fields.wish), reason_zh(list, &fields.reason))
        }
        Body::Granted(fields) => grant(screen, fields.grant),
        Body::Urged(fields) => screen.holder_zh(fields.whom.as_ref()?),
        Body::Carded(fields) => screen.holder_zh(&fields.whom),
        Body::Recategorised(fields) => screen.reference.category(&fields.category)?.name.clone(),
        Body::Relocated(fields) => screen.holder_zh(&Holder::Grid(fields.grid.clone()?)),
        Body::Rehomed(fields) => format!("{} → {}", screen.holder_zh(&fields.from), screen.holder_zh(&fields.to)),
        Body::Erased(fields) => format!("{} 条", fields.events.len()),
        _ => return None,
    };
    Some(line)
}

fn names(screen: &Screen<'_>, holders: &[Holder]) -> String {
    holders.iter().map(|holder| screen.holder_zh(holder)).collect::<Vec<_>>().join("、")
}

fn reason_zh(list: &[Reason], code: &ReasonCode) -> String {
    list.iter().find(|reason| reason.code == *code).map_or_else(|| code.to_string(), |reason| reason.zh.clone())
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Rectified => "已整改",
        Outcome::Persuaded => "已劝导",
        Outcome::NothingFound => "未发现",
    }
}

fn verdict(verdict: PhotoVerdict) -> &'static str {
    match verdict {
        PhotoVerdict::Fine => "合格",
        PhotoVerdict::Unclear => "不清晰",
        PhotoVerdict::OtherPlace => "地点不符",
        PhotoVerdict::Reused => "重复使用",
        PhotoVerdict::Staged => "摆拍",
        PhotoVerdict::Private => "涉及隐私",
    }
}

fn grant(screen: &Screen<'_>, grant: Grant) -> String {
    match grant {
        Grant::Suspension(until) => format!("挂账至 {}", local(screen, until)),
        Grant::Extension(amount) => format!("延期 {amount}"),
    }
}

/// An instant on the workspace's clock, to the minute.
fn local(screen: &Screen<'_>, at: Timestamp) -> String {
    let calendar = screen.reference.calendar(&screen.reference.policy().calendar);
    let minutes = calendar.map_or(480, |calendar| calendar.offset_minutes);
    at.plus_ms(i64::from(minutes) * 60_000).to_utc().format("%Y-%m-%d %H:%M").to_string()
}
