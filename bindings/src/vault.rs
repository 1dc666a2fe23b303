//! The keystore of the platform, as foreign code gives it.

use std::io;
use std::sync::Arc;

use redvest_client::vault::{FileVault, Secrets, Vault};
use zeroize::Zeroize;

/// Why the keystore failed.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum VaultError {
    /// It cannot be read or written now.
    #[error("the keystore failed: {reason}")]
    Unavailable {
        /// For logs, so it names no secret.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for VaultError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        VaultError::Unavailable { reason: error.reason }
    }
}

/// Where the device's keys lie: Android's Keystore, Apple's Keychain, or on a desk [`file_vault`]. Both calls may come from
/// any thread.
#[uniffi::export(with_foreign)]
pub trait KeyVault: Send + Sync {
    /// What was saved last; nothing before the first time.
    fn load(&self) -> Result<Option<Vec<u8>>, VaultError>;

    /// Keeps this instead of what was there, all or nothing, durably when it returns.
    fn save(&self, secrets: Vec<u8>) -> Result<(), VaultError>;
}

/// A vault in a file of mode 0600, for a desk and for tests. Its folder must exist.
#[uniffi::export]
pub fn file_vault(path: String) -> Arc<dyn KeyVault> {
    Arc::new(Desk(FileVault::new(path)))
}

struct Desk(FileVault);

impl KeyVault for Desk {
    fn load(&self) -> Result<Option<Vec<u8>>, VaultError> {
        let secrets = self.0.load().map_err(unavailable)?;
        secrets.map(|secrets| minicbor::to_vec(secrets).map_err(unavailable)).transpose()
    }

    fn save(&self, mut secrets: Vec<u8>) -> Result<(), VaultError> {
        let read = minicbor::decode(&secrets).map_err(unavailable);
        secrets.zeroize();
        self.0.save(&read?).map_err(unavailable)
    }
}

fn unavailable(error: impl std::fmt::Display) -> VaultError {
    VaultError::Unavailable { reason: error.to_string() }
}

/// A foreign vault as the core knows vaults.
pub(crate) struct Foreign(pub(crate) Arc<dyn KeyVault>);

impl Vault for Foreign {
    fn load(&self) -> io::Result<Option<Secrets>> {
        let Some(mut bytes) = self.0.load().map_err(io::Error::other)? else { return Ok(None) };
        let read = minicbor::decode(&bytes);
        bytes.zeroize();
        read.map(Some).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    }

    fn save(&self, secrets: &Secrets) -> io::Result<()> {
        let bytes = minicbor::to_vec(secrets).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.0.save(bytes).map_err(io::Error::other)
    }
}
