//! When the log is moved into the database.

use std::thread;
use std::time::Duration;

use redvest_sqlite::{Checkpointing, Db, Error, Options};

use crate::{NOTES, add, open, path_in, quiet, texts};

#[test]
fn commits_never_move_the_log_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    let big = "x".repeat(4000);
    for _ in 0..1500 {
        add(&db, &big).unwrap();
    }
    let wal = db.wal().unwrap();
    assert!(wal.pages > 1500 && wal.moved == 0, "{wal:?}");
    assert!(db.checkpoint().unwrap().is_moved());
}

#[test]
fn log_is_moved_after_a_pause_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    add(&db, "one").unwrap();
    assert!(!db.checkpoint_if_idle().unwrap());
    add(&db, "two").unwrap();
    assert!(!db.checkpoint_if_idle().unwrap());
    assert_eq!(db.wal().unwrap().moved, 0);
    assert!(db.checkpoint_if_idle().unwrap());
    assert!(db.wal().unwrap().is_moved());
    add(&db, "three").unwrap();
    assert!(!db.wal().unwrap().is_moved());
    assert!(db.wal().unwrap().pages < 5, "the next commit starts the log anew");
}

#[test]
fn large_log_is_moved_while_commits_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let policy = Checkpointing { idle: Duration::from_millis(1), wal_bytes: 1 << 20 };
    let path = path_in(folder.path());
    let db = Db::open(&path, &NOTES, &Options { checkpoint: Some(policy), ..quiet() }).unwrap();
    let big = "x".repeat(4000);
    for _ in 0..4000 {
        add(&db, &big).unwrap();
    }
    // Some 48 MB went through a log that is moved from 1 MB on.
    let largest = std::fs::metadata(folder.path().join("store.db-wal")).unwrap().len();
    assert!(largest < 24 << 20, "{largest}");
}

#[test]
fn reader_of_an_old_snapshot_keeps_its_part_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    add(&db, "one").unwrap();
    db.read(|connection| {
        connection.query_row("SELECT count(*) FROM note", [], |row| row.get::<_, i64>(0))?;
        add(&db, "two")?;
        assert!(!db.checkpoint()?.is_moved());
        Ok::<_, Error>(())
    })
    .unwrap();
    assert!(db.checkpoint().unwrap().is_moved());
}

#[test]
fn idle_thread_moves_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let policy = Checkpointing { idle: Duration::from_millis(1), wal_bytes: u64::MAX };
    let db = Db::open(&path_in(folder.path()), &NOTES, &Options { checkpoint: Some(policy), ..quiet() }).unwrap();
    for _ in 0..3 {
        add(&db, "x").unwrap();
        let moved = (0..2_000_000).any(|_| {
            thread::yield_now();
            db.wal().unwrap().is_moved()
        });
        assert!(moved);
    }
}

#[test]
fn closing_moves_the_log_and_removes_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    add(&db, "x").unwrap();
    texts(&db).unwrap();
    drop(db);
    let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["store.db", "store.db.lock"]);
}
