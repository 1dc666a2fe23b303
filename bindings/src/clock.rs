//! The platform's clock that does not stop, where it has a better one than the core finds by itself.

use std::sync::Arc;

use redvest_client::env::{Env, SystemEnv};
use redvest_domain::time::Timestamp;

/// A clock that never goes back and counts on while the phone sleeps, and the boot that it counts in: on Android
/// `SystemClock.elapsedRealtime` and `Settings.Global.BOOT_COUNT`, on iOS the continuous clock and the boot's time.
/// With it an offline phone whose owner turns the clock still tells when something happened.
#[uniffi::export(with_foreign)]
pub trait BootClock: Send + Sync {
    /// Milliseconds since the boot, sleep included.
    fn elapsed_ms(&self) -> u64;

    /// The same for every process of one boot, another after the next.
    fn boot(&self) -> u64;
}

/// The operating system's time and randomness with the platform's boot clock.
pub(crate) struct PlatformEnv {
    system: SystemEnv,
    clock: Option<Arc<dyn BootClock>>,
}

impl PlatformEnv {
    pub(crate) fn new(clock: Option<Arc<dyn BootClock>>) -> PlatformEnv {
        PlatformEnv { system: SystemEnv::new(), clock }
    }
}

impl Env for PlatformEnv {
    fn now(&self) -> Timestamp {
        self.system.now()
    }

    fn monotonic_ms(&self) -> u64 {
        self.clock.as_ref().map_or_else(|| self.system.monotonic_ms(), |clock| clock.elapsed_ms())
    }

    fn boot(&self) -> u64 {
        // Every store holds it as a signed number.
        self.clock.as_ref().map_or_else(|| self.system.boot(), |clock| clock.boot() & (u64::MAX >> 1))
    }

    fn random(&self, bytes: &mut [u8]) {
        self.system.random(bytes);
    }
}
