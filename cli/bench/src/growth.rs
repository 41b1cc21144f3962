//! A large ledger beside a small one: opening it, a balance, a page of history.

use std::rc::Rc;
use std::time::Duration;

use protocol::api::path;

use crate::error::BenchError;
use crate::http;
use crate::loaded::{Loaded, loaded};
use crate::reads::{NOT_AT_HAND, paths_about};
use crate::report::Report;
use crate::run::Bench;
use crate::script::{Repeat, Script, share_out};
use crate::starts::{Start, start_and_time};
use crate::window::{Sample, come_to_rest, figure, measure, others, resident_mb};

/// Rows of a page of history, at most.
const MOST_ROWS: usize = 20;

/// What the rounds have shown of one ledger.
#[derive(Default)]
struct Side {
    starts: Vec<Start>,
    balances: Vec<Sample>,
    pages: Vec<Sample>,
    stored_pages: Vec<Sample>,
    resting_mb: Vec<f64>,
}

/// Measures both ledgers, round by round. Nobody changes them.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let ledgers = [
        loaded(bench, bench.options.small_history).await?,
        loaded(bench, bench.options.history).await?,
    ];
    let scripts = |path: &str, rest: &str| -> Rc<[Script]> {
        let paths = paths_about(bench, path).into_iter();
        let requests: Vec<_> = paths.map(|path| http::get(&format!("{path}{rest}"))).collect();
        share_out(&requests, bench.options.connections).into()
    };
    let balances = scripts(path::WALLET_BALANCE, "");
    let pages = [
        scripts(path::WALLET_HISTORY, &format!("&limit={}", rows(bench))),
        scripts(path::WALLET_HISTORY, &format!("&limit={}{NOT_AT_HAND}", rows(bench))),
    ];
    let mut sides = [Side::default(), Side::default()];
    for round in 0..bench.options.rounds {
        bench.tell_round("small and large ledger", round);
        for (side, ledger) in sides.iter_mut().zip(&ledgers) {
            side.measure(bench, ledger, &balances, &pages).await?;
        }
    }
    tell(&sides, &ledgers, report);
    Ok(())
}

/// Rows of a page of history: half of what an average wallet has on the small ledger, so that pages
/// are equally long on both.
fn rows(bench: &Bench<'_>) -> usize {
    (bench.options.small_history / bench.options.wallets).clamp(1, MOST_ROWS)
}

impl Side {
    async fn measure(
        &mut self,
        bench: &Bench<'_>,
        ledger: &Loaded,
        balances: &Rc<[Script]>,
        [pages, stored_pages]: &[Rc<[Script]>; 2],
    ) -> Result<(), BenchError> {
        let (node, start) = start_and_time(bench, ledger.folder()).await?;
        self.starts.push(start);
        come_to_rest(&[&node]).await;
        self.resting_mb.push(resident_mb(&node).unwrap_or(f64::NAN));
        let (window, always) = (bench.options.window, Repeat::Always);
        self.balances.push(measure(&node, &[&node], balances, always, window).await?);
        self.pages.push(measure(&node, &[&node], pages, always, window).await?);
        self.stored_pages.push(measure(&node, &[&node], stored_pages, always, window).await?);
        node.stop()
    }
}

fn tell([small, large]: &[Side; 2], ledgers: &[Loaded; 2], report: &mut Report) {
    let on = format!("{} / {}", ledgers[1].says(), ledgers[0].says());
    report.add(figure("balances, small ledger", &small.balances));
    report.add(figure("balances, large ledger", &large.balances));
    report.add(figure("pages of history, small ledger", &small.pages));
    report.add(figure("pages of history, large ledger", &large.pages));
    report.add(figure("the same not in memory, small", &small.stored_pages));
    report.add(figure("the same not in memory, large", &large.stored_pages));
    let starts = |of: fn(&Start) -> Duration| -> Vec<f64> {
        let pairs = large.starts.iter().zip(&small.starts);
        pairs.map(|(large, small)| of(large).as_secs_f64() / of(small).as_secs_f64()).collect()
    };
    let busy = || small.starts.iter().chain(&large.starts).map(|start| start.others);
    report.measured("open_growth", on.as_str(), starts(|start| start.cpu), busy());
    report.measured("open_time_growth", on.as_str(), starts(|start| start.elapsed), busy());
    let by_cpu = |large: &[Sample], small: &[Sample]| -> Vec<f64> {
        large.iter().zip(small).map(|(large, small)| large.server_us / small.server_us).collect()
    };
    let values = by_cpu(&large.balances, &small.balances);
    report.measured("balance_growth", on.as_str(), values, others(&large.balances));
    let values = by_cpu(&large.pages, &small.pages);
    report.measured("history_growth", on.as_str(), values, others(&large.pages));
    let values = by_cpu(&large.stored_pages, &small.stored_pages);
    report.measured("stored_history_growth", on.as_str(), values, others(&large.stored_pages));
    let memory = large.resting_mb.iter().zip(&small.resting_mb).map(|(large, small)| large / small);
    report.measured("rss_growth", on, memory, []);
}
