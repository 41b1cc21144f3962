//! Times loops of integer, floating-point and branching instructions. Pipelines, predictors and
//! interrupts make each kind scatter in its own way.

use std::hint::black_box;

use serde::Serialize;

use super::stopwatch::{Stopwatch, timed};
use super::{FailReason, Finding, statistics};

/// How many loops of each kind are timed, as existing miners do.
const SAMPLES: usize = 100;
/// Turns per loop, as existing miners do.
const TURNS: u32 = 10_000;

/// The `instruction_jitter` data, all in nanoseconds per loop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstructionJitter {
    /// The mean time of the integer loop.
    pub int_avg_ns: u64,
    /// The mean time of the floating-point loop.
    pub fp_avg_ns: u64,
    /// The mean time of the branching loop.
    pub branch_avg_ns: u64,
    /// The standard deviation of the integer loop.
    pub int_stdev: u64,
    /// The standard deviation of the floating-point loop.
    pub fp_stdev: u64,
    /// The standard deviation of the branching loop.
    pub branch_stdev: u64,
}

impl InstructionJitter {
    pub(super) fn measure(stopwatch: &dyn Stopwatch) -> Self {
        let samples = |work: fn()| -> Vec<u64> {
            statistics::quietest(|| (0..SAMPLES).map(|_| timed(stopwatch, work)).collect())
        };
        Self::of(&samples(integers), &samples(floats), &samples(branches))
    }

    fn of(int: &[u64], fp: &[u64], branch: &[u64]) -> Self {
        let average = |samples: &[u64]| statistics::whole(statistics::mean(samples));
        let scatter = |samples: &[u64]| statistics::whole(statistics::stdev(samples));
        Self {
            int_avg_ns: average(int),
            fp_avg_ns: average(fp),
            branch_avg_ns: average(branch),
            int_stdev: scatter(int),
            fp_stdev: scatter(fp),
            branch_stdev: scatter(branch),
        }
    }
}

impl Finding for InstructionJitter {
    fn fail_reason(&self) -> Option<FailReason> {
        let flat = self.int_stdev == 0 && self.fp_stdev == 0 && self.branch_stdev == 0;
        flat.then_some(FailReason::NoJitter)
    }
}

/// A chain of integer multiplications; each needs the one before.
fn integers() {
    let mut x = black_box(1_u32);
    for _ in 0..TURNS {
        x = x.wrapping_mul(7).wrapping_add(13) % 65_537;
    }
    black_box(x);
}

/// A chain of floating-point multiplications that settles near 1.7 and so never leaves the range
/// in which every processor is equally quick.
fn floats() {
    let mut x = black_box(1.5_f64);
    for _ in 0..TURNS {
        x = x * 0.707 + 0.5;
    }
    black_box(x);
}

/// Branches that hang on the bits of a pseudo-random sequence, which no predictor foresees. The
/// multiplier is Knuth's for 64-bit linear congruential generators (MMIX).
fn branches() {
    let mut bits = black_box(1_u64);
    let mut balance = 0_i32;
    for _ in 0..TURNS {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if bits >> 63 == 0 {
            balance = black_box(balance + 1);
        } else {
            balance = black_box(balance - 1);
        }
    }
    black_box(balance);
}

#[cfg(test)]
mod tests {
    use super::super::stopwatch::scripted::Even;
    use super::*;

    #[test]
    fn an_even_clock_shows_no_jitter() {
        let jitter = InstructionJitter::measure(&Even::new(9000));
        assert_eq!((jitter.int_avg_ns, jitter.int_stdev), (9000, 0));
        assert_eq!(jitter.fail_reason(), Some(FailReason::NoJitter));
    }

    #[test]
    fn jitter_of_one_kind_is_enough() {
        let jitter = InstructionJitter::of(&[10, 10], &[10, 10], &[10, 14]);
        assert_eq!(jitter.branch_avg_ns, 12);
        assert_eq!(jitter.fail_reason(), None);
    }
}
