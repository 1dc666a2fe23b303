//! Pulling from a real store: what a phone is given folds to what the hub holds.

use redvest_domain::codes::Code;
use redvest_domain::digest::{Digest, term};
use redvest_domain::envelope::{Envelope, verify};
use redvest_domain::event::Payload;
use redvest_domain::fold::{Fact, step};
use redvest_domain::id::{Bytes, Hash, TicketId};
use redvest_domain::key::Key;
use redvest_domain::stamp::{Head, Stamp, event_hash};
use redvest_domain::ticket::Ticket;
use redvest_domain::wire::{Fetch, Narrow, Page, Pull, Relay, TicketPart};

use super::kit::{Hub, Phone, for_grid, grid, member, rectified};
use crate::error::Refusal;

async fn pull(hub: &Hub, phone: &Phone, cursor: Option<Bytes>, seen: Option<Head>) -> Result<Page, Refusal> {
    let pull = Pull { cursor, max_bytes: 1 << 20, outcomes_after: 0, seen };
    hub.store.pull(&hub.auth(phone).await, pull).await
}

/// Folds a whole ticket and gives its term.
fn fold(part: &TicketPart) -> (Ticket, Hash) {
    assert!(part.whole);
    let mut state = None;
    for event in &part.events {
        let id = Envelope::from_bytes(&event.envelope).unwrap().id;
        let (payload, stamp) = (Payload::from_bytes(&event.payload).unwrap(), Stamp::from_bytes(&event.stamp).unwrap());
        step(&mut state, &Fact { id, payload: &payload, stamp: &stamp });
    }
    let (state, last) = (state.unwrap(), part.events.last().unwrap());
    let term = term(part.ticket, event_hash(&last.envelope, &last.stamp), state.state_hash());
    (state, term)
}

fn digest_of(page: &Page, key: &Key) -> Digest {
    page.digests.iter().find(|(of, _)| of == key).unwrap().1
}

/// A ticket in grid `g` that was reported by volunteer 1 and rectified by grid member 2.
async fn two_authors(hub: &Hub) -> (Phone, Phone, TicketId) {
    let (mut reporter, mut holder) = (hub.phone(1).await, hub.phone(2).await);
    let (ticket, report) = reporter.report("T3", "g");
    hub.accept(&reporter, vec![report]).await;
    let page = pull(hub, &holder, None, None).await.unwrap();
    holder.base = redvest_domain::event::Base { epoch: page.head.epoch, low: page.low };
    let commit = holder.write(ticket, for_grid("g"), rectified());
    hub.accept(&holder, vec![commit]).await;
    (reporter, holder, ticket)
}

#[tokio::test]
async fn what_a_phone_pulls_folds_to_the_hubs_own_state_and_digest() {
    let hub = Hub::new().await;
    let (reporter, holder, ticket) = two_authors(&hub).await;
    let page = pull(&hub, &holder, None, None).await.unwrap();
    assert!(!page.more && page.tickets.len() == 1);
    let (state, term) = fold(&page.tickets[0]);
    assert_eq!(state, hub.ticket(ticket).await);
    assert_eq!(page.tickets[0].keys, [Key::Grid(grid("g"))]);
    assert_eq!(digest_of(&page, &Key::Grid(grid("g"))), Digest::of([term]));
    assert_eq!(digest_of(&page, &Key::Member(member(2))), Digest::default());
    // The head is the hub's, and each author signed the last envelope of each commit.
    page.head.verify(&hub.store.keys().public().0).unwrap();
    assert_eq!((page.head.n, page.low), (hub.base().await.low, page.head.n));
    for phone in [&reporter, &holder] {
        let signature = page.tickets[0].signatures.iter().find(|signature| signature.device == phone.device).unwrap();
        let signed = page.tickets[0].events.iter().find(|event| {
            let envelope = Envelope::from_bytes(&event.envelope).unwrap();
            (envelope.device, envelope.seq) == (signature.device, signature.seq)
        });
        verify(&phone.public().0, &signed.unwrap().envelope, &signature.signature).unwrap();
    }
    assert!(page.documents.len() >= 5 && page.members.len() == 1 && page.outcomes.len() == 1);
    let idle = pull(&hub, &holder, Some(page.cursor), Some(page.head)).await.unwrap();
    assert!(idle.tickets.is_empty() && idle.documents.is_empty() && idle.members.is_empty());
    assert_eq!(idle.digests, page.digests);
}

#[tokio::test]
async fn a_change_comes_as_the_events_behind_the_last_pull() {
    let hub = Hub::new().await;
    let mut reporter = hub.phone(1).await;
    let (ticket, report) = reporter.report("T3", "g");
    hub.accept(&reporter, vec![report]).await;
    let page = pull(&hub, &reporter, None, None).await.unwrap();
    let held = page.tickets[0].events.len();
    let mut holder = hub.phone(2).await;
    holder.base = hub.base().await;
    let commit = holder.write(ticket, for_grid("g"), rectified());
    hub.accept(&holder, vec![commit]).await;
    let next = pull(&hub, &reporter, Some(page.cursor), None).await.unwrap();
    let part = &next.tickets[0];
    assert!(!part.whole && part.ticket == ticket);
    let seqs: Vec<u32> = part.events.iter().map(|event| Stamp::from_bytes(&event.stamp).unwrap().seq).collect();
    let all = hub.ticket(ticket).await.seq;
    assert_eq!(seqs, (held as u32 + 1..=all).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_office_is_given_every_record_and_others_only_their_own() {
    let hub = Hub::new().await;
    let office = pull(&hub, &hub.phone(7).await, None, None).await.unwrap();
    assert_eq!(office.members.len(), 8);
    let stranger = pull(&hub, &hub.phone(8).await, None, None).await.unwrap();
    assert_eq!(stranger.members.iter().map(|record| record.member).collect::<Vec<_>>(), [member(8)]);
}

#[tokio::test]
async fn fetch_and_narrow_answer_for_visible_tickets_alone() {
    let hub = Hub::new().await;
    let (_, holder, ticket) = two_authors(&hub).await;
    let (auth, elsewhere) = (hub.auth(&holder).await, hub.phone(8).await);
    let fetched = hub.store.fetch(&auth, Fetch { tickets: vec![ticket] }).await.unwrap();
    let (_, own_term) = fold(&fetched.tickets[0]);
    let key = Key::Grid(grid("g"));
    let narrowed = hub.store.narrow(&auth, Narrow { key: key.clone(), after: None }).await.unwrap();
    assert_eq!(narrowed.terms, [(ticket, own_term)]);
    let auth = hub.auth(&elsewhere).await;
    let fetched = hub.store.fetch(&auth, Fetch { tickets: vec![ticket] }).await.unwrap();
    assert!(fetched.tickets.is_empty() && fetched.left == [ticket]);
    let refusal = hub.store.narrow(&auth, Narrow { key, after: None }).await.unwrap_err();
    assert_eq!(refusal.problem.code, Code::OutOfScope.as_str());
}

#[tokio::test]
async fn a_pull_with_a_later_head_of_this_hub_stops_the_writing() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let head = hub.store.head().await.unwrap();
    let invented = Head { n: head.n + 9, ..head.clone() };
    assert!(pull(&hub, &phone, None, Some(invented)).await.is_ok(), "anybody can make up a head");
    let ahead = Head::sign(hub.store.keys().signing(), head.epoch, head.n + 9, Hash([5; 32]), head.at);
    let refusal = pull(&hub, &phone, None, Some(ahead)).await.unwrap_err();
    assert_eq!((refusal.status, refusal.problem.code.as_str()), (503, "hub_behind"));
    let (_, report) = phone.report("T1", "g");
    assert_eq!(hub.problem(&phone, vec![report]).await, "hub_behind");
}

#[tokio::test]
async fn a_cursor_of_an_epoch_that_ended_goes_on_from_the_fork_once_the_device_knows_of_it() {
    let hub = Hub::new().await;
    let (_, holder, ticket) = two_authors(&hub).await;
    let page = pull(&hub, &holder, None, None).await.unwrap();
    hub.store.note_behind().await.unwrap();
    assert_eq!(hub.store.open_epoch().await.unwrap(), 2);
    let refusal = pull(&hub, &holder, Some(page.cursor.clone()), Some(page.head.clone())).await.unwrap_err();
    assert_eq!((refusal.status, refusal.problem.code.as_str()), (410, "older_epoch"));
    let asked = Relay { epoch: 1, tickets: vec![] };
    let told = hub.store.relay(asked).await.unwrap();
    assert_eq!((told.fork_at, told.head.epoch, told.taken), (page.head.n, 2, 0));
    let refusal = pull(&hub, &holder, Some(page.cursor.clone()), None).await.unwrap_err();
    assert_eq!(refusal.status, 410, "who has not seen a head of this epoch was not told where it forked");
    let on = pull(&hub, &holder, Some(page.cursor), Some(told.head)).await.unwrap();
    assert!(on.tickets.is_empty() && on.head.epoch == 2 && !on.documents.is_empty());
    assert_eq!(on.digests, page.digests);
    let again = pull(&hub, &holder, None, None).await.unwrap();
    assert!(again.tickets[0].whole && again.tickets[0].ticket == ticket);
}
