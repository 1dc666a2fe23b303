//! One test for each sentence of the law of clocks, on the calendar that a workspace begins with.

use super::*;
use crate::calendar::Calendar;
use crate::time::HOUR_MS;

/// An instant of 2026 in local time, such as `11-23T14:00`; seconds may follow.
fn at(text: &str) -> Timestamp {
    let seconds = if text.len() == 11 { ":00" } else { "" };
    Timestamp::from_rfc3339(&format!("2026-{text}{seconds}+08:00")).unwrap()
}

fn pause(from: &str, to: &str) -> Pause {
    Pause { from: at(from), to: Some(at(to)) }
}

fn reckoned(start: &str, clock: Clock, amount: u32, pauses: &[Pause]) -> Due {
    due(at(start), Limit { clock, amount }, &Calendar::built_in().index(), pauses)
}

#[track_caller]
fn check(start: &str, clock: Clock, amount: u32, pauses: &[Pause], expected: &str) {
    assert_eq!(reckoned(start, clock, amount, pauses), Due::At(at(expected)));
}

#[test]
fn urgent_hours_run_through_nights_and_holidays() {
    check("09-30T23:00", Clock::UrgentHours, 120, &[], "10-01T01:00");
    // One urgent day is 24 hours.
    check("10-01T09:30", Clock::UrgentHours, 24 * 60, &[], "10-02T09:30");
}

#[test]
fn working_hours_are_spent_inside_working_periods() {
    check("11-23T11:00", Clock::WorkingHours, 120, &[], "11-23T15:00");
    // Friday evening to Monday.
    check("11-27T17:00", Clock::WorkingHours, 120, &[], "11-30T09:00");
}

#[test]
fn amount_is_spent_at_the_earliest_instant() {
    check("11-23T14:00", Clock::WorkingHours, 4 * 60, &[], "11-23T18:00");
    check("11-23T08:00", Clock::WorkingHours, 4 * 60, &[], "11-23T12:00");
}

#[test]
fn start_outside_working_time_begins_with_the_next_period() {
    check("11-23T12:30", Clock::WorkingHours, 1, &[], "11-23T14:01");
    check("11-22T03:00", Clock::WorkingHours, 60, &[], "11-23T09:00");
    check("11-23T18:00", Clock::WorkingHours, 60, &[], "11-24T09:00");
}

#[test]
fn milliseconds_are_kept() {
    check("11-23T17:59:59.999", Clock::WorkingHours, 1, &[], "11-24T08:00:59.999");
    check("11-23T10:00:00.001", Clock::UrgentHours, 1, &[], "11-23T10:01:00.001");
}

#[test]
fn working_days_are_that_many_ordinary_workdays() {
    check("11-23T10:00", Clock::WorkingDays, 1, &[], "11-24T10:00");
    check("11-23T08:00", Clock::WorkingDays, 1, &[], "11-23T18:00");
    // Holidays of 1 to 7 October are skipped.
    check("09-30T10:00", Clock::WorkingDays, 1, &[], "10-08T10:00");
}

#[test]
fn adjusted_workdays_are_worked() {
    check("10-09T17:00", Clock::WorkingHours, 120, &[], "10-10T09:00");
    check("10-10T17:00", Clock::WorkingHours, 120, &[], "10-12T09:00");
}

#[test]
fn ordinary_workday_is_the_one_in_force_at_the_start() {
    let mut calendar = Calendar::built_in();
    let text = r#"[{"from":"10-01","working":[["08:00","12:00"],["14:00","18:00"]]},
        {"from":"05-01","working":[["08:00","12:00"],["15:00","18:00"]]}]"#;
    calendar.periods = serde_json::from_str(text).unwrap();
    let index = calendar.index();
    let days = |start, amount| due(at(start), Limit { clock: Clock::WorkingDays, amount }, &index, &[]);
    // Two summer days are 14 hours: seven on Wednesday, the rest in the first autumn day after the holiday.
    assert_eq!(days("09-30T08:00", 2), Due::At(at("10-08T17:00")));
    // The start's local day decides, though it is a holiday.
    assert_eq!(days("10-01T00:00", 1), Due::At(at("10-08T18:00")));
    assert_eq!(days("09-30T23:59", 1), Due::At(at("10-08T17:00")));
}

#[test]
fn natural_days_end_with_the_nth_day_after() {
    check("11-23T10:00", Clock::NaturalDays, 1, &[], "11-25T00:00");
    check("11-23T00:00", Clock::NaturalDays, 1, &[], "11-25T00:00");
    check("11-23T23:59:59.999", Clock::NaturalDays, 0, &[], "11-24T00:00");
    check("09-30T12:00", Clock::NaturalDays, 3, &[], "10-04T00:00");
}

#[test]
fn time_inside_a_pause_is_not_spent() {
    check("11-23T08:00", Clock::UrgentHours, 120, &[pause("11-23T09:00", "11-23T11:00")], "11-23T12:00");
    check("11-23T08:00", Clock::WorkingHours, 240, &[pause("11-23T11:00", "11-23T15:00")], "11-23T16:00");
    // A pause outside working time takes nothing.
    check("11-23T17:00", Clock::WorkingHours, 120, &[pause("11-23T18:00", "11-24T08:00")], "11-24T09:00");
    // A pause that begins when the amount is spent comes too late.
    check("11-23T14:00", Clock::WorkingHours, 240, &[pause("11-23T18:00", "11-30T08:00")], "11-23T18:00");
    // A start inside a pause begins when it ends.
    check("11-23T09:00", Clock::UrgentHours, 60, &[pause("11-23T08:00", "11-23T10:00")], "11-23T11:00");
}

#[test]
fn overlapping_pauses_count_once_and_reversed_ones_not_at_all() {
    let pauses = [
        pause("11-23T10:00", "11-23T11:00"),
        pause("11-23T09:00", "11-23T10:30"),
        pause("11-23T09:00", "11-23T08:30"),
        pause("11-23T09:15", "11-23T09:15"),
    ];
    check("11-23T08:00", Clock::UrgentHours, 120, &pauses, "11-23T12:00");
}

#[test]
fn each_local_midnight_inside_a_pause_moves_natural_days_by_one() {
    let natural = |from, to, expected| check("11-23T10:00", Clock::NaturalDays, 1, &[pause(from, to)], expected);
    natural("11-23T12:00", "11-23T23:59", "11-25T00:00");
    natural("11-23T12:00", "11-24T00:00", "11-25T00:00");
    natural("11-23T12:00", "11-24T00:00:00.001", "11-26T00:00");
    natural("11-24T00:00", "11-24T00:00:00.001", "11-26T00:00");
    natural("11-23T12:00", "11-26T12:00", "11-28T00:00");
    // The midnight before the start's day is past.
    natural("11-22T12:00", "11-23T11:00", "11-25T00:00");
    // The last midnight moves too.
    natural("11-25T00:00", "11-25T01:00", "11-26T00:00");
}

#[test]
fn pause_that_still_lasts_keeps_the_rest() {
    let open = |from: &str| [Pause { from: at(from), to: None }];
    let paused = |left_ms| Due::Paused { left_ms };
    assert_eq!(reckoned("11-23T08:00", Clock::UrgentHours, 180, &open("11-23T09:00")), paused(2 * HOUR_MS));
    assert_eq!(reckoned("11-23T08:00", Clock::WorkingDays, 1, &open("11-23T13:00")), paused(4 * HOUR_MS));
    assert_eq!(reckoned("11-23T10:00", Clock::NaturalDays, 2, &open("11-24T09:00")), paused(2 * DAY_MS));
    assert_eq!(reckoned("11-23T10:00", Clock::NaturalDays, 2, &open("11-20T09:00")), paused(3 * DAY_MS));
    // It stops nothing that was spent before.
    check("11-23T08:00", Clock::UrgentHours, 60, &open("11-23T09:00"), "11-23T09:00");
}

#[test]
fn what_is_never_spent_is_said_to_be_never() {
    let forever = |clock| due(Timestamp(i64::MAX), Limit { clock, amount: 1 }, &Calendar::built_in().index(), &[]);
    assert_eq!(forever(Clock::UrgentHours), Due::Never);
    assert_eq!(forever(Clock::WorkingHours), Due::Never);
    for clock in [Clock::UrgentHours, Clock::WorkingHours, Clock::WorkingDays, Clock::NaturalDays] {
        assert_eq!(reckoned("11-23T08:00", clock, u32::MAX, &[]), Due::Never, "{clock:?}");
    }
    let mut idle = Calendar::built_in();
    idle.periods.clear();
    let days = Limit { clock: Clock::WorkingDays, amount: 1 };
    assert_eq!(due(at("11-23T08:00"), days, &idle.index(), &[]), Due::Never);
}

#[test]
fn remaining_time_is_signed_and_zero_at_the_due_instant() {
    let index = Calendar::built_in().index();
    let left = |clock, until| remaining_ms(at("11-23T10:00"), at(until), Limit { clock, amount: 1 }, &index, &[]);
    assert_eq!(left(Clock::WorkingDays, "11-23T10:00"), Some(8 * HOUR_MS));
    assert_eq!(left(Clock::WorkingDays, "11-23T22:00"), Some(2 * HOUR_MS));
    assert_eq!(left(Clock::WorkingDays, "11-24T10:00"), Some(0));
    assert_eq!(left(Clock::WorkingDays, "11-25T08:00"), Some(-6 * HOUR_MS));
    assert_eq!(left(Clock::NaturalDays, "11-24T09:00"), Some(15 * HOUR_MS));
    assert_eq!(left(Clock::NaturalDays, "11-25T01:00"), Some(-HOUR_MS));
}

#[test]
fn reckoning_tells_the_days_the_holidays_and_the_pauses() {
    let index = Calendar::built_in().index();
    let limit = Limit { clock: Clock::WorkingDays, amount: 3 };
    let told = reckon(at("09-30T14:00"), limit, &index, &[pause("10-08T08:00", "10-09T00:00")]);
    assert_eq!(told.due, Due::At(at("10-12T12:00")));
    let zh: Vec<String> = told.lines.iter().map(Line::zh).collect();
    let expected = [
        "2026-09-30 14:00起算，期限 3 个工作日（24 小时）。",
        "2026-10-08 08:00 至 2026-10-09 00:00 停表，不计时。",
        "2026-09-30：计 4 小时，剩 20 小时。",
        "2026-10-01 至 2026-10-07：节假日，不计。",
        "2026-10-08：停表，不计。",
        "2026-10-09：计 8 小时，剩 12 小时。",
        "2026-10-10（调休上班）：计 8 小时，剩 4 小时。",
        "2026-10-11：周末，不计。",
        "2026-10-12：计 4 小时，剩 0 分。",
        "2026-10-12 12:00 到期。",
    ];
    assert_eq!(zh, expected);
    assert_eq!(told.lines[6].en(), "2026-10-10 (adjusted workday): 8 h counted, 4 h left.");
}

#[test]
fn long_and_stopped_reckonings_stay_short() {
    let index = Calendar::built_in().index();
    let year = reckon(at("01-01T00:00"), Limit { clock: Clock::WorkingDays, amount: 365 }, &index, &[]);
    assert!(year.lines.len() < 70, "{}", year.lines.len());
    assert!(year.lines.iter().any(|line| matches!(line, Line::Further { .. })));
    let open = [Pause { from: at("11-24T09:00"), to: None }];
    let natural = reckon(at("11-23T10:00"), Limit { clock: Clock::NaturalDays, amount: 2 }, &index, &open);
    let zh: Vec<String> = natural.lines.iter().map(Line::zh).collect();
    let expected = [
        "2026-11-23 10:00起算，期限 2 个自然日（当日整天计入）。",
        "2026-11-24 09:00 起停表，至今未恢复。",
        "2026-11-23：计 24 小时，剩 48 小时。",
        "2026-11-24：停表，不计。",
        "停表中，剩 48 小时。",
    ];
    assert_eq!(zh, expected);
    let midnight = reckon(at("11-23T10:00"), Limit { clock: Clock::NaturalDays, amount: 0 }, &index, &[]);
    assert_eq!(midnight.lines.last().map(Line::zh).as_deref(), Some("2026-11-23 24:00 到期。"));
    let never = reckon(Timestamp(i64::MIN), Limit { clock: Clock::UrgentHours, amount: u32::MAX }, &index, &open);
    assert!(never.lines.len() < 70);
}
