//! Huffman tables for decoding: three look-ups over the next 11 bits, and a walk for longer codes.

use super::markers::Code;

/// Bits looked at in one step.
pub(super) const LOOK: u32 = 11;
const ENTRIES: usize = 1 << LOOK;

/// What the skip table adds for an end of block: far beyond any position that a run can reach.
pub(super) const END_OF_BLOCK: u16 = 128;

/// One symbol: length of its code, then run and size of the coefficient that it announces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Symbol {
    pub(super) length: u32,
    pub(super) run: usize,
    pub(super) size: u32,
}

/// A decoding table. Only symbols that 8-bit pictures can contain have codes: sizes up to 11 (DC) or 10 (AC). So a
/// symbol with its value takes at most 27 bits, and two AC symbols fit one refill of 56.
pub(super) struct Huffman {
    /// Code and value at once: value << 16 | run << 8 | bits; 0 if they are longer than [`LOOK`].
    pub(super) fast: Box<[i32; ENTRIES]>,
    /// To step over a coefficient: positions << 8 | bits; 0 if the code is longer than [`LOOK`].
    pub(super) skip: Box<[u16; ENTRIES]>,
    /// The code alone: length << 8 | symbol; 0 if it is longer than [`LOOK`].
    code: Box<[u16; ENTRIES]>,
    /// For each length, the first 16-bit prefix beyond its codes, and what to add to a code for its symbol's place.
    limit: [u32; 17],
    offset: [i32; 17],
    symbols: Vec<u8>,
    ac: bool,
}

impl Huffman {
    /// `None` if the code is not a prefix code.
    pub(super) fn new(table: &Code, ac: bool) -> Option<Huffman> {
        let mut huffman = Huffman {
            fast: Box::new([0; ENTRIES]),
            skip: Box::new([0; ENTRIES]),
            code: Box::new([0; ENTRIES]),
            limit: [0; 17],
            offset: [0; 17],
            symbols: table.symbols.clone(),
            ac,
        };
        let (mut code, mut place) = (0u32, 0usize);
        for length in 1..=16u32 {
            let count = u32::from(table.counts[length as usize - 1]);
            if code + count > 1 << length {
                return None;
            }
            huffman.offset[length as usize] = place as i32 - code as i32;
            for _ in 0..count {
                let &symbol = table.symbols.get(place)?;
                if length <= LOOK && huffman.is_possible(symbol) {
                    let first = (code << (LOOK - length)) as usize;
                    let entries = first..first + (1 << (LOOK - length));
                    huffman.code[entries].fill((length as u16) << 8 | u16::from(symbol));
                }
                code += 1;
                place += 1;
            }
            huffman.limit[length as usize] = code << (16 - length);
            code <<= 1;
        }
        for bits in 0..ENTRIES {
            huffman.combine(bits);
        }
        Some(huffman)
    }

    fn is_possible(&self, symbol: u8) -> bool {
        if self.ac { symbol & 15 <= 10 } else { symbol <= 11 }
    }

    /// Fills the tables that join a code with its value.
    fn combine(&mut self, bits: usize) {
        let entry = self.code[bits];
        if entry == 0 {
            return;
        }
        let Symbol { length, run, size } = self.split(u32::from(entry >> 8), entry as u8);
        if self.ac {
            let positions = match (run, size) {
                (15, 0) => 16,
                (_, 0) => END_OF_BLOCK,
                _ => run as u16 + 1,
            };
            self.skip[bits] = positions << 8 | (length + size) as u16;
        }
        let total = length + size;
        // An AC symbol of size 0 has no value; it is left to the slower way.
        if total <= LOOK && (size > 0 || !self.ac) {
            let value = (bits as u32 >> (LOOK - total)) & ((1 << size) - 1);
            self.fast[bits] = extend(value, size) << 16 | (run as i32) << 8 | total as i32;
        }
    }

    fn split(&self, length: u32, symbol: u8) -> Symbol {
        if self.ac {
            Symbol { length, run: usize::from(symbol >> 4), size: u32::from(symbol & 15) }
        } else {
            Symbol { length, run: 0, size: u32::from(symbol) }
        }
    }

    /// The symbol at the front of `bits` (at least 16 of them, left-aligned); `None` if there is no such code.
    #[inline(always)]
    pub(super) fn symbol(&self, bits: u64) -> Option<Symbol> {
        match self.code[(bits >> (64 - LOOK)) as usize] {
            0 => self.long_symbol(bits),
            entry => Some(self.split(u32::from(entry >> 8), entry as u8)),
        }
    }

    #[inline(never)]
    fn long_symbol(&self, bits: u64) -> Option<Symbol> {
        let prefix = (bits >> 48) as u32;
        let length = (1..=16).find(|&length| prefix < self.limit[length as usize])?;
        let place = (prefix >> (16 - length)) as i32 + self.offset[length as usize];
        let &symbol = self.symbols.get(usize::try_from(place).ok()?)?;
        self.is_possible(symbol).then(|| self.split(length, symbol))
    }
}

/// The coefficient that `size` bits stand for; 0 for none.
#[inline(always)]
pub(super) fn extend(value: u32, size: u32) -> i32 {
    let value = value as i32;
    // Below half of the range the value is negative.
    if size > 0 && value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jpeg::tables::{AC_LUMA, DC_LUMA};

    fn table(source: crate::jpeg::tables::CodeTable, ac: bool) -> Huffman {
        Huffman::new(&Code { counts: source.0, symbols: source.1.to_vec() }, ac).unwrap()
    }

    #[test]
    fn values_extend_as_the_standard_lists_them() {
        assert_eq!([0, 1, 2, 3].map(|v| extend(v, 2)), [-3, -2, 2, 3]);
        assert_eq!((extend(0, 1), extend(1, 1), extend(0, 0)), (-1, 1, 0));
        assert_eq!((extend(0, 10), extend(1023, 10)), (-1023, 1023));
    }

    #[test]
    fn short_and_long_codes_give_their_symbols() {
        let ac = table(AC_LUMA, true);
        let end = ac.symbol(0b1010 << 60).unwrap();
        assert_eq!((end.length, end.run, end.size), (4, 0, 0));
        // The last code of table K.5, 1111111111111110, is 15/10.
        let last = ac.symbol(0xFFFE << 48).unwrap();
        assert_eq!((last.length, last.run, last.size), (16, 15, 10));
        assert!(ac.symbol(u64::MAX).is_none(), "all ones is never a code");
        let dc = table(DC_LUMA, false);
        assert_eq!(dc.fast[0], 2, "code 00 is a difference of 0 in 2 bits");
    }

    #[test]
    fn a_table_with_too_many_codes_is_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Huffman::new(&Code { counts, symbols: vec![0, 1, 2] }, true).is_none());
    }

    #[test]
    fn sizes_that_no_8_bit_picture_has_are_no_symbols() {
        let mut counts = [0; 16];
        (counts[0], counts[15]) = (1, 1);
        let ac = Huffman::new(&Code { counts, symbols: vec![0x0F, 0x1B] }, true).unwrap();
        assert!(ac.symbol(0).is_none() && ac.symbol(1 << 63).is_none());
    }
}
