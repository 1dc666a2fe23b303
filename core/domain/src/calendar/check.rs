//! What can be wrong with a calendar document, each with its place in the file and a sentence that says what to do.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::index::{FIRST_YEAR, LAST_YEAR, MAX_PERIODS};
use super::{Calendar, DayMark, Season};

/// Working periods that one day may have.
const MAX_SPANS: usize = 8;
/// Holidays, and adjusted workdays, that one calendar may list.
const MAX_DATES: usize = 4_000;

/// A kind of fault; [`FaultCode::as_str`] is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FaultCode {
    /// The name is empty.
    NameMissing,
    /// The offset is not between −12:00 and +14:00.
    OffsetOutOfRange,
    /// A list is longer than allowed.
    TooManyEntries,
    /// A calendar without periods, or a period without working hours.
    NoWorkingTime,
    /// Two periods begin on the same mark.
    PeriodStartTwice,
    /// A period that begins on 29 February of every year.
    LeapDay,
    /// A working period that ends before it begins, or is empty.
    SpanReversed,
    /// A working period that begins before the one above it ends.
    SpanOverlap,
    /// A date that is earlier than the one above it.
    DatesUnsorted,
    /// A date that is listed twice.
    DateTwice,
    /// A date that is both a holiday and an adjusted workday.
    DateBoth,
    /// A date outside 1970 to 2099.
    DateOutOfRange,
}

impl FaultCode {
    /// The stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            FaultCode::NameMissing => "name_missing",
            FaultCode::OffsetOutOfRange => "offset_out_of_range",
            FaultCode::TooManyEntries => "too_many_entries",
            FaultCode::NoWorkingTime => "no_working_time",
            FaultCode::PeriodStartTwice => "period_start_twice",
            FaultCode::LeapDay => "leap_day",
            FaultCode::SpanReversed => "span_reversed",
            FaultCode::SpanOverlap => "span_overlap",
            FaultCode::DatesUnsorted => "dates_unsorted",
            FaultCode::DateTwice => "date_twice",
            FaultCode::DateBoth => "date_both",
            FaultCode::DateOutOfRange => "date_out_of_range",
        }
    }

    /// What is wrong and what to do, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            FaultCode::NameMissing => "日历没有名称，请填写名称。",
            FaultCode::OffsetOutOfRange => "时区偏移超出 -720 至 840 分钟，北京时间请填 480。",
            FaultCode::TooManyEntries => "条目过多，请删去已经过去或重复的条目。",
            FaultCode::NoWorkingTime => "没有工作时段，请至少填写一个，例如 [\"08:00\", \"12:00\"]。",
            FaultCode::PeriodStartTwice => "与前面的作息从同一天开始，请合并或改日期。",
            FaultCode::LeapDay => "2 月 29 日不是每年都有，请改为 02-28 或 03-01。",
            FaultCode::SpanReversed => "工作时段的结束不晚于开始，请更正；跨零点的请拆成两段。",
            FaultCode::SpanOverlap => "工作时段与上一段重叠或次序颠倒，请按时间先后排列。",
            FaultCode::DatesUnsorted => "日期早于上一个日期，请按先后排列。",
            FaultCode::DateTwice => "日期重复，请删去一个。",
            FaultCode::DateBoth => "同一天既是节假日又是调休上班日，请保留一处。",
            FaultCode::DateOutOfRange => "日期不在 1970 年至 2099 年之间，请更正。",
        }
    }

    /// What is wrong and what to do, in English.
    pub fn en(self) -> &'static str {
        match self {
            FaultCode::NameMissing => "The calendar has no name: give it one.",
            FaultCode::OffsetOutOfRange => "The offset is not within -720 to 840 minutes: China has 480.",
            FaultCode::TooManyEntries => "Too many entries: remove those that are past or doubled.",
            FaultCode::NoWorkingTime => "No working hours: give at least one period, such as [\"08:00\", \"12:00\"].",
            FaultCode::PeriodStartTwice => "It begins on the same day as a period above: join them or move one.",
            FaultCode::LeapDay => "Not every year has 29 February: use 02-28 or 03-01.",
            FaultCode::SpanReversed => "It ends no later than it begins: correct it, and split it at midnight.",
            FaultCode::SpanOverlap => "It begins before the one above it ends: put them in order without overlap.",
            FaultCode::DatesUnsorted => "The date is earlier than the one above it: put the dates in order.",
            FaultCode::DateTwice => "The date is listed twice: remove one.",
            FaultCode::DateBoth => "The date is a holiday and an adjusted workday: keep one of them.",
            FaultCode::DateOutOfRange => "The date is not within 1970 to 2099: correct it.",
        }
    }
}

/// One fault of a calendar document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where in the document, such as `periods[1].working[0]`.
    pub path: String,
    /// What is wrong there.
    pub code: FaultCode,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.path, self.code.en(), self.code.as_str())
    }
}

impl Calendar {
    /// Everything that is wrong with the document, in its order; empty when it may be published. Of a list that is
    /// too long only that is said.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |path: String, code: FaultCode| faults.push(Fault { path, code });
        if self.name.trim().is_empty() {
            fault("name".into(), FaultCode::NameMissing);
        }
        if !(-12 * 60..=14 * 60).contains(&self.offset_minutes) {
            fault("offset_minutes".into(), FaultCode::OffsetOutOfRange);
        }
        if self.periods.is_empty() {
            fault("periods".into(), FaultCode::NoWorkingTime);
        }
        if self.periods.len() > MAX_PERIODS {
            fault("periods".into(), FaultCode::TooManyEntries);
        } else {
            for (number, season) in self.periods.iter().enumerate() {
                if self.periods[..number].iter().any(|earlier| earlier.from == season.from) {
                    fault(format!("periods[{number}].from"), FaultCode::PeriodStartTwice);
                }
                check_season(season, &format!("periods[{number}]"), &mut fault);
            }
        }
        check_dates(&self.holidays, "holidays", &mut fault);
        check_dates(&self.workdays, "workdays", &mut fault);
        if self.holidays.len() <= MAX_DATES && self.workdays.len() <= MAX_DATES {
            let holidays: std::collections::BTreeSet<_> = self.holidays.iter().collect();
            for (number, _) in self.workdays.iter().enumerate().filter(|(_, date)| holidays.contains(date)) {
                fault(format!("workdays[{number}]"), FaultCode::DateBoth);
            }
        }
        faults
    }
}

fn check_season(season: &Season, path: &str, fault: &mut impl FnMut(String, FaultCode)) {
    match season.from {
        DayMark::Yearly { month: 2, day: 29 } => fault(format!("{path}.from"), FaultCode::LeapDay),
        DayMark::On(date) if !is_covered(date) => fault(format!("{path}.from"), FaultCode::DateOutOfRange),
        _ => {}
    }
    if season.working.is_empty() {
        fault(format!("{path}.working"), FaultCode::NoWorkingTime);
    }
    if season.working.len() > MAX_SPANS {
        fault(format!("{path}.working"), FaultCode::TooManyEntries);
        return;
    }
    for (number, span) in season.working.iter().enumerate() {
        if span.from >= span.to {
            fault(format!("{path}.working[{number}]"), FaultCode::SpanReversed);
        }
        if number > 0 && span.from < season.working[number - 1].to {
            fault(format!("{path}.working[{number}]"), FaultCode::SpanOverlap);
        }
    }
}

fn check_dates(dates: &[NaiveDate], path: &str, fault: &mut impl FnMut(String, FaultCode)) {
    if dates.len() > MAX_DATES {
        fault(path.into(), FaultCode::TooManyEntries);
        return;
    }
    for (number, date) in dates.iter().enumerate() {
        if !is_covered(*date) {
            fault(format!("{path}[{number}]"), FaultCode::DateOutOfRange);
        }
        match number.checked_sub(1).map(|above| date.cmp(&dates[above])) {
            Some(std::cmp::Ordering::Less) => fault(format!("{path}[{number}]"), FaultCode::DatesUnsorted),
            Some(std::cmp::Ordering::Equal) => fault(format!("{path}[{number}]"), FaultCode::DateTwice),
            _ => {}
        }
    }
}

fn is_covered(date: NaiveDate) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&date.year())
}
