//! XLSX workbooks, read row by row under limits.
//!
//! The reader of workbooks trusts what an archive says of itself: it reserves as many shared strings as the file claims
//! and unpacks whatever is there. So every part is unpacked once before, into nothing, and counted. What is left of its
//! trust, a panic on an odd file, is caught and becomes a fault.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use zip::ZipArchive;

/// What all parts of a workbook may unpack to, in bytes.
const MAX_UNPACKED: u64 = 256 * 1024 * 1024;
/// Parts of a workbook.
const MAX_PARTS: usize = 2_000;
/// Tags in all parts that are no sheets, and shared strings that a part may claim: these are held in memory.
const MAX_TAGS: u64 = 8_000_000;
/// Cells of one row that are looked at.
pub(super) const MAX_COLUMNS: usize = 256;
/// The name of a sheet that explains and is not read.
pub(super) const NOTES: [&str; 2] = ["说明", "notes"];

/// Why a workbook cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// A ZIP archive of something else.
    NotAWorkbook,
    /// It unpacks to more than a clerk's table can be.
    Bomb,
    /// It is damaged.
    Damaged,
    /// It has no sheet with a table.
    NoSheet,
}

/// A cell as text, or why it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Text; empty for an empty cell.
    Text(String),
    /// An error such as `#REF!`.
    Error,
    /// A number of more than 15 digits, of which Excel keeps only the first 15.
    Rounded,
    /// Excel made a date of it.
    Date,
}

/// A workbook whose parts are known to be of bearable size.
pub(super) struct Workbook<'a> {
    inner: Xlsx<Cursor<&'a [u8]>>,
    /// The sheet that is read.
    pub(super) sheet: String,
    /// Visible sheets that are not read, notes apart.
    pub(super) others: Vec<String>,
}

impl<'a> Workbook<'a> {
    /// Opens a workbook and chooses its sheet: the first visible one that is not a sheet of notes.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Workbook<'a>, Unfit> {
        guarded(|| {
            weigh(bytes)?;
            let inner = Xlsx::new(Cursor::new(bytes)).map_err(unfit)?;
            let visible = inner.sheets_metadata().iter().filter(|sheet| {
                let is_note = NOTES.contains(&sheet.name.trim().to_lowercase().as_str());
                sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible && !is_note
            });
            let mut names = visible.map(|sheet| sheet.name.clone());
            let sheet = names.next().ok_or(Unfit::NoSheet)?;
            let others = names.collect();
            Ok(Workbook { inner, sheet, others })
        })
    }

    /// Hands over the rows that are not blank, with their number from 1, until told to stop. A row has at most
    /// [`MAX_COLUMNS`] cells; with more, the next cell stands for all of them.
    pub(super) fn each_row(&mut self, mut row: impl FnMut(u32, Vec<Cell>) -> ControlFlow<()>) -> Result<(), Unfit> {
        let Workbook { inner, sheet, .. } = self;
        guarded(|| {
            let mut reader = inner.worksheet_cells_reader(sheet).map_err(unfit)?;
            let mut current: (u32, Vec<Cell>) = (0, Vec::new());
            while let Some(cell) = reader.next_cell().map_err(unfit)? {
                let (number, column) = cell.get_position();
                if number != current.0 {
                    let (number, cells) = std::mem::replace(&mut current, (number, Vec::new()));
                    if !cells.is_empty() && row(number + 1, cells).is_break() {
                        return Ok(());
                    }
                }
                let value = text(cell.get_value());
                if value == Cell::Text(String::new()) {
                    continue;
                }
                let column = (column as usize).min(MAX_COLUMNS);
                if current.1.len() <= column {
                    current.1.resize(column + 1, Cell::Text(String::new()));
                }
                current.1[column] = value;
            }
            let (number, cells) = current;
            if !cells.is_empty() {
                let _ = row(number + 1, cells);
            }
            Ok(())
        })
    }
}

fn guarded<T>(read: impl FnOnce() -> Result<T, Unfit>) -> Result<T, Unfit> {
    // Nothing that the closure leaves half-done is used after a panic: the workbook is dropped with its fault.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(Unfit::Damaged))
}

fn unfit(error: XlsxError) -> Unfit {
    match error {
        XlsxError::FileNotFound(_) | XlsxError::WorksheetNotFound(_) => Unfit::NotAWorkbook,
        _ => Unfit::Damaged,
    }
}

/// Unpacks every part into nothing and counts.
fn weigh(bytes: &[u8]) -> Result<(), Unfit> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unfit::Damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(Unfit::Bomb);
    }
    let is_workbook =
        archive.file_names().any(|name| name.is_ok_and(|name| name.to_lowercase().ends_with("workbook.xml")));
    if !is_workbook {
        return Err(Unfit::NotAWorkbook);
    }
    let (mut unpacked, mut tags) = (0, 0);
    let mut buffer = vec![0; 64 * 1024];
    for part in 0..archive.len() {
        let mut part = archive.by_index(part).map_err(|_| Unfit::Damaged)?;
        let name = part.name().map_err(|_| Unfit::Damaged)?.to_lowercase();
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        let is_sheet = name.contains("worksheets/");
        let mut claim = Claim::default();
        loop {
            let read = part.read(&mut buffer).map_err(|_| Unfit::Damaged)?;
            if read == 0 {
                break;
            }
            unpacked += read as u64;
            for byte in &buffer[..read] {
                // No XML part may hold these; a part in UTF-16, whose tags are not counted here, does.
                if is_xml && *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') {
                    return Err(Unfit::Damaged);
                }
                tags += u64::from(*byte == b'<' && !is_sheet);
                claim.read(*byte);
            }
            if unpacked > MAX_UNPACKED || tags > MAX_TAGS || claim.largest > MAX_TAGS {
                return Err(Unfit::Bomb);
            }
        }
    }
    Ok(())
}

/// Finds the largest number that follows `uniqueCount=`: as many strings are reserved before any is read.
#[derive(Default)]
struct Claim {
    matched: usize,
    number: u64,
    largest: u64,
}

impl Claim {
    const NAME: &'static [u8] = b"uniqueCount";

    fn read(&mut self, byte: u8) {
        if self.matched < Self::NAME.len() {
            // No end of the name is a beginning of it, so after a mismatch only its first letter can begin anew.
            self.matched = match byte {
                _ if byte == Self::NAME[self.matched] => self.matched + 1,
                b'u' => 1,
                _ => 0,
            };
            self.number = 0;
        } else if byte.is_ascii_digit() {
            self.number = self.number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
            self.largest = self.largest.max(self.number);
        } else if self.number > 0 || !matches!(byte, b'=' | b'"' | b'\'' | b'+' | b' ' | b'\t' | b'\r' | b'\n') {
            self.matched = usize::from(byte == b'u');
        }
    }
}

fn text(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Text(String::new()),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::Text(text.trim().to_owned()),
        DataRef::SharedString(text) => Cell::Text(text.trim().to_owned()),
        DataRef::Bool(value) => Cell::Text(if *value { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::Int(number) if number.unsigned_abs() >= 1_000_000_000_000_000 => Cell::Rounded,
        DataRef::Int(number) => Cell::Text(number.to_string()),
        // Codes and phone numbers typed as numbers: whole ones are written without exponent, as the cell shows them.
        DataRef::Float(number) if number.abs() >= 1e15 => Cell::Rounded,
        DataRef::Float(number) => Cell::Text(number.to_string()),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) => Cell::Date,
        DataRef::Error(_) => Cell::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_of_strings_is_found_wherever_it_is_cut() {
        for (part, found) in [
            ("<sst count=\"3\" uniqueCount=\"123456\">", 123_456),
            ("<sst uniqueCount = '9999999999'>", 9_999_999_999),
            ("uniqueuniqueCount=\"7\"", 7),
            ("uniqueCount and then 5", 0),
            ("uniqueCount=\"99999999999999999999999\"", u64::MAX),
        ] {
            let mut claim = Claim::default();
            part.bytes().for_each(|byte| claim.read(byte));
            assert_eq!(claim.largest, found, "{part}");
        }
    }

    #[test]
    fn whole_numbers_are_read_as_they_are_shown() {
        assert_eq!(text(&DataRef::Float(13_800_000_000.0)), Cell::Text("13800000000".into()));
        assert_eq!(text(&DataRef::Float(320_102_001_002_003.0)), Cell::Text("320102001002003".into()));
        assert_eq!(text(&DataRef::Float(3.201_020_010_020_03e17)), Cell::Rounded);
    }
}
