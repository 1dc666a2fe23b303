//! Anything, in any order: people act, phones die in the middle of a sync, lines break, the hub is killed and a member
//! moves. When the sky clears, every act that a phone acknowledged is in the log exactly once, or refused where its user
//! sees it, and all replicas are what the log says.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::Config;
use redvest_client::commands::{By, Contribute, Done, Evidence, Judge, Relocate, SendBack};
use redvest_client::sync::SessionOptions;
use redvest_domain::event::{Grant, Outcome, VoidReason};
use redvest_domain::id::{EventId, TicketId};
use redvest_domain::time::{HOUR_MS, MINUTE_MS};
use redvest_tests::device::{CIGARETTE, LITTER, MARKET, STRUCTURE, agency, grid, reason, saying, to};
use redvest_tests::district::{middle_of, of_grid};
use redvest_tests::{Device, Proxy, World};

const WHO: [&str; 5] = ["li", "wang", "sun", "chen", "zhou"];
const GRIDS: [&str; 3] = ["WG01", "WG02", "WG03"];

/// One throw: what happens, to whom, and which of the possible.
type Throw = (u8, u8, u8);

/// How many worlds are tried; `PROPTEST_CASES` asks for another number.
fn worlds() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(5)
}

/// Does one of all kinds of work to a ticket. What the law refuses is not done.
fn work(phone: &Device, ticket: TicketId, world: &World, kind: u8) -> Option<Done> {
    let (client, by) = (phone.client(), By::default());
    let done = match kind % 20 {
        0 | 1 => client.accept(ticket, by),
        2..=4 => client.rectify(ticket, phone.rectified(), saying("办了")),
        5 => client.return_ticket(ticket, reason("not_ours"), by),
        6 => client.dispatch(ticket, to(grid("WG02")), by),
        7 => client.dispatch(ticket, to(agency("CG")), by),
        8 | 9 => client.pass(ticket, Judge::default(), by),
        10 => {
            let back = SendBack { reasons: vec![reason("not_done")], ..SendBack::default() };
            client.send_back(ticket, back, by)
        }
        11 => client.void(ticket, VoidReason::Mistake, by),
        12 => client.reopen(ticket, reason("wrongly_closed"), by),
        13 => client.ask(ticket, Grant::Extension(60), reason("workload"), by),
        14 => client.grant(ticket, Grant::Suspension(world.now().plus_ms(HOUR_MS)), by),
        15 => {
            let there = Relocate { pin: Some(middle_of("WG02")), ..Relocate::default() };
            client.relocate(ticket, there, by)
        }
        16 => client.recategorise(ticket, MARKET.parse().unwrap(), by),
        17 => client.contribute(ticket, Contribute { done: true, photos: vec![] }, by),
        18 => client.add_evidence(ticket, Evidence { photos: vec![phone.photo()] }, by),
        _ => client.comment(ticket, saying("说一句")),
    };
    match done {
        Ok(done) => Some(done),
        Err(redvest_client::Error::Law(_) | redvest_client::Error::UnknownTicket) => None,
        Err(other) => panic!("{other}"),
    }
}

fn report(phone: &Device, which: u8) -> Done {
    let place = GRIDS[usize::from(which) % GRIDS.len()];
    let category = [LITTER, STRUCTURE, MARKET, CIGARETTE][usize::from(which / 4) % 4];
    let mut report = phone.report_in(place, category);
    if which.is_multiple_of(5) {
        let (outcome, photos) = (Outcome::Persuaded, Vec::new());
        report.on_the_spot = Some(redvest_client::commands::OnTheSpot { outcome, photos, words: None });
    }
    phone.client().report(report, saying("看到的问题")).expect("a sound report")
}

/// A ticket that a phone shows, if it shows any.
fn some_ticket(phone: &Device, which: u8) -> Option<TicketId> {
    let log = phone.client().log().unwrap();
    let tickets: Vec<TicketId> = log.iter().filter_map(|row| row.ticket).collect::<BTreeSet<_>>().into_iter().collect();
    tickets.get(usize::from(which) % tickets.len().max(1)).copied()
}

fn play(seed: u64, throws: &[Throw]) {
    let mut world = World::new();
    let line = Proxy::to(world.listening());
    let phones: Vec<Device> = WHO.iter().map(|tag| world.enrol_by(tag, Some(&line))).collect();
    let mut acknowledged: Vec<(usize, EventId)> = Vec::new();
    line.storm(seed, 30);
    for (what, who, which) in throws {
        let at = usize::from(*who) % phones.len();
        let phone = &phones[at];
        let done = match what % 24 {
            0..=3 => Some(report(phone, *which)),
            4..=11 => {
                some_ticket(phone, *which).and_then(|ticket| work(phone, ticket, &world, which.rotate_left(3) ^ who))
            }
            12..=17 => {
                phone.try_sync();
                None
            }
            18 => {
                // Pages of one ticket, so that a kill falls between them.
                let options = SessionOptions { page_bytes: 1, ..SessionOptions::default() };
                phone.sync_steps(u32::from(which % 8) + 1, which % 2 == 0, options);
                phone.restart();
                None
            }
            19 => {
                phone.restart();
                None
            }
            20 => {
                world.restart();
                None
            }
            21 => {
                world.kill();
                phone.try_sync();
                world.start();
                None
            }
            22 => {
                world.set_role("wang", of_grid(GRIDS[usize::from(*which) % 2]));
                None
            }
            _ => {
                world.pass(i64::from(*which) * 2 * MINUTE_MS);
                world.run_timers();
                None
            }
        };
        acknowledged.extend(done.into_iter().flat_map(|done| done.events).map(|event| (at, event)));
    }
    line.calm();
    let all: Vec<&Device> = phones.iter().collect();
    // Time for what was postponed, photos above all.
    for _ in 0..3 {
        world.pass(HOUR_MS);
        world.settle(&all);
    }
    let log = world.converge(&all);
    for (at, event) in acknowledged {
        let refused = phones[at].client().refused().unwrap().iter().any(|news| news.event == event);
        assert!(log.events.contains_key(&event) != refused, "{event} was acknowledged by {}", WHO[at]);
    }
    for phone in &phones {
        assert_eq!(phone.client().store().photos_waiting().unwrap(), [], "photos of accepted work are on the hub");
        for (ticket, _) in log.tickets.iter().filter(|(ticket, _)| phone.holds(**ticket)) {
            let photos = phone.client().ticket(*ticket).unwrap().photos;
            assert!(photos.iter().all(|photo| photo.thumbnail_path.is_some()), "a thumbnail is missing");
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: worlds(), max_shrink_iters: 60, failure_persistence: None, ..Config::default() })]
    #[test]
    fn nothing_is_lost_and_everybody_agrees_whatever_the_weather(
        seed in any::<u64>(), throws in prop::collection::vec(any::<Throw>(), 20..70)
    ) {
        play(seed, &throws);
    }
}
