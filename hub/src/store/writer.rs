//! The one writer: jobs of many requests in one transaction, one signed head for all of them, answers after the commit.
//!
//! Invariant: a job sees the workspace's row as all jobs before it left it, and what a failed job did is undone to the
//! last byte, in the database and in memory. Nobody is answered before the transaction is on the disk.

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use redvest_domain::codes::Code;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::time::Timestamp;
use redvest_sqlite::Db;
use rusqlite::Transaction;
use tokio::sync::oneshot;

use super::site::Site;
use crate::clock::Clock;
use crate::error::HubError;
use crate::keys::Keys;
use crate::lasting::{Lasting, LastingFile};

/// Most jobs in one transaction.
const JOBS_AT_ONCE: usize = 64;
/// Most jobs that wait; beyond that the hub says that it is busy.
const JOBS_WAITING: usize = 1_024;

/// What readers and the writer share.
pub(crate) struct Shared {
    pub(crate) db: Db,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(super) reference: RwLock<Arc<ReferenceSet>>,
    pub(super) lasting: Mutex<LastingFile>,
}

impl Shared {
    pub(super) fn reference(&self) -> Arc<ReferenceSet> {
        self.reference.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_reference(&self, reference: Arc<ReferenceSet>) {
        *self.reference.write().unwrap_or_else(PoisonError::into_inner) = reference;
    }
}

/// A write in progress: the transaction, and where the order stands in it. Derefs to the transaction.
pub(crate) struct Work<'a> {
    pub(super) tx: &'a Transaction<'a>,
    pub(crate) site: Site,
    pub(crate) keys: &'a Keys,
    pub(crate) reference: Arc<ReferenceSet>,
    pub(crate) now: Timestamp,
    /// What this transaction does that no restore may undo.
    lasting: Vec<Lasting>,
    depth: u32,
}

impl<'a> Deref for Work<'a> {
    type Target = Transaction<'a>;

    fn deref(&self) -> &Transaction<'a> {
        self.tx
    }
}

impl<'a> Work<'a> {
    pub(super) fn new(shared: &'a Shared, tx: &'a Transaction<'a>, site: Site) -> Work<'a> {
        Work {
            tx,
            site,
            keys: &shared.keys,
            reference: shared.reference(),
            now: shared.clock.now(),
            lasting: Vec::new(),
            depth: 0,
        }
    }

    /// Runs a part that is undone as a whole when it fails, while what came before stays.
    pub(super) fn part<T, E: From<HubError>>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.ensure_open()?;
        let depth = self.depth;
        let step = |work: &Self, sql: String| work.tx.execute_batch(&sql).map_err(HubError::from);
        let (site, reference, lasting) = (self.site.clone(), self.reference.clone(), self.lasting.len());
        step(self, format!("SAVEPOINT part{depth}"))?;
        self.depth = depth + 1;
        let ran = run(self);
        self.depth = depth;
        match ran {
            Ok(value) => {
                step(self, format!("RELEASE part{depth}"))?;
                Ok(value)
            }
            Err(error) => {
                (self.site, self.reference) = (site, reference);
                self.lasting.truncate(lasting);
                step(self, format!("ROLLBACK TO part{depth}; RELEASE part{depth}"))?;
                Err(error)
            }
        }
    }

    /// A full or failing disk makes SQLite end the transaction by itself. What came after would then be written alone,
    /// without the numbers that belong to it.
    fn ensure_open(&self) -> Result<(), HubError> {
        if self.tx.is_autocommit() { Err(HubError::Internal("the transaction")) } else { Ok(()) }
    }

    /// Refuses to write while a device's proof stands that this database is behind.
    pub(super) fn ensure_not_behind(&self) -> Result<(), HubError> {
        if self.site.behind { Err(Code::HubBehind.into()) } else { Ok(()) }
    }

    /// Keeps a line that outlives restores; it is on the disk before this transaction is.
    pub(super) fn last(&mut self, line: Lasting) {
        self.lasting.push(line);
    }

    /// Signs the head if events were added and writes the workspace's row.
    pub(super) fn finish(mut self, before: &Site, lasting: &Mutex<LastingFile>) -> Result<Arc<ReferenceSet>, HubError> {
        self.ensure_open()?;
        if !self.lasting.is_empty() {
            let mut file = lasting.lock().unwrap_or_else(PoisonError::into_inner);
            file.append(&self.lasting)?;
            self.site.lasting = file.length();
        }
        if self.site != *before {
            self.site.save(self.tx)?;
            if (self.site.epoch, self.site.head_n) != (before.epoch, before.head_n) {
                self.site.sign_head(self.tx, self.keys, self.now)?;
            }
        }
        Ok(self.reference)
    }
}

trait Job: Send {
    /// Runs it inside the transaction.
    fn run(&mut self, work: &mut Work<'_>);
    /// Answers: `lost` says why the transaction is not on the disk.
    fn answer(self: Box<Self>, lost: Option<&Arc<HubError>>);
}

struct Task<T, F> {
    work: Option<F>,
    outcome: Option<Result<T, HubError>>,
    reply: oneshot::Sender<Result<T, HubError>>,
}

impl<T: Send, F: FnOnce(&mut Work<'_>) -> Result<T, HubError> + Send> Job for Task<T, F> {
    fn run(&mut self, work: &mut Work<'_>) {
        let Some(task) = self.work.take() else { return };
        let caught = |work: &mut Work<'_>| {
            catch_unwind(AssertUnwindSafe(|| task(work))).unwrap_or(Err(HubError::Internal("a write")))
        };
        self.outcome = Some(work.part(caught));
    }

    fn answer(self: Box<Self>, lost: Option<&Arc<HubError>>) {
        let outcome = match (self.outcome, lost) {
            // A refusal stands, whatever became of the others' work.
            (Some(Err(error)), _) => Err(error),
            (_, Some(cause)) => Err(HubError::Lost(cause.clone())),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(HubError::Stopping),
        };
        // Nobody waits any more when the request was given up; the work is done all the same.
        let _ = self.reply.send(outcome);
    }
}

/// The way to the writer.
pub(super) struct Writer {
    queue: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(shared: Arc<Shared>) -> Result<Writer, HubError> {
        let (queue, jobs) = sync_channel(JOBS_WAITING);
        let thread = std::thread::Builder::new().name("hub-writer".into()).spawn(move || serve(&shared, &jobs))?;
        Ok(Writer { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs `work` in the next transaction. The receiver hears of it after the commit.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Work<'_>) -> Result<T, HubError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, HubError>>, HubError> {
        let (reply, answer) = oneshot::channel();
        let task = Task { work: Some(work), outcome: None, reply };
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        match queue.as_ref().ok_or(HubError::Stopping)?.try_send(Box::new(task)) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_)) => Err(HubError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(HubError::Stopping),
        }
    }

    /// Takes no more jobs and waits for those that were taken.
    pub(super) fn stop(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // The writer catches panics of its jobs; if it died of one of its own there is nothing left to wait for.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(shared: &Shared, queue: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = queue.recv() {
        let mut jobs = vec![first];
        jobs.extend(queue.try_iter().take(JOBS_AT_ONCE - 1));
        let committed = catch_unwind(AssertUnwindSafe(|| commit(shared, &mut jobs)));
        let lost = match committed {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Arc::new(error)),
            Err(_) => Some(Arc::new(HubError::Internal("the writer"))),
        };
        if let Some(error) = &lost {
            tracing::error!(%error, "a transaction was lost");
        }
        for job in jobs {
            job.answer(lost.as_ref());
        }
    }
}

fn commit(shared: &Shared, jobs: &mut [Box<dyn Job>]) -> Result<(), HubError> {
    let reference = shared.db.write(|tx| -> Result<_, HubError> {
        let before = Site::load(tx)?;
        let mut work = Work::new(shared, tx, before.clone());
        for job in jobs.iter_mut() {
            job.run(&mut work);
        }
        work.finish(&before, &shared.lasting)
    })?;
    shared.set_reference(reference);
    Ok(())
}
