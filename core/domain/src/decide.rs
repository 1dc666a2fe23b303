//! `decide`: whether an author may write an event here and now. The phone asks before it writes anything.
//!
//! `decide` = [`may`] (right), then `fits` (stage and holder), then the rules that an event should meet when it is
//! written. What it lets through becomes an event; what it refuses leaves no trace.

use crate::codes::Code;
use crate::event::{Body, Grant, Outcome};
use crate::fits::fits;
use crate::fold::Fact;
use crate::id::ReasonCode;
use crate::may::{Standing, may, room};
use crate::place::Fix;
use crate::terms::Terms;
use crate::ticket::Ticket;
use crate::time::Timestamp;

/// Whether the author may write `fact`, which carries its provisional stamp. Bytes are counted by the hub alone.
pub fn decide(standing: &Standing, fact: &Fact) -> Result<(), Code> {
    is_open_to(standing, fact)?;
    match standing.ticket.map(|ticket| &ticket.terms).or(fact.stamp.terms.as_ref()) {
        Some(terms) => rules(terms, &fact.payload.body),
        None => Ok(()),
    }
}

/// [`decide`] without the rules for photos and places: whether this kind of act is open to the author now, before it is
/// known what the act will carry.
pub fn is_open_to(standing: &Standing, fact: &Fact) -> Result<(), Code> {
    if !fact.payload.is_of(fact.id) {
        return Err(Code::BadBytes);
    }
    may(standing, fact.payload)?;
    let body = &fact.payload.body;
    match standing.ticket {
        Some(ticket) => {
            if ticket.needs_update {
                return Err(Code::NeedsUpdate);
            }
            fits(ticket, fact).map_err(|misfit| misfit.code())?;
            room(ticket.seq, 0, 0, body)?;
            sensible(ticket, fact)
        }
        None => Ok(()),
    }
}

/// What the fold takes as it comes, because it changes no stage, but what an author should not write: reminding without
/// being a dispatcher, urging or carding on what has ended, a suspension that would be cut.
fn sensible(ticket: &Ticket, fact: &Fact) -> Result<(), Code> {
    let ended = || match ticket.voided {
        _ if ticket.stage.is_open() => Ok(()),
        Some(_) => Err(Code::AlreadyVoided),
        None => Err(Code::AlreadyClosed),
    };
    match &fact.payload.body {
        Body::Reminded(_) => {
            ended()?;
            if ticket.has_dispatcher(&fact.payload.acting) { Ok(()) } else { Err(Code::NotDispatcher) }
        }
        Body::Urged(_) | Body::Carded(_) => ended(),
        Body::Asked(fields) => suspension(ticket, fact.stamp.received, &fields.wish),
        Body::Granted(fields) => {
            let asked = ticket.ask.as_ref().filter(|_| fields.ask.is_some());
            suspension(ticket, asked.map_or(fact.stamp.received, |open| open.act.received), &fields.grant)
        }
        _ => Ok(()),
    }
}

/// A suspension no longer than the terms allow; the fold would cut it.
fn suspension(ticket: &Ticket, from: Timestamp, grant: &Grant) -> Result<(), Code> {
    let Grant::Suspension(until) = grant else { return Ok(()) };
    let is_cut = ticket.terms.suspension_end(from).is_some_and(|end| end < *until);
    if is_cut { Err(Code::SuspensionTooLong) } else { Ok(()) }
}

/// The rules for photos and positions. The hub does not ask for them again: unmet ones are marked.
fn rules(terms: &Terms, body: &Body) -> Result<(), Code> {
    match body {
        Body::Reported(fields) => {
            if fields.pin.is_none() && fields.grid.is_none() {
                return Err(Code::NoPlace);
            }
            photos(fields.photos.len(), terms.photos.before)?;
            accuracy(terms, fields.fix.as_ref(), fields.gate_reason.as_ref())
        }
        Body::Relocated(fields) if fields.pin.is_none() && fields.grid.is_none() => Err(Code::NoPlace),
        Body::Rectified(fields) => {
            let after = if fields.outcome == Outcome::Rectified { terms.photos.after } else { 0 };
            photos(fields.photos.len(), after)?;
            accuracy(terms, fields.fix.as_ref(), fields.gate_reason.as_ref())
        }
        _ => Ok(()),
    }
}

fn photos(taken: usize, needed: u8) -> Result<(), Code> {
    if taken < usize::from(needed) { Err(Code::PhotoRuleNotMet) } else { Ok(()) }
}

/// Whether a fix is as accurate as a gate in cm asks; no gate accepts any, also none.
pub fn meets_gate(gate_cm: Option<u32>, fix: Option<&Fix>) -> bool {
    let within = |gate: u32| fix.and_then(|fix| fix.accuracy_cm).is_some_and(|accuracy| accuracy <= gate);
    gate_cm.is_none_or(within)
}

/// A fix within the gate, or a reason why not.
fn accuracy(terms: &Terms, fix: Option<&Fix>, reason: Option<&ReasonCode>) -> Result<(), Code> {
    let met = meets_gate(terms.accuracy_gate_cm, fix);
    if met || reason.is_some() { Ok(()) } else { Err(Code::AccuracyGateNotMet) }
}

#[cfg(test)]
mod tests;
