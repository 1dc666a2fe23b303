//! Outcomes: what the hub says became of own events. The latest line of the feed for an event counts; lines come with
//! pushes and with pages, in any order and more than once.

use std::collections::BTreeSet;

use redvest_domain::cbor;
use redvest_domain::id::TicketId;
use redvest_domain::time::Timestamp;
use redvest_domain::wire::{Fate, Outcome, Pushed};
use rusqlite::{Connection, OptionalExtension, params};

use super::outbox::Status;
use super::{PushEffect, Store, meta, shown};
use crate::Error;

/// Takes lines of the feed into the outbox. Photos of what was accepted may then be sent.
pub(crate) fn apply(
    connection: &Connection,
    outcomes: &[Outcome],
    effect: &mut PushEffect,
    changed: &mut BTreeSet<TicketId>,
) -> Result<(), Error> {
    let mut lines: Vec<&Outcome> = outcomes.iter().collect();
    lines.sort_by_key(|line| line.counter);
    let before: u64 = meta::get(connection, meta::name::OUTCOMES_AFTER)?.unwrap_or(0);
    let mut after = before;
    for line in lines {
        // A push may answer with a line whose predecessors only the next pull brings: those must not be skipped.
        if line.counter == after + 1 {
            after = line.counter;
        }
        let found = find(connection, line)?;
        let Some((ord, counter, ticket, status)) = found.filter(|(_, counter, ..)| line.counter >= *counter) else {
            continue;
        };
        let next = match (&line.fate, status) {
            (Fate::Accepted(_), _) => Status::Accepted,
            (Fate::TooLate(_), _) => Status::TooLate,
            (Fate::Refused(_), 4) => Status::Dismissed,
            (Fate::Refused(_), _) => Status::Refused,
        };
        let news = next.number() != status;
        match next {
            Status::Accepted if news => effect.accepted += 1,
            Status::TooLate if news => effect.too_late += 1,
            Status::Refused if news => effect.refused += 1,
            _ => {}
        }
        if line.counter > counter || news {
            connection
                .prepare_cached("UPDATE outbox SET status = ?2, fate = ?3, counter = ?4 WHERE ord = ?1")?
                .execute(params![ord, next.number(), cbor::encode(&line.fate), line.counter])?;
        }
        if matches!(next, Status::Accepted | Status::TooLate) {
            connection
                .prepare_cached(
                    "UPDATE upload SET ready = 1 WHERE hash IN
                     (SELECT hash FROM binding JOIN outbox ON outbox.id = binding.event WHERE outbox.ord = ?1)",
                )?
                .execute([ord])?;
        }
        changed.extend(ticket.filter(|_| news));
    }
    if after != before {
        meta::put(connection, meta::name::OUTCOMES_AFTER, &after)?;
    }
    Ok(())
}

type Found = (i64, u64, Option<TicketId>, i64);

/// The own event of a line: by its id, else by its place in the chain.
fn find(connection: &Connection, line: &Outcome) -> Result<Option<Found>, Error> {
    let read = |row: &rusqlite::Row<'_>| {
        let ticket: Option<[u8; 16]> = row.get(2)?;
        Ok((row.get(0)?, row.get(1)?, ticket.map(TicketId::from_bytes), row.get(3)?))
    };
    let found = match line.event {
        Some(id) => connection
            .prepare_cached("SELECT ord, counter, ticket, status FROM outbox WHERE id = ?1")?
            .query_row([id.as_bytes()], read)
            .optional()?,
        None => connection
            .prepare_cached("SELECT ord, counter, ticket, status FROM outbox WHERE device = ?1 AND seq = ?2")?
            .query_row(params![line.device.as_bytes(), line.seq], read)
            .optional()?,
    };
    Ok(found)
}

/// Lets everything wait again from the sequence on that the hub expects next. A hub that was restored from a backup has
/// forgotten what it took since; the bytes are still here, and their photos are offered again.
fn rewind(connection: &Connection, next_seq: u64, changed: &mut BTreeSet<TicketId>) -> Result<u32, Error> {
    let identity = meta::identity(connection)?;
    let from = params![identity.device.as_bytes(), i64::try_from(next_seq).unwrap_or(i64::MAX)];
    let mut query = connection
        .prepare_cached("SELECT DISTINCT ticket FROM outbox WHERE device = ?1 AND seq >= ?2 AND status <> 0")?;
    let tickets: Vec<Option<[u8; 16]>> = query.query_map(from, |row| row.get(0))?.collect::<Result<_, _>>()?;
    if tickets.is_empty() {
        return Ok(0);
    }
    changed.extend(tickets.into_iter().flatten().map(TicketId::from_bytes));
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO upload (hash, role, size, ready, offset, tries, next_at)
             SELECT blob.hash, blob.role, blob.size, 0, 0, 0, 0 FROM outbox
             JOIN binding ON binding.event = outbox.id JOIN blob ON blob.hash = binding.hash
             WHERE outbox.device = ?1 AND outbox.seq >= ?2 AND outbox.status <> 0 AND blob.held = 1",
        )?
        .execute(from)?;
    connection.prepare_cached("UPDATE blob SET on_hub = 0 WHERE hash IN (SELECT hash FROM upload)")?.execute([])?;
    let rewound = connection
        .prepare_cached(
            "UPDATE outbox SET status = 0, fate = NULL, counter = 0, arrived = 0, seen = 0
             WHERE device = ?1 AND seq >= ?2 AND status <> 0",
        )?
        .execute(from)?;
    Ok(u32::try_from(rewound).unwrap_or(u32::MAX))
}

impl Store {
    /// Takes the answer to a push. What was accepted stays pending, and shown, until its page arrives. `sent` is the
    /// wall clock when the push went out; with `pushed.now` it corrects no clock by itself
    /// ([`Store::note_time`] does), it only dates the last contact.
    ///
    /// # Errors
    /// Those of the database.
    pub fn apply_pushed(&self, pushed: &Pushed, sent: Timestamp) -> Result<PushEffect, Error> {
        let reference = self.reference();
        self.db.write(|tx| {
            let (mut effect, mut changed) = (PushEffect::default(), BTreeSet::new());
            apply(tx, &pushed.outcomes, &mut effect, &mut changed)?;
            effect.rewound = rewind(tx, pushed.next_seq, &mut changed)?;
            meta::forget(tx, meta::name::ASKS_CHAIN)?;
            meta::put(tx, "last_push", &sent)?;
            let desk = shown::Desk::new(tx, &reference)?;
            for ticket in &changed {
                desk.refresh(tx, *ticket)?;
            }
            effect.changed = changed.into_iter().collect();
            Ok(effect)
        })
    }
}
