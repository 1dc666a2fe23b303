//! When to try again: exponential with full jitter, so that ten thousand phones that lost the hub at one moment do not
//! come back at one moment (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).

use redvest_domain::time::Timestamp;

/// How waits grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Longest wait after the first failure, in ms.
    pub first_ms: u32,
    /// Longest wait ever, in ms.
    pub most_ms: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { first_ms: 2_000, most_ms: 15 * 60_000 }
    }
}

impl Backoff {
    /// The wait in ms after so many failures in a row (1 for the first), with a uniformly random `draw`.
    pub fn wait_ms(self, failures: u32, draw: u32) -> u32 {
        let doublings = failures.saturating_sub(1).min(31);
        let longest = (u64::from(self.first_ms) << doublings).min(u64::from(self.most_ms));
        // Multiplying and shifting spreads the draw evenly over 0..=longest.
        u32::try_from(((longest + 1) * u64::from(draw)) >> 32).unwrap_or(self.most_ms)
    }
}

/// When to try again: never before what the hub asked for, then spread over the back-off's wait.
pub fn retry_at(now: Timestamp, backoff: Backoff, failures: u32, draw: u32, retry_after: Option<u32>) -> Timestamp {
    let asked_ms = i64::from(retry_after.unwrap_or(0)) * 1_000;
    now.plus_ms(asked_ms).plus_ms(i64::from(backoff.wait_ms(failures, draw)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let backoff = Backoff { first_ms: 1_000, most_ms: 6_000 };
        let longest = |failures| backoff.wait_ms(failures, u32::MAX);
        assert_eq!([longest(1), longest(2), longest(3), longest(4), longest(60)], [1_000, 2_000, 4_000, 6_000, 6_000]);
        assert_eq!(backoff.wait_ms(5, 0), 0);
    }

    proptest! {
        #[test]
        fn nobody_comes_before_the_hub_asked_them_to(
            failures in any::<u32>(), draw in any::<u32>(), asked in prop::option::of(0u32..100_000)
        ) {
            let at = retry_at(Timestamp(5), Backoff::default(), failures, draw, asked);
            prop_assert!(at.since(Timestamp(5)) >= i64::from(asked.unwrap_or(0)) * 1_000);
        }
    }
}
