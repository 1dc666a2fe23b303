//! What waits to be sent, and why it still waits.

use redvest_domain::time::Timestamp;
use rusqlite::Connection;

use crate::store::{BlobRole, drafts, transfers};
use crate::view::{PostponedRow, Queue};
use crate::{Client, Error};

/// Most postponed files that one call gives.
const MOST: i64 = 50;

impl Client {
    /// What waits on this phone; also before it is enrolled.
    ///
    /// # Errors
    /// Those of the database.
    pub fn queue(&self) -> Result<Queue, Error> {
        self.store().draw();
        self.store().db.read(|connection| {
            let mut query = connection.prepare_cached("SELECT count(*) FROM outbox WHERE status = 0")?;
            Ok(Queue {
                events_waiting: query.query_row([], |row| row.get(0))?,
                photos: transfers::waiting(connection)?,
                postponed: postponed(connection)?,
                unbound_photos: drafts::unbound_photos(connection)?,
            })
        })
    }
}

/// Files that failed since they last moved on.
fn postponed(connection: &Connection) -> Result<Vec<PostponedRow>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT role, max(size - offset, 0), tries, error, next_at FROM upload WHERE tries > 0
         ORDER BY next_at, role, hash LIMIT ?1",
    )?;
    let rows = query.query_map([MOST], |row| {
        Ok(PostponedRow {
            role: BlobRole::of_number(row.get(0)?),
            bytes: row.get(1)?,
            tries: row.get(2)?,
            code: row.get(3)?,
            next_at: Timestamp(row.get(4)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
