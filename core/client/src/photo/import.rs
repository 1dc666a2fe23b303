//! Importing a photo: a durable step of its own, before any ticket. The original is safe under its hash before its row
//! says so; copies are made after that, and a photo without copies is kept and marked.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use redvest_domain::event::{Blob, Photo, PhotoMark};
use redvest_domain::id::Hash;
use redvest_domain::place::Position;
use redvest_domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use redvest_photo::{ExifFault, Facts, Limits, NoCopies, Refused, copies, inspect_file};
use serde::Serialize;

use super::files;
use crate::store::{BlobRole, Store, photos};
use crate::{Client, Error};

/// A photo that is safe on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportedPhoto {
    /// SHA-256 of the original: what a report names it by.
    pub hash: Hash,
    /// Bytes of the original.
    pub size: u64,
    /// Its media type by content.
    pub kind: String,
    /// Width in pixels as stored, if the header says so.
    pub width: Option<u32>,
    /// Height in pixels as stored, if the header says so.
    pub height: Option<u32>,
    /// When it was imported.
    pub imported: Timestamp,
    /// What an event binds: the files, when and where it was taken, and what is doubtful about it.
    pub facts: Photo,
    /// Where the original lies.
    pub original: PathBuf,
    /// Where the copy for judging lies, if one could be made.
    pub review: Option<PathBuf>,
    /// Where the copy for lists lies, if one could be made.
    pub thumbnail: Option<PathBuf>,
}

/// A little ahead is a clock that is not exact, not a photo from the future.
const CLOCK_SLACK_MS: i64 = 10 * MINUTE_MS;

pub(crate) fn row(store: &Store, photo: photos::Imported) -> ImportedPhoto {
    let path = |role, hash| photos::path_of(&store.folder, role, hash);
    ImportedPhoto {
        hash: photo.facts.original.hash,
        size: photo.facts.original.size,
        kind: photo.kind,
        width: photo.width,
        height: photo.height,
        imported: photo.imported,
        original: path(BlobRole::Original, photo.facts.original.hash),
        review: photo.facts.review.map(|blob| path(BlobRole::Review, blob.hash)),
        thumbnail: photo.facts.thumbnail.map(|blob| path(BlobRole::Thumbnail, blob.hash)),
        facts: photo.facts,
    }
}

impl Client {
    /// Takes a photo into the data folder and makes its copies. The file at `path` is left as it is. When this returns
    /// the photo is safe; importing the same content again gives the same photo.
    ///
    /// # Errors
    /// `empty_photo`, `not_an_image`, `unreadable_file`: nothing was kept. `disk_full`, `read_only`, `disk_failed`: the
    /// photo is not safe yet, the file at `path` still is.
    pub fn import_photo(&self, path: &Path) -> Result<ImportedPhoto, Error> {
        let store = self.store();
        let source = File::open(path).map_err(Refused::UnreadableFile)?;
        let temporary = store.temporary_path();
        let kept = keep(store, source, &temporary);
        if kept.is_err() {
            // What was not kept must not fill the disk; a file that is not there is no failure.
            let _ = fs::remove_file(&temporary);
        }
        let photo = make_copies(store, kept?)?;
        Ok(row(store, photo))
    }

    /// Imported photos that are on no ticket yet, the oldest first: also those whose report was never finished, because
    /// the app was killed or the report was refused and dismissed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unbound_photos(&self) -> Result<Vec<ImportedPhoto>, Error> {
        let store = self.store();
        Ok(store.unbound()?.into_iter().map(|photo| row(store, photo)).collect())
    }

    /// Throws away a photo that is on no ticket, because its user says so.
    ///
    /// # Errors
    /// `unknown_photo`, `photo_in_use`.
    pub fn discard_photo(&self, original: Hash) -> Result<(), Error> {
        let store = self.store();
        let gone = store.db.write(|tx| photos::discard(tx, original))?;
        for (role, hash) in gone {
            fs::remove_file(photos::path_of(&store.folder, role, hash))?;
        }
        Ok(())
    }
}

/// Copies the bytes, looks at them, moves them to their place and writes the row.
fn keep(store: &Store, source: File, temporary: &Path) -> Result<photos::Imported, Error> {
    let (hash, size) = files::write_durably(source, temporary)?;
    let facts = inspect_file(temporary)?;
    if let Some(known) = store.db.read(|connection| photos::get(connection, hash))? {
        let place = photos::path_of(&store.folder, BlobRole::Original, hash);
        if !place.exists() {
            files::settle(temporary, &place)?;
            store.db.write(|tx| photos::hold(tx, BlobRole::Original, known.facts.original))?;
        } else {
            fs::remove_file(temporary)?;
        }
        return Ok(known);
    }
    files::settle(temporary, &photos::path_of(&store.folder, BlobRole::Original, hash))?;
    write_row(store, hash, size, &facts)
}

/// Takes up a file that came to its place without a row.
pub(crate) fn adopt(store: &Store, hash: Hash) -> Result<(), Error> {
    let place = photos::path_of(&store.folder, BlobRole::Original, hash);
    let (found, size) = files::hash_of(&place)?;
    if found != hash {
        return Err(Error::BadFile(hash));
    }
    let facts = inspect_file(&place)?;
    write_row(store, hash, size, &facts).map(drop)
}

fn write_row(store: &Store, hash: Hash, size: u64, facts: &Facts) -> Result<photos::Imported, Error> {
    let now = store.env.now();
    let offset = offset_minutes(store);
    let taken = facts.exif.taken.map(|taken| Timestamp(taken.to_unix_ms(offset)));
    let photo = Photo {
        original: Blob { hash, size },
        review: None,
        thumbnail: None,
        taken,
        position: facts.exif.position.map(|(lat_e7, lon_e7)| Position { lat_e7, lon_e7 }),
        dhash: None,
        marks: marks(facts, taken, now),
    };
    let imported = photos::Imported {
        facts: photo,
        kind: facts.kind.media_type().to_owned(),
        width: facts.width,
        height: facts.height,
        imported: now,
        copied: false,
    };
    store.db.write(|tx| photos::put(tx, &imported))?;
    Ok(imported)
}

/// Minutes east of UTC that a camera without an offset is taken to run on: the calendar's.
fn offset_minutes(store: &Store) -> i16 {
    let reference = store.reference();
    let calendar = reference.calendar(&reference.policy().calendar);
    calendar.and_then(|calendar| i16::try_from(calendar.offset_minutes).ok()).unwrap_or(480)
}

fn marks(facts: &Facts, taken: Option<Timestamp>, now: Timestamp) -> Vec<PhotoMark> {
    let time_faults = [ExifFault::TimeVoid, ExifFault::TimeInvalid, ExifFault::TimeOutOfRange];
    let mut marks = Vec::new();
    match taken {
        None => marks.push(PhotoMark::NoTime),
        Some(taken) if taken.since(now) > CLOCK_SLACK_MS => marks.push(PhotoMark::TimeInFuture),
        Some(taken) if now.since(taken) > DAY_MS => marks.push(PhotoMark::Old),
        Some(_) => {}
    }
    if facts.exif.faults.iter().any(|fault| !time_faults.contains(fault)) {
        marks.push(PhotoMark::BadExif);
    }
    marks
}

/// Makes the review copy and the thumbnail; a photo that allows none is marked instead.
pub(crate) fn make_copies(store: &Store, mut photo: photos::Imported) -> Result<photos::Imported, Error> {
    if photo.copied {
        return Ok(photo);
    }
    let original = photos::path_of(&store.folder, BlobRole::Original, photo.facts.original.hash);
    match copies(&original, &Limits::default()) {
        Ok(made) => {
            photo.facts.review = Some(put_copy(store, BlobRole::Review, &made.review)?);
            photo.facts.thumbnail = Some(put_copy(store, BlobRole::Thumbnail, &made.thumbnail)?);
            photo.facts.dhash = Some(made.dhash);
        }
        Err(NoCopies::UnreadableFile(source)) => return Err(source.into()),
        Err(NoCopies::Undecodable) => photo.facts.marks.push(PhotoMark::Undecodable),
        Err(NoCopies::Truncated) => photo.facts.marks.push(PhotoMark::Truncated),
        Err(NoCopies::TooLarge) => photo.facts.marks.push(PhotoMark::TooLarge),
        Err(NoCopies::UnsupportedFormat) => photo.facts.marks.push(PhotoMark::UnsupportedFormat),
    }
    photo.copied = true;
    store.db.write(|tx| photos::put(tx, &photo))?;
    Ok(photo)
}

fn put_copy(store: &Store, role: BlobRole, bytes: &[u8]) -> Result<Blob, Error> {
    let temporary = store.temporary_path();
    let written = files::write_durably(bytes, &temporary).and_then(|(hash, size)| {
        files::settle(&temporary, &photos::path_of(&store.folder, role, hash))?;
        Ok(Blob { hash, size })
    });
    if written.is_err() {
        // As in `import_photo`.
        let _ = fs::remove_file(&temporary);
    }
    Ok(written?)
}
