//! What a new document changes, and what it may not.

use super::grids::grids;
use super::*;
use crate::id::{AgencyCode, GridCode};

const A: &str = r#"{"code":"a","name":"甲街道","level":"street"}"#;
const A1: &str = r#"{"code":"a1","name":"一","level":"cell","parent":"a"}"#;
const A2: &str = r#"{"code":"a2","name":"二","level":"cell","parent":"a"}"#;

fn grid_document(list: &[&str]) -> Document {
    parse(DocumentKind::Grids, grids(&list.join(",")).as_bytes()).unwrap()
}

fn publish(old: Option<&Document>, new: &Document, successors: &Successors, retired: &Retired) -> Vec<&'static str> {
    let day = "2026-11-22".parse().unwrap();
    check_publication(old, new, successors, retired, day).into_iter().map(|fault| fault.code).collect()
}

fn grid(code: &str) -> GridCode {
    code.parse().unwrap()
}

#[test]
fn a_difference_names_what_is_new_gone_and_changed() {
    let old = grid_document(&[A, A1]);
    let new = grid_document(&[&A.replace("甲", "乙"), A2]);
    let changes = diff(Some(&old), &new);
    let plain: Vec<_> = changes.iter().map(|one| (one.kind, one.list.as_str(), one.code.as_str())).collect();
    assert_eq!(
        plain,
        [(ChangeKind::Changed, "grids", "a"), (ChangeKind::Added, "grids", "a2"), (ChangeKind::Removed, "grids", "a1")]
    );
    assert_eq!(changes[0].fields, ["name"]);
    assert_eq!(changes[0].zh, "网格 a 乙街道：名称由“甲街道”改为“乙街道”。");
    assert_eq!(changes[0].en, "grid a 乙街道: name from “甲街道” to “乙街道”.");
    assert_eq!(changes[1].zh, "新增网格 a2 二。");
    assert_eq!(changes[2].en, "grid a1 一 removed.");
}

#[test]
fn the_same_document_and_a_new_order_change_nothing() {
    assert_eq!(diff(Some(&grid_document(&[A, A1, A2])), &grid_document(&[A2, A, A1])), []);
    let catalogue = Document::Catalogue(Catalogue::built_in());
    assert_eq!(diff(Some(&catalogue), &catalogue), []);
    assert_eq!(diff(None, &catalogue).len(), 138 + 12);
}

#[test]
fn limits_are_compared_as_a_whole_and_in_words() {
    let old = Catalogue::built_in();
    let mut new = old.clone();
    let at = new.categories.iter().position(|one| one.code.as_str() == "M06010").unwrap();
    new.categories[at].limits.rectify = Some(Limit { clock: Clock::WorkingDays, amount: 2 });
    new.categories[at].limits.review = None;
    let changes = diff(Some(&Document::Catalogue(old)), &Document::Catalogue(new));
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].fields, ["limits.rectify", "limits.review"]);
    assert_eq!(
        changes[0].zh,
        "事项 M06010 暴露垃圾：时限·处置由“4 工作时”改为“2 个工作日”，时限·核查由“1 个工作日”改为“无”。"
    );
}

#[test]
fn fields_of_policy_and_calendar_are_compared_too() {
    let old = Policy::built_in();
    let mut new = old.clone();
    new.reopen_days = 15;
    new.escalation.rectify.card_after = None;
    new.reasons.returned.pop();
    let changes = diff(Some(&Document::Policy(Box::new(old))), &Document::Policy(Box::new(new)));
    assert_eq!(changes[0].fields, ["escalation.rectify.card_after", "reopen_days"]);
    assert_eq!(changes[1].zh, "删除原因·退回 wrong_category 事项类别有误。");
    let old = Calendar::built_in();
    let mut new = old.clone();
    new.holidays.push("2027-01-01".parse().unwrap());
    let changes = diff(Some(&Document::Calendar(old)), &Document::Calendar(new));
    assert_eq!((changes.len(), changes[0].fields.as_slice()), (1, ["holidays".to_owned()].as_slice()));
}

#[test]
fn a_removed_grid_needs_a_successor_that_is_there() {
    let (old, new) = (grid_document(&[A, A1, A2]), grid_document(&[A, A2]));
    let map = |pairs: &[(&str, &str)]| Successors {
        grids: pairs.iter().map(|(from, to)| (grid(from), grid(to))).collect(),
        ..Successors::default()
    };
    let found = |pairs| publish(Some(&old), &new, &map(pairs), &Retired::default());
    assert_eq!(found(&[]), ["successor_missing"]);
    assert_eq!(found(&[("a1", "a2")]), Vec::<&str>::new());
    assert_eq!(found(&[("a1", "a1")]), ["successor_unknown"]);
    assert_eq!(found(&[("a1", "a2"), ("a2", "a")]), ["not_removed"]);
    assert_eq!(publish(None, &new, &map(&[]), &Retired::default()), Vec::<&str>::new());
}

#[test]
fn a_removed_agency_needs_a_successor() {
    let document = |text: &str| parse(DocumentKind::Agencies, text.as_bytes()).unwrap();
    let old = document(r#"{"agencies":[{"code":"x","name":"甲"},{"code":"y","name":"乙"}]}"#);
    let new = document(r#"{"agencies":[{"code":"y","name":"乙"}]}"#);
    let mut successors = Successors::default();
    assert_eq!(publish(Some(&old), &new, &successors, &Retired::default()), ["successor_missing"]);
    let code = |text: &str| text.parse::<AgencyCode>().unwrap();
    successors.agencies.insert(code("x"), code("y"));
    assert_eq!(publish(Some(&old), &new, &successors, &Retired::default()), Vec::<&str>::new());
}

#[test]
fn a_code_is_never_used_again() {
    let none = Successors::default();
    let mut retired = Retired::default();
    retired.grids.insert(grid("a1"));
    retired.categories.insert("M06010".parse().unwrap());
    retired.agencies.insert("x".parse().unwrap());
    assert_eq!(publish(None, &grid_document(&[A, A1]), &none, &retired), ["code_used_before"]);
    assert_eq!(publish(None, &Document::Catalogue(Catalogue::built_in()), &none, &retired), ["code_used_before"]);
    let agencies = parse(DocumentKind::Agencies, br#"{"agencies":[{"code":"x","name":"n"}]}"#).unwrap();
    assert_eq!(publish(None, &agencies, &none, &retired), ["code_used_before"]);
}

#[test]
fn a_category_is_retired_and_not_removed() {
    let old = Catalogue::built_in();
    let mut new = old.clone();
    new.categories[0].retired = true;
    let found = |new: Catalogue| {
        let old = Document::Catalogue(old.clone());
        publish(Some(&old), &Document::Catalogue(new), &Successors::default(), &Retired::default())
    };
    assert_eq!(found(new.clone()), Vec::<&str>::new());
    new.categories.remove(0);
    assert_eq!(found(new), ["category_removed"]);
}

#[test]
fn a_published_calendar_changes_only_days_after_its_publication() {
    let old = Document::Calendar(Calendar::built_in());
    let with_holiday = |date: &str| {
        let mut calendar = Calendar::built_in();
        calendar.holidays.push(date.parse().unwrap());
        publish(Some(&old), &Document::Calendar(calendar), &Successors::default(), &Retired::default())
    };
    assert_eq!(with_holiday("2026-11-23"), Vec::<&str>::new());
    // A workday before, and with another weekday the day of publication itself, which was a Sunday.
    assert_eq!(with_holiday("2026-11-20"), ["calendar_changes_past"]);
    let mut calendar = Calendar::built_in();
    calendar.workdays.push("2026-11-22".parse().unwrap());
    let new = Document::Calendar(calendar);
    assert_eq!(publish(Some(&old), &new, &Successors::default(), &Retired::default()), ["calendar_changes_past"]);
}
