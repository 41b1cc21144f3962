//! Reads `/proc/meminfo`.

use crate::host::Host;

/// The memory of the machine in KiB, as the kernel counts it; `None` when it does not say.
pub(crate) fn total_kib(host: &dyn Host) -> Option<u64> {
    let text = host.text("/proc/meminfo")?;
    let value = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::recorded::RecordedHost;

    #[test]
    fn reads_the_total() {
        let host = RecordedHost::empty("linux", "x86_64");
        assert_eq!(total_kib(&host), None);
        let host = host.with_file("/proc/meminfo", "MemTotal:       24684092 kB\nMemFree: 1 kB\n");
        assert_eq!(total_kib(&host), Some(24_684_092));
        assert_eq!(total_kib(&host.with_file("/proc/meminfo", "MemTotal: many kB")), None);
    }
}
