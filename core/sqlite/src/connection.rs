//! Opening connections: what is checked first, and how each one is set.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Damage, Error};
use crate::place::{self, Place};
use crate::{Check, Options, Schema, migrate};

/// Statements kept prepared by each connection.
const STATEMENTS: usize = 128;

/// Opens the database for its new owner: checks it, brings it to the present schema, gives the writer.
pub(crate) fn open_database(place: &Place, schema: &Schema, options: &Options) -> Result<Connection, Error> {
    let size = place::length(&place.database)?;
    let crashed = place::length(&place.wal())? > 0;
    read_header(&place.database, size, crashed, schema)?;
    let mut writer = open(place, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    writer.busy_timeout(options.busy_timeout)?;
    // A trusted schema could run functions while the schema of a stranger's file is read.
    writer.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")?;
    let version = migrate::recognise(&writer, schema, &place.database)?;
    if writer.is_readonly("main")? {
        return Err(Error::ReadOnly(std::io::Error::from(std::io::ErrorKind::PermissionDenied).into()));
    }
    set_writer(&writer, options)?;
    let whole = match options.check {
        Check::Schema => false,
        Check::AfterCrash { up_to_bytes } => crashed && size <= up_to_bytes,
        Check::Pages => size > 0,
    };
    if whole {
        check_pages(&writer)?;
    }
    migrate::apply(&mut writer, schema, version, schema.version())?;
    if size == 0 {
        place::sync_folder(&place.folder)?;
    }
    Ok(writer)
}

/// Opens a further writer on a database that this process owns and has checked.
pub(crate) fn open_writer(place: &Place, options: &Options) -> Result<Connection, Error> {
    let writer = open(place, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    writer.busy_timeout(options.busy_timeout)?;
    set_writer(&writer, options)?;
    Ok(writer)
}

/// Opens a connection that cannot write, on a database that this process owns and has checked.
pub(crate) fn open_reader(place: &Place, options: &Options) -> Result<Connection, Error> {
    let reader = open(place, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    reader.busy_timeout(options.busy_timeout)?;
    set(&reader, options)?;
    Ok(reader)
}

/// Reads every page; much slower than opening. Errors: `corrupt` with what was found first.
pub(crate) fn check_pages(connection: &Connection) -> Result<(), Error> {
    let finding: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if finding == "ok" { Ok(()) } else { Err(Error::Corrupt(Damage::Check(finding))) }
}

fn open(place: &Place, access: OpenFlags) -> Result<Connection, Error> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(&place.database, flags).map_err(|source| place.refused(source))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without it SQLite may compile a kept statement anew for other parameters, which costs more than most statements.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Looks at the header before SQLite does, because SQLite would delete a log without a database and would recover the
/// log of a stranger.
fn read_header(database: &Path, size: u64, has_log: bool, schema: &Schema) -> Result<(), Error> {
    if size == 0 {
        return if has_log { Err(Error::Corrupt(Damage::OrphanLog)) } else { Ok(()) };
    }
    let mut header = [0; 100];
    let whole = size >= 100;
    if whole {
        File::open(database)?.read_exact(&mut header)?;
    }
    if !whole || !header.starts_with(b"SQLite format 3\0") {
        return Err(Error::Corrupt(Damage::Header));
    }
    // 0 may still be ours, when the first migration is only in the log; SQLite is asked again after opening.
    let application_id = i32::from_be_bytes([header[68], header[69], header[70], header[71]]);
    if application_id != 0 && application_id != schema.application_id {
        return Err(Error::ForeignFile { file: database.into() });
    }
    Ok(())
}

fn set_writer(connection: &Connection, options: &Options) -> Result<(), Error> {
    // The page size only matters to a new file; salvage falls back on it when a header is destroyed.
    connection.execute_batch("PRAGMA page_size = 4096")?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        tracing::warn!(mode, "the file system does not allow a write-ahead log");
    }
    set(connection, options)?;
    connection.pragma_update(None, "secure_delete", options.overwrite_deleted)?;
    let kept = options.checkpoint.map_or(-1, |policy| i64::try_from(policy.wal_bytes).unwrap_or(i64::MAX));
    // FULL: with NORMAL a power cut takes acknowledged commits along. fullfsync makes the same promise on Apple systems
    // and does nothing elsewhere. Checkpoints never run inside a commit: they are its only slow part.
    connection.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
         PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = {kept}"
    ))?;
    Ok(())
}

fn set(connection: &Connection, options: &Options) -> Result<(), Error> {
    connection.execute_batch(&format!(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA mmap_size = {}; PRAGMA cache_size = -{}",
        options.mmap_bytes,
        (options.cache_bytes / 1024).clamp(64, 4 << 20)
    ))?;
    Ok(())
}
