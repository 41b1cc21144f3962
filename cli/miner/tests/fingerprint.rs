//! Fingerprints: of this machine by real measurement, of recorded ones by their files.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use miner::device::describe;
use miner::fingerprint::stopwatch::{Stopwatch, SystemStopwatch};
use miner::fingerprint::{Fingerprint, measure};
use miner::host::HostError;
use miner::host::recorded::RecordedHost;
use miner::host::system::SystemHost;
use proptest::prelude::*;

fn recorded(name: &str) -> Fingerprint {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let host = RecordedHost::load(&folder).expect("the recording is there");
    measure(&host, &SystemStopwatch::start()).expect("the machine is supported")
}

/// A stopwatch on which everything takes a second, sharp.
#[derive(Default)]
struct Even(AtomicU64);

impl Stopwatch for Even {
    fn nanos(&self) -> u64 {
        self.0.fetch_add(1_000_000_000, Ordering::Relaxed)
    }
}

#[test]
fn real_hardware_passes_on_this_processors_timing() {
    for name in ["x86_64-qubes-dom0", "ppc-imac-g3"] {
        let fingerprint = recorded(name);
        assert!(fingerprint.all_passed, "{name}: {fingerprint:#?}");
    }
}

#[test]
fn virtual_machines_are_told_by_their_marks_and_nothing_else() {
    for (name, marks) in [
        ("x86_64-qemu-kvm", &["cpuinfo:hypervisor", "dmi_sys_vendor:QEMU"][..]),
        (
            "aarch64-mac-virtual-machine",
            &[
                "dmi_product_name:Apple Virtualization Generic Platform",
                "device_tree:linux,dummy-virt",
            ],
        ),
    ] {
        let fingerprint = recorded(name);
        assert!(!fingerprint.all_passed, "{name}");
        assert_eq!(fingerprint.checks.anti_emulation.data.found.vm_indicators, marks, "{name}");
        assert!(fingerprint.checks.cache_timing.passed && fingerprint.checks.clock_drift.passed);
    }
}

#[test]
fn an_even_clock_fails_every_timing() {
    let fingerprint = measure(&SystemHost, &Even::default()).expect("this machine is supported");
    let json = serde_json::to_value(&fingerprint).expect("it serialises");
    assert_eq!(json["all_passed"], false);
    for (check, reason) in [
        ("clock_drift", "synthetic_timing"),
        ("cache_timing", "no_cache_hierarchy"),
        ("thermal_drift", "no_thermal_variance"),
        ("instruction_jitter", "no_jitter"),
    ] {
        assert_eq!(json["checks"][check]["passed"], false, "{check}");
        assert_eq!(json["checks"][check]["data"]["fail_reason"], reason, "{check}");
    }
}

/// Every field of every check, by the names existing nodes read.
#[test]
fn the_wire_names_of_a_fingerprint() {
    let json = serde_json::to_value(recorded("x86_64-elitedesk-haswell")).expect("it serialises");
    for (check, fields) in [
        ("clock_drift", &["mean_ns", "stdev_ns", "cv", "drift_stdev"][..]),
        (
            "cache_timing",
            &["arch", "l1_ns", "l2_ns", "l3_ns", "ram_ns", "l2_l1_ratio", "l3_l2_ratio"],
        ),
        (
            "simd_identity",
            &[
                "arch",
                "simd_flags_count",
                "has_sse",
                "has_avx",
                "has_altivec",
                "has_neon",
                "sample_flags",
            ],
        ),
        ("thermal_drift", &["cold_avg_ns", "hot_avg_ns", "cold_stdev", "hot_stdev", "drift_ratio"]),
        (
            "instruction_jitter",
            &["int_avg_ns", "fp_avg_ns", "branch_avg_ns", "int_stdev", "fp_stdev", "branch_stdev"],
        ),
        (
            "anti_emulation",
            &[
                "vm_indicators",
                "indicator_count",
                "is_likely_vm",
                "dmesg_scanned",
                "paths_checked",
                "cpuinfo_flags",
            ],
        ),
    ] {
        let data = json["checks"][check]["data"].as_object().expect("data is an object");
        let mut names: Vec<&str> = data.keys().map(String::as_str).collect();
        let mut wanted = fields.to_vec();
        names.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(names, wanted, "{check}");
        assert_eq!(json["checks"][check]["passed"], true, "{check}");
    }
    assert_eq!(json["checks"].as_object().expect("an object").len(), 6);
}

/// Asserts that this machine's caches are told apart, a number of times.
fn caches_are_told_apart(times: u32) {
    for time in 1..=times {
        let fingerprint =
            measure(&SystemHost, &SystemStopwatch::start()).expect("this machine is supported");
        let cache = &fingerprint.checks.cache_timing;
        let found = &cache.data.found;
        let ordered = found.l1_ns < found.l2_ns && found.l2_ns < found.ram_ns;
        assert!(ordered && cache.passed, "measurement {time}: {cache:?}");
    }
}

#[test]
fn this_machines_caches_are_told_apart() {
    caches_are_told_apart(2);
}

#[test]
#[ignore = "a minute and more: run by hand in release, idle and with every processor busy"]
fn this_machines_caches_are_told_apart_a_hundred_times() {
    caches_are_told_apart(100);
}

#[test]
fn other_systems_are_refused_by_name() {
    let windows = RecordedHost::empty("windows", "x86_64");
    assert!(
        matches!(describe(&windows), Err(HostError::UnsupportedSystem { system }) if system == "windows")
    );
    let refused = measure(&windows, &Even::default());
    assert!(matches!(refused, Err(HostError::UnsupportedSystem { .. })));
    let mips = RecordedHost::empty("linux", "mips64");
    assert!(
        matches!(describe(&mips), Err(HostError::UnsupportedMachine { machine }) if machine == "mips64")
    );
}

#[test]
fn the_stopwatch_runs_forward() {
    let stopwatch = SystemStopwatch::start();
    let readings: Vec<u64> = (0..1000).map(|_| stopwatch.nanos()).collect();
    assert!(readings.is_sorted());
}

proptest! {
    /// Files of a machine are written by its owner: nothing in them may end the miner.
    #[test]
    fn no_text_ends_the_miner(
        architecture in prop::sample::select(vec!["x86_64", "aarch64", "arm", "powerpc", "powerpc64"]),
        cpuinfo in any::<Vec<u8>>(),
        lines in "((cpu|Serial|model name|CPU part|machine|processor)[ \t]*:[ -~]{0,30}\n){0,8}",
        value in "\\PC{0,40}",
    ) {
        let host = RecordedHost::empty("linux", architecture)
            .with_file("/proc/meminfo", format!("MemTotal: {value} kB\n"))
            .with_file("/sys/class/dmi/id/product_serial", value.clone())
            .with_file("/proc/device-tree/serial-number", cpuinfo.clone())
            .with_file("/sys/class/net/eth0/address", value.clone())
            .with_file("/sys/class/net/eth0/device/uevent", "")
            .with_file("/sys/block/sda/device/wwid", value);
        for text in [cpuinfo, lines.into_bytes()] {
            let machine = describe(&host.clone().with_file("/proc/cpuinfo", text)).unwrap();
            prop_assert!((1..=4096).contains(&machine.device.cores));
            prop_assert!(machine.device.memory_gb >= 1);
        }
    }
}
