//! Times equal pieces of work again and again. Real oscillators, caches and interrupts make the
//! times scatter; a synthetic clock does not.

use serde::Serialize;

use super::stopwatch::Stopwatch;
use super::workload::Workload;
use super::{FailReason, Finding, statistics};

/// How many pieces of work are timed, as existing miners do.
const SAMPLES: u64 = 200;
/// The relative scatter below which nodes call the timing synthetic.
const LEAST_CV: f64 = 0.0001;

/// The `clock_drift` data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClockDrift {
    /// The mean time of a sample in nanoseconds.
    pub mean_ns: u64,
    /// The standard deviation of the samples in nanoseconds.
    pub stdev_ns: u64,
    /// The coefficient of variation: standard deviation over mean, six decimals.
    pub cv: f64,
    /// The standard deviation of the steps from sample to sample, in nanoseconds.
    pub drift_stdev: u64,
}

impl ClockDrift {
    pub(super) fn measure(stopwatch: &dyn Stopwatch, workload: Workload) -> Self {
        Self::of(&statistics::quietest(|| workload.samples(stopwatch, SAMPLES)))
    }

    fn of(samples: &[u64]) -> Self {
        let mean = statistics::mean(samples);
        let stdev = statistics::stdev(samples);
        Self {
            mean_ns: statistics::whole(mean),
            stdev_ns: statistics::whole(stdev),
            cv: statistics::rounded(statistics::ratio(stdev, mean), 6),
            drift_stdev: statistics::whole(statistics::step_stdev(samples)),
        }
    }
}

impl Finding for ClockDrift {
    fn fail_reason(&self) -> Option<FailReason> {
        if self.cv < LEAST_CV {
            return Some(FailReason::SyntheticTiming);
        }
        (self.drift_stdev == 0).then_some(FailReason::NoDrift)
    }
}

#[cfg(test)]
mod tests {
    use super::super::stopwatch::scripted::Even;
    use super::*;

    #[test]
    fn an_even_clock_is_synthetic() {
        let stopwatch = Even::new(50_000);
        let drift = ClockDrift::measure(&stopwatch, Workload::fitted(&stopwatch));
        assert_eq!((drift.mean_ns, drift.stdev_ns), (50_000, 0));
        assert_eq!(drift.fail_reason(), Some(FailReason::SyntheticTiming));
    }

    #[test]
    fn a_steady_slope_has_scatter_but_no_drift() {
        let slope: Vec<u64> = (0..200).map(|i| 50_000 + i * 100).collect();
        assert_eq!(ClockDrift::of(&slope).fail_reason(), Some(FailReason::NoDrift));
    }

    #[test]
    fn scatter_is_real() {
        let scattered: Vec<u64> = (0..200).map(|i| 50_000 + (i * 7919) % 311).collect();
        let drift = ClockDrift::of(&scattered);
        assert_eq!(drift.fail_reason(), None);
        assert!(drift.cv > 0.001 && drift.cv < 0.01, "{drift:?}");
    }
}
