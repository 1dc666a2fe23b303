//! The last sync sessions, for a screen and for a bug report.

use redvest_domain::time::Timestamp;
use rusqlite::params;
use serde::Serialize;

use super::Store;
use crate::Error;
use crate::sync::Summary;

/// How many are kept.
const KEPT: i64 = 20;

/// One sync session.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionRow {
    /// Its number on this device.
    pub id: i64,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; `None` while it runs, or when the app was killed.
    pub ended: Option<Timestamp>,
    /// What came of it, as the session said; `None` also for what another version of this program said otherwise.
    pub result: Option<Summary>,
}

impl Store {
    /// Notes that a session began, and gives its number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn session_began(&self) -> Result<i64, Error> {
        self.db.write(|tx| {
            tx.prepare_cached("INSERT INTO session (started) VALUES (?1)")?.execute([self.env.now().0])?;
            let id = tx.last_insert_rowid();
            tx.prepare_cached("DELETE FROM session WHERE id <= ?1")?.execute([id - KEPT])?;
            Ok(id)
        })
    }

    /// Notes what came of a session.
    ///
    /// # Errors
    /// Those of the database.
    pub fn session_ended(&self, id: i64, result: &impl Serialize) -> Result<(), Error> {
        // A result that JSON cannot hold is noted as none; the session still ended.
        let result = serde_json::to_string(result).ok();
        self.db.write(|tx| {
            tx.prepare_cached("UPDATE session SET ended = ?2, result = ?3 WHERE id = ?1")?.execute(params![
                id,
                self.env.now().0,
                result
            ])?;
            Ok(())
        })
    }

    /// The last sessions, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sessions(&self) -> Result<Vec<SessionRow>, Error> {
        self.db.read(|connection| {
            let mut query = connection
                .prepare_cached("SELECT id, started, ended, result FROM session ORDER BY id DESC LIMIT ?1")?;
            let rows = query.query_map([KEPT], |row| {
                let result: Option<String> = row.get(3)?;
                Ok(SessionRow {
                    id: row.get(0)?,
                    started: Timestamp(row.get(1)?),
                    ended: row.get::<_, Option<i64>>(2)?.map(Timestamp),
                    result: result.and_then(|text| serde_json::from_str(&text).ok()),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
