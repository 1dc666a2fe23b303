//! Envelopes, commits and signatures: who wrote an event, in which order, and that nobody altered it since.
//!
//! Each device chains its envelopes by hash, and signs the last envelope of each commit. So a signature covers all that
//! the device wrote before it, and one altered byte anywhere breaks a hash or a signature.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

use crate::cbor::{self, Fault};
use crate::event::MAX_EVENT_BYTES;
use crate::id::{Bytes, DeviceId, EventId, Hash, WorkspaceId};

/// Most events in one commit.
pub const MAX_COMMIT: usize = 16;
/// Bytes of an Ed25519 signature.
pub const SIGNATURE_BYTES: usize = 64;

/// Says what is signed, so that a signature for one purpose is none for another.
const COMMIT_CONTEXT: &[u8] = b"redvest commit 1\0";

/// What binds an event to its device, its place in the device's chain, and its content.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Envelope {
    /// The workspace, so that an event of one is never an event of another.
    #[n(0)]
    pub workspace: WorkspaceId,
    /// The device that wrote it.
    #[n(1)]
    pub device: DeviceId,
    /// The device's own number: 1, 2, 3, … without gaps.
    #[n(2)]
    pub seq: u64,
    /// Hash of the device's envelope before, [`Hash::ZERO`] for the first.
    #[n(3)]
    pub prev: Hash,
    /// The event's id.
    #[n(4)]
    pub id: EventId,
    /// SHA-256 of the payload.
    #[n(5)]
    pub payload: Hash,
    /// SHA-256 of the private part, if there is one.
    #[n(6)]
    pub private: Option<Hash>,
    /// Place in its commit, from 0.
    #[n(7)]
    pub place: u8,
    /// Events in the commit, 1 to [`MAX_COMMIT`].
    #[n(8)]
    pub of: u8,
}

impl Envelope {
    /// The bytes to hash and send.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads an envelope and checks its place in the commit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Envelope, Fault> {
        let envelope: Envelope = cbor::decode(bytes, 1024)?;
        let of = usize::from(envelope.of);
        if envelope.seq == 0 || of == 0 || of > MAX_COMMIT || envelope.place >= envelope.of {
            return Err(Fault::OutOfRange);
        }
        Ok(envelope)
    }
}

/// Hash of an envelope: the link of the device's chain.
pub fn link(envelope: &[u8]) -> Hash {
    Hash::of(&[envelope])
}

/// One event as it travels before the hub stamped it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Sealed {
    /// The envelope's bytes.
    #[n(0)]
    pub envelope: Bytes,
    /// The payload's bytes.
    #[n(1)]
    pub payload: Bytes,
    /// The private part's bytes; `None` if there is none or it was erased.
    #[n(2)]
    pub private: Option<Bytes>,
}

/// What one action of a user wrote: it concerns one subject and stands or falls as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Commit {
    /// Its events, 1 to [`MAX_COMMIT`].
    #[n(0)]
    pub events: Vec<Sealed>,
    /// Ed25519 over the last envelope ([`sign`]).
    #[n(1)]
    pub signature: Bytes,
}

/// The signature of a commit, as it travels with a stamped ticket.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CommitSignature {
    /// The device.
    #[n(0)]
    pub device: DeviceId,
    /// Device sequence of the commit's last envelope.
    #[n(1)]
    pub seq: u64,
    /// The signature.
    #[n(2)]
    pub signature: Bytes,
}

/// Why a commit does not hold together. None of these can happen to what an honest device wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Bytes that are no envelope, payload or private part.
    #[error("an event cannot be read: {0}")]
    Bytes(#[from] Fault),
    /// An event over [`MAX_EVENT_BYTES`].
    #[error("an event is too large")]
    TooLarge,
    /// The envelopes are not one commit of one device and workspace.
    #[error("the envelopes are not one commit")]
    Commit,
    /// An envelope does not follow the one before.
    #[error("the device's chain is broken")]
    Chain,
    /// A payload or private part is not the one that its envelope names.
    #[error("content differs from the hash that binds it")]
    Content,
    /// The signature is not the device's.
    #[error("the signature is not the device's")]
    Signature,
}

/// Signs a commit's last envelope.
pub fn sign(key: &SigningKey, last_envelope: &[u8]) -> Bytes {
    Bytes(key.sign(&[COMMIT_CONTEXT, &link(last_envelope).0].concat()).to_bytes().to_vec())
}

/// Verifies a commit's signature over its last envelope; strict about malleable forms.
pub fn verify(key: &[u8; 32], last_envelope: &[u8], signature: &[u8]) -> Result<(), Broken> {
    let key = VerifyingKey::from_bytes(key).map_err(|_| Broken::Signature)?;
    let signature = Signature::from_slice(signature).map_err(|_| Broken::Signature)?;
    let message = [COMMIT_CONTEXT, &link(last_envelope).0].concat();
    key.verify_strict(&message, &signature).map_err(|_| Broken::Signature)
}

impl Sealed {
    /// Bytes of the event as the cap counts them.
    pub fn size(&self) -> usize {
        self.envelope.len() + self.payload.len() + self.private.as_ref().map_or(0, |private| private.len())
    }

    /// Reads the envelope and checks that payload and private part are the ones it binds. A missing private part is
    /// allowed when `erased` may explain it.
    pub fn open(&self, may_be_erased: bool) -> Result<Envelope, Broken> {
        if self.size() > MAX_EVENT_BYTES {
            return Err(Broken::TooLarge);
        }
        let envelope = Envelope::from_bytes(&self.envelope)?;
        if Hash::of(&[&self.payload]) != envelope.payload {
            return Err(Broken::Content);
        }
        match (&self.private, envelope.private) {
            (Some(private), Some(hash)) if Hash::of(&[private]) == hash => Ok(envelope),
            (None, None) => Ok(envelope),
            (None, Some(_)) if may_be_erased => Ok(envelope),
            _ => Err(Broken::Content),
        }
    }
}

impl Commit {
    /// Checks that the events are one whole commit of one device, linked among themselves, and gives their envelopes.
    /// The link to the device's chain before and the signature are checked by whoever knows them.
    pub fn open(&self) -> Result<Vec<Envelope>, Broken> {
        let envelopes = self.events.iter().map(|event| event.open(false)).collect::<Result<Vec<_>, _>>()?;
        let first = envelopes.first().ok_or(Broken::Commit)?;
        for (place, envelope) in envelopes.iter().enumerate() {
            let belongs = (envelope.workspace, envelope.device) == (first.workspace, first.device)
                && usize::from(envelope.place) == place
                && usize::from(envelope.of) == envelopes.len()
                && Some(envelope.seq) == first.seq.checked_add(place as u64);
            if !belongs {
                return Err(Broken::Commit);
            }
            if place > 0 && envelope.prev != link(&self.events[place - 1].envelope) {
                return Err(Broken::Chain);
            }
        }
        Ok(envelopes)
    }
}

/// Where a device's chain stands: what the next commit is built on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// Sequence of the last envelope; 0 before the first.
    pub seq: u64,
    /// Hash of the last envelope; [`Hash::ZERO`] before the first.
    pub hash: Hash,
}

/// One event to be sealed: its id, payload bytes and private bytes.
pub type Draft = (EventId, Vec<u8>, Option<Vec<u8>>);

/// Seals one action into a commit and moves the chain's head. `drafts` has 1 to [`MAX_COMMIT`] events, else `None`.
pub fn seal(
    workspace: WorkspaceId,
    device: DeviceId,
    key: &SigningKey,
    head: &mut ChainHead,
    drafts: Vec<Draft>,
) -> Option<Commit> {
    let of = u8::try_from(drafts.len()).ok().filter(|of| (1..=MAX_COMMIT).contains(&usize::from(*of)))?;
    let mut events = Vec::with_capacity(drafts.len());
    for (place, (id, payload, private)) in (0..of).zip(drafts) {
        let envelope = Envelope {
            workspace,
            device,
            seq: head.seq + 1,
            prev: head.hash,
            id,
            payload: Hash::of(&[&payload]),
            private: private.as_ref().map(|private| Hash::of(&[private])),
            place,
            of,
        };
        let envelope = Bytes(envelope.to_bytes());
        *head = ChainHead { seq: head.seq + 1, hash: link(&envelope) };
        events.push(Sealed { envelope, payload: Bytes(payload), private: private.map(Bytes) });
    }
    let signature = sign(key, &events.last()?.envelope);
    Some(Commit { events, signature })
}
