//! Documents that are written by hand: calendar and policy, as JSON or TOML; a catalogue as JSON.

use redvest_domain::reference::{self, Document, DocumentKind, Fault};
use serde_json::{Map, Value};

use super::fault::{Faults, Place, RowFault, unreadable};
use super::text::{Encoding, decode};
use super::{File, Parsed, Reading};

/// The largest TOML file, in bytes; larger documents are made by programs, which write JSON.
const MAX_TOML_BYTES: usize = 1024 * 1024;

/// Reads a document of a kind. JSON begins with `{`; anything else is read as TOML, whose fields have the same names.
///
/// # Errors
/// Every fault that could be found, with its field; nothing of the file may then be used.
pub fn settings(kind: DocumentKind, file: &File<'_>) -> Result<Parsed<Document>, Vec<RowFault>> {
    let fail = |code, zh: &str, en: &str| unreadable(file.name, code, zh, en);
    if file.bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(fail("empty_file", "文件是空的，请重新导出。", "The file is empty: export it again."));
    }
    if file.bytes.len() > reference::MAX_BYTES {
        return Err(fail("too_large", "文件过大，请删减。", "The file is too large: remove what is not needed."));
    }
    let (text, encoding) = decode(file.bytes).map_err(|_| {
        fail(
            "encoding_unknown",
            "文件不是 UTF-8 文本，请以 UTF-8 保存。",
            "The file is no UTF-8 text: save it as UTF-8.",
        )
    })?;
    if text.trim_start().starts_with('{') {
        return read(kind, file, text.as_bytes(), "json", encoding);
    }
    if text.len() > MAX_TOML_BYTES {
        return Err(fail("too_large", "TOML 文件过大，请改用 JSON。", "The TOML file is too large: use JSON."));
    }
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        let mut faults = Faults::new(file.name);
        let place =
            Place::Field { path: String::new(), line: u32::try_from(line).ok(), column: u32::try_from(column).ok() };
        let en = format!("This is neither JSON nor TOML: correct it here. [{}]", error.message());
        faults.error(place, "not_toml", "此处不是合法的 TOML，请检查引号、等号和括号。", en);
        faults.finish().err().unwrap_or_default()
    })?;
    let bytes = Value::Object(table.into_iter().map(|(name, value)| (name, json(value))).collect()).to_string();
    read(kind, file, bytes.as_bytes(), "toml", encoding)
}

fn read(
    kind: DocumentKind,
    file: &File<'_>,
    bytes: &[u8],
    format: &'static str,
    encoding: Encoding,
) -> Result<Parsed<Document>, Vec<RowFault>> {
    let mut faults = Faults::new(file.name);
    let reading = Reading { format, encoding: Some(encoding), sheet: None, rows: 1 };
    let (document, found) = match reference::parse(kind, bytes) {
        Ok(document) => {
            let warnings = document.check();
            (Some(document), warnings)
        }
        Err(found) => (None, found),
    };
    for fault in found {
        let (line, column) = if format == "json" { (fault.line, fault.column) } else { (None, None) };
        let place = Place::Field { path: fault.path.clone(), line, column };
        faults.of_document(place, without_place(fault));
    }
    let warnings = faults.finish()?;
    // A document is there unless something kept it from being read, and that is an error.
    let value = document.ok_or_else(Vec::new)?;
    Ok(Parsed { value, warnings, reading })
}

/// The fault with its sentences alone. Those of text that could not be read begin with line and column, which for TOML
/// are those of the JSON made of it.
fn without_place(mut fault: Fault) -> Fault {
    if fault.line.is_some() {
        if let Some((_, sentence)) = fault.zh.split_once('：') {
            fault.zh = sentence.to_owned();
        }
        if let Some((_, sentence)) = fault.en.split_once(": ") {
            let end = sentence.rfind(" at line ").unwrap_or(sentence.len());
            fault.en = format!("{}{}", &sentence[..end], if end < sentence.len() { "]" } else { "" });
        }
    }
    fault
}

/// TOML as JSON. Dates, which JSON has not, become text, as documents write them.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(value) => Value::Bool(value),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(json).collect()),
        toml::Value::Table(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, json(value))).collect::<Map<_, _>>())
        }
    }
}
