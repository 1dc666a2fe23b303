//! Exclusive ownership of a database, from opening to closing or suspending, across threads and processes.
//!
//! The lock is SQLite's own exclusive lock on the empty file `<name>.lock`. `std::fs::File::try_lock` would be simpler,
//! but the standard library does not support it on Android; SQLite's locks work wherever the database works, and a
//! killed process loses them. The file stays when the lock is released: removing it would race with the next owner.

use std::io;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::Error;
use crate::place::Place;

pub(crate) struct Ownership {
    /// Holds an exclusive transaction that writes nothing; closing the connection ends it.
    _connection: Connection,
}

impl Ownership {
    /// Errors: `already_open`, `not_writable`, `disk_full`, `disk_failed`.
    pub(crate) fn take(place: &Place) -> Result<Ownership, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let connection =
            Connection::open_with_flags(place.companion(".lock"), flags).map_err(|source| place.refused(source))?;
        // SQLite opens what it may not write for reading, and then fails to lock it with an error that says less.
        if connection.is_readonly("main")? {
            let source = io::Error::from(io::ErrorKind::PermissionDenied).into();
            return Err(Error::NotWritable { folder: place.folder.clone(), source });
        }
        connection.busy_timeout(Duration::ZERO)?;
        match connection.execute_batch("BEGIN EXCLUSIVE") {
            Ok(()) => Ok(Ownership { _connection: connection }),
            Err(source) if source.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                Err(Error::AlreadyOpen { folder: place.folder.clone() })
            }
            Err(source) => Err(place.refused(source)),
        }
    }
}
