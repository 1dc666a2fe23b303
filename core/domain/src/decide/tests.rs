use super::*;
use crate::event::{Payload, Rectified, Relocated, Reported};
use crate::fold::fold;
use crate::terms::ReviewPolicy;
use crate::testing::bodies::*;
use crate::testing::*;
use crate::ticket::Stage;

/// What the phone says to somebody who would write this next.
fn decided(who: &Person, story: &Story, body: Body) -> Result<(), Code> {
    let ticket = story.ticket();
    decide(&standing(who, Some(&ticket)), &story.draft(who, body).fact())
}

fn report_decided(fields: Reported) -> Result<(), Code> {
    let story = Story::reported(&volunteer(), terms(), fields);
    decide(&standing(&volunteer(), None), &story.events[0].fact())
}

#[test]
fn what_is_right_and_fits_is_written() {
    assert_eq!(report_decided(report()), Ok(()));
    let story = Story::at(Stage::Dispatched, terms());
    assert_eq!(decided(&grid_member(), &story, accepted()), Ok(()));
    assert_eq!(decided(&grid_member(), &story, rectified(1)), Ok(()));
    assert_eq!(decided(&manager(), &story, reminded(None)), Ok(()));
}

#[test]
fn what_does_not_fit_is_refused_with_the_code_of_the_misfit() {
    let story = Story::at(Stage::Accepted, terms());
    assert_eq!(decided(&other_grid_member(), &story, accepted()), Err(Code::AlreadyAccepted));
    assert_eq!(decided(&handler(), &story, returned()), Err(Code::NotTheHolder));
    assert_eq!(decided(&volunteer(), &story, voided()), Err(Code::ReporterTooLate));
}

#[test]
fn right_is_asked_before_what_fits() {
    let story = Story::at(Stage::Closed, terms());
    assert_eq!(decided(&handler(), &story, passed(event_id(3))), Err(Code::RoleLacksKind));
}

#[test]
fn the_phone_refuses_before_anything_is_written_what_the_fold_would_only_keep() {
    let story = Story::at(Stage::Accepted, terms());
    assert_eq!(decided(&grid_member(), &story, reminded(None)), Err(Code::NotDispatcher));
    for (stage, code) in [(Stage::Closed, Code::AlreadyClosed), (Stage::Voided, Code::AlreadyVoided)] {
        let story = Story::at(stage, terms());
        for body in [reminded(None), urged(), carded(grid_holder("g"), None)] {
            assert_eq!(decided(&office(), &story, body), Err(code));
        }
        assert_eq!(decided(&office(), &story, commented()), Ok(()));
    }
}

#[test]
fn a_report_needs_a_place_its_photos_and_a_good_fix_or_a_reason() {
    assert_eq!(report_decided(Reported { pin: None, ..report() }), Err(Code::NoPlace));
    assert_eq!(report_decided(Reported { pin: None, grid: Some(grid("g")), ..report() }), Ok(()));
    assert_eq!(report_decided(Reported { photos: vec![], ..report() }), Err(Code::PhotoRuleNotMet));
    assert_eq!(report_decided(Reported { fix: None, ..report() }), Err(Code::AccuracyGateNotMet));
    let vague = Some(Fix { accuracy_cm: Some(5_001), ..fix() });
    assert_eq!(report_decided(Reported { fix: vague, ..report() }), Err(Code::AccuracyGateNotMet));
    let unknown = Some(Fix { accuracy_cm: None, ..fix() });
    assert_eq!(report_decided(Reported { fix: unknown, ..report() }), Err(Code::AccuracyGateNotMet));
    let reason = Some("indoors".parse().unwrap());
    assert_eq!(report_decided(Reported { fix: None, gate_reason: reason, ..report() }), Ok(()));
    let exact = Some(Fix { accuracy_cm: Some(5_000), ..fix() });
    assert_eq!(report_decided(Reported { fix: exact, ..report() }), Ok(()));
}

#[test]
fn rectifying_needs_after_photos_but_persuading_does_not() {
    let story = Story::at(Stage::Accepted, terms());
    let bare = Rectified { outcome: Outcome::Rectified, photos: vec![], fix: Some(fix()), gate_reason: None };
    assert_eq!(decided(&grid_member(), &story, Body::Rectified(bare)), Err(Code::PhotoRuleNotMet));
    assert_eq!(decided(&grid_member(), &story, persuaded()), Ok(()));
}

#[test]
fn a_ticket_is_not_moved_to_nowhere() {
    let story = Story::at(Stage::Dispatched, terms());
    let nowhere = Body::Relocated(Relocated { pin: None, grid: None });
    assert_eq!(decided(&manager(), &story, nowhere), Err(Code::NoPlace));
}

#[test]
fn a_suspension_longer_than_the_terms_allow_is_refused() {
    let terms = crate::terms::Terms { suspension_max_days: Some(2), ..terms() };
    let mut story = Story::begin(terms);
    story.wait_until(30);
    let until = |minutes: i64| Grant::Suspension(minute(30 + 2 * 24 * 60 + minutes));
    assert_eq!(decided(&grid_member(), &story, asked(until(1))), Err(Code::SuspensionTooLong));
    assert_eq!(decided(&manager(), &story, granted(None, until(1))), Err(Code::SuspensionTooLong));
    let ask = story.tell(&grid_member(), asked(until(0)));
    // It would run from the ask, which came at minute 30.
    story.wait_until(600);
    assert_eq!(decided(&manager(), &story, granted(Some(ask), until(1))), Err(Code::SuspensionTooLong));
    assert_eq!(decided(&manager(), &story, granted(Some(ask), until(0))), Ok(()));
    assert_eq!(decided(&manager(), &story, granted(None, until(570))), Ok(()));
}

#[test]
fn a_ticket_of_a_newer_law_is_left_alone() {
    let mut story = Story::at(Stage::Dispatched, terms());
    story.tell(&office(), Body::Unknown(60));
    assert_eq!(decided(&grid_member(), &story, accepted()), Err(Code::NeedsUpdate));
}

#[test]
fn a_full_ticket_takes_only_what_moves_it_on() {
    let mut story = Story::at(Stage::Rectified, terms());
    let work = story.last();
    story.tell_with(&volunteer(), commented(), |stamp| stamp.seq = 900);
    assert_eq!(decided(&volunteer(), &story, commented()), Err(Code::TicketFull));
    assert_eq!(decided(&manager(), &story, passed(work)), Ok(()));
}

#[test]
fn an_event_that_takes_its_tickets_name_is_no_event() {
    let story = Story::begin(terms());
    let ticket = story.ticket();
    let mut draft = story.draft(&volunteer(), commented());
    draft.id = story.id.reported();
    assert_eq!(decide(&standing(&volunteer(), Some(&ticket)), &draft.fact()), Err(Code::BadBytes));
}

#[test]
fn work_on_the_spot_is_decided_on_the_report_before_it() {
    let terms = crate::terms::Terms { review: ReviewPolicy::None, ..terms_without_handler() };
    let mut story = Story::begin(terms);
    let reported = fold(story.events.iter().map(Told::fact)).unwrap();
    story.tell_along(&volunteer(), rectified(1));
    let work = &story.events[1];
    let read = Payload::from_bytes(&work.payload.to_bytes()).unwrap();
    assert_eq!(decide(&standing(&volunteer(), Some(&reported)), &Fact { payload: &read, ..work.fact() }), Ok(()));
    assert_eq!(story.ticket().stage, Stage::Closed);
}
