//! Reading what a device sent, before the writer is asked: bytes, links, signature. None of it needs the database.
//!
//! An envelope that cannot be read, or content that is not the one it binds, is a fault of the message: nothing is
//! consumed. A payload that cannot be read is a fault of the event: its place in the chain is used up by a refusal.

use redvest_domain::cbor::{self, Fault};
use redvest_domain::codes::Code;
use redvest_domain::envelope::{Commit, Envelope, MAX_COMMIT, Sealed, link, verify};
use redvest_domain::event::{MAX_EVENT_BYTES, Payload, Private};
use redvest_domain::id::{DeviceId, Hash};

/// A commit as read.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) commit: Commit,
    pub(super) envelopes: Vec<Envelope>,
    /// Hash of each envelope.
    pub(super) links: Vec<Hash>,
    /// Each payload, or why the event is refused.
    pub(super) payloads: Vec<Result<Payload, Code>>,
    /// Whether the device's signature verifies.
    pub(super) is_signed: bool,
    /// Whether events of the commit are missing at its end.
    pub(super) is_cut: bool,
}

impl Prepared {
    /// The device whose chain this continues.
    pub(super) fn device(&self) -> DeviceId {
        self.envelopes[0].device
    }

    /// First and last sequence in the device's chain.
    pub(super) fn span(&self) -> (u64, u64) {
        (self.envelopes[0].seq, self.envelopes[self.envelopes.len() - 1].seq)
    }

    /// Hash of the last envelope.
    pub(super) fn last_link(&self) -> Hash {
        self.links[self.links.len() - 1]
    }
}

/// Reads a commit. There is at least one event in what it gives.
///
/// # Errors
/// [`Code::BadBytes`] or [`Code::BrokenChain`]: the message holds no commit.
pub(super) fn prepare(commit: Commit, key: &[u8; 32]) -> Result<Prepared, Code> {
    if commit.events.is_empty() || commit.events.len() > MAX_COMMIT {
        return Err(Code::BadBytes);
    }
    let envelopes = commit.events.iter().map(envelope).collect::<Result<Vec<_>, _>>()?;
    let links: Vec<Hash> = commit.events.iter().map(|event| link(&event.envelope)).collect();
    let (first, count) = (&envelopes[0], envelopes.len());
    for (place, envelope) in envelopes.iter().enumerate() {
        let belongs = (envelope.workspace, envelope.device, envelope.of) == (first.workspace, first.device, first.of)
            && usize::from(envelope.place) == place
            && usize::from(envelope.of) >= count
            && Some(envelope.seq) == first.seq.checked_add(place as u64);
        if !belongs {
            return Err(Code::BadBytes);
        }
        if place > 0 && envelope.prev != links[place - 1] {
            return Err(Code::BrokenChain);
        }
    }
    let is_cut = usize::from(first.of) > count;
    let last = &commit.events[count - 1].envelope;
    let is_signed = !is_cut && verify(key, last, &commit.signature).is_ok();
    let payloads = commit.events.iter().zip(&envelopes).map(|(event, envelope)| payload(event, envelope)).collect();
    Ok(Prepared { envelopes, links, payloads, is_signed, is_cut, commit })
}

/// Reads the bytes of a refused commit as the hub keeps them.
pub(super) fn kept(bytes: &[u8]) -> Result<Commit, Fault> {
    cbor::decode(bytes, 2 * MAX_COMMIT * MAX_EVENT_BYTES)
}

/// The envelope, if it binds this content. A private part may be missing: its author drops what was erased, and whoever
/// takes the event looks whether it was.
fn envelope(event: &Sealed) -> Result<Envelope, Code> {
    let envelope = Envelope::from_bytes(&event.envelope).map_err(|_| Code::BadBytes)?;
    let private = event.private.as_ref().map(|private| Hash::of(&[private]));
    let binds = Hash::of(&[&event.payload]) == envelope.payload && (private.is_none() || private == envelope.private);
    if binds { Ok(envelope) } else { Err(Code::BadBytes) }
}

/// The payload, if it can be that of the event that its envelope names.
fn payload(event: &Sealed, envelope: &Envelope) -> Result<Payload, Code> {
    if event.size() > MAX_EVENT_BYTES {
        return Err(Code::EventTooLarge);
    }
    if let Some(private) = &event.private {
        Private::from_bytes(private).map_err(|_| Code::BadBytes)?;
    }
    let payload = Payload::from_bytes(&event.payload).map_err(|_| Code::BadBytes)?;
    if payload.is_of(envelope.id) { Ok(payload) } else { Err(Code::BadBytes) }
}
