//! EXIF as cameras write it and as they should not. `tiff` builds blocks field by field.

use super::*;

/// One field of an IFD: tag, type, count, value bytes.
pub(crate) type Entry = (u16, u16, u32, Vec<u8>);

fn text(tag: u16, text: &str) -> Entry {
    (tag, 2, text.len() as u32 + 1, [text.as_bytes(), b"\0"].concat())
}

fn rational(tag: u16, parts: &[(u32, u32)]) -> Entry {
    let bytes = parts.iter().flat_map(|(n, d)| [n.to_be_bytes(), d.to_be_bytes()].concat()).collect();
    (tag, 5, parts.len() as u32, bytes)
}

fn short(tag: u16, value: u16) -> Entry {
    (tag, 3, 1, value.to_be_bytes().to_vec())
}

fn ifd(block: &mut Vec<u8>, entries: &[Entry]) {
    let mut data_at = block.len() + 2 + entries.len() * 12 + 4;
    let mut data: Vec<u8> = Vec::new();
    block.extend((entries.len() as u16).to_be_bytes());
    for (tag, kind, count, bytes) in entries {
        block.extend(tag.to_be_bytes());
        block.extend(kind.to_be_bytes());
        block.extend(count.to_be_bytes());
        if bytes.len() <= 4 {
            block.extend(bytes.iter().copied().chain([0; 4]).take(4));
        } else {
            block.extend((data_at as u32).to_be_bytes());
            data_at += bytes.len();
            data.extend(bytes);
        }
    }
    block.extend([0; 4]);
    block.extend(data);
}

fn tiff(main: &[Entry], photo: &[Entry], gps: &[Entry]) -> Vec<u8> {
    let mut tail = b"MM\0*\0\0\0\x08".to_vec();
    let mut main = main.to_vec();
    let length = |entries: &[Entry]| {
        6 + entries.iter().map(|e| 12 + if e.3.len() > 4 { e.3.len() } else { 0 }).sum::<usize>() as u32
    };
    let photo_at = 8 + length(&main) + 24;
    main.push((0x8769, 4, 1, photo_at.to_be_bytes().to_vec()));
    main.push((0x8825, 4, 1, (photo_at + length(photo)).to_be_bytes().to_vec()));
    ifd(&mut tail, &main);
    ifd(&mut tail, photo);
    ifd(&mut tail, gps);
    tail
}

fn gps(lat: &[(u32, u32)], lat_ref: &str, lon: &[(u32, u32)], lon_ref: &str) -> Vec<Entry> {
    vec![text(1, lat_ref), rational(2, lat), text(3, lon_ref), rational(4, lon)]
}

const LAT: &[(u32, u32)] = &[(31, 1), (13, 1), (4976, 100)];
const LON: &[(u32, u32)] = &[(121, 1), (28, 1), (252, 10)];

#[test]
fn a_camera_block_is_read_whole() {
    let mut place = gps(LAT, "N", LON, "E");
    place.push(rational(0x1F, &[(4_501, 1000)]));
    let main = [text(0x10F, "RedVest\u{7} "), text(0x110, "Model 1"), short(0x112, 6)];
    let facts = facts(tiff(&main, &[text(0x9003, "2025:06:01 10:20:30"), text(0x9011, "+08:00")], &place));
    assert_eq!(facts.taken, LocalTime::new((2025, 6, 1), (10, 20, 30), Some(480)));
    assert_eq!(facts.position, Some((312_304_889, 1_214_736_667)));
    assert_eq!(facts.accuracy_cm, Some(451));
    assert_eq!((facts.orientation, facts.make.as_deref()), (Some(6), Some("RedVest")));
    assert_eq!(facts.model.as_deref(), Some("Model 1"));
    assert!(facts.faults.is_empty(), "{:?}", facts.faults);
}

#[test]
fn south_and_west_are_negative() {
    let facts = facts(tiff(&[], &[], &gps(LAT, "S", LON, "w")));
    assert_eq!(facts.position, Some((-312_304_889, -1_214_736_667)));
}

#[test]
fn positions_that_make_no_sense_have_their_fault_and_are_left_out() {
    let zero: &[(u32, u32)] = &[(0, 1), (0, 1), (0, 1)];
    let mut void = gps(LAT, "N", LON, "E");
    void.push(text(9, "V"));
    let cases = [
        (gps(&[(31, 0), (0, 0), (0, 0)], "N", LON, "E"), ExifFault::PositionZeroDenominator),
        (gps(&[(0, 0), (0, 0), (0, 0)], "N", &[(0, 0), (0, 0), (0, 0)], "E"), ExifFault::PositionZeroDenominator),
        (gps(zero, "N", zero, "E"), ExifFault::PositionNull),
        (gps(&[(91, 1)], "N", LON, "E"), ExifFault::PositionOutOfRange),
        (gps(LAT, "N", &[(u32::MAX, 1)], "E"), ExifFault::PositionOutOfRange),
        (gps(&[(31, 1), (60, 1), (0, 1)], "N", LON, "E"), ExifFault::PositionOutOfRange),
        (gps(LAT, "", LON, "E"), ExifFault::PositionWithoutReference),
        (gps(LAT, "N", LON, "N"), ExifFault::PositionWithoutReference),
        (gps(LAT, "N", LON, "E")[..2].to_vec(), ExifFault::PositionIncomplete),
        (vec![text(1, "N"), text(2, "31 13"), text(3, "E"), rational(4, LON)], ExifFault::PositionIncomplete),
        (void, ExifFault::PositionVoid),
    ];
    for (place, fault) in cases {
        let facts = facts(tiff(&[], &[], &place));
        assert_eq!((facts.position, facts.faults), (None, vec![fault]), "{place:?}");
    }
}

#[test]
fn other_nonsense_is_a_fault_too() {
    for (number, denominator) in [(0, 1), (1, 0), (0, 0), (u32::MAX, 1)] {
        let mut place = gps(LAT, "N", LON, "E");
        place.push(rational(0x1F, &[(number, denominator)]));
        let facts = facts(tiff(&[], &[], &place));
        assert_eq!((facts.accuracy_cm, facts.faults), (None, vec![ExifFault::AccuracyInvalid]));
        assert!(facts.position.is_some());
    }
    let turned = facts(tiff(&[short(0x112, 9)], &[], &[]));
    assert_eq!((turned.orientation, turned.faults), (None, vec![ExifFault::OrientationInvalid]));
    let zone = facts(tiff(&[], &[text(0x9003, "2025:06:01 10:20:30"), text(0x9011, "+25:00")], &[]));
    assert_eq!(zone.taken, LocalTime::new((2025, 6, 1), (10, 20, 30), None));
    assert_eq!(zone.faults, vec![ExifFault::OffsetInvalid]);
}

#[test]
fn a_void_time_gives_way_to_the_digitized_one_and_never_to_the_time_of_change() {
    let both = [text(0x9003, "0000:00:00 00:00:00"), text(0x9004, "2025:06:01 10:20:30")];
    let read = facts(tiff(&[], &both, &[]));
    assert_eq!(read.taken, LocalTime::new((2025, 6, 1), (10, 20, 30), None));
    assert_eq!(read.faults, vec![ExifFault::TimeVoid]);
    assert_eq!(facts(tiff(&[text(0x132, "2025:06:01 10:20:30")], &[], &[])).taken, None);
}

#[test]
fn a_block_cut_anywhere_never_panics_and_says_so() {
    let block =
        tiff(&[text(0x10F, "RedVest sample")], &[text(0x9003, "2025:06:01 10:20:30")], &gps(LAT, "N", LON, "E"));
    assert!(facts(block.clone()).faults.is_empty());
    for length in 0..block.len() {
        let cut = facts(block[..length].to_vec());
        assert!(cut.faults.contains(&ExifFault::Unreadable), "{length} of {}: {cut:?}", block.len());
    }
}
