//! Reads `/proc/cpuinfo`, whose keys differ from one processor family to the next.

use crate::host::{Host, HostError};

const CPUINFO: &str = "/proc/cpuinfo";

/// The processor families the miner has readers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstructionSet {
    /// Intel and its compatibles, 32 and 64 bits.
    X86,
    /// ARM, 32 and 64 bits.
    Arm,
    /// `PowerPC` and POWER.
    PowerPc,
}

impl InstructionSet {
    /// The family of a machine name, as `uname -m` prints it.
    fn of(machine: &str) -> Option<Self> {
        match machine {
            "x86_64" | "i386" | "i486" | "i586" | "i686" => Some(Self::X86),
            "ppc" | "ppc64" | "ppc64le" => Some(Self::PowerPc),
            "arm64" | "aarch64" => Some(Self::Arm),
            _ => machine.starts_with("arm").then_some(Self::Arm),
        }
    }
}

/// What the kernel says about the processors.
#[derive(Debug, Clone)]
pub(crate) struct CpuInfo {
    machine: String,
    instruction_set: InstructionSet,
    entries: Vec<(String, String)>,
}

impl CpuInfo {
    /// Reads the processors of a Linux machine of a known family; anything else is an error that
    /// says which machine it is.
    pub(crate) fn read(host: &dyn Host) -> Result<Self, HostError> {
        if host.system() != "linux" {
            return Err(HostError::UnsupportedSystem { system: host.system().to_owned() });
        }
        let machine = machine_name(host);
        let Some(instruction_set) = InstructionSet::of(&machine) else {
            return Err(HostError::UnsupportedMachine { machine });
        };
        let text = host.read(CPUINFO)?;
        let entries = parse(&String::from_utf8_lossy(&text));
        Ok(Self { machine, instruction_set, entries })
    }

    /// The machine name in lower case, as `uname -m` prints it: `x86_64`, `ppc`, `armv7l`, ...
    pub(crate) fn machine(&self) -> &str {
        &self.machine
    }

    /// The processor family.
    pub(crate) const fn instruction_set(&self) -> InstructionSet {
        self.instruction_set
    }

    /// The first value under a key, if it has one.
    pub(crate) fn first(&self, key: &str) -> Option<&str> {
        let found = self.entries.iter().find(|(name, value)| name == key && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// The first value under a key as a number, decimal or `0x` hexadecimal.
    pub(crate) fn number(&self, key: &str) -> Option<u32> {
        let value = self.first(key)?;
        match value.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => value.parse().ok(),
        }
    }

    /// The number of processors in use, from 1 to the 4096 the wire allows. Kernels for a single
    /// processor of some families print no `processor` line at all.
    pub(crate) fn processors(&self) -> u32 {
        let lines = self.entries.iter().filter(|(name, _)| name == "processor").count();
        u32::try_from(lines).unwrap_or(u32::MAX).clamp(1, 4096)
    }

    /// What the first processor can do, in the kernel's words. On `PowerPC` the kernel has no list of
    /// features and says `altivec supported` beside the name.
    pub(crate) fn flags(&self) -> Vec<&str> {
        match self.instruction_set {
            InstructionSet::X86 => self.words("flags"),
            InstructionSet::Arm => self.words("Features"),
            InstructionSet::PowerPc => {
                let name = self.first("cpu").unwrap_or_default();
                let facts =
                    name.split(',').filter_map(|part| part.trim().strip_suffix("supported"));
                facts.map(str::trim).collect()
            }
        }
    }

    fn words(&self, key: &str) -> Vec<&str> {
        self.first(key).unwrap_or_default().split_whitespace().collect()
    }
}

/// Splits lines `key : value`. Lines without a colon only separate processors.
fn parse(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
}

/// The machine name, from the kernel where it says so (Linux 6.1 and later), else from the
/// architecture the miner was built for.
fn machine_name(host: &dyn Host) -> String {
    if let Some(machine) = host.text("/proc/sys/kernel/arch") {
        return machine.to_lowercase();
    }
    let built_for = match host.architecture() {
        "x86" => "i686",
        "powerpc" => "ppc",
        "powerpc64" => "ppc64",
        same => same,
    };
    built_for.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::recorded::RecordedHost;

    fn cpuinfo(architecture: &str, text: &str) -> CpuInfo {
        let host = RecordedHost::empty("linux", architecture).with_file(CPUINFO, text);
        CpuInfo::read(&host).unwrap()
    }

    #[test]
    fn keys_numbers_and_flags() {
        let text =
            "processor\t: 0\nflags\t\t: fpu sse\npower management:\n\nprocessor : 1\nflags : fpu\n";
        let x86 = cpuinfo("x86_64", text);
        assert_eq!(x86.machine(), "x86_64");
        assert_eq!(x86.processors(), 2);
        assert_eq!(x86.flags(), ["fpu", "sse"]);
        assert_eq!(x86.number("processor"), Some(0));
        assert_eq!(x86.first("power management"), None);
        let arm = cpuinfo("aarch64", "Features\t: fp asimd\nCPU part\t: 0xd08\n");
        assert_eq!(arm.number("CPU part"), Some(0xd08));
        assert_eq!(arm.flags(), ["fp", "asimd"]);
        let g4 = cpuinfo("powerpc", "cpu : 7447A, altivec supported\n");
        assert_eq!((g4.machine(), g4.processors()), ("ppc", 1));
        assert_eq!(g4.flags(), ["altivec"]);
        assert!(cpuinfo("powerpc", "cpu : 740/750\n").flags().is_empty());
    }

    #[test]
    fn unknown_machines_are_named_in_the_error() {
        let error = CpuInfo::read(&RecordedHost::empty("macos", "aarch64")).unwrap_err();
        assert_eq!(error.to_string(), "mining is not supported on macos yet");
        let error = CpuInfo::read(&RecordedHost::empty("linux", "sparc64")).unwrap_err();
        assert_eq!(error.to_string(), "mining is not supported on sparc64 processors yet");
        let error = CpuInfo::read(&RecordedHost::empty("linux", "x86_64")).unwrap_err();
        assert_eq!(error.to_string(), "cannot read /proc/cpuinfo");
    }

    #[test]
    fn the_kernel_knows_the_machine_better_than_the_build() {
        let host = RecordedHost::empty("linux", "x86")
            .with_file("/proc/sys/kernel/arch", "x86_64\n")
            .with_file(CPUINFO, "");
        assert_eq!(CpuInfo::read(&host).unwrap().machine(), "x86_64");
    }
}
