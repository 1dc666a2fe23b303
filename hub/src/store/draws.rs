//! The draw: which rectifications a supervisor has to judge, decided in the transaction of the rectification itself.

use redvest_domain::event::{Body, Drawn};
use redvest_domain::terms::ReviewPolicy;
use redvest_domain::ticket::Stage;
use redvest_domain::time::Timestamp;

use super::tickets::Held;
use super::writer::Work;
use super::{hub_events, log};
use crate::accept::{hub_event_id, is_drawn};
use crate::error::HubError;

/// Number of the kind `drawn`.
const DRAWN: u16 = 8;

/// Draws the rectification that waits for it, if there is one. The secret behind the draw never changes, and the event's
/// id follows from the rectification's, so that a second try comes to the same event.
pub(super) fn draw(work: &mut Work<'_>, held: &mut Held, at: Timestamp) -> Result<(), HubError> {
    let Some(ticket) = held.state.as_ref().filter(|ticket| ticket.stage == Stage::Rectified) else { return Ok(()) };
    let undrawn = ticket.rectification.as_ref().filter(|rectification| rectification.drawn.is_none());
    let (Some(rectification), ReviewPolicy::Sampled(percent)) = (undrawn, ticket.terms.review) else { return Ok(()) };
    let rectification = rectification.act.event;
    let id = hub_event_id(work.site.workspace, held.id, rectification, DRAWN, &[]);
    if log::has(work, work.site.workspace, id)? {
        return Ok(());
    }
    let chosen = is_drawn(&work.keys.draw_mac(rectification.as_bytes()), percent);
    hub_events::about_ticket(work, held, id, Body::Drawn(Drawn { rectification, chosen }), at)?;
    Ok(())
}
