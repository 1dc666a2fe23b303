//! The office's orders: what its commands do to the hub, as data, and the one function that does it.
//!
//! A command opens the data folder itself when nobody else has it open, and sends its order to the hub that serves it
//! otherwise ([`Office`]). Invariant: both ways end in [`carry_out`], so neither can do or say anything that the other
//! does not. What can be long is asked for in pages, so neither side ever holds all of it.

mod carry;
mod denied;
mod desk;
mod line;
mod office;

use redvest_domain::event::DocumentKind;
use redvest_domain::id::{DeviceId, EventId, Hash, MemberId, TicketId, WorkspaceId};
use redvest_domain::key::MemberRecord;
use redvest_domain::reference::Successors;
use redvest_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::carry::carry_out;
pub use self::denied::{Denied, DeniedKind};
pub use self::desk::Desk;
pub(crate) use self::desk::{Notice, ORDERS, PROOF, hex, proof, unhex};
pub use self::office::Office;
pub use crate::store::{DeviceRow, Person, PhotoDoubt, RefusedWork};

/// What the office wants done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", content = "with", rename_all = "snake_case")]
pub enum Order {
    /// Where the workspace stands.
    Status,
    /// The documents in force.
    Documents,
    /// Members with what the directory says of them, a page at a time.
    Members {
        /// The last member of the page before.
        after: Option<MemberId>,
    },
    /// Sets records and what the directory says of people.
    SetMembers {
        /// Records; those in force already change nothing.
        records: Vec<MemberRecord>,
        /// People with a record.
        people: Vec<Person>,
    },
    /// Forgets name, title and telephone number of a member.
    Forget {
        /// Whom.
        whom: Whom,
    },
    /// A one-time enrolment code.
    Invite {
        /// For whom.
        whom: Whom,
        /// Hours that it is valid.
        hours: u32,
    },
    /// All devices.
    Devices,
    /// Ends a device's token.
    Revoke {
        /// Which.
        device: DeviceId,
        /// Whether nobody knows who holds it.
        lost: bool,
    },
    /// Publishes a document.
    Publish {
        /// Its kind.
        kind: DocumentKind,
        /// Its exact text.
        text: String,
        /// The document that it was compared with ([`redvest_domain::reference::address`] of its canonical text); `None` for a
        /// calendar with a new code. If another one is in force by now, nothing is published.
        over: Option<Hash>,
        /// Who takes over from what it removes.
        successors: Successors,
    },
    /// The states of tickets in the order of their reports, a page at a time.
    Tickets {
        /// [`Reply::Tickets::last`] of the page before; 0 from the beginning.
        after: u64,
    },
    /// What is doubtful about photos of tickets.
    PhotoDoubts,
    /// The log in its order, a page at a time.
    Log {
        /// Number of the last event of the page before; 0 from the beginning.
        after: u64,
    },
    /// Refused work that can be admitted, the oldest first, a page at a time.
    Refused {
        /// The last event of the page before.
        after: Option<EventId>,
    },
    /// Admits refused work.
    Admit {
        /// The member of the office who does so.
        by: MemberId,
        /// Its last event.
        event: EventId,
    },
    /// Drops the private parts of events.
    Erase {
        /// The member of the office who does so.
        by: MemberId,
        /// The ticket.
        ticket: TicketName,
        /// Which events.
        events: Vec<EventId>,
    },
    /// A ticket's file of evidence.
    Evidence {
        /// The ticket.
        ticket: TicketName,
    },
    /// Makes the tables of state again from the log.
    Rebuild,
    /// Opens a new epoch.
    OpenEpoch,
    /// Says that a verified backup holds everything up to a number.
    SetSafe {
        /// The number.
        number: u64,
    },
}

/// A member, by id or by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// The pseudonym.
    Member(MemberId),
    /// The only active member of this name.
    Name(String),
}

/// A ticket, by id or by the hub's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketName {
    /// Its id.
    Id(TicketId),
    /// Its short number, such as `20261122-0147`.
    Number(String),
}

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", content = "with", rename_all = "snake_case")]
pub enum Reply {
    /// It is done, and on the disk.
    Done,
    /// Where the workspace stands.
    Status(Status),
    /// The documents in force, in the order of their publication.
    Documents(Vec<PlainDocument>),
    /// A page of members; an empty one is behind the last.
    Members(Vec<Member>),
    /// Who was forgotten.
    Forgotten(MemberId),
    /// A one-time code.
    Invited {
        /// For whom.
        member: MemberId,
        /// Its secret, for [`redvest_domain::invitation::Invitation`].
        secret: Packed,
        /// Until when it can be used.
        expires: Timestamp,
    },
    /// All devices in the order of their enrolment.
    Devices(Vec<DeviceRow>),
    /// The address of the document that is in force now.
    Published(Hash),
    /// A page of tickets.
    Tickets {
        /// The hub's present instant.
        now: Timestamp,
        /// Where the next page begins; `None` for the page behind the last ticket, which is empty.
        last: Option<u64>,
        /// Their states, as [`redvest_domain::ticket::Ticket::from_bytes`] reads them.
        tickets: Vec<Packed>,
    },
    /// What is doubtful about photos of tickets.
    PhotoDoubts(Vec<PhotoDoubt>),
    /// A page of the log: an object for each event.
    Log {
        /// Where the next page begins; `None` for the page behind the last event, which is empty.
        last: Option<u64>,
        /// The events.
        lines: Vec<serde_json::Value>,
    },
    /// A page of refused work; an empty one is behind the last.
    Refused(Vec<RefusedWork>),
    /// What was erased in which ticket.
    Erased(TicketId),
    /// A sealed file of evidence.
    Evidence {
        /// Of which ticket.
        ticket: TicketId,
        /// The key that verifies it.
        hub_key: Hash,
        /// The file.
        file: Packed,
    },
    /// From how many events the tables were made.
    Rebuilt(u64),
    /// The epoch now.
    Epoch(u32),
}

/// Where a workspace stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Epoch of the order.
    pub epoch: u32,
    /// Number of the last event.
    pub events: u64,
    /// Up to which number a verified backup holds the log.
    pub safe: u64,
    /// Whether a device proved that this database is older than what it has seen.
    pub behind: bool,
    /// The law in force.
    pub law: u16,
    /// The hub's own device.
    pub hub: DeviceId,
    /// The hub's public key.
    pub hub_key: Hash,
    /// Name and version of the program.
    pub software: String,
}

/// A document as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainDocument {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its exact text.
    pub text: String,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The record in force.
    pub record: MemberRecord,
    /// What the directory says; nothing after it was forgotten.
    pub person: Option<Person>,
}

/// Bytes that stand in JSON as base 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(pub Vec<u8>);

impl Serialize for Packed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_str(&base64::display::Base64Display::new(&self.0, &base64::engine::general_purpose::STANDARD))
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Packed, D::Error> {
        use base64::Engine;
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.as_bytes());
        bytes.map(Packed).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
