use super::*;
use crate::calendar::Calendar;
use crate::time::{Clock, Pause};

fn at(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(&format!("2026-11-{text}:00+08:00")).unwrap()
}

fn limit(clock: Clock, amount: u32) -> Option<Limit> {
    Some(Limit { clock, amount })
}

/// Eight working hours from Monday 08:00, a reminder two working hours after, a card one urgent day after.
fn monday(pauses: &[Pause]) -> Steps {
    let calendar = Calendar::built_in().index();
    let run = Run { start: at("23T08:00"), clock: Clock::WorkingHours, amount_ms: 8 * 3_600_000, pauses };
    let policy = EscalationPolicy {
        due_soon_percent: 25,
        remind_after: limit(Clock::WorkingHours, 120),
        card_after: limit(Clock::UrgentHours, 24 * 60),
    };
    steps(&run, &policy, &calendar)
}

#[test]
fn a_clock_escalates_step_by_step() {
    let steps = monday(&[]);
    // The last quarter of eight working hours is two of them.
    assert_eq!(steps.due_soon_at, Some(at("23T16:00")));
    assert_eq!(steps.due, Due::At(at("23T18:00")));
    assert_eq!((steps.remind_at, steps.card_at), (Some(at("24T10:00")), Some(at("24T18:00"))));
    let expected = [
        ("23T08:00", Urgency::OnTime, Some("23T16:00")),
        ("23T16:00", Urgency::DueSoon, Some("23T18:00")),
        ("23T18:00", Urgency::Overdue, Some("24T10:00")),
        ("24T10:00", Urgency::Remind, Some("24T18:00")),
        ("24T18:00", Urgency::Card, None),
    ];
    for (now, urgency, next) in expected {
        let now = at(now);
        assert_eq!((steps.urgency(now), steps.next_after(now).map(|step| step.0)), (urgency, next.map(at)));
        assert!(steps.urgency(now.plus_ms(-1)) < urgency || urgency == Urgency::OnTime);
    }
}

#[test]
fn a_list_that_nobody_took_shows_as_that() {
    let steps = monday(&[]);
    assert_eq!(steps.accept_urgency(at("23T16:00")), Urgency::DueSoon);
    assert_eq!(steps.accept_urgency(at("23T18:00")), Urgency::NobodyTookIt);
    assert_eq!(steps.accept_urgency(at("24T18:00")), Urgency::NobodyTookIt);
}

#[test]
fn a_pause_after_the_due_instant_puts_off_reminder_and_card() {
    let day = Pause { from: at("24T00:00"), to: Some(at("25T00:00")) };
    let steps = monday(&[day]);
    assert_eq!(steps.due, Due::At(at("23T18:00")));
    assert_eq!((steps.remind_at, steps.card_at), (Some(at("25T10:00")), Some(at("25T18:00"))));
    let lasting = Pause { from: at("23T17:00"), to: None };
    let steps = monday(&[lasting]);
    assert_eq!(steps.due, Due::Paused { left_ms: 3_600_000 });
    assert_eq!((steps.urgency(at("30T00:00")), steps.remind_at, steps.card_at), (Urgency::DueSoon, None, None));
}

#[test]
fn natural_days_are_due_soon_in_the_last_quarter_of_their_days() {
    let calendar = Calendar::built_in().index();
    let policy = EscalationPolicy::default();
    let soon = |start, amount| {
        let limit = Limit { clock: Clock::NaturalDays, amount };
        steps(&Run::of(at(start), limit, &calendar, &[]).unwrap(), &policy, &calendar)
    };
    assert_eq!(soon("23T10:00", 3).due_soon_at, Some(at("26T00:00")));
    assert_eq!(soon("23T10:00", 3).due, Due::At(at("27T00:00")));
    // A limit until tonight that starts in its last quarter is due soon at once.
    assert_eq!(soon("23T20:00", 0).due_soon_at, Some(at("23T20:00")));
}

#[test]
fn policies_decide_how_much_is_due_soon() {
    let calendar = Calendar::built_in().index();
    let part = |due_soon_percent, amount_ms| {
        let run = Run { start: at("23T08:00"), clock: Clock::UrgentHours, amount_ms, pauses: &[] };
        steps(&run, &EscalationPolicy { due_soon_percent, ..EscalationPolicy::default() }, &calendar).due_soon_at
    };
    assert_eq!(part(0, 3_600_000), None);
    assert_eq!((part(100, 3_600_000), part(255, 3_600_000)), (Some(at("23T08:00")), Some(at("23T08:00"))));
    assert_eq!(part(25, i64::MAX), None);
}

#[test]
fn a_policy_survives_cbor_and_json() {
    let policy = EscalationPolicy { card_after: limit(Clock::WorkingDays, 1), ..EscalationPolicy::default() };
    let bytes = minicbor::to_vec(policy).unwrap();
    assert_eq!(minicbor::decode::<EscalationPolicy>(&bytes).unwrap(), policy);
    let json = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<EscalationPolicy>(&json).unwrap(), policy);
    assert!(serde_json::from_str::<EscalationPolicy>(&json.replace("card_after", "card")).is_err());
}
