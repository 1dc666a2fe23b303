//! The device's secrets: its signing key and its token. They lie outside the database, in the platform's keystore or,
//! on a computer, in a file that only its owner reads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use minicbor::{Decode, Encode};
use redvest_domain::id::{Bytes, DeviceId};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What must never leave the device.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(map)]
pub struct Secrets {
    /// The key in use; `None` until enrolled.
    #[n(0)]
    pub current: Option<HeldKey>,
    /// The key that is to follow, while an enrolment or a re-keying is under way.
    #[n(1)]
    pub next: Option<NextKey>,
}

/// A key that the hub knows.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub struct HeldKey {
    /// The device that it belongs to.
    #[n(0)]
    pub device: DeviceId,
    /// Seed of the Ed25519 key.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The hub's token.
    #[n(2)]
    pub token: Bytes,
}

/// A key that the hub may not know yet.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub struct NextKey {
    /// The device that it is for.
    #[n(0)]
    pub device: DeviceId,
    /// Seed of the Ed25519 key.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The hub's answer, kept here until the database has it: an answer is given once.
    #[n(2)]
    pub answer: Option<Bytes>,
}

impl Drop for HeldKey {
    fn drop(&mut self) {
        self.key.zeroize();
        self.token.0.zeroize();
    }
}

impl Drop for NextKey {
    fn drop(&mut self) {
        self.key.zeroize();
        if let Some(answer) = &mut self.answer {
            answer.0.zeroize();
        }
    }
}

impl ZeroizeOnDrop for HeldKey {}
impl ZeroizeOnDrop for NextKey {}

/// Where secrets are kept. `save` is durable when it returns, and replaces all or nothing.
pub trait Vault: Send + Sync {
    /// What was saved last; `None` before the first time.
    ///
    /// # Errors
    /// When the place cannot be read, or holds something else.
    fn load(&self) -> io::Result<Option<Secrets>>;

    /// Keeps these instead.
    ///
    /// # Errors
    /// When the place cannot be written; what was there before is then still there.
    fn save(&self, secrets: &Secrets) -> io::Result<()>;
}

/// Secrets in a file of mode 0600.
pub struct FileVault {
    file: PathBuf,
}

impl FileVault {
    /// A vault in this file, whose folder must exist.
    pub fn new(file: impl Into<PathBuf>) -> FileVault {
        FileVault { file: file.into() }
    }
}

impl Vault for FileVault {
    fn load(&self) -> io::Result<Option<Secrets>> {
        let mut bytes = match fs::read(&self.file) {
            Ok(bytes) => bytes,
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(other) => return Err(other),
        };
        let read = minicbor::decode(&bytes);
        bytes.zeroize();
        read.map(Some).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    }

    fn save(&self, secrets: &Secrets) -> io::Result<()> {
        let mut bytes = minicbor::to_vec(secrets).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        let temporary = self.file.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&temporary).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        bytes.zeroize();
        written?;
        fs::rename(&temporary, &self.file)?;
        match self.file.parent().map(File::open) {
            Some(Ok(folder)) => folder.sync_all(),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let device = DeviceId::from_bytes([4; 16]);
        Secrets {
            current: Some(HeldKey { device, key: [7; 32], token: Bytes(vec![1; 32]) }),
            next: Some(NextKey { device, key: [9; 32], answer: None }),
        }
    }

    #[test]
    fn what_was_saved_is_loaded_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let vault = FileVault::new(folder.path().join("secrets"));
        assert!(vault.load().unwrap().is_none());
        vault.save(&secrets()).unwrap();
        let loaded = vault.load().unwrap().unwrap();
        let current = loaded.current.as_ref().unwrap();
        assert_eq!((current.key, &current.token), ([7; 32], &Bytes(vec![1; 32])));
        assert_eq!(loaded.next.as_ref().unwrap().key, [9; 32]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join("secrets")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_holds_something_else_is_an_error_and_not_a_fresh_start() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secrets"), b"not secrets").unwrap();
        assert!(FileVault::new(folder.path().join("secrets")).load().is_err());
    }
}
