//! Digests in the database: one sum for each key, changed in the transaction of the event that changes it.

use std::collections::BTreeSet;

use redvest_domain::digest::Digest;
use redvest_domain::id::{Hash, TicketId, WorkspaceId};
use redvest_domain::key::Key;
use redvest_sqlite::Error;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{hash, limit_of};
use super::{Site, Store};
use crate::error::HubError;

pub(super) const SUM: &str = "SELECT digest FROM key_digest WHERE workspace = ?1 AND key = ?2";
const SET: &str = "INSERT INTO key_digest (workspace, key, digest) VALUES (?1, ?2, ?3)
    ON CONFLICT (workspace, key) DO UPDATE SET digest = excluded.digest";
pub(super) const TERMS: &str = "SELECT f.ticket, t.event_hash, t.state_hash
    FROM feed AS f CROSS JOIN ticket AS t ON t.workspace = f.workspace AND t.ticket = f.ticket
    WHERE f.workspace = ?1 AND f.key = ?2 AND f.ticket > ?3 AND f.\"left\" IS NULL ORDER BY f.ticket LIMIT ?4";

/// A ticket as the digests know it: the keys that hold it, and its term.
pub type Held<'a> = (&'a BTreeSet<Key>, Hash);

/// Moves the digests from what a ticket was (`None` for a new one) to what it is. Belongs into the transaction that
/// appends the event. Errors: those of the database.
pub fn touch(tx: &Connection, workspace: WorkspaceId, old: Option<Held<'_>>, new: Held<'_>) -> Result<(), Error> {
    let none = BTreeSet::new();
    let (old_keys, old_term) = old.unwrap_or((&none, Hash::ZERO));
    let (new_keys, new_term) = new;
    for key in old_keys.union(new_keys) {
        let mut digest = sum(tx, workspace, key)?;
        if old_keys.contains(key) {
            digest = digest.minus(old_term);
        }
        if new_keys.contains(key) {
            digest = digest.plus(new_term);
        }
        tx.prepare_cached(SET)?.execute(params![workspace.as_bytes(), key.to_string(), digest.0.0])?;
    }
    Ok(())
}

/// The digest of a key; zero for one that never held a ticket. Errors: those of the database.
pub fn sum(conn: &Connection, workspace: WorkspaceId, key: &Key) -> Result<Digest, Error> {
    let mut query = conn.prepare_cached(SUM)?;
    let found = query.query_row(params![workspace.as_bytes(), key.to_string()], |row| hash(row, 0)).optional()?;
    Ok(found.map_or(Digest::default(), Digest))
}

/// The terms that a key's digest is the sum of: at most `limit`, ascending by ticket, after the ticket `after`.
/// Errors: those of the database.
pub fn terms(
    conn: &Connection,
    workspace: WorkspaceId,
    key: &Key,
    after: Option<TicketId>,
    limit: usize,
) -> Result<Vec<(TicketId, Hash)>, Error> {
    let after: &[u8] = after.as_ref().map_or(&[], |ticket| ticket.as_bytes());
    let limit = limit_of(limit);
    let mut query = conn.prepare_cached(TERMS)?;
    let rows = query.query_map(params![workspace.as_bytes(), key.to_string(), after, limit], |row| {
        let ticket = TicketId::from_bytes(row.get(0)?);
        Ok((ticket, redvest_domain::digest::term(ticket, hash(row, 1)?, hash(row, 2)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Store {
    /// The digests of these keys, as an operator compares them with a device's.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn digests(&self, keys: Vec<Key>) -> Result<Vec<(Key, Digest)>, HubError> {
        self.read(move |conn| {
            let workspace = Site::load(conn)?.workspace;
            keys.into_iter()
                .map(|key| sum(conn, workspace, &key).map(|digest| (key, digest)).map_err(HubError::from))
                .collect()
        })
        .await
    }
}
