//! Times short loops for the `derived` object of an attestation's report.

use std::hint::black_box;

use serde::Serialize;

use super::statistics;
use super::stopwatch::{Stopwatch, timed};

/// How many loops are timed, as existing miners do.
const SAMPLES: usize = 48;
/// Turns per loop, as existing miners do.
const TURNS: u32 = 25_000;
/// How many samples are sent along.
const PREVIEW: usize = 12;

/// The `report.derived` object of an attestation, all in nanoseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entropy {
    /// The mean time of a loop.
    pub mean_ns: f64,
    /// The variance of the loops, in square nanoseconds; also the report's `entropy_score`.
    pub variance_ns: f64,
    /// The shortest loop.
    pub min_ns: u64,
    /// The longest loop.
    pub max_ns: u64,
    /// How many loops were timed.
    pub sample_count: usize,
    /// The first twelve.
    pub samples_preview: Vec<u64>,
}

impl Entropy {
    /// Times the loops: some milliseconds.
    pub fn measure(stopwatch: &dyn Stopwatch) -> Self {
        let samples: Vec<u64> = (0..SAMPLES).map(|_| timed(stopwatch, work)).collect();
        Self::of(&samples)
    }

    fn of(samples: &[u64]) -> Self {
        Self {
            mean_ns: statistics::rounded(statistics::mean(samples), 3),
            variance_ns: statistics::rounded(statistics::population_variance(samples), 3),
            min_ns: samples.iter().copied().min().unwrap_or_default(),
            max_ns: samples.iter().copied().max().unwrap_or_default(),
            sample_count: samples.len(),
            samples_preview: samples.iter().copied().take(PREVIEW).collect(),
        }
    }
}

fn work() {
    let mut accumulator = 0_u32;
    for turn in 0..TURNS {
        accumulator = black_box(accumulator ^ turn.wrapping_mul(31));
    }
    black_box(accumulator);
}

#[cfg(test)]
mod tests {
    use super::super::stopwatch::scripted::Even;
    use super::*;

    #[test]
    fn summarises_its_samples() {
        let entropy = Entropy::of(&[2, 4, 4, 4, 5, 5, 7, 9]);
        assert!((entropy.mean_ns - 5.0).abs() < 1e-9);
        assert!((entropy.variance_ns - 4.0).abs() < 1e-9);
        assert_eq!((entropy.min_ns, entropy.max_ns, entropy.sample_count), (2, 9, 8));
        assert_eq!(Entropy::measure(&Even::new(10)).samples_preview, [10; PREVIEW]);
    }
}
