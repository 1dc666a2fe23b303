//! Taking commits: the one way in which a device's events become part of the order. Protocol: "`may`, `fits`, and
//! outcomes".
//!
//! A commit ends in one of four ways. *Accepted* or *refused*: its place in the device's chain is used up and the device
//! is told, now and whenever it asks again. *Later*: nothing is consumed and the batch stops before it. *Problem*: the
//! message itself is wrong, nothing is consumed. The hub asks who may, never what fits: the fold says that.

use redvest_domain::codes::{Code, Explained};
use redvest_domain::event::{Body, Payload};
use redvest_domain::id::{EventId, TicketId};
use redvest_domain::key::{Key, Role};
use redvest_domain::may::{Standing, may};
use redvest_domain::stamp::Head;
use redvest_domain::time::{DAY_MS, Timestamp};
use redvest_domain::wire::{Fate, Later, MAX_PUSH, Outcome, Push, Pushed};
use redvest_domain::{cbor, wire};
use rusqlite::params;

use super::columns::integer;
use super::devices::{self, Auth, Chain};
use super::prepare::{Prepared, prepare};
use super::tickets::{Arrival, Held};
use super::writer::Work;
use super::{Store, admit, draws, erase, known, log, members, outcomes, rehome, tickets};
use crate::accept::corrected;
use crate::error::HubError;

/// How a commit was turned away.
#[derive(Debug)]
pub(super) enum Turned {
    Refused(Code),
    Later(Code),
    Problem(Code),
    Failed(HubError),
}

impl From<HubError> for Turned {
    fn from(error: HubError) -> Self {
        match error {
            HubError::Law(code) => Turned::Refused(code),
            other => Turned::Failed(other),
        }
    }
}

/// An event that was taken: its number and what became of it.
pub(super) struct Taken {
    pub(super) n: u64,
    pub(super) fate: Fate,
}

fn later(code: Code) -> Later {
    // A missing parent may come with anybody's next push; a newer program does not come by waiting.
    let retry_after = (code == Code::ParentMissing).then_some(30);
    Later { code: code.as_str().to_owned(), zh: code.zh(), en: code.en(), retry_after }
}

fn push(
    work: &mut Work<'_>,
    auth: &Auth,
    items: &[Result<Prepared, Code>],
    seen: Option<&Head>,
    received: Timestamp,
) -> Result<Pushed, HubError> {
    work.ensure_not_behind()?;
    work.site.check_seen(work.tx, work.keys, seen)?;
    let mut chain = devices::chain(work, work.site.workspace, auth.device)?.ok_or(HubError::TokenUnknown)?;
    chain.ensure_alive()?;
    let mut pushed = Pushed { outcomes: Vec::new(), next_seq: 0, later: None, now: work.now };
    for (index, item) in items.iter().enumerate() {
        let is_last = index + 1 == items.len();
        let consumed = match item {
            Err(code) => Err(Turned::Problem(*code)),
            Ok(item) => consume(work, &mut chain, item, is_last, received),
        };
        match consumed {
            Ok(lines) => pushed.outcomes.extend(lines),
            Err(Turned::Failed(error)) => return Err(error),
            // With nothing before it the message is answered with the problem itself. Behind others it stops the batch,
            // so that what they came to is answered; it will be the first of the next.
            Err(Turned::Problem(code)) if index == 0 => return Err(code.into()),
            Err(Turned::Problem(code) | Turned::Later(code) | Turned::Refused(code)) => {
                pushed.later = Some(later(code));
                break;
            }
        }
    }
    pushed.next_seq = chain.seq + 1;
    Ok(pushed)
}

/// Consumes one commit, or says why not.
fn consume(
    work: &mut Work<'_>,
    chain: &mut Chain,
    item: &Prepared,
    is_last: bool,
    received: Timestamp,
) -> Result<Vec<Outcome>, Turned> {
    if (item.envelopes[0].workspace, item.device()) != (work.site.workspace, chain.device) {
        return Err(Turned::Problem(Code::WrongAuthor));
    }
    if item.is_cut {
        return Err(if is_last { Turned::Later(Code::ParentMissing) } else { Turned::Problem(Code::BadBytes) });
    }
    let (first, last) = item.span();
    if last <= chain.seq {
        return repeated(work, chain, item);
    }
    if first > chain.seq + 1 {
        return Err(Turned::Later(Code::ParentMissing));
    }
    if first <= chain.seq || item.envelopes[0].prev != chain.hash {
        return Err(Turned::Problem(Code::ForkedChain));
    }
    if !item.is_signed {
        return Err(Turned::Problem(Code::BadSignature));
    }
    let mut reached = chain.clone();
    let taken = match work.part(|work| add(work, &mut reached, item, received)) {
        Ok(taken) => Ok(taken),
        Err(Turned::Refused(code)) => Err(code),
        Err(other) => return Err(other),
    };
    if taken.is_ok() {
        *chain = reached;
    }
    (chain.seq, chain.hash) = (last, item.last_link());
    chain.save(work, work.site.workspace)?;
    Ok(note(work, item, taken)?)
}

/// The first outcomes again, if these are the bytes that the hub consumed at that place.
fn repeated(work: &Work<'_>, chain: &Chain, item: &Prepared) -> Result<Vec<Outcome>, Turned> {
    let workspace = work.site.workspace;
    let mut lines = Vec::new();
    let mut query = work
        .prepare_cached(
            "SELECT 1 FROM device_log WHERE workspace = ?1 AND device = ?2 AND seq = ?3 AND envelope_hash = ?4",
        )
        .map_err(HubError::from)?;
    for (envelope, link) in item.envelopes.iter().zip(&item.links) {
        let place = params![workspace.as_bytes(), chain.device.as_bytes(), integer(envelope.seq), link.0];
        if !query.exists(place).map_err(HubError::from)? {
            return Err(Turned::Problem(Code::ForkedChain));
        }
        lines.extend(outcomes::latest(work, workspace, chain.device, envelope.seq)?);
    }
    Ok(lines)
}

/// Keeps what the hub consumed, and tells the device.
fn note(work: &Work<'_>, item: &Prepared, taken: Result<Vec<Taken>, Code>) -> Result<Vec<Outcome>, HubError> {
    let device = item.device();
    let last = item.envelopes.len() - 1;
    let mut lines = Vec::new();
    for (place, (envelope, link)) in item.envelopes.iter().zip(&item.links).enumerate() {
        let (n, fate) = match &taken {
            Ok(taken) => (Some(taken[place].n), taken[place].fate.clone()),
            Err(code) => (None, outcomes::refused(*code)),
        };
        // What was erased is not kept a second time.
        let is_kept = place == last && taken.as_ref().is_err_and(|code| *code != Code::ErasedId);
        work.prepare_cached(
            "INSERT INTO device_log (workspace, device, seq, envelope_hash, event, n, commit_bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            work.site.workspace.as_bytes(),
            device.as_bytes(),
            integer(envelope.seq),
            link.0,
            envelope.id.as_bytes(),
            n.map(integer),
            is_kept.then(|| cbor::encode(&item.commit))
        ])?;
        lines.push(outcomes::add(work, device, envelope.seq, envelope.id, fate)?);
    }
    Ok(lines)
}

/// Adds a commit to its ticket, event by event; any refusal refuses it as a whole.
fn add(work: &mut Work<'_>, chain: &mut Chain, item: &Prepared, received: Timestamp) -> Result<Vec<Taken>, Turned> {
    let payloads = item.payloads.iter().map(|payload| payload.as_ref().map_err(|code| Turned::Refused(*code)));
    let payloads = payloads.collect::<Result<Vec<&Payload>, Turned>>()?;
    if payloads.iter().any(|payload| matches!(payload.body, Body::Unknown(_))) {
        return Err(Turned::Later(Code::OlderLaw));
    }
    let ids: Vec<EventId> = item.envelopes.iter().map(|envelope| envelope.id).collect();
    let ticket = subject(&ids, &payloads).map_err(Turned::Refused)?;
    if let Some(taken) = known::before(work, chain, item, &ids)? {
        return Ok(taken);
    }
    let mut held = tickets::load(work, work.site.workspace, ticket)?;
    let first = payloads[0];
    if held.state.is_none() && !matches!(first.body, Body::Reported(_) | Body::Admitted(_)) {
        return Err(known::without_parent(work, chain, ticket, first)?);
    }
    let mut first_n = None;
    let mut taken = Vec::new();
    for (place, payload) in payloads.iter().enumerate() {
        // What a device has seen it does not unsee: an older base than before would only lengthen its rights.
        let low = work.site.seen(work.tx, payload.base)?.max(chain.seen_low);
        chain.seen_low = low;
        ensure_right(work, chain, &mut held, payload, low, received)?;
        let base = log::received(work, work.site.workspace, low)?.unwrap_or(Timestamp::MIN);
        let sealed = known::without_erased(work, &item.envelopes[place], &item.commit.events[place])?;
        let arrival = Arrival {
            envelope: &item.envelopes[place],
            sealed: &sealed,
            payload,
            member: chain.member,
            received,
            corrected: corrected(payload.time.estimate(), base, chain.last_corrected, received),
            unsure: payload.time.offset_ms.is_none(),
            first: first_n,
            admitted: false,
        };
        chain.last_corrected = arrival.corrected;
        let appended = tickets::add(work, &mut held, &arrival)?;
        first_n.get_or_insert(appended.n);
        let fate = outcomes::fate(held.state()?, ids[place], work.site.epoch, appended.n, appended.hash, false);
        taken.push(Taken { n: appended.n, fate });
        if let Body::Erased(fields) = &payload.body {
            erase::apply(work, ticket, &fields.events, appended.n)?;
        }
    }
    let (_, last) = item.span();
    let last_n = taken.last().map_or(work.site.head_n, |taken| taken.n);
    log::keep_signature(work, chain.device, last, last_n, &item.commit.signature)?;
    follow_up(work, &mut held, &payloads, received)?;
    Ok(taken)
}

/// What the hub does by itself behind a commit, in the same transaction.
pub(super) fn follow_up(
    work: &mut Work<'_>,
    held: &mut Held,
    payloads: &[&Payload],
    received: Timestamp,
) -> Result<(), HubError> {
    if payloads.iter().any(|payload| matches!(payload.body, Body::Rectified(_))) {
        draws::draw(work, held, received)?;
    }
    if payloads.iter().any(|payload| matches!(payload.body, Body::Reopened(_))) {
        rehome::after_reopening(work, held, received)?;
    }
    Ok(())
}

/// The one ticket that a commit is about. That a report names its own ticket, and nothing else does, was read before.
pub(super) fn subject(ids: &[EventId], payloads: &[&Payload]) -> Result<TicketId, Code> {
    let ticket = payloads[0].subject.ticket().ok_or(Code::RoleLacksKind)?;
    for (place, (id, payload)) in ids.iter().zip(payloads).enumerate() {
        let comes_late = place > 0 && matches!(payload.body, Body::Reported(_));
        if payload.subject.ticket() != Some(ticket) || comes_late {
            return Err(Code::BadBytes);
        }
        if ids[..place].contains(id) {
            return Err(Code::IdConflict);
        }
    }
    Ok(ticket)
}

/// Refuses what the author has no right to; see [`may`].
fn ensure_right(
    work: &mut Work<'_>,
    chain: &Chain,
    held: &mut Held,
    payload: &Payload,
    low: u64,
    received: Timestamp,
) -> Result<(), HubError> {
    let (workspace, author, acting) = (work.site.workspace, chain.member, &payload.acting);
    let grace_ms = i64::from(work.reference.policy().grace_days) * DAY_MS;
    let is_held = members::held(work, workspace, author, acting, low, received.plus_ms(-grace_ms))?;
    if let Body::Admitted(fields) = &payload.body {
        // The refused commit may be what makes the ticket, so it comes before the right to the ticket is asked.
        let standing = Standing { author, held: is_held, in_scope: true, ticket: held.state.as_ref() };
        match may(&standing, payload) {
            Ok(()) | Err(Code::ParentMissing) => admit::take(work, held, fields.commit, received)?,
            Err(code) => return Err(code.into()),
        }
    }
    let in_scope = held.state.is_some() && is_in_scope(work, chain, held.id, payload, low)?;
    let standing = Standing { author, held: is_held, in_scope, ticket: held.state.as_ref() };
    match may(&standing, payload) {
        Err(Code::RoleNotHeld) => {
            let record = members::record(work, workspace, author)?;
            let is_active = record.is_some_and(|record| record.active);
            Err(if is_active { Code::RoleNotHeld } else { Code::MemberInactive }.into())
        }
        other => Ok(other?),
    }
}

/// Whether one of the author's keys was a key of the ticket at some moment since `low`.
fn is_in_scope(
    work: &Work<'_>,
    chain: &Chain,
    ticket: TicketId,
    payload: &Payload,
    low: u64,
) -> Result<bool, HubError> {
    let workspace = work.site.workspace;
    // A volunteer reaches what was subscribed to at some moment since then; others what they act for.
    let keys = match payload.acting.role {
        Role::Volunteer => members::keys_since(work, workspace, chain.member, low)?,
        _ => vec![Key::to_string(&payload.acting.key)],
    };
    let mut query = work.prepare_cached(
        "SELECT 1 FROM feed WHERE workspace = ?1 AND key = ?2 AND ticket = ?3 AND (\"left\" IS NULL OR \"left\" > ?4)",
    )?;
    for key in keys {
        if query.exists(params![workspace.as_bytes(), key, ticket.as_bytes(), integer(low)])? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Store {
    /// Takes commits of an authenticated device, which the hub received at `received`. Whatever the answer says is on
    /// the disk; the same commits give the same outcomes again.
    ///
    /// # Errors
    /// Nothing was consumed then: [`HubError::TooMany`] for more than [`MAX_PUSH`] commits; of the law, for the first
    /// commit, `BadBytes`, `BrokenChain`, `WrongAuthor`, `ForkedChain`, `BadSignature`; for the device `DeviceRevoked`
    /// and `DeviceLost`; `HubBehind` when the device has seen more than the hub holds; [`HubError::OlderEpoch`] when it
    /// does not know of the present epoch yet (see [`Store::relay`]).
    pub async fn push(&self, auth: &Auth, push: Push, received: Timestamp) -> Result<Pushed, HubError> {
        if push.commits.len() > MAX_PUSH {
            return Err(HubError::TooMany);
        }
        let (auth, key) = (auth.clone(), auth.key.0);
        let wire::Push { commits, seen, sent: _ } = push;
        // Hashes and signatures are checked before the writer is asked, which has better things to do.
        let reading = move || commits.into_iter().map(|commit| prepare(commit, &key)).collect::<Vec<_>>();
        let items = tokio::task::spawn_blocking(reading).await.map_err(|_| HubError::Internal("reading a push"))?;
        let pushed = self.write(move |work| self::push(work, &auth, &items, seen.as_ref(), received)).await;
        if matches!(pushed, Err(HubError::Law(Code::HubBehind))) {
            self.note_behind().await?;
        }
        pushed
    }
}
