//! Where a database and its companion files lie. The path is made absolute once, so that neither a later change of the
//! working directory nor a name that looks like a URI leads elsewhere.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Cause, Error};

#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) name: OsString,
    pub(crate) database: PathBuf,
}

impl Place {
    /// Errors: `no_folder` when the folder is missing or the path names no file.
    pub(crate) fn of(path: &Path) -> Result<Place, Error> {
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let name = path.file_name().ok_or_else(|| Error::NoFolder { folder: path.into() })?;
        let folder = parent.canonicalize().map_err(|source| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Error::NoFolder { folder: parent.into() },
            _ => Error::from(source),
        })?;
        if !folder.is_dir() {
            return Err(Error::NoFolder { folder });
        }
        Ok(Place { database: folder.join(name), name: name.into(), folder })
    }

    /// The companion file whose name is the name of the database plus `suffix`.
    pub(crate) fn companion(&self, suffix: &str) -> PathBuf {
        let mut name = self.name.clone();
        name.push(suffix);
        self.folder.join(name)
    }

    pub(crate) fn wal(&self) -> PathBuf {
        self.companion("-wal")
    }

    /// Turns a failure to create or open a file here into `not_writable`, unless it says something more precise.
    pub(crate) fn refused(&self, source: rusqlite::Error) -> Error {
        match Error::from(source) {
            Error::DiskFailed(source @ Cause::Sqlite(_)) if cannot_open(&source) => {
                Error::NotWritable { folder: self.folder.clone(), source }
            }
            Error::ReadOnly(source) => Error::NotWritable { folder: self.folder.clone(), source },
            other => other,
        }
    }
}

fn cannot_open(cause: &Cause) -> bool {
    matches!(cause, Cause::Sqlite(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::CannotOpen))
}

/// Length of a file in bytes; 0 when it does not exist. Asks the file system without opening the file, because closing
/// a descriptor would drop the locks that SQLite holds on it.
pub(crate) fn length(path: &Path) -> Result<u64, Error> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(source.into()),
    }
}

/// Makes the names in a folder durable. Where the system does not let a folder be opened, it needs no such call.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), Error> {
    match File::open(folder) {
        Ok(open) => Ok(open.sync_all()?),
        Err(_) => Ok(()),
    }
}
