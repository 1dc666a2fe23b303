//! The data file of due dates, which ports of this module read too.

use serde::Deserialize;

use super::*;
use crate::calendar::Calendar;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    note: String,
    note_zh: String,
    calendars: Vec<Calendar>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    note_zh: String,
    calendar: String,
    start: String,
    clock: Clock,
    amount: u32,
    #[serde(default)]
    pauses: Vec<Stretch>,
    due: Expected,
    #[serde(default)]
    remaining_ms: Vec<(String, i64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stretch {
    from: String,
    to: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Expected {
    At(String),
    PausedLeftMs(i64),
    Never,
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(text).unwrap_or_else(|| panic!("no instant: {text}"))
}

#[test]
fn due_dates_are_those_of_the_vectors() {
    let file: File = serde_json::from_str(include_str!("../../../../tests/vectors/due.json")).unwrap();
    assert!(!file.note.is_empty() && !file.note_zh.is_empty());
    for calendar in &file.calendars {
        assert_eq!(calendar.check(), [], "{}", calendar.code);
    }
    let indexes: Vec<_> = file.calendars.iter().map(|calendar| (calendar.code.as_str(), calendar.index())).collect();
    assert!(file.cases.len() >= 30);
    for case in file.cases {
        assert!(!case.note_zh.is_empty(), "{}", case.name);
        let (_, index) = indexes.iter().find(|(code, _)| *code == case.calendar).expect("a calendar of the file");
        let limit = Limit { clock: case.clock, amount: case.amount };
        let stretch = |one: &Stretch| Pause { from: at(&one.from), to: one.to.as_deref().map(at) };
        let pauses: Vec<Pause> = case.pauses.iter().map(stretch).collect();
        let expected = match case.due {
            Expected::At(text) => Due::At(at(&text)),
            Expected::PausedLeftMs(left_ms) => Due::Paused { left_ms },
            Expected::Never => Due::Never,
        };
        assert_eq!(due(at(&case.start), limit, index, &pauses), expected, "{}", case.name);
        for (until, left) in case.remaining_ms {
            let found = remaining_ms(at(&case.start), at(&until), limit, index, &pauses);
            assert_eq!(found, Some(left), "{} at {until}", case.name);
        }
    }
}
