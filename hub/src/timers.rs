//! Reminders and yellow cards: what a ticket's clocks lead to, as the events that the hub writes for it.

use redvest_domain::clocks::Timer;
use redvest_domain::event::{Body, Carded, Reminded};
use redvest_domain::id::{EventId, WorkspaceId};
use redvest_domain::reference::ReferenceSet;
use redvest_domain::ticket::Ticket;

use crate::accept::hub_event_id;

/// The reminders and cards that this ticket's clocks lead to when nothing happens before, the earliest first, less those
/// already written. Nothing when the calendar of its terms is not known.
pub fn planned(ticket: &Ticket, reference: &ReferenceSet) -> Vec<Timer> {
    let escalation = &reference.policy().escalation;
    let Some(calendar) = reference.clock(&ticket.terms.calendar) else { return Vec::new() };
    ticket.timers(calendar, |clock| *escalation.of(clock))
}

/// The event that a timer becomes. Its id follows from the event that last started or moved the clock, so that one run
/// of a clock gives one reminder and one card, whatever restarts come between. `None` for a card without a holder.
pub fn event_of(workspace: WorkspaceId, ticket: &Ticket, timer: &Timer) -> Option<(EventId, Body)> {
    let clock = Some(timer.ran_out.clone());
    let body = match (timer.card, &timer.ran_out.holder) {
        (false, _) => Body::Reminded(Reminded { clock }),
        (true, Some(whom)) => Body::Carded(Carded { whom: whom.clone(), clock }),
        (true, None) => return None,
    };
    let step = [timer.ran_out.clock as u8];
    Some((hub_event_id(workspace, ticket.id, timer.ran_out.cause, body.number(), &step), body))
}
