//! The parts of a ticket's state: acts, rectifications, asks, counters, photos, marks, anomalies.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::event::{AskKind, Grant, Outcome, PhotoVerdict, RanOut};
use crate::id::{EventId, Hash, MemberId};
use crate::misfit::Misfit;
use crate::time::Timestamp;

/// An event that did something, as far as others need to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Act {
    /// The event.
    #[n(0)]
    pub event: EventId,
    /// Its kind's number.
    #[n(1)]
    pub kind: u16,
    /// Its author.
    #[n(2)]
    pub member: MemberId,
    /// When the hub received it.
    #[n(3)]
    pub received: Timestamp,
    /// When it happened, as far as the hub believes it.
    #[n(4)]
    pub corrected: Timestamp,
}

/// The rectification to be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Rectification {
    /// The event.
    #[n(0)]
    pub act: Act,
    /// What it came to.
    #[n(1)]
    pub outcome: Outcome,
    /// 立行立改: by the reporter, in the report's own commit.
    #[n(2)]
    pub on_the_spot: bool,
    /// Whether the hub drew it; `None` before the draw or without one.
    #[n(3)]
    pub drawn: Option<bool>,
}

/// An ask that nobody answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct OpenAsk {
    /// The `asked` event.
    #[n(0)]
    pub act: Act,
    /// What is asked for.
    #[n(1)]
    pub wish: Grant,
}

impl OpenAsk {
    /// Suspension or extension.
    pub fn kind(&self) -> AskKind {
        match self.wish {
            Grant::Suspension(_) => AskKind::Suspension,
            Grant::Extension(_) => AskKind::Extension,
        }
    }
}

/// What is counted on a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Counts {
    /// 退回: three and more are shown as passed around (推诿).
    #[n(0)]
    pub returned: u16,
    /// 返工
    #[n(1)]
    pub sent_back: u16,
    /// 催办
    #[n(2)]
    pub reminded: u16,
    /// 督办
    #[n(3)]
    pub urged: u16,
    /// 黄牌
    #[n(4)]
    pub carded: u16,
    /// 重开
    #[n(5)]
    pub reopened: u16,
}

/// A reminder or a yellow card that the hub wrote because a clock ran out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Escalation {
    /// The event.
    #[n(0)]
    pub event: EventId,
    /// A yellow card; else a reminder.
    #[n(1)]
    pub card: bool,
    /// The clock.
    #[n(2)]
    pub ran_out: RanOut,
    /// Whether the clock turned out to have stopped before its due instant.
    #[n(3)]
    pub annulled: bool,
}

/// What a photo shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Shows {
    /// The violation.
    #[n(0)]
    Before,
    /// It put right.
    #[n(1)]
    After,
    /// Anything else.
    #[n(2)]
    Evidence,
}

/// A photo of the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct TicketPhoto {
    /// SHA-256 of the original.
    #[n(0)]
    pub original: Hash,
    /// SHA-256 of the thumbnail.
    #[n(1)]
    pub thumbnail: Option<Hash>,
    /// The event that bound it.
    #[n(2)]
    pub event: EventId,
    /// What it shows.
    #[n(3)]
    pub shows: Shows,
    /// What a reviewer last said of it.
    #[n(4)]
    pub verdict: Option<PhotoVerdict>,
}

/// What is doubtful or unmet; shown to reviewers, never an anomaly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Mark {
    /// Fewer photos than the category asks for.
    #[n(0)]
    PhotosMissing,
    /// The fix is worse than the category's gate.
    #[n(1)]
    AccuracyGate,
    /// The operating system said that the position was mocked.
    #[n(2)]
    MockPosition,
    /// The device's time could not be checked.
    #[n(3)]
    TimeUnsure,
    /// A photo without copies, or with a doubtful time or place.
    #[n(4)]
    PhotoDoubtful,
    /// The pin lies outside every grid.
    #[n(5)]
    OutsideGrids,
    /// A suspension was granted for longer than the terms allow, and ends when they say.
    #[n(6)]
    SuspensionCut,
}

/// An event that came too late: it is kept, changes nothing, and its author is shown what came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Anomaly {
    /// The event that no longer fitted.
    #[n(0)]
    pub act: Act,
    /// Why.
    #[n(1)]
    pub misfit: Misfit,
    /// What came first.
    #[n(2)]
    pub winner: Act,
}
