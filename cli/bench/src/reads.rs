//! Pages that only read, beside a handler that does nothing.

use std::rc::Rc;

use protocol::api::path;

use crate::error::BenchError;
use crate::http;
use crate::options::Mode;
use crate::reference;
use crate::report::{Demand, Ratio, Report};
use crate::run::Bench;
use crate::script::{Repeat, Script, share_out};
use crate::server::Server;
use crate::window::{Sample, figure, measure};

/// Balances, at least this share of what the handler that does nothing reaches.
const BALANCE_SHARE: Demand = Demand::AtLeast(0.60);
/// How many wallets are asked about.
const ASKED_ABOUT: usize = 4_096;

/// A page and the requests for it.
struct Page {
    name: &'static str,
    scripts: Rc<[Script]>,
    share: Demand,
    samples: Vec<Sample>,
}

impl Page {
    fn new(name: &'static str, requests: &[Vec<u8>], share: Demand, connections: usize) -> Self {
        let scripts = share_out(requests, connections).into();
        Self { name, scripts, share, samples: Vec::new() }
    }
}

/// Measures the pages on a node of our own.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let folder = bench.long_ledger("reads")?;
    let node = bench.start_fresh(&folder).await?;
    let addresses: Vec<String> = bench.wallets().iter().map(|w| w.address().to_string()).collect();
    let pages = asked_for(bench, &addresses);
    measure_all(bench, &node, pages, report).await?;
    node.discard(bench.surroundings)?;
    folder.remove()
}

/// Measures the pages on a node that somebody else has started.
pub(crate) async fn run_elsewhere(
    bench: &Bench<'_>,
    node: &Server,
    report: &mut Report,
) -> Result<(), BenchError> {
    let addresses: Vec<String> = bench.wallets().iter().map(|w| w.address().to_string()).collect();
    let pages = asked_for(bench, &addresses);
    measure_all(bench, node, pages, report).await
}

fn asked_for(bench: &Bench<'_>, addresses: &[String]) -> Vec<Page> {
    let connections = bench.options.connections;
    let about = |path: &str| -> Vec<Vec<u8>> {
        let wallets = addresses.iter().take(ASKED_ABOUT);
        wallets.map(|address| http::get(&format!("{path}?miner_id={address}"))).collect()
    };
    let one = |path: &str| vec![http::get(path)];
    let mut pages = Vec::new();
    let mut page = |name, requests: &[Vec<u8>], share| {
        pages.push(Page::new(name, requests, share, connections));
    };
    if bench.options.asks_for(Mode::Balance) {
        page("GET /wallet/balance", &about(path::WALLET_BALANCE), BALANCE_SHARE);
    }
    if bench.options.asks_for(Mode::Reads) {
        page("GET /health", &one(path::HEALTH), Demand::Nothing);
        page("GET /epoch", &one(path::EPOCH), Demand::Nothing);
        page("GET /wallet/history", &about(path::WALLET_HISTORY), Demand::Nothing);
        let miners = format!("{}?limit=100", path::MINERS);
        page("GET /api/miners, 100", &one(&miners), Demand::Nothing);
        page("GET /api/blocks", &one(path::BLOCKS), Demand::Nothing);
    }
    pages
}

async fn measure_all(
    bench: &Bench<'_>,
    node: &Server,
    mut pages: Vec<Page>,
    report: &mut Report,
) -> Result<(), BenchError> {
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
        compare(page, &nothing, report);
    }
    reference.discard(bench.surroundings)
}

fn compare(page: &Page, nothing: &[Sample], report: &mut Report) {
    let pairs: Vec<_> = page.samples.iter().zip(nothing).collect();
    let name = format!("{} / bare GET, answers/s", page.name);
    report.ratios.push(Ratio::of_rates(&name, page.share, &pairs));
    let by_cpu: Vec<f64> =
        pairs.iter().map(|(page, bare)| bare.server_us / page.server_us).collect();
    // What a server elsewhere uses is not known.
    if by_cpu.iter().all(|share| share.is_finite()) {
        let name = format!("{} / bare GET, by server CPU", page.name);
        report.ratios.push(Ratio::of(&name, page.share, by_cpu));
    }
}
