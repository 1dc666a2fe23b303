//! What the law asks of events beyond rights: reasons of the policy, and the version in force.

use redvest_domain::event::{Body, Commented, DocumentKind, Returned};
use redvest_domain::reference::{Document, Policy, Successors};
use redvest_domain::stamp::Stamp;
use redvest_domain::wire::Pull;

use super::kit::{Hub, Phone, fates, for_grid, member};
use crate::store::{Store, law};

fn returned(reason: &str) -> Body {
    Body::Returned(Returned { reason: reason.parse().unwrap() })
}

#[tokio::test]
async fn a_reason_that_no_policy_ever_had_is_refused_and_can_be_admitted() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(2).await;
    let made_up = phone.write(ticket, for_grid("g"), returned("made_up"));
    let id = Phone::last_id(&made_up);
    // One of another list is none either.
    let sent_back = phone.write(ticket, for_grid("g"), returned("not_done"));
    assert_eq!(fates(&hub.push(&phone, vec![made_up, sent_back]).await), ["unknown_reason", "unknown_reason"]);
    hub.store.admit(member(7), id).await.unwrap();
    assert_eq!(hub.ticket(ticket).await.counts.returned, 1);
}

#[tokio::test]
async fn a_reason_that_a_later_policy_dropped_is_taken() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(2).await;
    let offline = phone.write(ticket, for_grid("g"), returned("not_ours"));
    let mut policy = Policy::built_in();
    policy.version = "2026.2".to_owned();
    policy.reasons.returned.retain(|reason| reason.code.as_str() != "not_ours");
    let bytes = Document::Policy(Box::new(policy)).to_bytes();
    hub.store.publish(DocumentKind::Policy, bytes, Successors::default()).await.unwrap();
    hub.accept(&phone, vec![offline]).await;
}

/// Sets a version as a program would whose newest is the second.
async fn set(hub: &Hub, version: u16) -> Result<(), String> {
    hub.store.write(move |work| law::set(work, version, 2)).await.map_err(|error| error.problem().code)
}

#[tokio::test]
async fn a_law_that_is_set_stands_in_every_stamp_and_page_from_there_on() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(2).await;
    let auth = hub.auth(&phone).await;
    let ask = || Pull { cursor: None, max_bytes: 1 << 20, outcomes_after: 0, seen: None };
    assert_eq!(hub.store.pull(&auth, ask()).await.unwrap().law, Some(1));
    let before = hub.store.site().await.unwrap().head_n;
    set(&hub, 2).await.unwrap();
    let comment = phone.write(ticket, for_grid("g"), Body::Commented(Commented {}));
    hub.accept(&phone, vec![comment]).await;
    let laws: Vec<(u16, u16)> = hub
        .store
        .export_log(before - 1, 10)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.kind, Stamp::from_bytes(&row.event.stamp).unwrap().law))
        .collect();
    assert_eq!(laws, [(1, 1), (102, 2), (24, 2)]);
    assert_eq!(hub.store.pull(&auth, ask()).await.unwrap().law, Some(2));
}

#[tokio::test]
async fn a_law_is_set_once_never_goes_back_and_has_to_be_known() {
    let hub = Hub::new().await;
    let head = hub.store.head().await.unwrap();
    assert_eq!(set(&hub, 3).await, Err("unknown_law".to_owned()));
    hub.store.set_law(1).await.unwrap();
    assert_eq!(hub.store.head().await.unwrap(), head, "the law in force gives no event");
    assert_eq!(hub.store.set_law(2).await.unwrap_err().problem().code, "unknown_law");
    set(&hub, 2).await.unwrap();
    set(&hub, 2).await.unwrap();
    assert_eq!(hub.store.head().await.unwrap().n, head.n + 1);
    assert_eq!(set(&hub, 1).await, Err("law_goes_back".to_owned()));
    // An older program does not take over what a newer one has begun.
    let Hub { data, clock, store } = hub;
    store.close().await;
    drop(store);
    assert_eq!(Store::open(data.path(), clock).unwrap_err().problem().code, "unknown_law");
}
