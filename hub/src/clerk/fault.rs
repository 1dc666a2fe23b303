//! Faults of a clerk's file: where, what, and what to do, in Chinese and English.

use redvest_domain::codes::Explained;
use redvest_domain::reference::{Fault, Severity};
use serde::Serialize;

use super::wording::Language;

/// Where in a file a fault is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The file as a whole.
    File,
    /// A place in a table.
    Cell {
        /// The sheet; none in a text file.
        sheet: Option<String>,
        /// The row, from 1 as Excel counts, or the line of a text file; none for the sheet as a whole.
        row: Option<u32>,
        /// The column by its header; none for the row as a whole.
        column: Option<String>,
    },
    /// A feature of a GeoJSON file.
    Feature {
        /// Its index, from 0.
        index: usize,
        /// The grid's code, where it has one.
        code: Option<String>,
        /// The part of it, such as `properties.parent` or `coordinates[0][3]`; empty for the feature as a whole.
        part: String,
    },
    /// A field of a document, such as `periods[1].working[0]`.
    Field {
        /// The path; empty where it is not known.
        path: String,
        /// The line of the text, from 1.
        line: Option<u32>,
        /// The column of the text in bytes, from 1.
        column: Option<u32>,
    },
}

impl Place {
    /// The place in words; empty for the file as a whole.
    fn text(&self, language: Language) -> String {
        match self {
            Place::File => String::new(),
            Place::Cell { sheet, row, column } => {
                let row = row.map(|row| language.of(format!("第 {row} 行"), format!("row {row}")));
                let column = column.as_ref().map(|name| language.of(format!("“{name}”列"), format!("column {name}")));
                let cell: Vec<String> = row.into_iter().chain(column).collect();
                let cell = cell.join(language.of("", ", "));
                let parts = [sheet.clone().unwrap_or_default(), cell];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" › ")
            }
            Place::Feature { index, code, part } => {
                let code = code.as_ref().map(|code| language.of(format!("（{code}）"), format!(" ({code})")));
                let part = if part.is_empty() { String::new() } else { format!(" › {part}") };
                format!("features[{index}]{}{part}", code.unwrap_or_default())
            }
            Place::Field { path, line, column } => {
                let at = match (line, column) {
                    (Some(line), Some(column)) => {
                        language.of(format!("第 {line} 行第 {column} 列"), format!("line {line}, column {column}"))
                    }
                    _ => String::new(),
                };
                let parts = [at, path.clone()];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" › ")
            }
        }
    }
}

/// One thing that is wrong with a clerk's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowFault {
    /// The file's name.
    pub file: String,
    /// Where.
    pub place: Place,
    /// Stable code, such as `unknown_grid`.
    pub code: &'static str,
    /// Whether the file can still be used.
    pub severity: Severity,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// What is wrong and what to do, in English.
    pub en: String,
}

impl RowFault {
    /// One line for people: file, place, sentence and code.
    pub fn text(&self, language: Language) -> String {
        let place = self.place.text(language);
        let place = if place.is_empty() { String::new() } else { format!(" › {place}") };
        language.of(
            format!("{}{place}：{}（{}）", self.file, self.zh, self.code),
            format!("{}{place}: {} ({})", self.file, self.en, self.code),
        )
    }
}

impl std::fmt::Display for RowFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl Explained for RowFault {
    fn code(&self) -> &'static str {
        self.code
    }

    fn zh(&self) -> String {
        self.zh.clone()
    }

    fn en(&self) -> String {
        self.en.clone()
    }
}

/// Faults of each severity that one file keeps; a file of garbage would otherwise yield some for each of its cells.
const MAX_SHOWN: usize = 1_000;

/// Collects the faults of one file.
#[derive(Debug)]
pub(super) struct Faults {
    file: String,
    errors: Vec<RowFault>,
    warnings: Vec<RowFault>,
    left_out: usize,
}

impl Faults {
    pub(super) fn new(file: &str) -> Faults {
        Faults { file: file.to_owned(), errors: Vec::new(), warnings: Vec::new(), left_out: 0 }
    }

    /// A fault that keeps the file from being used.
    pub(super) fn error(&mut self, place: Place, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        self.push(place, code, Severity::Error, zh.into(), en.into());
    }

    /// A fault that somebody should look at.
    pub(super) fn warning(&mut self, place: Place, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        self.push(place, code, Severity::Warning, zh.into(), en.into());
    }

    /// A fault of a document that the file gives, at its place in the file.
    pub(super) fn of_document(&mut self, place: Place, fault: Fault) {
        self.push(place, fault.code, fault.severity, fault.zh, fault.en);
    }

    fn push(&mut self, place: Place, code: &'static str, severity: Severity, zh: String, en: String) {
        let list = if severity == Severity::Error { &mut self.errors } else { &mut self.warnings };
        if list.len() == MAX_SHOWN {
            self.left_out += 1;
            return;
        }
        list.push(RowFault { file: self.file.clone(), place, code, severity, zh, en });
    }

    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The warnings of a file without errors; else every fault, the errors first.
    pub(super) fn finish(mut self) -> Result<Vec<RowFault>, Vec<RowFault>> {
        if self.left_out > 0 {
            let more = self.left_out;
            self.warnings.push(RowFault {
                file: self.file,
                place: Place::File,
                code: "more_faults",
                severity: Severity::Warning,
                zh: format!("另有 {more} 处问题未列出，请先改正以上问题。"),
                en: format!("{more} more faults are not listed: correct these first."),
            });
        }
        if self.errors.is_empty() {
            return Ok(self.warnings);
        }
        self.errors.append(&mut self.warnings);
        Err(self.errors)
    }
}

/// A file that cannot be read at all.
pub(super) fn unreadable(
    file: &str,
    code: &'static str,
    zh: impl Into<String>,
    en: impl Into<String>,
) -> Vec<RowFault> {
    let (zh, en) = (zh.into(), en.into());
    vec![RowFault { file: file.to_owned(), place: Place::File, code, severity: Severity::Error, zh, en }]
}
