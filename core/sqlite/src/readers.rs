//! The reader connections: opened when first needed, lent to one caller at a time, closed together.

use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::error::Error;

/// Locks even after a panic of another holder: what the locks here guard is put right before it is used.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) struct Readers {
    shelf: Mutex<Shelf>,
    returned: Condvar,
    limit: usize,
}

struct Shelf {
    idle: Vec<Connection>,
    lent: usize,
    closed: bool,
    /// Counts the times that connections fell out of favour; those lent before are not put back.
    generation: u64,
}

impl Readers {
    pub(crate) fn new(limit: usize) -> Readers {
        let shelf = Shelf { idle: Vec::new(), lent: 0, closed: false, generation: 0 };
        Readers { shelf: Mutex::new(shelf), returned: Condvar::new(), limit: limit.max(1) }
    }

    /// Lends a connection, made by `open` when none is idle; waits while all are lent. Errors: `suspended`, or of `open`.
    pub(crate) fn lend(&self, open: impl FnOnce() -> Result<Connection, Error>) -> Result<Lent<'_>, Error> {
        let mut shelf = lock(&self.shelf);
        loop {
            if shelf.closed {
                return Err(Error::Suspended);
            }
            if !shelf.idle.is_empty() || shelf.lent < self.limit {
                break;
            }
            shelf = self.returned.wait(shelf).unwrap_or_else(PoisonError::into_inner);
        }
        shelf.lent += 1;
        let mut lent = Lent { readers: self, generation: shelf.generation, connection: shelf.idle.pop() };
        drop(shelf);
        if lent.connection.is_none() {
            lent.connection = Some(open()?);
        }
        Ok(lent)
    }

    /// Refuses new loans from now on, waits for those lent and closes all.
    pub(crate) fn close(&self) {
        let mut shelf = lock(&self.shelf);
        shelf.closed = true;
        self.returned.notify_all();
        while shelf.lent > 0 {
            shelf = self.returned.wait(shelf).unwrap_or_else(PoisonError::into_inner);
        }
        shelf.idle.clear();
    }

    /// Lends again after [`Readers::close`].
    pub(crate) fn reopen(&self) {
        lock(&self.shelf).closed = false;
    }

    /// Replaces every connection by a new one when it is next needed.
    pub(crate) fn renew(&self) {
        let mut shelf = lock(&self.shelf);
        shelf.generation += 1;
        shelf.idle.clear();
    }
}

/// A connection on loan; goes back to the shelf when dropped.
pub(crate) struct Lent<'a> {
    readers: &'a Readers,
    generation: u64,
    connection: Option<Connection>,
}

impl Deref for Lent<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("lend puts a connection in before it gives the loan away")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut shelf = lock(&self.readers.shelf);
        shelf.lent -= 1;
        // A connection that is still inside a transaction would show an old snapshot to the next borrower.
        let sound = self.generation == shelf.generation && !shelf.closed;
        if let Some(connection) = self.connection.take().filter(|connection| sound && connection.is_autocommit()) {
            shelf.idle.push(connection);
        }
        self.readers.returned.notify_all();
    }
}
