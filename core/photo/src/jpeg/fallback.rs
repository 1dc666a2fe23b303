//! JPEGs that the own decoder leaves alone, through `jpeg-decoder` under caps. That crate keeps every coefficient of a
//! progressive picture in memory and works through the whole picture once a scan, so both are limited beforehand.

use std::io::{BufReader, ErrorKind, Read, Seek};

use jpeg_decoder::{Decoder, Error, PixelFormat};

use super::input::Input;
use super::markers::{Header, next_marker, segment_length};
use crate::copies::{Limits, NoCopies};
use crate::plane::Picture;
use crate::rgb::Rows;

/// Encoders make about ten scans; a scan of a few bytes can cost a pass over the whole picture.
const MOST_SCANS: usize = 100;
/// Metadata segments that the decoder keeps, such as colour profiles.
const MOST_METADATA: usize = 8 << 20;

/// Decodes `file` from its start, at a scale of `scale`/8.
pub(super) fn decode<R: Read + Seek>(
    mut file: R,
    header: &Header,
    limits: &Limits,
    scale: usize,
) -> Result<Picture, NoCopies> {
    // Four components are inks, which need a colour profile to be shown.
    if !matches!(header.components.len(), 1 | 3) {
        return Err(NoCopies::UnsupportedFormat);
    }
    if coefficient_bytes(header) > limits.coefficient_bytes {
        return Err(NoCopies::TooLarge);
    }
    check_structure(&mut file)?;
    file.rewind()?;

    let mut decoder = Decoder::new(BufReader::new(file));
    let scaled = |length: usize| (length * scale).div_ceil(8).min(65_535) as u16;
    let (width, height) = decoder.scale(scaled(header.width), scaled(header.height)).map_err(refusal)?;
    let pixels = decoder.decode().map_err(refusal)?;
    let (width, height) = (usize::from(width), usize::from(height));
    let format = decoder.info().ok_or(NoCopies::Undecodable)?.pixel_format;
    if width == 0 || height == 0 || pixels.len() != width * height * format.pixel_bytes() {
        return Err(NoCopies::Undecodable);
    }
    let mut rows = Rows::new(width, height, (width, height));
    for row in pixels.chunks_exact(width * format.pixel_bytes()) {
        match format {
            PixelFormat::L8 => rows.push_grey(row.iter().copied()),
            PixelFormat::RGB24 => rows.push_rgb(row.as_chunks().0.iter().copied()),
            PixelFormat::L16 | PixelFormat::CMYK32 => return Err(NoCopies::UnsupportedFormat),
        }
    }
    Ok(rows.finish())
}

/// Two bytes for each sample of each component, padded to whole MCUs.
fn coefficient_bytes(header: &Header) -> u64 {
    let most =
        |factor: fn(&super::markers::Component) -> usize| header.components.iter().map(factor).max().unwrap_or(1);
    let (across, down) = (most(|c| c.across), most(|c| c.down));
    let mcus = header.width.div_ceil(8 * across) as u64 * header.height.div_ceil(8 * down) as u64;
    let blocks: u64 = header.components.iter().map(|c| (c.across * c.down) as u64).sum();
    mcus * blocks * 128
}

/// Counts scans and metadata up to the end of the picture. A file without that end is cut off.
fn check_structure<R: Read>(file: R) -> Result<(), NoCopies> {
    let mut input = Input::new(file);
    let (mut scans, mut metadata) = (0, 0);
    loop {
        // Inside a scan's data this passes over stuffing; restart markers stand alone.
        match next_marker(&mut input)?.ok_or(NoCopies::Truncated)? {
            0x01 | 0xD0..=0xD8 => continue,
            0xD9 => return Ok(()),
            0xDA => scans += 1,
            0xE0..=0xFE => metadata += input.peek(2)?.first_chunk().map_or(0, |&b| usize::from(u16::from_be_bytes(b))),
            _ => {}
        }
        if scans > MOST_SCANS || metadata > MOST_METADATA {
            return Err(NoCopies::TooLarge);
        }
        let length = segment_length(&mut input)?;
        if !input.skip(length)? {
            return Err(NoCopies::Truncated);
        }
    }
}

fn refusal(error: Error) -> NoCopies {
    match error {
        Error::Unsupported(_) => NoCopies::UnsupportedFormat,
        Error::Io(e) if e.kind() != ErrorKind::UnexpectedEof => NoCopies::UnreadableFile(e),
        Error::Io(_) => NoCopies::Truncated,
        Error::Format(_) | Error::Internal(_) => NoCopies::Undecodable,
    }
}
