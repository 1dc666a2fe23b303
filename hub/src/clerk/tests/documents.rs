//! Documents written by hand, and previews of publications.

use chrono::NaiveDate;
use redvest_domain::calendar::Calendar;
use redvest_domain::reference::{DocumentKind, Policy, Retired, Successors};

use super::*;
use crate::clerk::{Language, TableFormat, TemplateKind, preview, settings, template};

const TOML: &str = r#"
code = "default"
name = "东区日历"
offset_minutes = 480
holidays = [2026-01-01, "2026-01-02"]
workdays = [2026-01-04]

[[periods]]
from = "01-01"
working = [["08:00", "12:00"], ["14:00", "18:00"]]
"#;

#[test]
fn a_calendar_in_toml_is_the_same_as_in_json() {
    let parsed = settings(DocumentKind::Calendar, &file("calendar.toml", TOML.as_bytes())).unwrap();
    let Document::Calendar(calendar) = &parsed.value else { panic!("a calendar") };
    assert_eq!((calendar.name.as_str(), calendar.holidays.len(), calendar.workdays.len()), ("东区日历", 2, 1));
    let json = parsed.value.to_bytes();
    let again = settings(DocumentKind::Calendar, &file("calendar.json", &json)).unwrap();
    assert_eq!((again.value, again.reading.format, parsed.reading.format), (parsed.value, "json", "toml"));
}

#[test]
fn a_wrong_field_is_named_by_its_path() {
    let text = |from: &str, to: &str, language| {
        let toml = TOML.replace(from, to);
        let faults = settings(DocumentKind::Calendar, &file("calendar.toml", toml.as_bytes())).unwrap_err();
        faults[0].text(language)
    };
    assert_eq!(
        text("480", "4800", Language::Zh),
        "calendar.toml › offset_minutes：时区偏移超出 -720 至 840 分钟，北京时间请填 480。（offset_out_of_range）"
    );
    assert_eq!(
        text("[[\"08:00\"", "[[\"8点\"", Language::Zh),
        "calendar.toml › periods[0].working[0][0]：内容不合适，请改正。（bad_value）"
    );
    let surplus = text("name =", "nam =", Language::En);
    assert!(
        surplus.starts_with("calendar.toml › nam: remove the field or correct its name. [unknown field"),
        "{surplus}"
    );
    assert!(!surplus.contains("at line"), "{surplus}");
    let broken = text("480", "", Language::En);
    assert!(broken.starts_with("calendar.toml › line 4, column 18: This is neither"), "{broken}");
}

#[test]
fn json_faults_have_line_and_column_once() {
    let json = "{\n  \"version\": 5\n}";
    let faults = settings(DocumentKind::Policy, &file("policy.json", json.as_bytes())).unwrap_err();
    assert_eq!(
        faults[0].text(Language::Zh),
        "policy.json › 第 2 行第 14 列 › version：类型不对（如应为数字却写成文字），请改正。（wrong_type）"
    );
}

#[test]
fn templates_of_settings_are_those_of_a_new_workspace() {
    for (template_kind, kind, document) in [
        (TemplateKind::Calendar, DocumentKind::Calendar, Document::Calendar(Calendar::built_in())),
        (TemplateKind::Policy, DocumentKind::Policy, Document::Policy(Box::new(Policy::built_in()))),
    ] {
        let bytes = template(template_kind, TableFormat::Csv).unwrap();
        assert_eq!(settings(kind, &file("x", &bytes)).unwrap().value, document);
    }
}

#[test]
fn garbage_is_neither_json_nor_toml() {
    for (bytes, code) in
        [(&b""[..], "empty_file"), (b" \n", "empty_file"), (b"\xff\xff", "encoding_unknown"), (b"x", "not_toml")]
    {
        assert_eq!(settings(DocumentKind::Policy, &file("p", bytes)).unwrap_err()[0].code, code);
    }
    let deep = format!("a = {}", "[".repeat(50_000));
    assert_eq!(settings(DocumentKind::Policy, &file("p", deep.as_bytes())).unwrap_err()[0].code, "not_toml");
}

#[test]
fn a_preview_names_what_is_new_altered_and_gone_and_asks_for_a_successor() {
    let mut new = in_force();
    new.grids[1].name = "东门新社区".into();
    new.grids[2] = grid("SQ01-02", "第二网格", "grid", Some("SQ01"));
    let document = Document::Grids(new);
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let first = preview(&reference(), &document, &Successors::default(), &Retired::default(), day);
    assert!(!first.may_publish() && !first.is_same());
    assert_eq!(
        first.text(Language::Zh),
        "新增 1，改动 1，删除 1，问题 1\n\
         + SQ01-02            新增网格 SQ01-02 第二网格。\n\
         ~ SQ01               网格 SQ01 东门新社区：名称由“东门社区”改为“东门新社区”。\n\
         - SQ01-01            删除网格 SQ01-01 第一网格。须指定接替者。\n\
         ! successor_missing  网格 SQ01-01 已删除，请指定由哪个网格接替，未办结的工单将转给它。\n"
    );
    let mut successors = Successors::default();
    successors.grids.insert("SQ01-01".parse().unwrap(), "SQ01-02".parse().unwrap());
    let second = preview(&reference(), &document, &successors, &Retired::default(), day);
    assert!(second.may_publish(), "{:?}", second.faults);
    assert!(second.text(Language::En).contains("removed. SQ01-02 takes over.\n"));
    let same = Document::Grids(in_force());
    assert!(preview(&reference(), &same, &Successors::default(), &Retired::default(), day).is_same());
}
