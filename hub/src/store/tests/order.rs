//! The hub's order: numbers, times, draws, and what happens when two act at once.

use std::collections::BTreeSet;

use redvest_domain::digest::Digest;
use redvest_domain::event::{Accepted, Body, Commented, DeviceTime, Subject};
use redvest_domain::id::TicketId;
use redvest_domain::key::Key;
use redvest_domain::ticket::Stage;
use redvest_domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use redvest_domain::wire::Fate;

use super::kit::{Hub, MONDAY, Phone, fates, for_grid, grid, member, new_id, rectified, volunteer};
use crate::accept::hub_event_id;
use crate::store::digest;

#[tokio::test]
async fn two_accept_at_once_one_is_told_who_came_first() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let (mut first, mut second) = (hub.phone(2).await, hub.phone(3).await);
    let accept = first.write(ticket, for_grid("g"), Body::Accepted(Accepted {}));
    hub.clock.advance(2 * MINUTE_MS);
    first.time.wall = hub.store.now();
    hub.accept(&first, vec![accept]).await;
    let accept = second.write(ticket, for_grid("g"), Body::Accepted(Accepted {}));
    let pushed = hub.push(&second, vec![accept]).await;
    let Fate::TooLate(late) = &pushed.outcomes[0].fate else { panic!("{:?}", pushed.outcomes) };
    assert_eq!((late.code.as_str(), late.winner, late.winner_kind), ("already_accepted", member(2), 4));
    assert_eq!(late.accepted.ticket, Some(ticket));
    let state = hub.ticket(ticket).await;
    assert_eq!((state.stage, state.seq, state.anomalies.len()), (Stage::Accepted, 3, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn numbers_have_no_gaps_under_concurrent_pushes() {
    let hub = std::sync::Arc::new(Hub::new().await);
    let mut phones = Vec::new();
    for _ in 0..8 {
        phones.push(hub.phone(1).await);
    }
    let before = hub.store.head().await.unwrap().n;
    let tasks = phones.into_iter().map(|mut phone| {
        let hub = hub.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            for _ in 0..10 {
                // A refusal in the middle takes neither a number nor a short number.
                let commits = ["T1", "NOSUCH", "T1"].map(|category| phone.report(category, "g").1).to_vec();
                for line in hub.push(&phone, commits).await.outcomes {
                    if let Fate::Accepted(accepted) = line.fate {
                        taken.push((accepted.n, accepted.short_number.unwrap()));
                    }
                }
            }
            taken
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut taken = BTreeSet::new();
    for task in tasks {
        taken.extend(task.await.unwrap());
    }
    let expected: BTreeSet<_> = (1..=160).map(|n| (before + n, format!("20261123-{n:04}"))).collect();
    assert_eq!(taken, expected);
    assert_eq!(hub.store.head().await.unwrap().n, before + 160);
    assert_eq!(hub.store.export_log(before, 1_000).await.unwrap().len(), 160);
}

/// Reports and rectifies on the spot under the category that draws half.
fn on_the_spot(phone: &mut Phone) -> (TicketId, redvest_domain::envelope::Commit) {
    let (id, report) = phone.report_payload("T2", "g");
    let rectified = phone.payload(Subject::Ticket(id.into()), volunteer(phone.member), rectified());
    (id.into(), phone.seal(vec![(id, report), (new_id(), rectified)]))
}

#[tokio::test]
async fn draw_is_in_the_same_commit_and_never_twice_after_restart() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let mut all = Vec::new();
    for _ in 0..40 {
        let (ticket, commit) = on_the_spot(&mut phone);
        hub.accept(&phone, vec![commit.clone()]).await;
        all.push((ticket, commit));
    }
    let head = hub.store.head().await.unwrap();
    let hub = hub.restart().await;
    for (_, commit) in &all {
        hub.accept(&phone, vec![commit.clone()]).await;
    }
    hub.store.run_timers(hub.store.now(), 1_000).await.unwrap();
    assert_eq!(hub.store.head().await.unwrap(), head);
    let log = hub.store.export_log(0, 10_000).await.unwrap();
    let mut drawn = 0;
    for (ticket, commit) in &all {
        // The id follows from the rectification, so a second try could only come to the same event.
        let id = hub_event_id(phone.workspace, *ticket, Phone::last_id(commit), 8, &[]);
        assert!(log.iter().any(|row| row.id == id && row.kind == 8));
        let state = hub.ticket(*ticket).await;
        let chosen = state.rectification.unwrap().drawn.unwrap();
        assert_eq!((state.seq, state.stage), (3, if chosen { Stage::Rectified } else { Stage::Closed }));
        drawn += usize::from(chosen);
    }
    // Half of 40; less than 5 or more than 35 has a chance of one in ten million.
    assert!((5..=35).contains(&drawn), "{drawn}");
}

#[tokio::test]
async fn reissued_event_is_taken_as_the_one_that_was_accepted() {
    let hub = Hub::new().await;
    let (mut old, mut new) = (hub.phone(1).await, hub.phone(1).await);
    let (id, payload) = old.report_payload("T3", "g");
    let commit = old.seal(vec![(id, payload.clone())]);
    let first = hub.accept(&old, vec![commit]).await;
    let head = hub.store.head().await.unwrap();
    let commit = new.seal(vec![(id, payload)]);
    let again = hub.accept(&new, vec![commit]).await;
    assert_eq!(again.outcomes[0].fate, first.outcomes[0].fate);
    assert_eq!(hub.store.head().await.unwrap(), head);
}

#[tokio::test]
async fn own_act_lies_between_what_was_seen_and_its_receipt() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    hub.clock.advance(HOUR_MS);
    let base = hub.base().await;
    let now = hub.store.now();
    // Wall clock of the device, and when the hub believes it happened. What was seen last came at MONDAY.
    for (wall, believed) in [
        (now.plus_ms(-10 * MINUTE_MS), now.plus_ms(-10 * MINUTE_MS)),
        (now.plus_ms(DAY_MS), now),
        (MONDAY.plus_ms(-DAY_MS), MONDAY),
    ] {
        let mut phone = hub.phone(2).await;
        phone.base = base;
        phone.time = DeviceTime { wall, monotonic_ms: 5, boot: 1, offset_ms: None };
        let comment = phone.write(ticket, for_grid("g"), Body::Commented(Commented {}));
        let pushed = hub.accept(&phone, vec![comment]).await;
        let Fate::Accepted(accepted) = &pushed.outcomes[0].fate else { panic!() };
        let row = hub.store.export_log(accepted.n - 1, 1).await.unwrap().remove(0);
        let stamp = redvest_domain::stamp::Stamp::from_bytes(&row.event.stamp).unwrap();
        assert_eq!((stamp.corrected, stamp.received, stamp.unsure), (believed, now, true));
    }
}

#[tokio::test]
async fn time_of_a_device_never_goes_back() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(2).await;
    hub.clock.advance(HOUR_MS);
    let mut commits = Vec::new();
    for minutes in [30, 10] {
        phone.time.wall = MONDAY.plus_ms(minutes * MINUTE_MS);
        commits.push(phone.write(ticket, for_grid("g"), Body::Commented(Commented {})));
    }
    hub.accept(&phone, commits).await;
    let head = hub.store.head().await.unwrap().n;
    let rows = hub.store.export_log(head - 2, 2).await.unwrap();
    let corrected =
        |row: &crate::store::LogRow| redvest_domain::stamp::Stamp::from_bytes(&row.event.stamp).unwrap().corrected;
    assert_eq!(corrected(&rows[1]), corrected(&rows[0]));
}

#[tokio::test]
async fn full_ticket_takes_only_what_moves_it_on() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(2).await;
    for _ in 0..9 {
        let commits = (0..100).map(|_| phone.write(ticket, for_grid("g"), Body::Commented(Commented {}))).collect();
        hub.push(&phone, commits).await;
    }
    assert_eq!(hub.ticket(ticket).await.seq, 900);
    let comment = phone.write(ticket, for_grid("g"), Body::Commented(Commented {}));
    let accept = phone.write(ticket, for_grid("g"), Body::Accepted(Accepted {}));
    assert_eq!(fates(&hub.push(&phone, vec![comment, accept]).await), ["ticket_full", "accepted"]);
}

#[tokio::test]
async fn caches_made_again_from_the_log_are_the_same() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let mut worker = hub.phone(2).await;
    for _ in 0..5 {
        let (ticket, commit) = on_the_spot(&mut phone);
        hub.accept(&phone, vec![commit]).await;
        let comment = worker.write(ticket, for_grid("g"), Body::Commented(Commented {}));
        hub.accept(&worker, vec![comment]).await;
    }
    // The draw may close all of these; one that nobody worked on keeps a timer.
    let (_, open) = phone.report("T3", "g");
    hub.accept(&phone, vec![open]).await;
    let before = caches(&hub).await;
    assert!(before.iter().all(|table| !table.is_empty()));
    hub.store.rebuild().await.unwrap();
    assert_eq!(caches(&hub).await, before);
    // And a digest that moved with each event is the sum of what its key holds in the end.
    let moved = hub.store.read(|conn| {
        let workspace = crate::store::Site::load(conn)?.workspace;
        for key in [Key::Workspace, Key::Grid(grid("g")), Key::Grid(grid("s")), Key::Member(member(1))] {
            let terms = digest::terms(conn, workspace, &key, None, 1_000)?;
            assert_eq!(terms.len(), 6);
            let whole = Digest::of(terms.into_iter().map(|(_, term)| term));
            assert_eq!(digest::sum(conn, workspace, &key)?, whole);
        }
        Ok::<_, crate::HubError>(())
    });
    moved.await.unwrap();
}

/// Every row of every cache, as text.
async fn caches(hub: &Hub) -> Vec<Vec<String>> {
    hub.store
        .read(|conn| {
            let mut tables = Vec::new();
            for (table, columns) in [
                (
                    "ticket",
                    "hex(ticket) || stage || hex(state) || last_n || hex(event_hash) || hex(state_hash) || bytes",
                ),
                ("feed", "key || hex(ticket) || entered || '-' || changed || '-' || coalesce(\"left\", '') || closed"),
                ("key_digest", "key || hex(digest)"),
                ("timer", "hex(ticket) || at"),
            ] {
                let mut query = conn.prepare(&format!("SELECT {columns} FROM {table} ORDER BY 1"))?;
                let rows = query.query_map([], |row| row.get(0))?;
                tables.push(rows.collect::<Result<Vec<String>, _>>()?);
            }
            Ok::<_, crate::HubError>(tables)
        })
        .await
        .unwrap()
}
