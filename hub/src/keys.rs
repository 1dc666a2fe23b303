//! The hub's own secrets, kept outside its database so that a copy of the database proves and forges nothing.
//!
//! `DATA/keys/hub.key` signs heads and the hub's commits, `DATA/keys/mac.key` marks stamps and decides draws. Both are 32
//! random bytes, readable by the owner alone, made once and never replaced: restoring a hub needs them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit, Mac};
use redvest_domain::id::Hash;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::HubError;

/// Fills an array with the operating system's randomness.
///
/// # Errors
/// [`HubError::File`] when the operating system has none.
pub fn random<const N: usize>() -> Result<[u8; N], HubError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}

/// The file of the token that lets commands on this machine give orders to a serving hub.
pub(crate) const ADMIN_TOKEN: &str = "admin.token";

/// Makes a new token in place of the one before, readable by the owner alone.
pub(crate) fn new_admin_token(data: &Path) -> Result<Zeroizing<[u8; 32]>, HubError> {
    let folder = data.join("keys");
    write(&folder, &folder.join(ADMIN_TOKEN))?;
    admin_token(data)
}

/// The token of the hub that serves this folder, or last did.
pub(crate) fn admin_token(data: &Path) -> Result<Zeroizing<[u8; 32]>, HubError> {
    read(data.join("keys").join(ADMIN_TOKEN))
}

/// The secrets of an open hub.
pub struct Keys {
    signing: SigningKey,
    mac: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// Reads the secrets of this data folder.
    ///
    /// # Errors
    /// [`HubError::KeyFile`] when one is missing or is not 32 bytes long, [`HubError::File`] when it cannot be read.
    pub fn open(data: &Path) -> Result<Keys, HubError> {
        let folder = data.join("keys");
        let signing = SigningKey::from_bytes(&*read(folder.join("hub.key"))?);
        Ok(Keys { signing, mac: read(folder.join("mac.key"))? })
    }

    /// Makes the secrets of a new data folder. Those already there are kept, so a start that was cut short goes on.
    /// Durable when it returns.
    ///
    /// # Errors
    /// As [`Keys::open`], and [`HubError::File`] when a file cannot be written.
    pub fn create(data: &Path) -> Result<Keys, HubError> {
        let folder = data.join("keys");
        fs::create_dir_all(&folder)?;
        close_to_others(&folder, 0o700)?;
        for name in ["hub.key", "mac.key"] {
            let path = folder.join(name);
            if !path.exists() {
                write(&folder, &path)?;
            }
        }
        File::open(&folder)?.sync_all()?;
        Keys::open(data)
    }

    /// The key that signs.
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The public key that devices verify heads with.
    pub fn public(&self) -> Hash {
        Hash(self.signing.verifying_key().to_bytes())
    }

    /// The message authentication code of a stamped event, over its hash.
    pub fn stamp_mac(&self, event: Hash) -> [u8; 32] {
        mac(&self.mac, &[b"redvest stamp 1\0", &event.0])
    }

    /// 32 bytes that decide the draw of a rectification; nobody without the key can tell them beforehand.
    pub fn draw_mac(&self, rectification: &[u8; 16]) -> [u8; 32] {
        mac(&self.mac, &[b"redvest draw 1\0", rectification])
    }
}

/// HMAC-SHA-256 over these parts, one behind the other; the first tells what it is for.
pub(crate) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn read(path: PathBuf) -> Result<Zeroizing<[u8; 32]>, HubError> {
    let mut file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(HubError::KeyFile(path)),
        other => other?,
    };
    let mut bytes = Zeroizing::new([0; 33]);
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read(&mut bytes[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    let whole = bytes.first_chunk::<32>().filter(|_| filled == 32);
    whole.map(|key| Zeroizing::new(*key)).ok_or(HubError::KeyFile(path))
}

/// Writes a new key beside its place and moves it there, so that a crash leaves a whole key or none.
fn write(folder: &Path, path: &Path) -> Result<(), HubError> {
    let draft = folder.join("draft");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    close_to_others(&draft, 0o600)?;
    file.write_all(&*Zeroizing::new(random::<32>()?))?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    Ok(())
}

#[cfg(unix)]
fn close_to_others(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn close_to_others(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_made_once_stay_the_same() {
        let data = tempfile::tempdir().unwrap();
        let first = Keys::create(data.path()).unwrap();
        let again = Keys::create(data.path()).unwrap();
        assert_eq!(first.public(), again.public());
        assert_eq!(first.stamp_mac(Hash::ZERO), Keys::open(data.path()).unwrap().stamp_mac(Hash::ZERO));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_keys() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        Keys::create(data.path()).unwrap();
        for name in ["keys/hub.key", "keys/mac.key"] {
            let mode = fs::metadata(data.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn a_cut_key_is_refused() {
        let data = tempfile::tempdir().unwrap();
        Keys::create(data.path()).unwrap();
        fs::write(data.path().join("keys/mac.key"), [1; 31]).unwrap();
        assert!(matches!(Keys::open(data.path()), Err(HubError::KeyFile(_))));
    }
}
