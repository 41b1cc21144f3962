//! Waiting for what the node does by itself: asked for again and again, with a deadline.

use std::time::{Duration, Instant};

/// Longer than anything takes that works.
const DEADLINE: Duration = Duration::from_mins(1);

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// Tries until there is something.
pub(crate) fn until<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(started.elapsed() < DEADLINE, "waited in vain until {what}");
        std::thread::park_timeout(PAUSE);
    }
}
