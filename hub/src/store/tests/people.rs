//! Codes, enrolment, new keys, and names.

use redvest_domain::event::{Body, Commented};
use redvest_domain::id::DeviceId;
use redvest_domain::key::MemberRecord;
use redvest_domain::time::{HOUR_MS, MINUTE_MS};
use redvest_domain::wire::{Names, Rekey};

use super::kit::{Hub, Phone, fates, member, record, volunteer};
use crate::HubError;
use crate::store::Person;

fn code<T>(outcome: Result<T, HubError>) -> String {
    outcome.map(|_| ()).unwrap_err().problem().code
}

#[tokio::test]
async fn code_works_once_in_its_time_and_for_one_device() {
    let hub = Hub::new().await;
    let (phone, other) = (Phone::blank(), Phone::blank());
    assert_eq!(code(hub.store.enrol(phone.enrol(&[1; 16])).await), "code_unknown");
    let secret = hub.store.invite(member(1), HOUR_MS).await.unwrap();
    let mut forged = phone.enrol(&secret);
    forged.proof = other.enrol(&secret).proof;
    assert_eq!(code(hub.store.enrol(forged).await), "bad_signature");
    let enrolled = hub.store.enrol(phone.enrol(&secret)).await.unwrap();
    assert_eq!((enrolled.member, enrolled.name.as_str()), (member(1), "创城"));
    enrolled.head.verify(&enrolled.hub_key.0).unwrap();
    assert_eq!(code(hub.store.enrol(other.enrol(&secret)).await), "code_used");
    let secret = hub.store.invite(member(1), HOUR_MS).await.unwrap();
    hub.clock.advance(HOUR_MS);
    assert_eq!(code(hub.store.enrol(other.enrol(&secret)).await), "code_expired");
    assert_eq!(code(hub.store.invite(member(99), HOUR_MS).await), "not_found");
}

#[tokio::test]
async fn enrolment_whose_answer_was_lost_can_be_asked_again_until_the_phone_has_sent_something() {
    let hub = Hub::new().await;
    let secret = hub.store.invite(member(1), HOUR_MS).await.unwrap();
    let mut phone = Phone::blank();
    let lost = hub.store.enrol(phone.enrol(&secret)).await.unwrap();
    phone.take(hub.store.enrol(phone.enrol(&secret)).await.unwrap());
    assert_eq!(code(hub.store.authenticate(&lost.token).await), "token_unknown");
    let (_, report) = phone.report("T1", "g");
    hub.accept(&phone, vec![report]).await;
    assert_eq!(code(hub.store.enrol(phone.enrol(&secret)).await), "code_used");
}

#[tokio::test]
async fn id_of_another_device_cannot_be_taken() {
    let hub = Hub::new().await;
    let (phone, mut thief) = (hub.phone(1).await, Phone::blank());
    thief.device = phone.device;
    let secret = hub.store.invite(member(1), HOUR_MS).await.unwrap();
    assert_eq!(code(hub.store.enrol(thief.enrol(&secret)).await), "id_conflict");
}

/// A new phone that takes over from `old`, and the request for it.
fn rekeying(old: &Phone) -> (Phone, Rekey) {
    let new = Phone::blank();
    let request = Rekey {
        device: new.device,
        key: new.public(),
        proof: new.prove(&old.token, new.device, new.public()),
        old_proof: old.prove(&old.token, new.device, new.public()),
        label: "again".to_owned(),
    };
    (new, request)
}

#[tokio::test]
async fn rekeying_ends_the_old_key_and_token_and_works_once() {
    let hub = Hub::new().await;
    let mut old = hub.phone(1).await;
    let (ticket, report) = old.report("T1", "g");
    hub.accept(&old, vec![report]).await;
    let (mut new, request) = rekeying(&old);
    let (_, forged) = rekeying(&old);
    let forged = Rekey { old_proof: forged.proof.clone(), ..forged };
    assert_eq!(code(hub.store.rekey(&old.token, forged).await), "bad_signature");
    let lost = hub.store.rekey(&old.token, request.clone()).await.unwrap();
    // The answer was lost: the same request gives it again.
    new.take(hub.store.rekey(&old.token, request.clone()).await.unwrap());
    assert_eq!(code(hub.store.authenticate(&lost.token).await), "token_unknown");
    assert_eq!(code(hub.store.authenticate(&old.token).await), "device_revoked");
    let (_, second) = rekeying(&old);
    assert_eq!(code(hub.store.rekey(&old.token, second).await), "device_revoked");
    let comment = new.write(ticket, volunteer(member(1)), Body::Commented(Commented {}));
    let pushed = hub.accept(&new, vec![comment]).await;
    // The feed goes on where the old device's stood.
    assert_eq!(pushed.outcomes[0].counter, 2);
    assert_eq!(code(hub.store.rekey(&old.token, request).await), "device_revoked");
    let rows = hub.store.devices(Some(member(1))).await.unwrap();
    let row = rows.iter().find(|row| row.device == old.device).unwrap();
    assert_eq!((row.successor, row.revoked.is_some()), (Some(new.device), true));
}

#[tokio::test]
async fn work_on_a_report_that_the_old_key_was_refused_is_refused_with_it() {
    let hub = Hub::new().await;
    let mut old = hub.phone(1).await;
    let (ticket, report) = old.report("NOSUCH", "g");
    hub.push(&old, vec![report]).await;
    let (mut new, request) = rekeying(&old);
    new.take(hub.store.rekey(&old.token, request).await.unwrap());
    let comment = new.write(ticket, volunteer(member(1)), Body::Commented(Commented {}));
    assert_eq!(fates(&hub.push(&new, vec![comment]).await), ["parent_refused"]);
}

#[tokio::test]
async fn revoked_token_is_dead_at_once() {
    let hub = Hub::new().await;
    let phone = hub.phone(1).await;
    hub.store.revoke(phone.device, false).await.unwrap();
    assert_eq!(code(hub.store.authenticate(&phone.token).await), "device_revoked");
    assert_eq!(code(hub.store.authenticate(&[0; 32]).await), "token_unknown");
    assert_eq!(code(hub.store.revoke(DeviceId::from_bytes([1; 16]), false).await), "not_found");
}

#[tokio::test]
async fn record_in_force_gives_no_event() {
    let hub = Hub::new().await;
    let head = hub.store.head().await.unwrap();
    hub.store.set_members(vec![record(1, vec![])], vec![]).await.unwrap();
    assert_eq!(hub.store.head().await.unwrap(), head);
    let impossible = record(1, vec![volunteer(member(2))]);
    assert_eq!(code(hub.store.set_members(vec![impossible], vec![]).await), "bad_record");
    let gone = MemberRecord { active: false, ..record(1, vec![]) };
    hub.store.set_members(vec![gone], vec![]).await.unwrap();
    assert_eq!(hub.store.head().await.unwrap().n, head.n + 1);
    assert_eq!(code(hub.store.invite(member(1), MINUTE_MS).await), "member_inactive");
}

#[tokio::test]
async fn names_are_for_those_on_visible_tickets_and_for_colleagues() {
    let hub = Hub::new().await;
    let person = |number| Person { member: member(number), name: format!("人{number}"), title: None, phone: None };
    hub.store.set_members(vec![], (1..=8).map(person).collect()).await.unwrap();
    let everyone = Names { members: (1..=9).map(member).collect() };
    let known = async |phone: &Phone| {
        let named = hub.store.names(&hub.auth(phone).await, everyone.clone()).await.unwrap();
        named.names.into_iter().map(|name| name.member.as_bytes()[0]).collect::<Vec<_>>()
    };
    let (worker, stranger, office) = (hub.phone(2).await, hub.phone(8).await, hub.phone(7).await);
    assert_eq!(known(&worker).await, [2, 3]);
    hub.reported("T3").await;
    assert_eq!(known(&worker).await, [1, 2, 3]);
    assert_eq!(known(&stranger).await, [8]);
    assert_eq!(known(&office).await, [1, 2, 3, 4, 5, 6, 7, 8]);
    hub.store.forget_person(member(1)).await.unwrap();
    assert_eq!(known(&worker).await, [2, 3]);
    let many = Names { members: vec![member(1); 501] };
    assert_eq!(code(hub.store.names(&hub.auth(&worker).await, many).await), "too_many");
}
