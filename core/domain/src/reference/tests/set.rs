//! The terms that a category and a place give, and the place that pin and choice give.

use super::grids::LEVELS;
use super::*;
use crate::id::{CategoryCode, GridCode};
use crate::place::Position;
use crate::terms::Holder;

fn grid(code: &str) -> GridCode {
    code.parse().unwrap()
}

fn category(code: &str) -> CategoryCode {
    code.parse().unwrap()
}

fn document(kind: DocumentKind, text: &str) -> Document {
    parse(kind, text.as_bytes()).unwrap()
}

/// Street s with cells s1 (west) and s2 (east), and cell t1 of street t, which has no boundary.
fn set() -> ReferenceSet {
    let grids = format!(
        r#"{{{LEVELS},"grids":[
        {{"code":"s","name":"街道","level":"street","shape":SQUARE_S}},
        {{"code":"s2","name":"东","level":"cell","parent":"s","shape":SQUARE_EAST}},
        {{"code":"s1","name":"西","level":"cell","parent":"s","shape":SQUARE_WEST}},
        {{"code":"t","name":"街道","level":"street"}},
        {{"code":"t1","name":"格","level":"cell","parent":"t"}}]}}"#
    );
    let grids = grids
        .replace("SQUARE_S", &square(0, 2_000))
        .replace("SQUARE_EAST", &square(1_000, 2_000))
        .replace("SQUARE_WEST", &square(0, 1_000));
    let agencies = r#"{"agencies":[
        {"code":"order","name":"城管局","leads":[{"groups":["M09"]}]},
        {"code":"order-s2","name":"城管中队","leads":[{"groups":["M09"],"grids":["s2"]}]},
        {"code":"order-s","name":"城管大队","leads":[{"groups":["M09"],"grids":["s"]}]},
        {"code":"police","name":"交警","leads":[{"categories":["M09009"]}]}]}"#;
    ReferenceSet::built_in()
        .with(document(DocumentKind::Grids, &grids))
        .with(document(DocumentKind::Agencies, agencies))
}

fn square(west: i32, east: i32) -> String {
    format!("[[[[{west},0],[{east},0],[{east},1000],[{west},1000],[{west},0]]]]")
}

fn at(lon_e7: i32) -> Option<Position> {
    Some(Position { lat_e7: 500, lon_e7 })
}

fn handler(set: &ReferenceSet, what: &str, place: Option<&str>, staffed: &[&str]) -> (Option<String>, Vec<String>) {
    let place = place.map(grid);
    let name = |holder: &Holder| match holder {
        Holder::Grid(code) => format!("grid {code}"),
        Holder::Agency(code) => format!("agency {code}"),
    };
    let terms = set.terms(&category(what), place.as_ref(), &|grid| staffed.contains(&grid.as_str())).unwrap();
    (terms.handler.as_ref().map(name), terms.cooperating.iter().map(name).collect())
}

#[test]
fn a_category_for_grids_goes_to_the_deepest_staffed_grid() {
    let set = set();
    let goes = |staffed: &[&str]| handler(&set, "M06010", Some("s1"), staffed);
    assert_eq!(goes(&["s", "s1"]), (Some("grid s1".into()), vec![]));
    assert_eq!(goes(&["s", "s2"]), (Some("grid s".into()), vec![]));
    assert_eq!(goes(&["s2", "t"]), (None, vec![]));
    assert_eq!(handler(&set, "M06010", None, &["s"]), (None, vec![]));
}

#[test]
fn a_category_for_agencies_goes_to_the_agency_with_the_grid_cooperating() {
    let set = set();
    let goes = |place, staffed: &[&str]| handler(&set, "M09001", place, staffed);
    assert_eq!(goes(Some("s1"), &["s1"]), (Some("agency order-s".into()), vec!["grid s1".to_owned()]));
    assert_eq!(goes(Some("s2"), &["s"]), (Some("agency order-s2".into()), vec!["grid s".to_owned()]));
    assert_eq!(goes(Some("t1"), &[]), (Some("agency order".into()), vec![]));
    assert_eq!(goes(None, &[]), (Some("agency order".into()), vec![]));
    // Named for the category itself wins over named for its group, however deep.
    assert_eq!(handler(&set, "M09009", Some("s2"), &[]).0.as_deref(), Some("agency police"));
}

#[test]
fn without_a_named_agency_the_ticket_waits() {
    assert_eq!(handler(&set(), "M08004", Some("s1"), &["s1"]), (None, vec![]));
}

#[test]
fn terms_copy_catalogue_and_policy() {
    let set = set();
    let terms = set.terms(&category("M06010"), None, &|_| false).unwrap();
    let (from, policy) = (set.category(&category("M06010")).unwrap(), set.policy());
    assert_eq!((terms.limits, terms.review, terms.photos), (from.limits, from.review, from.photos));
    assert_eq!(terms.accuracy_gate_cm, from.accuracy_gate_cm);
    assert_eq!((terms.hand_on, terms.rework_floor, terms.reopen_days), (false, policy.rework_floor, 30));
    assert_eq!(terms.calendar, policy.calendar);
    assert!(set.clock(&terms.calendar).is_some());
}

#[test]
fn an_unknown_category_has_no_terms() {
    let unknown = category("M99999");
    assert_eq!(set().terms(&unknown, None, &|_| true), Err(UnknownCategory(unknown)));
}

#[test]
fn a_pin_on_a_border_belongs_to_the_smaller_code() {
    let set = set();
    assert_eq!(set.place(at(500), None), [grid("s"), grid("s1")]);
    assert_eq!(set.place(at(1_500), None), [grid("s"), grid("s2")]);
    assert_eq!(set.place(at(1_000), None), [grid("s"), grid("s1")]);
    assert_eq!(set.place(at(2_000), None), [grid("s"), grid("s2")]);
    assert_eq!(set.place(at(2_001), None), []);
}

#[test]
fn a_grid_picked_by_hand_decides_unless_the_pin_is_deeper_inside_it() {
    let set = set();
    assert_eq!(set.place(None, Some(&grid("t1"))), [grid("t"), grid("t1")]);
    assert_eq!(set.place(at(500), Some(&grid("t1"))), [grid("t"), grid("t1")]);
    assert_eq!(set.place(at(500), Some(&grid("s2"))), [grid("s"), grid("s2")]);
    assert_eq!(set.place(at(500), Some(&grid("s"))), [grid("s"), grid("s1")]);
    assert_eq!(set.place(at(500), Some(&grid("gone"))), [grid("s"), grid("s1")]);
    assert_eq!(set.place(None, None), []);
}

#[test]
fn codes_of_other_documents_have_to_be_there() {
    let agencies = r#"{"agencies":[{"code":"a","name":"甲",
        "leads":[{"categories":["M06010","M99999"],"groups":["M99"],"grids":["s1","gone"]}]}]}"#;
    let duties = r#"{"points":[{"code":"p","kind":"road","name":"经四路","grids":["s1","gone"]}]}"#;
    let mut policy = Policy::built_in();
    policy.calendar = "summer".parse().unwrap();
    let set = set()
        .with(document(DocumentKind::Agencies, agencies))
        .with(document(DocumentKind::Responsibilities, duties))
        .with(Document::Policy(Box::new(policy)));
    let found: Vec<_> = set.check().into_iter().map(|fault| (fault.path, fault.code)).collect();
    let expected = [
        ("agencies[0].leads[0].categories[1]", "unknown_category"),
        ("agencies[0].leads[0].groups[0]", "unknown_group"),
        ("agencies[0].leads[0].grids[1]", "unknown_grid"),
        ("points[0].grids[1]", "unknown_grid"),
        ("calendar", "unknown_calendar"),
    ];
    assert_eq!(found, expected.map(|(path, code)| (path.to_owned(), code)));
}

#[test]
fn agencies_that_contradict_each_other_are_refused() {
    let two = r#"{"agencies":[{"code":"a","name":"甲","leads":[{"groups":["M09"],"grids":["s"]}]},
        {"code":"b","name":"乙","leads":[{"groups":["M09"],"grids":["t","s"]}]}]}"#;
    assert_eq!(refused(DocumentKind::Agencies, two), one("agencies[1].leads[0]", "two_leads"));
    let nothing = r#"{"agencies":[{"code":"a","name":"甲","leads":[{"grids":["s"]}]}]}"#;
    assert_eq!(refused(DocumentKind::Agencies, nothing), one("agencies[0].leads[0]", "leads_nothing"));
    let twice = r#"{"agencies":[{"code":"a","name":"甲"},{"code":"a","name":"乙"}]}"#;
    assert_eq!(refused(DocumentKind::Agencies, twice), one("agencies[1].code", "duplicate_code"));
}

#[test]
fn a_member_has_the_grids_of_the_own_duties() {
    let text = r#"{"points":[
        {"code":"p","kind":"road","name":"经四路","grids":["s2","s1"],"members":["00000000-0000-0000-0000-000000000001"]},
        {"code":"q","kind":"point","name":"车站","grids":["s1"],"members":["00000000-0000-0000-0000-000000000001"]},
        {"code":"r","kind":"point","name":"医院","grids":["t"]}]}"#;
    let Document::Responsibilities(duties) = document(DocumentKind::Responsibilities, text) else { panic!() };
    let member = |last: u8| crate::id::MemberId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
    assert_eq!(duties.grids_of(member(1)), [grid("s1"), grid("s2")]);
    assert_eq!(duties.grids_of(member(2)), []);
    assert_eq!(
        refused(DocumentKind::Responsibilities, &text.replace(r#""grids":["t"]"#, r#""grids":[]"#)),
        one("points[2].grids", "grids_missing")
    );
}

#[test]
fn a_ticket_keeps_its_calendar_when_the_policy_names_another() {
    let mut summer = Calendar::built_in();
    summer.code = "summer".parse().unwrap();
    let summer = Document::Calendar(summer);
    let set = set();
    assert_eq!(set.predecessor(&summer), None);
    let set = set.with(summer.clone());
    assert_eq!(set.predecessor(&summer), Some(summer));
    assert!(set.clock(&"default".parse().unwrap()).is_some());
}
