//! Requests that are due at fixed times, whether the server keeps up or not.
//!
//! Latency counts from when a request was due, not from when it could be sent: else a server that
//! stalls would be asked less and look better for it.

use std::time::Duration;

/// When the requests of one connection are due, all connections taking turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schedule {
    first: Duration,
    step: Duration,
}

impl Schedule {
    /// The schedule of one of `connections` that together send `rate` requests a second.
    pub(crate) fn of(connection: usize, connections: usize, rate: usize) -> Self {
        let rate = u32::try_from(rate).unwrap_or(u32::MAX).max(1);
        let times = |count: usize| {
            Duration::from_secs(1).saturating_mul(u32::try_from(count).unwrap_or(u32::MAX)) / rate
        };
        Self { first: times(connection), step: times(connections) }
    }

    /// When a request of this connection is due, from the beginning.
    pub(crate) fn due(&self, number: usize) -> Duration {
        let steps = u32::try_from(number).unwrap_or(u32::MAX);
        self.first.saturating_add(self.step.saturating_mul(steps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_take_turns_at_the_rate() {
        let mut due: Vec<Duration> = (0..4)
            .flat_map(|connection| {
                let schedule = Schedule::of(connection, 4, 1_000);
                (0..250).map(move |number| schedule.due(number))
            })
            .collect();
        due.sort_unstable();
        let expected: Vec<Duration> = (0..1_000).map(Duration::from_millis).collect();
        assert_eq!(due, expected, "one each millisecond");
    }

    #[test]
    fn a_schedule_does_not_wait_for_answers() {
        let schedule = Schedule::of(0, 1, 10);
        assert_eq!(schedule.due(600), Duration::from_mins(1));
    }
}
