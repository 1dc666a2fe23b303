//! The columns of a ledger.

use redvest_domain::event::Outcome;
use redvest_domain::time::{HOUR_MS, Timestamp};

use super::{HolderName, LedgerRow};
use crate::clerk::wording::{self, Language};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing.
    Empty,
    /// Words; never a formula, whatever they begin with.
    Text(String),
    /// A count.
    Count(u64),
    /// A number with this many decimals.
    Number(f64, usize),
    /// An instant with the offset of local time in ms.
    Time(Timestamp, i64),
}

/// One column over rows of a kind.
pub(super) struct Column<R: 'static> {
    /// The header in Chinese.
    pub(super) zh: &'static str,
    /// The header in English.
    pub(super) en: &'static str,
    /// Its width in characters.
    pub(super) width: f64,
    /// What it means, where the header does not say enough; Chinese and English.
    pub(super) note: [&'static str; 2],
    /// What stands in it.
    pub(super) value: fn(&R, Language) -> Value,
}

impl<R> Column<R> {
    pub(super) const fn new(
        zh: &'static str,
        en: &'static str,
        width: f64,
        value: fn(&R, Language) -> Value,
    ) -> Column<R> {
        Column { zh, en, width, note: ["", ""], value }
    }

    pub(super) const fn noted(self, zh: &'static str, en: &'static str) -> Column<R> {
        Column { note: [zh, en], ..self }
    }
}

/// A ticket's columns.
pub(super) static TICKET: [Column<LedgerRow>; 33] = [
    Column::new("工单号", "number", 16.0, |row, _| text(&row.number)),
    Column::new("事项编码", "category code", 12.0, |row, _| text(row.category.as_str())),
    Column::new("事项", "category", 18.0, category),
    Column::new("上报时间", "reported", 17.0, |row: &LedgerRow, _| time(row, Some(row.reported)))
        .noted("按日历的当地时间；以下各时间相同。", "Local time of the calendar, as all times here."),
    Column::new("上报人", "reporter", 10.0, |row, _| text(&row.reporter)),
    Column::new("位置", "place", 32.0, |row, _| text(&row.place.join(" › "))),
    Column::new("经度", "longitude", 13.0, |row: &LedgerRow, _| {
        row.pin.map_or(Value::Empty, |pin| Value::Number(pin.lon(), 7))
    })
    .noted("WGS-84，度；在高德、百度等地图上须先转换。", "WGS-84, degrees; maps sold in China are shifted."),
    Column::new("纬度", "latitude", 13.0, |row: &LedgerRow, _| {
        row.pin.map_or(Value::Empty, |pin| Value::Number(pin.lat(), 7))
    })
    .noted("WGS-84，度。", "WGS-84, degrees."),
    Column::new("阶段", "stage", 10.0, stage),
    Column::new("轮次", "round", 6.0, |row: &LedgerRow, _| Value::Count(row.round.into()))
        .noted("返工或重开后加一。", "One more each time that work is sent back."),
    Column::new("主办", "lead", 20.0, |row, _| row.lead.as_ref().map_or(Value::Empty, |lead| text(&lead.name))),
    Column::new("协办", "cooperating", 20.0, |row, language| text(&names(&row.cooperating, language))),
    Column::new("派遣时间", "dispatched", 17.0, |row, _| time(row, row.dispatched)),
    Column::new("签收时间", "accepted", 17.0, |row, _| time(row, row.accepted)),
    Column::new("处置时间", "rectified", 17.0, |row, _| time(row, row.rectified)),
    Column::new("处置结果", "outcome", 10.0, outcome),
    Column::new("核查时间", "reviewed", 17.0, |row, _| time(row, row.reviewed)),
    Column::new("结案时间", "ended", 17.0, |row: &LedgerRow, _| time(row, row.ended))
        .noted("含作废。", "Voided ones too."),
    Column::new("派遣到期", "dispatch due", 17.0, |row, _| time(row, row.due[0])),
    Column::new("签收到期", "accept due", 17.0, |row, _| time(row, row.due[1])),
    Column::new("处置到期", "rectify due", 17.0, |row: &LedgerRow, _| time(row, row.due[2]))
        .noted("已计入挂账和延期。", "With suspensions and extensions."),
    Column::new("核查到期", "review due", 17.0, |row, _| time(row, row.due[3])),
    Column::new("是否超期", "overdue", 10.0, |row: &LedgerRow, language| {
        text(if row.overdue.is_empty() { language.of("否", "no") } else { language.of("是", "yes") })
    })
    .noted("含已办结但当时超期的。", "Also those that were late and are done."),
    Column::new("超期时限", "overdue clocks", 14.0, |row, language| {
        let clocks: Vec<&str> = row.overdue.iter().map(|late| wording::clock(late.clock, language)).collect();
        text(&clocks.join(language.comma()))
    }),
    Column::new("超期时长（小时）", "overdue by (h)", 16.0, |row: &LedgerRow, _| {
        row.overdue.iter().map(|late| late.by_ms).max().map_or(Value::Empty, hours)
    })
    .noted("最长的一项；工作时、工作日按工作时间计。", "The longest; in working time for working hours and days."),
    Column::new("退回", "returned", 6.0, |row, _| Value::Count(row.counts.returned.into())),
    Column::new("返工", "sent back", 6.0, |row, _| Value::Count(row.counts.sent_back.into())),
    Column::new("催办", "reminded", 6.0, |row, _| Value::Count(row.counts.reminded.into())),
    Column::new("督办", "urged", 6.0, |row, _| Value::Count(row.counts.urged.into())),
    Column::new("黄牌", "yellow cards", 6.0, |row, _| Value::Count(row.counts.carded.into())),
    Column::new("重开", "reopened", 6.0, |row, _| Value::Count(row.counts.reopened.into())),
    Column::new("照片数", "photos", 8.0, |row, _| Value::Count(row.photos as u64)),
    Column::new("备注", "notes", 40.0, |row, language| text(&row.notes[language.of(0, 1)])),
];

pub(super) fn text(text: &str) -> Value {
    if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned()) }
}

pub(super) fn time(row: &LedgerRow, at: Option<Timestamp>) -> Value {
    at.map_or(Value::Empty, |at| Value::Time(at, row.offset_ms))
}

pub(super) fn hours(ms: i64) -> Value {
    Value::Number((ms as f64 / HOUR_MS as f64 * 100.0).round() / 100.0, 2)
}

pub(super) fn category(row: &LedgerRow, language: Language) -> Value {
    text(&row.category_names[language.of(0, 1)])
}

pub(super) fn stage(row: &LedgerRow, language: Language) -> Value {
    let stage = wording::stage(row.stage, language);
    let suspended = if row.suspended { language.of("（挂账）", " (suspended)") } else { "" };
    text(&format!("{stage}{suspended}"))
}

fn outcome(row: &LedgerRow, language: Language) -> Value {
    match row.outcome {
        None => Value::Empty,
        Some(Outcome::Rectified) => text(language.of("已整改", "rectified")),
        Some(Outcome::Persuaded) => text(language.of("劝导", "persuaded")),
        Some(Outcome::NothingFound) => text(language.of("未发现", "nothing found")),
    }
}

fn names(holders: &[HolderName], language: Language) -> String {
    holders.iter().map(|holder| holder.name.as_str()).collect::<Vec<_>>().join(language.comma())
}
