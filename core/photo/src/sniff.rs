//! What a file is, from its first bytes. A name or a declared type is never asked.

/// A picture format, recognised by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// JPEG of any coding.
    Jpeg,
    /// PNG, animated or not.
    Png,
    /// HEIF with HEVC or of a generic brand, as phones write it.
    Heic,
    /// HEIF with AV1.
    Avif,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
    /// TIFF and the raw formats built on it, such as DNG.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// JPEG XL.
    JpegXl,
}

impl Kind {
    /// The media type of the format.
    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Heic => "image/heic",
            Kind::Avif => "image/avif",
            Kind::Webp => "image/webp",
            Kind::Gif => "image/gif",
            Kind::Tiff => "image/tiff",
            Kind::Bmp => "image/bmp",
            Kind::JpegXl => "image/jxl",
        }
    }
}

/// The format that a file's first bytes (64 suffice) announce.
pub(crate) fn sniff(head: &[u8]) -> Option<Kind> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    // A JPEG whose third byte is lost is still somebody's photo.
    if starts(&[0xFF, 0xD8]) {
        Some(Kind::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some(Kind::Png)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some(Kind::Gif)
    } else if starts(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        Some(Kind::Webp)
    } else if starts(b"II*\0") || starts(b"MM\0*") {
        Some(Kind::Tiff)
    } else if starts(&[0xFF, 0x0A]) || starts(b"\0\0\0\x0cJXL \r\n\x87\n") {
        Some(Kind::JpegXl)
    } else if starts(b"BM") && matches!(le32(head, 14), Some(12 | 40 | 52 | 56 | 64 | 108 | 124)) {
        Some(Kind::Bmp)
    } else if head.get(4..8) == Some(b"ftyp") {
        heif(head)
    } else {
        None
    }
}

/// The brands of an ISO base media file: the major one, then the compatible ones.
fn heif(head: &[u8]) -> Option<Kind> {
    let end = be32(head, 0).map_or(head.len(), |size| (size as usize).min(head.len()));
    let compatible = head.get(16..end).unwrap_or_default().chunks_exact(4);
    for brand in head.get(8..12).into_iter().chain(compatible) {
        match brand {
            b"avif" | b"avis" => return Some(Kind::Avif),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => return Some(Kind::Heic),
            _ => {}
        }
    }
    matches!(head.get(8..12), Some(b"mif1" | b"msf1")).then_some(Kind::Heic)
}

/// Width and height of a picture as stored, in pixels, for every kind but JPEG; `head` is the beginning of the file.
pub(crate) fn size(kind: Kind, head: &[u8]) -> Option<(u32, u32)> {
    let pair =
        |at: usize, read: fn(&[u8], usize) -> Option<u32>, step: usize| Some((read(head, at)?, read(head, at + step)?));
    let (width, height) = match kind {
        Kind::Png if head.get(12..16) == Some(b"IHDR") => pair(16, be32, 4)?,
        Kind::Gif => pair(6, le16, 2)?,
        Kind::Bmp if le32(head, 14) == Some(12) => pair(18, le16, 2)?,
        // The height is negative when the rows run from the top.
        Kind::Bmp => pair(18, |b, at| Some((le32(b, at)? as i32).unsigned_abs()), 4)?,
        Kind::Webp => webp_size(head)?,
        Kind::Heic | Kind::Avif => heif_size(head)?,
        _ => return None,
    };
    (width > 0 && height > 0).then_some((width, height))
}

fn webp_size(head: &[u8]) -> Option<(u32, u32)> {
    match head.get(12..16)? {
        b"VP8X" => Some(((le32(head, 24)? & 0xFF_FFFF) + 1, (le32(head, 26)? >> 8) + 1)),
        b"VP8L" if head.get(20) == Some(&0x2F) => {
            let bits = le32(head, 21)?;
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        b"VP8 " if head.get(23..26) == Some(&[0x9D, 0x01, 0x2A]) => {
            Some((le16(head, 26)? & 0x3FFF, le16(head, 28)? & 0x3FFF))
        }
        _ => None,
    }
}

/// The largest spatial extent that the file lists: a picture in tiles lists the tiles and the whole.
fn heif_size(head: &[u8]) -> Option<(u32, u32)> {
    let extents = head.windows(4).enumerate().filter(|(_, name)| name == b"ispe");
    let sizes = extents.filter_map(|(at, _)| Some((be32(head, at + 8)?, be32(head, at + 12)?)));
    sizes.max_by_key(|&(width, height)| u64::from(width) * u64::from(height))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_the_kind() {
        let cases: [(&[u8], Option<Kind>); 13] = [
            (b"\xFF\xD8\xFF\xE0", Some(Kind::Jpeg)),
            (b"\xFF\xD8", Some(Kind::Jpeg)),
            (b"\x89PNG\r\n\x1a\n", Some(Kind::Png)),
            (b"GIF89a", Some(Kind::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Kind::Webp)),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Some(Kind::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Some(Kind::Avif)),
            (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", None),
            (b"II*\0\x08\0\0\0", Some(Kind::Tiff)),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", Some(Kind::Bmp)),
            (b"BMW is a car maker", None),
            (b"%PDF-1.7", None),
            (b"\xFF", None),
        ];
        for (head, kind) in cases {
            assert_eq!(sniff(head), kind, "{head:?}");
        }
    }

    #[test]
    fn sizes_are_read_where_each_format_keeps_them() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0";
        assert_eq!(size(Kind::Png, png), Some((640, 480)));
        assert_eq!(size(Kind::Gif, b"GIF89a\x40\x01\xf0\0"), Some((320, 240)));
        let heic = b"....ispe\0\0\0\0\0\0\x02\0\0\0\x02\0....ispe\0\0\0\0\0\0\x0f\xc0\0\0\x0b\xd0";
        assert_eq!(size(Kind::Heic, heic), Some((4032, 3024)));
        let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0";
        assert_eq!(size(Kind::Webp, webp), Some((640, 480)));
        assert_eq!(size(Kind::Png, &png[..20]), None);
    }
}
