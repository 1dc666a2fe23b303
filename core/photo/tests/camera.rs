//! Photos that real cameras took, against what an independent program sees in them: EXIF, size, uprightness, pixels.
//! `tools/camera_photos.py` fetches them and writes the reference; `./check camera` runs both.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use redvest_photo::{ALIKE_WITHIN, Copies, ExifFacts, Facts, Kind, Limits, NoCopies, copies_from, distance, inspect};

const FOLDER: &str = "REDVEST_CAMERA_PHOTOS";
/// Peak signal-to-noise ratio of a review copy in dB, over red, green and blue.
const LEAST_PSNR: f64 = 30.0;
/// Rounding in 1e-7 degree, about a centimetre.
const POSITION_ROUNDING: u32 = 1;
/// A larger photo is looked at, but not decoded, when damaged: that keeps the run short.
const DAMAGED_DECODE: usize = 200_000;

/// Where panics happened. `copies_from` makes an error of one in a decoder, so a result alone would hide it.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// One line of `photos.tsv`.
struct Photo {
    name: String,
    bytes: Vec<u8>,
    /// What the independent program says, column by column; empty where it says nothing.
    columns: Vec<String>,
    /// Upright and of the review copy's size, if that program can decode the photo.
    reference: Option<Pixels>,
}

/// Red, green and blue, row by row.
struct Pixels {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Photo {
    fn number(&self, column: usize) -> Option<i64> {
        self.columns[column].parse().ok()
    }

    fn text(&self, column: usize) -> Option<&str> {
        Some(self.columns[column].as_str()).filter(|text| !text.is_empty())
    }
}

/// The photos, or none where nobody has fetched them.
fn photos() -> Option<Vec<Photo>> {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        println!("SKIPPED: {FOLDER} is not set; ./check camera fetches the photos and sets it");
        return None;
    };
    let table = fs::read_to_string(folder.join("photos.tsv")).expect("the folder has a photos.tsv");
    let photos = table.lines().map(|line| {
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        assert_eq!(columns.len(), 12, "{line}");
        let bytes = fs::read(folder.join(&columns[0])).expect("each photo in the table is there");
        let reference = (!columns[4].is_empty()).then(|| ppm(&folder.join(&columns[4])));
        Photo { name: columns[0].clone(), bytes, columns, reference }
    });
    Some(photos.collect())
}

fn ppm(path: &Path) -> Pixels {
    let bytes = fs::read(path).expect("each reference in the table is there");
    let mut header = bytes.splitn(4, u8::is_ascii_whitespace);
    let mut word = || std::str::from_utf8(header.next().expect("a word")).expect("a text");
    assert_eq!(word(), "P6");
    let (width, height) = (word().parse().expect("a width"), word().parse().expect("a height"));
    let rgb = header.next().and_then(|rest| rest.strip_prefix(b"255\n")).expect("eight bits a sample").to_vec();
    Pixels { width, height, rgb }
}

fn make(bytes: &[u8]) -> Result<Copies, NoCopies> {
    copies_from(Cursor::new(bytes), &Limits::default())
}

fn pixels(jpeg: &[u8]) -> Pixels {
    let mut decoder = jpeg_decoder::Decoder::new(jpeg);
    let rgb = decoder.decode().expect("a copy is a sound JPEG");
    let info = decoder.info().expect("what was decoded has a size");
    assert_eq!(info.pixel_format, jpeg_decoder::PixelFormat::RGB24);
    Pixels { width: info.width.into(), height: info.height.into(), rgb }
}

fn psnr(a: &Pixels, b: &Pixels) -> f64 {
    assert_eq!((a.width, a.height, a.rgb.len()), (b.width, b.height, b.rgb.len()));
    let squares: u64 = a.rgb.iter().zip(&b.rgb).map(|(p, q)| u64::from(p.abs_diff(*q)).pow(2)).sum();
    10.0 * (255.0 * 255.0 * a.rgb.len() as f64 / squares.max(1) as f64).log10()
}

/// What differs between EXIF as read here and as the independent program reads it.
fn exif_differences(photo: &Photo, exif: &ExifFacts) -> Vec<String> {
    let time = exif.taken.map(|taken| {
        let ((year, month, day), (hour, minute, second)) = (taken.date(), taken.time());
        format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}")
    });
    let offset = exif.taken.and_then(|taken| taken.offset_minutes()).map(i64::from);
    let orientation = exif.orientation.map(i64::from);
    let mut differences = Vec::new();
    let mut same = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            differences.push(format!("{what}: {ours} here, {theirs} there"));
        }
    };
    same("orientation", format!("{orientation:?}"), format!("{:?}", photo.number(5)));
    same("maker", format!("{:?}", exif.make.as_deref()), format!("{:?}", photo.text(6)));
    same("model", format!("{:?}", exif.model.as_deref()), format!("{:?}", photo.text(7)));
    same("time", format!("{:?}", time.as_deref()), format!("{:?}", photo.text(8)));
    same("offset", format!("{offset:?}"), format!("{:?}", photo.number(9)));
    let theirs =
        photo.number(10).zip(photo.number(11)).map(|(latitude, longitude)| (latitude as i32, longitude as i32));
    let close = |a: i32, b: i32| a.abs_diff(b) <= POSITION_ROUNDING;
    match (exif.position, theirs) {
        (Some(ours), Some(theirs)) if close(ours.0, theirs.0) && close(ours.1, theirs.1) => {}
        (ours, theirs) => same("position", format!("{ours:?}"), format!("{theirs:?}")),
    }
    differences
}

fn fact_differences(photo: &Photo, facts: &Facts) -> Vec<String> {
    let mut differences = exif_differences(photo, &facts.exif);
    let kind = match photo.columns[1].as_str() {
        // A JPEG with further pictures behind the first.
        "JPEG" | "MPO" => Kind::Jpeg,
        "TIFF" => Kind::Tiff,
        other => panic!("{}: no kind for {other} yet", photo.name),
    };
    if facts.kind != kind {
        differences.push(format!("kind: {:?} here, {kind:?} there", facts.kind));
    }
    let size = facts.width.zip(facts.height).map(|(width, height)| (i64::from(width), i64::from(height)));
    if kind == Kind::Jpeg && size != photo.number(2).zip(photo.number(3)) {
        differences.push(format!("size: {size:?} here, {:?} there", &photo.columns[2..4]));
    }
    differences
}

/// What is wrong with a photo's copies.
fn copy_faults(photo: &Photo, reference: &Pixels) -> Vec<String> {
    let copies = match make(&photo.bytes) {
        Ok(copies) => copies,
        Err(error) => return vec![format!("no copies: {}", error.code())],
    };
    let (review, thumbnail) = (pixels(&copies.review), pixels(&copies.thumbnail));
    let size = (reference.width, reference.height);
    if (copies.width, copies.height) != size || (review.width, review.height) != size {
        return vec![format!("review copy of {} x {}, expected {size:?}", review.width, review.height)];
    }
    let mut faults = Vec::new();
    let long = size.0.max(size.1);
    let side = |side: u32| if long <= 320 { side } else { ((side * 320 + long / 2) / long).max(1) };
    if (thumbnail.width, thumbnail.height) != (side(size.0), side(size.1)) {
        faults.push(format!("thumbnail of {} x {}", thumbnail.width, thumbnail.height));
    }
    let psnr = psnr(&review, reference);
    println!("{:56} {:4} x {:4} {psnr:6.1} dB", photo.name, size.0, size.1);
    if psnr < LEAST_PSNR {
        faults.push(format!("review copy differs: {psnr:.1} dB"));
    }
    for copy in [&copies.review, &copies.thumbnail] {
        let facts = inspect(copy).expect("a copy is a picture");
        if facts.exif != ExifFacts::default() {
            faults.push("a copy carries EXIF".to_owned());
        }
        let distance = distance(copies.dhash, copy, &Limits::default()).expect("a copy can be decoded");
        if distance > ALIKE_WITHIN {
            faults.push("a copy is not like its original".to_owned());
        }
    }
    faults
}

/// `bytes` cut off, or with some bytes changed, in 32 ways that are the same on every machine; most of them in the
/// headers, where a camera's own notes stand.
fn damaged(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    (0..32).map(move |round| {
        let mut damaged = bytes.to_vec();
        let reach = if round % 2 == 0 { bytes.len().min(8192) } else { bytes.len() };
        if round % 4 == 3 {
            damaged.truncate(random(reach));
        } else {
            for _ in 0..=round {
                damaged[random(reach)] = [0, 1, 0x7F, 0xFF][random(4)];
            }
        }
        damaged
    })
}

/// One test, since it counts the panics of the whole process.
#[test]
fn photos_of_real_cameras_are_read_as_an_independent_program_reads_them() {
    let Some(photos) = photos() else { return };
    panic::set_hook(Box::new(|panic| {
        println!("{panic}");
        let place = panic.location().map_or_else(String::new, |place| place.file().replace('\\', "/"));
        PANICS.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(place);
    }));
    let mut faults = Vec::new();
    let (mut makers, mut compared) = (BTreeSet::new(), 0);
    for photo in &photos {
        let facts = inspect(&photo.bytes).expect("a camera's photo is a photo");
        let mut found = Vec::new();
        if !photo.columns[1].is_empty() {
            found.extend(fact_differences(photo, &facts));
        }
        match &photo.reference {
            Some(reference) if facts.kind == Kind::Jpeg => {
                found.extend(copy_faults(photo, reference));
                compared += 1;
            }
            _ => println!("{:56} {:?}", photo.name, make(&photo.bytes).map_err(|error| error.code()).map(|_| "copies")),
        }
        makers.extend(facts.exif.make.map(|make| make.to_lowercase()));
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", photo.name)));
    }
    // Sound photos must not make even a borrowed decoder panic; damaged ones none of ours.
    let panics = || std::mem::take(&mut *PANICS.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
    faults.extend(panics().into_iter().map(|place| format!("a sound photo made {place} panic")));
    for photo in &photos {
        for bytes in damaged(&photo.bytes) {
            let _any_answer = inspect(&bytes).map(|facts| facts.kind);
            if bytes.len() <= DAMAGED_DECODE {
                let _any_answer = make(&bytes).map(|copies| copies.width);
            }
        }
        let ours = panics().into_iter().filter(|place| place.contains("photo/src/"));
        faults.extend(ours.map(|place| format!("{}, damaged, made {place} panic", photo.name)));
    }
    let _ours = panic::take_hook();
    println!("{} photos of {} makers, {compared} review copies compared", photos.len(), makers.len());
    assert!(compared > 0 && !makers.is_empty(), "there was nothing to compare");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
