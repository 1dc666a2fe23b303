//! Timers: for each open ticket the next instant at which the hub has something to write by itself.
//!
//! The rows are a cache of ticket, calendar and policy. Every open ticket has one, also without anything to wait for, so
//! that a new calendar or policy reaches all of them.

use redvest_domain::codes::Code;
use redvest_domain::id::TicketId;
use redvest_domain::ticket::Ticket;
use redvest_domain::time::Timestamp;
use rusqlite::params;

use super::columns::limit_of;
use super::writer::Work;
use super::{Store, hub_events, log, rehome, tickets};
use crate::error::HubError;
use crate::timers::{event_of, planned};

/// The instant of a timer that waits for nothing.
const NEVER: Timestamp = Timestamp(i64::MAX);

/// Sets the timer of a ticket to its next reminder or card.
pub(super) fn set(work: &Work<'_>, ticket: &Ticket) -> Result<(), HubError> {
    let next = planned(ticket, &work.reference).first().map_or(NEVER, |timer| timer.at);
    set_at(work, ticket, next)
}

fn set_at(work: &Work<'_>, ticket: &Ticket, at: Timestamp) -> Result<(), HubError> {
    let (workspace, id) = (work.site.workspace, ticket.id);
    if ticket.stage.is_open() {
        work.prepare_cached(
            "INSERT INTO timer (workspace, ticket, at) VALUES (?1, ?2, ?3)
             ON CONFLICT (workspace, ticket) DO UPDATE SET at = excluded.at",
        )?
        .execute(params![workspace.as_bytes(), id.as_bytes(), at.0])?;
    } else {
        work.prepare_cached("DELETE FROM timer WHERE workspace = ?1 AND ticket = ?2")?
            .execute(params![workspace.as_bytes(), id.as_bytes()])?;
    }
    Ok(())
}

/// Has every open ticket looked at again, because calendar or policy changed.
pub(super) fn look_again(work: &Work<'_>) -> Result<(), HubError> {
    work.execute("UPDATE timer SET at = 0 WHERE workspace = ?1", params![work.site.workspace.as_bytes()])?;
    Ok(())
}

/// Writes what ran out for at most `max` tickets and gives how many were looked at.
fn run(work: &mut Work<'_>, now: Timestamp, max: usize) -> Result<usize, HubError> {
    let due: Vec<TicketId> = {
        let mut query =
            work.prepare_cached("SELECT ticket FROM timer WHERE workspace = ?1 AND at <= ?2 ORDER BY at LIMIT ?3")?;
        let limit = limit_of(max);
        let rows = query.query_map(params![work.site.workspace.as_bytes(), now.0, limit], |row| {
            Ok(TicketId::from_bytes(row.get(0)?))
        })?;
        rows.collect::<Result<_, _>>()?
    };
    for ticket in &due {
        look_at(work, *ticket, now)?;
    }
    Ok(due.len())
}

fn look_at(work: &mut Work<'_>, ticket: TicketId, now: Timestamp) -> Result<(), HubError> {
    let mut held = tickets::load(work, work.site.workspace, ticket)?;
    let timers = planned(held.state()?, &work.reference);
    for timer in timers.iter().take_while(|timer| timer.at <= now) {
        let Some((id, body)) = event_of(work.site.workspace, held.state()?, timer) else { continue };
        if log::has(work, work.site.workspace, id)? {
            continue;
        }
        match work.part(|work| hub_events::about_ticket(work, &mut held, id, body, now)) {
            // A full ticket keeps its last places for what moves it on.
            Ok(_) | Err(HubError::Law(Code::TicketFull)) => {}
            Err(error) => return Err(error),
        }
    }
    // What is past was written or cannot be; looking at it again would never end.
    let state = held.state()?;
    let next = planned(state, &work.reference).iter().map(|timer| timer.at).find(|at| *at > now);
    set_at(work, state, next.unwrap_or(NEVER))
}

impl Store {
    /// Moves tickets of removed grids and agencies to their successors, and writes reminders and cards that are due at
    /// `now`: for at most `max` tickets in one transaction. Gives how many were looked at; `max` means that more may
    /// wait. Does nothing while the hub is behind. A second call, also after a crash, never writes anything twice.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn run_timers(&self, now: Timestamp, max: usize) -> Result<usize, HubError> {
        self.write(move |work| {
            if work.site.behind {
                return Ok(0);
            }
            let moved = rehome::run(work, now, max)?;
            Ok(moved + run(work, now, max.saturating_sub(moved))?)
        })
        .await
    }
}
