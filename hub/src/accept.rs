//! The pure parts of taking an event: when it happened, what its ticket is called, whether it is drawn, and the ids of
//! what the hub writes itself. Given the same inputs they give the same answer, so a restart never decides anew.

use chrono::NaiveDate;
use redvest_domain::id::{EventId, Hash, TicketId, WorkspaceId};
use redvest_domain::time::Timestamp;
use uuid::Builder;

/// When an event happened, as far as the hub believes the device: its own estimate, held between the receipt of what
/// its author had seen (`base`) and its own receipt, and never before what the device did last.
pub fn corrected(estimate: Timestamp, base: Timestamp, last: Timestamp, received: Timestamp) -> Timestamp {
    estimate.max(base).max(last).min(received)
}

/// The short number of a ticket, such as `20261122-0147`: prefix, local day, serial of the day, and from the second
/// epoch on a letter, since a restored hub may have given the same number before.
pub fn short_number(prefix: Option<&str>, day: NaiveDate, serial: u32, epoch: u32) -> String {
    let prefix = prefix.unwrap_or_default();
    let letters = match epoch {
        0 | 1 => String::new(),
        later => letters(later - 1),
    };
    format!("{prefix}{}-{serial:04}{letters}", day.format("%Y%m%d"))
}

/// A, B, …, Z, AA, AB, … for 1, 2, …
fn letters(mut number: u32) -> String {
    let mut text = Vec::new();
    while number > 0 {
        number -= 1;
        // Less than 26, so it fits a byte.
        text.push(char::from(b'A' + (number % 26) as u8));
        number /= 26;
    }
    text.into_iter().rev().collect()
}

/// Whether a rectification is drawn, where `percent` of them are. `mac` is made of the rectification's id under a key
/// that only the hub has ([`crate::keys::Keys::draw_mac`]).
pub fn is_drawn(mac: &[u8; 32], percent: u8) -> bool {
    let first = mac.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    first % 100 < u64::from(percent)
}

/// The id of an event that the hub writes itself: it depends on what causes it alone, so it is never written twice.
/// `step` tells apart events of one kind with one cause.
pub fn hub_event_id(workspace: WorkspaceId, ticket: TicketId, cause: EventId, kind: u16, step: &[u8]) -> EventId {
    let parts: [&[u8]; 6] = [
        b"redvest hub event 1\0",
        workspace.as_bytes(),
        ticket.as_bytes(),
        cause.as_bytes(),
        &kind.to_be_bytes(),
        step,
    ];
    let hash = Hash::of(&parts);
    let bytes = hash.0.first_chunk::<16>().copied().unwrap_or_default();
    EventId(Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    #[test]
    fn a_short_number_has_a_letter_from_the_second_epoch_on() {
        assert_eq!(short_number(None, day(), 147, 1), "20261122-0147");
        assert_eq!(short_number(Some("A-"), day(), 7, 2), "A-20261122-0007A");
        assert_eq!(short_number(None, day(), 12345, 28), "20261122-12345AA");
    }

    #[test]
    fn ids_of_hub_events_differ_by_cause_kind_and_step() {
        let id = |cause: u8, kind, step: &[u8]| {
            let cause = EventId::from_bytes([cause; 16]);
            hub_event_id(WorkspaceId::from_bytes([1; 16]), TicketId::from_bytes([2; 16]), cause, kind, step)
        };
        assert_eq!(id(3, 8, b""), id(3, 8, b""));
        let all = [id(3, 8, b""), id(4, 8, b""), id(3, 18, b""), id(3, 18, b"\x01")];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        assert_eq!(all[0].0.get_version_num(), 8);
    }

    proptest! {
        #[test]
        fn what_happened_lies_between_base_and_receipt(
            estimate in any::<i64>(), base in 0i64..1000, last in 0i64..1000, received in 0i64..1000
        ) {
            let at = corrected(Timestamp(estimate), Timestamp(base), Timestamp(last), Timestamp(received));
            prop_assert!(at <= Timestamp(received));
            prop_assert!(at >= Timestamp(base.max(last).min(received)));
        }

        #[test]
        fn a_share_of_all_is_all_and_of_none_is_none(mac in any::<[u8; 32]>()) {
            prop_assert!(is_drawn(&mac, 100));
            prop_assert!(!is_drawn(&mac, 0));
        }
    }
}
