//! JPEG: an own decoder for what cameras write (baseline, interleaved, 8-bit YCbCr or grey) and an own encoder. The
//! decoder streams the file and scales while it decodes; it touches only the coefficients that the scale needs.
//! What it leaves alone (progressive, several scans, RGB) goes to `jpeg-decoder` under caps. The `image` crate is never
//! used here: its JPEG decoder cannot scale and has panicked on public files.

use std::io::{Read, Seek};

use crate::copies::{Limits, NoCopies};
use crate::metadata;
use crate::plane::Picture;

mod bits;
mod encode;
mod fallback;
mod huffman;
mod idct;
mod input;
mod markers;
mod scan;
mod tables;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use encode::encode;
use input::Input;
use markers::{Header, Process};

/// Size as stored and the EXIF block, as far as the header can be read.
pub(crate) fn facts<R: Read>(file: R) -> (Option<(u32, u32)>, Option<Vec<u8>>) {
    let mut header = Header::default();
    // A header that breaks off still has what came before.
    let _broken = header.read(&mut Input::new(file));
    let size = (header.width > 0 && header.height > 0).then_some((header.width as u32, header.height as u32));
    (size, header.exif)
}

/// Decodes at the smallest of the scales 1/8, 1/4, 1/2 and 1 whose long edge is at least `from`, else at full size;
/// with the EXIF orientation.
pub(crate) fn decode<R: Read + Seek>(mut file: R, limits: &Limits, from: usize) -> Result<(Picture, u8), NoCopies> {
    let mut header = Header::default();
    let mut input = Input::new(&mut file);
    header.read(&mut input)?;
    let (width, height) = (header.width, header.height);
    match header.process {
        Some(Process::Sequential | Process::Progressive) if header.precision == 8 && height > 0 => {}
        Some(_) => return Err(NoCopies::UnsupportedFormat),
        None => return Err(NoCopies::Undecodable),
    }
    if width == 0 {
        return Err(NoCopies::Undecodable);
    }
    if width as u64 * height as u64 > limits.pixels {
        return Err(NoCopies::TooLarge);
    }
    let long = width.max(height);
    let scale = [1, 2, 4].into_iter().find(|scale| (long * scale).div_ceil(8) >= from).unwrap_or(8);
    let orientation = header.exif.take().map_or(1, metadata::orientation);
    let picture = if header.is_camera_jpeg() {
        match scale {
            1 => scan::decode::<1, _>(&header, &mut input)?,
            2 => scan::decode::<2, _>(&header, &mut input)?,
            4 => scan::decode::<4, _>(&header, &mut input)?,
            _ => scan::decode::<8, _>(&header, &mut input)?,
        }
    } else {
        drop(input);
        file.rewind()?;
        fallback::decode(file, &header, limits, scale)?
    };
    Ok((picture, orientation))
}
