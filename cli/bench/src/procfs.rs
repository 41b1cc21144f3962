//! What the kernel counted: processor time, bytes written, memory.
//!
//! On systems without `/proc` everything is unknown, and only rates and latencies are measured.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A tick in `/proc/PID/stat`: Linux shows 100 ticks a second on every platform.
const TICK: Duration = Duration::from_millis(10);

/// What a process has used since it was started.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Processor time, in user and system mode.
    pub(crate) cpu: Duration,
    /// Bytes given to write calls, to sockets too; `None` when the system does not tell.
    pub(crate) written: Option<u64>,
}

/// What a process uses, by its number.
pub(crate) fn usage_of(pid: u32) -> Usage {
    // The one is coarse, the other lacks threads that have ended.
    let cpu = cpu_of(&pid.to_string()).max(cpu_of_threads(pid));
    Usage { cpu, written: counter(&of(pid).join("io"), "wchar:") }
}

/// Processor time of the threads that a process has now, to the nanosecond.
fn cpu_of_threads(pid: u32) -> Duration {
    threads_of(pid).values().map(|usage| usage.cpu).sum()
}

/// What the threads of a process have used, by their names; threads of one name count together.
pub(crate) fn threads_of(pid: u32) -> BTreeMap<String, Usage> {
    let mut threads: BTreeMap<String, Usage> = BTreeMap::new();
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    for task in tasks.map(|task| task.path()) {
        let Ok(name) = fs::read_to_string(task.join("comm")) else { continue };
        let usage = threads.entry(name.trim().to_owned()).or_default();
        usage.cpu += scheduled(&task.join("schedstat")).unwrap_or_default();
        if let Some(written) = counter(&task.join("io"), "wchar:") {
            usage.written = Some(usage.written.unwrap_or(0).saturating_add(written));
        }
    }
    threads
}

/// The first field of a `schedstat`: nanoseconds on a processor.
fn scheduled(path: &Path) -> Option<Duration> {
    let text = fs::read_to_string(path).ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Processor time of this process.
pub(crate) fn own_cpu() -> Duration {
    cpu_of("self")
}

/// Processor time of all processes that this one has started and waited for.
pub(crate) fn cpu_of_ended_children() -> Duration {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    cpu_in(&text, ENDED_CHILDREN).unwrap_or_default()
}

/// Bytes that a process keeps in memory now.
pub(crate) fn resident_bytes(pid: u32) -> Option<u64> {
    counter(&of(pid).join("status"), "VmRSS:").map(|kib| kib.saturating_mul(1_024))
}

/// The process that traces another one, should one do so.
pub(crate) fn tracer_of(pid: u32) -> Option<u32> {
    let tracer = counter(&of(pid).join("status"), "TracerPid:")?;
    u32::try_from(tracer).ok().filter(|tracer| *tracer > 0)
}

/// Processor time of the calling thread, to the nanosecond.
pub(crate) fn thread_cpu() -> Option<Duration> {
    scheduled(Path::new("/proc/thread-self/schedstat"))
}

/// Processor time that all processors together have spent on anything, waiting for the host
/// included.
pub(crate) fn machine_cpu() -> Duration {
    fs::read_to_string("/proc/stat").map_or(Duration::ZERO, |text| busy(&text))
}

fn cpu_of(process: &str) -> Duration {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    cpu_in(&text, ITSELF).unwrap_or_default()
}

/// Fields 14 and 15 of `/proc/PID/stat`, counted from the one behind the name: user and system time.
const ITSELF: usize = 11;
/// Fields 16 and 17: the same of children that were waited for.
const ENDED_CHILDREN: usize = 13;

/// The sum of two fields of `/proc/PID/stat`; the second one, the name, may hold anything.
fn cpu_in(stat: &str, first: usize) -> Option<Duration> {
    let (_, behind_name) = stat.rsplit_once(") ")?;
    let mut fields = behind_name.split(' ').skip(first);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(TICK * user.saturating_add(system))
}

/// The first line of `/proc/stat`: user nice system idle iowait irq softirq steal.
fn busy(stat: &str) -> Duration {
    let line = stat.lines().next().unwrap_or_default();
    let ticks = line.split_ascii_whitespace().skip(1).take(8).enumerate();
    let busy = ticks.filter(|(field, _)| !matches!(field, 3 | 4));
    let sum: u64 = busy.filter_map(|(_, ticks)| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(sum.saturating_mul(10))
}

fn of(pid: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}"))
}

fn counter(file: &Path, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_any_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 150 50 30 10 20 0 1 0 9 9 9";
        assert_eq!(cpu_in(stat, ITSELF), Some(Duration::from_secs(2)));
        assert_eq!(cpu_in(stat, ENDED_CHILDREN), Some(Duration::from_millis(400)));
        assert_eq!(cpu_in("7 (a", ITSELF), None);
    }

    #[test]
    fn threads_are_told_apart_by_name() {
        let named = std::thread::Builder::new().name("yardstick".to_owned());
        let (sender, waits) = std::sync::mpsc::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let work = move || {
            ready.send(()).unwrap();
            let _closed = waits.recv();
        };
        let thread = named.spawn(work).unwrap();
        is_ready.recv().unwrap();
        assert!(threads_of(std::process::id()).contains_key("yardstick"));
        drop(sender);
        thread.join().unwrap();
        assert_eq!(threads_of(0).len(), 0);
    }

    #[test]
    fn idle_time_is_not_busy() {
        let stat = "cpu  100 10 20 9999 888 1 2 3 0 0\ncpu0 1 1 1";
        assert_eq!(busy(stat), Duration::from_millis(1_360));
    }
}
