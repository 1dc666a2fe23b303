//! Finding tickets by words and numbers.

use rusqlite::params;

use super::rows::Screen;
use super::{Cursor, PAGE};
use crate::store::{Card, meta, search};
use crate::view::TicketPage;
use crate::{Client, Error};

impl Client {
    /// Tickets in which all of these are found: Chinese words of any length, beginnings of other words and numbers, the
    /// hub's short numbers and the phone's own, names of categories with their pinyin initials, of grids and agencies.
    /// The newest on this phone come first; an empty text finds nothing.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn search(&self, text: &str, after: Option<Cursor>) -> Result<TicketPage, Error> {
        let (store, reference) = (self.store(), self.store().reference());
        let Some(expression) = search::expression(text, &reference) else {
            return Ok(TicketPage { rows: Vec::new(), next: None });
        };
        store.draw();
        store.db.read(|connection| {
            let mut screen = Screen::new(store, connection, &reference)?;
            let mut query = connection.prepare_cached(
                "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
            )?;
            let before = after.map_or(i64::MAX, |after| after.sort);
            let found = query.query_map(params![expression, before, PAGE as i64 + 1], |row| row.get::<_, i64>(0))?;
            let mut found: Vec<i64> = found.collect::<Result<_, _>>()?;
            let more = found.len() > PAGE;
            found.truncate(PAGE);
            let mut query = connection.prepare_cached("SELECT card FROM shown WHERE row = ?1")?;
            let (mut rows, mut next) = (Vec::with_capacity(found.len()), None);
            for row in found {
                let bytes: Vec<u8> = query.query_row([row], |found| found.get(0))?;
                let card: Card = meta::stored(&bytes)?;
                next = Some(Cursor { sort: row, ticket: card.ticket });
                rows.push(screen.row(card)?);
            }
            Ok(TicketPage { rows, next: next.filter(|_| more) })
        })
    }
}
