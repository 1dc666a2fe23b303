//! Erasure: private parts go, everywhere and for good; the log's hashes still prove what was there.

use redvest_domain::event::{Body, Erased};
use redvest_domain::id::{EventId, MemberId, TicketId, WorkspaceId};
use redvest_domain::key::Role;
use rusqlite::{Connection, params};

use super::columns::integer;
use super::writer::Work;
use super::{Store, admit, hub_events, log, tickets};
use crate::error::HubError;
use crate::lasting::Lasting;

/// Whether an event was erased.
pub(super) fn is_erased(conn: &Connection, workspace: WorkspaceId, event: EventId) -> Result<bool, HubError> {
    let mut query = conn.prepare_cached("SELECT 1 FROM erased WHERE workspace = ?1 AND event = ?2")?;
    Ok(query.exists(params![workspace.as_bytes(), event.as_bytes()])?)
}

/// Drops the private parts of these events of a ticket because of the event `n`. Ids of other
/// tickets are passed over.
pub(super) fn apply(work: &mut Work<'_>, ticket: TicketId, events: &[EventId], n: u64) -> Result<(), HubError> {
    let workspace = work.site.workspace;
    for event in events {
        if log::ticket_of(work, workspace, *event)? == Some(ticket) {
            drop_private(work, workspace, ticket, *event, n)?;
            work.last(Lasting::Erased { event: *event });
        }
    }
    Ok(())
}

/// Drops the private part of one event of a ticket; replicas hear of it with the number `n`.
pub(super) fn drop_private(
    conn: &Connection,
    workspace: WorkspaceId,
    ticket: TicketId,
    event: EventId,
    n: u64,
) -> Result<(), HubError> {
    let bytes: Option<i64> = conn
        .prepare_cached("SELECT length(private) FROM event WHERE workspace = ?1 AND id = ?2")?
        .query_row(params![workspace.as_bytes(), event.as_bytes()], |row| row.get(0))?;
    conn.prepare_cached("UPDATE event SET private = NULL WHERE workspace = ?1 AND id = ?2")?
        .execute(params![workspace.as_bytes(), event.as_bytes()])?;
    conn.prepare_cached("UPDATE ticket SET bytes = bytes - ?3 WHERE workspace = ?1 AND ticket = ?2")?
        .execute(params![workspace.as_bytes(), ticket.as_bytes(), bytes.unwrap_or(0)])?;
    conn.prepare_cached("INSERT OR IGNORE INTO erased (workspace, event, n) VALUES (?1, ?2, ?3)")?.execute(params![
        workspace.as_bytes(),
        event.as_bytes(),
        integer(n)
    ])?;
    Ok(())
}

impl Store {
    /// A member of the office has the private parts of events dropped, at the hub itself. Phones drop theirs with their
    /// next pull.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for a ticket that is not there, [`HubError::TooMany`] for none or more than 1,000 events;
    /// of the law `RoleNotHeld`, `TicketFull`, `HubBehind`.
    pub async fn erase(&self, by: MemberId, ticket: TicketId, events: Vec<EventId>) -> Result<(), HubError> {
        if events.is_empty() || events.len() > 1_000 {
            return Err(HubError::TooMany);
        }
        self.write(move |work| {
            work.ensure_not_behind()?;
            admit::ensure_office(work, by)?;
            let mut held = tickets::load(work, work.site.workspace, ticket)?;
            if held.state.is_none() {
                return Err(HubError::NotFound);
            }
            let at = work.now;
            let body = Body::Erased(Erased { events: events.clone() });
            let n = hub_events::for_member(work, &mut held, admit::fresh_id(at)?, Role::Office, by, body, at)?.n;
            apply(work, ticket, &events, n)
        })
        .await
    }
}
