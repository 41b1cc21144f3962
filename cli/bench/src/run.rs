//! One measurement after the other.

use protocol::transfer::ChainId;

use crate::error::BenchError;
use crate::ledger_folder::{CHAIN_ID, Calendar, LedgerFolder};
use crate::machine::Machine;
use crate::options::{Mode, Options, Surroundings};
use crate::report::Report;
use crate::server::Server;
use crate::wallets::{self, TransferSource, Wallet};
use crate::{reads, settlement, transfers};

/// Seconds of a slot that does not end while anything is measured: a day.
const LONG_SLOT: u64 = 86_400;

/// A run.
pub(crate) struct Bench<'a> {
    /// What is measured.
    pub(crate) options: &'a Options,
    /// Where it takes place.
    pub(crate) surroundings: &'a Surroundings<'a>,
    wallets: Vec<Wallet>,
    chain_id: ChainId,
}

impl<'a> Bench<'a> {
    fn new(options: &'a Options, surroundings: &'a Surroundings<'a>) -> Result<Self, BenchError> {
        if options.rounds == 0 || options.connections == 0 || options.window.is_zero() {
            let text = "rounds, connections and seconds have to be at least 1";
            return Err(BenchError::Options(text.to_owned()));
        }
        if options.wallets < options.connections.max(2) {
            let text = "there have to be as many wallets as connections: each has its own senders";
            return Err(BenchError::Options(text.to_owned()));
        }
        let chain_id = CHAIN_ID
            .parse()
            .map_err(|error| BenchError::Options(format!("{CHAIN_ID}: {error}")))?;
        Ok(Self { options, surroundings, wallets: wallets::funded(options.wallets), chain_id })
    }

    /// Starts a node on a new ledger, and waits until it is ready.
    pub(crate) async fn start_fresh(&self, folder: &LedgerFolder) -> Result<Server, BenchError> {
        let node = Server::start_fresh(self.surroundings, folder)?;
        node.get_ready().await?;
        Ok(node)
    }

    /// Those who hold money on every ledger of this run.
    pub(crate) fn wallets(&self) -> &[Wallet] {
        &self.wallets
    }

    /// The network of every ledger of this run.
    pub(crate) fn chain_id(&self) -> ChainId {
        self.chain_id.clone()
    }

    /// Transfers for a ledger that nobody has used.
    pub(crate) fn transfers(&self) -> TransferSource<'_> {
        TransferSource::new(&self.wallets, self.chain_id())
    }

    /// A new ledger.
    pub(crate) fn ledger(&self, name: &str, time: Calendar) -> Result<LedgerFolder, BenchError> {
        LedgerFolder::create(self.surroundings.folder.join(name), &self.wallets, time)
    }

    /// A new ledger whose first slot goes on for a day.
    pub(crate) fn long_ledger(&self, name: &str) -> Result<LedgerFolder, BenchError> {
        let genesis = (self.surroundings.clock)().seconds();
        self.ledger(name, Calendar { genesis, slot_seconds: LONG_SLOT })
    }

    /// Tells which round begins.
    pub(crate) fn tell_round(&self, what: &str, round: usize) {
        let text = format!("{what}, round {} of {}", round + 1, self.options.rounds);
        (self.surroundings.tell)(&text);
    }
}

/// Measures a node of this program.
///
/// # Errors
/// Trouble with the folder or the processes, or an answer that makes no sense.
pub async fn run(options: &Options, surroundings: &Surroundings<'_>) -> Result<Report, BenchError> {
    let bench = Bench::new(options, surroundings)?;
    (surroundings.tell)("calibrating");
    let machine = Machine::calibrate(&surroundings.folder)?;
    let mut report = Report { machine, ..Report::default() };
    if options.asks_for(Mode::Transfer) || options.asks_for(Mode::History) {
        transfers::run(&bench, &mut report).await?;
    }
    if options.asks_for(Mode::Balance) || options.asks_for(Mode::Reads) {
        reads::run(&bench, &mut report).await?;
    }
    if options.asks_for(Mode::Settle) {
        settlement::run(&bench, &mut report).await?;
    }
    Ok(report)
}

/// Measures the pages of a node that runs already, at `url`. What it uses is not known.
///
/// # Errors
/// As [`run`], and a URL other than `http://HOST:PORT`.
pub async fn run_against(
    url: &str,
    options: &Options,
    surroundings: &Surroundings<'_>,
) -> Result<Report, BenchError> {
    let bench = Bench::new(options, surroundings)?;
    let node = Server::elsewhere(url)?;
    let machine = Machine::calibrate(&surroundings.folder)?;
    let mut report = Report { machine, ..Report::default() };
    reads::run_elsewhere(&bench, &node, &mut report).await?;
    Ok(report)
}
