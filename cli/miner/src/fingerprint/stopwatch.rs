//! The clock that measurements read.

use std::time::Instant;

/// A clock that only runs forward, in nanoseconds from a start of its own.
pub trait Stopwatch: Send + Sync {
    /// Nanoseconds since the stopwatch's start.
    fn nanos(&self) -> u64;
}

/// The monotonic clock of this machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemStopwatch {
    start: Instant,
}

impl SystemStopwatch {
    /// Starts a stopwatch.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }
}

impl Stopwatch for SystemStopwatch {
    fn nanos(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// The nanoseconds that some work takes.
pub(super) fn timed(stopwatch: &dyn Stopwatch, work: impl FnOnce()) -> u64 {
    let start = stopwatch.nanos();
    work();
    stopwatch.nanos().saturating_sub(start)
}

/// Stopwatches for tests, whose readings do not depend on the machine.
#[cfg(test)]
pub(super) mod scripted {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Stopwatch;

    /// A stopwatch that moves on by the same step at every reading.
    pub(in super::super) struct Even {
        step_ns: u64,
        now_ns: AtomicU64,
    }

    impl Even {
        pub(in super::super) const fn new(step_ns: u64) -> Self {
            Self { step_ns, now_ns: AtomicU64::new(0) }
        }
    }

    impl Stopwatch for Even {
        fn nanos(&self) -> u64 {
            self.now_ns.fetch_add(self.step_ns, Ordering::Relaxed)
        }
    }
}
