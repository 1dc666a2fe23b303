//! The replica: whole tickets as the hub sent them, or none. A part that does not follow what is held is a gap, and the
//! ticket is fetched whole again; nothing is ever guessed.

use std::collections::BTreeSet;

use redvest_domain::digest::term;
use redvest_domain::envelope::{Broken, Envelope};
use redvest_domain::event::Payload;
use redvest_domain::fold::{Fact, step};
use redvest_domain::id::{EventId, Hash, MemberId, TicketId};
use redvest_domain::key::Key;
use redvest_domain::stamp::{Stamp, Stamped, event_hash};
use redvest_domain::ticket::Ticket;
use redvest_domain::wire::TicketPart;
use rusqlite::{Connection, OptionalExtension, params};

use super::digests::Digests;
use crate::Error;

/// One event of a page, read and checked against the hashes that bind it.
pub(crate) struct Read<'a> {
    pub(crate) envelope: Envelope,
    pub(crate) payload: Payload,
    pub(crate) stamp: Stamp,
    pub(crate) hash: Hash,
    pub(crate) bytes: &'a Stamped,
}

/// Reads an event. What the hub erased may lack its private part.
pub(crate) fn read(stamped: &Stamped) -> Result<Read<'_>, Broken> {
    let (envelope, payload, stamp) = stamped.open()?;
    Ok(Read { envelope, payload, stamp, hash: event_hash(&stamped.envelope, &stamped.stamp), bytes: stamped })
}

/// What is held of a ticket.
pub(crate) struct Held {
    pub(crate) state: Ticket,
    pub(crate) seq: u32,
    pub(crate) event_hash: Hash,
    pub(crate) state_hash: Hash,
}

/// The ticket as the replica has it; `None` when it is not held.
pub(crate) fn held(connection: &Connection, ticket: TicketId) -> Result<Option<Held>, Error> {
    let mut query =
        connection.prepare_cached("SELECT state, seq, event_hash, state_hash FROM ticket WHERE ticket = ?1")?;
    let found = query
        .query_row([ticket.as_bytes()], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?, Hash(row.get(2)?), Hash(row.get(3)?)))
        })
        .optional()?;
    let Some((state, seq, event_hash, state_hash)) = found else { return Ok(None) };
    let state = Ticket::from_bytes(&state).map_err(Error::Stored)?;
    Ok(Some(Held { state, seq, event_hash, state_hash }))
}

/// Keys that a ticket is held under.
pub(crate) fn keys(connection: &Connection, ticket: TicketId) -> Result<BTreeSet<Key>, Error> {
    let mut query = connection.prepare_cached("SELECT key FROM ticket_key WHERE ticket = ?1")?;
    let texts = query.query_map([ticket.as_bytes()], |row| row.get::<_, String>(0))?;
    let texts: Vec<String> = texts.collect::<Result<_, _>>()?;
    // Only keys are ever written there.
    Ok(texts.iter().filter_map(|text| text.parse().ok()).collect())
}

/// Writes what the replica says of one page's tickets.
pub(crate) struct Writer<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) member: MemberId,
    pub(crate) digests: Digests,
    pub(crate) changed: BTreeSet<TicketId>,
}

impl Writer<'_> {
    /// Takes a part or a whole ticket. False when there is a gap: then nothing changed.
    pub(crate) fn take(&mut self, part: &TicketPart) -> Result<bool, Error> {
        let events = part.events.iter().map(read).collect::<Result<Vec<_>, _>>().map_err(Error::BadPage)?;
        if events.iter().any(|event| event.payload.subject.ticket() != Some(part.ticket)) {
            return Err(Error::BadPage(Broken::Content));
        }
        let held = held(self.connection, part.ticket)?;
        let before = if part.whole { None } else { held.as_ref() };
        let (fresh, start) = match before {
            Some(held) => match self.follows(part.ticket, held, &events)? {
                Some(fresh) => (fresh, held.seq),
                None => return Ok(false),
            },
            None if !part.whole => return Ok(false),
            None => (&events[..], 0),
        };
        let gapless = fresh.iter().zip(start + 1..).all(|(event, seq)| event.stamp.seq == seq);
        if !gapless || (fresh.is_empty() && before.is_none()) {
            return Ok(false);
        }
        let mut state = before.map(|held| held.state.clone());
        for event in fresh {
            step(&mut state, &Fact { id: event.envelope.id, payload: &event.payload, stamp: &event.stamp });
        }
        let Some(state) = state else { return Ok(false) };
        if part.whole {
            self.forget_events(part.ticket, false)?;
        }
        for event in fresh {
            self.keep(part.ticket, event)?;
        }
        for signature in &part.signatures {
            self.connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO signature (device, seq, ticket, signature) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    signature.device.as_bytes(),
                    signature.seq,
                    part.ticket.as_bytes(),
                    signature.signature.0
                ])?;
        }
        let last = fresh.last().map(|event| event.hash).or(before.map(|held| held.event_hash));
        let bytes = state.to_bytes();
        let next = (last.unwrap_or(Hash::ZERO), Hash::of(&[&bytes]));
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO ticket (ticket, state, seq, event_hash, state_hash, newer)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![part.ticket.as_bytes(), bytes, state.seq, next.0.0, next.1.0, state.needs_update])?;
        let old = held.map(|held| (held.event_hash, held.state_hash));
        self.set_keys(part.ticket, old, Some(next), part.keys.iter().cloned().collect())?;
        self.connection.prepare_cached("DELETE FROM refetch WHERE ticket = ?1")?.execute([part.ticket.as_bytes()])?;
        self.changed.insert(part.ticket);
        Ok(true)
    }

    /// The events behind those held; `None` if what overlaps is not the same.
    fn follows<'e, 'b>(
        &self,
        ticket: TicketId,
        held: &Held,
        events: &'e [Read<'b>],
    ) -> Result<Option<&'e [Read<'b>]>, Error> {
        let known = events.iter().take_while(|event| event.stamp.seq <= held.seq).count();
        if let Some(last) = events[..known].last() {
            let mut query =
                self.connection.prepare_cached("SELECT envelope, stamp FROM event WHERE ticket = ?1 AND seq = ?2")?;
            let same = query
                .query_row(params![ticket.as_bytes(), last.stamp.seq], |row| {
                    Ok(event_hash(&row.get::<_, Vec<u8>>(0)?, &row.get::<_, Vec<u8>>(1)?))
                })
                .optional()?;
            if same != Some(last.hash) {
                return Ok(None);
            }
        }
        Ok(Some(&events[known..]))
    }

    fn keep(&mut self, ticket: TicketId, event: &Read<'_>) -> Result<(), Error> {
        let id = event.envelope.id;
        let erased =
            self.connection.prepare_cached("SELECT 1 FROM erased WHERE event = ?1")?.exists([id.as_bytes()])?;
        let private = event.bytes.private.as_ref().filter(|_| !erased).map(|private| &private.0);
        self.connection
            .prepare_cached(
                "INSERT INTO event (ticket, seq, id, n, member, kind, received, envelope, payload, private, stamp, mac)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                ticket.as_bytes(),
                event.stamp.seq,
                id.as_bytes(),
                event.stamp.n,
                event.stamp.member.as_bytes(),
                event.payload.body.number(),
                event.stamp.received.0,
                event.bytes.envelope.0,
                event.bytes.payload.0,
                private,
                event.bytes.stamp.0,
                event.bytes.mac.0
            ])?;
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO name (member, asked) VALUES (?1, 0)")?
            .execute([event.stamp.member.as_bytes()])?;
        if event.stamp.member == self.member {
            self.connection
                .prepare_cached("UPDATE outbox SET arrived = 1 WHERE id = ?1 AND arrived = 0")?
                .execute([id.as_bytes()])?;
        }
        for photo in event.payload.body.photos() {
            for (role, copy) in [(0, photo.thumbnail), (1, photo.review)] {
                let Some(copy) = copy else { continue };
                self.connection
                    .prepare_cached(
                        "INSERT OR IGNORE INTO wanted (hash, role, size, ticket, tries, next_at)
                         SELECT ?1, ?2, ?3, ?4, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM blob WHERE hash = ?1 AND held = 1)",
                    )?
                    .execute(params![
                        copy.hash.0,
                        role,
                        i64::try_from(copy.size).unwrap_or(i64::MAX),
                        ticket.as_bytes()
                    ])?;
            }
        }
        Ok(())
    }

    /// Sets a ticket's keys and moves its term in their digests; `None` as `new` takes it from all.
    fn set_keys(
        &mut self,
        ticket: TicketId,
        old: Option<(Hash, Hash)>,
        new: Option<(Hash, Hash)>,
        next: BTreeSet<Key>,
    ) -> Result<(), Error> {
        let before = keys(self.connection, ticket)?;
        let of = |(event, state): (Hash, Hash)| term(ticket, event, state);
        for key in &before {
            if let Some(old) = old {
                self.digests.take(self.connection, key, of(old))?;
            }
            if !next.contains(key) {
                self.connection
                    .prepare_cached("DELETE FROM ticket_key WHERE key = ?1 AND ticket = ?2")?
                    .execute(params![key.to_string(), ticket.as_bytes()])?;
            }
        }
        for key in &next {
            if let Some(new) = new {
                self.digests.add(self.connection, key, of(new))?;
            }
            if !before.contains(key) {
                self.connection
                    .prepare_cached("INSERT INTO ticket_key (key, ticket) VALUES (?1, ?2)")?
                    .execute(params![key.to_string(), ticket.as_bytes()])?;
            }
        }
        Ok(())
    }

    /// Sets the keys that a held ticket is held under.
    pub(crate) fn hold_under(&mut self, ticket: TicketId, keys: BTreeSet<Key>) -> Result<(), Error> {
        let term = held(self.connection, ticket)?.map(|held| (held.event_hash, held.state_hash));
        self.set_keys(ticket, term, term, keys)
    }

    /// The ticket is no longer visible: all of it goes but what this member authored.
    pub(crate) fn leave(&mut self, ticket: TicketId) -> Result<(), Error> {
        let held = held(self.connection, ticket)?;
        self.set_keys(ticket, held.map(|held| (held.event_hash, held.state_hash)), None, BTreeSet::new())?;
        self.forget_events(ticket, true)?;
        for sql in [
            "DELETE FROM ticket WHERE ticket = ?1",
            "DELETE FROM wanted WHERE ticket = ?1",
            "DELETE FROM refetch WHERE ticket = ?1",
            // What was accepted can arrive by no page any more.
            "UPDATE outbox SET arrived = 1 WHERE ticket = ?1 AND status IN (1, 2)",
        ] {
            self.connection.prepare_cached(sql)?.execute([ticket.as_bytes()])?;
        }
        self.changed.insert(ticket);
        Ok(())
    }

    /// A key is no longer subscribed to.
    pub(crate) fn strike(&mut self, key: &Key) -> Result<(), Error> {
        let tickets: Vec<TicketId> = {
            let mut query = self.connection.prepare_cached("SELECT ticket FROM ticket_key WHERE key = ?1")?;
            let rows = query.query_map([key.to_string()], |row| Ok(TicketId::from_bytes(row.get(0)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        for ticket in tickets {
            let mut left = keys(self.connection, ticket)?;
            left.remove(key);
            if left.is_empty() {
                self.leave(ticket)?;
                continue;
            }
            self.hold_under(ticket, left)?;
        }
        Ok(())
    }

    /// Drops the private parts of an event wherever it is held; one that comes later comes without them.
    pub(crate) fn erase(&mut self, event: EventId) -> Result<(), Error> {
        let id = event.as_bytes();
        self.connection.prepare_cached("INSERT OR IGNORE INTO erased (event) VALUES (?1)")?.execute([id])?;
        let mut query = self
            .connection
            .prepare_cached("UPDATE event SET private = NULL WHERE id = ?1 AND private IS NOT NULL RETURNING ticket")?;
        let tickets: Vec<[u8; 16]> = query.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
        self.changed.extend(tickets.into_iter().map(TicketId::from_bytes));
        self.connection
            .prepare_cached("UPDATE outbox SET private = NULL WHERE id = ?1 AND status <> 0")?
            .execute([id])?;
        Ok(())
    }

    fn forget_events(&self, ticket: TicketId, but_own: bool) -> Result<(), Error> {
        let id = ticket.as_bytes();
        if but_own {
            self.connection
                .prepare_cached("DELETE FROM event WHERE ticket = ?1 AND member <> ?2")?
                .execute(params![id, self.member.as_bytes()])?;
        } else {
            self.connection.prepare_cached("DELETE FROM event WHERE ticket = ?1")?.execute([id])?;
        }
        self.connection.prepare_cached("DELETE FROM signature WHERE ticket = ?1")?.execute([id])?;
        Ok(())
    }
}

/// The events of a ticket that are held, in the hub's order.
pub(crate) fn events(connection: &Connection, ticket: TicketId) -> Result<Vec<Stamped>, Error> {
    events_within(connection, ticket, 0, u64::MAX)
}

/// Those of them with a number behind `after`, up to `until`.
pub(crate) fn events_within(
    connection: &Connection,
    ticket: TicketId,
    after: u64,
    until: u64,
) -> Result<Vec<Stamped>, Error> {
    use redvest_domain::id::Bytes;
    let integer = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut query = connection.prepare_cached(
        "SELECT envelope, payload, private, stamp, mac FROM event WHERE ticket = ?1 AND n > ?2 AND n <= ?3 ORDER BY seq",
    )?;
    let rows = query.query_map(params![ticket.as_bytes(), integer(after), integer(until)], |row| {
        Ok(Stamped {
            envelope: Bytes(row.get(0)?),
            payload: Bytes(row.get(1)?),
            private: row.get::<_, Option<Vec<u8>>>(2)?.map(Bytes),
            stamp: Bytes(row.get(3)?),
            mac: Bytes(row.get(4)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether this member still holds own events of a ticket that it lost.
pub(crate) fn is_former(connection: &Connection, ticket: TicketId) -> Result<bool, Error> {
    let own = connection.prepare_cached("SELECT 1 FROM event WHERE ticket = ?1")?.exists([ticket.as_bytes()])?;
    let sent = connection
        .prepare_cached("SELECT 1 FROM outbox WHERE ticket = ?1 AND status <= 2")?
        .exists([ticket.as_bytes()])?;
    Ok(own || sent)
}

/// Whether a key holds a ticket of a newer law, whose state here is not the hub's.
pub(crate) fn needs_update(connection: &Connection, key: &Key) -> Result<bool, Error> {
    let mut query = connection.prepare_cached(
        "SELECT 1 FROM ticket WHERE newer = 1 AND ticket IN (SELECT ticket FROM ticket_key WHERE key = ?1)",
    )?;
    Ok(query.exists([key.to_string()])?)
}

/// Remembers tickets to be fetched whole.
pub(crate) fn want(connection: &Connection, ticket: TicketId) -> Result<(), Error> {
    connection.prepare_cached("INSERT OR IGNORE INTO refetch (ticket) VALUES (?1)")?.execute([ticket.as_bytes()])?;
    Ok(())
}

impl super::Store {
    /// Tickets to be fetched whole: those with a gap, and those whose digest differs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn wanted_tickets(&self, max: usize) -> Result<Vec<TicketId>, Error> {
        self.db.read(|connection| {
            let mut query = connection.prepare_cached("SELECT ticket FROM refetch ORDER BY ticket LIMIT ?1")?;
            let rows = query
                .query_map([i64::try_from(max).unwrap_or(i64::MAX)], |row| Ok(TicketId::from_bytes(row.get(0)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
