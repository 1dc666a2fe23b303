//! Moving the write-ahead log into the database, outside any commit.
//!
//! A checkpoint first moves all it can while commits go on, over a connection of its own. Only if commits overtook it
//! does it hold them back, for the short rest: without that, steady writing would let the log grow without end.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;

use crate::error::Error;
use crate::readers::lock;

/// State of the write-ahead log, in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wal {
    /// Pages in the log.
    pub pages: u64,
    /// Pages of these that are in the database file, too.
    pub moved: u64,
}

impl Wal {
    /// Whether the next commit can start the log anew.
    pub fn is_moved(&self) -> bool {
        self.moved >= self.pages
    }
}

/// Counts commits, so that idleness can be told without a clock.
#[derive(Default)]
pub(crate) struct Checkpointer {
    connection: Mutex<Option<Connection>>,
    commits: AtomicU64,
    /// Commits that the last look at idleness saw.
    seen: AtomicU64,
    /// Commits that are certainly in the database file.
    moved: AtomicU64,
}

impl Checkpointer {
    pub(crate) fn note_commit(&self) {
        self.commits.fetch_add(1, Ordering::Release);
    }

    /// Whether every commit is in the database file.
    pub(crate) fn is_settled(&self) -> bool {
        self.commits.load(Ordering::Acquire) == self.moved.load(Ordering::Acquire)
    }

    /// Whether no commit came since this was last asked.
    pub(crate) fn is_idle(&self) -> bool {
        let commits = self.commits.load(Ordering::Acquire);
        self.seen.swap(commits, Ordering::AcqRel) == commits
    }

    pub(crate) fn close(&self) {
        *lock(&self.connection) = None;
    }

    /// `open` makes the connection when there is none, or refuses with `suspended`.
    pub(crate) fn status(&self, open: impl FnOnce() -> Result<Connection, Error>) -> Result<Wal, Error> {
        self.with(open, |connection| run(connection, "NOOP"))
    }

    /// Moves what can be moved. `writer`, if given, is locked for the rest that commits added meanwhile.
    pub(crate) fn run<W>(
        &self,
        open: impl FnOnce() -> Result<Connection, Error>,
        writer: Option<&Mutex<W>>,
    ) -> Result<Wal, Error> {
        self.with(open, |connection| {
            let commits = self.commits.load(Ordering::Acquire);
            let mut wal = run(connection, "PASSIVE")?;
            let mut reached = commits;
            if let Some(writer) = writer
                && (!wal.is_moved() || !self.is_at(commits))
            {
                let _held = lock(writer);
                reached = self.commits.load(Ordering::Acquire);
                wal = run(connection, "PASSIVE")?;
            }
            if wal.is_moved() {
                self.moved.store(reached, Ordering::Release);
            }
            Ok(wal)
        })
    }

    fn is_at(&self, commits: u64) -> bool {
        self.commits.load(Ordering::Acquire) == commits
    }

    fn with(
        &self,
        open: impl FnOnce() -> Result<Connection, Error>,
        work: impl FnOnce(&Connection) -> Result<Wal, Error>,
    ) -> Result<Wal, Error> {
        let mut slot = lock(&self.connection);
        let outcome = match &*slot {
            Some(connection) => work(connection),
            None => work(slot.insert(open()?)),
        };
        if outcome.as_ref().is_err_and(Error::is_disk_failure) {
            *slot = None;
        }
        outcome
    }
}

fn run(connection: &Connection, mode: &str) -> Result<Wal, Error> {
    let (pages, moved): (i64, i64) =
        connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| Ok((row.get(1)?, row.get(2)?)))?;
    // Both are -1 when the file system does not allow a log.
    Ok(Wal { pages: u64::try_from(pages).unwrap_or(0), moved: u64::try_from(moved).unwrap_or(0) })
}
