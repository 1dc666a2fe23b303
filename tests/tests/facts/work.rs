//! LAW, events: the work on a ticket, from dispatch to rectification.

use redvest_client::commands::{By, Contribute, Dispatch, Evidence, Rectify};
use redvest_client::store::Work;
use redvest_domain::event::{DocumentKind, Outcome};
use redvest_domain::id::EventId;
use redvest_domain::key::Key;
use redvest_domain::reference::Successors;
use redvest_domain::ticket::{Shows, Stage};
use redvest_tests::World;
use redvest_tests::device::{LITTER, MARKET, STRUCTURE, agency, grid, grid_key, reason, refusal, saying, to};
use serde_json::json;

#[test]
fn the_holder_accepts_and_rectifies_after_photos() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    wang.client().accept(ticket, By::default()).unwrap();
    assert_eq!(refusal(wang.client().accept(ticket, By::default())), "already_accepted");
    let bare = Rectify { photos: vec![], ..wang.rectified() };
    assert_eq!(refusal(wang.client().rectify(ticket, bare, By::default())), "photo_rule_not_met");
    wang.rectify(ticket);
    assert_eq!((wang.row(ticket).stage, wang.row(ticket).pending), (Stage::Rectified, 2));
    let log = world.converge(&[&wang, &li, &sun]);
    let state = &log.tickets[&ticket];
    assert_eq!((state.stage, state.photos.len(), state.photos[1].shows), (Stage::Rectified, 2, Shows::After));
    assert_eq!(sun.client().work_list(Some(Work::Review), None).unwrap().rows[0].ticket, ticket);
    let kinds: Vec<String> = li.history(ticket).into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["reported", "accepted", "rectified"]);
    assert_eq!(li.history(ticket)[2].words.as_deref(), Some("已整改"));
    assert_eq!(li.history(ticket)[2].author, "王强");
}

#[test]
fn rectifying_accepts_by_itself_and_nothing_found_needs_no_photo() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    let nothing = Rectify { outcome: Outcome::NothingFound, photos: vec![], ..wang.rectified() };
    wang.client().rectify(ticket, nothing, By::default()).unwrap();
    let log = world.converge(&[&wang, &li]);
    let state = &log.tickets[&ticket];
    assert_eq!(state.stage, Stage::Rectified);
    assert!(!state.clocks.accept.as_ref().unwrap().is_running());
}

#[test]
fn a_returned_ticket_waits_at_its_last_dispatcher_and_handing_on_does_not_count() {
    let world = World::new();
    let (li, wang, zhao, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhao"), world.enrol("sun"));
    let phones = [&li, &wang, &zhao, &sun];
    let ticket = li.report("WG01", LITTER);
    world.settle(&phones);
    assert_eq!(refusal(wang.client().return_ticket(ticket, reason("tired"), By::default())), "unknown_reason");
    wang.client().return_ticket(ticket, reason("outside_area"), saying("在二网格一侧")).unwrap();
    let state = world.converge(&phones).tickets.remove(&ticket).unwrap();
    // Nobody dispatched it yet, so it waits at the office; the grids above see it as before.
    assert_eq!((state.stage, state.waits_at, state.counts.returned), (Stage::Waiting, None, 1));
    sun.client().dispatch(ticket, to(grid("WG02")), By::default()).unwrap();
    world.settle(&phones);
    zhao.client().dispatch(ticket, to(grid("WG01")), saying("属一网格")).unwrap();
    let state = world.converge(&phones).tickets.remove(&ticket).unwrap();
    assert_eq!((state.stage, state.lead), (Stage::Dispatched, Some(grid("WG01"))));
    wang.client().return_ticket(ticket, reason("outside_area"), By::default()).unwrap();
    let state = world.converge(&phones).tickets.remove(&ticket).unwrap();
    assert_eq!((state.stage, state.waits_at), (Stage::Waiting, Some(grid_key("SQ01"))));
    assert_eq!(sun.client().work_list(Some(Work::Dispatch), None).unwrap().rows.len(), 1);
    sun.client().dispatch(ticket, to(grid("WG02")), By::default()).unwrap();
    world.settle(&phones);
    zhao.client().return_ticket(ticket, reason("outside_area"), By::default()).unwrap();
    world.converge(&phones);
    assert!(li.row(ticket).passed_around && li.row(ticket).returned == 3);
}

#[test]
fn handing_on_is_as_the_policy_of_the_tickets_terms_says() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    world.publish(DocumentKind::Policy, Successors::default(), |policy| policy["hand_on"] = json!(false));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    assert_eq!(refusal(wang.client().dispatch(ticket, to(grid("WG02")), By::default())), "hand_on_forbidden");
    world.converge(&[&li, &wang]);
}

#[test]
fn dispatching_sets_the_lead_and_who_cooperates() {
    let world = World::new();
    let (li, wang, chen, wu) = (world.enrol("li"), world.enrol("wang"), world.enrol("chen"), world.enrol("wu"));
    let phones = [&li, &wang, &chen, &wu];
    let ticket = li.report("WG01", LITTER);
    world.settle(&phones);
    world.pass(600_000);
    let lead = Dispatch { lead: agency("CG"), cooperating: vec![grid("WG01")], reason: Some(reason("joint")) };
    wu.client().dispatch(ticket, lead, By::default()).unwrap();
    let nobody = to(agency("XX"));
    assert_eq!(refusal(wu.client().dispatch(ticket, nobody, By::default())), "unknown_agency");
    let state = world.converge(&phones).tickets.remove(&ticket).unwrap();
    assert_eq!((state.stage, state.lead), (Stage::Dispatched, Some(agency("CG"))));
    assert_eq!(state.cooperating, [grid("WG01")]);
    assert_eq!(state.clocks.rectify.unwrap().start, world.now(), "another lead, so the limit starts anew");
    assert_eq!(chen.client().ticket(ticket).unwrap().cooperating_zh, ["和平一网格"]);
    assert_eq!(refusal(wang.client().accept(ticket, By::default())), "not_the_holder");
}

#[test]
fn whoever_cooperates_contributes_and_the_lead_sees_it() {
    let world = World::new();
    let (li, wang, zhao, chen) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhao"), world.enrol("chen"));
    let ticket = li.report("WG01", STRUCTURE);
    world.settle(&[&li, &wang, &chen, &zhao]);
    let part = Contribute { done: true, photos: vec![wang.photo()] };
    wang.client().contribute(ticket, part, saying("已通知业主")).unwrap();
    assert_eq!(refusal(chen.client().contribute(ticket, Contribute::default(), By::default())), "not_cooperating");
    assert_eq!(refusal(zhao.client().contribute(ticket, Contribute::default(), By::default())), "unknown_ticket");
    world.converge(&[&wang, &chen, &li, &zhao]);
    let told = chen.history(ticket);
    let part = told.iter().find(|row| row.kind == "contributed").unwrap();
    assert_eq!((part.author.as_str(), part.words.as_deref(), part.photos), ("王强", Some("已通知业主"), 1));
    assert_eq!(chen.row(ticket).stage, Stage::Dispatched);
}

#[test]
fn who_sees_a_ticket_adds_evidence_and_words_also_after_it_closed() {
    let world = World::new();
    let (li, wang, zhou) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhou"));
    // Reported by the supervisor at the volunteer's duty point, so the volunteer sees it by the grid alone.
    let ticket = zhou.report("WG01", LITTER);
    world.settle(&[&zhou, &li, &wang]);
    let evidence = Evidence { photos: vec![li.photo()] };
    li.client().add_evidence(ticket, evidence, saying("还在")).unwrap();
    assert_eq!(
        refusal(li.client().void(ticket, redvest_domain::event::VoidReason::Mistake, By::default())),
        "role_lacks_kind"
    );
    world.settle(&[&li, &wang, &zhou]);
    wang.rectify(ticket);
    world.settle(&[&wang, &zhou]);
    zhou.client().pass(ticket, Default::default(), By::default()).unwrap();
    world.settle(&[&zhou, &li]);
    li.client().comment(ticket, saying("谢谢")).unwrap();
    let log = world.converge(&[&li, &wang, &zhou]);
    let state = &log.tickets[&ticket];
    assert_eq!((state.stage, state.anomalies.len(), state.photos.len()), (Stage::Closed, 0, 3));
    assert_eq!(zhou.history(ticket).last().unwrap().words.as_deref(), Some("谢谢"));
}

#[test]
fn the_hub_draws_each_rectification_once_in_its_own_transaction() {
    let mut world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let share = |world: &World, percent: u8| {
        world.publish(DocumentKind::Catalogue, Successors::default(), |catalogue| {
            let categories = catalogue["categories"].as_array_mut().unwrap();
            let market = categories.iter_mut().find(|category| category["code"] == MARKET).unwrap();
            market["review"] = json!({ "sampled": percent });
        });
    };
    let mut tickets = Vec::new();
    for percent in [0, 100] {
        share(&world, percent);
        tickets.push(li.report("WG01", MARKET));
        world.settle(&[&li, &wang]);
    }
    let rectified: Vec<EventId> = tickets.iter().map(|ticket| wang.rectify(*ticket)).collect();
    let log = world.converge(&[&wang, &li]);
    for (at, (ticket, rectified)) in tickets.iter().zip(&rectified).enumerate() {
        let state = &log.tickets[ticket];
        let expected = if at == 1 { Stage::Rectified } else { Stage::Closed };
        assert_eq!((state.stage, state.rectification.as_ref().unwrap().drawn), (expected, Some(at == 1)));
        let history = li.history(*ticket);
        let drawn: Vec<_> = history.iter().filter(|row| row.kind == "drawn").collect();
        assert_eq!(drawn.len(), 1);
        assert_eq!(log.events[&drawn[0].event].0, log.events[rectified].0 + 1);
    }
    // A second rectification of the same round is the one to judge; it is not drawn again. A restart draws nothing.
    wang.rectify(tickets[1]);
    world.settle(&[&wang, &li]);
    world.restart();
    world.run_timers();
    let log = world.converge(&[&wang, &li]);
    assert_eq!(li.history(tickets[1]).iter().filter(|row| row.kind == "drawn").count(), 1);
    assert_eq!(log.tickets[&tickets[1]].stage, Stage::Rectified);
}

#[test]
fn the_reporters_audience_is_the_path_the_holders_and_the_workspace() {
    let world = World::new();
    let li = world.enrol("li");
    let ticket = li.report("WG01", STRUCTURE);
    let log = world.converge(&[&li]);
    let reporter = World::someone("li").member();
    let expected = [
        Key::Workspace,
        Key::Member(reporter),
        grid_key("JD01"),
        grid_key("SQ01"),
        grid_key("WG01"),
        Key::from(&agency("CG")),
    ];
    assert_eq!(log.tickets[&ticket].keys(), expected.into_iter().collect());
}
