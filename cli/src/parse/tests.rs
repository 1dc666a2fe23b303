use super::*;
use proptest::prelude::*;

#[test]
fn amounts_are_minutes_or_days() {
    for (text, expected) in [
        ("30m", Amount::Minutes(30)),
        ("4h", Amount::Minutes(240)),
        ("1h30m", Amount::Minutes(90)),
        ("2d", Amount::Days(2)),
        ("0d", Amount::Days(0)),
    ] {
        assert_eq!(amount(text), Ok(expected), "{text}");
    }
    for text in ["", "4", "h", "m", "d", "-1h", "+1d", "1.5h", "1h30", "1d2h", "4294967295h", "99999999999d"] {
        assert_eq!(amount(text).unwrap_err().code, "bad_amount", "{text}");
    }
}

#[test]
fn an_amount_has_to_fit_its_clock() {
    assert_eq!(Amount::Days(2).on(Clock::WorkingHours).unwrap_err().code, "amount_unit");
    assert_eq!(Amount::Minutes(2).on(Clock::NaturalDays).unwrap_err().code, "amount_unit");
    assert_eq!(Amount::Days(2).on(Clock::WorkingDays), Ok(Limit { clock: Clock::WorkingDays, amount: 2 }));
}

#[test]
fn a_local_time_is_that_of_the_given_offset() {
    let noon = Timestamp::from_rfc3339("2026-05-01T12:00:00+08:00").unwrap();
    assert_eq!(instant("2026-05-01 12:00", 480), Ok(noon));
    assert_eq!(instant("2026-05-01T12:00:00", 480), Ok(noon));
    assert_eq!(instant("2026-05-01T04:00:00Z", -210), Ok(noon));
    assert_eq!(instant("2026-05-01", 480), Ok(noon.plus_ms(-12 * 3_600_000)));
    for text in ["", "12:00", "2026-02-30", "2026-05-01 25:00", "05/01/2026", "tomorrow"] {
        assert_eq!(instant(text, 480).unwrap_err().code, "bad_instant", "{text}");
    }
}

#[test]
fn a_pause_may_still_last_but_never_ends_before_it_begins() {
    assert_eq!(pause("2026-05-01 10:00/", 480).unwrap().to, None);
    assert!(pause("2026-05-01 10:00/2026-05-01 11:00", 480).unwrap().to.is_some());
    assert_eq!(pause("2026-05-01 11:00/2026-05-01 10:00", 480).unwrap_err().code, "bad_pause");
    assert_eq!(pause("2026-05-01", 480).unwrap_err().code, "bad_pause");
}

#[test]
fn a_swapped_position_is_named_as_such() {
    assert_eq!(position("32.0603,118.7969"), Ok(Position { lat_e7: 320_603_000, lon_e7: 1_187_969_000 }));
    assert_eq!(position(" 32.0603， 118.7969 "), position("32.0603,118.7969"));
    let swapped = position("118.7969,32.0603").unwrap_err();
    assert!(swapped.en.contains("swapped") && swapped.zh.contains("写反"), "{swapped:?}");
    for text in ["", "1", "a,b", "1,2,3", "NaN,1", "inf,1", "91,181"] {
        assert_eq!(position(text).unwrap_err().code, "bad_position", "{text}");
    }
}

#[test]
fn holders_name_their_kind() {
    assert_eq!(holder("grid:g-1"), Ok(Holder::Grid("g-1".parse().unwrap())));
    assert_eq!(holder("agency:城管"), Ok(Holder::Agency("城管".parse().unwrap())));
    for text in ["g-1", "grid:", "member:x", "agency:a b"] {
        assert_eq!(holder(text).unwrap_err().code, "bad_holder", "{text}");
    }
}

#[test]
fn accuracy_is_in_metres() {
    assert_eq!(metres("8"), Ok(800));
    assert_eq!(metres("12.5m"), Ok(1250));
    for text in ["", "-1", "NaN", "1e99"] {
        assert_eq!(metres(text).unwrap_err().code, "bad_length", "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,24}") {
        let _ = (amount(&text), instant(&text, 480), now(&text), pause(&text, 480), position(&text), holder(&text));
        let _ = (metres(&text), code::<redvest_domain::id::GridCode>(&text), id::<redvest_domain::id::MemberId>(&text));
    }

    #[test]
    fn an_amount_in_hours_and_minutes_is_their_sum(hours in 0u32..10_000, minutes in 0u32..10_000) {
        prop_assert_eq!(amount(&format!("{hours}h{minutes}m")), Ok(Amount::Minutes(hours * 60 + minutes)));
    }
}
