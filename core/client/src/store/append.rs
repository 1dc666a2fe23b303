//! Writing: one act becomes one commit, sealed into the device's chain, in the caller's transaction. Photos are
//! bound and tickets shown by what follows from the outbox (`drawing`).

use ed25519_dalek::SigningKey;
use redvest_domain::codes::Code;
use redvest_domain::envelope;
use redvest_domain::event::{MAX_EVENT_BYTES, Payload, Private};
use redvest_domain::id::EventId;
use redvest_domain::stamp::Stamp;
use rusqlite::{Connection, params};

use super::{Identity, meta};
use crate::Error;

/// One event to be written.
pub(crate) struct Draft {
    pub(crate) id: EventId,
    pub(crate) payload: Payload,
    pub(crate) private: Option<Private>,
    pub(crate) stamp: Stamp,
}

/// The outbox's next number; the provisional number of a pending event is made from it.
pub(crate) fn next_ord(connection: &Connection) -> Result<i64, Error> {
    let mut query = connection.prepare_cached("SELECT coalesce(max(ord), 0) + 1 FROM outbox")?;
    Ok(query.query_row([], |row| row.get(0))?)
}

/// Seals one act and keeps it in the outbox.
pub(crate) fn append(
    connection: &Connection,
    identity: &Identity,
    key: &SigningKey,
    drafts: &[Draft],
) -> Result<(), Error> {
    let mut head = meta::chain_head(connection)?;
    let first_ord = next_ord(connection)?;
    let sealed =
        drafts.iter().map(|draft| (draft.id, draft.payload.to_bytes(), draft.private.as_ref().map(Private::to_bytes)));
    let commit = envelope::seal(identity.workspace, identity.device, key, &mut head, sealed.collect())
        .ok_or(Error::Law(Code::EventTooLarge))?;
    let length = drafts.len();
    let first = head.seq - length as u64 + 1;
    for (place, (draft, event)) in drafts.iter().zip(&commit.events).enumerate() {
        if event.size() > MAX_EVENT_BYTES {
            return Err(Error::Law(Code::EventTooLarge));
        }
        // What cannot be read back must not be signed: a list too long, a position off the earth.
        if Payload::from_bytes(&event.payload).is_err() {
            return Err(Error::Law(Code::BadBytes));
        }
        // Words have no other rule than their length.
        if event.private.as_ref().is_some_and(|private| Private::from_bytes(private).is_err()) {
            return Err(Error::Law(Code::EventTooLarge));
        }
        let ticket = draft.payload.subject.ticket();
        let signature = (place + 1 == length).then_some(&commit.signature.0);
        connection
            .prepare_cached(
                "INSERT INTO outbox (ord, device, seq, place, length, id, ticket, kind, at, envelope, payload, private,
                 signature, stamp, status, counter, arrived, seen)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, 0, 0, 0)",
            )?
            .execute(params![
                first_ord + place as i64,
                identity.device.as_bytes(),
                first + place as u64,
                place as i64,
                length as i64,
                draft.id.as_bytes(),
                ticket.map(|ticket| *ticket.as_bytes()),
                draft.payload.body.number(),
                draft.payload.time.wall.0,
                event.envelope.0,
                event.payload.0,
                event.private.as_ref().map(|private| &private.0),
                signature,
                draft.stamp.to_bytes()
            ])?;
    }
    meta::set_chain_head(connection, head)
}
