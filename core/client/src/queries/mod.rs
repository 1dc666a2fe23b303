//! Queries: one call gives what one screen shows. Lists are read by keyset, never by offset, and cost what they show.

mod about;
mod catalogue;
mod diagnostic;
mod doctor;
mod home;
mod lists;
mod log;
mod near;
mod news;
mod notices;
mod place;
mod queue;
pub(crate) mod rows;
mod search;
mod ticket;

use std::fmt;
use std::str::FromStr;

use redvest_domain::id::TicketId;
use serde::{Serialize, Serializer};

pub use doctor::{Finding, Health};
pub use lists::Mine;
pub use log::LogRow;

/// Rows of one page.
pub(crate) const PAGE: usize = 50;

/// Where a page begins: behind the row with this place. As text, for callers that keep it: `place:ticket`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(crate) sort: i64,
    pub(crate) ticket: TicketId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sort, self.ticket)
    }
}

/// A text that is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: take the one of the page before")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Cursor, NotACursor> {
        let (sort, ticket) = text.split_once(':').ok_or(NotACursor)?;
        Ok(Cursor { sort: sort.parse().map_err(|_| NotACursor)?, ticket: ticket.parse().map_err(|_| NotACursor)? })
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
