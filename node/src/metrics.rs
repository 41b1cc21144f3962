//! What is counted, and its text for Prometheus.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn add_one(&self) {
        self.add(1);
    }

    /// Some more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Everything that is counted since the start of the node.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Transfers that were carried out.
    pub transfers_executed: Counter,
    /// Transfers that were refused, for whatever reason.
    pub transfers_refused: Counter,
    /// Transfers whose signature did not hold.
    pub bad_signatures: Counter,
    /// Attestations that were accepted.
    pub attestations_accepted: Counter,
    /// Attestations that were refused.
    pub attestations_refused: Counter,
    /// Enrolments that were confirmed.
    pub enrolments_confirmed: Counter,
    /// Enrolments that were refused.
    pub enrolments_refused: Counter,
    /// Challenges that were given.
    pub challenges_given: Counter,
    /// Fingerprint checks of a name that we do not know.
    pub unknown_checks: Counter,
    /// Groups of commands that became durable.
    pub groups_committed: Counter,
    /// Blocks that were sealed.
    pub blocks_sealed: Counter,
    /// Orders that could not be taken or written.
    pub orders_unavailable: Counter,
}

impl Metrics {
    /// All counters with their names and what they count.
    pub fn counters(&self) -> [(&'static str, &'static str, u64); 12] {
        [
            (
                "rustchain_transfers_executed_total",
                "transfers carried out",
                self.transfers_executed.get(),
            ),
            (
                "rustchain_transfers_refused_total",
                "transfers refused",
                self.transfers_refused.get(),
            ),
            (
                "rustchain_bad_signatures_total",
                "signatures that did not hold",
                self.bad_signatures.get(),
            ),
            (
                "rustchain_attestations_accepted_total",
                "attestations accepted",
                self.attestations_accepted.get(),
            ),
            (
                "rustchain_attestations_refused_total",
                "attestations refused",
                self.attestations_refused.get(),
            ),
            ("rustchain_enroll_ok_total", "enrolments confirmed", self.enrolments_confirmed.get()),
            ("rustchain_enroll_rejects_total", "enrolments refused", self.enrolments_refused.get()),
            ("rustchain_challenges_given_total", "challenges given", self.challenges_given.get()),
            (
                "rustchain_unknown_checks_total",
                "fingerprint checks of unknown name",
                self.unknown_checks.get(),
            ),
            (
                "rustchain_groups_committed_total",
                "groups of commands made durable",
                self.groups_committed.get(),
            ),
            ("rustchain_blocks_sealed_total", "blocks sealed", self.blocks_sealed.get()),
            (
                "rustchain_orders_unavailable_total",
                "orders not taken or not written",
                self.orders_unavailable.get(),
            ),
        ]
    }
}
