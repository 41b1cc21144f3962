//! What is measured, how long, and what a measurement needs from its surroundings.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use protocol::time::UnixMillis;

/// A measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Durable signed transfers, beside parsing and verifying alone.
    Transfer,
    /// Transfers on a ledger with a past, beside those on an empty one; starting on that ledger.
    History,
    /// `GET /wallet/balance`, beside a handler that does nothing.
    Balance,
    /// The other pages that are asked for often.
    Reads,
    /// Attestations of many machines, and the settlement of their epoch.
    Settle,
}

impl Mode {
    /// All measurements, in the order in which they are made.
    pub const ALL: [Self; 5] =
        [Self::Transfer, Self::History, Self::Balance, Self::Reads, Self::Settle];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::History => "history",
            Self::Balance => "balance",
            Self::Reads => "reads",
            Self::Settle => "settle",
        }
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|mode| mode.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("has to be one of {names}")
        })
    }
}

/// What to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which measurements.
    pub modes: Vec<Mode>,
    /// How often each is repeated; both sides of a ratio are measured in turn.
    pub rounds: usize,
    /// How long one side is measured in one round.
    pub window: Duration,
    /// Kept connections.
    pub connections: usize,
    /// Wallets that hold money.
    pub wallets: usize,
    /// Transfers of the ledger with a past.
    pub history: usize,
    /// Machines that attest.
    pub miners: usize,
}

impl Options {
    /// What has a floor, in two to three minutes.
    pub fn quick() -> Self {
        Self {
            modes: vec![Mode::Transfer, Mode::History, Mode::Balance, Mode::Settle],
            rounds: 5,
            window: Duration::from_secs(2),
            connections: 256,
            wallets: 4_096,
            history: 200_000,
            miners: 20_000,
        }
    }

    /// Everything, with what the floors are stated for: a million past transfers and 100,000
    /// machines.
    pub fn full() -> Self {
        Self {
            modes: Mode::ALL.to_vec(),
            window: Duration::from_secs(4),
            history: 1_000_000,
            miners: 100_000,
            ..Self::quick()
        }
    }

    /// Whether a measurement was asked for.
    pub fn asks_for(&self, mode: Mode) -> bool {
        self.modes.contains(&mode)
    }
}

/// What a measurement needs from its surroundings.
pub struct Surroundings<'a> {
    /// The program that serves: this very one.
    pub program: PathBuf,
    /// A program with arguments that starts the servers, such as a profiler; empty for none.
    pub under: Vec<String>,
    /// An empty folder for ledgers; its owner removes it.
    pub folder: PathBuf,
    /// The wall clock.
    pub clock: &'a dyn Fn() -> UnixMillis,
    /// Where progress is told.
    pub tell: &'a dyn Fn(&str),
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings")
            .field("program", &self.program)
            .field("under", &self.under)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}
