//! Suspension (挂账) and extension (延期).

use crate::calendar::Calendar;
use crate::event::{ClockName, Grant};
use crate::misfit::Misfit;
use crate::terms::Terms;
use crate::testing::bodies::*;
use crate::testing::*;
use crate::ticket::{Mark, Stage};
use crate::time::Pause;

fn until(minutes: i64) -> Grant {
    Grant::Suspension(minute(minutes))
}

fn pause(from: i64, to: i64) -> Pause {
    Pause { from: minute(from), to: Some(minute(to)) }
}

/// The minute at which the rectify limit ends; 240 without pauses.
fn rectify_due(story: &Story) -> i64 {
    let due = story.ticket().due(ClockName::Rectify, &Calendar::built_in().index());
    due.and_then(|due| due.at()).unwrap().since(MONDAY) / 60_000
}

#[test]
fn a_granted_ask_suspends_from_the_receipt_of_the_ask() {
    let mut story = Story::begin(terms());
    story.wait_until(20);
    let ask = story.tell(&grid_member(), asked(until(180)));
    story.wait_until(100);
    story.tell(&manager(), granted(Some(ask), until(120)));
    let ticket = story.ticket();
    assert_eq!((ticket.suspensions.as_slice(), ticket.ask.clone()), (&[pause(20, 120)][..], None));
    assert_eq!((ticket.stage, ticket.is_suspended(minute(119))), (Stage::Dispatched, true));
    assert!(!ticket.is_suspended(minute(120)));
    // 100 minutes stood, so 240 becomes 340, and the noon break moves that to 460.
    assert_eq!(rectify_due(&story), 460);
}

#[test]
fn an_unasked_suspension_runs_from_the_grant_and_leaves_an_open_ask_alone() {
    let mut story = Story::begin(terms());
    story.wait_until(20);
    let ask = story.tell(&grid_member(), asked(Grant::Extension(30)));
    story.wait_until(40);
    story.tell(&manager(), granted(None, until(60)));
    let ticket = story.ticket();
    assert_eq!(ticket.suspensions, [pause(40, 60)]);
    assert_eq!(ticket.ask.map(|open| open.act.event), Some(ask));
}

#[test]
fn stages_move_under_a_suspension_and_new_clocks_stand_too() {
    let mut story = Story::begin(terms());
    story.wait_until(10);
    story.tell(&manager(), granted(None, until(100)));
    story.tell(&grid_member(), returned());
    story.wait_until(50);
    story.tell(&manager(), dispatched(agency_holder("cg")));
    let ticket = story.ticket();
    assert_eq!((ticket.stage, ticket.suspensions.clone()), (Stage::Dispatched, vec![pause(10, 100)]));
    let due = ticket.due(ClockName::Accept, &Calendar::built_in().index()).unwrap();
    assert_eq!(due.at(), Some(minute(160)));
}

#[test]
fn resuming_ends_a_suspension_at_its_receipt() {
    let mut story = Story::begin(terms());
    story.wait_until(10);
    story.tell(&manager(), granted(None, until(100)));
    story.wait_until(30);
    let resume = story.tell(&grid_member(), resumed());
    let ticket = story.ticket();
    assert_eq!(ticket.suspensions, [pause(10, 30)]);
    assert_eq!(ticket.clocks.rectify.map(|clock| clock.cause), Some(resume));
    let again = story.tell(&manager(), resumed());
    let ticket = story.ticket();
    let anomaly = ticket.anomalies[0];
    assert_eq!((anomaly.act.event, anomaly.misfit, anomaly.winner.event), (again, Misfit::NotSuspended, resume));
}

#[test]
fn a_rectification_ends_a_suspension_when_it_was_done() {
    let mut story = Story::begin(terms());
    story.wait_until(10);
    story.tell(&manager(), granted(None, until(200)));
    story.wait_until(90);
    story.tell_late(&grid_member(), 70, rectified(1));
    let ticket = story.ticket();
    assert_eq!((ticket.stage, ticket.suspensions.as_slice()), (Stage::Rectified, &[pause(10, 70)][..]));
    // The review is not suspended.
    let due = ticket.due(ClockName::Review, &Calendar::built_in().index()).unwrap();
    assert_eq!(due.at(), Some(minute(210)));
}

#[test]
fn voiding_ends_a_suspension() {
    let mut story = Story::begin(terms());
    story.wait_until(10);
    story.tell(&manager(), granted(None, until(200)));
    story.wait_until(90);
    story.tell(&manager(), voided());
    assert_eq!(story.ticket().suspensions, [pause(10, 90)]);
}

#[test]
fn a_new_suspension_takes_over_from_one_that_still_lies() {
    let mut story = Story::begin(terms());
    story.wait_until(10);
    story.tell(&manager(), granted(None, until(60)));
    story.wait_until(30);
    story.tell(&manager(), granted(None, until(40)));
    assert_eq!(story.ticket().suspensions, [pause(10, 30), pause(30, 40)]);
    // Thirty minutes stood: 240 less 30 are spent at noon, the rest after the break.
    assert_eq!(rectify_due(&story), 390);
}

#[test]
fn a_suspension_until_before_it_was_granted_is_none() {
    let mut story = Story::begin(terms());
    story.wait_until(50);
    story.tell(&manager(), granted(None, until(20)));
    assert_eq!((story.misfit(), story.ticket().suspensions), (None, vec![pause(50, 50)]));
    assert_eq!(rectify_due(&story), 240);
}

#[test]
fn a_suspension_longer_than_the_terms_allow_is_cut_and_marked() {
    let day = 24 * 60;
    let mut story = Story::begin(Terms { suspension_max_days: Some(2), ..terms() });
    story.wait_until(20);
    let grant = story.tell(&manager(), granted(None, until(20 + 2 * day)));
    assert_eq!((story.ticket().suspensions, story.ticket().marks), (vec![pause(20, 20 + 2 * day)], vec![]));
    story.wait_until(40);
    let longer = story.tell(&manager(), granted(None, until(9 * day)));
    let ticket = story.ticket();
    assert_eq!(ticket.suspensions, [pause(20, 40), pause(40, 40 + 2 * day)]);
    assert_eq!((story.misfit(), ticket.marks), (None, vec![(Mark::SuspensionCut, longer)]));
    assert_ne!(grant, longer);
}

#[test]
fn stamps_from_before_the_longest_suspension_bound_none() {
    let mut story = Story::begin(terms());
    story.tell(&manager(), granted(None, until(i64::MAX / 60_000 / 2)));
    assert!(story.ticket().marks.is_empty() && story.ticket().is_suspended(minute(1_000_000_000)));
}

#[test]
fn an_extension_adds_to_the_rectify_limit_in_its_unit() {
    let mut story = Story::begin(terms());
    let ask = story.tell(&grid_member(), asked(Grant::Extension(90)));
    let grant = story.tell(&manager(), granted(Some(ask), Grant::Extension(30)));
    story.tell(&manager(), granted(None, Grant::Extension(10)));
    assert_eq!(rectify_due(&story), 400);
    let ticket = story.ticket();
    assert_eq!((ticket.clocks.rectify.unwrap().extra, ticket.answered.map(|act| act.event)), (40, Some(event_id(4))));
    story.tell(&manager(), granted(Some(ask), Grant::Extension(30)));
    let anomaly = story.ticket().anomalies[0];
    assert_eq!((anomaly.misfit, anomaly.winner.event), (Misfit::NoOpenAsk, event_id(4)));
    assert_ne!(grant, event_id(4));
}

#[test]
fn no_sum_of_extensions_overflows() {
    let mut story = Story::begin(terms());
    for _ in 0..3 {
        story.tell(&manager(), granted(None, Grant::Extension(u32::MAX)));
    }
    let ticket = story.ticket();
    assert_eq!(ticket.clocks.rectify.as_ref().unwrap().extra, u32::MAX);
    assert!(ticket.due(ClockName::Rectify, &Calendar::built_in().index()).is_some());
}

#[test]
fn one_ask_waits_at_a_time() {
    let mut story = Story::begin(terms());
    let ask = story.tell(&grid_member(), asked(until(90)));
    story.tell(&other_grid_member(), asked(Grant::Extension(30)));
    let anomaly = story.ticket().anomalies[0];
    assert_eq!((anomaly.misfit, anomaly.winner.event), (Misfit::AskPending, ask));
    let denial = story.tell(&manager(), denied(ask));
    let ticket = story.ticket();
    assert_eq!((ticket.ask, ticket.answered.map(|act| act.event)), (None, Some(denial)));
    story.tell(&grid_member(), asked(Grant::Extension(30)));
    assert_eq!(story.misfit(), None);
}

#[test]
fn an_ask_ends_with_the_lead_who_asked() {
    let mut story = Story::begin(terms());
    let ask = story.tell(&grid_member(), asked(until(90)));
    story.tell(&manager(), dispatched(grid_holder("g")));
    assert_eq!(story.ticket().ask.map(|open| open.act.event), Some(ask));
    let moved = story.tell(&manager(), dispatched(agency_holder("cg")));
    assert_eq!(story.ticket().ask, None);
    story.tell(&office(), granted(Some(ask), until(90)));
    let anomaly = story.ticket().anomalies[0];
    assert_eq!((anomaly.misfit, anomaly.winner.event), (Misfit::NoOpenAsk, moved));
}

#[test]
fn returning_and_rectifying_end_an_ask() {
    for body in [returned(), rectified(1)] {
        let mut story = Story::begin(terms());
        story.tell(&grid_member(), asked(until(90)));
        let end = story.tell(&grid_member(), body);
        assert_eq!((story.ticket().ask, story.ticket().answered.map(|act| act.event)), (None, Some(end)));
    }
}
