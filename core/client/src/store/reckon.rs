//! When a ticket is due, as lists need it: the clock that runs out first, and from when it is due soon.

use redvest_domain::calendar::CalendarIndex;
use redvest_domain::clocks::clock_due;
use redvest_domain::due::Run;
use redvest_domain::escalate::steps;
use redvest_domain::event::ClockName;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::ticket::{ClockRun, Ticket};
use redvest_domain::time::{Limit, Pause, Timestamp};

/// The clock that runs out first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NextDue {
    pub(crate) clock: ClockName,
    pub(crate) due: Timestamp,
    pub(crate) soon: Option<Timestamp>,
}

/// The running clock of a ticket that runs out first; `None` if none does, or if its calendar is not held.
pub(crate) fn next_due(ticket: &Ticket, reference: &ReferenceSet) -> Option<NextDue> {
    let calendar = reference.clock(&ticket.terms.calendar)?;
    let (clock, due) = ticket.next_due(calendar)?;
    let soon = ticket.clocks.get(clock).and_then(|run| due_soon(ticket, clock, run, reference, calendar));
    Some(NextDue { clock, due, soon })
}

/// From when a clock is due soon.
pub(crate) fn due_soon(
    ticket: &Ticket,
    name: ClockName,
    clock: &ClockRun,
    reference: &ReferenceSet,
    calendar: &CalendarIndex,
) -> Option<Timestamp> {
    let pauses: Vec<Pause> = clock.pauses.iter().chain(&ticket.suspensions).copied().collect();
    let limit = clock.limit?;
    let extended = Limit { amount: limit.amount.saturating_add(clock.extra), ..limit };
    let run = Run::of(clock.start, extended, calendar, &pauses)?;
    // Where the due instant is not the limit's own, it is the floor's.
    let due = clock_due(clock, &ticket.suspensions, calendar);
    let floor = clock.floor.filter(|_| run.due(calendar) != due);
    let deciding = floor.and_then(|floor| Run::of(floor.from, floor.amount, calendar, &pauses)).unwrap_or(run);
    steps(&deciding, reference.policy().escalation.of(name), calendar).due_soon_at
}
