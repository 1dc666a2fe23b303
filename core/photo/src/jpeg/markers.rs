//! The header of a JPEG: everything up to the entropy-coded data of the first scan.

use std::io::Read;

use super::input::Input;
use super::tables::ZIGZAG;
use crate::copies::NoCopies;

/// How a frame is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    /// Baseline or extended sequential with Huffman codes.
    Sequential,
    /// Progressive with Huffman codes.
    Progressive,
    /// Lossless, hierarchical or arithmetic.
    Other,
}

/// A colour component of the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Sampling factors, 1 to 4.
    pub(super) across: usize,
    pub(super) down: usize,
    /// Number of its quantization table, 0 to 3.
    pub(super) quant: usize,
}

/// A component of the first scan: its place in the frame and its Huffman tables, each 0 to 3.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScanComponent {
    pub(super) index: usize,
    pub(super) dc: usize,
    pub(super) ac: usize,
}

/// A Huffman table as written: how many codes of each length 1 to 16, and the symbols.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) counts: [u8; 16],
    pub(super) symbols: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) process: Option<Process>,
    pub(super) precision: u8,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) components: Vec<Component>,
    /// In natural order.
    pub(super) quant: [Option<Box<[u16; 64]>>; 4],
    pub(super) dc: [Option<Code>; 4],
    pub(super) ac: [Option<Code>; 4],
    /// MCUs between restart markers, 0 for none.
    pub(super) restart: usize,
    pub(super) scan: Vec<ScanComponent>,
    adobe_transform: Option<u8>,
    jfif: bool,
    /// The first EXIF block, without its `Exif\0\0`.
    pub(super) exif: Option<Vec<u8>>,
}

impl Header {
    /// Reads up to the first scan's data. On an error the fields keep what came before.
    pub(super) fn read<R: Read>(&mut self, input: &mut Input<R>) -> Result<(), NoCopies> {
        if !input.peek(2)?.starts_with(&[0xFF, 0xD8]) {
            return Err(NoCopies::Undecodable);
        }
        input.consume(2);
        loop {
            let marker = next_marker(input)?.ok_or(NoCopies::Truncated)?;
            match marker {
                // These stand alone.
                0x01 | 0xD0..=0xD8 => continue,
                0xD9 => return Err(NoCopies::Undecodable),
                _ => {}
            }
            let length = segment_length(input)?;
            let wanted = match marker {
                0xE1 => self.exif.is_none() && input.peek(6)?.starts_with(b"Exif\0\0"),
                0xE0 | 0xEE => length <= 64,
                0xC0..=0xCF | 0xDA..=0xDD => true,
                _ => false,
            };
            if !wanted {
                if !input.skip(length)? {
                    return Err(NoCopies::Truncated);
                }
                continue;
            }
            let segment = input.take(length)?.ok_or(NoCopies::Truncated)?;
            match marker {
                0xDB => self.quantization(&segment),
                0xC4 => self.huffman(&segment),
                0xDD => segment.first_chunk().map(|&bytes| self.restart = usize::from(u16::from_be_bytes(bytes))),
                0xCC => Some(()),
                0xC0..=0xCF => self.frame(marker, &segment),
                0xE0 => {
                    self.jfif |= segment.starts_with(b"JFIF\0");
                    Some(())
                }
                0xEE => {
                    if segment.starts_with(b"Adobe") {
                        self.adobe_transform = segment.get(11).copied();
                    }
                    Some(())
                }
                0xE1 => {
                    self.exif = segment.get(6..).map(<[u8]>::to_vec);
                    Some(())
                }
                0xDA => return self.scan(&segment).ok_or(NoCopies::Undecodable),
                _ => Some(()),
            }
            .ok_or(NoCopies::Undecodable)?;
        }
    }

    /// Whether the own decoder takes it: one sequential scan of grey or YCbCr, luma at full resolution.
    pub(super) fn is_camera_jpeg(&self) -> bool {
        let whole = self.process == Some(Process::Sequential)
            && self.scan.len() == self.components.len()
            && self.scan.iter().enumerate().all(|(at, part)| part.index == at);
        let Some(luma) = self.components.first() else { return false };
        let blocks: usize = self.components.iter().map(|c| c.across * c.down).sum();
        let luma_leads = self.components.iter().all(|c| c.across <= luma.across && c.down <= luma.down);
        whole
            && match self.components.len() {
                1 => true,
                3 => blocks <= 10 && luma_leads && self.is_ycc(),
                _ => false,
            }
    }

    /// Three components are YCbCr unless an Adobe segment without JFIF, or the ids, say RGB or something rarer.
    fn is_ycc(&self) -> bool {
        let mut ids = [0; 3];
        self.components.iter().zip(&mut ids).for_each(|(component, id)| *id = component.id);
        match ids {
            [1, 2, 3] => true,
            [b'R', b'G', b'B'] | [b'r', b'g', b'b'] | [1, 34, 35] => false,
            _ => self.jfif || self.adobe_transform.is_none_or(|transform| transform == 1),
        }
    }

    fn quantization(&mut self, mut segment: &[u8]) -> Option<()> {
        while let [head, rest @ ..] = segment {
            let wide = head >> 4 == 1;
            let size = if wide { 128 } else { 64 };
            let (values, rest) = rest.split_at_checked(size)?;
            let mut table = Box::new([1; 64]);
            for (at, &place) in ZIGZAG.iter().enumerate() {
                let value =
                    if wide { u16::from_be_bytes([values[2 * at], values[2 * at + 1]]) } else { u16::from(values[at]) };
                table[usize::from(place)] = value;
            }
            *self.quant.get_mut(usize::from(head & 15))? = Some(table);
            segment = rest;
        }
        Some(())
    }

    fn huffman(&mut self, mut segment: &[u8]) -> Option<()> {
        while let [head, rest @ ..] = segment {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(total)?;
            let tables = if head >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            let code = Code { counts: *counts, symbols: symbols.to_vec() };
            *tables.get_mut(usize::from(head & 15))? = Some(code);
            segment = rest;
        }
        Some(())
    }

    fn frame(&mut self, marker: u8, segment: &[u8]) -> Option<()> {
        let (&[precision, h1, h0, w1, w0, count], parts) = segment.split_first_chunk()?;
        if self.process.is_some() {
            return None;
        }
        self.process = Some(match marker {
            0xC0 | 0xC1 => Process::Sequential,
            0xC2 => Process::Progressive,
            _ => Process::Other,
        });
        self.precision = precision;
        self.height = usize::from(u16::from_be_bytes([h1, h0]));
        self.width = usize::from(u16::from_be_bytes([w1, w0]));
        for &[id, sampling, quant] in parts.as_chunks().0.iter().take(usize::from(count)) {
            let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) || quant > 3 {
                return None;
            }
            self.components.push(Component { id, across, down, quant: usize::from(quant) });
        }
        (self.components.len() == usize::from(count) && count > 0).then_some(())
    }

    fn scan(&mut self, segment: &[u8]) -> Option<()> {
        let (&count, parts) = segment.split_first()?;
        for &[id, tables] in parts.as_chunks().0.iter().take(usize::from(count)) {
            let index = self.components.iter().position(|component| component.id == id)?;
            let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            if dc > 3 || ac > 3 {
                return None;
            }
            self.scan.push(ScanComponent { index, dc, ac });
        }
        (self.scan.len() == usize::from(count) && (1..=4).contains(&count)).then_some(())
    }
}

/// The code of the next marker, stepping over stray bytes as all readers do; `None` at the end of the file.
pub(super) fn next_marker<R: Read>(input: &mut Input<R>) -> Result<Option<u8>, NoCopies> {
    let mut after_ff = false;
    while let Some(byte) = input.byte()? {
        match byte {
            0xFF => after_ff = true,
            0 => after_ff = false,
            code if after_ff => return Ok(Some(code)),
            _ => {}
        }
    }
    Ok(None)
}

/// The length of the segment that follows a marker, without the two bytes that tell it.
pub(super) fn segment_length<R: Read>(input: &mut Input<R>) -> Result<usize, NoCopies> {
    let &bytes = input.peek(2)?.first_chunk().ok_or(NoCopies::Truncated)?;
    input.consume(2);
    usize::from(u16::from_be_bytes(bytes)).checked_sub(2).ok_or(NoCopies::Undecodable)
}
