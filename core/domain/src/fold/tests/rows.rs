//! Each row of the table of events, from every stage and by whom it is meant for and whom not.

use Misfit::*;

use crate::event::{Body, DocumentKind, DocumentPublished, Grant, LawSet, MemberSet, PhotoVerdict, Subject};
use crate::id::{EventId, Hash};
use crate::key::MemberRecord;
use crate::misfit::Misfit;
use crate::terms::{ReviewPolicy, Terms};
use crate::testing::bodies::*;
use crate::testing::*;
use crate::ticket::{Stage, Ticket};

const FITS: Option<Misfit> = None;
const CLOSED: Option<Misfit> = Some(AlreadyClosed);
const VOIDED: Option<Misfit> = Some(AlreadyVoided);
const RECTIFIED: Option<Misfit> = Some(AlreadyRectified);

/// What happens to an event from waiting, dispatched, accepted, rectified, closed and voided.
fn row(terms: &Terms, who: &Person, body: impl Fn(&Ticket) -> Body, expected: [Option<Misfit>; 6]) {
    for (stage, expected) in Stage::ALL.into_iter().zip(expected) {
        let mut story = Story::at(stage, terms.clone());
        let before = story.ticket();
        assert_eq!(before.stage, stage);
        story.tell(who, body(&before));
        let after = story.ticket();
        assert_eq!(story.misfit(), expected, "from {stage:?} by {:?}", who.acting);
        if expected.is_some() {
            assert_eq!((after.stage, after.lead, after.round), (before.stage, before.lead, before.round));
        }
    }
}

fn judged(ticket: &Ticket) -> EventId {
    ticket.rectification.as_ref().map_or(event_id(99), |rectification| rectification.act.event)
}

fn other_volunteer() -> Person {
    Person { member: crate::id::MemberId::from_bytes([30; 16]), acting: volunteer().acting }
}

#[test]
fn a_ticket_is_reported_once() {
    let again = Some(OutOfPlace);
    row(&terms(), &volunteer(), |_| Body::Reported(report()), [again; 6]);
}

#[test]
fn the_lead_holder_rectifies_what_is_dispatched_accepted_or_rectified() {
    let waits = Some(NotTheHolder);
    row(&terms(), &grid_member(), |_| rectified(1), [waits, FITS, FITS, FITS, CLOSED, VOIDED]);
    row(&terms(), &office(), |_| rectified(1), [waits, FITS, FITS, FITS, CLOSED, VOIDED]);
}

#[test]
fn whoever_does_not_lead_rectifies_nothing_later() {
    let not = Some(NotTheHolder);
    for who in [handler(), cooperating(), manager(), supervisor(), volunteer()] {
        row(&terms(), &who, |_| rectified(1), [not, not, not, not, CLOSED, VOIDED]);
    }
}

#[test]
fn a_dispatcher_dispatches_until_it_is_rectified() {
    for who in [manager(), supervisor(), office()] {
        let body = |_: &Ticket| dispatched(agency_holder("cg"));
        row(&terms(), &who, body, [FITS, FITS, FITS, RECTIFIED, CLOSED, VOIDED]);
    }
}

#[test]
fn a_lead_holder_hands_on_where_policy_lets_it() {
    let body = |_: &Ticket| dispatched(agency_holder("cg"));
    let (not, forbidden) = (Some(NotDispatcher), Some(HandOnForbidden));
    row(&terms(), &grid_member(), body, [not, forbidden, forbidden, RECTIFIED, CLOSED, VOIDED]);
    let terms = Terms { hand_on: true, ..terms() };
    row(&terms, &grid_member(), body, [not, FITS, FITS, RECTIFIED, CLOSED, VOIDED]);
    row(&terms, &handler(), body, [not, not, not, RECTIFIED, CLOSED, VOIDED]);
}

#[test]
fn the_lead_holder_accepts_once_what_is_dispatched() {
    let (not, taken) = (Some(NotTheHolder), Some(AlreadyAccepted));
    for who in [grid_member(), other_grid_member(), office()] {
        row(&terms(), &who, |_| accepted(), [not, FITS, taken, RECTIFIED, CLOSED, VOIDED]);
    }
    row(&terms(), &handler(), |_| accepted(), [not, not, not, RECTIFIED, CLOSED, VOIDED]);
}

#[test]
fn the_lead_holder_returns_what_is_dispatched_or_accepted() {
    let not = Some(NotTheHolder);
    row(&terms(), &grid_member(), |_| returned(), [not, FITS, FITS, RECTIFIED, CLOSED, VOIDED]);
    row(&terms(), &handler(), |_| returned(), [not, not, not, RECTIFIED, CLOSED, VOIDED]);
}

#[test]
fn a_cooperating_holder_contributes_while_it_is_open() {
    row(&terms(), &cooperating(), |_| contributed(40), [FITS, FITS, FITS, FITS, CLOSED, VOIDED]);
    row(&terms(), &office(), |_| contributed(40), [FITS, FITS, FITS, FITS, CLOSED, VOIDED]);
    let not = Some(NotCooperating);
    row(&terms(), &handler(), |_| contributed(40), [not, not, not, not, CLOSED, VOIDED]);
}

#[test]
fn what_adds_or_urges_fits_any_stage() {
    let bodies = [
        evidence(40),
        commented(),
        photo_reviewed(1, PhotoVerdict::Unclear),
        reminded(None),
        urged(),
        carded(grid_holder("g"), None),
        erased(vec![event_id(1)]),
        admitted(event_id(1)),
    ];
    for body in bodies {
        row(&terms(), &office(), |_| body.clone(), [FITS; 6]);
    }
}

#[test]
fn the_hub_draws_what_is_rectified_under_a_sampled_review() {
    let nothing = Some(NothingToDraw);
    let sampled = Terms { review: ReviewPolicy::Sampled(20), ..terms() };
    for chosen in [false, true] {
        let body = |ticket: &Ticket| drawn(judged(ticket), chosen);
        let rectified = Story::at(Stage::Rectified, sampled.clone());
        assert_eq!(rectified.ticket().stage, Stage::Rectified);
        let mut story = rectified.clone();
        story.tell(&hub(), body(&rectified.ticket()));
        assert_eq!(story.misfit(), FITS);
        row(&terms(), &hub(), body, [nothing; 6]);
    }
}

#[test]
fn a_grid_above_judges_what_is_rectified_where_grids_review() {
    let early = Some(StageForbids);
    for who in [manager(), supervisor(), office(), grid_member()] {
        row(&terms(), &who, |ticket| passed(judged(ticket)), [early, early, early, FITS, CLOSED, VOIDED]);
        row(&terms(), &who, |ticket| sent_back(judged(ticket)), [early, early, early, FITS, CLOSED, VOIDED]);
    }
    let not = Some(NotReviewer);
    row(&terms(), &handler(), |ticket| passed(judged(ticket)), [early, early, early, not, CLOSED, VOIDED]);
}

#[test]
fn only_supervisors_and_the_office_judge_where_the_review_is_theirs() {
    for review in [ReviewPolicy::Always, ReviewPolicy::Sampled(20)] {
        let terms = Terms { review, ..terms() };
        let mut story = Story::at(Stage::Rectified, terms.clone());
        let body = passed(judged(&story.ticket()));
        story.tell(&manager(), body.clone());
        assert_eq!(story.misfit(), Some(NotReviewer));
        for who in [supervisor(), office()] {
            let mut story = Story::at(Stage::Rectified, terms.clone());
            story.tell(&who, body.clone());
            assert_eq!((story.misfit(), story.ticket().stage), (FITS, Stage::Closed));
        }
    }
}

#[test]
fn a_dispatcher_voids_while_it_is_open() {
    for who in [manager(), supervisor(), office()] {
        row(&terms(), &who, |_| voided(), [FITS, FITS, FITS, FITS, CLOSED, VOIDED]);
    }
    let not = Some(NotDispatcher);
    for who in [grid_member(), handler(), other_volunteer()] {
        row(&terms(), &who, |_| voided(), [not, not, not, not, CLOSED, VOIDED]);
    }
}

#[test]
fn the_reporter_voids_while_nobody_has_accepted() {
    let late = Some(ReporterTooLate);
    row(&terms(), &volunteer(), |_| voided(), [FITS, FITS, late, late, CLOSED, VOIDED]);
}

#[test]
fn the_reporter_voids_own_work_on_the_spot_that_waits_for_review() {
    let mut story = Story::begin(terms());
    story.tell_along(&volunteer(), rectified(1));
    story.tell(&volunteer(), voided());
    assert_eq!((story.misfit(), story.ticket().stage), (FITS, Stage::Voided));
}

#[test]
fn only_what_is_closed_is_reopened() {
    let not = Some(StageForbids);
    for who in [supervisor(), office()] {
        row(&terms(), &who, |_| reopened(), [not, not, not, not, FITS, VOIDED]);
    }
}

#[test]
fn the_holder_asks_and_so_does_a_dispatcher() {
    let wish = Grant::Extension(60);
    let waits = Some(NotTheHolder);
    row(&terms(), &grid_member(), |_| asked(wish), [waits, FITS, FITS, RECTIFIED, CLOSED, VOIDED]);
    row(&terms(), &manager(), |_| asked(wish), [FITS, FITS, FITS, RECTIFIED, CLOSED, VOIDED]);
    row(&terms(), &handler(), |_| asked(wish), [waits, waits, waits, RECTIFIED, CLOSED, VOIDED]);
}

#[test]
fn a_dispatcher_grants_unasked() {
    for grant in [Grant::Extension(60), Grant::Suspension(minute(600))] {
        row(&terms(), &manager(), |_| granted(None, grant), [FITS, FITS, FITS, RECTIFIED, CLOSED, VOIDED]);
        let not = Some(NotDispatcher);
        row(&terms(), &grid_member(), |_| granted(None, grant), [not, not, not, RECTIFIED, CLOSED, VOIDED]);
    }
}

#[test]
fn nothing_is_denied_that_was_not_asked() {
    let (none, not) = (Some(NoOpenAsk), Some(NotDispatcher));
    row(&terms(), &manager(), |_| denied(event_id(1)), [none, none, none, RECTIFIED, CLOSED, VOIDED]);
    row(&terms(), &grid_member(), |_| denied(event_id(1)), [not, not, not, RECTIFIED, CLOSED, VOIDED]);
}

#[test]
fn nothing_is_resumed_that_is_not_suspended() {
    let (runs, waits) = (Some(NotSuspended), Some(NotTheHolder));
    row(&terms(), &manager(), |_| resumed(), [runs, runs, runs, RECTIFIED, CLOSED, VOIDED]);
    row(&terms(), &grid_member(), |_| resumed(), [waits, runs, runs, RECTIFIED, CLOSED, VOIDED]);
}

#[test]
fn a_dispatcher_changes_category_and_place_until_it_is_rectified() {
    for body in [recategorised(), relocated()] {
        for who in [manager(), supervisor(), office()] {
            row(&terms(), &who, |_| body.clone(), [FITS, FITS, FITS, RECTIFIED, CLOSED, VOIDED]);
        }
        let not = Some(NotDispatcher);
        row(&terms(), &grid_member(), |_| body.clone(), [not, not, not, RECTIFIED, CLOSED, VOIDED]);
    }
}

#[test]
fn the_reporter_changes_category_and_place_while_it_waits_or_is_dispatched() {
    for body in [recategorised(), relocated()] {
        let late = Some(ReporterTooLate);
        row(&terms(), &volunteer(), |_| body.clone(), [FITS, FITS, late, RECTIFIED, CLOSED, VOIDED]);
    }
}

#[test]
fn the_hub_rehomes_what_is_open() {
    let body = |_: &Ticket| rehomed(grid_holder("g"), grid_holder("g2"));
    row(&terms(), &hub(), body, [FITS, FITS, FITS, FITS, CLOSED, VOIDED]);
}

#[test]
fn what_is_about_no_ticket_is_out_of_place_on_one() {
    let member = volunteer().member;
    let record = MemberRecord { member, active: true, roles: vec![], duty: vec![] };
    let published = DocumentPublished { kind: DocumentKind::Grids, hash: Hash::ZERO };
    for body in
        [Body::MemberSet(MemberSet { record }), Body::DocumentPublished(published), Body::LawSet(LawSet { version: 1 })]
    {
        assert!(!body.is_about(Subject::Ticket(event_id(1).into())));
        row(&terms(), &hub(), |_| body.clone(), [Some(OutOfPlace); 6]);
    }
}
