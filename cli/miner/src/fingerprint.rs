//! The fingerprint of a machine: six checks, each measured or read anew for every attestation.
//!
//! The wire form is `{"all_passed": bool, "checks": {name: {"passed": bool, "data": {...}}}}`, with
//! a `fail_reason` inside `data` when a check failed. The node judges the data itself; the
//! verdicts are for the person at the machine. A check that cannot fail on a class of machine (a
//! processor that never had vector instructions) passes.

use serde::Serialize;

use crate::cpuinfo::CpuInfo;
use crate::host::{Host, HostError};

pub mod anti_emulation;
pub mod cache_timing;
pub mod clock_drift;
pub mod entropy;
pub mod instruction_jitter;
pub mod simd_identity;
pub mod stopwatch;
pub mod thermal_drift;

mod cache_geometry;
mod statistics;
mod workload;

use anti_emulation::AntiEmulation;
use cache_timing::CacheTiming;
use clock_drift::ClockDrift;
use instruction_jitter::InstructionJitter;
use simd_identity::SimdIdentity;
use stopwatch::Stopwatch;
use thermal_drift::ThermalDrift;
use workload::Workload;

/// The `fingerprint` object of an attestation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fingerprint {
    /// Whether every check passed.
    pub all_passed: bool,
    /// The checks by name.
    pub checks: Checks,
}

/// The six checks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checks {
    /// Equal work takes unequal time on real clocks.
    pub clock_drift: Check<ClockDrift>,
    /// Larger working sets are slower to walk.
    pub cache_timing: Check<CacheTiming>,
    /// Which vector instructions there are.
    pub simd_identity: Check<SimdIdentity>,
    /// Speed before and after sustained load.
    pub thermal_drift: Check<ThermalDrift>,
    /// Scatter of the time that integer, floating-point and branching work takes.
    pub instruction_jitter: Check<InstructionJitter>,
    /// Marks that hypervisors and emulators leave.
    pub anti_emulation: Check<AntiEmulation>,
}

/// One check: what was found, and whether it speaks for real hardware.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check<T> {
    /// Whether the data speak for real hardware.
    pub passed: bool,
    /// What was found.
    pub data: Data<T>,
}

/// The `data` object of a check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Data<T> {
    /// The figures and facts.
    #[serde(flatten)]
    pub found: T,
    /// Why the check failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_reason: Option<FailReason>,
}

/// Why a check failed, in the words of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// Equal work took equal time to within a ten-thousandth.
    SyntheticTiming,
    /// The time for equal work did not vary at all.
    NoDrift,
    /// Memory of every size was equally quick.
    NoCacheHierarchy,
    /// Memory answered in no time.
    ZeroLatency,
    /// A processor that must have vector instructions showed none.
    NoSimdDetected,
    /// Speed did not vary at all, neither cold nor hot.
    NoThermalVariance,
    /// No kind of instruction varied at all.
    NoJitter,
    /// A hypervisor or emulator left its mark.
    VmDetected,
}

/// What was found by one check, and its verdict.
pub trait Finding {
    /// Why the finding does not speak for real hardware, if so.
    fn fail_reason(&self) -> Option<FailReason>;
}

impl<T: Finding> Check<T> {
    fn of(found: T) -> Self {
        let fail_reason = found.fail_reason();
        Self { passed: fail_reason.is_none(), data: Data { found, fail_reason } }
    }
}

/// Measures the machine. It keeps one processor busy for half a second on a current PC and for some
/// seconds on an old one, so call it where blocking is allowed.
///
/// Fails on systems and processor families without a reader, and when `/proc/cpuinfo` cannot be
/// read.
pub fn measure(host: &dyn Host, stopwatch: &dyn Stopwatch) -> Result<Fingerprint, HostError> {
    let cpu = CpuInfo::read(host)?;
    let workload = Workload::fitted(stopwatch);
    // First, while the processor is still cold.
    let thermal_drift = Check::of(ThermalDrift::measure(stopwatch, workload));
    let checks = Checks {
        clock_drift: Check::of(ClockDrift::measure(stopwatch, workload)),
        cache_timing: Check::of(CacheTiming::measure(host, &cpu, stopwatch)),
        simd_identity: Check::of(SimdIdentity::read(&cpu)),
        thermal_drift,
        instruction_jitter: Check::of(InstructionJitter::measure(stopwatch)),
        anti_emulation: Check::of(AntiEmulation::gather(host, &cpu)),
    };
    Ok(Fingerprint { all_passed: checks.all_passed(), checks })
}

impl Checks {
    fn all_passed(&self) -> bool {
        self.clock_drift.passed
            && self.cache_timing.passed
            && self.simd_identity.passed
            && self.thermal_drift.passed
            && self.instruction_jitter.passed
            && self.anti_emulation.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_stands_inside_the_data() {
        let flat = ClockDrift { mean_ns: 70_000, stdev_ns: 0, cv: 0.0, drift_stdev: 0 };
        let json = serde_json::to_value(Check::of(flat)).unwrap();
        let data = serde_json::json!({ "mean_ns": 70_000, "stdev_ns": 0, "cv": 0.0,
            "drift_stdev": 0, "fail_reason": "synthetic_timing" });
        assert_eq!(json, serde_json::json!({ "passed": false, "data": data }));
        let real = ClockDrift { mean_ns: 70_000, stdev_ns: 700, cv: 0.01, drift_stdev: 990 };
        let json = serde_json::to_value(Check::of(real)).unwrap();
        assert_eq!(json["passed"], true);
        assert!(json["data"].get("fail_reason").is_none());
    }
}
