//! Escalation (LAW, escalation): due soon, overdue, reminder, yellow card, and "list issued, nobody took it".
//!
//! Computed from a clock and the time of day alone, so a phone shows offline what the hub will do; it never changes a
//! stage. [`steps`] gives the instants once, [`Steps::urgency`] reads them, and the hub's timers wake at
//! [`Steps::next_after`]. What counts (a reminder, a card) the hub writes as an event.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::calendar::CalendarIndex;
use crate::due::{Due, Run};
use crate::time::{Limit, Timestamp};

/// The policy's numbers for one kind of clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct EscalationPolicy {
    /// The last part of the amount in per cent, 0 to 100, in which a clock is due soon; 25 is the last quarter, 0 says
    /// it never. More than 100 is read as 100.
    #[n(0)]
    pub due_soon_percent: u8,
    /// From the due instant to the reminder (催办), on its own clock; `None` reminds nobody.
    #[n(1)]
    pub remind_after: Option<Limit>,
    /// From the due instant to the yellow card (黄牌), on its own clock; `None` gives none.
    #[n(2)]
    pub card_after: Option<Limit>,
}

impl Default for EscalationPolicy {
    /// Due soon in the last quarter; no reminder and no card.
    fn default() -> Self {
        Self { due_soon_percent: 25, remind_after: None, card_after: None }
    }
}

/// How pressing a clock is; a later one is more pressing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Time enough.
    OnTime,
    /// 即将到期: in the last part of the amount.
    DueSoon,
    /// 超期: at or past the due instant.
    Overdue,
    /// 催办: a reminder is due.
    Remind,
    /// 黄牌: a yellow card is due.
    Card,
    /// 有派单无人接: dispatched, and past the limit not accepted.
    NobodyTookIt,
}

/// The instants of one clock's escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// When it begins to be due soon; `None` when the policy has no such part or a pause stops the clock before.
    pub due_soon_at: Option<Timestamp>,
    /// When the amount is spent.
    pub due: Due,
    /// When the holder is reminded.
    pub remind_at: Option<Timestamp>,
    /// When the holder gets a yellow card.
    pub card_at: Option<Timestamp>,
}

/// The instants of escalation of a clock. Reminder and card are counted from the due instant, each on the clock of its
/// own limit and under the same pauses, since a suspension stops every clock.
pub fn steps(run: &Run<'_>, policy: &EscalationPolicy, calendar: &CalendarIndex) -> Steps {
    let due = run.due(calendar);
    let after_due = |limit: Option<Limit>| Run::of(due.at()?, limit?, calendar, run.pauses)?.due(calendar).at();
    let due_soon_at = match policy.due_soon_percent.min(100) {
        0 => None,
        part => {
            // In 128 bits, because an amount may be any number of ms.
            let running = i128::from(run.amount_ms) * i128::from(100 - part) / 100;
            // It is between 0 and the amount, so it fits again.
            i64::try_from(running).ok().and_then(|running| run.reach(running, calendar).at())
        }
    };
    Steps { due_soon_at, due, remind_at: after_due(policy.remind_after), card_at: after_due(policy.card_after) }
}

impl Steps {
    /// How pressing the clock is at `now`.
    pub fn urgency(&self, now: Timestamp) -> Urgency {
        self.known().filter(|(at, _)| *at <= now).map(|(_, urgency)| urgency).max().unwrap_or(Urgency::OnTime)
    }

    /// How pressing the accept clock is at `now`, while nobody has accepted: past its limit nobody took the list,
    /// which says more than any reminder.
    pub fn accept_urgency(&self, now: Timestamp) -> Urgency {
        match self.urgency(now) {
            early @ (Urgency::OnTime | Urgency::DueSoon) => early,
            _ => Urgency::NobodyTookIt,
        }
    }

    /// The first step after `now`, for the timer that waits for it; steps at the same instant give the most pressing.
    pub fn next_after(&self, now: Timestamp) -> Option<(Timestamp, Urgency)> {
        let later = self.known().filter(|(at, _)| *at > now);
        later.min_by_key(|(at, urgency)| (*at, std::cmp::Reverse(*urgency)))
    }

    fn known(&self) -> impl Iterator<Item = (Timestamp, Urgency)> {
        let steps = [
            (self.due_soon_at, Urgency::DueSoon),
            (self.due.at(), Urgency::Overdue),
            (self.remind_at, Urgency::Remind),
            (self.card_at, Urgency::Card),
        ];
        steps.into_iter().filter_map(|(at, urgency)| at.map(|at| (at, urgency)))
    }
}

#[cfg(test)]
mod tests;
