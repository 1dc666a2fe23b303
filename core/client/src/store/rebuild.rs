//! Rebuilding: every computed table is dropped and computed again from events, keys and outbox. The same comes out, or
//! the store was wrong.

use std::collections::BTreeSet;

use redvest_domain::digest::term;
use redvest_domain::fold::{Fact, step};
use redvest_domain::id::{Hash, TicketId};
use rusqlite::{Connection, params};

use super::digests::Digests;
use super::{Store, replica, shown};
use crate::Error;

impl Store {
    /// Computes states, digests, lists and the search index again from what they are made of.
    ///
    /// # Errors
    /// [`Error::BadPage`] when a held event cannot be read; nothing is changed then. Those of the database.
    pub fn rebuild(&self) -> Result<(), Error> {
        // Former tickets keep what is shown of them, so that has to be there.
        self.draw();
        let reference = self.reference();
        self.db.write(|tx| {
            let mut tickets = ids(tx, "SELECT DISTINCT ticket FROM ticket_key")?;
            tx.execute_batch("DELETE FROM ticket; DELETE FROM key_digest")?;
            let mut digests = Digests::default();
            for ticket in &tickets {
                fold(tx, *ticket, &mut digests)?;
            }
            digests.write(tx)?;
            let desk = shown::Desk::new(tx, &reference)?;
            let shown = desk.all(tx)?;
            // Former tickets keep the little that is shown of them, which no event holds any more.
            tx.execute_batch("DELETE FROM listing; DELETE FROM tally; DELETE FROM spot; DELETE FROM search")?;
            tx.prepare("UPDATE shown SET listed = ?1, cell = NULL, words = 0")?
                .execute([redvest_domain::cbor::encode(&Vec::<(String, i64)>::new())])?;
            tickets.extend(ids(tx, "SELECT DISTINCT ticket FROM outbox WHERE ticket IS NOT NULL")?);
            tickets.extend(shown);
            tickets.iter().try_for_each(|ticket| desk.refresh(tx, *ticket))
        })
    }
}

fn ids(connection: &Connection, sql: &str) -> Result<BTreeSet<TicketId>, Error> {
    let mut query = connection.prepare(sql)?;
    let rows = query.query_map([], |row| Ok(TicketId::from_bytes(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn fold(connection: &Connection, ticket: TicketId, digests: &mut Digests) -> Result<(), Error> {
    let (mut state, mut last) = (None, Hash::ZERO);
    for stamped in replica::events(connection, ticket)? {
        let event = replica::read(&stamped).map_err(Error::BadPage)?;
        step(&mut state, &Fact { id: event.envelope.id, payload: &event.payload, stamp: &event.stamp });
        last = event.hash;
    }
    let Some(state) = state else { return Ok(()) };
    let bytes = state.to_bytes();
    let hash = Hash::of(&[&bytes]);
    connection
        .prepare_cached(
            "INSERT INTO ticket (ticket, state, seq, event_hash, state_hash, newer)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![ticket.as_bytes(), bytes, state.seq, last.0, hash.0, state.needs_update])?;
    for key in replica::keys(connection, ticket)? {
        digests.add(connection, &key, term(ticket, last, hash))?;
    }
    Ok(())
}
