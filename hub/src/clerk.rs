//! The clerk's files: how the campaign office gives people, grids, agencies, duties and settings, and gets ledgers.
//!
//! Files come from office programs and from people in a hurry, so nothing in them is trusted: size, rows, cells and
//! what an archive unpacks to are bounded; every fault names sheet, row and column and says what to do; all faults of a
//! file are reported together, and a file with a fault gives nothing at all. The functions here are pure: bytes in,
//! plain data or bytes out. What is put into force, and when, is the store's business.

mod agencies;
mod duties;
mod fault;
mod geojson;
mod grids;
mod identity;
mod layout;
mod ledger;
mod levels;
mod people;
mod preview;
mod settings;
mod table;
mod template;
mod text;
mod wording;
mod workbook;

pub use agencies::agencies;
pub use duties::responsibilities;
pub use fault::{Place, RowFault};
pub use geojson::{Datum, NotADatum, geojson};
pub use grids::{GridSource, grids};
pub use identity::Identity;
pub use ledger::{LedgerError, LedgerRow, Overdue, ledger, ledger_row, overdue, write_ledger, write_overdue};
pub use people::{Known, People, PeopleContext, Person, people};
pub use preview::{PeopleChange, PeoplePreview, Preview, Removed, preview, preview_people};
pub use settings::settings;
pub use template::{TemplateKind, template};
pub use text::Encoding;
pub use wording::Language;

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;
/// The most rows of a table below its header.
pub const MAX_ROWS: usize = 200_000;

/// A file as it was given.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Its name, for faults only; what it is is told from its bytes.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// How tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableFormat {
    /// An Excel workbook.
    Xlsx,
    /// Comma-separated text in UTF-8 with a byte order mark and CRLF, as Excel opens it rightly.
    Csv,
}

/// What a file turned out to be; shown, because encoding and sheet are guesses that a clerk can see to be wrong.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reading {
    /// `xlsx`, `csv`, `geojson`, `json` or `toml`.
    pub format: &'static str,
    /// The encoding of a text file.
    pub encoding: Option<Encoding>,
    /// The sheet of a workbook that was read.
    pub sheet: Option<String>,
    /// Rows of data, features, or entries read.
    pub rows: usize,
}

/// What a file says, with what somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The content.
    pub value: T,
    /// Warnings; none keeps the content from being used.
    pub warnings: Vec<RowFault>,
    /// How the file was read.
    pub reading: Reading,
}

#[cfg(test)]
mod tests;
