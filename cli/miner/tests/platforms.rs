//! Machines of every kind, recorded and described on any other.

use std::path::Path;

use miner::device::{Machine, describe};
use miner::host::recorded::RecordedHost;

fn host(name: &str) -> RecordedHost {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    RecordedHost::load(&folder).expect("the recording is there")
}

fn machine(name: &str) -> Machine {
    describe(&host(name)).expect("the machine is supported")
}

/// Recording, family, class, model, processor, processors in use, GiB.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, u32, u64);

const MACHINES: [Row; 13] = [
    (
        "x86_64-elitedesk-haswell",
        "x86",
        "haswell",
        "Intel(R) Core(TM) i5-4590 CPU @ 3.30GHz",
        "Intel(R) Core(TM) i5-4590 CPU @ 3.30GHz",
        4,
        16,
    ),
    (
        "x86_64-no-name-sandy-bridge",
        "x86",
        "sandy_bridge",
        "Intel(R) Core(TM) i5-2400 CPU @ 3.10GHz",
        "Intel(R) Core(TM) i5-2400 CPU @ 3.10GHz",
        4,
        8,
    ),
    (
        "x86_64-qemu-kvm",
        "x86",
        "haswell",
        "Intel Core Processor (Haswell, no TSX)",
        "Intel Core Processor (Haswell, no TSX)",
        2,
        4,
    ),
    ("x86_64-firecracker", "x86", "modern", "AMD EPYC", "AMD EPYC", 2, 24),
    (
        "x86_64-qubes-dom0",
        "x86",
        "ivy_bridge",
        "Intel(R) Core(TM) i7-3520M CPU @ 2.90GHz",
        "Intel(R) Core(TM) i7-3520M CPU @ 2.90GHz",
        4,
        4,
    ),
    (
        "ppc-powerbook-g4",
        "PowerPC",
        "G4",
        "PowerBook5,6",
        "PowerPC G4 (7447A, altivec supported)",
        1,
        1,
    ),
    (
        "ppc64-powermac-g5",
        "PowerPC",
        "G5",
        "PowerMac11,2",
        "PowerPC G5 (PPC970MP, altivec supported)",
        2,
        8,
    ),
    ("ppc-imac-g3", "PowerPC", "G3", "PowerMac2,2", "PowerPC G3 (740/750)", 1, 1),
    (
        "ppc64le-pseries-qemu",
        "PowerPC",
        "power8",
        "CHRP IBM pSeries (emulated by qemu)",
        "IBM POWER8 (architected), altivec supported",
        1,
        4,
    ),
    (
        "aarch64-raspberry-pi-4",
        "ARM",
        "aarch64",
        "Raspberry Pi 4 Model B Rev 1.1",
        "ARM Cortex-A72",
        4,
        4,
    ),
    ("armv6l-raspberry-pi-1", "ARM", "arm1176", "Raspberry Pi Model B Rev 2", "ARM1176", 1, 1),
    ("aarch64-mac-mini-m1", "Apple Silicon", "M1", "Apple Mac mini (M1, 2020)", "Apple M1", 8, 15),
    (
        "aarch64-mac-virtual-machine",
        "ARM",
        "aarch64",
        "unknown ARM processor",
        "unknown ARM processor",
        4,
        8,
    ),
];

#[test]
fn every_machine_has_its_class() {
    for (name, family, arch, model, cpu, cores, memory_gb) in MACHINES {
        let device = machine(name).device;
        assert_eq!((device.family.as_str(), device.arch.as_str()), (family, arch), "{name}");
        assert_eq!((device.model.as_str(), device.cpu.as_str()), (model, cpu), "{name}");
        assert_eq!((device.cores, device.memory_gb), (cores, memory_gb), "{name}");
        let machine_name = name.split('-').next().expect("a name has a first part");
        assert_eq!(device.machine, machine_name, "{name}");
    }
}

#[test]
fn every_recording_is_in_the_table() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = std::fs::read_dir(fixtures).expect("there are fixtures");
    let mut folders: Vec<String> = entries
        .map(|entry| entry.expect("readable"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("UTF-8"))
        .collect();
    folders.sort_unstable();
    let mut names: Vec<&str> = MACHINES.iter().map(|row| row.0).collect();
    names.sort_unstable();
    assert_eq!(folders, names);
}

#[test]
fn an_office_machine_with_containers_shows_its_own_hardware() {
    let machine = machine("x86_64-elitedesk-haswell");
    assert_eq!(machine.device.serial.as_deref(), Some("CZC0000EX1"));
    assert_eq!(machine.signals.serial, machine.device.serial);
    assert_eq!(machine.signals.macs, ["ec:b1:d7:00:10:01"]);
    assert_eq!(machine.signals.hostname, "dawson-pc");
    let uuid = machine.signals.board_uuid.as_deref();
    assert_eq!(uuid, Some("7d0c3a00-2f5b-11e4-9c43-bc0000d20000"));
    assert_eq!(machine.signals.disks, ["t10.ATA Samsung SSD 860 EVO 500GB S3Z1NB0K000001X"]);
}

#[test]
fn numbers_that_thousands_share_are_dropped() {
    let no_name = machine("x86_64-no-name-sandy-bridge");
    assert_eq!((no_name.device.serial, no_name.signals.board_uuid), (None, None));
    assert_eq!(no_name.signals.macs, ["bc:5f:f4:00:20:01"]);
    assert_eq!(machine("armv6l-raspberry-pi-1").device.serial, None);
}

#[test]
fn machines_without_dmi_have_serials_too() {
    let serial = |name| machine(name).device.serial;
    assert_eq!(serial("ppc-powerbook-g4").as_deref(), Some("W8500001RG4"));
    assert_eq!(serial("ppc64-powermac-g5").as_deref(), Some("G8540001R6W"));
    assert_eq!(serial("aarch64-raspberry-pi-4").as_deref(), Some("1000000000000a11"));
    assert_eq!(serial("aarch64-mac-mini-m1").as_deref(), Some("C07000000EX1"));
}

#[test]
fn the_wire_names_of_a_power_book() {
    let json = serde_json::to_value(machine("ppc-powerbook-g4")).expect("it serialises");
    let wanted = serde_json::json!({
        "device": {
            "family": "PowerPC", "arch": "G4", "model": "PowerBook5,6",
            "cpu": "PowerPC G4 (7447A, altivec supported)", "cores": 1, "memory_gb": 1,
            "serial": "W8500001RG4", "machine": "ppc",
        },
        "signals": {
            "macs": ["00:11:24:00:30:01", "00:11:24:00:30:02"], "hostname": "tibook",
            "serial": "W8500001RG4", "disks": ["t10.ATA FUJITSU MHT2080AH NP0000000001"],
        },
    });
    assert_eq!(json, wanted);
}
