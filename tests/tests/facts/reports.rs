//! LAW, events: how tickets come to be and to whom they go.

use redvest_client::commands::{By, Report};
use redvest_domain::event::{Outcome, Source};
use redvest_domain::key::{Acting, Key};
use redvest_domain::ticket::{Mark, Stage};
use redvest_tests::World;
use redvest_tests::device::{CIGARETTE, LITTER, NOBODYS, STRUCTURE, agency, fix, grid, reason, refusal, saying};
use redvest_tests::district::{middle_of, of_grid};

#[test]
fn a_report_goes_to_the_deepest_staffed_grid() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    // A second community gets a member, its grid does not.
    world.set_role("sun", of_grid("SQ02"));
    let near = li.report("WG01", LITTER);
    let far = li.report("WG03", LITTER);
    assert!(li.row(near).clock_starts_when_sent && li.row(near).number.contains('-'));
    let log = world.converge(&[&li, &wang, &sun]);
    assert_eq!((log.tickets[&near].stage, &log.tickets[&near].lead), (Stage::Dispatched, &Some(grid("WG01"))));
    assert_eq!((log.tickets[&far].stage, &log.tickets[&far].lead), (Stage::Dispatched, &Some(grid("SQ02"))));
    assert_eq!(wang.row(near).stage, Stage::Dispatched);
    assert!(!wang.holds(far) && sun.holds(far) && !sun.holds(near));
    let row = li.row(near);
    assert_eq!((row.number.as_str(), row.pending, row.clock_starts_when_sent), ("20261123-0001", 0, false));
    assert_eq!(row.lead.as_deref(), Some("grid:WG01"));
    let found = li.client().search(&row.local_number.unwrap(), None).unwrap();
    assert_eq!(found.rows.len(), 1, "the phone's own number stays searchable");
}

#[test]
fn an_agencys_category_goes_to_the_agency_and_the_grid_cooperates() {
    let world = World::new();
    let (li, chen, wang) = (world.enrol("li"), world.enrol("chen"), world.enrol("wang"));
    let ticket = li.report("WG01", STRUCTURE);
    let log = world.converge(&[&li, &chen, &wang]);
    let state = &log.tickets[&ticket];
    assert_eq!((state.stage, &state.lead), (Stage::Dispatched, &Some(agency("CG"))));
    assert_eq!(state.cooperating, [grid("WG01")]);
    assert!(chen.holds(ticket) && wang.holds(ticket));
}

#[test]
fn a_report_that_nobody_handles_waits_at_the_office() {
    let world = World::new();
    let (li, zhou, wu) = (world.enrol("li"), world.enrol("zhou"), world.enrol("wu"));
    let unled = li.report("WG01", NOBODYS);
    // Nobody works in WG03, SQ02 or JD01.
    let unstaffed = li.report("WG03", LITTER);
    let log = world.converge(&[&li, &zhou, &wu]);
    for ticket in [unled, unstaffed] {
        let state = &log.tickets[&ticket];
        assert_eq!((state.stage, &state.lead, &state.waits_at), (Stage::Waiting, &None, &None));
        assert_eq!(state.next_move(), Some(Key::Workspace));
    }
    assert_eq!(wu.client().work_list(None, None).unwrap().rows.len(), 2);
}

#[test]
fn a_grid_can_be_picked_by_hand_instead_of_a_pin() {
    let world = World::new();
    let (li, zhao) = (world.enrol("li"), world.enrol("zhao"));
    let picked = Report { pin: None, grid: Some("WG02".parse().unwrap()), ..li.report_in("WG02", LITTER) };
    let ticket = li.client().report(picked, By::default()).unwrap().ticket;
    let nowhere = Report { pin: None, ..li.report_in("WG02", LITTER) };
    assert_eq!(refusal(li.client().report(nowhere, By::default())), "no_place");
    world.converge(&[&li, &zhao]);
    assert_eq!(zhao.row(ticket).grid.unwrap().as_str(), "WG02");
}

#[test]
fn rules_for_photos_and_positions_are_asked_before_anything_is_written() {
    let world = World::new();
    let (li, zhou) = (world.enrol("li"), world.enrol("zhou"));
    let client = li.client();
    let bare = Report { photos: vec![], ..li.report_in("WG01", LITTER) };
    assert_eq!(refusal(client.report(bare, By::default())), "photo_rule_not_met");
    let mut vague = fix(middle_of("WG01"));
    vague.accuracy_cm = Some(20_000);
    let vague = Report { fix: Some(vague), ..li.report_in("WG01", LITTER) };
    assert_eq!(refusal(client.report(vague.clone(), By::default())), "accuracy_gate_not_met");
    let unknown = Report { gate_reason: Some(reason("because")), ..vague.clone() };
    assert_eq!(refusal(client.report(unknown, By::default())), "unknown_reason");
    let strange = Report { category: "Z9".parse().unwrap(), ..vague.clone() };
    assert_eq!(refusal(client.report(strange, By::default())), "unknown_category");
    assert_eq!(client.home().unwrap().events_waiting, 0, "what is refused leaves no trace");
    let explained = Report { gate_reason: Some(reason("signal")), ..vague };
    let ticket = client.report(explained, By::default()).unwrap().ticket;
    let log = world.converge(&[&li, &zhou]);
    let marks: Vec<Mark> = log.tickets[&ticket].marks.iter().map(|(mark, _)| *mark).collect();
    assert!(marks.contains(&Mark::AccuracyGate), "an unmet gate is marked: {marks:?}");
}

#[test]
fn work_on_the_spot_is_the_reporters_whatever_handler_is_stamped() {
    let world = World::new();
    let (li, chen, zhou) = (world.enrol("li"), world.enrol("chen"), world.enrol("zhou"));
    let ticket = li.report_done("WG01", STRUCTURE, Outcome::Rectified);
    let log = world.converge(&[&li, &chen, &zhou]);
    let state = &log.tickets[&ticket];
    assert_eq!((state.stage, &state.lead), (Stage::Rectified, &Some(agency("CG"))));
    assert!(state.rectification.as_ref().unwrap().on_the_spot);
    // Sent back, it goes to the stamped handler with clocks from receipt.
    world.pass(60_000);
    let back = redvest_client::commands::SendBack { reasons: vec![reason("not_done")], ..Default::default() };
    zhou.client().send_back(ticket, back, By::default()).unwrap();
    let state = world.converge(&[&zhou, &chen, &li]).tickets.remove(&ticket).unwrap();
    assert_eq!((state.stage, state.round, &state.lead), (Stage::Dispatched, 2, &Some(agency("CG"))));
    assert_eq!(state.clocks.rectify.unwrap().start, world.now());
}

#[test]
fn persuading_somebody_closes_the_ticket_without_review() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let ticket = li.report_done("WG01", CIGARETTE, Outcome::Persuaded);
    assert_eq!(li.row(ticket).stage, Stage::Closed, "the phone shows at once what it will come to");
    let log = world.converge(&[&li, &wang]);
    assert_eq!(log.tickets[&ticket].stage, Stage::Closed);
    assert_eq!(wang.row(ticket).stage, Stage::Closed);
}

#[test]
fn a_recurrence_names_the_earlier_ticket() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let first = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    wang.rectify(first);
    world.settle(&[&wang, &sun]);
    sun.client().pass(first, Default::default(), By::default()).unwrap();
    world.settle(&[&sun, &li]);
    let again = Report { recurs: Some(first), source: Source::SpotCheck, ..li.report_in("WG01", LITTER) };
    let second = li.client().report(again, saying("又堆上了")).unwrap().ticket;
    let log = world.converge(&[&li, &wang, &sun]);
    assert_eq!(log.tickets[&second].recurs, Some(first));
    assert_eq!(wang.client().ticket(second).unwrap().recurs, Some(first));
}

#[test]
fn every_member_may_report_under_its_own_role() {
    let world = World::new();
    let (chen, zhou) = (world.enrol("chen"), world.enrol("zhou"));
    let by = By { acting: World::someone("chen").acting, words: None };
    let report = chen.report_in("WG02", LITTER);
    let done = chen.client().report(report, by).unwrap();
    assert_eq!(done.acting.key, Key::Agency("CG".parse().unwrap()));
    let forged = By {
        acting: Some(Acting { key: Key::Grid("WG01".parse().unwrap()), ..of_grid("WG01").unwrap() }),
        words: None,
    };
    let report = chen.report_in("WG02", LITTER);
    assert_eq!(refusal(chen.client().report(report, forged)), "role_not_held");
    world.converge(&[&chen, &zhou]);
    assert!(zhou.holds(done.ticket));
}

#[test]
fn a_member_without_tickets_is_greeted_by_name() {
    let world = World::new();
    assert_eq!(world.enrol("li").client().home().unwrap().member.as_deref(), Some("李红"));
}
