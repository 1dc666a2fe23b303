//! Who may: the right to write an event, apart from whether it still fits.
//!
//! The hub asks only this of what it receives. Rights are judged over the stretch from what the author had seen
//! (`base`) until now, because an honest author offline cannot know what changed since. Law: "Who"; protocol: "`may`,
//! `fits`, and outcomes".

use std::collections::BTreeSet;

use crate::codes::Code;
use crate::event::{
    Body, MAX_EVENT_BYTES, MAX_TICKET_BYTES, MAX_TICKET_EVENTS, Payload, STAGE_RESERVE, STAGE_RESERVE_BYTES, Subject,
};
use crate::id::MemberId;
use crate::key::{Acting, Key, MemberRecord, Role};
use crate::ticket::Ticket;

/// What is known of the author and of the ticket's whereabouts.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The authenticated author, never what the body says.
    pub author: MemberId,
    /// Whether the author held the acting role at some moment from `base` until now, or within the days of grace.
    pub held: bool,
    /// Whether one of the keys of [`scope`] was a key of the ticket at some moment from `base` until now. Without
    /// meaning for a new report.
    pub in_scope: bool,
    /// The ticket as it stands; `None` for a new report and for events about no ticket.
    pub ticket: Option<&'a Ticket>,
}

/// The keys through which an author reaches a ticket: as a volunteer everything subscribed, else what is acted for.
pub fn scope(acting: &Acting, record: &MemberRecord) -> BTreeSet<Key> {
    match acting.role {
        Role::Volunteer => record.subscription(),
        _ => BTreeSet::from([acting.key.clone()]),
    }
}

/// Whether the author may write this.
pub fn may(standing: &Standing, payload: &Payload) -> Result<(), Code> {
    let ensure = |holds: bool, code: Code| if holds { Ok(()) } else { Err(code) };
    let acting = &payload.acting;
    ensure(payload.body.is_about(payload.subject), Code::BadBytes)?;
    ensure(acting.is_possible(standing.author), Code::WrongAuthor)?;
    ensure(standing.held, Code::RoleNotHeld)?;
    ensure(role_has_kind(acting.role, &payload.body), Code::RoleLacksKind)?;
    if !matches!(payload.subject, Subject::Ticket(_)) {
        return Ok(());
    }
    if matches!(payload.body, Body::Reported(_)) {
        return Ok(());
    }
    let ticket = standing.ticket.ok_or(Code::ParentMissing)?;
    let own = ticket.reporter() == standing.author;
    ensure(standing.in_scope || own && acting.role == Role::Volunteer, Code::OutOfScope)?;
    match &payload.body {
        Body::Passed(_) | Body::SentBack(_) => ensure(!ticket.authors.contains(&standing.author), Code::FourEyes),
        // What a volunteer may do to a ticket beyond adding to it, only its reporter may.
        Body::Voided(_) | Body::Recategorised(_) | Body::Relocated(_) if acting.role == Role::Volunteer => {
            ensure(own, Code::RoleLacksKind)
        }
        // Neither volunteers nor supervisors hold tickets: they put right on the spot what they reported.
        Body::Rectified(_) if matches!(acting.role, Role::Volunteer | Role::Supervisor) => {
            ensure(own, Code::RoleLacksKind)
        }
        _ => Ok(()),
    }
}

/// Whether a ticket that has `events` events of `bytes` bytes has room for one more of `size` bytes. The last of its
/// room is kept for what moves the ticket on, so that nobody can fill a ticket and so stop it. Erasing, and what the hub
/// writes because the ticket moved, is never turned away.
pub fn room(events: u32, bytes: u64, size: usize, body: &Body) -> Result<(), Code> {
    if size > MAX_EVENT_BYTES {
        return Err(Code::EventTooLarge);
    }
    if matches!(body, Body::Drawn(_) | Body::Rehomed(_) | Body::Erased(_)) {
        return Ok(());
    }
    let (kept, kept_bytes) = if body.moves_on() { (0, 0) } else { (STAGE_RESERVE, STAGE_RESERVE_BYTES) };
    let fits = events < MAX_TICKET_EVENTS - kept && bytes.saturating_add(size as u64) <= MAX_TICKET_BYTES - kept_bytes;
    if fits { Ok(()) } else { Err(Code::TicketFull) }
}

/// Whether a role has a kind at all (LAW, events). Unknown kinds belong to nobody.
pub fn role_has_kind(role: Role, body: &Body) -> bool {
    use Role::{Agency, Grid, Hub, Office, Supervisor, Volunteer};
    let roles: &[Role] = match body {
        Body::Reported(_) | Body::EvidenceAdded(_) | Body::Commented(_) => {
            &[Volunteer, Grid, Agency, Supervisor, Office]
        }
        // Volunteers and supervisors put right on the spot only; `fits` asks for that.
        Body::Rectified(_) => &[Volunteer, Grid, Agency, Supervisor, Office],
        Body::Dispatched(_) => &[Grid, Agency, Supervisor, Office],
        Body::Accepted(_) | Body::Returned(_) | Body::Contributed(_) => &[Grid, Agency, Office],
        Body::Passed(_) | Body::SentBack(_) => &[Grid, Supervisor, Office],
        Body::PhotoReviewed(_) | Body::Reopened(_) | Body::Urged(_) => &[Supervisor, Office],
        Body::Voided(_) | Body::Recategorised(_) | Body::Relocated(_) => &[Volunteer, Grid, Supervisor, Office],
        Body::Asked(_) | Body::Resumed(_) => &[Grid, Agency, Supervisor, Office],
        Body::Granted(_) | Body::Denied(_) => &[Grid, Supervisor, Office],
        Body::Reminded(_) => &[Grid, Supervisor, Office, Hub],
        Body::Carded(_) => &[Supervisor, Office, Hub],
        Body::Erased(_) => &[Office, Hub],
        Body::Admitted(_) => &[Office],
        Body::Drawn(_) | Body::Rehomed(_) => &[Hub],
        Body::MemberSet(_) | Body::DocumentPublished(_) | Body::LawSet(_) => &[Hub],
        Body::Unknown(_) => &[],
    };
    roles.contains(&role)
}

#[cfg(test)]
mod tests;
