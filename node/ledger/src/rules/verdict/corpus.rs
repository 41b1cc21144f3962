//! Devices, real and pretended, and what they weigh.

use std::sync::LazyLock;

use super::*;

const CLEAN: &str = r#""anti_emulation":{"passed":true,"data":{"vm_indicators":[],"indicator_count":0,"is_likely_vm":false}}"#;
const CLOCK: &str = r#""clock_drift":{"passed":true,"data":{"mean_ns":2000000,"stdev_ns":100000,"cv":0.05,"drift_stdev":140000}}"#;
const CACHE: &str = r#""cache_timing":{"passed":true,"data":{"l1_ns":18.2,"l2_ns":20.1,"l3_ns":23.5,"l2_l1_ratio":1.104,"l3_l2_ratio":1.169}}"#;
const THERMAL: &str = r#""thermal_drift":{"passed":true,"data":{"cold_avg_ns":5000000,"hot_avg_ns":5100000,"cold_stdev":40000,"hot_stdev":52000,"drift_ratio":1.02}}"#;
const JITTER: &str = r#""instruction_jitter":{"passed":true,"data":{"int_avg_ns":500000,"int_stdev":9000,"fp_stdev":8000,"branch_stdev":7000}}"#;
const X86: &str = r#""simd_identity":{"passed":true,"data":{"arch":"x86_64","simd_flags_count":120,"has_sse":true,"has_avx":true,"has_altivec":false,"has_neon":false,"sample_flags":["fpu","vme","tsc"]}}"#;
const OLD_X86: &str = r#""simd_identity":{"passed":true,"data":{"arch":"i686","simd_flags_count":30,"has_sse":true,"has_avx":false,"has_altivec":false,"has_neon":false,"sample_flags":["fpu","vme","tsc"]}}"#;
const ARM64: &str = r#""simd_identity":{"passed":true,"data":{"arch":"aarch64","has_sse":false,"has_avx":false,"has_altivec":false,"has_neon":true,"sample_flags":["fp","asimd"]}}"#;
const ALTIVEC: &str = r#""simd_bias":{"passed":true,"data":{"arch":"ppc","has_sse":false,"has_avx":false,"has_altivec":true,"has_neon":false}}"#;

/// A simd check of a machine without vector unit that runs on `arch`.
fn no_simd(arch: &str) -> String {
    format!(
        r#""simd_identity":{{"passed":false,"data":{{"arch":"{arch}","simd_flags_count":0,"has_sse":false,"has_avx":false,"has_altivec":false,"has_neon":false,"sample_flags":[]}}}}"#
    )
}

static TABLE: LazyLock<MultiplierTable> = LazyLock::new(|| {
    MultiplierTable::parse(include_str!("../../../genesis/multipliers.toml")).unwrap()
});

/// An attestation of a device, with the given members of `checks`.
fn attestation(family: &str, arch: &str, cpu: &str, checks: &[&str]) -> Attestation {
    let checks = checks.join(",");
    parse(&format!(
        r#"{{"miner":"m","nonce":"ab","device":{{"family":"{family}","arch":"{arch}","cpu":"{cpu}"}},
            "signals":{{"macs":[],"hostname":"dawson-aws-kvm"}},
            "fingerprint":{{"all_passed":true,"checks":{{{checks}}}}}}}"#
    ))
}

fn parse(body: &str) -> Attestation {
    Attestation::parse(body.as_bytes()).unwrap()
}

fn judged(attestation: &Attestation) -> Verdict {
    let scheme = Some(SignatureScheme::CanonicalJson);
    judge(attestation, scheme, &AttestationPolicy::new(false), &TABLE)
}

/// Family, architecture and weight of the verdict.
fn summary(verdict: &Verdict) -> String {
    format!("{} {} {}", verdict.family, verdict.arch, verdict.multiplier)
}

/// Judges a stock miner's five timings and `simd` on a device.
fn stock(family: &str, arch: &str, cpu: &str, simd: &str) -> Verdict {
    judged(&attestation(family, arch, cpu, &[CLEAN, CLOCK, CACHE, THERMAL, JITTER, simd]))
}

fn reasons(verdict: &Verdict) -> Vec<(&'static str, &'static str)> {
    verdict.failed.iter().map(|failed| (failed.check, failed.reason)).collect()
}

#[test]
fn real_devices_weigh_what_the_table_says() {
    let sparc = no_simd("sparc64");
    let m68k = no_simd("m68k");
    let riscv = no_simd("riscv64");
    let vax = no_simd("vax");
    let power_macintosh = no_simd("Power Macintosh");
    for (family, arch, cpu, simd, expected) in [
        ("x86", "modern", "AMD Ryzen 7 5800X", X86, "x86 modern 0.8"),
        ("x86_64", "modern", "Intel(R) Core(TM) i7-10700K CPU @ 3.80GHz", X86, "x86_64 modern 0.8"),
        ("x86", "modern", "Unknown", X86, "x86 modern 0.8"),
        (
            "x86",
            "sandy_bridge",
            "Intel(R) Core(TM) i7-2600K CPU @ 3.40GHz",
            X86,
            "x86 sandy_bridge 1.1",
        ),
        ("x86", "core2duo", "Intel(R) Core(TM)2 Duo CPU E8400", OLD_X86, "x86 core2duo 1.3"),
        (
            "x86",
            "pentium_iii",
            "Intel(R) Pentium(R) III CPU 1133MHz",
            OLD_X86,
            "x86 pentium_iii 2.0",
        ),
        ("x86", "retro", "AMD Athlon(tm) XP 2000+", OLD_X86, "x86 retro 1.4"),
        (
            "Windows",
            "Intel64 Family 6 Model 42",
            "Intel64 Family 6 Model 42 Stepping 7, GenuineIntel",
            X86,
            "Windows Intel64 Family 6 Model 42 1.1",
        ),
        ("ARM", "aarch64", "ARM Cortex-A72", ARM64, "ARM aarch64 0.0005"),
        ("Apple Silicon", "M1", "Apple M1", ARM64, "Apple Silicon M1 1.2"),
        ("arm64", "aarch64", "Apple M2 Pro", ARM64, "Apple Silicon M2 1.2"),
        ("PowerPC", "G4", "PowerPC G4 (7450)", ALTIVEC, "PowerPC G4 2.5"),
        ("PowerPC", "g4", "7447A, altivec supported", ALTIVEC, "PowerPC G4 2.5"),
        ("PowerPC", "powerpc", "PPC970FX, altivec supported", ALTIVEC, "PowerPC G5 2.0"),
        ("PowerPC", "G4", "Motorola PowerPC 7400", &power_macintosh, "PowerPC G4 2.5"),
        ("PowerPC", "amigaone_g3", "PowerPC 750CXe", ALTIVEC, "PowerPC amigaone_g3 2.2"),
        ("PowerPC", "POWER8", "POWER8E (raw), altivec supported", ALTIVEC, "PowerPC POWER8 2.0"),
        ("SPARC", "sparc_v9", "Sun UltraSPARC IIi", &sparc, "SPARC sparc_v9 2.5"),
        ("SPARC", "sparc", "Unknown", &sparc, "SPARC default 1.0"),
        ("VAX", "vax_780", "VAX-11/780", &vax, "VAX vax_780 3.5"),
        ("M68K", "68030", "MC68030", &m68k, "M68K 68030 2.5"),
        ("M68K", "68000", "MC68040", &m68k, "M68K 68040 2.4"),
        ("RISC-V", "riscv64", "Unknown", &riscv, "RISC-V riscv64 1.4"),
    ] {
        let verdict = stock(family, arch, cpu, simd);
        assert_eq!(summary(&verdict), expected, "{family} {arch} {cpu}");
        assert!(verdict.fingerprint_passed && !verdict.virtual_machine, "{family} {arch}");
        assert_eq!(reasons(&verdict), [], "{family} {arch}");
    }
}

#[test]
fn contradicted_claims_fall_to_what_the_evidence_shows() {
    for (family, arch, cpu, simd, expected) in [
        ("PowerPC", "G4", "PowerPC G4 (7450)", X86, "x86_64 default 0.8"),
        ("PowerPC", "G4", "PowerPC G4 (7450)", ARM64, "ARM aarch64 0.0005"),
        ("PowerPC", "G4", "Intel(R) Xeon(R) CPU E5-2680 v4", r#""gpu":true"#, "x86_64 default 0.8"),
        ("PowerPC", "G4", "Intel(R) Xeon(R) CPU E5-2680 v4", ALTIVEC, "x86_64 default 0.8"),
        ("ARM", "aarch64", "Intel(R) Core(TM) i9-12900K", ARM64, "ARM aarch64 0.0005"),
        ("x86", "modern", "Intel(R) Core(TM) i9-12900K", ARM64, "ARM aarch64 0.0005"),
        ("x86", "pentium_iii", "Intel(R) Pentium(R) III", X86, "x86_64 default 0.8"),
        ("x86", "386", "80386", OLD_X86, "x86_64 default 0.8"),
        ("x86", "modern", "ARM Cortex-A76", ARM64, "ARM aarch64 0.0005"),
        ("x86", "modern", "Unknown", ARM64, "ARM aarch64 0.0005"),
        ("ARM", "aarch64", "Intel(R) Core(TM) i9-12900K", X86, "x86_64 default 0.8"),
        ("ARM", "arm2", "ARM2", ARM64, "ARM aarch64 0.0005"),
        ("Apple Silicon", "M1", "Apple M1", X86, "x86_64 default 0.8"),
        ("Apple Silicon", "M1", "ARM Cortex-A72", ARM64, "ARM aarch64 0.0005"),
        ("SPARC", "sparc_v7", "SPARC", X86, "x86_64 default 0.8"),
        ("VAX", "vax", "VAX", ARM64, "ARM aarch64 0.0005"),
        ("console", "nes_6502", "Ricoh 2A03", X86, "x86_64 default 0.8"),
        ("MOS", "6502", "MOS 6502", ARM64, "ARM aarch64 0.0005"),
    ] {
        let verdict = stock(family, arch, cpu, simd);
        assert_eq!(summary(&verdict), expected, "{family} {arch} {cpu}");
        assert_eq!(
            reasons(&verdict).first(),
            Some(&("device", "arch_mismatch")),
            "{family} {arch}"
        );
        assert!(verdict.fingerprint_passed, "{family} {arch}");
    }
}

#[test]
fn no_claim_on_another_machine_earns_a_bonus() {
    let rows: toml::Table = include_str!("../../../genesis/multipliers.toml").parse().unwrap();
    for (family, archs) in &rows {
        for arch in archs.as_table().unwrap().keys() {
            for (cpu, simd) in
                [("Unknown", X86), ("Unknown", ARM64), ("AMD EPYC 7763", X86), ("", CLOCK)]
            {
                let checks = [CLEAN, CLOCK, THERMAL, simd];
                let checks = if simd == CLOCK { &checks[..3] } else { &checks[..] };
                let verdict = judged(&attestation(family, arch, cpu, checks));
                assert!(
                    verdict.multiplier <= Multiplier::ONE,
                    "{family} {arch} on {cpu}: {verdict:?}"
                );
            }
        }
    }
}

#[test]
fn a_bonus_needs_evidence() {
    for (family, arch, cpu, simd, expected) in [
        ("x86", "pentium_iii", "Unknown", OLD_X86, "x86 pentium_iii 1.0"),
        ("x86", "core2", "Intel(R) Pentium(R) 4", OLD_X86, "x86 core2 1.0"),
        ("x86", "pentium4", "Intel(R) Pentium(R) 4", r#""gpu":true"#, "x86 pentium4 1.0"),
        ("PowerPC", "G4", "PowerPC G4", r#""gpu":true"#, "PowerPC G4 1.0"),
        ("Apple Silicon", "M1", "Apple M1", r#""gpu":true"#, "Apple Silicon M1 1.0"),
        ("Apple Silicon", "M1", "Unknown", ARM64, "Apple Silicon M1 1.0"),
        ("ARM", "arm2", "Unknown", r#""gpu":true"#, "ARM arm2 0.0005"),
        ("console", "nes_6502", "Ricoh 2A03", r#""gpu":true"#, "console nes_6502 1.0"),
        ("VAX", "vax", "Unknown", r#""gpu":true"#, "VAX vax 1.0"),
        ("Foo", "transputer", "Unknown", r#""gpu":true"#, "Transputer transputer 1.0"),
        ("Foo", "bar", "Unknown", r#""gpu":true"#, "unknown default 1.0"),
        ("Foo", "bar", "Unknown", X86, "x86_64 default 0.8"),
    ] {
        let verdict = stock(family, arch, cpu, simd);
        assert_eq!(summary(&verdict), expected, "{family} {arch} {cpu}");
        assert!(verdict.fingerprint_passed, "{family} {arch}");
    }
    let unsupported = stock("VAX", "vax", "Unknown", r#""gpu":true"#);
    assert_eq!(unsupported.notes, [Note::BonusNotSupported]);
}

#[test]
fn consoles_are_measured_by_their_bridge() {
    let bridged = |checks: &str| {
        judged(&parse(&format!(
            r#"{{"miner":"m","nonce":"ab","device":{{"family":"console","arch":"nes_6502","cpu":"Ricoh 2A03"}},
                "signals":{{"macs":[]}},"fingerprint":{{"bridge_type":"pico_serial","checks":{{{checks}}}}}}}"#
        )))
    };
    let port = r#""ctrl_port_timing":{"passed":true,"data":{"cv":0.004,"samples":500}}"#;
    assert_eq!(summary(&bridged(port)), "console nes_6502 2.8");
    let emulated = r#""anti_emulation":{"passed":true,"data":{"emulator_indicators":["fceux"]}}"#;
    let verdict = bridged(&format!("{port},{emulated}"));
    assert_eq!(summary(&verdict), "console nes_6502 0.0");
    assert_eq!(reasons(&verdict), [("anti_emulation", "emulator_detected")]);
    assert_eq!(
        summary(&bridged(r#""ctrl_port_timing":{"data":{"cv":0.00001}}"#)),
        "console nes_6502 0.0"
    );
    assert_eq!(reasons(&bridged(r#""bus_jitter":true"#)), [("anti_emulation", "no_evidence")]);
}

#[test]
fn virtual_machines_weigh_nothing_unless_they_may() {
    for tell in [
        r#""anti_emulation":{"passed":true,"vm_indicators":["qemu"]}"#,
        r#""anti_emulation":{"passed":true,"data":{"vm_indicators":["qemu"]}}"#,
        r#""anti_emulation":{"passed":true,"data":{"vm_indicators":[],"is_likely_vm":true}}"#,
        r#""anti_emulation":{"passed":false,"data":{"vm_indicators":["cpuinfo:hypervisor"],"fail_reason":"vm_detected"}}"#,
        r#""anti_emulation":{"passed":true,"data":{"paths_checked":["/sys"],"cpuinfo_flags":["hypervisor"]}}"#,
    ] {
        let guest = attestation("x86", "modern", "AMD Ryzen 7 5800X", &[tell, CLOCK, CACHE, X86]);
        let verdict = judged(&guest);
        assert_eq!(summary(&verdict), "x86 modern 0.0", "{tell}");
        assert!(verdict.virtual_machine && !verdict.fingerprint_passed);
        assert_eq!(reasons(&verdict), [("anti_emulation", "vm_detected")]);
        let scheme = Some(SignatureScheme::CanonicalJson);
        let lenient = judge(&guest, scheme, &AttestationPolicy::new(true), &TABLE);
        assert_eq!(summary(&lenient), "x86 modern 0.8");
        assert!(lenient.virtual_machine && !lenient.fingerprint_passed);
    }
    let emulated = stock("x86", "modern", "QEMU Virtual CPU version 2.5+", X86);
    assert_eq!(reasons(&emulated), [("device", "virtual_cpu")]);
    assert!(emulated.multiplier.is_zero());
}

#[test]
fn a_verdict_is_no_evidence() {
    let modern = |checks: &[&str]| judged(&attestation("x86", "modern", "AMD Ryzen 7", checks));
    let bare = modern(&[r#""anti_emulation":true"#, r#""clock_drift":true"#]);
    assert_eq!(reasons(&bare), [("anti_emulation", "no_evidence"), ("clock_drift", "no_evidence")]);
    assert!(bare.multiplier.is_zero() && !bare.fingerprint_passed);
    let invented = r#""clock_drift":{"passed":true,"data":{"cv":0.00001,"samples":200}}"#;
    let verdict = modern(&[CLEAN, invented, X86]);
    assert_eq!(reasons(&verdict), [("clock_drift", "timing_too_uniform")]);
    assert!(verdict.multiplier.is_zero());
    let unjudged = CLEAN.replace("\"passed\":true,", "");
    assert_eq!(summary(&modern(&[&unjudged, CLOCK])), "x86 modern 0.8");
}

#[test]
fn an_attestation_without_measurements_weighs_nothing() {
    let device = r#""miner":"m","nonce":"ab","device":{"family":"PowerPC","arch":"G4"},"signals":{"macs":[]}"#;
    for fingerprint in
        ["", r#","fingerprint":{}"#, r#","fingerprint":{"checks":{}}"#, r#","fingerprint":null"#]
    {
        let verdict = judged(&parse(&format!("{{{device}{fingerprint}}}")));
        assert_eq!(summary(&verdict), "PowerPC G4 0.0", "{fingerprint}");
        assert_eq!(reasons(&verdict), [("fingerprint", "missing_fingerprint")]);
        assert!(!verdict.fingerprint_passed && !verdict.virtual_machine);
    }
}

#[test]
fn doubt_costs_the_bonus_and_no_more() {
    let flat = r#""cache_timing":{"passed":false,"data":{"l1_ns":50.1,"l2_ns":50.2,"l2_l1_ratio":1.002,"l3_l2_ratio":1.0}}"#;
    let checks = [CLEAN, CLOCK, flat, X86];
    let desk = judged(&attestation("x86", "modern", "Intel(R) Core(TM) i5-6500T", &checks));
    assert_eq!(summary(&desk), "x86 modern 0.8");
    assert!(desk.fingerprint_passed);
    assert_eq!(reasons(&desk), [("cache_timing", "no_cache_hierarchy")]);
    let mac = judged(&attestation("Apple Silicon", "M1", "Apple M1", &[CLEAN, CLOCK, flat, ARM64]));
    assert_eq!(
        (summary(&mac), mac.notes.as_slice()),
        ("Apple Silicon M1 1.0".into(), &[Note::BonusLostToDoubt][..])
    );
    let even = CLOCK.replace("0.05", "0.001");
    let mac = judged(&attestation("PowerPC", "G4", "PowerPC 7450", &[CLEAN, &even, ALTIVEC]));
    assert_eq!(summary(&mac), "PowerPC G4 1.0");
    assert_eq!(reasons(&mac), [("clock_drift", "vintage_timing_too_stable")]);
    let server = attestation("PowerPC", "power8", "POWER8", &[CLEAN, &even, ALTIVEC]);
    assert_eq!(summary(&judged(&server)), "PowerPC power8 2.0");
    let frozen = r#""thermal_drift":{"passed":true,"data":{"cold_stdev":0,"hot_stdev":0}}"#;
    let verdict =
        judged(&attestation("x86", "modern", "AMD Ryzen 7", &[CLEAN, CLOCK, frozen, X86]));
    assert_eq!(reasons(&verdict), [("thermal_drift", "no_thermal_variance")]);
    assert!(verdict.multiplier.is_zero());
}

#[test]
fn what_a_class_cannot_measure_is_neutral() {
    let flat = r#""cache_timing":{"passed":false,"data":{"arch":"powerpc","l1_ns":0.0,"l2_ns":0.0,"l3_ns":0.0,"l2_l1_ratio":0.98,"l3_l2_ratio":0}}"#;
    let g5 = attestation("PowerPC", "G5", "PPC970FX", &[CLEAN, CLOCK, flat, ALTIVEC]);
    assert_eq!((summary(&judged(&g5)), reasons(&judged(&g5))), ("PowerPC G5 2.0".into(), vec![]));
    let coarse = r#""clock_drift":{"passed":false,"data":{"cv":0,"samples":200}}"#;
    let qube = attestation("MIPS", "mips_r5000", "RM5231 MIPS", &[CLEAN, coarse, &no_simd("mips")]);
    assert_eq!(summary(&judged(&qube)), "MIPS mips_r5000 2.5");
    let i486 = attestation("x86", "486", "Intel 80486DX2", &[CLEAN, coarse, &no_simd("i486")]);
    assert_eq!(summary(&judged(&i486)), "x86 486 2.0");
    for (family, arch) in [("PowerPC", "G5"), ("x86", "486"), ("M68K", "68030")] {
        let unmeasured =
            [r#""anti_emulation":true"#, r#""clock_drift":true"#, r#""cache_timing":true"#];
        let verdict = judged(&attestation(family, arch, "Unknown", &unmeasured));
        assert_eq!(summary(&verdict), format!("{family} {arch} 1.0"));
        assert!(verdict.fingerprint_passed);
    }
}

#[test]
fn a_narrow_signature_earns_no_bonus() {
    let mac = attestation("PowerPC", "G4", "PowerPC 7450", &[CLEAN, CLOCK, ALTIVEC]);
    let policy = AttestationPolicy::new(false);
    for scheme in [Some(SignatureScheme::Pipe), None] {
        let verdict = judge(&mac, scheme, &policy, &TABLE);
        assert_eq!(summary(&verdict), "PowerPC G4 1.0");
        assert_eq!(verdict.notes, [Note::NarrowSignature]);
        assert!(verdict.fingerprint_passed);
    }
    let modern = attestation("x86", "modern", "AMD Ryzen 7", &[CLEAN, CLOCK, X86]);
    let verdict = judge(&modern, Some(SignatureScheme::Pipe), &policy, &TABLE);
    assert_eq!((summary(&verdict), verdict.notes), ("x86 modern 0.8".into(), vec![]));
}
