//! Tools that need neither a phone nor a hub: `due`, `verify`, `completions`, `help`.

use crate::program::{json, run};

#[test]
fn four_working_hours_from_two_in_the_afternoon_end_at_six() {
    let ran =
        run(&["due", "--clock", "working-hours", "--amount", "4h", "--start", "2026-11-23 14:00", "--json"]).well();
    let told = ran.object();
    assert_eq!(told["due"], "2026-11-23T10:00:00.000Z");
    assert_eq!(told["due_local"], "2026-11-23 18:00 +08:00");
    assert!(told["steps"].as_array().unwrap().iter().all(|step| step["zh"].is_string() && step["en"].is_string()));
}

#[test]
fn a_reckoning_says_what_is_left_at_the_given_instant() {
    let arguments = ["due", "--clock", "urgent-hours", "--amount", "2h", "--start", "2026-11-23 08:00", "--lang", "en"];
    let left = run(&[&arguments[..], &["--now", "2026-11-23T09:30:00+08:00"]].concat()).well();
    assert!(left.out.contains("0h30m are left"), "{}", left.out);
    let late = run(&[&arguments[..], &["--now", "2026-11-23T11:00:00+08:00", "--json"]].concat()).well();
    assert_eq!(late.object()["left_ms"], -3_600_000);
}

#[test]
fn a_pause_that_lasts_stops_the_clock() {
    let ran = run(&[
        "due",
        "--clock",
        "working-days",
        "--amount",
        "1d",
        "--start",
        "2026-11-23 08:00",
        "--pause",
        "2026-11-23 13:00/",
        "--json",
    ])
    .well();
    let told = ran.object();
    assert!(told["due"].is_null());
    assert_eq!(told["stopped_with_ms"], 14_400_000);
}

#[test]
fn a_reckoning_refuses_what_it_does_not_understand_and_says_why() {
    for (arguments, code) in [
        (["--clock", "working-hours", "--amount", "2d", "--start", "2026-11-23 14:00"], "amount_unit"),
        (["--clock", "working-hours", "--amount", "x", "--start", "2026-11-23 14:00"], "bad_amount"),
        (["--clock", "working-hours", "--amount", "2h", "--start", "yesterday"], "bad_instant"),
        (["--clock", "lunar", "--amount", "2h", "--start", "2026-11-23 14:00"], "usage"),
    ] {
        let ran = run(&[&["due", "--json"], &arguments[..]].concat());
        assert_eq!((ran.code, ran.error().as_str()), (2, code), "{arguments:?}");
    }
}

#[test]
fn a_calendar_file_is_used_and_a_faulty_one_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calendar.json");
    let night = r#"{"code":"night","name":"夜班","offset_minutes":480,
        "periods":[{"from":"01-01","working":[["20:00","24:00"]]}]}"#;
    std::fs::write(&file, night).unwrap();
    let arguments = ["due", "--clock", "working-hours", "--amount", "1h", "--start", "2026-11-23 08:00", "--calendar"];
    let told = json(folder.path(), &[&arguments[..], &[file.to_str().unwrap()]].concat()).well().object();
    assert_eq!(told["due_local"], "2026-11-23 21:00 +08:00");
    std::fs::write(&file, night.replace("24:00", "19:00")).unwrap();
    let ran = json(folder.path(), &[&arguments[..], &[file.to_str().unwrap()]].concat());
    assert_eq!((ran.code, ran.error().as_str()), (2, "bad_document"));
}

#[test]
fn what_is_no_evidence_is_not_proven() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.evidence");
    std::fs::write(&file, b"rubbish").unwrap();
    let ran = json(folder.path(), &["verify", file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.error().as_str()), (6, "evidence_unreadable"));
    let missing = json(folder.path(), &["verify", "/nonexistent/x.evidence"]);
    assert_eq!((missing.code, missing.error().as_str()), (1, "file"));
}

#[test]
fn every_shell_gets_a_completion_script() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell]).well().out.contains("redvest"), "{shell}");
    }
}
