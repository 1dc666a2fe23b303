//! A process that is killed in the middle of a migration.

use std::io::{BufRead, BufReader};

use redvest_sqlite::{Db, Schema};

use crate::{NOTES, add, itself, open, path_in, quiet, texts};

const FOLDER: &str = "REDVEST_SQLITE_MIGRATED_IN";

/// Rewrites every row, and says so on the way: the file is large enough that pages spill into the log before the end.
const REWRITE: &str = "CREATE TABLE later (id INTEGER PRIMARY KEY, text TEXT NOT NULL, size INTEGER NOT NULL) STRICT;
    INSERT INTO later SELECT id, text || 'x', length(text) FROM note; DROP TABLE note; ALTER TABLE later RENAME TO note;";
/// Never ends, long after the rewriting began to reach the disk.
const ENDLESS: &str = "CREATE TABLE filler (text TEXT) STRICT;
    INSERT INTO filler WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT hex(zeroblob(500)) FROM n;";

fn schema(second: String) -> Schema {
    Schema { migrations: Box::leak(Box::new([NOTES.migrations[0], &*second.leak()])), ..NOTES }
}

#[test]
fn killed_migration_leaves_the_old_form_whole_and_is_done_at_the_next_opening() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        println!("\nmigrating");
        let endless = schema(format!("{REWRITE}{ENDLESS}"));
        drop(Db::open(&path_in(folder.as_ref()), &endless, &quiet()));
        unreachable!("the migration has no end");
    }
    let folder = tempfile::tempdir().unwrap();
    let old = open(folder.path()).unwrap();
    let rows: Vec<String> = (0..2_000).map(|number| format!("{number} {}", "words ".repeat(50))).collect();
    rows.iter().for_each(|row| add(&old, row).unwrap());
    drop(old);
    let log = folder.path().join("store.db-wal");
    for pages in [1, 200, 2_000, 20_000] {
        let fact = "migrating::killed_migration_leaves_the_old_form_whole_and_is_done_at_the_next_opening";
        let mut child = itself(fact, FOLDER, folder.path());
        let begun = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(begun.into_iter().any(|line| line == "migrating"));
        // So much of it has reached the disk.
        while std::fs::metadata(&log).map_or(0, |log| log.len()) < pages * 4096 {
            assert!(child.try_wait().unwrap().is_none(), "the migration ended");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let old = open(folder.path()).unwrap();
        assert_eq!(texts(&old).unwrap(), rows);
        old.check_pages().unwrap();
    }
    let new = Db::open(&path_in(folder.path()), &schema(REWRITE.to_owned()), &quiet()).unwrap();
    let expected: Vec<String> = rows.iter().map(|row| format!("{row}x")).collect();
    assert_eq!(texts(&new).unwrap(), expected);
}
