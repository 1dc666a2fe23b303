//! Files whose content is their name: written whole, made durable, then moved to their place. A file that has its name
//! is complete, whatever happened.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use redvest_domain::id::Hash;
use sha2::{Digest, Sha256};

/// The folder of files that are being written, below the data folder.
pub(crate) const INCOMING: &str = "incoming";

/// Copies everything from `source` into a new file and makes it durable; gives hash and length.
pub(crate) fn write_durably(mut source: impl Read, to: &Path) -> io::Result<(Hash, u64)> {
    let mut file = File::create_new(to)?;
    let (mut sha, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 64 << 10]);
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(interrupted) if interrupted.kind() == io::ErrorKind::Interrupted => continue,
            Err(other) => return Err(other),
        };
        sha.update(&buffer[..read]);
        file.write_all(&buffer[..read])?;
        size += read as u64;
    }
    file.sync_all()?;
    Ok((Hash(sha.finalize().into()), size))
}

/// Moves a durable file to its place and makes its name durable.
pub(crate) fn settle(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    fs::rename(from, to)?;
    match to.parent() {
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}

/// Makes the names in a folder durable; where the system opens no folders it needs no such call.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(_) => Ok(()),
    }
}

/// Hash and length of a file.
pub(crate) fn hash_of(path: &Path) -> io::Result<(Hash, u64)> {
    let (mut file, mut sha, mut size) = (File::open(path)?, Sha256::new(), 0);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((Hash(sha.finalize().into()), size));
        }
        sha.update(&buffer[..read]);
        size += read as u64;
    }
}
