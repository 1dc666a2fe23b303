//! When a ticket is due, as lists need it: the clock that runs out first, and from when it is due soon.

use redvest_domain::event::ClockName;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::ticket::Ticket;
use redvest_domain::time::Timestamp;

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
    let soon = ticket.steps(clock, calendar, reference.policy().escalation.of(clock))?.due_soon_at;
    Some(NextDue { clock, due, soon })
}
