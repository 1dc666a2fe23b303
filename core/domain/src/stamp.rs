//! Stamps: what the hub adds to an event when it accepts it, and the hub's own chain over stamped events.
//!
//! A stamp closes the fold's inputs: whatever the law of one ticket depends on beyond the ticket's payloads stands in
//! its stamps. Protocol: section "The hub's stamp".

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

use crate::cbor::{self, Fault};
use crate::envelope::{Broken, Envelope, Sealed};
use crate::event::Payload;
use crate::id::{Bytes, GridCode, Hash, MemberId};
use crate::terms::Terms;
use crate::time::Timestamp;

/// Numbers from here on are given by a phone to its own pending events; the hub never reaches them.
pub const PROVISIONAL: u64 = 1 << 62;

const HEAD_CONTEXT: &[u8] = b"redvest head 1\0";

/// What the hub says of an accepted event.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Stamp {
    /// Epoch of the hub's order: grows when a hub is restored from a backup.
    #[n(0)]
    pub epoch: u32,
    /// The event's number in the workspace, gapless; on a pending event at least [`PROVISIONAL`].
    #[n(1)]
    pub n: u64,
    /// The event's number in its ticket (or other subject), gapless from 1.
    #[n(2)]
    pub seq: u32,
    /// Number of the first event of its commit.
    #[n(3)]
    pub first: u64,
    /// The author.
    #[n(4)]
    pub member: MemberId,
    /// When the hub received it: starts the clocks that bind others.
    #[n(5)]
    pub received: Timestamp,
    /// When it happened, as far as the hub believes the device: stops the author's own clocks.
    #[n(6)]
    pub corrected: Timestamp,
    /// Whether `corrected` had to be taken on trust, because no offset of the same boot is known.
    #[n(7)]
    pub unsure: bool,
    /// The law in force.
    #[n(8)]
    pub law: u16,
    /// The ticket's short number, when it is given.
    #[n(9)]
    pub short_number: Option<String>,
    /// Grids from the root to the pin's, when set or changed.
    #[n(10)]
    pub pin_path: Option<Vec<GridCode>>,
    /// Grids from the root to the lead's, when set or changed; empty for an agency.
    #[n(11)]
    pub lead_path: Option<Vec<GridCode>>,
    /// The terms, when set or changed.
    #[n(12)]
    pub terms: Option<Terms>,
    /// Whether the office admitted it after a refusal.
    #[n(13)]
    pub admitted: bool,
}

impl Stamp {
    /// The bytes to hash and send.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a stamp.
    pub fn from_bytes(bytes: &[u8]) -> Result<Stamp, Fault> {
        cbor::decode(bytes, 64 * 1024)
    }

    /// Whether a phone gave it to an event that the hub has not accepted yet.
    pub fn is_provisional(&self) -> bool {
        self.n >= PROVISIONAL
    }
}

/// One accepted event as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Stamped {
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
    /// The hub's HMAC-SHA-256 over [`event_hash`], under a key kept outside its database; lets a restored hub
    /// recognise its own old stamps.
    #[n(4)]
    pub mac: Bytes,
}

impl Stamped {
    /// Reads envelope, payload and stamp, and checks that payload and private part are the ones that the envelope binds.
    /// What was erased may lack its private part. Signature and code are checked by whoever has their keys.
    pub fn open(&self) -> Result<(Envelope, Payload, Stamp), Broken> {
        let envelope = self.sealed().open(true)?;
        Ok((envelope, Payload::from_bytes(&self.payload)?, Stamp::from_bytes(&self.stamp)?))
    }

    /// The event as its author sealed it.
    pub fn sealed(&self) -> Sealed {
        Sealed { envelope: self.envelope.clone(), payload: self.payload.clone(), private: self.private.clone() }
    }
}

/// Hash of an accepted event: SHA-256(envelope ‖ stamp). Both are self-delimiting, so nothing can move between them.
pub fn event_hash(envelope: &[u8], stamp: &[u8]) -> Hash {
    Hash::of(&[envelope, stamp])
}

/// The hub's chain: SHA-256(value before ‖ event hash).
pub fn chain(before: Hash, event: Hash) -> Hash {
    Hash::of(&[&before.0, &event.0])
}

/// The signed head of the hub's chain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Head {
    /// Epoch.
    #[n(0)]
    pub epoch: u32,
    /// Number of the last event covered; 0 for an empty log.
    #[n(1)]
    pub n: u64,
    /// The chain's value behind it.
    #[n(2)]
    pub chain: Hash,
    /// When it was signed.
    #[n(3)]
    pub at: Timestamp,
    /// Ed25519 by the hub.
    #[n(4)]
    pub signature: Bytes,
}

fn head_message(epoch: u32, n: u64, chain: Hash, at: Timestamp) -> Vec<u8> {
    [HEAD_CONTEXT, &cbor::encode(&(epoch, n, chain, at))].concat()
}

impl Head {
    /// Signs a head.
    pub fn sign(key: &SigningKey, epoch: u32, n: u64, chain: Hash, at: Timestamp) -> Head {
        let signature = Bytes(key.sign(&head_message(epoch, n, chain, at)).to_bytes().to_vec());
        Head { epoch, n, chain, at, signature }
    }

    /// Verifies that the hub with this key signed it.
    pub fn verify(&self, key: &[u8; 32]) -> Result<(), Broken> {
        let key = VerifyingKey::from_bytes(key).map_err(|_| Broken::Signature)?;
        let signature = Signature::from_slice(&self.signature).map_err(|_| Broken::Signature)?;
        let message = head_message(self.epoch, self.n, self.chain, self.at);
        key.verify_strict(&message, &signature).map_err(|_| Broken::Signature)
    }
}
