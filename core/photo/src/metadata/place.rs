//! The position that a camera claims.

use exif::{Exif, In, Rational, Tag, Value};

use super::{ExifFacts, ExifFault, ascii};

/// An accuracy worse than 100 km is none.
const WORST_ACCURACY_M: f64 = 100_000.0;

pub(super) fn read(exif: &Exif, facts: &mut ExifFacts) {
    match position(exif) {
        Ok(position) => facts.position = position,
        Err(fault) => facts.faults.push(fault),
    }
    if let Some(field) = exif.get_field(Tag::GPSHPositioningError, In::PRIMARY) {
        let metres = rationals(&field.value).and_then(|parts| parts.first()).map_or(f64::NAN, |r| r.to_f64());
        if metres > 0.0 && metres <= WORST_ACCURACY_M {
            // At most 10,000,000 cm; rounded up, for an accuracy is a bound.
            facts.accuracy_cm = Some((metres * 100.0).ceil() as u32);
        } else {
            facts.faults.push(ExifFault::AccuracyInvalid);
        }
    }
}

fn position(exif: &Exif) -> Result<Option<(i32, i32)>, ExifFault> {
    let value = |tag| exif.get_field(tag, In::PRIMARY).map(|field| &field.value);
    let (latitude, longitude) = match (value(Tag::GPSLatitude), value(Tag::GPSLongitude)) {
        (None, None) => return Ok(None),
        (Some(latitude), Some(longitude)) => (latitude, longitude),
        _ => return Err(ExifFault::PositionIncomplete),
    };
    if ascii(exif, Tag::GPSStatus).is_some_and(|status| status.starts_with(b"V")) {
        return Err(ExifFault::PositionVoid);
    }
    let latitude = degrees(latitude)? * sign(ascii(exif, Tag::GPSLatitudeRef), b'N', b'S')?;
    let longitude = degrees(longitude)? * sign(ascii(exif, Tag::GPSLongitudeRef), b'E', b'W')?;
    if latitude.abs() > 90.0 || longitude.abs() > 180.0 {
        return Err(ExifFault::PositionOutOfRange);
    }
    // In range, so both fit an i32.
    let rounded = ((latitude * 1e7).round() as i32, (longitude * 1e7).round() as i32);
    if rounded == (0, 0) { Err(ExifFault::PositionNull) } else { Ok(Some(rounded)) }
}

fn sign(reference: Option<&[u8]>, positive: u8, negative: u8) -> Result<f64, ExifFault> {
    match reference.and_then(|text| text.first()).map(u8::to_ascii_uppercase) {
        Some(letter) if letter == positive => Ok(1.0),
        Some(letter) if letter == negative => Ok(-1.0),
        _ => Err(ExifFault::PositionWithoutReference),
    }
}

/// Degrees, minutes and seconds, the latter two of which some cameras leave out.
fn degrees(value: &Value) -> Result<f64, ExifFault> {
    let parts = rationals(value).filter(|parts| !parts.is_empty()).ok_or(ExifFault::PositionIncomplete)?;
    let mut total = 0.0;
    for (index, (part, unit)) in parts.iter().zip([1.0, 60.0, 3600.0]).enumerate() {
        if part.denom == 0 {
            return Err(ExifFault::PositionZeroDenominator);
        }
        let number = part.to_f64();
        if index > 0 && number >= 60.0 {
            return Err(ExifFault::PositionOutOfRange);
        }
        total += number / unit;
    }
    Ok(total)
}

fn rationals(value: &Value) -> Option<&[Rational]> {
    match value {
        Value::Rational(parts) => Some(parts),
        _ => None,
    }
}
