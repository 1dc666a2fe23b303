//! `redvest due`: when a limit is spent, reckoned in words by the same code that phones and hubs run.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use redvest_domain::calendar::Calendar;
use redvest_domain::due::{Due as Instant, Run, reckon};
use redvest_domain::event::DocumentKind;
use redvest_domain::reference::{Document, parse as parse_document};
use redvest_domain::time::{Clock, Pause, Timestamp};
use serde_json::json;

use crate::cli::Ctx;
use crate::failure::{Failure, Input};
use crate::parse::{self, Amount};

/// Most bytes of a calendar file.
const MAX_CALENDAR_BYTES: u64 = 8 << 20;

/// The clocks, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClockName {
    /// Continuous time.
    UrgentHours,
    /// Time inside working periods.
    WorkingHours,
    /// Ordinary workdays.
    WorkingDays,
    /// Local days.
    NaturalDays,
}

impl From<ClockName> for Clock {
    fn from(name: ClockName) -> Clock {
        match name {
            ClockName::UrgentHours => Clock::UrgentHours,
            ClockName::WorkingHours => Clock::WorkingHours,
            ClockName::WorkingDays => Clock::WorkingDays,
            ClockName::NaturalDays => Clock::NaturalDays,
        }
    }
}

/// Arguments of `redvest due`.
#[derive(Debug, Args)]
pub struct Due {
    /// 时钟：紧急工作时、工作时、工作日、自然日 || The clock
    #[arg(long)]
    clock: ClockName,
    /// 时长：4h、30m、1h30m 或 2d || The amount: 4h, 30m, 1h30m or 2d
    #[arg(long, value_parser = parse::amount)]
    amount: Amount,
    /// 起算时刻（当地时间或带时区） || The start, local or with its offset
    #[arg(long, value_name = "WHEN")]
    start: String,
    /// 日历文件（JSON）；不写时用内置日历 || A calendar file (JSON); else the built-in one
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// 停表时段 开始/结束，可写多次 || A stretch FROM/TO that does not count; may be repeated
    #[arg(long = "pause", value_name = "FROM/TO")]
    pauses: Vec<String>,
}

impl Due {
    pub(crate) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let calendar = self.calendar.as_deref().map_or_else(|| Ok(Calendar::built_in()), read_calendar)?;
        let offset = calendar.offset_minutes;
        let start = parse::instant(&self.start, offset)?;
        let pauses: Vec<Pause> =
            self.pauses.iter().map(|text| parse::pause(text, offset)).collect::<Result<_, Input>>()?;
        let limit = self.amount.on(self.clock.into())?;
        let index = calendar.index();
        let reckoning = reckon(start, limit, &index, &pauses);
        let left =
            ctx.now.and_then(|now| Some((now, Run::of(start, limit, &index, &pauses)?.remaining_ms(now, &index))));
        let out = ctx.out;
        let lines: Vec<_> = reckoning.lines.iter().map(|line| json!({ "zh": line.zh(), "en": line.en() })).collect();
        out.object(&json!({
            "clock": limit.clock,
            "amount": limit.amount,
            "calendar": calendar.code,
            "start": start.to_rfc3339(),
            "due": reckoning.due.at().map(Timestamp::to_rfc3339),
            "due_local": reckoning.due.at().map(|at| local(at, offset)),
            "stopped_with_ms": match reckoning.due { Instant::Paused { left_ms } => Some(left_ms), _ => None },
            "left_ms": left.map(|(_, left_ms)| left_ms),
            "steps": lines,
        }))?;
        for line in &reckoning.lines {
            out.say(&line.zh(), &line.en())?;
        }
        if let Some(at) = reckoning.due.at() {
            out.fields(&[("到期", "Due", local(at, offset)), ("日历", "Calendar", calendar.name.clone())])?;
        }
        if let Some((now, left_ms)) = left {
            let (now, span) = (local(now, offset), span(left_ms.unsigned_abs()));
            match left_ms {
                0.. => out.say(&format!("{now} 时剩 {span}。"), &format!("At {now} {span} are left."))?,
                _ => out.say(&format!("{now} 时已超期 {span}。"), &format!("At {now} it is overdue by {span}."))?,
            }
        }
        Ok(())
    }
}

fn read_calendar(path: &Path) -> Result<Calendar, Failure> {
    let bytes = crate::hub::read_capped(path, MAX_CALENDAR_BYTES)?;
    match parse_document(DocumentKind::Calendar, &bytes) {
        Ok(Document::Calendar(calendar)) => Ok(calendar),
        Ok(_) => Err(Input::new("not_a_calendar", "这不是日历文件。", "This is no calendar file.").into()),
        Err(faults) => Err(redvest_hub::orders::Denied::faulty(&faults).into()),
    }
}

/// A local date and time with its offset.
pub(crate) fn local(at: Timestamp, offset_minutes: i32) -> String {
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset_minutes.abs() / 60, offset_minutes.abs() % 60);
    let moment = at.plus_ms(i64::from(offset_minutes) * 60_000).to_utc().format("%Y-%m-%d %H:%M:%S").to_string();
    let moment = moment.strip_suffix(":00").unwrap_or(&moment);
    format!("{moment} {sign}{hours:02}:{minutes:02}")
}

/// A local date and time, for screens where the offset goes without saying.
pub(crate) fn local_short(at: Timestamp, offset_minutes: i32) -> String {
    at.plus_ms(i64::from(offset_minutes) * 60_000).to_utc().format("%Y-%m-%d %H:%M").to_string()
}

/// A span with its sign: negative is overdue.
pub(crate) fn signed_span(ms: i64) -> String {
    format!("{}{}", if ms < 0 { "-" } else { "" }, span(ms.unsigned_abs()))
}

/// Hours and minutes of a span, which are the same in both languages.
fn span(ms: u64) -> String {
    let minutes = ms / 60_000;
    match (minutes / 60, minutes % 60, ms % 60_000) {
        (0, 0, rest) => format!("{}s", rest / 1000),
        (hours, minutes, _) => format!("{hours}h{minutes:02}m"),
    }
}
