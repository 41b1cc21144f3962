//! The bars: what is demanded of a node, each as a figure with what passes and what is aimed at.
//!
//! Nearly all are ratios of two sides that were measured in turn, in one run: absolute figures say
//! more about the machine than about the node.

use serde::Serialize;

use crate::machine::Backend;
use crate::options::Mode;

/// On which side of its bounds a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// At the bound or above.
    AtLeast,
    /// At the bound or below.
    AtMost,
}

/// What a figure depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// Processor time, bytes or counts: other programs hardly change them.
    Counted,
    /// The clock on the wall: worth nothing while other programs are busy.
    Timed,
}

/// What passes, and what is aimed at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bounds {
    /// On which side of the two the figure has to be.
    pub sense: Sense,
    /// What passes.
    pub pass: f64,
    /// What is aimed at.
    pub goal: f64,
}

/// A bar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spec {
    /// Its stable name, in JSON.
    pub(crate) id: &'static str,
    /// Which measurement finds it.
    pub(crate) mode: Mode,
    /// What is compared, for people.
    pub(crate) name: &'static str,
    /// The unit; empty for a ratio.
    pub(crate) unit: &'static str,
    /// What it depends on.
    pub(crate) basis: Basis,
    /// What is demanded; nothing for figures that explain others.
    pub(crate) bounds: Option<Bounds>,
}

impl Spec {
    const fn new(
        mode: Mode,
        id: &'static str,
        name: &'static str,
        unit: &'static str,
        basis: Basis,
    ) -> Self {
        Self { id, mode, name, unit, basis, bounds: None }
    }

    const fn at_least(self, pass: f64, goal: f64) -> Self {
        Self { bounds: Some(Bounds { sense: Sense::AtLeast, pass, goal }), ..self }
    }

    const fn at_most(self, pass: f64, goal: f64) -> Self {
        Self { bounds: Some(Bounds { sense: Sense::AtMost, pass, goal }), ..self }
    }
}

/// A figure that other programs hardly change.
const fn counted(mode: Mode, id: &'static str, name: &'static str, unit: &'static str) -> Spec {
    Spec::new(mode, id, name, unit, Basis::Counted)
}

/// A figure that is worth nothing while other programs are busy.
const fn timed(mode: Mode, id: &'static str, name: &'static str, unit: &'static str) -> Spec {
    Spec::new(mode, id, name, unit, Basis::Timed)
}

/// Signature verification within the processor time of a durable transfer. With AVX-512 it is so
/// much cheaper that less of the whole can be expected of it.
pub(crate) const VERIFY_SHARE: &str = "verify_share";
/// The same on a ledger with a past.
pub(crate) const PAST_VERIFY_SHARE: &str = "past_verify_share";

/// All bars, in the order in which they are shown.
pub(crate) const BARS: [Spec; 52] = [
    counted(Mode::Transfer, VERIFY_SHARE, "verify CPU / server CPU of a durable transfer", "")
        .at_least(0.45, 0.56),
    timed(Mode::Transfer, "durable_share", "durable transfers/s / without storage", "")
        .at_least(0.65, 0.80),
    counted(Mode::Transfer, "durable_cpu_share", "the same by server CPU", ""),
    timed(Mode::Transfer, "verify_rate_share", "durable transfers/s / POST, parse and verify", ""),
    counted(Mode::Transfer, "parse_share", "CPU of POST, parse / of a durable transfer", ""),
    timed(Mode::Transfer, "sum_of_parts", "transfers/s / sum of parts (verify, parse, client)", "")
        .at_least(0.60, 0.75),
    counted(Mode::Transfer, "commit_bytes", "written on the commit path per transfer", "B")
        .at_most(2_000.0, 800.0),
    counted(Mode::Transfer, "derived_bytes", "written to derived tables per transfer", "B"),
    timed(Mode::Transfer, "transfers_per_commit", "transfers per durable commit", ""),
    timed(Mode::Latency, "p99_closed", "transfers over 64 connections, p99", "ms")
        .at_most(40.0, 20.0),
    timed(
        Mode::Latency,
        "p99_open",
        "transfers at a fixed rate, p99 from when they were due",
        "ms",
    )
    .at_most(100.0, 50.0),
    timed(Mode::Latency, "lone_transfer", "a lone client's transfer / durable append, p50", ""),
    counted(Mode::Commits, "fsyncs", "fsyncs per transfer", "").at_most(0.20, 0.05),
    counted(
        Mode::Commits,
        "replies_after_fsync",
        "replies that left after an fsync of the log",
        "",
    )
    .at_least(1.0, 1.0),
    timed(Mode::Commits, "slow_disk", "transfers/s with 5 ms more per fsync / without", "")
        .at_least(0.80, 0.95),
    timed(Mode::History, "past_share", "transfers/s with a past / on a fresh ledger", "")
        .at_least(0.85, 0.95),
    counted(Mode::History, "past_cpu_share", "the same by server CPU", ""),
    counted(
        Mode::History,
        PAST_VERIFY_SHARE,
        "verify CPU / server CPU of a transfer with a past",
        "",
    )
    .at_least(0.45, 0.56),
    counted(Mode::History, "file_growth", "growth of the files per transfer", "B")
        .at_most(500.0, 300.0),
    counted(Mode::History, "rss_rest", "memory at rest", "MB").at_most(300.0, 150.0),
    counted(Mode::History, "rss_load", "memory under load", "MB").at_most(500.0, 300.0),
    counted(
        Mode::Attest,
        "attest_pair",
        "CPU of challenge and submission / verifying and judging",
        "",
    )
    .at_most(3.0, 2.0),
    counted(Mode::Attest, "attest_known", "the same CPU with all machines known / with none", "")
        .at_most(1.15, 1.05),
    counted(Mode::Balance, "balance_share", "bare GET / balance, by server CPU", "")
        .at_least(0.60, 0.67),
    counted(Mode::Health, "health_share", "bare GET / health, by server CPU", "")
        .at_least(0.70, 0.85),
    counted(Mode::Epoch, "epoch_share", "bare GET / epoch, by server CPU", "").at_least(0.70, 0.85),
    counted(Mode::Miners, "miners_share", "bare GET / page of 100 miners, by server CPU", "")
        .at_least(0.30, 0.40),
    counted(Mode::Blocks, "blocks_share", "bare GET / page of blocks, by server CPU", "")
        .at_least(0.30, 0.40),
    counted(Mode::Pages, "history_share", "bare GET / page of history, by server CPU", "")
        .at_least(0.30, 0.40),
    counted(Mode::Pages, "stored_history_share", "the same of a page that is not in memory", ""),
    counted(Mode::Mixed, "mixed_share", "CPU of the parts / CPU of 9 reads and a transfer", ""),
    counted(Mode::Settle, "settle_cpu", "CPU of a machine that is paid", "us").at_most(3.0, 1.0),
    counted(Mode::Settle, "settle_cpu_many", "the same of ten times as many machines", "us")
        .at_most(3.0, 1.0),
    counted(
        Mode::Settle,
        "settle_growth",
        "CPU of settling ten times as many machines / one time",
        "",
    )
    .at_most(13.0, 11.0),
    timed(Mode::Settle, "settle_reads_p99", "balances while machines are paid, p99", "ms")
        .at_most(100.0, 30.0),
    timed(Mode::Settle, "settle_reads_p99_many", "the same of ten times as many machines", "ms")
        .at_most(100.0, 30.0),
    counted(Mode::Roots, "roots_share", "CPU of a block's roots / of verifying it", "")
        .at_most(0.25, 0.12),
    timed(Mode::Start, "ready_after_stop", "until ready after a clean stop", "s").at_most(3.0, 1.0),
    timed(Mode::Start, "ready_after_kill", "until ready after kill -9 under load", "s")
        .at_most(6.0, 2.0),
    counted(Mode::Start, "start_cpu", "CPU until ready after a clean stop", "s"),
    counted(Mode::Start, "start_cpu_killed", "CPU until ready after kill -9", "s"),
    counted(Mode::Growth, "open_growth", "CPU of opening, large ledger / small one", "")
        .at_most(1.30, 1.05),
    counted(Mode::Growth, "balance_growth", "CPU of a balance, large ledger / small one", "")
        .at_most(1.30, 1.05),
    counted(
        Mode::Growth,
        "history_growth",
        "CPU of a page of history, large ledger / small one",
        "",
    )
    .at_most(1.30, 1.05),
    counted(Mode::Growth, "stored_history_growth", "the same of pages that are not in memory", "")
        .at_most(1.30, 1.05),
    timed(Mode::Growth, "open_time_growth", "time of opening, large ledger / small one", ""),
    counted(Mode::Growth, "rss_growth", "memory at rest, large ledger / small one", ""),
    timed(Mode::Verify, "verify_time", "node verify, for each 1,000,000 commands", "s")
        .at_most(60.0, 30.0),
    counted(Mode::Verify, "verify_cpu", "the same by CPU", "s"),
    counted(
        Mode::Instructions,
        "commit_instructions",
        "instructions of a durable transfer / verify_strict",
        "",
    )
    .at_most(1.25, 1.12),
    counted(
        Mode::Instructions,
        "sealing_instructions",
        "those of sealing its block and deriving tables / verify_strict",
        "",
    ),
    counted(
        Mode::Instructions,
        "balance_instructions",
        "instructions of GET /wallet/balance / bare handler",
        "",
    )
    .at_most(2.0, 1.5),
];

impl Spec {
    /// The bar of this name.
    pub(crate) fn of(id: &str) -> Option<&'static Self> {
        BARS.iter().find(|spec| spec.id == id)
    }

    /// What is demanded on a machine that verifies with this backend.
    pub(crate) fn bounds_on(&self, backend: Backend) -> Option<Bounds> {
        let is_verify_share = matches!(self.id, VERIFY_SHARE | PAST_VERIFY_SHARE);
        if is_verify_share && backend == Backend::Avx512 {
            return Some(Bounds { sense: Sense::AtLeast, pass: 0.40, goal: 0.50 });
        }
        self.bounds
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_bar_has_a_name_of_its_own_and_a_goal_beyond_what_passes() {
        let ids: BTreeSet<&str> = BARS.iter().map(|spec| spec.id).collect();
        assert_eq!(ids.len(), BARS.len());
        for spec in BARS {
            let Some(Bounds { sense, pass, goal }) = spec.bounds else { continue };
            match sense {
                Sense::AtLeast => assert!(goal >= pass, "{}", spec.id),
                Sense::AtMost => assert!(goal <= pass, "{}", spec.id),
            }
        }
    }

    #[test]
    fn every_measurement_finds_something() {
        for mode in Mode::ALL {
            assert!(BARS.iter().any(|spec| spec.mode == mode), "{}", mode.name());
        }
    }

    #[test]
    fn cheaper_signatures_are_a_smaller_share() {
        let spec = Spec::of(VERIFY_SHARE).unwrap();
        let pass = |backend| spec.bounds_on(backend).unwrap().pass;
        assert!(pass(Backend::Avx512) < pass(Backend::Avx2));
    }
}
