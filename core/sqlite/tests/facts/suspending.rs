//! The app in the background.

use std::sync::mpsc::channel;
use std::thread;

use redvest_sqlite::{Db, Error, Options};

use crate::{NOTES, add, open, path_in, refusal, texts};

#[test]
fn suspended_database_holds_no_file_and_gives_it_to_another_owner() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&path_in(folder.path()), &NOTES, &Options::default()).unwrap();
    add(&db, "before").unwrap();
    texts(&db).unwrap();
    db.checkpoint().unwrap();
    db.suspend();
    // Where the operating system lists a process's files, none of them lies in the folder.
    if std::path::Path::new("/proc/self/maps").exists() {
        let inside = folder.path().canonicalize().unwrap();
        let open_files = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        let held: Vec<_> =
            open_files.flat_map(|fd| std::fs::read_link(fd.path())).filter(|at| at.starts_with(&inside)).collect();
        assert!(held.is_empty(), "{held:?}");
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        assert!(!maps.contains(inside.to_str().unwrap()));
    }
    for refused in [add(&db, "x").unwrap_err(), texts(&db).unwrap_err(), db.checkpoint().unwrap_err()] {
        assert_eq!(refused.code(), "suspended");
    }
    let other = open(folder.path()).unwrap();
    assert_eq!(refusal(db.resume()).code(), "already_open");
    add(&other, "other").unwrap();
    drop(other);
    db.resume().unwrap();
    db.resume().unwrap();
    add(&db, "after").unwrap();
    assert_eq!(texts(&db).unwrap(), ["before", "other", "after"]);
}

#[test]
fn suspending_waits_for_running_closures_and_refuses_their_next_calls() {
    let folder = tempfile::tempdir().unwrap();
    let db = &open(folder.path()).unwrap();
    let ((started, is_started), (refused, is_refused), (finish, may_finish)) = (channel(), channel(), channel());
    let (suspended, is_suspended) = channel();
    // Owns `finish`, so that a failure here ends the reader, too.
    thread::scope(move |scope| {
        let reader = scope.spawn(move || {
            db.read(|connection| {
                started.send(()).unwrap();
                // Goes on until suspending has begun: from then on a write is refused, and no earlier.
                while add(db, "x").is_ok() {}
                refused.send(()).unwrap();
                may_finish.recv().unwrap();
                Ok::<i64, Error>(connection.query_row("SELECT 1", [], |row| row.get(0))?)
            })
        });
        is_started.recv().unwrap();
        scope.spawn(move || {
            db.suspend();
            suspended.send(()).unwrap();
        });
        is_refused.recv().unwrap();
        for _ in 0..10_000 {
            thread::yield_now();
            assert!(is_suspended.try_recv().is_err(), "the reader still runs");
        }
        finish.send(()).unwrap();
        assert_eq!(reader.join().unwrap().unwrap(), 1);
        is_suspended.recv().unwrap();
    });
    assert_eq!(texts(db).unwrap_err().code(), "suspended");
}

#[test]
fn what_is_deleted_is_overwritten_where_that_was_asked_for_also_by_a_writer_that_is_opened_again() {
    for (overwrite_deleted, remain) in [(true, false), (false, true)] {
        let folder = tempfile::tempdir().unwrap();
        let path = path_in(folder.path());
        let options = Options { overwrite_deleted, checkpoint: None, ..Options::default() };
        let db = Db::open(&path, &NOTES, &options).unwrap();
        db.suspend();
        db.resume().unwrap();
        // Enough for pages of their own, so that deleting frees them.
        (0..200).for_each(|number| add(&db, &format!("{number} {}", "a word that has to go ".repeat(20))).unwrap());
        db.checkpoint().unwrap();
        db.write(|tx| tx.execute("DELETE FROM note", []).map(drop).map_err(Error::from)).unwrap();
        db.checkpoint().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let needle = b"a word that has to go";
        assert_eq!(bytes.windows(needle.len()).any(|window| window == needle), remain);
    }
}
