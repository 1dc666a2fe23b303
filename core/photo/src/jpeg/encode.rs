//! Baseline JPEG from planes, 4:2:0, with the example tables of annex K scaled by a quality of 1 to 95.

use super::tables::{AAN, AC_CHROMA, AC_LUMA, CodeTable, DC_CHROMA, DC_LUMA, QUANT_CHROMA, QUANT_LUMA, ZIGZAG};
use crate::plane::{Picture, Plane};

/// Encodes a picture of at most 65,535 pixels a side. `exif`, a TIFF block of at most 65,527 bytes, is put in if given;
/// copies have none.
pub(crate) fn encode(picture: &Picture, quality: u8, exif: Option<&[u8]>) -> Vec<u8> {
    let luma = Channel::new(&QUANT_LUMA, quality, DC_LUMA, AC_LUMA);
    let chroma = Channel::new(&QUANT_CHROMA, quality, DC_CHROMA, AC_CHROMA);
    let mut out = Vec::with_capacity(picture.y.width * picture.y.height / 4 + 4096);
    write_header(&mut out, picture, [&luma.quant, &chroma.quant], exif);
    let mut bits = Writer { out, bits: 0, free: 64 };
    let mut previous = [0; 3];
    for row in 0..picture.y.height.div_ceil(16) {
        for column in 0..picture.y.width.div_ceil(16) {
            for (dy, dx) in [(0, 0), (0, 8), (8, 0), (8, 8)] {
                luma.block(&mut bits, &picture.y, column * 16 + dx, row * 16 + dy, &mut previous[0]);
            }
            chroma.block(&mut bits, &picture.cb, column * 8, row * 8, &mut previous[1]);
            chroma.block(&mut bits, &picture.cr, column * 8, row * 8, &mut previous[2]);
        }
    }
    let mut out = bits.finish();
    out.extend_from_slice(&[0xFF, 0xD9]);
    out
}

fn write_header(out: &mut Vec<u8>, picture: &Picture, quant: [&[u8; 64]; 2], exif: Option<&[u8]>) {
    let mut segment = |marker: u8, parts: &[&[u8]]| {
        let length: usize = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
        out.extend_from_slice(&[0xFF, marker, (length >> 8) as u8, length as u8]);
        parts.iter().for_each(|part| out.extend_from_slice(part));
    };
    segment(0xE0, &[b"JFIF\0", &[1, 1, 0, 0, 1, 0, 1, 0, 0]]);
    if let Some(block) = exif {
        segment(0xE1, &[b"Exif\0\0", block]);
    }
    for (number, table) in quant.iter().enumerate() {
        let in_order = ZIGZAG.map(|natural| table[usize::from(natural)]);
        segment(0xDB, &[&[number as u8], &in_order]);
    }
    let (width, height) = ((picture.y.width as u16).to_be_bytes(), (picture.y.height as u16).to_be_bytes());
    segment(0xC0, &[&[8], &height, &width, &[3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]]);
    for (id, (counts, symbols)) in [(0x00, DC_LUMA), (0x10, AC_LUMA), (0x01, DC_CHROMA), (0x11, AC_CHROMA)] {
        segment(0xC4, &[&[id], &counts, symbols]);
    }
    segment(0xDA, &[&[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]]);
    // The start of the image comes before every segment.
    out.splice(0..0, [0xFF, 0xD8]);
}

/// Code and its length for each symbol; length 0 for symbols without one.
type Codes = [(u16, u8); 256];

fn codes((counts, symbols): CodeTable) -> Codes {
    let mut table = [(0, 0); 256];
    let mut symbols = symbols.iter();
    let mut code = 0u32;
    for (length, &count) in (1u8..).zip(&counts) {
        for &symbol in symbols.by_ref().take(usize::from(count)) {
            table[usize::from(symbol)] = (code as u16, length);
            code += 1;
        }
        code <<= 1;
    }
    table
}

/// What luma, or chroma, is encoded with.
struct Channel {
    quant: [u8; 64],
    /// One over each divisor, with the factors of the transform, transposed as the transform leaves its block.
    scale: [f32; 64],
    /// Place in the transposed block of each coefficient in coded order.
    order: [u8; 64],
    dc: Codes,
    ac: Codes,
}

impl Channel {
    fn new(base: &[u8; 64], quality: u8, dc: CodeTable, ac: CodeTable) -> Channel {
        let quality = u32::from(quality.clamp(1, 95));
        let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
        let quant = base.map(|value| ((u32::from(value) * percent + 50) / 100).clamp(1, 255) as u8);
        let mut scale = [0.0; 64];
        for (at, &divisor) in quant.iter().enumerate() {
            let (row, column) = (at / 8, at % 8);
            scale[column * 8 + row] = 1.0 / (f32::from(divisor) * AAN[row] * AAN[column] * 8.0);
        }
        let order = ZIGZAG.map(|natural| natural % 8 * 8 + natural / 8);
        Channel { quant, scale, order, dc: codes(dc), ac: codes(ac) }
    }

    /// Encodes the 8 x 8 samples at `left`, `top`; beyond the edge the last samples repeat.
    #[inline(always)]
    fn block(&self, bits: &mut Writer, plane: &Plane, left: usize, top: usize, previous: &mut i32) {
        let mut samples = [[0f32; 8]; 8];
        for (dy, row) in samples.iter_mut().enumerate() {
            let line = plane.row((top + dy).min(plane.height - 1));
            match line.get(left..left + 8) {
                Some(line) => row.iter_mut().zip(line).for_each(|(to, &from)| *to = f32::from(from) - 128.0),
                None => row.iter_mut().enumerate().for_each(|(dx, to)| {
                    *to = f32::from(line[(left + dx).min(plane.width - 1)]) - 128.0;
                }),
            }
        }
        let coefficients = transform(samples);
        let mut rounded = [0i16; 64];
        for ((to, value), scale) in rounded.iter_mut().zip(coefficients.as_flattened()).zip(&self.scale) {
            // Adding 1.5 * 2^23 leaves the rounded value in the low bits. The range is what the codes can say.
            let value = (value * scale).clamp(-1023.0, 1023.0);
            *to = (value + 12_582_912.0).to_bits() as i16;
        }
        self.write(bits, &rounded, previous);
    }

    #[inline(always)]
    fn write(&self, bits: &mut Writer, rounded: &[i16; 64], previous: &mut i32) {
        let mut ordered = [0i16; 64];
        let mut present = 0u64;
        for (at, (to, &place)) in ordered.iter_mut().zip(&self.order).enumerate() {
            *to = rounded[usize::from(place & 63)];
            present |= u64::from(*to != 0) << at;
        }
        let dc = i32::from(ordered[0]);
        let (size, value) = magnitude(dc - *previous);
        *previous = dc;
        bits.put_pair(self.dc[(size & 15) as usize], size, value);

        present &= !1;
        let mut last = 0;
        while present != 0 {
            let at = present.trailing_zeros();
            present &= present - 1;
            let mut run = at - last - 1;
            last = at;
            while run > 15 {
                bits.put_pair(self.ac[0xF0], 0, 0);
                run -= 16;
            }
            let (size, value) = magnitude(i32::from(ordered[(at & 63) as usize]));
            bits.put_pair(self.ac[(run << 4 | size) as usize & 255], size, value);
        }
        if last < 63 {
            bits.put_pair(self.ac[0], 0, 0);
        }
    }
}

/// How many bits a value takes, and those bits.
#[inline(always)]
fn magnitude(value: i32) -> (u32, u32) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    // A negative value is written as itself less one.
    let bits = value.wrapping_add(value >> 31) as u32 & ((1 << size) - 1);
    (size, bits)
}

/// The forward transform of Arai, Agui and Nakajima, transposed and not yet scaled.
#[inline(always)]
fn transform(mut rows: [[f32; 8]; 8]) -> [[f32; 8]; 8] {
    // cos(π/4); cos(3π/8); √2·sin(π/8) and √2·cos(π/8).
    const C4: f32 = std::f32::consts::FRAC_1_SQRT_2;
    const C6: f32 = 0.382_683_43;
    const NARROW: f32 = 0.541_196_1;
    const WIDE: f32 = 1.306_563;
    #[inline(always)]
    #[allow(clippy::needless_range_loop, reason = "it runs across eight rows at once")]
    fn pass(r: &mut [[f32; 8]; 8]) {
        for i in 0..8 {
            let (s0, d0) = (r[0][i] + r[7][i], r[0][i] - r[7][i]);
            let (s1, d1) = (r[1][i] + r[6][i], r[1][i] - r[6][i]);
            let (s2, d2) = (r[2][i] + r[5][i], r[2][i] - r[5][i]);
            let (s3, d3) = (r[3][i] + r[4][i], r[3][i] - r[4][i]);
            let (outer, outer_less) = (s0 + s3, s0 - s3);
            let (inner, inner_less) = (s1 + s2, s1 - s2);
            (r[0][i], r[4][i]) = (outer + inner, outer - inner);
            let turned = (inner_less + outer_less) * C4;
            (r[2][i], r[6][i]) = (outer_less + turned, outer_less - turned);
            let (p0, p1, p2) = (d3 + d2, d2 + d1, d1 + d0);
            let shared = (p0 - p2) * C6;
            let low = NARROW * p0 + shared;
            let high = WIDE * p2 + shared;
            let middle = p1 * C4;
            let (plus, minus) = (d0 + middle, d0 - middle);
            (r[5][i], r[3][i]) = (minus + low, minus - low);
            (r[1][i], r[7][i]) = (plus + high, plus - high);
        }
    }
    pass(&mut rows);
    let mut turned = [[0.0; 8]; 8];
    for (y, row) in rows.iter().enumerate() {
        for (x, value) in row.iter().enumerate() {
            turned[x][y] = *value;
        }
    }
    pass(&mut turned);
    turned
}

/// Gathers bits and writes them with stuffing.
struct Writer {
    out: Vec<u8>,
    /// The bits gathered, right-aligned; above them may stand what was written already.
    bits: u64,
    /// How many more fit, 1 to 64.
    free: u32,
}

impl Writer {
    /// A code and the bits that follow it: at most 16 + 11.
    #[inline(always)]
    fn put_pair(&mut self, (code, length): (u16, u8), size: u32, value: u32) {
        self.put(u64::from(code) << (size & 15) | u64::from(value), u32::from(length) + size);
    }

    #[inline(always)]
    fn put(&mut self, value: u64, length: u32) {
        if length < self.free {
            self.bits = self.bits << (length & 63) | value;
            self.free -= length;
        } else {
            let over = length - self.free;
            // `free` is 64 only before the first bits, and a code is shorter than that.
            self.write_word(self.bits << (self.free & 63) | value >> (over & 63));
            self.bits = value;
            self.free = 64 - over;
        }
    }

    #[inline(always)]
    fn write_word(&mut self, word: u64) {
        let has_ff = word & (!word).wrapping_sub(0x0101_0101_0101_0101) & 0x8080_8080_8080_8080;
        if has_ff == 0 {
            self.out.extend_from_slice(&word.to_be_bytes());
        } else {
            for byte in word.to_be_bytes() {
                self.byte(byte);
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
        if byte == 0xFF {
            self.out.push(0);
        }
    }

    /// Fills the last byte with ones.
    fn finish(mut self) -> Vec<u8> {
        let gathered = 64 - self.free;
        let padding = gathered.wrapping_neg() & 7;
        self.put((1 << padding) - 1, padding);
        let whole = (64 - self.free) / 8;
        for at in (0..whole).rev() {
            self.byte((self.bits >> (8 * at)) as u8);
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_out_in_order_with_stuffing_and_padding() {
        let mut bits = Writer { out: Vec::new(), bits: 0, free: 64 };
        let mut wanted = String::new();
        for step in 0u32..200 {
            let length = 1 + step * 7 % 27;
            let value = u64::from(step.wrapping_mul(2_654_435_761)) & ((1 << length) - 1);
            bits.put(value, length);
            wanted += &format!("{value:0width$b}", width = length as usize);
        }
        while !wanted.len().is_multiple_of(8) {
            wanted.push('1');
        }
        let mut bytes = bits.finish().into_iter().peekable();
        let mut got = String::new();
        while let Some(byte) = bytes.next() {
            got += &format!("{byte:08b}");
            if byte == 0xFF {
                assert_eq!(bytes.next(), Some(0), "FF is stuffed");
            }
        }
        assert_eq!(got, wanted);
    }

    #[test]
    fn a_full_last_word_is_written_too() {
        for bits in 1..130 {
            let mut writer = Writer { out: Vec::new(), bits: 0, free: 64 };
            (0..bits).for_each(|_| writer.put(0, 1));
            assert_eq!(writer.finish().len(), (bits as usize).div_ceil(8), "{bits}");
        }
    }
}
