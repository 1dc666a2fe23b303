//! Reference documents: immutable bytes by hash, and which of them are in force.

use redvest_domain::event::DocumentKind;
use redvest_domain::id::Hash;
use redvest_domain::reference::{self, Document, ReferenceSet};
use redvest_domain::wire::{DocumentRef, Page};
use rusqlite::{Connection, params};

use super::Store;
use crate::Error;

/// The documents in force, indexed; what was never published is the built-in one.
pub(crate) fn load(connection: &Connection) -> Result<ReferenceSet, Error> {
    let mut query = connection.prepare_cached("SELECT kind, bytes FROM document WHERE in_force = 1 ORDER BY n")?;
    let mut rows = query.query([])?;
    let mut set = ReferenceSet::built_in();
    while let Some(row) = rows.next()? {
        let (kind, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        // A document of a later version of this program may not be readable here; the one before stays in use.
        match kind_of(kind).map(|kind| reference::parse(kind, &bytes)) {
            Some(Ok(document)) => set = set.with(document),
            _ => tracing::warn!(kind, "a reference document cannot be read by this version"),
        }
    }
    Ok(set)
}

/// What new documents change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum News {
    /// Nothing.
    None,
    /// Names and rules for what is written from now on.
    Names,
    /// A calendar or the policy: when held tickets are due.
    Dues,
}

/// Takes the documents of a page into force.
pub(crate) fn take(
    connection: &Connection,
    named: &[DocumentRef],
    given: &[(DocumentRef, Vec<u8>)],
) -> Result<News, Error> {
    let mut changed = News::None;
    for document in named {
        let hash = document.hash;
        if !is_held(connection, hash)? {
            let bytes = given.iter().find(|(of, _)| of.hash == hash).map(|(_, bytes)| bytes);
            let bytes = bytes.filter(|bytes| Hash::of(&[bytes]) == hash).ok_or(Error::BadDocument(hash))?;
            connection
                .prepare_cached("INSERT INTO document (hash, kind, bytes, n, in_force) VALUES (?1, ?2, ?3, ?4, 0)")?
                .execute(params![hash.0, document.kind as i64, bytes, document.n])?;
        }
        let in_force: bool = connection
            .prepare_cached("SELECT in_force FROM document WHERE hash = ?1")?
            .query_row([hash.0], |row| row.get(0))?;
        if in_force {
            continue;
        }
        let moves_dues = matches!(document.kind, DocumentKind::Calendar | DocumentKind::Policy);
        changed = changed.max(if moves_dues { News::Dues } else { News::Names });
        replace(connection, document)?;
        connection
            .prepare_cached("UPDATE document SET in_force = 1, n = ?2 WHERE hash = ?1")?
            .execute(params![hash.0, document.n])?;
    }
    Ok(changed)
}

/// Takes those that a document replaces out of force: all of its kind, but of calendars only the one with its code.
fn replace(connection: &Connection, new: &DocumentRef) -> Result<(), Error> {
    let code = |bytes: &[u8]| match reference::parse(DocumentKind::Calendar, bytes) {
        Ok(Document::Calendar(calendar)) => Some(calendar.code),
        _ => None,
    };
    let bytes = |hash: Hash| -> Result<Vec<u8>, Error> {
        Ok(connection
            .prepare_cached("SELECT bytes FROM document WHERE hash = ?1")?
            .query_row([hash.0], |row| row.get(0))?)
    };
    let mut query = connection.prepare_cached("SELECT hash FROM document WHERE kind = ?1 AND in_force = 1")?;
    let rows = query.query_map([new.kind as i64], |row| Ok(Hash(row.get(0)?)))?;
    let others: Vec<Hash> = rows.collect::<Result<_, _>>()?;
    for other in others {
        if new.kind == DocumentKind::Calendar && code(&bytes(other)?) != code(&bytes(new.hash)?) {
            continue;
        }
        connection.prepare_cached("UPDATE document SET in_force = 0 WHERE hash = ?1")?.execute([other.0])?;
    }
    Ok(())
}

fn is_held(connection: &Connection, hash: Hash) -> Result<bool, Error> {
    Ok(connection.prepare_cached("SELECT 1 FROM document WHERE hash = ?1")?.exists([hash.0])?)
}

fn kind_of(number: i64) -> Option<DocumentKind> {
    use DocumentKind::{Agencies, Calendar, Catalogue, Grids, Policy, Responsibilities};
    [Catalogue, Grids, Agencies, Calendar, Policy, Responsibilities].into_iter().find(|kind| *kind as i64 == number)
}

impl Store {
    /// The documents that a page names and that are not held yet: to be fetched before it is applied.
    ///
    /// # Errors
    /// Those of the database.
    pub fn missing_documents(&self, page: &Page) -> Result<Vec<DocumentRef>, Error> {
        self.db.read(|connection| {
            let mut missing = Vec::new();
            for document in &page.documents {
                if !is_held(connection, document.hash)? {
                    missing.push(document.clone());
                }
            }
            Ok(missing)
        })
    }
}
