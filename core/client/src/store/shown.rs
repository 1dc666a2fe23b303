//! What screens show: the fold of the replica and of pending events with their provisional stamps. Written whenever one
//! of the two changes: of pages in the same transaction, of acts before the next screen reads it (`drawing`).

use std::collections::BTreeSet;

use redvest_domain::cbor;
use redvest_domain::event::Private;
use redvest_domain::fold::{Fact, step};
use redvest_domain::id::{MemberId, TicketId};
use redvest_domain::place::Position;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::stamp::Stamp;
use redvest_domain::ticket::Ticket;
use rusqlite::{Connection, OptionalExtension, params};

use super::outbox::{self, Own, Status};
use super::{Card, lists, meta, reckon, replica, search};
use crate::Error;

/// A ticket as this phone shows it.
pub(crate) struct View {
    pub(crate) ticket: Ticket,
    /// Own events that lie over the replica.
    pub(crate) pending: Vec<Own>,
    /// Whether the replica holds the ticket.
    pub(crate) held: bool,
}

impl View {
    /// Pending events that will probably come too late.
    pub(crate) fn probably_late(&self) -> usize {
        let waits = |own: &&Own| own.status == Status::Waiting;
        let late = |own: &&Own| self.ticket.anomalies.iter().any(|anomaly| anomaly.act.event == own.id);
        self.pending.iter().filter(waits).filter(late).count()
    }
}

/// Folds a ticket with its pending events; `None` if it is neither held nor reported by a pending event.
pub(crate) fn view(connection: &Connection, ticket: TicketId) -> Result<Option<View>, Error> {
    let mut state = replica::held(connection, ticket)?.map(|held| held.state);
    let held = state.is_some();
    let pending = outbox::pending(connection, ticket)?;
    for own in &pending {
        // The hub will number it after what it has by then.
        let seq = state.as_ref().map_or(1, |state| state.seq.saturating_add(1));
        let stamp = Stamp { seq, ..own.stamp.clone() };
        step(&mut state, &Fact { id: own.id, payload: &own.payload, stamp: &stamp });
    }
    Ok(state.map(|ticket| View { ticket, pending, held }))
}

/// Side of a cell of the table of spots, in 1e-7 degree: about 220 m of latitude.
const CELL: i64 = 20_000;
/// Cells of longitude in a row, rounded up.
const ROW: i64 = 200_000;

/// The row and column of a position's cell.
pub(crate) fn cell_of(lat_e7: i64, lon_e7: i64) -> (i64, i64) {
    ((lat_e7 + 900_000_000).div_euclid(CELL), (lon_e7 + 1_800_000_000).div_euclid(CELL))
}

/// The number of a cell; cells beside each other in a row follow each other.
pub(crate) fn cell_number(row: i64, column: i64) -> i64 {
    row * ROW + column.clamp(0, ROW - 1)
}

/// Keeps what screens show.
pub(crate) struct Desk<'a> {
    reference: &'a ReferenceSet,
    member: MemberId,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(connection: &Connection, reference: &'a ReferenceSet) -> Result<Desk<'a>, Error> {
        Ok(Desk { reference, member: meta::identity(connection)?.member })
    }

    /// Every ticket that is shown: a new calendar or policy moves their dues.
    pub(crate) fn all(&self, connection: &Connection) -> Result<BTreeSet<TicketId>, Error> {
        let mut query = connection.prepare_cached("SELECT ticket FROM shown")?;
        let rows = query.query_map([], |row| Ok(TicketId::from_bytes(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes what is shown of a ticket anew.
    pub(crate) fn refresh(&self, connection: &Connection, ticket: TicketId) -> Result<(), Error> {
        let Some(view) = view(connection, ticket)? else { return self.lost(connection, ticket) };
        let texts = texts(connection, &view)?;
        let card = self.card(&view, &texts);
        let worked = self.worked(connection, &view)?;
        let lists = lists::of_ticket(&view.ticket, self.member, worked, card.due);
        let words = texts.iter().flat_map(|(_, private)| [private.words.as_deref(), private.place.as_deref()]);
        let indexed = search::indexed(&view.ticket, words.flatten());
        self.write(connection, &card, &lists, card.pin.filter(|_| card.stage.is_open()), &indexed)
    }

    /// The card as [`Desk::refresh`] will write it; `None` for a ticket that is neither held nor pending.
    pub(crate) fn drawn(&self, connection: &Connection, ticket: TicketId) -> Result<Option<Card>, Error> {
        let Some(view) = view(connection, ticket)? else { return Ok(None) };
        let texts = texts(connection, &view)?;
        Ok(Some(self.card(&view, &texts)))
    }

    fn card(&self, view: &View, texts: &[(i64, Private)]) -> Card {
        let state = &view.ticket;
        let next = reckon::next_due(state, self.reference);
        let place = texts.iter().rev().find_map(|(_, private)| private.place.as_deref());
        let reported = texts.iter().find(|(kind, _)| *kind == 1).and_then(|(_, private)| private.words.as_deref());
        let mut card = Card::of(state, next, place, reported);
        // Both are far below 2^32.
        card.pending = view.pending.len() as u32;
        card.probably_late = view.probably_late() as u32;
        card.unsent = !view.held && view.pending.iter().all(|own| own.status == Status::Waiting);
        card
    }

    /// The ticket is neither held nor pending: what a former holder may still see, or nothing.
    fn lost(&self, connection: &Connection, ticket: TicketId) -> Result<(), Error> {
        let Some(before) = stored(connection, ticket)? else { return Ok(()) };
        if replica::is_former(connection, ticket)? {
            let card = before.card.former();
            let numbers = [&card.short_number, &card.local_number].into_iter().flatten();
            let indexed = numbers.map(|number| number.replace('-', " ").to_lowercase()).collect::<Vec<_>>().join(" ");
            let lists = [(lists::WORKED.to_owned(), -card.moved.0)];
            return self.write(connection, &card, &lists, None, &indexed);
        }
        lists::write(connection, *ticket.as_bytes(), (&before.listed, Some(before.card.stage)), (&[], None))?;
        self.set_spot(connection, ticket, before.cell, None)?;
        connection.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([before.row])?;
        connection.prepare_cached("DELETE FROM shown WHERE row = ?1")?.execute([before.row])?;
        Ok(())
    }

    fn write(
        &self,
        connection: &Connection,
        card: &Card,
        listed: &[(String, i64)],
        spot: Option<Position>,
        indexed: &str,
    ) -> Result<(), Error> {
        let id = card.ticket.as_bytes();
        let before = stored(connection, card.ticket)?;
        let fingerprint = search::fingerprint(indexed);
        let (old, stage) = before.as_ref().map_or((&[][..], None), |b| (&b.listed[..], Some(b.card.stage)));
        lists::write(connection, *id, (old, stage), (listed, Some(card.stage)))?;
        let old_cell = before.as_ref().and_then(|before| before.cell);
        let cell = self.set_spot(connection, card.ticket, old_cell, spot)?;
        let (bytes, listed) = (cbor::encode(card), cbor::encode(&listed.to_vec()));
        let row = match &before {
            Some(before) => {
                connection
                    .prepare_cached("UPDATE shown SET card = ?2, listed = ?3, cell = ?4, words = ?5 WHERE row = ?1")?
                    .execute(params![before.row, bytes, listed, cell, fingerprint])?;
                before.row
            }
            None => {
                connection
                    .prepare_cached(
                        "INSERT INTO shown (ticket, card, listed, cell, words) VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![id, bytes, listed, cell, fingerprint])?;
                connection.last_insert_rowid()
            }
        };
        if before.is_none_or(|before| before.words != fingerprint) {
            connection
                .prepare_cached("INSERT OR REPLACE INTO search (rowid, words) VALUES (?1, ?2)")?
                .execute(params![row, indexed])?;
        }
        Ok(())
    }

    fn set_spot(
        &self,
        connection: &Connection,
        ticket: TicketId,
        old: Option<i64>,
        new: Option<Position>,
    ) -> Result<Option<i64>, Error> {
        if let Some(cell) = old {
            connection
                .prepare_cached("DELETE FROM spot WHERE cell = ?1 AND ticket = ?2")?
                .execute(params![cell, ticket.as_bytes()])?;
        }
        let Some(pin) = new else { return Ok(None) };
        let (row, column) = cell_of(pin.lat_e7.into(), pin.lon_e7.into());
        let cell = cell_number(row, column);
        connection
            .prepare_cached("INSERT INTO spot (cell, ticket, lat_e7, lon_e7) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![cell, ticket.as_bytes(), pin.lat_e7, pin.lon_e7])?;
        Ok(Some(cell))
    }

    /// Whether this member wrote anything on the ticket besides its report.
    fn worked(&self, connection: &Connection, view: &View) -> Result<bool, Error> {
        if view.pending.iter().any(|own| own.payload.body.number() != 1) {
            return Ok(true);
        }
        let mut query =
            connection.prepare_cached("SELECT 1 FROM event WHERE ticket = ?1 AND member = ?2 AND kind <> 1")?;
        Ok(query.exists(params![view.ticket.id.as_bytes(), self.member.as_bytes()])?)
    }
}

/// Private parts of a ticket in the order of their events, with the kinds of these.
fn texts(connection: &Connection, view: &View) -> Result<Vec<(i64, Private)>, Error> {
    let mut query = connection
        .prepare_cached("SELECT kind, private FROM event WHERE ticket = ?1 AND private IS NOT NULL ORDER BY seq")?;
    let rows = query.query_map([view.ticket.id.as_bytes()], |row| {
        Ok((row.get::<_, i64>(0)?, Private::from_bytes(&row.get::<_, Vec<u8>>(1)?)))
    })?;
    let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    // A private part of another version of this program is kept and not shown.
    let held = rows.into_iter().filter_map(|(kind, private)| Some((kind, private.ok()?)));
    let own = view.pending.iter().filter_map(|own| Some((own.payload.body.number().into(), own.private.clone()?)));
    Ok(held.chain(own).collect())
}

/// A row of `shown`.
struct Stored {
    row: i64,
    card: Card,
    listed: Vec<(String, i64)>,
    cell: Option<i64>,
    words: i64,
}

fn stored(connection: &Connection, ticket: TicketId) -> Result<Option<Stored>, Error> {
    let mut query = connection.prepare_cached("SELECT row, card, listed, cell, words FROM shown WHERE ticket = ?1")?;
    let found = query
        .query_row([ticket.as_bytes()], |row| {
            Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    let Some((row, card, listed, cell, words)) = found else { return Ok(None) };
    Ok(Some(Stored { row, card: meta::stored(&card)?, listed: meta::stored(&listed)?, cell, words }))
}

/// The lists that a ticket stands on.
pub(crate) fn listed(connection: &Connection, ticket: TicketId) -> Result<Vec<String>, Error> {
    let stored = stored(connection, ticket)?;
    Ok(stored.map_or_else(Vec::new, |stored| stored.listed.into_iter().map(|(list, _)| list).collect()))
}

/// The card of a ticket that is shown.
pub(crate) fn card(connection: &Connection, ticket: TicketId) -> Result<Option<Card>, Error> {
    let mut query = connection.prepare_cached("SELECT card FROM shown WHERE ticket = ?1")?;
    let bytes: Option<Vec<u8>> = query.query_row([ticket.as_bytes()], |row| row.get(0)).optional()?;
    bytes.map(|bytes| meta::stored(&bytes)).transpose()
}
