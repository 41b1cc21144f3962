//! The work whose duration is measured: a chain of SHA-256 rounds.

use std::hint::black_box;

use sha2::{Digest as _, Sha256};

use super::stopwatch::{Stopwatch, timed};

/// Rounds per sample on a quick machine; 0.1 ms or less with SHA instructions.
const MOST_ROUNDS: u32 = 1000;
/// Rounds per sample below which the reading of the clock itself would weigh too much.
const FEWEST_ROUNDS: u32 = 16;
/// The longest a sample should take. Short samples keep the interrupts of the timer visible as
/// scatter, and hundreds of samples bearable on a processor of the 1990s.
const LONGEST_SAMPLE_NS: u64 = 250_000;

/// A fixed amount of work. Every round needs the result of the one before, so nothing can be
/// skipped or done side by side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Workload {
    rounds: u32,
}

impl Workload {
    /// The work that suits the machine: halved from [`MOST_ROUNDS`] until a sample is short enough,
    /// so that one machine nearly always gets the same amount.
    pub(super) fn fitted(stopwatch: &dyn Stopwatch) -> Self {
        let mut workload = Self { rounds: MOST_ROUNDS };
        while workload.rounds / 2 >= FEWEST_ROUNDS
            && workload.quickest_of_three(stopwatch) > LONGEST_SAMPLE_NS
        {
            workload.rounds /= 2;
        }
        workload
    }

    /// Does the work once; the seed makes each sample's hashes differ.
    pub(super) fn run(self, seed: u64) {
        let mut digest = Sha256::digest(seed.to_be_bytes());
        for _ in 0..self.rounds {
            digest = Sha256::digest(digest);
        }
        black_box(digest);
    }

    /// Does the work a number of times and returns how long each took.
    pub(super) fn samples(self, stopwatch: &dyn Stopwatch, count: u64) -> Vec<u64> {
        (0..count).map(|seed| timed(stopwatch, || self.run(seed))).collect()
    }

    fn quickest_of_three(self, stopwatch: &dyn Stopwatch) -> u64 {
        self.samples(stopwatch, 3).into_iter().min().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::stopwatch::scripted::Even;
    use super::*;

    #[test]
    fn slow_machines_get_less_work() {
        assert_eq!(Workload::fitted(&Even::new(LONGEST_SAMPLE_NS)).rounds, MOST_ROUNDS);
        let slow = Workload::fitted(&Even::new(LONGEST_SAMPLE_NS + 1)).rounds;
        assert!((FEWEST_ROUNDS..2 * FEWEST_ROUNDS).contains(&slow), "{slow}");
    }
}
