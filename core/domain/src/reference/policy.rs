//! The policy: the workspace's own rules beside the catalogue.
//!
//! Not here, because each has one home elsewhere: the offset from UTC (the calendar's), the law version in force
//! (set by an event), and the secret behind the draw (the hub's; a published one would tell who is drawn).

use std::slice::from_ref;

use serde::{Deserialize, Serialize};

use super::catalogue::{MAX_NAME, check_limit};
use super::fault::{Fault, Faults};
use crate::codes::Code;
use crate::escalate::EscalationPolicy;
use crate::event::{Body, ClockName, Grant};
use crate::id::{CalendarCode, ReasonCode};
use crate::time::Limit;

/// The policy of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The publisher's own version, such as `2026.1`.
    pub version: String,
    /// The calendar that the clocks of new tickets run on.
    pub calendar: CalendarCode,
    /// Whether a lead holder may hand a ticket on by itself (移交).
    pub hand_on: bool,
    /// What a holder has at least left to rectify after work was sent back; absent gives nothing extra.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rework_floor: Option<Limit>,
    /// Days of 24 hours after closing in which a ticket can be reopened; 0 for never.
    pub reopen_days: u16,
    /// Days of 24 hours in which work done before a role ended is still taken as late.
    pub grace_days: u16,
    /// The longest suspension (挂账) that can be granted at once, in days of 24 hours.
    pub suspension_max_days: u16,
    /// What stands before the day in a short number, such as `A-` in `A-20261122-0147`; absent for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_prefix: Option<String>,
    /// When to warn, to remind and to card, for each clock.
    pub escalation: Escalation,
    /// Reasons to choose from.
    pub reasons: Reasons,
}

/// Escalation for each clock; one that is left out is due soon in its last quarter, without reminder or card.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Escalation {
    /// Waiting for dispatch.
    pub dispatch: EscalationPolicy,
    /// Dispatched, waiting to be accepted.
    pub accept: EscalationPolicy,
    /// To be rectified.
    pub rectify: EscalationPolicy,
    /// Rectified, waiting to be judged.
    pub review: EscalationPolicy,
}

impl Escalation {
    /// The numbers for one clock.
    pub fn of(&self, clock: ClockName) -> &EscalationPolicy {
        match clock {
            ClockName::Dispatch => &self.dispatch,
            ClockName::Accept => &self.accept,
            ClockName::Rectify => &self.rectify,
            ClockName::Review => &self.review,
        }
    }

    fn check(&self, faults: &mut Faults) {
        let clocks =
            [("dispatch", self.dispatch), ("accept", self.accept), ("rectify", self.rectify), ("review", self.review)];
        for (clock, numbers) in clocks {
            if numbers.due_soon_percent > 100 {
                faults.error(
                    format!("escalation.{clock}.due_soon_percent"),
                    "bad_share",
                    "即将到期的比例应为 0 至 100。",
                    "The part in which a clock is due soon is 0 to 100 per cent.",
                );
            }
            for (step, limit) in [("remind_after", numbers.remind_after), ("card_after", numbers.card_after)] {
                if let Some(limit) = limit {
                    check_limit(limit, || format!("escalation.{clock}.{step}.amount"), faults);
                }
            }
        }
    }
}

/// The reasons that people choose from, by what they do. Each list may hold up to 64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// Why the accuracy gate is passed without meeting it.
    pub gate: Vec<Reason>,
    /// Why a ticket is dispatched anew or handed on (派遣、移交); the only list that may be empty.
    pub dispatched: Vec<Reason>,
    /// Why a ticket is not the holder's (退回).
    pub returned: Vec<Reason>,
    /// Why work is sent back (返工).
    pub sent_back: Vec<Reason>,
    /// Why a ticket is reopened (重开).
    pub reopened: Vec<Reason>,
    /// Why the clocks are to stand (挂账).
    pub suspended: Vec<Reason>,
    /// Why more time is needed (延期).
    pub extended: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Its code, unique in its list.
    pub code: ReasonCode,
    /// Its words in Chinese.
    pub zh: String,
    /// Its words in English.
    pub en: String,
}

impl Reasons {
    /// The lists with their field names.
    pub fn lists(&self) -> [(&'static str, &[Reason]); 7] {
        [
            ("gate", &self.gate),
            ("dispatched", &self.dispatched),
            ("returned", &self.returned),
            ("sent_back", &self.sent_back),
            ("reopened", &self.reopened),
            ("suspended", &self.suspended),
            ("extended", &self.extended),
        ]
    }

    /// Whether every reason that an event carries stands in the list for its kind.
    ///
    /// # Errors
    /// [`Code::UnknownReason`].
    pub fn check(&self, body: &Body) -> Result<(), Code> {
        let (list, carried): (&[Reason], &[ReasonCode]) = match body {
            Body::Reported(fields) => (&self.gate, fields.gate_reason.as_slice()),
            Body::Rectified(fields) => (&self.gate, fields.gate_reason.as_slice()),
            Body::Dispatched(fields) => (&self.dispatched, fields.reason.as_slice()),
            Body::Returned(fields) => (&self.returned, from_ref(&fields.reason)),
            Body::SentBack(fields) => (&self.sent_back, &fields.reasons),
            Body::Reopened(fields) => (&self.reopened, from_ref(&fields.reason)),
            Body::Asked(fields) => match fields.wish {
                Grant::Suspension(_) => (&self.suspended, from_ref(&fields.reason)),
                Grant::Extension(_) => (&self.extended, from_ref(&fields.reason)),
            },
            _ => (&[], &[]),
        };
        let known = carried.iter().all(|reason| list.iter().any(|known| known.code == *reason));
        if known { Ok(()) } else { Err(Code::UnknownReason) }
    }
}

/// Reasons in one list.
const MAX_REASONS: usize = 64;
/// The most that a policy's days can be: ten years.
const MAX_DAYS: u16 = 10 * 366;
/// The longest prefix of a short number, in bytes.
const MAX_PREFIX: usize = 8;

impl Policy {
    /// The policy that a new workspace begins with.
    pub fn built_in() -> Policy {
        serde_json::from_str(include_str!("../../data/policy-default.json")).expect("the file is part of this crate")
    }

    /// Everything that is wrong in the policy by itself.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        faults.text(|| "version".into(), &self.version, MAX_NAME);
        if let Some(floor) = self.rework_floor {
            check_limit(floor, || "rework_floor.amount".into(), &mut faults);
        }
        self.escalation.check(&mut faults);
        let days = [
            ("reopen_days", self.reopen_days, 0),
            ("grace_days", self.grace_days, 0),
            ("suspension_max_days", self.suspension_max_days, 1),
        ];
        for (field, days, min) in days {
            if days < min || days > MAX_DAYS {
                faults.error(
                    field,
                    "bad_days",
                    format!("天数应为 {min} 至 {MAX_DAYS}。"),
                    format!("The days are {min} to {MAX_DAYS}."),
                );
            }
        }
        let fits = |prefix: &str| {
            (1..=MAX_PREFIX).contains(&prefix.len())
                && prefix.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if self.number_prefix.as_deref().is_some_and(|prefix| !fits(prefix)) {
            faults.error(
                "number_prefix",
                "bad_prefix",
                format!("编号前缀为 1 至 {MAX_PREFIX} 个大写字母、数字或“-”；不用前缀请删除此项。"),
                format!("The prefix is 1 to {MAX_PREFIX} capitals, digits or '-'; leave it out for none."),
            );
        }
        for (list, reasons) in self.reasons.lists() {
            if reasons.len() > MAX_REASONS {
                faults.error(
                    format!("reasons.{list}"),
                    "too_many_reasons",
                    format!("原因最多 {MAX_REASONS} 条。"),
                    format!("There can be {MAX_REASONS} reasons."),
                );
            }
            let at = |index: usize| format!("reasons.{list}[{index}]");
            faults.unique(reasons.iter().map(|reason| &reason.code), |index| at(index) + ".code");
            for (index, reason) in reasons.iter().enumerate() {
                faults.text(|| at(index) + ".zh", &reason.zh, MAX_NAME);
                faults.text(|| at(index) + ".en", &reason.en, MAX_NAME);
            }
        }
        // Every act but dispatching carries a reason, so without one on offer nobody could act.
        for (list, _) in self.reasons.lists().iter().filter(|(list, all)| all.is_empty() && *list != "dispatched") {
            faults.error(
                format!("reasons.{list}"),
                "reasons_missing",
                "此处必须选择原因，请至少写一条。",
                "A reason has to be chosen here: write at least one.",
            );
        }
        faults.into_vec()
    }
}
