//! Messages between a device and its hub. All are CBOR maps with integer keys ([`crate::cbor`]), sent with zstd; unknown
//! keys are ignored, so both sides may grow. docs/protocol.md says how they are used.

mod pull;
mod push;
mod relay;

use minicbor::{Decode, Encode};

pub use self::pull::*;
pub use self::push::*;
pub use self::relay::*;
use crate::id::{Bytes, DeviceId, Hash, MemberId, WorkspaceId};
use crate::key::MemberRecord;
use crate::stamp::Head;
use crate::time::Timestamp;

/// The protocol version that this code speaks.
pub const PROTOCOL: u16 = 1;
/// The oldest protocol version that this code still speaks.
pub const OLDEST_PROTOCOL: u16 = 1;
/// Header in which a device names the version it speaks.
pub const PROTOCOL_HEADER: &str = "redvest-protocol";
/// Content type of all messages.
pub const CONTENT_TYPE: &str = "application/vnd.redvest+cbor";

/// Paths of the protocol, below the hub's address.
pub mod path {
    /// GET → [`super::Hello`]; needs no token.
    pub const HELLO: &str = "/v1/hello";
    /// POST [`super::Enrol`] → [`super::Enrolled`]; needs no token.
    pub const ENROL: &str = "/v1/enrol";
    /// POST [`super::Rekey`] → [`super::Enrolled`].
    pub const REKEY: &str = "/v1/rekey";
    /// POST [`super::Push`] → [`super::Pushed`].
    pub const PUSH: &str = "/v1/push";
    /// POST [`super::Pull`] → [`super::Page`].
    pub const PULL: &str = "/v1/pull";
    /// POST [`super::Relay`] → [`super::Relayed`]: what a restored hub forgot.
    pub const RELAY: &str = "/v1/relay";
    /// POST [`super::Fetch`] → [`super::Fetched`]: whole tickets again.
    pub const TICKETS: &str = "/v1/tickets";
    /// POST [`super::Narrow`] → [`super::Narrowed`]: the terms of one key's digest.
    pub const DIGEST: &str = "/v1/digest";
    /// POST [`super::Names`] → [`super::Named`].
    pub const NAMES: &str = "/v1/names";
    /// GET `/v1/documents/{sha256}` → the document's bytes.
    pub const DOCUMENTS: &str = "/v1/documents";
    /// GET `/v1/evidence/{ticket}` → the file that proves a ticket ([`crate::evidence`]).
    pub const EVIDENCE: &str = "/v1/evidence";
    /// tus 1.0 creation, then HEAD and PATCH on the upload's own address.
    pub const UPLOADS: &str = "/v1/uploads";
    /// GET `/v1/photos/{sha256}` → the file's bytes.
    pub const PHOTOS: &str = "/v1/photos";
}

/// What a hub says of itself to anybody.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// Newest protocol version spoken.
    #[n(0)]
    pub newest: u16,
    /// Oldest protocol version spoken.
    #[n(1)]
    pub oldest: u16,
    /// Hub time.
    #[n(2)]
    pub now: Timestamp,
    /// The hub's own device.
    #[n(3)]
    pub hub: DeviceId,
    /// The hub's Ed25519 public key.
    #[n(4)]
    pub hub_key: Hash,
    /// Name of the software and its version.
    #[n(5)]
    pub software: String,
}

/// A device asks to be enrolled with a one-time code.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrol {
    /// The secret of the code.
    #[n(0)]
    pub secret: Bytes,
    /// The id that the device gave itself.
    #[n(1)]
    pub device: DeviceId,
    /// The device's Ed25519 public key.
    #[n(2)]
    pub key: Hash,
    /// Ed25519 by that key over [`proof_message`] of the secret and the device: the key is really there.
    #[n(3)]
    pub proof: Bytes,
    /// What the device is, for the office's list.
    #[n(4)]
    pub label: String,
}

/// What the proof of an [`Enrol`] or [`Rekey`] signs.
pub fn proof_message(secret: &[u8], device: DeviceId, key: Hash) -> Vec<u8> {
    [b"redvest enrol 1\0".as_slice(), device.as_bytes(), &key.0, secret].concat()
}

/// A device is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolled {
    /// The workspace.
    #[n(0)]
    pub workspace: WorkspaceId,
    /// The member whose device it is.
    #[n(1)]
    pub member: MemberId,
    /// The token for all that follows, 32 bytes.
    #[n(2)]
    pub token: Bytes,
    /// The hub's own device.
    #[n(3)]
    pub hub: DeviceId,
    /// The hub's Ed25519 public key.
    #[n(4)]
    pub hub_key: Hash,
    /// The member's record.
    #[n(5)]
    pub record: MemberRecord,
    /// The head at this moment.
    #[n(6)]
    pub head: Head,
    /// Hub time.
    #[n(7)]
    pub now: Timestamp,
    /// The workspace's name.
    #[n(8)]
    pub name: String,
}

/// A device whose chain forked (restored from a backup, or cloned) takes a new key and a new chain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Rekey {
    /// The id of the new chain's device.
    #[n(0)]
    pub device: DeviceId,
    /// The new public key.
    #[n(1)]
    pub key: Hash,
    /// Ed25519 by the new key over [`proof_message`] of the token and the new device.
    #[n(2)]
    pub proof: Bytes,
    /// Ed25519 by the old key over the same.
    #[n(3)]
    pub old_proof: Bytes,
    /// What the device is.
    #[n(4)]
    pub label: String,
}

/// Asks for names of members.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Names {
    /// At most 500 members.
    #[n(0)]
    pub members: Vec<MemberId>,
}

/// A name from the directory. The directory lies outside the log and can be erased.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Name {
    /// The member.
    #[n(0)]
    pub member: MemberId,
    /// The name to show.
    #[n(1)]
    pub name: String,
    /// Title, such as 网格长.
    #[n(2)]
    pub title: Option<String>,
}

/// Names of those members that the asker sees a ticket of.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Named {
    /// The names; members unknown or erased are missing.
    #[n(0)]
    pub names: Vec<Name>,
}

/// The body of every answer that is not 2xx.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Problem {
    /// A stable code.
    #[n(0)]
    pub code: String,
    /// What to do, in Chinese.
    #[n(1)]
    pub zh: String,
    /// What to do, in English.
    #[n(2)]
    pub en: String,
    /// Seconds to wait before trying again, as `Retry-After`.
    #[n(3)]
    pub retry_after: Option<u32>,
}
