//! What a pull costs: its queries walk indexes, and an idle pull does not depend on how long the log is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::{snapshot, tickets};
use super::hub::{Hub, WORKSPACE, database, key, ticket_id};
use crate::store::pull::Bounds;
use crate::store::{digest, feed};

const WIDE: Bounds = Bounds { bytes: usize::MAX, entries: 1000, erased: 1000 };

#[test]
fn every_query_of_a_pull_walks_an_index() {
    let conn = database();
    for (sql, index) in [
        (feed::LIVE, "feed USING COVERING INDEX feed_live (workspace=? AND key=? AND changed>?)"),
        (feed::FILL, "feed USING INDEX feed_fill (workspace=? AND key=? AND closed=? AND changed<?)"),
        (feed::HOLDERS, "feed USING INDEX feed_ticket (workspace=? AND ticket=?)"),
        (digest::SUM, "key_digest USING PRIMARY KEY (workspace=? AND key=?)"),
        (digest::TERMS, "f USING PRIMARY KEY (workspace=? AND key=? AND ticket>?)"),
        (tickets::EVENTS, "e USING INDEX sqlite_autoindex_event_3 (workspace=? AND subject_kind=? AND subject=?)"),
        (snapshot::KEY_HISTORY, "member_key USING PRIMARY KEY (workspace=? AND member=?)"),
        (snapshot::MEMBERS_AFTER, "member USING INDEX member_by_number (workspace=? AND n>?)"),
        (snapshot::MEMBERS_BELOW, "member USING INDEX member_by_number (workspace=? AND n<?)"),
        (snapshot::DOCUMENTS, "document USING INDEX document_in_force (workspace=? AND n>?)"),
        (snapshot::OUTCOMES, "outcome USING INDEX sqlite_autoindex_outcome_1 (workspace=? AND device=? AND counter>?)"),
        (snapshot::ERASED_OF_MEMBER, "x USING COVERING INDEX erased_by_number (workspace=? AND n<?)"),
        (snapshot::ERASED, "erased USING COVERING INDEX erased_by_number (workspace=? AND n>? AND n<?)"),
    ] {
        let mut query = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        // Unbound parameters are null, which the plan does not depend on.
        let steps = query.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(steps[0], format!("SEARCH {index}"), "{sql}");
        assert!(steps[1..].iter().all(|step| step.starts_with("SEARCH")), "{sql}: {steps:?}");
    }
}

/// Steps of SQLite's machine in one idle pull behind so many events.
fn steps_of_an_idle_pull(events: u64) -> u64 {
    let mut conn = database();
    let hub_n = {
        conn.execute_batch("BEGIN").unwrap();
        let mut hub = Hub::new(&conn);
        hub.subscribe(&[0, 1, 2].into(), true, true);
        for at in 0..events / 10 {
            hub.commit(ticket_id(at), Some([key((at % 4) as u8), key(4), key(5)].into()), at % 3 == 0, 10, true);
        }
        conn.execute_batch("COMMIT").unwrap();
        hub.n
    };
    let steps = Arc::new(AtomicU64::new(0));
    let cursor = {
        let hub = Hub { conn: &conn, n: hub_n, ..Hub::resumed(&conn) };
        let mut page = hub.pull(None, WIDE).unwrap();
        while page.more {
            page = hub.pull(Some(page.cursor.0), WIDE).unwrap();
        }
        // Once more, so that every statement is prepared.
        hub.pull(Some(page.cursor.0), WIDE).unwrap().cursor.0
    };
    let counted = Arc::clone(&steps);
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    conn.progress_handler(1, Some(count)).unwrap();
    let hub = Hub { conn: &conn, n: hub_n, ..Hub::resumed(&conn) };
    let page = hub.pull(Some(cursor), WIDE).unwrap();
    assert!(page.tickets.is_empty() && page.low == hub_n && page.digests.len() == 5);
    steps.load(Ordering::Relaxed)
}

#[test]
fn an_idle_pull_takes_as_many_steps_behind_100_000_events_as_behind_1_000() {
    let few = steps_of_an_idle_pull(1_000);
    assert!(few > 50, "{few} steps are too few to be a pull of {WORKSPACE}");
    assert_eq!(steps_of_an_idle_pull(100_000), few);
}
