//! What is measured, how long, and what a measurement needs from its surroundings.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use protocol::time::UnixMillis;

/// A measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Durable signed transfers, beside parsing, verifying, and the node without storage.
    Transfer,
    /// How long transfers take, over few connections and at a fixed rate.
    Latency,
    /// Durable commits seen from the system: how many fsyncs, before which replies, on a slow disk.
    Commits,
    /// Transfers on a ledger with a past, beside those on an empty one; its files and its memory.
    History,
    /// Challenge and submission of machines that nobody has seen before.
    Attest,
    /// `GET /wallet/balance`, beside a handler that does nothing.
    Balance,
    /// `GET /health`.
    Health,
    /// `GET /epoch`.
    Epoch,
    /// A page of 100 miners.
    Miners,
    /// A page of blocks.
    Blocks,
    /// A page of a wallet's history.
    Pages,
    /// Nine reads and a transfer, over and over.
    Mixed,
    /// The settlement of an epoch of many machines.
    Settle,
    /// The roots of a block.
    Roots,
    /// How soon a node is back, stopped or killed.
    Start,
    /// A large ledger beside a small one.
    Growth,
    /// `node verify` on the small ledger.
    Verify,
    /// Instructions of the node's own code, counted by `callgrind`.
    Instructions,
}

impl Mode {
    /// All measurements, in the order in which they are made.
    pub const ALL: [Self; 18] = [
        Self::Transfer,
        Self::Latency,
        Self::Commits,
        Self::History,
        Self::Attest,
        Self::Balance,
        Self::Health,
        Self::Epoch,
        Self::Miners,
        Self::Blocks,
        Self::Pages,
        Self::Mixed,
        Self::Settle,
        Self::Roots,
        Self::Start,
        Self::Growth,
        Self::Verify,
        Self::Instructions,
    ];

    /// Those that only read, which any node can be asked for.
    pub const READS: [Self; 6] =
        [Self::Balance, Self::Health, Self::Epoch, Self::Miners, Self::Blocks, Self::Pages];

    /// Those that any node can be asked for: the others start and end nodes, or need their ledger.
    pub fn elsewhere() -> impl Iterator<Item = Self> {
        [Self::Transfer, Self::Attest, Self::Mixed].into_iter().chain(Self::READS)
    }

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Latency => "latency",
            Self::Commits => "commits",
            Self::History => "history",
            Self::Attest => "attest",
            Self::Balance => "balance",
            Self::Health => "health",
            Self::Epoch => "epoch",
            Self::Miners => "miners",
            Self::Blocks => "blocks",
            Self::Pages => "pages",
            Self::Mixed => "mixed",
            Self::Settle => "settle",
            Self::Roots => "roots",
            Self::Start => "start",
            Self::Growth => "growth",
            Self::Verify => "verify",
            Self::Instructions => "instructions",
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
    /// Kept connections. The slow disk sees four times as many.
    pub connections: usize,
    /// Wallets that hold money.
    pub wallets: usize,
    /// Transfers of the ledger with a past, which is the large one beside a small one.
    pub history: usize,
    /// Transfers of the small ledger.
    pub small_history: usize,
    /// Machines that have attested on the ledger with a past, and that are paid; then ten times as
    /// many are.
    pub miners: usize,
    /// Accounts of the books whose roots are measured.
    pub accounts: usize,
    /// Transfers a second that are due, whether the node keeps up or not.
    pub rate: usize,
    /// How long they are.
    pub rate_window: Duration,
}

impl Options {
    /// Everything on small ledgers, in some ten minutes.
    pub fn quick() -> Self {
        Self {
            modes: Mode::ALL.to_vec(),
            rounds: 5,
            window: Duration::from_secs(2),
            connections: 256,
            wallets: 4_096,
            history: 200_000,
            small_history: 20_000,
            miners: 5_000,
            accounts: 100_000,
            rate: 10_000,
            rate_window: Duration::from_secs(10),
        }
    }

    /// Everything, with what the bars are stated for.
    pub fn full() -> Self {
        Self {
            window: Duration::from_secs(4),
            wallets: 100_000,
            history: 5_000_000,
            small_history: 1_000_000,
            miners: 100_000,
            accounts: 1_000_000,
            rate_window: Duration::from_mins(1),
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
    /// A folder for ledgers; its owner removes it, or keeps it for the next run.
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
