//! What is kept of refused work holds words too, and they go like all others.

use redvest_domain::event::{Body, Commented, Erased, Private, Subject};
use redvest_domain::id::{Bytes, EventId, TicketId};
use redvest_domain::key::MemberRecord;
use redvest_domain::time::DAY_MS;

use super::kit::{Hub, Phone, fates, member, new_id, office, record, volunteer};

const WORDS: &str = "张三的电话一三八零零";

/// How many kept commits there are, and how many of them hold the words.
async fn kept(hub: &Hub) -> (i64, i64) {
    let count = hub.store.read(|conn| {
        let sql = "SELECT count(*), coalesce(sum(instr(commit_bytes, CAST(?1 AS BLOB)) > 0), 0) FROM device_log
                   WHERE commit_bytes IS NOT NULL";
        Ok::<_, crate::HubError>(conn.query_row(sql, [WORDS], |row| Ok((row.get(0)?, row.get(1)?)))?)
    });
    count.await.unwrap()
}

/// A commit of so many comments on a ticket, each with the words.
fn comments(phone: &mut Phone, ticket: TicketId, count: usize) -> (Vec<EventId>, redvest_domain::envelope::Commit) {
    let private = Private { salt: Bytes(vec![7; 16]), words: Some(WORDS.to_owned()), place: None };
    let ids: Vec<EventId> = (0..count).map(|_| new_id()).collect();
    let body = || Body::Commented(Commented {});
    let payload = || phone.payload(Subject::Ticket(ticket), volunteer(phone.member), body()).to_bytes();
    let drafts = ids.iter().map(|id| (*id, payload(), Some(private.to_bytes()))).collect();
    let commit = redvest_domain::envelope::seal(phone.workspace, phone.device, &phone.key, &mut phone.head, drafts);
    (ids, commit.unwrap())
}

/// A ticket, and two refused commits about it by a member who had left: one of three comments, one of one.
async fn refused(hub: &Hub) -> (Phone, TicketId, Vec<EventId>, EventId) {
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(1).await;
    let gone = MemberRecord { active: false, ..record(1, vec![]) };
    hub.store.set_members(vec![gone], vec![]).await.unwrap();
    hub.clock.advance(400 * DAY_MS);
    phone.base = hub.base().await;
    let (three, first) = comments(&mut phone, ticket, 3);
    let (one, second) = comments(&mut phone, ticket, 1);
    let told = fates(&hub.push(&phone, vec![first, second]).await);
    assert!(told.iter().all(|code| code == "member_inactive"), "{told:?}");
    assert_eq!(kept(hub).await, (2, 2));
    (phone, ticket, three, one[0])
}

#[tokio::test]
async fn words_of_a_refused_commit_go_with_any_of_its_events_and_others_stay() {
    let hub = Hub::new().await;
    let (_, ticket, three, one) = refused(&hub).await;
    // The bytes stand at the last event, the office names the first.
    hub.store.erase(member(7), ticket, vec![three[0]]).await.unwrap();
    assert_eq!(kept(&hub).await, (1, 1));
    assert_eq!(hub.store.admit(member(7), three[2]).await.unwrap_err().problem().code, "parent_lost");
    hub.store.admit(member(7), one).await.unwrap();
    hub.store.rebuild().await.unwrap();
}

#[tokio::test]
async fn the_offices_own_phone_erases_refused_words_too() {
    let hub = Hub::new().await;
    let other = hub.reported("T3").await;
    let (_, ticket, three, one) = refused(&hub).await;
    let mut phone = hub.phone(7).await;
    let elsewhere = phone.write(other, office(), Body::Erased(Erased { events: vec![one] }));
    hub.accept(&phone, vec![elsewhere]).await;
    assert_eq!(kept(&hub).await, (2, 2), "of another ticket");
    let here = phone.write(ticket, office(), Body::Erased(Erased { events: vec![one, three[1], new_id()] }));
    hub.accept(&phone, vec![here]).await;
    assert_eq!(kept(&hub).await, (0, 0));
}

#[tokio::test]
async fn a_refused_report_is_erased_though_it_has_no_ticket() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let gone = MemberRecord { active: false, ..record(1, vec![]) };
    hub.store.set_members(vec![gone], vec![]).await.unwrap();
    hub.clock.advance(400 * DAY_MS);
    phone.base = hub.base().await;
    let (ticket, commit) = phone.report("T3", "g");
    assert_eq!(fates(&hub.push(&phone, vec![commit.clone()]).await), ["member_inactive"]);
    let event = vec![ticket.reported()];
    assert_eq!(hub.store.erase(member(2), ticket, event.clone()).await.unwrap_err().problem().code, "role_not_held");
    assert_eq!(kept(&hub).await.0, 1);
    hub.store.erase(member(7), ticket, event.clone()).await.unwrap();
    assert_eq!(kept(&hub).await.0, 0);
    assert_eq!(hub.store.erase(member(7), ticket, event).await.unwrap_err().problem().code, "not_found");
    // Sent again it gets its first outcome, and is not kept a second time.
    assert_eq!(fates(&hub.push(&phone, vec![commit]).await), ["member_inactive"]);
    assert_eq!(kept(&hub).await.0, 0);
}

#[tokio::test]
async fn who_is_forgotten_leaves_no_refused_words_behind() {
    let hub = Hub::new().await;
    refused(&hub).await;
    hub.store.forget_person(member(2)).await.unwrap();
    assert_eq!(kept(&hub).await, (2, 2), "somebody else's");
    hub.store.forget_person(member(1)).await.unwrap();
    assert_eq!(kept(&hub).await, (0, 0));
}
