//! What a miner measured of its hardware: named checks with their data, as they were sent.
//!
//! This is only the shape of `fingerprint` (wire section 5.1). What the data proves is judged by
//! the books, which never believe `passed` and `all_passed`; both are kept for the record.

use std::collections::BTreeMap;

use crate::json::Json;

/// Most checks that a fingerprint may have; the existing clients send at most nine.
pub const MAX_CHECKS: usize = 64;
/// Most members that the data of one check may have.
pub const MAX_DATA_MEMBERS: usize = 128;
/// Most items that a list in the data may have; a CPU of today has about 150 flags.
pub const MAX_LIST_ITEMS: usize = 256;
/// Longest text in the data, and longest name of a check or member, in bytes.
pub const MAX_TEXT_BYTES: usize = 2_048;

/// The checks that the existing clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckName {
    /// How much the time of equal work varies.
    ClockDrift,
    /// Latency of small, medium and large working sets.
    CacheTiming,
    /// Which vector units the CPU has.
    SimdIdentity,
    /// How timing changes when the CPU gets warm.
    ThermalDrift,
    /// How much integer, float and branch code varies.
    InstructionJitter,
    /// What speaks for a virtual machine or an emulator.
    AntiEmulation,
    /// Which ROM images a retro machine runs.
    RomFingerprint,
    /// What the CPU says about its own age.
    DeviceAgeOracle,
    /// Timing of a console's controller port.
    CtrlPortTiming,
    /// Timing of code in a console's cartridge.
    RomExecutionTiming,
    /// Variation on a console's bus.
    BusJitter,
}

impl CheckName {
    /// Every check.
    pub const ALL: [Self; 11] = [
        Self::ClockDrift,
        Self::CacheTiming,
        Self::SimdIdentity,
        Self::ThermalDrift,
        Self::InstructionJitter,
        Self::AntiEmulation,
        Self::RomFingerprint,
        Self::DeviceAgeOracle,
        Self::CtrlPortTiming,
        Self::RomExecutionTiming,
        Self::BusJitter,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClockDrift => "clock_drift",
            Self::CacheTiming => "cache_timing",
            Self::SimdIdentity => "simd_identity",
            Self::ThermalDrift => "thermal_drift",
            Self::InstructionJitter => "instruction_jitter",
            Self::AntiEmulation => "anti_emulation",
            Self::RomFingerprint => "rom_fingerprint",
            Self::DeviceAgeOracle => "device_age_oracle",
            Self::CtrlPortTiming => "ctrl_port_timing",
            Self::RomExecutionTiming => "rom_execution_timing",
            Self::BusJitter => "bus_jitter",
        }
    }

    /// The other name that some clients send.
    const fn alias(self) -> Option<&'static str> {
        match self {
            Self::SimdIdentity => Some("simd_bias"),
            Self::ThermalDrift => Some("thermal_entropy"),
            _ => None,
        }
    }
}

/// One value in the data of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Datum {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(Box<str>),
    /// A text.
    Text(Box<str>),
    /// A list; nested lists and objects in it count as [`Datum::Nested`].
    List(Box<[Self]>),
    /// An object, or a list in a list, of which only the number of members is kept.
    Nested(usize),
}

/// The data of a check, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckData(BTreeMap<Box<str>, Datum>);

impl CheckData {
    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Datum> {
        self.0.get(name)
    }

    /// The text of a number.
    pub fn number(&self, name: &str) -> Option<&str> {
        if let Some(Datum::Number(text)) = self.get(name) { Some(text) } else { None }
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&str> {
        if let Some(Datum::Text(text)) = self.get(name) { Some(text) } else { None }
    }

    /// The texts of a list; other items are left out.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let items: &[Datum] =
            if let Some(Datum::List(items)) = self.get(name) { items } else { &[] };
        items
            .iter()
            .filter_map(|item| if let Datum::Text(text) = item { Some(&**text) } else { None })
    }

    /// Whether a value is literally `true`.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some(&Datum::Bool(true))
    }

    /// Whether there is no data at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What was sent for one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// A bare verdict of the client, as the C miners send it.
    Bare(bool),
    /// A verdict, if any, and data.
    Measured {
        /// The client's own verdict.
        passed: Option<bool>,
        /// What it measured.
        data: CheckData,
    },
}

impl Check {
    /// The data; empty for a bare verdict.
    pub fn data(&self) -> Option<&CheckData> {
        if let Self::Measured { data, .. } = self { Some(data) } else { None }
    }
}

/// A fingerprint as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fingerprint {
    checks: BTreeMap<CheckName, Check>,
    unknown_checks: Vec<Box<str>>,
    all_passed: Option<bool>,
    bridge_type: Option<Box<str>>,
}

/// Why a fingerprint does not have the shape of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FingerprintShapeError {
    /// `fingerprint` is neither an object nor absent.
    #[error("Field 'fingerprint' must be a JSON object")]
    NotAnObject,
    /// `fingerprint.checks` is not an object.
    #[error("Field 'fingerprint.checks' must be a JSON object")]
    ChecksNotAnObject,
    /// A list, an object or a text is longer than allowed.
    #[error("Field 'fingerprint' has a list, an object or a text that is too long")]
    TooLarge,
    /// A measurement that is compared with thresholds is not a finite number.
    #[error("Field 'fingerprint.checks.{check}.data.{metric}' must be a finite number")]
    BadMetric {
        /// The check.
        check: &'static str,
        /// The member of its data.
        metric: &'static str,
    },
}

/// Members that must be finite numbers where they are given (wire section 4.2).
const METRICS: [(CheckName, &str); 6] = [
    (CheckName::ClockDrift, "cv"),
    (CheckName::ClockDrift, "samples"),
    (CheckName::ThermalDrift, "variance"),
    (CheckName::InstructionJitter, "cv"),
    (CheckName::InstructionJitter, "stddev_ns"),
    (CheckName::CacheTiming, "hierarchy_ratio"),
];

impl Fingerprint {
    /// Reads the value of `fingerprint`; an absent one is not for this function.
    pub fn read(value: &Json<'_>) -> Result<Self, FingerprintShapeError> {
        use FingerprintShapeError::{ChecksNotAnObject, NotAnObject, TooLarge};
        value.as_object().ok_or(NotAnObject)?;
        let mut fingerprint = Self {
            all_passed: value.get("all_passed").and_then(Json::as_bool),
            bridge_type: value
                .get("bridge_type")
                .and_then(Json::as_str)
                .map(bounded)
                .transpose()?,
            ..Self::default()
        };
        let Some(checks) = value.get("checks") else { return Ok(fingerprint) };
        let members = checks.as_object().ok_or(ChecksNotAnObject)?;
        if members.len() > MAX_CHECKS {
            return Err(TooLarge);
        }
        for name in CheckName::ALL {
            let sent = checks.get(name.as_str());
            if let Some(check) = sent.or_else(|| checks.get(name.alias()?)) {
                fingerprint.checks.insert(name, read_check(check)?);
            }
        }
        for (name, _) in members {
            if !is_known(name) {
                fingerprint.unknown_checks.push(bounded(name)?);
            }
        }
        fingerprint.check_metrics()?;
        Ok(fingerprint)
    }

    fn check_metrics(&self) -> Result<(), FingerprintShapeError> {
        for (check, metric) in METRICS {
            let sent = self.check(check).and_then(Check::data).and_then(|data| data.get(metric));
            let fits = match sent {
                None => true,
                Some(Datum::Number(text)) => is_finite(text),
                Some(_) => false,
            };
            if !fits {
                return Err(FingerprintShapeError::BadMetric { check: check.as_str(), metric });
            }
        }
        Ok(())
    }

    /// One check.
    pub fn check(&self, name: CheckName) -> Option<&Check> {
        self.checks.get(&name)
    }

    /// The data of one check; `None` when it was not sent or is a bare verdict.
    pub fn data(&self, name: CheckName) -> Option<&CheckData> {
        self.check(name).and_then(Check::data)
    }

    /// Whether no known check was sent.
    pub fn is_empty(&self) -> bool {
        self.checks.is_empty()
    }

    /// Names of checks that we do not know, for the metric that counts them.
    pub fn unknown_checks(&self) -> &[Box<str>] {
        &self.unknown_checks
    }

    /// The client's own verdict about all checks; never believed.
    pub const fn all_passed(&self) -> Option<bool> {
        self.all_passed
    }

    /// What connects a console to the network, `pico_serial` in the existing firmware.
    pub fn bridge_type(&self) -> Option<&str> {
        self.bridge_type.as_deref()
    }
}

fn is_known(name: &str) -> bool {
    CheckName::ALL.iter().any(|known| name == known.as_str() || Some(name) == known.alias())
}

/// A check is a bare verdict, an object with `passed` and `data`, or an object that holds its data
/// beside `passed`. Anything else is a check without evidence.
fn read_check(check: &Json<'_>) -> Result<Check, FingerprintShapeError> {
    if let Json::Bool(verdict) = check {
        return Ok(Check::Bare(*verdict));
    }
    let passed = check.get("passed").and_then(Json::as_bool);
    let data = match check.get("data") {
        Some(data @ Json::Object(_)) => read_data(data, &[])?,
        _ => read_data(check, &["passed", "data"])?,
    };
    Ok(Check::Measured { passed, data })
}

fn read_data(value: &Json<'_>, left_out: &[&str]) -> Result<CheckData, FingerprintShapeError> {
    let members = value.as_object().unwrap_or(&[]);
    if members.len() > MAX_DATA_MEMBERS {
        return Err(FingerprintShapeError::TooLarge);
    }
    members
        .iter()
        .filter(|(name, _)| !left_out.contains(&name.as_ref()))
        .map(|(name, value)| Ok((bounded(name)?, read_datum(value)?)))
        .collect::<Result<_, _>>()
        .map(CheckData)
}

fn read_datum(value: &Json<'_>) -> Result<Datum, FingerprintShapeError> {
    let Json::Array(items) = value else { return read_scalar(value) };
    if items.len() > MAX_LIST_ITEMS {
        return Err(FingerprintShapeError::TooLarge);
    }
    items.iter().map(read_scalar).collect::<Result<_, _>>().map(Datum::List)
}

fn read_scalar(value: &Json<'_>) -> Result<Datum, FingerprintShapeError> {
    Ok(match value {
        Json::Null => Datum::Null,
        Json::Bool(value) => Datum::Bool(*value),
        Json::Number(text) => Datum::Number(bounded(text)?),
        Json::String(text) => Datum::Text(bounded(text)?),
        Json::Array(items) => Datum::Nested(items.len()),
        Json::Object(members) => Datum::Nested(members.len()),
    })
}

fn bounded(text: &str) -> Result<Box<str>, FingerprintShapeError> {
    if text.len() > MAX_TEXT_BYTES { Err(FingerprintShapeError::TooLarge) } else { Ok(text.into()) }
}

/// Whether a number of JSON's grammar is finite as a 64-bit float, which is how clients read it.
fn is_finite(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json<'_> {
        Json::parse(text.as_bytes()).unwrap()
    }

    fn read(text: &str) -> Result<Fingerprint, FingerprintShapeError> {
        Fingerprint::read(&json(text))
    }

    #[test]
    fn keeps_what_was_sent_under_one_name() {
        let fingerprint = read(
            r#"{"all_passed":true,"bridge_type":"pico_serial","checks":{
                "simd_bias":{"passed":true,"data":{"has_sse":false,"sample_flags":["neon",7]}},
                "clock_drift":{"passed":null,"data":{"cv":1.50e-2,"note":null}},
                "anti_emulation":true,
                "rom_fingerprint":{"data":{"rom_hashes":{"a":"b"},"detection_details":[{}]}},
                "gpu":true}}"#,
        )
        .unwrap();
        let simd = fingerprint.data(CheckName::SimdIdentity).unwrap();
        assert_eq!(simd.texts("sample_flags").collect::<Vec<_>>(), ["neon"]);
        assert!(!simd.is_true("has_sse"));
        let clock = fingerprint.data(CheckName::ClockDrift).unwrap();
        assert_eq!(clock.number("cv"), Some("1.50e-2"));
        assert_eq!(fingerprint.check(CheckName::AntiEmulation), Some(&Check::Bare(true)));
        let rom = fingerprint.data(CheckName::RomFingerprint).unwrap();
        assert_eq!(rom.get("rom_hashes"), Some(&Datum::Nested(1)));
        assert_eq!(rom.get("detection_details"), Some(&Datum::List([Datum::Nested(0)].into())));
        assert_eq!(fingerprint.unknown_checks(), ["gpu".into()]);
        assert_eq!(
            (fingerprint.all_passed(), fingerprint.bridge_type()),
            (Some(true), Some("pico_serial"))
        );
    }

    #[test]
    fn data_beside_the_verdict_is_read_too() {
        let text = r#"{"checks":{"anti_emulation":{"passed":true,"vm_indicators":["qemu"]}}}"#;
        let fingerprint = read(text).unwrap();
        let data = fingerprint.data(CheckName::AntiEmulation).unwrap();
        assert_eq!(data.texts("vm_indicators").collect::<Vec<_>>(), ["qemu"]);
        assert_eq!(data.get("passed"), None);
    }

    #[test]
    fn the_name_proper_wins_over_its_alias() {
        let text = r#"{"checks":{"simd_bias":true,"simd_identity":false}}"#;
        let fingerprint = read(text).unwrap();
        assert_eq!(fingerprint.check(CheckName::SimdIdentity), Some(&Check::Bare(false)));
        assert!(fingerprint.unknown_checks().is_empty());
    }

    #[test]
    fn nonsense_is_a_check_without_evidence() {
        for nonsense in ["null", "1", "\"passed\"", "[]", "{\"data\":[]}", "{\"passed\":true}"] {
            let fingerprint =
                read(&format!("{{\"checks\":{{\"clock_drift\":{nonsense}}}}}")).unwrap();
            assert!(fingerprint.data(CheckName::ClockDrift).unwrap().is_empty(), "{nonsense}");
        }
        assert!(read("{}").unwrap().is_empty());
        assert!(read(r#"{"checks":{}}"#).unwrap().is_empty());
    }

    #[test]
    fn shapes_and_sizes_are_enforced() {
        use FingerprintShapeError::*;
        assert_eq!(read("[]"), Err(NotAnObject));
        assert_eq!(read(r#"{"checks":[]}"#), Err(ChecksNotAnObject));
        assert_eq!(read(r#"{"checks":null}"#), Err(ChecksNotAnObject));
        let list = |items: usize| {
            let items = vec!["1"; items].join(",");
            read(&format!("{{\"checks\":{{\"clock_drift\":{{\"data\":{{\"l\":[{items}]}}}}}}}}"))
        };
        assert!(list(MAX_LIST_ITEMS).is_ok());
        assert_eq!(list(MAX_LIST_ITEMS + 1), Err(TooLarge));
        let checks: Vec<String> = (0..=MAX_CHECKS).map(|n| format!("\"c{n}\":true")).collect();
        assert_eq!(read(&format!("{{\"checks\":{{{}}}}}", checks.join(","))), Err(TooLarge));
    }

    #[test]
    fn metrics_are_finite_numbers() {
        let clock = |cv: &str| {
            read(&format!("{{\"checks\":{{\"clock_drift\":{{\"data\":{{\"cv\":{cv}}}}}}}}}"))
        };
        assert!(clock("0").is_ok());
        assert!(clock("-1.5e-300").is_ok());
        for bad in ["1e999", "\"0.1\"", "true", "null", "[]"] {
            let error = FingerprintShapeError::BadMetric { check: "clock_drift", metric: "cv" };
            assert_eq!(clock(bad), Err(error), "{bad}");
        }
    }
}
