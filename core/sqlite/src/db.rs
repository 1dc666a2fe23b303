//! The open database: one writer, a few readers, one owner.
//!
//! Invariant: `write` acknowledges only what is on the disk. Neither an error nor a panic in a closure leaves anything
//! of it behind, and the next call works.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::checkpoint::{Checkpointer, Wal};
use crate::error::Error;
use crate::idle::{Bell, IdleThread};
use crate::lock::Ownership;
use crate::place::Place;
use crate::readers::{Readers, lock};
use crate::{Options, Schema, connection};

/// Size in bytes of the log from which `checkpoint_if_idle` moves it also while commits go on, if no policy says so.
const WAL_BYTES: u64 = 4 << 20;
/// Bytes of one page in the log, with its frame.
const FRAME_BYTES: u64 = 4096 + 24;

/// An open database. Shared between threads by reference; dropping it moves the log into the database and gives the
/// ownership back.
///
/// Closures must not call `write` inside `write`, nor `suspend` inside either: they would wait for themselves.
pub struct Db {
    // Before `shared`, so that the thread has ended when the connections close.
    _idle: Option<IdleThread>,
    shared: Arc<Shared>,
}

/// Told of every commit; see [`Db::watch`].
type Watcher = Arc<dyn Fn() + Send + Sync>;

/// Fields close in this order: the writer after the readers, so that it removes the log, and the ownership last.
struct Shared {
    readers: Readers,
    checkpointer: Checkpointer,
    writer: Mutex<Option<Connection>>,
    ownership: Mutex<Option<Ownership>>,
    suspended: AtomicBool,
    bell: Arc<Bell>,
    watcher: Mutex<Option<Watcher>>,
    place: Place,
    schema: Schema,
    options: Options,
}

impl Db {
    /// Opens the database file `path`, creates it if missing, and brings it to the present schema.
    ///
    /// Errors: `no_folder`, `not_writable`, `read_only`, `already_open`, `foreign_file`, `schema_newer`, `corrupt`
    /// (then `quarantine`), `migration_failed`, `disk_full`, `disk_failed`. None of them changes an existing file, but
    /// migrations before a failed one stay applied.
    pub fn open(path: &Path, schema: &Schema, options: &Options) -> Result<Db, Error> {
        let place = Place::of(path)?;
        let ownership = Ownership::take(&place)?;
        let writer = connection::open_database(&place, schema, options)?;
        let shared = Arc::new(Shared {
            readers: Readers::new(options.readers),
            checkpointer: Checkpointer::default(),
            writer: Mutex::new(Some(writer)),
            ownership: Mutex::new(Some(ownership)),
            suspended: AtomicBool::new(false),
            bell: Arc::default(),
            watcher: Mutex::default(),
            place,
            schema: *schema,
            options: *options,
        });
        let idle = match options.checkpoint {
            None => None,
            Some(policy) => {
                let ticked = Arc::clone(&shared);
                Some(IdleThread::start(Arc::clone(&shared.bell), policy.idle, move || ticked.checkpoint_if_idle())?)
            }
        };
        Ok(Db { _idle: idle, shared })
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.shared.place.database
    }

    /// Runs `work` in an IMMEDIATE transaction, one caller at a time. When this returns `Ok`, the changes are durable;
    /// when `work` fails or panics, nothing of it remains.
    ///
    /// Errors: those of `work`; `suspended`, `disk_full`, `busy`, `read_only`. After `disk_failed` from the commit the
    /// outcome is unknown, and all connections are replaced: what they hold is not to be trusted after a failed sync.
    pub fn write<T, E: From<Error>>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        self.written(work, true)
    }

    /// The same without waiting for the disk, for what can be computed again: every `read` from then on sees the changes,
    /// and they are durable with the next `write` or when the log is moved. A power cut before that takes all of them or
    /// none.
    ///
    /// Errors: as [`Db::write`].
    pub fn write_unsynced<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.written(work, false)
    }

    fn written<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
        is_synced: bool,
    ) -> Result<T, E> {
        let (mut work, mut given) = (Some(work), None);
        self.shared.write(is_synced, &mut |tx| {
            given = work.take().map(|work| work(tx));
            matches!(given, Some(Ok(_)))
        })?;
        given.expect("what is written was asked once")
    }

    /// Runs `work` in a read transaction: all its queries see one snapshot, which holds every `write` that returned
    /// before. Waits while all readers are busy; never waits for writers.
    ///
    /// Errors: those of `work`; `suspended`, `disk_failed`, `corrupt`.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let (mut work, mut given) = (Some(work), None);
        self.shared.read(&mut |connection| given = work.take().map(|work| work(connection)))?;
        given.expect("what is read was asked once")
    }

    /// Moves the log into the database, holding commits back only for what they added meanwhile. A reader that shows an
    /// older snapshot keeps a part of the log where it is.
    ///
    /// Errors: `suspended`, `disk_full`, `disk_failed`.
    pub fn checkpoint(&self) -> Result<Wal, Error> {
        self.shared.checkpoint()
    }

    /// Moves the log if there was no commit since the last call, or if the log has grown too large. True when nothing
    /// is left to move. Never holds commits back unless the log is too large.
    ///
    /// Errors: as [`Db::checkpoint`].
    pub fn checkpoint_if_idle(&self) -> Result<bool, Error> {
        self.shared.checkpoint_if_idle()
    }

    /// Looks at the log and moves nothing. Errors: `suspended`.
    pub fn wal(&self) -> Result<Wal, Error> {
        self.shared.checkpointer.status(|| self.shared.open_for_checkpoint())
    }

    /// Reads and checks every page; takes about a second for 200 MB. Errors: `corrupt`, `suspended`, `disk_failed`.
    pub fn check_pages(&self) -> Result<(), Error> {
        self.read(connection::check_pages)
    }

    /// Calls this after every [`Db::write`] from now on, instead of what was given before; `None` ends it. What can be
    /// computed again ([`Db::write_unsynced`]) is no news. It is called on the
    /// thread that committed, when other writers may go on already; it has to return at once and must not use this
    /// database. A panic in it is contained, for the commit stands.
    pub fn watch(&self, watcher: Option<Watcher>) {
        *lock(&self.shared.watcher) = watcher;
    }

    /// Waits for running closures, then closes every file and gives the ownership back. When this returns, no lock is
    /// held, as iOS demands of an app in the background. Later calls give `suspended` until [`Db::resume`].
    pub fn suspend(&self) {
        let shared = &*self.shared;
        let mut ownership = lock(&shared.ownership);
        shared.suspended.store(true, Ordering::Release);
        // Readers before the writer: a read that goes on to write must be refused, not waited for.
        shared.readers.close();
        shared.checkpointer.close();
        *lock(&shared.writer) = None;
        *ownership = None;
    }

    /// Opens the database again after [`Db::suspend`]; does nothing if it is open. Errors: as [`Db::open`]; then it
    /// stays suspended.
    pub fn resume(&self) -> Result<(), Error> {
        let shared = &*self.shared;
        let mut ownership = lock(&shared.ownership);
        if ownership.is_some() {
            return Ok(());
        }
        let taken = Ownership::take(&shared.place)?;
        *lock(&shared.writer) = Some(connection::open_database(&shared.place, &shared.schema, &shared.options)?);
        *ownership = Some(taken);
        shared.suspended.store(false, Ordering::Release);
        shared.readers.reopen();
        Ok(())
    }
}

/// What callers share exists once in a program, and not once for each closure: on a phone each copy is paid for.
impl Shared {
    /// Shows `work` one snapshot, once.
    fn read(&self, work: &mut dyn FnMut(&Connection)) -> Result<(), Error> {
        let reader = self.readers.lend(|| connection::open_reader(&self.place, &self.options))?;
        work(&*reader.unchecked_transaction()?);
        Ok(())
    }

    /// Runs `work` once in a transaction, which stays if it answers so.
    fn write(&self, is_synced: bool, work: &mut dyn FnMut(&Transaction<'_>) -> bool) -> Result<(), Error> {
        let mut slot = lock(&self.writer);
        if self.suspended.load(Ordering::Acquire) {
            return Err(Error::Suspended);
        }
        // A transaction that could not be rolled back ends with its connection.
        if slot.as_ref().is_some_and(|writer| !writer.is_autocommit()) {
            *slot = None;
        }
        let writer = match &mut *slot {
            Some(writer) => writer,
            empty => empty.insert(connection::open_writer(&self.place, &self.options)?),
        };
        writer.pragma_update(None, "synchronous", if is_synced { "FULL" } else { "NORMAL" })?;
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if !work(&tx) {
            return Ok(());
        }
        if let Err(source) = tx.commit() {
            let error = Error::from(source);
            if error.is_disk_failure() {
                *slot = None;
                self.readers.renew();
            }
            return Err(error);
        }
        drop(slot);
        self.checkpointer.note_commit();
        self.bell.ring();
        let watcher = lock(&self.watcher).clone().filter(|_| is_synced);
        if let Some(watcher) = watcher {
            // Whoever wrote is told that it is written, whatever becomes of those who watch.
            let _ = catch_unwind(AssertUnwindSafe(|| watcher()));
        }
        Ok(())
    }

    fn open_for_checkpoint(&self) -> Result<Connection, Error> {
        if self.suspended.load(Ordering::Acquire) {
            return Err(Error::Suspended);
        }
        connection::open_writer(&self.place, &self.options)
    }

    fn checkpoint(&self) -> Result<Wal, Error> {
        self.checkpointer.run(|| self.open_for_checkpoint(), Some(&self.writer))
    }

    fn checkpoint_if_idle(&self) -> Result<bool, Error> {
        if self.checkpointer.is_settled() {
            return Ok(true);
        }
        let limit = self.options.checkpoint.map_or(WAL_BYTES, |policy| policy.wal_bytes);
        if self.checkpointer.is_idle() {
            self.checkpointer.run::<()>(|| self.open_for_checkpoint(), None)?;
        } else if self.checkpointer.status(|| self.open_for_checkpoint())?.pages.saturating_mul(FRAME_BYTES) >= limit {
            self.checkpoint()?;
        }
        Ok(self.checkpointer.is_settled())
    }
}
