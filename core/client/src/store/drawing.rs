//! Drawing put off. An act is durable, and its author is told, as soon as the outbox has it. What follows from the outbox
//! (which photos are bound and wait to be sent, lists, search index) touches three times as many pages of the database,
//! so it is written before somebody reads it: a screen, or a session.
//!
//! Invariant: everything follows from the outbox up to `meta.drawn`; what lies behind is drawn by [`Store::draw`]. No list
//! is kept of what was put off, so none can be lost. Pages draw their tickets at once, whatever is put off.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use redvest_domain::codes::Explained;
use redvest_domain::event::{Payload, Photo};
use redvest_domain::id::{EventId, Hash, TicketId};
use rusqlite::Connection;

use super::outbox::Status;
use super::{Store, meta, photos, shown};
use crate::Error;

/// The last number of the outbox that is drawn.
const DRAWN: &str = "drawn";

/// How many acts put off their drawing, and how many of these are drawn. A process begins with one, because the one
/// before it may have left some.
pub(super) struct Behind {
    acts: AtomicU64,
    drawn: Mutex<u64>,
}

impl Default for Behind {
    fn default() -> Self {
        Behind { acts: AtomicU64::new(1), drawn: Mutex::new(0) }
    }
}

impl Store {
    /// An act puts off its drawing. Said before its transaction ends, so that whoever sees the act draws it first.
    pub(crate) fn put_off(&self) {
        self.behind.acts.fetch_add(1, Ordering::SeqCst);
    }

    /// Draws what was put off; costs next to nothing when nothing was. Every query of a screen begins with it. What is
    /// drawn needs no sync of its own: a power cut takes it together with the note that it was drawn. When it cannot be
    /// written, as on a full disk, readers show what was drawn before, and the next of them tries again.
    pub(crate) fn draw(&self) {
        // Held while drawing, so that a second screen waits for the rows instead of reading lists without them. Acts
        // never take it: they hold the writer that drawing waits for.
        let mut drawn = self.behind.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let acts = self.behind.acts.load(Ordering::SeqCst);
        if *drawn == acts {
            return;
        }
        let reference = self.reference();
        let done = self.db.write_unsynced(|tx| {
            let late = behind(tx)?;
            let Some(last) = late.last() else { return Ok(()) };
            late.iter().try_for_each(|late| late.bind(tx))?;
            let tickets: BTreeSet<TicketId> = late.iter().filter_map(|late| late.ticket).collect();
            let desk = shown::Desk::new(tx, &reference)?;
            tickets.iter().try_for_each(|ticket| desk.refresh(tx, *ticket))?;
            meta::put(tx, DRAWN, &last.ord)
        });
        match done {
            Ok(()) => *drawn = acts,
            Err(error) => tracing::warn!(code = error.code(), "lists cannot be brought up to date"),
        }
    }
}

/// An own event whose photos and ticket are not drawn yet.
pub(super) struct Late {
    ord: i64,
    id: EventId,
    pub(super) ticket: Option<TicketId>,
    status: Status,
    photos: Vec<Photo>,
}

impl Late {
    /// Whether it binds this file and still shows that: what was dismissed gives its photos back.
    pub(super) fn binds(&self, hash: Hash) -> bool {
        let is = |photo: &Photo| photos::blobs(photo).any(|(_, blob)| blob.hash == hash);
        self.status != Status::Dismissed && self.photos.iter().any(is)
    }

    fn bind(&self, connection: &Connection) -> Result<(), Error> {
        let Some(ticket) = self.ticket.filter(|_| self.status != Status::Dismissed) else { return Ok(()) };
        let is_accepted = matches!(self.status, Status::Accepted | Status::TooLate);
        self.photos.iter().try_for_each(|photo| photos::bind(connection, photo, self.id, ticket, is_accepted))
    }
}

/// Own events that are not drawn yet, in their order.
pub(super) fn behind(connection: &Connection) -> Result<Vec<Late>, Error> {
    let drawn: i64 = meta::get(connection, DRAWN)?.unwrap_or(0);
    let mut query =
        connection.prepare_cached("SELECT ord, id, ticket, status, payload FROM outbox WHERE ord > ?1 ORDER BY ord")?;
    let mut rows = query.query([drawn])?;
    let mut late = Vec::new();
    while let Some(row) = rows.next()? {
        let payload = Payload::from_bytes(&row.get::<_, Vec<u8>>(4)?).map_err(Error::Stored)?;
        late.push(Late {
            ord: row.get(0)?,
            id: EventId::from_bytes(row.get(1)?),
            ticket: row.get::<_, Option<[u8; 16]>>(2)?.map(TicketId::from_bytes),
            status: Status::of_number(row.get(3)?),
            photos: payload.body.photos().to_vec(),
        });
    }
    Ok(late)
}
