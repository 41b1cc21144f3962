//! What a machine says it is: the `device` and `signals` objects of an attestation.
//!
//! Facts only. The node decides what the class is worth, and whether the fingerprint bears it out.

use serde::Serialize;

use crate::cpuinfo::{CpuInfo, InstructionSet};
use crate::host::{Host, HostError};
use crate::meminfo;

mod arm;
mod identity;
mod powerpc;
mod x86;

/// A machine described: both halves of what an attestation says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// The class and size of the machine.
    pub device: Device,
    /// What tells this machine from others of its class.
    pub signals: Signals,
}

/// The `device` object of an attestation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Device {
    /// The family of the multiplier table: `x86`, `PowerPC`, `ARM`, `Apple Silicon`, `Cell`.
    pub family: String,
    /// The class within the family, a key of the multiplier table: `haswell`, `G4`, `modern`, ...
    pub arch: String,
    /// The model of the machine where the firmware's name is part of `/proc/cpuinfo` or the device
    /// tree (`PowerBook5,6`), else the processor's name, as existing miners send it.
    pub model: String,
    /// The processor's name.
    pub cpu: String,
    /// Processors in use, 1 to 4096.
    pub cores: u32,
    /// Memory in GiB, rounded, at least 1.
    pub memory_gb: u64,
    /// The serial number of the machine, when it has one and it may be read (on PCs by root only).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The machine name, as `uname -m` prints it.
    pub machine: String,
}

/// The `signals` object of an attestation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signals {
    /// The permanent addresses of physical network interfaces, sorted, in lower case.
    pub macs: Vec<String>,
    /// The host name. It proves nothing and decides nothing.
    pub hostname: String,
    /// The same serial number as in [`Device::serial`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The UUID of the board, in lower case, when there is one and it may be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board_uuid: Option<String>,
    /// The serial numbers or world-wide names of fixed disks, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disks: Vec<String>,
}

/// What a reader of one processor family concluded.
struct Processor {
    family: &'static str,
    arch: &'static str,
    name: String,
    /// The model of the machine, if this family's firmware names it.
    model: Option<String>,
}

/// Describes the machine. Fails on systems and processor families without a reader, and when
/// `/proc/cpuinfo` cannot be read; everything else that is missing is left out.
pub fn describe(host: &dyn Host) -> Result<Machine, HostError> {
    let cpu = CpuInfo::read(host)?;
    let processor = match cpu.instruction_set() {
        InstructionSet::X86 => x86::processor(&cpu),
        InstructionSet::Arm => arm::processor(host, &cpu),
        InstructionSet::PowerPc => powerpc::processor(&cpu),
    };
    let serial = identity::serial(host, &cpu);
    let device = Device {
        family: processor.family.to_owned(),
        arch: processor.arch.to_owned(),
        model: processor.model.unwrap_or_else(|| processor.name.clone()),
        cpu: processor.name,
        cores: cpu.processors(),
        memory_gb: memory_gb(host),
        serial: serial.clone(),
        machine: cpu.machine().to_owned(),
    };
    let signals = Signals {
        macs: identity::macs(host),
        hostname: host.text("/proc/sys/kernel/hostname").unwrap_or_default(),
        serial,
        board_uuid: identity::board_uuid(host),
        disks: identity::disks(host),
    };
    Ok(Machine { device, signals })
}

/// Memory in whole GiB. The kernel keeps a little for itself, hence rounded and not cut off.
fn memory_gb(host: &dyn Host) -> u64 {
    const KIB_PER_GIB: u64 = 1024 * 1024;
    let total_kib = meminfo::total_kib(host).unwrap_or_default();
    (total_kib.saturating_add(KIB_PER_GIB / 2) / KIB_PER_GIB).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::recorded::RecordedHost;

    #[test]
    fn memory_is_rounded_to_gib() {
        let with = |kib: &str| {
            let text = format!("MemTotal: {kib} kB\n");
            memory_gb(&RecordedHost::empty("linux", "x86_64").with_file("/proc/meminfo", text))
        };
        assert_eq!(with("24684092"), 24);
        assert_eq!(with("16316412"), 16);
        assert_eq!(with("510000"), 1);
        assert_eq!(with("unknown"), 1);
    }

    #[test]
    fn what_is_missing_is_left_out_of_the_json() {
        let host =
            RecordedHost::empty("linux", "x86_64").with_file("/proc/cpuinfo", "processor : 0");
        let json = serde_json::to_value(describe(&host).unwrap()).unwrap();
        let wanted = serde_json::json!({
            "device": { "family": "x86", "arch": "modern", "model": "unknown x86 processor",
                "cpu": "unknown x86 processor", "cores": 1, "memory_gb": 1, "machine": "x86_64" },
            "signals": { "macs": [], "hostname": "" },
        });
        assert_eq!(json, wanted);
    }
}
