//! Photos in the database: which were imported, which files they have, and which own events bind them.

use std::path::{Path, PathBuf};

use redvest_domain::cbor;
use redvest_domain::event::{Blob, Photo};
use redvest_domain::id::{EventId, Hash, TicketId};
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::drawing::{self, Late};
use super::{BlobRole, Store, meta};
use crate::Error;

/// An imported photo as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Imported {
    pub(crate) facts: Photo,
    pub(crate) kind: String,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    pub(crate) imported: Timestamp,
    pub(crate) copied: bool,
}

const IMPORTED: &str = "facts, kind, width, height, imported, copied";

fn imported(row: &Row<'_>) -> Result<Imported, Error> {
    Ok(Imported {
        facts: meta::stored(&row.get::<_, Vec<u8>>(0)?)?,
        kind: row.get(1)?,
        width: row.get(2)?,
        height: row.get(3)?,
        imported: Timestamp(row.get(4)?),
        copied: row.get(5)?,
    })
}

/// The folder of a file's role, below the data folder.
pub(crate) fn folder(role: BlobRole) -> &'static str {
    if role == BlobRole::Original { "originals" } else { "copies" }
}

pub(crate) fn path_of(data: &Path, role: BlobRole, hash: Hash) -> PathBuf {
    data.join(folder(role)).join(hash.to_hex())
}

/// Keeps an imported photo; one that is there already is brought up to date.
pub(crate) fn put(connection: &Connection, photo: &Imported) -> Result<(), Error> {
    connection
        .prepare_cached(
            "INSERT INTO photo (original, size, kind, facts, width, height, imported, copied)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (original) DO UPDATE SET facts = excluded.facts, copied = excluded.copied",
        )?
        .execute(params![
            photo.facts.original.hash.0,
            size(photo.facts.original),
            photo.kind,
            cbor::encode(&photo.facts),
            photo.width,
            photo.height,
            photo.imported.0,
            photo.copied
        ])?;
    for (role, blob) in blobs(&photo.facts) {
        hold(connection, role, blob)?;
    }
    Ok(())
}

/// Notes that a file is on this device.
pub(crate) fn hold(connection: &Connection, role: BlobRole, blob: Blob) -> Result<(), Error> {
    connection
        .prepare_cached(
            "INSERT INTO blob (hash, size, role, held, on_hub) VALUES (?1, ?2, ?3, 1, 0)
             ON CONFLICT (hash) DO UPDATE SET held = 1, role = excluded.role, size = excluded.size",
        )?
        .execute(params![blob.hash.0, size(blob), role.number()])?;
    connection.prepare_cached("DELETE FROM wanted WHERE hash = ?1")?.execute([blob.hash.0])?;
    Ok(())
}

pub(crate) fn size(blob: Blob) -> i64 {
    i64::try_from(blob.size).unwrap_or(i64::MAX)
}

/// The files of a photo with their roles.
pub(crate) fn blobs(photo: &Photo) -> impl Iterator<Item = (BlobRole, Blob)> {
    let of = |role, blob: Option<Blob>| blob.map(|blob| (role, blob));
    [
        of(BlobRole::Thumbnail, photo.thumbnail),
        of(BlobRole::Review, photo.review),
        of(BlobRole::Original, Some(photo.original)),
    ]
    .into_iter()
    .flatten()
}

/// An imported photo by the hash of its original.
pub(crate) fn get(connection: &Connection, original: Hash) -> Result<Option<Imported>, Error> {
    let mut query = connection.prepare_cached(&format!("SELECT {IMPORTED} FROM photo WHERE original = ?1"))?;
    let mut rows = query.query([original.0])?;
    rows.next()?.map(imported).transpose()
}

/// Whether any own event that is still shown binds this file.
pub(crate) fn is_bound(connection: &Connection, hash: Hash) -> Result<bool, Error> {
    let drawn = connection.prepare_cached("SELECT 1 FROM binding WHERE hash = ?1")?.exists([hash.0])?;
    Ok(drawn || drawing::behind(connection)?.iter().any(|late| late.binds(hash)))
}

/// Whether an own event on another ticket binds this file.
pub(crate) fn is_bound_elsewhere(connection: &Connection, hash: Hash, ticket: TicketId) -> Result<bool, Error> {
    let mut query = connection.prepare_cached("SELECT 1 FROM binding WHERE hash = ?1 AND ticket <> ?2")?;
    let drawn = query.exists(params![hash.0, ticket.as_bytes()])?;
    let elsewhere = |late: &Late| late.ticket != Some(ticket) && late.binds(hash);
    Ok(drawn || drawing::behind(connection)?.iter().any(elsewhere))
}

/// Imported photos that no own event binds, the oldest first.
pub(crate) fn unbound(connection: &Connection) -> Result<Vec<Imported>, Error> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT {IMPORTED} FROM photo WHERE NOT EXISTS (SELECT 1 FROM binding WHERE hash = photo.original)
         ORDER BY imported, rowid"
    ))?;
    let mut rows = query.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(imported(row)?);
    }
    Ok(found)
}

/// Imported photos whose copies were not made yet: the app was killed in between.
pub(crate) fn uncopied(connection: &Connection) -> Result<Vec<Imported>, Error> {
    let mut query = connection.prepare_cached(&format!("SELECT {IMPORTED} FROM photo WHERE copied = 0"))?;
    let mut rows = query.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(imported(row)?);
    }
    Ok(found)
}

/// Binds the files of a photo to an own event and queues them, to be sent once that event is accepted.
pub(crate) fn bind(
    connection: &Connection,
    photo: &Photo,
    event: EventId,
    ticket: TicketId,
    is_accepted: bool,
) -> Result<(), Error> {
    for (role, blob) in blobs(photo) {
        connection
            .prepare_cached("INSERT OR IGNORE INTO binding (hash, event, ticket) VALUES (?1, ?2, ?3)")?
            .execute(params![blob.hash.0, event.as_bytes(), ticket.as_bytes()])?;
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO upload (hash, role, size, ready, offset, tries, next_at)
                 SELECT ?1, ?2, ?3, ?4, 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM blob WHERE hash = ?1 AND on_hub = 1)",
            )?
            .execute(params![blob.hash.0, role.number(), size(blob), is_accepted])?;
    }
    Ok(())
}

/// Forgets an unbound photo and gives the files that nothing else needs.
pub(crate) fn discard(connection: &Connection, original: Hash) -> Result<Vec<(BlobRole, Hash)>, Error> {
    let photo = get(connection, original)?.ok_or(Error::UnknownPhoto(original))?;
    if is_bound(connection, original)? {
        return Err(Error::PhotoInUse);
    }
    connection.prepare_cached("DELETE FROM photo WHERE original = ?1")?.execute([original.0])?;
    let mut gone = Vec::new();
    for (role, blob) in blobs(&photo.facts) {
        if !is_bound(connection, blob.hash)? {
            connection.prepare_cached("DELETE FROM blob WHERE hash = ?1")?.execute([blob.hash.0])?;
            gone.push((role, blob.hash));
        }
    }
    Ok(gone)
}

/// Where a file lies, if it is on this device.
pub(crate) fn held_path(connection: &Connection, data: &Path, hash: Hash) -> Result<Option<PathBuf>, Error> {
    let mut query = connection.prepare_cached("SELECT role FROM blob WHERE hash = ?1 AND held = 1")?;
    let role: Option<i64> = query.query_row([hash.0], |row| row.get(0)).optional()?;
    Ok(role.map(|role| path_of(data, BlobRole::of_number(role), hash)))
}

impl Store {
    /// Where a file of a photo lies; `None` if it is not on this device.
    ///
    /// # Errors
    /// Those of the database.
    pub fn photo_path(&self, hash: Hash) -> Result<Option<PathBuf>, Error> {
        self.db.read(|connection| held_path(connection, &self.folder, hash))
    }
}
