//! Waiting for what the node does by itself: asked for again and again, with a deadline.

use std::process::Child;
use std::time::{Duration, Instant};

use super::program::Ended;

/// Longer than anything takes that works.
const DEADLINE: Duration = Duration::from_secs(45);

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// Tries until there is something.
pub(crate) fn until<T>(what: &str, attempt: impl FnMut() -> Option<T>) -> T {
    in_time(attempt).unwrap_or_else(|| panic!("waited in vain until {what}"))
}

/// Waits for the end of a process that has to end by itself; it is killed when it does not.
pub(crate) fn end_of(mut child: Child) -> Ended {
    if in_time(|| child.try_wait().unwrap()).is_none() {
        child.kill().unwrap();
    }
    Ended::of(child.wait_with_output().unwrap())
}

/// Tries until there is something, or the deadline has passed.
fn in_time<T>(mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    while started.elapsed() < DEADLINE {
        let found = attempt();
        if found.is_some() {
            return found;
        }
        std::thread::park_timeout(PAUSE);
    }
    None
}
