//! What tells one machine from another of its class: serial numbers, UUID, interfaces and disks.
//!
//! Only what the hardware carries counts. Numbers that thousands of boards share (`Default string`,
//! zeros) and addresses that change at every start are dropped: each would tie strangers together
//! or make one machine look like many.

use crate::cpuinfo::{CpuInfo, InstructionSet};
use crate::host::Host;

/// Where PCs keep the serial number of the machine, best first. Only root may read them.
const DMI_SERIALS: [&str; 3] = [
    "/sys/class/dmi/id/product_serial",
    "/sys/class/dmi/id/board_serial",
    "/sys/class/dmi/id/chassis_serial",
];

/// Where a disk keeps its serial number or world-wide name, below its folder, best first.
const DISK_SERIALS: [&str; 5] = ["device/serial", "serial", "wwid", "device/wwid", "device/cid"];

/// Texts that firmware shows where a number was never written, in lower case.
const PLACEHOLDERS: [&str; 22] = [
    "default string",
    "to be filled by o.e.m.",
    "to be filled by o.e.m",
    "tobefilledbyo.e.m.",
    "filled by o.e.m.",
    "o.e.m.",
    "oem",
    "empty",
    "invalid",
    "n/a",
    "none",
    "null",
    "not applicable",
    "not available",
    "not specified",
    "unknown",
    "system serial number",
    "base board serial number",
    "board serial number",
    "chassis serial number",
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
];

/// The serial number of the machine.
pub(super) fn serial(host: &dyn Host, cpu: &CpuInfo) -> Option<String> {
    let found = match cpu.instruction_set() {
        InstructionSet::X86 => None,
        InstructionSet::Arm => arm_serial(host, cpu),
        InstructionSet::PowerPc => power_mac_serial(host),
    };
    found.or_else(|| DMI_SERIALS.iter().find_map(|path| genuine(&host.text(path)?)))
}

/// Boards with a device tree name their serial number there; older kernels in `/proc/cpuinfo`.
fn arm_serial(host: &dyn Host, cpu: &CpuInfo) -> Option<String> {
    let told = host.text("/proc/device-tree/serial-number").as_deref().and_then(genuine);
    told.or_else(|| genuine(cpu.first("Serial")?))
}

/// Apple's Open Firmware keeps the last three characters of the serial number, padding, and then
/// the others.
fn power_mac_serial(host: &dyn Host) -> Option<String> {
    let mut parts = host.strings("/proc/device-tree/serial-number");
    if parts.len() > 1 {
        parts.rotate_left(1);
    }
    genuine(&parts.concat())
}

/// The UUID of the board, in lower case.
pub(super) fn board_uuid(host: &dyn Host) -> Option<String> {
    genuine(&host.text("/sys/class/dmi/id/product_uuid")?).map(|uuid| uuid.to_lowercase())
}

/// The addresses of physical interfaces, sorted. Bridges, tunnels, containers' interfaces and the
/// loopback have no `device`.
pub(super) fn macs(host: &dyn Host) -> Vec<String> {
    const INTERFACES: &str = "/sys/class/net";
    let names = host.list(INTERFACES).into_iter().map(|name| format!("{INTERFACES}/{name}"));
    let physical = names.filter(|path| !host.list(&format!("{path}/device")).is_empty());
    sorted(physical.filter_map(|path| permanent_mac(host, &path)))
}

/// The address an interface was made with: of the slave of a bond, the one it had before; of a
/// radio, the one that is not randomised; never one drawn at start.
fn permanent_mac(host: &dyn Host, interface: &str) -> Option<String> {
    /// `NET_ADDR_RANDOM` of the kernel's `include/uapi/linux/netdevice.h`.
    const DRAWN_AT_RANDOM: &str = "1";
    let kept = ["bonding_slave/perm_hwaddr", "phy80211/macaddress"];
    let kept = kept.iter().find_map(|name| mac(&host.text(&format!("{interface}/{name}"))?));
    if kept.is_some() {
        return kept;
    }
    let origin = host.text(&format!("{interface}/addr_assign_type"));
    if origin.as_deref() == Some(DRAWN_AT_RANDOM) {
        return None;
    }
    mac(&host.text(&format!("{interface}/address"))?)
}

/// An Ethernet address in lower case, unless it is malformed, all zeros or all ones.
fn mac(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(':').collect();
    let well_formed = parts.len() == 6
        && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()));
    if !well_formed || one_character(text) {
        return None;
    }
    Some(text.to_lowercase())
}

/// The serial numbers of fixed disks, sorted. Loops, memory disks and volumes have no `device`.
pub(super) fn disks(host: &dyn Host) -> Vec<String> {
    const DISKS: &str = "/sys/block";
    let names = host.list(DISKS).into_iter().map(|name| format!("{DISKS}/{name}"));
    let fixed = names.filter(|path| {
        !host.list(&format!("{path}/device")).is_empty()
            && host.text(&format!("{path}/removable")).as_deref() != Some("1")
    });
    sorted(fixed.filter_map(|path| {
        DISK_SERIALS.iter().find_map(|name| genuine(&host.text(&format!("{path}/{name}"))?))
    }))
}

/// The value with its white space tidied, unless it is one that many machines share.
fn genuine(value: &str) -> Option<String> {
    let tidy = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = tidy.to_lowercase();
    let shared = PLACEHOLDERS.contains(&lower.as_str())
        || one_character(&lower)
        || "0123456789".starts_with(&lower)
        || "1234567890".starts_with(&lower);
    (!shared).then_some(tidy)
}

/// Whether the letters and digits are all the same one (`00000000`, `xx-xx`), or there are none.
fn one_character(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.next().is_none_or(|first| letters.all(|c| c == first))
}

fn sorted(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut values: Vec<String> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::recorded::RecordedHost;

    #[test]
    fn placeholders_are_no_identity() {
        for shared in [
            "Default string",
            "To be filled by O.E.M.",
            "0000000000000000",
            "00:00",
            "  ",
            "N/A",
            "None",
            "System Serial Number",
            "0123456789",
            "123456789",
            "xxxxxxxx",
            ".......",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "03000200-0400-0500-0006-000700080009",
        ] {
            assert_eq!(genuine(shared), None, "{shared}");
        }
        assert_eq!(genuine(" S3Z   NX0M ").as_deref(), Some("S3Z NX0M"));
        assert_eq!(genuine("100000005a6b7c8d").as_deref(), Some("100000005a6b7c8d"));
    }

    #[test]
    fn interfaces_without_a_device_or_with_a_drawn_address_are_skipped() {
        let host = RecordedHost::empty("linux", "x86_64")
            .with_file("/sys/class/net/lo/address", "00:00:00:00:00:00")
            .with_file("/sys/class/net/docker0/address", "02:42:0A:00:00:01")
            .with_file("/sys/class/net/eth1/address", "B8:27:EB:11:22:33\n")
            .with_file("/sys/class/net/eth1/device/uevent", "")
            .with_file("/sys/class/net/eth0/address", "aa:aa:aa:aa:aa:ab")
            .with_file("/sys/class/net/eth0/bonding_slave/perm_hwaddr", "00:1b:21:aa:bb:cc")
            .with_file("/sys/class/net/eth0/device/uevent", "")
            .with_file("/sys/class/net/usb0/address", "de:ad:be:ef:00:01")
            .with_file("/sys/class/net/usb0/addr_assign_type", "1\n")
            .with_file("/sys/class/net/usb0/device/uevent", "")
            .with_file("/sys/class/net/wlan0/address", "7a:00:00:00:00:01")
            .with_file("/sys/class/net/wlan0/phy80211/macaddress", "00:21:6a:01:02:03")
            .with_file("/sys/class/net/wlan0/device/uevent", "")
            .with_file("/sys/class/net/ib0/address", "80:00:00:48:fe:80:00:00")
            .with_file("/sys/class/net/ib0/device/uevent", "");
        let wanted = ["00:1b:21:aa:bb:cc", "00:21:6a:01:02:03", "b8:27:eb:11:22:33"];
        assert_eq!(macs(&host), wanted);
    }

    #[test]
    fn disks_are_fixed_and_physical() {
        let host = RecordedHost::empty("linux", "x86_64")
            .with_file("/sys/block/loop0/size", "0")
            .with_file("/sys/block/nvme0n1/device/serial", "S4EWNX0R123456      \n")
            .with_file("/sys/block/nvme0n1/wwid", "eui.0025385b11b2a3c4")
            .with_file("/sys/block/sda/device/wwid", "t10.ATA     Samsung SSD 860  S3Z8NB0K")
            .with_file("/sys/block/sdb/device/wwid", "naa.1")
            .with_file("/sys/block/sdb/removable", "1\n");
        assert_eq!(disks(&host), ["S4EWNX0R123456", "t10.ATA Samsung SSD 860 S3Z8NB0K"]);
    }

    #[test]
    fn the_first_genuine_serial_is_taken() {
        let host = RecordedHost::empty("linux", "x86_64")
            .with_file("/proc/cpuinfo", "processor : 0")
            .with_file("/sys/class/dmi/id/product_serial", "To be filled by O.E.M.\n")
            .with_file("/sys/class/dmi/id/board_serial", "/7B3K2M1/CN7220\n")
            .with_file("/sys/class/dmi/id/product_uuid", "4C4C4544-0042-3310-804B-B7C04F4D3231\n");
        let cpu = CpuInfo::read(&host).unwrap();
        assert_eq!(serial(&host, &cpu).as_deref(), Some("/7B3K2M1/CN7220"));
        let uuid = board_uuid(&host);
        assert_eq!(uuid.as_deref(), Some("4c4c4544-0042-3310-804b-b7c04f4d3231"));
    }
}
