//! Whom to ask next, of several nodes. Pure: time is an argument.
//!
//! Nodes stand in the order of preference. One that failed rests, longer with every failure in a
//! row; while it rests, the next in order is asked. When all rest, the one whose rest ends first is
//! asked all the same: a caller with one node never waits because of this.
//!
//! A transfer can be sent to another node at once: its bytes are executed once, wherever they
//! arrive. An attestation cannot: only the node that gave a challenge takes the answer.

use protocol::time::UnixMillis;

/// The rest after a first failure, in milliseconds.
const FIRST_REST_MS: u64 = 1_000;
/// The longest rest, in milliseconds.
const LONGEST_REST_MS: u64 = 60_000;

/// What is remembered of some nodes.
#[derive(Debug, Clone)]
pub struct Failover {
    nodes: Vec<Memory>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Memory {
    failures: u32,
    rests_until: UnixMillis,
}

impl Failover {
    /// Nothing is known yet of `count` nodes, which stand in order of preference.
    pub fn new(count: usize) -> Self {
        Self { nodes: vec![Memory::default(); count] }
    }

    /// The number of the node to ask; `None` when there are none.
    pub fn next(&self, now: UnixMillis) -> Option<usize> {
        let rested = self.nodes.iter().position(|node| node.rests_until <= now);
        let soonest = || {
            let order = self.nodes.iter().enumerate();
            order.min_by_key(|(_, node)| node.rests_until).map(|(index, _)| index)
        };
        rested.or_else(soonest)
    }

    /// Notes that a node answered.
    pub fn succeeded(&mut self, index: usize) {
        if let Some(node) = self.nodes.get_mut(index) {
            *node = Memory::default();
        }
    }

    /// Notes that a node failed: it could not be reached, or did not answer like a node. A refusal
    /// is an answer.
    pub fn failed(&mut self, index: usize, now: UnixMillis) {
        if let Some(node) = self.nodes.get_mut(index) {
            let factor = 1_u64.checked_shl(node.failures).unwrap_or(u64::MAX);
            let rest = FIRST_REST_MS.saturating_mul(factor).min(LONGEST_REST_MS);
            node.failures = node.failures.saturating_add(1);
            node.rests_until = now.plus_millis(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_332_120_000);

    #[test]
    fn the_preferred_node_is_asked_while_it_answers() {
        let mut nodes = Failover::new(3);
        assert_eq!(nodes.next(NOW), Some(0));
        nodes.failed(0, NOW);
        assert_eq!(nodes.next(NOW), Some(1));
        nodes.failed(1, NOW);
        assert_eq!(nodes.next(NOW), Some(2));
        assert_eq!(nodes.next(NOW.plus_millis(1_000)), Some(0));
        nodes.succeeded(0);
        assert_eq!(nodes.next(NOW), Some(0));
    }

    #[test]
    fn rests_grow_up_to_a_minute() {
        let mut nodes = Failover::new(2);
        for rest in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
            nodes.failed(0, NOW);
            assert_eq!(nodes.next(NOW.plus_millis(rest - 1)), Some(1));
            assert_eq!(nodes.next(NOW.plus_millis(rest)), Some(0));
        }
        (0..100).for_each(|_| nodes.failed(0, NOW));
        assert_eq!(nodes.next(NOW.plus_millis(60_000)), Some(0));
    }

    #[test]
    fn when_all_rest_the_first_to_wake_is_asked() {
        let mut nodes = Failover::new(2);
        nodes.failed(0, NOW.plus_millis(500));
        nodes.failed(1, NOW);
        assert_eq!(nodes.next(NOW.plus_millis(600)), Some(1));
        assert_eq!(Failover::new(0).next(NOW), None);
        let mut none = Failover::new(0);
        none.failed(7, NOW);
        none.succeeded(7);
    }
}
