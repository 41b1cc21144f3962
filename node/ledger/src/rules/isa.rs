//! Instruction sets, and the names by which machines give theirs away.

/// What a CPU executes. Consoles and 8-bit machines are classes of their own: they attest through a
/// bridge that measures them from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Isa {
    /// Intel and compatible, 16 to 64 bits.
    X86,
    /// PowerPC and POWER.
    PowerPc,
    /// ARM, 26 to 64 bits.
    Arm,
    /// SPARC.
    Sparc,
    /// MIPS.
    Mips,
    /// RISC-V.
    RiscV,
    /// Hitachi SH.
    SuperH,
    /// Motorola 68000.
    M68k,
    /// Itanium.
    Ia64,
    /// IBM mainframes.
    S390,
    /// DEC Alpha.
    Alpha,
    /// HP PA-RISC.
    PaRisc,
    /// DEC VAX.
    Vax,
    /// Inmos Transputer.
    Transputer,
    /// Intel i860.
    I860,
    /// Intel i960.
    I960,
    /// Fairchild Clipper.
    Clipper,
    /// National Semiconductor 32000.
    Ns32k,
    /// IBM ROMP.
    Romp,
    /// Motorola 88000.
    M88k,
    /// AMD 29000.
    Am29k,
    /// Cell Broadband Engine.
    Cell,
    /// A console behind a bridge.
    Console,
    /// A 6502 or Z80 behind a bridge.
    EightBit,
}

struct Names {
    isa: Isa,
    /// The family in the multiplier table that stands for the instruction set.
    family: &'static str,
    /// How families and the names of operating systems (`uname -m`) begin.
    tags: &'static [&'static str],
    /// How a word begins in the name of a CPU.
    brands: &'static [&'static str],
}

/// In the order in which CPU names are searched: Intel and AMD made more than x86, so their other
/// designs come first; x86 comes before whatever else a name pretends to be.
const NAMES: [Names; 24] = [
    names(Isa::Ia64, "IA-64", &["ia64", "ia-64", "itanium"], &["itanium", "ia-64", "ia64"]),
    names(Isa::Arm, "ARM", &["arm", "aarch64", "apple silicon"], ARM_BRANDS),
    names(Isa::I860, "i860", &["i860"], &["i860", "80860"]),
    names(Isa::I960, "i960", &["i960"], &["i960", "80960"]),
    names(Isa::Am29k, "Am29K", &["am29"], &["am29"]),
    names(Isa::X86, "x86_64", X86_TAGS, X86_BRANDS),
    names(Isa::PowerPc, "PowerPC", POWERPC_TAGS, POWERPC_BRANDS),
    names(Isa::Sparc, "SPARC", &["sparc", "sun4"], SPARC_BRANDS),
    names(Isa::Mips, "MIPS", &["mips"], MIPS_BRANDS),
    names(
        Isa::RiscV,
        "RISC-V",
        &["riscv", "risc-v"],
        &["riscv", "risc-v", "rv32", "rv64", "sifive"],
    ),
    names(Isa::SuperH, "SuperH", &["superh", "sh1", "sh2", "sh3", "sh4"], SUPERH_BRANDS),
    names(Isa::M68k, "M68K", &["m68k", "68k", "680", "mc680"], M68K_BRANDS),
    names(Isa::S390, "S390", &["s390"], &["s390", "ibm/s390", "ibm z"]),
    names(Isa::Alpha, "Alpha", &["alpha"], &["alpha"]),
    names(
        Isa::PaRisc,
        "PA-RISC",
        &["parisc", "pa-risc", "hppa"],
        &["pa-risc", "hppa", "pa7", "pa8"],
    ),
    names(Isa::Vax, "VAX", &["vax"], &["vax", "microvax"]),
    names(Isa::Transputer, "Transputer", &["transputer"], &["transputer", "inmos", "t414", "t800"]),
    names(Isa::Clipper, "Clipper", &["clipper"], &["clipper"]),
    names(Isa::Ns32k, "NS32K", &["ns32"], &["ns32"]),
    names(Isa::Romp, "ROMP", &["romp"], &["romp"]),
    names(Isa::M88k, "88K", &["88k", "m88k"], &["88k", "m88", "mc88", "88100", "88110"]),
    names(Isa::Cell, "Cell", &["cell"], &["cell be", "cell broadband"]),
    names(Isa::Console, "console", &["console"], &[]),
    names(
        Isa::EightBit,
        "MOS",
        &["mos", "zilog"],
        &["6502", "65c02", "65c816", "mos 65", "z80", "zilog"],
    ),
];

const X86_TAGS: &[&str] = &["x86", "amd64", "i386", "i486", "i586", "i686", "windows"];
const X86_BRANDS: &[&str] = &[
    "intel",
    "genuineintel",
    "amd",
    "authenticamd",
    "pentium",
    "celeron",
    "xeon",
    "core2",
    "athlon",
    "duron",
    "phenom",
    "ryzen",
    "epyc",
    "opteron",
    "sempron",
    "cyrix",
    "winchip",
    "centaur",
    "transmeta",
    "crusoe",
    "efficeon",
    "via",
    "geode",
    "80386",
    "80486",
    "i386",
    "i486",
    "386",
    "486",
    "x86",
];
const ARM_BRANDS: &[&str] = &[
    "arm",
    "aarch64",
    "cortex",
    "apple m",
    "apple silicon",
    "strongarm",
    "xscale",
    "sa-11",
    "neoverse",
    "snapdragon",
    "kryo",
    "exynos",
    "bcm2",
    "raspberry pi",
    "graviton",
    "ampere",
    "rockchip",
];
const POWERPC_TAGS: &[&str] = &["ppc", "powerpc", "power macintosh", "powermac"];
const POWERPC_BRANDS: &[&str] = &[
    "powerpc",
    "ppc",
    "power macintosh",
    "power mac",
    "powermac",
    "power1",
    "power2",
    "power3",
    "power4",
    "power5",
    "power6",
    "power7",
    "power8",
    "power9",
    "ibm power",
    "mpc7",
    "mpc8",
    "xpc7",
    "pa6t",
    "g3",
    "g4",
    "g5",
    "740",
    "750",
    "7400",
    "7410",
    "744",
    "745",
    "970",
];
const SPARC_BRANDS: &[&str] =
    &["sparc", "ultrasparc", "microsparc", "supersparc", "hypersparc", "turbosparc"];
const MIPS_BRANDS: &[&str] =
    &["mips", "r2000", "r3000", "r4000", "r4400", "r5000", "r10000", "r12000", "rm5", "octeon"];
const SUPERH_BRANDS: &[&str] = &["superh", "sh-1", "sh-2", "sh-4", "sh1", "sh2", "sh4", "sh7"];
const M68K_BRANDS: &[&str] =
    &["m68", "mc68", "68000", "68010", "68020", "68030", "68040", "68060", "motorola 68"];

const fn names(
    isa: Isa,
    family: &'static str,
    tags: &'static [&'static str],
    brands: &'static [&'static str],
) -> Names {
    Names { isa, family, tags, brands }
}

impl Isa {
    /// The instruction set of a family or of what an operating system says it runs on.
    pub fn of_tag(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let named =
            NAMES.iter().find(|names| names.tags.iter().any(|tag| text.starts_with(tag)))?;
        Some(named.isa)
    }

    /// The instruction set of a CPU's name in the form of [`plain_name`].
    pub fn of_brand(plain: &str) -> Option<Self> {
        let named = NAMES
            .iter()
            .find(|names| names.brands.iter().any(|brand| has_word(plain, brand, false)))?;
        Some(named.isa)
    }

    /// The family in the multiplier table that stands for the instruction set.
    pub fn family(self) -> &'static str {
        NAMES.iter().find(|names| names.isa == self).map_or("", |names| names.family)
    }
}

/// A CPU's name in lower case, without marks and doubled blanks.
pub fn plain_name(name: &str) -> String {
    let name = name.to_lowercase().replace("(r)", "").replace("(tm)", "").replace("(c)", "");
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a word of `text` begins with `word` or, if `whole`, is `word`.
pub fn has_word(text: &str, word: &str, whole: bool) -> bool {
    text.match_indices(word).any(|(start, found)| {
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        let end = start.saturating_add(found.len());
        let after = text.get(end..).and_then(|after| after.chars().next());
        let begins = !before.is_some_and(char::is_alphanumeric);
        begins && !(whole && after.is_some_and(char::is_alphanumeric))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_and_operating_systems_are_told_apart() {
        for (tag, expected) in [
            ("x86_64", Some(Isa::X86)),
            ("Windows", Some(Isa::X86)),
            ("i686", Some(Isa::X86)),
            ("i860", Some(Isa::I860)),
            ("Power Macintosh", Some(Isa::PowerPc)),
            ("ppc64le", Some(Isa::PowerPc)),
            ("arm64", Some(Isa::Arm)),
            ("Apple Silicon", Some(Isa::Arm)),
            ("sun4u", Some(Isa::Sparc)),
            ("M68K", Some(Isa::M68k)),
            ("IA-64", Some(Isa::Ia64)),
            ("console", Some(Isa::Console)),
            ("Zilog", Some(Isa::EightBit)),
            ("abacus", None),
            ("", None),
        ] {
            assert_eq!(Isa::of_tag(tag), expected, "{tag}");
        }
    }

    #[test]
    fn cpu_names_are_told_apart() {
        for (brand, expected) in [
            ("Intel(R) Core(TM) i7-970 CPU", Some(Isa::X86)),
            ("Intel(R) Core(TM) i7-2600K CPU @ 3.40GHz | PowerPC G4 (7450)", Some(Isa::X86)),
            ("AMD Ryzen 7 5800X", Some(Isa::X86)),
            ("Intel(R) Itanium(R) 2", Some(Isa::Ia64)),
            ("Intel XScale-PXA255", Some(Isa::Arm)),
            ("Apple M2 Pro", Some(Isa::Arm)),
            ("ARMv7 Processor rev 4 (v7l)", Some(Isa::Arm)),
            ("Motorola PowerPC 7450", Some(Isa::PowerPc)),
            ("7447A, altivec supported", Some(Isa::PowerPc)),
            ("PPC970FX", Some(Isa::PowerPc)),
            ("Sun UltraSPARC IIi", Some(Isa::Sparc)),
            ("VAX-11/780", Some(Isa::Vax)),
            ("MC68030", Some(Isa::M68k)),
            ("Unknown", None),
            ("Charm of 1486", None),
            ("", None),
        ] {
            assert_eq!(Isa::of_brand(&plain_name(brand)), expected, "{brand}");
        }
    }

    #[test]
    fn every_instruction_set_has_a_family() {
        for names in &NAMES {
            assert_eq!(Isa::of_tag(names.family), Some(names.isa), "{}", names.family);
        }
    }
}
