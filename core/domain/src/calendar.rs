//! Working calendars: which days are worked and at which hours (LAW, clocks).
//!
//! A workday is Monday to Friday, less the holidays, plus the adjusted workdays (调休). The working hours of a day are
//! those of the period that began last on or before that day: a period's `from` is a day of every year (`"05-01"`) or
//! one date (`"2026-05-11"`), and it holds until another period begins; on the same day the one date wins over the day
//! of every year. Before any period has begun the earliest holds. So a summer timetable (夏令作息) is two periods, one
//! from May and one from October.
//!
//! [`Calendar`] is the document as published, [`Calendar::check`] says what is wrong with it, and
//! [`CalendarIndex`] answers questions fast. An index can be built from any calendar, also from a wrong one.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::id::CalendarCode;

mod check;
mod index;

pub use check::{Fault, FaultCode};
pub(crate) use index::date_of;
pub use index::{CalendarIndex, Day, DayKind};

/// A calendar document. It covers the local days of 1970 to 2099.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The code that a ticket's terms name.
    pub code: CalendarCode,
    /// What people call it.
    pub name: String,
    /// Where its dates come from; for people only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The fixed offset of local time from UTC in minutes; China has +480.
    pub offset_minutes: i32,
    /// The timetables of the year; see the module's rule.
    pub periods: Vec<Season>,
    /// Local dates that are not worked, ascending; weekends need not be listed.
    #[serde(default)]
    pub holidays: Vec<NaiveDate>,
    /// Saturdays and Sundays that are worked (调休), ascending.
    #[serde(default)]
    pub workdays: Vec<NaiveDate>,
}

/// One timetable and the day from which it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Season {
    /// What people call it, such as 夏令作息.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The first day on which it holds.
    pub from: DayMark,
    /// The working periods of a workday, ascending, without overlap.
    pub working: Vec<Span>,
}

/// A working period of a day, `[from, to)`, written `["08:00", "12:00"]`. It does not reach over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[TimeOfDay; 2]", into = "[TimeOfDay; 2]")]
pub struct Span {
    /// When work begins.
    pub from: TimeOfDay,
    /// When work ends.
    pub to: TimeOfDay,
}

impl From<[TimeOfDay; 2]> for Span {
    fn from([from, to]: [TimeOfDay; 2]) -> Self {
        Self { from, to }
    }
}

impl From<Span> for [TimeOfDay; 2] {
    fn from(span: Span) -> Self {
        [span.from, span.to]
    }
}

/// A text that is no time of day, or no day mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct NotAMark {
    expected: &'static str,
}

/// A local time of day in whole minutes, `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// The time so many minutes after midnight; `None` above 1,440.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes <= 24 * 60).then_some(Self(minutes))
    }

    /// Minutes after midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = NotAMark;
    fn from_str(text: &str) -> Result<Self, NotAMark> {
        let bad = NotAMark { expected: "a time of day between 00:00 and 24:00, written HH:MM" };
        let (hours, minutes) = text.split_once(':').ok_or(bad)?;
        let (hours, minutes) = (two_digits(hours).ok_or(bad)?, two_digits(minutes).ok_or(bad)?);
        if minutes > 59 {
            return Err(bad);
        }
        Self::from_minutes(hours * 60 + minutes).ok_or(bad)
    }
}

/// A day of every year, written `05-01`, or one date, written `2026-05-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayMark {
    /// This month and day of each year.
    Yearly {
        /// 1 to 12.
        month: u8,
        /// 1 to the month's length; 29 February is read but [`Calendar::check`] refuses it.
        day: u8,
    },
    /// This date only.
    On(NaiveDate),
}

impl DayMark {
    /// The day that the mark means in a year; `None` when that year has no such day.
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        match self {
            DayMark::Yearly { month, day } => NaiveDate::from_ymd_opt(year, month.into(), day.into()),
            DayMark::On(date) => (date.year() == year).then_some(date),
        }
    }
}

impl fmt::Display for DayMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DayMark::Yearly { month, day } => write!(f, "{month:02}-{day:02}"),
            DayMark::On(date) => write!(f, "{date}"),
        }
    }
}

impl FromStr for DayMark {
    type Err = NotAMark;
    fn from_str(text: &str) -> Result<Self, NotAMark> {
        let bad = NotAMark { expected: "a day of every year written MM-DD, or a date written YYYY-MM-DD" };
        if text.len() == 10 {
            return text.parse().map(DayMark::On).map_err(|_| bad);
        }
        let (month, day) = text.split_once('-').ok_or(bad)?;
        let (month, day) = (two_digits(month).ok_or(bad)?, two_digits(day).ok_or(bad)?);
        // 2000 was a leap year, so each day that some year has passes.
        NaiveDate::from_ymd_opt(2000, month.into(), day.into()).ok_or(bad)?;
        // Two digits fit a byte.
        Ok(DayMark::Yearly { month: month as u8, day: day as u8 })
    }
}

fn two_digits(text: &str) -> Option<u16> {
    match text.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u16::from(a - b'0') * 10 + u16::from(b - b'0')),
        _ => None,
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

as_text!(TimeOfDay, DayMark);

impl Calendar {
    /// The calendar that a new workspace begins with: Monday to Friday, 08:00–12:00 and 14:00–18:00 at +08:00, with
    /// the holidays and adjusted workdays of 2026 (State Council notice of 4 November 2025).
    pub fn built_in() -> Calendar {
        serde_json::from_str(include_str!("../data/calendar-default.json")).expect("the file is part of this crate")
    }

    /// The index of this calendar; built once a calendar version, since it walks every day that it covers.
    pub fn index(&self) -> CalendarIndex {
        CalendarIndex::new(self)
    }
}

#[cfg(test)]
mod tests;
