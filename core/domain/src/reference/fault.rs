//! Faults of a reference document: where, what, and what to do about it, in Chinese and English.
//!
//! A document with a fault of severity [`Severity::Error`] is never published; a warning is shown and may be accepted.

use serde::Serialize;

use crate::codes::Explained;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The document can be used; somebody should look.
    Warning,
    /// The document cannot be used.
    Error,
}

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The field, such as `grids[12].parent`; empty for the document as a whole.
    pub path: String,
    /// Line of the text, from 1; only for text that could not be read.
    pub line: Option<u32>,
    /// Column of the text in bytes, from 1; only for text that could not be read.
    pub column: Option<u32>,
    /// Stable code, such as `unknown_parent`.
    pub code: &'static str,
    /// Whether the document can still be used.
    pub severity: Severity,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// What is wrong and what to do, in English.
    pub en: String,
}

impl Fault {
    /// A fault that keeps the document from being used.
    pub fn error(path: impl Into<String>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault {
            path: path.into(),
            line: None,
            column: None,
            code,
            severity: Severity::Error,
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// A fault that somebody should look at.
    pub fn warning(path: impl Into<String>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { severity: Severity::Warning, ..Fault::error(path, code, zh, en) }
    }
}

impl Explained for Fault {
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

/// Whether any fault keeps the document from being used.
pub fn has_errors(faults: &[Fault]) -> bool {
    faults.iter().any(|fault| fault.severity == Severity::Error)
}

/// Collects faults of one document, so many and no more: a file of garbage would otherwise yield a fault a line.
#[derive(Debug, Default)]
pub(super) struct Faults {
    found: Vec<Fault>,
    left_out: usize,
}

/// Errors shown at once, and likewise warnings.
const MAX_SHOWN: usize = 200;

impl Faults {
    /// Keeps the fault, or counts it once there are enough of its severity.
    pub(super) fn push(&mut self, fault: Fault) {
        // Warnings are counted apart, so that they never crowd out an error.
        if self.found.iter().filter(|one| one.severity == fault.severity).count() < MAX_SHOWN {
            self.found.push(fault);
        } else {
            self.left_out += 1;
        }
    }

    /// Adds an error; see [`Fault::error`].
    pub(super) fn error(
        &mut self,
        path: impl Into<String>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.push(Fault::error(path, code, zh, en));
    }

    /// An error where a text is empty, only blank, or longer than `max` characters.
    pub(super) fn text(&mut self, path: impl FnOnce() -> String, text: &str, max: usize) {
        let length = text.chars().count();
        if text.trim().is_empty() {
            self.error(path(), "text_missing", "此项不能为空，请填写。", "This text is empty: fill it in.");
        } else if length > max || text.chars().any(char::is_control) {
            self.error(
                path(),
                "text_unfit",
                format!("此项最多 {max} 个字，且不能含换行等控制字符；现有 {length} 个字。"),
                format!("This text may have {max} characters and no control characters; it has {length}."),
            );
        }
    }

    /// An error for each code that stands a second time; `path` names the field of the entry with this index.
    pub(super) fn unique<'a, C: Ord + std::fmt::Display + 'a>(
        &mut self,
        codes: impl Iterator<Item = &'a C>,
        path: impl Fn(usize) -> String,
    ) {
        let mut first = std::collections::BTreeMap::new();
        for (index, code) in codes.enumerate() {
            if let Some(earlier) = first.get(code) {
                self.error(
                    path(index),
                    "duplicate_code",
                    format!("编码 {code} 已用于 {}，请改用新编码。", path(*earlier)),
                    format!("Code {code} is already used at {}: give this one a code of its own.", path(*earlier)),
                );
            } else {
                first.insert(code, index);
            }
        }
    }

    /// What was found, and a last line that says how many more there are.
    pub(super) fn into_vec(mut self) -> Vec<Fault> {
        if self.left_out > 0 {
            let more = self.left_out;
            self.found.push(Fault::warning(
                "",
                "more_faults",
                format!("另有 {more} 处问题未列出，请先改正以上问题。"),
                format!("{more} more faults are not listed: correct these first."),
            ));
        }
        self.found
    }
}
