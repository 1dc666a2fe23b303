//! Drafts: what somebody was about to report or to put right.

use minicbor::{Decode, Encode};
use redvest_domain::event::{Outcome, Source};
use redvest_domain::id::{CategoryCode, EventId, GridCode, Hash, ReasonCode, TicketId};
use redvest_domain::place::{Fix, Position};
use redvest_domain::time::Timestamp;
use serde::Serialize;

/// A report or a rectification in the middle. Nobody but this phone sees it; nothing in it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Draft {
    /// The draft, never the id of an event; see [`crate::Client::new_draft`].
    #[n(0)]
    pub id: EventId,
    /// The ticket to put right; `None` for a report.
    #[n(1)]
    pub ticket: Option<TicketId>,
    /// When it was begun, by this device's clock.
    #[n(2)]
    pub started: Timestamp,
    /// When it was last saved; saving sets it.
    #[n(3)]
    pub changed: Timestamp,
    /// What kind of violation.
    #[n(4)]
    pub category: Option<CategoryCode>,
    /// Where it is.
    #[n(5)]
    pub pin: Option<Position>,
    /// The author's own measured position.
    #[n(6)]
    pub fix: Option<Fix>,
    /// The grid, if picked by hand.
    #[n(7)]
    pub grid: Option<GridCode>,
    /// Words for the place.
    #[n(8)]
    pub place: Option<String>,
    /// What the author says.
    #[n(9)]
    pub words: Option<String>,
    /// Photos of the violation, by the hashes of their originals.
    #[n(10)]
    pub before: Vec<Hash>,
    /// Photos that show it put right.
    #[n(11)]
    pub after: Vec<Hash>,
    /// What it came to.
    #[n(12)]
    pub outcome: Option<Outcome>,
    /// Why the accuracy gate is passed without meeting it.
    #[n(13)]
    pub gate_reason: Option<ReasonCode>,
    /// The earlier ticket that it repeats.
    #[n(14)]
    pub recurs: Option<TicketId>,
    /// How it came to be.
    #[n(15)]
    pub source: Option<Source>,
}
