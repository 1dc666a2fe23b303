//! Erasure: private parts go, everywhere and for good; the log's hashes still prove what was there. What is kept of
//! refused commits goes with them: the office can admit such a commit no more.

use redvest_domain::envelope::{Envelope, MAX_COMMIT};
use redvest_domain::event::{Body, Erased, Payload};
use redvest_domain::id::{EventId, MemberId, TicketId, WorkspaceId};
use redvest_domain::key::Role;
use rusqlite::{Connection, params};

use super::columns::integer;
use super::writer::Work;
use super::{Store, admit, hub_events, log, prepare, tickets};
use crate::error::HubError;
use crate::lasting::Lasting;

/// Whether an event was erased.
pub(super) fn is_erased(conn: &Connection, workspace: WorkspaceId, event: EventId) -> Result<bool, HubError> {
    let mut query = conn.prepare_cached("SELECT 1 FROM erased WHERE workspace = ?1 AND event = ?2")?;
    Ok(query.exists(params![workspace.as_bytes(), event.as_bytes()])?)
}

/// Drops the private parts of these events of a ticket, refused ones too, because of the event `n`. Ids of other tickets
/// are passed over.
pub(super) fn apply(work: &mut Work<'_>, ticket: TicketId, events: &[EventId], n: u64) -> Result<(), HubError> {
    let workspace = work.site.workspace;
    for event in events {
        let is_its = log::ticket_of(work, workspace, *event)? == Some(ticket);
        let was_kept = drop_kept(work, workspace, *event, (!is_its).then_some(ticket))?;
        if is_its {
            drop_private(work, workspace, ticket, *event, n)?;
        } else if was_kept {
            remember(work, workspace, *event, n)?;
        } else {
            continue;
        }
        work.last(Lasting::Erased { event: *event });
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
    remember(conn, workspace, event, n)
}

/// The event's words are never taken again; replicas hear of it with the number `n`.
pub(super) fn remember(conn: &Connection, workspace: WorkspaceId, event: EventId, n: u64) -> Result<(), HubError> {
    conn.prepare_cached("INSERT OR IGNORE INTO erased (workspace, event, n) VALUES (?1, ?2, ?3)")?.execute(params![
        workspace.as_bytes(),
        event.as_bytes(),
        integer(n)
    ])?;
    Ok(())
}

/// Drops the kept bytes of each refused commit that holds this event; with a ticket only of those that are about it or
/// cannot be read. Whether there were any.
pub(super) fn drop_kept(
    conn: &Connection,
    workspace: WorkspaceId,
    event: EventId,
    about: Option<TicketId>,
) -> Result<bool, HubError> {
    // The bytes stand at the commit's last event.
    let mut find = conn.prepare_cached(
        "SELECT kept.device, kept.seq, kept.commit_bytes FROM device_log AS named
         JOIN device_log AS kept ON kept.workspace = named.workspace AND kept.device = named.device
           AND kept.seq >= named.seq AND kept.seq < named.seq + ?3
         WHERE named.workspace = ?1 AND named.event = ?2 AND named.n IS NULL AND kept.commit_bytes IS NOT NULL",
    )?;
    let rows = find.query_map(params![workspace.as_bytes(), event.as_bytes(), MAX_COMMIT as i64], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    let found: Vec<([u8; 16], i64, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
    let mut dropped = false;
    for (device, seq, bytes) in found {
        if holds(&bytes, event, about) {
            conn.prepare_cached(
                "UPDATE device_log SET commit_bytes = NULL WHERE workspace = ?1 AND device = ?2 AND seq = ?3",
            )?
            .execute(params![workspace.as_bytes(), device, seq])?;
            dropped = true;
        }
    }
    Ok(dropped)
}

/// Whether a kept commit holds the event and is about the ticket, as far as it can be read.
fn holds(bytes: &[u8], event: EventId, about: Option<TicketId>) -> bool {
    let Ok(commit) = prepare::kept(bytes) else { return true };
    commit.events.iter().any(|sealed| {
        let is_it = Envelope::from_bytes(&sealed.envelope).is_ok_and(|envelope| envelope.id == event);
        let subject = Payload::from_bytes(&sealed.payload).ok().and_then(|payload| payload.subject.ticket());
        is_it && (about.is_none() || subject.is_none() || subject == about)
    })
}

/// Drops what is kept of the refused work of a member's devices.
pub(super) fn drop_kept_of(conn: &Connection, workspace: WorkspaceId, member: MemberId) -> Result<(), HubError> {
    conn.prepare_cached(
        "UPDATE device_log SET commit_bytes = NULL WHERE workspace = ?1 AND commit_bytes IS NOT NULL
         AND device IN (SELECT device FROM device WHERE workspace = ?1 AND member = ?2)",
    )?
    .execute(params![workspace.as_bytes(), member.as_bytes()])?;
    Ok(())
}

impl Store {
    /// A member of the office has the private parts of events dropped, at the hub itself, also what is kept of refused
    /// ones. Phones drop theirs with their next pull; refused work of their own they keep until it is dismissed.
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
                // A refused report has no ticket that could say so.
                let mut found = false;
                for event in &events {
                    if drop_kept(work, work.site.workspace, *event, Some(ticket))? {
                        remember(work, work.site.workspace, *event, work.site.head_n)?;
                        work.last(Lasting::Erased { event: *event });
                        found = true;
                    }
                }
                return if found { Ok(()) } else { Err(HubError::NotFound) };
            }
            let at = work.now;
            let body = Body::Erased(Erased { events: events.clone() });
            let n = hub_events::for_member(work, &mut held, admit::fresh_id(at)?, Role::Office, by, body, at)?.n;
            apply(work, ticket, &events, n)
        })
        .await
    }
}
