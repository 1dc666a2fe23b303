//! Writing rows as XLSX or CSV so that Excel shows what was meant: real dates, codes as text, and never a formula.

use std::borrow::Cow;
use std::io::{Seek, Write};

use redvest_domain::time::{DAY_MS, Timestamp};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::columns::{Column, TICKET, Value};
use super::{LedgerRow, local_text};
use crate::clerk::TableFormat;
use crate::clerk::wording::Language;

/// Why a ledger could not be written. Codes: `workbook_not_written`, `csv_not_written`, `file_not_written`.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The workbook could not be put together; its parts stand in temporary files meanwhile.
    #[error("workbook_not_written: make room for temporary files and try again; 请清理磁盘空间后重试。")]
    Xlsx(#[from] XlsxError),
    /// CSV could not be written.
    #[error("csv_not_written: make room on the disk and try again; 请清理磁盘空间后重试。")]
    Csv(#[from] csv::Error),
    /// The file could not be written.
    #[error("file_not_written: make room on the disk and try again; 请清理磁盘空间后重试。")]
    Io(#[from] std::io::Error),
}

/// Rows of one sheet; Excel has 1,048,576.
const ROWS_A_SHEET: u32 = 1_000_000;
/// Text of one cell in UTF-16 units, as Excel counts; it has 32,767.
const MAX_CELL: usize = 32_000;
/// Days from Excel's day 0, 1899-12-30, to 1970-01-01.
const EXCEL_EPOCH_DAYS: f64 = 25_569.0;
/// The first day that Excel can show, 1900-03-01, before which it counts a day that never was.
const FIRST_DAY: f64 = 61.0;

/// The ledger as bytes.
///
/// # Errors
/// [`LedgerError`] when temporary files cannot be written.
pub fn ledger(
    rows: impl Iterator<Item = LedgerRow>,
    format: TableFormat,
    language: Language,
) -> Result<Vec<u8>, LedgerError> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    write_ledger(rows, format, language, &mut bytes)?;
    Ok(bytes.into_inner())
}

/// Writes the ledger row by row, so that memory does not grow with it. XLSX has a second sheet that explains the
/// columns in both languages; CSV is UTF-8 with a byte order mark and CRLF.
///
/// # Errors
/// [`LedgerError`] when the output or temporary files cannot be written.
pub fn write_ledger(
    rows: impl Iterator<Item = LedgerRow>,
    format: TableFormat,
    language: Language,
    out: impl Write + Seek + Send,
) -> Result<(), LedgerError> {
    match format {
        TableFormat::Csv => {
            let mut writer = csv_writer(out)?;
            csv_rows(&mut writer, &TICKET, rows, language)?;
            writer.flush()?;
        }
        TableFormat::Xlsx => {
            let mut workbook = Workbook::new();
            sheets(&mut workbook, language.of("台账", "Ledger"), &TICKET, rows, language)?;
            explain(&mut workbook, &TICKET)?;
            workbook.save_to_writer(out)?;
        }
    }
    Ok(())
}

/// A writer of CSV as Excel opens it rightly.
pub(in super::super) fn csv_writer<W: Write>(mut out: W) -> Result<csv::Writer<W>, LedgerError> {
    out.write_all(b"\xef\xbb\xbf")?;
    Ok(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out))
}

/// The bytes of a CSV writer.
pub(in super::super) fn finish_csv(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, LedgerError> {
    writer.into_inner().map_err(|error| LedgerError::Io(error.into_error()))
}

/// Writes header and rows as CSV.
pub(super) fn csv_rows<R, W: Write>(
    writer: &mut csv::Writer<W>,
    columns: &[Column<R>],
    rows: impl Iterator<Item = R>,
    language: Language,
) -> Result<(), LedgerError> {
    writer.write_record(columns.iter().map(|column| language.of(column.zh, column.en)))?;
    for row in rows {
        for column in columns {
            writer.write_field(csv_cell((column.value)(&row, language)))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

fn csv_cell(value: Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Count(count) => count.to_string(),
        Value::Number(number, decimals) => format!("{number:.decimals$}"),
        Value::Time(at, offset_ms) => local_text(at, offset_ms),
        Value::Text(text) => {
            let flat = flat(&text);
            // Excel takes such a cell for a formula, also in full width, and a formula can send data away.
            let dangerous = |c: char| "=+-@＝＋－＠".contains(c);
            if flat.trim_start().starts_with(dangerous) || text.starts_with(['\t', '\r', '\n']) {
                format!("'{flat}")
            } else {
                flat.into_owned()
            }
        }
    }
}

/// The text on one line, no longer than a cell takes, without characters that no file may hold.
fn flat(text: &str) -> Cow<'_, str> {
    let unfit = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.len() <= MAX_CELL && !text.contains(unfit) {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let mut short = String::new();
    for c in text.chars() {
        units += c.len_utf16();
        if units > MAX_CELL {
            short.push('…');
            break;
        }
        short.push(if unfit(c) { ' ' } else { c });
    }
    Cow::Owned(short)
}

/// Writes rows into a sheet of this name, and into further ones where they are too many for one.
pub(super) fn sheets<R>(
    workbook: &mut Workbook,
    name: &str,
    columns: &[Column<R>],
    rows: impl Iterator<Item = R>,
    language: Language,
) -> Result<(), LedgerError> {
    let formats = Formats::new();
    let mut rows = rows.peekable();
    let mut number = 1;
    while number == 1 || rows.peek().is_some() {
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(if number == 1 { name.to_owned() } else { format!("{name} {number}") })?;
        sheet.set_freeze_panes(1, 1)?;
        for (at, column) in (0..).zip(columns) {
            sheet.set_column_width(at, column.width)?;
            sheet.write_string_with_format(0, at, language.of(column.zh, column.en), &formats.header)?;
        }
        let mut last = 0;
        for row in rows.by_ref().take(ROWS_A_SHEET as usize) {
            last += 1;
            for (at, column) in (0..).zip(columns) {
                write(sheet, last, at, (column.value)(&row, language), &formats)?;
            }
        }
        // There are always some columns, and never more than a sheet has.
        sheet.autofilter(0, 0, last, columns.len().saturating_sub(1) as u16)?;
        number += 1;
    }
    Ok(())
}

struct Formats {
    header: Format,
    time: Format,
    decimals: [Format; 2],
}

impl Formats {
    fn new() -> Formats {
        Formats {
            header: Format::new().set_bold(),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            decimals: [Format::new().set_num_format("0.00"), Format::new().set_num_format("0.0000000")],
        }
    }
}

fn write(sheet: &mut Worksheet, row: u32, at: u16, value: Value, formats: &Formats) -> Result<(), XlsxError> {
    match value {
        Value::Empty => return Ok(()),
        Value::Text(text) => sheet.write_string(row, at, flat(&text))?,
        Value::Count(count) => sheet.write_number(row, at, count as f64)?,
        Value::Number(number, decimals) => {
            sheet.write_number_with_format(row, at, number, &formats.decimals[usize::from(decimals > 2)])?
        }
        Value::Time(instant, offset_ms) => match serial(instant, offset_ms) {
            Some(days) => sheet.write_number_with_format(row, at, days, &formats.time)?,
            None => sheet.write_string(row, at, local_text(instant, offset_ms))?,
        },
    };
    Ok(())
}

/// Local time in days as Excel counts them; `None` before 1900, which it cannot show.
fn serial(at: Timestamp, offset_ms: i64) -> Option<f64> {
    let days = at.plus_ms(offset_ms).0 as f64 / DAY_MS as f64 + EXCEL_EPOCH_DAYS;
    (days >= FIRST_DAY).then_some(days)
}

/// A sheet that says in both languages what the columns are.
pub(super) fn explain<R>(workbook: &mut Workbook, columns: &[Column<R>]) -> Result<(), LedgerError> {
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    sheet.set_name("说明 Columns")?;
    for (at, (header, width)) in (0..).zip([("列", 18.0), ("Column", 18.0), ("说明", 50.0), ("Notes", 50.0)]) {
        sheet.set_column_width(at, width)?;
        sheet.write_string_with_format(0, at, header, &bold)?;
    }
    for (row, column) in (1..).zip(columns) {
        for (at, text) in (0..).zip([column.zh, column.en, column.note[0], column.note[1]]) {
            sheet.write_string(row, at, text)?;
        }
    }
    Ok(())
}
