//! Evidence: one ticket as a file that proves itself.
//!
//! The file holds the ticket's events as they were written and stamped, the devices' signatures with their keys, and
//! for each event the links of the hub's chain up to a head that the hub signed. [`verify`] needs the file and the hub's
//! public key alone, and fails on any altered, missing or re-ordered event. A file that the hub sealed also proves that
//! no later event was left out and that the devices' keys are those that it enrolled.
//!
//! Photos lie beside the file; the report names the blobs that the events bind, by SHA-256.

mod fault;
mod proof;

use std::collections::BTreeSet;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

pub use self::fault::{Fault, Flaw};
use crate::cbor;
use crate::envelope::CommitSignature;
use crate::event::{Blob, Payload, Private};
use crate::id::{Bytes, DeviceId, EventId, Hash, TicketId, WorkspaceId};
use crate::stamp::{Head, Stamp};
use crate::ticket::Ticket;
use crate::time::Timestamp;

/// The form of the file that this code writes and reads.
pub const EVIDENCE_VERSION: u16 = 1;
/// Most bytes of a file.
pub const MAX_EVIDENCE_BYTES: usize = 64 * 1024 * 1024;

const SEAL_CONTEXT: &[u8] = b"redvest evidence 1\0";

/// A ticket's file. All lists are in the ticket's order.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Evidence {
    /// [`EVIDENCE_VERSION`].
    #[n(0)]
    pub version: u16,
    /// The workspace.
    #[n(1)]
    pub workspace: WorkspaceId,
    /// The hub's Ed25519 public key.
    #[n(2)]
    pub hub_key: Hash,
    /// The ticket.
    #[n(3)]
    pub ticket: TicketId,
    /// The devices that wrote its events, each once, ascending; the hub's own is one of them if it wrote any.
    #[n(4)]
    pub devices: Vec<DeviceKey>,
    /// All events of the ticket.
    #[n(5)]
    pub events: Vec<EvidenceEvent>,
    /// One signature for each commit.
    #[n(6)]
    pub signatures: Vec<CommitSignature>,
    /// Stretches of the hub's chain that hold the events, each up to a signed head.
    #[n(7)]
    pub segments: Vec<Segment>,
    /// The hub's word that nothing is left out; `None` in a file that a phone wrote.
    #[n(8)]
    pub seal: Option<Seal>,
}

/// A device's public key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceKey {
    /// The device.
    #[n(0)]
    pub device: DeviceId,
    /// Its Ed25519 public key.
    #[n(1)]
    pub key: Hash,
}

/// An event of the file: a stamped event without the code that only the hub can check.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EvidenceEvent {
    /// The envelope's bytes.
    #[n(0)]
    pub envelope: Bytes,
    /// The payload's bytes.
    #[n(1)]
    pub payload: Bytes,
    /// The private part's bytes; `None` if there is none or it was erased.
    #[n(2)]
    pub private: Option<Bytes>,
    /// The stamp's bytes.
    #[n(3)]
    pub stamp: Bytes,
}

/// A stretch of the hub's chain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Segment {
    /// Number of its first event.
    #[n(0)]
    pub first: u64,
    /// The chain's value before that event.
    #[n(1)]
    pub before: Hash,
    /// Hashes of the events from the first to the head's, of whatever ticket.
    #[n(2)]
    pub hashes: Vec<Hash>,
    /// The signed head behind the last of them.
    #[n(3)]
    pub head: Head,
}

/// The hub's signature over all the rest of the file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Seal {
    /// When the file was written: it holds what the ticket had then.
    #[n(0)]
    pub at: Timestamp,
    /// Ed25519 by the hub.
    #[n(1)]
    pub signature: Bytes,
}

/// What a file proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The ticket as its events make it.
    pub ticket: Ticket,
    /// Its events.
    pub events: Vec<VerifiedEvent>,
    /// The files that its events bind, each once, in the order of the events.
    pub blobs: Vec<Blob>,
    /// When the hub sealed the file; without a seal later events may be missing, and the devices' keys are only those
    /// that the file names.
    pub sealed: Option<Timestamp>,
}

/// An event that was proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedEvent {
    /// Its id.
    pub id: EventId,
    /// The device that signed it.
    pub device: DeviceId,
    /// What happened.
    pub payload: Payload,
    /// Its words; `None` if it has none, or if they were erased.
    pub private: Option<Private>,
    /// Whether there were words that were erased.
    pub erased: bool,
    /// What the hub stamped.
    pub stamp: Stamp,
}

impl Evidence {
    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Lets the hub vouch for the whole file, replacing a seal that is there. Whoever seals has checked that these are
    /// all events of the ticket and that the keys are those of the enrolled devices.
    pub fn seal(&mut self, key: &SigningKey, at: Timestamp) {
        let signature = Bytes(key.sign(&self.sealed_message(at)).to_bytes().to_vec());
        self.seal = Some(Seal { at, signature });
    }

    fn sealed_message(&self, at: Timestamp) -> Vec<u8> {
        let unsealed = Evidence { seal: None, ..self.clone() };
        [SEAL_CONTEXT, &at.0.to_be_bytes(), &Hash::of(&[&unsealed.to_bytes()]).0].concat()
    }

    fn check_seal(&self) -> Result<Option<Timestamp>, Fault> {
        let Some(seal) = &self.seal else { return Ok(None) };
        let bad = |_| Fault::of_file(Flaw::Seal);
        let key = VerifyingKey::from_bytes(&self.hub_key.0).map_err(bad)?;
        let signature = Signature::from_slice(&seal.signature).map_err(bad)?;
        key.verify_strict(&self.sealed_message(seal.at), &signature).map_err(bad)?;
        Ok(Some(seal.at))
    }
}

/// Proves a file against the key of the hub that it has to come from.
///
/// # Errors
/// The first [`Fault`], with the event that it was found at.
pub fn verify(bytes: &[u8], hub_key: &[u8; 32]) -> Result<Verified, Fault> {
    let evidence: Evidence =
        cbor::decode(bytes, MAX_EVIDENCE_BYTES).map_err(|fault| Fault::of_file(Flaw::Unreadable(fault)))?;
    if evidence.version != EVIDENCE_VERSION {
        return Err(Fault::of_file(Flaw::Version));
    }
    // Fields that this code does not know would be proven by nothing.
    if evidence.to_bytes() != bytes {
        return Err(Fault::of_file(Flaw::NotCanonical));
    }
    if evidence.hub_key.0 != *hub_key {
        return Err(Fault::of_file(Flaw::OtherHub));
    }
    let events = proof::open(&evidence)?;
    proof::commits(&evidence, &events)?;
    proof::links(&evidence, &events)?;
    let sealed = evidence.check_seal()?;
    let ticket = proof::fold(&events).ok_or(Fault::of_file(Flaw::NoReport))?;
    let mut seen = BTreeSet::new();
    let photos = events.iter().flat_map(|event| event.payload.body.photos());
    let blobs = photos.flat_map(|photo| photo.blobs()).filter(|blob| seen.insert(*blob)).collect();
    let events = events.into_iter().map(proof::Opened::report).collect();
    Ok(Verified { ticket, events, blobs, sealed })
}

#[cfg(test)]
mod tests;
