//! What the fields of events choose from. Numbers are for ever: a choice is never renumbered or reused.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{EventId, TicketId};
use crate::terms::Holder;
use crate::time::Timestamp;

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$choice_doc:meta])* $index:literal $choice:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
        #[serde(rename_all = "snake_case")]
        #[cbor(index_only)]
        pub enum $name {
            $($(#[$choice_doc])* #[n($index)] $choice,)*
        }
    )*};
}

choices! {
    /// How a ticket came to be.
    Source {
        /// On a duty shift.
        0 Patrol,
        /// During a spot check.
        1 SpotCheck,
        /// A citizen told somebody.
        2 Citizen,
        /// Handed down from above.
        3 Assigned,
    }
    /// What a rectification came to.
    Outcome {
        /// 已整改: put right.
        0 Rectified,
        /// 劝导: somebody was persuaded; no after photo is needed.
        1 Persuaded,
        /// 未发现: nothing was found.
        2 NothingFound,
    }
    /// What a reviewer says of one photo.
    PhotoVerdict {
        /// Nothing wrong.
        0 Fine,
        /// Not clear enough to judge.
        1 Unclear,
        /// Not the place of the ticket.
        2 OtherPlace,
        /// Used before.
        3 Reused,
        /// Arranged for the camera.
        4 Staged,
        /// Shows what must not be shown.
        5 Private,
    }
    /// What a holder asks for.
    AskKind {
        /// 挂账: the clocks stand until an instant.
        0 Suspension,
        /// 延期: more time to rectify.
        1 Extension,
    }
}

/// Why a ticket is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// It is no violation.
    #[n(0)]
    NoViolation,
    /// It is the same as an earlier ticket.
    #[n(1)]
    Duplicate(#[n(0)] TicketId),
    /// It was made by mistake.
    #[n(2)]
    Mistake,
}

/// What is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Every clock stands until this instant.
    #[n(0)]
    Suspension(#[n(0)] Timestamp),
    /// This much more to rectify, on the clock of the rectify limit and in its unit (minutes or days).
    #[n(1)]
    Extension(#[n(0)] u32),
}

choices! {
    /// The clocks of a ticket.
    ClockName {
        /// Waiting for dispatch.
        0 Dispatch,
        /// Dispatched, waiting to be accepted.
        1 Accept,
        /// To be rectified.
        2 Rectify,
        /// Rectified, waiting to be judged.
        3 Review,
    }
    /// The kinds of reference documents.
    DocumentKind {
        /// Categories with their rules.
        0 Catalogue,
        /// Grids and their levels.
        1 Grids,
        /// Agencies and what they lead.
        2 Agencies,
        /// A working calendar.
        3 Calendar,
        /// The workspace's own rules.
        4 Policy,
        /// 包联路段、点位.
        5 Responsibilities,
    }
}

impl ClockName {
    /// All clocks, in the order in which a ticket meets them.
    pub const ALL: [ClockName; 4] = [ClockName::Dispatch, ClockName::Accept, ClockName::Rectify, ClockName::Review];
}

/// Why the hub reminded or carded: the clock that ran out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RanOut {
    /// Which clock.
    #[n(0)]
    pub clock: ClockName,
    /// The round it ran in.
    #[n(1)]
    pub round: u16,
    /// Against whom it ran.
    #[n(2)]
    pub holder: Option<Holder>,
    /// The instant at which it was due.
    #[n(3)]
    pub due: Timestamp,
    /// The event that last started or moved the clock.
    #[n(4)]
    pub cause: EventId,
}
