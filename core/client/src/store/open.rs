//! Opening: one owner, no stray files, nothing that was imported forgotten.

use std::fs;
use std::path::Path;
use std::sync::{Arc, RwLock};

use redvest_domain::event::LAW_VERSION;
use redvest_domain::id::Hash;
use redvest_sqlite::{Db, Options};

use super::{BlobRole, SCHEMA, Store, documents, meta, photos};
use crate::Error;
use crate::env::Env;
use crate::photo::{files, import};

/// The database's file in the data folder.
pub(super) const DATABASE: &str = "phone.db";

impl Store {
    /// Opens the store in a data folder, which is created if it is missing. A photo whose import was cut short after
    /// its file was safe is taken up again.
    ///
    /// # Errors
    /// As [`Db::open`]; the folder cannot be created.
    pub fn open(folder: &Path, env: Arc<dyn Env>) -> Result<Store, Error> {
        Store::open_with(folder, env, &Options::default())
    }

    /// Opens it with other options for the database.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(folder: &Path, env: Arc<dyn Env>, options: &Options) -> Result<Store, Error> {
        for part in [photos::folder(BlobRole::Original), photos::folder(BlobRole::Thumbnail), files::INCOMING] {
            fs::create_dir_all(folder.join(part))?;
        }
        files::sync_folder(folder)?;
        let folder = folder.canonicalize()?;
        let db = Db::open(&folder.join(DATABASE), &SCHEMA, options)?;
        let reference = db.read(documents::load)?;
        let store = Store { db, env, folder, reference: RwLock::new(Arc::new(reference)), behind: Default::default() };
        store.clean()?;
        store.fold_anew()?;
        Ok(store)
    }

    /// Folds everything anew if another version of this program folded it: what that one could not read, this one may.
    fn fold_anew(&self) -> Result<(), Error> {
        let under: Option<u16> = self.db.read(|connection| meta::get(connection, meta::name::FOLDED_UNDER))?;
        if under == Some(LAW_VERSION) {
            return Ok(());
        }
        if under.is_some()
            && self.identity()?.is_some()
            && let Err(error) = self.rebuild()
        {
            // What is shown stays as it is, and the next opening tries again.
            tracing::warn!(code = redvest_domain::codes::Explained::code(&error), "tickets could not be folded anew");
            return Ok(());
        }
        self.db.write(|tx| meta::put(tx, meta::name::FOLDED_UNDER, &LAW_VERSION))
    }

    /// Deletes half-written files and finishes imports that were cut short.
    fn clean(&self) -> Result<(), Error> {
        for stray in fs::read_dir(self.folder.join(files::INCOMING))? {
            fs::remove_file(stray?.path())?;
        }
        for orphan in self.orphans()? {
            // A file that is no photo cannot have come to this place by an import; it is left alone.
            if let Err(error) = import::adopt(self, orphan) {
                tracing::warn!(code = redvest_domain::codes::Explained::code(&error), "a file is left where it lies");
            }
        }
        let unfinished = self.db.read(photos::uncopied)?;
        for photo in unfinished {
            // A full or failing disk must not keep the phone shut; the copies are made at a later start.
            if let Err(error) = import::make_copies(self, photo) {
                tracing::warn!(code = redvest_domain::codes::Explained::code(&error), "a photo has no copies yet");
            }
        }
        Ok(())
    }

    /// Originals whose import did not come to its row.
    fn orphans(&self) -> Result<Vec<Hash>, Error> {
        let mut found = Vec::new();
        for file in fs::read_dir(self.folder.join(photos::folder(BlobRole::Original)))? {
            let name = file?.file_name();
            let Some(hash) = name.to_str().and_then(|name| name.parse::<Hash>().ok()) else { continue };
            if self.db.read(|connection| photos::get(connection, hash))?.is_none() {
                found.push(hash);
            }
        }
        Ok(found)
    }
}
