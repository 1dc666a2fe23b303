//! SYNC 4: whole or none, exactly what a member may see, whatever was cut off in between.

use redvest_client::commands::{By, Relocate};
use redvest_client::sync::SessionOptions;
use redvest_domain::id::TicketId;
use redvest_domain::ticket::Stage;
use redvest_tests::device::{LITTER, STRUCTURE, grid, saying, to};
use redvest_tests::district::{middle_of, of_grid};
use redvest_tests::{Device, World};

/// Tickets of both grids, one of them closed, one in both audiences.
fn work(world: &World, li: &Device, wang: &Device, sun: &Device) -> Vec<TicketId> {
    let mut tickets: Vec<_> = ["WG01", "WG01", "WG02", "WG02", "WG01"].map(|grid| li.report(grid, LITTER)).into();
    tickets.push(li.report("WG02", STRUCTURE));
    world.settle(&[li, wang, sun]);
    wang.rectify(tickets[0]);
    let there = Relocate { pin: Some(middle_of("WG02")), ..Relocate::default() };
    sun.client().relocate(tickets[4], there, By::default()).unwrap();
    world.settle(&[wang, sun]);
    sun.client().pass(tickets[0], Default::default(), By::default()).unwrap();
    world.settle(&[sun, li, wang]);
    tickets
}

#[test]
fn a_member_who_changes_grid_gets_exactly_the_right_tickets() {
    let world = World::new();
    let (li, wang, zhao, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhao"), world.enrol("sun"));
    let tickets = work(&world, &li, &wang, &sun);
    let held = |phone: &Device| tickets.iter().map(|ticket| phone.holds(*ticket)).collect::<Vec<_>>();
    world.converge(&[&wang, &zhao]);
    assert_eq!(held(&wang), [true, true, false, false, true, false]);
    world.set_role("wang", of_grid("WG02"));
    // What happens meanwhile on either side comes too.
    li.client().comment(tickets[2], saying("换人了")).unwrap();
    li.sync();
    let log = world.converge(&[&wang, &zhao, &li, &sun]);
    assert_eq!(held(&wang), [false, false, true, true, true, true]);
    assert_eq!(held(&zhao), held(&wang));
    assert_eq!(wang.history(tickets[2]).len(), log.tickets[&tickets[2]].seq as usize);
    assert!(wang.row(tickets[0]).former, "what was authored stays readable");
    world.set_role("wang", of_grid("WG01"));
    world.converge(&[&wang, &zhao]);
    assert_eq!(held(&wang), [true, true, false, false, true, false]);
    assert!(!wang.row(tickets[0]).former);
}

#[test]
fn a_sync_killed_between_any_two_requests_goes_on() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let tickets = work(&world, &li, &wang, &sun);
    // One ticket a page, so that there are many requests to be killed between.
    let options = SessionOptions { page_bytes: 1, ..SessionOptions::default() };
    for deaf in [false, true] {
        let mut ended = false;
        let mut steps = 0;
        while !ended {
            steps += 1;
            let phone = world.phone("sun");
            phone.enrol(&world.invitation("sun", None)).unwrap();
            // Documents have to be here before anything can be reported.
            assert!(!phone.sync_steps(1, false, SessionOptions::default()) || steps > 1);
            phone.sync_with(SessionOptions { page_bytes: 1, ..options });
            li.client().comment(tickets[1], saying("第几次了")).unwrap();
            li.sync();
            let own = phone.report("WG02", LITTER);
            phone.client().comment(tickets[3], saying("看过")).unwrap();
            ended = phone.sync_steps(steps, deaf, options);
            phone.restart();
            let log = world.converge(&[&phone]);
            assert_eq!((log.tickets[&own].seq, log.tickets[&own].stage), (1, Stage::Dispatched), "after {steps} steps");
        }
        assert!(steps > 5, "only {steps} requests");
    }
}

#[test]
fn a_first_sync_killed_between_any_two_requests_goes_on() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let tickets = work(&world, &li, &wang, &sun);
    let options = SessionOptions { page_bytes: 1, ..SessionOptions::default() };
    for deaf in [false, true] {
        let mut steps = 0;
        loop {
            steps += 1;
            let phone = world.phone("zhao");
            phone.enrol(&world.invitation("zhao", None)).unwrap();
            let ended = phone.sync_steps(steps, deaf, options);
            phone.restart();
            // Meanwhile a ticket that may be half filled moves away, and another comes back.
            let (gone, back) = if steps % 2 == 0 { (2, 3) } else { (3, 2) };
            for (ticket, lead) in [(gone, "WG01"), (back, "WG02")] {
                sun.client().dispatch(tickets[ticket], to(grid(lead)), By::default()).unwrap();
            }
            sun.sync();
            if !ended {
                // It dies a second time, elsewhere.
                phone.sync_steps(2, !deaf, options);
                phone.restart();
            }
            phone.sync_with(options);
            world.converge(&[&phone]);
            if ended {
                break;
            }
        }
        assert!(steps > 8, "only {steps} requests");
    }
}

#[test]
fn a_cursor_of_an_older_epoch_begins_again_and_keeps_what_is_held() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let first = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    wang.client().accept(first, By::default()).unwrap();
    let epoch = world.wait(world.store().open_epoch()).unwrap();
    assert_eq!(epoch, 2);
    let second = li.report("WG01", LITTER);
    let log = world.converge(&[&li, &wang]);
    assert_eq!(log.tickets[&first].stage, Stage::Accepted);
    assert_eq!(li.row(second).number, "20261123-0002A", "numbers of a later epoch have a letter");
    assert_eq!(wang.history(first).len(), 2);
}

/// Runs a statement in the database of a phone that is closed.
fn damage(phone: &Device, sql: &str) {
    phone.close();
    let database = rusqlite::Connection::open(phone.database()).unwrap();
    database.execute_batch(sql).unwrap();
    drop(database);
    phone.reopen();
}

#[test]
fn a_gap_in_a_ticket_makes_the_phone_fetch_it_again() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let tickets = work(&world, &li, &wang, &sun);
    li.client().comment(tickets[1], saying("一")).unwrap();
    world.converge(&[&li, &wang]);
    // The last event of each ticket is lost, as if its page had never come.
    damage(&wang, "DELETE FROM event WHERE seq > 1; UPDATE ticket SET seq = 1");
    li.client().comment(tickets[1], saying("二")).unwrap();
    li.sync();
    let summary = wang.sync();
    assert_eq!(summary.failure, None);
    let words: Vec<_> = wang.history(tickets[1]).into_iter().filter_map(|row| row.words).collect();
    assert_eq!(words, ["看到的问题", "一", "二"]);
}

#[test]
fn a_replica_that_differs_is_found_by_its_digest_and_repaired() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let tickets = work(&world, &li, &wang, &sun);
    world.converge(&[&li, &wang, &sun]);
    // A comment's event vanishes from the disk, a whole ticket too; the doctor sees it, a rebuild makes it known.
    damage(&sun, "DELETE FROM event WHERE seq > 1; DELETE FROM ticket WHERE seq = 1");
    let findings = sun.client().doctor().unwrap().findings;
    assert!(findings.iter().any(|finding| finding.code == "digest_differs"), "{findings:?}");
    sun.client().store().rebuild().unwrap();
    let summary = sun.sync();
    assert!(summary.differing > 0, "the digest tells");
    world.converge(&[&sun, &wang, &li]);
    assert!(sun.client().store().mismatches().unwrap() > 0, "it is counted");
    assert_eq!(sun.history(tickets[0]).len(), 3);
}

#[test]
fn an_idle_pull_changes_nothing() {
    let world = World::new();
    let (li, sun) = (world.enrol("li"), world.enrol("sun"));
    li.report("WG01", LITTER);
    world.settle(&[&li, &sun]);
    let before = world.log();
    let summary = sun.sync();
    assert!(!Device::has_moved(&summary));
    assert_eq!((summary.pages, world.log().digests), (1, before.digests));
}

#[test]
fn rebuilding_computes_the_same_again() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let tickets = work(&world, &li, &wang, &sun);
    sun.report("WG01", LITTER);
    let shown = |phone: &Device| {
        let rows: Vec<_> = tickets.iter().map(|ticket| phone.client().ticket(*ticket).unwrap()).collect();
        (
            rows,
            phone.client().work_list(None, None).unwrap(),
            phone.client().digest().unwrap(),
            phone.client().home().unwrap(),
        )
    };
    let before = shown(&sun);
    sun.client().store().rebuild().unwrap();
    assert_eq!(shown(&sun), before);
    let hubs = world.log().digests;
    world.wait(world.store().rebuild()).unwrap();
    for (key, digest) in world.wait(world.store().digests(hubs.keys().cloned().collect())).unwrap() {
        assert_eq!(digest, hubs[&key]);
    }
    world.converge(&[&sun, &li, &wang]);
}
