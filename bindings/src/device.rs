//! The device: one data folder, opened once, shared by every thread of an app.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use redvest_client::Client;
use redvest_domain::id::{DeviceId, Hash, MemberId, WorkspaceId};

use crate::RedVestError;
use crate::clock::{BootClock, PlatformEnv};
use crate::error::guard;
use crate::listener::{ChangeListener, Listeners};
use crate::sync::Running;
use crate::vault::{Foreign, KeyVault};

/// RedVest on one phone: what its user does, what its screens show, and its syncs.
///
/// Open it once and keep it; a second one on the same folder, in this or another process, is refused with
/// `already_open`. Any thread may call it at any time. A command that returned is durable.
#[derive(uniffi::Object)]
pub struct Device {
    client: RwLock<Option<Arc<Client>>>,
    running: Mutex<Running>,
    listeners: Arc<Listeners>,
}

/// Whose device this is, and where its hub is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Account {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub workspace_name: String,
    /// This device.
    pub device: DeviceId,
    /// Its owner.
    pub member: MemberId,
    /// The hub's address.
    pub hub: String,
    /// SHA-256 of the hub's certificate, if the enrolment code named it.
    pub pin: Option<Hash>,
}

impl Device {
    /// The core, unless this device was closed.
    pub(crate) fn client(&self) -> Result<Arc<Client>, RedVestError> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner);
        client.clone().ok_or_else(RedVestError::closed)
    }

    /// What every call does: the core's work behind the guard.
    pub(crate) fn ask<T>(
        &self,
        work: impl FnOnce(&Client) -> Result<T, redvest_client::Error>,
    ) -> Result<T, RedVestError> {
        guard(|| Ok(work(&*self.client()?)?))
    }

    pub(crate) fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[uniffi::export]
impl Device {
    /// Opens a data folder; it is created if it is missing. Keys lie in `vault`; `clock` is the platform's, or nothing
    /// for the operating system's as far as the core can read it.
    #[uniffi::constructor]
    pub fn open(
        folder: String,
        vault: Arc<dyn KeyVault>,
        clock: Option<Arc<dyn BootClock>>,
    ) -> Result<Arc<Device>, RedVestError> {
        guard(|| {
            let env = Arc::new(PlatformEnv::new(clock));
            let client = Client::open(Path::new(&folder), env, Box::new(Foreign(vault)))?;
            let listeners = Arc::new(Listeners::default());
            let bell = Arc::clone(&listeners.bell);
            client.watch(Arc::new(move || bell.ring()));
            let client = RwLock::new(Some(Arc::new(client)));
            Ok(Arc::new(Device { client, running: Mutex::default(), listeners }))
        })
    }

    /// Whose device this is; nothing until it is enrolled.
    pub fn account(&self) -> Result<Option<Account>, RedVestError> {
        let identity = self.ask(|client| client.store().identity())?;
        Ok(identity.map(|identity| Account {
            pin: identity.fingerprint(),
            workspace: identity.workspace,
            workspace_name: identity.name,
            device: identity.device,
            member: identity.member,
            hub: identity.address,
        }))
    }

    /// Calls the listener whenever something changed, until the device is closed.
    pub fn listen(&self, listener: Arc<dyn ChangeListener>) -> Result<(), RedVestError> {
        guard(|| {
            self.client()?;
            self.listeners.add(listener).map_err(|error| redvest_client::Error::from(error).into())
        })
    }

    /// Waits for running calls, then gives up every lock and file: when this returns none is held, as iOS demands of an
    /// app in the background. Calls are refused with `suspended` until [`Device::resume`]; a sync goes on after it.
    pub fn suspend(&self) -> Result<(), RedVestError> {
        self.ask(|client| {
            client.suspend();
            Ok(())
        })
    }

    /// Takes the files again. Does nothing on a device that was not suspended.
    pub fn resume(&self) -> Result<(), RedVestError> {
        self.ask(Client::resume)?;
        self.listeners.bell.ring();
        Ok(())
    }

    /// Ends a running sync, waits for running calls, and gives everything up; later calls are refused with `closed`. The
    /// folder can be opened again at once. Closing twice is no fault.
    pub fn close(&self) {
        let client = self.client.write().unwrap_or_else(PoisonError::into_inner).take();
        self.listeners.bell.end();
        self.running().end();
        if let Some(client) = client {
            // Whoever still holds it in a call, or in a sync that foreign code keeps, holds no file any more.
            client.suspend();
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.close();
    }
}
