//! From the report to the end: rounds, verdicts, draws, reopening, and what is only marked.

use crate::event::{Body, Outcome, PhotoVerdict, Rectified, Reported, VoidReason, Voided};
use crate::fold::fold;
use crate::key::Key;
use crate::misfit::Misfit;
use crate::terms::{ReviewPolicy, Terms};
use crate::testing::bodies::*;
use crate::testing::*;
use crate::ticket::{Mark, Shows, Stage};

#[test]
fn a_report_goes_to_the_handler_that_the_hub_stamped() {
    let ticket = Story::begin(terms()).ticket();
    assert_eq!((ticket.stage, ticket.lead.clone()), (Stage::Dispatched, Some(grid_holder("g"))));
    assert_eq!(ticket.cooperating, [agency_holder("wy")]);
    assert_eq!(ticket.next_move(), Some(Key::Grid(grid("g"))));
    assert_eq!(ticket.short_number.as_deref(), Some("20261123-0001"));
}

#[test]
fn a_report_without_a_handler_waits_for_the_office() {
    let ticket = Story::begin(terms_without_handler()).ticket();
    assert_eq!((ticket.stage, ticket.lead.clone(), ticket.waits_at.clone()), (Stage::Waiting, None, None));
    assert_eq!(ticket.next_move(), Some(Key::Workspace));
}

#[test]
fn there_is_no_ticket_without_its_own_report_and_terms() {
    let story = Story::begin(terms());
    let mut comment = Story { events: vec![], ..story.clone() };
    comment.tell(&volunteer(), commented());
    assert_eq!(fold(comment.events.iter().map(Told::fact)), None);
    let mut foreign = story.events[0].clone();
    foreign.id = event_id(77);
    assert_eq!(fold([foreign.fact()]), None);
    let mut bare = story.events[0].clone();
    bare.stamp.terms = None;
    assert_eq!(fold([bare.fact()]), None);
}

#[test]
fn rectifying_what_is_dispatched_accepts_it_by_itself() {
    let mut story = Story::begin(terms());
    let work = story.tell(&grid_member(), rectified(1));
    let ticket = story.ticket();
    assert_eq!((ticket.stage, ticket.accepted.map(|act| act.event)), (Stage::Rectified, Some(work)));
}

#[test]
fn without_a_review_rectifying_closes() {
    let story = Story::at(Stage::Accepted, Terms { review: ReviewPolicy::None, ..terms() });
    let mut told = story.clone();
    let work = told.tell(&grid_member(), rectified(1));
    let ticket = told.ticket();
    assert_eq!((ticket.stage, ticket.ended.map(|act| act.event)), (Stage::Closed, Some(work)));
    assert!(ticket.clocks.started().all(|(_, clock)| !clock.is_running()));
}

#[test]
fn the_reporter_puts_right_on_the_spot_whatever_handler_is_stamped() {
    for terms in [terms(), terms_without_handler()] {
        let mut story = Story::begin(terms);
        story.tell_along(&volunteer(), rectified(1));
        let ticket = story.ticket();
        assert_eq!((story.misfit(), ticket.stage), (None, Stage::Rectified));
        assert!(ticket.rectification.is_some_and(|work| work.on_the_spot));
        assert_eq!(ticket.accepted, None);
    }
}

#[test]
fn one_commit_puts_right_on_the_spot_once() {
    let mut story = Story::begin(terms());
    story.tell_along(&volunteer(), rectified(1));
    story.tell_along(&volunteer(), rectified(2));
    assert_eq!(story.misfit(), Some(Misfit::NotTheHolder));
}

#[test]
fn somebody_else_is_never_on_the_spot() {
    let mut story = Story::begin(terms_without_handler());
    story.tell_along(&grid_member(), rectified(1));
    assert_eq!(story.misfit(), Some(Misfit::NotTheHolder));
}

#[test]
fn work_on_the_spot_that_is_sent_back_goes_to_the_stamped_handler_with_clocks_from_receipt() {
    let mut story = Story::begin(terms());
    let work = story.tell_along(&volunteer(), rectified(1));
    story.wait_until(50);
    let verdict = story.tell(&manager(), sent_back(work));
    let ticket = story.ticket();
    assert_eq!((ticket.stage, ticket.round, ticket.accepted), (Stage::Dispatched, 2, None));
    for clock in [ticket.clocks.accept, ticket.clocks.rectify] {
        let clock = clock.unwrap();
        assert_eq!((clock.start, clock.round, clock.cause, clock.floor), (minute(50), 2, verdict, None));
        assert!(clock.is_running());
    }
}

#[test]
fn work_on_the_spot_without_a_handler_waits_when_it_is_sent_back() {
    let mut story = Story::begin(terms_without_handler());
    let work = story.tell_along(&volunteer(), rectified(1));
    story.wait_until(50);
    story.tell(&manager(), sent_back(work));
    let ticket = story.ticket();
    assert_eq!((ticket.stage, ticket.clocks.dispatch.unwrap().start), (Stage::Waiting, minute(50)));
    // The reporter's second try is no work on the spot any more.
    story.tell(&volunteer(), rectified(2));
    assert_eq!(story.misfit(), Some(Misfit::NotTheHolder));
}

#[test]
fn work_of_the_holder_after_work_on_the_spot_is_sent_back_to_the_holder() {
    let mut story = Story::begin(terms());
    story.tell_along(&volunteer(), rectified(1));
    let work = story.tell(&grid_member(), rectified(2));
    story.tell(&manager(), sent_back(work));
    let ticket = story.ticket();
    assert_eq!((ticket.stage, ticket.accepted.map(|act| act.event)), (Stage::Accepted, Some(work)));
}

#[test]
fn sent_back_work_is_accepted_in_another_round() {
    let mut story = Story::at(Stage::Rectified, terms());
    let (work, accepted) = (story.last(), story.ticket().accepted);
    story.tell(&manager(), sent_back(work));
    let ticket = story.ticket();
    assert_eq!((ticket.stage, ticket.round, ticket.counts.sent_back), (Stage::Accepted, 2, 1));
    assert_eq!((ticket.authors, ticket.accepted), (vec![], accepted));
}

#[test]
fn returned_ticket_can_be_rectified_again() {
    let mut story = Story::at(Stage::Waiting, terms());
    let ticket = story.ticket();
    assert_eq!((ticket.lead, ticket.lead_path, ticket.counts.returned), (None, vec![], 1));
    story.tell(&manager(), dispatched(agency_holder("cg")));
    story.tell(&handler(), rectified(1));
    assert_eq!((story.misfit(), story.ticket().stage), (None, Stage::Rectified));
}

#[test]
fn a_returned_ticket_waits_at_its_last_dispatcher() {
    let mut story = Story::begin(Terms { hand_on: true, ..terms() });
    story.tell(&grid_member(), returned());
    assert_eq!(story.ticket().next_move(), Some(Key::Workspace));
    story.tell(&manager(), dispatched(grid_holder("g")));
    // Handing on does not count as dispatching.
    story.tell(&grid_member(), dispatched(agency_holder("cg")));
    story.tell(&handler(), returned());
    let ticket = story.ticket();
    assert_eq!((ticket.next_move(), ticket.counts.returned), (Some(Key::Grid(grid("c"))), 2));
}

#[test]
fn a_second_rectification_becomes_the_one_to_judge_and_keeps_draw_and_review_clock() {
    let mut story = Story::at(Stage::Rectified, Terms { review: ReviewPolicy::Sampled(20), ..terms() });
    let first = story.last();
    story.tell(&hub(), drawn(first, true));
    let review = story.ticket().clocks.review;
    let second = story.tell(&other_grid_member(), rectified(2));
    let ticket = story.ticket();
    let work = ticket.rectification.clone().unwrap();
    assert_eq!((work.act.event, work.drawn, ticket.round), (second, Some(true), 1));
    assert_eq!((&ticket.clocks.review, ticket.authors.len()), (&review, 2));
    story.tell(&hub(), drawn(second, false));
    assert_eq!(story.misfit(), Some(Misfit::NothingToDraw));
}

#[test]
fn a_verdict_on_an_older_rectification_changes_nothing_and_is_given_again() {
    let mut story = Story::at(Stage::Rectified, terms());
    let first = story.last();
    let second = story.tell(&grid_member(), rectified(2));
    story.tell(&manager(), passed(first));
    let ticket = story.ticket();
    let anomaly = ticket.anomalies[0];
    assert_eq!((anomaly.misfit, anomaly.winner.event), (Misfit::NewerRectification, second));
    assert!(!ticket.authors.contains(&manager().member));
    story.tell(&manager(), passed(second));
    assert_eq!((story.misfit(), story.ticket().stage), (None, Stage::Closed));
}

#[test]
fn what_is_not_drawn_is_closed_by_the_hub() {
    let mut story = Story::at(Stage::Rectified, Terms { review: ReviewPolicy::Sampled(20), ..terms() });
    let work = story.last();
    let draw = story.tell(&hub(), drawn(work, false));
    let ticket = story.ticket();
    assert_eq!((ticket.stage, ticket.ended.map(|act| act.event)), (Stage::Closed, Some(draw)));
    assert!(ticket.clocks.review.is_some_and(|clock| !clock.is_running()));
    story.tell(&hub(), drawn(work, true));
    assert_eq!((story.misfit(), story.ticket().stage), (Some(Misfit::NothingToDraw), Stage::Closed));
}

#[test]
fn every_round_is_drawn_anew() {
    let mut story = Story::at(Stage::Rectified, Terms { review: ReviewPolicy::Sampled(20), ..terms() });
    let first = story.last();
    story.tell(&hub(), drawn(first, true));
    story.tell(&supervisor(), sent_back(first));
    let second = story.tell(&grid_member(), rectified(2));
    assert_eq!(story.ticket().rectification.unwrap().drawn, None);
    story.tell(&hub(), drawn(second, false));
    assert_eq!((story.misfit(), story.ticket().stage), (None, Stage::Closed));
}

#[test]
fn a_closed_ticket_is_reopened_inside_the_days_of_its_terms() {
    let days = |days: i64| 24 * 60 * days;
    for (late, stage) in [(days(7) - 1, Stage::Accepted), (days(7), Stage::Closed)] {
        let mut story = Story::at(Stage::Closed, terms());
        let closed = story.ticket().ended.unwrap();
        story.now = closed.received.plus_ms(late * 60_000);
        story.tell(&supervisor(), reopened());
        let ticket = story.ticket();
        assert_eq!(ticket.stage, stage);
        if stage == Stage::Closed {
            let anomaly = ticket.anomalies[0];
            assert_eq!((anomaly.misfit, anomaly.winner), (Misfit::ReopenTooLate, closed));
        } else {
            assert_eq!((ticket.round, ticket.counts.reopened, ticket.ended), (2, 1, None));
        }
    }
}

#[test]
fn a_ticket_with_no_days_to_reopen_stays_closed_even_in_the_instant_of_closing() {
    for earlier in [0, 1] {
        let mut story = Story::at(Stage::Closed, Terms { reopen_days: 0, ..terms() });
        story.now = story.ticket().ended.unwrap().received.plus_ms(-earlier);
        story.tell(&supervisor(), reopened());
        assert_eq!((story.misfit(), story.ticket().stage), (Some(Misfit::ReopenTooLate), Stage::Closed));
    }
}

#[test]
fn a_void_ticket_says_why() {
    let mut story = Story::begin(terms());
    let reason = VoidReason::Duplicate(event_id(50).into());
    story.tell(&manager(), Body::Voided(Voided { reason }));
    assert_eq!((story.ticket().stage, story.ticket().voided), (Stage::Voided, Some(reason)));
}

#[test]
fn photos_of_what_came_too_late_stay_as_evidence_and_bar_their_author_from_judging() {
    let mut story = Story::at(Stage::Waiting, terms());
    let late = story.tell(&grid_member(), rectified(1));
    let ticket = story.ticket();
    let photo = ticket.photos.last().unwrap();
    assert_eq!((photo.event, photo.shows), (late, Shows::Evidence));
    assert!(ticket.authors.contains(&grid_member().member));
}

#[test]
fn unmet_rules_are_marked_and_never_too_late() {
    let bare = Reported { photos: vec![], fix: None, ..report() };
    let mut story = Story::reported(&volunteer(), terms(), bare);
    let report = story.last();
    let fields = Rectified { outcome: Outcome::Rectified, photos: vec![], fix: Some(fix()), gate_reason: None };
    let work = story.tell(&grid_member(), Body::Rectified(fields));
    let ticket = story.ticket();
    let expected = [(Mark::PhotosMissing, report), (Mark::AccuracyGate, report), (Mark::PhotosMissing, work)];
    assert_eq!((ticket.marks, ticket.anomalies), (expected.to_vec(), vec![]));
}

#[test]
fn persuading_needs_no_after_photo() {
    let mut story = Story::begin(terms());
    story.tell(&grid_member(), persuaded());
    assert_eq!((story.ticket().stage, story.ticket().marks), (Stage::Rectified, vec![]));
}

#[test]
fn a_verdict_on_a_photo_stands_with_the_photo() {
    let mut story = Story::at(Stage::Closed, terms());
    story.tell(&supervisor(), photo_reviewed(1, PhotoVerdict::Reused));
    let ticket = story.ticket();
    assert_eq!(ticket.photos[0].verdict, Some(PhotoVerdict::Reused));
    assert_eq!(ticket.photos[1].verdict, None);
}

#[test]
fn on_a_ticket_that_has_ended_nothing_is_counted() {
    let mut story = Story::at(Stage::Closed, terms());
    let counts = story.ticket().counts;
    for body in [reminded(None), urged(), carded(grid_holder("g"), None)] {
        story.tell(&office(), body);
    }
    assert_eq!((story.ticket().counts, story.ticket().anomalies), (counts, vec![]));
    let mut open = Story::at(Stage::Accepted, terms());
    for body in [reminded(None), urged(), carded(grid_holder("g"), None)] {
        open.tell(&office(), body);
    }
    let counts = open.ticket().counts;
    assert_eq!((counts.reminded, counts.urged, counts.carded), (1, 1, 1));
}

#[test]
fn an_unknown_kind_freezes_the_ticket_and_later_events_are_still_numbered() {
    let mut story = Story::begin(terms());
    let before = story.ticket();
    story.tell(&office(), Body::Unknown(60));
    story.tell(&grid_member(), accepted());
    story.tell(&handler(), accepted());
    let ticket = story.ticket();
    assert_eq!((ticket.needs_update, ticket.seq, ticket.stage), (true, 4, Stage::Dispatched));
    assert_eq!((ticket.accepted, ticket.anomalies), (None, before.anomalies));
}

#[test]
fn a_newer_law_freezes_the_ticket() {
    let mut story = Story::begin(terms());
    story.tell_with(&grid_member(), accepted(), |stamp| stamp.law += 1);
    assert_eq!((story.ticket().needs_update, story.ticket().stage), (true, Stage::Dispatched));
}
