//! Going back to where a restored hub forked: what it forgot is given to it, and then taken back here, so that the
//! replica is again a part of its order.

use std::collections::{BTreeSet, HashSet};

use redvest_domain::envelope::{CommitSignature, Envelope};
use redvest_domain::event::Base;
use redvest_domain::id::{Bytes, DeviceId, TicketId};
use redvest_domain::stamp::{Head, Stamped};
use redvest_domain::wire::TicketPart;
use rusqlite::{Connection, params};

use super::replica::{self, Writer};
use super::{Store, members, meta, pages, shown};
use crate::Error;

/// The signatures of commits of a ticket that end among these events.
fn signatures(connection: &Connection, ticket: TicketId, events: &[Stamped]) -> Result<Vec<CommitSignature>, Error> {
    let place = |event: &Stamped| Envelope::from_bytes(&event.envelope).map(|envelope| (envelope.device, envelope.seq));
    let places: HashSet<(DeviceId, u64)> = events.iter().filter_map(|event| place(event).ok()).collect();
    let mut query = connection.prepare_cached("SELECT device, seq, signature FROM signature WHERE ticket = ?1")?;
    let rows = query.query_map([ticket.as_bytes()], |row| {
        Ok(CommitSignature {
            device: DeviceId::from_bytes(row.get(0)?),
            seq: row.get(1)?,
            signature: Bytes(row.get(2)?),
        })
    })?;
    let all: Vec<CommitSignature> = rows.collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(|signature| places.contains(&(signature.device, signature.seq))).collect())
}

/// Takes back what is held of a ticket beyond the fork.
fn take_back(writer: &mut Writer<'_>, ticket: TicketId, fork_at: u64) -> Result<(), Error> {
    let kept = replica::events_within(writer.connection, ticket, 0, fork_at)?;
    let signatures = signatures(writer.connection, ticket, &kept)?;
    let keys = members::own(writer.connection, writer.member)?.subscription();
    let part = TicketPart { ticket, whole: true, events: kept, signatures, keys: keys.into_iter().collect() };
    if part.events.is_empty() || !writer.take(&part)? {
        return writer.leave(ticket);
    }
    // Which of the own keys it had at the fork follows from its state there.
    let Some(held) = replica::held(writer.connection, ticket)? else { return Ok(()) };
    let at_fork = held.state.keys();
    let keys: BTreeSet<_> = part.keys.into_iter().filter(|key| at_fork.contains(key)).collect();
    if keys.is_empty() {
        return writer.leave(ticket);
    }
    writer.hold_under(ticket, keys)
}

impl Store {
    /// Tickets of the replica with events beyond this number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tickets_beyond(&self, fork_at: u64) -> Result<Vec<TicketId>, Error> {
        self.db.read(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT ticket FROM ticket WHERE EXISTS (SELECT 1 FROM event WHERE event.ticket = ticket.ticket AND n > ?1)
                 ORDER BY ticket",
            )?;
            let rows = query.query_map([i64::try_from(fork_at).unwrap_or(i64::MAX)], |row| row.get(0))?;
            Ok(rows.map(|id| id.map(TicketId::from_bytes)).collect::<Result<_, _>>()?)
        })
    }

    /// What is held of a ticket beyond this number, as the hub gave it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn beyond(&self, ticket: TicketId, fork_at: u64) -> Result<TicketPart, Error> {
        self.db.read(|connection| {
            let events = replica::events_within(connection, ticket, fork_at, u64::MAX)?;
            let signatures = signatures(connection, ticket, &events)?;
            Ok(TicketPart { ticket, whole: false, events, signatures, keys: Vec::new() })
        })
    }

    /// Takes back everything beyond `fork_at` and goes on in the epoch of `head`. The lines of the outcome feed are
    /// counted anew there, and the next push asks where the own chain stands.
    ///
    /// # Errors
    /// [`Error::BadPage`] when the head is not the hub's; those of the database.
    pub fn go_back(&self, fork_at: u64, head: &Head) -> Result<(), Error> {
        let beyond = self.tickets_beyond(fork_at)?;
        let reference = self.reference();
        self.db.write(|tx| {
            let identity = meta::identity(tx)?;
            head.verify(&identity.hub_key.0).map_err(Error::BadPage)?;
            let mut writer = pages::writer(tx, &identity);
            for ticket in &beyond {
                take_back(&mut writer, *ticket, fork_at)?;
            }
            let Writer { digests, changed, .. } = writer;
            digests.write(tx)?;
            tx.prepare_cached("UPDATE document SET in_force = 0 WHERE n > ?1")?
                .execute(params![i64::try_from(fork_at).unwrap_or(i64::MAX)])?;
            tx.prepare_cached("UPDATE outbox SET counter = 0")?.execute([])?;
            meta::forget(tx, meta::name::OUTCOMES_AFTER)?;
            let base = meta::base(tx)?;
            meta::put(tx, meta::name::BASE, &Base { epoch: head.epoch, low: base.low.min(fork_at) })?;
            meta::put(tx, meta::name::SEEN, head)?;
            meta::put(tx, meta::name::ASKS_CHAIN, &true)?;
            let desk = shown::Desk::new(tx, &reference)?;
            changed.iter().try_for_each(|ticket| desk.refresh(tx, *ticket))
        })
    }
}
