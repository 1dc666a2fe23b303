//! Help, languages, exit codes and broken pipes.

use std::process::Stdio;

use crate::program::{json, redvest, run};

/// Names in the second column of a list of commands.
fn commands(help: &str) -> Vec<String> {
    let names = help.lines().filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
    let names = names.filter_map(|line| line.split_whitespace().next());
    // An example begins with the program.
    names.filter(|name| *name != "redvest").map(str::to_owned).collect()
}

#[test]
fn help_of_every_command_works_in_both_languages() {
    let top = run(&["--help", "--lang", "en"]).well().out;
    let names = commands(&top);
    assert!(names.len() >= 45, "{names:?}");
    for name in &names {
        for (lang, title) in [("zh", "用法："), ("en", "Usage:")] {
            let help = run(&[name, "--help", "--lang", lang]).well().out;
            assert!(help.contains(title) && !help.contains("||"), "{name}: {help}");
        }
    }
    for name in commands(&run(&["hub", "--help", "--lang", "en"]).well().out) {
        assert!(run(&["hub", &name, "--help"]).well().out.contains("用法："), "{name}");
    }
}

#[test]
fn the_first_page_has_groups_and_exit_codes() {
    let zh = run(&["--help"]).well().out;
    assert!(zh.contains("派遣与督办：") && zh.contains("退出码：") && zh.contains("3 规则不允许"), "{zh}");
    let en = run(&["--help", "--lang=en"]).well().out;
    assert!(en.contains("Dispatch and urge:") && en.contains("Exit codes:"), "{en}");
}

#[test]
fn the_environment_chooses_the_language_and_the_flag_goes_over_it() {
    let english = redvest().env("LANG", "en_US.UTF-8").arg("status").output().unwrap();
    let text = String::from_utf8(english.stderr).unwrap();
    assert!(text.starts_with("error[not_enrolled]: This device"), "{text}");
    assert!(!text.contains("登记"), "{text}");
    let chinese = redvest().env("LANG", "en_US.UTF-8").args(["status", "--lang", "zh"]).output().unwrap();
    assert!(String::from_utf8(chinese.stderr).unwrap().starts_with("error[not_enrolled]: 设备"));
}

#[test]
fn a_wrong_command_line_ends_with_2_and_names_what_is_wrong() {
    for (arguments, needle) in [
        (vec!["reprot"], "reprot"),
        (vec!["list", "--staeg", "closed"], "--stage"),
        (vec!["list", "--stage", "gone"], "waiting"),
        (vec!["report"], "--category"),
        (vec!["list", "--mine", "--work"], "--work"),
        (vec!["hub"], ""),
        (vec!["report", "--category", "M06010", "--at", "118.79,32.06"], "写反"),
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains(needle), "{arguments:?}: {}", ran.err);
    }
    let ran = run(&["list", "--staeg", "--json"]);
    assert_eq!((ran.code, ran.error().as_str(), ran.err.as_str()), (2, "usage", ""));
}

#[test]
fn a_device_that_is_not_enrolled_is_told_so_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("phone");
    for arguments in [vec!["status"], vec!["list"], vec!["sync"], vec!["report", "--category", "M06010"]] {
        let ran = json(&data, &arguments);
        assert_eq!((ran.code, ran.error().as_str()), (4, "not_enrolled"), "{arguments:?}");
        assert!(!data.exists(), "{arguments:?}");
    }
}

#[test]
fn an_enrolment_code_is_checked_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    for (code, expected) in [
        ("hello", "code_malformed"),
        ("redvest:enrol?hub=https://127.0.0.1:1&code=0000000000000000000000000001", "code_mistyped"),
    ] {
        let ran = json(folder.path(), &["enrol", code]);
        assert_eq!((ran.code, ran.error().as_str()), (2, expected));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for arguments in [vec!["--help"], vec!["completions", "bash"], vec!["help", "report"]] {
        let mut child = redvest().args(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {:?}", output.status);
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
