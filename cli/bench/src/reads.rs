//! Pages that only read, beside a handler that does nothing.

use std::rc::Rc;

use protocol::api::path;

use crate::error::BenchError;
use crate::http;
use crate::loaded::loaded;
use crate::options::Mode;
use crate::reference;
use crate::report::{NOT_KNOWN, Report};
use crate::run::Bench;
use crate::script::{Repeat, Script, share_out};
use crate::server::Server;
use crate::statistics::median;
use crate::window::{Sample, figure, measure, others};

/// How many wallets are asked about.
const ASKED_ABOUT: usize = 4_096;

/// A page and the requests for it.
struct Page {
    name: &'static str,
    bar: &'static str,
    scripts: Rc<[Script]>,
    samples: Vec<Sample>,
}

/// Paths of a page about a wallet, one for each of many.
pub(crate) fn paths_about(bench: &Bench<'_>, path: &str) -> Vec<String> {
    let wallets = bench.wallets().iter().take(ASKED_ABOUT);
    wallets.map(|wallet| format!("{path}?miner_id={}", wallet.address())).collect()
}

/// Measures the pages on a node of our own, on the ledger with a past. Nobody changes it.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let past = loaded(bench, bench.options.history).await?;
    let node = bench.start(past.folder()).await?;
    measure_all(bench, &node, &past.says(), report).await?;
    node.stop()
}

/// Measures the pages on a node that somebody else has started. What that one uses is not known, so
/// there are figures and no bars; nor need it have all of the pages.
pub(crate) async fn run_elsewhere(
    bench: &Bench<'_>,
    node: &Server,
    report: &mut Report,
) -> Result<(), BenchError> {
    measure_all(bench, node, "", report).await
}

/// Added to a page of history, asks for one that a node need not have at hand: it begins with the
/// second row.
pub(crate) const NOT_AT_HAND: &str = "&offset=1";

/// A page that was asked for: name, bar, paths.
type Asked = (&'static str, &'static str, Vec<String>);

/// The pages of a mode.
fn pages_of(bench: &Bench<'_>, mode: Mode) -> Vec<Asked> {
    let one = |path: &str| vec![path.to_owned()];
    match mode {
        Mode::Balance => {
            vec![("GET /wallet/balance", "balance_share", paths_about(bench, path::WALLET_BALANCE))]
        }
        Mode::Health => vec![("GET /health", "health_share", one(path::HEALTH))],
        Mode::Epoch => vec![("GET /epoch", "epoch_share", one(path::EPOCH))],
        Mode::Miners => {
            let miners = format!("{}?limit=100", path::MINERS);
            vec![("GET /api/miners, 100", "miners_share", vec![miners])]
        }
        Mode::Blocks => vec![("GET /api/blocks", "blocks_share", one(path::BLOCKS))],
        Mode::Pages => {
            let newest = paths_about(bench, path::WALLET_HISTORY);
            let stored = newest.iter().map(|path| format!("{path}{NOT_AT_HAND}")).collect();
            vec![
                ("GET /wallet/history", "history_share", newest),
                ("the same, not in memory", "stored_history_share", stored),
            ]
        }
        _ => Vec::new(),
    }
}

fn asked_for(bench: &Bench<'_>) -> Vec<Asked> {
    let modes = Mode::ALL.into_iter().filter(|mode| bench.options.asks_for(*mode));
    modes.flat_map(|mode| pages_of(bench, mode)).collect()
}

/// Those of the pages that the node has. A page that answers anything but 200 is not measured.
async fn there_are(bench: &Bench<'_>, node: &Server, report: &mut Report) -> Vec<Page> {
    let mut pages = Vec::new();
    for (name, bar, paths) in asked_for(bench) {
        let Some(first) = paths.first() else { continue };
        let problem = match node.look(first).await {
            Ok((200, _)) => None,
            Ok((status, _)) => Some(status.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(problem) = problem {
            report.not_measured(bar, problem.as_str());
            report.remarks.push(format!("{name}: not measured: {problem}"));
            continue;
        }
        let requests: Vec<Vec<u8>> = paths.iter().map(|path| node.page(path)).collect();
        let scripts = share_out(&requests, bench.options.connections).into();
        pages.push(Page { name, bar, scripts, samples: Vec::new() });
    }
    pages
}

async fn measure_all(
    bench: &Bench<'_>,
    node: &Server,
    on: &str,
    report: &mut Report,
) -> Result<(), BenchError> {
    let mut pages = there_are(bench, node, report).await;
    let reference = Server::start_reference(bench.surroundings)?;
    let all = [node, &reference];
    let bare = share_out(&[http::get(reference::BARE)], bench.options.connections).into();
    let mut nothing = Vec::new();
    let window = bench.options.window;
    for round in 0..bench.options.rounds {
        bench.tell_round("reads", round);
        nothing.push(measure(&reference, &all, &bare, Repeat::Always, window).await?);
        for page in &mut pages {
            let sample = measure(node, &all, &page.scripts, Repeat::Always, window).await?;
            page.samples.push(sample);
        }
    }
    report.add(figure("reference: GET, nothing", &nothing));
    for page in &pages {
        report.add(figure(page.name, &page.samples));
        judge(page, &nothing, on, report);
    }
    reference.discard(bench.surroundings)?;
    let has_answered = |page: &Page| page.samples.iter().any(|sample| sample.answered > 0);
    if pages.iter().any(has_answered) {
        return Ok(());
    }
    let answer = "none of them was answered with 200".to_owned();
    Err(BenchError::Answer { request: "the pages".to_owned(), answer })
}

fn judge(page: &Page, nothing: &[Sample], on: &str, report: &mut Report) {
    if page.samples.iter().any(|sample| sample.answered == 0) {
        return report.not_measured(page.bar, "it does not answer under load");
    }
    let refused: u64 = page.samples.iter().map(|sample| sample.refused).sum();
    if refused > 0 {
        // What a refusal takes says nothing about the page.
        return report.not_measured(page.bar, format!("{refused} answers were no 200"));
    }
    let shares: Vec<f64> = page
        .samples
        .iter()
        .zip(nothing)
        .map(|(page, bare)| bare.server_us / page.server_us)
        .collect();
    if shares.iter().all(|share| share.is_finite()) {
        report.measured(page.bar, on, shares, others(&page.samples));
    } else {
        report.not_measured(page.bar, NOT_KNOWN);
        let rates = page.samples.iter().zip(nothing).map(|(page, bare)| page.rate / bare.rate);
        let share = median(rates);
        let text = format!("{}: {share:.2} of the answers a second of bare GET", page.name);
        report.remarks.push(text);
    }
}
