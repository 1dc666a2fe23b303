//! The hub's store: all SQL of the hub, behind one writer that groups commits and a few readers.
//!
//! Invariants: what a function here answered is on the disk; each write locks the workspace's row before it reads state
//! or takes numbers; tables of state (`ticket`, `feed`, `key_digest`, `timer`) are caches of the log, and
//! [`Store::rebuild`] makes them again.

mod accept;
mod admit;
mod columns;
mod devices;
pub mod digest;
mod documents;
mod draws;
mod enrol;
mod erase;
mod evidence;
mod failure;
pub mod feed;
mod hub_events;
mod init;
mod known;
mod lasting;
mod law;
mod log;
mod members;
mod names;
mod office;
mod outcomes;
mod photo_checks;
mod photos;
mod prepare;
pub mod pull;
mod rebuild;
mod rehome;
mod relay;
mod site;
mod stamping;
mod tickets;
mod timers;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use redvest_domain::event::LAW_VERSION;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::stamp::Head;
use redvest_domain::time::Timestamp;
use redvest_domain::wire::{Hello, OLDEST_PROTOCOL, PROTOCOL};
use redvest_sqlite::{Check, Checkpointing, Db, Options, Schema};
use rusqlite::Connection;

pub use self::devices::{Auth, DeviceRow};
pub use self::init::NewWorkspace;
pub use self::log::LogRow;
pub use self::members::Person;
pub use self::office::RefusedWork;
pub use self::photo_checks::PhotoDoubt;
pub use self::photos::PhotoRight;
pub use self::site::Site;
pub(crate) use self::writer::Work;
use self::writer::{Shared, Writer};
use crate::clock::Clock;
use crate::error::HubError;
use crate::keys::{self, Keys};
use crate::lasting::LastingFile;

/// The hub's database as it must look.
pub const SCHEMA: Schema = Schema {
    name: "hub",
    application_id: 0x5256_4855,
    migrations: &[include_str!("schema.sql"), include_str!("seen_low.sql"), include_str!("photo_check.sql")],
};

/// The file of the database in the data folder.
pub(crate) const DATABASE: &str = "hub.db";

/// An open store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: Arc<Writer>,
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

fn options() -> Options {
    Options {
        readers: 4,
        busy_timeout: Duration::from_secs(5),
        mmap_bytes: 1 << 30,
        cache_bytes: 8 << 20,
        // What is erased or forgotten has to be gone from the file.
        overwrite_deleted: true,
        check: Check::AfterCrash { up_to_bytes: 64 << 20 },
        checkpoint: Some(Checkpointing { idle: Duration::from_millis(500), wal_bytes: 64 << 20 }),
    }
}

impl Store {
    /// Opens the data folder and its database, making both where they are missing. Before [`Store::init`] every other
    /// function fails with [`HubError::NoWorkspace`].
    ///
    /// # Errors
    /// [`HubError::Database`], [`HubError::File`]; [`HubError::KeyFile`] when there is a workspace but not its keys,
    /// [`HubError::UnknownLaw`] when a newer program put a law into force that this one does not know.
    pub fn open(data: &Path, clock: Arc<dyn Clock>) -> Result<Store, HubError> {
        std::fs::create_dir_all(data)?;
        let db = Db::open(&data.join(DATABASE), &SCHEMA, &options())?;
        let found = db.read(|conn| match Site::load(conn) {
            Ok(site) => Ok(Some((site.law, documents::load(conn, &site)?))),
            Err(HubError::NoWorkspace) => Ok(None),
            Err(error) => Err(error),
        })?;
        if let Some((law, _)) = found.as_ref().filter(|(law, _)| *law > LAW_VERSION) {
            return Err(HubError::UnknownLaw(*law));
        }
        // New keys are made for a new workspace only: an old one could not go on with them.
        let keys = if found.is_some() { Keys::open(data)? } else { Keys::create(data)? };
        let reference = found.map_or_else(ReferenceSet::built_in, |(_, reference)| reference);
        let reference = RwLock::new(Arc::new(reference));
        let lasting = LastingFile::open(data)?;
        db.write(|tx| match Site::load(tx) {
            Ok(site) if site.lasting != lasting.length() => {
                if site.lasting > lasting.length() {
                    tracing::warn!("keys/lasting.jsonl is older than the database: a later restore knows less");
                }
                lasting::apply(tx, &site, &lasting.behind(site.lasting)?)?;
                Site { lasting: lasting.length(), ..site }.save(tx)
            }
            Ok(_) | Err(HubError::NoWorkspace) => Ok(()),
            Err(error) => Err(error),
        })?;
        let shared = Arc::new(Shared { db, keys, clock, reference, lasting: Mutex::new(lasting) });
        Ok(Store { writer: Arc::new(Writer::start(shared.clone())?), shared })
    }

    /// Takes no more writes, and waits until those taken are on the disk.
    pub async fn close(&self) {
        let writer = self.writer.clone();
        // Joining a thread blocks. The closure does not panic, so there is nothing to hear from it.
        let _ = tokio::task::spawn_blocking(move || writer.stop()).await;
    }

    /// Runs `work` in the writer's next transaction; the answer comes when it is on the disk.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Work<'_>) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        self.writer.submit(work)?.await.map_err(|_| HubError::Stopping)?
    }

    /// Runs `work` on one snapshot that holds every write answered before.
    pub(crate) async fn read<T: Send + 'static, E: From<HubError> + From<redvest_sqlite::Error> + Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let shared = self.shared.clone();
        tokio::task::spawn_blocking(move || shared.db.read(work))
            .await
            .unwrap_or_else(|_| Err(HubError::Internal("a read").into()))
    }

    /// The present instant by the hub's clock.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// The hub's secrets.
    pub(crate) fn keys(&self) -> &Keys {
        &self.shared.keys
    }

    /// 16 bytes of the operating system's randomness.
    ///
    /// # Errors
    /// [`HubError::File`] when it has none.
    pub fn random(&self) -> Result<[u8; 16], HubError> {
        keys::random()
    }

    /// The documents in force.
    pub fn reference(&self) -> Arc<ReferenceSet> {
        self.shared.reference()
    }

    /// One empty round through the writer: the disk takes writes.
    ///
    /// # Errors
    /// Whatever keeps it from writing; [`redvest_domain::codes::Code::HubBehind`] while a new epoch is needed.
    pub async fn ready(&self) -> Result<(), HubError> {
        self.write(|work| work.ensure_not_behind()).await
    }

    /// Where the order stands.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn site(&self) -> Result<Site, HubError> {
        self.read(Site::load).await
    }

    /// The newest signed head.
    ///
    /// # Errors
    /// As [`Store::site`].
    pub async fn head(&self) -> Result<Head, HubError> {
        self.read(|conn| Site::load(conn)?.head(conn)).await
    }

    /// What the hub says of itself to anybody.
    ///
    /// # Errors
    /// As [`Store::site`].
    pub async fn hello(&self) -> Result<Hello, HubError> {
        let site = self.site().await?;
        Ok(Hello {
            newest: PROTOCOL,
            oldest: OLDEST_PROTOCOL,
            now: self.now(),
            hub: site.hub,
            hub_key: self.shared.keys.public(),
            software: concat!("redvest-hub ", env!("CARGO_PKG_VERSION")).to_owned(),
        })
    }

    /// A device proved that this database is older than what it has seen: nothing is written until
    /// [`Store::open_epoch`].
    ///
    /// # Errors
    /// As [`Store::site`].
    pub(crate) async fn note_behind(&self) -> Result<(), HubError> {
        tracing::error!("a device has seen more than this hub holds; nothing is written until a new epoch is opened");
        self.write(|work| {
            work.site.behind = true;
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests;
