//! Full text: Chinese by bigrams, so that two characters find what they should; other words and numbers by themselves.
//!
//! Codes are indexed as tokens of their own, so that a category, grid or agency is found by its present name without
//! any ticket being indexed anew when a name changes.

use redvest_domain::id::Hash;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::terms::Holder;
use redvest_domain::ticket::Ticket;

/// Names of one kind that one search term stands for at most.
const NAMES: usize = 20;

/// What the index holds of a ticket: its numbers, codes and words.
pub(crate) fn indexed<'a>(ticket: &'a Ticket, words: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    let mut add = |token: &str| {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(token);
    };
    add(&code('c', ticket.category.as_str()));
    ticket.pin_path.iter().for_each(|grid| add(&code('g', grid.as_str())));
    match &ticket.lead {
        Some(Holder::Grid(grid)) => add(&code('g', grid.as_str())),
        Some(Holder::Agency(agency)) => add(&code('a', agency.as_str())),
        None => {}
    }
    let numbers = [&ticket.short_number, &ticket.local_number].into_iter().flatten().map(String::as_str);
    for part in numbers.chain(words) {
        runs(part).for_each(|run| run.tokens().for_each(|token| add(&token)));
    }
    text
}

/// Stands in `shown` for the indexed text, so that what did not change is not indexed again.
pub(crate) fn fingerprint(text: &str) -> i64 {
    let hash = Hash::of(&[text.as_bytes()]);
    hash.0[..8].iter().fold(0, |number, byte| number << 8 | i64::from(*byte))
}

/// The FTS5 expression for what a user typed; `None` if there is nothing to look for. Terms are all to be found.
pub(crate) fn expression(text: &str, reference: &ReferenceSet) -> Option<String> {
    let terms: Vec<String> = text.split_whitespace().take(8).filter_map(|term| one(term, reference)).collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

fn one(term: &str, reference: &ReferenceSet) -> Option<String> {
    let words: Vec<String> = runs(term).take(8).map(|run| run.query()).collect();
    let mut choices = Vec::new();
    if !words.is_empty() {
        choices.push(format!("({})", words.join(" AND ")));
    }
    let categories = reference.catalogue().categories.iter().filter(|category| category.matches(term));
    choices.extend(categories.take(NAMES).map(|category| quoted(&code('c', category.code.as_str()))));
    let grids = reference.grids().document().grids.iter().filter(|grid| grid.name.contains(term));
    choices.extend(grids.take(NAMES).map(|grid| quoted(&code('g', grid.code.as_str()))));
    let agencies = reference.agencies().agencies.iter().filter(|agency| agency.name.contains(term));
    choices.extend(agencies.take(NAMES).map(|agency| quoted(&code('a', agency.code.as_str()))));
    (!choices.is_empty() && !term.is_empty()).then(|| format!("({})", choices.join(" OR ")))
}

/// A code as one token, whatever characters it has.
fn code(kind: char, code: &str) -> String {
    use std::fmt::Write;
    let start = format!("{kind}x");
    code.bytes().fold(start, |mut token, byte| {
        // Writing to a String cannot fail.
        let _ = write!(token, "{byte:02x}");
        token
    })
}

/// Tokens are letters and digits only, so quoting needs no escapes.
fn quoted(token: &str) -> String {
    format!("\"{token}\"")
}

/// A stretch of one script.
enum Run {
    Chinese(Vec<char>),
    Word(String),
}

impl Run {
    /// Bigrams, and the last character alone so that a single one is found wherever it stands.
    fn tokens(&self) -> Box<dyn Iterator<Item = String> + '_> {
        match self {
            Run::Chinese(run) => {
                let last = run.last().map(|last| last.to_string());
                Box::new(run.windows(2).map(|pair| pair.iter().collect()).chain(last))
            }
            Run::Word(word) => Box::new(std::iter::once(word.clone())),
        }
    }

    fn query(&self) -> String {
        match self {
            Run::Chinese(run) if run.len() > 1 => {
                let bigrams: Vec<String> = run.windows(2).map(|pair| pair.iter().collect()).collect();
                quoted(&bigrams.join(" "))
            }
            Run::Chinese(run) => format!("{}*", quoted(&run.iter().collect::<String>())),
            Run::Word(word) => format!("{}*", quoted(word)),
        }
    }
}

fn runs(text: &str) -> impl Iterator<Item = Run> {
    let mut found: Vec<Run> = Vec::new();
    let mut broken = true;
    for one in text.chars() {
        if !one.is_alphanumeric() {
            broken = true;
            continue;
        }
        match (found.last_mut(), is_chinese(one)) {
            (Some(Run::Chinese(run)), true) if !broken => run.push(one),
            (Some(Run::Word(word)), false) if !broken => word.extend(one.to_lowercase()),
            (_, true) => found.push(Run::Chinese(vec![one])),
            (_, false) => found.push(Run::Word(one.to_lowercase().collect())),
        }
        broken = false;
    }
    found.into_iter()
}

/// The ideographs of Unicode's blocks for Chinese.
fn is_chinese(one: char) -> bool {
    matches!(one, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_cut_into_pairs_and_numbers_stay_whole() {
        let tokens: Vec<String> = runs("暴露垃圾,K7-12 北").flat_map(|run| run.tokens().collect::<Vec<_>>()).collect();
        assert_eq!(tokens, ["暴露", "露垃", "垃圾", "圾", "k7", "12", "北"]);
    }

    #[test]
    fn what_a_user_types_never_becomes_an_operator() {
        let reference = ReferenceSet::built_in();
        for text in ["\"", "* NOT (", "a\"b", "NEAR(一 二)", "-", "  "] {
            if let Some(expression) = expression(text, &reference) {
                assert_eq!(expression.matches('"').count() % 2, 0, "{expression}");
            }
        }
        assert_eq!(expression(" \" ", &reference), None);
    }
}
