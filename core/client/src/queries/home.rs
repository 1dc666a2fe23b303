//! The first screen: how much there is to do, and what still waits to be sent.

use redvest_domain::event::LAW_VERSION;
use redvest_domain::time::Timestamp;
use rusqlite::Connection;

use crate::store::lists::{NO_DUE, REPORTED, of_member, tallies};
use crate::store::names::NameBook;
use crate::store::sessions::SessionRow;
use crate::store::{Identity, members, meta, transfers};
use crate::view::{Home, Tally};
use crate::{Client, Error};

impl Client {
    /// What the first screen shows; also before this device is enrolled.
    ///
    /// # Errors
    /// Those of the database.
    pub fn home(&self) -> Result<Home, Error> {
        self.store().draw();
        self.store().db.read(|connection| {
            let identity: Option<Identity> = meta::get(connection, meta::name::IDENTITY)?;
            let mut tickets = Vec::new();
            let (mut next_due, mut member) = (None, None);
            if let Some(identity) = &identity {
                add(connection, &mut tickets, None, REPORTED)?;
                for (work, list) in of_member(&members::own(connection, identity.member)?) {
                    add(connection, &mut tickets, Some(work), &list)?;
                    next_due = next_due.into_iter().chain(first_due(connection, &list)?).min();
                }
                member = Some(NameBook::default().get(connection, identity.member)?);
            }
            let count = |sql: &str| -> Result<u64, Error> {
                Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
            };
            Ok(Home {
                workspace: identity.map(|identity| identity.name),
                member,
                tallies: tickets,
                photos: transfers::waiting(connection)?,
                unbound_photos: count(
                    "SELECT count(*) FROM photo WHERE NOT EXISTS (SELECT 1 FROM binding WHERE hash = photo.original)",
                )?,
                events_waiting: count("SELECT count(*) FROM outbox WHERE status = 0")?,
                refused: count("SELECT count(*) FROM outbox WHERE status = 3")?,
                too_late: count("SELECT count(*) FROM outbox WHERE status = 2 AND seen = 0")?,
                last_sync: meta::get(connection, meta::name::LAST_PULL)?,
                next_due,
                needs_update: meta::law(connection)? > LAW_VERSION,
            })
        })
    }

    /// The last 20 sync sessions, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sessions(&self) -> Result<Vec<SessionRow>, Error> {
        self.store().sessions()
    }
}

/// Adds a list's tallies to those of the same work in the same stage.
fn add(
    connection: &Connection,
    all: &mut Vec<Tally>,
    work: Option<crate::store::lists::Work>,
    list: &str,
) -> Result<(), Error> {
    for (stage, tickets) in tallies(connection, list)? {
        match all.iter_mut().find(|known| (known.work, known.stage) == (work, stage)) {
            Some(known) => known.tickets += tickets,
            None => all.push(Tally { work, stage, stage_zh: stage.zh(), tickets }),
        }
    }
    Ok(())
}

fn first_due(connection: &Connection, list: &str) -> Result<Option<Timestamp>, Error> {
    let mut query = connection.prepare_cached("SELECT min(sort) FROM listing WHERE audience = ?1")?;
    let first: Option<i64> = query.query_row([list], |row| row.get(0))?;
    Ok(first.filter(|due| *due != NO_DUE).map(Timestamp))
}
