//! How ids, numbers and hashes stand in columns, in one place.

use redvest_domain::id::{EventId, Hash};
use redvest_domain::time::Timestamp;
use rusqlite::Row;

/// A number of the log as SQLite holds it. Numbers beyond its range are never given, and find nothing when asked for.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number of rows, for `LIMIT` and `OFFSET`.
pub(super) fn limit_of(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// A number as SQLite gave it.
pub(super) fn number<N: TryFrom<i64>>(row: &Row<'_>, column: usize) -> rusqlite::Result<N> {
    let stored: i64 = row.get(column)?;
    N::try_from(stored).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, stored))
}

/// A hash or a public key.
pub(super) fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    Ok(Hash(row.get(column)?))
}

/// An instant.
pub(super) fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Ok(Timestamp(row.get(column)?))
}

/// The id of an event.
pub(super) fn event(row: &Row<'_>, column: usize) -> rusqlite::Result<EventId> {
    Ok(EventId::from_bytes(row.get(column)?))
}
