//! Chains, duplicates and forgeries.

use redvest_domain::envelope::{Commit, seal};
use redvest_domain::event::{Accepted, Base, Body, Commented, Subject};
use redvest_domain::id::{Bytes, DeviceId, TicketId, WorkspaceId};
use redvest_domain::stamp::PROVISIONAL;

use super::kit::{Hub, Phone, fates, for_grid, member, new_id, office, rectified, volunteer};

#[tokio::test]
async fn same_commit_twice_gives_the_first_outcome() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let (_, commit) = phone.report("T1", "g");
    let first = hub.push(&phone, vec![commit.clone()]).await;
    let head = hub.store.head().await.unwrap();
    let again = hub.push(&phone, vec![commit.clone()]).await;
    assert_eq!(first.outcomes, again.outcomes);
    assert_eq!(again.next_seq, 2);
    assert_eq!(hub.store.head().await.unwrap(), head);
    let hub = hub.restart().await;
    assert_eq!(hub.push(&phone, vec![commit]).await.outcomes, first.outcomes);
}

#[tokio::test]
async fn forked_chain_is_refused_with_its_own_code() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let start = phone.head;
    let (_, first) = phone.report("T1", "g");
    hub.accept(&phone, vec![first]).await;
    // The same place with other content, as after a restore from a backup.
    let after_first = std::mem::replace(&mut phone.head, start);
    let (_, other) = phone.report("T1", "g");
    assert_eq!(hub.problem(&phone, vec![other]).await, "forked_chain");
    // And what was built on that other content.
    let (_, later) = phone.report("T1", "g");
    assert_eq!(hub.problem(&phone, vec![later]).await, "forked_chain");
    phone.head = after_first;
    let (_, honest) = phone.report("T1", "g");
    hub.accept(&phone, vec![honest]).await;
}

#[tokio::test]
async fn forged_signature_consumes_nothing() {
    let hub = Hub::new().await;
    let (mut phone, stranger) = (hub.phone(1).await, Phone::blank());
    let mut head = phone.head;
    let (id, payload) = phone.report_payload("T1", "g");
    let drafts = vec![(id, payload.to_bytes(), None)];
    let forged = seal(phone.workspace, phone.device, &stranger.key, &mut head, drafts.clone()).unwrap();
    assert_eq!(hub.problem(&phone, vec![forged]).await, "bad_signature");
    let honest = seal(phone.workspace, phone.device, &phone.key, &mut phone.head, drafts).unwrap();
    hub.accept(&phone, vec![honest]).await;
}

#[tokio::test]
async fn altered_bytes_consume_nothing() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let (_, commit) = phone.report("T1", "g");
    let alter = |change: fn(&mut Commit)| {
        let mut altered = commit.clone();
        change(&mut altered);
        vec![altered]
    };
    let payload = alter(|commit| commit.events[0].payload.0[3] ^= 1);
    let private = alter(|commit| commit.events[0].private = None);
    let envelope = alter(|commit| commit.events[0].envelope = Bytes(vec![0xa0]));
    let empty = alter(|commit| commit.events.clear());
    for altered in [payload, private, envelope, empty] {
        assert_eq!(hub.problem(&phone, altered).await, "bad_bytes");
    }
    hub.accept(&phone, vec![commit]).await;
}

#[tokio::test]
async fn commit_of_another_device_or_workspace_is_refused() {
    let hub = Hub::new().await;
    let (mut phone, mut other) = (hub.phone(1).await, hub.phone(1).await);
    let (_, commit) = other.report("T1", "g");
    assert_eq!(hub.problem(&phone, vec![commit]).await, "wrong_author");
    phone.workspace = WorkspaceId::from_bytes([9; 16]);
    let (_, commit) = phone.report("T1", "g");
    assert_eq!(hub.problem(&phone, vec![commit]).await, "wrong_author");
    phone.device = DeviceId::from_bytes([9; 16]);
    let (_, commit) = phone.report("T1", "g");
    assert_eq!(hub.problem(&phone, vec![commit]).await, "wrong_author");
}

#[tokio::test]
async fn refused_commit_does_not_break_the_chain() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    // Nobody made this member a member of the office.
    let (ticket, report) = phone.report("T1", "g");
    let refused = phone.write(ticket, office(), Body::Commented(Commented {}));
    let (_, next) = phone.report("T1", "g");
    let pushed = hub.push(&phone, vec![report, refused.clone(), next]).await;
    assert_eq!(fates(&pushed), ["accepted", "role_not_held", "accepted"]);
    assert_eq!(pushed.next_seq, 4);
    assert_eq!(fates(&hub.push(&phone, vec![refused]).await), ["role_not_held"]);
}

#[tokio::test]
async fn undecodable_payload_consumes_its_place_as_refused() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let drafts = vec![(new_id(), vec![0xa1, 0x00], None)];
    let garbage = seal(phone.workspace, phone.device, &phone.key, &mut phone.head, drafts).unwrap();
    let drafts = vec![(new_id(), vec![0x40; 70_000], None)];
    let large = seal(phone.workspace, phone.device, &phone.key, &mut phone.head, drafts).unwrap();
    let (_, next) = phone.report("T1", "g");
    assert_eq!(
        fates(&hub.push(&phone, vec![garbage, large, next]).await),
        ["bad_bytes", "event_too_large", "accepted"]
    );
}

#[tokio::test]
async fn commit_stands_or_falls_as_a_whole() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let (id, report) = phone.report_payload("T1", "g");
    let subject = Subject::Ticket(id.into());
    let wrong = phone.payload(subject, for_grid("g"), rectified());
    let commit = phone.seal(vec![(id, report), (new_id(), wrong)]);
    let head = hub.store.head().await.unwrap().n;
    let pushed = hub.push(&phone, vec![commit]).await;
    assert_eq!(fates(&pushed), ["role_not_held", "role_not_held"]);
    assert_eq!(hub.store.head().await.unwrap().n, head);
}

#[tokio::test]
async fn work_on_a_refused_report_is_refused_with_it() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let (ticket, report) = phone.report("NOSUCH", "g");
    let comment = phone.write(ticket, volunteer(phone.member), Body::Commented(Commented {}));
    assert_eq!(fates(&hub.push(&phone, vec![report, comment]).await), ["unknown_category", "parent_refused"]);
}

#[tokio::test]
async fn work_on_an_unknown_ticket_is_lost_or_comes_later_by_what_its_author_had_seen() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(2).await;
    let nowhere = TicketId::from(new_id());
    phone.base = hub.base().await;
    let lost = phone.write(nowhere, for_grid("g"), Body::Accepted(Accepted {}));
    // Somebody who has seen more than this hub holds may have seen the ticket there.
    phone.base = Base { low: phone.base.low + 5, ..phone.base };
    let early = phone.write(nowhere, for_grid("g"), Body::Accepted(Accepted {}));
    let (_, behind) = phone.report("T1", "g");
    let pushed = hub.push(&phone, vec![lost, early, behind]).await;
    assert_eq!(fates(&pushed), ["parent_lost"]);
    assert_eq!((pushed.later.unwrap().code.as_str(), pushed.next_seq), ("parent_missing", 2));
}

#[tokio::test]
async fn gap_and_cut_commit_at_the_end_wait() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let (_, first) = phone.report("T1", "g");
    let (id, report) = phone.report_payload("T1", "g");
    let second = phone.payload(Subject::Ticket(id.into()), volunteer(phone.member), Body::Commented(Commented {}));
    let both = phone.seal(vec![(id, report), (new_id(), second)]);
    let mut cut = both.clone();
    cut.events.pop();
    let pushed = hub.push(&phone, vec![both.clone()]).await;
    assert_eq!((pushed.outcomes.len(), pushed.next_seq), (0, 1));
    let pushed = hub.push(&phone, vec![first, cut]).await;
    assert_eq!((fates(&pushed), pushed.next_seq), (vec!["accepted".to_owned()], 2));
    hub.accept(&phone, vec![both]).await;
}

#[tokio::test]
async fn id_with_other_content_is_refused_and_the_first_kept() {
    let hub = Hub::new().await;
    let (mut phone, mut other) = (hub.phone(1).await, hub.phone(2).await);
    let (id, report) = phone.report_payload("T1", "g");
    let commit = phone.seal(vec![(id, report.clone())]);
    hub.accept(&phone, vec![commit]).await;
    let stolen = other.payload(report.subject, volunteer(other.member), report.body);
    let commit = other.seal(vec![(id, stolen)]);
    assert_eq!(fates(&hub.push(&other, vec![commit]).await), ["id_conflict"]);
    assert_eq!(hub.ticket(id.into()).await.reporter(), phone.member);
}

#[tokio::test]
async fn a_ticket_is_named_after_its_report_and_nothing_else() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let (_, misnamed) = phone.report_payload("T1", "g");
    let misnamed = phone.seal(vec![(new_id(), misnamed)]);
    let own = new_id();
    let posing = phone.payload(Subject::Ticket(own.into()), volunteer(phone.member), Body::Commented(Commented {}));
    let posing = phone.seal(vec![(own, posing)]);
    let (id, report) = phone.report_payload("T1", "g");
    let before = phone.payload(report.subject, volunteer(phone.member), Body::Commented(Commented {}));
    let behind = phone.seal(vec![(new_id(), before), (id, report)]);
    let ids = [&misnamed, &posing, &behind].map(Phone::last_id);
    let pushed = hub.push(&phone, vec![misnamed, posing, behind]).await;
    assert_eq!((fates(&pushed), pushed.later), (vec!["bad_bytes".to_owned(); 4], None));
    for commit in ids {
        assert_eq!(hub.store.admit(member(7), commit).await.unwrap_err().problem().code, "bad_bytes");
    }
}

#[tokio::test]
async fn newer_kind_waits_and_consumes_nothing() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let (id, mut report) = phone.report_payload("T1", "g");
    report.body = Body::Unknown(999);
    let commit = phone.seal(vec![(id, report)]);
    let pushed = hub.push(&phone, vec![commit]).await;
    assert_eq!((pushed.later.unwrap().code.as_str(), pushed.next_seq), ("older_law", 1));
}

#[tokio::test]
async fn stamps_are_gapless_and_never_provisional() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(2).await;
    let accept = phone.write(ticket, for_grid("g"), Body::Accepted(Accepted {}));
    hub.accept(&phone, vec![accept]).await;
    let log = hub.store.export_log(0, 10_000).await.unwrap();
    let mut chain = redvest_domain::id::Hash::ZERO;
    for (n, row) in (1..).zip(&log) {
        assert!(row.n == n && n < PROVISIONAL);
        let hash = redvest_domain::stamp::event_hash(&row.event.envelope, &row.event.stamp);
        assert_eq!(row.event.mac.0, hub.store.keys().stamp_mac(hash));
        chain = redvest_domain::stamp::chain(chain, hash);
    }
    let head = hub.store.head().await.unwrap();
    assert_eq!((head.n, head.chain), (log.len() as u64, chain));
    head.verify(&hub.store.keys().public().0).unwrap();
}
