//! Events: what happened, as its author wrote it.
//!
//! An event has three byte strings, each kept exactly as the device made it: the [`Payload`], which the fold reads; the
//! [`Private`] part, salted free text that can be erased without breaking any chain; and the envelope
//! ([`crate::envelope`]), which binds both by hash. Protocol: section "An event's bytes".

mod body;
mod choices;
mod photo;
mod rules;

use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};
use minicbor::{Decode, Encode};
use serde::Serialize;

pub use self::body::*;
pub use self::choices::*;
pub use self::photo::{Blob, Photo, PhotoMark};
use crate::cbor::{self, Fault};
use crate::id::{EventId, MemberId, TicketId};
use crate::key::Acting;
use crate::time::Timestamp;

/// Most bytes of an event: payload, private part and envelope together.
pub const MAX_EVENT_BYTES: usize = 64 * 1024;
/// Most photos on one event.
pub const MAX_PHOTOS: usize = 20;
/// Most bytes of each free text.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;
/// Most events on one ticket, of which the last [`STAGE_RESERVE`] are kept for those that move it on.
pub const MAX_TICKET_EVENTS: u32 = 1000;
/// Most bytes of a ticket's events: payloads, private parts and envelopes.
pub const MAX_TICKET_BYTES: u64 = 1024 * 1024;
/// Events of [`MAX_TICKET_EVENTS`] that only [`Body::moves_on`] may use.
pub const STAGE_RESERVE: u32 = 100;
/// Bytes of [`MAX_TICKET_BYTES`] that only [`Body::moves_on`] may use: one event of the largest size.
pub const STAGE_RESERVE_BYTES: u64 = MAX_EVENT_BYTES as u64;
/// Most cooperating holders on one ticket.
pub const MAX_COOPERATING: usize = 16;
/// The newest law that this code knows; a stamp names the one in force.
pub const LAW_VERSION: u16 = 1;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A ticket.
    #[n(0)]
    Ticket(#[n(0)] TicketId),
    /// A member's record.
    #[n(1)]
    Member(#[n(0)] MemberId),
    /// The workspace: its documents and its law.
    #[n(2)]
    Workspace,
}

impl Subject {
    /// The ticket, if it is one.
    pub fn ticket(self) -> Option<TicketId> {
        match self {
            Subject::Ticket(ticket) => Some(ticket),
            _ => None,
        }
    }
}

/// What the author had seen when acting: the hub's order up to here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Base {
    /// Epoch of the hub's order; 0 before the first pull.
    #[n(0)]
    pub epoch: u32,
    /// Head of the last completed pull.
    #[n(1)]
    pub low: u64,
}

/// The device's time, doubted by everybody else (protocol, "Time").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct DeviceTime {
    /// The device's wall clock.
    #[n(0)]
    pub wall: Timestamp,
    /// A clock that never goes back within one boot, in ms.
    #[n(1)]
    pub monotonic_ms: u64,
    /// Names the boot that the monotonic reading belongs to.
    #[n(2)]
    pub boot: u64,
    /// Hub time less the device's wall clock at the last exchange of the same boot, in ms; `None` without one.
    #[n(3)]
    pub offset_ms: Option<i64>,
}

impl DeviceTime {
    /// The device's own idea of hub time: the wall clock moved by the last known offset.
    pub fn estimate(&self) -> Timestamp {
        self.wall.plus_ms(self.offset_ms.unwrap_or(0))
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// What it is about. A `reported` event's ticket is its own id.
    pub subject: Subject,
    /// The role and key that the author acts under.
    pub acting: Acting,
    /// What the author had seen.
    pub base: Base,
    /// When, by the device.
    pub time: DeviceTime,
    /// The kind with its own fields.
    pub body: Body,
}

impl Payload {
    /// The bytes to hash and send.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a payload; one whose kind is not about its subject is refused. Unknown keys are ignored; an unknown kind or kind version becomes [`Body::Unknown`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Payload, Fault> {
        let payload: Payload = cbor::decode(bytes, MAX_EVENT_BYTES)?;
        if !payload.body.is_about(payload.subject) {
            return Err(Fault::Shape);
        }
        payload.body.check()?;
        Ok(payload)
    }

    /// Whether this payload can be that of the event with this id: a ticket is named after its `reported` event. Of an
    /// unknown kind nobody here knows; it may be a report of a newer law.
    pub fn is_of(&self, id: EventId) -> bool {
        if matches!(self.body, Body::Unknown(_)) {
            return true;
        }
        let own = self.subject.ticket().is_some_and(|ticket| ticket.reported() == id);
        own == matches!(self.body, Body::Reported(_))
    }
}

impl<C> Encode<C> for Payload {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.map(7)?.u8(0)?.u16(self.body.number())?.u8(1)?.u8(1)?;
        e.u8(2)?.encode_with(self.subject, ctx)?;
        e.u8(3)?.encode_with(&self.acting, ctx)?;
        e.u8(4)?.encode_with(self.base, ctx)?;
        e.u8(5)?.encode_with(self.time, ctx)?;
        e.u8(6)?;
        self.body.encode_fields(e, ctx)
    }
}

impl<'b, C> Decode<'b, C> for Payload {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        let (mut kind, mut version, mut body) = (None, None, None);
        let (mut subject, mut acting, mut base, mut time) = (None, None, None, None);
        let entries = d.map()?.ok_or_else(|| decode::Error::message("indefinite map"))?;
        for _ in 0..entries {
            match d.u64()? {
                0 => kind = Some(d.u16()?),
                1 => version = Some(d.u8()?),
                2 => subject = Some(d.decode_with(ctx)?),
                3 => acting = Some(d.decode_with(ctx)?),
                4 => base = Some(d.decode_with(ctx)?),
                5 => time = Some(d.decode_with(ctx)?),
                6 => {
                    // Keys ascend, so kind and version are known by now or missing for good.
                    let kind = kind.ok_or_else(|| decode::Error::message("body before kind"))?;
                    body = Some(match version {
                        Some(1) => Body::decode_fields(kind, d, ctx)?,
                        _ => {
                            d.skip()?;
                            Body::Unknown(kind)
                        }
                    });
                }
                _ => d.skip()?,
            }
        }
        let missing = || decode::Error::message("a field is missing");
        Ok(Payload {
            subject: subject.ok_or_else(missing)?,
            acting: acting.ok_or_else(missing)?,
            base: base.ok_or_else(missing)?,
            time: time.ok_or_else(missing)?,
            body: body.ok_or_else(missing)?,
        })
    }
}

/// Free text of an event. The fold never reads it, so erasing it changes no state and no digest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Private {
    /// Random bytes, so that the hash of a short text does not give the text away. Never shorter than 16 on writing.
    #[n(0)]
    #[serde(skip)]
    pub salt: crate::id::Bytes,
    /// What the author says.
    #[n(1)]
    pub words: Option<String>,
    /// Words for the place, such as "opposite the north gate".
    #[n(2)]
    pub place: Option<String>,
}

impl Private {
    /// The bytes to hash and send.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a private part; texts over [`MAX_TEXT_BYTES`] are refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Private, Fault> {
        let private: Private = cbor::decode(bytes, MAX_EVENT_BYTES)?;
        let longest = [&private.words, &private.place].into_iter().flatten().map(String::len).max();
        if longest.unwrap_or(0) > MAX_TEXT_BYTES {
            return Err(Fault::TooLarge);
        }
        Ok(private)
    }

    /// Whether there is anything to keep.
    pub fn is_empty(&self) -> bool {
        self.words.is_none() && self.place.is_none()
    }
}

/// One event as the fold and the screens see it: its parts decoded, with the id from its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The event's id.
    pub id: EventId,
    /// What happened.
    pub payload: Payload,
}

#[cfg(test)]
mod tests;
