//! Admission: the office takes a commit that was refused. Its events enter the order now, marked as admitted.

use redvest_domain::codes::Code;
use redvest_domain::event::{Admitted, Body};
use redvest_domain::id::{DeviceId, EventId};
use redvest_domain::key::{Acting, Key, Role};
use redvest_domain::time::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::columns::integer;
use super::prepare::{self, Prepared, prepare};
use super::tickets::{Arrival, Held};
use super::writer::Work;
use super::{Store, accept, devices, erase, hub_events, log, members, outcomes, tickets};
use crate::accept::corrected;
use crate::error::HubError;
use crate::keys::random;

/// A refused commit as kept; the event named is its last.
fn refused(work: &Work<'_>, commit: EventId) -> Result<Option<Prepared>, HubError> {
    let kept: Option<(Vec<u8>, [u8; 16])> = work
        .prepare_cached(
            "SELECT commit_bytes, device FROM device_log
             WHERE workspace = ?1 AND event = ?2 AND n IS NULL AND commit_bytes IS NOT NULL LIMIT 1",
        )?
        .query_row(params![work.site.workspace.as_bytes(), commit.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((bytes, device)) = kept else { return Ok(None) };
    let damaged = || HubError::Damaged("device_log.commit_bytes");
    let commit = prepare::kept(&bytes).map_err(|_| damaged())?;
    let device = devices::chain(work, work.site.workspace, DeviceId::from_bytes(device))?.ok_or_else(damaged)?;
    // Its signature was verified before it was refused, and the envelopes bind the bytes.
    prepare(commit, &device.key.0).map(Some).map_err(|_| damaged())
}

/// Takes a refused commit into the ticket `held` that it is about, and tells its device.
pub(super) fn take(work: &mut Work<'_>, held: &mut Held, commit: EventId, at: Timestamp) -> Result<(), HubError> {
    let Some(item) = refused(work, commit)? else { return Err(Code::ParentLost.into()) };
    let workspace = work.site.workspace;
    let payloads = item.payloads.iter().map(|payload| payload.as_ref().map_err(|code| HubError::Law(*code)));
    let payloads = payloads.collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<EventId> = item.envelopes.iter().map(|envelope| envelope.id).collect();
    let is_another = accept::subject(&ids, &payloads)? != held.id;
    let is_admission = payloads.iter().any(|payload| matches!(payload.body, Body::Admitted(_) | Body::Unknown(_)));
    if is_another || is_admission {
        return Err(Code::BadBytes.into());
    }
    if held.state.is_none() && !matches!(payloads[0].body, Body::Reported(_)) {
        return Err(Code::ParentLost.into());
    }
    let chain = devices::chain(work, workspace, item.device())?.ok_or(HubError::Damaged("device_log.device"))?;
    let mut first = None;
    for (place, payload) in payloads.iter().enumerate() {
        if erase::is_erased(work, workspace, ids[place])? {
            return Err(Code::ErasedId.into());
        }
        if log::has(work, workspace, ids[place])? {
            return Err(Code::IdConflict.into());
        }
        let low = work.site.seen(work.tx, payload.base)?;
        let base = log::received(work, workspace, low)?.unwrap_or(Timestamp::MIN);
        let arrival = Arrival {
            envelope: &item.envelopes[place],
            sealed: &item.commit.events[place],
            payload,
            member: chain.member,
            received: at,
            corrected: corrected(payload.time.estimate(), base, Timestamp::MIN, at),
            unsure: payload.time.offset_ms.is_none(),
            first,
            admitted: true,
        };
        let appended = tickets::add(work, held, &arrival)?;
        first.get_or_insert(appended.n);
        let fate = outcomes::fate(held.state()?, ids[place], work.site.epoch, appended.n, appended.hash, true);
        let seq = item.envelopes[place].seq;
        work.prepare_cached(
            "UPDATE device_log SET n = ?4, commit_bytes = NULL WHERE workspace = ?1 AND device = ?2 AND seq = ?3",
        )?
        .execute(params![
            workspace.as_bytes(),
            item.device().as_bytes(),
            integer(seq),
            integer(appended.n)
        ])?;
        outcomes::add(work, item.device(), seq, ids[place], fate)?;
    }
    let ((_, last), n) = (item.span(), work.site.head_n);
    log::keep_signature(work, item.device(), last, n, &item.commit.signature)?;
    accept::follow_up(work, held, &payloads, at)
}

/// Refuses unless this member acts for the office now.
pub(super) fn ensure_office(work: &Work<'_>, member: redvest_domain::id::MemberId) -> Result<(), HubError> {
    let office = Acting { role: Role::Office, key: Key::Workspace };
    let record = members::record(work, work.site.workspace, member)?;
    if record.is_some_and(|record| record.holds(&office)) { Ok(()) } else { Err(Code::RoleNotHeld.into()) }
}

/// An id for an event that somebody decided at the hub itself.
pub(super) fn fresh_id(at: Timestamp) -> Result<EventId, HubError> {
    let ms = u64::try_from(at.0).unwrap_or(0);
    Ok(EventId(uuid::Builder::from_unix_timestamp_millis(ms, &random()?).into_uuid()))
}

impl Store {
    /// A member of the office admits a refused commit, named by its last event; an `admitted` event says so on the
    /// ticket. The device hears of it in its outcome feed.
    ///
    /// # Errors
    /// Of the law: `RoleNotHeld` when the member is not of the office, `ParentLost` when there is no such commit or its
    /// ticket is not here, `BadBytes` when its payload cannot be read, `IdConflict`, `ErasedId`, `TicketFull`,
    /// `UnknownCategory` and the like.
    pub async fn admit(&self, by: redvest_domain::id::MemberId, commit: EventId) -> Result<(), HubError> {
        self.write(move |work| {
            work.ensure_not_behind()?;
            ensure_office(work, by)?;
            let item = refused(work, commit)?.ok_or(Code::ParentLost)?;
            let ticket = item.payloads[0].as_ref().ok().and_then(|payload| payload.subject.ticket());
            let mut held = tickets::load(work, work.site.workspace, ticket.ok_or(Code::BadBytes)?)?;
            let at = work.now;
            take(work, &mut held, commit, at)?;
            let body = Body::Admitted(Admitted { commit });
            hub_events::for_member(work, &mut held, fresh_id(at)?, Role::Office, by, body, at)?;
            Ok(())
        })
        .await
    }
}
