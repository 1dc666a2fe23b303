//! Decodes one interleaved sequential scan at a scale of N/8 into planes.

use std::io::Read;

use super::bits::Bits;
use super::huffman::{END_OF_BLOCK, Huffman, LOOK, extend};
use super::idct::{flat, inverse};
use super::input::Input;
use super::markers::{Code, Header};
use super::tables::{AAN, ZIGZAG};
use crate::copies::NoCopies;
use crate::plane::{Picture, Plane};

/// Where coefficients go that the scale does not need, and those of damaged data that lie beyond the block.
const DUMP: u8 = 64;

/// For each coefficient in coded order its place in an `N` x `N` block. A run may reach position 78, so the tables go
/// on to 127 and every index is masked to that.
struct Places {
    place: [u8; 128],
    /// Last position that the scale needs.
    last: usize,
}

impl Places {
    fn new<const N: usize>() -> Places {
        let mut places = Places { place: [DUMP; 128], last: 0 };
        for (at, &natural) in ZIGZAG.iter().enumerate() {
            let (row, column) = (usize::from(natural) / 8, usize::from(natural) % 8);
            if row < N && column < N {
                places.place[at] = (row * N + column) as u8;
                places.last = at;
            }
        }
        places
    }
}

/// A component as it is being decoded.
struct Channel<'t> {
    across: usize,
    down: usize,
    dc: &'t Huffman,
    ac: &'t Huffman,
    /// In coded order, divided by 8 and with the factors of the 8 x 8 transform where that is used.
    quant: [f32; 128],
    previous_dc: i32,
    plane: Plane,
}

/// Decodes what [`Header::is_camera_jpeg`] accepts; `input` stands at the scan's data.
pub(super) fn decode<const N: usize, R: Read>(header: &Header, input: &mut Input<R>) -> Result<Picture, NoCopies> {
    let dc = tables(&header.dc, false)?;
    let ac = tables(&header.ac, true)?;
    // A scan of one component has MCUs of one block, whatever its sampling factors say.
    let alone = header.components.len() == 1;
    let factors = |at: usize| if alone { (1, 1) } else { (header.components[at].across, header.components[at].down) };
    let (most_across, most_down) = factors(0);
    let columns = header.width.div_ceil(8 * most_across);
    let rows = header.height.div_ceil(8 * most_down);
    let (width, height) = ((header.width * N).div_ceil(8), (header.height * N).div_ceil(8));

    let mut channels = Vec::with_capacity(3);
    for part in &header.scan {
        let (across, down) = factors(part.index);
        let stride = columns * across * N;
        let table = header.quant[header.components[part.index].quant].as_ref().ok_or(NoCopies::Undecodable)?;
        channels.push(Channel {
            across,
            down,
            dc: dc[part.dc].as_ref().ok_or(NoCopies::Undecodable)?,
            ac: ac[part.ac].as_ref().ok_or(NoCopies::Undecodable)?,
            quant: dequantizer::<N>(table),
            previous_dc: 0,
            plane: Plane {
                data: vec![0; stride * rows * down * N],
                width: (width * across).div_ceil(most_across),
                height: (height * down).div_ceil(most_down),
                stride,
            },
        });
    }
    decode_rows::<N, R>(&mut channels, &mut Bits::new(input), (columns, rows), header.restart)?;

    let mut planes = channels.into_iter().map(|channel| channel.plane);
    let y = planes.next().ok_or(NoCopies::Undecodable)?;
    Ok(Picture::from_planes(y, planes.next().zip(planes.next())))
}

fn tables(codes: &[Option<Code>; 4], ac: bool) -> Result<[Option<Huffman>; 4], NoCopies> {
    let mut tables = [const { None }; 4];
    for (table, code) in tables.iter_mut().zip(codes) {
        if let Some(code) = code {
            *table = Some(Huffman::new(code, ac).ok_or(NoCopies::Undecodable)?);
        }
    }
    Ok(tables)
}

fn dequantizer<const N: usize>(table: &[u16; 64]) -> [f32; 128] {
    let mut quant = [0.0; 128];
    for (to, &natural) in quant.iter_mut().zip(&ZIGZAG) {
        let natural = usize::from(natural);
        let aan = if N == 8 { AAN[natural / 8] * AAN[natural % 8] } else { 1.0 };
        *to = f32::from(table[natural]) * aan / 8.0;
    }
    quant
}

fn decode_rows<const N: usize, R: Read>(
    channels: &mut [Channel],
    bits: &mut Bits<R>,
    (columns, rows): (usize, usize),
    restart: usize,
) -> Result<(), NoCopies> {
    let places = Places::new::<N>();
    let mut left = if restart > 0 { restart } else { usize::MAX };
    let mut number = 0;
    let mut block = [0.0; 128];
    for row in 0..rows {
        for column in 0..columns {
            if left == 0 {
                bits.restart(number)?;
                channels.iter_mut().for_each(|channel| channel.previous_dc = 0);
                number = (number + 1) & 7;
                left = restart;
            }
            left -= 1;
            bits.prepare();
            for channel in channels.iter_mut() {
                decode_unit::<N, R>(channel, bits, &places, &mut block, (row, column));
            }
            if bits.overrun() {
                return Err(bits.fault());
            }
        }
        if bits.broken {
            return Err(bits.fault());
        }
    }
    Ok(())
}

/// The blocks of one component in one MCU.
#[inline(always)]
fn decode_unit<const N: usize, R: Read>(
    channel: &mut Channel,
    bits: &mut Bits<R>,
    places: &Places,
    block: &mut [f32; 128],
    (row, column): (usize, usize),
) {
    let stride = channel.plane.stride;
    for v in 0..channel.down {
        for h in 0..channel.across {
            // What lies behind the N x N places is never read.
            block[..N * N].fill(0.0);
            let only_dc = decode_block::<N, R>(channel, bits, places, block);
            let to =
                &mut channel.plane.data[(row * channel.down + v) * N * stride + (column * channel.across + h) * N..];
            if only_dc {
                flat::<N>(block[0], to, stride);
            } else {
                inverse::<N>(block, to, stride);
            }
        }
    }
}

/// One block; whether it has no more than its mean, so that it is flat.
#[inline(always)]
fn decode_block<const N: usize, R: Read>(
    channel: &mut Channel,
    bits: &mut Bits<R>,
    places: &Places,
    block: &mut [f32; 128],
) -> bool {
    let ac = channel.ac;
    let quant = &channel.quant;
    bits.refill();
    let fast = channel.dc.fast[(bits.front >> (64 - LOOK)) as usize];
    let difference = if fast != 0 {
        bits.drop(fast as u32 & 255);
        fast >> 16
    } else if let Some(symbol) = channel.dc.symbol(bits.front) {
        bits.drop(symbol.length);
        extend(bits.take(symbol.size), symbol.size)
    } else {
        bits.broken = true;
        return true;
    };
    channel.previous_dc = channel.previous_dc.wrapping_add(difference);
    block[0] = channel.previous_dc as f32 * quant[0];

    let mut at = 1usize;
    let mut only_dc = true;
    if N > 1 {
        while at <= places.last {
            bits.refill();
            let fast = ac.fast[(bits.front >> (64 - LOOK)) as usize];
            if fast != 0 {
                bits.drop(fast as u32 & 255);
                at += (fast >> 8 & 15) as usize;
                block[usize::from(places.place[at & 127]) & 127] = (fast >> 16) as f32 * quant[at & 127];
                at += 1;
                only_dc = false;
                continue;
            }
            let Some(symbol) = ac.symbol(bits.front) else {
                bits.broken = true;
                return true;
            };
            bits.drop(symbol.length);
            if symbol.size > 0 {
                at += symbol.run;
                let value = extend(bits.take(symbol.size), symbol.size);
                block[usize::from(places.place[at & 127]) & 127] = value as f32 * quant[at & 127];
                at += 1;
                only_dc = false;
            } else if symbol.run == 15 {
                at += 16;
            } else {
                return only_dc;
            }
        }
    }
    // The rest is only stepped over, two symbols a refill.
    while at < 64 {
        bits.refill();
        for _ in 0..2 {
            at += step_over(ac, bits);
            if at >= 64 {
                break;
            }
        }
    }
    // A run beyond the block is damage.
    bits.broken |= at > 64 && at < usize::from(END_OF_BLOCK);
    only_dc
}

/// Steps over one coefficient; by how many positions.
#[inline(always)]
fn step_over<R: Read>(ac: &Huffman, bits: &mut Bits<R>) -> usize {
    let skip = ac.skip[(bits.front >> (64 - LOOK)) as usize];
    if skip != 0 {
        bits.drop(u32::from(skip & 255));
        return usize::from(skip >> 8);
    }
    match ac.symbol(bits.front) {
        Some(symbol) => {
            bits.drop(symbol.length + symbol.size);
            match (symbol.run, symbol.size) {
                (15, 0) => 16,
                (_, 0) => usize::from(END_OF_BLOCK),
                (run, _) => run + 1,
            }
        }
        None => {
            bits.broken = true;
            usize::from(END_OF_BLOCK)
        }
    }
}
