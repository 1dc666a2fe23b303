//! What the hub writes itself: sealed by its own device chain, numbered and stamped like anybody's events. Ids depend on
//! the cause alone, so that a restart never writes one twice.

use redvest_domain::envelope::{ChainHead, Envelope, Sealed, seal};
use redvest_domain::event::{Base, Body, DeviceTime, Payload, Subject};
use redvest_domain::id::{EventId, MemberId};
use redvest_domain::key::{Acting, Key, Role};
use redvest_domain::stamp::Stamp;
use redvest_domain::time::Timestamp;

use super::log::{self, Appended};
use super::tickets::{self, Arrival, Held};
use super::writer::Work;
use crate::error::HubError;

/// A hub event, sealed and not yet appended.
struct Draft {
    envelope: Envelope,
    sealed: Sealed,
    payload: Payload,
}

fn draft(
    work: &mut Work<'_>,
    subject: Subject,
    id: EventId,
    role: Role,
    body: Body,
    at: Timestamp,
) -> Result<Draft, HubError> {
    let payload = Payload {
        subject,
        acting: Acting { role, key: Key::Workspace },
        base: Base { epoch: work.site.epoch, low: work.site.head_n },
        time: DeviceTime { wall: at, monotonic_ms: 0, boot: 0, offset_ms: Some(0) },
        body,
    };
    let mut head = ChainHead { seq: work.site.hub_seq, hash: work.site.hub_hash };
    let drafts = vec![(id, payload.to_bytes(), None)];
    let sealing = seal(work.site.workspace, work.site.hub, work.keys.signing(), &mut head, drafts);
    let commit = sealing.ok_or(HubError::Internal("sealing"))?;
    (work.site.hub_seq, work.site.hub_hash) = (head.seq, head.hash);
    let n = work.site.head_n + 1;
    log::keep_signature(work, work.site.hub, head.seq, n, &commit.signature)?;
    let sealed = commit.events.into_iter().next().ok_or(HubError::Internal("sealing"))?;
    let envelope = Envelope::from_bytes(&sealed.envelope).map_err(|_| HubError::Internal("sealing"))?;
    Ok(Draft { envelope, sealed, payload })
}

/// Writes a hub event about a ticket, under the hub's own name.
pub(super) fn about_ticket(
    work: &mut Work<'_>,
    held: &mut Held,
    id: EventId,
    body: Body,
    at: Timestamp,
) -> Result<Appended, HubError> {
    let member = work.site.hub_member();
    for_member(work, held, id, Role::Hub, member, body, at)
}

/// Writes an event about a ticket that a member decided at the hub itself, where no device of that member signs.
pub(super) fn for_member(
    work: &mut Work<'_>,
    held: &mut Held,
    id: EventId,
    role: Role,
    member: MemberId,
    body: Body,
    at: Timestamp,
) -> Result<Appended, HubError> {
    let Draft { envelope, sealed, payload } = draft(work, Subject::Ticket(held.id), id, role, body, at)?;
    let arrival = Arrival {
        envelope: &envelope,
        sealed: &sealed,
        payload: &payload,
        member,
        received: at,
        corrected: at,
        unsure: false,
        first: None,
        admitted: false,
    };
    tickets::add(work, held, &arrival)
}

/// Writes a hub event about a member or the workspace.
pub(super) fn about_record(
    work: &mut Work<'_>,
    subject: Subject,
    id: EventId,
    body: Body,
    at: Timestamp,
) -> Result<Appended, HubError> {
    let Draft { envelope, sealed, payload } = draft(work, subject, id, Role::Hub, body, at)?;
    let n = work.site.head_n + 1;
    let stamp = Stamp {
        epoch: work.site.epoch,
        n,
        seq: log::next_seq(work, subject)?,
        first: n,
        member: work.site.hub_member(),
        received: at,
        corrected: at,
        unsure: false,
        law: work.site.law,
        short_number: None,
        pin_path: None,
        lead_path: None,
        terms: None,
        admitted: false,
    };
    log::append(work, &envelope, &sealed, &payload, &stamp)
}
