//! LAW, events and clocks: suspension and extension, reminders, urging and cards, each as everybody sees them.

use redvest_client::commands::By;
use redvest_client::store::Work;
use redvest_client::view::{ClockRow, Pressing};
use redvest_domain::event::{ClockName, Grant};
use redvest_domain::id::TicketId;
use redvest_domain::ticket::Stage;
use redvest_domain::time::{DAY_MS, HOUR_MS};
use redvest_tests::device::{LITTER, STRUCTURE, agency, reason, refusal, saying};
use redvest_tests::{Device, World};

fn clock(phone: &Device, ticket: TicketId, name: ClockName) -> ClockRow {
    let clocks = phone.client().ticket(ticket).unwrap().clocks;
    clocks.into_iter().find(|row| row.clock == name).unwrap()
}

#[test]
fn a_granted_suspension_pauses_every_clock_until_its_end() {
    let world = World::new();
    let (li, chen, sun, wu) = (world.enrol("li"), world.enrol("chen"), world.enrol("sun"), world.enrol("wu"));
    let phones = [&li, &chen, &sun, &wu];
    let ticket = li.report("WG01", STRUCTURE);
    world.settle(&phones);
    let due = clock(&chen, ticket, ClockName::Rectify).due.unwrap();
    let until = world.now().plus_ms(7 * DAY_MS);
    let ask = |phone: &Device| phone.client().ask(ticket, Grant::Suspension(until), reason("season"), saying("雨季"));
    assert_eq!(refusal(ask(&li)), "role_lacks_kind");
    ask(&chen).unwrap();
    assert_eq!(refusal(ask(&chen)), "ask_pending");
    world.settle(&phones);
    assert!(sun.row(ticket).asks);
    // Dispatched by itself, so the office is asked; every dispatcher may answer.
    assert_eq!(wu.client().work_list(Some(Work::Answer), None).unwrap().rows[0].ticket, ticket);
    world.pass(HOUR_MS);
    assert_eq!(refusal(chen.client().grant(ticket, Grant::Suspension(until), By::default())), "role_lacks_kind");
    sun.client().grant(ticket, Grant::Suspension(until), By::default()).unwrap();
    let state = world.converge(&phones).tickets.remove(&ticket).unwrap();
    // From the receipt of the request that was granted, not from the answer.
    assert_eq!(state.suspensions[0].from, world.now().plus_ms(-HOUR_MS));
    assert_eq!((state.stage, state.ask), (Stage::Dispatched, None));
    let row = li.row(ticket);
    assert_eq!((row.suspended_until, row.asks), (Some(until), false));
    let paused = clock(&li, ticket, ClockName::Rectify);
    assert_eq!((paused.running, paused.due), (false, Some(due.plus_ms(7 * DAY_MS))));
    // Stages move under it, and it ends by computation.
    chen.client().accept(ticket, By::default()).unwrap();
    world.converge(&phones);
    world.pass(7 * DAY_MS);
    assert_eq!(li.row(ticket).suspended_until, None);
    assert!(clock(&li, ticket, ClockName::Rectify).running);
    assert_eq!(refusal(sun.client().resume_clocks(ticket, By::default())), "not_suspended");
}

#[test]
fn a_suspension_ends_early_when_resumed() {
    let world = World::new();
    let (li, chen, wu) = (world.enrol("li"), world.enrol("chen"), world.enrol("wu"));
    let ticket = li.report("WG01", STRUCTURE);
    world.settle(&[&li, &chen, &wu]);
    let due = clock(&chen, ticket, ClockName::Rectify).due.unwrap();
    let until = world.now().plus_ms(10 * DAY_MS);
    wu.client().grant(ticket, Grant::Suspension(until), saying("无需申请")).unwrap();
    world.settle(&[&wu, &chen]);
    world.pass(DAY_MS);
    chen.client().resume_clocks(ticket, By::default()).unwrap();
    let state = world.converge(&[&chen, &wu, &li]).tickets.remove(&ticket).unwrap();
    assert_eq!(state.suspensions[0].to, Some(world.now()));
    assert_eq!(clock(&li, ticket, ClockName::Rectify).due, Some(due.plus_ms(DAY_MS)));
}

#[test]
fn an_extension_moves_the_limit_and_a_denial_nothing() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let phones = [&li, &wang, &sun];
    let ticket = li.report("WG01", LITTER);
    world.settle(&phones);
    let due = clock(&wang, ticket, ClockName::Rectify).due.unwrap();
    // Two working hours, in the limit's own unit.
    let wish = Grant::Extension(120);
    wang.client().ask(ticket, wish, reason("workload"), By::default()).unwrap();
    world.settle(&phones);
    sun.client().deny(ticket, saying("今天必须完成")).unwrap();
    world.settle(&phones);
    assert_eq!(clock(&wang, ticket, ClockName::Rectify).due, Some(due));
    assert_eq!(refusal(sun.client().deny(ticket, By::default())), "no_open_ask");
    wang.client().ask(ticket, wish, reason("workload"), By::default()).unwrap();
    world.settle(&phones);
    // Answered while somebody else answers too: the second answer is told that it came too late.
    let zhou = world.enrol("zhou");
    sun.client().grant(ticket, wish, By::default()).unwrap();
    zhou.client().deny(ticket, By::default()).unwrap();
    sun.sync();
    zhou.sync();
    assert_eq!(zhou.too_late(), ["no_open_ask"]);
    world.converge(&[&li, &wang, &sun, &zhou]);
    // From 14:00 the two hours more end the day's work: 15:00 + 2 h = 17:00.
    assert_eq!(clock(&li, ticket, ClockName::Rectify).due, Some(due.plus_ms(2 * HOUR_MS)));
}

#[test]
fn reminding_urging_and_carding_are_counted_on_the_ticket() {
    let world = World::new();
    let (li, wang, sun, zhou) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"), world.enrol("zhou"));
    let phones = [&li, &wang, &sun, &zhou];
    let ticket = li.report("WG01", LITTER);
    world.settle(&phones);
    assert_eq!(refusal(wang.client().remind(ticket, By::default())), "not_dispatcher");
    assert_eq!(refusal(sun.client().urge(ticket, None, By::default())), "role_lacks_kind");
    assert_eq!(refusal(sun.client().card(ticket, None, By::default())), "role_lacks_kind");
    sun.client().remind(ticket, saying("请尽快")).unwrap();
    zhou.client().urge(ticket, None, By::default()).unwrap();
    zhou.client().card(ticket, Some(agency("CG")), By::default()).unwrap();
    assert_eq!(refusal(zhou.client().card(ticket, Some(agency("XX")), By::default())), "unknown_agency");
    let log = world.converge(&phones);
    let counts = log.tickets[&ticket].counts;
    assert_eq!((counts.reminded, counts.urged, counts.carded), (1, 1, 1));
    let row = wang.row(ticket);
    assert_eq!((row.reminded, row.urged, row.carded, row.stage), (1, 1, 1, Stage::Dispatched));
}

#[test]
fn the_hub_reminds_and_cards_once_also_across_restarts() {
    let mut world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    // Accept is due after 2 working hours at 11:00, reminded of after 2 more, at 15:00; rectify is due at 15:00.
    world.pass(2 * HOUR_MS);
    assert_eq!(wang.row(ticket).pressing, Pressing::NobodyTookIt, "the phone computes it by itself");
    world.run_timers();
    assert_eq!(world.ticket(ticket).counts.reminded, 0);
    world.pass(4 * HOUR_MS);
    world.restart();
    world.run_timers();
    assert_eq!(world.ticket(ticket).counts.reminded, 1);
    world.restart();
    world.run_timers();
    assert_eq!(world.ticket(ticket).counts.reminded, 1);
    world.pass(5 * DAY_MS);
    world.run_timers();
    world.run_timers();
    let log = world.converge(&[&li, &wang]);
    let counts = log.tickets[&ticket].counts;
    assert_eq!((counts.reminded, counts.carded), (2, 1));
    assert_eq!((li.row(ticket).reminded, li.row(ticket).carded), (2, 1));
    let hub = li.history(ticket).into_iter().find(|row| row.kind == "carded").unwrap();
    assert!(!hub.mine && !hub.unsure);
}

#[test]
fn work_done_in_time_but_sent_late_annuls_the_hubs_reminder() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    world.pass(HOUR_MS);
    wang.rectify(ticket);
    world.pass(2 * DAY_MS);
    world.run_timers();
    li.sync();
    assert!(li.row(ticket).reminded > 0, "nobody knew better");
    let log = world.converge(&[&wang, &li]);
    let state = &log.tickets[&ticket];
    assert_eq!((state.stage, state.counts.reminded), (Stage::Rectified, 0));
    assert!(state.escalations.iter().all(|escalation| escalation.annulled));
    assert_eq!(clock(&li, ticket, ClockName::Rectify).in_time, Some(true));
    assert_eq!(clock(&li, ticket, ClockName::Accept).in_time, Some(true));
}

#[test]
fn a_wrong_wall_clock_is_corrected_and_one_without_contact_is_marked() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    // Four years ahead, as after an empty battery; the offset to hub time is learnt at the next contact.
    li.env.set_now(world.now().plus_ms(4 * 365 * DAY_MS));
    li.sync();
    world.pass(HOUR_MS);
    let known = li.report("WG01", LITTER);
    world.pass(HOUR_MS);
    world.settle(&[&li, &wang]);
    let state = world.ticket(known);
    assert_eq!(state.reported.corrected, world.now().plus_ms(-HOUR_MS));
    // Another boot: the last offset says nothing any more, so the wall clock is taken on trust, within bounds.
    li.env.reboot();
    let unknown = li.report("WG01", LITTER);
    let log = world.converge(&[&li, &wang]);
    assert!(log.tickets[&unknown].reported.corrected <= world.now());
    assert!(wang.history(unknown)[0].unsure && !wang.history(known)[0].unsure);
}
