//! One measurement after the other.

use std::path::PathBuf;
use std::rc::Rc;

use protocol::transfer::ChainId;
use protocol::wallet_id::WalletId;

use crate::elsewhere::{self, Senders};
use crate::error::BenchError;
use crate::ledger_folder::{CHAIN_ID, Calendar, LedgerFolder};
use crate::machine::Machine;
use crate::options::{Mode, Options, Surroundings};
use crate::report::Report;
use crate::script::Script;
use crate::server::Server;
use crate::statistics::{float_len, whole};
use crate::wallets::{self, TransferSource, Wallet};
use crate::window::seconds_of_load;
use crate::{
    attestations, commits, growth, instructions, latency, mixed, reads, roots, settlement, starts,
    transfers, verify,
};

/// How the names of folders begin that one measurement uses and removes.
const OWN: &str = "bench-";
/// How many more transfers are signed than the last round suggests.
const RESERVE: f64 = 1.6;
/// Seconds of a slot that does not end while anything is measured, nor while a ledger is kept for
/// the next run: a year.
const LONG_SLOT: u64 = 31_536_000;

/// What is measured together.
#[derive(Clone, Copy)]
enum Measurement {
    Transfers,
    Latency,
    Commits,
    Attestations,
    Reads,
    Mixed,
    Settlement,
    Roots,
    Starts,
    Growth,
    Verify,
    Instructions,
}

/// All measurements in their order, and the modes that ask for them.
const MEASUREMENTS: [(&[Mode], Measurement); 12] = [
    (&[Mode::Transfer, Mode::History], Measurement::Transfers),
    (&[Mode::Latency], Measurement::Latency),
    (&[Mode::Commits], Measurement::Commits),
    (&[Mode::Attest], Measurement::Attestations),
    (&Mode::READS, Measurement::Reads),
    (&[Mode::Mixed], Measurement::Mixed),
    (&[Mode::Settle], Measurement::Settlement),
    (&[Mode::Roots], Measurement::Roots),
    (&[Mode::Start], Measurement::Starts),
    (&[Mode::Growth], Measurement::Growth),
    (&[Mode::Verify], Measurement::Verify),
    (&[Mode::Instructions], Measurement::Instructions),
];

impl Measurement {
    async fn take(self, bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
        match self {
            Self::Transfers => transfers::run(bench, report).await,
            Self::Latency => latency::run(bench, report).await,
            Self::Commits => commits::run(bench, report).await,
            Self::Attestations => attestations::run(bench, report).await,
            Self::Reads => reads::run(bench, report).await,
            Self::Mixed => mixed::run(bench, report).await,
            Self::Settlement => settlement::run(bench, report).await,
            Self::Roots => roots::run(bench, report),
            Self::Starts => starts::run(bench, report).await,
            Self::Growth => growth::run(bench, report).await,
            Self::Verify => verify::run(bench, report).await,
            Self::Instructions => instructions::run(bench, report).await,
        }
    }
}

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
            let text = "rounds and connections have to be at least 1, and seconds more than none";
            return Err(BenchError::Options(text.to_owned()));
        }
        if options.wallets < options.connections.max(2) {
            let text = "there have to be as many wallets as connections: each has its own senders";
            return Err(BenchError::Options(text.to_owned()));
        }
        if options.asks_for(Mode::Growth) && options.small_history >= options.history {
            let text = "the small ledger has to have fewer transfers than the one with a past";
            return Err(BenchError::Options(text.to_owned()));
        }
        let chain_id = CHAIN_ID
            .parse()
            .map_err(|error| BenchError::Options(format!("{CHAIN_ID}: {error}")))?;
        Ok(Self { options, surroundings, wallets: wallets::funded(options.wallets), chain_id })
    }

    /// Starts a node on a new ledger, and waits until it is ready.
    pub(crate) async fn start_fresh(&self, folder: &LedgerFolder) -> Result<Server, BenchError> {
        self.start_fresh_under(&self.surroundings.under, folder).await
    }

    /// The same, started by this program with its arguments.
    pub(crate) async fn start_fresh_under(
        &self,
        under: &[String],
        folder: &LedgerFolder,
    ) -> Result<Server, BenchError> {
        Server::make_ledger(self.surroundings, folder)?;
        let node = Server::start_node_under(under, self.surroundings, folder)?;
        node.get_ready().await?;
        Ok(node)
    }

    /// Starts a node on a ledger that is there, and waits until it is ready.
    pub(crate) async fn start(&self, folder: &LedgerFolder) -> Result<Server, BenchError> {
        let node = Server::start_node(self.surroundings, folder)?;
        node.get_ready().await?;
        Ok(node)
    }

    /// A folder that only one measurement uses, below that of the run.
    pub(crate) fn own_folder(&self, name: &str) -> PathBuf {
        let name = if name.starts_with(OWN) { name.to_owned() } else { format!("{OWN}{name}") };
        self.surroundings.folder.join(name)
    }

    /// Enough transfers for a window over so many connections, if there are so many a second.
    pub(crate) fn enough_transfers(
        &self,
        source: &mut TransferSource<'_>,
        connections: usize,
        rate: f64,
    ) -> Rc<[Script]> {
        let needed = rate * seconds_of_load(self.options.window) * RESERVE;
        let each = whole(needed / float_len(connections)).max(1);
        source.scripts(connections, each).into()
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
        LedgerFolder::create(self.own_folder(name), &self.wallets, time)
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

/// Measures a node of this program. A measurement that does not come about leaves the others alone:
/// the report says why.
///
/// # Errors
/// Trouble with the folder or the processes, or an answer that makes no sense.
pub async fn run(options: &Options, surroundings: &Surroundings<'_>) -> Result<Report, BenchError> {
    let bench = Bench::new(options, surroundings)?;
    (surroundings.tell)("calibrating");
    let machine = Machine::calibrate(&surroundings.folder)?;
    let mut report = Report { machine, ..Report::default() };
    for (modes, measurement) in MEASUREMENTS {
        if modes.iter().any(|mode| options.asks_for(*mode)) {
            let found = measurement.take(&bench, &mut report).await;
            report.note_trouble(modes, found);
        }
    }
    report.complete(&options.modes);
    Ok(report)
}

/// Measures the pages of a node that runs already, at `url`, machines that attest to it, and
/// transfers between wallets that were funded there. What it uses is not known.
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
    if Mode::READS.iter().any(|mode| options.asks_for(*mode)) {
        let found = reads::run_elsewhere(&bench, &node, &mut report).await;
        report.note_trouble(&Mode::READS, found);
    }
    if options.asks_for(Mode::Attest) {
        let found = attestations::run_elsewhere(&bench, &node, &mut report).await;
        report.note_trouble(&[Mode::Attest], found);
    }
    let sending = [Mode::Transfer, Mode::Mixed];
    if sending.iter().any(|mode| options.asks_for(*mode)) {
        let found = send_elsewhere(&bench, &node, &mut report).await;
        report.note_trouble(&sending, found);
    }
    report.complete(&options.modes);
    Ok(report)
}

/// Measures transfers, alone and among reads.
async fn send_elsewhere(
    bench: &Bench<'_>,
    node: &Server,
    report: &mut Report,
) -> Result<(), BenchError> {
    let mut senders = Senders::at(bench, node).await?;
    if bench.options.asks_for(Mode::Transfer) {
        elsewhere::run(bench, node, &mut senders, report).await?;
    }
    if bench.options.asks_for(Mode::Mixed) {
        mixed::run_elsewhere(bench, node, &mut senders, report).await?;
    }
    Ok(())
}

/// The first `count` wallets between which transfers are sent: who wants to measure them elsewhere
/// funds those there.
pub fn addresses(count: usize) -> Vec<WalletId> {
    wallets::funded(count).iter().map(|wallet| wallet.address().clone()).collect()
}
