//! The calendar laid out day by day, so that working time before an instant is one table look-up, and the instant at
//! which a working time is reached is one binary search. About 240 KB an index.

use chrono::{Datelike, NaiveDate};

use super::{Calendar, DayMark, Season};
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};

/// First year covered; its 1 January is day 0.
pub(super) const FIRST_YEAR: i32 = 1970;
/// Last year covered.
pub(super) const LAST_YEAR: i32 = 2099;
/// Days from 1970-01-01 to 2099-12-31, both counted.
const DAYS: usize = 47_482;
/// More timetables than this a checked calendar does not have; the index reads no more.
pub(super) const MAX_PERIODS: usize = 32;

// What is known of a day fits a byte: three flags and the number of the timetable in force.
const FREE: u8 = 0x80;
const HOLIDAY: u8 = 0x40;
const ADJUSTED: u8 = 0x20;
const TIMETABLE: u8 = 0x1f;

/// Why a day is worked or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// Monday to Friday, not a holiday.
    Workday,
    /// A weekend day that is worked (调休).
    AdjustedWorkday,
    /// Saturday or Sunday.
    Weekend,
    /// Named as a holiday.
    Holiday,
}

/// What the calendar says of one local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Why it is worked or not.
    pub kind: DayKind,
    /// Its working time in ms; 0 when it is not worked.
    pub working_ms: i64,
}

/// Working periods of a day as minutes after midnight: ascending, disjoint, not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Timetable {
    spans: Vec<(u32, u32)>,
    minutes: u32,
}

impl Timetable {
    fn of(season: &Season) -> Self {
        let mut given: Vec<(u32, u32)> = season
            .working
            .iter()
            .map(|span| (span.from.minutes().into(), span.to.minutes().into()))
            .filter(|(from, to)| from < to)
            .collect();
        given.sort_unstable();
        let mut spans: Vec<(u32, u32)> = Vec::with_capacity(given.len());
        for (from, to) in given {
            match spans.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => spans.push((from, to)),
            }
        }
        let minutes = spans.iter().map(|(from, to)| to - from).sum();
        Self { spans, minutes }
    }

    /// Working ms before this ms of the day.
    fn before(&self, in_day: i64) -> i64 {
        let passed = |&(from, to): &(u32, u32)| {
            in_day.clamp(i64::from(from) * MINUTE_MS, i64::from(to) * MINUTE_MS) - i64::from(from) * MINUTE_MS
        };
        self.spans.iter().map(passed).sum()
    }

    /// The earliest ms of the day at which so many working ms have passed; the end of the day if there are fewer.
    fn reach(&self, mut working: i64) -> i64 {
        for &(from, to) in &self.spans {
            let length = i64::from(to - from) * MINUTE_MS;
            if working <= length {
                return i64::from(from) * MINUTE_MS + working;
            }
            working -= length;
        }
        DAY_MS
    }
}

/// A calendar made ready for computing; see [`Calendar::index`].
#[derive(Debug, Clone)]
pub struct CalendarIndex {
    offset_ms: i64,
    timetables: Vec<Timetable>,
    days: Vec<u8>,
    /// Working minutes before each day, and at the end their sum.
    before: Vec<u32>,
}

impl CalendarIndex {
    pub(super) fn new(calendar: &Calendar) -> Self {
        let periods = &calendar.periods[..calendar.periods.len().min(MAX_PERIODS)];
        let mut timetables: Vec<Timetable> = periods.iter().map(Timetable::of).collect();
        if timetables.is_empty() {
            timetables.push(Timetable { spans: Vec::new(), minutes: 0 });
        }
        // 1970-01-01 was a Thursday: day 0 has weekday 3 counted from Monday.
        let mut days: Vec<u8> = (0..DAYS).map(|day| if (day + 3) % 7 >= 5 { FREE } else { 0 }).collect();
        for slot in calendar.holidays.iter().filter_map(|date| slot(*date)) {
            days[slot] = FREE | HOLIDAY;
        }
        for slot in calendar.workdays.iter().filter_map(|date| slot(*date)) {
            // A date named as both is a fault; the index then keeps the holiday.
            if days[slot] == FREE {
                days[slot] = ADJUSTED;
            }
        }
        let starts = starts(periods);
        let mut next = 0;
        let mut current = starts.first().map_or(0, |start| start.2);
        let mut before = Vec::with_capacity(DAYS + 1);
        let mut minutes = 0;
        for (number, day) in days.iter_mut().enumerate() {
            while next < starts.len() && starts[next].0 <= number as i64 {
                current = starts[next].2;
                next += 1;
            }
            *day |= current;
            before.push(minutes);
            if *day & FREE == 0 {
                minutes += timetables[usize::from(current)].minutes;
            }
        }
        before.push(minutes);
        Self { offset_ms: i64::from(calendar.offset_minutes) * MINUTE_MS, timetables, days, before }
    }

    /// The fixed offset of local time from UTC, in ms.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms
    }

    /// The local day of an instant, counted from 1970-01-01.
    pub fn day_number(&self, at: Timestamp) -> i64 {
        (at.0.clamp(Timestamp::MIN.0, Timestamp::MAX.0) + self.offset_ms).div_euclid(DAY_MS)
    }

    /// The instant at which a local day begins.
    pub fn day_start(&self, number: i64) -> Timestamp {
        Timestamp(number.saturating_mul(DAY_MS).saturating_sub(self.offset_ms))
    }

    /// What the calendar says of a local day, counted from 1970-01-01; outside 1970 to 2099 nothing is worked.
    pub fn day(&self, number: i64) -> Day {
        let Some(&day) = usize::try_from(number).ok().and_then(|number| self.days.get(number)) else {
            return Day { kind: DayKind::Weekend, working_ms: 0 };
        };
        let kind = match (day & FREE != 0, day & HOLIDAY != 0, day & ADJUSTED != 0) {
            (true, true, _) => DayKind::Holiday,
            (true, false, _) => DayKind::Weekend,
            (false, _, true) => DayKind::AdjustedWorkday,
            (false, _, false) => DayKind::Workday,
        };
        let working_ms = if day & FREE == 0 { self.timetable(day).minutes } else { 0 };
        Day { kind, working_ms: i64::from(working_ms) * MINUTE_MS }
    }

    /// Working time in ms of an ordinary workday under the timetable in force on the local day of this instant.
    pub fn ordinary_workday_ms(&self, at: Timestamp) -> i64 {
        let number = self.day_number(at).clamp(0, DAYS as i64 - 1) as usize;
        i64::from(self.timetable(self.days[number]).minutes) * MINUTE_MS
    }

    /// Working time in ms between the first day covered and this instant.
    pub fn working_ms_before(&self, at: Timestamp) -> i64 {
        let number = self.day_number(at);
        if number < 0 {
            return 0;
        }
        let slot = (number as usize).min(DAYS);
        let whole = i64::from(self.before[slot]) * MINUTE_MS;
        match self.days.get(slot) {
            Some(&day) if day & FREE == 0 => whole + self.timetable(day).before(at.since(self.day_start(number))),
            _ => whole,
        }
    }

    /// The earliest instant at which [`CalendarIndex::working_ms_before`] reaches this many ms; `None` when that is
    /// not before the end of 2099. Only positive amounts have such an instant.
    pub fn reach_working_ms(&self, working_ms: i64) -> Option<Timestamp> {
        let after = self.before.partition_point(|minutes| i64::from(*minutes) * MINUTE_MS < working_ms);
        if after == 0 || after > DAYS {
            return None;
        }
        // Before this day less was spent, before the next one enough.
        let slot = after - 1;
        let in_day = self.timetable(self.days[slot]).reach(working_ms - i64::from(self.before[slot]) * MINUTE_MS);
        Some(self.day_start(slot as i64).plus_ms(in_day))
    }

    /// The first local date on which the two calendars differ. A published calendar may change only days after its
    /// publication, so that it never changes the past: the hub compares this date with the day of publication.
    pub fn first_changed_day(&self, newer: &CalendarIndex) -> Option<NaiveDate> {
        if self.offset_ms != newer.offset_ms {
            return date_of(0);
        }
        // The timetables are compared once a pair, not once a day.
        let mut same = [[None; MAX_PERIODS]; MAX_PERIODS];
        for (number, (&old, &new)) in self.days.iter().zip(&newer.days).enumerate() {
            let known = &mut same[usize::from(old & TIMETABLE)][usize::from(new & TIMETABLE)];
            let same_hours = *known.get_or_insert_with(|| self.timetable(old) == newer.timetable(new));
            if old & FREE != new & FREE || !same_hours {
                return date_of(number as i64);
            }
        }
        None
    }

    fn timetable(&self, day: u8) -> &Timetable {
        &self.timetables[usize::from(day & TIMETABLE)]
    }
}

/// The days on which timetables begin: day number, whether it is one date, number of the timetable; ascending.
fn starts(periods: &[Season]) -> Vec<(i64, bool, u8)> {
    let mut starts = Vec::new();
    for (number, season) in periods.iter().enumerate() {
        // At most MAX_PERIODS of them, which fits.
        let number = number as u8;
        match season.from {
            DayMark::On(date) => starts.push((day_number(date), true, number)),
            // The year before the first one says what its first days are under.
            mark => starts.extend(
                (FIRST_YEAR - 1..=LAST_YEAR)
                    .filter_map(|year| mark.in_year(year))
                    .map(|date| (day_number(date), false, number)),
            ),
        }
    }
    starts.sort_unstable();
    starts
}

/// Days from 1970-01-01 to a date.
pub(super) fn day_number(date: NaiveDate) -> i64 {
    // 1970-01-01 is day 719,163 of the common era.
    i64::from(date.num_days_from_ce()) - 719_163
}

/// The date so many days after 1970-01-01; `None` beyond what dates can name.
pub(crate) fn date_of(number: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(number.saturating_add(719_163)).ok()?)
}

fn slot(date: NaiveDate) -> Option<usize> {
    usize::try_from(day_number(date)).ok().filter(|number| *number < DAYS)
}
