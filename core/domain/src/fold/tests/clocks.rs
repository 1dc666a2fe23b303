//! When clocks start, stop and go on, and which reminders and cards are annulled.

use crate::calendar::Calendar;
use crate::event::{Body, ClockName, Dispatched, Grant, RanOut};
use crate::terms::{Limits, Terms};
use crate::testing::bodies::*;
use crate::testing::*;
use crate::ticket::{ClockRun, Stage};
use crate::time::Pause;

fn clock(story: &Story, name: ClockName) -> ClockRun {
    story.ticket().clocks.get(name).cloned().unwrap()
}

fn due(story: &Story, name: ClockName) -> i64 {
    let due = story.ticket().due(name, &Calendar::built_in().index()).unwrap();
    due.at().unwrap().since(MONDAY) / 60_000
}

/// What the hub writes when a clock ran out.
fn ran_out(story: &Story, name: ClockName) -> RanOut {
    let run = clock(story, name);
    RanOut { clock: name, round: run.round, holder: run.holder, due: minute(due(story, name)), cause: run.cause }
}

#[test]
fn automatic_dispatch_starts_the_accept_and_rectify_clocks_at_receipt() {
    let mut story = Story::begin(terms());
    story.events[0].stamp.corrected = minute(-300);
    for name in [ClockName::Accept, ClockName::Rectify] {
        let clock = clock(&story, name);
        assert_eq!((clock.start, clock.round, clock.cause), (MONDAY, 1, story.id.reported()));
        assert_eq!(clock.holder, Some(grid_holder("g")));
    }
    assert_eq!(story.ticket().clocks.dispatch, None);
}

#[test]
fn waiting_runs_the_dispatch_clock_against_nobody() {
    let story = Story::begin(terms_without_handler());
    assert_eq!((clock(&story, ClockName::Dispatch).holder, due(&story, ClockName::Dispatch)), (None, 60));
    assert_eq!(story.ticket().clocks.accept, None);
}

#[test]
fn an_act_stops_its_own_clock_when_it_was_done_and_not_when_it_arrived() {
    let mut story = Story::begin(terms());
    story.wait_until(90);
    story.tell_late(&grid_member(), 50, accepted());
    assert_eq!(clock(&story, ClockName::Accept).stopped(), Some(minute(50)));
    assert!(clock(&story, ClockName::Rectify).is_running());
    let calendar = Calendar::built_in().index();
    assert_eq!(story.ticket().was_in_time(ClockName::Accept, &calendar), Some(true));
}

#[test]
fn no_act_stops_a_clock_before_its_start() {
    let mut story = Story::begin(terms());
    story.tell_late(&grid_member(), -500, accepted());
    assert_eq!(clock(&story, ClockName::Accept).stopped(), Some(MONDAY));
}

#[test]
fn dispatching_to_the_same_lead_starts_accepting_anew_and_lets_rectifying_go_on() {
    let mut story = Story::at(Stage::Accepted, terms());
    story.wait_until(30);
    story.tell(&manager(), dispatched(grid_holder("g")));
    assert_eq!(clock(&story, ClockName::Accept).start, minute(30));
    let rectify = clock(&story, ClockName::Rectify);
    assert_eq!((rectify.start, rectify.pauses), (MONDAY, vec![]));
    assert_eq!(story.ticket().stage, Stage::Dispatched);
}

#[test]
fn dispatching_to_another_lead_starts_both_clocks_anew() {
    let mut story = Story::at(Stage::Accepted, terms());
    story.wait_until(30);
    let dispatch = story.tell(&manager(), dispatched(agency_holder("cg")));
    for name in [ClockName::Accept, ClockName::Rectify] {
        let clock = clock(&story, name);
        assert_eq!((clock.start, clock.cause, clock.holder), (minute(30), dispatch, Some(agency_holder("cg"))));
    }
    assert_eq!(story.ticket().accepted, None);
}

#[test]
fn time_spent_waiting_after_a_return_does_not_count_for_the_same_lead() {
    let mut story = Story::begin(terms());
    story.wait_until(40);
    story.tell(&grid_member(), returned());
    assert_eq!(due(&story, ClockName::Dispatch), 100);
    assert!(!clock(&story, ClockName::Rectify).is_running());
    story.wait_until(90);
    story.tell(&manager(), dispatched(grid_holder("g")));
    let rectify = clock(&story, ClockName::Rectify);
    assert_eq!((rectify.start, rectify.pauses), (MONDAY, vec![Pause { from: minute(40), to: Some(minute(90)) }]));
    // 240 minutes less 50 that stood end at noon; the rest follows the break.
    assert_eq!(due(&story, ClockName::Rectify), 410);
    assert_eq!(clock(&story, ClockName::Dispatch).stopped(), Some(minute(90)));
}

#[test]
fn another_lead_after_a_return_has_the_whole_limit() {
    let mut story = Story::begin(terms());
    story.tell(&grid_member(), returned());
    story.wait_until(360);
    story.tell(&manager(), dispatched(agency_holder("cg")));
    assert_eq!(due(&story, ClockName::Rectify), 600);
}

#[test]
fn rectifying_stops_the_holder_and_starts_the_review() {
    let mut story = Story::begin(terms());
    story.wait_until(30);
    story.tell_late(&grid_member(), 20, rectified(1));
    for name in [ClockName::Accept, ClockName::Rectify] {
        assert_eq!(clock(&story, name).stopped(), Some(minute(20)));
    }
    let review = clock(&story, ClockName::Review);
    assert_eq!((review.start, review.holder), (minute(30), None));
    assert_eq!(due(&story, ClockName::Review), 150);
}

#[test]
fn sent_back_work_goes_on_with_what_was_left() {
    let mut story = Story::begin(terms());
    story.wait_until(60);
    let work = story.tell(&grid_member(), rectified(1));
    story.wait_until(120);
    let verdict = story.tell(&manager(), sent_back(work));
    let rectify = clock(&story, ClockName::Rectify);
    assert_eq!((rectify.round, rectify.cause, rectify.start), (2, verdict, MONDAY));
    assert_eq!(rectify.pauses, [Pause { from: minute(60), to: Some(minute(120)) }]);
    assert_eq!(due(&story, ClockName::Rectify), 420);
    assert_eq!(clock(&story, ClockName::Review).stopped(), Some(minute(120)));
}

#[test]
fn sent_back_work_has_at_least_the_floor() {
    let mut story = Story::begin(terms());
    story.wait_until(235);
    let work = story.tell(&grid_member(), rectified(1));
    story.wait_until(400);
    story.tell(&manager(), sent_back(work));
    // Five minutes were left; the floor gives thirty.
    assert_eq!(due(&story, ClockName::Rectify), 430);
}

#[test]
fn reopening_lets_the_rectify_clock_go_on_as_sending_back_does() {
    let mut story = Story::at(Stage::Closed, terms());
    story.wait_until(60 * 24);
    story.tell(&office(), reopened());
    let rectify = clock(&story, ClockName::Rectify);
    assert_eq!(
        (rectify.round, rectify.is_running(), rectify.floor.map(|floor| floor.from)),
        (2, true, Some(minute(1440)))
    );
    // 238 minutes were left on Tuesday at 08:00.
    assert_eq!(due(&story, ClockName::Rectify), 1440 + 238);
}

#[test]
fn ending_stops_every_clock() {
    for stage in [Stage::Closed, Stage::Voided] {
        let story = Story::at(stage, terms());
        assert!(story.ticket().clocks.started().all(|(_, clock)| !clock.is_running()));
        assert_eq!(story.ticket().running_clocks().count(), 0);
    }
}

#[test]
fn new_terms_run_from_the_same_starts() {
    let mut story = Story::begin(terms());
    story.tell(&manager(), granted(None, Grant::Extension(20)));
    story.wait_until(30);
    let limits = Limits { accept: None, rectify: working_minutes(60), ..terms().limits };
    let change = story.tell_with(&manager(), recategorised(), |stamp| stamp.terms = Some(Terms { limits, ..terms() }));
    let rectify = clock(&story, ClockName::Rectify);
    assert_eq!(
        (rectify.start, rectify.extra, rectify.cause, due(&story, ClockName::Rectify)),
        (MONDAY, 20, change, 80)
    );
    assert_eq!(story.ticket().next_due(&Calendar::built_in().index()), Some((ClockName::Rectify, minute(80))));
    // Terms that set a limit again find the old start.
    story.tell_with(&manager(), recategorised(), |stamp| stamp.terms = Some(terms()));
    assert_eq!(due(&story, ClockName::Accept), 60);
}

#[test]
fn an_extension_in_another_unit_ends_with_its_limit() {
    let mut story = Story::begin(terms());
    story.tell(&manager(), granted(None, Grant::Extension(20)));
    let days = crate::time::Limit { clock: crate::time::Clock::WorkingDays, amount: 1 };
    let limits = Limits { rectify: Some(days), ..terms().limits };
    story.tell_with(&manager(), recategorised(), |stamp| stamp.terms = Some(Terms { limits, ..terms() }));
    assert_eq!((clock(&story, ClockName::Rectify).extra, due(&story, ClockName::Rectify)), (0, 600));
}

#[test]
fn a_reminder_is_annulled_when_the_act_was_done_before_the_due_instant() {
    // The accept limit ends at minute 60. Done at 59 it was kept, at 60 not.
    for (done, annulled) in [(59, true), (60, false)] {
        let mut story = Story::begin(terms());
        story.wait_until(70);
        let carried = ran_out(&story, ClockName::Accept);
        story.tell(&hub(), reminded(Some(carried.clone())));
        story.tell(&hub(), carded(grid_holder("g"), Some(carried)));
        let counts = story.ticket().counts;
        assert_eq!((counts.reminded, counts.carded), (1, 1));
        story.tell_late(&grid_member(), done, accepted());
        let ticket = story.ticket();
        let left = u16::from(!annulled);
        assert_eq!((ticket.counts.reminded, ticket.counts.carded), (left, left), "done at {done}");
        assert!(ticket.escalations.iter().all(|escalation| escalation.annulled == annulled));
        assert_eq!(ticket.was_in_time(ClockName::Accept, &Calendar::built_in().index()), Some(annulled));
    }
}

#[test]
fn handing_on_in_time_annuls_what_was_written_meanwhile() {
    let mut story = Story::begin(Terms { hand_on: true, ..terms() });
    story.wait_until(70);
    let carried = ran_out(&story, ClockName::Accept);
    story.tell(&hub(), reminded(Some(carried)));
    let lead = agency_holder("cg");
    let body = Body::Dispatched(Dispatched { lead, cooperating: vec![], reason: None });
    story.tell_late(&grid_member(), 30, body);
    assert_eq!((story.misfit(), story.ticket().counts.reminded), (None, 0));
}

#[test]
fn a_suspension_asked_before_the_due_instant_annuls_what_was_written_meanwhile() {
    for (asked_at, left) in [(50, 0), (65, 1)] {
        let mut story = Story::begin(terms());
        story.wait_until(asked_at);
        let ask = story.tell(&grid_member(), asked(Grant::Suspension(minute(200))));
        let carried = ran_out(&story, ClockName::Accept);
        story.wait_until(70);
        story.tell(&hub(), carded(grid_holder("g"), Some(carried)));
        story.wait_until(80);
        story.tell(&manager(), granted(Some(ask), Grant::Suspension(minute(200))));
        assert_eq!(story.ticket().counts.carded, left, "asked at {asked_at}");
    }
}

#[test]
fn an_act_on_another_clock_annuls_nothing() {
    let mut story = Story::begin(terms());
    story.wait_until(250);
    let carried = ran_out(&story, ClockName::Rectify);
    story.tell(&hub(), reminded(Some(carried)));
    story.tell_late(&grid_member(), 10, accepted());
    assert_eq!(story.ticket().counts.reminded, 1);
    story.tell_late(&grid_member(), 20, rectified(1));
    assert_eq!(story.ticket().counts.reminded, 0);
}

#[test]
fn a_card_for_a_round_that_is_over_counts_nothing() {
    let mut story = Story::begin(terms());
    let carried = ran_out(&story, ClockName::Rectify);
    let work = story.tell(&grid_member(), rectified(1));
    story.tell(&manager(), sent_back(work));
    story.tell(&hub(), carded(grid_holder("g"), Some(carried)));
    let ticket = story.ticket();
    assert_eq!((ticket.counts.carded, ticket.escalations[0].annulled, ticket.anomalies), (0, true, vec![]));
}
