//! Tickets as the log makes them: each accepted event is folded into the cached state, and feed, digests and timer move
//! with it in the same transaction.

use redvest_domain::digest::term;
use redvest_domain::envelope::{Envelope, Sealed};
use redvest_domain::event::Payload;
use redvest_domain::fold::{Fact, step};
use redvest_domain::id::{EventId, Hash, MemberId, TicketId, WorkspaceId};
use redvest_domain::may::room;
use redvest_domain::stamp::Stamp;
use redvest_domain::ticket::Ticket;
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{hash, integer, number};
use super::log::Appended;
use super::stamping::Additions;
use super::writer::Work;
use super::{digest, feed, log, photos, stamping, timers};
use crate::error::HubError;

/// A ticket while events are added to it.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) id: TicketId,
    /// `None` until its `reported` event is there.
    pub(super) state: Option<Ticket>,
    event_hash: Hash,
    state_hash: Hash,
    bytes: u64,
}

/// An event on its way into a ticket.
pub(super) struct Arrival<'a> {
    pub(super) envelope: &'a Envelope,
    pub(super) sealed: &'a Sealed,
    pub(super) payload: &'a Payload,
    pub(super) member: MemberId,
    pub(super) received: Timestamp,
    pub(super) corrected: Timestamp,
    pub(super) unsure: bool,
    /// Number of the first event of its commit; `None` for that one itself.
    pub(super) first: Option<u64>,
    pub(super) admitted: bool,
}

/// The ticket as cached, or an empty place for a new one.
pub(super) fn load(conn: &Connection, workspace: WorkspaceId, id: TicketId) -> Result<Held, HubError> {
    let mut query = conn.prepare_cached(
        "SELECT state, event_hash, state_hash, bytes FROM ticket WHERE workspace = ?1 AND ticket = ?2",
    )?;
    let found = query.query_row(params![workspace.as_bytes(), id.as_bytes()], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, hash(row, 1)?, hash(row, 2)?, number(row, 3)?))
    });
    Ok(match found.optional()? {
        None => Held { id, state: None, event_hash: Hash::ZERO, state_hash: Hash::ZERO, bytes: 0 },
        Some((state, event_hash, state_hash, bytes)) => {
            let state = Ticket::from_bytes(&state).map_err(|_| HubError::Damaged("ticket.state"))?;
            Held { id, state: Some(state), event_hash, state_hash, bytes }
        }
    })
}

impl Held {
    /// The ticket's state; there is one behind the first [`add`].
    pub(super) fn state(&self) -> Result<&Ticket, HubError> {
        self.state.as_ref().ok_or(HubError::Internal("a ticket without its report"))
    }
}

/// Stamps, appends and folds one event. [`HubError::Law`] refuses it: the ticket is full, or the event names something
/// that the documents in force do not have.
pub(super) fn add(work: &mut Work<'_>, held: &mut Held, arrival: &Arrival<'_>) -> Result<Appended, HubError> {
    let Arrival { payload, sealed, .. } = arrival;
    let seq = held.state.as_ref().map_or(0, |ticket| ticket.seq);
    room(seq, held.bytes, sealed.size(), &payload.body)?;
    // No law hangs on a reason, so the office may admit one that nobody knows.
    if !arrival.admitted {
        stamping::ensure_reasons(work, &payload.body)?;
    }
    let Additions { short_number, pin_path, lead_path, terms } =
        stamping::additions(work, held.state.as_ref(), payload, arrival.received)?;
    let n = work.site.head_n + 1;
    let stamp = Stamp {
        epoch: work.site.epoch,
        n,
        seq: seq + 1,
        first: arrival.first.unwrap_or(n),
        member: arrival.member,
        received: arrival.received,
        corrected: arrival.corrected,
        unsure: arrival.unsure,
        law: work.site.law,
        short_number,
        pin_path,
        lead_path,
        terms,
        admitted: arrival.admitted,
    };
    add_stamped(work, held, arrival.envelope, sealed, payload, &stamp)
}

/// Appends and folds one event with its finished stamp, and binds its photos.
pub(super) fn add_stamped(
    work: &mut Work<'_>,
    held: &mut Held,
    envelope: &Envelope,
    sealed: &Sealed,
    payload: &Payload,
    stamp: &Stamp,
) -> Result<Appended, HubError> {
    let appended = log::append(work, envelope, sealed, payload, stamp)?;
    fold(work, held, envelope.id, payload, stamp, appended, sealed.size() as u64)?;
    let photos = payload.body.photos();
    if !photos.is_empty() {
        let keys = super::members::subscription(work, work.site.workspace, stamp.member)?;
        photos::bind(work.tx, work.site.workspace, stamp.member, keys.iter(), held.id, appended.n, photos)?;
    }
    Ok(appended)
}

/// Folds an appended event into the caches.
pub(super) fn fold(
    work: &mut Work<'_>,
    held: &mut Held,
    id: EventId,
    payload: &Payload,
    stamp: &Stamp,
    appended: Appended,
    size: u64,
) -> Result<(), HubError> {
    let workspace = work.site.workspace;
    let before = held.state.as_ref().map(|ticket| (ticket.keys(), term(held.id, held.event_hash, held.state_hash)));
    step(&mut held.state, &Fact { id, payload, stamp });
    let ticket = held.state.as_ref().ok_or(HubError::Internal("an event before its report"))?;
    let state = ticket.to_bytes();
    held.event_hash = appended.hash;
    held.state_hash = Hash::of(&[&state]);
    held.bytes = held.bytes.saturating_add(size);
    let keys = ticket.keys();
    let term = term(held.id, held.event_hash, held.state_hash);
    let none = std::collections::BTreeSet::new();
    let (old_keys, old) = match &before {
        None => (&none, None),
        Some((keys, term)) => (keys, Some((keys, *term))),
    };
    feed::touch(work.tx, workspace, appended.n, held.id, old_keys, &keys, !ticket.stage.is_open())?;
    digest::touch(work.tx, workspace, old, (&keys, term))?;
    work.prepare_cached(
        "INSERT INTO ticket (workspace, ticket, stage, state, last_n, event_hash, state_hash, short_number, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (workspace, ticket) DO UPDATE SET
         stage = excluded.stage, state = excluded.state, last_n = excluded.last_n, event_hash = excluded.event_hash,
         state_hash = excluded.state_hash, short_number = excluded.short_number, bytes = excluded.bytes",
    )?
    .execute(params![
        workspace.as_bytes(),
        held.id.as_bytes(),
        ticket.stage as i64,
        state,
        integer(appended.n),
        held.event_hash.0,
        held.state_hash.0,
        ticket.short_number,
        integer(held.bytes)
    ])?;
    timers::set(work, ticket)
}
