//! The clocks of a ticket as instants: when they run out, whether they were kept, who is to be reminded when.
//!
//! The state keeps spans ([`ClockRun`]); a calendar turns them into instants. So a newer calendar moves what is still to
//! come on every replica alike, and no state has to be written anew. A clock is kept if it was stopped before its due
//! instant, since at that instant its amount is spent.

use crate::calendar::CalendarIndex;
use crate::due::{Due, Run};
use crate::escalate::{EscalationPolicy, Steps, Urgency, steps};
use crate::event::{ClockName, RanOut};
use crate::ticket::{ClockRun, Ticket};
use crate::time::{Limit, Pause, Timestamp};

/// When a clock runs out: when the limit with its extensions is spent, but not before what its holder has at least left
/// after work was sent back. [`Due::Never`] without a limit, [`Due::Paused`] if it was stopped before.
pub fn clock_due(clock: &ClockRun, suspensions: &[Pause], calendar: &CalendarIndex) -> Due {
    let pauses = all_pauses(clock, suspensions);
    deciding(clock, &pauses, calendar).map_or(Due::Never, |run| run.due(calendar))
}

/// What the hub has to write when nothing happens before: a reminder or a yellow card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// When.
    pub at: Timestamp,
    /// A yellow card; else a reminder.
    pub card: bool,
    /// What the event carries. A card's holder is always there.
    pub ran_out: RanOut,
}

impl Ticket {
    /// When a clock runs out; `None` if it has not started.
    pub fn due(&self, name: ClockName, calendar: &CalendarIndex) -> Option<Due> {
        Some(clock_due(self.clocks.get(name)?, &self.suspensions, calendar))
    }

    /// The running clock that runs out first, and when; `None` if none runs or none ever runs out.
    pub fn next_due(&self, calendar: &CalendarIndex) -> Option<(ClockName, Timestamp)> {
        let dues = self.running_clocks().filter_map(|(name, clock)| {
            let at = clock_due(clock, &self.suspensions, calendar).at()?;
            Some((name, at))
        });
        dues.min_by_key(|(name, at)| (*at, *name))
    }

    /// Whether a clock that stands was stopped before it was due; `None` if it has not started, still runs, or has no
    /// limit.
    pub fn was_in_time(&self, name: ClockName, calendar: &CalendarIndex) -> Option<bool> {
        let clock = self.clocks.get(name).filter(|clock| clock.limit.is_some())?;
        let stopped = clock.stopped()?;
        let due = clock_due(clock, &self.suspensions, calendar);
        Some(due.at().is_none_or(|due| stopped < due))
    }

    /// What is left on a clock at `now`, in ms on its own clock, negative when overdue; `None` if it has not started or
    /// has no limit.
    pub fn remaining_ms(&self, name: ClockName, now: Timestamp, calendar: &CalendarIndex) -> Option<i64> {
        let clock = self.clocks.get(name)?;
        let pauses = all_pauses(clock, &self.suspensions);
        Some(deciding(clock, &pauses, calendar)?.remaining_ms(now, calendar))
    }

    /// When a clock is due soon, due, reminded of and carded; `None` if it has not started or has no limit.
    pub fn steps(&self, name: ClockName, calendar: &CalendarIndex, policy: &EscalationPolicy) -> Option<Steps> {
        self.steps_of(self.clocks.get(name)?, calendar, policy)
    }

    /// How pressing the ticket is at `now`: the most pressing of its running clocks, each under its own policy.
    pub fn urgency(
        &self,
        now: Timestamp,
        calendar: &CalendarIndex,
        policy: impl Fn(ClockName) -> EscalationPolicy,
    ) -> Urgency {
        let each = self.running_clocks().filter_map(|(name, clock)| {
            let steps = self.steps_of(clock, calendar, &policy(name))?;
            Some(if name == ClockName::Accept { steps.accept_urgency(now) } else { steps.urgency(now) })
        });
        each.max().unwrap_or(Urgency::OnTime)
    }

    /// The reminders and cards that the running clocks lead to, the earliest first, less those that were written
    /// already. An instant may lie in the past: then it is to be written now.
    pub fn timers(&self, calendar: &CalendarIndex, policy: impl Fn(ClockName) -> EscalationPolicy) -> Vec<Timer> {
        let mut timers = Vec::new();
        for (name, clock) in self.running_clocks() {
            let Some(steps) = self.steps_of(clock, calendar, &policy(name)) else { continue };
            let Some(due) = steps.due.at() else { continue };
            for (at, card) in [(steps.remind_at, false), (steps.card_at, true)] {
                let ran_out =
                    RanOut { clock: name, round: clock.round, holder: clock.holder.clone(), due, cause: clock.cause };
                // A card is given to somebody, so the office's own clocks and the reviewers' lead to none.
                let Some(at) = at.filter(|_| !card || ran_out.holder.is_some()) else { continue };
                if !self.has_escalated(card, &ran_out) {
                    timers.push(Timer { at, card, ran_out });
                }
            }
        }
        timers.sort_by_key(|timer| (timer.at, timer.card, timer.ran_out.clock));
        timers
    }

    /// Whether the hub wrote this already: for the same cause, or for a due instant of the same holder that a later
    /// cause did not move.
    fn has_escalated(&self, card: bool, wanted: &RanOut) -> bool {
        self.escalations.iter().filter(|known| known.card == card && known.ran_out.clock == wanted.clock).any(|known| {
            let same_due = known.ran_out.due == wanted.due && known.ran_out.holder == wanted.holder;
            known.ran_out.cause == wanted.cause || same_due
        })
    }

    fn steps_of(&self, clock: &ClockRun, calendar: &CalendarIndex, policy: &EscalationPolicy) -> Option<Steps> {
        let pauses = all_pauses(clock, &self.suspensions);
        Some(steps(&deciding(clock, &pauses, calendar)?, policy, calendar))
    }
}

fn all_pauses(clock: &ClockRun, suspensions: &[Pause]) -> Vec<Pause> {
    clock.pauses.iter().chain(suspensions).copied().collect()
}

/// The run that decides when a clock is due: the limit's, or the floor's if that ends later.
fn deciding<'a>(clock: &ClockRun, pauses: &'a [Pause], calendar: &CalendarIndex) -> Option<Run<'a>> {
    let limit = clock.limit?;
    let extended = Limit { amount: limit.amount.saturating_add(clock.extra), ..limit };
    let run = Run::of(clock.start, extended, calendar, pauses)?;
    let floor = clock.floor.and_then(|floor| Run::of(floor.from, floor.amount, calendar, pauses));
    Some(floor.filter(|floor| order(floor.due(calendar)) > order(run.due(calendar))).unwrap_or(run))
}

/// Later is greater: a clock that stands ends after every instant that is known.
fn order(due: Due) -> (u8, i64) {
    match due {
        Due::At(at) => (0, at.0),
        Due::Paused { left_ms } => (1, left_ms),
        Due::Never => (2, 0),
    }
}

#[cfg(test)]
mod tests;
