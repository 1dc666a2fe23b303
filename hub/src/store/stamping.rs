//! What a stamp adds for the fold's sake: short number, paths and terms, made from the documents in force when they are
//! set or changed. Protocol: "The hub's stamp".

use redvest_domain::codes::Code;
use redvest_domain::event::{Body, Payload};
use redvest_domain::id::{AgencyCode, GridCode};
use redvest_domain::key::{Key, Role};
use redvest_domain::reference::ReferenceSet;
use redvest_domain::terms::{Holder, Terms};
use redvest_domain::ticket::Ticket;
use redvest_domain::time::{DAY_MS, Timestamp};
use rusqlite::params;

use super::documents;
use super::writer::Work;
use crate::accept::short_number;
use crate::error::HubError;

/// The parts of a stamp that only some kinds have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Additions {
    pub(super) short_number: Option<String>,
    pub(super) pin_path: Option<Vec<GridCode>>,
    pub(super) lead_path: Option<Vec<GridCode>>,
    pub(super) terms: Option<Terms>,
}

/// What the stamp of this event adds. [`HubError::Law`] when it names a category, grid or agency that is not there.
pub(super) fn additions(
    work: &mut Work<'_>,
    ticket: Option<&Ticket>,
    payload: &Payload,
    received: Timestamp,
) -> Result<Additions, HubError> {
    let reference = work.reference.clone();
    match (&payload.body, ticket) {
        (Body::Reported(fields), None) => {
            let path = reference.place(fields.pin, fields.grid.as_ref());
            let terms = terms(work, &reference, &fields.category, &path)?;
            let lead_path = terms.handler.as_ref().map(|lead| path_of(&reference, lead));
            let short_number = Some(next_number(work, &reference, received)?);
            Ok(Additions { short_number, pin_path: Some(path), lead_path, terms: Some(terms) })
        }
        (Body::Dispatched(fields), Some(_)) => {
            for holder in std::iter::once(&fields.lead).chain(&fields.cooperating) {
                ensure_known(&reference, holder)?;
            }
            Ok(Additions { lead_path: Some(path_of(&reference, &fields.lead)), ..Additions::default() })
        }
        (Body::Recategorised(fields), Some(ticket)) => {
            let terms = terms(work, &reference, &fields.category, &ticket.pin_path)?;
            Ok(Additions { terms: Some(terms), ..Additions::default() })
        }
        (Body::Relocated(fields), Some(ticket)) => {
            let path = reference.place(fields.pin, fields.grid.as_ref());
            let terms = terms(work, &reference, &ticket.category, &path)?;
            Ok(Additions { pin_path: Some(path), terms: Some(terms), ..Additions::default() })
        }
        (Body::Rehomed(fields), Some(ticket)) => {
            let (Holder::Grid(from), Holder::Grid(to)) = (&fields.from, &fields.to) else {
                return Ok(Additions::default());
            };
            let moved = |path: &[GridCode]| path.contains(from).then(|| rehomed(&reference, path, from, to));
            let (pin_path, lead_path) = (moved(&ticket.pin_path), moved(&ticket.lead_path));
            Ok(Additions { pin_path, lead_path, ..Additions::default() })
        }
        _ => Ok(Additions::default()),
    }
}

/// The path after `from` was replaced: that of its last grid, which is the successor if `from` was it.
fn rehomed(reference: &ReferenceSet, path: &[GridCode], from: &GridCode, to: &GridCode) -> Vec<GridCode> {
    let last = path.last().map_or(to, |last| if last == from { to } else { last });
    let renewed = reference.grids().path(last);
    if !renewed.is_empty() {
        return renewed;
    }
    // The last grid is gone too and has its own successor; until that comes, only this one is replaced.
    path.iter().map(|grid| if grid == from { to.clone() } else { grid.clone() }).collect()
}

/// Refuses a reason that no policy of this workspace has ever had. One that a later policy dropped is taken: its author
/// may have chosen it offline, and work is not lost over the words of a list.
pub(super) fn ensure_reasons(work: &Work<'_>, body: &Body) -> Result<(), HubError> {
    let Err(code) = work.reference.policy().reasons.check(body) else { return Ok(()) };
    let earlier = documents::policies(work, work.site.workspace)?;
    if earlier.iter().any(|policy| policy.reasons.check(body).is_ok()) { Ok(()) } else { Err(code.into()) }
}

fn ensure_known(reference: &ReferenceSet, holder: &Holder) -> Result<(), Code> {
    match holder {
        Holder::Grid(code) if reference.grids().get(code).is_none() => Err(Code::UnknownGrid),
        Holder::Agency(code) if !is_agency(reference, code) => Err(Code::UnknownAgency),
        _ => Ok(()),
    }
}

fn is_agency(reference: &ReferenceSet, code: &AgencyCode) -> bool {
    reference.agencies().agencies.iter().any(|agency| agency.code == *code)
}

/// Grids from the root to the holder's; empty for an agency.
fn path_of(reference: &ReferenceSet, holder: &Holder) -> Vec<GridCode> {
    match holder {
        Holder::Grid(code) => reference.grids().path(code),
        Holder::Agency(_) => Vec::new(),
    }
}

fn terms(
    work: &Work<'_>,
    reference: &ReferenceSet,
    category: &redvest_domain::id::CategoryCode,
    path: &[GridCode],
) -> Result<Terms, HubError> {
    let mut staffed = Vec::new();
    for grid in path {
        // The index is named because SQLite would rather walk everybody's roles.
        let mut query = work.prepare_cached(
            "SELECT 1 FROM member_role INDEXED BY member_role_by_key
             WHERE workspace = ?1 AND role = ?2 AND key = ?3 AND to_n IS NULL LIMIT 1",
        )?;
        let key = Key::Grid(grid.clone()).to_string();
        if query.exists(params![work.site.workspace.as_bytes(), Role::Grid as i64, key])? {
            staffed.push(grid);
        }
    }
    let is_staffed = |grid: &GridCode| staffed.contains(&grid);
    reference.terms(category, path.last(), &is_staffed).map_err(|_| Code::UnknownCategory.into())
}

/// Takes the next short number of the local day on which the report came in.
fn next_number(work: &Work<'_>, reference: &ReferenceSet, received: Timestamp) -> Result<String, HubError> {
    let policy = reference.policy();
    // Without its calendar, which a checked policy always has, days are those of UTC.
    let offset_ms = reference.clock(&policy.calendar).map_or(0, |calendar| calendar.offset_ms());
    let day = local_day(received, offset_ms);
    let mut query = work.prepare_cached(
        "INSERT INTO short_number (workspace, day, last) VALUES (?1, ?2, 1)
         ON CONFLICT (workspace, day) DO UPDATE SET last = last + 1 RETURNING last",
    )?;
    let serial: u32 = query.query_row(params![work.site.workspace.as_bytes(), day.to_string()], |row| row.get(0))?;
    Ok(short_number(policy.number_prefix.as_deref(), day, serial, work.site.epoch))
}

/// The local date of an instant.
pub(super) fn local_day(at: Timestamp, offset_ms: i64) -> chrono::NaiveDate {
    at.plus_ms(offset_ms.clamp(-DAY_MS, DAY_MS)).to_utc().date_naive()
}
