//! What the checks of a fingerprint prove, judged on their data.
//!
//! Three outcomes: a check holds, it raises doubt, or it is fatal. Doubt costs the bonus and never
//! more; what is fatal (numbers that no hardware produces, or no evidence where every machine of the
//! class has some) costs everything. What a class of machines cannot measure is neutral.

use protocol::fingerprint::{Check, CheckData, CheckName, Fingerprint};

use super::decimal::Decimal;

/// Below this coefficient of variation no real clock stays (wire section 5.2).
const SYNTHETIC_CV: Decimal = Decimal::from_billionths(100_000);
/// Below this one no vintage machine stays (wire section 5.2).
const VINTAGE_STABLE_CV: Decimal = Decimal::from_billionths(5_000_000);
/// A cache level is slower than the one before by at least this factor (wire section 5.1).
const FLAT_CACHE_RATIO: Decimal = Decimal::from_billionths(1_010_000_000);

/// Members of `anti_emulation` that show that something was looked at (wire section 5.2).
const LOOKED_AT: [&str; 5] =
    ["vm_indicators", "emulator_indicators", "dmesg_scanned", "paths_checked", "cpuinfo_flags"];

/// Checks that a bridge makes of a console.
const BRIDGE_CHECKS: [CheckName; 3] =
    [CheckName::CtrlPortTiming, CheckName::RomExecutionTiming, CheckName::BusJitter];

/// Which checks a class of machines can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// Everything that a computer of today can measure; clock and anti-emulation are required.
    Modern,
    /// Anti-emulation alone is required, and a bare verdict is neutral.
    Vintage {
        /// Whether a very even clock contradicts the class.
        unsteady: bool,
    },
    /// Measured from outside by a bridge: controller port or anti-emulation is required.
    Console,
}

/// A check that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedCheck {
    /// The check, or the part of the attestation, by its name on the wire.
    pub check: &'static str,
    /// Why, in a stable code.
    pub reason: &'static str,
}

/// What the checks prove together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// The checks that do not hold.
    pub failed: Vec<FailedCheck>,
    /// Whether one of them costs everything.
    pub fatal: bool,
    /// Whether one of them costs the bonus.
    pub doubt: bool,
}

impl Findings {
    fn fatal(&mut self, check: CheckName, reason: &'static str) {
        self.fatal = true;
        self.failed.push(FailedCheck { check: check.as_str(), reason });
    }

    fn doubt(&mut self, check: CheckName, reason: &'static str) {
        self.doubt = true;
        self.failed.push(FailedCheck { check: check.as_str(), reason });
    }
}

/// Judges all checks but the tells of virtual machines, which have their own rules.
pub fn judge_checks(fingerprint: &Fingerprint, regime: Regime) -> Findings {
    let mut findings = Findings::default();
    judge_required(&mut findings, fingerprint, regime);
    judge_clock(&mut findings, fingerprint, regime);
    for name in BRIDGE_CHECKS {
        let data = fingerprint.data(name);
        if data.is_some_and(|data| decimal(data, "cv").is_some_and(is_synthetic)) {
            findings.fatal(name, "timing_too_uniform");
        }
    }
    let oracle = fingerprint.data(CheckName::DeviceAgeOracle);
    if oracle.is_some_and(|data| data.texts("mismatch_reasons").next().is_some()) {
        findings.doubt(CheckName::DeviceAgeOracle, "age_mismatch");
    }
    if regime == Regime::Modern {
        judge_cache(&mut findings, fingerprint);
        judge_variation(&mut findings, fingerprint, CheckName::ThermalDrift, &THERMAL);
        judge_variation(&mut findings, fingerprint, CheckName::InstructionJitter, &JITTER);
    }
    findings
}

/// Whether a bridge has measured a console.
pub fn is_bridged(fingerprint: &Fingerprint) -> bool {
    BRIDGE_CHECKS.iter().any(|name| fingerprint.data(*name).is_some_and(|data| !data.is_empty()))
}

/// What was given for a required check.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    /// Data that shows something.
    Evidence,
    /// A bare `true`.
    BareTrue,
    /// Nothing, a bare `false`, or data that shows nothing.
    Nothing,
}

fn given(
    fingerprint: &Fingerprint,
    name: CheckName,
    shows: impl FnOnce(&CheckData) -> bool,
) -> Given {
    match fingerprint.check(name) {
        Some(Check::Measured { data, .. }) if shows(data) => Given::Evidence,
        Some(Check::Bare(true)) => Given::BareTrue,
        _ => Given::Nothing,
    }
}

fn judge_required(findings: &mut Findings, fingerprint: &Fingerprint, regime: Regime) {
    let anti_emulation = given(fingerprint, CheckName::AntiEmulation, |data| {
        LOOKED_AT.iter().any(|name| data.get(name).is_some())
    });
    let enough = match regime {
        Regime::Modern => anti_emulation == Given::Evidence,
        Regime::Vintage { .. } => anti_emulation != Given::Nothing,
        Regime::Console => {
            let port = given(fingerprint, CheckName::CtrlPortTiming, |data| !data.is_empty());
            anti_emulation != Given::Nothing || port != Given::Nothing
        }
    };
    if !enough {
        findings.fatal(CheckName::AntiEmulation, "no_evidence");
    }
}

fn judge_clock(findings: &mut Findings, fingerprint: &Fingerprint, regime: Regime) {
    let name = CheckName::ClockDrift;
    let data = fingerprint.data(name);
    let cv = data.and_then(|data| decimal(data, "cv"));
    let samples = data.and_then(|data| decimal(data, "samples"));
    let Some(cv) = cv.filter(|cv| *cv >= Decimal::ZERO) else {
        if regime == Regime::Modern {
            findings.fatal(name, "no_evidence");
        }
        return;
    };
    if cv == Decimal::ZERO {
        // A clock too coarse to vary is nothing new on old machines.
        if regime == Regime::Modern {
            let was_timed = samples.is_some_and(|samples| samples > Decimal::ZERO);
            findings.fatal(name, if was_timed { "timing_too_uniform" } else { "no_evidence" });
        }
    } else if is_synthetic(cv) {
        findings.fatal(name, "timing_too_uniform");
    } else if regime == (Regime::Vintage { unsteady: true }) && cv < VINTAGE_STABLE_CV {
        findings.doubt(name, "vintage_timing_too_stable");
    } else if regime == Regime::Modern && is_zero(data, "drift_stdev") {
        findings.fatal(name, "no_drift");
    }
}

fn judge_cache(findings: &mut Findings, fingerprint: &Fingerprint) {
    let name = CheckName::CacheTiming;
    let Some(check) = fingerprint.check(name) else { return };
    let Some(data) = check.data().filter(|data| !data.is_empty()) else {
        doubt_unless_claimed(findings, name, check);
        return;
    };
    let latencies = ["l1_ns", "l2_ns", "l3_ns"];
    if latencies.iter().any(|latency| is_zero(Some(data), latency)) {
        findings.doubt(name, "zero_latency");
        return;
    }
    let ratios = ["l2_l1_ratio", "l3_l2_ratio", "hierarchy_ratio"];
    let mut ratios = ratios.iter().filter_map(|ratio| decimal(data, ratio)).peekable();
    if ratios.peek().is_some() && ratios.all(|ratio| ratio < FLAT_CACHE_RATIO) {
        findings.doubt(name, "no_cache_hierarchy");
    }
}

/// Members that say how much a measurement varies, and what it means when none does.
struct Variation {
    members: &'static [&'static str],
    reason: &'static str,
}

const THERMAL: Variation =
    Variation { members: &["cold_stdev", "hot_stdev", "variance"], reason: "no_thermal_variance" };
const JITTER: Variation = Variation {
    members: &["int_stdev", "fp_stdev", "branch_stdev", "stddev_ns", "cv"],
    reason: "no_jitter",
};

fn judge_variation(
    findings: &mut Findings,
    fingerprint: &Fingerprint,
    name: CheckName,
    variation: &Variation,
) {
    let Some(check) = fingerprint.check(name) else { return };
    let Some(data) = check.data() else {
        doubt_unless_claimed(findings, name, check);
        return;
    };
    let mut given = variation.members.iter().filter_map(|member| decimal(data, member)).peekable();
    if given.peek().is_none() {
        findings.doubt(name, "no_evidence");
    } else if given.all(|value| value == Decimal::ZERO) {
        findings.fatal(name, variation.reason);
    }
}

/// A bare `true` for a check that is not required is as good as leaving it out.
fn doubt_unless_claimed(findings: &mut Findings, name: CheckName, check: &Check) {
    if *check != Check::Bare(true) {
        findings.doubt(name, "no_evidence");
    }
}

fn decimal(data: &CheckData, member: &str) -> Option<Decimal> {
    data.number(member).and_then(Decimal::parse)
}

fn is_zero(data: Option<&CheckData>, member: &str) -> bool {
    data.and_then(|data| decimal(data, member)) == Some(Decimal::ZERO)
}

fn is_synthetic(cv: Decimal) -> bool {
    cv.is_positive_below(SYNTHETIC_CV)
}

#[cfg(test)]
mod tests {
    use protocol::json::Json;

    use super::*;

    const CLEAN: &str = r#""anti_emulation":{"data":{"vm_indicators":[]}}"#;
    const STEADY: &str = r#""clock_drift":{"data":{"cv":0.05}}"#;
    const VINTAGE: Regime = Regime::Vintage { unsteady: true };

    fn judge(checks: &[&str], regime: Regime) -> Findings {
        let text = format!("{{\"checks\":{{{}}}}}", checks.join(","));
        let fingerprint = Fingerprint::read(&Json::parse(text.as_bytes()).unwrap()).unwrap();
        judge_checks(&fingerprint, regime)
    }

    fn reasons(findings: &Findings) -> Vec<(&'static str, &'static str)> {
        findings.failed.iter().map(|failed| (failed.check, failed.reason)).collect()
    }

    #[test]
    fn evidence_is_enough_without_a_verdict() {
        assert_eq!(judge(&[CLEAN, STEADY], Regime::Modern), Findings::default());
        let refused_by_itself = r#""anti_emulation":{"passed":false,"data":{"vm_indicators":[]}}"#;
        assert_eq!(judge(&[refused_by_itself, STEADY], Regime::Modern), Findings::default());
    }

    #[test]
    fn a_verdict_without_evidence_is_nothing_on_modern_hardware() {
        for anti_emulation in [
            r#""anti_emulation":true"#,
            r#""anti_emulation":{"passed":true}"#,
            r#""anti_emulation":{"passed":true,"data":{}}"#,
            r#""anti_emulation":{"passed":true,"data":{"fail_reason":"none"}}"#,
            r#""gpu":true"#,
        ] {
            let findings = judge(&[anti_emulation, STEADY], Regime::Modern);
            assert_eq!(reasons(&findings), [("anti_emulation", "no_evidence")], "{anti_emulation}");
            assert!(findings.fatal);
        }
        for clock in [
            r#""clock_drift":true"#,
            r#""clock_drift":{"passed":true,"data":{"cv":0,"samples":0}}"#,
            r#""clock_drift":{"data":{"cv":-0.1}}"#,
            r#""clock_drift":{}"#,
        ] {
            let findings = judge(&[CLEAN, clock], Regime::Modern);
            assert_eq!(reasons(&findings), [("clock_drift", "no_evidence")], "{clock}");
        }
    }

    #[test]
    fn what_old_machines_cannot_measure_is_neutral() {
        let neutral = |checks: &[&str]| {
            assert_eq!(judge(checks, VINTAGE), Findings::default(), "{checks:?}");
        };
        let bare = r#""anti_emulation":true"#;
        neutral(&[bare]);
        neutral(&[bare, r#""clock_drift":true"#, r#""cache_timing":false"#]);
        neutral(&[CLEAN, r#""clock_drift":{"data":{"cv":0,"samples":200}}"#]);
        neutral(&[CLEAN, r#""cache_timing":{"data":{"l1_ns":0,"l2_ns":0,"l2_l1_ratio":0.97}}"#]);
        neutral(&[CLEAN, r#""thermal_drift":{"data":{"cold_stdev":0,"hot_stdev":0}}"#]);
        assert!(judge(&[r#""anti_emulation":false"#], VINTAGE).fatal);
        assert!(judge(&[STEADY], VINTAGE).fatal);
        assert_eq!(judge(&[r#""ctrl_port_timing":true"#], Regime::Console), Findings::default());
        assert!(judge(&[r#""bus_jitter":true"#], Regime::Console).fatal);
    }

    #[test]
    fn clocks_that_no_hardware_has_are_fatal() {
        for (cv, regime, expected) in [
            ("0.000099", Regime::Modern, Some(("timing_too_uniform", true))),
            ("0.0001", Regime::Modern, None),
            ("1e-300", Regime::Modern, Some(("timing_too_uniform", true))),
            ("0", Regime::Modern, Some(("no_evidence", true))),
            ("0.9", Regime::Modern, None),
            ("0.00005", VINTAGE, Some(("timing_too_uniform", true))),
            ("0.0049999", VINTAGE, Some(("vintage_timing_too_stable", false))),
            ("0.005", VINTAGE, None),
            ("0.001", Regime::Vintage { unsteady: false }, None),
        ] {
            let clock = format!("\"clock_drift\":{{\"passed\":true,\"data\":{{\"cv\":{cv}}}}}");
            let findings = judge(&[CLEAN, &clock], regime);
            let reason = findings.failed.first().map(|failed| (failed.reason, findings.fatal));
            assert_eq!(reason, expected, "{cv} {regime:?}");
        }
        let still = r#""clock_drift":{"data":{"cv":0.01,"drift_stdev":0}}"#;
        assert_eq!(reasons(&judge(&[CLEAN, still], Regime::Modern)), [("clock_drift", "no_drift")]);
        let port = r#""ctrl_port_timing":{"data":{"cv":0.00001}}"#;
        assert!(judge(&[CLEAN, port], Regime::Console).fatal);
    }

    #[test]
    fn flat_caches_raise_doubt_and_frozen_timers_are_fatal() {
        let check = |check: &str| judge(&[CLEAN, STEADY, check], Regime::Modern);
        let flat = check(
            r#""cache_timing":{"data":{"l1_ns":50.1,"l2_ns":50.2,"l2_l1_ratio":1.002,"l3_l2_ratio":1.0}}"#,
        );
        assert_eq!(reasons(&flat), [("cache_timing", "no_cache_hierarchy")]);
        assert!(flat.doubt && !flat.fatal);
        let two_levels = check(r#""cache_timing":{"data":{"l2_l1_ratio":1.3,"l3_l2_ratio":1.0}}"#);
        assert_eq!(two_levels, Findings::default());
        let frozen = check(r#""thermal_drift":{"data":{"cold_stdev":0,"hot_stdev":0}}"#);
        assert_eq!(reasons(&frozen), [("thermal_drift", "no_thermal_variance")]);
        assert!(frozen.fatal);
        let still = check(
            r#""instruction_jitter":{"data":{"int_stdev":0,"fp_stdev":0.0,"branch_stdev":0e3}}"#,
        );
        assert_eq!(reasons(&still), [("instruction_jitter", "no_jitter")]);
        let empty = check(r#""thermal_entropy":{"passed":true,"data":{}}"#);
        assert_eq!(reasons(&empty), [("thermal_drift", "no_evidence")]);
        assert!(empty.doubt && !empty.fatal);
    }

    #[test]
    fn a_mismatch_of_age_raises_doubt() {
        let oracle = r#""device_age_oracle":{"data":{"mismatch_reasons":["avx2 on 1999"]}}"#;
        let findings = judge(&[CLEAN, STEADY, oracle], Regime::Modern);
        assert_eq!(reasons(&findings), [("device_age_oracle", "age_mismatch")]);
    }
}
