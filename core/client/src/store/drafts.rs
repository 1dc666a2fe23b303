//! Drafts: reports and rectifications in the middle. They are the only copy of somebody's work and are written durably.

use std::collections::BTreeSet;

use redvest_domain::cbor;
use redvest_domain::id::{EventId, Hash};
use rusqlite::{Connection, params};

use super::meta;
use crate::env::new_id;
use crate::view::Draft;
use crate::{Client, Error};

impl Client {
    /// A draft with nothing in it yet; it is kept when it is saved.
    pub fn new_draft(&self) -> Draft {
        let now = self.env().now();
        Draft {
            id: EventId(new_id(self.env())),
            ticket: None,
            started: now,
            changed: now,
            category: None,
            pin: None,
            fix: None,
            grid: None,
            place: None,
            words: None,
            before: Vec::new(),
            after: Vec::new(),
            outcome: None,
            gate_reason: None,
            recurs: None,
            source: None,
        }
    }

    /// Keeps a draft in place of the one with its id, with the present time as its last change. When this returns it
    /// survives a kill and a power cut.
    ///
    /// # Errors
    /// Those of the database.
    pub fn save_draft(&self, draft: &Draft) -> Result<(), Error> {
        let draft = Draft { changed: self.env().now(), ..draft.clone() };
        let body = cbor::encode(&draft);
        self.store().db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO draft (id, changed, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, body = excluded.body",
            )?
            .execute(params![draft.id.as_bytes(), draft.changed.0, body])?;
            Ok(())
        })
    }

    /// The drafts, the last changed first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drafts(&self) -> Result<Vec<Draft>, Error> {
        self.store().db.read(all)
    }

    /// Throws a draft away; its photos stay. One that is not there is no failure.
    ///
    /// # Errors
    /// Those of the database.
    pub fn discard_draft(&self, draft: EventId) -> Result<(), Error> {
        self.store().db.write(|tx| delete(tx, draft))
    }
}

/// Every draft, the last changed first.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Draft>, Error> {
    let mut query = connection.prepare_cached("SELECT body FROM draft ORDER BY changed DESC, rowid DESC")?;
    let mut rows = query.query([])?;
    let mut drafts = Vec::new();
    while let Some(row) = rows.next()? {
        // One of another version of this program is kept and not shown.
        drafts.extend(meta::stored::<Draft>(&row.get::<_, Vec<u8>>(0)?));
    }
    Ok(drafts)
}

/// How many there are.
pub(crate) fn count(connection: &Connection) -> Result<u32, Error> {
    Ok(connection.prepare_cached("SELECT count(*) FROM draft")?.query_row([], |row| row.get(0))?)
}

pub(crate) fn delete(connection: &Connection, draft: EventId) -> Result<(), Error> {
    connection.prepare_cached("DELETE FROM draft WHERE id = ?1")?.execute([draft.as_bytes()])?;
    Ok(())
}

/// How many imported photos are on no ticket and in no draft.
pub(crate) fn unbound_photos(connection: &Connection) -> Result<u64, Error> {
    const UNBOUND: &str = "FROM photo WHERE NOT EXISTS (SELECT 1 FROM binding WHERE hash = photo.original)";
    let mut query = connection.prepare_cached(&format!("SELECT count(*) {UNBOUND}"))?;
    let mut unbound: u64 = query.query_row([], |row| row.get(0))?;
    let drafts = all(connection)?;
    let named: BTreeSet<Hash> = drafts.into_iter().flat_map(|draft| [draft.before, draft.after].concat()).collect();
    let mut query = connection.prepare_cached(&format!("SELECT 1 {UNBOUND} AND original = ?1"))?;
    for hash in named {
        unbound -= u64::from(query.exists([hash.0])?);
    }
    Ok(unbound)
}
