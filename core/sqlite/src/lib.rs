//! How any database of RedVest is opened, migrated, locked, quarantined and salvaged.
//!
//! Invariants: a file has one owner at a time; a commit that was acknowledged is on the disk; nothing here ever deletes
//! a database. One writer, a few readers, each reader sees one snapshot. There is no SQL of the trade in this crate.

mod checkpoint;
mod connection;
mod db;
mod error;
mod idle;
mod lock;
mod migrate;
mod place;
mod quarantine;
mod readers;
mod salvage;
pub mod testing;

use std::time::Duration;

pub use checkpoint::Wal;
pub use db::Db;
pub use error::{Cause, Damage, Error};
pub use quarantine::quarantine;
pub use rusqlite;
pub use salvage::{Report, SalvagedRow, TableReport, salvage};

/// What a database must look like: its identity and the steps that led to its present form.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// Short name for logs, such as `device` or `hub`.
    pub name: &'static str,
    /// Written into the header of the file, so that a foreign database is recognised. Must not be 0.
    pub application_id: i32,
    /// SQL of migration 1, 2, … in order; `PRAGMA user_version` counts those applied. Released ones are never edited,
    /// and none of them begins or ends a transaction.
    pub migrations: &'static [&'static str],
}

impl Schema {
    /// The version of a database to which every migration was applied.
    pub fn version(&self) -> i64 {
        i64::try_from(self.migrations.len()).unwrap_or(i64::MAX)
    }
}

/// How thoroughly a database is looked at when it is opened. The header and the schema are always read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing more: opening costs the same for a database of any size.
    Schema,
    /// Every page, if the last owner did not close the database and the file is not larger than so many bytes.
    AfterCrash {
        /// Largest file in bytes that is read whole.
        up_to_bytes: u64,
    },
    /// Every page, each time.
    Pages,
}

/// When the write-ahead log is moved into the database by a thread of the [`Db`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpointing {
    /// Pause without commits after which the log is moved.
    pub idle: Duration,
    /// Size in bytes from which the log is moved even while commits go on. Also what is kept of an emptied log file,
    /// as overwriting is cheaper than appending.
    pub wal_bytes: u64,
}

/// How a database is opened. The default is made for a phone.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Reader connections that may be open at once; at least 1. They are opened when first needed.
    pub readers: usize,
    /// How long to wait for a lock that another program holds on the file.
    pub busy_timeout: Duration,
    /// Bytes of the file that are mapped into memory; 0 maps nothing. A failing disk under a mapping kills the process
    /// instead of giving an error.
    pub mmap_bytes: u64,
    /// Page cache in bytes of each connection.
    pub cache_bytes: u64,
    /// Whether what is deleted is overwritten, so that it does not lie on in the free space of pages.
    pub overwrite_deleted: bool,
    /// What is checked when opening.
    pub check: Check,
    /// `None` starts no thread: the owner then calls [`Db::checkpoint_if_idle`] or [`Db::checkpoint`].
    pub checkpoint: Option<Checkpointing>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            readers: 2,
            busy_timeout: Duration::from_secs(5),
            mmap_bytes: 256 << 20,
            cache_bytes: 16 << 20,
            overwrite_deleted: false,
            check: Check::AfterCrash { up_to_bytes: 64 << 20 },
            checkpoint: Some(Checkpointing { idle: Duration::from_millis(500), wal_bytes: 4 << 20 }),
        }
    }
}
