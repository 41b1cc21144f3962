//! Looks for the marks that hypervisors and emulators leave.
//!
//! A mark is a value that a hypervisor writes into a field meant for it, compared whole. Free text
//! (host names, parts of a product's name) is no evidence: `dawson-pc` is no cloud, Google and
//! Microsoft also build computers, and a container on real hardware is real hardware.

use serde::Serialize;

use super::{FailReason, Finding};
use crate::cpuinfo::CpuInfo;
use crate::host::Host;

const DMI: &str = "/sys/class/dmi/id";
const DEVICE_TREE: &str = "/proc/device-tree";
const HYPERVISOR_TYPE: &str = "/sys/hypervisor/type";
const XEN: &str = "/proc/xen";
const XEN_CAPABILITIES: &str = "/proc/xen/capabilities";

/// What is looked at, so that a node can tell a clean machine from one that was not examined.
const PATHS: [&str; 12] = [
    "/proc/cpuinfo",
    HYPERVISOR_TYPE,
    XEN,
    XEN_CAPABILITIES,
    "/sys/class/dmi/id/sys_vendor",
    "/sys/class/dmi/id/product_name",
    "/sys/class/dmi/id/board_vendor",
    "/sys/class/dmi/id/board_name",
    "/sys/class/dmi/id/bios_vendor",
    "/proc/device-tree/compatible",
    "/proc/device-tree/model",
    "/proc/device-tree/hypervisor/compatible",
];

/// Fields of the firmware's tables and the exact values by which hypervisors name themselves
/// there. `SeaBIOS` is missing on purpose: real boards with coreboot show it too.
const DMI_MARKS: [(&str, &str); 27] = [
    ("sys_vendor", "QEMU"),
    ("board_vendor", "QEMU"),
    ("sys_vendor", "KVM"),
    ("product_name", "KVM"),
    ("sys_vendor", "KubeVirt"),
    ("sys_vendor", "OpenStack Foundation"),
    ("product_name", "OpenStack Nova"),
    ("product_name", "OpenStack Compute"),
    ("sys_vendor", "Bochs"),
    ("product_name", "Bochs"),
    ("bios_vendor", "Bochs"),
    ("sys_vendor", "Xen"),
    ("product_name", "HVM domU"),
    ("sys_vendor", "VMware, Inc."),
    ("product_name", "VMware Virtual Platform"),
    ("sys_vendor", "innotek GmbH"),
    ("bios_vendor", "innotek GmbH"),
    ("product_name", "VirtualBox"),
    ("board_name", "VirtualBox"),
    ("sys_vendor", "Parallels Software International Inc."),
    ("sys_vendor", "Parallels International GmbH."),
    ("product_name", "BHYVE"),
    ("product_name", "Firecracker"),
    ("product_name", "Google Compute Engine"),
    ("product_name", "Droplet"),
    ("product_name", "Apple Virtualization Generic Platform"),
    ("product_name", "Apple Inc. Apple Virtualization Generic Platform"),
];

/// The `anti_emulation` data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AntiEmulation {
    /// The marks found, as `place:value`.
    pub vm_indicators: Vec<String>,
    /// How many there are.
    pub indicator_count: usize,
    /// Whether there is any.
    pub is_likely_vm: bool,
    /// Whether the kernel's messages were searched. They are free text, so never.
    pub dmesg_scanned: bool,
    /// The places that were looked at.
    pub paths_checked: Vec<String>,
    /// The processor flags that only a guest has.
    pub cpuinfo_flags: Vec<String>,
}

impl AntiEmulation {
    pub(super) fn gather(host: &dyn Host, cpu: &CpuInfo) -> Self {
        let mut marks = Vec::new();
        let mut guest_flags = Vec::new();
        if !controls_xen(host) {
            guest_flags.extend(cpu.flags().into_iter().filter(|&flag| flag == "hypervisor"));
            marks.extend(guest_flags.iter().map(|flag| format!("cpuinfo:{flag}")));
            marks.extend(hypervisor_marks(host));
        }
        marks.extend(emulator_marks(cpu));
        marks.extend(dmi_marks(host));
        marks.extend(device_tree_marks(host));
        Self {
            indicator_count: marks.len(),
            is_likely_vm: !marks.is_empty(),
            vm_indicators: marks,
            dmesg_scanned: false,
            paths_checked: PATHS.iter().map(|&path| path.to_owned()).collect(),
            cpuinfo_flags: guest_flags.into_iter().map(str::to_owned).collect(),
        }
    }
}

impl Finding for AntiEmulation {
    fn fail_reason(&self) -> Option<FailReason> {
        self.is_likely_vm.then_some(FailReason::VmDetected)
    }
}

/// Whether this is the domain that owns the hardware under Xen (Qubes desktops, Xen hosts). It runs
/// on the hypervisor like its guests do and shows the same flags, but it is the machine.
fn controls_xen(host: &dyn Host) -> bool {
    host.text(XEN_CAPABILITIES)
        .is_some_and(|text| text.split_whitespace().any(|word| word == "control_d"))
}

/// What the kernel says about the hypervisor below it.
fn hypervisor_marks(host: &dyn Host) -> Vec<String> {
    let mut marks = Vec::new();
    if let Some(kind) = host.text(HYPERVISOR_TYPE) {
        marks.push(format!("sys_hypervisor:{kind}"));
    }
    if !host.list(XEN).is_empty() {
        marks.push("proc_xen:guest".to_owned());
    }
    for name in host.strings(&format!("{DEVICE_TREE}/hypervisor/compatible")) {
        // Phones run their first system on a hypervisor of the maker's, on real hardware.
        if matches!(name.as_str(), "linux,kvm" | "vmware") || name.starts_with("xen,") {
            marks.push(format!("device_tree_hypervisor:{name}"));
        }
    }
    marks
}

/// Processors and boards that exist in software only.
fn emulator_marks(cpu: &CpuInfo) -> Vec<String> {
    const MADE_UP: [(&str, &str); 3] = [
        ("vendor_id", "User Mode Linux"),
        ("machine", "CHRP IBM pSeries (emulated by qemu)"),
        ("Hardware", "Dummy Virtual Machine"),
    ];
    let found = MADE_UP.iter().filter(|(key, value)| cpu.first(key) == Some(value));
    found.map(|(key, value)| format!("cpuinfo_{key}:{value}")).collect()
}

/// What the firmware's tables say.
fn dmi_marks(host: &dyn Host) -> Vec<String> {
    let field = |name: &str| host.text(&format!("{DMI}/{name}")).unwrap_or_default();
    let named = DMI_MARKS.iter().filter(|(name, value)| field(name) == *value);
    let mut marks: Vec<String> = named.map(|(name, value)| format!("dmi_{name}:{value}")).collect();
    let (vendor, product) = (field("sys_vendor"), field("product_name"));
    // Both firms also sell the bare machine: the product tells.
    if vendor == "Microsoft Corporation" && product == "Virtual Machine" {
        marks.push("dmi:Microsoft Corporation Virtual Machine".to_owned());
    }
    let metal = product.split(['.', '-']).any(|part| part == "metal");
    if vendor == "Amazon EC2" && !metal {
        marks.push(format!("dmi:Amazon EC2 {product}"));
    }
    marks
}

/// What the device tree says, on machines that have one.
fn device_tree_marks(host: &dyn Host) -> Vec<String> {
    let mut marks = Vec::new();
    let compatible = host.strings(&format!("{DEVICE_TREE}/compatible"));
    if compatible.iter().any(|name| name == "linux,dummy-virt") {
        marks.push("device_tree:linux,dummy-virt".to_owned());
    }
    if let Some(model) = host.text(&format!("{DEVICE_TREE}/model"))
        && model == "IBM pSeries (emulated by qemu)"
    {
        marks.push(format!("device_tree_model:{model}"));
    }
    let nodes = host.list(DEVICE_TREE);
    // QEMU's channel to its firmware.
    if nodes.iter().any(|node| node == "fw-cfg" || node.starts_with("fw-cfg@")) {
        marks.push("device_tree:fw-cfg".to_owned());
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::recorded::RecordedHost;

    fn marks(host: &RecordedHost) -> Vec<String> {
        AntiEmulation::gather(host, &CpuInfo::read(host).unwrap()).vm_indicators
    }

    fn pc(flags: &str) -> RecordedHost {
        RecordedHost::empty("linux", "x86_64")
            .with_file("/proc/cpuinfo", format!("flags : {flags}"))
    }

    fn branded(vendor: &str, product: &str) -> RecordedHost {
        pc("fpu sse")
            .with_file("/sys/class/dmi/id/sys_vendor", vendor)
            .with_file("/sys/class/dmi/id/product_name", product)
    }

    #[test]
    fn hypervisors_that_name_themselves() {
        assert_eq!(marks(&pc("fpu hypervisor")), ["cpuinfo:hypervisor"]);
        assert_eq!(marks(&branded("QEMU\n", "Standard PC\n")), ["dmi_sys_vendor:QEMU"]);
        for (vendor, product) in [
            ("VMware, Inc.", "VMware20,1"),
            ("innotek GmbH", "VirtualBox"),
            ("Microsoft Corporation", "Virtual Machine"),
            ("Amazon EC2", "t3.medium"),
            ("Google", "Google Compute Engine"),
            ("DigitalOcean", "Droplet"),
            ("Xen", "HVM domU"),
        ] {
            assert!(!marks(&branded(vendor, product)).is_empty(), "{vendor} {product}");
        }
        let xen =
            pc("fpu").with_file("/sys/hypervisor/type", "xen\n").with_file("/proc/xen/privcmd", "");
        assert_eq!(marks(&xen), ["sys_hypervisor:xen", "proc_xen:guest"]);
    }

    #[test]
    fn firms_that_also_build_computers() {
        for (vendor, product) in [
            ("Microsoft Corporation", "Surface Pro 7"),
            ("Google", "Eve"),
            ("Oracle Corporation", "SUN FIRE X4170 M3"),
            ("Amazon EC2", "c5.metal"),
            ("Amazon EC2", "c7g.metal-48xl"),
            ("Dell Inc.", "KVM Switch 8000"),
            ("Parallels of Nowhere", "Xenon"),
        ] {
            assert!(marks(&branded(vendor, product)).is_empty(), "{vendor} {product}");
        }
        let coreboot =
            branded("LENOVO", "X230").with_file("/sys/class/dmi/id/bios_vendor", "SeaBIOS");
        assert!(marks(&coreboot).is_empty());
    }

    #[test]
    fn names_and_containers_are_no_evidence() {
        let host = pc("fpu sse")
            .with_file("/proc/sys/kernel/hostname", "dawson-pc-qemu-kvm-vmware")
            .with_file("/.dockerenv", "")
            .with_file("/run/.containerenv", "")
            .with_file("/proc/1/cgroup", "0::/docker/0123\n")
            .with_file("/proc/version", "Linux built by qemu@hypervisor");
        assert!(marks(&host).is_empty());
    }

    #[test]
    fn the_domain_that_owns_the_hardware_is_the_machine() {
        let qubes = pc("fpu hypervisor")
            .with_file("/sys/hypervisor/type", "xen")
            .with_file("/proc/xen/capabilities", "control_d\n");
        assert!(marks(&qubes).is_empty());
        let nested = qubes.with_file("/sys/class/dmi/id/sys_vendor", "QEMU");
        assert_eq!(marks(&nested), ["dmi_sys_vendor:QEMU"]);
    }

    #[test]
    fn machines_with_a_device_tree() {
        let arm = |path: &str, contents: &str| {
            let host =
                RecordedHost::empty("linux", "aarch64").with_file("/proc/cpuinfo", "processor : 0");
            marks(&host.with_file(path, contents))
        };
        let virt = arm("/proc/device-tree/compatible", "linux,dummy-virt\0");
        assert_eq!(virt, ["device_tree:linux,dummy-virt"]);
        assert_eq!(
            arm("/proc/device-tree/fw-cfg@9020000/compatible", "x\0"),
            ["device_tree:fw-cfg"]
        );
        let kvm = arm("/proc/device-tree/hypervisor/compatible", "linux,kvm\0");
        assert_eq!(kvm, ["device_tree_hypervisor:linux,kvm"]);
        assert!(
            arm("/proc/device-tree/compatible", "raspberrypi,4-model-b\0brcm,bcm2711\0").is_empty()
        );
        assert!(arm("/proc/device-tree/hypervisor/compatible", "gunyah-hypervisor\0").is_empty());
    }

    #[test]
    fn a_board_that_only_qemu_has() {
        let host = RecordedHost::empty("linux", "powerpc64")
            .with_file("/proc/cpuinfo", "machine : CHRP IBM pSeries (emulated by qemu)")
            .with_file("/proc/device-tree/model", "IBM pSeries (emulated by qemu)\0");
        let wanted = [
            "cpuinfo_machine:CHRP IBM pSeries (emulated by qemu)",
            "device_tree_model:IBM pSeries (emulated by qemu)",
        ];
        assert_eq!(marks(&host), wanted);
    }

    #[test]
    fn every_field_that_is_compared_is_among_the_paths() {
        for (field, _) in DMI_MARKS {
            let path = format!("{DMI}/{field}");
            assert!(PATHS.contains(&path.as_str()), "{path}");
        }
    }
}
