//! The review copy and the thumbnail. One decode at the scale that lands nearest, then everything on small planes.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::jpeg;
use crate::likeness::dhash;
use crate::orient::upright;
use crate::plane::Picture;
use crate::png;
use crate::sniff::{Kind, sniff};

/// Longest edge of a review copy in pixels.
pub const REVIEW_EDGE: usize = 2048;
/// Longest edge of a thumbnail in pixels.
pub const THUMBNAIL_EDGE: usize = 320;
/// A decode at half, quarter or eighth size is taken as it lands if its long edge is at least this.
const REVIEW_EDGE_FROM: usize = 1500;
const QUALITY: u8 = 80;

/// What decoding may cost. The defaults suit a phone: a 50-megapixel baseline JPEG stays under 64 MB in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels that a picture may claim to have.
    pub pixels: u64,
    /// Most bytes of coefficients, at two a sample, that a progressive JPEG may need.
    pub coefficient_bytes: u64,
    /// Most bytes of decoded pixels that a PNG may need.
    pub raster_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { pixels: 256_000_000, coefficient_bytes: 64 << 20, raster_bytes: 40 << 20 }
    }
}

/// The small copies of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copies {
    /// JPEG, upright, without metadata, long edge at most [`REVIEW_EDGE`] pixels and never larger than the original.
    pub review: Vec<u8>,
    /// JPEG, upright, without metadata, long edge at most [`THUMBNAIL_EDGE`] pixels.
    pub thumbnail: Vec<u8>,
    /// 64-bit difference hash of the upright picture; see [`crate::distance`].
    pub dhash: u64,
    /// Width of the review copy in pixels.
    pub width: u32,
    /// Height of the review copy in pixels.
    pub height: u32,
}

/// Why a photo has no copies. The photo is kept all the same.
#[derive(Debug, thiserror::Error)]
pub enum NoCopies {
    /// The bytes contradict their own format.
    #[error("The picture is damaged. The original is kept; take another photo if you still can.")]
    Undecodable,
    /// The file ends before the picture does.
    #[error("The picture is cut off. The original is kept; take another photo if you still can.")]
    Truncated,
    /// Decoding would take more than [`Limits`] allow.
    #[error("The picture is too large to preview here. The original is kept; choose a smaller size in the camera.")]
    TooLarge,
    /// A format, or a variety of one, that is not decoded here.
    #[error("This kind of picture has no preview here. The original is kept; set the camera to JPEG.")]
    UnsupportedFormat,
    /// The file itself could not be read; this says nothing about the photo.
    #[error("The photo's file could not be read; try again.")]
    UnreadableFile(#[from] io::Error),
}

impl NoCopies {
    /// The stable code: `undecodable`, `truncated`, `too_large`, `unsupported_format` or `unreadable_file`.
    pub fn code(&self) -> &'static str {
        match self {
            NoCopies::Undecodable => "undecodable",
            NoCopies::Truncated => "truncated",
            NoCopies::TooLarge => "too_large",
            NoCopies::UnsupportedFormat => "unsupported_format",
            NoCopies::UnreadableFile(_) => "unreadable_file",
        }
    }

    /// The sentence for the user in Chinese; the English one is the error's `Display`.
    pub fn zh(&self) -> &'static str {
        match self {
            NoCopies::Undecodable => "照片已损坏。原图已保留；如仍在现场，请重拍一张。",
            NoCopies::Truncated => "照片不完整。原图已保留；如仍在现场，请重拍一张。",
            NoCopies::TooLarge => "照片过大，无法在此预览。原图已保留；请在相机中选择较小的尺寸。",
            NoCopies::UnsupportedFormat => "此格式的照片无法在此预览。原图已保留；请将相机设置为 JPEG。",
            NoCopies::UnreadableFile(_) => "无法读取照片文件，请重试。",
        }
    }
}

/// Makes the copies of the photo in a file.
///
/// # Errors
/// Why there are none; [`NoCopies::UnreadableFile`] alone is about the file and not about the photo.
pub fn copies(original: &Path, limits: &Limits) -> Result<Copies, NoCopies> {
    copies_from(File::open(original)?, limits)
}

/// Makes the copies of the photo that `original` reads, from its start; it does its own buffering.
///
/// # Errors
/// As [`copies`].
pub fn copies_from<R: Read + Seek>(original: R, limits: &Limits) -> Result<Copies, NoCopies> {
    let (picture, orientation) = decode(original, limits, REVIEW_EDGE_FROM, REVIEW_EDGE)?;
    let picture = upright(picture, orientation);
    let thumbnail = picture.shrunk(THUMBNAIL_EDGE);
    Ok(Copies {
        review: jpeg::encode(&picture, QUALITY, None),
        thumbnail: jpeg::encode(&thumbnail, QUALITY, None),
        dhash: dhash(&thumbnail.y),
        width: picture.y.width as u32,
        height: picture.y.height as u32,
    })
}

/// Decodes a picture as stored, with its EXIF orientation. A JPEG is decoded at the smallest of the four scales whose
/// long edge is at least `from` (full size if none is); beyond `to` it is brought down to `to`.
pub(crate) fn decode<R: Read + Seek>(
    original: R,
    limits: &Limits,
    from: usize,
    to: usize,
) -> Result<(Picture, u8), NoCopies> {
    // Decoders that others wrote have panicked on public files; such a photo is one that cannot be decoded.
    catch_unwind(AssertUnwindSafe(|| decode_as_sniffed(original, limits, from, to)))
        .unwrap_or(Err(NoCopies::Undecodable))
}

fn decode_as_sniffed<R: Read + Seek>(
    mut original: R,
    limits: &Limits,
    from: usize,
    to: usize,
) -> Result<(Picture, u8), NoCopies> {
    original.rewind()?;
    let mut head = Vec::with_capacity(64);
    original.by_ref().take(64).read_to_end(&mut head)?;
    original.rewind()?;
    let (picture, orientation) = match sniff(&head) {
        Some(Kind::Jpeg) => jpeg::decode(original, limits, from)?,
        Some(Kind::Png) => png::decode(original, limits, to.min(REVIEW_EDGE))?,
        Some(_) => return Err(NoCopies::UnsupportedFormat),
        None => return Err(NoCopies::Undecodable),
    };
    Ok((picture.within(to), orientation))
}
