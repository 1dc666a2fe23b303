//! What a command prints: one JSON object a line for programs, tables and sentences for people. Standard output holds
//! results alone; everything else goes to standard error.

use std::io::{self, IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::Failure;
use crate::lang::Lang;

/// Where results go, and in which form.
#[derive(Debug, Clone, Copy)]
pub struct Out {
    /// JSON, an object a line.
    pub json: bool,
    /// The language of everything for people.
    pub lang: Lang,
}

impl Out {
    /// One of two texts in the language of the screen.
    pub fn pick<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(zh, en)
    }

    /// Prints a line of text for people; nothing in JSON.
    ///
    /// # Errors
    /// [`Failure::Io`] when nobody reads any more.
    pub fn text(&self, line: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { write_line(line.as_bytes()) }
    }

    /// Prints a sentence for people in their language; nothing in JSON.
    ///
    /// # Errors
    /// As [`Out::text`].
    pub fn say(&self, zh: &str, en: &str) -> Result<(), Failure> {
        self.text(self.pick(zh, en))
    }

    /// Prints an object as a line of JSON; nothing for people.
    ///
    /// # Errors
    /// As [`Out::text`].
    pub fn object(&self, value: &impl Serialize) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        write_line(&serde_json::to_vec(value).map_err(io::Error::other)?)
    }

    /// Prints a table for people; nothing in JSON. Without rows it prints nothing.
    ///
    /// # Errors
    /// As [`Out::text`].
    pub fn table(&self, header: &[(&str, &str)], rows: Vec<Vec<String>>) -> Result<(), Failure> {
        if self.json || rows.is_empty() {
            return Ok(());
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        if !io::stdout().is_terminal() {
            // A file or a pipe has no width, so no line is broken there.
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
        table.set_header(header.iter().map(|(zh, en)| self.pick(zh, en)));
        for row in rows {
            table.add_row(row.iter().map(|cell| printable(cell)));
        }
        write_line(table.trim_fmt().as_bytes())
    }

    /// Prints labelled values, one a line; nothing in JSON. Empty values are left out.
    ///
    /// # Errors
    /// As [`Out::text`].
    pub fn fields(&self, fields: &[(&str, &str, String)]) -> Result<(), Failure> {
        for (zh, en, value) in fields.iter().filter(|(.., value)| !value.is_empty()) {
            self.text(&format!("{}{}{}", self.pick(zh, en), self.pick("：", ": "), printable(value)))?;
        }
        Ok(())
    }

    /// A note for people on standard error, in both modes.
    pub fn note(&self, zh: &str, en: &str) {
        // Whoever closed standard error does not want to read.
        let _ = writeln!(io::stderr(), "{}", self.pick(zh, en));
    }
}

/// A text without control characters: what others wrote must not steer a terminal.
pub fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter }).collect()
}

fn write_line(line: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(line)?;
    stdout.write_all(b"\n")?;
    stdout.flush()?;
    Ok(())
}

/// Tells a failure: a sentence on standard error, or an object on standard output in JSON.
pub fn tell(out: Out, failure: &Failure) {
    let (code, zh, en) = failure.explained();
    tell_parts(out, &code, &zh, &en);
    if let Some((zh, en)) = hint(&code).filter(|_| !out.json) {
        out.note(zh, en);
    }
    let mut cause = std::error::Error::source(failure);
    while let Some(inner) = cause {
        tracing::debug!(cause = %inner, "because");
        cause = inner.source();
    }
}

/// What to type instead, for refusals whose sentences speak of a phone's screens.
fn hint(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "no_place" => (
            "  用 --at 纬度,经度 --accuracy 米，或 --grid 编码。",
            "  Give --at LAT,LON --accuracy METRES, or --grid CODE.",
        ),
        "accuracy_gate_not_met" => (
            "  用 --accuracy 写明精度，或用 --gate-reason 写明原因（redvest names reasons gate）。",
            "  Say how accurate it is with --accuracy, or why not with --gate-reason (`redvest names reasons gate`).",
        ),
        "photo_rule_not_met" => (
            "  用 --photo 附上照片；当场整改的再用 --after 附上整改后的照片。",
            "  Attach photos with --photo; work done on the spot also needs --after.",
        ),
        "unknown_category" => ("  查编码：redvest names categories", "  Look it up: `redvest names categories`."),
        "unknown_grid" => ("  查编码：redvest names grids", "  Look it up: `redvest names grids`."),
        "unknown_agency" => ("  查编码：redvest names agencies", "  Look it up: `redvest names agencies`."),
        "unknown_reason" => ("  查编码：redvest names reasons", "  Look it up: `redvest names reasons`."),
        "not_enrolled" => ("  登记：redvest enrol '登记码'", "  Enrol: redvest enrol 'CODE'"),
        "forked_chain" => ("  更换密钥：redvest rekey", "  Take a new key: `redvest rekey`."),
        _ => return None,
    })
}

/// As [`tell`], from the parts.
pub fn tell_parts(out: Out, code: &str, zh: &str, en: &str) {
    if out.json {
        // Nobody to tell that nobody reads.
        let _ = out.object(&serde_json::json!({ "error": { "code": code, "zh": zh, "en": en } }));
        return;
    }
    let (first, second) = match out.lang {
        Lang::Zh => (zh, en),
        Lang::En => (en, zh),
    };
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "error[{code}]: {}", printable(first));
    // English readers are told in English alone; in Chinese the English follows, since reports travel.
    if out.lang == Lang::Zh && second != first {
        let _ = writeln!(stderr, "  {}", printable(second));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\u{7}"), "a\u{fffd}[2Jb\u{fffd}");
    }
}
