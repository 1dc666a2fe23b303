//! Whether an event fits a ticket's state: its stage and its holder.
//!
//! The same function refuses on the phone, before anything is written, and makes anomalies in the fold. It reads the
//! state and the event alone. Whether the author has the right is [`crate::may`]'s; whether enough photos were taken is
//! [`crate::decide`]'s, because an event that lacks them still happened.

use crate::event::{Body, Drawn, Granted};
use crate::fold::Fact;
use crate::id::EventId;
use crate::key::Acting;
use crate::misfit::Misfit;
use crate::terms::ReviewPolicy;
use crate::ticket::{Stage, Ticket};
use crate::time::DAY_MS;

/// Whether `fact` fits `ticket` as it stands.
pub fn fits(ticket: &Ticket, fact: &Fact) -> Result<(), Misfit> {
    let acting = &fact.payload.acting;
    match &fact.payload.body {
        Body::Reported(_) => Err(Misfit::OutOfPlace),
        Body::Rectified(_) => rectified(ticket, fact),
        Body::Dispatched(_) => {
            before_work(ticket)?;
            if ticket.has_dispatcher(acting) {
                return Ok(());
            }
            held_by(ticket, acting).map_err(|_| Misfit::NotDispatcher)?;
            ensure(ticket.terms.hand_on, Misfit::HandOnForbidden)
        }
        Body::Accepted(_) => {
            before_work(ticket)?;
            held_by(ticket, acting)?;
            ensure(ticket.stage != Stage::Accepted, Misfit::AlreadyAccepted)
        }
        // Nobody leads a ticket that waits, so only one that was dispatched can be returned.
        Body::Returned(_) => {
            before_work(ticket)?;
            held_by(ticket, acting)
        }
        Body::Contributed(_) => {
            open(ticket)?;
            ensure(ticket.has_cooperating(acting), Misfit::NotCooperating)
        }
        Body::Drawn(drawn) => fits_draw(ticket, drawn),
        Body::Passed(fields) => judged(ticket, acting, fields.rectification),
        Body::SentBack(fields) => judged(ticket, acting, fields.rectification),
        Body::Voided(_) => {
            open(ticket)?;
            if ticket.has_dispatcher(acting) {
                return Ok(());
            }
            reporter_until(ticket, fact, ticket.accepted.is_none())
        }
        Body::Reopened(_) => {
            let ended = match (ticket.stage, &ticket.ended) {
                (Stage::Closed, Some(ended)) => ended,
                (Stage::Voided, _) => return Err(Misfit::AlreadyVoided),
                _ => return Err(Misfit::StageForbids),
            };
            // As with clocks, the instant at which the days are spent is too late; so no days mean never. A hub's clock
            // that was set back gives no days either.
            let days = i64::from(ticket.terms.reopen_days) * DAY_MS;
            ensure(fact.stamp.received.since(ended.received).max(0) < days, Misfit::ReopenTooLate)
        }
        Body::Asked(_) => {
            before_work(ticket)?;
            ensure(ticket.has_lead(acting) || ticket.has_dispatcher(acting), Misfit::NotTheHolder)?;
            ensure(ticket.ask.is_none(), Misfit::AskPending)
        }
        Body::Granted(fields) => granted(ticket, acting, fields),
        Body::Denied(fields) => {
            before_work(ticket)?;
            dispatched_by(ticket, acting)?;
            let open = ticket.ask.as_ref().is_some_and(|open| open.act.event == fields.ask);
            ensure(open, Misfit::NoOpenAsk)
        }
        Body::Resumed(_) => {
            before_work(ticket)?;
            ensure(ticket.has_lead(acting) || ticket.has_dispatcher(acting), Misfit::NotTheHolder)?;
            ensure(ticket.is_suspended(fact.stamp.received), Misfit::NotSuspended)
        }
        Body::Recategorised(_) | Body::Relocated(_) => {
            before_work(ticket)?;
            if ticket.has_dispatcher(acting) {
                return Ok(());
            }
            reporter_until(ticket, fact, ticket.stage <= Stage::Dispatched)
        }
        Body::Rehomed(_) => open(ticket),
        Body::EvidenceAdded(_)
        | Body::Commented(_)
        | Body::PhotoReviewed(_)
        | Body::Reminded(_)
        | Body::Urged(_)
        | Body::Carded(_)
        | Body::Erased(_)
        | Body::Admitted(_) => Ok(()),
        Body::MemberSet(_) | Body::DocumentPublished(_) | Body::LawSet(_) | Body::Unknown(_) => Err(Misfit::OutOfPlace),
    }
}

fn ensure(holds: bool, misfit: Misfit) -> Result<(), Misfit> {
    if holds { Ok(()) } else { Err(misfit) }
}

fn open(ticket: &Ticket) -> Result<(), Misfit> {
    match ticket.stage {
        Stage::Closed => Err(Misfit::AlreadyClosed),
        Stage::Voided => Err(Misfit::AlreadyVoided),
        _ => Ok(()),
    }
}

fn before_work(ticket: &Ticket) -> Result<(), Misfit> {
    open(ticket)?;
    ensure(ticket.stage.is_before_work(), Misfit::AlreadyRectified)
}

fn held_by(ticket: &Ticket, acting: &Acting) -> Result<(), Misfit> {
    ensure(ticket.has_lead(acting), Misfit::NotTheHolder)
}

fn dispatched_by(ticket: &Ticket, acting: &Acting) -> Result<(), Misfit> {
    ensure(ticket.has_dispatcher(acting), Misfit::NotDispatcher)
}

/// The reporter may still change or withdraw what nobody has taken.
fn reporter_until(ticket: &Ticket, fact: &Fact, in_time: bool) -> Result<(), Misfit> {
    ensure(ticket.reporter() == fact.stamp.member, Misfit::NotDispatcher)?;
    ensure(in_time, Misfit::ReporterTooLate)
}

fn rectified(ticket: &Ticket, fact: &Fact) -> Result<(), Misfit> {
    open(ticket)?;
    // Whatever handler the hub stamped: the reporter was there first.
    if ticket.is_on_the_spot(fact) && ticket.stage.is_before_work() {
        return Ok(());
    }
    held_by(ticket, &fact.payload.acting)
}

/// A verdict names the rectification that it judged; a newer one has to be looked at first.
fn judged(ticket: &Ticket, acting: &Acting, rectification: EventId) -> Result<(), Misfit> {
    open(ticket)?;
    ensure(ticket.stage == Stage::Rectified, Misfit::StageForbids)?;
    let current = ticket.rectification.as_ref().map(|current| current.act.event);
    ensure(current == Some(rectification), Misfit::NewerRectification)?;
    ensure(ticket.has_reviewer(acting), Misfit::NotReviewer)
}

fn fits_draw(ticket: &Ticket, drawn: &Drawn) -> Result<(), Misfit> {
    let undrawn = ticket.stage == Stage::Rectified
        && matches!(ticket.terms.review, ReviewPolicy::Sampled(_))
        && ticket.rectification.as_ref().is_some_and(|rectification| {
            rectification.act.event == drawn.rectification && rectification.drawn.is_none()
        });
    ensure(undrawn, Misfit::NothingToDraw)
}

/// Granting answers the open ask, or gives what nobody asked for.
fn granted(ticket: &Ticket, acting: &Acting, fields: &Granted) -> Result<(), Misfit> {
    before_work(ticket)?;
    dispatched_by(ticket, acting)?;
    match (fields.ask, &ticket.ask) {
        (None, _) => Ok(()),
        (Some(ask), Some(open)) if open.act.event == ask => Ok(()),
        (Some(_), _) => Err(Misfit::NoOpenAsk),
    }
}
