//! The thread that moves the log when nobody writes. It sleeps without a timeout while there is nothing to move, so a
//! phone at rest is not woken.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::Error;
use crate::readers::lock;

/// How commits wake the thread; only the first commit after a rest pays for it.
#[derive(Default)]
pub(crate) struct Bell {
    awake: AtomicBool,
    stop: Mutex<bool>,
    rung: Condvar,
}

impl Bell {
    pub(crate) fn ring(&self) {
        if !self.awake.swap(true, Ordering::AcqRel) {
            let _stop = lock(&self.stop);
            self.rung.notify_one();
        }
    }

    /// Waits for a ring; false means stop.
    fn wait(&self) -> bool {
        let asleep = |stop: &mut bool| !*stop && !self.awake.load(Ordering::Acquire);
        !*self.rung.wait_while(lock(&self.stop), asleep).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the pause to pass; false means stop.
    fn pause(&self, pause: Duration) -> bool {
        let waited = self.rung.wait_timeout_while(lock(&self.stop), pause, |stop| !*stop);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

pub(crate) struct IdleThread {
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

impl IdleThread {
    /// `tick` is called after each pause until it says that nothing is left to move, or fails.
    pub(crate) fn start(
        bell: Arc<Bell>,
        pause: Duration,
        tick: impl Fn() -> Result<bool, Error> + Send + 'static,
    ) -> Result<IdleThread, Error> {
        let heard = Arc::clone(&bell);
        let run = move || {
            while heard.wait() {
                while heard.pause(pause) {
                    let settled = tick().unwrap_or_else(|error| {
                        if !matches!(error, Error::Suspended) {
                            tracing::warn!(code = error.code(), "the log could not be moved into the database");
                        }
                        true
                    });
                    if settled {
                        break;
                    }
                }
                heard.awake.store(false, Ordering::Release);
            }
        };
        let thread = thread::Builder::new().name("sqlite-idle".into()).spawn(run)?;
        Ok(IdleThread { bell, thread: Some(thread) })
    }
}

impl Drop for IdleThread {
    fn drop(&mut self) {
        *lock(&self.bell.stop) = true;
        self.bell.rung.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the panic hook; nothing is left to do about it here.
            let _ = thread.join();
        }
    }
}
