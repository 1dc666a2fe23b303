//! What a member could do to a ticket now: the law itself, asked with the least that each act needs.

use redvest_domain::codes::Code;
use redvest_domain::decide::is_open_to;
use redvest_domain::event::*;
use redvest_domain::fold::Fact;
use redvest_domain::id::EventId;
use redvest_domain::key::Acting;
use redvest_domain::reference::{Reason, ReferenceSet};
use redvest_domain::stamp::PROVISIONAL;
use redvest_domain::terms::Holder;
use redvest_domain::ticket::Ticket;
use rusqlite::Connection;

use super::acting::candidates;
use super::stamping::Press;
use super::write::Ctx;
use crate::Error;
use crate::store::{Store, append};
use crate::view::Act;

/// The acts that this member's commands would not refuse, given complete arguments.
///
/// # Errors
/// [`Error::NotEnrolled`], those of the database.
pub(crate) fn acts(
    store: &Store,
    connection: &Connection,
    reference: &ReferenceSet,
    ticket: &Ticket,
) -> Result<Vec<Act>, Error> {
    let ctx = match Ctx::new(store, connection, reference) {
        // Nobody here can say what an act would mean.
        Err(Error::Law(Code::NewerLaw)) => return Ok(Vec::new()),
        found => found?,
    };
    let first = PROVISIONAL + append::next_ord(connection)?.unsigned_abs();
    // Who is staffed decides who gets a ticket, never whether somebody may act.
    let press = ctx.press_with(None);
    let roles = candidates(&ctx.record, None);
    let is_open = |act: &Act| {
        let body = least(*act, ticket, reference);
        body.is_some_and(|body| roles.iter().any(|acting| ctx.is_open(&press, first, ticket, acting, &body)))
    };
    Ok(Act::ALL.into_iter().filter(is_open).collect())
}

impl Ctx<'_> {
    fn is_open(&self, press: &Press<'_>, n: u64, ticket: &Ticket, acting: &Acting, body: &Body) -> bool {
        let Ok(stamp) = press.stamp(Some(ticket), body, n, n) else { return false };
        let payload = self.payload(ticket.id, acting, body);
        let fact = Fact { id: EventId::from_bytes([0; 16]), payload: &payload, stamp: &stamp };
        is_open_to(&self.standing(acting, Some(ticket)), &fact).is_ok()
    }
}

/// The event with the least that it can say; `None` where there is nothing that it could say.
fn least(act: Act, ticket: &Ticket, reference: &ReferenceSet) -> Option<Body> {
    let reasons = &reference.policy().reasons;
    let any = |list: &[Reason]| list.first().map(|reason| reason.code.clone());
    let rectification = ticket.rectification.as_ref().map(|done| done.act.event);
    Some(match act {
        Act::Accept => Body::Accepted(Accepted {}),
        Act::Return => Body::Returned(Returned { reason: any(&reasons.returned)? }),
        Act::Rectify => Body::Rectified(Rectified {
            outcome: Outcome::NothingFound,
            photos: Vec::new(),
            fix: None,
            gate_reason: None,
        }),
        Act::Contribute => Body::Contributed(Contributed { done: false, photos: Vec::new() }),
        Act::Dispatch => {
            Body::Dispatched(Dispatched { lead: holder(ticket, reference)?, cooperating: Vec::new(), reason: None })
        }
        Act::AddEvidence => Body::EvidenceAdded(EvidenceAdded { photos: Vec::new() }),
        Act::Comment => Body::Commented(Commented {}),
        Act::Pass => Body::Passed(Passed { rectification: rectification?, photos: Vec::new(), fix: None }),
        Act::SendBack => Body::SentBack(SentBack {
            rectification: rectification?,
            reasons: vec![any(&reasons.sent_back)?],
            photos: Vec::new(),
            fix: None,
        }),
        Act::ReviewPhoto => {
            let photo = ticket.photos.first()?.original;
            Body::PhotoReviewed(PhotoReviewed { photo, verdict: PhotoVerdict::Fine })
        }
        Act::Void => Body::Voided(Voided { reason: VoidReason::Mistake }),
        Act::Reopen => Body::Reopened(Reopened { reason: any(&reasons.reopened)? }),
        Act::Ask => Body::Asked(Asked { wish: Grant::Extension(1), reason: any(&reasons.extended)? }),
        Act::Grant => Body::Granted(Granted { ask: None, grant: Grant::Extension(1) }),
        Act::Deny => Body::Denied(Denied { ask: ticket.ask.as_ref()?.act.event }),
        Act::ResumeClocks => Body::Resumed(Resumed {}),
        Act::Remind => Body::Reminded(Reminded { clock: None }),
        Act::Urge => Body::Urged(Urged { whom: None }),
        Act::Card => Body::Carded(Carded { whom: holder(ticket, reference)?, clock: None }),
        Act::Recategorise => {
            let category = reference.catalogue().categories.iter().find(|category| !category.retired)?;
            Body::Recategorised(Recategorised { category: category.code.clone() })
        }
        Act::Relocate => Body::Relocated(Relocated { pin: ticket.pin, grid: None }),
    })
}

/// Some holder that can be named: the lead, else whoever comes first.
fn holder(ticket: &Ticket, reference: &ReferenceSet) -> Option<Holder> {
    let grids = reference.grids();
    let agencies = &reference.agencies().agencies;
    let is_known = |holder: &&Holder| match holder {
        Holder::Grid(code) => grids.get(code).is_some(),
        Holder::Agency(code) => agencies.iter().any(|agency| agency.code == *code),
    };
    let agency = || agencies.first().map(|agency| Holder::Agency(agency.code.clone()));
    let grid = || grids.document().grids.first().map(|grid| Holder::Grid(grid.code.clone()));
    ticket.lead.as_ref().filter(is_known).cloned().or_else(agency).or_else(grid)
}
