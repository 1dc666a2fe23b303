//! The phone's store: all SQL of this crate. One database and two folders of photo files.
//!
//! Outbox and photos are the only copy of somebody's work and are written durably before anything is shown. The replica
//! holds whole tickets as the hub sent them. What screens show is the fold of both, kept in `shown` and its lists; it
//! can be dropped and computed again at any time ([`Store::rebuild`]).

pub(crate) mod append;
mod cards;
mod contract;
pub(crate) mod digests;
mod documents;
pub(crate) mod drafts;
mod drawing;
pub(crate) mod lists;
pub(crate) mod members;
pub(crate) mod meta;
pub(crate) mod names;
mod open;
pub(crate) mod outbox;
mod outcomes;
mod pages;
pub(crate) mod photos;
mod rebuild;
pub(crate) mod reckon;
mod relay;
pub(crate) mod replica;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod shown;
pub(crate) mod told;
pub(crate) mod transfers;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use redvest_domain::reference::ReferenceSet;
use redvest_sqlite::{Db, Schema};

pub(crate) use append::Draft;
pub use cards::Card;
pub use contract::*;
pub use digests::KeyDigest;
pub use lists::Work;
pub use outbox::Status;
pub use sessions::SessionRow;
pub use transfers::PhotosWaiting;

use crate::Error;
use crate::env::Env;

/// The schema of the phone's database.
pub const SCHEMA: Schema = Schema {
    name: "device",
    application_id: 0x5256_5031,
    migrations: &[include_str!("schema.sql"), include_str!("drafts.sql")],
};

/// The store. Threads share it by reference.
pub struct Store {
    pub(crate) db: Db,
    pub(crate) env: Arc<dyn Env>,
    pub(crate) folder: PathBuf,
    reference: RwLock<Arc<ReferenceSet>>,
    behind: drawing::Behind,
}

impl Store {
    /// The reference documents in force, indexed.
    pub fn reference(&self) -> Arc<ReferenceSet> {
        Arc::clone(&self.reference.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_reference(&self, set: Arc<ReferenceSet>) {
        *self.reference.write().unwrap_or_else(PoisonError::into_inner) = set;
    }

    /// The database, for benches that measure bare SQL beside this crate's.
    pub fn database(&self) -> &Db {
        &self.db
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives up every lock and file, as a phone demands of an app in the background; see [`Db::suspend`].
    pub fn suspend(&self) {
        self.db.suspend();
    }

    /// Takes the database again after [`Store::suspend`].
    ///
    /// # Errors
    /// As [`Db::resume`].
    pub fn resume(&self) -> Result<(), Error> {
        Ok(self.db.resume()?)
    }
}
