//! A hub of before this check existed compares what it holds.

use rusqlite::Connection;

use crate::store::SCHEMA;

#[test]
fn pairs_that_were_here_before_the_upgrade_are_queued_by_it() {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(SCHEMA.migrations[0]).unwrap();
    let bind = |hash: u8, n: i64, original: u8, valid: bool| {
        conn.execute(
            "INSERT INTO photo_binding (workspace, hash, ticket, n, member, size, original, valid)
             VALUES (x'01', ?1, x'02', ?2, x'03', 1, ?3, ?4)",
            rusqlite::params![[hash; 32], n, [original; 32], valid],
        )
        .unwrap();
    };
    // Whole; without its original; without its copy; bound again, by somebody without the original.
    for (hash, n, original, valid) in [
        (1, 1, 1, true),
        (2, 1, 1, true),
        (3, 2, 3, false),
        (4, 2, 3, true),
        (5, 3, 5, true),
        (6, 3, 5, false),
        (1, 4, 1, false),
        (7, 4, 1, true),
    ] {
        bind(hash, n, original, valid);
    }
    conn.execute_batch(SCHEMA.migrations[2]).unwrap();
    let mut query = conn.prepare("SELECT original, copy, verdict FROM photo_check").unwrap();
    let queued: Vec<([u8; 32], [u8; 32], Option<i64>)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect();
    assert_eq!(queued, [([1; 32], [2; 32], None)]);
    let bound: i64 = conn.query_row("SELECT count(*) FROM photo_binding", [], |row| row.get(0)).unwrap();
    assert_eq!(bound, 8);
}
