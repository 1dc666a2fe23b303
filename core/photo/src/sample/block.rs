//! The EXIF block of a sample: a TIFF structure, most significant byte first.

use super::Scene;

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const UNDEFINED: u16 = 7;

/// A directory: each entry is a tag, a type, a count and the value's bytes. Entries are sorted by tag.
struct Directory(Vec<(u16, u16, u32, Vec<u8>)>);

impl Directory {
    fn text(&mut self, tag: u16, text: &str) {
        let bytes = [text.as_bytes(), b"\0"].concat();
        self.0.push((tag, ASCII, bytes.len() as u32, bytes));
    }

    fn pointer(&mut self, tag: u16) {
        self.0.push((tag, LONG, 1, vec![0; 4]));
    }

    fn point(&mut self, tag: u16, to: usize) {
        let entry = self.0.iter_mut().find(|entry| entry.0 == tag);
        entry.into_iter().for_each(|entry| entry.3 = (to as u32).to_be_bytes().to_vec());
    }

    fn length(&self) -> usize {
        6 + self.0.iter().map(|entry| 12 + outside(&entry.3)).sum::<usize>()
    }

    fn write(&self, block: &mut Vec<u8>) {
        let mut data_at = block.len() + 6 + 12 * self.0.len();
        let mut data = Vec::new();
        block.extend((self.0.len() as u16).to_be_bytes());
        for (tag, kind, count, bytes) in &self.0 {
            block.extend(tag.to_be_bytes());
            block.extend(kind.to_be_bytes());
            block.extend(count.to_be_bytes());
            if outside(bytes) == 0 {
                block.extend(bytes.iter().copied().chain([0; 4]).take(4));
            } else {
                block.extend((data_at as u32).to_be_bytes());
                data_at += outside(bytes);
                data.extend(bytes);
                data.resize(data.len() + bytes.len() % 2, 0);
            }
        }
        // There is no further directory in the chain.
        block.extend([0; 4]);
        block.extend(data);
    }
}

/// Bytes that a value takes outside its entry, padded to an even number.
fn outside(bytes: &[u8]) -> usize {
    if bytes.len() > 4 { bytes.len() + bytes.len() % 2 } else { 0 }
}

pub(super) fn tiff(scene: &Scene) -> Vec<u8> {
    let mut main = Directory(Vec::new());
    main.text(0x010F, "RedVest sample");
    main.0.push((0x0112, SHORT, 1, scene.orientation.to_be_bytes().to_vec()));
    main.pointer(0x8769);

    let mut photo = Directory(vec![(0x9000, UNDEFINED, 4, b"0232".to_vec())]);
    if let Some(taken) = scene.taken {
        let ((year, month, day), (hour, minute, second)) = (taken.date(), taken.time());
        photo.text(0x9003, &format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}"));
        if let Some(offset) = taken.offset_minutes() {
            let sign = if offset < 0 { '-' } else { '+' };
            let minutes = offset.unsigned_abs();
            photo.text(0x9011, &format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
        }
    }

    let mut place = Directory(vec![(0x0000, 1, 4, vec![2, 3, 0, 0])]);
    if let Some((latitude, longitude)) = scene.position_e7 {
        main.pointer(0x8825);
        place.text(0x0001, if latitude < 0 { "S" } else { "N" });
        place.0.push((0x0002, RATIONAL, 3, degrees(latitude)));
        place.text(0x0003, if longitude < 0 { "W" } else { "E" });
        place.0.push((0x0004, RATIONAL, 3, degrees(longitude)));
    }

    let photo_at = 8 + main.length();
    main.point(0x8769, photo_at);
    main.point(0x8825, photo_at + photo.length());
    let mut block = b"MM\0*\0\0\0\x08".to_vec();
    main.write(&mut block);
    photo.write(&mut block);
    if scene.position_e7.is_some() {
        place.write(&mut block);
    }
    block
}

/// Whole degrees, whole minutes and exact seconds.
fn degrees(e7: i32) -> Vec<u8> {
    const E7: u64 = 10_000_000;
    let angle = u64::from(e7.unsigned_abs());
    let minutes = angle % E7 * 60;
    let seconds = minutes % E7 * 60;
    let parts = [(angle / E7, 1), (minutes / E7, 1), (seconds, E7)];
    parts.iter().flat_map(|&(n, d)| [(n as u32).to_be_bytes(), (d as u32).to_be_bytes()].concat()).collect()
}
