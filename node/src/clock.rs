//! The one reader of clocks in the node.
//!
//! The wall clock is read at the start; from then on time is what a clock adds that also counts
//! while the machine sleeps and that nobody can set. So a stepped wall clock cannot move epochs;
//! it is noticed, and the operator is asked.

use std::time::SystemTime;

use protocol::time::{UnixMillis, UnixSeconds};
use rustix::time::{ClockId, clock_gettime};

/// The node's time.
#[derive(Debug, Clone, Copy)]
pub struct NodeClock {
    wall_at_start: UnixMillis,
    boot_at_start: u64,
}

impl NodeClock {
    /// Reads the wall clock, once.
    pub fn start() -> Self {
        Self { wall_at_start: wall_clock(), boot_at_start: boot_clock() }
    }

    /// Now: the wall clock at the start, and the time that has gone by since.
    pub fn now(&self) -> UnixMillis {
        self.wall_at_start.plus_millis(self.since_start_ms())
    }

    /// Now, in seconds.
    pub fn now_seconds(&self) -> UnixSeconds {
        self.now().seconds()
    }

    /// Milliseconds since the start.
    pub fn since_start_ms(&self) -> u64 {
        boot_clock().saturating_sub(self.boot_at_start)
    }

    /// How far the wall clock has moved away since the start, in milliseconds.
    pub fn wall_clock_drift_ms(&self) -> u64 {
        wall_clock().0.abs_diff(self.now().0)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the node's one reader of the wall clock")]
fn wall_clock() -> UnixMillis {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixMillis(u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX))
}

/// Milliseconds since the machine was started, the time that it slept included.
fn boot_clock() -> u64 {
    let now = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    let millis = u64::try_from(now.tv_nsec).unwrap_or_default() / 1_000_000;
    seconds.saturating_mul(1_000).saturating_add(millis)
}
