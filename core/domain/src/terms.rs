//! Terms: everything of the catalogue and the policy that one ticket's law depends on, copied into the stamp of the
//! event that sets or changes it. So the fold needs no document, and a later catalogue never rewrites the past.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{AgencyCode, CalendarCode, GridCode};
use crate::time::{DAY_MS, Limit, Timestamp};

/// Who holds a ticket: a grid or an agency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A grid of any level.
    #[n(0)]
    Grid(#[n(0)] GridCode),
    /// An agency.
    #[n(1)]
    Agency(#[n(0)] AgencyCode),
}

/// Who may judge a rectification (LAW, who).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum ReviewPolicy {
    /// A rectification closes the ticket.
    #[n(0)]
    None,
    /// A grid manager of the pin's grid or above closes it.
    #[n(1)]
    Grid,
    /// The hub draws this share of rectifications, in per cent; a supervisor judges those, the rest close.
    #[n(2)]
    Sampled(#[n(0)] u8),
    /// A supervisor judges each one.
    #[n(3)]
    Always,
}

/// Photos that a report and a rectification need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct PhotoRule {
    /// Photos that show the violation.
    #[n(0)]
    pub before: u8,
    /// Photos that show it put right; not asked for when persuading or when nothing was found.
    #[n(1)]
    pub after: u8,
}

/// Limits of the four waits of a ticket; a wait without a limit has no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct Limits {
    /// From waiting to dispatched.
    #[n(0)]
    pub dispatch: Option<Limit>,
    /// From dispatched to accepted.
    #[n(1)]
    pub accept: Option<Limit>,
    /// From dispatched to rectified.
    #[n(2)]
    pub rectify: Option<Limit>,
    /// From rectified to judged.
    #[n(3)]
    pub review: Option<Limit>,
}

/// What one ticket's law depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Terms {
    /// To whom the ticket goes by itself; `None` when neither grid nor agency is there, so it waits for dispatch.
    #[n(0)]
    pub handler: Option<Holder>,
    /// Agencies and grids that cooperate from the start.
    #[n(1)]
    pub cooperating: Vec<Holder>,
    /// The limits of the category.
    #[n(2)]
    pub limits: Limits,
    /// Who judges.
    #[n(3)]
    pub review: ReviewPolicy,
    /// Photos needed.
    #[n(4)]
    pub photos: PhotoRule,
    /// Worst accuracy of a fix that needs no reason, in cm; `None` accepts any.
    #[n(5)]
    pub accuracy_gate_cm: Option<u32>,
    /// Whether a lead holder may hand the ticket on by itself (移交).
    #[n(6)]
    pub hand_on: bool,
    /// What a holder has at least left to rectify after work was sent back.
    #[n(7)]
    pub rework_floor: Option<Limit>,
    /// Days of 24 hours after closing in which a ticket can be reopened.
    #[n(8)]
    pub reopen_days: u16,
    /// The calendar that the clocks run on.
    #[n(9)]
    pub calendar: CalendarCode,
    /// The longest suspension that can be granted at once, in days of 24 hours; `None` in stamps from before it was
    /// there, which bound none.
    #[n(10)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension_max_days: Option<u16>,
}

impl Terms {
    /// The latest end of a suspension that begins at this instant; `None` when there is no bound.
    pub fn suspension_end(&self, from: Timestamp) -> Option<Timestamp> {
        self.suspension_max_days.map(|days| from.plus_ms(i64::from(days) * DAY_MS))
    }
}
