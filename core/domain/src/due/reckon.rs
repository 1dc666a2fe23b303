//! The reckoning of a due instant in words: which day gave how much, which days were free, where the clock stood.
//! It is told from the same numbers as [`super::due`]; nothing here decides anything.

use chrono::{NaiveDate, NaiveDateTime};

use super::{Dial, Due, FOREVER, Run, held};
use crate::calendar::{CalendarIndex, DayKind, date_of};
use crate::time::{Clock, DAY_MS, HOUR_MS, Limit, MINUTE_MS, Pause, Timestamp};

/// Days told one by one; of a longer reckoning the rest is summed up.
const MAX_DAYS: i64 = 62;

/// Why days in a row gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeDays {
    /// Saturday and Sunday.
    Weekend,
    /// Days that the calendar names as holidays.
    Holiday,
}

/// One step of a reckoning; days and times are local.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The clock starts with this amount.
    Starts {
        /// When.
        at: NaiveDateTime,
        /// The limit as the category has it.
        limit: Limit,
        /// The amount in ms on its own clock.
        amount_ms: i64,
    },
    /// A stretch that does not count; without `to` it still lasts.
    Stands {
        /// When the clock stopped.
        from: NaiveDateTime,
        /// When it went on.
        to: Option<NaiveDateTime>,
    },
    /// A day that gave some time.
    Counts {
        /// The day.
        date: NaiveDate,
        /// Whether it is a weekend day that is worked (调休).
        adjusted: bool,
        /// What it gave, in ms.
        spent_ms: i64,
        /// What was left after it, in ms.
        left_ms: i64,
    },
    /// A day that gave nothing because the clock stood.
    Stood {
        /// The day.
        date: NaiveDate,
    },
    /// Days in a row that are not worked.
    Free {
        /// The first of them.
        from: NaiveDate,
        /// The last of them.
        to: NaiveDate,
        /// Why.
        why: FreeDays,
    },
    /// Days that are not told one by one.
    Further {
        /// How many.
        days: i64,
    },
    /// The amount is spent.
    Ends {
        /// When.
        at: NaiveDateTime,
    },
    /// A pause that still lasts keeps the rest.
    Waits {
        /// The rest in ms on its own clock.
        left_ms: i64,
    },
    /// The calendar ends before the amount is spent.
    Endless,
}

/// A due instant with the steps that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reckoning {
    /// The result, the same as [`super::due`] gives.
    pub due: Due,
    /// The steps, from start to end.
    pub lines: Vec<Line>,
}

/// Reckons a limit step by step; for people, who see the same result as [`super::due`].
pub fn reckon(start: Timestamp, limit: Limit, calendar: &CalendarIndex, pauses: &[Pause]) -> Reckoning {
    let start = held(start);
    let local = |at: Timestamp| Timestamp(at.0.saturating_add(calendar.offset_ms())).to_utc().naive_utc();
    let Some(run) = Run::of(start, limit, calendar, pauses) else {
        return Reckoning { due: Due::Never, lines: vec![Line::Endless] };
    };
    let due = run.due(calendar);
    let mut lines = vec![Line::Starts { at: local(start), limit, amount_ms: run.amount_ms }];
    let plain = Dial { clock: Clock::UrgentHours, calendar };
    for (from, to) in plain.stands(pauses) {
        if to > start && due.at().is_none_or(|end| from <= end) {
            lines.push(Line::Stands { from: local(from), to: (to != FOREVER).then(|| local(to)) });
        }
    }
    let last_stand = plain.stands(pauses).last().map_or(start, |stand| stand.0);
    let last = match due {
        Due::At(end) => calendar.day_number(Timestamp(end.0 - 1)),
        Due::Paused { .. } => calendar.day_number(last_stand),
        Due::Never => calendar.day_number(start) - 1,
    };
    tell_days(&run, calendar, last, &mut lines);
    lines.push(match due {
        Due::At(at) => Line::Ends { at: local(at) },
        Due::Paused { left_ms } => Line::Waits { left_ms },
        Due::Never => Line::Endless,
    });
    Reckoning { due, lines }
}

fn tell_days(run: &Run<'_>, calendar: &CalendarIndex, last: i64, lines: &mut Vec<Line>) {
    let first = calendar.day_number(run.start);
    let told = last.min(first.saturating_add(MAX_DAYS - 1));
    let mut before = 0;
    for number in first..=told {
        let Some(date) = date_of(number) else { return };
        let after = run.spent_ms(calendar.day_start(number + 1), calendar).min(run.amount_ms);
        let (spent_ms, left_ms) = (after - before, run.amount_ms - after);
        before = after;
        let kind = calendar.day(number).kind;
        let worked = matches!(kind, DayKind::Workday | DayKind::AdjustedWorkday)
            || matches!(run.clock, Clock::UrgentHours | Clock::NaturalDays);
        if spent_ms > 0 {
            let adjusted = worked && kind == DayKind::AdjustedWorkday && is_working_clock(run.clock);
            lines.push(Line::Counts { date, adjusted, spent_ms, left_ms });
        } else if !worked {
            let why = if kind == DayKind::Holiday { FreeDays::Holiday } else { FreeDays::Weekend };
            match lines.last_mut() {
                Some(Line::Free { to, why: same, .. }) if *same == why => *to = date,
                _ => lines.push(Line::Free { from: date, to: date, why }),
            }
        } else if number > first || is_stopped(run, calendar, number) {
            // A start after the day's work gives nothing and needs no word.
            lines.push(Line::Stood { date });
        }
    }
    if last > told {
        lines.push(Line::Further { days: last - told });
    }
}

fn is_working_clock(clock: Clock) -> bool {
    matches!(clock, Clock::WorkingHours | Clock::WorkingDays)
}

/// Whether a pause touches this local day.
fn is_stopped(run: &Run<'_>, calendar: &CalendarIndex, number: i64) -> bool {
    let (from, to) = (calendar.day_start(number), calendar.day_start(number + 1));
    run.pauses.iter().any(|pause| pause.from < to && pause.to.is_none_or(|end| end > from && end > pause.from))
}

impl Line {
    /// The step in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Line::Starts { at, limit, amount_ms } => {
                format!("{}起算，期限 {}。", moment(at), amount_zh(*limit, *amount_ms))
            }
            Line::Stands { from, to: Some(to) } => format!("{} 至 {} 停表，不计时。", moment(from), moment(to)),
            Line::Stands { from, to: None } => format!("{} 起停表，至今未恢复。", moment(from)),
            Line::Counts { date, adjusted, spent_ms, left_ms } => {
                let why = if *adjusted { "（调休上班）" } else { "" };
                format!("{date}{why}：计 {}，剩 {}。", span_zh(*spent_ms), span_zh(*left_ms))
            }
            Line::Stood { date } => format!("{date}：停表，不计。"),
            Line::Free { from, to, why } => {
                let why = if *why == FreeDays::Holiday { "节假日" } else { "周末" };
                if from == to {
                    format!("{from}：{why}，不计。")
                } else {
                    format!("{from} 至 {to}：{why}，不计。")
                }
            }
            Line::Further { days } => format!("其后 {days} 天从略。"),
            Line::Ends { at } => format!("{} 到期。", end_moment(at)),
            Line::Waits { left_ms } => format!("停表中，剩 {}。", span_zh(*left_ms)),
            Line::Endless => "日历范围内不会到期，请检查日历的工作时段。".to_owned(),
        }
    }

    /// The step in English.
    pub fn en(&self) -> String {
        match self {
            Line::Starts { at, limit, amount_ms } => {
                format!("Starts {} with {}.", moment(at), amount_en(*limit, *amount_ms))
            }
            Line::Stands { from, to: Some(to) } => format!("Stands from {} to {}.", moment(from), moment(to)),
            Line::Stands { from, to: None } => format!("Stands since {}.", moment(from)),
            Line::Counts { date, adjusted, spent_ms, left_ms } => {
                let why = if *adjusted { " (adjusted workday)" } else { "" };
                format!("{date}{why}: {} counted, {} left.", span_en(*spent_ms), span_en(*left_ms))
            }
            Line::Stood { date } => format!("{date}: stands, nothing counted."),
            Line::Free { from, to, why } => {
                let why = if *why == FreeDays::Holiday { "holiday" } else { "weekend" };
                if from == to { format!("{from}: {why}.") } else { format!("{from} to {to}: {why}.") }
            }
            Line::Further { days } => format!("{days} further days."),
            Line::Ends { at } => format!("Due {}.", end_moment(at)),
            Line::Waits { left_ms } => format!("Stands with {} left.", span_en(*left_ms)),
            Line::Endless => "Not due within the calendar: check the working hours of the calendar.".to_owned(),
        }
    }
}

/// A local time with seconds only where there are any.
fn moment(at: &NaiveDateTime) -> String {
    let ms = at.and_utc().timestamp_millis().rem_euclid(MINUTE_MS);
    at.format(if ms == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S%.f" }).to_string()
}

/// A local end: midnight is the 24:00 of the day that ends.
fn end_moment(at: &NaiveDateTime) -> String {
    let ms = at.and_utc().timestamp_millis();
    match date_of(ms.div_euclid(DAY_MS) - 1) {
        Some(day) if ms.rem_euclid(DAY_MS) == 0 => format!("{day} 24:00"),
        _ => moment(at),
    }
}

fn amount_zh(limit: Limit, amount_ms: i64) -> String {
    match limit.clock {
        Clock::UrgentHours => format!("紧急工作时 {}", span_zh(amount_ms)),
        Clock::WorkingHours => format!("工作时 {}", span_zh(amount_ms)),
        Clock::WorkingDays => format!("{} 个工作日（{}）", limit.amount, span_zh(amount_ms)),
        Clock::NaturalDays => format!("{} 个自然日（当日整天计入）", limit.amount),
    }
}

fn amount_en(limit: Limit, amount_ms: i64) -> String {
    match limit.clock {
        Clock::UrgentHours => format!("{} of urgent hours", span_en(amount_ms)),
        Clock::WorkingHours => format!("{} of working hours", span_en(amount_ms)),
        Clock::WorkingDays => format!("{} working days ({})", limit.amount, span_en(amount_ms)),
        Clock::NaturalDays => format!("{} natural days (the first day counts whole)", limit.amount),
    }
}

fn span_zh(ms: i64) -> String {
    span(ms, [" 小时", " 分", " 秒", " 毫秒"], "0 分")
}

fn span_en(ms: i64) -> String {
    span(ms, [" h", " min", " s", " ms"], "0 min")
}

/// Hours, minutes, seconds and ms, each only where it is not zero.
fn span(ms: i64, units: [&str; 4], nothing: &str) -> String {
    let numbers = [ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS, ms % MINUTE_MS / 1000, ms % 1000];
    let parts: Vec<String> = numbers
        .iter()
        .zip(units)
        .filter(|(number, _)| **number != 0)
        .map(|(number, unit)| format!("{number}{unit}"))
        .collect();
    if parts.is_empty() { nothing.to_owned() } else { parts.join(" ") }
}
