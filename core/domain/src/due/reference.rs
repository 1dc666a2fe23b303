//! `due` against a slow reference that knows none of its ideas: it steps from each minute, pause edge or midnight to
//! the next, and asks the calendar document itself whether that little stretch counts.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Weekday};
use proptest::prelude::*;

use super::*;
use crate::calendar::{Calendar, DayMark, Season, Span, TimeOfDay};
use crate::time::HOUR_MS;

/// How far the reference looks: beyond it says that it does not know.
const HORIZON_MS: i64 = 40 * DAY_MS;

fn local(at: i64, calendar: &Calendar) -> NaiveDateTime {
    DateTime::from_timestamp_millis(at + i64::from(calendar.offset_minutes) * MINUTE_MS).unwrap().naive_utc()
}

/// The timetable in force, by the rule as the document states it.
fn in_force(calendar: &Calendar, at: NaiveDateTime) -> &Season {
    let began = |season: &&Season| {
        let dated = matches!(season.from, DayMark::On(_));
        let years = (at.year() - 1..=at.year()).rev();
        let last = years.filter_map(|year| season.from.in_year(year)).find(|date| *date <= at.date());
        match season.from {
            DayMark::On(date) => (date <= at.date()).then_some((date, dated)),
            DayMark::Yearly { .. } => last.map(|date| (date, dated)),
        }
    };
    let begun = calendar.periods.iter().filter(|season| began(season).is_some()).max_by_key(began);
    begun.unwrap_or_else(|| calendar.periods.iter().min_by_key(|season| season.from.to_string()).unwrap())
}

fn is_working(calendar: &Calendar, at: i64) -> bool {
    let at = local(at, calendar);
    let weekend = matches!(at.weekday(), Weekday::Sat | Weekday::Sun);
    let worked = !calendar.holidays.contains(&at.date()) && (!weekend || calendar.workdays.contains(&at.date()));
    let minute = (at.hour() * 60 + at.minute()) as u16;
    worked && in_force(calendar, at).working.iter().any(|s| s.from.minutes() <= minute && minute < s.to.minutes())
}

fn is_paused(pauses: &[Pause], at: i64) -> bool {
    pauses.iter().any(|pause| pause.from.0 <= at && pause.to.is_none_or(|to| at < to.0))
}

/// Whether the stretch that begins at `at` and holds no edge counts.
fn counts(clock: Clock, calendar: &Calendar, pauses: &[Pause], at: i64) -> bool {
    let runs = matches!(clock, Clock::UrgentHours) || is_working(calendar, at);
    runs && !is_paused(pauses, at)
}

/// The next whole minute or pause edge.
fn next_edge(at: i64, pauses: &[Pause]) -> i64 {
    let minute = (at.div_euclid(MINUTE_MS) + 1) * MINUTE_MS;
    let edges = pauses.iter().flat_map(|pause| [Some(pause.from.0), pause.to.map(|to| to.0)]).flatten();
    edges.filter(|edge| *edge > at).fold(minute, i64::min)
}

fn slow_due(start: i64, limit: Limit, calendar: &Calendar, pauses: &[Pause]) -> Option<i64> {
    let mut at = start;
    if limit.clock == Clock::NaturalDays {
        let mut closed = 0;
        while at < start + HORIZON_MS {
            at = next_edge(at, pauses);
            if local(at, calendar).num_seconds_from_midnight() == 0 && at % 1000 == 0 && !is_paused(pauses, at) {
                closed += 1;
            }
            if closed == limit.amount + 1 {
                return Some(at);
            }
        }
        return None;
    }
    let unit = match limit.clock {
        Clock::WorkingDays => {
            let season = in_force(calendar, local(start, calendar));
            season.working.iter().map(|span| i64::from(span.to.minutes() - span.from.minutes())).sum::<i64>()
        }
        _ => 1,
    };
    let mut left = i64::from(limit.amount) * unit * MINUTE_MS;
    while left > 0 && at < start + HORIZON_MS {
        let next = next_edge(at, pauses);
        if counts(limit.clock, calendar, pauses, at) {
            if next - at >= left {
                return Some(at + left);
            }
            left -= next - at;
        }
        at = next;
    }
    (left == 0).then_some(at)
}

fn slow_spent(start: i64, until: i64, clock: Clock, calendar: &Calendar, pauses: &[Pause]) -> i64 {
    let (mut at, mut spent) = (start, 0);
    while at < until {
        let next = next_edge(at, pauses).min(until);
        if counts(clock, calendar, pauses, at) {
            spent += next - at;
        }
        at = next;
    }
    spent
}

/// The generated worlds lie around National Day 2026, where holidays, adjusted days and weekends meet.
fn around() -> i64 {
    Timestamp::from_rfc3339("2026-09-28T00:00:00Z").unwrap().0
}

fn season() -> impl Strategy<Value = Season> {
    let from = prop_oneof![
        (9u8..=10, 1u8..=28).prop_map(|(month, day)| DayMark::Yearly { month, day }),
        (0i64..30).prop_map(|day| DayMark::On(local_day(day))),
        Just(DayMark::Yearly { month: 1, day: 1 }),
    ];
    let working = prop::collection::btree_set(0u16..=1440, 2..=6).prop_map(|minutes| {
        let minutes: Vec<TimeOfDay> = minutes.into_iter().filter_map(TimeOfDay::from_minutes).collect();
        minutes.chunks_exact(2).map(|pair| Span { from: pair[0], to: pair[1] }).collect()
    });
    (from, working).prop_map(|(from, working)| Season { name: String::new(), from, working })
}

fn local_day(number: i64) -> chrono::NaiveDate {
    DateTime::from_timestamp_millis(around() + number * DAY_MS).unwrap().date_naive()
}

fn world() -> impl Strategy<Value = Calendar> {
    let dates = || prop::collection::btree_set(0i64..40, 0..12);
    (-720i32..=840, prop::collection::vec(season(), 1..4), dates(), dates()).prop_map(
        |(offset_minutes, mut periods, holidays, workdays)| {
            // Two timetables from the same mark are a fault, whose result is not promised.
            periods.sort_by_key(|season| season.from.to_string());
            periods.dedup_by_key(|season| season.from);
            let date = |day: &i64| local_day(*day);
            Calendar {
                offset_minutes,
                periods,
                workdays: workdays.difference(&holidays).map(date).collect(),
                holidays: holidays.iter().map(date).collect(),
                ..Calendar::built_in()
            }
        },
    )
}

/// Any ms, but often a whole hour, because borders are where clocks go wrong.
fn instant() -> impl Strategy<Value = i64> {
    prop_oneof![
        (0i64..12 * DAY_MS).prop_map(|ms| around() + ms),
        (0i64..12 * 48).prop_map(|half_hours| around() + half_hours * (HOUR_MS / 2)),
    ]
}

fn pauses() -> impl Strategy<Value = Vec<Pause>> {
    let pause = (instant(), prop::option::weighted(0.9, instant()))
        .prop_map(|(from, to)| Pause { from: Timestamp(from), to: to.map(Timestamp) });
    prop::collection::vec(pause, 0..4)
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (0u32..5_000).prop_map(|amount| Limit { clock: Clock::UrgentHours, amount }),
        (0u32..3_000).prop_map(|amount| Limit { clock: Clock::WorkingHours, amount }),
        (0u32..8).prop_map(|amount| Limit { clock: Clock::WorkingDays, amount }),
        (0u32..10).prop_map(|amount| Limit { clock: Clock::NaturalDays, amount }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn due_equals_the_slow_reference(
        calendar in world(), start in instant(), limit in limit(), pauses in pauses(),
    ) {
        let index = calendar.index();
        let found = due(Timestamp(start), limit, &index, &pauses);
        match (slow_due(start, limit, &calendar, &pauses), found) {
            (Some(slow), _) => prop_assert_eq!(found, Due::At(Timestamp(slow))),
            (None, Due::At(at)) => prop_assert!(at.0 > start + HORIZON_MS - DAY_MS, "{at:?}"),
            (None, Due::Paused { left_ms }) => {
                // What is left is the amount less what the reference counts until the pause holds for good.
                let run = Run::of(Timestamp(start), limit, &index, &pauses).unwrap();
                if limit.clock != Clock::NaturalDays {
                    let spent = slow_spent(start, start + HORIZON_MS, limit.clock, &calendar, &pauses);
                    prop_assert_eq!(left_ms, run.amount_ms - spent);
                }
                prop_assert!(0 < left_ms && left_ms <= run.amount_ms);
            }
            (None, Due::Never) => prop_assert!(false, "a calendar with working time is never without an end"),
        }
    }

    #[test]
    fn spent_equals_the_slow_reference(
        calendar in world(), start in instant(), until in instant(), pauses in pauses(),
        clock in prop::sample::select(vec![Clock::UrgentHours, Clock::WorkingHours]),
    ) {
        let fast = spent_ms(Timestamp(start), Timestamp(until), clock, &calendar.index(), &pauses);
        prop_assert_eq!(fast, slow_spent(start, until, clock, &calendar, &pauses));
    }

    #[test]
    fn due_is_the_earliest_instant_at_which_nothing_remains(
        calendar in world(), start in instant(), limit in limit(), pauses in pauses(), probe in instant(),
    ) {
        let index = calendar.index();
        let start = Timestamp(start);
        let left = |until: Timestamp| remaining_ms(start, until, limit, &index, &pauses).unwrap();
        let overdue = left(Timestamp(probe).max(start)) <= 0;
        match due(start, limit, &index, &pauses) {
            Due::At(at) => {
                prop_assert_eq!(left(at), 0);
                prop_assert!(at == start || left(at.plus_ms(-1)) == 1);
                prop_assert_eq!(overdue, Timestamp(probe).max(start) >= at);
            }
            Due::Paused { left_ms } => {
                prop_assert!(!overdue);
                prop_assert_eq!(left(Timestamp::MAX), left_ms);
            }
            Due::Never => prop_assert!(!overdue),
        }
    }

    #[test]
    fn order_and_overlap_of_pauses_change_nothing(
        calendar in world(), start in instant(), limit in limit(), pauses in pauses(),
    ) {
        let index = calendar.index();
        let mut doubled = pauses.clone();
        doubled.reverse();
        doubled.extend(&pauses);
        let due_with = |pauses: &[Pause]| due(Timestamp(start), limit, &index, pauses);
        prop_assert_eq!(due_with(&pauses), due_with(&doubled));
    }

    #[test]
    fn reckoning_agrees_and_adds_up(
        calendar in world(), start in instant(), limit in limit(), pauses in pauses(),
    ) {
        let index = calendar.index();
        let told = reckon(Timestamp(start), limit, &index, &pauses);
        prop_assert_eq!(told.due, due(Timestamp(start), limit, &index, &pauses));
        let run = Run::of(Timestamp(start), limit, &index, &pauses).unwrap();
        let days: i64 =
            told.lines.iter().map(|line| if let Line::Counts { spent_ms, .. } = line { *spent_ms } else { 0 }).sum();
        match told.due {
            _ if told.lines.iter().any(|line| matches!(line, Line::Further { .. })) => {}
            Due::Paused { left_ms } => prop_assert_eq!(days, run.amount_ms - left_ms),
            _ => prop_assert_eq!(days, run.amount_ms),
        }
    }

    #[test]
    fn no_input_panics(
        start: i64, amount: u32, from: i64, to: Option<i64>, until: i64, offset_minutes: i32,
        clock in prop::sample::select(
            vec![Clock::UrgentHours, Clock::WorkingHours, Clock::WorkingDays, Clock::NaturalDays]),
    ) {
        let index = Calendar { offset_minutes, ..Calendar::built_in() }.index();
        let pauses = [Pause { from: Timestamp(from), to: to.map(Timestamp) }];
        let limit = Limit { clock, amount };
        reckon(Timestamp(start), limit, &index, &pauses);
        remaining_ms(Timestamp(start), Timestamp(until), limit, &index, &pauses);
    }
}
