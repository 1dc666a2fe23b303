//! LAW, events: judging, sending back, voiding and reopening; two who act at once.

use redvest_client::commands::{By, Evidence, Judge, SendBack};
use redvest_domain::event::{PhotoVerdict, VoidReason};
use redvest_domain::ticket::Stage;
use redvest_domain::time::{DAY_MS, HOUR_MS};
use redvest_tests::World;
use redvest_tests::device::{LITTER, STRUCTURE, grid, reason, refusal, saying, to};

fn not_done() -> SendBack {
    SendBack { reasons: vec![reason("not_done")], ..SendBack::default() }
}

#[test]
fn a_grid_manager_closes_what_the_grid_put_right_and_nobody_judges_own_work() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    wang.rectify(ticket);
    assert_eq!(refusal(wang.client().pass(ticket, Judge::default(), By::default())), "four_eyes");
    world.settle(&[&wang, &sun]);
    let visit = Judge { photos: vec![sun.photo()], ..Judge::default() };
    sun.client().pass(ticket, visit, saying("合格")).unwrap();
    assert_eq!(refusal(sun.client().pass(ticket, Judge::default(), By::default())), "already_closed");
    let log = world.converge(&[&sun, &wang, &li]);
    assert_eq!(log.tickets[&ticket].stage, Stage::Closed);
    assert_eq!((li.row(ticket).stage, wang.row(ticket).stage), (Stage::Closed, Stage::Closed));
}

#[test]
fn work_for_a_supervisor_cannot_be_judged_by_a_grid() {
    let world = World::new();
    let (li, chen, sun, zhou) = (world.enrol("li"), world.enrol("chen"), world.enrol("sun"), world.enrol("zhou"));
    let ticket = li.report("WG01", STRUCTURE);
    world.settle(&[&li, &chen]);
    chen.rectify(ticket);
    world.settle(&[&chen, &sun, &zhou]);
    assert_eq!(refusal(sun.client().pass(ticket, Judge::default(), By::default())), "not_reviewer");
    zhou.client().pass(ticket, Judge::default(), By::default()).unwrap();
    assert_eq!(world.converge(&[&zhou, &chen, &sun, &li]).tickets[&ticket].stage, Stage::Closed);
}

#[test]
fn sent_back_the_limit_goes_on_with_what_was_left() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    // Four working hours from 09:00: due at 14:00 + 1 h = 15:00.
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    let due = li.row(ticket).due;
    world.pass(HOUR_MS);
    wang.rectify(ticket);
    world.settle(&[&wang, &sun]);
    world.pass(HOUR_MS);
    assert_eq!(refusal(sun.client().send_back(ticket, SendBack::default(), By::default())), "unknown_reason");
    sun.client().send_back(ticket, not_done(), saying("没清干净")).unwrap();
    let state = world.converge(&[&sun, &wang, &li]).tickets.remove(&ticket).unwrap();
    assert_eq!((state.stage, state.round, state.counts.sent_back), (Stage::Accepted, 2, 1));
    let clock = state.clocks.rectify.as_ref().unwrap();
    assert!(clock.is_running() && clock.pauses.len() == 1, "the hour of waiting for review does not count");
    let calendar = world.store().reference();
    let calendar = calendar.clock(&state.terms.calendar).unwrap();
    assert_eq!(state.remaining_ms(redvest_domain::event::ClockName::Rectify, world.now(), calendar), Some(3 * HOUR_MS));
    assert!(due.is_some() && wang.row(ticket).due > due);
    wang.rectify(ticket);
    world.settle(&[&wang, &sun]);
    sun.client().pass(ticket, Judge::default(), By::default()).unwrap();
    assert_eq!(world.converge(&[&sun, &wang, &li]).tickets[&ticket].stage, Stage::Closed);
}

#[test]
fn a_verdict_on_an_older_rectification_is_told_to_look_again() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    wang.rectify(ticket);
    world.settle(&[&wang, &sun]);
    let second = wang.rectify(ticket);
    sun.client().pass(ticket, Judge::default(), By::default()).unwrap();
    wang.sync();
    sun.sync();
    assert_eq!(sun.too_late(), ["newer_rectification"]);
    let state = world.converge(&[&sun, &wang, &li]).tickets.remove(&ticket).unwrap();
    assert_eq!((state.stage, state.rectification.unwrap().act.event), (Stage::Rectified, second));
    sun.client().pass(ticket, Judge::default(), By::default()).unwrap();
    assert_eq!(world.converge(&[&sun, &wang, &li]).tickets[&ticket].stage, Stage::Closed);
}

#[test]
fn too_late_tells_who_came_first_until_it_is_dismissed() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang, &sun]);
    world.pass(60_000);
    sun.client().dispatch(ticket, to(grid("WG02")), By::default()).unwrap();
    let came_first = world.now();
    world.pass(60_000);
    wang.client().accept(ticket, By::default()).unwrap();
    sun.sync();
    wang.sync();
    let news = wang.client().too_late().unwrap();
    assert_eq!((news.len(), news[0].code.as_str()), (1, "not_the_holder"));
    let winner = news[0].winner.clone().unwrap();
    assert_eq!((winner.kind_zh.as_str(), winner.name.as_str(), winner.at), ("派遣", "孙亮", came_first));
    let state = world.converge(&[&wang, &sun, &li]).tickets.remove(&ticket).unwrap();
    assert_eq!((state.stage, state.lead, state.anomalies.len()), (Stage::Dispatched, Some(grid("WG02")), 1));
    let late = li.history(ticket).into_iter().find(|row| row.kind == "accepted").unwrap().late.unwrap();
    assert_eq!((late.code.as_str(), late.winner.as_str()), ("not_the_holder", "孙亮"), "the losing act stays in view");
    wang.client().dismiss(news[0].event).unwrap();
    assert_eq!(wang.client().too_late().unwrap(), []);
    world.converge(&[&wang, &sun, &li]);
}

#[test]
fn the_phone_says_at_once_what_will_probably_be_too_late() {
    let world = World::new();
    let (li, wang, zhao, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhao"), world.enrol("sun"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang, &sun, &zhao]);
    sun.client().dispatch(ticket, to(grid("WG02")), By::default()).unwrap();
    sun.sync();
    // Nothing waits when the sync begins, so its first request is a pull; the member acts while that is on its way.
    wang.sync_while(|| {
        wang.client().accept(ticket, By::default()).unwrap();
        assert_eq!(wang.row(ticket).probably_late, 0);
    });
    let row = wang.row(ticket);
    assert_eq!((row.stage, row.pending, row.probably_late), (Stage::Dispatched, 1, 1));
    let late = wang.history(ticket).into_iter().find(|row| row.kind == "accepted").unwrap().late.unwrap();
    assert_eq!(late.code, "not_the_holder");
    // It is sent all the same.
    wang.sync();
    assert_eq!((wang.row(ticket).pending, wang.too_late().len()), (0, 1));
    world.converge(&[&wang, &sun, &li, &zhao]);
}

#[test]
fn a_reporter_withdraws_until_somebody_accepts() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let (first, second) = (li.report("WG01", LITTER), li.report("WG01", LITTER));
    world.settle(&[&li, &wang]);
    li.client().void(first, VoidReason::Mistake, By::default()).unwrap();
    wang.client().accept(second, By::default()).unwrap();
    wang.sync();
    li.client().void(second, VoidReason::Mistake, By::default()).unwrap();
    let log = world.converge(&[&li, &wang]);
    assert_eq!((log.tickets[&first].stage, log.tickets[&second].stage), (Stage::Voided, Stage::Accepted));
    assert_eq!(li.too_late(), ["reporter_too_late"]);
    assert_eq!(refusal(li.client().void(second, VoidReason::Mistake, By::default())), "reporter_too_late");
    assert_eq!(refusal(wang.client().accept(first, By::default())), "already_voided");
}

#[test]
fn a_dispatcher_voids_a_duplicate() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let (first, second) = (li.report("WG01", LITTER), li.report("WG01", LITTER));
    world.settle(&[&li, &wang, &sun]);
    assert_eq!(refusal(wang.client().void(second, VoidReason::Duplicate(first), By::default())), "not_dispatcher");
    sun.client().void(second, VoidReason::Duplicate(first), By::default()).unwrap();
    let log = world.converge(&[&sun, &li, &wang]);
    assert_eq!(log.tickets[&second].voided, Some(VoidReason::Duplicate(first)));
}

#[test]
fn what_was_wrongly_closed_is_reopened_inside_the_policys_days() {
    let world = World::new();
    let (li, wang, sun, zhou) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"), world.enrol("zhou"));
    let phones = [&li, &wang, &sun, &zhou];
    let (first, second) = (li.report("WG01", LITTER), li.report("WG01", LITTER));
    world.settle(&phones);
    wang.rectify(first);
    wang.rectify(second);
    world.settle(&phones);
    sun.client().pass(first, Judge::default(), By::default()).unwrap();
    sun.client().pass(second, Judge::default(), By::default()).unwrap();
    world.settle(&phones);
    assert_eq!(refusal(sun.client().reopen(first, reason("wrongly_closed"), By::default())), "role_lacks_kind");
    world.pass(30 * DAY_MS - 1);
    zhou.client().reopen(first, reason("work_unsound"), saying("复查未整改")).unwrap();
    let log = world.converge(&phones);
    assert_eq!((log.tickets[&first].stage, log.tickets[&first].round), (Stage::Accepted, 2));
    world.pass(1);
    assert_eq!(refusal(zhou.client().reopen(second, reason("work_unsound"), By::default())), "reopen_too_late");
}

#[test]
fn a_verdict_on_a_photo_is_shown_with_it_and_changes_no_stage() {
    let world = World::new();
    let (li, zhou) = (world.enrol("li"), world.enrol("zhou"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &zhou]);
    let photo = zhou.client().ticket(ticket).unwrap().photos[0].original;
    assert_eq!(refusal(li.client().review_photo(ticket, photo, PhotoVerdict::Fine, By::default())), "role_lacks_kind");
    zhou.client().review_photo(ticket, photo, PhotoVerdict::Unclear, saying("太暗")).unwrap();
    world.converge(&[&zhou, &li]);
    let detail = li.client().ticket(ticket).unwrap();
    assert_eq!((detail.photos[0].verdict.as_deref(), detail.row.stage), (Some("unclear"), Stage::Dispatched));
}

#[test]
fn refused_for_four_eyes_stays_visible_and_the_office_may_admit_it() {
    let world = World::new();
    let (li, wang, wu) = (world.enrol("li"), world.enrol("wang"), world.enrol("wu"));
    let (sun, suns_other) = (world.enrol("sun"), world.enrol("sun"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    wang.rectify(ticket);
    world.settle(&[&wang, &sun, &suns_other, &wu]);
    suns_other.client().add_evidence(ticket, Evidence { photos: vec![suns_other.photo()] }, By::default()).unwrap();
    suns_other.sync();
    // This phone has not heard that its owner took evidence in this round.
    let visit = Judge { photos: vec![sun.photo()], ..Judge::default() };
    let passed = sun.client().pass(ticket, visit, saying("合格")).unwrap().events[0];
    world.converge(&[&sun, &suns_other, &wu, &li, &wang]);
    let news = sun.client().refused().unwrap();
    assert_eq!((news.len(), news[0].code.as_str(), news[0].event), (1, "four_eyes", passed));
    assert_eq!((news[0].words.as_deref(), news[0].photos.len()), (Some("合格"), 1));
    assert!(news[0].photos[0].original_path.as_ref().is_some_and(|path| path.exists()));
    assert_eq!(sun.row(ticket).stage, Stage::Rectified, "a refused act shows nothing on its ticket");
    // Not everybody's to admit, and not twice.
    assert_eq!(refusal(li.client().admit(ticket, passed, By::default())), "role_lacks_kind");
    wu.client().admit(ticket, passed, saying("情况属实")).unwrap();
    let log = world.converge(&[&wu, &sun, &suns_other, &li, &wang]);
    assert!(log.events.contains_key(&passed));
    assert_eq!(log.tickets[&ticket].stage, Stage::Closed);
    assert_eq!(sun.refused(), [""; 0], "what was admitted is refused no more");
    let waiting: u64 = sun.client().store().photos_waiting().unwrap().iter().map(|role| role.files).sum();
    assert_eq!(waiting, 0, "the photos of admitted work are sent");
}
