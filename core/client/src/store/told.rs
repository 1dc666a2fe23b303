//! Which notices were told. What no longer holds is forgotten here, so that it is told again when it comes back.

use redvest_domain::id::{EventId, TicketId};
use redvest_domain::time::Timestamp;
use rusqlite::{CachedStatement, Connection, OptionalExtension, ToSql, params};

use super::lists::{NO_DUE, Work};
use super::shown;
use crate::Error;
use crate::view::NoticeKind;

/// A notice as it is kept: its kind, what it is about, and what tells two of a kind about the same thing apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub(crate) kind: NoticeKind,
    /// A ticket or an own event.
    pub(crate) subject: [u8; 16],
    /// The work for a new ticket, the due instant, the round; 0 for an event.
    pub(crate) mark: i64,
}

/// Numbers of kinds in the database, by place; never reordered.
const KINDS: [NoticeKind; 6] = [
    NoticeKind::NewForMe,
    NoticeKind::DueSoon,
    NoticeKind::Overdue,
    NoticeKind::SentBack,
    NoticeKind::Refused,
    NoticeKind::TooLate,
];

fn number(kind: NoticeKind) -> i64 {
    kind as i64
}

impl Mark {
    pub(crate) fn of_ticket(kind: NoticeKind, ticket: TicketId, mark: i64) -> Mark {
        Mark { kind, subject: *ticket.as_bytes(), mark }
    }

    /// As callers name it: `kind:subject:mark`.
    pub(crate) fn key(&self) -> String {
        format!("{}:{}:{}", number(self.kind), EventId::from_bytes(self.subject), self.mark)
    }

    /// Reads a key; `None` for what is none.
    pub(crate) fn of_key(key: &str) -> Option<Mark> {
        let mut parts = key.split(':');
        let kind = KINDS.get(parts.next()?.parse::<usize>().ok()?)?;
        let subject: EventId = parts.next()?.parse().ok()?;
        Some(Mark { kind: *kind, subject: *subject.as_bytes(), mark: parts.next()?.parse().ok()? })
    }

    pub(crate) fn is_told(&self, connection: &Connection) -> Result<bool, Error> {
        Ok(connection.prepare_cached(IS_TOLD)?.exists(params![number(self.kind), self.subject, self.mark])?)
    }

    pub(crate) fn tell(&self, connection: &Connection) -> Result<(), Error> {
        connection
            .prepare_cached("INSERT OR IGNORE INTO told (kind, subject, mark) VALUES (?1, ?2, ?3)")?
            .execute(params![number(self.kind), self.subject, self.mark])?;
        Ok(())
    }

    /// Whether it could still be told, had it not been.
    fn holds(&self, connection: &Connection, lists: &[(Work, String)]) -> Result<bool, Error> {
        let ticket = TicketId::from_bytes(self.subject);
        Ok(match self.kind {
            NoticeKind::NewForMe => {
                let listed = shown::listed(connection, ticket)?;
                lists.iter().any(|(work, list)| *work as i64 == self.mark && listed.contains(list))
            }
            // A due instant stays told while the ticket may have it again.
            NoticeKind::DueSoon | NoticeKind::Overdue | NoticeKind::SentBack => {
                shown::card(connection, ticket)?.is_some_and(|card| card.stage.is_open())
            }
            NoticeKind::Refused | NoticeKind::TooLate => {
                connection.prepare_cached(IS_NEWS)?.query_row([self.subject], |_| Ok(())).optional()?.is_some()
            }
        })
    }
}

const IS_TOLD: &str = "SELECT 1 FROM told WHERE kind = ?1 AND subject = ?2 AND mark = ?3";
const IS_NEWS: &str = "SELECT 1 FROM outbox WHERE id = ?1 AND (status = 3 OR status = 2 AND seen = 0)";
/// Tickets of a list about which this was not told yet; the mark is the work.
const NEW: &str = "SELECT ticket FROM listing WHERE audience = ?1 AND NOT EXISTS
    (SELECT 1 FROM told WHERE kind = 0 AND told.subject = listing.ticket AND told.mark = ?2)
    ORDER BY sort, ticket";
/// Tickets of a list whose due instant is over and was not told to be, the last first.
const OVER: &str = "SELECT ticket, sort FROM listing WHERE audience = ?1 AND sort <= ?2 AND NOT EXISTS
    (SELECT 1 FROM told WHERE kind = 2 AND told.subject = listing.ticket AND told.mark = listing.sort)
    ORDER BY sort DESC, ticket DESC LIMIT ?3";
/// Tickets of a list whose due instant is to come and was not told to be near, the next first.
const COMING: &str = "SELECT ticket, sort FROM listing WHERE audience = ?1 AND sort > ?2 AND sort < ?4 AND NOT EXISTS
    (SELECT 1 FROM told WHERE kind = 1 AND told.subject = listing.ticket AND told.mark = listing.sort)
    ORDER BY sort, ticket LIMIT ?3";
/// The last moved of a list.
const LAST: &str = "SELECT ticket FROM listing WHERE audience = ?1 ORDER BY sort, ticket LIMIT ?2";
/// The end of a query for own events of a status that were not told.
pub(crate) const OWN_UNTOLD: &str = "WHERE status = ?1 AND seen = 0 AND NOT EXISTS
    (SELECT 1 FROM told WHERE kind = ?2 AND told.subject = outbox.id AND told.mark = 0) ORDER BY ord DESC";

/// Shows the tickets of a list of work that were not told to be new on it, the most pressing first, until `see` answers
/// that it has enough.
pub(crate) fn new_on(
    connection: &Connection,
    work: Work,
    list: &str,
    mut see: impl FnMut(TicketId) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut query = connection.prepare_cached(NEW)?;
    let mut rows = query.query(params![list, work as i64])?;
    while let Some(row) = rows.next()? {
        if see(TicketId::from_bytes(row.get(0)?))? {
            break;
        }
    }
    Ok(())
}

/// At most so many tickets of a list that are overdue at `now` and were not told to be for that instant, with the
/// instant, the last first.
pub(crate) fn overdue_on(
    connection: &Connection,
    list: &str,
    now: Timestamp,
    most: i64,
) -> Result<Vec<(TicketId, i64)>, Error> {
    due(connection.prepare_cached(OVER)?, params![list, now.0, most])
}

/// At most so many tickets of a list that are due after `now` and were not told to be soon for that instant, with the
/// instant, the next first.
pub(crate) fn coming_on(
    connection: &Connection,
    list: &str,
    now: Timestamp,
    most: i64,
) -> Result<Vec<(TicketId, i64)>, Error> {
    due(connection.prepare_cached(COMING)?, params![list, now.0, most, NO_DUE])
}

fn due(mut query: CachedStatement<'_>, with: &[&dyn ToSql]) -> Result<Vec<(TicketId, i64)>, Error> {
    let rows = query.query_map(with, |row| Ok((TicketId::from_bytes(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The tickets of a list that moved last.
pub(crate) fn last_on(connection: &Connection, list: &str, most: i64) -> Result<Vec<TicketId>, Error> {
    let mut query = connection.prepare_cached(LAST)?;
    let rows = query.query_map(params![list, most], |row| Ok(TicketId::from_bytes(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets what no longer holds.
pub(crate) fn forget_past(connection: &Connection, lists: &[(Work, String)]) -> Result<(), Error> {
    let mut query = connection.prepare_cached("SELECT kind, subject, mark FROM told")?;
    let rows = query.query_map([], |row| Ok((row.get::<_, usize>(0)?, row.get(1)?, row.get(2)?)))?;
    let rows: Vec<(usize, [u8; 16], i64)> = rows.collect::<Result<_, _>>()?;
    let mut forget = connection.prepare_cached("DELETE FROM told WHERE kind = ?1 AND subject = ?2 AND mark = ?3")?;
    for (kind, subject, mark) in rows {
        let known = KINDS.get(kind).map(|kind| Mark { kind: *kind, subject, mark });
        let holds = known.map(|known| known.holds(connection, lists)).transpose()?;
        // A kind of a later version of this program is its own affair.
        if holds == Some(false) {
            forget.execute(params![kind, subject, mark])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SCHEMA;

    #[test]
    fn a_key_reads_back_and_what_is_none_does_not() {
        for (at, kind) in KINDS.into_iter().enumerate() {
            assert_eq!(number(kind), at as i64);
            let mark = Mark { kind, subject: [7; 16], mark: -5 };
            assert_eq!(Mark::of_key(&mark.key()), Some(mark));
        }
        assert!(
            ["", "9:x:1", "0:1", "0:07070707-0707-0707-0707-070707070707:x"]
                .iter()
                .all(|key| Mark::of_key(key).is_none())
        );
    }

    #[test]
    fn every_question_is_answered_by_indices() {
        let connection = Connection::open_in_memory().unwrap();
        SCHEMA.migrations.iter().for_each(|migration| connection.execute_batch(migration).unwrap());
        let own = format!("SELECT id FROM outbox {OWN_UNTOLD}");
        for sql in [IS_TOLD, IS_NEWS, NEW, OVER, COMING, LAST, own.as_str()] {
            let mut query = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let mut rows = query.raw_query();
            let mut steps: Vec<String> = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                steps.push(row.get(3).unwrap());
            }
            let walks = ["SCAN outbox", "SCAN listing", "SCAN told", "TEMP B-TREE"];
            let walked = steps.iter().find(|step| walks.iter().any(|walk| step.contains(walk)));
            assert_eq!(walked, None, "{sql}: {steps:?}");
        }
    }
}
