//! Bits of entropy-coded data: stuffing removed piece by piece, markers never passed.

use std::io::{self, Read};

use super::input::Input;
use crate::copies::NoCopies;

/// Unstuffed bytes are gathered up to here.
const FILL: usize = 64 << 10;
/// An MCU has at most 10 blocks of 64 symbols of at most 27 bits, 2,160 bytes; so much is there before it begins.
const AHEAD: usize = 4096;
const SIZE: usize = FILL + 2 * AHEAD;

/// Why the data ended.
enum Stop {
    Marker(u8),
    EndOfFile,
    Failed(io::Error),
}

pub(super) struct Bits<'a, R> {
    input: &'a mut Input<R>,
    bytes: Box<[u8; SIZE]>,
    /// Next byte to load and end of the bytes that are data; zeros follow.
    at: usize,
    end: usize,
    /// The next bits, left-aligned, and how many of them count.
    pub(super) front: u64,
    count: u32,
    stop: Option<Stop>,
    /// Whether a code was met that the tables do not have.
    pub(super) broken: bool,
}

impl<'a, R: Read> Bits<'a, R> {
    pub(super) fn new(input: &'a mut Input<R>) -> Bits<'a, R> {
        let bytes = vec![0; SIZE].into_boxed_slice().try_into().expect("it was made SIZE long");
        let mut bits = Bits { input, bytes, at: 0, end: 0, front: 0, count: 0, stop: None, broken: false };
        bits.fill();
        bits
    }

    /// Sees to it that a whole MCU can be read without asking for more.
    #[inline(always)]
    pub(super) fn prepare(&mut self) {
        if self.at + AHEAD > self.end && self.stop.is_none() {
            self.fill();
        }
    }

    /// Moves what is left to the front and unstuffs more, up to a marker.
    #[cold]
    #[inline(never)]
    fn fill(&mut self) {
        let at = self.at.min(self.end);
        self.bytes.copy_within(at..self.end, 0);
        self.end -= at;
        self.at = 0;
        while self.stop.is_none() && self.end < FILL {
            let room = FILL - self.end;
            let source = match self.input.peek(1) {
                Ok([]) => {
                    self.stop = Some(Stop::EndOfFile);
                    break;
                }
                Ok(source) => &source[..source.len().min(room)],
                Err(error) => {
                    self.stop = Some(Stop::Failed(error));
                    break;
                }
            };
            let copied = copy_to_ff(source, &mut self.bytes[self.end..]);
            let at_ff = copied < source.len();
            self.end += copied;
            self.input.consume(copied);
            if at_ff {
                self.pass_ff();
            }
        }
        // What is read past the end is zeros; `overrun` tells.
        self.bytes[self.end..self.end + AHEAD].fill(0);
    }

    /// At an FF: stuffing becomes data, fill bytes vanish, a marker ends the data.
    fn pass_ff(&mut self) {
        match self.input.peek(2) {
            Ok([_, 0, ..]) => {
                self.bytes[self.end] = 0xFF;
                self.end += 1;
                self.input.consume(2);
            }
            Ok([_, 0xFF, ..]) => self.input.consume(1),
            Ok([_, marker, ..]) => self.stop = Some(Stop::Marker(*marker)),
            Ok(_) => self.stop = Some(Stop::EndOfFile),
            Err(error) => self.stop = Some(Stop::Failed(error)),
        }
    }

    /// Brings at least 56 bits to the front, without a branch: bytes that are only partly taken are loaded again.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        let at = self.at.min(SIZE - 8);
        let next = self.bytes[at..at + 8].first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        self.front |= next >> (self.count & 63);
        self.at = self.at.wrapping_add((63 - (self.count & 63)) as usize >> 3);
        self.count |= 56;
    }

    /// Drops `count` bits from the front; never more than were refilled.
    #[inline(always)]
    pub(super) fn drop(&mut self, count: u32) {
        self.front = self.front.wrapping_shl(count);
        self.count = self.count.wrapping_sub(count);
    }

    /// Takes `count` bits, 0 to 16, from the front.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        // In two steps, because a shift by 64 is none.
        let value = (self.front >> 1).wrapping_shr(63 - (count & 63)) as u32;
        self.drop(count);
        value
    }

    /// Whether more bits were taken than the data had.
    #[inline(always)]
    pub(super) fn overrun(&self) -> bool {
        self.at > self.end && self.at.wrapping_mul(8).wrapping_sub(self.count as usize) > self.end.wrapping_mul(8)
    }

    /// Why the data ended too early or makes no sense.
    pub(super) fn fault(&mut self) -> NoCopies {
        // Beyond the end there are zeros, which may be no code; that is not damage.
        let cut_off = self.overrun() || !self.broken;
        match self.stop.take() {
            Some(Stop::Failed(error)) => NoCopies::UnreadableFile(error),
            Some(Stop::EndOfFile) if cut_off => NoCopies::Truncated,
            _ => NoCopies::Undecodable,
        }
    }

    /// Steps over restart marker `number` (0 to 7), which must come next; what is left before it is padding.
    pub(super) fn restart(&mut self, number: u8) -> Result<(), NoCopies> {
        self.at = self.end;
        if self.stop.is_none() {
            self.fill();
        }
        if !matches!(self.stop, Some(Stop::Marker(marker)) if marker == 0xD0 + number) {
            return Err(self.fault());
        }
        self.input.consume(2);
        (self.at, self.end, self.front, self.count, self.stop) = (0, 0, 0, 0, None);
        self.fill();
        Ok(())
    }
}

/// Copies up to the first FF, eight bytes at a time, and says how many bytes came before it. What lies behind the
/// copied bytes in `to` may be overwritten; `to` is at least 8 bytes longer than `from`.
fn copy_to_ff(from: &[u8], to: &mut [u8]) -> usize {
    let mut at = 0;
    for (source, target) in from.as_chunks::<8>().0.iter().zip(to.as_chunks_mut::<8>().0) {
        *target = *source;
        let word = u64::from_le_bytes(*source);
        // The highest bit of every byte that is FF; a borrow can only mark bytes above a true one.
        let found = word & (!word).wrapping_sub(0x0101_0101_0101_0101) & 0x8080_8080_8080_8080;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while at < from.len() && from[at] != 0xFF {
        to[at] = from[at];
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads one byte at a time, so that every pair falls across a border.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            (&mut self.0).take(1).read(to)
        }
    }

    fn all_bits(data: &[u8], bytes: usize) -> (Vec<u8>, bool) {
        let mut input = Input::new(Slow(data));
        let mut bits = Bits::new(&mut input);
        let read = (0..bytes)
            .map(|_| {
                bits.refill();
                bits.take(8) as u8
            })
            .collect();
        (read, bits.overrun())
    }

    #[test]
    fn stuffing_goes_and_a_marker_ends_the_data() {
        let data = [1, 0xFF, 0, 2, 0xFF, 0xFF, 0, 3, 4, 5, 6, 7, 8, 9, 0xFF, 0xD9, 77];
        assert_eq!(all_bits(&data, 11), (vec![1, 0xFF, 2, 0xFF, 3, 4, 5, 6, 7, 8, 9], false));
        assert_eq!(all_bits(&data, 12), (vec![1, 0xFF, 2, 0xFF, 3, 4, 5, 6, 7, 8, 9, 0], true));
    }

    #[test]
    fn the_first_ff_is_found_at_every_place() {
        for length in 0..40 {
            for place in 0..=length {
                let mut from = vec![0x7F; length];
                if let Some(byte) = from.get_mut(place) {
                    *byte = 0xFF;
                }
                // Bytes just below FF right after it must not be taken for it.
                if let Some(byte) = from.get_mut(place + 1) {
                    *byte = 0xFE;
                }
                assert_eq!(copy_to_ff(&from, &mut [0; 64]), place);
            }
        }
    }
}
