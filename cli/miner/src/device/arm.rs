//! Names the class of an ARM processor from its implementer and part numbers.
//!
//! The numbers are those of the main ID register, as listed in the kernel's
//! `arch/arm64/include/asm/cputype.h` and `arch/arm/include/asm/cputype.h`.

use super::Processor;
use crate::cpuinfo::CpuInfo;
use crate::host::Host;

const IMPLEMENTER_ARM: u32 = 0x41;
const IMPLEMENTER_DEC: u32 = 0x44;
const IMPLEMENTER_APPLE: u32 = 0x61;
const IMPLEMENTER_INTEL: u32 = 0x69;

/// Describes an ARM processor. Where big and little cores are mixed, the first one speaks.
pub(super) fn processor(host: &dyn Host, cpu: &CpuInfo) -> Processor {
    let implementer = cpu.number("CPU implementer").unwrap_or_default();
    let part = cpu.number("CPU part").unwrap_or_default();
    let model = host.text("/proc/device-tree/model");
    if let Some((arch, name)) = apple(implementer, part) {
        return Processor { family: "Apple Silicon", arch, name: name.to_owned(), model };
    }
    let name = part_name(implementer, part)
        .or_else(|| cpu.first("model name"))
        .or_else(|| cpu.first("Processor"))
        .unwrap_or("unknown ARM processor");
    let arch = vintage(implementer, part).unwrap_or_else(|| match cpu.machine() {
        "aarch64" | "arm64" => "aarch64",
        _ => "armv7",
    });
    Processor { family: "ARM", arch, name: name.to_owned(), model }
}

/// Apple's cores, efficiency and performance alike. A virtual machine on such a computer shows part
/// number 0 and is no class of its own.
fn apple(implementer: u32, part: u32) -> Option<(&'static str, &'static str)> {
    if implementer != IMPLEMENTER_APPLE {
        return None;
    }
    match part {
        0x022..=0x025 | 0x028 | 0x029 => Some(("M1", "Apple M1")),
        0x032..=0x035 | 0x038 | 0x039 => Some(("M2", "Apple M2")),
        _ => None,
    }
}

/// The classes of old cores that the multiplier table lists by themselves.
fn vintage(implementer: u32, part: u32) -> Option<&'static str> {
    match (implementer, part) {
        (IMPLEMENTER_ARM, 0x920 | 0x922 | 0x940 | 0x946 | 0x966) => Some("arm9"),
        (IMPLEMENTER_ARM, 0x926) => Some("arm926ej"),
        (IMPLEMENTER_ARM, 0xb36 | 0xb56 | 0xb02) => Some("arm11"),
        (IMPLEMENTER_ARM, 0xb76) => Some("arm1176"),
        (IMPLEMENTER_ARM, 0xc08) => Some("cortex_a8"),
        (IMPLEMENTER_ARM, 0xc09) => Some("cortex_a9"),
        (IMPLEMENTER_DEC, 0xa10) => Some("strongarm"),
        (IMPLEMENTER_DEC | IMPLEMENTER_INTEL, 0xa11) => Some("sa1100"),
        (IMPLEMENTER_INTEL, 0xb11) => Some("sa1110"),
        (IMPLEMENTER_INTEL, 0x200..=0x6ff) => Some("xscale"),
        _ => None,
    }
}

/// The names of ARM's own designs, for kernels that print the part number alone.
fn part_name(implementer: u32, part: u32) -> Option<&'static str> {
    if implementer != IMPLEMENTER_ARM {
        return None;
    }
    let name = match part {
        0x926 => "ARM926EJ-S",
        0xb36 => "ARM1136",
        0xb76 => "ARM1176",
        0xc05 => "ARM Cortex-A5",
        0xc07 => "ARM Cortex-A7",
        0xc08 => "ARM Cortex-A8",
        0xc09 => "ARM Cortex-A9",
        0xc0f => "ARM Cortex-A15",
        0xd03 => "ARM Cortex-A53",
        0xd04 => "ARM Cortex-A35",
        0xd05 => "ARM Cortex-A55",
        0xd07 => "ARM Cortex-A57",
        0xd08 => "ARM Cortex-A72",
        0xd09 => "ARM Cortex-A73",
        0xd0a => "ARM Cortex-A75",
        0xd0b => "ARM Cortex-A76",
        0xd0c => "ARM Neoverse-N1",
        0xd40 => "ARM Neoverse-V1",
        0xd41 => "ARM Cortex-A78",
        0xd49 => "ARM Neoverse-N2",
        0xd4f => "ARM Neoverse-V2",
        _ => return None,
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_cores_have_classes_of_their_own() {
        assert_eq!(vintage(IMPLEMENTER_ARM, 0xb76), Some("arm1176"));
        assert_eq!(vintage(IMPLEMENTER_ARM, 0xc09), Some("cortex_a9"));
        assert_eq!(vintage(IMPLEMENTER_INTEL, 0x411), Some("xscale"));
        assert_eq!(vintage(IMPLEMENTER_INTEL, 0xb11), Some("sa1110"));
        assert_eq!(vintage(IMPLEMENTER_ARM, 0xd08), None);
        assert_eq!(vintage(IMPLEMENTER_APPLE, 0xc09), None);
    }

    #[test]
    fn apple_cores() {
        assert_eq!(apple(IMPLEMENTER_APPLE, 0x022), Some(("M1", "Apple M1")));
        assert_eq!(apple(IMPLEMENTER_APPLE, 0x039), Some(("M2", "Apple M2")));
        assert_eq!(apple(IMPLEMENTER_APPLE, 0), None);
        assert_eq!(apple(IMPLEMENTER_ARM, 0x022), None);
    }
}
