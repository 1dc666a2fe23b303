//! Tickets as they travel: their events from a number on, with the signatures of the commits among them.

use redvest_domain::envelope::CommitSignature;
use redvest_domain::id::{Bytes, DeviceId, TicketId, WorkspaceId};
use redvest_domain::key::Key;
use redvest_domain::stamp::Stamped;
use redvest_domain::wire::TicketPart;
use redvest_sqlite::Error;
use rusqlite::{Connection, Row, params};

use crate::store::columns::number;

/// Downwards, so that the few last events of a long ticket cost no more than those of a short one.
pub(super) const EVENTS: &str =
    "SELECT e.n, e.envelope, e.payload, e.private, e.stamp, e.mac, s.device, s.seq, s.signature
    FROM event AS e LEFT JOIN commit_signature AS s
        ON s.workspace = e.workspace AND s.device = e.device AND s.seq = e.device_seq
    WHERE e.workspace = ?1 AND e.subject_kind = 0 AND e.subject = ?2 ORDER BY e.seq DESC";

/// All of a ticket: replaces what the device holds of it.
pub(super) fn whole(
    conn: &Connection,
    workspace: WorkspaceId,
    ticket: TicketId,
    keys: Vec<Key>,
) -> Result<TicketPart, Error> {
    read(conn, workspace, ticket, keys, None)
}

/// The events of a ticket behind number `after`, for a device that has those up to there.
pub(super) fn part(
    conn: &Connection,
    workspace: WorkspaceId,
    ticket: TicketId,
    keys: Vec<Key>,
    after: u64,
) -> Result<TicketPart, Error> {
    read(conn, workspace, ticket, keys, Some(after))
}

/// No events: the device holds all of them and learns the keys alone.
pub(super) fn keys_only(ticket: TicketId, keys: Vec<Key>) -> TicketPart {
    TicketPart { ticket, whole: false, events: Vec::new(), signatures: Vec::new(), keys }
}

fn read(
    conn: &Connection,
    workspace: WorkspaceId,
    ticket: TicketId,
    keys: Vec<Key>,
    after: Option<u64>,
) -> Result<TicketPart, Error> {
    let mut part = TicketPart { whole: after.is_none(), ..keys_only(ticket, keys) };
    let mut query = conn.prepare_cached(EVENTS)?;
    let mut rows = query.query(params![workspace.as_bytes(), ticket.as_bytes()])?;
    while let Some(row) = rows.next()? {
        if after.is_some_and(|after| number::<u64>(row, 0).is_ok_and(|n| n <= after)) {
            break;
        }
        part.events.push(event(row)?);
        part.signatures.extend(signature(row)?);
    }
    part.events.reverse();
    part.signatures.reverse();
    Ok(part)
}

fn event(row: &Row<'_>) -> rusqlite::Result<Stamped> {
    Ok(Stamped {
        envelope: Bytes(row.get(1)?),
        payload: Bytes(row.get(2)?),
        private: row.get::<_, Option<Vec<u8>>>(3)?.map(Bytes),
        stamp: Bytes(row.get(4)?),
        mac: Bytes(row.get(5)?),
    })
}

fn signature(row: &Row<'_>) -> rusqlite::Result<Option<CommitSignature>> {
    let Some(device) = row.get(6)? else { return Ok(None) };
    let device = DeviceId::from_bytes(device);
    Ok(Some(CommitSignature { device, seq: number(row, 7)?, signature: Bytes(row.get(8)?) }))
}

/// About how many bytes a ticket takes on the wire before compression.
pub(super) fn size(part: &TicketPart) -> usize {
    let event = |event: &Stamped| {
        let private = event.private.as_ref().map_or(0, |private| private.len());
        // Keys and lengths of the five byte strings, at most 4 bytes each.
        event.envelope.len() + event.payload.len() + private + event.stamp.len() + event.mac.len() + 20
    };
    let key = |key: &Key| match key {
        Key::Everybody | Key::Office | Key::Workspace => 11,
        Key::Member(_) => 45,
        Key::Grid(code) => code.as_str().len() + 7,
        Key::Agency(code) => code.as_str().len() + 9,
    };
    let signatures: usize = part.signatures.iter().map(|signature| signature.signature.len() + 32).sum();
    32 + part.events.iter().map(event).sum::<usize>() + signatures + part.keys.iter().map(key).sum::<usize>()
}
