//! What writers and readers may rely on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use redvest_sqlite::Error;
use redvest_sqlite::rusqlite;

use crate::{add, open, texts};

/// The error of a caller with reasons of its own.
#[derive(Debug, PartialEq)]
enum Refused {
    NotAllowed,
    Store(&'static str),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused::Store(error.code())
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Error::from(error).into()
    }
}

#[test]
fn failed_write_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    let refused = db.write(|tx| {
        tx.execute("INSERT INTO note (text) VALUES ('half')", [])?;
        Err::<(), _>(Refused::NotAllowed)
    });
    assert_eq!(refused, Err(Refused::NotAllowed));
    let broken = db.write(|tx| Ok::<_, Refused>(tx.execute("INSERT INTO note (text) VALUES (NULL)", [])?));
    assert_eq!(broken, Err(Refused::Store("sqlite")));
    assert!(texts(&db).unwrap().is_empty());
    add(&db, "next").unwrap();
    assert_eq!(texts(&db).unwrap(), ["next"]);
}

#[test]
fn panic_in_a_closure_leaves_nothing_and_the_store_works() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        db.write(|tx| {
            tx.execute("INSERT INTO note (text) VALUES ('half')", [])?;
            if tx.changes() == 1 {
                panic!("on purpose");
            }
            Ok::<_, Error>(())
        })
    }));
    assert!(panicked.is_err());
    for _ in 0..5 {
        let panicked = catch_unwind(AssertUnwindSafe(|| db.read(|_| -> Result<(), Error> { panic!("on purpose") })));
        assert!(panicked.is_err());
    }
    add(&db, "next").unwrap();
    assert_eq!(texts(&db).unwrap(), ["next"]);
}

#[test]
fn closure_that_ends_the_transaction_itself_harms_no_later_call() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    let ended = db.write(|tx| Ok::<_, Error>(tx.execute_batch("ROLLBACK")?));
    assert_eq!(ended.unwrap_err().code(), "sqlite", "what was rolled back must not be acknowledged");
    db.read(|connection| Ok::<_, Error>(connection.execute_batch("COMMIT; BEGIN; SELECT * FROM note")?)).unwrap();
    add(&db, "next").unwrap();
    assert_eq!(texts(&db).unwrap(), ["next"]);
}

#[test]
fn reader_sees_one_snapshot_while_a_writer_commits() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    add(&db, "before").unwrap();
    let count = |c: &rusqlite::Connection| c.query_row("SELECT count(*) FROM note", [], |row| row.get::<_, i64>(0));
    let seen = db.read(|connection| {
        let first = count(connection)?;
        add(&db, "meanwhile")?;
        Ok::<_, Error>((first, count(connection)?))
    });
    assert_eq!(seen.unwrap(), (1, 1));
    assert_eq!(texts(&db).unwrap(), ["before", "meanwhile"]);
}

#[test]
fn reader_does_not_wait_for_a_running_write() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    let ((started, is_started), (finish, may_finish)) = (channel(), channel());
    thread::scope(|scope| {
        let db = &db;
        let writer = scope.spawn(move || {
            db.write(|tx| {
                tx.execute("INSERT INTO note (text) VALUES ('slow')", [])?;
                started.send(()).unwrap();
                may_finish.recv().unwrap();
                Ok::<_, Error>(())
            })
        });
        is_started.recv().unwrap();
        assert!(texts(db).unwrap().is_empty());
        finish.send(()).unwrap();
        writer.join().unwrap().unwrap();
    });
    assert_eq!(texts(&db).unwrap(), ["slow"]);
}

#[test]
fn many_threads_share_few_readers_and_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    add(&db, "x").unwrap();
                    assert!(!texts(&db).unwrap().is_empty(), "a commit is seen by the next read");
                }
            });
        }
    });
    assert_eq!(texts(&db).unwrap().len(), 200);
}

#[test]
fn what_is_written_unsynced_is_read_at_once_and_the_next_write_waits_for_the_disk_again() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    let mode = |tx: &rusqlite::Transaction<'_>| tx.query_row("PRAGMA synchronous", [], |row| row.get::<_, i64>(0));
    let relaxed = db.write_unsynced(|tx| {
        tx.execute("INSERT INTO note (text) VALUES ('cache')", [])?;
        Ok::<_, Error>(mode(tx)?)
    });
    assert_eq!((relaxed.unwrap(), texts(&db).unwrap()), (1, vec!["cache".to_owned()]));
    assert_eq!(db.write(|tx| Ok::<_, Error>(mode(tx)?)).unwrap(), 2);
    let panicked =
        catch_unwind(AssertUnwindSafe(|| db.write_unsynced(|_| -> Result<(), Error> { panic!("on purpose") })));
    assert!(panicked.is_err());
    assert_eq!(db.write(|tx| Ok::<_, Error>(mode(tx)?)).unwrap(), 2);
}

#[test]
fn a_watcher_hears_of_commits_alone_with_the_writer_free_and_its_panic_is_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let db = Arc::new(open(folder.path()).unwrap());
    let (tell, told) = channel();
    let seen = Arc::downgrade(&db);
    db.watch(Some(Arc::new(move || {
        // Another thread can write by now: the one that committed holds nothing.
        let other = seen.upgrade().unwrap();
        let wrote = thread::spawn(move || other.write_unsynced(|_| Ok::<_, Error>(())).is_ok()).join();
        tell.send((thread::current().id(), wrote.unwrap())).unwrap();
        panic!("on purpose");
    })));
    add(&db, "one").unwrap();
    assert_eq!(told.try_recv(), Ok((thread::current().id(), true)));
    db.write(|_| Err::<(), _>(Refused::NotAllowed)).unwrap_err();
    db.write_unsynced(|_| Ok::<_, Error>(())).unwrap();
    assert!(told.try_recv().is_err(), "neither a refusal nor what can be computed again is news");
    db.watch(None);
    add(&db, "two").unwrap();
    assert!(told.try_recv().is_err());
    assert_eq!(texts(&db).unwrap(), ["one", "two"]);
}
