//! Deterministic CBOR (RFC 8949 section 4.2.1): the one form in which events are hashed, signed and sent.
//!
//! [`check`] walks bytes before anything is decoded from them, so that two texts for one meaning do not exist and no
//! input costs more than its own length: shortest integers, definite lengths, map keys strictly ascending, no floats,
//! no tags, valid UTF-8, bounded depth. What passes may still hold unknown keys; those are kept byte for byte because
//! bytes are stored as they came and never encoded again.

use minicbor::{Decode, Encode};

/// Deepest nesting accepted.
pub const MAX_DEPTH: usize = 12;

/// Why bytes are not acceptable CBOR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The bytes end inside an item.
    #[error("the bytes end inside an item")]
    Truncated,
    /// Bytes follow the item.
    #[error("bytes follow the item")]
    Trailing,
    /// A number or length is not in its shortest form.
    #[error("a number is not in its shortest form")]
    NotShortest,
    /// An indefinite length, a float, a tag or an unassigned simple value.
    #[error("an item of a kind that is not allowed here")]
    Forbidden,
    /// Map keys are not strictly ascending, which includes repeated keys.
    #[error("map keys are repeated or out of order")]
    KeyOrder,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested too deep")]
    TooDeep,
    /// More bytes than the message may have.
    #[error("larger than allowed")]
    TooLarge,
    /// Well formed, but not the message expected.
    #[error("not the message expected here")]
    Shape,
    /// A value outside its range.
    #[error("a value outside its range")]
    OutOfRange,
}

/// Encodes a message. Deterministic because every derived map writes its integer keys in ascending order.
pub fn encode<T: Encode<()>>(message: &T) -> Vec<u8> {
    minicbor::to_vec(message).expect("writing to a Vec cannot fail and no type here refuses to be encoded")
}

/// Checks the form of `bytes` and decodes them as a `T`.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8], max_bytes: usize) -> Result<T, Fault> {
    if bytes.len() > max_bytes {
        return Err(Fault::TooLarge);
    }
    check(bytes)?;
    minicbor::decode(bytes).map_err(|_| Fault::Shape)
}

/// Checks that `bytes` are exactly one item of deterministic CBOR.
pub fn check(bytes: &[u8]) -> Result<(), Fault> {
    let mut walk = Walk { bytes, at: 0 };
    walk.item(0)?;
    if walk.at == bytes.len() { Ok(()) } else { Err(Fault::Trailing) }
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn take(&mut self, len: u64) -> Result<&'a [u8], Fault> {
        let len = usize::try_from(len).map_err(|_| Fault::Truncated)?;
        let end = self.at.checked_add(len).ok_or(Fault::Truncated)?;
        let part = self.bytes.get(self.at..end).ok_or(Fault::Truncated)?;
        self.at = end;
        Ok(part)
    }

    /// Reads a head: major type and argument.
    fn head(&mut self) -> Result<(u8, u64), Fault> {
        let first = self.take(1)?[0];
        let (major, info) = (first >> 5, first & 31);
        let (argument, least) = match info {
            0..=23 => (u64::from(info), 0),
            24 => (u64::from(self.take(1)?[0]), 24),
            25 => (self.big_endian(2)?, 1 << 8),
            26 => (self.big_endian(4)?, 1 << 16),
            27 => (self.big_endian(8)?, 1 << 32),
            _ => return Err(Fault::Forbidden),
        };
        if major == 7 {
            // Only false, true and null: 0xf4, 0xf5, 0xf6.
            return if matches!(info, 20..=22) { Ok((major, argument)) } else { Err(Fault::Forbidden) };
        }
        if argument < least { Err(Fault::NotShortest) } else { Ok((major, argument)) }
    }

    fn big_endian(&mut self, len: u64) -> Result<u64, Fault> {
        Ok(self.take(len)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn item(&mut self, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        match self.head()? {
            (0 | 1 | 7, _) => {}
            (2, len) => {
                self.take(len)?;
            }
            (3, len) => {
                std::str::from_utf8(self.take(len)?).map_err(|_| Fault::NotUtf8)?;
            }
            (4, len) => {
                for _ in 0..len {
                    self.item(depth + 1)?;
                }
            }
            (5, len) => {
                let mut before: &[u8] = &[];
                for _ in 0..len {
                    let start = self.at;
                    self.item(depth + 1)?;
                    let key = &self.bytes[start..self.at];
                    if key <= before {
                        return Err(Fault::KeyOrder);
                    }
                    before = key;
                    self.item(depth + 1)?;
                }
            }
            _ => return Err(Fault::Forbidden),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_second_form_of_the_same_value_is_refused() {
        for (bytes, fault) in [
            (&[0x18, 0x05][..], Fault::NotShortest),
            (&[0x19, 0x00, 0xff], Fault::NotShortest),
            (&[0x9f, 0xff], Fault::Forbidden),
            (&[0x5f, 0xff], Fault::Forbidden),
            (&[0xf9, 0x00, 0x00], Fault::Forbidden),
            (&[0xf7], Fault::Forbidden),
            (&[0xc0, 0x00], Fault::Forbidden),
            (&[0xa2, 0x01, 0x00, 0x01, 0x00], Fault::KeyOrder),
            (&[0xa2, 0x02, 0x00, 0x01, 0x00], Fault::KeyOrder),
            (&[0x61, 0xff], Fault::NotUtf8),
            (&[0x00, 0x00], Fault::Trailing),
            (&[0x82, 0x00], Fault::Truncated),
            (&[], Fault::Truncated),
            (&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Fault::Truncated),
        ] {
            assert_eq!(check(bytes), Err(fault), "{bytes:02x?}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_before_the_stack_is_used() {
        let bytes = vec![0x81; 100_000];
        assert_eq!(check(&bytes), Err(Fault::TooDeep));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_check_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = check(&bytes);
        }

        #[test]
        fn what_is_encoded_here_passes_the_check(numbers in prop::collection::vec(any::<i64>(), 0..20), text in ".*") {
            check(&encode(&(numbers, text)))?;
        }
    }
}
