//! LAW, events: what moves a ticket's audience, what the hub moves by itself, and what goes for good.

use std::path::Path;

use redvest_client::commands::{By, Relocate};
use redvest_domain::event::DocumentKind;
use redvest_domain::evidence::verify;
use redvest_domain::reference::Successors;
use redvest_domain::ticket::Stage;
use redvest_tests::World;
use redvest_tests::device::{LITTER, MARKET, STRUCTURE, agency, grid, grid_key, refusal, saying, to};
use redvest_tests::district::middle_of;
use redvest_transport::evidence;

#[test]
fn recategorising_brings_new_terms_and_the_lead_stays() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang, &sun]);
    let old = world.ticket(ticket);
    world.pass(60_000);
    assert_eq!(refusal(sun.client().recategorise(ticket, "Z9".parse().unwrap(), By::default())), "unknown_category");
    sun.client().recategorise(ticket, STRUCTURE.parse().unwrap(), By::default()).unwrap();
    let log = world.converge(&[&sun, &li, &wang]);
    let state = &log.tickets[&ticket];
    assert_eq!((state.stage, &state.lead), (Stage::Dispatched, &Some(grid("WG01"))));
    assert_eq!(state.terms.handler, Some(agency("CG")));
    let (before, after) = (old.clocks.rectify.unwrap(), state.clocks.rectify.as_ref().unwrap());
    assert_eq!(before.start, after.start, "terms anew from the same starts");
    assert_ne!(before.limit, after.limit);
    assert_eq!(wang.row(ticket).category.as_str(), STRUCTURE);
}

#[test]
fn relocating_moves_the_audience_and_what_was_authored_stays_readable() {
    let world = World::new();
    let (li, wang, zhao, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhao"), world.enrol("sun"));
    let phones = [&li, &wang, &zhao, &sun];
    let ticket = li.report("WG01", LITTER);
    world.settle(&phones);
    wang.client().comment(ticket, saying("在我们网格边上")).unwrap();
    world.settle(&phones);
    let there = Relocate { pin: Some(middle_of("WG02")), ..Relocate::default() };
    sun.client().relocate(ticket, there, By::default()).unwrap();
    let log = world.converge(&phones);
    let state = &log.tickets[&ticket];
    assert_eq!(state.pin_path.last().unwrap().as_str(), "WG02");
    assert!(wang.holds(ticket), "the lead keeps it until it is dispatched");
    assert!(zhao.holds(ticket));
    sun.client().dispatch(ticket, to(grid("WG02")), By::default()).unwrap();
    let log = world.converge(&phones);
    assert!(!log.tickets[&ticket].keys().contains(&grid_key("WG01")));
    assert!(!wang.holds(ticket));
    let former = wang.client().ticket(ticket).unwrap();
    let kept: Vec<_> = former.history.iter().map(|row| (row.kind.as_str(), row.words.as_deref())).collect();
    assert_eq!((former.row.former, kept), (true, vec![("commented", Some("在我们网格边上"))]));
    assert_eq!(refusal(wang.client().comment(ticket, saying("还能说吗"))), "unknown_ticket");
    // Back again, it is whole again.
    sun.client().dispatch(ticket, to(grid("WG01")), By::default()).unwrap();
    world.converge(&phones);
    assert_eq!((wang.holds(ticket), wang.history(ticket).len()), (true, 5));
}

#[test]
fn a_reporter_corrects_category_and_place_until_somebody_accepts() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    li.client().recategorise(ticket, MARKET.parse().unwrap(), By::default()).unwrap();
    let place = Relocate { pin: Some(middle_of("WG01")), grid: None, place: Some("北门东侧".to_owned()) };
    li.client().relocate(ticket, place, By::default()).unwrap();
    world.converge(&[&li, &wang]);
    assert_eq!((wang.row(ticket).category.as_str(), wang.row(ticket).place.as_deref()), (MARKET, Some("北门东侧")));
    wang.client().accept(ticket, By::default()).unwrap();
    world.settle(&[&wang, &li]);
    assert_eq!(refusal(li.client().recategorise(ticket, LITTER.parse().unwrap(), By::default())), "reporter_too_late");
}

#[test]
fn open_tickets_of_a_removed_grid_go_to_its_successor() {
    let mut world = World::new();
    let (li, wang, zhao, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhao"), world.enrol("sun"));
    let phones = [&li, &wang, &zhao, &sun];
    let tickets: Vec<_> = (0..3).map(|_| li.report("WG01", LITTER)).collect();
    world.settle(&phones);
    wang.rectify(tickets[0]);
    world.settle(&phones);
    sun.client().pass(tickets[0], Default::default(), By::default()).unwrap();
    wang.client().accept(tickets[1], By::default()).unwrap();
    world.settle(&phones);
    let mut successors = Successors::default();
    successors.grids.insert("WG01".parse().unwrap(), "WG02".parse().unwrap());
    world.publish(DocumentKind::Grids, successors, |grids| {
        grids["grids"].as_array_mut().unwrap().retain(|grid| grid["code"] != "WG01");
    });
    // One at a time, with a stop in between: rehoming is resumed.
    world.wait(world.store().run_timers(world.now(), 1)).unwrap();
    world.restart();
    world.run_timers();
    let log = world.converge(&phones);
    assert_eq!((log.tickets[&tickets[0]].stage, &log.tickets[&tickets[0]].lead), (Stage::Closed, &Some(grid("WG01"))));
    for (ticket, stage) in [(tickets[1], Stage::Accepted), (tickets[2], Stage::Dispatched)] {
        let state = &log.tickets[&ticket];
        assert_eq!((state.stage, &state.lead), (stage, &Some(grid("WG02"))));
        assert_eq!(zhao.history(ticket).iter().filter(|row| row.kind == "rehomed").count(), 1);
        assert!(zhao.holds(ticket) && !wang.holds(ticket));
    }
    // A dispatch to the grid that is gone, decided before the news came.
    assert_eq!(refusal(sun.client().dispatch(tickets[1], to(grid("WG01")), By::default())), "unknown_grid");
}

#[test]
fn open_tickets_of_a_removed_agency_go_to_its_successor() {
    let world = World::new();
    let (li, chen, wu) = (world.enrol("li"), world.enrol("chen"), world.enrol("wu"));
    let ticket = li.report("WG01", STRUCTURE);
    world.settle(&[&li, &chen, &wu]);
    let mut successors = Successors::default();
    successors.agencies.insert("CG".parse().unwrap(), "ZJ".parse().unwrap());
    world.publish(DocumentKind::Agencies, successors, |agencies| {
        agencies["agencies"].as_array_mut().unwrap().retain(|agency| agency["code"] != "CG");
    });
    world.run_timers();
    let log = world.converge(&[&li, &chen, &wu]);
    assert_eq!(log.tickets[&ticket].lead, Some(agency("ZJ")));
    assert!(!chen.holds(ticket));
}

#[test]
fn a_dispatch_to_a_grid_removed_meanwhile_is_refused_and_stays_visible() {
    let world = World::new();
    let (li, sun) = (world.enrol("li"), world.enrol("sun"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &sun]);
    sun.client().dispatch(ticket, to(grid("WG03")), saying("请文昌处理")).unwrap();
    let mut successors = Successors::default();
    successors.grids.insert("WG03".parse().unwrap(), "WG02".parse().unwrap());
    world.publish(DocumentKind::Grids, successors, |grids| {
        grids["grids"].as_array_mut().unwrap().retain(|grid| grid["code"] != "WG03");
    });
    world.converge(&[&sun, &li]);
    assert_eq!(sun.refused(), ["unknown_grid"]);
    assert_eq!(sun.row(ticket).lead.as_deref(), Some("grid:WG01"));
}

/// Whether any file below a folder holds these bytes.
fn lies_in(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return lies_in(&path, needle);
        }
        std::fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle)
    })
}

#[test]
fn erased_words_are_gone_everywhere_and_the_chain_still_proves() {
    let mut world = World::new();
    let (li, wang, zhou, wu) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhou"), world.enrol("wu"));
    let phones = [&li, &wang, &zhou, &wu];
    let canary = "住在三单元的王某某";
    let report = li.report_in("WG01", LITTER);
    let done = li.client().report(report, saying(canary)).unwrap();
    let ticket = done.ticket;
    let other = zhou.report("WG01", LITTER);
    world.settle(&phones);
    assert_eq!(wang.row(ticket).words.as_deref(), Some(canary));
    assert_eq!(wang.client().search("三单元", None).unwrap().rows.len(), 1);
    assert_eq!(refusal(zhou.client().erase(ticket, done.events.clone(), By::default())), "role_lacks_kind");
    wu.client().erase(ticket, done.events.clone(), By::default()).unwrap();
    let log = world.converge(&phones);
    for phone in phones {
        let told = &phone.history(ticket)[0];
        assert_eq!((told.erased, told.words.as_deref(), phone.row(ticket).words), (true, None, None));
        assert_eq!(phone.client().search("三单元", None).unwrap().rows.len(), 0);
        let file = evidence(&phone.client(), ticket).unwrap();
        let hub_key = world.wait(world.store().hello()).unwrap().hub_key;
        let proven = verify(&file, &hub_key.0).unwrap();
        assert_eq!(proven.events.len() as u32, log.tickets[&ticket].seq);
    }
    assert_eq!(wang.history(other)[0].words.as_deref(), Some("看到的问题"));
    // A phone that comes later never gets them, and one that held them as its own gives them to nobody.
    let late = world.enrol("sun");
    assert!(late.history(ticket)[0].erased);
    for phone in phones {
        phone.close();
        assert!(!lies_in(phone.folder(), canary.as_bytes()), "words are left on {}", phone.folder().display());
    }
    world.stop();
    assert!(!lies_in(&world.hub_folder(), canary.as_bytes()), "words are left on the hub");
    world.start();
}

#[test]
fn evidence_fails_for_any_altered_byte() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    wang.rectify(ticket);
    world.settle(&[&wang, &li]);
    let file = evidence(&li.client(), ticket).unwrap();
    let hub_key = world.wait(world.store().hello()).unwrap().hub_key;
    verify(&file, &hub_key.0).unwrap();
    // Every seventh, so that each kind of field is met and the test stays short.
    for at in (0..file.len()).step_by(7) {
        let mut altered = file.clone();
        altered[at] ^= 1;
        assert!(verify(&altered, &hub_key.0).is_err(), "byte {at} of {} can be altered", file.len());
    }
    let zhao = world.enrol("zhao");
    let unseen = evidence(&zhao.client(), ticket).unwrap_err();
    assert!(unseen.to_string().contains("may not see"), "{unseen}");
}
