//! Digests of keys, kept with every change of a ticket: one subtraction and one addition for each of its keys.

use std::collections::BTreeMap;

use redvest_domain::digest::{Digest, term};
use redvest_domain::id::{Hash, TicketId};
use redvest_domain::key::Key;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::{Store, meta};
use crate::Error;

/// The digest of one key with the number of its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyDigest {
    /// The key.
    pub key: Key,
    /// Sum of its tickets' terms modulo 2^256, 64 hexadecimal digits.
    pub digest: String,
    /// Tickets held under it.
    pub tickets: u64,
}

/// Changes to digests, gathered and written once for a page.
#[derive(Default)]
pub(crate) struct Digests {
    keys: BTreeMap<Key, (Digest, i64)>,
}

impl Digests {
    /// Adds a ticket's term to a key.
    pub(crate) fn add(&mut self, connection: &Connection, key: &Key, term: Hash) -> Result<(), Error> {
        let (digest, tickets) = self.entry(connection, key)?;
        *digest = digest.plus(term);
        *tickets += 1;
        Ok(())
    }

    /// Takes a ticket's term from a key.
    pub(crate) fn take(&mut self, connection: &Connection, key: &Key, term: Hash) -> Result<(), Error> {
        let (digest, tickets) = self.entry(connection, key)?;
        *digest = digest.minus(term);
        *tickets -= 1;
        Ok(())
    }

    fn entry(&mut self, connection: &Connection, key: &Key) -> Result<&mut (Digest, i64), Error> {
        if !self.keys.contains_key(key) {
            let stored = load(connection, key)?;
            self.keys.insert(key.clone(), stored);
        }
        Ok(self.keys.entry(key.clone()).or_default())
    }

    /// The digest as it stands with these changes.
    pub(crate) fn get(&mut self, connection: &Connection, key: &Key) -> Result<Digest, Error> {
        Ok(self.entry(connection, key)?.0)
    }

    /// Writes them.
    pub(crate) fn write(self, connection: &Connection) -> Result<(), Error> {
        for (key, (digest, tickets)) in self.keys {
            if tickets == 0 && digest == Digest::default() {
                connection.prepare_cached("DELETE FROM key_digest WHERE key = ?1")?.execute([key.to_string()])?;
            } else {
                connection
                    .prepare_cached("INSERT OR REPLACE INTO key_digest (key, digest, tickets) VALUES (?1, ?2, ?3)")?
                    .execute(params![key.to_string(), digest.0.0, tickets])?;
            }
        }
        Ok(())
    }
}

fn load(connection: &Connection, key: &Key) -> Result<(Digest, i64), Error> {
    let mut query = connection.prepare_cached("SELECT digest, tickets FROM key_digest WHERE key = ?1")?;
    let found = query.query_row([key.to_string()], |row| Ok((Digest(Hash(row.get(0)?)), row.get(1)?))).optional()?;
    Ok(found.unwrap_or_default())
}

/// All digests, ascending by key.
pub(crate) fn all(connection: &Connection) -> Result<Vec<KeyDigest>, Error> {
    let mut query = connection.prepare_cached("SELECT key, digest, tickets FROM key_digest ORDER BY key")?;
    let mut rows = query.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        let Ok(key) = key.parse() else { continue };
        found.push(KeyDigest { key, digest: Hash(row.get(1)?).to_hex(), tickets: row.get(2)? });
    }
    Ok(found)
}

impl Store {
    /// The terms of a key's digest, ascending by ticket.
    ///
    /// # Errors
    /// Those of the database.
    pub fn local_terms(&self, key: &Key) -> Result<Vec<(TicketId, Hash)>, Error> {
        self.db.read(|connection| terms(connection, key))
    }

    /// The tickets in which a key's digest differs, given all of the hub's terms; they are wanted whole from now on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn differs(&self, key: &Key, hub: &[(TicketId, Hash)]) -> Result<Vec<TicketId>, Error> {
        self.db.write(|tx| {
            let own: BTreeMap<TicketId, Hash> = terms(tx, key)?.into_iter().collect();
            let theirs: BTreeMap<TicketId, Hash> = hub.iter().copied().collect();
            let of_theirs = theirs.iter().filter(|(ticket, term)| own.get(ticket) != Some(term)).map(|(id, _)| *id);
            let only_own = own.keys().filter(|ticket| !theirs.contains_key(ticket)).copied();
            let differing: Vec<TicketId> = of_theirs.chain(only_own).collect();
            for ticket in &differing {
                tx.prepare_cached("INSERT OR IGNORE INTO refetch (ticket) VALUES (?1)")?
                    .execute([ticket.as_bytes()])?;
            }
            let count: u64 = meta::get(tx, meta::name::MISMATCHES)?.unwrap_or(0);
            meta::put(tx, meta::name::MISMATCHES, &(count + 1))?;
            Ok(differing)
        })
    }
}

pub(crate) fn terms(connection: &Connection, key: &Key) -> Result<Vec<(TicketId, Hash)>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT ticket.ticket, event_hash, state_hash FROM ticket_key JOIN ticket USING (ticket)
         WHERE key = ?1 ORDER BY ticket.ticket",
    )?;
    let rows = query.query_map([key.to_string()], |row| {
        let ticket = TicketId::from_bytes(row.get(0)?);
        Ok((ticket, term(ticket, Hash(row.get(1)?), Hash(row.get(2)?))))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
