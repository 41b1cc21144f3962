//! Which class of machine the evidence supports.
//!
//! What a miner claims stands until what was measured, or what the CPU calls itself, contradicts it;
//! then it falls to the class that the evidence shows, and to the lesser one where the evidence
//! contradicts itself. A class that weighs more than 1.0x needs evidence that speaks for it.

use protocol::attestation::Device;
use protocol::fingerprint::{CheckName, Fingerprint};
use protocol::multiplier::Multiplier;

use super::antiquity::{DEFAULT_ARCH, MultiplierTable, Row};
use super::evidence::{Regime, is_bridged};
use super::isa::{Isa, has_word, plain_name};
use super::x86_tier::{self, Simd};

/// How well the evidence carries a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The class weighs what the table says.
    Supported,
    /// Nothing speaks against the class, and nothing for its bonus.
    Unsupported,
    /// The claim was contradicted; this is the class that the evidence shows.
    Contradicted,
}

/// A class of machines, and how well the evidence carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceClass<'t> {
    /// The instruction set; `None` when neither claim nor evidence names one that we know.
    pub isa: Option<Isa>,
    /// The row of the multiplier table.
    pub row: Row<'t>,
    /// How well the evidence carries it.
    pub standing: Standing,
}

impl<'t> DeviceClass<'t> {
    const fn new(isa: Isa, row: Row<'t>, standing: Standing) -> Self {
        Self { isa: Some(isa), row, standing }
    }

    /// What the class weighs with this standing.
    ///
    /// Without support a class weighs no more than 1.0x, nor more than an unlisted machine of its
    /// family; what contradicted its claim earns no bonus.
    pub fn multiplier(&self, table: &MultiplierTable) -> Multiplier {
        let base = self.row.multiplier.min(Multiplier::ONE);
        match self.standing {
            Standing::Supported => self.row.multiplier,
            Standing::Contradicted => base,
            Standing::Unsupported => base.min(table.row(self.row.family, DEFAULT_ARCH).multiplier),
        }
    }

    /// Which checks the class can be asked for.
    pub fn regime(&self) -> Regime {
        match self.isa {
            Some(Isa::Console | Isa::EightBit) => Regime::Console,
            Some(Isa::PowerPc) => Regime::Vintage { unsteady: !is_power_server(self.row.arch) },
            Some(Isa::M68k) => Regime::Vintage { unsteady: true },
            Some(Isa::X86) if x86_tier::is_without_tsc(self.row.arch) => {
                Regime::Vintage { unsteady: false }
            }
            Some(Isa::Arm)
                if self.row.family == Isa::Arm.family()
                    && self.row.multiplier > Multiplier::ONE =>
            {
                Regime::Vintage { unsteady: false }
            }
            None | Some(Isa::X86 | Isa::Arm | Isa::RiscV | Isa::Ia64 | Isa::S390) => Regime::Modern,
            Some(_) => Regime::Vintage { unsteady: false },
        }
    }
}

/// The class of a device.
pub fn classify<'t>(
    device: &Device,
    fingerprint: Option<&Fingerprint>,
    table: &'t MultiplierTable,
) -> DeviceClass<'t> {
    let evidence = Evidence::of(device, fingerprint);
    let classifier = Classifier { device, evidence: &evidence, table };
    let claimed = classifier.claimed_isa();
    if let Some((measured, branded)) = evidence.conflict(claimed) {
        let shown = [classifier.fallen_to(measured), classifier.fallen_to(branded)];
        return lesser(shown, table);
    }
    match (claimed, evidence.measured.or(evidence.branded)) {
        (Some(claim), Some(shown)) if !evidence.fits(claim, shown) => classifier.fallen_to(shown),
        (Some(claim), _) => classifier.refined(claim),
        (None, Some(shown)) => classifier.refined(shown),
        (None, None) => DeviceClass {
            isa: None,
            row: classifier.claimed_row(),
            standing: Standing::Unsupported,
        },
    }
}

/// The one of two classes that weighs less.
fn lesser<'t>([a, b]: [DeviceClass<'t>; 2], table: &MultiplierTable) -> DeviceClass<'t> {
    if a.multiplier(table) <= b.multiplier(table) { a } else { b }
}

/// What speaks for an instruction set.
struct Evidence {
    /// By vector units, flags and what the operating system says it runs on.
    measured: Option<Isa>,
    /// By the CPU's name.
    branded: Option<Isa>,
    /// The CPU's name, plain.
    cpu: String,
    /// The newest vector unit of an x86.
    simd: Simd,
    /// Whether an ARM vector unit was seen.
    neon: bool,
    /// Whether the system runs 64-bit ARM code.
    arm64: bool,
    /// Whether a bridge measured a console.
    bridged: bool,
}

/// Flags that only x86 CPUs list.
const X86_FLAGS: [&str; 7] = ["tsc", "cx8", "pae", "vme", "mmx", "fxsr", "lahf_lm"];

impl Evidence {
    fn of(device: &Device, fingerprint: Option<&Fingerprint>) -> Self {
        let data = |name| fingerprint.and_then(|fingerprint| fingerprint.data(name));
        let simd_data = data(CheckName::SimdIdentity);
        let oracle = data(CheckName::DeviceAgeOracle);
        let tags: Vec<&str> = [simd_data, data(CheckName::CacheTiming), oracle]
            .into_iter()
            .chain([data(CheckName::RomFingerprint)])
            .filter_map(|data| data?.text("arch"))
            .chain(device.machine.as_deref())
            .collect();
        let flags: Vec<&str> = [(simd_data, "sample_flags"), (oracle, "flags_sample")]
            .into_iter()
            .filter_map(|(data, list)| Some(data?.texts(list)))
            .flatten()
            .collect();
        let flag = |wanted: &[&str]| flags.iter().any(|flag| wanted.contains(flag));
        let has = |names: &[&str]| {
            simd_data.is_some_and(|data| names.iter().any(|name| data.is_true(name)))
        };
        let simd = x86_tier::newest_simd(simd_data, &flags);
        let x86 = simd != Simd::None || flag(&X86_FLAGS);
        let neon = has(&["has_neon"]) || flag(&["neon", "asimd"]);
        let altivec = has(&["has_altivec", "has_vsx", "vec_perm"]) || flag(&["altivec"]);
        let brand = [device.cpu.as_deref(), oracle.and_then(|data| data.text("cpu_model"))];
        let brand = brand.into_iter().chain([device.brand.as_deref()]).flatten();
        let cpu = brand.map(plain_name).find(|name| !name.is_empty()).unwrap_or_default();
        Self {
            measured: [(x86, Isa::X86), (neon, Isa::Arm), (altivec, Isa::PowerPc)]
                .into_iter()
                .find_map(|(seen, isa)| seen.then_some(isa))
                .or_else(|| isa_of_tags(&tags)),
            branded: Isa::of_brand(&cpu),
            simd,
            neon,
            arm64: flag(&["asimd"])
                || tags.iter().any(|tag| is_arm64(tag))
                || cpu.contains("arm64"),
            bridged: fingerprint
                .is_some_and(|given| given.bridge_type().is_some() || is_bridged(given)),
            cpu,
        }
    }

    /// What was measured and what the CPU calls itself, where one of them must be a lie.
    fn conflict(&self, claimed: Option<Isa>) -> Option<(Isa, Isa)> {
        let (measured, branded) = (self.measured?, self.branded?);
        let kin = |isa| matches!(isa, Isa::Cell | Isa::PowerPc);
        let agree = measured == branded || (kin(measured) && kin(branded));
        let bridged = matches!(claimed, Some(Isa::Console | Isa::EightBit));
        (!agree && !bridged).then_some((measured, branded))
    }

    /// Whether a machine of the shown instruction set can be what it claims to be.
    fn fits(&self, claim: Isa, shown: Isa) -> bool {
        match claim {
            // A bridge may name its own processor, or the one it speaks for.
            Isa::Console | Isa::EightBit => shown != Isa::X86 && !self.neon,
            Isa::Cell => matches!(shown, Isa::Cell | Isa::PowerPc),
            claim => claim == shown,
        }
    }
}

/// x86 wherever one tag says so; else the first that is known.
fn isa_of_tags(tags: &[&str]) -> Option<Isa> {
    let known = || tags.iter().filter_map(|tag| Isa::of_tag(tag));
    known().find(|isa| *isa == Isa::X86).or_else(|| known().next())
}

fn is_arm64(tag: &str) -> bool {
    ["aarch64", "arm64"].iter().any(|name| tag.eq_ignore_ascii_case(name))
}

struct Classifier<'a, 't> {
    device: &'a Device,
    evidence: &'a Evidence,
    table: &'t MultiplierTable,
}

impl<'t> Classifier<'_, 't> {
    fn arch(&self) -> &str {
        self.device.arch.as_deref().unwrap_or(DEFAULT_ARCH)
    }

    fn claimed_row(&self) -> Row<'t> {
        self.table.row(self.device.family.as_deref().unwrap_or_default(), self.arch())
    }

    fn claimed_isa(&self) -> Option<Isa> {
        let family = self.device.family.as_deref().and_then(Isa::of_tag);
        family.or_else(|| Isa::of_tag(self.claimed_row().family))
    }

    /// The class of a claim that `shown` contradicts.
    fn fallen_to(&self, shown: Isa) -> DeviceClass<'t> {
        let row = match (shown, self.apple_row()) {
            (Isa::Arm, Some(row)) => row,
            (Isa::Arm, None) => self.table.row(Isa::Arm.family(), "aarch64"),
            _ => self.table.row(shown.family(), DEFAULT_ARCH),
        };
        DeviceClass::new(shown, row, Standing::Contradicted)
    }

    /// The class of a claim that nothing contradicts, as far as the evidence carries it.
    fn refined(&self, isa: Isa) -> DeviceClass<'t> {
        let evidence = self.evidence;
        match isa {
            Isa::X86 => self.refined_x86(),
            Isa::Arm => self.refined_arm(),
            Isa::PowerPc => {
                let row = self.row_in(isa, powerpc_generation(&evidence.cpu));
                DeviceClass::new(isa, row, supported_if(evidence.measured == Some(isa), row))
            }
            Isa::Console | Isa::EightBit => {
                let row = self.row_in(isa, None);
                let named = isa == Isa::EightBit && evidence.branded == Some(isa);
                DeviceClass::new(isa, row, supported_if(evidence.bridged || named, row))
            }
            other => {
                let named = if other == Isa::M68k { m68k_model(&evidence.cpu) } else { None };
                let row = self.row_in(other, named);
                let shown = [evidence.measured, evidence.branded];
                let fits = shown.into_iter().flatten().any(|shown| evidence.fits(other, shown));
                DeviceClass::new(other, row, supported_if(fits, row))
            }
        }
    }

    /// The row of the claim, or of the architecture that the CPU's name gives away.
    fn row_in(&self, isa: Isa, named: Option<&str>) -> Row<'t> {
        let claimed = self.claimed_row();
        let family =
            if Isa::of_tag(claimed.family) == Some(isa) { claimed.family } else { isa.family() };
        let names_it = |named: &&str| !claimed.arch.to_ascii_lowercase().contains(*named);
        match named.filter(names_it) {
            Some(named) => self.table.row(family, named),
            None => self.table.row(family, self.arch()),
        }
    }

    fn refined_x86(&self) -> DeviceClass<'t> {
        let evidence = self.evidence;
        let row = self.row_in(Isa::X86, None);
        if row.multiplier <= Multiplier::ONE {
            return DeviceClass::new(Isa::X86, row, Standing::Supported);
        }
        if x86_tier::is_too_new(row.arch, evidence.simd) {
            return self.fallen_to(Isa::X86);
        }
        let shown =
            evidence.measured == Some(Isa::X86) && x86_tier::is_named(row.arch, &evidence.cpu);
        DeviceClass::new(Isa::X86, row, supported_if(shown, row))
    }

    fn refined_arm(&self) -> DeviceClass<'t> {
        let evidence = self.evidence;
        if let Some(row) = self.apple_row() {
            return DeviceClass::new(
                Isa::Arm,
                row,
                supported_if(evidence.measured == Some(Isa::Arm), row),
            );
        }
        let row = self.row_in(Isa::Arm, None);
        let claims_apple = row.family != Isa::Arm.family();
        if claims_apple && evidence.branded.is_some() {
            return self.fallen_to(Isa::Arm);
        }
        if !claims_apple && row.multiplier > Multiplier::ONE && evidence.arm64 {
            return self.fallen_to(Isa::Arm);
        }
        let named = !claims_apple && squashed(&evidence.cpu).contains(&squashed(row.arch));
        DeviceClass::new(Isa::Arm, row, supported_if(named, row))
    }

    /// The row of the Apple CPU that the machine names.
    fn apple_row(&self) -> Option<Row<'t>> {
        let (_, generation) = self.evidence.cpu.split_once("apple m")?;
        let digits = generation.split(|c: char| !c.is_ascii_digit()).next()?;
        let arch = format!("M{digits}");
        (!digits.is_empty()).then(|| self.table.row("Apple Silicon", &arch))
    }
}

/// A row without bonus needs no support.
fn supported_if(shown: bool, row: Row<'_>) -> Standing {
    if shown || row.multiplier <= Multiplier::ONE {
        Standing::Supported
    } else {
        Standing::Unsupported
    }
}

/// POWER servers, whose clocks are as even as those of other servers.
fn is_power_server(arch: &str) -> bool {
    let digits = arch.to_ascii_lowercase();
    digits.strip_prefix("power").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The generation that the name of a PowerPC CPU gives away.
fn powerpc_generation(cpu: &str) -> Option<&'static str> {
    const SERVERS: [&str; 9] =
        ["power1", "power2", "power3", "power4", "power5", "power6", "power7", "power8", "power9"];
    let server = SERVERS.into_iter().find(|name| has_word(cpu, name, false));
    server.filter(|_| !has_word(cpu, "power10", false)).or_else(|| {
        cpu.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
            let model = ["ppc", "mpc", "xpc"].iter().find_map(|maker| word.strip_prefix(maker));
            let model = model.unwrap_or(word);
            let digits = model.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            match (model, digits) {
                ("g3", _) | (_, "740" | "745" | "750" | "755") => Some("g3"),
                ("g5", _) | (_, "970") => Some("g5"),
                ("g4", _) => Some("g4"),
                (_, digits) if digits.len() == 4 && digits.starts_with("74") => Some("g4"),
                _ => None,
            }
        })
    })
}

/// The model that the name of a 68000 gives away.
fn m68k_model(cpu: &str) -> Option<&'static str> {
    let models = ["68000", "68010", "68020", "68030", "68040", "68060"];
    models.into_iter().find(|model| cpu.contains(model))
}

/// Letters and digits alone.
fn squashed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_names_give_generations_away() {
        for (cpu, expected) in [
            ("Motorola PowerPC 7450", Some("g4")),
            ("7447A, altivec supported", Some("g4")),
            ("PowerPC G4 (7450)", Some("g4")),
            ("PPC970FX, altivec supported", Some("g5")),
            ("PowerPC 750CXe", Some("g3")),
            ("740/750", Some("g3")),
            ("POWER8E (raw), altivec supported", Some("power8")),
            ("POWER10", None),
            ("PowerPC", None),
            ("PA6T-1682M", None),
        ] {
            assert_eq!(powerpc_generation(&plain_name(cpu)), expected, "{cpu}");
        }
        assert_eq!(m68k_model("mc68030"), Some("68030"));
        assert_eq!(m68k_model("mc68881"), None);
    }

    #[test]
    fn servers_have_even_clocks() {
        assert!(is_power_server("POWER8"));
        assert!(!is_power_server("powerpc g4"));
        assert!(!is_power_server("G5"));
    }
}
