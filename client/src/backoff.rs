//! When to try again: exponential back-off with full jitter. Pure: randomness is an argument.
//!
//! Full jitter draws the whole delay at random below a growing ceiling, so that clients that
//! failed together do not come back together.

use std::time::Duration;

/// How patiently something is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The unit: the ceiling after `n` failures is `unit * base^n`.
    pub unit: Duration,
    /// By how much the ceiling grows with every failure, at least 1.
    pub base: u32,
    /// The ceiling grows no higher than this.
    pub cap: Duration,
    /// How often something is tried in all, at least 1.
    pub attempts: u32,
}

impl Default for Backoff {
    /// Ceilings of 2, 4, 8, ... seconds, at most a minute; three attempts, as the architecture
    /// document has it.
    fn default() -> Self {
        Self { unit: Duration::from_secs(1), base: 2, cap: Duration::from_mins(1), attempts: 3 }
    }
}

impl Backoff {
    /// The longest delay after so many failures in a row.
    pub fn ceiling(&self, failures: u32) -> Duration {
        let factor = self.base.max(1).checked_pow(failures);
        factor
            .and_then(|factor| self.unit.checked_mul(factor))
            .map_or(self.cap, |ceiling| ceiling.min(self.cap))
    }

    /// How long to wait after so many failures in a row; `None` when enough was tried.
    ///
    /// `random` is a number drawn evenly from all of 64 bits.
    pub fn delay(&self, failures: u32, random: u64) -> Option<Duration> {
        (failures < self.attempts.max(1)).then(|| fraction(self.ceiling(failures), random))
    }
}

/// The part of a span that a random number stands for: 0 for 0, nearly all for the largest.
///
/// `random` is a number drawn evenly from all of 64 bits.
pub fn fraction(span: Duration, random: u64) -> Duration {
    let micros = span.as_micros().min(u128::from(u64::MAX));
    let part = (micros * u128::from(random)) >> u64::BITS;
    Duration::from_micros(u64::try_from(part).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ceilings_double_up_to_the_cap() {
        let backoff = Backoff { attempts: 10, ..Backoff::default() };
        let seconds: Vec<u64> =
            (1..=7).map(|failures| backoff.ceiling(failures).as_secs()).collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(backoff.ceiling(u32::MAX).as_secs(), 60);
    }

    #[test]
    fn attempts_are_counted() {
        let backoff = Backoff::default();
        assert!(backoff.delay(1, 0).is_some() && backoff.delay(2, 0).is_some());
        assert_eq!(backoff.delay(3, 0), None);
        let once = Backoff { attempts: 0, ..backoff };
        assert_eq!(once.delay(1, 0), None);
    }

    #[test]
    fn delays_spread_evenly_below_the_ceiling() {
        let backoff = Backoff::default();
        assert_eq!(backoff.delay(1, 0), Some(Duration::ZERO));
        assert_eq!(backoff.delay(1, 1 << 63), Some(Duration::from_secs(1)));
        let longest = backoff.delay(1, u64::MAX).unwrap();
        assert!(longest < Duration::from_secs(2) && longest > Duration::from_millis(1_999));
        assert!(fraction(Duration::MAX, u64::MAX) > Duration::from_secs(1 << 40));
    }
}
