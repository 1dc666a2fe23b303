//! PNG, through the `image` crate under caps. Screenshots and exports mostly; whatever is transparent shows white.

use std::io::{BufReader, Read, Seek};

use image::codecs::png::PngDecoder;
use image::{ColorType, ImageDecoder, ImageError};

use crate::copies::{Limits, NoCopies};
use crate::metadata;
use crate::plane::{Picture, size_within};
use crate::rgb::Rows;

/// Chunks such as colour profiles may take this much memory.
const CHUNK_BYTES: u64 = 4 << 20;

/// Decodes a PNG to a long edge of at most `edge`, with its EXIF orientation.
pub(crate) fn decode<R: Read + Seek>(original: R, limits: &Limits, edge: usize) -> Result<(Picture, u8), NoCopies> {
    let mut caps = image::Limits::no_limits();
    caps.max_alloc = Some(limits.raster_bytes.saturating_add(CHUNK_BYTES));
    let mut decoder = PngDecoder::with_limits(BufReader::new(original), caps).map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    let sides = 1..=65_535;
    if !sides.contains(&width)
        || !sides.contains(&height)
        || u64::from(width) * u64::from(height) > limits.pixels
        || decoder.total_bytes() > limits.raster_bytes
    {
        return Err(NoCopies::TooLarge);
    }
    let exif = decoder.exif_metadata().ok().flatten();
    let orientation = exif.map_or(1, metadata::orientation);
    let color = decoder.color_type();
    // Within raster_bytes, so it fits a usize.
    let mut raster = vec![0; decoder.total_bytes() as usize];
    decoder.read_image(&mut raster).map_err(refusal)?;

    let (width, height) = (width as usize, height as usize);
    let mut rows = Rows::new(width, height, size_within(width, height, edge));
    for row in raster.chunks_exact(width * usize::from(color.bytes_per_pixel())) {
        match color {
            ColorType::L8 => rows.push_grey(row.iter().copied()),
            ColorType::La8 => rows.push_grey(row.as_chunks().0.iter().map(|&[v, a]| over_white(v, a))),
            ColorType::L16 => rows.push_grey(row.as_chunks().0.iter().map(|&v| high(v))),
            ColorType::La16 => {
                rows.push_grey(row.as_chunks().0.iter().map(|&[v, w, a, b]| over_white(high([v, w]), high([a, b]))));
            }
            ColorType::Rgb8 => rows.push_rgb(row.as_chunks().0.iter().copied()),
            ColorType::Rgba8 => {
                rows.push_rgb(row.as_chunks().0.iter().map(|&[r, g, b, a]| [r, g, b].map(|v| over_white(v, a))));
            }
            ColorType::Rgb16 => rows.push_rgb(row.as_chunks::<6>().0.iter().map(|p| sixteen(p))),
            ColorType::Rgba16 => rows.push_rgb(row.as_chunks::<8>().0.iter().map(|p| {
                let alpha = high([p[6], p[7]]);
                sixteen(p).map(|v| over_white(v, alpha))
            })),
            _ => return Err(NoCopies::UnsupportedFormat),
        }
    }
    Ok((rows.finish(), orientation))
}

/// Samples of 16 bits come in the machine's order.
fn high(sample: [u8; 2]) -> u8 {
    (u16::from_ne_bytes(sample) >> 8) as u8
}

fn sixteen(pixel: &[u8]) -> [u8; 3] {
    [high([pixel[0], pixel[1]]), high([pixel[2], pixel[3]]), high([pixel[4], pixel[5]])]
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

fn refusal(error: ImageError) -> NoCopies {
    match error {
        ImageError::Limits(_) => NoCopies::TooLarge,
        ImageError::Unsupported(_) => NoCopies::UnsupportedFormat,
        ImageError::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => NoCopies::UnreadableFile(e),
        ImageError::IoError(_) => NoCopies::Truncated,
        _ => NoCopies::Undecodable,
    }
}
