//! Chooses the working sets of the cache check from the sizes of the machine's caches.

use crate::host::Host;
use crate::meminfo;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Sizes assumed where the kernel does not tell: those of small processors of the 1990s.
const ASSUMED_L1: u64 = 16 * KIB;
const ASSUMED_L2: u64 = 256 * KIB;

/// The most that is ever walked. Beyond it walks only take longer.
const MOST_BYTES: u64 = 128 * MIB;

/// The sizes of the data caches in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CacheGeometry {
    l1: u64,
    l2: u64,
    /// Many machines have two levels only.
    l3: Option<u64>,
}

/// How many bytes to walk for each level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WorkingSets {
    pub(super) l1: u64,
    pub(super) l2: u64,
    pub(super) l3: u64,
    pub(super) ram: u64,
}

impl CacheGeometry {
    /// The caches of the first processor, as the kernel lists them.
    pub(super) fn read(host: &dyn Host) -> Self {
        Self {
            l1: cache_bytes(host, "1").unwrap_or(ASSUMED_L1),
            l2: cache_bytes(host, "2").unwrap_or(ASSUMED_L2),
            l3: cache_bytes(host, "3"),
        }
    }

    /// Working sets that fit their level and far exceed the one before, each half way between the
    /// two on a logarithmic scale. The largest stays within an eighth of the memory if it can.
    pub(super) fn working_sets(self, host: &dyn Host) -> WorkingSets {
        let between = |small: u64, large: u64| small.saturating_mul(large).isqrt();
        let l1 = (self.l1 / 2).min(8 * KIB);
        let l2 = between(self.l1, self.l2.max(4 * self.l1)).min(MOST_BYTES / 2);
        let l3 = match self.l3 {
            Some(l3) => between(self.l2, l3.max(4 * self.l2)),
            // Memory already.
            None => (4 * self.l2).max(4 * MIB),
        }
        .min(MOST_BYTES / 2);
        let most = meminfo::total_kib(host).map_or(MOST_BYTES, |kib| kib.saturating_mul(KIB) / 8);
        let largest_cache = self.l3.unwrap_or(self.l2);
        let ram = (4 * largest_cache).clamp(32 * MIB, MOST_BYTES).min(most).max(2 * l3);
        WorkingSets { l1, l2, l3, ram }
    }
}

/// The size of the data or unified cache of a level, in bytes, at most 1 GiB.
fn cache_bytes(host: &dyn Host, level: &str) -> Option<u64> {
    const CACHES: &str = "/sys/devices/system/cpu/cpu0/cache";
    let folders = host.list(CACHES).into_iter().filter(|name| name.starts_with("index"));
    folders.map(|name| format!("{CACHES}/{name}")).find_map(|cache| {
        let at_level = host.text(&format!("{cache}/level")).as_deref() == Some(level);
        let for_data = host.text(&format!("{cache}/type")).as_deref() != Some("Instruction");
        let size = (at_level && for_data).then(|| host.text(&format!("{cache}/size")))??;
        let kib: u64 = size.strip_suffix('K')?.parse().ok()?;
        (1..=1024 * KIB).contains(&kib).then_some(kib * KIB)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::recorded::RecordedHost;

    fn with_caches(caches: &[(&str, &str, &str)]) -> RecordedHost {
        let mut host = RecordedHost::empty("linux", "x86_64")
            .with_file("/proc/meminfo", "MemTotal: 8000000 kB\n");
        for (index, (level, kind, size)) in caches.iter().enumerate() {
            let folder = format!("/sys/devices/system/cpu/cpu0/cache/index{index}");
            host = host
                .with_file(&format!("{folder}/level"), *level)
                .with_file(&format!("{folder}/type"), *kind)
                .with_file(&format!("{folder}/size"), *size);
        }
        host
    }

    #[test]
    fn each_set_fits_its_level_and_exceeds_the_one_before() {
        for caches in [
            &[
                ("1", "Instruction", "64K"),
                ("1", "Data", "48K"),
                ("2", "Unified", "1024K"),
                ("3", "Unified", "32768K"),
            ][..],
            &[("1", "Data", "32K"), ("2", "Unified", "256K"), ("3", "Unified", "8192K")],
            &[("1", "Data", "32K"), ("2", "Unified", "6144K")],
            &[("1", "Data", "32K"), ("2", "Unified", "512K")],
            &[("1", "Data", "8K")],
            &[],
        ] {
            let host = with_caches(caches);
            let geometry = CacheGeometry::read(&host);
            let sets = geometry.working_sets(&host);
            assert!(sets.l1 <= geometry.l1 / 2, "{geometry:?} {sets:?}");
            assert!(sets.l2 >= 2 * geometry.l1 && sets.l2 <= geometry.l2, "{geometry:?} {sets:?}");
            assert!(sets.l3 >= 2 * geometry.l2, "{geometry:?} {sets:?}");
            assert!(geometry.l3.is_none_or(|l3| sets.l3 <= l3), "{geometry:?} {sets:?}");
            assert!(sets.ram >= 2 * sets.l3, "{geometry:?} {sets:?}");
        }
    }

    #[test]
    fn the_instruction_cache_is_not_the_data_cache() {
        let host = with_caches(&[("1", "Instruction", "64K"), ("1", "Data", "32K")]);
        assert_eq!(CacheGeometry::read(&host).l1, 32 * KIB);
    }

    #[test]
    fn the_largest_believable_caches_do_not_exhaust_the_memory() {
        for caches in [
            &[("1", "Data", "1048576K"), ("2", "Unified", "1048576K")][..],
            &[("3", "Unified", "1048576K")],
        ] {
            let host = with_caches(caches);
            let sets = CacheGeometry::read(&host).working_sets(&host);
            assert!(sets.l1.max(sets.l2).max(sets.l3).max(sets.ram) <= MOST_BYTES, "{sets:?}");
        }
    }

    #[test]
    fn an_absurd_size_is_not_believed() {
        let host = with_caches(&[("1", "Data", "99999999999K"), ("2", "Unified", "0K")]);
        let geometry = CacheGeometry::read(&host);
        assert_eq!((geometry.l1, geometry.l2), (ASSUMED_L1, ASSUMED_L2));
    }

    #[test]
    fn small_machines_keep_their_memory() {
        let host = with_caches(&[]).with_file("/proc/meminfo", "MemTotal: 131072 kB\n");
        assert_eq!(CacheGeometry::read(&host).working_sets(&host).ram, 16 * MIB);
    }
}
