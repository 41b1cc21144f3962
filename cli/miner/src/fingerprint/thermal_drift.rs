//! Times equal pieces of work on a cold processor and again after sustained load.

use serde::Serialize;

use super::stopwatch::Stopwatch;
use super::workload::Workload;
use super::{FailReason, Finding, statistics};

/// How many pieces of work are timed, cold and again hot, as existing miners do.
const SAMPLES: u64 = 50;
/// How many pieces of work heat the processor in between: up to half a second.
const WARM_UP: u64 = 2000;

/// The `thermal_drift` data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThermalDrift {
    /// The mean time of a sample before the load, in nanoseconds.
    pub cold_avg_ns: u64,
    /// The mean time of a sample after the load, in nanoseconds.
    pub hot_avg_ns: u64,
    /// The standard deviation before the load, in nanoseconds.
    pub cold_stdev: u64,
    /// The standard deviation after the load, in nanoseconds.
    pub hot_stdev: u64,
    /// Hot over cold, four decimals.
    pub drift_ratio: f64,
}

impl ThermalDrift {
    pub(super) fn measure(stopwatch: &dyn Stopwatch, workload: Workload) -> Self {
        let series = || workload.samples(stopwatch, SAMPLES);
        let cold = statistics::quietest(series);
        for seed in 0..WARM_UP {
            workload.run(seed);
        }
        Self::of(&cold, &statistics::quietest(series))
    }

    fn of(cold: &[u64], hot: &[u64]) -> Self {
        let (cold_avg, hot_avg) = (statistics::mean(cold), statistics::mean(hot));
        Self {
            cold_avg_ns: statistics::whole(cold_avg),
            hot_avg_ns: statistics::whole(hot_avg),
            cold_stdev: statistics::whole(statistics::stdev(cold)),
            hot_stdev: statistics::whole(statistics::stdev(hot)),
            drift_ratio: statistics::rounded(statistics::ratio(hot_avg, cold_avg), 4),
        }
    }
}

impl Finding for ThermalDrift {
    fn fail_reason(&self) -> Option<FailReason> {
        let flat = self.cold_stdev == 0 && self.hot_stdev == 0;
        flat.then_some(FailReason::NoThermalVariance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_hot_over_cold() {
        let drift = ThermalDrift::of(&[1000, 1000], &[1100, 1150]);
        assert_eq!((drift.cold_avg_ns, drift.hot_avg_ns), (1000, 1125));
        assert!((drift.drift_ratio - 1.125).abs() < 1e-9);
        assert_eq!(drift.fail_reason(), None);
    }

    #[test]
    fn no_scatter_at_all_fails() {
        let drift = ThermalDrift::of(&[1000, 1000], &[1100, 1100]);
        assert_eq!(drift.fail_reason(), Some(FailReason::NoThermalVariance));
        let frozen = ThermalDrift::of(&[0, 0], &[0, 0]);
        assert!(frozen.drift_ratio.abs() < 1e-9);
    }
}
