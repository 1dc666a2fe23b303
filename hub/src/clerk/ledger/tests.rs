//! Ledgers as a clerk opens them: read back with other code than wrote them.

use calamine::{Data, DataType, Reader, Xlsx};
use redvest_domain::reference::{Agencies, Agency, Document, Grid, Grids};
use redvest_domain::testing::{Story, bodies, grid_holder, grid_member, minute, path, terms};

use super::*;
use crate::clerk::{Language, TableFormat};

fn reference() -> ReferenceSet {
    let grid = |(code, name): (GridCode, &str)| Grid {
        code,
        name: name.to_owned(),
        level: "l".parse().unwrap(),
        parent: None,
        shape: None,
    };
    let grids = path().into_iter().zip(["东区", "东门街道", "东门社区", "第一网格"]).map(grid).collect();
    let agency = Agency { code: "wy".parse().unwrap(), name: "物业".into(), name_en: String::new(), leads: vec![] };
    ReferenceSet::built_in()
        .with(Document::Grids(Grids { levels: vec![], grids }))
        .with(Document::Agencies(Agencies { agencies: vec![agency] }))
}

fn row_of(story: &Story, now: i64) -> LedgerRow {
    let ticket = story.ticket();
    let reference = reference();
    let calendar = reference.clock(&ticket.terms.calendar).unwrap();
    ledger_row(&ticket, &|_| Some("=张三+1".to_owned()), &reference, calendar, minute(now))
}

/// Rows of a sheet, the header among them.
fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<Data>> {
    let mut workbook = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    workbook.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn cell<'a>(rows: &'a [Vec<Data>], row: usize, header: &str) -> &'a Data {
    let column = rows[0].iter().position(|cell| cell.as_string().as_deref() == Some(header)).unwrap();
    &rows[row][column]
}

fn records(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").expect("Excel needs the byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Reported at 08:00, dispatched to grid g by itself, accepted 08:01, rectified and judged by nobody yet.
fn rectified() -> Story {
    Story::at(Stage::Rectified, terms())
}

#[test]
fn a_row_says_what_the_ticket_is() {
    let row = row_of(&rectified(), 60);
    assert_eq!((row.number.as_str(), row.place.join("/")), ("20261123-0001", "东区/东门街道/东门社区/第一网格".into()));
    assert_eq!((row.lead.unwrap().name, row.cooperating[0].name.as_str()), ("第一网格".into(), "物业"));
    assert_eq!((row.reported, row.dispatched, row.accepted), (minute(0), Some(minute(0)), Some(minute(1))));
    assert_eq!((row.rectified, row.reviewed, row.ended), (Some(minute(2)), None, None));
    // Accept and rectify were in time; they are shown with what they were due at.
    let due = [None, Some(minute(60)), Some(minute(240)), Some(minute(2 + 120))];
    assert_eq!((row.due, row.overdue), (due, vec![]));
    assert_eq!((row.photos, row.round), (2, 1));
}

#[test]
fn a_closed_ticket_has_the_time_of_its_verdict() {
    let row = row_of(&Story::at(Stage::Closed, terms()), 60);
    assert_eq!((row.reviewed, row.ended), (Some(minute(3)), Some(minute(3))));
    // One that was voided before anybody judged it has none.
    let mut story = rectified();
    story.tell(&redvest_domain::testing::manager(), bodies::voided());
    let row = row_of(&story, 60);
    assert_eq!((row.stage, row.reviewed, row.ended), (Stage::Voided, None, Some(minute(3))));
}

#[test]
fn lateness_is_counted_in_working_time_and_against_the_holder() {
    // Accept is due at 09:00 and rectify at 12:00; at 15:00 two of the three hours after noon were free.
    let row = row_of(&Story::begin(terms()), 7 * 60);
    let late: Vec<_> =
        row.overdue.iter().map(|late| (late.clock, late.due, late.by_ms / 60_000, late.running)).collect();
    assert_eq!(late, [(ClockName::Accept, minute(60), 240, true), (ClockName::Rectify, minute(240), 60, true)]);
    assert!(row.overdue.iter().all(|late| late.holder.as_ref().unwrap().holder == grid_holder("g")));
    // Once accepted at 10:00 it stays late by one hour.
    let mut story = Story::begin(terms());
    story.wait_until(120);
    story.tell(&grid_member(), bodies::accepted());
    let row = row_of(&story, 200);
    assert_eq!((row.overdue[0].by_ms, row.overdue[0].running, row.overdue.len()), (3_600_000, false, 1));
    assert_eq!(row_of(&Story::begin(terms()), 59).overdue, []);
    assert_eq!(row_of(&Story::begin(terms()), 60).overdue[0].by_ms, 0);
}

#[test]
fn a_workbook_has_real_dates_numbers_and_no_formula() {
    let rows = vec![row_of(&rectified(), 60), row_of(&Story::begin(terms()), 7 * 60)];
    let bytes = ledger(rows.into_iter(), TableFormat::Xlsx, Language::Zh).unwrap();
    let rows = sheet(&bytes, "台账");
    assert_eq!(rows.len(), 3);
    let Data::DateTime(reported) = cell(&rows, 1, "上报时间") else { panic!("a date: {rows:?}") };
    // 2026-11-23 08:00 in China.
    assert!((reported.as_f64() - (46_349.0 + 8.0 / 24.0)).abs() < 1e-9, "{}", reported.as_f64());
    assert_eq!(cell(&rows, 1, "上报人"), &Data::String("=张三+1".into()));
    assert_eq!(cell(&rows, 1, "纬度"), &Data::Float(32.0603));
    assert_eq!(cell(&rows, 1, "是否超期"), &Data::String("否".into()));
    assert_eq!(cell(&rows, 2, "超期时限"), &Data::String("签收、处置".into()));
    assert_eq!(cell(&rows, 2, "超期时长（小时）"), &Data::Float(4.0));
    assert_eq!(cell(&rows, 2, "结案时间"), &Data::Empty);
    let mut workbook = Xlsx::new(std::io::Cursor::new(bytes.as_slice())).unwrap();
    assert_eq!(workbook.sheet_names(), ["台账", "说明 Columns"]);
    assert!(workbook.worksheet_formula("台账").unwrap().is_empty());
    assert_eq!(sheet(&bytes, "说明 Columns").len(), 34);
}

#[test]
fn csv_opens_in_excel_and_disarms_what_looks_like_a_formula() {
    let mut odd = row_of(&rectified(), 60);
    odd.notes[0] = "\t@SUM(A1)\r\n\"引号\"，逗号,".into();
    odd.number = "-1+1".into();
    odd.place = vec!["＝1".into()];
    let bytes = ledger([odd].into_iter(), TableFormat::Csv, Language::Zh).unwrap();
    let rows = records(&bytes);
    let cell = |header: &str| rows[1][rows[0].iter().position(|name| name == header).unwrap()].as_str();
    assert_eq!((cell("工单号"), cell("上报人"), cell("位置")), ("'-1+1", "'=张三+1", "'＝1"));
    assert_eq!(cell("备注"), "' @SUM(A1)  \"引号\"，逗号,");
    assert_eq!((cell("上报时间"), cell("经度"), cell("照片数")), ("2026-11-23 08:00", "118.7969000", "2"));
    let text = std::str::from_utf8(&bytes).unwrap();
    assert_eq!((text.matches("\r\n").count(), text.matches('\n').count()), (2, 2));
}

#[test]
fn english_ledgers_have_english_words() {
    let rows = records(&ledger([row_of(&rectified(), 60)].into_iter(), TableFormat::Csv, Language::En).unwrap());
    assert_eq!((rows[0][0].as_str(), rows[1][8].as_str(), rows[1][22].as_str()), ("number", "rectified", "no"));
}

#[test]
fn a_text_too_long_for_a_cell_is_cut_and_control_characters_go() {
    let mut odd = row_of(&rectified(), 60);
    odd.notes[0] = format!("\u{1}\u{fffe}{}", "长".repeat(40_000));
    let bytes = ledger([odd].into_iter(), TableFormat::Xlsx, Language::Zh).unwrap();
    let rows = sheet(&bytes, "台账");
    let Data::String(note) = cell(&rows, 1, "备注") else { panic!("text") };
    assert_eq!((note.chars().count(), note.ends_with('…')), (32_001, true));
    assert_eq!(note.trim_start().chars().next(), Some('长'));
}

#[test]
fn an_empty_ledger_is_a_header() {
    let bytes = ledger(std::iter::empty(), TableFormat::Xlsx, Language::Zh).unwrap();
    assert_eq!(sheet(&bytes, "台账").len(), 1);
    assert_eq!(records(&ledger(std::iter::empty(), TableFormat::Csv, Language::Zh).unwrap()).len(), 1);
}

#[test]
fn what_is_overdue_stands_under_its_holder_with_totals() {
    let late = row_of(&Story::begin(terms()), 7 * 60);
    let mut other = late.clone();
    other.number = "20261123-0002".into();
    other.overdue.truncate(1);
    let holder = other.overdue[0].holder.as_mut().unwrap();
    // Two holders of one name, which is no name for a sheet.
    (holder.holder, holder.name) = (redvest_domain::testing::agency_holder("wy"), "第一网格".into());
    let mut third = other.clone();
    third.overdue[0].holder.as_mut().unwrap().name = "[a]/*?".into();
    third.number = "20261123-0003".into();
    let punctual = row_of(&rectified(), 60);
    let rows = || [late.clone(), other.clone(), third.clone(), punctual.clone()].into_iter();
    let bytes = overdue(rows(), TableFormat::Xlsx, Language::Zh).unwrap();
    let mut names = Xlsx::new(std::io::Cursor::new(bytes.as_slice())).unwrap().sheet_names();
    names.sort();
    assert_eq!(names, ["_a____", "汇总", "第一网格", "第一网格~2", "说明 Columns"]);
    let totals = sheet(&bytes, "汇总");
    assert_eq!(
        (cell(&totals, 1, "责任方编码"), cell(&totals, 1, "超期数")),
        (&Data::String("g".into()), &Data::Float(2.0))
    );
    assert_eq!(
        (cell(&totals, 1, "未结案工单"), cell(&totals, 1, "最长超期（小时）")),
        (&Data::Float(1.0), &Data::Float(4.0))
    );
    let details = records(&overdue(rows(), TableFormat::Csv, Language::Zh).unwrap());
    let numbers: Vec<(&str, &str)> = details[1..].iter().map(|row| (row[3].as_str(), row[2].as_str())).collect();
    assert_eq!(numbers[..2], [("20261123-0001", "2"), ("20261123-0001", "2")]);
    assert_eq!(details.len(), 5);
}

#[test]
fn doubtful_photos_stand_in_the_notes_counted_by_original() {
    use redvest_domain::id::Hash;

    use crate::custody::Verdict::{Differs, Undecodable};
    use crate::store::PhotoDoubt;
    let doubt = |original, copy, verdict| PhotoDoubt {
        ticket: redvest_domain::id::TicketId::from_bytes([1; 16]),
        original: Hash([original; 32]),
        copy: Hash([copy; 32]),
        verdict,
    };
    let mut row = row_of(&rectified(), 60);
    row.notes = ["反弹".to_owned(), String::new()];
    let doubts = [doubt(1, 2, Differs), doubt(1, 3, Differs), doubt(4, 5, Undecodable), doubt(6, 7, Differs)];
    row.note_photos(doubts.iter());
    assert_eq!(row.notes[0], "反弹；2 张照片的副本与原图不符；1 张照片的原图或副本无法解码");
    assert_eq!(row.notes[1], "photos whose copy shows something else: 2; photos that cannot be decoded: 1");
    let before = row.notes.clone();
    row.note_photos([].iter());
    assert_eq!(row.notes, before);
}
