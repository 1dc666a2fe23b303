//! A slow JPEG writer for tests: any sampling, restart markers, one scan, one a component, or progressive. It shares
//! nothing with the encoder but the constant tables.

use std::f64::consts::PI;

use crate::jpeg::tables::{AC_LUMA, CodeTable, DC_LUMA, ZIGZAG};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scans {
    Interleaved,
    OneEach,
    Progressive,
}

#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Sampling factors, across and down, of each component.
    pub(crate) factors: Vec<(usize, usize)>,
    pub(crate) restart: usize,
    pub(crate) scans: Scans,
    pub(crate) ids: [u8; 4],
}

impl Layout {
    pub(crate) fn new(width: usize, height: usize, factors: &[(usize, usize)]) -> Layout {
        let (factors, scans) = (factors.to_vec(), Scans::Interleaved);
        Layout { width, height, factors, restart: 0, scans, ids: [1, 2, 3, 4] }
    }

    fn most(&self) -> (usize, usize) {
        (self.factors.iter().map(|f| f.0).max().unwrap(), self.factors.iter().map(|f| f.1).max().unwrap())
    }
}

const QUANT: u8 = 3;

struct Plane {
    blocks: Vec<[i32; 64]>,
    columns: usize,
    factors: (usize, usize),
    /// Blocks that a scan of this component alone has.
    own: (usize, usize),
}

/// `sample(component, x, y)` gives the picture at full resolution.
pub(crate) fn write(layout: &Layout, sample: impl Fn(usize, usize, usize) -> u8) -> Vec<u8> {
    let (most_across, most_down) = layout.most();
    let mcus = (layout.width.div_ceil(8 * most_across), layout.height.div_ceil(8 * most_down));
    let planes: Vec<Plane> = layout
        .factors
        .iter()
        .enumerate()
        .map(|(component, &(across, down))| {
            let (columns, rows) = (mcus.0 * across, mcus.1 * down);
            let at = |x: usize, y: usize| {
                // The sample whose area begins here, or the last one beyond the edge.
                let x = (x * most_across / across).min(layout.width - 1);
                let y = (y * most_down / down).min(layout.height - 1);
                f64::from(sample(component, x, y)) - 128.0
            };
            let blocks = (0..rows * columns).map(|i| transform(|x, y| at(i % columns * 8 + x, i / columns * 8 + y)));
            let own = ((layout.width * across).div_ceil(most_across), (layout.height * down).div_ceil(most_down));
            let own = (own.0.div_ceil(8), own.1.div_ceil(8));
            Plane { blocks: blocks.collect(), columns, factors: (across, down), own }
        })
        .collect();

    let mut out = vec![0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0];
    out.extend([QUANT; 64]);
    let frame = if layout.scans == Scans::Progressive { 0xC2 } else { 0xC0 };
    out.extend([0xFF, frame, 0, 8 + 3 * layout.factors.len() as u8, 8]);
    out.extend((layout.height as u16).to_be_bytes());
    out.extend((layout.width as u16).to_be_bytes());
    out.push(layout.factors.len() as u8);
    for (&(across, down), id) in layout.factors.iter().zip(layout.ids) {
        out.extend([id, (across << 4 | down) as u8, 0]);
    }
    for (id, (counts, symbols)) in [(0, DC_LUMA), (0x10, AC_LUMA)] {
        out.extend([0xFF, 0xC4, 0, 19 + symbols.len() as u8, id]);
        out.extend(counts);
        out.extend(symbols);
    }
    out.extend([0xFF, 0xDD, 0, 4]);
    out.extend((layout.restart as u16).to_be_bytes());
    let all: Vec<usize> = (0..planes.len()).collect();
    let each = all.iter().map(|&c| vec![c]);
    match layout.scans {
        Scans::Interleaved => scan(&mut out, layout, &planes, mcus, &all, (0, 63)),
        Scans::OneEach => each.for_each(|c| scan(&mut out, layout, &planes, mcus, &c, (0, 63))),
        Scans::Progressive => {
            scan(&mut out, layout, &planes, mcus, &all, (0, 0));
            each.clone().for_each(|c| scan(&mut out, layout, &planes, mcus, &c, (1, 5)));
            each.for_each(|c| scan(&mut out, layout, &planes, mcus, &c, (6, 63)));
        }
    }
    out.extend([0xFF, 0xD9]);
    out
}

/// Quantized coefficients in natural order, by the definition.
fn transform(sample: impl Fn(usize, usize) -> f64) -> [i32; 64] {
    let cosine = |k: usize, x: usize| ((2 * x + 1) as f64 * k as f64 * PI / 16.0).cos();
    let norm = |k: usize| if k == 0 { 0.5f64.sqrt() } else { 1.0 };
    // First along the rows, then along the columns.
    let mut half = [[0.0; 8]; 8];
    for (y, row) in half.iter_mut().enumerate() {
        let samples: [f64; 8] = std::array::from_fn(|x| sample(x, y));
        for (u, to) in row.iter_mut().enumerate() {
            *to = (0..8).map(|x| samples[x] * cosine(u, x)).sum();
        }
    }
    std::array::from_fn(|i| {
        let (v, u) = (i / 8, i % 8);
        let sum: f64 = (0..8).map(|y| half[y][u] * cosine(v, y)).sum();
        (sum * norm(u) * norm(v) / 4.0 / f64::from(QUANT)).round() as i32
    })
}

fn scan(
    out: &mut Vec<u8>,
    layout: &Layout,
    planes: &[Plane],
    mcus: (usize, usize),
    members: &[usize],
    band: (usize, usize),
) {
    out.extend([0xFF, 0xDA, 0, 6 + 2 * members.len() as u8, members.len() as u8]);
    for &member in members {
        out.extend([layout.ids[member], 0]);
    }
    out.extend([band.0 as u8, band.1 as u8, 0]);
    let (columns, rows) = if let &[alone] = members { planes[alone].own } else { mcus };
    let mut previous = [0; 4];
    let mut bits = String::new();
    for mcu in 0..columns * rows {
        if layout.restart > 0 && mcu > 0 && mcu % layout.restart == 0 {
            flush(out, &mut bits);
            out.extend([0xFF, 0xD0 + ((mcu / layout.restart - 1) % 8) as u8]);
            previous = [0; 4];
        }
        let (row, column) = (mcu / columns, mcu % columns);
        for &member in members {
            let plane = &planes[member];
            let (across, down) = if members.len() == 1 { (1, 1) } else { plane.factors };
            for i in 0..across * down {
                let at = (row * down + i / across) * plane.columns + column * across + i % across;
                block(&mut bits, &plane.blocks[at], band, &mut previous[member]);
            }
        }
    }
    flush(out, &mut bits);
}

fn block(bits: &mut String, block: &[i32; 64], (first, last): (usize, usize), previous: &mut i32) {
    if first == 0 {
        value(bits, DC_LUMA, 0, block[0] - *previous);
        *previous = block[0];
    }
    let mut run = 0;
    for natural in &ZIGZAG[first.max(1)..=last] {
        let coefficient = block[usize::from(*natural)];
        if coefficient == 0 {
            run += 1;
            continue;
        }
        while run > 15 {
            code(bits, AC_LUMA, 0xF0);
            run -= 16;
        }
        value(bits, AC_LUMA, run, coefficient);
        run = 0;
    }
    if run > 0 {
        code(bits, AC_LUMA, 0);
    }
}

fn value(bits: &mut String, table: CodeTable, run: u8, value: i32) {
    let size = (32 - value.unsigned_abs().leading_zeros()) as usize;
    code(bits, table, run << 4 | size as u8);
    if size > 0 {
        let number = if value < 0 { value + (1 << size) - 1 } else { value };
        *bits += &format!("{number:0size$b}");
    }
}

fn code(bits: &mut String, (counts, symbols): CodeTable, symbol: u8) {
    let (mut code, mut place) = (0u32, 0);
    for (length, count) in (1usize..).zip(counts) {
        for _ in 0..count {
            if symbols[place] == symbol {
                *bits += &format!("{code:0length$b}");
                return;
            }
            code += 1;
            place += 1;
        }
        code <<= 1;
    }
    panic!("symbol {symbol:#x} has no code");
}

fn flush(out: &mut Vec<u8>, bits: &mut String) {
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    for byte in bits.as_bytes().chunks(8) {
        let byte = byte.iter().fold(0u8, |byte, bit| byte << 1 | (bit - b'0'));
        out.push(byte);
        if byte == 0xFF {
            out.push(0);
        }
    }
    bits.clear();
}
