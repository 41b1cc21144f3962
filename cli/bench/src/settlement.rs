//! Many machines attest, their epoch ends, and they are paid: what that costs the node, and what ten
//! times as many cost.

use std::time::{Duration, Instant};

use protocol::api::path;
use protocol::time::{UnixMillis, UnixSeconds};

use crate::attesting::attest;
use crate::error::BenchError;
use crate::http::Connection;
use crate::ledger_folder::Calendar;
use crate::report::Report;
use crate::run::Bench;
use crate::server::Server;
use crate::statistics::{float, float_len, percentile, whole};
use crate::window::{Moment, Sample, come_to_rest, figure, resident_mb};

/// Machines that show how long all of them will take.
const PROBE: usize = 2_000;
/// The many are so many times as many.
const TIMES: usize = 10;
/// Machines that attest before these, so that everything is warm.
const WARM_UP: usize = 500;
/// How often an epoch is made twice as long before it is given up.
const ATTEMPTS: usize = 4;
/// How much longer the epoch is than the probe suggests.
const RESERVE: f64 = 1.5;
/// Seconds that every epoch has beside the time to attest in.
const SPARE_SECONDS: f64 = 8.0;
/// Before the epoch ends, what the node uses at rest is measured for this long.
const AT_REST: Duration = Duration::from_secs(2);
/// How often a balance is due while the epoch is settled.
const READ_EVERY: Duration = Duration::from_millis(5);
/// A look at the metrics behind so many balances.
const LOOK_EVERY: u32 = 20;
/// How long a settlement may take.
const PATIENCE: Duration = Duration::from_mins(10);
/// The first epoch that is not settled.
const SETTLED_BEFORE: &str = "rustchain_settled_before_epoch ";
/// Everything that moved money.
const MOVEMENTS: &str = "rustchain_movements_total ";

/// What the settlement of one epoch was like.
struct Settled {
    /// Microseconds of processor time in all.
    cpu_us: f64,
    /// Machines that were paid.
    paid: u64,
    /// Microseconds that balances took meanwhile, sorted.
    reads: Vec<u32>,
    /// Processors that other programs kept busy.
    others: f64,
}

impl Settled {
    fn each_us(&self) -> f64 {
        self.cpu_us / float(self.paid.max(1))
    }

    fn reads_p99(&self) -> f64 {
        self.reads_ms(0.99)
    }

    fn reads_ms(&self, share: f64) -> f64 {
        f64::from(percentile(&self.reads, share)) / 1e3
    }
}

/// Measures the settlement, and that of many more, in turn.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let mut rate = probe(bench).await?;
    let (mut few, mut many) = (Side::default(), Side::default());
    let machines = bench.options.miners;
    for round in 0..bench.options.rounds {
        bench.tell_round("settlement", round);
        rate = few.measure(bench, machines, rate).await?;
        bench.tell_round("settlement of ten times as many", round);
        many.measure(bench, machines * TIMES, rate).await?;
    }
    report.add(figure("challenge and submission, before they are paid", &few.attested));
    report.add(figure("the same, ten times as many", &many.attested));
    let on = [format!("{machines} miners"), format!("{} miners", machines * TIMES)];
    let busy = || few.busy().chain(many.busy());
    report.measured("settle_cpu", on[0].as_str(), few.of(Settled::each_us), few.busy());
    report.measured("settle_cpu_many", on[1].as_str(), many.of(Settled::each_us), many.busy());
    let times = few.settled.iter().zip(&many.settled).map(|(few, many)| many.cpu_us / few.cpu_us);
    report.measured("settle_growth", format!("{} / {}", on[1], on[0]), times, busy());
    report.measured("settle_reads_p99", on[0].as_str(), few.of(Settled::reads_p99), few.busy());
    let reads = many.of(Settled::reads_p99);
    report.measured("settle_reads_p99_many", on[1].as_str(), reads, many.busy());
    for epoch in few.settled.iter().chain(&many.settled) {
        report.remarks.push(format!(
            "{} machines were paid with {:.0} ms of CPU; balances meanwhile: p50 {:.1} ms, \
             p99 {:.1} ms, longest {:.1} ms",
            epoch.paid,
            epoch.cpu_us / 1e3,
            epoch.reads_ms(0.5),
            epoch.reads_p99(),
            epoch.reads_ms(1.0),
        ));
    }
    Ok(())
}

/// The rounds with as many machines.
#[derive(Default)]
struct Side {
    attested: Vec<Sample>,
    settled: Vec<Settled>,
}

impl Side {
    /// One round; gives how many machines attested in a second.
    async fn measure(
        &mut self,
        bench: &Bench<'_>,
        machines: usize,
        rate: f64,
    ) -> Result<f64, BenchError> {
        let (sample, settled) = attest_and_settle(bench, machines, rate).await?;
        let rate = sample.rate;
        self.attested.push(sample);
        self.settled.push(settled);
        Ok(rate)
    }

    fn of(&self, value: fn(&Settled) -> f64) -> impl Iterator<Item = f64> {
        self.settled.iter().map(value)
    }

    /// Processors that other programs kept busy in each round.
    fn busy(&self) -> impl Iterator<Item = f64> {
        self.of(|epoch| epoch.others)
    }
}

/// One epoch on a ledger that nobody has used; a longer one when the machines were too slow for it.
async fn attest_and_settle(
    bench: &Bench<'_>,
    machines: usize,
    rate: f64,
) -> Result<(Sample, Settled), BenchError> {
    let mut seconds = epoch_seconds(machines, rate);
    for _ in 0..ATTEMPTS {
        if let Some(settled) = try_to_settle(bench, machines, seconds).await? {
            return Ok(settled);
        }
        seconds = seconds.saturating_mul(2);
    }
    let text = format!("{machines} machines attested too slowly for an epoch of {seconds} s");
    Err(BenchError::Options(text))
}

/// Nothing when the machines had not attested before the epoch ended.
async fn try_to_settle(
    bench: &Bench<'_>,
    machines: usize,
    seconds: u64,
) -> Result<Option<(Sample, Settled)>, BenchError> {
    let genesis = now(bench).seconds();
    let calendar = Calendar { genesis, slot_seconds: seconds };
    let folder = bench.ledger("settle", calendar)?;
    let node = bench.start_fresh(&folder).await?;
    (bench.surroundings.tell)(&format!("{machines} machines attest; the epoch has {seconds} s"));
    let sample = attest(&node, 0..machines, bench.options.connections).await?;
    let sample = sample.none_refused("attestations")?;
    let sample = Sample { resident_mb: resident_mb(&node), ..sample };
    let settled = settle(bench, &node, UnixSeconds(genesis.0 + seconds), machines).await?;
    node.discard(bench.surroundings)?;
    folder.remove()?;
    Ok(settled.map(|settled| (sample, settled)))
}

/// How many machines can attest in a second.
async fn probe(bench: &Bench<'_>) -> Result<f64, BenchError> {
    let folder = bench.long_ledger("probe")?;
    let node = bench.start_fresh(&folder).await?;
    let connections = bench.options.connections;
    let few = PROBE.min(bench.options.miners);
    attest(&node, 0..WARM_UP.min(few), connections).await?;
    let probe = attest(&node, WARM_UP..WARM_UP + few, connections).await?;
    node.discard(bench.surroundings)?;
    folder.remove()?;
    Ok(probe.rate)
}

/// How long an epoch has to be so that all machines can attest in it.
fn epoch_seconds(machines: usize, rate: f64) -> u64 {
    let seconds = float_len(machines) / rate.max(1.0) * RESERVE;
    let seconds = whole(seconds + SPARE_SECONDS + AT_REST.as_secs_f64());
    u64::try_from(seconds).unwrap_or(u64::MAX)
}

fn now(bench: &Bench<'_>) -> UnixMillis {
    (bench.surroundings.clock)()
}

/// Waits for the end of the epoch and measures what follows; nothing when it is too near.
async fn settle(
    bench: &Bench<'_>,
    node: &Server,
    end: UnixSeconds,
    machines: usize,
) -> Result<Option<Settled>, BenchError> {
    come_to_rest(&[node]).await;
    let end = UnixMillis(end.0.saturating_mul(1_000));
    let left = Duration::from_millis(end.millis_since(now(bench)));
    let Some(quiet) = left.checked_sub(AT_REST + Duration::from_millis(200)) else {
        return Ok(None);
    };
    (bench.surroundings.tell)(&format!("the epoch ends in {} s", left.as_secs()));
    tokio::time::sleep(quiet).await;
    let resting = Moment::now(node, &[node]);
    tokio::time::sleep(AT_REST).await;
    let paid_before = node.metric(MOVEMENTS).await?;
    let before = Moment::now(node, &[node]);
    let reads = read_until_settled(bench, node).await?;
    come_to_rest(&[node]).await;
    let after = Moment::now(node, &[node]);
    let paid = node.metric(MOVEMENTS).await?.saturating_sub(paid_before);
    if paid != u64::try_from(machines).unwrap_or(u64::MAX) {
        let text = format!("{paid} of {machines} machines were paid");
        return Err(BenchError::Options(text));
    }
    let (rest, at_rest) = before.since(&resting);
    let (elapsed, used) = after.since(&before);
    let idle = at_rest.as_secs_f64() / rest.as_secs_f64().max(1e-9) * elapsed.as_secs_f64();
    let cpu_us = (used.as_secs_f64() - idle).max(0.0) * 1e6;
    Ok(Some(Settled { cpu_us, paid, reads, others: after.others_since(&before) }))
}

/// Asks for balances until the first epoch is settled; microseconds of each from when it was due,
/// not from when it could be asked for, sorted.
async fn read_until_settled(bench: &Bench<'_>, node: &Server) -> Result<Vec<u32>, BenchError> {
    let failed = |error| BenchError::system("cannot ask for a balance", error);
    let wallet = bench.wallets().first().map(|wallet| wallet.address().to_string());
    let path = format!("{}?miner_id={}", path::WALLET_BALANCE, wallet.unwrap_or_default());
    let request = node.page(&path);
    let mut connection = Connection::open(node.peer()).await.map_err(failed)?;
    let mut latencies = Vec::new();
    let begun = Instant::now();
    let mut due = begun;
    loop {
        for _ in 0..LOOK_EVERY {
            due += READ_EVERY;
            tokio::time::sleep_until(due.into()).await;
            connection.exchange(&request).await.map_err(failed)?;
            let micros = due.elapsed().as_micros();
            latencies.push(u32::try_from(micros).unwrap_or(u32::MAX));
        }
        let settled = node.metric(SETTLED_BEFORE).await? > 0;
        // What the look took is no fault of the balances.
        due = due.max(Instant::now());
        if settled {
            latencies.sort_unstable();
            return Ok(latencies);
        }
        if begun.elapsed() > PATIENCE {
            let answer = "the epoch was not settled".to_owned();
            return Err(BenchError::Answer { request: path::METRICS.to_owned(), answer });
        }
    }
}
