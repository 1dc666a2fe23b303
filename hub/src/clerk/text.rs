//! Text of a file, whatever it was saved as: UTF-8 with or without a byte order mark, UTF-16 with one, else GB 18030,
//! of which GBK and GB 2312 are parts. Excel in Chinese saves CSV as GBK, so the guess is right where it is made.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use serde::Serialize;

/// How a text file was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16 with a byte order mark, Excel's "Unicode text".
    Utf16,
    /// GB 18030, GBK or GB 2312: guessed, because the bytes are not UTF-8.
    Gb18030,
}

/// The text and its encoding.
///
/// # Errors
/// The line of the first bytes that fit no encoding.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), usize> {
    let without_mark = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(without_mark) {
        return Ok((Cow::Borrowed(text), Encoding::Utf8));
    }
    let (encoding, name) = match bytes {
        [0xff, 0xfe, ..] => (UTF_16LE, Encoding::Utf16),
        [0xfe, 0xff, ..] => (UTF_16BE, Encoding::Utf16),
        _ => (GB18030, Encoding::Gb18030),
    };
    match encoding.decode_with_bom_removal(bytes) {
        (text, false) => Ok((text, name)),
        (text, true) => {
            let before = text.split('\u{fffd}').next().unwrap_or_default();
            Err(before.matches('\n').count() + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gbk_utf_8_and_utf_16_read_alike() {
        let text = "姓名,手机\r\n张三,13800000000\r\n";
        let gbk = GB18030.encode(text).0;
        assert_eq!(decode(&gbk).unwrap(), (Cow::Borrowed(text), Encoding::Gb18030));
        assert_eq!(decode(text.as_bytes()).unwrap(), (Cow::Borrowed(text), Encoding::Utf8));
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes()).unwrap(), (Cow::Borrowed(text), Encoding::Utf8));
        let utf_16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf_16).unwrap(), (Cow::Borrowed(text), Encoding::Utf16));
    }

    #[test]
    fn bytes_of_no_encoding_are_named_by_their_line() {
        assert_eq!(decode(b"a\nb\n\xff\xff\n"), Err(3));
    }
}
