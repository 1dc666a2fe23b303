//! `decide`: whether an author may write an event here and now. The phone asks before it writes anything.
//!
//! `decide` = [`may`] (right), then `fits` (stage and holder), then the rules for photos and positions. What it lets
//! through becomes an event; what it refuses leaves no trace.

use crate::codes::Code;
use crate::event::{Body, Outcome};
use crate::fits::fits;
use crate::fold::Fact;
use crate::id::ReasonCode;
use crate::may::{Standing, may};
use crate::place::Fix;
use crate::terms::Terms;

/// Whether the author may write `fact`, which carries its provisional stamp.
pub fn decide(standing: &Standing, fact: &Fact) -> Result<(), Code> {
    may(standing, fact.payload)?;
    let terms = match standing.ticket {
        Some(ticket) if ticket.needs_update => return Err(Code::NeedsUpdate),
        Some(ticket) => {
            fits(ticket, fact).map_err(|misfit| misfit.code())?;
            Some(&ticket.terms)
        }
        None => fact.stamp.terms.as_ref(),
    };
    match terms {
        Some(terms) => rules(terms, &fact.payload.body),
        None => Ok(()),
    }
}

/// The rules that an event should meet when it is written. The hub does not ask for them again: unmet ones are marked.
fn rules(terms: &Terms, body: &Body) -> Result<(), Code> {
    match body {
        Body::Reported(fields) => {
            if fields.pin.is_none() && fields.grid.is_none() {
                return Err(Code::NoPlace);
            }
            photos(fields.photos.len(), terms.photos.before)?;
            accuracy(terms, fields.fix.as_ref(), fields.gate_reason.as_ref())
        }
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

/// A fix within the gate, or a reason why not.
fn accuracy(terms: &Terms, fix: Option<&Fix>, reason: Option<&ReasonCode>) -> Result<(), Code> {
    let within = |gate: u32| fix.and_then(|fix| fix.accuracy_cm).is_some_and(|accuracy| accuracy <= gate);
    let met = terms.accuracy_gate_cm.is_none_or(within);
    if met || reason.is_some() { Ok(()) } else { Err(Code::AccuracyGateNotMet) }
}
