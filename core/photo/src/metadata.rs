//! What a photo's EXIF says. The camera's word is a claim, never a fact, and never a reason to refuse a photo: what
//! makes no sense is left out and named as a fault.

use std::panic::{AssertUnwindSafe, catch_unwind};

use exif::{Error, Exif, In, Tag, Value};

mod place;
mod time;
pub use time::LocalTime;

/// What is wrong with a photo's EXIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExifFault {
    /// The block is there but cannot be read, or not to its end.
    Unreadable,
    /// The time is blank or zero: the camera had no clock.
    TimeVoid,
    /// The time is no date.
    TimeInvalid,
    /// The time is a date that no digital photo has, before 1990 or after 2099.
    TimeOutOfRange,
    /// The offset from UTC is not one that is in use, -12:00 to +14:00.
    OffsetInvalid,
    /// Only a part of the position is there.
    PositionIncomplete,
    /// North or south, east or west is missing.
    PositionWithoutReference,
    /// The receiver marked its position as void.
    PositionVoid,
    /// A part of the position is divided by zero.
    PositionZeroDenominator,
    /// The position is not on earth, or minutes or seconds reach 60.
    PositionOutOfRange,
    /// The position is 0°, 0°, what a receiver without a fix writes.
    PositionNull,
    /// The accuracy is zero, infinite or above 100 km.
    AccuracyInvalid,
    /// The orientation is not one of 1 to 8.
    OrientationInvalid,
}

impl ExifFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            ExifFault::Unreadable => "exif_unreadable",
            ExifFault::TimeVoid => "exif_time_void",
            ExifFault::TimeInvalid => "exif_time_invalid",
            ExifFault::TimeOutOfRange => "exif_time_out_of_range",
            ExifFault::OffsetInvalid => "exif_offset_invalid",
            ExifFault::PositionIncomplete => "exif_position_incomplete",
            ExifFault::PositionWithoutReference => "exif_position_without_reference",
            ExifFault::PositionVoid => "exif_position_void",
            ExifFault::PositionZeroDenominator => "exif_position_zero_denominator",
            ExifFault::PositionOutOfRange => "exif_position_out_of_range",
            ExifFault::PositionNull => "exif_position_null",
            ExifFault::AccuracyInvalid => "exif_accuracy_invalid",
            ExifFault::OrientationInvalid => "exif_orientation_invalid",
        }
    }
}

/// What a photo's EXIF says, as far as it makes sense. Everything is absent when there is no EXIF.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExifFacts {
    /// When it was taken by the camera's clock: DateTimeOriginal, else DateTimeDigitized. Never the time of a change.
    /// Whether it lies in the future is for the caller to judge, who has a clock.
    pub taken: Option<LocalTime>,
    /// Where: latitude (north positive) and longitude (east positive) in 1e-7 degree, as the camera claims in WGS-84.
    pub position: Option<(i32, i32)>,
    /// Claimed horizontal error of the position in cm.
    pub accuracy_cm: Option<u32>,
    /// How the stored rows and columns lie in the scene, 1 to 8 as in EXIF.
    pub orientation: Option<u8>,
    /// Maker of the camera, at most 64 characters.
    pub make: Option<String>,
    /// Model of the camera, at most 64 characters.
    pub model: Option<String>,
    /// What was left out and why; each fault once, sorted.
    pub faults: Vec<ExifFault>,
}

/// Facts from a TIFF block, as it stands in a JPEG after `Exif\0\0`.
pub(crate) fn facts(block: Vec<u8>) -> ExifFacts {
    read(|reader| reader.read_raw(block))
}

/// Facts from a file that is no JPEG, wherever its format keeps them.
pub(crate) fn facts_in<R: std::io::BufRead + std::io::Seek>(file: &mut R) -> ExifFacts {
    read(|reader| reader.read_from_container(file))
}

/// The orientation alone, 1 if there is none.
pub(crate) fn orientation(block: Vec<u8>) -> u8 {
    facts(block).orientation.unwrap_or(1)
}

fn read(parse: impl FnOnce(&exif::Reader) -> Result<Exif, Error>) -> ExifFacts {
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let parsed = catch_unwind(AssertUnwindSafe(|| parse(&reader)));
    let mut facts = ExifFacts::default();
    let exif = match parsed {
        Ok(Ok(exif)) => exif,
        Ok(Err(Error::NotFound(_))) => return facts,
        Ok(Err(Error::PartialResult(partial))) => {
            facts.faults.push(ExifFault::Unreadable);
            partial.into_inner().0
        }
        Ok(Err(_)) | Err(_) => {
            facts.faults.push(ExifFault::Unreadable);
            return facts;
        }
    };
    time::read(&exif, &mut facts);
    place::read(&exif, &mut facts);
    if let Some(field) = exif.get_field(Tag::Orientation, In::PRIMARY) {
        match field.value.get_uint(0) {
            Some(value @ 1..=8) => facts.orientation = Some(value as u8),
            _ => facts.faults.push(ExifFault::OrientationInvalid),
        }
    }
    facts.make = text(&exif, Tag::Make);
    facts.model = text(&exif, Tag::Model);
    facts.faults.sort_unstable();
    facts.faults.dedup();
    facts
}

/// The bytes of a text field up to its first NUL; `None` if the field is absent or no text.
fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(parts) => Some(parts.first().map_or(&[], Vec::as_slice)),
        _ => None,
    }
}

/// A text field fit to show: one line without control characters.
fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let bytes = ascii(exif, tag)?;
    let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(64).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
