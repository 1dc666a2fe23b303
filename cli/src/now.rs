//! The time: the machine's, or the one that `--now` sets.

use std::sync::Arc;

use redvest_client::env::{Env, SystemEnv};
use redvest_domain::time::Timestamp;
use redvest_hub::clock::{Clock, FixedClock, SystemClock};

/// The operating system's time and randomness, with the wall clock held at a given instant if there is one.
pub struct GivenEnv {
    now: Option<Timestamp>,
    system: SystemEnv,
}

impl GivenEnv {
    /// With this wall clock, or the machine's.
    pub fn new(now: Option<Timestamp>) -> GivenEnv {
        GivenEnv { now, system: SystemEnv::new() }
    }
}

impl Env for GivenEnv {
    fn now(&self) -> Timestamp {
        self.now.unwrap_or_else(|| self.system.now())
    }

    fn monotonic_ms(&self) -> u64 {
        self.system.monotonic_ms()
    }

    fn boot(&self) -> u64 {
        self.system.boot()
    }

    fn random(&self, bytes: &mut [u8]) {
        self.system.random(bytes);
    }
}

/// The same for a hub.
pub fn hub_clock(now: Option<Timestamp>) -> Arc<dyn Clock> {
    match now {
        Some(now) => Arc::new(FixedClock::at(now)),
        None => Arc::new(SystemClock),
    }
}
