//! Names the class of a PowerPC or POWER processor from the kernel's name for it.
//!
//! The kernel identifies the chip by its version register and prints a number such as `7447A`;
//! the names are those of `arch/powerpc/kernel/cputable.c` and its siblings.

use super::Processor;
use crate::cpuinfo::CpuInfo;

/// Describes a `PowerPC` processor.
pub(super) fn processor(cpu: &CpuInfo) -> Processor {
    let told = cpu.first("cpu").unwrap_or("unknown");
    let model = cpu.first("machine").map(str::to_owned);
    let chip = told.split(',').next().unwrap_or(told).trim();
    if chip.starts_with("Cell Broadband Engine") {
        return Processor { family: "Cell", arch: "cell_be", name: told.to_owned(), model };
    }
    let arch = class(chip);
    // Nodes look for the family's name in the processor's; the bare chip number does not have it.
    let name = match arch {
        "G3" | "G4" | "G5" => format!("PowerPC {arch} ({told})"),
        _ if chip.starts_with("POWER") => format!("IBM {told}"),
        _ => format!("PowerPC {told}"),
    };
    Processor { family: "PowerPC", arch, name, model }
}

/// The class of a chip: 740 to 755 are G3, 7400 to 7457 are G4, the 970 line is G5.
fn class(chip: &str) -> &'static str {
    if chip.starts_with("PPC970") {
        return "G5";
    }
    if chip.starts_with("POWER8") {
        return "power8";
    }
    if chip.starts_with("POWER9") {
        return "power9";
    }
    let digits = chip.find(|c: char| !c.is_ascii_digit()).map_or(chip, |end| &chip[..end]);
    match digits {
        "740" | "745" | "750" | "755" => "G3",
        _ if digits.len() == 4 && digits.starts_with("74") => "G4",
        _ => "default",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_fall_into_their_classes() {
        for (chip, wanted) in [
            ("740/750", "G3"),
            ("745/755", "G3"),
            ("750CXe", "G3"),
            ("750FX", "G3"),
            ("7400", "G4"),
            ("7410", "G4"),
            ("7447A", "G4"),
            ("7455", "G4"),
            ("7447/7457", "G4"),
            ("PPC970FX", "G5"),
            ("PPC970MP", "G5"),
            ("POWER8 (architected)", "power8"),
            ("POWER9 (raw)", "power9"),
            ("604e", "default"),
            ("POWER7 (architected)", "default"),
            ("unknown", "default"),
            ("", "default"),
        ] {
            assert_eq!(class(chip), wanted, "{chip}");
        }
    }
}
