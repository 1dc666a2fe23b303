//! The log as it is held here, and its digests: for checkers and for bug reports.

use redvest_domain::id::{EventId, Hash, TicketId};
use redvest_domain::stamp::Stamp;
use serde::Serialize;

use crate::store::digests::{self, KeyDigest};
use crate::store::outbox::Status;
use crate::{Client, Error};

/// One event that this device holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogRow {
    /// The event.
    pub event: EventId,
    /// Its ticket.
    pub ticket: Option<TicketId>,
    /// Its kind's number.
    pub kind: u16,
    /// SHA-256 of its payload.
    pub payload: Hash,
    /// Its number in the workspace; `None` while the replica does not have it.
    pub n: Option<u64>,
    /// Its number in its ticket.
    pub seq: Option<u32>,
    /// Its number on this device; `None` for others' events.
    pub own_seq: Option<u64>,
    /// What became of it; `None` for others' events.
    pub status: Option<Status>,
}

impl Client {
    /// Every event that is held: the replica's by ticket and sequence, then own ones that no page brought.
    ///
    /// # Errors
    /// Those of the database.
    pub fn log(&self) -> Result<Vec<LogRow>, Error> {
        self.store().db.read(|connection| {
            let mut rows = Vec::new();
            let mut query = connection.prepare(
                "SELECT event.id, event.ticket, event.kind, event.payload, event.stamp, outbox.seq, outbox.status
                 FROM event LEFT JOIN outbox ON outbox.id = event.id ORDER BY event.ticket, event.seq",
            )?;
            let mut found = query.query([])?;
            while let Some(row) = found.next()? {
                let stamp = Stamp::from_bytes(&row.get::<_, Vec<u8>>(4)?).map_err(Error::Stored)?;
                rows.push(LogRow {
                    event: EventId::from_bytes(row.get(0)?),
                    ticket: Some(TicketId::from_bytes(row.get(1)?)),
                    kind: row.get(2)?,
                    payload: Hash::of(&[&row.get::<_, Vec<u8>>(3)?]),
                    n: Some(stamp.n),
                    seq: Some(stamp.seq),
                    own_seq: row.get(5)?,
                    status: row.get::<_, Option<i64>>(6)?.map(Status::of_number),
                });
            }
            let mut query = connection.prepare(
                "SELECT id, ticket, kind, payload, seq, status FROM outbox
                 WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.id = outbox.id) ORDER BY ord",
            )?;
            let mut found = query.query([])?;
            while let Some(row) = found.next()? {
                rows.push(LogRow {
                    event: EventId::from_bytes(row.get(0)?),
                    ticket: row.get::<_, Option<[u8; 16]>>(1)?.map(TicketId::from_bytes),
                    kind: row.get(2)?,
                    payload: Hash::of(&[&row.get::<_, Vec<u8>>(3)?]),
                    n: None,
                    seq: None,
                    own_seq: Some(row.get(4)?),
                    status: Some(Status::of_number(row.get(5)?)),
                });
            }
            Ok(rows)
        })
    }

    /// The digest of each key with the number of its tickets.
    ///
    /// # Errors
    /// Those of the database.
    pub fn digest(&self) -> Result<Vec<KeyDigest>, Error> {
        self.store().db.read(digests::all)
    }
}
