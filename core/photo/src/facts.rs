//! What a file is, without decoding it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

use crate::jpeg;
use crate::metadata::{self, ExifFacts};
use crate::sniff::{Kind, size, sniff};

/// So much of a file's beginning is looked at for its size in pixels; HEIF lists its tiles before that.
const HEAD: u64 = 64 << 10;
/// EXIF of a TIFF is the file itself, so a larger one (a raw photo) is not searched.
const LARGEST_TIFF: u64 = 16 << 20;

/// What a photo is and what it says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The format by content.
    pub kind: Kind,
    /// Width in pixels as stored, before the orientation is applied, if the header says so.
    pub width: Option<u32>,
    /// Height in pixels as stored, before the orientation is applied, if the header says so.
    pub height: Option<u32>,
    /// What EXIF says.
    pub exif: ExifFacts,
}

/// Why a file is no photo at all. Anything that looks like a picture is one, whatever its state.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There are no bytes.
    #[error("The photo is empty; take it again.")]
    EmptyPhoto,
    /// The bytes are not those of any picture format.
    #[error("This file is not a picture; choose a photo.")]
    NotAnImage,
    /// The file itself could not be read; this says nothing about the photo.
    #[error("The photo's file could not be read; try again.")]
    UnreadableFile(#[from] io::Error),
}

impl Refused {
    /// The stable code: `empty_photo`, `not_an_image` or `unreadable_file`.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::EmptyPhoto => "empty_photo",
            Refused::NotAnImage => "not_an_image",
            Refused::UnreadableFile(_) => "unreadable_file",
        }
    }

    /// The sentence for the user in Chinese; the English one is the error's `Display`.
    pub fn zh(&self) -> &'static str {
        match self {
            Refused::EmptyPhoto => "照片是空的，请重拍。",
            Refused::NotAnImage => "该文件不是图片，请选择照片。",
            Refused::UnreadableFile(_) => "无法读取照片文件，请重试。",
        }
    }
}

/// Looks at a photo in memory.
///
/// # Errors
/// [`Refused::EmptyPhoto`] and [`Refused::NotAnImage`]; a damaged picture is no error.
pub fn inspect(bytes: &[u8]) -> Result<Facts, Refused> {
    inspect_from(Cursor::new(bytes))
}

/// Looks at a photo in a file, of which it reads little more than the headers.
///
/// # Errors
/// As [`inspect`], and [`Refused::UnreadableFile`].
pub fn inspect_file(path: &Path) -> Result<Facts, Refused> {
    inspect_from(BufReader::new(File::open(path)?))
}

fn inspect_from<R: BufRead + Seek>(mut file: R) -> Result<Facts, Refused> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    if head.is_empty() {
        return Err(Refused::EmptyPhoto);
    }
    let kind = sniff(&head).ok_or(Refused::NotAnImage)?;
    file.rewind()?;
    if kind == Kind::Jpeg {
        let (size, exif) = jpeg::facts(file);
        let exif = exif.map(metadata::facts).unwrap_or_default();
        return Ok(Facts { kind, width: size.map(|s| s.0), height: size.map(|s| s.1), exif });
    }
    let size = size(kind, &head);
    let exif = match kind {
        Kind::Png | Kind::Webp | Kind::Heic | Kind::Avif => metadata::facts_in(&mut file),
        Kind::Tiff if file.seek(io::SeekFrom::End(0))? <= LARGEST_TIFF => {
            file.rewind()?;
            metadata::facts_in(&mut file)
        }
        _ => ExifFacts::default(),
    };
    Ok(Facts { kind, width: size.map(|s| s.0), height: size.map(|s| s.1), exif })
}
