//! What the hub knows of a commit before it takes it: that it was taken already, that its ticket is not here, that its
//! words were erased.

use std::borrow::Cow;

use redvest_domain::codes::Code;
use redvest_domain::envelope::{Envelope, Sealed};
use redvest_domain::event::Payload;
use redvest_domain::id::{EventId, TicketId};
use redvest_domain::stamp::Stamp;
use redvest_domain::time::DAY_MS;

use super::accept::{Taken, Turned};
use super::devices::Chain;
use super::prepare::Prepared;
use super::writer::Work;
use super::{erase, log, outcomes, tickets};
use crate::error::HubError;

/// Days in a new epoch for which work on a lost ticket waits for somebody to relay it.
const RELAY_DAYS: i64 = 14;

/// The outcomes of a commit whose events are all in the log already, from the same member with the same content: a
/// re-keyed device issues again what it did not hear of. `None` when all of them are new.
pub(super) fn before(
    work: &Work<'_>,
    chain: &Chain,
    item: &Prepared,
    ids: &[EventId],
) -> Result<Option<Vec<Taken>>, HubError> {
    let workspace = work.site.workspace;
    let mut taken = Vec::new();
    for (id, envelope) in ids.iter().zip(&item.envelopes) {
        let Some(known) = log::known(work, workspace, *id)? else { continue };
        let damaged = |_| HubError::Damaged("event");
        let old = Envelope::from_bytes(&known.envelope).map_err(damaged)?;
        if (old.payload, old.private, known.member) != (envelope.payload, envelope.private, chain.member) {
            return Err(Code::IdConflict.into());
        }
        let Ok(Some(ticket)) = item.payloads[taken.len()].as_ref().map(|payload| payload.subject.ticket()) else {
            return Err(Code::IdConflict.into());
        };
        let held = tickets::load(work, workspace, ticket)?;
        let stamp = Stamp::from_bytes(&known.stamp).map_err(damaged)?;
        let fate = outcomes::fate(held.state()?, *id, stamp.epoch, known.n, known.hash, stamp.admitted);
        taken.push(Taken { n: known.n, fate });
    }
    match taken.len() {
        0 => Ok(None),
        all if all == ids.len() => Ok(Some(taken)),
        // A commit stands or falls as a whole, so one of which only a part is known is not the one that was taken.
        _ => Err(Code::IdConflict.into()),
    }
}

/// What becomes of work on a ticket that is not here.
pub(super) fn without_parent(
    work: &Work<'_>,
    chain: &Chain,
    ticket: TicketId,
    first: &Payload,
) -> Result<Turned, HubError> {
    if outcomes::was_refused(work, chain.device, ticket.reported())? {
        return Ok(Turned::Refused(Code::ParentRefused));
    }
    let base = first.base;
    // Whatever the author had seen of this order is here; a ticket that is not was never part of it.
    let is_covered = base.epoch == 0 || base.epoch <= work.site.epoch && work.site.seen(work.tx, base)? == base.low;
    // A ticket that a restore lost may come back with any phone that held it; one that nobody brings must not hold up
    // its author's later work for ever.
    let waited = work.now.since(work.site.opened(work.tx)?) > RELAY_DAYS * DAY_MS;
    let is_lost = is_covered || base.epoch < work.site.epoch && waited;
    Ok(if is_lost { Turned::Refused(Code::ParentLost) } else { Turned::Later(Code::ParentMissing) })
}

/// The event as it may be kept: what was erased before a restore comes back without its private part, and no other
/// comes so.
pub(super) fn without_erased<'e>(
    work: &Work<'_>,
    envelope: &Envelope,
    sealed: &'e Sealed,
) -> Result<Cow<'e, Sealed>, Turned> {
    match (envelope.private, erase::is_erased(work, work.site.workspace, envelope.id)?) {
        (Some(_), true) => Ok(Cow::Owned(Sealed { private: None, ..sealed.clone() })),
        (Some(_), false) if sealed.private.is_none() => Err(Turned::Problem(Code::BadBytes)),
        _ => Ok(Cow::Borrowed(sealed)),
    }
}
