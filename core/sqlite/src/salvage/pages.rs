//! The pages of a database file as of its last commit: those of the log over those of the file. Nothing is written,
//! and a page that cannot be read is simply not there. Source: the SQLite file format, <https://sqlite.org/fileformat.html>.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// The page size of every database made by this crate, used when no header tells.
const PAGE_SIZE: usize = 4096;
const FRAME_HEADER: usize = 24;
const LOG_HEADER: usize = 32;

pub(super) struct Pages {
    file: File,
    log: Option<File>,
    /// Page number to the offset of its newest copy in the log.
    in_log: HashMap<u32, u64>,
    size: usize,
    /// Bytes of each page that hold content.
    usable: usize,
    count: u32,
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

pub(super) fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_be_bytes(two.try_into().ok()?)))
}

impl Pages {
    /// Opens a database with its log, if there is one. Errors: only when neither can be opened.
    pub(super) fn open(database: &Path, log: &Path) -> io::Result<Pages> {
        let mut file = File::open(database)?;
        let mut log = File::open(log).ok();
        let mut header = [0; 100];
        let described = file.read_exact(&mut header).is_ok() && header.starts_with(b"SQLite format 3\0");
        let mut log_header = [0; LOG_HEADER];
        let logged = log.as_mut().is_some_and(|log| log.read_exact(&mut log_header).is_ok());
        let from_file = be16(&header, 16).map(|size| if size == 1 { 65536 } else { size }).filter(|_| described);
        let from_log = be32(&log_header, 8).and_then(|size| usize::try_from(size).ok()).filter(|_| logged);
        let sane = |size: &usize| size.is_power_of_two() && (512..=65536).contains(size);
        let size = from_file.filter(sane).or(from_log.filter(sane)).unwrap_or(PAGE_SIZE);
        let reserved = if described { usize::from(header[20]) } else { 0 };
        let usable = if size - reserved >= 480 { size - reserved } else { size };
        let count = file.metadata()?.len().div_ceil(size as u64);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let mut pages = Pages { file, log: None, in_log: HashMap::new(), size, usable, count };
        if let (Some(mut log), true) = (log, logged) {
            pages.index_log(&mut log, &log_header);
            pages.log = Some(log);
        }
        Ok(pages)
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn usable(&self) -> usize {
        self.usable
    }

    /// The content of page `number`, counted from 1.
    pub(super) fn read(&mut self, number: u32) -> Option<Vec<u8>> {
        if number == 0 || number > self.count {
            return None;
        }
        let mut page = vec![0; self.size];
        let read = match (self.in_log.get(&number), &mut self.log) {
            (Some(offset), Some(log)) => read_at(log, *offset, &mut page),
            _ => read_at(&mut self.file, u64::from(number - 1) * self.size as u64, &mut page),
        };
        read.ok()?;
        page.truncate(self.usable);
        Some(page)
    }

    /// Pages that hold nothing any more, as far as their list can be read. They may still look like tables.
    pub(super) fn free(&mut self) -> HashSet<u32> {
        let mut free = HashSet::new();
        let Some(first) = self.read(1) else { return free };
        let mut next = be32(&first, 32).unwrap_or(0);
        while next != 0 && free.insert(next) {
            let Some(trunk) = self.read(next) else { break };
            let leaves = be32(&trunk, 4).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
            if leaves > trunk.len() / 4 - 2 {
                break;
            }
            free.extend((0..leaves).filter_map(|index| be32(&trunk, 8 + 4 * index)));
            next = be32(&trunk, 0).unwrap_or(0);
        }
        free
    }

    /// Finds the newest committed copy of each page. Unlike SQLite this does not stop at the first damaged frame: each
    /// frame is checked against the checksum that the frame before it carries, so that later commits are not lost.
    fn index_log(&mut self, log: &mut File, header: &[u8; LOG_HEADER]) {
        let magic = be32(header, 0).unwrap_or(0);
        let big_endian = magic == 0x377f_0683;
        let mut sums = (be32(header, 24).unwrap_or(0), be32(header, 28).unwrap_or(0));
        let intact = magic & !1 == 0x377f_0682 && checksum((0, 0), &header[..24], big_endian) == sums;
        let mut salts: Option<[u8; 8]> = if intact { header[16..24].try_into().ok() } else { None };
        // Whether `sums` is what the next frame was computed from.
        let mut known = intact;
        let mut pending = Vec::new();
        let mut frame = vec![0; FRAME_HEADER + self.size];
        let mut offset = LOG_HEADER as u64;
        while read_at(log, offset, &mut frame).is_ok() {
            let content = offset + FRAME_HEADER as u64;
            offset = content + self.size as u64;
            let frame_salts: Option<[u8; 8]> = frame[8..16].try_into().ok();
            if salts.is_none() {
                salts = frame_salts;
            }
            // Another salt: a leftover from before the log was started anew, or a destroyed frame.
            if frame_salts != salts {
                known = false;
                continue;
            }
            let computed = checksum(checksum(sums, &frame[..8], big_endian), &frame[FRAME_HEADER..], big_endian);
            sums = (be32(&frame, 16).unwrap_or(0), be32(&frame, 20).unwrap_or(0));
            let valid = !known || computed == sums;
            known = true;
            let (Some(number @ 1..), Some(committed)) = (be32(&frame, 0), be32(&frame, 4)) else { continue };
            if !valid {
                continue;
            }
            pending.push((number, content));
            if committed != 0 {
                self.in_log.extend(pending.drain(..));
                self.count = committed;
            }
        }
    }
}

fn read_at(file: &mut File, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(buffer)
}

/// The checksum of the log: two sums over pairs of 32-bit words.
fn checksum(start: (u32, u32), bytes: &[u8], big_endian: bool) -> (u32, u32) {
    let word = |bytes: &[u8]| {
        let four = [bytes[0], bytes[1], bytes[2], bytes[3]];
        if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    bytes.chunks_exact(8).fold(start, |(first, second), pair| {
        let first = first.wrapping_add(word(&pair[..4])).wrapping_add(second);
        (first, second.wrapping_add(word(&pair[4..])).wrapping_add(first))
    })
}
