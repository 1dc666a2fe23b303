//! What an event says beyond its kind, for a ticket's history. Names of people, grids and agencies are data and stay as
//! they are; an agency with an English name has it in English.

use redvest_domain::event::{Body, Grant, Outcome, PhotoVerdict, VoidReason};
use redvest_domain::id::ReasonCode;
use redvest_domain::reference::Reason;
use redvest_domain::terms::Holder;
use redvest_domain::time::{Clock, Limit, Timestamp};

use super::rows::Screen;

/// A language of screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    Zh,
    En,
}

impl Lang {
    /// The text in this language.
    pub(crate) fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// One line; `None` where the kind says it all. `limit` is the ticket's to put it right: extensions are in its unit.
pub(super) fn about(screen: &Screen<'_>, body: &Body, limit: Option<Limit>, lang: Lang) -> Option<String> {
    let lists = &screen.reference.policy().reasons;
    let pick = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
    let holder = |holder: &Holder| screen.holder(holder, lang);
    let (comma, and) = (lang.pick("，", ", "), lang.pick("、", ", "));
    let line = match body {
        Body::Rectified(fields) => outcome(fields.outcome, lang).to_owned(),
        Body::Dispatched(fields) => {
            let mut line = format!("{}{}", pick("主办：", "Lead: "), holder(&fields.lead));
            let with = fields.cooperating.iter().map(holder).collect::<Vec<_>>().join(and);
            if !with.is_empty() {
                line = format!("{line}{comma}{}{with}", pick("协办：", "cooperating: "));
            }
            match &fields.reason {
                Some(reason) => format!("{line}{comma}{}", words(&lists.dispatched, reason, lang)),
                None => line,
            }
        }
        Body::Returned(fields) => words(&lists.returned, &fields.reason, lang),
        Body::Contributed(fields) if fields.done => pick("已完成", "Done"),
        Body::Contributed(_) => pick("未完成", "Not done yet"),
        Body::Drawn(fields) if fields.chosen => pick("抽中，待核查", "Drawn, to be reviewed"),
        Body::Drawn(_) => pick("未抽中，结案", "Not drawn, closed"),
        Body::SentBack(fields) => {
            fields.reasons.iter().map(|reason| words(&lists.sent_back, reason, lang)).collect::<Vec<_>>().join(and)
        }
        Body::PhotoReviewed(fields) => verdict(fields.verdict, lang).to_owned(),
        Body::Voided(fields) => match fields.reason {
            VoidReason::NoViolation => pick("不属于违规", "No violation"),
            VoidReason::Duplicate(_) => pick("重复上报", "Reported before"),
            VoidReason::Mistake => pick("误报", "Reported by mistake"),
        },
        Body::Reopened(fields) => words(&lists.reopened, &fields.reason, lang),
        Body::Asked(fields) => {
            let list = if matches!(fields.wish, Grant::Suspension(_)) { &lists.suspended } else { &lists.extended };
            format!("{}{comma}{}", grant(screen, fields.wish, limit, lang), words(list, &fields.reason, lang))
        }
        Body::Granted(fields) => grant(screen, fields.grant, limit, lang),
        Body::Urged(fields) => holder(fields.whom.as_ref()?),
        Body::Carded(fields) => holder(&fields.whom),
        Body::Recategorised(fields) => {
            let category = screen.reference.category(&fields.category)?;
            lang.pick(&category.name, &category.name_en).clone()
        }
        Body::Relocated(fields) => holder(&Holder::Grid(fields.grid.clone()?)),
        Body::Rehomed(fields) => format!("{} → {}", holder(&fields.from), holder(&fields.to)),
        Body::Erased(fields) => format!("{}{}", fields.events.len(), pick(" 条", " events")),
        _ => return None,
    };
    Some(line)
}

fn words(list: &[Reason], code: &ReasonCode, lang: Lang) -> String {
    let known = list.iter().find(|reason| reason.code == *code);
    known.map_or_else(|| code.to_string(), |reason| lang.pick(&reason.zh, &reason.en).clone())
}

fn outcome(outcome: Outcome, lang: Lang) -> &'static str {
    match outcome {
        Outcome::Rectified => lang.pick("已整改", "Put right"),
        Outcome::Persuaded => lang.pick("已劝导", "Persuaded"),
        Outcome::NothingFound => lang.pick("未发现", "Nothing found"),
    }
}

fn verdict(verdict: PhotoVerdict, lang: Lang) -> &'static str {
    match verdict {
        PhotoVerdict::Fine => lang.pick("合格", "Fine"),
        PhotoVerdict::Unclear => lang.pick("不清晰", "Not clear"),
        PhotoVerdict::OtherPlace => lang.pick("地点不符", "Another place"),
        PhotoVerdict::Reused => lang.pick("重复使用", "Used before"),
        PhotoVerdict::Staged => lang.pick("摆拍", "Staged"),
        PhotoVerdict::Private => lang.pick("涉及隐私", "Shows what is private"),
    }
}

fn grant(screen: &Screen<'_>, grant: Grant, limit: Option<Limit>, lang: Lang) -> String {
    match grant {
        Grant::Suspension(until) => format!("{} {}", lang.pick("挂账至", "Suspended until"), local(screen, until)),
        Grant::Extension(amount) => format!("{} {amount}{}", lang.pick("延期", "More time:"), unit(limit, lang)),
    }
}

/// What an extension counts; nothing where the ticket has no limit any more.
fn unit(limit: Option<Limit>, lang: Lang) -> &'static str {
    match limit.map(|limit| limit.clock) {
        Some(Clock::UrgentHours) => lang.pick(" 分钟", " minutes"),
        Some(Clock::WorkingHours) => lang.pick(" 分钟工作时", " minutes of working time"),
        Some(Clock::WorkingDays) => lang.pick(" 个工作日", " working days"),
        Some(Clock::NaturalDays) => lang.pick(" 天", " days"),
        None => "",
    }
}

/// An instant on the workspace's clock, to the minute.
fn local(screen: &Screen<'_>, at: Timestamp) -> String {
    let calendar = screen.reference.calendar(&screen.reference.policy().calendar);
    let minutes = calendar.map_or(480, |calendar| calendar.offset_minutes);
    at.plus_ms(i64::from(minutes) * 60_000).to_utc().format("%Y-%m-%d %H:%M").to_string()
}
