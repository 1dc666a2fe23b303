//! Which ticket somebody means: by the hub's short number, a phone's own number, or the beginning of its id.

use std::collections::BTreeSet;

use redvest_client::view::TicketDetail;
use redvest_domain::id::{Hash, TicketId};

use super::Phone;
use crate::failure::{Failure, Input};

/// Fewest hexadecimal digits that may stand for an id.
const FEWEST_DIGITS: usize = 4;
/// Pages of search results that are looked through for a number.
const MOST_PAGES: usize = 20;

/// What a text can be meant as.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meant {
    /// A whole id.
    Id(TicketId),
    /// A number, or else the beginning of an id, in hexadecimal digits without hyphens.
    NumberOrPrefix(Option<String>),
}

fn meant(text: &str) -> Meant {
    if let Ok(id) = text.parse() {
        return Meant::Id(id);
    }
    let digits: String = text.chars().filter(|letter| *letter != '-').collect::<String>().to_ascii_lowercase();
    let is_prefix = digits.len() >= FEWEST_DIGITS && digits.len() < 32;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    Meant::NumberOrPrefix((is_prefix && is_hex).then_some(digits))
}

impl Phone {
    /// The ticket that a text means.
    ///
    /// # Errors
    /// `unknown_ticket` when none is meant; `ambiguous_ticket`, naming them, when several are.
    pub(super) fn ticket(&self, text: &str) -> Result<TicketId, Failure> {
        let text = text.trim();
        let prefix = match meant(text) {
            Meant::Id(id) => return Ok(id),
            Meant::NumberOrPrefix(prefix) => prefix,
        };
        let numbered = self.numbered(text)?;
        if !numbered.is_empty() {
            return one(text, &numbered);
        }
        let Some(prefix) = prefix else { return Err(redvest_client::Error::UnknownTicket.into()) };
        let begins = |ticket: &TicketId| ticket.0.simple().to_string().starts_with(&prefix);
        let found: BTreeSet<TicketId> =
            self.client.log()?.into_iter().filter_map(|row| row.ticket).filter(begins).collect();
        one(text, &found)
    }

    /// Tickets with exactly this number.
    fn numbered(&self, text: &str) -> Result<BTreeSet<TicketId>, Failure> {
        let mut found = BTreeSet::new();
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let page = self.client.search(text, after)?;
            let same = |number: &str| number.eq_ignore_ascii_case(text);
            let rows = page.rows.into_iter();
            found.extend(
                rows.filter(|row| same(&row.number) || row.local_number.as_deref().is_some_and(same))
                    .map(|row| row.ticket),
            );
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }
}

fn one(text: &str, found: &BTreeSet<TicketId>) -> Result<TicketId, Failure> {
    let mut each = found.iter();
    match (each.next(), each.next()) {
        (Some(ticket), None) => Ok(*ticket),
        (None, _) => Err(redvest_client::Error::UnknownTicket.into()),
        _ => {
            let list: Vec<String> = found.iter().take(8).map(ToString::to_string).collect();
            let list = list.join(" ");
            Err(Input::new(
                "ambiguous_ticket",
                format!("“{text}”对应多件工单，请写得更完整：{list}"),
                format!("\"{text}\" means several tickets; write more of it: {list}"),
            )
            .into())
        }
    }
}

/// The photo of a ticket that a text means: its place in the list from 1, or the beginning of its hash.
///
/// # Errors
/// `unknown_photo_reference`.
pub(super) fn photo(detail: &TicketDetail, text: &str) -> Result<Hash, Input> {
    let bad = || {
        let count = detail.photos.len();
        Input::new(
            "unknown_photo_reference",
            format!("没有照片“{text}”；请写 1 至 {count} 的序号，或哈希的开头（见 redvest photos）。"),
            format!(
                "There is no photo \"{text}\"; write 1 to {count}, or the beginning of its hash (see `redvest photos`)."
            ),
        )
    };
    let at = text.parse::<usize>().ok().filter(|_| text.len() < FEWEST_DIGITS);
    if let Some(photo) = at.and_then(|at| detail.photos.get(at.checked_sub(1)?)) {
        return Ok(photo.original);
    }
    let text = text.to_ascii_lowercase();
    let mut found: Vec<Hash> = detail.photos.iter().map(|photo| photo.original).collect();
    found.retain(|hash| text.len() >= FEWEST_DIGITS && hash.to_hex().starts_with(&text));
    found.dedup();
    match found.as_slice() {
        [hash] => Ok(*hash),
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_whole_id_is_taken_as_such_and_a_beginning_as_hexadecimal_digits() {
        let id: TicketId = "0190a1b2-0000-7000-8000-000000000001".parse().unwrap();
        assert_eq!(meant(&id.to_string()), Meant::Id(id));
        assert_eq!(meant("0190A1B2-00"), Meant::NumberOrPrefix(Some("0190a1b200".to_owned())));
    }

    #[test]
    fn a_number_that_could_be_an_id_is_looked_up_as_a_number_first() {
        assert_eq!(meant("20261122-0147"), Meant::NumberOrPrefix(Some("202611220147".to_owned())));
        assert_eq!(meant("K7-12"), Meant::NumberOrPrefix(None));
        assert_eq!(meant("abc"), Meant::NumberOrPrefix(None));
    }

    #[test]
    fn several_tickets_are_named_and_none_is_unknown() {
        let (a, b) = (TicketId::from_bytes([1; 16]), TicketId::from_bytes([2; 16]));
        assert_eq!(one("x", &BTreeSet::from([a])).unwrap(), a);
        assert_eq!(one("x", &BTreeSet::from([a, b])).unwrap_err().explained().0, "ambiguous_ticket");
        assert_eq!(one("x", &BTreeSet::new()).unwrap_err().explained().0, "unknown_ticket");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,40}") {
            let _ = meant(&text);
        }
    }
}
