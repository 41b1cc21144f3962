//! What speaks for a virtual machine or an emulator.
//!
//! Evidence is what was measured and what the CPU calls itself. Host names and other free text never
//! count: "dawson" is not a cloud because "aws" stands in it.

use protocol::attestation::Device;
use protocol::fingerprint::{CheckData, CheckName, Datum, Fingerprint};

use super::evidence::FailedCheck;
use super::isa::{has_word, plain_name};

/// Names that only virtual CPUs have (QEMU's `-cpu qemu64`, `kvm64` and TCG).
const VIRTUAL_CPUS: [&str; 3] = ["qemu virtual cpu", "common kvm processor", "qemu tcg cpu"];

/// The flag by which a CPU says that it is a guest.
const HYPERVISOR_FLAG: &str = "hypervisor";

/// Every tell of a virtual machine or an emulator; none for real hardware.
pub fn tells(device: &Device, fingerprint: Option<&Fingerprint>) -> Vec<FailedCheck> {
    let mut found = Vec::new();
    let mut tell = |check, reason| found.push(FailedCheck { check, reason });
    if let Some(fingerprint) = fingerprint {
        if let Some(data) = fingerprint.data(CheckName::AntiEmulation) {
            if says_virtual(data) {
                tell(CheckName::AntiEmulation.as_str(), "vm_detected");
            }
            if is_positive(data.get("emulator_indicators")) {
                tell(CheckName::AntiEmulation.as_str(), "emulator_detected");
            }
        }
        for name in [CheckName::SimdIdentity, CheckName::DeviceAgeOracle] {
            if fingerprint.data(name).is_some_and(has_hypervisor_flag) {
                tell(name.as_str(), "hypervisor_flag");
            }
        }
        let rom = fingerprint.data(CheckName::RomFingerprint);
        if rom.is_some_and(|data| is_positive(data.get("emulator_detected"))) {
            tell(CheckName::RomFingerprint.as_str(), "known_emulator_rom");
        }
    }
    let cpu = plain_name(device.cpu.as_deref().unwrap_or_default());
    if VIRTUAL_CPUS.iter().any(|name| has_word(&cpu, name, true)) {
        tell("device", "virtual_cpu");
    }
    found
}

fn says_virtual(data: &CheckData) -> bool {
    ["vm_indicators", "is_likely_vm", "indicator_count"]
        .iter()
        .any(|name| is_positive(data.get(name)))
        || has_hypervisor_flag(data)
}

fn has_hypervisor_flag(data: &CheckData) -> bool {
    let lists = ["cpuinfo_flags", "sample_flags", "flags_sample", "flags", "x86_features"];
    let listed =
        |name: &&str| data.texts(name).any(|flag| flag.eq_ignore_ascii_case(HYPERVISOR_FLAG));
    let written = |name: &&str| {
        data.text(name).is_some_and(|text| has_word(&text.to_lowercase(), HYPERVISOR_FLAG, true))
    };
    lists.iter().any(|name| listed(name) || written(name))
}

/// Whether a value says "yes": true, a number other than zero, a text other than a "no", or a list
/// with something in it.
fn is_positive(value: Option<&Datum>) -> bool {
    match value {
        None | Some(Datum::Null) => false,
        Some(Datum::Bool(value)) => *value,
        // A number in decimal notation is zero when its mantissa has no other digit.
        Some(Datum::Number(text)) => text
            .split(['e', 'E'])
            .next()
            .is_some_and(|m| m.bytes().any(|b| (b'1'..=b'9').contains(&b))),
        Some(Datum::Text(text)) => {
            let text = text.trim();
            !["", "none", "no", "false", "0"].iter().any(|no| text.eq_ignore_ascii_case(no))
        }
        Some(Datum::List(items)) => !items.is_empty(),
        Some(Datum::Nested(members)) => *members > 0,
    }
}

#[cfg(test)]
mod tests {
    use protocol::json::Json;

    use super::*;

    fn reasons(checks: &str, cpu: &str) -> Vec<&'static str> {
        let text = format!("{{\"checks\":{{{checks}}}}}");
        let fingerprint = Fingerprint::read(&Json::parse(text.as_bytes()).unwrap()).unwrap();
        let device = Device { cpu: Some(cpu.into()), ..Device::default() };
        tells(&device, Some(&fingerprint)).iter().map(|tell| tell.reason).collect()
    }

    fn anti_emulation(data: &str) -> Vec<&'static str> {
        reasons(&format!("\"anti_emulation\":{{\"passed\":true,\"data\":{{{data}}}}}"), "")
    }

    #[test]
    fn evidence_counts_whatever_the_client_concludes() {
        for data in [
            r#""vm_indicators":["qemu"]"#,
            r#""vm_indicators":"kvm""#,
            r#""vm_indicators":{"a":1}"#,
            r#""vm_indicators":[],"is_likely_vm":true"#,
            r#""vm_indicators":[],"indicator_count":3"#,
            r#""cpuinfo_flags":["sse2","hypervisor"]"#,
            r#""cpuinfo_flags":"fpu sse2 hypervisor lahf_lm""#,
        ] {
            assert_eq!(anti_emulation(data), ["vm_detected"], "{data}");
        }
        assert_eq!(anti_emulation(r#""emulator_indicators":["mame"]"#), ["emulator_detected"]);
        let simd = r#""simd_identity":{"data":{"sample_flags":["fpu","hypervisor"]}}"#;
        assert_eq!(reasons(simd, ""), ["hypervisor_flag"]);
        let rom = r#""rom_fingerprint":{"data":{"emulator_detected":true}}"#;
        assert_eq!(reasons(rom, ""), ["known_emulator_rom"]);
        assert_eq!(reasons("", "QEMU Virtual CPU version 2.5+"), ["virtual_cpu"]);
    }

    #[test]
    fn real_hardware_is_left_alone() {
        for data in [
            "",
            r#""vm_indicators":[],"indicator_count":0,"is_likely_vm":false"#,
            r#""vm_indicators":null,"indicator_count":0.0"#,
            r#""vm_indicators":"none","emulator_indicators":[]"#,
            r#""paths_checked":["/sys/hypervisor/type","/sys/class/dmi/id/sys_vendor"]"#,
        ] {
            assert!(anti_emulation(data).is_empty(), "{data}");
        }
        assert!(reasons("", "Intel(R) Xeon(R) CPU E5-2680 v4").is_empty());
        assert!(tells(&Device::default(), None).is_empty());
    }
}
