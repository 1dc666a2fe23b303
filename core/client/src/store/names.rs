//! Names of members: fetched for those on visible tickets, outside every log, and forgotten when the directory does.

use std::collections::BTreeMap;

use redvest_domain::id::MemberId;
use redvest_domain::wire::Named;
use rusqlite::{Connection, OptionalExtension, params};

use super::Store;
use crate::Error;

/// Names that one screen has looked up.
#[derive(Default)]
pub(crate) struct NameBook {
    known: BTreeMap<MemberId, Option<String>>,
}

impl NameBook {
    /// The name to show, or the first letters of the pseudonym.
    pub(crate) fn get(&mut self, connection: &Connection, member: MemberId) -> Result<String, Error> {
        let known = match self.known.get(&member) {
            Some(known) => known.clone(),
            None => {
                let mut query = connection.prepare_cached("SELECT name FROM name WHERE member = ?1")?;
                let found: Option<Option<String>> =
                    query.query_row([member.as_bytes()], |row| row.get(0)).optional()?;
                self.known.entry(member).or_insert(found.flatten()).clone()
            }
        };
        Ok(known.unwrap_or_else(|| pseudonym(member)))
    }
}

/// What stands for a member without a name: the end of the id, which is its random part.
pub(crate) fn pseudonym(member: MemberId) -> String {
    let text = member.0.simple().to_string();
    format!("#{}", &text[text.len() - 6..])
}

impl Store {
    /// Members on held tickets whose names were not asked for yet.
    ///
    /// # Errors
    /// Those of the database.
    pub fn names_wanted(&self, max: usize) -> Result<Vec<MemberId>, Error> {
        self.db.read(|connection| {
            let mut query = connection.prepare_cached("SELECT member FROM name WHERE asked = 0 LIMIT ?1")?;
            let max = i64::try_from(max).unwrap_or(i64::MAX);
            let rows = query.query_map([max], |row| Ok(MemberId::from_bytes(row.get(0)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Takes names. Members that were asked for and are not among them are not asked for again by themselves.
    ///
    /// # Errors
    /// Those of the database.
    pub fn apply_names(&self, asked: &[MemberId], named: &Named) -> Result<(), Error> {
        self.db.write(|tx| {
            for member in asked {
                tx.prepare_cached(
                    "INSERT OR REPLACE INTO name (member, name, title, asked) VALUES (?1, NULL, NULL, 1)",
                )?
                .execute([member.as_bytes()])?;
            }
            for one in &named.names {
                tx.prepare_cached("INSERT OR REPLACE INTO name (member, name, title, asked) VALUES (?1, ?2, ?3, 1)")?
                    .execute(params![one.member.as_bytes(), one.name, one.title])?;
            }
            Ok(())
        })
    }

    /// Asks for all names anew at the next sync: some may have been erased or changed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn refresh_names(&self) -> Result<(), Error> {
        self.db.write(|tx| {
            tx.prepare_cached("UPDATE name SET asked = 0")?.execute([])?;
            Ok(())
        })
    }
}
