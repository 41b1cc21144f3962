//! Walks working sets of growing size, pointer by pointer. Each load needs the one before and the
//! order is random, so neither overlap nor prefetching hides how far away the memory is.

use std::hint::black_box;

use serde::Serialize;

use super::cache_geometry::CacheGeometry;
use super::stopwatch::{Stopwatch, timed};
use super::{FailReason, Finding, statistics};
use crate::cpuinfo::CpuInfo;
use crate::host::Host;

/// The distance between two pointers in bytes. The longest cache line in use (POWER, Apple), and
/// far enough for processors that fetch lines in pairs.
const STRIDE_BYTES: usize = 128;
/// The same distance in array elements.
const STRIDE: usize = STRIDE_BYTES / size_of::<usize>();
/// Loads per timed walk: few, so that some walks run between two interruptions on a busy machine.
const LOADS: u32 = 4096;
/// Walks per working set. The quickest counts: whatever else the machine does only adds time.
const WALKS: u32 = 120;
/// Loads per turn of the loop, so that the loop itself does not hide the nearer caches.
const LOADS_PER_TURN: u32 = 8;
/// The ratio between two levels below which existing nodes see no step.
const LEAST_STEP: f64 = 1.01;

/// The `cache_timing` data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CacheTiming {
    /// The machine name, as `uname -m` prints it.
    pub arch: String,
    /// Nanoseconds per load from the first level, two decimals.
    pub l1_ns: f64,
    /// Nanoseconds per load from the second level, two decimals.
    pub l2_ns: f64,
    /// Nanoseconds per load from the third level, or from memory where there is none.
    pub l3_ns: f64,
    /// Nanoseconds per load from memory, two decimals.
    pub ram_ns: f64,
    /// Second level over first, three decimals.
    pub l2_l1_ratio: f64,
    /// Third level over second, three decimals.
    pub l3_l2_ratio: f64,
}

impl CacheTiming {
    pub(super) fn measure(host: &dyn Host, cpu: &CpuInfo, stopwatch: &dyn Stopwatch) -> Self {
        let sets = CacheGeometry::read(host).working_sets(host);
        let latency = |bytes: u64| Ring::of_bytes(bytes).latency_ns(stopwatch);
        let latencies = [latency(sets.l1), latency(sets.l2), latency(sets.l3), latency(sets.ram)];
        Self::of(cpu.machine(), latencies)
    }

    fn of(arch: &str, [l1, l2, l3, ram]: [f64; 4]) -> Self {
        Self {
            arch: arch.to_owned(),
            l1_ns: statistics::rounded(l1, 2),
            l2_ns: statistics::rounded(l2, 2),
            l3_ns: statistics::rounded(l3, 2),
            ram_ns: statistics::rounded(ram, 2),
            l2_l1_ratio: statistics::rounded(statistics::ratio(l2, l1), 3),
            l3_l2_ratio: statistics::rounded(statistics::ratio(l3, l2), 3),
        }
    }
}

impl Finding for CacheTiming {
    fn fail_reason(&self) -> Option<FailReason> {
        if self.l1_ns <= 0.0 || self.l2_ns <= 0.0 || self.l3_ns <= 0.0 {
            return Some(FailReason::ZeroLatency);
        }
        // Some PowerPC machines have caches outside the processor, or none worth the name.
        let powerpc = self.arch.starts_with("ppc");
        let flat = self.l2_l1_ratio < LEAST_STEP && self.l3_l2_ratio < LEAST_STEP;
        (flat && !powerpc).then_some(FailReason::NoCacheHierarchy)
    }
}

/// A ring of pointers: every [`STRIDE`]th element holds the index of the next one to visit.
struct Ring {
    elements: Vec<usize>,
}

impl Ring {
    /// A ring over about so many bytes, in an order that is random but always the same.
    fn of_bytes(bytes: u64) -> Self {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX / 2);
        let nodes = (bytes / STRIDE_BYTES).max(2);
        let mut elements = vec![0; nodes * STRIDE];
        for node in 0..nodes {
            elements[node * STRIDE] = node * STRIDE;
        }
        // Sattolo's shuffle: the result is one single cycle, so a walk visits everything.
        let mut random = SplitMix64 { state: bytes as u64 };
        for node in (1..nodes).rev() {
            elements.swap(node * STRIDE, random.below(node) * STRIDE);
        }
        Self { elements }
    }

    /// The nanoseconds that one load takes once the ring has been walked.
    fn latency_ns(&self, stopwatch: &dyn Stopwatch) -> f64 {
        let nodes = u32::try_from(self.elements.len() / STRIDE).unwrap_or(u32::MAX);
        let mut at = self.walk(0, nodes.min(WALKS * LOADS));
        let mut quickest = u64::MAX;
        for _ in 0..WALKS {
            quickest = quickest.min(timed(stopwatch, || at = self.walk(at, LOADS)));
        }
        statistics::float(quickest) / f64::from(LOADS)
    }

    /// Follows so many pointers, in steps of [`LOADS_PER_TURN`], and returns where that leads.
    fn walk(&self, from: usize, loads: u32) -> usize {
        let ring = self.elements.as_slice();
        let mut at = from;
        for _ in 0..loads.div_ceil(LOADS_PER_TURN) {
            at = ring[ring[ring[ring[ring[ring[ring[ring[at]]]]]]]];
        }
        black_box(at)
    }
}

/// Steele, Lea and Flood's generator: small, and random enough to shuffle with.
struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is at least 1.
    fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        usize::try_from(self.next() % bound).expect("a number below a usize is one")
    }
}

#[cfg(test)]
mod tests {
    use super::super::stopwatch::scripted::Even;
    use super::*;

    #[test]
    fn a_ring_is_one_cycle() {
        for bytes in [0, 256, 8192, 100_000] {
            let ring = Ring::of_bytes(bytes);
            let nodes = ring.elements.len() / STRIDE;
            let mut at = 0;
            let mut steps = 0;
            loop {
                at = ring.elements[at];
                steps += 1;
                if at == 0 {
                    break;
                }
            }
            assert_eq!(steps, nodes, "{bytes} bytes");
        }
    }

    #[test]
    fn a_walk_of_the_whole_ring_leads_back() {
        let ring = Ring::of_bytes(8192);
        assert_eq!(ring.walk(0, 64), 0);
        assert_ne!(ring.walk(0, 56), 0);
    }

    #[test]
    fn the_latency_is_that_of_the_quickest_walk() {
        let even = Even::new(u64::from(LOADS) * 3);
        assert!((Ring::of_bytes(4096).latency_ns(&even) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn verdicts() {
        let reason = |arch, latencies| CacheTiming::of(arch, latencies).fail_reason();
        assert_eq!(reason("x86_64", [1.0, 3.5, 12.0, 90.0]), None);
        assert_eq!(reason("x86_64", [50.0; 4]), Some(FailReason::NoCacheHierarchy));
        assert_eq!(reason("x86_64", [0.0, 1.0, 2.0, 3.0]), Some(FailReason::ZeroLatency));
        // A G5 whose caches do not show, and a machine with one level of cache only.
        assert_eq!(reason("ppc64", [50.0; 4]), None);
        assert_eq!(reason("i486", [30.0, 180.0, 180.0, 180.0]), None);
    }
}
