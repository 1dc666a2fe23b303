use super::*;
use crate::time::{HOUR_MS, MINUTE_MS, Timestamp};

fn calendar(json: &str) -> Calendar {
    serde_json::from_str(json).unwrap()
}

fn hours_on(index: &CalendarIndex, date: &str) -> i64 {
    index.day(super::index::day_number(date.parse().unwrap())).working_ms / HOUR_MS
}

/// Two timetables with different day lengths, so that a wrong one shows.
const SUMMER: &str = r#"{"code":"c","name":"n","offset_minutes":480,"periods":[
    {"from":"10-01","working":[["08:00","12:00"],["14:00","18:00"]]},
    {"name":"夏令作息","from":"05-01","working":[["08:00","12:00"],["15:00","18:00"]]},
    {"from":"2026-05-11","working":[["07:00","13:00"]]}]}"#;

#[test]
fn built_in_calendar_has_no_fault_and_survives_json() {
    let built_in = Calendar::built_in();
    assert_eq!(built_in.check(), []);
    assert_eq!(calendar(&serde_json::to_string(&built_in).unwrap()), built_in);
    assert_eq!((built_in.holidays.len(), built_in.workdays.len()), (33, 6));
}

#[test]
fn built_in_calendar_works_on_adjusted_days_and_rests_on_holidays() {
    let index = Calendar::built_in().index();
    let hours = |date| hours_on(&index, date);
    assert_eq!((hours("2026-11-23"), hours("2026-11-22")), (8, 0));
    assert_eq!((hours("2026-10-07"), hours("2026-10-10"), hours("2026-10-11")), (0, 8, 0));
    // Every adjusted workday of 2026 is a weekend day, or it would be none.
    for date in Calendar::built_in().workdays {
        let day = index.day(super::index::day_number(date));
        assert_eq!(day.kind, DayKind::AdjustedWorkday, "{date}");
    }
}

#[test]
fn a_period_holds_until_another_begins() {
    let index = calendar(SUMMER).index();
    let hours = |date| hours_on(&index, date);
    assert_eq!((hours("2025-04-30"), hours("2025-05-01")), (8, 7));
    assert_eq!((hours("2025-09-30"), hours("2025-10-01")), (7, 8));
    // One date in 2026 begins a third timetable, which the yearly October one ends.
    assert_eq!((hours("2026-05-08"), hours("2026-05-11"), hours("2026-09-30")), (7, 6, 6));
    assert_eq!((hours("2026-10-01"), hours("2027-05-11")), (8, 7));
    // The first day covered is under the timetable that began the year before.
    assert_eq!(hours("1970-01-01"), 8);
}

#[test]
fn one_date_wins_over_a_day_of_every_year_and_the_earliest_holds_before_any_began() {
    let text = r#"{"code":"c","name":"n","offset_minutes":0,"periods":[
        {"from":"2026-05-01","working":[["08:00","09:00"]]},
        {"from":"05-01","working":[["08:00","10:00"]]}]}"#;
    let index = calendar(text).index();
    assert_eq!((hours_on(&index, "2026-04-30"), hours_on(&index, "2026-05-01")), (2, 1));
    assert_eq!(hours_on(&index, "2027-05-03"), 2);
    let dated = r#"{"code":"c","name":"n","offset_minutes":0,"periods":[
        {"from":"2027-05-01","working":[["08:00","10:00"]]},
        {"from":"2026-05-01","working":[["08:00","09:00"]]}]}"#;
    assert_eq!(hours_on(&calendar(dated).index(), "2020-01-01"), 1);
}

#[test]
fn working_time_is_reached_at_the_earliest_instant() {
    let index = Calendar::built_in().index();
    let noon = Timestamp::from_rfc3339("2026-11-23T12:00:00+08:00").unwrap();
    let lunch = Timestamp::from_rfc3339("2026-11-23T13:30:00+08:00").unwrap();
    let spent = index.working_ms_before(lunch);
    assert_eq!(spent, index.working_ms_before(noon));
    assert_eq!(index.reach_working_ms(spent), Some(noon));
    assert_eq!(index.reach_working_ms(spent + 1), Some(noon.plus_ms(2 * HOUR_MS + 1)));
    assert_eq!(index.reach_working_ms(0), None);
    let all = index.working_ms_before(Timestamp::MAX);
    let last = Timestamp::from_rfc3339("2099-12-31T18:00:00+08:00").unwrap();
    assert_eq!((index.reach_working_ms(all), index.reach_working_ms(all + 1)), (Some(last), None));
    assert_eq!(index.working_ms_before(Timestamp::MIN), 0);
}

#[test]
fn every_fault_names_its_place() {
    let faults = |text: &str| -> Vec<(String, &str)> {
        calendar(text).check().into_iter().map(|fault| (fault.path, fault.code.as_str())).collect()
    };
    let at = |path: &str, code| (path.to_owned(), code);
    assert_eq!(
        faults(
            r#"{"code":"c","name":" ","offset_minutes":841,"periods":[
            {"from":"02-29","working":[]},
            {"from":"05-01","working":[["12:00","08:00"],["14:00","18:00"],["17:00","19:00"]]},
            {"from":"05-01","working":[["08:00","08:00"]]},
            {"from":"1969-05-01","working":[["08:00","24:00"]]}],
            "holidays":["2026-01-02","2026-01-01","2026-01-01"],"workdays":["2026-01-01","2100-01-01"]}"#
        ),
        [
            at("name", "name_missing"),
            at("offset_minutes", "offset_out_of_range"),
            at("periods[0].from", "leap_day"),
            at("periods[0].working", "no_working_time"),
            at("periods[1].working[0]", "span_reversed"),
            at("periods[1].working[2]", "span_overlap"),
            at("periods[2].from", "period_start_twice"),
            at("periods[2].working[0]", "span_reversed"),
            at("periods[3].from", "date_out_of_range"),
            at("holidays[1]", "dates_unsorted"),
            at("holidays[2]", "date_twice"),
            at("workdays[1]", "date_out_of_range"),
            at("workdays[0]", "date_both"),
        ]
    );
    assert_eq!(
        faults(r#"{"code":"c","name":"n","offset_minutes":0,"periods":[]}"#),
        [at("periods", "no_working_time")]
    );
    let mut long = Calendar::built_in();
    long.periods[0].working = vec![long.periods[0].working[0]; 9];
    long.holidays = vec![long.holidays[0]; 4_001];
    let codes: Vec<_> = long.check().iter().map(|fault| (fault.path.clone(), fault.code.as_str())).collect();
    assert_eq!(codes, [at("periods[0].working", "too_many_entries"), at("holidays", "too_many_entries")]);
}

#[test]
fn unknown_fields_and_impossible_times_are_refused() {
    let refused = |from: &str, to: &str| {
        let text = SUMMER.replace(from, to);
        assert_ne!(text, SUMMER);
        assert!(serde_json::from_str::<Calendar>(&text).is_err(), "{to}");
    };
    refused(r#""name":"n""#, r#""name":"n","timezone":"PRC""#);
    refused("12:00", "24:01");
    refused("12:00", "9:00");
    refused("12:00", "12:60");
    refused("10-01", "13-01");
    refused("2026-05-11", "2026-02-30");
}

#[test]
fn wrong_calendars_still_make_an_index() {
    let mut wrong = calendar(SUMMER);
    wrong.offset_minutes = i32::MAX;
    wrong.periods = vec![wrong.periods[0].clone(); 300];
    wrong.periods[0].working.reverse();
    wrong.holidays = vec![NaiveDate::MAX, NaiveDate::MIN];
    wrong.index().working_ms_before(Timestamp::MAX);
    wrong.periods.clear();
    assert_eq!(wrong.index().reach_working_ms(1), None);
}

#[test]
fn overlapping_working_periods_count_once() {
    let mut wrong = calendar(SUMMER);
    let minutes =
        |from, to| Span { from: TimeOfDay::from_minutes(from).unwrap(), to: TimeOfDay::from_minutes(to).unwrap() };
    wrong.periods.truncate(1);
    wrong.periods[0].working = vec![minutes(120, 240), minutes(60, 180), minutes(300, 290)];
    assert_eq!(wrong.index().ordinary_workday_ms(Timestamp(0)), 180 * MINUTE_MS);
}

#[test]
fn a_newer_calendar_is_compared_day_by_day() {
    let old = Calendar::built_in();
    let mut new = old.clone();
    assert_eq!(old.index().first_changed_day(&new.index()), None);
    new.holidays.push("2027-01-01".parse().unwrap());
    new.workdays.push("2027-01-03".parse().unwrap());
    assert_eq!(old.index().first_changed_day(&new.index()), "2027-01-01".parse().ok());
    // Another timetable counts on free days too, because limits in working days that start there have its length.
    let mut new = old.clone();
    new.periods.push(calendar(SUMMER).periods[2].clone());
    new.periods[1].from = DayMark::On("2027-05-02".parse().unwrap());
    assert_eq!(old.index().first_changed_day(&new.index()), "2027-05-02".parse().ok());
}
