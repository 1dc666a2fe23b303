//! What the store tells a sync session, and what it is told back.

use std::path::PathBuf;

use minicbor::{Decode, Encode};
use redvest_domain::id::{Bytes, DeviceId, Hash, MemberId, TicketId, WorkspaceId};
use redvest_domain::key::Key;
use redvest_domain::stamp::Head;
use redvest_domain::time::Timestamp;
use serde::Serialize;

/// Who this device is, and where its hub is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Identity {
    /// The workspace.
    #[n(0)]
    pub workspace: WorkspaceId,
    /// This device.
    #[n(1)]
    pub device: DeviceId,
    /// Whose device it is.
    #[n(2)]
    pub member: MemberId,
    /// The hub's own device.
    #[n(3)]
    pub hub: DeviceId,
    /// The hub's Ed25519 public key.
    #[n(4)]
    pub hub_key: Hash,
    /// The workspace's name.
    #[n(5)]
    pub name: String,
    /// The hub's address, without a path.
    #[n(6)]
    pub address: String,
    /// What the transport pins the hub's TLS key to; the store does not look into it.
    #[n(7)]
    pub pin: Option<Bytes>,
}

impl Identity {
    /// The pin as the SHA-256 of the hub's certificate; `None` where public authorities are trusted.
    pub fn fingerprint(&self) -> Option<Hash> {
        self.pin.as_ref().and_then(|pin| pin.0.as_slice().try_into().ok()).map(Hash)
    }
}

/// Where the last pull ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullState {
    /// The cursor of the last page; `None` to begin.
    pub cursor: Option<Bytes>,
    /// The last line of the outcome feed.
    pub outcomes_after: u64,
    /// The newest signed head seen.
    pub seen: Option<Head>,
    /// Head of the last completed pull; 0 before the first.
    pub low: u64,
    /// Epoch of that head; 0 before the first.
    pub epoch: u32,
    /// Whether the hub is to be asked where the own chain stands, even when nothing waits: it may have forgotten a part.
    pub asks_chain: bool,
}

/// What the answer to a push changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PushEffect {
    /// Events newly accepted.
    pub accepted: u32,
    /// Events newly known to have come too late.
    pub too_late: u32,
    /// Events newly refused.
    pub refused: u32,
    /// Events that the hub had taken and does not know any more: they wait again.
    pub rewound: u32,
    /// Tickets whose screens changed.
    pub changed: Vec<TicketId>,
}

/// What a page changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageEffect {
    /// Tickets with a gap, to be fetched whole; [`super::Store::wanted_tickets`] remembers them too.
    pub gaps: Vec<TicketId>,
    /// Keys whose digest differs from the hub's at the page's head.
    pub differing: Vec<Key>,
    /// Tickets whose screens changed.
    pub changed: Vec<TicketId>,
}

/// What a file of a photo is; smaller ones travel first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BlobRole {
    /// The copy for lists.
    Thumbnail,
    /// The copy for judging.
    Review,
    /// The bytes as the camera wrote them.
    Original,
}

impl BlobRole {
    pub(crate) fn number(self) -> i64 {
        match self {
            BlobRole::Thumbnail => 0,
            BlobRole::Review => 1,
            BlobRole::Original => 2,
        }
    }

    pub(crate) fn of_number(number: i64) -> BlobRole {
        match number {
            0 => BlobRole::Thumbnail,
            1 => BlobRole::Review,
            _ => BlobRole::Original,
        }
    }

    /// The name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            BlobRole::Thumbnail => "thumbnail",
            BlobRole::Review => "review",
            BlobRole::Original => "original",
        }
    }
}

/// Which uploads a session wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadPolicy {
    /// Whether originals may go now, or only the copies (a metered network).
    pub originals: bool,
    /// Those that failed before are given again from their time on.
    pub now: Timestamp,
}

/// One file to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadJob {
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// Its length in bytes.
    pub size: u64,
    /// Where it lies.
    pub path: PathBuf,
    /// What it is.
    pub role: BlobRole,
    /// Bytes that the hub is known to have.
    pub offset: u64,
    /// The upload's own address, once it was begun.
    pub url: Option<String>,
    /// How often it failed.
    pub tries: u32,
}

/// One file to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedPhoto {
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// Its length in bytes as its author said.
    pub size: u64,
    /// What it is; never an original.
    pub role: BlobRole,
}
