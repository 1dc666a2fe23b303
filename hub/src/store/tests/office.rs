//! What the office does: admission and erasure; and what the hub writes by itself when clocks run out.

use redvest_domain::event::{Admitted, Body, Commented, Erased};
use redvest_domain::key::MemberRecord;
use redvest_domain::time::DAY_MS;
use redvest_domain::wire::Fate;

use super::kit::{Hub, Phone, fates, for_grid, member, new_id, office, record};

/// A refused report and work on it, by a member who had left.
async fn refused(hub: &Hub) -> (Phone, redvest_domain::id::TicketId, redvest_domain::envelope::Commit) {
    let mut phone = hub.phone(1).await;
    let gone = MemberRecord { active: false, ..record(1, vec![]) };
    hub.store.set_members(vec![gone], vec![]).await.unwrap();
    hub.clock.advance(400 * DAY_MS);
    phone.base = hub.base().await;
    let (ticket, commit) = phone.report("T3", "g");
    assert_eq!(fates(&hub.push(&phone, vec![commit.clone()]).await), ["member_inactive"]);
    (phone, ticket, commit)
}

#[tokio::test]
async fn admitted_work_enters_the_order_and_its_device_is_told() {
    let hub = Hub::new().await;
    let (phone, ticket, commit) = refused(&hub).await;
    let id = Phone::last_id(&commit);
    assert_eq!(hub.store.admit(member(6), id).await.unwrap_err().problem().code, "role_not_held");
    hub.store.admit(member(7), id).await.unwrap();
    let state = hub.ticket(ticket).await;
    assert_eq!((state.seq, state.reporter()), (2, member(1)));
    // What counts is the latest line.
    let again = hub.push(&phone, vec![commit]).await;
    let Fate::Accepted(accepted) = &again.outcomes[0].fate else { panic!("{again:?}") };
    assert!(accepted.admitted && again.outcomes[0].counter == 2);
    assert_eq!(hub.store.admit(member(7), id).await.unwrap_err().problem().code, "parent_lost");
}

#[tokio::test]
async fn office_admits_from_its_own_phone() {
    let hub = Hub::new().await;
    let (_, ticket, commit) = refused(&hub).await;
    let mut phone = hub.phone(7).await;
    let admitted = Body::Admitted(Admitted { commit: Phone::last_id(&commit) });
    let unknown = phone.write(ticket, office(), Body::Admitted(Admitted { commit: new_id() }));
    let event = phone.write(ticket, office(), admitted);
    assert_eq!(fates(&hub.push(&phone, vec![unknown, event]).await), ["parent_lost", "accepted"]);
    assert_eq!(hub.ticket(ticket).await.seq, 2);
    assert_eq!(hub.store.rebuild().await.unwrap(), hub.store.head().await.unwrap().n);
}

#[tokio::test]
async fn erased_words_are_gone_and_are_never_taken_again() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let (ticket, report) = phone.report("T3", "g");
    hub.accept(&phone, vec![report.clone()]).await;
    let before = hub.ticket(ticket).await;
    let mut office_phone = hub.phone(7).await;
    let body = Body::Erased(Erased { events: vec![ticket.reported(), new_id()] });
    let erased = office_phone.write(ticket, office(), body);
    hub.accept(&office_phone, vec![erased]).await;
    let log = hub.store.export_log(0, 1_000).await.unwrap();
    let row = log.iter().find(|row| row.id == ticket.reported()).unwrap();
    assert_eq!(row.event.private, None);
    assert_eq!(hub.ticket(ticket).await.stage, before.stage);
    // The same words under another envelope, as a re-keyed phone would send them.
    let mut again = hub.phone(1).await;
    let drafts =
        vec![(ticket.reported(), report.events[0].payload.0.clone(), report.events[0].private.clone().map(|p| p.0))];
    let commit =
        redvest_domain::envelope::seal(again.workspace, again.device, &again.key, &mut again.head, drafts).unwrap();
    assert_eq!(
        fates(&hub.push(&again, vec![commit]).await),
        ["accepted"],
        "the event is known, its words are not kept"
    );
    let log = hub.store.export_log(0, 1_000).await.unwrap();
    assert!(log.iter().all(|row| row.id != ticket.reported() || row.event.private.is_none()));
    let kept = hub.store.read(|conn| {
        let sql = "SELECT count(*) FROM device_log WHERE commit_bytes IS NOT NULL";
        Ok::<_, crate::HubError>(conn.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(kept.await.unwrap(), 0);
    hub.store.rebuild().await.unwrap();
}

#[tokio::test]
async fn words_are_erased_at_the_hub_by_the_office_alone() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let events = vec![ticket.reported()];
    let denied = hub.store.erase(member(2), ticket, events.clone()).await.unwrap_err();
    assert_eq!(denied.problem().code, "role_not_held");
    hub.store.erase(member(7), ticket, events).await.unwrap();
    let log = hub.store.export_log(0, 1_000).await.unwrap();
    assert!(log.iter().filter(|row| row.subject.ticket() == Some(ticket)).all(|row| row.event.private.is_none()));
}

#[tokio::test]
async fn reminders_and_cards_are_written_once_whatever_restarts_come_between() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    assert_eq!(hub.store.run_timers(hub.store.now(), 100).await.unwrap(), 0);
    // Far behind every limit of the category and every step of the policy.
    let later = hub.clock.advance(60 * DAY_MS);
    assert_eq!(hub.store.run_timers(later, 100).await.unwrap(), 1);
    let state = hub.ticket(ticket).await;
    assert!(state.counts.reminded >= 1 && state.counts.carded == 1, "{:?}", state.counts);
    let head = hub.store.head().await.unwrap();
    let hub = hub.restart().await;
    assert_eq!(hub.store.run_timers(later, 100).await.unwrap(), 0);
    hub.store.rebuild().await.unwrap();
    hub.store.run_timers(later, 100).await.unwrap();
    assert_eq!(hub.store.head().await.unwrap().n, head.n);
    assert_eq!(hub.ticket(ticket).await, state);
    // Somebody's word on it starts no clock anew.
    let mut phone = hub.phone(2).await;
    let comment = phone.write(ticket, for_grid("g"), Body::Commented(Commented {}));
    hub.accept(&phone, vec![comment]).await;
    hub.store.run_timers(later, 100).await.unwrap();
    assert_eq!(hub.ticket(ticket).await.counts, state.counts);
}

#[tokio::test]
async fn timers_go_in_bounded_steps() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let commits: Vec<_> = (0..7).map(|_| phone.report("T3", "g").1).collect();
    hub.accept(&phone, commits).await;
    let later = hub.clock.advance(60 * DAY_MS);
    let mut steps = Vec::new();
    loop {
        let done = hub.store.run_timers(later, 3).await.unwrap();
        steps.push(done);
        if done < 3 {
            break;
        }
    }
    assert_eq!(steps, [3, 3, 1]);
}
