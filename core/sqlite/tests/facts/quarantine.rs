//! Damaged databases are set aside whole.

use std::fs;
use std::path::Path;

use redvest_sqlite::{quarantine, salvage};

use crate::{NOTES, add, open, path_in, refusal, texts};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A database that was killed with commits in its log.
fn crashed(folder: &Path) -> (Vec<u8>, Vec<u8>) {
    let living = tempfile::tempdir().unwrap();
    let db = open(living.path()).unwrap();
    add(&db, "in the database").unwrap();
    db.checkpoint().unwrap();
    add(&db, "in the log").unwrap();
    for name in ["store.db", "store.db-wal"] {
        fs::copy(living.path().join(name), folder.join(name)).unwrap();
    }
    (fs::read(folder.join("store.db")).unwrap(), fs::read(folder.join("store.db-wal")).unwrap())
}

fn salvaged(path: &Path) -> Vec<String> {
    let mut rows = Vec::new();
    salvage(path, &NOTES, &["note"], |row| {
        rows.push(format!("{} {:?}", row.rowid, row.get("text").unwrap()));
        Ok::<_, redvest_sqlite::Error>(())
    })
    .unwrap();
    rows
}

#[test]
fn quarantined_database_keeps_every_byte_and_a_new_one_starts_empty() {
    let folder = tempfile::tempdir().unwrap();
    let (database, log) = crashed(folder.path());
    let kept = quarantine(&path_in(folder.path()), "2026-11-22T19:13").unwrap();
    let place = folder.path().canonicalize().unwrap().join("quarantine/store.db-2026-11-22T19_13");
    assert_eq!(kept, place.join("store.db"));
    let rows = salvaged(&kept);
    assert_eq!(rows, ["1 Text(\"in the database\")", "2 Text(\"in the log\")"]);
    assert_eq!(fs::read(&kept).unwrap(), database, "salvage reads only");
    assert_eq!(fs::read(place.join("store.db-wal")).unwrap(), log);
    assert!(texts(&open(folder.path()).unwrap()).unwrap().is_empty());
}

#[test]
fn second_quarantine_at_the_same_time_stands_beside_the_first() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        crashed(folder.path());
        quarantine(&path_in(folder.path()), "now").unwrap();
    }
    assert_eq!(names(&folder.path().join("quarantine")), ["store.db-now", "store.db-now-2", "store.db-now-3"]);
}

#[test]
fn move_that_was_cut_short_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let (database, log) = crashed(folder.path());
    let moving = folder.path().join("quarantine/store.db-first.moving");
    fs::create_dir_all(&moving).unwrap();
    fs::rename(path_in(folder.path()), moving.join("store.db")).unwrap();
    assert_eq!(refusal(open(folder.path())).code(), "corrupt", "the log must not be taken for another database's");
    let kept = quarantine(&path_in(folder.path()), "second").unwrap();
    assert_eq!(fs::read(&kept).unwrap(), database);
    assert_eq!(fs::read(kept.with_file_name("store.db-wal")).unwrap(), log);
    assert_eq!(names(&folder.path().join("quarantine")), ["store.db-first"]);
}

#[test]
fn cut_move_never_swallows_a_later_database() {
    let folder = tempfile::tempdir().unwrap();
    let moving = folder.path().join("quarantine/store.db-first.moving");
    fs::create_dir_all(&moving).unwrap();
    crashed(&moving);
    drop(open(folder.path()).unwrap());
    let kept = quarantine(&path_in(folder.path()), "second").unwrap();
    assert!(salvaged(&kept).is_empty());
    let first = folder.path().join("quarantine/store.db-first/store.db");
    assert_eq!(salvaged(&first).len(), 2);
}

#[test]
fn open_database_is_neither_quarantined_nor_salvaged() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    assert_eq!(refusal(quarantine(&path_in(folder.path()), "now")).code(), "already_open");
    let path = path_in(folder.path());
    let salvaged = salvage(&path, &NOTES, &["note"], |_| Ok::<_, redvest_sqlite::Error>(()));
    assert_eq!(refusal(salvaged).code(), "already_open");
    add(&db, "unharmed").unwrap();
}
