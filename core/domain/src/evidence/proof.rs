//! The steps of a proof, each over all events of the file.

use std::collections::BTreeMap;

use super::{Evidence, Fault, Flaw, VerifiedEvent};
use crate::envelope::{self, Broken, Envelope, Sealed};
use crate::event::{Payload, Private, Subject};
use crate::fold::{Fact, fold as fold_facts};
use crate::id::{DeviceId, Hash};
use crate::stamp::{Stamp, chain, event_hash};
use crate::ticket::Ticket;

/// An event with its parts read.
pub(super) struct Opened {
    envelope: Envelope,
    /// Hash of the envelope: what the next one of the device names.
    link: Hash,
    hash: Hash,
    pub(super) payload: Payload,
    private: Option<Private>,
    stamp: Stamp,
}

impl Opened {
    pub(super) fn report(self) -> VerifiedEvent {
        VerifiedEvent {
            id: self.envelope.id,
            device: self.envelope.device,
            erased: self.private.is_none() && self.envelope.private.is_some(),
            payload: self.payload,
            private: self.private,
            stamp: self.stamp,
        }
    }
}

/// Reads the events and checks that each is bound by its envelope, belongs to the ticket and follows the one before.
pub(super) fn open(evidence: &Evidence) -> Result<Vec<Opened>, Fault> {
    let mut opened: Vec<Opened> = Vec::with_capacity(evidence.events.len());
    for (at, event) in evidence.events.iter().enumerate() {
        let fault = |flaw| Fault::of_event(at, flaw);
        let sealed =
            Sealed { envelope: event.envelope.clone(), payload: event.payload.clone(), private: event.private.clone() };
        let envelope = sealed.open(true).map_err(|broken| match broken {
            Broken::Bytes(unreadable) => fault(Flaw::Event(unreadable)),
            _ => fault(Flaw::Content),
        })?;
        let unreadable = |reason| fault(Flaw::Event(reason));
        let payload = Payload::from_bytes(&event.payload).map_err(unreadable)?;
        let private = event.private.as_ref().map(|bytes| Private::from_bytes(bytes)).transpose().map_err(unreadable)?;
        let stamp = Stamp::from_bytes(&event.stamp).map_err(unreadable)?;
        let own = envelope.workspace == evidence.workspace
            && payload.subject == Subject::Ticket(evidence.ticket)
            && payload.is_of(envelope.id);
        if !own {
            return Err(fault(Flaw::Foreign));
        }
        let before = opened.last().map(|before| (before.stamp.epoch, before.stamp.n));
        if u32::try_from(at + 1) != Ok(stamp.seq) || before.is_some_and(|before| before >= (stamp.epoch, stamp.n)) {
            return Err(fault(Flaw::Order));
        }
        let link = envelope::link(&event.envelope);
        let hash = event_hash(&event.envelope, &event.stamp);
        opened.push(Opened { envelope, link, hash, payload, private, stamp });
    }
    Ok(opened)
}

/// Checks that the events are whole commits, each signed by its device.
pub(super) fn commits(evidence: &Evidence, events: &[Opened]) -> Result<(), Fault> {
    let keys: BTreeMap<DeviceId, Hash> = evidence.devices.iter().map(|device| (device.device, device.key)).collect();
    let ascending = evidence.devices.windows(2).all(|pair| pair[0].device < pair[1].device);
    let needed = |device: &DeviceId| events.iter().any(|event| event.envelope.device == *device);
    if !ascending || !keys.keys().all(needed) {
        return Err(Fault::of_file(Flaw::Keys));
    }
    let mut signatures = evidence.signatures.iter();
    let mut at = 0;
    while let Some(first) = events.get(at) {
        let end = at + usize::from(first.envelope.of);
        let commit = events.get(at..end).ok_or(Fault::of_event(at, Flaw::Commit))?;
        for (place, event) in commit.iter().enumerate() {
            let belongs = event.envelope.device == first.envelope.device
                && event.envelope.of == first.envelope.of
                && usize::from(event.envelope.place) == place
                && first.envelope.seq.checked_add(place as u64) == Some(event.envelope.seq)
                && (place == 0 || event.envelope.prev == commit[place - 1].link)
                && event.stamp.first == first.stamp.n;
            if !belongs {
                return Err(Fault::of_event(at + place, Flaw::Commit));
            }
        }
        let last = end - 1;
        let fault = |flaw| Fault::of_event(last, flaw);
        let key = keys.get(&first.envelope.device).ok_or(fault(Flaw::Keys))?;
        let signature = signatures.next().ok_or(fault(Flaw::Signature))?;
        if (signature.device, signature.seq) != (first.envelope.device, events[last].envelope.seq) {
            return Err(fault(Flaw::Signature));
        }
        envelope::verify(&key.0, &evidence.events[last].envelope, &signature.signature)
            .map_err(|_| fault(Flaw::Signature))?;
        at = end;
    }
    if signatures.next().is_some() { Err(Fault::of_file(Flaw::Signature)) } else { Ok(()) }
}

/// Checks that every event stands in the hub's chain where its stamp says, below a head that the hub signed.
pub(super) fn links(evidence: &Evidence, events: &[Opened]) -> Result<(), Fault> {
    let mut at = 0;
    for segment in &evidence.segments {
        // A fault of a segment is told at the first event that it should prove.
        let fault = |flaw| Fault::of_event(at.min(events.len().saturating_sub(1)), flaw);
        let head = &segment.head;
        head.verify(&evidence.hub_key.0).map_err(|_| fault(Flaw::Head))?;
        let value = segment.hashes.iter().fold(segment.before, |before, hash| chain(before, *hash));
        let length = segment.hashes.len() as u64;
        if length == 0 || segment.first.checked_add(length - 1) != Some(head.n) || value != head.chain {
            return Err(fault(Flaw::Chain));
        }
        let held =
            |event: &Opened| event.stamp.epoch == head.epoch && (segment.first..=head.n).contains(&event.stamp.n);
        let from = at;
        while let Some(event) = events.get(at).filter(|event| held(event)) {
            // The difference is less than the number of hashes.
            if segment.hashes[(event.stamp.n - segment.first) as usize] != event.hash {
                return Err(Fault::of_event(at, Flaw::Chain));
            }
            at += 1;
        }
        // A stretch that proves nothing is either out of order or not needed.
        if at == from {
            return Err(Fault::of_event(at.min(events.len().saturating_sub(1)), Flaw::Chain));
        }
    }
    if at == events.len() { Ok(()) } else { Err(Fault::of_event(at, Flaw::Chain)) }
}

/// The ticket's state.
pub(super) fn fold(events: &[Opened]) -> Option<Ticket> {
    fold_facts(events.iter().map(|event| Fact { id: event.envelope.id, payload: &event.payload, stamp: &event.stamp }))
}
