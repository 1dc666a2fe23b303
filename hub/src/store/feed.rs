//! The feed: under which keys each ticket is and was visible, one row for each key and ticket, updated in place.
//!
//! Invariant: a row's `changed` is the number of the last event that concerned the ticket while the key held it, or of
//! the event that took it away. Within one key no two rows share a `changed`, since an event belongs to one ticket.
//! Protocol: "Partial replicas", feed.

use std::collections::BTreeSet;

use redvest_domain::id::{TicketId, WorkspaceId};
use redvest_domain::key::Key;
use redvest_sqlite::Error;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use super::columns::{integer, limit_of, number};

const HOLD: &str = "INSERT INTO feed (workspace, key, ticket, entered, changed, \"left\", closed)
    VALUES (?1, ?2, ?3, ?4, ?4, NULL, ?5) ON CONFLICT (workspace, key, ticket)
    DO UPDATE SET changed = excluded.changed, closed = excluded.closed,
        entered = CASE WHEN \"left\" IS NULL THEN entered ELSE excluded.entered END, \"left\" = NULL";
const LEAVE: &str = "UPDATE feed SET changed = ?4, \"left\" = ?4, closed = ?5
    WHERE workspace = ?1 AND key = ?2 AND ticket = ?3 AND \"left\" IS NULL";
pub(super) const LIVE: &str = "SELECT changed, ticket FROM feed
    WHERE workspace = ?1 AND key = ?2 AND changed > ?3 ORDER BY changed LIMIT ?4";
pub(super) const FILL: &str = "SELECT changed, ticket FROM feed
    WHERE workspace = ?1 AND key = ?2 AND closed = ?3 AND changed < ?4 AND \"left\" IS NULL
    ORDER BY changed DESC LIMIT ?5";
/// The index is named because SQLite, knowing nothing of a workspace's size, would rather walk all of its rows.
pub(super) const HOLDERS: &str = "SELECT key, entered, changed, closed FROM feed INDEXED BY feed_ticket
    WHERE workspace = ?1 AND ticket = ?2 AND \"left\" IS NULL";

/// Notes that event `n` concerned a ticket that had `old` keys before and has `new` ones behind it. Belongs into the
/// transaction that appends the event; once for an event, or once for a commit with the number of its last event.
/// Errors: those of the database.
pub fn touch(
    tx: &Connection,
    workspace: WorkspaceId,
    n: u64,
    ticket: TicketId,
    old: &BTreeSet<Key>,
    new: &BTreeSet<Key>,
    closed: bool,
) -> Result<(), Error> {
    for key in old.union(new) {
        let sql = if new.contains(key) { HOLD } else { LEAVE };
        let row = params![workspace.as_bytes(), key.to_string(), ticket.as_bytes(), integer(n), closed];
        tx.prepare_cached(sql)?.execute(row)?;
    }
    Ok(())
}

/// A key that holds a ticket now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The key.
    pub key: Key,
    /// Since which event without a break.
    pub entered: u64,
    /// The ticket's last event.
    pub changed: u64,
    /// Whether the ticket is closed or void.
    pub closed: bool,
}

/// The keys that hold a ticket now. Errors: those of the database.
pub fn holders(conn: &Connection, workspace: WorkspaceId, ticket: TicketId) -> Result<Vec<Holder>, Error> {
    let mut query = conn.prepare_cached(HOLDERS)?;
    let rows = query.query_map(params![workspace.as_bytes(), ticket.as_bytes()], |row| {
        let key: String = row.get(0)?;
        let key =
            key.parse().map_err(|fault| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(fault)))?;
        Ok(Holder { key, entered: number(row, 1)?, changed: number(row, 2)?, closed: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Rows of a key behind `after` in the order of `changed`, also of tickets that left: at most `limit`.
pub(super) fn live(
    conn: &Connection,
    workspace: WorkspaceId,
    key: &Key,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, TicketId)>, Error> {
    let mut query = conn.prepare_cached(LIVE)?;
    let bound = params![workspace.as_bytes(), key.to_string(), integer(after), limit_of(limit)];
    let rows = query.query_map(bound, ticket_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Rows of a key below `below` in descending order of `changed`, open or closed ones, without those that left.
pub(super) fn fill(
    conn: &Connection,
    workspace: WorkspaceId,
    key: &Key,
    closed: bool,
    below: u64,
    limit: usize,
) -> Result<Vec<(u64, TicketId)>, Error> {
    let mut query = conn.prepare_cached(FILL)?;
    let bound = params![workspace.as_bytes(), key.to_string(), closed, integer(below), limit_of(limit)];
    let rows = query.query_map(bound, ticket_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn ticket_row(row: &Row<'_>) -> rusqlite::Result<(u64, TicketId)> {
    Ok((number(row, 0)?, TicketId::from_bytes(row.get(1)?)))
}
