//! A ledger to measure on: a genesis file that funds the wallets, and a node without limits.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use protocol::time::UnixSeconds;

use crate::error::BenchError;
use crate::loaded::remove_folder;
use crate::wallets::Wallet;

/// The network of the measurement: money on it is worth nothing, and a node without storage serves
/// no other.
pub(crate) const CHAIN_ID: &str = "rustchain-dev";

/// RTC that the wallets hold together; the supply is 8,388,608.
const FUNDS_RTC: usize = 8_000_000;
/// RTC that one wallet holds at most.
const MAX_FUNDS_RTC: usize = 1_000;

/// How a ledger divides time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Calendar {
    /// When slot 0 begins.
    pub(crate) genesis: UnixSeconds,
    /// Length of a slot, which is an epoch too.
    pub(crate) slot_seconds: u64,
}

/// The files from which a node is made.
#[derive(Debug)]
pub(crate) struct LedgerFolder {
    path: PathBuf,
}

impl LedgerFolder {
    /// Writes genesis file and configuration into a new folder.
    pub(crate) fn create(
        path: PathBuf,
        wallets: &[Wallet],
        calendar: Calendar,
    ) -> Result<Self, BenchError> {
        // One that a run left behind which did not come to its end.
        remove_folder(&path)?;
        let failed = |source| BenchError::File { path: path.clone(), source };
        std::fs::create_dir_all(&path).map_err(failed)?;
        std::fs::write(path.join("genesis.toml"), genesis(wallets, calendar)).map_err(failed)?;
        std::fs::write(path.join("node.toml"), configuration()).map_err(failed)?;
        Ok(Self { path })
    }

    /// A folder that was written before.
    pub(crate) const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The genesis file.
    pub(crate) fn genesis_file(&self) -> PathBuf {
        self.path.join("genesis.toml")
    }

    /// The node's configuration.
    pub(crate) fn node_config(&self) -> PathBuf {
        self.path.join("node.toml")
    }

    /// The admin key that nobody needs.
    pub(crate) fn admin_key_file(&self) -> PathBuf {
        self.path.join("admin.key")
    }

    /// The folder of the node.
    pub(crate) fn node_dir(&self) -> PathBuf {
        self.path.join("node")
    }

    /// Bytes of the node's files.
    pub(crate) fn bytes(&self) -> u64 {
        let entries = std::fs::read_dir(self.node_dir()).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|file| file.len()).sum()
    }

    /// Removes everything.
    pub(crate) fn remove(self) -> Result<(), BenchError> {
        remove_folder(&self.path)
    }
}

/// Long slots, so that nothing but the load makes blocks, and the policy of the dev network.
fn genesis(wallets: &[Wallet], calendar: Calendar) -> String {
    let each = (FUNDS_RTC / wallets.len().max(1)).clamp(1, MAX_FUNDS_RTC);
    let Calendar { genesis, slot_seconds } = calendar;
    let mut text = format!(
        "network = \"bench\"\nchain_id = \"{CHAIN_ID}\"\ngenesis_time = {}\n\
         slot_seconds = {slot_seconds}\nslots_per_epoch = 1\nepoch_pot = 1_500_000\n\
         import_required = false\n\n[policy]\nchainless_transfers = false\n\
         opening_amount = 1_000\nvirtual_machines_earn = true\nlegacy_ids = []\n\
         attestations_per_slot = 10\nbinding_lapses_after_epochs = 30\nnonce_leap = 1_048_576\n\
         payouts_per_block = 200_000\ncommands_per_block = 100_000\n\
         bytes_per_block = 67_108_864\nmax_gap_seconds = 4_294_967_295\n\n[allocations]\n",
        genesis.0
    );
    for wallet in wallets {
        // Writing to a String cannot fail.
        let _infallible = writeln!(text, "{} = {each}", wallet.address());
    }
    text
}

/// No limit on anything: what is measured is not how well limits work.
const fn configuration() -> &'static str {
    "max_connections = 16384\nmax_connections_per_client = 16384\n\n[limits]\n\
     reads_per_minute = 0\nwrites_per_minute = 0\nchallenges_per_minute = 0\n\
     failed_signatures_per_minute = 0\nfailed_admin_keys_per_minute = 0\n"
}
