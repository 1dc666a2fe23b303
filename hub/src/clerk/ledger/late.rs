//! Who is late with what: tickets by the agency or grid whose clock ran out, with totals.

use std::collections::{BTreeMap, HashSet};
use std::io::{Seek, Write};

use redvest_domain::terms::Holder;
use redvest_domain::ticket::Stage;
use rust_xlsxwriter::Workbook;

use super::columns::{Column, Value, category, hours, stage, text, time};
use super::write::{csv_rows, csv_writer, explain, sheets};
use super::{HolderName, LedgerError, LedgerRow, Overdue};
use crate::clerk::TableFormat;
use crate::clerk::wording::{self, Language};

/// Holders that get a sheet each; with more all stand on one.
const MAX_SHEETS: usize = 100;

/// One clock of one ticket that ran out.
#[derive(Clone)]
struct Late {
    row: LedgerRow,
    overdue: Overdue,
    /// How many its holder has.
    total: usize,
}

/// What one holder comes to.
struct Total {
    holder: Option<HolderName>,
    clocks: usize,
    running: usize,
    open: usize,
    longest_ms: i64,
    carded: u64,
}

static LATE: [Column<Late>; 14] = [
    Column::new("责任方", "holder", 20.0, |late, language| text(&holder(late.overdue.holder.as_ref(), language))),
    Column::new("责任方编码", "holder code", 14.0, |late, _| code(late.overdue.holder.as_ref())),
    Column::new("责任方合计", "holder total", 10.0, |late: &Late, _| Value::Count(late.total as u64))
        .noted("该责任方超期的总数，每行相同。", "How many the holder has; the same in each of its rows."),
    Column::new("工单号", "number", 16.0, |late, _| text(&late.row.number)),
    Column::new("事项", "category", 18.0, |late, language| category(&late.row, language)),
    Column::new("位置", "place", 32.0, |late, _| text(&late.row.place.join(" › "))),
    Column::new("阶段", "stage", 10.0, |late, language| stage(&late.row, language)),
    Column::new("超期时限", "clock", 10.0, |late, language| text(wording::clock(late.overdue.clock, language))),
    Column::new("到期时间", "due", 17.0, |late, _| time(&late.row, Some(late.overdue.due))),
    Column::new("超期时长（小时）", "overdue by (h)", 16.0, |late: &Late, _| hours(late.overdue.by_ms))
        .noted("工作时、工作日按工作时间计。", "In working time for working hours and days."),
    Column::new("仍在超期", "still running", 10.0, |late, language| {
        text(if late.overdue.running { language.of("是", "yes") } else { language.of("否", "no") })
    }),
    Column::new("上报时间", "reported", 17.0, |late, _| time(&late.row, Some(late.row.reported))),
    Column::new("黄牌", "yellow cards", 6.0, |late, _| Value::Count(late.row.counts.carded.into())),
    Column::new("备注", "notes", 40.0, |late, language| text(&late.row.notes[language.of(0, 1)])),
];

static TOTALS: [Column<Total>; 7] = [
    Column::new("责任方", "holder", 24.0, |total, language| text(&holder(total.holder.as_ref(), language))),
    Column::new("责任方编码", "holder code", 14.0, |total, _| code(total.holder.as_ref())),
    Column::new("超期数", "overdue", 10.0, |total: &Total, _| Value::Count(total.clocks as u64))
        .noted("一个工单有几个时限超期就计几次。", "A ticket counts once for each of its clocks that ran out."),
    Column::new("仍在超期", "still running", 10.0, |total, _| Value::Count(total.running as u64)),
    Column::new("未结案工单", "open tickets", 12.0, |total, _| Value::Count(total.open as u64)),
    Column::new("最长超期（小时）", "longest (h)", 16.0, |total, _| hours(total.longest_ms)),
    Column::new("黄牌", "yellow cards", 8.0, |total, _| Value::Count(total.carded)),
];

/// The list as bytes; see [`write_overdue`].
///
/// # Errors
/// [`LedgerError`] when temporary files cannot be written.
pub fn overdue(
    rows: impl Iterator<Item = LedgerRow>,
    format: TableFormat,
    language: Language,
) -> Result<Vec<u8>, LedgerError> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    write_overdue(rows, format, language, &mut bytes)?;
    Ok(bytes.into_inner())
}

/// Writes what is overdue, by holder: those with most of it first, then each holder's longest first. XLSX begins with
/// the totals and has one sheet a holder; CSV has all rows, grouped, each with its holder's total. Memory grows with
/// the overdue tickets, not with all.
///
/// # Errors
/// [`LedgerError`] when the output or temporary files cannot be written.
pub fn write_overdue(
    rows: impl Iterator<Item = LedgerRow>,
    format: TableFormat,
    language: Language,
    out: impl Write + Seek + Send,
) -> Result<(), LedgerError> {
    let groups = grouped(rows);
    if format == TableFormat::Csv {
        let mut writer = csv_writer(out)?;
        csv_rows(&mut writer, &LATE, groups.into_iter().flat_map(|(_, all)| all), language)?;
        writer.flush()?;
        return Ok(());
    }
    let mut workbook = Workbook::new();
    let totals: Vec<Total> = groups.iter().map(|(holder, all)| total(holder, all)).collect();
    sheets(&mut workbook, language.of("汇总", "Totals"), &TOTALS, totals.into_iter(), language)?;
    if groups.len() > MAX_SHEETS {
        let all = groups.into_iter().flat_map(|(_, all)| all);
        sheets(&mut workbook, language.of("明细", "Details"), &LATE, all, language)?;
    } else {
        let mut taken: HashSet<String> =
            ["汇总", "totals", "说明 columns", "history"].iter().map(|name| (*name).to_owned()).collect();
        for (who, all) in groups {
            let name = sheet_name(&holder(who.as_ref(), language), &mut taken);
            sheets(&mut workbook, &name, &LATE, all.into_iter(), language)?;
        }
    }
    explain(&mut workbook, &LATE)?;
    workbook.save_to_writer(out)?;
    Ok(())
}

fn grouped(rows: impl Iterator<Item = LedgerRow>) -> Vec<(Option<HolderName>, Vec<Late>)> {
    let mut by_holder: BTreeMap<Option<HolderName>, Vec<Late>> = BTreeMap::new();
    for row in rows {
        for overdue in &row.overdue {
            let late = Late { row: row.clone(), overdue: overdue.clone(), total: 0 };
            by_holder.entry(overdue.holder.clone()).or_default().push(late);
        }
    }
    let mut groups: Vec<_> = by_holder.into_iter().collect();
    for (_, all) in &mut groups {
        let total = all.len();
        all.iter_mut().for_each(|late| late.total = total);
        all.sort_by(|a, b| b.overdue.by_ms.cmp(&a.overdue.by_ms).then_with(|| a.row.number.cmp(&b.row.number)));
    }
    groups.sort_by_key(|(_, all)| std::cmp::Reverse(all.len()));
    groups
}

fn total(holder: &Option<HolderName>, all: &[Late]) -> Total {
    let is_open = |stage: Stage| stage.is_open();
    let open: HashSet<&str> =
        all.iter().filter(|late| is_open(late.row.stage)).map(|late| late.row.number.as_str()).collect();
    // A ticket with two late clocks has its cards once.
    let cards: BTreeMap<&str, u16> =
        all.iter().map(|late| (late.row.number.as_str(), late.row.counts.carded)).collect();
    Total {
        holder: holder.clone(),
        clocks: all.len(),
        running: all.iter().filter(|late| late.overdue.running).count(),
        open: open.len(),
        longest_ms: all.iter().map(|late| late.overdue.by_ms).max().unwrap_or_default(),
        carded: cards.values().map(|count| u64::from(*count)).sum(),
    }
}

fn holder(holder: Option<&HolderName>, language: Language) -> String {
    holder.map_or_else(|| language.of("派遣、核查方", "dispatchers and reviewers").to_owned(), |one| one.name.clone())
}

fn code(holder: Option<&HolderName>) -> Value {
    match holder.map(|one| &one.holder) {
        Some(Holder::Grid(code)) => text(code.as_str()),
        Some(Holder::Agency(code)) => text(code.as_str()),
        None => Value::Empty,
    }
}

/// A name that Excel takes for a sheet and that no other sheet has.
fn sheet_name(holder: &str, taken: &mut HashSet<String>) -> String {
    // Excel has 31 characters; three are kept for a number.
    const MAX: usize = 28;
    let plain = |c: char| if c.is_control() || "[]:*?/\\'".contains(c) { '_' } else { c };
    let mut name = String::new();
    for c in holder.chars().map(plain) {
        if name.encode_utf16().count() + c.len_utf16() > MAX {
            break;
        }
        name.push(c);
    }
    let base = if name.is_empty() { "_".to_owned() } else { name };
    let mut number = 1;
    let mut name = base.clone();
    while !taken.insert(name.to_lowercase()) {
        number += 1;
        name = format!("{base}~{number}");
    }
    name
}
