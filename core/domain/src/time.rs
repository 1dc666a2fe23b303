//! Instants and spans. The domain has no clock: every function that needs the time is given it.

use chrono::{DateTime, Utc};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// An instant, in milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// The earliest instant that a calendar date can name here: 0001-01-01T00:00:00Z.
    pub const MIN: Timestamp = Timestamp(-62_135_596_800_000);
    /// The latest instant that a calendar date can name here: 9999-12-31T23:59:59.999Z.
    pub const MAX: Timestamp = Timestamp(253_402_300_799_999);

    /// This instant moved by milliseconds, held within [`Timestamp::MIN`] and [`Timestamp::MAX`].
    pub fn plus_ms(self, ms: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(ms)).clamp(Timestamp::MIN, Timestamp::MAX)
    }

    /// Milliseconds from `earlier` to this instant; negative if it is later.
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The instant as a date and time in UTC, held within the range that dates have.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.clamp(Self::MIN.0, Self::MAX.0)).unwrap_or_default()
    }

    /// RFC 3339 in UTC with milliseconds.
    pub fn to_rfc3339(self) -> String {
        self.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }

    /// Reads RFC 3339 with any offset; `None` for anything else.
    pub fn from_rfc3339(text: &str) -> Option<Timestamp> {
        DateTime::parse_from_rfc3339(text).ok().map(|at| Timestamp(at.timestamp_millis()))
    }
}

/// Milliseconds in a day.
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60_000;

/// The four clocks of the trade (LAW, clocks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Clock {
    /// 紧急工作时: continuous time, holidays included; the amount is in minutes.
    #[n(0)]
    UrgentHours,
    /// 工作时: time inside the working periods of workdays; the amount is in minutes.
    #[n(1)]
    WorkingHours,
    /// 工作日: n times the working time of the calendar's ordinary workday; the amount is in days.
    #[n(2)]
    WorkingDays,
    /// 自然日: the end of the n-th local day after the start's day; the amount is in days.
    #[n(3)]
    NaturalDays,
}

/// An amount of time on a clock, such as four working hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct Limit {
    /// The clock that the amount is spent on.
    #[n(0)]
    pub clock: Clock,
    /// Minutes for the two hour clocks, days for the two day clocks.
    #[n(1)]
    pub amount: u32,
}

/// A stretch of time `[from, to)` that does not count; without `to` it still lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Pause {
    /// The first instant that does not count.
    #[n(0)]
    pub from: Timestamp,
    /// The first instant that counts again; `None` while the pause lasts.
    #[n(1)]
    pub to: Option<Timestamp>,
}
