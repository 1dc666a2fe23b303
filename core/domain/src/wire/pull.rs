//! Pull: pages down, with what they need and the cursor behind them.

use minicbor::{Decode, Encode};

use super::push::Outcome;
use crate::digest::Digest;
use crate::envelope::CommitSignature;
use crate::event::DocumentKind;
use crate::id::{Bytes, EventId, Hash, TicketId};
use crate::key::{Key, MemberRecord};
use crate::stamp::{Head, Stamped};
use crate::time::Timestamp;

/// Asks for the next page.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pull {
    /// The cursor of the last page, as the hub gave it; `None` to begin.
    #[n(0)]
    pub cursor: Option<Bytes>,
    /// About how many bytes of tickets the page may hold; it holds at least one ticket.
    #[n(1)]
    pub max_bytes: u32,
    /// The last line of the outcome feed that the device has.
    #[n(2)]
    pub outcomes_after: u64,
    /// The newest signed head that the device has seen.
    #[n(3)]
    pub seen: Option<Head>,
}

/// A page: applied with its cursor in one transaction, after the documents that it names are there.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Page {
    /// Tickets that are visible, in the order in which they are to be applied.
    #[n(0)]
    pub tickets: Vec<TicketPart>,
    /// Tickets that are not visible any more.
    #[n(1)]
    pub left: Vec<TicketId>,
    /// Keys that the device is no longer subscribed to: struck from every ticket, and a ticket left with none is
    /// dropped.
    #[n(2)]
    pub removed_keys: Vec<Key>,
    /// The member's own record if it changed; the office also gets the others'.
    #[n(3)]
    pub members: Vec<MemberRecord>,
    /// Documents in force at this page's head, if they changed: fetched by hash before the page is applied.
    #[n(4)]
    pub documents: Vec<DocumentRef>,
    /// New lines of the outcome feed.
    #[n(5)]
    pub outcomes: Vec<Outcome>,
    /// The cursor behind this page.
    #[n(6)]
    pub cursor: Bytes,
    /// Whether another page follows at once.
    #[n(7)]
    pub more: bool,
    /// The signed head; its number is at least that of every event in the page.
    #[n(8)]
    pub head: Head,
    /// Head of the last completed pull, behind this page: what the device names as `base`.
    #[n(9)]
    pub low: u64,
    /// Hub time.
    #[n(10)]
    pub now: Timestamp,
    /// The hub's digest of each fully filled key, at `low` = head; only when no page follows.
    #[n(11)]
    pub digests: Vec<(Key, Digest)>,
    /// Events whose private parts are erased: dropped wherever they are held.
    #[n(12)]
    pub erased: Vec<EventId>,
    /// The head that the hub reports as inside a verified backup; photos bound up to there may go from the phone.
    #[n(13)]
    pub safe_n: u64,
    /// The law in force at this page's head; `None` from a hub that does not say, which follows the first.
    #[n(14)]
    pub law: Option<u16>,
}

/// A ticket, whole or from a sequence on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TicketPart {
    /// The ticket.
    #[n(0)]
    pub ticket: TicketId,
    /// Whole: what the device holds of it is replaced. Else the events follow those held.
    #[n(1)]
    pub whole: bool,
    /// Its events in the order of their ticket sequence.
    #[n(2)]
    pub events: Vec<Stamped>,
    /// Signatures of the commits that end among these events.
    #[n(3)]
    pub signatures: Vec<CommitSignature>,
    /// The subscribed keys that it is held under.
    #[n(4)]
    pub keys: Vec<Key>,
}

/// A document in force.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DocumentRef {
    /// What it is.
    #[n(0)]
    pub kind: DocumentKind,
    /// SHA-256 of its bytes.
    #[n(1)]
    pub hash: Hash,
    /// Number of the event that published it.
    #[n(2)]
    pub n: u64,
}

/// Asks for whole tickets again, after a gap or a digest that differs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Fetch {
    /// At most 100.
    #[n(0)]
    pub tickets: Vec<TicketId>,
}

/// Whole tickets; those that are not visible are named in `left`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Fetched {
    /// The tickets.
    #[n(0)]
    pub tickets: Vec<TicketPart>,
    /// Those not visible.
    #[n(1)]
    pub left: Vec<TicketId>,
}

/// Asks for the terms of a key's digest, to find which ticket differs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Narrow {
    /// A fully filled key of the device.
    #[n(0)]
    pub key: Key,
    /// Tickets after this one, in the order of their ids.
    #[n(1)]
    pub after: Option<TicketId>,
}

/// Terms of a digest, at most 10,000.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Narrowed {
    /// Ticket and term.
    #[n(0)]
    pub terms: Vec<(TicketId, Hash)>,
    /// Whether more follow.
    #[n(1)]
    pub more: bool,
    /// The head at which they hold.
    #[n(2)]
    pub n: u64,
}
