//! What this device wrote: kept before and after the hub took it, never rewritten.

use minicbor::{Decode, Encode};
use redvest_domain::envelope::{Commit, Sealed};
use redvest_domain::event::{Payload, Private};
use redvest_domain::id::{Bytes, EventId, TicketId};
use redvest_domain::stamp::Stamp;
use redvest_domain::time::Timestamp;
use redvest_domain::wire::Fate;
use rusqlite::{Connection, Row, params};
use serde::Serialize;

use super::{Store, meta};
use crate::Error;

/// What became of an own event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Status {
    /// Not sent, or not answered yet.
    #[n(0)]
    Waiting,
    /// Accepted.
    #[n(1)]
    Accepted,
    /// Accepted, but it came too late.
    #[n(2)]
    TooLate,
    /// Refused; shown until dismissed.
    #[n(3)]
    Refused,
    /// Refused, and dismissed by the user.
    #[n(4)]
    Dismissed,
}

impl Status {
    pub(crate) fn number(self) -> i64 {
        self as i64
    }

    pub(crate) fn of_number(number: i64) -> Status {
        match number {
            0 => Status::Waiting,
            1 => Status::Accepted,
            2 => Status::TooLate,
            3 => Status::Refused,
            _ => Status::Dismissed,
        }
    }
}

/// An own event with everything that is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    pub(crate) id: EventId,
    pub(crate) ticket: Option<TicketId>,
    pub(crate) at: Timestamp,
    pub(crate) payload: Payload,
    pub(crate) private: Option<Private>,
    pub(crate) stamp: Stamp,
    pub(crate) status: Status,
    pub(crate) fate: Option<Fate>,
    pub(crate) arrived: bool,
}

/// The columns that [`own`] reads, in its order.
pub(crate) const OWN: &str = "id, ticket, at, payload, private, stamp, status, fate, arrived";

/// One row of `SELECT OWN`.
pub(crate) fn own(row: &Row<'_>) -> Result<Own, Error> {
    let unreadable = Error::Stored;
    let private: Option<Vec<u8>> = row.get(4)?;
    let fate: Option<Vec<u8>> = row.get(7)?;
    Ok(Own {
        id: EventId::from_bytes(row.get(0)?),
        ticket: row.get::<_, Option<[u8; 16]>>(1)?.map(TicketId::from_bytes),
        at: Timestamp(row.get(2)?),
        payload: Payload::from_bytes(&row.get::<_, Vec<u8>>(3)?).map_err(unreadable)?,
        private: private.map(|bytes| Private::from_bytes(&bytes)).transpose().map_err(unreadable)?,
        stamp: Stamp::from_bytes(&row.get::<_, Vec<u8>>(5)?).map_err(unreadable)?,
        status: Status::of_number(row.get(6)?),
        fate: fate.map(|bytes| meta::stored(&bytes)).transpose()?,
        arrived: row.get(8)?,
    })
}

/// All rows of `SELECT OWN … tail`.
pub(crate) fn owns(connection: &Connection, tail: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Own>, Error> {
    let mut query = connection.prepare_cached(&format!("SELECT {OWN} FROM outbox {tail}"))?;
    let mut rows = query.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(own(row)?);
    }
    Ok(found)
}

/// Own events of a ticket that no page brought yet and that were not refused, in their order.
pub(crate) fn pending(connection: &Connection, ticket: TicketId) -> Result<Vec<Own>, Error> {
    owns(connection, "WHERE ticket = ?1 AND arrived = 0 AND status <= 2 ORDER BY ord", &[ticket.as_bytes()])
}

/// All own events of a ticket, in their order.
pub(crate) fn of_ticket(connection: &Connection, ticket: TicketId) -> Result<Vec<Own>, Error> {
    owns(connection, "WHERE ticket = ?1 ORDER BY ord", &[ticket.as_bytes()])
}

impl Store {
    /// Commits that wait to be sent, in the order of the chain: at least one if any waits, else as many as the two
    /// bounds allow.
    ///
    /// # Errors
    /// Those of the database.
    pub fn outbox_batch(&self, max_commits: usize, max_bytes: usize) -> Result<Vec<Commit>, Error> {
        self.draw();
        self.db.read(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT place, envelope, payload, private, signature FROM outbox WHERE status = 0 ORDER BY ord",
            )?;
            let mut rows = query.query([])?;
            let (mut commits, mut events, mut bytes) = (Vec::new(), Vec::new(), 0);
            while let Some(row) = rows.next()? {
                if row.get::<_, i64>(0)? == 0 {
                    events = Vec::new();
                }
                let private: Option<Vec<u8>> = row.get(3)?;
                let sealed =
                    Sealed { envelope: Bytes(row.get(1)?), payload: Bytes(row.get(2)?), private: private.map(Bytes) };
                bytes += sealed.size();
                events.push(sealed);
                let signature: Option<Vec<u8>> = row.get(4)?;
                if let Some(signature) = signature {
                    if !commits.is_empty() && bytes > max_bytes {
                        break;
                    }
                    commits.push(Commit { events: std::mem::take(&mut events), signature: Bytes(signature) });
                    if commits.len() >= max_commits.max(1) {
                        break;
                    }
                }
            }
            Ok(commits)
        })
    }

    /// Stops showing the news of own work. Of refused work the whole commit goes, and its photos become unbound again;
    /// what came too late stays on its ticket.
    ///
    /// # Errors
    /// [`Error::UnknownEvent`] unless it was refused or came too late.
    pub fn dismiss(&self, event: EventId) -> Result<(), Error> {
        self.draw();
        self.db.write(|tx| {
            let mut late = tx.prepare_cached("UPDATE outbox SET seen = 1 WHERE id = ?1 AND status = 2")?;
            if late.execute([event.as_bytes()])? > 0 {
                return Ok(());
            }
            let mut query =
                tx.prepare_cached("SELECT device, seq - place, length FROM outbox WHERE id = ?1 AND status = 3")?;
            let mut rows = query.query([event.as_bytes()])?;
            let Some(row) = rows.next()? else { return Err(Error::UnknownEvent) };
            let (device, first, length): ([u8; 16], i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let range = params![device, first, first + length];
            // Files of the commit that no other event binds are unbound again, and wait for no upload.
            tx.prepare_cached(
                "DELETE FROM binding WHERE event IN
                 (SELECT id FROM outbox WHERE device = ?1 AND seq >= ?2 AND seq < ?3 AND status = 3)",
            )?
            .execute(range)?;
            tx.prepare_cached("DELETE FROM upload WHERE NOT EXISTS (SELECT 1 FROM binding WHERE hash = upload.hash)")?
                .execute([])?;
            tx.prepare_cached(
                "UPDATE outbox SET status = 4 WHERE device = ?1 AND seq >= ?2 AND seq < ?3 AND status = 3",
            )?
            .execute(range)?;
            Ok(())
        })
    }
}
