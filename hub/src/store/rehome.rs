//! Rehoming: open tickets of a removed grid or agency go to its successor, in bounded steps that can be resumed.

use redvest_domain::event::{Body, DocumentKind, Rehomed};
use redvest_domain::id::{AgencyCode, EventId, GridCode, NotAnId, TicketId};
use redvest_domain::key::Key;
use redvest_domain::terms::Holder;
use redvest_domain::ticket::Ticket;
use redvest_domain::time::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::columns::{event, limit_of};
use super::tickets::Held;
use super::writer::Work;
use super::{hub_events, log, tickets};
use crate::accept::hub_event_id;
use crate::error::HubError;

/// Number of the kind `rehomed`.
const REHOMED: u16 = 23;

/// A removed grid or agency whose tickets are being moved.
struct Move {
    kind: i64,
    code: String,
    from: Holder,
    to: Holder,
    cause: EventId,
    progress: Vec<u8>,
}

fn holders(kind: i64, from: &str, to: &str) -> Result<(Holder, Holder), NotAnId> {
    Ok(if kind == DocumentKind::Grids as i64 {
        (Holder::Grid(from.parse::<GridCode>()?), Holder::Grid(to.parse::<GridCode>()?))
    } else {
        (Holder::Agency(from.parse::<AgencyCode>()?), Holder::Agency(to.parse::<AgencyCode>()?))
    })
}

fn next(work: &Work<'_>) -> Result<Option<Move>, HubError> {
    let mut query = work.prepare_cached(
        "SELECT kind, code, successor, cause, progress FROM retired WHERE workspace = ?1 AND done = 0 LIMIT 1",
    )?;
    let found = query.query_row(params![work.site.workspace.as_bytes()], |row| {
        let progress: Option<Vec<u8>> = row.get(4)?;
        Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, event(row, 3)?, progress))
    });
    let Some((kind, code, successor, cause, progress)) = found.optional()? else { return Ok(None) };
    let successor = last_successor(work, kind, successor)?;
    let (from, to) = holders(kind, &code, &successor).map_err(|_| HubError::Damaged("retired"))?;
    Ok(Some(Move { kind, code, from, to, cause, progress: progress.unwrap_or_default() }))
}

/// Who took over in the end: a successor may have been removed since, and has one of its own then.
fn last_successor(work: &Work<'_>, kind: i64, mut code: String) -> Result<String, HubError> {
    let mut query =
        work.prepare_cached("SELECT successor FROM retired WHERE workspace = ?1 AND kind = ?2 AND code = ?3")?;
    // No code is ever used again, so the walk does not come back to where it was.
    while let Some(next) = query
        .query_row(params![work.site.workspace.as_bytes(), kind, code], |row| row.get::<_, String>(0))
        .optional()?
    {
        code = next;
    }
    Ok(code)
}

/// Moves at most `max` tickets and gives how many were looked at.
pub(super) fn run(work: &mut Work<'_>, now: Timestamp, max: usize) -> Result<usize, HubError> {
    let mut looked_at = 0;
    while looked_at < max {
        let Some(step) = next(work)? else { break };
        let wanted = max - looked_at;
        let tickets = open_tickets(work, &step, wanted)?;
        for ticket in &tickets {
            let mut held = tickets::load(work, work.site.workspace, *ticket)?;
            move_one(work, &mut held, &step, now)?;
        }
        looked_at += tickets.len();
        let progress = tickets.last().map_or(step.progress.clone(), |ticket| ticket.as_bytes().to_vec());
        work.prepare_cached(
            "UPDATE retired SET progress = ?4, done = ?5 WHERE workspace = ?1 AND kind = ?2 AND code = ?3",
        )?
        .execute(params![
            work.site.workspace.as_bytes(),
            step.kind,
            step.code,
            progress,
            tickets.len() < wanted
        ])?;
    }
    Ok(looked_at)
}

fn open_tickets(work: &Work<'_>, step: &Move, max: usize) -> Result<Vec<TicketId>, HubError> {
    let mut query = work.prepare_cached(
        "SELECT ticket FROM feed WHERE workspace = ?1 AND key = ?2 AND ticket > ?3 AND \"left\" IS NULL AND closed = 0
         ORDER BY ticket LIMIT ?4",
    )?;
    let limit = limit_of(max);
    let key = Key::from(&step.from).to_string();
    let rows = query.query_map(params![work.site.workspace.as_bytes(), key, step.progress, limit], |row| {
        Ok(TicketId::from_bytes(row.get(0)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn move_one(work: &mut Work<'_>, held: &mut Held, step: &Move, now: Timestamp) -> Result<(), HubError> {
    // A ticket that was reopened after the publication is moved for that reason, so the ticket's last event belongs to
    // the cause: the same step at the same place gives the same id.
    let place = held.state()?.seq.to_be_bytes();
    let id = hub_event_id(work.site.workspace, held.id, step.cause, REHOMED, &[&place, step.code.as_bytes()].concat());
    if log::has(work, work.site.workspace, id)? {
        return Ok(());
    }
    let body = Body::Rehomed(Rehomed { from: step.from.clone(), to: step.to.clone() });
    hub_events::about_ticket(work, held, id, body, now)?;
    Ok(())
}

/// Moves a ticket that was reopened and still names grids or agencies that are gone. Each successor may be gone too, so
/// this goes on until none is.
pub(super) fn after_reopening(work: &mut Work<'_>, held: &mut Held, now: Timestamp) -> Result<(), HubError> {
    // No code is ever used again, so a chain of successors is no longer than what was ever removed.
    for _ in 0..64 {
        let Some(step) = gone(work, held.state()?)? else { break };
        move_one(work, held, &step, now)?;
    }
    Ok(())
}

fn gone(work: &Work<'_>, ticket: &Ticket) -> Result<Option<Move>, HubError> {
    let mut query =
        work.prepare_cached("SELECT successor, cause FROM retired WHERE workspace = ?1 AND kind = ?2 AND code = ?3")?;
    let grids = ticket.pin_path.iter().chain(&ticket.lead_path).map(|code| (DocumentKind::Grids, code.as_str()));
    let agencies = ticket.lead.iter().chain(&ticket.cooperating).filter_map(|holder| match holder {
        Holder::Agency(code) => Some((DocumentKind::Agencies, code.as_str())),
        Holder::Grid(_) => None,
    });
    for (kind, code) in grids.chain(agencies) {
        let kind = kind as i64;
        let found = query.query_row(params![work.site.workspace.as_bytes(), kind, code], |row| {
            Ok((row.get::<_, String>(0)?, event(row, 1)?))
        });
        if let Some((successor, cause)) = found.optional()? {
            let successor = last_successor(work, kind, successor)?;
            let (from, to) = holders(kind, code, &successor).map_err(|_| HubError::Damaged("retired"))?;
            return Ok(Some(Move { kind, code: code.to_owned(), from, to, cause, progress: Vec::new() }));
        }
    }
    Ok(None)
}
