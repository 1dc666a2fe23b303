//! What a restored hub forgot, brought back by phones. Protocol: "Restore".
//!
//! An event is taken again when the code of its stamp is this hub's own: then the hub itself accepted it once, and author,
//! times, paths, terms and short number are those of that day. Nobody's right is asked a second time. It gets a new number
//! in the present epoch; the device's chain is not touched, so its author's own phone sends it once more and hears that it
//! is known. Invariant: a commit comes back whole or not at all, and never twice.

use redvest_domain::codes::Code;
use redvest_domain::envelope::{Envelope, Sealed, verify};
use redvest_domain::event::{Body, Payload};
use redvest_domain::id::{Bytes, DeviceId, Hash, TicketId};
use redvest_domain::stamp::{Stamp, Stamped, event_hash};
use redvest_domain::wire::{MAX_RELAY, Relay, Relayed, TicketPart};
use subtle::ConstantTimeEq;

use super::tickets::Held;
use super::writer::Work;
use super::{Store, devices, draws, erase, log, tickets};
use crate::error::HubError;
use crate::keys::Keys;

/// An event that this hub once accepted.
struct Old {
    envelope: Envelope,
    sealed: Sealed,
    payload: Payload,
    stamp: Stamp,
}

/// A whole commit of such events.
struct OldCommit {
    events: Vec<Old>,
    signature: Bytes,
}

/// Reads an event; `None` if this hub never accepted it so, or if its bytes do not hold together.
fn recognise(stamped: &Stamped, keys: &Keys) -> Option<Old> {
    let hash = event_hash(&stamped.envelope, &stamped.stamp);
    let is_own: bool = stamped.mac.0[..].ct_eq(&keys.stamp_mac(hash)[..]).into();
    if !is_own {
        return None;
    }
    let (envelope, payload, stamp) = stamped.open().ok()?;
    Some(Old { envelope, sealed: stamped.sealed(), payload, stamp })
}

/// The whole commits among the events of a ticket. Those before the first one that is not recognised: what follows it
/// would stand on a gap.
fn commits(part: &TicketPart, keys: &Keys) -> Vec<OldCommit> {
    let mut found = Vec::new();
    let mut events: Vec<Old> = Vec::new();
    for stamped in &part.events {
        let Some(old) = recognise(stamped, keys) else { break };
        let follows = events.last().is_none_or(|last| {
            last.envelope.device == old.envelope.device && Some(old.envelope.seq) == last.envelope.seq.checked_add(1)
        });
        let is_placed = usize::from(old.envelope.place) == events.len() && follows;
        if old.payload.subject.ticket() != Some(part.ticket) || !is_placed {
            break;
        }
        let (device, seq) = (old.envelope.device, old.envelope.seq);
        let is_last = old.envelope.place + 1 == old.envelope.of;
        events.push(old);
        if is_last {
            let own = part.signatures.iter().find(|signature| (signature.device, signature.seq) == (device, seq));
            let Some(own) = own else { break };
            found.push(OldCommit { events: std::mem::take(&mut events), signature: own.signature.clone() });
        }
    }
    found
}

fn key_of(work: &Work<'_>, device: DeviceId) -> Result<Option<Hash>, HubError> {
    if work.site.was_hub(work.tx, device)? {
        return Ok(Some(work.keys.public()));
    }
    Ok(devices::chain(work, work.site.workspace, device)?.map(|chain| chain.key))
}

/// Takes one commit if it lies beyond the fork of its epoch and is not here; how many events were taken.
fn take(work: &mut Work<'_>, held: &mut Held, commit: &OldCommit) -> Result<usize, HubError> {
    let workspace = work.site.workspace;
    for old in &commit.events {
        let fork = work.site.fork_behind(work.tx, old.stamp.epoch)?;
        let is_beyond = old.stamp.epoch < work.site.epoch && old.stamp.n > fork;
        if !is_beyond || log::has(work, workspace, old.envelope.id)? {
            return Ok(0);
        }
    }
    let last = &commit.events[commit.events.len() - 1];
    let key = key_of(work, last.envelope.device)?;
    if key.is_none_or(|key| verify(&key.0, &last.sealed.envelope, &commit.signature).is_err()) {
        return Ok(0);
    }
    let mut first = None;
    for old in &commit.events {
        if held.state.is_none() && !matches!(old.payload.body, Body::Reported(_)) {
            return Err(Code::ParentMissing.into());
        }
        let n = work.site.head_n + 1;
        let first = *first.get_or_insert(n);
        let seq = held.state.as_ref().map_or(0, |ticket| ticket.seq) + 1;
        let stamp = Stamp { epoch: work.site.epoch, n, seq, first, ..old.stamp.clone() };
        let mut sealed = old.sealed.clone();
        if erase::is_erased(work, workspace, old.envelope.id)? {
            sealed.private = None;
        }
        tickets::add_stamped(work, held, &old.envelope, &sealed, &old.payload, &stamp)?;
        if let Body::Erased(fields) = &old.payload.body {
            erase::apply(work, held.id, &fields.events, n)?;
        }
    }
    let n = work.site.head_n;
    log::keep_signature(work, last.envelope.device, last.envelope.seq, n, &commit.signature)?;
    Ok(commit.events.len())
}

fn relay(work: &mut Work<'_>, parts: &[(TicketId, Vec<OldCommit>)]) -> Result<u32, HubError> {
    work.ensure_not_behind()?;
    let mut taken = 0;
    for (ticket, commits) in parts {
        let mut held = tickets::load(work, work.site.workspace, *ticket)?;
        for commit in commits {
            let before = held.clone();
            match work.part(|work| take(work, &mut held, commit)) {
                Ok(count) => taken += u32::try_from(count).unwrap_or(u32::MAX),
                // What cannot be added (the report is missing, the ticket is full) is undone as a whole.
                Err(HubError::Law(_)) => held = before,
                Err(error) => return Err(error),
            }
        }
        let at = work.now;
        draws::draw(work, &mut held, at)?;
    }
    Ok(taken)
}

impl Store {
    /// Says where the hub's order forked from the one that a device has seen, and takes what the device holds beyond.
    /// What was taken before, or by another device, is known and changes nothing. A device of the present epoch is told
    /// the head.
    ///
    /// # Errors
    /// [`HubError::TooMany`] for more than [`MAX_RELAY`] tickets; [`Code::HubBehind`].
    pub async fn relay(&self, relay: Relay) -> Result<Relayed, HubError> {
        if relay.tickets.len() > MAX_RELAY {
            return Err(HubError::TooMany);
        }
        let Relay { epoch, tickets } = relay;
        let store = self.clone();
        let reading = move || {
            let parts = tickets.iter().map(|part| (part.ticket, commits(part, store.keys())));
            parts.filter(|(_, commits)| !commits.is_empty()).collect::<Vec<_>>()
        };
        let parts = tokio::task::spawn_blocking(reading).await.map_err(|_| HubError::Internal("reading a relay"))?;
        let taken = match parts.is_empty() {
            true => 0,
            false => self.write(move |work| self::relay(work, &parts)).await?,
        };
        let now = self.now();
        self.read(move |conn| {
            let site = super::Site::load(conn)?;
            if site.behind {
                return Err(Code::HubBehind.into());
            }
            Ok(Relayed { fork_at: site.fork_behind(conn, epoch)?, head: site.head(conn)?, taken, now })
        })
        .await
    }
}
