//! The crate as its callers see it.

use std::io::Cursor;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use proptest::prelude::*;

use super::*;
use crate::jpeg::tests::writer::{Layout, Scans, write};
use crate::plane::Plane;
use crate::sample::Scene;

fn make(bytes: &[u8]) -> Result<Copies, NoCopies> {
    copies_from(Cursor::new(bytes), &Limits::default())
}

fn luma(jpeg: &[u8]) -> Plane {
    jpeg::decode(Cursor::new(jpeg), &Limits::default(), usize::MAX).unwrap().0.y
}

fn mean_difference(a: &Plane, b: &Plane) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let sum: u64 =
        (0..a.height).flat_map(|y| a.row(y).iter().zip(b.row(y))).map(|(p, q)| u64::from(p.abs_diff(*q))).sum();
    sum as f64 / (a.width * a.height) as f64
}

fn png(width: u32, height: u32, color: ExtendedColorType, pixels: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    PngEncoder::new(&mut out).write_image(pixels, width, height, color).unwrap();
    out
}

#[test]
fn review_and_thumbnail_land_where_they_should() {
    // Stored size, review copy, thumbnail.
    let cases = [
        ((4032, 3024), (2016, 1512), (320, 240)),
        ((3024, 4032), (1512, 2016), (240, 320)),
        ((2048, 1536), (2048, 1536), (320, 240)),
        ((2600, 1300), (2048, 1024), (320, 160)),
        ((640, 481), (640, 481), (320, 241)),
        ((100, 60), (100, 60), (100, 60)),
    ];
    for ((width, height), review, thumbnail) in cases {
        let copies = make(&sample::jpeg(&Scene { width, height, ..Scene::new(1) })).unwrap();
        assert_eq!((copies.width, copies.height), review);
        for (copy, size) in [(&copies.review, review), (&copies.thumbnail, thumbnail)] {
            let facts = inspect(copy).unwrap();
            assert_eq!((facts.width, facts.height), (Some(size.0), Some(size.1)), "of {width} x {height}");
            assert_eq!(facts.exif, ExifFacts::default(), "copies carry no metadata");
            assert!(!copy.windows(4).any(|w| w == b"Exif"));
        }
    }
}

#[test]
fn all_eight_orientations_give_the_same_upright_copies() {
    let scene = Scene { width: 800, height: 608, ..Scene::new(9) };
    let first = make(&sample::jpeg(&Scene { orientation: 1, ..scene })).unwrap();
    for orientation in 2..=8 {
        let stored = sample::jpeg(&Scene { orientation, ..scene });
        let facts = inspect(&stored).unwrap();
        assert_eq!(facts.exif.orientation, Some(orientation as u8));
        let turned = (facts.width, facts.height) == (Some(608), Some(800));
        assert_eq!(turned, orientation >= 5);
        let copies = make(&stored).unwrap();
        assert_eq!((copies.width, copies.height), (800, 608));
        // The grain differs, because turned pixels meet other quantizers; what is shown does not.
        let shown = |jpeg: &[u8]| shrink::shrink(&luma(jpeg), 200, 152);
        let difference = mean_difference(&shown(&copies.review), &shown(&first.review));
        assert!(difference < 1.0, "orientation {orientation}: {difference}");
        assert!((copies.dhash ^ first.dhash).count_ones() <= 2);
    }
}

#[test]
fn a_sample_says_what_it_was_told_to_say() {
    let taken = LocalTime::new((2026, 3, 9), (8, 5, 59), Some(480));
    let scene = Scene { taken, position_e7: Some((312_304_889, -1_214_736_667)), ..Scene::new(5) };
    let facts = inspect(&sample::jpeg(&scene)).unwrap();
    assert_eq!((facts.kind, facts.width, facts.height), (Kind::Jpeg, Some(640), Some(480)));
    assert_eq!(facts.exif.taken, taken);
    assert_eq!(facts.exif.position, scene.position_e7);
    assert_eq!(facts.exif.make.as_deref(), Some("RedVest sample"));
    assert!(facts.exif.faults.is_empty(), "{:?}", facts.exif.faults);
    for position in [(1, -1), (-900_000_000, 1_800_000_000), (899_999_999, -1_799_999_999), (-595_959_999, 9)] {
        let scene = Scene { position_e7: Some(position), ..scene };
        assert_eq!(inspect(&sample::jpeg(&scene)).unwrap().exif.position, Some(position));
    }
    assert_eq!(sample::jpeg(&scene), sample::jpeg(&scene));
    let wrong = inspect(&sample::jpeg(&Scene { orientation: 9, ..scene })).unwrap();
    assert_eq!(wrong.exif.faults, vec![ExifFault::OrientationInvalid]);
}

#[test]
fn copies_look_like_their_original_and_other_scenes_do_not() {
    let limits = Limits::default();
    let mut others = Vec::new();
    for seed in 0..8 {
        let copies =
            make(&sample::jpeg(&Scene { orientation: 6, width: 1200, height: 900, ..Scene::new(seed) })).unwrap();
        for copy in [&copies.review, &copies.thumbnail] {
            let bits = distance(copies.dhash, copy, &limits).unwrap();
            assert!(bits <= 4, "seed {seed}: {bits}");
        }
        others.push(copies);
    }
    for (at, one) in others.iter().enumerate() {
        for other in &others[..at] {
            assert!(distance(one.dhash, &other.review, &limits).unwrap() > ALIKE_WITHIN);
        }
    }
    assert_eq!(distance(0, b"no picture", &limits).unwrap_err().code(), "undecodable");
}

#[test]
fn before_and_after_differ_and_so_do_seeds() {
    let before = Scene::new(4);
    let after = Scene { after: true, ..before };
    let difference = mean_difference(&luma(&sample::jpeg(&before)), &luma(&sample::jpeg(&after)));
    assert!((1.0..40.0).contains(&difference), "{difference}");
    assert_ne!(sample::jpeg(&before), sample::jpeg(&Scene::new(6)));
}

#[test]
fn only_nothing_and_no_picture_are_refused() {
    assert_eq!(inspect(b"").unwrap_err().code(), "empty_photo");
    for bytes in [&b"hello"[..], b"%PDF-1.7", &[0; 1000], b"\0\0\0\x18ftypmp42\0\0\0\0isom"] {
        assert_eq!(inspect(bytes).unwrap_err().code(), "not_an_image");
    }
    let whole = sample::jpeg(&Scene { taken: LocalTime::new((2026, 1, 1), (0, 0, 0), None), ..Scene::new(1) });
    for length in [2, 3, 20, 150, 400, whole.len() / 2] {
        let facts = inspect(&whole[..length]).unwrap();
        assert_eq!(facts.kind, Kind::Jpeg);
        assert_eq!(make(&whole[..length]).unwrap_err().code(), "truncated");
        if length > 600 {
            assert!(facts.exif.taken.is_some() && facts.width == Some(640));
        }
    }
}

#[test]
fn what_has_no_copies_says_why() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic....".to_vec();
    assert_eq!(inspect(&heic).unwrap().kind, Kind::Heic);
    for (bytes, code) in [
        (heic, "unsupported_format"),
        (b"GIF89a\x01\0\x01\0".to_vec(), "unsupported_format"),
        (b"RIFF\0\0\0\0WEBPVP8L".to_vec(), "unsupported_format"),
        (b"\xFF\xD8\xFF\xD9".to_vec(), "undecodable"),
        (b"not a picture".to_vec(), "undecodable"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), "truncated"),
    ] {
        let error = make(&bytes).unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!error.zh().is_empty() && error.to_string().ends_with('.'));
    }
    assert_eq!(
        copies(std::path::Path::new("/no/such/photo.jpg"), &Limits::default()).unwrap_err().code(),
        "unreadable_file"
    );
    assert_eq!(inspect_file(std::path::Path::new("/no/such/photo.jpg")).unwrap_err().code(), "unreadable_file");
}

#[test]
fn progressive_pictures_have_copies() {
    let layout = Layout { scans: Scans::Progressive, ..Layout::new(400, 300, &[(2, 2), (1, 1), (1, 1)]) };
    let copies = make(&write(&layout, |c, x, y| if c == 0 { (x / 2 + y / 8) as u8 } else { 120 })).unwrap();
    assert_eq!((copies.width, copies.height), (400, 300));
    assert!(distance(copies.dhash, &copies.review, &Limits::default()).unwrap() <= 2);
}

#[test]
fn png_of_every_colour_type_has_copies_and_shows_white_through() {
    use ExtendedColorType as C;
    let (width, height) = (40u32, 30u32);
    for (color, pixel, wanted) in [
        (C::L8, vec![77], 77),
        (C::La8, vec![0, 0], 255),
        (C::Rgb8, vec![77, 77, 77], 77),
        (C::Rgba8, vec![0, 0, 0, 0], 255),
        (C::Rgba8, vec![77, 77, 77, 255], 77),
        (C::L16, 0x4D00u16.to_ne_bytes().to_vec(), 77),
        (C::Rgb16, 0x4D00u16.to_ne_bytes().repeat(3), 77),
        (C::Rgba16, [0x4D00u16, 0x4D00, 0x4D00, 0xFFFF].iter().flat_map(|v| v.to_ne_bytes()).collect(), 77),
        (C::La16, [0x4D00u16, 0xFFFF].iter().flat_map(|v| v.to_ne_bytes()).collect(), 77),
    ] {
        let bytes = png(width, height, color, &pixel.repeat((width * height) as usize));
        assert_eq!(inspect(&bytes).unwrap().width, Some(40));
        let copies = make(&bytes).unwrap();
        let plane = luma(&copies.review);
        assert!((0..30).all(|y| plane.row(y).iter().all(|v| v.abs_diff(wanted) <= 1)), "{color:?}");
    }
}

#[test]
fn a_large_png_is_brought_down_or_refused_by_its_claim() {
    let pixels: Vec<u8> = (0..3000 * 1000).map(|i| (i % 3000 / 12) as u8).collect();
    let bytes = png(3000, 1000, ExtendedColorType::L8, &pixels);
    let copies = make(&bytes).unwrap();
    assert_eq!((copies.width, copies.height), (2048, 683));
    assert_eq!(make(&bytes[..bytes.len() / 2]).unwrap_err().code(), "truncated");
    let limits = Limits { raster_bytes: 1 << 20, ..Limits::default() };
    assert_eq!(copies_from(Cursor::new(&bytes), &limits).unwrap_err().code(), "too_large");
}

#[test]
fn exif_behind_xmp_is_found() {
    let whole = sample::jpeg(&Scene { position_e7: Some((5, 5)), ..Scene::new(2) });
    let mut xmp = vec![0xFF, 0xE1, 0x10, 0x00];
    xmp.extend(b"http://ns.adobe.com/xap/1.0/\0".iter().chain([b' '; 4096].iter()).take(0x0FFE));
    let bytes = [&whole[..2], &xmp, &whole[2..]].concat();
    assert_eq!(inspect(&bytes).unwrap().exif.position, Some((5, 5)));
    assert!(make(&bytes).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_are_judged_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), magic in 0usize..7) {
        let magics: [&[u8]; 7] =
            [b"", b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1a\n", b"RIFF\0\x10\0\0WEBP", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"II*\0", b"BM"];
        let bytes = [magics[magic], &bytes].concat();
        let facts = inspect(&bytes);
        prop_assert_eq!(facts.is_err(), bytes.is_empty() || sniff::sniff(&bytes).is_none());
        if let Ok(copies) = make(&bytes) {
            prop_assert!(copies.width.max(copies.height) <= 2048);
        }
    }

    #[test]
    fn damaged_photos_of_every_kind_are_judged_without_panic(
        kind in 0usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut bytes = match kind {
            0 => sample::jpeg(&Scene { width: 64, height: 48, position_e7: Some((1, 2)), ..Scene::new(7) }),
            1 => write(&Layout { scans: Scans::Progressive, ..Layout::new(40, 40, &[(2, 1), (1, 1), (1, 1)]) }, |_, x, y| (x * y) as u8),
            _ => png(20, 20, ExtendedColorType::Rgb8, &[9; 1200]),
        };
        for (place, value) in changes {
            let at = place.index(bytes.len());
            bytes[at] = value;
        }
        let limits = Limits { pixels: 4_000_000, ..Limits::default() };
        let _ = inspect(&bytes);
        if let Ok(copies) = copies_from(Cursor::new(&bytes), &limits) {
            prop_assert!(copies.width.max(copies.height) <= 2048);
        }
    }
}
