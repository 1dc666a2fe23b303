//! The first screen: how much there is to do, and what still waits to be sent.

use std::collections::BTreeSet;

use redvest_domain::event::LAW_VERSION;
use redvest_domain::id::TicketId;
use redvest_domain::key::Role;
use redvest_domain::time::MINUTE_MS;
use rusqlite::{Connection, OptionalExtension};

use super::Cursor;
use super::rows::Screen;
use crate::store::lists::{NO_DUE, REPORTED, of_member, tallies};
use crate::store::names::NameBook;
use crate::store::sessions::SessionRow;
use crate::store::shown::card;
use crate::store::{Identity, drafts, members, meta, transfers};
use crate::view::{Home, Tally, TicketRow};
use crate::{Client, Error};

/// A device's clock that is farther from the hub's than this deserves a look.
const DOUBTFUL_MS: u64 = 5 * MINUTE_MS as u64;

impl Client {
    /// What the first screen shows; also before this device is enrolled.
    ///
    /// # Errors
    /// Those of the database.
    pub fn home(&self) -> Result<Home, Error> {
        let (store, reference) = (self.store(), self.store().reference());
        store.draw();
        store.db.read(|connection| {
            let identity: Option<Identity> = meta::get(connection, meta::name::IDENTITY)?;
            let mut tickets = Vec::new();
            let (mut next, mut member, mut roles) = (None, None, BTreeSet::new());
            if let Some(identity) = &identity {
                let record = members::own(connection, identity.member)?;
                add(connection, &mut tickets, None, REPORTED)?;
                let mut first: Option<Cursor> = None;
                for (work, list) in of_member(&record) {
                    add(connection, &mut tickets, Some(work), &list)?;
                    first = first.into_iter().chain(first_due(connection, &list)?).min();
                }
                if let Some(card) = first.map(|first| card(connection, first.ticket)).transpose()? {
                    let mut screen = Screen::new(store, connection, &reference)?;
                    next = card.map(|card| screen.row(card)).transpose()?;
                }
                member = Some(NameBook::default().get(connection, identity.member)?);
                if record.active {
                    roles.insert(Role::Volunteer);
                    roles.extend(record.roles.iter().map(|acting| acting.role));
                }
            }
            let count = |sql: &str| -> Result<u64, Error> {
                Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
            };
            let offset = store.device_time(connection)?.offset_ms;
            Ok(Home {
                workspace: identity.map(|identity| identity.name),
                member,
                tallies: tickets,
                photos: transfers::waiting(connection)?,
                unbound_photos: drafts::unbound_photos(connection)?,
                events_waiting: count("SELECT count(*) FROM outbox WHERE status = 0")?,
                refused: count("SELECT count(*) FROM outbox WHERE status = 3")?,
                too_late: count("SELECT count(*) FROM outbox WHERE status = 2 AND seen = 0")?,
                last_sync: meta::get(connection, meta::name::LAST_PULL)?,
                next_due: next.as_ref().and_then(|row: &TicketRow| row.due),
                next,
                roles: roles.into_iter().collect(),
                clock_doubtful: offset.is_some_and(|offset| offset.unsigned_abs() > DOUBTFUL_MS),
                drafts: drafts::count(connection)?,
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
            None => all.push(Tally {
                work,
                stage,
                stage_zh: stage.zh().to_owned(),
                stage_en: stage.en().to_owned(),
                tickets,
            }),
        }
    }
    Ok(())
}

/// The first place of a list that is due at all.
fn first_due(connection: &Connection, list: &str) -> Result<Option<Cursor>, Error> {
    let mut query = connection
        .prepare_cached("SELECT sort, ticket FROM listing WHERE audience = ?1 ORDER BY sort, ticket LIMIT 1")?;
    let first = query
        .query_row([list], |row| Ok(Cursor { sort: row.get(0)?, ticket: TicketId::from_bytes(row.get(1)?) }))
        .optional()?;
    Ok(first.filter(|first| first.sort != NO_DUE))
}
