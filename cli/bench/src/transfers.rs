//! Durable signed transfers, beside a server that only parses and verifies them and the node without
//! storage; and beside a node whose ledger has a past.
//!
//! Every node has seen the keys of all wallets before anything counts, as one that runs has: a key
//! is decompressed once, and what verifying costs is measured with decompressed keys.

use std::rc::Rc;

use crate::bars::PAST_VERIFY_SHARE;
use crate::error::BenchError;
use crate::ledger_folder::LedgerFolder;
use crate::loaded::loaded;
use crate::machine;
use crate::options::Mode;
use crate::reference;
use crate::report::Report;
use crate::run::Bench;
use crate::script::{Repeat, Script};
use crate::server::Server;
use crate::statistics::{float, float_len};
use crate::wallets::TransferSource;
use crate::window::{Sample, come_to_rest, figure, measure, others, resident_mb, send_all};
use crate::{http, statistics};

/// Counts the transactions that made transfers durable.
const GROUPS: &str = "rustchain_groups_committed_total ";
/// Counts transfers that were carried out.
const TRANSFERS: &str = "rustchain_transfers_executed_total ";
/// How many transfers the reference gets to see again and again.
const SEEN_AGAIN: usize = 20_000;
/// Transfers a second that are signed for the first round, when nothing is known yet.
pub(crate) const FIRST_GUESS: f64 = 30_000.0;
/// No guess is lower: a round in which nothing went well must not starve the next one.
pub(crate) const LOWEST_GUESS: f64 = 1_000.0;

/// Threads that use less are not worth telling of, in microseconds a transfer.
const LEAST_US: f64 = 0.05;

/// What the rounds have shown so far.
#[derive(Default)]
struct Rounds {
    bare: Vec<Sample>,
    parse: Vec<Sample>,
    verify: Vec<Sample>,
    in_memory: Vec<Sample>,
    first_of_wallets: Vec<Sample>,
    fresh: Vec<Sample>,
    with_past: Vec<Sample>,
    transfers_per_commit: Vec<f64>,
    verify_us: Vec<f64>,
}

/// What every round asks the reference.
struct References {
    server: Server,
    bare: Rc<[Script]>,
    parse: Rc<[Script]>,
    verify: Rc<[Script]>,
}

/// A node whose ledger has a past.
struct WithPast<'w> {
    node: Server,
    source: TransferSource<'w>,
    folder: LedgerFolder,
    holds: String,
    resting_mb: Option<f64>,
    bytes_per_transfer: f64,
}

/// Measures transfers, and those on a ledger with a past if that was asked for.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let mut with_past = None;
    if bench.options.asks_for(Mode::History) {
        with_past = Some(open_past(bench).await?);
    }
    let mut references = None;
    if bench.options.asks_for(Mode::Transfer) {
        references = Some(References::start(bench)?);
    }
    let mut rounds = Rounds::default();
    let mut guess = FIRST_GUESS;
    for round in 0..bench.options.rounds {
        bench.tell_round("transfers", round);
        if let Some(references) = &references {
            references.measure(bench, &mut rounds).await?;
            rounds.in_memory.push(measure_in_memory(bench, guess).await?);
        }
        rounds.verify_us.push(machine::verify_us());
        measure_fresh(bench, &mut guess, &mut rounds).await?;
        if let Some(past) = &mut with_past {
            let connections = bench.options.connections;
            let scripts = bench.enough_transfers(&mut past.source, connections, guess);
            let (all, window) = ([&past.node], bench.options.window);
            let sample = measure(&past.node, &all, &scripts, Repeat::Never, window).await?;
            rounds.with_past.push(sample);
        }
    }
    if references.is_some() {
        tell_of_references(&rounds, report);
    }
    report.add(figure("the first transfer of every wallet", &rounds.first_of_wallets));
    report.add(figure("durable signed transfers, fresh ledger", &rounds.fresh));
    if references.is_some() {
        judge_transfers(bench, &rounds, report);
    }
    if let Some(past) = &with_past {
        judge_past(past, &rounds, report);
    }
    if let Some(past) = with_past {
        past.node.discard(bench.surroundings)?;
        past.folder.remove()?;
    }
    references.map_or(Ok(()), |references| references.server.discard(bench.surroundings))
}

impl References {
    fn start(bench: &Bench<'_>) -> Result<Self, BenchError> {
        let server = Server::start_reference(bench.surroundings)?;
        let connections = bench.options.connections;
        let each = SEEN_AGAIN.div_ceil(connections);
        let scripts = bench.transfers().scripts(connections, each);
        let bare = crate::script::share_out(&[http::get(reference::BARE)], connections).into();
        let parse = posted_to(&scripts, reference::PARSE);
        let verify = posted_to(&scripts, reference::VERIFY);
        Ok(Self { server, bare, parse, verify })
    }

    async fn measure(&self, bench: &Bench<'_>, rounds: &mut Rounds) -> Result<(), BenchError> {
        let (window, always) = (bench.options.window, Repeat::Always);
        let all = [&self.server];
        rounds.bare.push(measure(&self.server, &all, &self.bare, always, window).await?);
        rounds.parse.push(measure(&self.server, &all, &self.parse, always, window).await?);
        rounds.verify.push(measure(&self.server, &all, &self.verify, always, window).await?);
        Ok(())
    }
}

/// The same transfers, posted to a handler of the reference.
fn posted_to(scripts: &[Script], path: &str) -> Rc<[Script]> {
    let redirected = scripts.iter().map(|script| {
        let mut redirected = Script::default();
        for request in (0..script.len()).filter_map(|place| script.request(place)) {
            redirected.push(&http::redirected(request, path));
        }
        redirected
    });
    redirected.collect()
}

/// One round on a node without storage.
async fn measure_in_memory(bench: &Bench<'_>, guess: f64) -> Result<Sample, BenchError> {
    let folder = bench.long_ledger("memory")?;
    let node = Server::start_memory_node(bench.surroundings, &folder)?;
    node.get_ready().await?;
    // It is the faster one, and nobody knows yet by how much.
    let room = guess * 1.3;
    let mut source = bench.transfers();
    first_of_wallets(bench, &node, &mut source).await?;
    let scripts = bench.enough_transfers(&mut source, bench.options.connections, room);
    let sample = measure(&node, &[&node], &scripts, Repeat::Never, bench.options.window).await?;
    node.discard(bench.surroundings)?;
    folder.remove()?;
    Ok(sample)
}

/// Lets every wallet send once.
async fn first_of_wallets(
    bench: &Bench<'_>,
    node: &Server,
    source: &mut TransferSource<'_>,
) -> Result<Sample, BenchError> {
    let connections = bench.options.connections;
    let each = bench.options.wallets.div_ceil(connections);
    let scripts = source.scripts(connections, each).into();
    send_all(node, &[node], &scripts).await?.none_refused("the first transfer of a wallet")
}

/// One round on a ledger that is new but for the first transfer of every wallet.
async fn measure_fresh(
    bench: &Bench<'_>,
    guess: &mut f64,
    rounds: &mut Rounds,
) -> Result<(), BenchError> {
    let folder = bench.long_ledger("fresh")?;
    let node = bench.start_fresh(&folder).await?;
    let connections = bench.options.connections;
    let mut source = bench.transfers();
    rounds.first_of_wallets.push(first_of_wallets(bench, &node, &mut source).await?);
    let scripts = bench.enough_transfers(&mut source, connections, *guess);
    let commits_before = node.metric(GROUPS).await?;
    let transfers_before = node.metric(TRANSFERS).await?;
    let window = bench.options.window;
    let sample = measure(&node, &[&node], &scripts, Repeat::Never, window).await?;
    let commits = node.metric(GROUPS).await?.saturating_sub(commits_before);
    let transfers = node.metric(TRANSFERS).await?.saturating_sub(transfers_before);
    rounds.transfers_per_commit.push(float(transfers) / float(commits.max(1)));
    *guess = sample.rate.max(LOWEST_GUESS);
    rounds.fresh.push(sample);
    node.discard(bench.surroundings)?;
    folder.remove()
}

/// Starts a node on a copy of the ledger with a past, and waits until it rests.
async fn open_past<'w>(bench: &'w Bench<'_>) -> Result<WithPast<'w>, BenchError> {
    let past = loaded(bench, bench.options.history).await?;
    let folder = past.copy(bench, "past")?;
    let node = bench.start(&folder).await?;
    come_to_rest(&[&node]).await;
    let resting_mb = resident_mb(&node);
    let mut source = past.transfers(bench);
    first_of_wallets(bench, &node, &mut source).await?;
    Ok(WithPast {
        resting_mb,
        node,
        source,
        folder,
        holds: past.says(),
        bytes_per_transfer: past.bytes_per_transfer(),
    })
}

fn tell_of_references(rounds: &Rounds, report: &mut Report) {
    report.add(figure("reference: GET, nothing", &rounds.bare));
    report.add(figure("reference: POST, parse a transfer", &rounds.parse));
    report.add(figure("reference: POST, parse and verify", &rounds.verify));
    report.add(figure("reference: the node without storage", &rounds.in_memory));
}

/// Which threads of the node use its processors.
fn threads(fresh: &[Sample]) -> String {
    let threads = figure("", fresh).thread_cpu_us;
    let used = threads.iter().filter(|(_, us)| **us >= LEAST_US);
    let used: Vec<String> = used.map(|(name, us)| format!("{name} {us:.1} us")).collect();
    format!("of a durable transfer's server CPU, by thread: {}", used.join(", "))
}

fn judge_transfers(bench: &Bench<'_>, rounds: &Rounds, report: &mut Report) {
    let Rounds { parse, verify, in_memory, fresh, verify_us, .. } = rounds;
    report.remarks.push(threads(fresh));
    let busy = || others(fresh);
    let beside = |other: &[Sample], by: fn(&Sample, &Sample) -> f64| -> Vec<f64> {
        fresh.iter().zip(other).map(|(node, other)| by(node, other)).collect()
    };
    let of_rates: fn(&Sample, &Sample) -> f64 = |node, other| node.rate / other.rate;
    let of_cpu: fn(&Sample, &Sample) -> f64 = |node, other| other.server_us / node.server_us;

    let share = fresh.iter().zip(verify_us).map(|(node, verify_us)| verify_us / node.server_us);
    report.measured("verify_share", report.machine.backend.name(), share, busy());
    let both = || busy().chain(others(in_memory));
    let on = format!("{} connections", bench.options.connections);
    report.measured("durable_share", on.as_str(), beside(in_memory, of_rates), both());
    report.measured("durable_cpu_share", "", beside(in_memory, of_cpu), both());
    let both = busy().chain(others(verify));
    report.measured("verify_rate_share", on, beside(verify, of_rates), both);
    report.measured("parse_share", "", beside(parse, of_cpu), busy().chain(others(parse)));
    let cores = float_len(report.machine.cores);
    let parts = fresh.iter().zip(parse).zip(verify_us).map(|((node, parse), verify_us)| {
        node.rate * (verify_us + parse.server_us + parse.client_us) / (cores * 1e6)
    });
    report.measured("sum_of_parts", format!("{cores:.0} cores"), parts, busy());
    let groups = statistics::median(rounds.transfers_per_commit.iter().copied());
    let on = format!("groups of {groups:.0}");
    let unknown = |bytes: Option<f64>| bytes.unwrap_or(f64::NAN);
    let bytes = fresh.iter().map(|sample| unknown(sample.written_to_commit()));
    report.measured("commit_bytes", on, bytes, busy());
    let bytes = fresh.iter().map(|sample| unknown(sample.written_derived));
    report.measured("derived_bytes", "", bytes, busy());
    report.measured("transfers_per_commit", "", rounds.transfers_per_commit.clone(), busy());
}

fn judge_past(past: &WithPast<'_>, rounds: &Rounds, report: &mut Report) {
    let Rounds { fresh, with_past, .. } = rounds;
    report.add(figure("durable signed transfers, ledger with a past", with_past));
    let pairs = || with_past.iter().zip(fresh);
    let busy = || others(fresh).chain(others(with_past));
    let on = past.holds.as_str();
    report.measured("past_share", on, pairs().map(|(past, new)| past.rate / new.rate), busy());
    let by_cpu = pairs().map(|(past, new)| new.server_us / past.server_us);
    report.measured("past_cpu_share", on, by_cpu, busy());
    let pairs = rounds.verify_us.iter().zip(with_past);
    let shares = pairs.map(|(verify_us, past)| verify_us / past.server_us);
    report.measured(PAST_VERIFY_SHARE, on, shares, []);
    report.measured("file_growth", on, [past.bytes_per_transfer], []);
    let unknown = |mb: Option<f64>| mb.unwrap_or(f64::NAN);
    report.measured("rss_rest", on, [unknown(past.resting_mb)], []);
    // Memory that grows from round to round shows in the last one.
    let most = with_past.iter().map(|sample| unknown(sample.resident_mb)).reduce(f64::max);
    report.measured("rss_load", on, most, []);
}
