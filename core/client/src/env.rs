//! What the outside world gives: time, the boot it is counted in, and randomness. Nothing else in this crate asks the
//! operating system for any of them.

use std::sync::Mutex;

use redvest_domain::time::Timestamp;

/// Time and randomness.
pub trait Env: Send + Sync {
    /// The wall clock, right or wrong.
    fn now(&self) -> Timestamp;
    /// Milliseconds on a clock that never goes back within one boot.
    fn monotonic_ms(&self) -> u64;
    /// Names the boot that [`Env::monotonic_ms`] counts in.
    fn boot(&self) -> u64;
    /// Fills a buffer with random bytes that nobody can guess.
    fn random(&self, bytes: &mut [u8]);
}

/// A new time-ordered id (UUIDv7).
pub(crate) fn new_id(env: &dyn Env) -> uuid::Uuid {
    let mut random = [0; 10];
    env.random(&mut random);
    let ms = u64::try_from(env.now().0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
}

/// The operating system. On Linux and Android the boot is the kernel's; elsewhere each process counts as one.
pub struct SystemEnv {
    boot: u64,
    started: std::time::Instant,
    counts_from_boot: bool,
}

impl Default for SystemEnv {
    fn default() -> Self {
        Self::new()
    }
}

impl SystemEnv {
    /// Asks for the boot once.
    #[allow(clippy::disallowed_methods, reason = "this is where the clock comes in")]
    pub fn new() -> SystemEnv {
        let started = std::time::Instant::now();
        let kernel = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        match kernel.filter(|_| uptime_ms().is_some()) {
            Some(id) => {
                let hash = redvest_domain::id::Hash::of(&[id.trim().as_bytes()]);
                SystemEnv { boot: first_eight(&hash.0), started, counts_from_boot: true }
            }
            None => {
                let mut bytes = [0; 32];
                fill(&mut bytes);
                SystemEnv { boot: first_eight(&bytes), started, counts_from_boot: false }
            }
        }
    }
}

/// Half of the range, so that every store can hold it as a signed number.
fn first_eight(bytes: &[u8; 32]) -> u64 {
    bytes[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte)) >> 1
}

fn uptime_ms() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    // Never negative and far below 2^53 ms.
    (seconds >= 0.0).then_some((seconds * 1000.0) as u64)
}

fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("an operating system without random numbers cannot sign anything either");
}

impl Env for SystemEnv {
    #[allow(clippy::disallowed_methods, reason = "this is where the clock comes in")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).min(Timestamp::MAX)
    }

    fn monotonic_ms(&self) -> u64 {
        let own = || u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if self.counts_from_boot { uptime_ms().unwrap_or_else(own) } else { own() }
    }

    fn boot(&self) -> u64 {
        self.boot
    }

    fn random(&self, bytes: &mut [u8]) {
        fill(bytes);
    }
}

/// A world that stands still until it is told otherwise, and whose randomness comes from a seed: for tests, and for
/// command lines that are given the time.
pub struct SetEnv {
    state: Mutex<SetState>,
}

struct SetState {
    now: Timestamp,
    monotonic_ms: u64,
    boot: u64,
    seed: [u8; 32],
    drawn: u64,
}

impl SetEnv {
    /// At this time, with randomness that follows from the seed.
    pub fn new(now: Timestamp, seed: u64) -> SetEnv {
        let seed = redvest_domain::id::Hash::of(&[b"redvest set env", &seed.to_be_bytes()]).0;
        SetEnv { state: Mutex::new(SetState { now, monotonic_ms: 0, boot: 1, seed, drawn: 0 }) }
    }

    /// Lets so many milliseconds pass on both clocks.
    pub fn pass(&self, ms: u32) {
        let mut state = self.lock();
        state.now = state.now.plus_ms(i64::from(ms));
        state.monotonic_ms += u64::from(ms);
    }

    /// Sets the wall clock alone, as a user may.
    pub fn set_now(&self, now: Timestamp) {
        self.lock().now = now;
    }

    /// Begins another boot.
    pub fn reboot(&self) {
        let mut state = self.lock();
        state.boot += 1;
        state.monotonic_ms = 0;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, SetState> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Env for SetEnv {
    fn now(&self) -> Timestamp {
        self.lock().now
    }

    fn monotonic_ms(&self) -> u64 {
        self.lock().monotonic_ms
    }

    fn boot(&self) -> u64 {
        self.lock().boot
    }

    fn random(&self, bytes: &mut [u8]) {
        let mut state = self.lock();
        for chunk in bytes.chunks_mut(32) {
            let block = redvest_domain::id::Hash::of(&[&state.seed, &state.drawn.to_be_bytes()]).0;
            state.drawn += 1;
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_of_the_same_boot_counts_on() {
        let (one, two) = (SystemEnv::new(), SystemEnv::new());
        if one.counts_from_boot {
            assert_eq!(one.boot(), two.boot());
            assert!(two.monotonic_ms() >= one.monotonic_ms());
        }
    }

    #[test]
    fn a_set_world_draws_the_same_twice_and_never_the_same_again() {
        let draw = |env: &SetEnv| {
            let mut bytes = [0; 40];
            env.random(&mut bytes);
            bytes
        };
        let (one, two) = (SetEnv::new(Timestamp(5), 7), SetEnv::new(Timestamp(5), 7));
        let first = draw(&one);
        assert_eq!(first, draw(&two));
        assert_ne!(first, draw(&one));
    }
}
