use std::collections::BTreeSet;

use proptest::prelude::*;
use redvest_client::commands::By;
use redvest_client::queries::Mine;
use redvest_client::{Client, Error};
use redvest_domain::event::{Accepted, Body, Commented, Dispatched, Returned};
use redvest_domain::id::{Hash, TicketId};
use redvest_domain::key::Key;
use redvest_domain::terms::Holder;
use redvest_domain::wire::{Fetched, Page};

use crate::world::{Hub, Person, code, grid_member, manager, office, rectified, reported, volunteer};
use crate::{import, litter};

fn digests(client: &Client) -> Vec<(String, String, u64)> {
    client.digest().unwrap().into_iter().map(|one| (one.key.to_string(), one.digest, one.tickets)).collect()
}

/// A hub with tickets in different stages.
fn busy_hub() -> Hub {
    let mut hub = Hub::new();
    let (mut v, mut g, mut m) = (Person::new(volunteer()), Person::new(grid_member()), Person::new(manager()));
    for number in 0..6 {
        let (ticket, _) = hub.tell_saying(&mut v, None, vec![reported("M06010", 1)], Some("北门垃圾"));
        if number > 0 {
            hub.tell(&mut g, Some(ticket), vec![Body::Accepted(Accepted {})]);
        }
        if number > 2 {
            hub.tell(&mut g, Some(ticket), vec![rectified()]);
        }
        if number == 4 {
            hub.tell(&mut m, Some(ticket), vec![Body::Commented(Commented {})]);
        }
    }
    hub
}

#[test]
fn a_page_twice_changes_nothing_and_digests_agree_with_the_hub() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), busy_hub());
    let (client, _) = hub.phone(folder.path(), &office());
    assert!(hub.pull(&client, &office()).differing.is_empty());
    let once = (digests(&client), client.log().unwrap());
    assert!(hub.pull(&client, &office()).differing.is_empty());
    assert_eq!((digests(&client), client.log().unwrap()), once);
    assert_eq!(once.0, [("workspace".to_owned(), once.0[0].1.clone(), 6)]);
}

#[test]
fn a_part_that_does_not_follow_is_a_gap_until_the_ticket_is_fetched_whole() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (mut v, mut g) = (Person::new(volunteer()), Person::new(grid_member()));
    let (ticket, _) = hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    let (client, _) = hub.phone(folder.path(), &grid_member());
    hub.pull(&client, &grid_member());
    hub.tell(&mut g, Some(ticket), vec![Body::Accepted(Accepted {})]);
    hub.tell(&mut g, Some(ticket), vec![rectified()]);
    let subscription = grid_member().subscription();
    let page = Page { tickets: vec![hub.part(ticket, 2, 3, &subscription)], ..hub.empty_page() };
    assert_eq!(hub.give(&client, &page).gaps, [ticket]);
    drop(client);
    let (client, _) = hub.phone(folder.path(), &grid_member());
    assert_eq!(client.store().wanted_tickets(10).unwrap(), [ticket], "remembered though the cursor went on");
    let fetched = Fetched { tickets: vec![hub.part(ticket, 0, 3, &subscription)], left: vec![] };
    client.store().apply_fetched(&fetched).unwrap();
    assert!(client.store().wanted_tickets(10).unwrap().is_empty());
    let page = Page { digests: hub.digests(&grid_member()), ..hub.empty_page() };
    assert!(hub.give(&client, &page).differing.is_empty());
}

#[test]
fn a_part_over_another_past_than_the_one_held_is_a_gap() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (mut v, mut g) = (Person::new(volunteer()), Person::new(grid_member()));
    let (ticket, _) = hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    hub.tell(&mut g, Some(ticket), vec![Body::Accepted(Accepted {})]);
    let (client, _) = hub.phone(folder.path(), &grid_member());
    hub.pull(&client, &grid_member());
    // A hub restored from a backup stamped the same event at another number.
    let mut part = hub.part(ticket, 1, 2, &grid_member().subscription());
    part.events[0].stamp = {
        let mut stamp = redvest_domain::stamp::Stamp::from_bytes(&part.events[0].stamp).unwrap();
        stamp.n += 1;
        redvest_domain::id::Bytes(stamp.to_bytes())
    };
    assert_eq!(hub.give(&client, &Page { tickets: vec![part], ..hub.empty_page() }).gaps, [ticket]);
}

#[test]
fn a_digest_that_differs_is_narrowed_to_its_tickets() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), busy_hub());
    let (client, _) = hub.phone(folder.path(), &office());
    let page = hub.page(&office());
    let missing = page.tickets[2].ticket;
    let tickets = page.tickets.iter().filter(|part| part.ticket != missing).cloned().collect();
    let effect = hub.give(&client, &Page { tickets, ..page });
    assert_eq!(effect.differing, [Key::Workspace]);
    let (other, _) = hub.phone(&folder.path().join("other"), &office());
    hub.pull(&other, &office());
    let terms = other.store().local_terms(&Key::Workspace).unwrap();
    assert_eq!(client.store().differs(&Key::Workspace, &terms).unwrap(), [missing]);
    assert_eq!(client.store().mismatches().unwrap(), 1);
    assert_eq!(client.store().wanted_tickets(10).unwrap(), [missing]);
}

#[test]
fn a_page_with_an_altered_byte_or_a_false_head_is_refused_whole() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), busy_hub());
    let (client, _) = hub.phone(folder.path(), &office());
    let mut page = hub.page(&office());
    let payload = &mut page.tickets[3].events[0].payload.0;
    let last = payload.len() - 1;
    payload[last] ^= 1;
    assert!(matches!(client.store().apply_page(&page, &hub.documents), Err(Error::BadPage(_))));
    let mut page = hub.page(&office());
    page.head.n += 1;
    assert!(matches!(client.store().apply_page(&page, &hub.documents), Err(Error::BadPage(_))));
    let page = hub.page(&office());
    let bad: Vec<_> = hub.documents.iter().map(|(of, bytes)| (of.clone(), [&bytes[..], b" "].concat())).collect();
    assert!(matches!(client.store().apply_page(&page, &bad), Err(Error::BadDocument(_))));
    assert!(client.log().unwrap().is_empty());
    assert_eq!(client.store().pull_state().unwrap().cursor, None);
}

#[test]
fn a_former_holder_loses_the_ticket_and_keeps_what_it_authored() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (mut v, mut m) = (Person::new(volunteer()), Person::new(manager()));
    let (ticket, _) = hub.tell_saying(&mut v, None, vec![reported("M07001", 1)], Some("墙上广告"));
    let record = crate::world::record(6, &[(redvest_domain::key::Role::Agency, Key::Agency(code("wy")))]);
    let dispatched = |agency: &str| {
        let lead = Holder::Agency(code(agency));
        Body::Dispatched(Dispatched { lead, cooperating: vec![], reason: None })
    };
    hub.tell(&mut m, Some(ticket), vec![dispatched("wy")]);
    let (client, _) = hub.phone(folder.path(), &record);
    hub.pull(&client, &record);
    client.return_ticket(ticket, code("not_ours"), By::saying("不归我们管")).unwrap();
    hub.push(&client);
    hub.pull(&client, &record);
    hub.tell(&mut m, Some(ticket), vec![dispatched("cg")]);
    assert!(hub.visible(&record).is_empty());
    let page = Page { left: vec![ticket], digests: hub.digests(&record), ..hub.empty_page() };
    assert!(hub.give(&client, &page).differing.is_empty());
    let detail = client.ticket(ticket).unwrap();
    assert!(detail.row.former && detail.row.pin.is_none() && detail.row.words.is_none());
    let kept: Vec<_> = detail.history.iter().map(|row| (row.kind.as_str(), row.words.as_deref(), row.mine)).collect();
    assert_eq!(kept, [("returned", Some("不归我们管"), true)]);
    assert_eq!(client.mine(Mine::Worked, None).unwrap().rows.len(), 1);
    assert!(client.accept(ticket, By::default()).is_err(), "read-only");
    assert!(client.search("广告", None).unwrap().rows.is_empty(), "others' words are gone");
    client.store().rebuild().unwrap();
    assert_eq!(client.ticket(ticket).unwrap(), detail);
    // It comes back whole.
    hub.tell(&mut m, Some(ticket), vec![dispatched("wy")]);
    assert!(hub.pull(&client, &record).differing.is_empty());
    assert_eq!(client.ticket(ticket).unwrap().history.len(), 5);
}

#[test]
fn a_struck_key_drops_the_tickets_that_no_other_key_holds() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut v = Person::new(volunteer());
    let (ticket, _) = hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    let both = crate::world::record(
        4,
        &[
            (redvest_domain::key::Role::Grid, Key::Grid(code("c"))),
            (redvest_domain::key::Role::Grid, Key::Grid(code("g"))),
        ],
    );
    let (client, _) = hub.phone(folder.path(), &both);
    hub.pull(&client, &both);
    hub.give(&client, &Page { removed_keys: vec![Key::Grid(code("g"))], ..hub.empty_page() });
    assert!(client.ticket(ticket).is_ok());
    let page = Page { digests: hub.digests(&manager()), ..hub.empty_page() };
    assert!(hub.give(&client, &page).differing.is_empty());
    hub.give(&client, &Page { removed_keys: vec![Key::Grid(code("c"))], ..hub.empty_page() });
    assert!(matches!(client.ticket(ticket), Err(Error::UnknownTicket)));
    assert!(client.digest().unwrap().is_empty());
}

#[test]
fn erased_words_are_gone_from_events_lists_and_search_and_never_come_back() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    let done = client.report(litter(vec![photo]), By::saying("张三家门口")).unwrap();
    hub.push(&client);
    hub.pull(&client, &volunteer());
    let before = digests(&client);
    assert_eq!(client.search("张三", None).unwrap().rows.len(), 1);
    hub.erased.push(done.events[0]);
    hub.give(&client, &hub.empty_page());
    // An older answer of the hub still holds the words.
    hub.pull(&client, &volunteer());
    assert!(client.search("张三", None).unwrap().rows.is_empty());
    let detail = client.ticket(done.ticket).unwrap();
    assert_eq!((detail.row.words.clone(), detail.history[0].erased), (None, true));
    assert_eq!(digests(&client), before);
    assert!(client.doctor().unwrap().findings.is_empty());
}

#[test]
fn a_rebuilt_store_equals_the_one_before() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), busy_hub());
    let (client, _) = hub.phone(folder.path(), &office());
    hub.pull(&client, &office());
    let ticket = hub.visible(&office())[0];
    client.comment(ticket, By::saying("留言")).unwrap();
    let photo = import(&client, folder.path(), 1);
    client.report(litter(vec![photo]), By::default()).unwrap();
    let all = |client: &Client| {
        let found = client.search("垃圾", None).unwrap().rows;
        let tickets: Vec<_> =
            client.log().unwrap().iter().map(|row| client.ticket(row.ticket.unwrap()).unwrap()).collect();
        let (work, home) = (client.work_list(None, None).unwrap(), client.home().unwrap());
        let near = client.nearby(crate::PIN, 500).unwrap();
        let mut found: Vec<TicketId> = found.into_iter().map(|row| row.ticket).collect();
        found.sort();
        (digests(client), work, home, near, found, tickets)
    };
    let before = all(&client);
    client.store().rebuild().unwrap();
    assert_eq!(all(&client), before);
    hub.push(&client);
    assert!(hub.pull(&client, &office()).differing.is_empty());
}

/// How a feed is cut: which ticket goes on by how many events, and whether it is sent whole.
fn cuts() -> impl Strategy<Value = Vec<(prop::sample::Index, u32, bool)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 1..4_u32, any::<bool>()), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn equal_visible_events_in_any_batching_give_equal_digests(cuts in cuts(), pages in 1..6_usize) {
        let (folder, hub) = (tempfile::tempdir().unwrap(), busy_hub());
        let subscription: BTreeSet<Key> = office().subscription();
        let tickets = hub.visible(&office());
        let (client, _) = hub.phone(folder.path(), &office());
        let mut sent = vec![0_u32; tickets.len()];
        let mut parts = Vec::new();
        let all = (0..tickets.len()).map(|at| (at, 1000, false));
        for (at, more, whole) in cuts.into_iter().map(|(at, more, whole)| (at.index(tickets.len()), more, whole)).chain(all) {
            let ticket = tickets[at];
            let length = hub.tickets[&ticket].events.len() as u32;
            let to = (sent[at] + more).min(length);
            // A part may begin before what is held, as the hub's does after an answer that got lost.
            let from = if whole { 0 } else { sent[at].saturating_sub(more % 2) };
            if to > from {
                parts.push(hub.part(ticket, from, to, &subscription));
                sent[at] = to;
            }
        }
        for chunk in parts.chunks(parts.len().div_ceil(pages)) {
            let effect = hub.give(&client, &Page { tickets: chunk.to_vec(), ..hub.empty_page() });
            prop_assert!(effect.gaps.is_empty());
        }
        let last = hub.give(&client, &Page { digests: hub.digests(&office()), ..hub.empty_page() });
        prop_assert!(last.differing.is_empty());
        let states: Vec<Hash> = client.store().local_terms(&Key::Workspace).unwrap().into_iter().map(|t| t.1).collect();
        prop_assert_eq!(states.len(), tickets.len());
        client.store().rebuild().unwrap();
        let again: Vec<Hash> = client.store().local_terms(&Key::Workspace).unwrap().into_iter().map(|t| t.1).collect();
        prop_assert_eq!(again, states);
    }
}

#[test]
fn returned_work_waits_with_the_office_and_moves_between_lists() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (mut v, mut g) = (Person::new(volunteer()), Person::new(grid_member()));
    let (ticket, _) = hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    hub.tell(&mut g, Some(ticket), vec![Body::Returned(Returned { reason: code("not_ours") })]);
    let (client, _) = hub.phone(folder.path(), &office());
    hub.pull(&client, &office());
    let dispatch = redvest_client::store::Work::Dispatch;
    assert_eq!(client.work_list(Some(dispatch), None).unwrap().rows.len(), 1);
    let lead = Holder::Grid(code("g2"));
    let request = redvest_client::commands::Dispatch { lead, cooperating: vec![], reason: Some(code("after_return")) };
    let done = client.dispatch(ticket, request, By::default()).unwrap();
    assert_eq!(done.row.lead_zh.as_deref(), Some("第二网格"));
    assert!(client.work_list(Some(dispatch), None).unwrap().rows.is_empty());
    assert!(client.home().unwrap().tallies.is_empty());
}

#[test]
fn a_new_calendar_moves_what_is_due_and_new_names_are_shown_at_once() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut v = Person::new(volunteer());
    let (ticket, _) = hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    let (client, _) = hub.phone(folder.path(), &grid_member());
    hub.pull(&client, &grid_member());
    let due = |client: &Client| client.ticket(ticket).unwrap().row.due.unwrap();
    let before = due(&client);
    let mut calendar = redvest_domain::calendar::Calendar::built_in();
    calendar.holidays.push("2026-11-23".parse().unwrap());
    calendar.holidays.sort();
    hub.publish(redvest_domain::reference::Document::Calendar(calendar));
    let renamed = crate::world::GRIDS.replace("第一网格", "东风网格");
    let grids = redvest_domain::reference::parse(redvest_domain::event::DocumentKind::Grids, renamed.as_bytes());
    hub.publish(grids.unwrap());
    let page = hub.empty_page();
    assert_eq!(client.store().missing_documents(&page).unwrap().len(), 2);
    hub.give(&client, &page);
    assert_eq!(due(&client), before.plus_ms(redvest_domain::time::DAY_MS), "Monday is free now");
    assert_eq!(client.ticket(ticket).unwrap().row.grid_zh.as_deref(), Some("东风网格"));
    assert_eq!(client.search("东风", None).unwrap().rows.len(), 1);
    drop(client);
    let (client, _) = hub.phone(folder.path(), &grid_member());
    assert_eq!(client.ticket(ticket).unwrap().row.lead_zh.as_deref(), Some("东风网格"));
    assert!(client.store().missing_documents(&page).unwrap().is_empty());
}

#[test]
fn threads_share_a_client_and_the_chain_stays_whole() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), busy_hub());
    let (client, _) = hub.phone(folder.path(), &office());
    hub.pull(&client, &office());
    let ticket = hub.visible(&office())[0];
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let client = &client;
            scope.spawn(move || {
                for number in 0..10 {
                    client.comment(ticket, By::saying(format!("{thread} {number}"))).unwrap();
                    client.work_list(None, None).unwrap();
                }
            });
        }
    });
    assert!(client.doctor().unwrap().findings.is_empty());
    hub.push(&client);
    assert!(hub.pull(&client, &office()).differing.is_empty());
    assert_eq!(client.home().unwrap().events_waiting, 0);
}
