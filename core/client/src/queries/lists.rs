//! Lists of tickets: what this member has to do, and what it reported or worked on.

use std::collections::BTreeSet;

use redvest_domain::id::TicketId;
use redvest_domain::ticket::Stage;
use rusqlite::{Connection, params};

use super::rows::Screen;
use super::{Cursor, PAGE};
use crate::store::lists::{REPORTED, WORKED, Work, of_member};
use crate::store::{Card, members, meta};
use crate::view::TicketPage;
use crate::{Client, Error};

/// Which of a member's own tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mine {
    /// All that this member reported.
    #[default]
    Reported,
    /// Of these, the open ones.
    Open,
    /// Of these, the closed and voided ones.
    Ended,
    /// All on which this member did something besides reporting.
    Worked,
}

impl Client {
    /// Tickets of this member, the last moved first.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn mine(&self, which: Mine, after: Option<Cursor>) -> Result<TicketPage, Error> {
        let (list, keeps): (&str, fn(Stage) -> bool) = match which {
            Mine::Reported => (REPORTED, |_| true),
            Mine::Open => (REPORTED, Stage::is_open),
            Mine::Ended => (REPORTED, |stage| !stage.is_open()),
            Mine::Worked => (WORKED, |_| true),
        };
        self.page(|_, connection| {
            let stages: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| keeps(*stage)).collect();
            places(connection, &[list.to_owned()], &stages, after)
        })
    }

    /// Tickets with which this member has the next move, by what is due next; `None` for every kind of work.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn work_list(&self, work: Option<Work>, after: Option<Cursor>) -> Result<TicketPage, Error> {
        self.page(|screen, connection| {
            let record = members::own(connection, screen.me)?;
            let lists = of_member(&record).into_iter().filter(|(kind, _)| work.is_none_or(|work| work == *kind));
            let lists: Vec<String> = lists.map(|(_, list)| list).collect();
            places(connection, &lists, &Stage::ALL, after)
        })
    }

    fn page(
        &self,
        find: impl FnOnce(&Screen<'_>, &Connection) -> Result<Vec<(Cursor, Card)>, Error>,
    ) -> Result<TicketPage, Error> {
        let (store, reference) = (self.store(), self.store().reference());
        store.draw();
        store.db.read(|connection| {
            let mut screen = Screen::new(store, connection, &reference)?;
            let mut found = find(&screen, connection)?;
            let more = found.len() > PAGE;
            found.truncate(PAGE);
            let next = found.last().filter(|_| more).map(|(cursor, _)| *cursor);
            let rows = found.into_iter().map(|(_, card)| screen.row(card)).collect::<Result<_, _>>()?;
            Ok(TicketPage { rows, next })
        })
    }
}

/// One page and one row more, merged over lists, each ticket once.
fn places(
    connection: &Connection,
    lists: &[String],
    stages: &[Stage],
    after: Option<Cursor>,
) -> Result<Vec<(Cursor, Card)>, Error> {
    let mask: i64 = stages.iter().map(|stage| 1 << (*stage as i64)).sum();
    let (sort, ticket) = after.map_or((i64::MIN, [0; 16]), |after| (after.sort, *after.ticket.as_bytes()));
    let mut found: BTreeSet<Cursor> = BTreeSet::new();
    for list in lists {
        let mut query = connection.prepare_cached(
            "SELECT sort, ticket FROM listing WHERE audience = ?1 AND (sort, ticket) > (?2, ?3)
             AND (1 << stage) & ?4 ORDER BY sort, ticket LIMIT ?5",
        )?;
        let mut rows = query.query(params![list, sort, ticket, mask, PAGE as i64 + 1])?;
        while let Some(row) = rows.next()? {
            found.insert(Cursor { sort: row.get(0)?, ticket: TicketId::from_bytes(row.get(1)?) });
        }
    }
    let mut query = connection.prepare_cached("SELECT card FROM shown WHERE ticket = ?1")?;
    let mut cards = Vec::with_capacity(PAGE + 1);
    for cursor in found.into_iter().take(PAGE + 1) {
        let bytes: Vec<u8> = query.query_row([cursor.ticket.as_bytes()], |row| row.get(0))?;
        cards.push((cursor, meta::stored(&bytes)?));
    }
    Ok(cards)
}
