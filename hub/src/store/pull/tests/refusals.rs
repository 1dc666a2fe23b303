//! What a pull, a fetch and a narrowing refuse, and what they never give.

use redvest_domain::id::{MemberId, WorkspaceId};
use redvest_domain::key::Key;
use redvest_domain::wire::{Fetch, Narrow, Pull};

use super::hub::{ASKER, Hub, ME, WORKSPACE, database, key, ticket_id};
use crate::pull::Cursor;
use crate::store::digest;
use crate::store::pull::{Asker, Bounds, MAX_FETCH, MAX_OUTCOMES, fetch, narrow};

const WIDE: Bounds = Bounds { bytes: usize::MAX, entries: 1000, erased: 1000 };

fn refused(hub: &Hub<'_>, cursor: Vec<u8>) -> (u16, String) {
    let refusal = hub.pull(Some(cursor), WIDE).unwrap_err();
    assert!(refusal.problem.zh.ends_with('。') && refusal.problem.en.ends_with('.'));
    (refusal.status, refusal.problem.code)
}

#[test]
fn a_foreign_or_damaged_cursor_is_refused_with_a_code() {
    let conn = database();
    let mut hub = Hub::new(&conn);
    hub.subscribe(&[0].into(), false, true);
    let own = Cursor::begin(WORKSPACE, ME, 1, 1);
    assert!(hub.pull(Some(own.to_bytes()), WIDE).is_ok());
    let another = Cursor { member: MemberId::from_bytes([9; 16]), ..own.clone() };
    let elsewhere = Cursor { workspace: WorkspaceId::from_bytes([9; 16]), ..own.clone() };
    let backwards = Cursor { low: 1, pos: 0, ..own.clone() };
    for bad in [another.to_bytes(), elsewhere.to_bytes(), backwards.to_bytes(), vec![], vec![0xff; 40]] {
        assert_eq!(refused(&hub, bad), (400, "bad_cursor".to_owned()));
    }
    let truncated = own.to_bytes();
    for end in 0..truncated.len() {
        assert_eq!(refused(&hub, truncated[..end].to_vec()).0, 400);
    }
    assert_eq!(refused(&hub, Cursor { epoch: 0, ..own.clone() }.to_bytes()), (410, "older_epoch".to_owned()));
    assert_eq!(refused(&hub, Cursor { epoch: 2, ..own.clone() }.to_bytes()), (503, "hub_behind".to_owned()));
    assert_eq!(refused(&hub, Cursor { pos: 2, ..own }.to_bytes()), (503, "hub_behind".to_owned()));
}

#[test]
fn a_fetch_gives_visible_tickets_alone() {
    let conn = database();
    let mut hub = Hub::new(&conn);
    hub.subscribe(&[0].into(), false, true);
    hub.commit(ticket_id(1), Some([key(0), key(4)].into()), false, 3, false);
    hub.commit(ticket_id(2), Some([key(1), key(4)].into()), false, 3, false);
    let tickets = vec![ticket_id(1), ticket_id(2), ticket_id(3), ticket_id(1)];
    let fetched = fetch(&conn, &ASKER, &Fetch { tickets }).unwrap();
    assert_eq!(fetched.tickets.len(), 1);
    assert_eq!((fetched.tickets[0].ticket, fetched.tickets[0].events.len()), (ticket_id(1), 3));
    assert_eq!(fetched.tickets[0].keys, [key(0)]);
    let mut left = vec![ticket_id(2), ticket_id(3)];
    left.sort();
    assert_eq!(fetched.left, left);
    let many = Fetch { tickets: vec![ticket_id(1); MAX_FETCH + 1] };
    assert!(fetch(&conn, &ASKER, &many).is_err());
    let stranger = Asker { member: MemberId::from_bytes([8; 16]), ..ASKER };
    assert!(fetch(&conn, &stranger, &Fetch { tickets: vec![ticket_id(1)] }).unwrap().tickets.is_empty());
}

#[test]
fn the_terms_of_a_key_sum_up_to_its_digest_and_are_the_subscribers_alone() {
    let conn = database();
    let mut hub = Hub::new(&conn);
    hub.subscribe(&[0].into(), false, true);
    for at in 0..20 {
        hub.commit(ticket_id(at), Some([key(0)].into()), false, 1, false);
    }
    hub.commit(ticket_id(3), Some([key(1)].into()), false, 1, false);
    let grid = Narrow { key: key(0), after: None };
    let narrowed = narrow(&conn, &ASKER, &grid).unwrap();
    assert_eq!((narrowed.terms.len(), narrowed.more, narrowed.n), (19, false, hub.n));
    assert!(narrowed.terms.is_sorted_by_key(|(ticket, _)| *ticket));
    let sum = redvest_domain::digest::Digest::of(narrowed.terms.iter().map(|(_, term)| *term));
    assert_eq!(sum, digest::sum(&conn, WORKSPACE, &key(0)).unwrap());
    let after = Narrow { key: key(0), after: Some(narrowed.terms[9].0) };
    assert_eq!(narrow(&conn, &ASKER, &after).unwrap().terms, narrowed.terms[10..]);
    for foreign in [key(1), Key::Workspace] {
        let refusal = narrow(&conn, &ASKER, &Narrow { key: foreign, after: None }).unwrap_err();
        assert_eq!((refusal.status, refusal.problem.code.as_str()), (403, "out_of_scope"));
    }
}

#[test]
fn outcomes_come_in_pages_and_the_last_one_says_so() {
    let conn = database();
    let mut hub = Hub::new(&conn);
    hub.subscribe(&[].into(), false, true);
    for _ in 0..MAX_OUTCOMES + 1 {
        hub.answer();
    }
    let page = hub.pull(None, WIDE).unwrap();
    assert_eq!((page.outcomes.len(), page.more), (MAX_OUTCOMES, true));
    let next = Pull { cursor: Some(page.cursor), max_bytes: 1, outcomes_after: MAX_OUTCOMES as u64, seen: None };
    let page = hub.pull_as(&next, WIDE).unwrap();
    assert_eq!((page.outcomes.len(), page.more), (1, false));
}

#[test]
fn erased_events_come_in_pages_and_none_is_missed() {
    let conn = database();
    let mut hub = Hub::new(&conn);
    hub.subscribe(&[0].into(), false, true);
    for at in 0..6 {
        hub.commit(ticket_id(at), Some([key(0)].into()), false, 2, false);
    }
    let bounds = Bounds { erased: 3, ..WIDE };
    let all = |hub: &Hub<'_>, mut cursor: Option<Vec<u8>>| {
        let mut sizes = Vec::new();
        let mut erased = Vec::new();
        loop {
            let page = hub.pull(cursor, bounds).unwrap();
            sizes.push(page.erased.len());
            erased.extend(page.erased);
            cursor = Some(page.cursor.0);
            if !page.more {
                erased.sort();
                return (sizes, erased, cursor);
            }
        }
    };
    let (sizes, _, cursor) = all(&hub, None);
    assert_eq!(sizes, [0]);
    for at in 0..4 {
        hub.erase(ticket_id(at));
    }
    let truth: Vec<_> = hub.erased.iter().copied().collect();
    // Each event erased two, so one event fits behind a cursor, and a device that begins is told of two at once.
    let (sizes, erased, _) = all(&hub, cursor);
    assert_eq!((sizes, &erased), (vec![2; 4], &truth));
    let (sizes, erased, _) = all(&hub, None);
    assert_eq!((sizes, &erased), (vec![4; 2], &truth));
}

#[test]
fn a_ticket_larger_than_the_page_comes_alone() {
    let conn = database();
    let mut hub = Hub::new(&conn);
    hub.subscribe(&[0].into(), false, true);
    for at in 0..3 {
        hub.commit(ticket_id(at), Some([key(0)].into()), false, 9, false);
    }
    let mut cursor = None;
    for _ in 0..3 {
        let page = hub.pull(cursor, Bounds { bytes: 1, ..WIDE }).unwrap();
        assert_eq!(page.tickets.len(), 1);
        cursor = Some(page.cursor.0);
    }
    assert!(!hub.pull(cursor, Bounds { bytes: 1, ..WIDE }).unwrap().more);
}
