//! The fold is total, the same everywhere, and independent of how its events arrive.

use proptest::prelude::*;

use crate::calendar::{Calendar, CalendarIndex};
use crate::cbor;
use crate::decide::decide;
use crate::escalate::EscalationPolicy;
use crate::event::{Body, ClockName};
use crate::fold::{fold, step};
use crate::testing::dice::{Dice, history};
use crate::testing::{Person, Told, event_id, minute, standing};
use crate::ticket::Ticket;
use crate::time::{Clock, Limit, Timestamp};

fn calendar() -> &'static CalendarIndex {
    static CALENDAR: std::sync::OnceLock<CalendarIndex> = std::sync::OnceLock::new();
    CALENDAR.get_or_init(|| Calendar::built_in().index())
}

fn numbers() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(any::<u64>(), 1..40)
}

fn fold_told(told: &[Told]) -> Option<Ticket> {
    fold(told.iter().map(Told::fact))
}

fn never_too_late(body: &Body) -> bool {
    matches!(
        body,
        Body::Commented(_)
            | Body::EvidenceAdded(_)
            | Body::Reminded(_)
            | Body::Urged(_)
            | Body::Carded(_)
            | Body::PhotoReviewed(_)
            | Body::Erased(_)
            | Body::Admitted(_)
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases * 4))]

    #[test]
    fn any_history_folds_and_each_of_its_clocks_can_be_read(numbers in numbers(), now in any::<i64>()) {
        let policy = |_| {
            let after = Some(Limit { clock: Clock::WorkingDays, amount: 2 });
            EscalationPolicy { remind_after: after, card_after: after, ..EscalationPolicy::default() }
        };
        let ticket = fold_told(&history(&numbers)).expect("a history begins with a report");
        let now = Timestamp(now);
        let _ = (ticket.next_due(calendar()), ticket.urgency(now, calendar(), policy), ticket.keys(), ticket.next_move());
        for name in ClockName::ALL {
            let _ = (ticket.was_in_time(name, calendar()), ticket.remaining_ms(name, now, calendar()));
        }
        for timer in ticket.timers(calendar(), policy) {
            prop_assert!(!timer.card || timer.ran_out.holder.is_some());
        }
    }

    #[test]
    fn any_order_of_any_events_folds(numbers in numbers(), swaps in prop::collection::vec(any::<prop::sample::Index>(), 8)) {
        let mut told = history(&numbers);
        for pair in swaps.chunks(2) {
            let (one, other) = (pair[0].index(told.len()), pair[1].index(told.len()));
            told.swap(one, other);
        }
        let _ = fold_told(&told);
    }

    #[test]
    fn folding_in_pieces_through_bytes_is_folding_in_one_go(numbers in numbers(), cut in any::<prop::sample::Index>()) {
        let told = history(&numbers);
        let whole = fold_told(&told);
        let cut = cut.index(told.len());
        let mut pieces = fold_told(&told[..cut]);
        for event in &told[cut..] {
            pieces = pieces.map(|ticket| Ticket::from_bytes(&ticket.to_bytes()).expect("its own bytes"));
            step(&mut pieces, &event.fact());
        }
        prop_assert_eq!(&pieces, &whole);
        prop_assert_eq!(pieces.map(|ticket| ticket.state_hash()), whole.map(|ticket| ticket.state_hash()));
    }

    #[test]
    fn a_state_has_one_encoding(numbers in numbers()) {
        let ticket = fold_told(&history(&numbers)).expect("a history begins with a report");
        let bytes = ticket.to_bytes();
        prop_assert_eq!(cbor::check(&bytes), Ok(()));
        let again = Ticket::from_bytes(&bytes).expect("its own bytes");
        prop_assert_eq!(again.to_bytes(), bytes);
        prop_assert_eq!(again, ticket);
    }

    #[test]
    fn nothing_is_dropped_and_what_only_adds_is_never_too_late(numbers in numbers()) {
        let told = history(&numbers);
        let ticket = fold_told(&told).expect("a history begins with a report");
        prop_assert_eq!(ticket.seq as usize, told.len());
        let judged = told.iter().position(|event| event.stamp.law > 1 || matches!(event.payload.body, Body::Unknown(_)));
        // The first event makes the ticket even under a newer law.
        let judged = &told[..judged.map_or(told.len(), |at| at.max(1))];
        let photos: usize = judged.iter().map(|event| event.payload.body.photos().len()).sum();
        prop_assert_eq!(ticket.photos.len(), photos);
        for late in &ticket.anomalies {
            let place = judged.iter().position(|event| event.id == late.act.event).expect("an event of the history");
            prop_assert!(!never_too_late(&judged[place].payload.body));
            // What came first did come first, and was no loser itself.
            prop_assert!(judged[..place].iter().any(|event| event.id == late.winner.event));
            prop_assert!(ticket.anomalies.iter().all(|other| other.act.event != late.winner.event));
        }
        for (count, card) in [(ticket.counts.reminded, false), (ticket.counts.carded, true)] {
            let counted = ticket.escalations.iter().filter(|known| known.card == card && !known.annulled).count();
            prop_assert!(usize::from(count) >= counted);
        }
    }

    #[test]
    fn what_decide_lets_through_is_no_anomaly(numbers in numbers(), next in any::<u64>()) {
        let told = history(&numbers);
        let ticket = fold_told(&told).expect("a history begins with a report");
        let mut event = Dice(next).told(ticket.id, told.len() as u64);
        event.id = event_id(1_000);
        let person = Person { member: event.stamp.member, acting: event.payload.acting.clone() };
        if decide(&standing(&person, Some(&ticket)), &event.fact()).is_ok() {
            let mut after = ticket.clone();
            after.apply(&event.fact());
            prop_assert!(after.needs_update || after.anomalies == ticket.anomalies);
        }
    }

    #[test]
    fn a_state_that_was_altered_never_panics(numbers in numbers(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = fold_told(&history(&numbers)).expect("a history begins with a report").to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(mut ticket) = Ticket::from_bytes(&bytes) {
            let _ = (ticket.keys(), ticket.next_due(calendar()), ticket.is_suspended(minute(0)));
            for event in history(&numbers) {
                ticket.apply(&event.fact());
            }
        }
    }
}
