//! Push: commits up, outcomes down.

use minicbor::{Decode, Encode};

use crate::envelope::Commit;
use crate::id::{DeviceId, EventId, Hash, MemberId, TicketId};
use crate::stamp::Head;
use crate::time::Timestamp;

/// Most commits in one push.
pub const MAX_PUSH: usize = 200;

/// Commits of one device in the order of its chain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Push {
    /// At most [`MAX_PUSH`].
    #[n(0)]
    pub commits: Vec<Commit>,
    /// The newest signed head that the device has seen; a hub behind it takes nothing.
    #[n(1)]
    pub seen: Option<Head>,
    /// The device's wall clock when it sent this.
    #[n(2)]
    pub sent: Timestamp,
}

/// The answer to a push. Whatever it says is durable.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pushed {
    /// One for each event consumed now or in an earlier try, in the order sent.
    #[n(0)]
    pub outcomes: Vec<Outcome>,
    /// The device sequence that the hub expects next.
    #[n(1)]
    pub next_seq: u64,
    /// Why the batch stopped before its end, if it did: nothing from there on was consumed.
    #[n(2)]
    pub later: Option<Later>,
    /// Hub time.
    #[n(3)]
    pub now: Timestamp,
}

/// Why commits were not consumed; they are sent again later, unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Later {
    /// A stable code.
    #[n(0)]
    pub code: String,
    /// What to do, in Chinese.
    #[n(1)]
    pub zh: String,
    /// What to do, in English.
    #[n(2)]
    pub en: String,
    /// Seconds to wait.
    #[n(3)]
    pub retry_after: Option<u32>,
}

/// A line of a device's outcome feed; for each event the line with the highest counter counts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Outcome {
    /// Place in the device's outcome feed, gapless from 1.
    #[n(0)]
    pub counter: u64,
    /// The event; its id as far as the bytes could be read.
    #[n(1)]
    pub event: Option<EventId>,
    /// Device of the event: this one, or one that it was re-keyed from.
    #[n(2)]
    pub device: DeviceId,
    /// Device sequence of the event.
    #[n(3)]
    pub seq: u64,
    /// What became of it.
    #[n(4)]
    pub fate: Fate,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Fate {
    /// Accepted and stamped. It may be an anomaly: see [`Fate::TooLate`].
    #[n(0)]
    Accepted(#[n(0)] Accepted),
    /// Refused for good: it stays on the phone with its photos until dismissed or admitted.
    #[n(1)]
    Refused(#[n(0)] Refused),
    /// Accepted, but it came too late: kept on the ticket, changing nothing.
    #[n(2)]
    TooLate(#[n(0)] TooLate),
}

/// An accepted event.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Accepted {
    /// Epoch.
    #[n(0)]
    pub epoch: u32,
    /// Number in the workspace.
    #[n(1)]
    pub n: u64,
    /// The ticket.
    #[n(2)]
    pub ticket: Option<TicketId>,
    /// The ticket's short number.
    #[n(3)]
    pub short_number: Option<String>,
    /// Hash of the stamped event.
    #[n(4)]
    pub event_hash: Hash,
    /// Whether the office admitted it after a refusal.
    #[n(5)]
    pub admitted: bool,
}

/// A refused event.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// A stable code.
    #[n(0)]
    pub code: String,
    /// What to do, in Chinese.
    #[n(1)]
    pub zh: String,
    /// What to do, in English.
    #[n(2)]
    pub en: String,
}

/// An event that came too late.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TooLate {
    /// As accepted.
    #[n(0)]
    pub accepted: Accepted,
    /// A stable code.
    #[n(1)]
    pub code: String,
    /// Kind of the event that came first.
    #[n(2)]
    pub winner_kind: u16,
    /// Author of the event that came first.
    #[n(3)]
    pub winner: MemberId,
    /// When the event that came first happened.
    #[n(4)]
    pub winner_at: Timestamp,
}
