//! Publication of documents, and tickets that follow removed grids and agencies to their successors.

use std::collections::BTreeMap;

use redvest_domain::event::{Body, DocumentKind, Reopened, VoidReason, Voided};
use redvest_domain::reference::{Successors, address};
use redvest_domain::terms::Holder;
use redvest_domain::ticket::Stage;
use redvest_domain::time::MINUTE_MS;

use super::kit::{Hub, agencies, dispatched, fates, for_grid, grid, grids, member, office, record, rectified};
use crate::HubError;

fn grid_successor(from: &str, to: &str) -> Successors {
    Successors { grids: BTreeMap::from([(grid(from), grid(to))]), ..Successors::default() }
}

#[tokio::test]
async fn open_tickets_of_a_removed_grid_go_to_its_successor_in_steps() {
    let hub = Hub::new().await;
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(hub.reported("T3").await);
    }
    hub.store.publish(DocumentKind::Grids, grids(&["g"]), grid_successor("g", "h")).await.unwrap();
    let before = hub.ticket(tickets[0]).await;
    assert_eq!(before.lead, Some(Holder::Grid(grid("g"))));
    let now = hub.store.now();
    assert_eq!(hub.store.run_timers(now, 3).await.unwrap(), 3);
    let hub = hub.restart().await;
    assert_eq!(hub.store.run_timers(now, 3).await.unwrap(), 2);
    assert_eq!(hub.store.run_timers(now, 3).await.unwrap(), 0);
    for ticket in tickets {
        let state = hub.ticket(ticket).await;
        assert_eq!((state.lead.clone(), state.seq), (Some(Holder::Grid(grid("h"))), 2));
        assert_eq!((state.pin_path.clone(), state.lead_path), (vec![grid("s"), grid("c"), grid("h")], state.pin_path));
    }
}

#[tokio::test]
async fn successor_that_is_removed_too_hands_on_to_its_own() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    hub.store.publish(DocumentKind::Grids, grids(&["g"]), grid_successor("g", "h")).await.unwrap();
    hub.store.publish(DocumentKind::Grids, grids(&["g", "h"]), grid_successor("h", "k")).await.unwrap();
    hub.store.run_timers(hub.store.now(), 100).await.unwrap();
    let state = hub.ticket(ticket).await;
    assert_eq!((state.lead, state.pin_path), (Some(Holder::Grid(grid("k"))), vec![grid("s2"), grid("k")]));
}

#[tokio::test]
async fn ticket_closed_before_is_moved_when_it_is_reopened() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T1").await;
    let mut phone = hub.phone(2).await;
    let work = phone.write(ticket, for_grid("g"), rectified());
    hub.accept(&phone, vec![work]).await;
    assert_eq!(hub.ticket(ticket).await.stage, Stage::Closed);
    hub.store.publish(DocumentKind::Grids, grids(&["g"]), grid_successor("g", "h")).await.unwrap();
    assert_eq!(hub.store.run_timers(hub.store.now(), 100).await.unwrap(), 0);
    let mut office_phone = hub.phone(7).await;
    let body = Body::Reopened(Reopened { reason: "wrongly_closed".parse().unwrap() });
    let reopened = office_phone.write(ticket, office(), body);
    hub.accept(&office_phone, vec![reopened]).await;
    let state = hub.ticket(ticket).await;
    assert_eq!((state.lead, state.stage), (Some(Holder::Grid(grid("h"))), Stage::Accepted));
}

#[tokio::test]
async fn removed_agency_without_successor_is_refused_and_nothing_changes() {
    let hub = Hub::new().await;
    let head = hub.store.head().await.unwrap();
    let refused = hub.store.publish(DocumentKind::Agencies, agencies(&["cg"]), Successors::default()).await;
    let Err(HubError::BadDocument(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].code, "successor_missing");
    assert_eq!(hub.store.head().await.unwrap(), head);
    let to = BTreeMap::from([("wy".parse().unwrap(), "cg".parse().unwrap())]);
    let successors = Successors { agencies: to, ..Successors::default() };
    hub.store.publish(DocumentKind::Agencies, agencies(&["cg"]), successors).await.unwrap();
    // A code is never used again.
    let refused = hub.store.publish(DocumentKind::Agencies, agencies(&["cg", "wy"]), Successors::default()).await;
    let Err(HubError::BadDocument(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].code, "code_used_before");
}

#[tokio::test]
async fn agency_that_leads_is_replaced_in_lead_and_keys() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(7).await;
    let event = phone.write(ticket, office(), dispatched(Holder::Agency("wy".parse().unwrap())));
    hub.accept(&phone, vec![event]).await;
    let to = BTreeMap::from([("wy".parse().unwrap(), "cg".parse().unwrap())]);
    let successors = Successors { agencies: to, ..Successors::default() };
    hub.store.publish(DocumentKind::Agencies, agencies(&["cg"]), successors).await.unwrap();
    hub.store.run_timers(hub.store.now(), 100).await.unwrap();
    let state = hub.ticket(ticket).await;
    assert_eq!(state.lead, Some(Holder::Agency("cg".parse().unwrap())));
}

#[tokio::test]
async fn same_document_twice_is_published_once_and_survives_a_restart() {
    let hub = Hub::new().await;
    let head = hub.store.head().await.unwrap();
    let hash = hub.store.publish(DocumentKind::Grids, grids(&[]), Successors::default()).await.unwrap();
    assert_eq!(hash, address(&grids(&[])));
    assert_eq!(hub.store.head().await.unwrap(), head);
    assert_eq!(hub.store.document(hash).await.unwrap(), Some(grids(&[])));
    let hub = hub.restart().await;
    assert_eq!(hub.store.reference().grids().path(&grid("g")).len(), 3);
    let broken = hub.store.publish(DocumentKind::Grids, b"{}".to_vec(), Successors::default()).await;
    assert!(matches!(broken, Err(HubError::BadDocument(_))));
}

#[tokio::test]
async fn report_goes_to_the_deepest_grid_with_a_member_or_waits() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let (in_g, one) = phone.report("T3", "g");
    // Nobody works in `h`, nor in its community; the street's own people are asked.
    let (in_h, two) = phone.report("T3", "h");
    hub.accept(&phone, vec![one, two]).await;
    assert_eq!(hub.ticket(in_g).await.lead, Some(Holder::Grid(grid("g"))));
    assert_eq!(hub.ticket(in_h).await.lead, Some(Holder::Grid(grid("s"))));
    hub.store.set_members(vec![record(4, vec![])], vec![]).await.unwrap();
    hub.clock.advance(MINUTE_MS);
    let (waits, three) = phone.report("T3", "h");
    hub.accept(&phone, vec![three]).await;
    let state = hub.ticket(waits).await;
    assert_eq!((state.lead, state.stage), (None, Stage::Waiting));
    assert_eq!(state.short_number.as_deref(), Some("20261123-0003"));
    let void =
        phone.write(waits, super::kit::volunteer(member(1)), Body::Voided(Voided { reason: VoidReason::Mistake }));
    assert_eq!(fates(&hub.push(&phone, vec![void]).await), ["accepted"]);
}
