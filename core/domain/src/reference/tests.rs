//! What the built-in documents hold, and which documents are refused.

use std::collections::BTreeSet;

use super::*;
use crate::event::Outcome;
use crate::terms::{PhotoRule, ReviewPolicy};
use crate::time::{Clock, Limit};

mod grids;
mod publication;
mod set;

/// Codes and paths of the errors with which these bytes are refused.
fn refused(kind: DocumentKind, text: &str) -> Vec<(String, &'static str)> {
    let faults = parse(kind, text.as_bytes()).expect_err("the document is bad");
    for fault in &faults {
        assert!(!fault.zh.is_empty() && !fault.en.is_empty(), "{fault:?}");
    }
    let errors = faults.into_iter().filter(|fault| fault.severity == Severity::Error);
    errors.map(|fault| (fault.path, fault.code)).collect()
}

fn one(path: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(path.to_owned(), code)]
}

const CATALOGUE: &str = r#"{"name":"目录","name_en":"Catalogue","version":"1",
  "groups":[{"code":"M06","name":"市容","name_en":"Appearance"}],
  "categories":[{"code":"M06010","group":"M06","name":"暴露垃圾","name_en":"Exposed litter","initials":"bllj",
    "kind":"matter","handler":"grid","outcome":"rectified","urgent":false,"photos":{"before":1,"after":1},
    "accuracy_gate_cm":5000,"limits":{"rectify":{"clock":"working_hours","amount":240}},
    "review":{"sampled":20},"source":"own"}]}"#;

fn catalogue_with(from: &str, to: &str) -> Vec<(String, &'static str)> {
    assert!(CATALOGUE.contains(from), "{from}");
    refused(DocumentKind::Catalogue, &CATALOGUE.replacen(from, to, 1))
}

#[test]
fn built_in_documents_parse_without_any_fault() {
    let catalogue = Document::Catalogue(Catalogue::built_in());
    let policy = Document::Policy(Box::new(Policy::built_in()));
    let calendar = Document::Calendar(Calendar::built_in());
    for document in [catalogue, policy, calendar] {
        assert_eq!(document.check(), []);
        assert_eq!(parse(document.kind(), &document.to_bytes()), Ok(document));
    }
    assert_eq!(ReferenceSet::built_in().check(), []);
}

#[test]
fn built_in_catalogue_has_every_class_of_both_sources() {
    let catalogue = Catalogue::built_in();
    let count = |prefix: &str| catalogue.categories.iter().filter(|one| one.code.as_str().starts_with(prefix)).count();
    assert_eq!((count("M"), count("X"), catalogue.categories.len()), (97, 41, 138));
    let majors = ["M06", "M07", "M08", "M09", "M10"].map(count);
    assert_eq!(majors, [51, 7, 16, 21, 2]);
    assert_eq!(["X1", "X2", "X3", "X4", "X5"].map(count), [10, 11, 8, 9, 3]);
    // The classes that the newer standard does not have.
    for dropped in ["M06031", "M07005", "M09007"] {
        assert_eq!(count(dropped), 0);
    }
    let codes: BTreeSet<_> = catalogue.categories.iter().map(|one| &one.code).collect();
    assert_eq!(codes.len(), 138);
    let names: BTreeSet<_> = catalogue.categories.iter().map(|one| &one.name_en).collect();
    assert_eq!(names.len(), 137, "only the public-interest notice is in both sources under one English name");
}

#[test]
fn built_in_catalogue_owns_up_to_second_hand_sources() {
    let catalogue = Catalogue::built_in();
    assert!(catalogue.note.contains("二手") && catalogue.note_en.contains("second hand"));
    for category in &catalogue.categories {
        let national = category.code.as_str().starts_with('M');
        assert_eq!(category.source, if national { "GB/T 47678.5-2026 (second-hand)" } else { "own" });
        assert!(category.old_code.as_ref().is_none_or(|old| national && old.inferred), "{}", category.code);
    }
    let old = |code: &str| {
        let category = catalogue.categories.iter().find(|one| one.code.as_str() == code);
        category.unwrap().old_code.as_ref().map(|old| old.code.clone())
    };
    assert_eq!(old("M06010").as_deref(), Some("0110"));
    assert_eq!(old("M09022").as_deref(), Some("0422"));
    // Of a major without a known ancestor, and of what did not exist in 2013.
    assert_eq!((old("M10001"), old("M09011")), (None, None));
}

#[test]
fn built_in_categories_have_limits_gates_and_reviews_that_fit() {
    let catalogue = Catalogue::built_in();
    for category in &catalogue.categories {
        let limits = category.limits;
        let rectify = limits.rectify.expect("every category has a time to be put right in");
        let accept = limits.accept.expect("every category has a time to be accepted in");
        let continuous = rectify.clock == Clock::UrgentHours;
        assert_eq!(accept.clock == Clock::UrgentHours, continuous, "{}", category.code);
        assert!(continuous || !category.urgent, "{} is dangerous over the week-end too", category.code);
        if category.kind == CategoryKind::Behaviour {
            assert_eq!((category.outcome, category.review), (Outcome::Persuaded, ReviewPolicy::None));
            assert_eq!(category.photos, PhotoRule { before: 0, after: 0 });
        } else {
            assert_eq!(category.outcome, Outcome::Rectified);
            assert_eq!(category.photos, PhotoRule { before: 1, after: 1 });
            assert_eq!(limits.review, Some(Limit { clock: Clock::WorkingDays, amount: 1 }));
        }
        assert!([3_000, 5_000, 10_000].contains(&category.accuracy_gate_cm.unwrap()));
    }
    let get = |code: &str| catalogue.categories.iter().find(|one| one.code.as_str() == code).unwrap();
    assert_eq!(get("M06010").limits.rectify, Some(Limit { clock: Clock::WorkingHours, amount: 240 }));
    assert_eq!(get("M06001").review, ReviewPolicy::Always);
    assert_eq!(get("M09001").review, ReviewPolicy::Sampled(20));
    assert_eq!(get("M09009").accuracy_gate_cm, Some(3_000));
}

#[test]
fn a_category_is_found_by_name_initials_english_and_code() {
    let catalogue = Catalogue::built_in();
    let found = |text: &str| -> Vec<&str> {
        catalogue.categories.iter().filter(|one| one.matches(text)).map(|one| one.code.as_str()).collect()
    };
    assert_eq!(found("暴露"), ["M06010"]);
    assert_eq!(found(" BLLJ "), ["M06010"]);
    assert_eq!(found("exposed"), ["M06010"]);
    assert_eq!(found("m0601").len(), 10);
    assert_eq!(found("jjjs"), ["X501"]);
    assert_eq!(found("").len(), 138);
}

#[test]
fn the_address_is_the_hash_of_the_exact_bytes() {
    let text = Document::Policy(Box::new(Policy::built_in())).to_bytes();
    assert_eq!(address(&text), Hash::of(&[&text]));
    let spaced = [&text[..], b"\n"].concat();
    assert!(parse(DocumentKind::Policy, &spaced).is_ok());
    assert_ne!(address(&spaced), address(&text));
}

#[test]
fn text_that_is_no_document_is_refused_with_line_and_column() {
    let fault = |bytes: &[u8]| {
        let mut faults = parse(DocumentKind::Catalogue, bytes).unwrap_err();
        assert_eq!(faults.len(), 1);
        let fault = faults.remove(0);
        (fault.code, fault.line.unwrap_or(0), fault.path)
    };
    assert_eq!(fault(b"\x00\xff\xfe garbage"), ("not_json", 1, String::new()));
    assert_eq!(fault(b"PK\x03\x04"), ("not_json", 1, String::new()));
    assert_eq!(fault(b""), ("cut_short", 1, String::new()));
    assert_eq!(fault(&CATALOGUE.as_bytes()[..300]).0, "cut_short");
    assert_eq!(fault("[".repeat(100_000).as_bytes()).0, "wrong_type");
    let deep = CATALOGUE.replace("\"own\"", &"[".repeat(100_000));
    assert_eq!(fault(deep.as_bytes()), ("wrong_type", 6, "categories[0].source".into()));
    let deep = CATALOGUE.replace("\"version\"", &format!("\"versio\": {}, \"version\"", "{\"a\":".repeat(100_000)));
    assert_eq!(fault(deep.as_bytes()).0, "unknown_field");
    assert_eq!(fault(&vec![b' '; MAX_BYTES + 1]).0, "too_large");
}

#[test]
fn a_bad_value_is_refused_with_its_field() {
    let bad = [
        ("\"version\":\"1\"", "\"version\":1", "version", "wrong_type"),
        ("\"version\":\"1\",", "", "", "missing_field"),
        ("\"version\":\"1\"", "\"version\":\"1\",\"colour\":\"red\"", "colour", "unknown_field"),
        ("\"version\":\"1\"", "\"version\":\"1\",\"version\":\"2\"", "version", "duplicate_field"),
        ("\"handler\":\"grid\"", "\"handler\":\"police\"", "categories[0].handler", "unknown_value"),
        ("\"handler\":\"grid\",", "", "categories[0]", "missing_field"),
        ("\"code\":\"M06010\"", "\"code\":\"a b\"", "categories[0].code", "bad_value"),
        ("\"before\":1", "\"before\":300", "categories[0].photos.before", "bad_value"),
        ("\"amount\":240", "\"amount\":-1", "categories[0].limits.rectify.amount", "bad_value"),
        ("\"amount\":240", "\"amount\":1e400", "categories[0].limits.rectify.amount", "not_json"),
    ];
    for (from, to, path, code) in bad {
        assert_eq!(catalogue_with(from, to), one(path, code), "{to}");
    }
    let fault = &parse(DocumentKind::Catalogue, CATALOGUE.replace("1\",\n", "1\"\n").as_bytes()).unwrap_err()[0];
    assert_eq!((fault.code, fault.line, fault.column), ("not_json", Some(2), Some(3)));
}

#[test]
fn a_catalogue_that_contradicts_itself_is_refused() {
    let category = &CATALOGUE[CATALOGUE.find("{\"code\":\"M06010\"").unwrap()..CATALOGUE.len() - 2];
    let doubled = CATALOGUE.replace(category, &format!("{category},{category}"));
    assert_eq!(refused(DocumentKind::Catalogue, &doubled), one("categories[1].code", "duplicate_code"));
    let bad = [
        ("\"group\":\"M06\"", "\"group\":\"M99\"", "categories[0].group", "unknown_group"),
        ("\"amount\":240", "\"amount\":0", "categories[0].limits.rectify.amount", "bad_limit"),
        ("\"amount\":240", "\"amount\":4294967295", "categories[0].limits.rectify.amount", "bad_limit"),
        ("{\"sampled\":20}", "{\"sampled\":101}", "categories[0].review.sampled", "bad_share"),
        ("\"before\":1", "\"before\":21", "categories[0].photos", "too_many_photos"),
        ("5000", "0", "categories[0].accuracy_gate_cm", "bad_gate"),
        ("bllj", "BL LJ", "categories[0].initials", "bad_initials"),
        ("\"outcome\":\"rectified\"", "\"outcome\":\"nothing_found\"", "categories[0].outcome", "bad_outcome"),
        ("\"暴露垃圾\"", "\" \"", "categories[0].name", "text_missing"),
        ("\"暴露垃圾\"", "\"a\\u0000b\"", "categories[0].name", "text_unfit"),
    ];
    for (from, to, path, code) in bad {
        assert_eq!(catalogue_with(from, to), one(path, code), "{to}");
    }
}

#[test]
fn a_policy_out_of_range_is_refused() {
    let text = String::from_utf8(Document::Policy(Box::new(Policy::built_in())).to_bytes()).unwrap();
    let bad = [
        ("\"suspension_max_days\":180", "\"suspension_max_days\":0", "suspension_max_days", "bad_days"),
        ("\"reopen_days\":30", "\"reopen_days\":9999", "reopen_days", "bad_days"),
        ("\"hand_on\"", "\"number_prefix\":\"a b\",\"hand_on\"", "number_prefix", "bad_prefix"),
        ("percent\":25", "percent\":101", "escalation.dispatch.due_soon_percent", "bad_share"),
        ("\"amount\":120", "\"amount\":0", "rework_floor.amount", "bad_limit"),
        ("\"code\":\"outside_area\"", "\"code\":\"not_ours\"", "reasons.returned[1].code", "duplicate_code"),
    ];
    for (from, to, path, code) in bad {
        assert!(text.contains(from), "{from}");
        assert_eq!(refused(DocumentKind::Policy, &text.replacen(from, to, 1)), one(path, code), "{to}");
    }
    let mut policy = Policy::built_in();
    policy.reasons = Reasons::default();
    assert_eq!(policy.check().iter().filter(|fault| fault.code == "reasons_missing").count(), 6);
}

#[test]
fn a_calendar_is_checked_by_its_own_rules() {
    let text =
        r#"{"code":"c","name":"n","offset_minutes":9999,"periods":[{"from":"01-01","working":[["08:00","12:00"]]}]}"#;
    assert_eq!(refused(DocumentKind::Calendar, text), one("offset_minutes", "offset_out_of_range"));
}

#[test]
fn a_flood_of_faults_is_cut_and_counted() {
    let category = &Catalogue::built_in().categories[0];
    let mut catalogue = Catalogue::built_in();
    catalogue.categories = vec![category.clone(); 1_000];
    let faults = catalogue.check();
    assert_eq!((faults.len(), faults.last().unwrap().code), (201, "more_faults"));
    assert!(faults.last().unwrap().en.starts_with("799 "));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_parsing_panic(
        kind in 0..6_usize,
        cut in 0..CATALOGUE.len(),
        insert in proptest::collection::vec(proptest::num::u8::ANY, 0..6),
        skip in 0..20_usize,
    ) {
        let kinds = [
            DocumentKind::Catalogue,
            DocumentKind::Grids,
            DocumentKind::Agencies,
            DocumentKind::Calendar,
            DocumentKind::Policy,
            DocumentKind::Responsibilities,
        ];
        let text = CATALOGUE.as_bytes();
        let bytes = [&text[..cut], &insert, &text[(cut + skip).min(text.len())..]].concat();
        if let Ok(document) = parse(kinds[kind], &bytes) {
            // What is read can be published and read again, and is the same.
            proptest::prop_assert_eq!(parse(kinds[kind], &document.to_bytes()), Ok(document));
        }
    }
}
