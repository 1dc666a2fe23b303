//! A hub that was restored from a backup.

use redvest_domain::id::Hash;
use redvest_domain::stamp::Head;
use redvest_domain::wire::Fate;
use redvest_domain::wire::Push;

use super::kit::{Hub, Phone};

async fn push_seen(hub: &Hub, phone: &Phone, seen: Head) -> Result<redvest_domain::wire::Pushed, String> {
    let now = hub.store.now();
    let push = Push { commits: vec![], seen: Some(seen), sent: now };
    hub.store.push(&hub.auth(phone).await, push, now).await.map_err(|error| error.problem().code)
}

#[tokio::test]
async fn hub_that_is_behind_stops_writing_until_a_new_epoch() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let head = hub.store.head().await.unwrap();
    push_seen(&hub, &phone, head.clone()).await.unwrap();
    // Somebody's invention says nothing.
    let invented = Head { n: head.n + 9, ..head.clone() };
    push_seen(&hub, &phone, invented).await.unwrap();
    // What this hub signed before it was restored does.
    let signing = hub.store.keys().signing();
    let ahead = Head::sign(signing, head.epoch, head.n + 9, Hash([5; 32]), head.at);
    assert_eq!(push_seen(&hub, &phone, ahead.clone()).await.unwrap_err(), "hub_behind");
    let (_, report) = phone.report("T1", "g");
    let hub = hub.restart().await;
    assert_eq!(hub.problem(&phone, vec![report.clone()]).await, "hub_behind");
    assert_eq!(hub.store.ready().await.unwrap_err().status(), 503);
    assert_eq!(hub.store.run_timers(hub.store.now(), 10).await.unwrap(), 0);
    assert_eq!(hub.store.open_epoch().await.unwrap(), 2);
    let pushed = hub.accept(&phone, vec![report]).await;
    let Fate::Accepted(accepted) = &pushed.outcomes[0].fate else { panic!() };
    assert_eq!((accepted.epoch, accepted.n), (2, head.n + 1));
    assert_eq!(accepted.short_number.as_deref(), Some("20261123-0001A"));
    // Who knows only the order that is gone is told so before anything of it is taken.
    assert_eq!(push_seen(&hub, &phone, ahead).await.unwrap_err(), "older_epoch");
    hub.store.head().await.unwrap().verify(&hub.store.keys().public().0).unwrap();
}

#[tokio::test]
async fn head_of_another_order_at_a_number_that_is_here_shows_the_restore_too() {
    let hub = Hub::new().await;
    let phone = hub.phone(1).await;
    let head = hub.store.head().await.unwrap();
    let other = Head::sign(hub.store.keys().signing(), head.epoch, head.n - 1, Hash([5; 32]), head.at);
    assert_eq!(push_seen(&hub, &phone, other).await.unwrap_err(), "hub_behind");
}

#[tokio::test]
async fn photos_are_safe_up_to_a_number_that_never_goes_back() {
    let hub = Hub::new().await;
    let head = hub.store.head().await.unwrap().n;
    hub.store.set_safe(head).await.unwrap();
    hub.store.set_safe(1).await.unwrap();
    assert_eq!(hub.store.site().await.unwrap().safe_n, head);
    assert_eq!(hub.store.set_safe(head + 1).await.unwrap_err().problem().code, "not_found");
}
