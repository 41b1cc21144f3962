//! Names the class of an x86 processor from its vendor, family and model numbers.
//!
//! The numbers are those of the CPUID instruction; Intel's are listed in the kernel's
//! `arch/x86/include/asm/intel-family.h`. The marketing name decides only where one number was
//! sold as two classes (Pentium 4 and Pentium D).

use super::Processor;
use crate::cpuinfo::CpuInfo;

/// Vendors whose processors all date from before the Core era.
const RETRO_VENDORS: [&str; 8] = [
    "CentaurHauls",
    "CyrixInstead",
    "GenuineTMx86",
    "TransmetaCPU",
    "Geode by NSC",
    "NexGenDriven",
    "RiseRiseRise",
    "UMC UMC UMC",
];

/// Describes an x86 processor.
pub(super) fn processor(cpu: &CpuInfo) -> Processor {
    let name = cpu.first("model name").unwrap_or("unknown x86 processor").to_owned();
    let family = cpu.number("cpu family").unwrap_or_default();
    let model = cpu.number("model").unwrap_or_default();
    let arch = match cpu.first("vendor_id").unwrap_or_default() {
        "GenuineIntel" => intel(family, model, &name),
        "AuthenticAMD" => amd(family),
        vendor if RETRO_VENDORS.contains(&vendor) => "retro",
        _ => "modern",
    };
    Processor { family: "x86", arch, name, model: None }
}

/// The class of an Intel processor.
fn intel(family: u32, model: u32, name: &str) -> &'static str {
    match family {
        3 => "386",
        4 => "486",
        5 if matches!(model, 4 | 8) => "pentium_mmx",
        5 => "pentium",
        6 => intel_family_6(model),
        15 if name.contains("Pentium(R) D") => "pentium_d",
        15 => "pentium4",
        _ => "modern",
    }
}

/// Family 6 runs from the Pentium Pro to this day. Westmere is the shrunk Nehalem and counts as one.
fn intel_family_6(model: u32) -> &'static str {
    match model {
        0 | 1 => "pentium_pro",
        3 | 5 | 6 => "pentium_ii",
        7 | 8 | 10 | 11 => "pentium_iii",
        9 => "pentium_m_banias",
        13 => "pentium_m_dothan",
        14 => "pentium_m_yonah",
        15 | 22 | 23 | 29 => "core2",
        26 | 30 | 31 | 46 | 37 | 44 | 47 => "nehalem",
        42 | 45 => "sandy_bridge",
        58 | 62 => "ivy_bridge",
        60 | 63 | 69 | 70 => "haswell",
        61 | 71 | 79 | 86 => "broadwell",
        _ => "modern",
    }
}

/// The class of an AMD processor: K5 to K10 (family 16, sold from 2007) have no class of their own
/// in the table of this family.
fn amd(family: u32) -> &'static str {
    match family {
        4 => "486",
        5 | 6 | 15 | 16 | 17 => "retro",
        _ => "modern",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intel_classes() {
        for (family, model, name, wanted) in [
            (4, 8, "486 DX/4", "486"),
            (5, 2, "Pentium 75 - 200", "pentium"),
            (5, 4, "Pentium MMX", "pentium_mmx"),
            (6, 8, "Pentium III (Coppermine)", "pentium_iii"),
            (6, 13, "Intel(R) Pentium(R) M processor 1.86GHz", "pentium_m_dothan"),
            (6, 23, "Intel(R) Core(TM)2 Duo CPU     E8400  @ 3.00GHz", "core2"),
            (6, 44, "Intel(R) Xeon(R) CPU           X5680  @ 3.33GHz", "nehalem"),
            (6, 42, "Intel(R) Core(TM) i5-2520M CPU @ 2.50GHz", "sandy_bridge"),
            (6, 58, "Intel(R) Core(TM) i5-3570 CPU @ 3.40GHz", "ivy_bridge"),
            (6, 60, "Intel(R) Core(TM) i5-4590 CPU @ 3.30GHz", "haswell"),
            (6, 61, "Intel(R) Core(TM) i5-5200U CPU @ 2.20GHz", "broadwell"),
            (6, 158, "Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz", "modern"),
            (15, 2, "Intel(R) Pentium(R) 4 CPU 2.40GHz", "pentium4"),
            (15, 6, "Intel(R) Pentium(R) D CPU 3.00GHz", "pentium_d"),
            (19, 1, "a family not made yet", "modern"),
        ] {
            assert_eq!(intel(family, model, name), wanted, "{name}");
        }
    }

    #[test]
    fn amd_classes() {
        assert_eq!(amd(6), "retro"); // Athlon
        assert_eq!(amd(15), "retro"); // Athlon 64
        assert_eq!(amd(16), "retro"); // Phenom
        assert_eq!(amd(21), "modern"); // Bulldozer
        assert_eq!(amd(25), "modern"); // Zen 3
    }
}
