//! The client: one store, one vault, one environment, shared by the threads of an app.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ed25519_dalek::SigningKey;
use redvest_domain::id::{Bytes, DeviceId};

use crate::env::Env;
use crate::vault::{Secrets, Vault};
use crate::{Error, Store};

/// RedVest on one phone. Threads share it by reference; a second one on the same folder is refused.
pub struct Client {
    store: Store,
    vault: Box<dyn Vault>,
    secrets: Mutex<Secrets>,
    /// The key made of the secrets' seed; making it costs as much as signing with it.
    signer: Mutex<Option<Arc<SigningKey>>>,
}

impl Client {
    /// Opens the data folder, creates it if it is missing, and finishes what a crash cut short: imports of photos, and
    /// an enrolment or re-keying that the hub had answered.
    ///
    /// # Errors
    /// Those of the database, above all `already_open`, `corrupt` and `schema_newer`; `vault`.
    pub fn open(folder: &Path, env: Arc<dyn Env>, vault: Box<dyn Vault>) -> Result<Client, Error> {
        let store = Store::open(folder, env)?;
        let secrets = vault.load().map_err(Error::Vault)?.unwrap_or_default();
        let client = Client { store, vault, secrets: Mutex::new(secrets), signer: Mutex::default() };
        client.finish_answered()?;
        Ok(client)
    }

    /// The store: what a sync session and a doctor work on.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Time and randomness.
    pub fn env(&self) -> &dyn Env {
        &*self.store.env
    }

    /// The token for the hub.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`].
    pub fn token(&self) -> Result<Bytes, Error> {
        let secrets = self.secrets();
        Ok(secrets.current.as_ref().ok_or(Error::NotEnrolled)?.token.clone())
    }

    /// Gives up every lock and file, as a phone demands of an app in the background; calls are refused with
    /// `suspended` until [`Client::resume`].
    pub fn suspend(&self) {
        self.store.suspend();
    }

    /// Takes the files again after [`Client::suspend`].
    ///
    /// # Errors
    /// Those of opening; it then stays suspended.
    pub fn resume(&self) -> Result<(), Error> {
        self.store.resume()
    }

    /// Calls this after every committed change, whoever made it: a command, a session, an import. It runs on the thread that wrote and must return at once, without using the client; a listener notes that
    /// something changed and asks again later. A new one takes the place of the one before.
    pub fn watch(&self, changed: Arc<dyn Fn() + Send + Sync>) {
        self.store.db.watch(Some(changed));
    }

    /// Ends [`Client::watch`].
    pub fn unwatch(&self) {
        self.store.db.watch(None);
    }

    /// Closes everything. Dropping does the same.
    pub fn close(self) {
        drop(self);
    }

    /// The signing key, which must be that of the device in the database.
    pub(crate) fn signing_key(&self, device: DeviceId) -> Result<Arc<SigningKey>, Error> {
        let secrets = self.secrets();
        let current = secrets.current.as_ref().ok_or(Error::NotEnrolled)?;
        if current.device != device {
            return Err(Error::WrongKey);
        }
        let mut signer = self.signer.lock().unwrap_or_else(PoisonError::into_inner);
        let made = signer.take().filter(|key| *key.as_bytes() == current.key);
        let key = made.unwrap_or_else(|| Arc::new(SigningKey::from_bytes(&current.key)));
        *signer = Some(Arc::clone(&key));
        Ok(key)
    }

    pub(crate) fn secrets(&self) -> MutexGuard<'_, Secrets> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps secrets durably, then uses them.
    pub(crate) fn keep_secrets(&self, held: &mut Secrets, next: Secrets) -> Result<(), Error> {
        self.vault.save(&next).map_err(Error::Vault)?;
        *held = next;
        Ok(())
    }
}
