//! Reads which vector instructions the processor has.

use serde::Serialize;

use super::{FailReason, Finding};
use crate::cpuinfo::CpuInfo;

/// How many flags are sent along as a sample.
const SAMPLE: usize = 10;

/// The `simd_identity` data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the shape is the wire's")]
pub struct SimdIdentity {
    /// The machine name, as `uname -m` prints it.
    pub arch: String,
    /// How many features the kernel lists.
    pub simd_flags_count: usize,
    /// SSE of any version (x86).
    pub has_sse: bool,
    /// AVX of any version (x86).
    pub has_avx: bool,
    /// AltiVec (PowerPC).
    pub has_altivec: bool,
    /// NEON or Advanced SIMD (ARM).
    pub has_neon: bool,
    /// The first ten features.
    pub sample_flags: Vec<String>,
}

impl SimdIdentity {
    pub(super) fn read(cpu: &CpuInfo) -> Self {
        let flags = cpu.flags();
        let any = |is: fn(&str) -> bool| flags.iter().any(|flag| is(flag));
        Self {
            arch: cpu.machine().to_owned(),
            simd_flags_count: flags.len(),
            has_sse: any(|flag| flag.starts_with("sse") || flag.starts_with("ssse")),
            has_avx: any(|flag| flag.starts_with("avx")),
            has_altivec: any(|flag| flag == "altivec"),
            has_neon: any(|flag| flag == "neon" || flag.starts_with("asimd")),
            sample_flags: flags.iter().take(SAMPLE).map(|&flag| flag.to_owned()).collect(),
        }
    }
}

impl Finding for SimdIdentity {
    /// Vector instructions are part of the 64-bit instruction sets of x86 and ARM. Older
    /// processors may honestly have none (a 486, a PowerPC G3).
    fn fail_reason(&self) -> Option<FailReason> {
        let missing = match self.arch.as_str() {
            "x86_64" => !self.has_sse,
            "aarch64" | "arm64" => !self.has_neon,
            _ => false,
        };
        missing.then_some(FailReason::NoSimdDetected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::recorded::RecordedHost;

    fn simd(architecture: &str, cpuinfo: &str) -> SimdIdentity {
        let host = RecordedHost::empty("linux", architecture).with_file("/proc/cpuinfo", cpuinfo);
        SimdIdentity::read(&CpuInfo::read(&host).unwrap())
    }

    #[test]
    fn each_family_by_its_own_words() {
        let x86 = simd("x86_64", "flags : fpu mmx sse sse2 ssse3 avx avx2 a b c d e");
        assert!(x86.has_sse && x86.has_avx && !x86.has_altivec && !x86.has_neon);
        assert_eq!((x86.simd_flags_count, x86.sample_flags.len()), (12, 10));
        let arm = simd("aarch64", "Features : fp asimd evtstrm");
        assert!(arm.has_neon && !arm.has_sse);
        let g4 = simd("powerpc", "cpu : 7447A, altivec supported");
        assert!(g4.has_altivec && !g4.has_sse && !g4.has_avx);
        assert_eq!((g4.arch.as_str(), g4.simd_flags_count), ("ppc", 1));
    }

    #[test]
    fn a_flag_that_only_contains_the_letters_does_not_count() {
        let k6 = simd("x86", "flags : fpu misalignsse");
        assert!(!k6.has_sse);
    }

    #[test]
    fn only_processors_that_must_have_them_fail_without() {
        assert_eq!(simd("x86_64", "flags : fpu").fail_reason(), Some(FailReason::NoSimdDetected));
        assert_eq!(
            simd("aarch64", "processor : 0").fail_reason(),
            Some(FailReason::NoSimdDetected)
        );
        assert_eq!(simd("powerpc", "cpu : 740/750").fail_reason(), None);
        assert_eq!(simd("x86", "flags : fpu vme").fail_reason(), None);
    }
}
