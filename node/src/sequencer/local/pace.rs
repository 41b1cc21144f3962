//! How long the writer waits before its next group, so that one commit serves more orders.
//!
//! A commit costs about the same whether it holds one order or fifty. On a fast disk a busy writer
//! that commits whatever has arrived makes many small groups, and spends processor time that
//! verifying signatures needs. So when orders come so fast that a short pause brings company, the
//! writer pauses; a lone client is never kept waiting.

use std::time::{Duration, Instant};

/// The pause. Short beside what a client waits for under such a load.
const PAUSE: Duration = Duration::from_millis(1);

/// Orders that a pause has to bring to be worth it.
const COMPANY: u128 = 8;

/// Orders that wait already and are group enough.
const ENOUGH: usize = 64;

/// Watches how fast orders come.
#[derive(Debug)]
pub(super) struct Pace {
    last_group_ended: Instant,
}

impl Pace {
    pub(super) const fn starting(now: Instant) -> Self {
        Self { last_group_ended: now }
    }

    /// The pause behind a group that ended now, while so many orders wait already.
    pub(super) fn after_group(
        &mut self,
        orders: usize,
        waiting: usize,
        now: Instant,
    ) -> Option<Duration> {
        let cycle = now.saturating_duration_since(self.last_group_ended);
        self.last_group_ended = now;
        let arrivals = u128::try_from(orders).unwrap_or(u128::MAX);
        let fast = arrivals.saturating_mul(PAUSE.as_nanos())
            >= COMPANY.saturating_mul(cycle.as_nanos().max(1));
        (fast && waiting < ENOUGH).then_some(PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MICROS: u64 = 1_000_000;

    /// What a pace that has just started says of a group of so many after so long.
    fn says(orders: usize, waiting: usize, cycle_micros: u64) -> bool {
        let origin = Instant::now();
        let at = |micros| origin + Duration::from_micros(micros);
        let mut pace = Pace::starting(at(START_MICROS));
        pace.after_group(orders, waiting, at(START_MICROS + cycle_micros)).is_some()
    }

    #[test]
    fn a_lone_client_is_never_kept_waiting() {
        assert!(!says(1, 0, 200));
        assert!(!says(2, 0, 300));
    }

    #[test]
    fn a_crowd_is_waited_for() {
        assert!(says(7, 0, 280));
        assert!(says(30, 10, 1_300));
    }

    #[test]
    fn nobody_waits_for_a_group_that_is_there_already() {
        assert!(!says(100, 64, 1_000));
    }

    #[test]
    fn pausing_never_slows_a_few_clients_below_the_rate_that_makes_it_worth_while() {
        // Eight clients that a pause slows to one round in 1.2 ms are not paused again.
        assert!(!says(8, 0, 1_200));
    }
}
