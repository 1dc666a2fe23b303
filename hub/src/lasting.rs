//! What outlives a restore: a file beside the keys that tells a database that comes back from a backup what was erased,
//! whose names were forgotten, and which devices came and went since.
//!
//! One JSON object a line, only ever appended to, on the disk before the transaction that it belongs to. A line whose
//! transaction was lost does no harm: erasing what should be erased, or knowing a device that asks again. Keep the file
//! where the keys are kept, apart from the database's backups.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use redvest_domain::id::{DeviceId, EventId, Hash, MemberId};
use redvest_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that no restore may undo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Lasting {
    /// The private part of an event was erased.
    Erased {
        /// The event.
        event: EventId,
    },
    /// Name and telephone number of a member were forgotten.
    Forgotten {
        /// The member.
        member: MemberId,
    },
    /// A device was enrolled or given a new token.
    Enrolled {
        /// The device.
        device: DeviceId,
        /// Whose it is.
        member: MemberId,
        /// Its Ed25519 public key.
        key: Hash,
        /// SHA-256 of its token.
        token_hash: Hash,
        /// What it is.
        label: String,
        /// When.
        at: Timestamp,
    },
    /// A device was revoked, lost or re-keyed.
    Revoked {
        /// The device.
        device: DeviceId,
        /// Whether it was reported lost.
        lost: bool,
        /// The device that took over, if it was re-keyed.
        successor: Option<DeviceId>,
        /// When.
        at: Timestamp,
    },
}

/// The file, open for appending.
#[derive(Debug)]
pub struct LastingFile {
    path: PathBuf,
    length: u64,
}

impl LastingFile {
    /// Opens the file of this data folder, which need not exist yet. A last line that a crash cut is taken away.
    ///
    /// # Errors
    /// Those of the file.
    pub fn open(data: &Path) -> io::Result<LastingFile> {
        let path = data.join("keys").join("lasting.jsonl");
        let mut text = Vec::new();
        match File::open(&path) {
            Ok(mut file) => file.read_to_end(&mut text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(LastingFile { path, length: 0 }),
            Err(error) => return Err(error),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            let file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(whole as u64)?;
            file.sync_all()?;
        }
        Ok(LastingFile { path, length: whole as u64 })
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds lines; they are on the disk when this returns. On an error the file is as it was.
    ///
    /// # Errors
    /// Those of the file.
    pub fn append(&mut self, lines: &[Lasting]) -> io::Result<()> {
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line)?;
            text.push(b'\n');
        }
        let is_new = self.length == 0;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        // What an append that failed left behind is written over.
        file.set_len(self.length)?;
        file.seek(SeekFrom::End(0))?;
        file.write_all(&text)?;
        file.sync_all()?;
        if is_new && let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        self.length += text.len() as u64;
        Ok(())
    }

    /// The lines behind the first `known` bytes. A line that this version cannot read is passed over, with a warning.
    ///
    /// # Errors
    /// Those of the file.
    pub fn behind(&self, known: u64) -> io::Result<Vec<Lasting>> {
        if known >= self.length {
            return Ok(Vec::new());
        }
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(known))?;
        let mut text = String::new();
        file.take(self.length - known).read_to_string(&mut text)?;
        let line = |text: &str| {
            let read = serde_json::from_str(text);
            read.inspect_err(|error| tracing::warn!(%error, "a line of keys/lasting.jsonl cannot be read")).ok()
        };
        Ok(text.lines().filter_map(line).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erased(byte: u8) -> Lasting {
        Lasting::Erased { event: EventId::from_bytes([byte; 16]) }
    }

    #[test]
    fn lines_behind_what_is_known_are_given_again() {
        let data = tempfile::tempdir().unwrap();
        std::fs::create_dir(data.path().join("keys")).unwrap();
        let mut file = LastingFile::open(data.path()).unwrap();
        assert_eq!(file.behind(0).unwrap(), []);
        let device = DeviceId::from_bytes([7; 16]);
        let revoked = Lasting::Revoked { device, lost: true, successor: None, at: Timestamp(5) };
        file.append(&[erased(1)]).unwrap();
        let known = file.length();
        file.append(&[revoked.clone(), erased(2)]).unwrap();
        let file = LastingFile::open(data.path()).unwrap();
        assert_eq!(file.behind(known).unwrap(), [revoked, erased(2)]);
        assert_eq!(file.behind(file.length()).unwrap(), []);
    }

    #[test]
    fn a_line_that_a_crash_cut_is_taken_away_and_one_that_cannot_be_read_is_passed_over() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("keys/lasting.jsonl");
        std::fs::create_dir(data.path().join("keys")).unwrap();
        LastingFile::open(data.path()).unwrap().append(&[erased(1)]).unwrap();
        let mut text = std::fs::read(&path).unwrap();
        text.extend(b"{\"what\":\"of a later version\"}\n{\"what\":\"era");
        std::fs::write(&path, &text).unwrap();
        let mut file = LastingFile::open(data.path()).unwrap();
        file.append(&[erased(2)]).unwrap();
        assert_eq!(LastingFile::open(data.path()).unwrap().behind(0).unwrap(), [erased(1), erased(2)]);
    }
}
