//! What the law asks of events beyond rights: reasons of the policy, and the version in force.

use redvest_domain::event::{Body, DocumentKind, Returned};
use redvest_domain::reference::{Document, Policy, Successors};

use super::kit::{Hub, Phone, fates, for_grid, member};

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
