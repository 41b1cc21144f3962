//! Transfers to a node that somebody else has started: from those wallets of the measurement that
//! were funded there.

use protocol::api::network::Stats;
use protocol::api::path;
use protocol::api::wallet::Balance;
use protocol::transfer::ChainId;

use crate::error::BenchError;
use crate::options::Mode;
use crate::report::Report;
use crate::run::Bench;
use crate::script::Repeat;
use crate::server::Server;
use crate::transfers::{FIRST_GUESS, LOWEST_GUESS};
use crate::wallets::{TransferSource, Wallet};
use crate::window::{Sample, figure, measure};

/// What a wallet has to hold to take part, in RTC: enough for a hundred thousand transfers.
const ENOUGH_RTC: f64 = 0.1;
/// A transfer has a payer and a payee.
const FEWEST: usize = 2;

/// Who sends elsewhere.
pub(crate) struct Senders<'w> {
    /// Writes their transfers.
    pub(crate) source: TransferSource<'w>,
    /// One for each of them.
    pub(crate) connections: usize,
}

impl<'w> Senders<'w> {
    /// The first wallets of the measurement, as far as they are funded there, one for each
    /// connection at most.
    pub(crate) async fn at(bench: &'w Bench<'_>, node: &Server) -> Result<Self, BenchError> {
        let chain_id = chain_id(node).await?;
        // Nonces in Unix milliseconds: every node takes them, and those of a later run are higher.
        let mut newest = (bench.surroundings.clock)().0;
        let mut wallets: &[Wallet] = &[];
        for (wallet, count) in bench.wallets().iter().zip(1..=bench.options.connections) {
            let balance = balance(node, wallet).await?;
            if balance.amount_rtc < ENOUGH_RTC {
                break;
            }
            newest = newest.max(balance.last_nonce.unwrap_or_default());
            wallets = bench.wallets().get(..count).unwrap_or_default();
        }
        if wallets.len() < FEWEST {
            return Err(BenchError::NotFunded);
        }
        let source = TransferSource::elsewhere(node.host(), wallets, chain_id, newest);
        Ok(Self { source, connections: wallets.len() })
    }
}

async fn chain_id(node: &Server) -> Result<ChainId, BenchError> {
    let answer = node.ask(path::STATS).await?;
    let chain_id = serde_json::from_str::<Stats>(&answer).ok();
    chain_id
        .and_then(|stats| stats.chain_id.parse().ok())
        .ok_or_else(|| BenchError::Answer { request: path::STATS.to_owned(), answer })
}

async fn balance(node: &Server, wallet: &Wallet) -> Result<Balance, BenchError> {
    let request = format!("{}?miner_id={}", path::WALLET_BALANCE, wallet.address());
    let answer = node.ask(&request).await?;
    serde_json::from_str(&answer).map_err(|_nonsense| BenchError::Answer { request, answer })
}

/// Measures their transfers.
pub(crate) async fn run(
    bench: &Bench<'_>,
    node: &Server,
    senders: &mut Senders<'_>,
    report: &mut Report,
) -> Result<(), BenchError> {
    let (mut samples, mut guess) = (Vec::new(), FIRST_GUESS);
    for round in 0..bench.options.rounds {
        bench.tell_round("transfers", round);
        let scripts = bench.enough_transfers(&mut senders.source, senders.connections, guess);
        let window = bench.options.window;
        let sample = measure(node, &[node], &scripts, Repeat::Never, window).await?;
        guess = sample.rate.max(LOWEST_GUESS);
        samples.push(sample);
    }
    report.add(figure("signed transfers", &samples));
    report.not_known_elsewhere(Mode::Transfer);
    answered_elsewhere("a transfer", &samples)
}

/// An error when nothing at all was answered with 200: then figures say nothing.
pub(crate) fn answered_elsewhere(what: &str, samples: &[Sample]) -> Result<(), BenchError> {
    if samples.iter().any(|sample| sample.answered > 0) {
        return Ok(());
    }
    let answer = samples.iter().find_map(|sample| sample.first_refusal.clone());
    let answer = answer.unwrap_or_else(|| "nothing".to_owned());
    Err(BenchError::Answer { request: what.to_owned(), answer })
}
