//! Files on their way: what is to be sent, once an own event that binds it was accepted, and what is to be fetched.

use std::path::{Path, PathBuf};

use redvest_domain::event::Blob;
use redvest_domain::id::Hash;
use redvest_domain::time::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use super::photos::{self, hold, path_of};
use super::{BlobRole, Store, UploadJob, UploadPolicy, WantedPhoto};
use crate::Error;
use crate::photo::files;

/// Photos of one role that wait to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PhotosWaiting {
    /// What they are.
    pub role: BlobRole,
    /// How many, those included whose event was not accepted yet.
    pub files: u64,
    /// Their bytes together, less those that the hub is known to have.
    pub bytes: u64,
}

impl Store {
    /// Files that may be sent now: thumbnails first, then review copies, then originals; each only once an own event
    /// that binds it was accepted.
    ///
    /// # Errors
    /// Those of the database.
    pub fn uploads(&self, policy: UploadPolicy, max: usize) -> Result<Vec<UploadJob>, Error> {
        self.draw();
        let last = if policy.originals { BlobRole::Original } else { BlobRole::Review };
        self.db.read(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT hash, role, size, offset, url, tries FROM upload
                 WHERE ready = 1 AND role <= ?1 AND next_at <= ?2 ORDER BY role, next_at, rowid LIMIT ?3",
            )?;
            let max = i64::try_from(max).unwrap_or(i64::MAX);
            let rows = query.query_map(params![last.number(), policy.now.0, max], |row| {
                let (hash, role) = (Hash(row.get(0)?), BlobRole::of_number(row.get(1)?));
                Ok(UploadJob {
                    hash,
                    role,
                    size: row.get(2)?,
                    offset: row.get(3)?,
                    url: row.get(4)?,
                    tries: row.get(5)?,
                    path: path_of(&self.folder, role, hash),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// When the next upload that failed may be tried again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn next_upload_at(&self) -> Result<Option<Timestamp>, Error> {
        self.db.read(|connection| {
            let mut query = connection.prepare_cached("SELECT min(next_at) FROM upload WHERE ready = 1")?;
            let at: Option<i64> = query.query_row([], |row| row.get(0))?;
            Ok(at.map(Timestamp))
        })
    }

    /// The hub opened an upload under this address.
    ///
    /// # Errors
    /// Those of the database.
    pub fn upload_begun(&self, hash: Hash, url: &str) -> Result<(), Error> {
        self.db.write(|tx| {
            tx.prepare_cached("UPDATE upload SET url = ?2, offset = 0 WHERE hash = ?1")?
                .execute(params![hash.0, url])?;
            Ok(())
        })
    }

    /// The hub has so many bytes of it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn upload_at(&self, hash: Hash, offset: u64) -> Result<(), Error> {
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        self.db.write(|tx| {
            tx.prepare_cached("UPDATE upload SET offset = ?2, tries = 0, error = NULL WHERE hash = ?1")?
                .execute(params![hash.0, offset])?;
            Ok(())
        })
    }

    /// The hub has all of it and confirmed its hash.
    ///
    /// # Errors
    /// Those of the database.
    pub fn upload_done(&self, hash: Hash) -> Result<(), Error> {
        self.db.write(|tx| {
            tx.prepare_cached("DELETE FROM upload WHERE hash = ?1")?.execute([hash.0])?;
            tx.prepare_cached("UPDATE blob SET on_hub = 1 WHERE hash = ?1")?.execute([hash.0])?;
            Ok(())
        })
    }

    /// It failed with this code; to be tried again from `next_at` on. With `upload_gone` it begins anew.
    ///
    /// # Errors
    /// Those of the database.
    pub fn upload_failed(&self, hash: Hash, code: &str, next_at: Timestamp) -> Result<(), Error> {
        let anew = code == "upload_gone";
        self.db.write(|tx| {
            tx.prepare_cached(
                "UPDATE upload SET tries = tries + 1, error = ?2, next_at = ?3,
                 url = iif(?4, NULL, url), offset = iif(?4, 0, offset) WHERE hash = ?1",
            )?
            .execute(params![hash.0, code, next_at.0, anew])?;
            Ok(())
        })
    }

    /// Copies of others' photos on held tickets that are not here: thumbnails, and review copies if asked for.
    ///
    /// # Errors
    /// Those of the database.
    pub fn wanted_photos(&self, max: usize, review: bool, now: Timestamp) -> Result<Vec<WantedPhoto>, Error> {
        self.db.read(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT hash, size, role FROM wanted WHERE role <= ?1 AND next_at <= ?2 ORDER BY role, next_at LIMIT ?3",
            )?;
            let max = i64::try_from(max).unwrap_or(i64::MAX);
            let rows = query.query_map(params![i64::from(review), now.0, max], |row| {
                Ok(WantedPhoto { hash: Hash(row.get(0)?), size: row.get(1)?, role: BlobRole::of_number(row.get(2)?) })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A fetched file lies at `temporary`, which must be below [`Store::folder`]; it is moved to its place.
    ///
    /// # Errors
    /// [`Error::BadFile`] when its hash is another: the file is deleted. Those of the file system and the database.
    pub fn photo_received(&self, hash: Hash, temporary: &Path) -> Result<(), Error> {
        let (found, size) = files::hash_of(temporary)?;
        if found != hash {
            std::fs::remove_file(temporary)?;
            return Err(Error::BadFile(hash));
        }
        let role: Option<i64> = self.db.read(|connection| {
            let mut query = connection.prepare_cached("SELECT role FROM wanted WHERE hash = ?1")?;
            Ok::<_, Error>(query.query_row([hash.0], |row| row.get(0)).optional()?)
        })?;
        let role = role.map_or(BlobRole::Review, BlobRole::of_number);
        files::settle(temporary, &path_of(&self.folder, role, hash))?;
        self.db.write(|tx| {
            hold(tx, role, Blob { hash, size })?;
            tx.prepare_cached("UPDATE blob SET on_hub = 1 WHERE hash = ?1")?.execute([hash.0])?;
            Ok(())
        })
    }

    /// The hub does not have this file yet; to be asked for again from `next_at` on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn photo_unavailable(&self, hash: Hash, next_at: Timestamp) -> Result<(), Error> {
        self.db.write(|tx| {
            tx.prepare_cached("UPDATE wanted SET tries = tries + 1, next_at = ?2 WHERE hash = ?1")?
                .execute(params![hash.0, next_at.0])?;
            Ok(())
        })
    }

    /// A fresh name for a file that is being written; what is left there is deleted when the store is opened.
    pub fn temporary_path(&self) -> PathBuf {
        let mut name = [0; 16];
        self.env.random(&mut name);
        self.folder.join(files::INCOMING).join(uuid::Uuid::from_bytes(name).simple().to_string())
    }

    /// Photos that wait to be sent, by role.
    ///
    /// # Errors
    /// Those of the database.
    pub fn photos_waiting(&self) -> Result<Vec<PhotosWaiting>, Error> {
        self.draw();
        self.db.read(waiting)
    }

    /// Deletes the files that the hub confirmed and that a verified backup holds, originals of own photos bound by
    /// accepted events alone; gives the bytes freed. Copies stay, so that screens do.
    ///
    /// # Errors
    /// Those of the database and the file system.
    pub fn free_originals(&self) -> Result<u64, Error> {
        self.draw();
        let free: Vec<(Hash, u64)> = self.db.read(|connection| {
            let safe: u64 = super::meta::get(connection, super::meta::name::SAFE_N)?.unwrap_or(0);
            let mut query = connection.prepare_cached(
                "SELECT hash, size FROM blob WHERE role = 2 AND held = 1 AND on_hub = 1
                 AND EXISTS (SELECT 1 FROM binding WHERE binding.hash = blob.hash)
                 AND NOT EXISTS (SELECT 1 FROM binding LEFT JOIN event ON event.id = binding.event
                                 WHERE binding.hash = blob.hash AND coalesce(event.n, ?1 + 1) > ?1)",
            )?;
            let safe = i64::try_from(safe).unwrap_or(i64::MAX - 1);
            let rows = query.query_map([safe], |row| Ok((Hash(row.get(0)?), row.get(1)?)))?;
            Ok::<_, Error>(rows.collect::<Result<_, _>>()?)
        })?;
        let mut freed = 0;
        for (hash, size) in free {
            self.db.write(|tx| {
                tx.prepare_cached("UPDATE blob SET held = 0 WHERE hash = ?1")?.execute([hash.0])?;
                Ok::<_, Error>(())
            })?;
            std::fs::remove_file(path_of(&self.folder, BlobRole::Original, hash))?;
            freed += size;
        }
        Ok(freed)
    }
}

pub(crate) fn waiting(connection: &rusqlite::Connection) -> Result<Vec<PhotosWaiting>, Error> {
    let mut query = connection
        .prepare_cached("SELECT role, count(*), sum(max(size - offset, 0)) FROM upload GROUP BY role ORDER BY role")?;
    let rows = query.query_map([], |row| {
        Ok(PhotosWaiting { role: BlobRole::of_number(row.get(0)?), files: row.get(1)?, bytes: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Store {
    /// The imported photos that are on no ticket yet.
    pub(crate) fn unbound(&self) -> Result<Vec<photos::Imported>, Error> {
        self.draw();
        self.db.read(photos::unbound)
    }
}
