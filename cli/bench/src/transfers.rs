//! Durable signed transfers, beside a server that only parses and verifies them; and beside a node
//! whose ledger has a past.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::error::BenchError;
use crate::http;
use crate::ledger_folder::LedgerFolder;
use crate::options::Mode;
use crate::reference;
use crate::report::{Demand, Ratio, Report};
use crate::run::Bench;
use crate::script::{Repeat, Script};
use crate::server::Server;
use crate::statistics::{float, float_len, whole};
use crate::wallets::{TransferSource, Wallet};
use crate::window::{Sample, come_to_rest, figure, measure, seconds_of_load, send_all};

/// Counts the transactions that made transfers durable.
const GROUPS: &str = "rustchain_groups_committed_total ";
/// Counts transfers that were carried out.
const TRANSFERS: &str = "rustchain_transfers_executed_total ";
/// How many transfers the reference gets to see again and again.
const SEEN_AGAIN: usize = 20_000;
/// Transfers a second that are signed for the first round, when nothing is known yet.
const FIRST_GUESS: f64 = 30_000.0;
/// How many more transfers are signed than the last round suggests.
const RESERVE: f64 = 1.6;
/// Transfers of the past that are signed at once.
const PAST_AT_ONCE: usize = 100_000;

/// Durable transfers, at least this share of what parsing and verifying alone reaches.
const DURABLE_SHARE: Demand = Demand::AtLeast(0.55);
/// Transfers on a ledger with a past, at least this share of those on an empty one.
const WITH_PAST_SHARE: Demand = Demand::AtLeast(0.80);

/// What the rounds have shown so far.
#[derive(Default)]
struct Rounds {
    parse: Vec<Sample>,
    verify: Vec<Sample>,
    fresh: Vec<Sample>,
    with_past: Vec<Sample>,
    transfers_per_commit: Vec<f64>,
}

/// A node whose ledger has a past.
struct WithPast<'w> {
    node: Server,
    source: TransferSource<'w>,
    folder: LedgerFolder,
}

/// Measures transfers, and those on a ledger with a past if that was asked for.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let reference = Server::start_reference(bench.surroundings)?;
    let wallets = bench.wallets();
    let mut with_past = None;
    if bench.options.asks_for(Mode::History) {
        with_past = Some(make_past(bench, wallets, report).await?);
    }
    let seen_again = bench.options.asks_for(Mode::Transfer).then(|| {
        let mut source = bench.transfers();
        let each = SEEN_AGAIN.div_ceil(bench.options.connections);
        to_reference(&source.scripts(bench.options.connections, each))
    });
    let mut rounds = Rounds::default();
    let mut guess = FIRST_GUESS;
    for round in 0..bench.options.rounds {
        bench.tell_round("transfers", round);
        if let Some((parse, verify)) = &seen_again {
            let (window, always) = (bench.options.window, Repeat::Always);
            let all = [&reference];
            rounds.parse.push(measure(&reference, &all, parse, always, window).await?);
            rounds.verify.push(measure(&reference, &all, verify, always, window).await?);
        }
        measure_fresh(bench, &mut guess, &mut rounds).await?;
        if let Some(past) = &mut with_past {
            let scripts = enough_transfers(bench, &mut past.source, guess);
            let all = [&reference, &past.node];
            let window = bench.options.window;
            let sample = measure(&past.node, &all, &scripts, Repeat::Never, window).await?;
            rounds.with_past.push(sample);
        }
    }
    if let Some(past) = with_past {
        past.node.stop()?;
        past.folder.remove()?;
    }
    tell(bench, &rounds, report);
    reference.discard(bench.surroundings)
}

/// The same transfers, posted to the two handlers of the reference.
fn to_reference(scripts: &[Script]) -> (Rc<[Script]>, Rc<[Script]>) {
    let posted_to = |path: &str| -> Rc<[Script]> {
        let redirected = scripts.iter().map(|script| {
            let mut redirected = Script::default();
            for request in (0..script.len()).filter_map(|place| script.request(place)) {
                redirected.push(&http::redirected(request, path));
            }
            redirected
        });
        redirected.collect()
    };
    (posted_to(reference::PARSE), posted_to(reference::VERIFY))
}

/// One round on a ledger that nobody has used.
async fn measure_fresh(
    bench: &Bench<'_>,
    guess: &mut f64,
    rounds: &mut Rounds,
) -> Result<(), BenchError> {
    let folder = bench.long_ledger("fresh")?;
    let node = bench.start_fresh(&folder).await?;
    let scripts = enough_transfers(bench, &mut bench.transfers(), *guess);
    let commits_before = node.metric(GROUPS).await?;
    let transfers_before = node.metric(TRANSFERS).await?;
    let window = bench.options.window;
    let sample = measure(&node, &[&node], &scripts, Repeat::Never, window).await?;
    let commits = node.metric(GROUPS).await?.saturating_sub(commits_before);
    let transfers = node.metric(TRANSFERS).await?.saturating_sub(transfers_before);
    rounds.transfers_per_commit.push(float(transfers) / float(commits.max(1)));
    *guess = sample.rate.max(1_000.0);
    rounds.fresh.push(sample);
    node.discard(bench.surroundings)?;
    folder.remove()
}

fn enough_transfers(bench: &Bench<'_>, source: &mut TransferSource<'_>, rate: f64) -> Rc<[Script]> {
    let connections = bench.options.connections;
    let needed = rate * seconds_of_load(bench.options.window) * RESERVE;
    let each = whole(needed / float_len(connections)).max(1);
    source.scripts(connections, each).into()
}

/// Makes a ledger with a past, stops and kills its node, and measures how soon it is back.
async fn make_past<'w>(
    bench: &Bench<'_>,
    wallets: &'w [Wallet],
    report: &mut Report,
) -> Result<WithPast<'w>, BenchError> {
    let folder = bench.long_ledger("past")?;
    let node = bench.start_fresh(&folder).await?;
    let bytes_before = folder.bytes();
    let mut source = TransferSource::new(wallets, bench.chain_id());
    let (connections, wanted) = (bench.options.connections, bench.options.history);
    let mut samples = Vec::new();
    let mut done = 0;
    while done < wanted {
        let each = (wanted - done).min(PAST_AT_ONCE).div_ceil(connections);
        let scripts = source.scripts(connections, each).into();
        let sample = send_all(&node, &[&node], &scripts).await?;
        done += each * connections;
        (bench.surroundings.tell)(&format!(
            "{done} transfers of the past, {:.0} a second",
            sample.rate
        ));
        samples.push(sample);
    }
    report.add(figure("transfers in bulk, while the past is made", &samples));
    come_to_rest(&[&node]).await;
    let bytes = float(folder.bytes().saturating_sub(bytes_before)) / float_len(done.max(1));
    report.remarks.push(format!(
        "the files of the ledger grow by {bytes:.0} bytes a transfer (over {done} transfers)"
    ));
    let node = restart(bench, node, &folder, report).await?;
    Ok(WithPast { node, source, folder })
}

async fn restart(
    bench: &Bench<'_>,
    node: Server,
    folder: &LedgerFolder,
    report: &mut Report,
) -> Result<Server, BenchError> {
    node.stop()?;
    let (node, clean) = start_and_time(bench, folder).await?;
    node.kill()?;
    let (node, killed) = start_and_time(bench, folder).await?;
    report.remarks.push(format!(
        "ready after {:.2} s on that ledger, {:.2} s after it was killed at rest",
        clean.as_secs_f64(),
        killed.as_secs_f64()
    ));
    Ok(node)
}

async fn start_and_time(
    bench: &Bench<'_>,
    folder: &LedgerFolder,
) -> Result<(Server, Duration), BenchError> {
    let begun = Instant::now();
    let node = Server::start_node(bench.surroundings, folder)?;
    node.get_ready().await?;
    Ok((node, begun.elapsed()))
}

fn tell(bench: &Bench<'_>, rounds: &Rounds, report: &mut Report) {
    let Rounds { parse, verify, fresh, with_past, transfers_per_commit } = rounds;
    if !verify.is_empty() {
        report.add(figure("reference: POST, parse a transfer", parse));
        report.add(figure("reference: POST, parse and verify", verify));
    }
    report.add(figure("durable signed transfers, fresh ledger", fresh));
    if !with_past.is_empty() {
        let name = format!("durable signed transfers, {} before", bench.options.history);
        report.add(figure(&name, with_past));
    }
    if !verify.is_empty() {
        tell_of_verifying(rounds, report);
    }
    if !with_past.is_empty() {
        let pairs: Vec<_> = with_past.iter().zip(fresh).collect();
        let name = "transfers/s with a past / on a fresh ledger";
        report.ratios.push(Ratio::of_rates(name, WITH_PAST_SHARE, &pairs));
        let by_cpu = pairs.iter().map(|(past, fresh)| fresh.server_us / past.server_us);
        let name = "the same by server CPU";
        report.ratios.push(Ratio::of(name, Demand::Nothing, by_cpu.collect()));
    }
    let name = "transfers per durable commit";
    report.ratios.push(Ratio::of(name, Demand::Nothing, transfers_per_commit.clone()));
}

fn tell_of_verifying(rounds: &Rounds, report: &mut Report) {
    let pairs: Vec<_> = rounds.fresh.iter().zip(&rounds.verify).collect();
    let name = "durable transfers/s / parse and verify alone";
    report.ratios.push(Ratio::of_rates(name, DURABLE_SHARE, &pairs));
    let by_cpu = pairs.iter().map(|(node, verify)| verify.server_us / node.server_us);
    report.ratios.push(Ratio::of("the same by server CPU", Demand::Nothing, by_cpu.collect()));
    let verify_us = report.machine.verify_us();
    let share = rounds.fresh.iter().map(|node| verify_us / node.server_us);
    let name = "verify CPU / server CPU of a durable transfer";
    report.ratios.push(Ratio::of(name, Demand::Nothing, share.collect()));
    let cores = float_len(report.machine.cores);
    let of_parts = rounds.fresh.iter().zip(&rounds.parse).map(|(node, parse)| {
        node.rate * (verify_us + parse.server_us + parse.client_us) / (cores * 1e6)
    });
    let name = "measured / sum of parts (verify, parse, client)";
    report.ratios.push(Ratio::of(name, Demand::Nothing, of_parts.collect()));
}
