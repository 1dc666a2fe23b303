//! Clocks: when an amount of time on a clock is spent, and how much of it is (LAW, clocks).
//!
//! Pure and exact to the millisecond, so every replica gives the same instant. The due instant is the earliest one at
//! which the amount is spent. One rule serves all four clocks: a reading that never falls (elapsed time, or working
//! time since the calendar's first day), minus what it gained inside pauses. Natural days are elapsed time from the
//! start of the start's day, with pauses widened to the whole days whose closing midnight they hold.
//!
//! No loop runs over days: the cost is that of the pauses plus one binary search, whatever the amount.

use crate::calendar::CalendarIndex;
use crate::time::{Clock, DAY_MS, Limit, MINUTE_MS, Pause, Timestamp};

mod reckon;

pub use reckon::{FreeDays, Line, Reckoning, reckon};

/// When an amount is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// At this instant.
    At(Timestamp),
    /// A pause that still lasts stops the clock before the amount is spent.
    Paused {
        /// What is left on the clock when the pause began, in ms; for natural days whole days of 24 h.
        left_ms: i64,
    },
    /// Not before the end of the calendar (2099), or of the year 9999 for the clocks that need no calendar.
    Never,
}

impl Due {
    /// The instant, if there is one.
    pub fn at(self) -> Option<Timestamp> {
        match self {
            Due::At(at) => Some(at),
            Due::Paused { .. } | Due::Never => None,
        }
    }
}

/// One clock with its start, its amount and what stopped it. Extensions and floors are added to `amount_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run<'a> {
    /// When the clock started.
    pub start: Timestamp,
    /// The clock.
    pub clock: Clock,
    /// The amount in ms on that clock; see [`amount_ms`].
    pub amount_ms: i64,
    /// Stretches that do not count, in any order; overlapping ones count once, reversed ones not at all.
    pub pauses: &'a [Pause],
}

/// A limit in ms on its own clock. Working days are as long as the ordinary workday in force at the start; for natural
/// days the start's day counts whole, so n days are n + 1 times 24 h, counted from the start of that day.
/// `None` when the calendar gives the start's workday no working time, which a checked calendar never does.
pub fn amount_ms(start: Timestamp, limit: Limit, calendar: &CalendarIndex) -> Option<i64> {
    let amount = i64::from(limit.amount);
    match limit.clock {
        Clock::UrgentHours | Clock::WorkingHours => Some(amount * MINUTE_MS),
        Clock::NaturalDays => Some((amount + 1) * DAY_MS),
        Clock::WorkingDays => {
            let day_ms = calendar.ordinary_workday_ms(start);
            (day_ms > 0 || amount == 0).then_some(amount * day_ms)
        }
    }
}

/// When a limit that started at `start` is spent.
pub fn due(start: Timestamp, limit: Limit, calendar: &CalendarIndex, pauses: &[Pause]) -> Due {
    Run::of(start, limit, calendar, pauses).map_or(Due::Never, |run| run.due(calendar))
}

/// How much of a clock that started at `start` is spent at `until`, in ms. For natural days it counts from the start
/// of the start's day, and a day at whose closing midnight the clock stands does not count.
pub fn spent_ms(start: Timestamp, until: Timestamp, clock: Clock, calendar: &CalendarIndex, pauses: &[Pause]) -> i64 {
    Run { start, clock, amount_ms: 0, pauses }.spent_ms(until, calendar)
}

/// What is left of a limit at `until`, in ms on its own clock; 0 exactly at the due instant, negative by how much it is
/// overdue. `None` as for [`amount_ms`].
pub fn remaining_ms(
    start: Timestamp,
    until: Timestamp,
    limit: Limit,
    calendar: &CalendarIndex,
    pauses: &[Pause],
) -> Option<i64> {
    Run::of(start, limit, calendar, pauses).map(|run| run.remaining_ms(until, calendar))
}

impl<'a> Run<'a> {
    /// The run of a limit; `None` as for [`amount_ms`].
    pub fn of(start: Timestamp, limit: Limit, calendar: &CalendarIndex, pauses: &'a [Pause]) -> Option<Run<'a>> {
        let amount_ms = amount_ms(start, limit, calendar)?;
        Some(Run { start, clock: limit.clock, amount_ms, pauses })
    }

    /// When the whole amount is spent.
    pub fn due(&self, calendar: &CalendarIndex) -> Due {
        self.reach(self.amount_ms, calendar)
    }

    /// The earliest instant, not before the start, at which so many ms of this clock are spent.
    pub fn reach(&self, amount_ms: i64, calendar: &CalendarIndex) -> Due {
        let start = held(self.start);
        if amount_ms <= 0 {
            return Due::At(start);
        }
        let dial = Dial { clock: self.clock, calendar };
        let mut at = dial.zero(start);
        let mut left = amount_ms;
        for (from, to) in dial.stands(self.pauses) {
            if from > at {
                let gain = dial.read(from) - dial.read(at);
                if gain >= left {
                    break;
                }
                left -= gain;
            }
            if to == FOREVER {
                return Due::Paused { left_ms: left };
            }
            at = at.max(to);
        }
        match dial.reach(dial.read(at).saturating_add(left)) {
            Some(end) => Due::At(end.max(start)),
            None => Due::Never,
        }
    }

    /// How much is spent at `until`, in ms; see [`spent_ms`].
    pub fn spent_ms(&self, until: Timestamp, calendar: &CalendarIndex) -> i64 {
        let dial = Dial { clock: self.clock, calendar };
        let start = held(self.start);
        let (zero, until) = (dial.zero(start), held(until).max(start));
        let stood = |(from, to): (Timestamp, Timestamp)| {
            let (from, to) = (from.max(zero), to.min(until));
            if from < to { dial.read(to) - dial.read(from) } else { 0 }
        };
        dial.read(until) - dial.read(zero) - dial.stands(self.pauses).into_iter().map(stood).sum::<i64>()
    }

    /// What is left at `until`, in ms; negative when overdue.
    pub fn remaining_ms(&self, until: Timestamp, calendar: &CalendarIndex) -> i64 {
        self.amount_ms.saturating_sub(self.spent_ms(until, calendar))
    }
}

/// The end of a pause that still lasts: after every instant that has a date.
const FOREVER: Timestamp = Timestamp(i64::MAX);

/// Wire data may hold any number; instants beyond the range of dates are held at its ends, so that no sum overflows.
fn held(at: Timestamp) -> Timestamp {
    at.clamp(Timestamp::MIN, Timestamp::MAX)
}

/// A clock as something that can be read at an instant, and never runs backwards.
struct Dial<'a> {
    clock: Clock,
    calendar: &'a CalendarIndex,
}

impl Dial<'_> {
    /// The instant at which a run that starts at `start` has spent nothing.
    fn zero(&self, start: Timestamp) -> Timestamp {
        match self.clock {
            Clock::NaturalDays => self.calendar.day_start(self.calendar.day_number(start)),
            Clock::UrgentHours | Clock::WorkingHours | Clock::WorkingDays => start,
        }
    }

    fn read(&self, at: Timestamp) -> i64 {
        match self.clock {
            Clock::UrgentHours | Clock::NaturalDays => at.0,
            Clock::WorkingHours | Clock::WorkingDays => self.calendar.working_ms_before(at),
        }
    }

    /// The earliest instant with this reading.
    fn reach(&self, reading: i64) -> Option<Timestamp> {
        match self.clock {
            Clock::UrgentHours | Clock::NaturalDays => Some(Timestamp(reading)).filter(|at| *at <= Timestamp::MAX),
            Clock::WorkingHours | Clock::WorkingDays => self.calendar.reach_working_ms(reading),
        }
    }

    /// The pauses as this clock feels them: ascending, disjoint, none empty.
    fn stands(&self, pauses: &[Pause]) -> Vec<(Timestamp, Timestamp)> {
        let felt = |pause: &Pause| {
            let from = self.widen(held(pause.from));
            let to = pause.to.map_or(FOREVER, |to| self.widen(held(to)));
            (from < to).then_some((from, to))
        };
        let mut stands: Vec<_> = pauses.iter().filter_map(felt).collect();
        stands.sort_unstable();
        stands.dedup_by(|later, earlier| {
            let joined = later.0 <= earlier.1;
            if joined {
                earlier.1 = earlier.1.max(later.1);
            }
            joined
        });
        stands
    }

    /// For natural days the start of the day whose closing midnight is the first at or after this instant, so that a
    /// pause becomes the days whose closing midnights it holds; for the other clocks the instant itself.
    fn widen(&self, at: Timestamp) -> Timestamp {
        match self.clock {
            Clock::NaturalDays => self.calendar.day_start(self.calendar.day_number(Timestamp(at.0 - 1))),
            Clock::UrgentHours | Clock::WorkingHours | Clock::WorkingDays => at,
        }
    }
}

#[cfg(test)]
mod law;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod vectors;
