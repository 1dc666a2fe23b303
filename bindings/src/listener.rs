//! Telling screens that something changed, at most ten times a second.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Least time between two calls of a listener.
const APART: Duration = Duration::from_millis(100);

/// Hears that what is on this device changed: by a command, a sync, or another part of the app. It says nothing about
/// what: a screen asks again for what it shows, which is one call. Called on a thread of the core's own, never twice at
/// once and at most ten times a second; the last change is always told.
#[uniffi::export(with_foreign)]
pub trait ChangeListener: Send + Sync {
    /// Something changed.
    fn changed(&self);
}

/// Rung by whoever changes something; never waits for a listener.
#[derive(Default)]
pub(crate) struct Bell {
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Default)]
struct State {
    is_rung: bool,
    is_over: bool,
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.lock().is_rung = true;
        self.rung.notify_one();
    }

    /// No listener is called after the one that may be running.
    pub(crate) fn end(&self) {
        self.lock().is_over = true;
        self.rung.notify_one();
    }

    /// Waits until it is rung; false when it is over.
    fn wait(&self) -> bool {
        let idle = |state: &mut State| !state.is_rung && !state.is_over;
        let mut state = self.rung.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        state.is_rung = false;
        !state.is_over
    }

    /// Lets changes gather until a moment, unless it is over before.
    #[allow(clippy::disallowed_methods, reason = "a pause is no point in time that anybody keeps")]
    fn rest(&self, until: Instant) {
        let mut state = self.lock();
        while !state.is_over
            && let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
        {
            state = self.rung.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The listeners of a device, and the thread that calls them.
#[derive(Default)]
pub(crate) struct Listeners {
    all: Mutex<Vec<Arc<dyn ChangeListener>>>,
    pub(crate) bell: Arc<Bell>,
}

impl Listeners {
    /// Adds a listener; the thread starts with the first.
    pub(crate) fn add(self: &Arc<Self>, listener: Arc<dyn ChangeListener>) -> std::io::Result<()> {
        let mut all = self.lock();
        if all.is_empty() {
            let (bell, these) = (Arc::clone(&self.bell), Arc::downgrade(self));
            std::thread::Builder::new().name("redvest-changes".to_owned()).spawn(move || run(&bell, &these))?;
        }
        all.push(listener);
        Ok(())
    }

    fn tell(&self) {
        let all: Vec<_> = self.lock().clone();
        for listener in all {
            // A listener that fails must not keep the others from hearing.
            let _ = catch_unwind(AssertUnwindSafe(|| listener.changed()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<dyn ChangeListener>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        self.bell.end();
    }
}

#[allow(clippy::disallowed_methods, reason = "a pause is no point in time that anybody keeps")]
fn run(bell: &Bell, listeners: &Weak<Listeners>) {
    while bell.wait() {
        let begun = Instant::now();
        let Some(listeners) = listeners.upgrade() else { return };
        listeners.tell();
        drop(listeners);
        bell.rest(begun + APART);
    }
}
