//! Whether epochs may end by this clock, or the operator has to say so (system section 8.7).

use protocol::time::UnixMillis;

use crate::clock::NodeClock;

/// The least deviation of the wall clock that needs the operator's word, in milliseconds.
const LEAST_DRIFT_MILLIS: u64 = 60_000;

/// Watches the clock.
#[derive(Debug)]
pub(super) struct ClockWatch {
    clock: NodeClock,
    drift_limit_millis: u64,
    at_start: Option<String>,
}

impl ClockWatch {
    /// Looks at the clock against the newest block. `confirmed` is the operator's word for it.
    pub(super) fn start(
        clock: NodeClock,
        tip: UnixMillis,
        max_gap_seconds: u64,
        slot_seconds: u64,
        confirmed: bool,
    ) -> Self {
        let at_start = problem_at_start(clock.now(), tip, max_gap_seconds);
        Self {
            clock,
            drift_limit_millis: slot_seconds.saturating_mul(1_000).max(LEAST_DRIFT_MILLIS),
            at_start: at_start.filter(|_| !confirmed),
        }
    }

    /// Why epochs must not end by this clock; `None` when they may.
    pub(super) fn problem(&self) -> Option<String> {
        let drift = self.clock.wall_clock_drift_ms();
        if drift > self.drift_limit_millis {
            return Some(format!("the wall clock moved by {} s since the start", drift / 1_000));
        }
        self.at_start.clone()
    }
}

fn problem_at_start(now: UnixMillis, tip: UnixMillis, max_gap_seconds: u64) -> Option<String> {
    let gap_s = now.millis_since(tip) / 1_000;
    if now < tip {
        Some("the wall clock is behind the newest block".to_owned())
    } else if gap_s > max_gap_seconds {
        Some(format!("the newest block is {gap_s} s old"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_behind_the_chain_or_far_ahead_of_it_is_doubted() {
        let at = |now: u64| problem_at_start(UnixMillis(now), UnixMillis(100_000), 10);
        assert!(at(99_999).is_some());
        assert!(at(100_000).is_none());
        assert!(at(110_999).is_none());
        assert!(at(111_000).is_some());
    }
}
