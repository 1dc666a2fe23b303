//! SYNC 3: refused is about right, later consumes nothing, and what was said once is said again.

use redvest_client::commands::{By, OnTheSpot};
use redvest_client::sync::SessionOptions;
use redvest_domain::cbor;
use redvest_domain::envelope::Commit;
use redvest_domain::event::{Body, Commented, DocumentKind, Outcome};
use redvest_domain::key::MemberRecord;
use redvest_domain::reference::{Document, Successors, address};
use redvest_domain::ticket::Stage;
use redvest_domain::time::DAY_MS;
use redvest_domain::wire::{Fate, Push, Pushed, path};
use redvest_tests::device::{CIGARETTE, LITTER, refusal, saying};
use redvest_tests::district::of_grid;
use redvest_tests::raw::{ask, post, token_of};
use redvest_tests::{Device, Fault, Forger, Proxy, World};

/// Writes another record of its own member into a phone: it then believes in roles that nobody gave.
pub(crate) fn believe(phone: &Device, record: &MemberRecord) {
    phone.close();
    let database = rusqlite::Connection::open(phone.database()).unwrap();
    let changed = database
        .execute("UPDATE member SET record = ?2 WHERE member = ?1", (record.member.as_bytes(), cbor::encode(record)))
        .unwrap();
    assert_eq!(changed, 1);
    drop(database);
    phone.reopen();
}

#[test]
fn refused_work_stays_with_its_photos_until_dismissed_and_the_chain_goes_on() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let truth = li.client().store().record().unwrap();
    let forged = MemberRecord { roles: of_grid("WG02").into_iter().collect(), ..truth.clone() };
    believe(&li, &forged);
    let by = By { acting: of_grid("WG02"), words: Some("以网格员身份".to_owned()) };
    let refused = li.client().report(li.report_in("WG01", LITTER), by).unwrap();
    li.client().comment(refused.ticket, saying("补一句")).unwrap();
    believe(&li, &truth);
    let sound = li.report("WG01", LITTER);
    let summary = li.sync();
    assert_eq!((summary.accepted, summary.refused), (1, 2));
    // On a ticket that nobody has, the comment is refused because of its parent; both are shown, the newest first.
    assert_eq!(li.refused(), ["parent_refused", "role_not_held"]);
    let log = world.converge(&[&li, &wang]);
    assert!(log.tickets.contains_key(&sound) && !log.tickets.contains_key(&refused.ticket));
    li.restart();
    let news = li.client().refused().unwrap();
    let photo = news[1].photos[0].original;
    assert!(news[1].photos[0].original_path.as_ref().is_some_and(|path| path.exists()));
    assert_eq!(refusal(li.client().discard_photo(photo)), "photo_in_use");
    assert_eq!(li.client().unbound_photos().unwrap(), []);
    news.iter().for_each(|news| li.client().dismiss(news.event).unwrap());
    assert_eq!(li.refused(), [""; 0]);
    // Its photo can go on another ticket now.
    assert_eq!(li.client().unbound_photos().unwrap()[0].hash, photo);
    let again = redvest_client::commands::Report { photos: vec![photo], ..li.report_in("WG01", LITTER) };
    let again = li.client().report(again, By::default()).unwrap().ticket;
    world.converge(&[&li, &wang]);
    assert!(wang.client().ticket(again).unwrap().photos[0].thumbnail_path.is_some());
}

#[test]
fn a_push_whose_answer_was_lost_is_taken_exactly_once() {
    let world = World::plain();
    let line = Proxy::to(world.listening());
    let (li, wang) = (world.enrol_by("li", Some(&line)), world.enrol("wang"));
    let ticket = li.report("WG01", LITTER);
    line.next([Fault::SwallowReply(path::PUSH)]);
    assert_eq!(li.failed_sync(), "connection_broke");
    // The hub has it, the phone does not know.
    assert_eq!(world.ticket(ticket).stage, Stage::Dispatched);
    assert_eq!(li.client().home().unwrap().events_waiting, 1);
    li.restart();
    let summary = li.sync();
    assert_eq!((summary.accepted, summary.refused), (1, 0));
    let log = world.converge(&[&li, &wang]);
    assert_eq!(log.tickets.len(), 1);
    assert_eq!((log.tickets[&ticket].seq, li.row(ticket).number.as_str()), (1, "20261123-0001"));
}

#[test]
fn a_phone_killed_behind_a_push_goes_on_where_it_was() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    for deaf in [true, false] {
        let ticket = li.report("WG01", LITTER);
        assert!(!li.sync_steps(1, deaf, SessionOptions::default()));
        li.restart();
        let log = world.converge(&[&li, &wang]);
        assert_eq!(log.tickets[&ticket].seq, 1);
    }
}

#[test]
fn the_same_push_gives_the_same_outcomes() {
    let world = World::plain();
    let li = world.enrol("li");
    li.report("WG01", LITTER);
    li.report_done("WG01", CIGARETTE, Outcome::Persuaded);
    let commits = li.client().store().outbox_batch(100, 1 << 20).unwrap();
    let push = |commits: &[Commit]| {
        let push = Push { commits: commits.to_vec(), seen: None, sent: world.now() };
        post(&world, path::PUSH, &token_of(&li), &push).message::<Pushed>()
    };
    let first = push(&commits);
    assert_eq!((first.outcomes.len(), first.next_seq, &first.later), (3, 4, &None));
    assert_eq!(push(&commits), first);
    assert_eq!(push(&commits[1..]).outcomes, first.outcomes[1..]);
    assert_eq!(world.log().tickets.len(), 2);
}

#[test]
fn a_gap_or_a_commit_cut_off_stops_the_batch_and_consumes_nothing() {
    let world = World::plain();
    let li = world.enrol("li");
    li.report("WG01", LITTER);
    li.report_done("WG01", CIGARETTE, Outcome::Persuaded);
    li.report("WG01", LITTER);
    let commits = li.client().store().outbox_batch(100, 1 << 20).unwrap();
    let push = |commits: &[Commit]| {
        let push = Push { commits: commits.to_vec(), seen: None, sent: world.now() };
        post(&world, path::PUSH, &token_of(&li), &push).message::<Pushed>()
    };
    let code = |pushed: &Pushed| pushed.later.as_ref().map(|later| later.code.clone());
    let behind_a_gap = push(&commits[1..]);
    assert_eq!((code(&behind_a_gap).as_deref(), behind_a_gap.next_seq), (Some("parent_missing"), 1));
    let mut cut = commits[..2].to_vec();
    cut[1].events.pop();
    let cut = push(&cut);
    assert_eq!((cut.outcomes.len(), code(&cut).as_deref(), cut.next_seq), (1, Some("parent_missing"), 2));
    assert_eq!(world.log().tickets.len(), 1);
    world.converge(&[&li]);
    assert_eq!(world.log().tickets.len(), 3);
}

#[test]
fn a_kind_that_the_hub_does_not_know_waits_for_an_update_and_what_came_before_counts() {
    let world = World::plain();
    let mut forger = Forger::enrol(&world, "li");
    let acting = forger.volunteer();
    let (ticket, first) = forger.report(&world, acting.clone(), "WG01", vec![]);
    let mut unknown = forger.payload(&world, ticket, acting.clone(), Body::Commented(Commented {}));
    // The kind's number of a comment is 24 on the wire; 99 belongs to a later version.
    let at = unknown.windows(2).position(|window| window == [0x18, 24]).expect("the kind's number");
    unknown[at + 1] = 99;
    let id = forger.id(&world);
    let second = forger.seal(vec![(id, unknown, None)]);
    let (_, third) = forger.report(&world, acting, "WG01", vec![]);
    let pushed = forger.pushed(&world, &[first, second, third]);
    assert_eq!((pushed.outcomes.len(), pushed.next_seq), (1, 2));
    assert_eq!(pushed.later.unwrap().code, "older_law");
    assert_eq!(world.log().tickets.len(), 1);
}

#[test]
fn bytes_that_are_no_event_use_up_their_place_and_the_chain_goes_on() {
    let world = World::plain();
    let mut forger = Forger::enrol(&world, "li");
    let acting = forger.volunteer();
    let id = forger.id(&world);
    let nonsense = forger.seal(vec![(id, vec![0xff; 40], None)]);
    let (ticket, sound) = forger.report(&world, acting, "WG01", vec![]);
    let pushed = forger.pushed(&world, &[nonsense, sound]);
    let Fate::Refused(refused) = &pushed.outcomes[0].fate else { panic!("{:?}", pushed.outcomes) };
    assert_eq!((refused.code.as_str(), pushed.next_seq), ("bad_bytes", 3));
    assert!(world.log().tickets.contains_key(&ticket));
}

#[test]
fn the_same_id_with_other_content_is_refused_and_the_first_kept() {
    let world = World::plain();
    let mut forger = Forger::enrol(&world, "li");
    let acting = forger.volunteer();
    let (ticket, first) = forger.report(&world, acting.clone(), "WG01", vec![]);
    let other = forger.payload(&world, ticket, acting.clone(), Body::Commented(Commented {}));
    let second = forger.seal(vec![(ticket.reported(), other, None)]);
    let pushed = forger.pushed(&world, &[first, second]);
    let Fate::Refused(refused) = &pushed.outcomes[1].fate else { panic!("{:?}", pushed.outcomes) };
    // A report's id can only be a report's; another event's would be a conflict.
    assert!(["id_conflict", "bad_bytes"].contains(&refused.code.as_str()), "{}", refused.code);
    let (id, words) = (forger.id(&world), |text: &str| {
        redvest_domain::event::Private { salt: Default::default(), words: Some(text.to_owned()), place: None }
            .to_bytes()
    });
    let comment = forger.payload(&world, ticket, acting, Body::Commented(Commented {}));
    let one = forger.seal(vec![(id, comment.clone(), Some(words("一")))]);
    let two = forger.seal(vec![(id, comment, Some(words("二")))]);
    let pushed = forger.pushed(&world, &[one, two]);
    let Fate::Refused(refused) = &pushed.outcomes[1].fate else { panic!("{:?}", pushed.outcomes) };
    assert_eq!(refused.code, "id_conflict");
    assert_eq!(world.ticket(ticket).seq, 2);
}

#[test]
fn work_done_before_a_role_ended_is_taken() {
    let world = World::new();
    let (li, wang, sun) = (world.enrol("li"), world.enrol("wang"), world.enrol("sun"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang, &sun]);
    wang.rectify(ticket);
    world.set_role("wang", None);
    world.pass(20 * DAY_MS);
    let log = world.converge(&[&wang, &li, &sun]);
    assert_eq!(log.tickets[&ticket].stage, Stage::Rectified);
    assert_eq!((wang.holds(ticket), wang.row(ticket).former), (false, true));
    assert_eq!(wang.history(ticket)[0].kind, "rectified");
}

#[test]
fn who_left_loses_every_ticket_and_writes_nothing_more() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    let record = MemberRecord { active: false, ..World::someone("wang").record() };
    world.set_member(record);
    wang.sync();
    assert!(!wang.holds(ticket));
    let report = wang.report_in("WG01", LITTER);
    assert_eq!(refusal(wang.client().report(report, By::default())), "role_not_held");
    world.converge(&[&wang, &li]);
}

#[test]
fn who_left_reads_nothing_more_but_hears_of_the_own_work_and_comes_back_whole() {
    let world = World::plain();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let report = wang.report_in("WG01", LITTER);
    let done = wang.client().report(report, By::default()).unwrap();
    wang.sync();
    let photo = wang.client().ticket(done.ticket).unwrap().photos[0].original;
    let token = token_of(&wang);
    let policy = Document::Policy(Box::new(world.store().reference().policy().clone()));
    let hash = address(&policy.to_bytes());
    let paths =
        [format!("/v1/documents/{hash}"), format!("/v1/photos/{photo}"), format!("/v1/evidence/{}", done.ticket)];
    let ask = |path: &str| ask(&world, "GET", path, &[("authorization", token.as_str())], &[]);
    for path in &paths {
        assert_eq!(ask(path).status, 200, "{path}");
    }
    let record = World::someone("wang").record();
    world.set_member(MemberRecord { active: false, ..record.clone() });
    for path in &paths {
        assert_eq!(ask(path).refusal(), (403, "member_inactive".to_owned()), "{path}");
    }
    // What is published meanwhile is not for them, and does not hold up what is: that the ticket left.
    world.publish(DocumentKind::Policy, Successors::default(), |policy| policy["reopen_days"] = 3.into());
    wang.sync();
    assert!(!wang.holds(done.ticket));
    assert_eq!(wang.client().store().reference().policy().reopen_days, 30);
    world.set_member(record);
    world.converge(&[&wang, &li]);
    assert!(wang.holds(done.ticket));
    assert_eq!(wang.client().store().reference().policy().reopen_days, 3);
}

#[test]
fn the_authors_order_is_kept_across_many_commits_and_tickets() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let mut tickets = Vec::new();
    for round in 0..6 {
        let on_the_spot = Some(OnTheSpot { outcome: Outcome::Persuaded, photos: vec![], words: None });
        let report = redvest_client::commands::Report { on_the_spot, ..li.report_in("WG01", CIGARETTE) };
        tickets.push(li.client().report(report, By::default()).unwrap().ticket);
        li.client().comment(tickets[round / 2], saying("又见")).unwrap();
    }
    let log = world.converge(&[&li, &wang]);
    let own = li.client().log().unwrap();
    let mut numbers: Vec<_> = own.iter().filter_map(|row| row.own_seq.zip(row.n)).collect();
    numbers.sort();
    assert_eq!(numbers.len(), 18);
    assert!(numbers.windows(2).all(|pair| pair[0].1 < pair[1].1), "the hub's order keeps the author's");
    assert_eq!(log.tickets.len(), 6);
}
