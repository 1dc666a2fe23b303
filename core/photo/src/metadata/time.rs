//! The time that a camera claims: local, with an offset from UTC only if the camera knew it.

use exif::{Exif, Tag};

use super::{ExifFacts, ExifFault, ascii};

/// A date and time on a camera's clock. The fields are always a date that exists, in 1990 to 2099.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    offset_minutes: Option<i16>,
}

impl LocalTime {
    /// A time from its parts and, if known, minutes east of UTC; `None` for a date that does not exist, a year
    /// outside 1990 to 2099 or an offset outside -12:00 to +14:00.
    pub fn new(date: (u16, u8, u8), time: (u8, u8, u8), offset_minutes: Option<i16>) -> Option<LocalTime> {
        let ((year, month, day), (hour, minute, second)) = (date, time);
        let fits = (1990..=2099).contains(&year)
            && (1..=days_in(year, month)).contains(&day)
            && (hour < 24 && minute < 60 && second < 60)
            && offset_minutes.is_none_or(|offset| (-720..=840).contains(&offset));
        fits.then_some(LocalTime { year, month, day, hour, minute, second, offset_minutes })
    }

    /// Year, month and day of the month.
    pub fn date(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Hour, minute and second.
    pub fn time(self) -> (u8, u8, u8) {
        (self.hour, self.minute, self.second)
    }

    /// Minutes east of UTC, if the camera said so.
    pub fn offset_minutes(self) -> Option<i16> {
        self.offset_minutes
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; `assumed_offset` (minutes east of UTC) stands in for an offset that
    /// the camera did not give.
    pub fn to_unix_ms(self, assumed_offset: i16) -> i64 {
        let years = i64::from(self.year);
        // Leap days before this year, counted from 1970; 2000 was a leap year and 2100 is out of range.
        let before = (1..self.month).map(|month| i64::from(days_in(self.year, month))).sum::<i64>();
        let days = (years - 1970) * 365 + (years - 1969) / 4 + before + i64::from(self.day) - 1;
        let minutes = days * 1440 + i64::from(self.hour) * 60 + i64::from(self.minute)
            - i64::from(self.offset_minutes.unwrap_or(assumed_offset));
        minutes * 60_000 + i64::from(self.second) * 1000
    }
}

/// Days of a month, 0 for a month that does not exist. Right for 1901 to 2099.
fn days_in(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        _ => 0,
    }
}

pub(super) fn read(exif: &Exif, facts: &mut ExifFacts) {
    for (time, offset) in
        [(Tag::DateTimeOriginal, Tag::OffsetTimeOriginal), (Tag::DateTimeDigitized, Tag::OffsetTimeDigitized)]
    {
        if exif.get_field(time, exif::In::PRIMARY).is_none() {
            continue;
        }
        // A field that is there but no text is no date either.
        match parse(ascii(exif, time).unwrap_or(b"?")) {
            Ok((date, clock)) => {
                let offset = ascii(exif, offset).map_or(Ok(None), parse_offset).unwrap_or_else(|fault| {
                    facts.faults.push(fault);
                    None
                });
                facts.taken = LocalTime::new(date, clock, offset);
                return;
            }
            Err(fault) => facts.faults.push(fault),
        }
    }
}

type Parts = ((u16, u8, u8), (u8, u8, u8));

/// `YYYY:MM:DD HH:MM:SS`. Some cameras write dashes or a `T`, so the separators are not looked at, only that they are
/// no digits. What follows the seconds, a fraction or a zone, is ignored.
fn parse(text: &[u8]) -> Result<Parts, ExifFault> {
    if text.iter().all(|&b| matches!(b, b'0' | b' ' | b':' | b'-' | b'\0')) {
        return Err(ExifFault::TimeVoid);
    }
    let digits = |at: usize, count: usize| {
        let part = text.get(at..at + count).filter(|part| part.iter().all(u8::is_ascii_digit))?;
        Some(part.iter().fold(0u16, |number, digit| number * 10 + u16::from(digit - b'0')))
    };
    let two = |at: usize| digits(at, 2).map(|number| number as u8);
    let separated = [4, 7, 10, 13, 16].iter().all(|&at| text.get(at).is_some_and(|b| !b.is_ascii_digit()));
    let parts = || Some(((digits(0, 4)?, two(5)?, two(8)?), (two(11)?, two(14)?, two(17)?)));
    let (date, clock) = parts().filter(|_| separated).ok_or(ExifFault::TimeInvalid)?;
    if LocalTime::new((2000, date.1, date.2), clock, None).is_none() {
        return Err(ExifFault::TimeInvalid);
    }
    if !(1990..=2099).contains(&date.0) {
        return Err(ExifFault::TimeOutOfRange);
    }
    LocalTime::new(date, clock, None).map(|_| (date, clock)).ok_or(ExifFault::TimeInvalid)
}

/// `+HH:MM`, `-HH:MM` or `Z`; blank means unknown.
fn parse_offset(text: &[u8]) -> Result<Option<i16>, ExifFault> {
    let text = text.trim_ascii();
    let digit = |b: u8| b.is_ascii_digit().then(|| i16::from(b - b'0'));
    let minutes = match *text {
        [] => return Ok(None),
        [b'Z'] => Some(0),
        [sign @ (b'+' | b'-'), h, i, b':', m, n] => (|| {
            let (hours, minutes) = (digit(h)? * 10 + digit(i)?, digit(m)? * 10 + digit(n)?);
            let total = hours * 60 + minutes;
            (minutes < 60).then_some(if sign == b'-' { -total } else { total })
        })(),
        [b' ' | b':', ..] => return Ok(None),
        _ => None,
    };
    minutes.filter(|minutes| (-720..=840).contains(minutes)).map(Some).ok_or(ExifFault::OffsetInvalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_offsets_count_to_the_same_instant_as_the_calendar() {
        // 2025-06-01T10:20:30+08:00 and two days around a leap day, checked with `date -u +%s`.
        let at = LocalTime::new((2025, 6, 1), (10, 20, 30), Some(480)).unwrap();
        assert_eq!(at.to_unix_ms(0), 1_748_744_430_000);
        let utc = |y, m, d| LocalTime::new((y, m, d), (0, 0, 0), None).unwrap().to_unix_ms(0);
        assert_eq!((utc(2024, 2, 29), utc(2024, 3, 1)), (1_709_164_800_000, 1_709_251_200_000));
        assert_eq!((utc(1990, 1, 1), utc(2000, 1, 1)), (631_152_000_000, 946_684_800_000));
        assert_eq!(LocalTime::new((2025, 6, 1), (10, 20, 30), None).unwrap().to_unix_ms(480), 1_748_744_430_000);
    }

    #[test]
    fn times_that_make_no_sense_have_their_fault() {
        let cases: [(&[u8], ExifFault); 9] = [
            (b"", ExifFault::TimeVoid),
            (b"0000:00:00 00:00:00", ExifFault::TimeVoid),
            (b"    :  :     :  :  ", ExifFault::TimeVoid),
            (b"2025:02:30 10:00:00", ExifFault::TimeInvalid),
            (b"2025:02:29 10:00:00", ExifFault::TimeInvalid),
            (b"2025:06:01 24:00:00", ExifFault::TimeInvalid),
            (b"2025:06:01", ExifFault::TimeInvalid),
            (b"1970:01:01 00:00:00", ExifFault::TimeOutOfRange),
            (b"9999:12:31 23:59:59", ExifFault::TimeOutOfRange),
        ];
        for (text, fault) in cases {
            assert_eq!(parse(text), Err(fault), "{}", String::from_utf8_lossy(text));
        }
        assert_eq!(parse(b"2025-06-01T10:20:30.5Z"), Ok(((2025, 6, 1), (10, 20, 30))));
    }

    #[test]
    fn offsets_are_those_in_use() {
        assert_eq!(parse_offset(b"+08:00"), Ok(Some(480)));
        assert_eq!(parse_offset(b"-03:30"), Ok(Some(-210)));
        assert_eq!(parse_offset(b"   :  "), Ok(None));
        for wrong in [&b"+15:00"[..], b"+08:60", b"0800", b"+8:00"] {
            assert_eq!(parse_offset(wrong), Err(ExifFault::OffsetInvalid));
        }
    }
}
