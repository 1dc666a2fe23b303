//! Ledgers (台账): one row for each ticket, and who is late with what.
//!
//! A row is plain data made from a ticket's state, the names outside the log, the documents in force and the time of the
//! export; the law's own functions say what is due and what is late, so a ledger never disagrees with a screen.

mod columns;
mod late;
mod write;

use std::collections::BTreeSet;

use redvest_domain::calendar::CalendarIndex;
use redvest_domain::clocks::clock_due;
use redvest_domain::event::{ClockName, Outcome, VoidReason, kind_names};
use redvest_domain::id::{CategoryCode, GridCode, MemberId};
use redvest_domain::place::Position;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::terms::Holder;
use redvest_domain::ticket::{ClockRun, Counts, Mark, Stage, Ticket};
use redvest_domain::time::{Clock, Timestamp};

use crate::custody::Verdict;
use crate::store::PhotoDoubt;

pub use self::late::{overdue, write_overdue};
pub use self::write::{LedgerError, ledger, write_ledger};
pub(super) use self::write::{csv_writer, finish_csv};

/// One ticket as a ledger shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// Short number; while there is none, the reporter's own or the ticket's id.
    pub number: String,
    /// Code of the category.
    pub category: CategoryCode,
    /// Its names in Chinese and English; empty for one that the catalogue no longer has.
    pub category_names: [String; 2],
    /// When it was reported.
    pub reported: Timestamp,
    /// The reporter's name, or the beginning of the pseudonym.
    pub reporter: String,
    /// Names of the grids from the root to the pin's.
    pub place: Vec<String>,
    /// The pin, in WGS-84.
    pub pin: Option<Position>,
    /// Where it stands.
    pub stage: Stage,
    /// Whether its clocks stand now (挂账).
    pub suspended: bool,
    /// The round of work, from 1.
    pub round: u16,
    /// Who leads (主办).
    pub lead: Option<HolderName>,
    /// Who cooperates (协办).
    pub cooperating: Vec<HolderName>,
    /// When the lead was bound, as the hub received it.
    pub dispatched: Option<Timestamp>,
    /// When the lead accepted.
    pub accepted: Option<Timestamp>,
    /// When it was rectified last.
    pub rectified: Option<Timestamp>,
    /// What the rectification came to.
    pub outcome: Option<Outcome>,
    /// When somebody last judged a rectification.
    pub reviewed: Option<Timestamp>,
    /// When it was closed or voided.
    pub ended: Option<Timestamp>,
    /// When the clocks run out, or would have when they were stopped, in the order of [`ClockName::ALL`]; none for one
    /// that has not started, has no limit, or stands without an end.
    pub due: [Option<Timestamp>; 4],
    /// The clocks that ran out before they were stopped.
    pub overdue: Vec<Overdue>,
    /// Counters.
    pub counts: Counts,
    /// Photos.
    pub photos: usize,
    /// What a reader should know, in Chinese and English.
    pub notes: [String; 2],
    /// Offset of local time from UTC, in ms.
    pub offset_ms: i64,
}

/// A grid or an agency with its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HolderName {
    /// Which.
    pub holder: Holder,
    /// Its name; the code where it is no longer known.
    pub name: String,
}

/// A clock that ran out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    /// Which clock.
    pub clock: ClockName,
    /// Against whom it ran; none for the office and for reviewers.
    pub holder: Option<HolderName>,
    /// When it ran out.
    pub due: Timestamp,
    /// By how much, in ms on its own clock: working time for working hours and days.
    pub by_ms: i64,
    /// Whether it still runs.
    pub running: bool,
}

impl LedgerRow {
    /// Adds to the notes what the hub found when it compared the ticket's photos with their copies.
    pub fn note_photos<'a>(&mut self, doubts: impl Iterator<Item = &'a PhotoDoubt> + Clone) {
        let count = |verdict| {
            let photos: BTreeSet<_> =
                doubts.clone().filter(|doubt| doubt.verdict == verdict).map(|doubt| doubt.original).collect();
            photos.len()
        };
        let mut note = |found: usize, zh: &str, en: &str| {
            if found > 0 {
                let (zh, en) = (&format!("{found} {zh}"), &format!("{en}: {found}"));
                let [notes_zh, notes_en] = &mut self.notes;
                for (notes, separator, text) in [(notes_zh, "；", zh), (notes_en, "; ", en)] {
                    let separator = if notes.is_empty() { "" } else { separator };
                    *notes = format!("{notes}{separator}{text}");
                }
            }
        };
        note(count(Verdict::Differs), "张照片的副本与原图不符", "photos whose copy shows something else");
        note(count(Verdict::Undecodable), "张照片的原图或副本无法解码", "photos that cannot be decoded");
    }
}

/// The row of a ticket at `now`. `calendar` is the one that the ticket's terms name.
pub fn ledger_row(
    ticket: &Ticket,
    names: &dyn Fn(MemberId) -> Option<String>,
    reference: &ReferenceSet,
    calendar: &CalendarIndex,
    now: Timestamp,
) -> LedgerRow {
    let id = ticket.id.to_string();
    let category = reference.category(&ticket.category);
    let reporter = ticket.reporter();
    // A clock that was stopped is shown with the instant at which it would have run out.
    let due = |name| {
        let mut clock = ticket.clocks.get(name)?.clone();
        if !clock.is_running() {
            clock.pauses.pop();
        }
        clock_due(&clock, &ticket.suspensions, calendar).at()
    };
    let was_judged = ticket.ended.is_none_or(|act| kind_names(act.kind).0 == "passed");
    let judged = ticket.clocks.review.as_ref().filter(|_| was_judged).and_then(ClockRun::stopped);
    let rectification = ticket.rectification.as_ref();
    LedgerRow {
        number: ticket.short_number.clone().or_else(|| ticket.local_number.clone()).unwrap_or(id),
        category: ticket.category.clone(),
        category_names: category.map(|one| [one.name.clone(), one.name_en.clone()]).unwrap_or_default(),
        reported: ticket.reported.corrected,
        reporter: names(reporter).unwrap_or_else(|| reporter.to_string().chars().take(8).collect()),
        place: ticket.pin_path.iter().map(|grid| grid_name(grid, reference)).collect(),
        pin: ticket.pin,
        stage: ticket.stage,
        suspended: ticket.stage.is_open() && ticket.is_suspended(now),
        round: ticket.round,
        lead: ticket.lead.as_ref().map(|holder| named(holder, reference)),
        cooperating: ticket.cooperating.iter().map(|holder| named(holder, reference)).collect(),
        dispatched: ticket.lead.as_ref().map(|_| ticket.handed.received),
        accepted: ticket.accepted.map(|act| act.corrected),
        rectified: rectification.map(|work| work.act.corrected),
        outcome: rectification.map(|work| work.outcome),
        reviewed: judged,
        ended: ticket.ended.map(|act| act.corrected),
        due: ClockName::ALL.map(due),
        overdue: ClockName::ALL.iter().filter_map(|name| late(ticket, *name, reference, calendar, now)).collect(),
        counts: ticket.counts,
        photos: ticket.photos.len(),
        notes: notes(ticket, now, calendar),
        offset_ms: calendar.offset_ms(),
    }
}

fn late(
    ticket: &Ticket,
    name: ClockName,
    reference: &ReferenceSet,
    calendar: &CalendarIndex,
    now: Timestamp,
) -> Option<Overdue> {
    let clock = ticket.clocks.get(name)?;
    let due = ticket.due(name, calendar)?.at()?;
    let stopped = clock.stopped();
    let is_late = match stopped {
        Some(_) => ticket.was_in_time(name, calendar) == Some(false),
        None => ticket.stage.is_open() && due <= now,
    };
    let limit = clock.limit.filter(|_| is_late)?;
    let by_ms = match limit.clock {
        // Of natural days only whole ones are spent; lateness is shown by the hour.
        Clock::NaturalDays => stopped.unwrap_or(now).since(due),
        Clock::UrgentHours | Clock::WorkingHours | Clock::WorkingDays => {
            ticket.remaining_ms(name, now, calendar)?.saturating_neg()
        }
    };
    let holder = clock.holder.as_ref().map(|holder| named(holder, reference));
    Some(Overdue { clock: name, holder, due, by_ms: by_ms.max(0), running: stopped.is_none() })
}

fn grid_name(grid: &GridCode, reference: &ReferenceSet) -> String {
    reference.grids().get(grid).map_or_else(|| grid.to_string(), |grid| grid.name.clone())
}

fn named(holder: &Holder, reference: &ReferenceSet) -> HolderName {
    let name = match holder {
        Holder::Grid(code) => grid_name(code, reference),
        Holder::Agency(code) => {
            let known = reference.agencies().agencies.iter().find(|agency| &agency.code == code);
            known.map_or_else(|| code.to_string(), |agency| agency.name.clone())
        }
    };
    HolderName { holder: holder.clone(), name }
}

/// A local date and time, such as `2026-11-23 08:00`.
pub(super) fn local_text(at: Timestamp, offset_ms: i64) -> String {
    at.plus_ms(offset_ms).to_utc().format("%Y-%m-%d %H:%M").to_string()
}

/// Times that a ticket may be returned before it counts as passed around (推诿).
const PASSED_AROUND: u16 = 3;

fn notes(ticket: &Ticket, now: Timestamp, calendar: &CalendarIndex) -> [String; 2] {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut note = |zh: &str, en: &str| found.push((zh.to_owned(), en.to_owned()));
    if ticket.recurs.is_some() {
        note("反弹", "recurs");
    }
    match ticket.voided {
        Some(VoidReason::NoViolation) => note("作废：不属实", "voided: no violation"),
        Some(VoidReason::Duplicate(_)) => note("作废：重复上报", "voided: duplicate"),
        Some(VoidReason::Mistake) => note("作废：误报", "voided: mistake"),
        None => {}
    }
    if ticket.counts.returned >= PASSED_AROUND {
        note("多次退回，疑似推诿", "passed around");
    }
    if ticket.counts.reopened > 0 {
        note("结案后重开", "reopened");
    }
    let suspension = ticket.suspensions.last().filter(|_| ticket.stage.is_open() && ticket.is_suspended(now));
    if let Some(until) = suspension.and_then(|pause| pause.to) {
        let until = local_text(until, calendar.offset_ms());
        note(&format!("挂账至 {until}"), &format!("suspended until {until}"));
    }
    if ticket.ask.is_some() {
        note("有申请待答复", "a request waits for its answer");
    }
    let mut marks: Vec<Mark> = ticket.marks.iter().map(|(mark, _)| *mark).collect();
    marks.sort_unstable();
    marks.dedup();
    for mark in marks {
        match mark {
            Mark::PhotosMissing => note("照片不足", "photos missing"),
            Mark::AccuracyGate => note("定位精度不足", "position not accurate"),
            Mark::MockPosition => note("疑似模拟定位", "mocked position"),
            Mark::TimeUnsure => note("时间存疑", "time unsure"),
            Mark::PhotoDoubtful => note("照片存疑", "doubtful photo"),
            Mark::OutsideGrids => note("不在任何网格内", "outside every grid"),
            Mark::SuspensionCut => note("挂账超过最长期限，已截短", "suspension cut to the longest"),
        }
    }
    if !ticket.anomalies.is_empty() {
        let count = ticket.anomalies.len();
        note(&format!("另有 {count} 条迟到操作"), &format!("{count} events came too late"));
    }
    if ticket.needs_update {
        note("含新版本操作，本表可能不全", "has events of a newer version");
    }
    let (zh, en): (Vec<String>, Vec<String>) = found.into_iter().unzip();
    [zh.join("；"), en.join("; ")]
}

#[cfg(test)]
mod tests;
