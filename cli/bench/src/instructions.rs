//! Instructions of the node's own code for a durable transfer, beside those of verifying one
//! signature, and for a balance, beside a handler that does nothing. They are the same on every
//! machine, so they can be a gate.

use std::path::Path;
use std::rc::Rc;

use protocol::api::path;

use crate::callgrind::{self, ThreadCount};
use crate::error::BenchError;
use crate::ledger_folder::LedgerFolder;
use crate::report::Report;
use crate::run::Bench;
use crate::script::{Script, share_out};
use crate::server::Server;
use crate::statistics::float;
use crate::wallets::TransferSource;
use crate::window::send_all;
use crate::{http, reference};

/// Connections, each with a wallet of its own.
const CONNECTIONS: usize = 64;
/// Requests over each connection of a run in which nearly everything is start-up.
const FEW: usize = 8;
/// Requests over each connection beyond these: what is counted is their difference.
const MORE: usize = 24;
/// Runs only where transfers are executed.
const WRITER: &str = "WritingThread";
/// Runs only where blocks are sealed and derived.
const SEALER: &str = "SealingThread";
/// Verifies a signature.
const VERIFY: &str = "verify_strict";

/// Measures both, or says that `valgrind` is missing.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    if !callgrind::is_there() {
        for id in ["commit_instructions", "sealing_instructions", "balance_instructions"] {
            report.not_measured(id, "valgrind is missing");
        }
        return Ok(());
    }
    (bench.surroundings.tell)("instructions of transfers");
    let few = Transfers::count(bench, FEW).await?;
    let more = Transfers::count(bench, FEW + MORE).await?;
    let transfers = float(u64::try_from(CONNECTIONS * MORE).unwrap_or(u64::MAX));
    let each = |few: u64, more: u64| float(more.saturating_sub(few)) / transfers;
    let on = format!("verify_strict {:.0} instructions, AVX2", more.verify);
    let commit = each(few.commit, more.commit);
    report.measured("commit_instructions", on, [commit / more.verify], []);
    let on = "SHA-256 without the processor's own instructions";
    let sealing = each(few.sealing, more.sealing) / more.verify;
    report.measured("sealing_instructions", on, [sealing], []);

    (bench.surroundings.tell)("instructions of balances");
    let balance =
        on_balance(bench, FEW + MORE).await?.saturating_sub(on_balance(bench, FEW).await?);
    let bare = on_bare(bench, FEW + MORE).await?.saturating_sub(on_bare(bench, FEW).await?);
    let on = format!("bare GET {:.0} instructions", float(bare) / transfers);
    report.measured("balance_instructions", on, [float(balance) / float(bare.max(1))], []);
    Ok(())
}

/// Instructions of a whole run.
struct Transfers {
    /// Of everything but the sealing thread.
    commit: u64,
    /// Of the sealing thread: roots, certificates, derived tables.
    sealing: u64,
    /// Of one verification.
    verify: f64,
}

impl Transfers {
    async fn count(bench: &Bench<'_>, each: usize) -> Result<Self, BenchError> {
        let few_wallets = bench.wallets().get(..CONNECTIONS).unwrap_or_else(|| bench.wallets());
        let mut source = TransferSource::new(few_wallets, bench.chain_id());
        let scripts = source.scripts(few_wallets.len(), each).into();
        let threads = on_node(bench, &scripts).await?;
        let is_sealer = |thread: &&ThreadCount| thread.ran(SEALER) && !thread.ran(WRITER);
        let all: u64 = threads.iter().map(|thread| thread.instructions).sum();
        let sealing: u64 = threads.iter().filter(is_sealer).map(|t| t.instructions).sum();
        let spent = threads.iter().map(|thread| thread.spent_in(VERIFY));
        let (calls, cost) = spent.fold((0, 0), |(calls, cost), (n, c)| (calls + n, cost + c));
        if sealing == 0 || calls == 0 {
            let text =
                "the counts do not show who seals and who verifies: is this a release build?";
            return Err(BenchError::Options(text.to_owned()));
        }
        Ok(Self { commit: all - sealing, sealing, verify: float(cost) / float(calls) })
    }
}

/// Sends the scripts to a node on a new ledger.
async fn on_node(
    bench: &Bench<'_>,
    scripts: &Rc<[Script]>,
) -> Result<Vec<ThreadCount>, BenchError> {
    let folder = bench.long_ledger("instructions")?;
    let node = bench.start_fresh_under(&callgrind::counting(folder.path()), &folder).await?;
    let counts = send_and_count(node, scripts, folder.path()).await?;
    folder.remove()?;
    Ok(counts)
}

async fn send_and_count(
    server: Server,
    scripts: &Rc<[Script]>,
    folder: &Path,
) -> Result<Vec<ThreadCount>, BenchError> {
    send_all(&server, &[&server], scripts).await?.none_refused("requests to be counted")?;
    server.stop()?;
    callgrind::counts(folder)
}

/// Instructions of a run with so many balances over each connection.
async fn on_balance(bench: &Bench<'_>, each: usize) -> Result<u64, BenchError> {
    let wallets = bench.wallets().iter().cycle().take(CONNECTIONS * each);
    let page = |address: &str| http::get(&format!("{}?miner_id={address}", path::WALLET_BALANCE));
    let requests: Vec<_> = wallets.map(|wallet| page(wallet.address().as_str())).collect();
    let scripts = share_out(&requests, CONNECTIONS).into();
    let threads = on_node(bench, &scripts).await?;
    let serving = threads.iter().filter(|thread| !thread.ran(SEALER) && !thread.ran(WRITER));
    Ok(serving.map(|thread| thread.instructions).sum())
}

/// The same of the handler that does nothing.
async fn on_bare(bench: &Bench<'_>, each: usize) -> Result<u64, BenchError> {
    let folder: LedgerFolder = bench.long_ledger("instructions")?;
    let requests = vec![http::get(reference::BARE); CONNECTIONS * each];
    let scripts = share_out(&requests, CONNECTIONS).into();
    let under = callgrind::counting(folder.path());
    let server = Server::start_reference_under(&under, bench.surroundings)?;
    let threads = send_and_count(server, &scripts, folder.path()).await?;
    folder.remove()?;
    Ok(threads.iter().map(|thread| thread.instructions).sum())
}
