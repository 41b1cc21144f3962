//! Durable commits as the system sees them, on the unmodified node under `strace`: how many fsyncs,
//! before which replies, and what a slower disk costs.

use std::path::Path;

use crate::error::BenchError;
use crate::report::Report;
use crate::run::Bench;
use crate::script::Repeat;
use crate::statistics::float;
use crate::strace;
use crate::transfers::{FIRST_GUESS, LOWEST_GUESS};
use crate::window::{Sample, figure, measure, others, send_all};

/// By how much every fsync takes longer on the slower disk, in microseconds.
const DELAY_US: u32 = 5_000;
/// The slower disk sees so many times as many connections as the rest.
const TIMES_CONNECTIONS: usize = 4;
/// Transfers that are sent one behind the other, each reply looked for behind its fsync.
const IN_ORDER: usize = 64;
/// Counts transfers that were carried out.
const TRANSFERS: &str = "rustchain_transfers_executed_total ";

/// Measures all three, or says that `strace` is missing.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    if !strace::is_there() {
        for id in ["fsyncs", "replies_after_fsync", "slow_disk"] {
            report.not_measured(id, "strace is missing");
        }
        return Ok(());
    }
    count_fsyncs(bench, report).await?;
    look_at_order(bench, report).await?;
    compare_disks(bench, report).await
}

async fn count_fsyncs(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let folder = bench.long_ledger("counted")?;
    let list = folder.path().join("fsyncs");
    let node = bench.start_fresh_under(&strace::counting(&list), &folder).await?;
    let mut source = bench.transfers();
    let connections = bench.options.connections;
    let (mut values, mut samples, mut guess) = (Vec::new(), Vec::new(), FIRST_GUESS);
    for round in 0..bench.options.rounds {
        bench.tell_round("fsyncs", round);
        let scripts = bench.enough_transfers(&mut source, connections, guess);
        let (fsyncs, transfers) = (count(&list)?, node.metric(TRANSFERS).await?);
        let window = bench.options.window;
        let sample = measure(&node, &[&node], &scripts, Repeat::Never, window).await?;
        let transfers = node.metric(TRANSFERS).await?.saturating_sub(transfers);
        let fsyncs = count(&list)?.saturating_sub(fsyncs);
        values.push(float(fsyncs) / float(transfers.max(1)));
        guess = sample.rate.max(LOWEST_GUESS);
        samples.push(sample);
    }
    report.add(figure("durable signed transfers, fsyncs counted", &samples));
    let on = format!("{connections} connections");
    report.measured("fsyncs", on, values, others(&samples));
    node.discard(bench.surroundings)?;
    folder.remove()
}

async fn look_at_order(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let folder = bench.long_ledger("ordered")?;
    let list = folder.path().join("calls");
    let node = bench.start_fresh_under(&strace::ordering(&list), &folder).await?;
    let scripts = bench.transfers().scripts(1, IN_ORDER).into();
    send_all(&node, &[&node], &scripts).await?.none_refused("transfers one behind the other")?;
    node.stop()?;
    let order = strace::order(&read(&list)?);
    if order.replies == IN_ORDER {
        let share = float(whole(order.durable)) / float(whole(order.replies));
        let on = format!("{} of {} replies", order.durable, order.replies);
        report.measured("replies_after_fsync", on, [share], []);
    } else {
        let text = format!("strace shows {} of {IN_ORDER} replies", order.replies);
        report.not_measured("replies_after_fsync", text);
    }
    folder.remove()
}

async fn compare_disks(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let (mut plain, mut slow) = (Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        bench.tell_round("slow disk", round);
        plain.push(on_disk(bench, 0, plain.last()).await?);
        slow.push(on_disk(bench, DELAY_US, slow.last()).await?);
    }
    let connections = many(bench);
    let name = format!("durable signed transfers, {connections} connections, traced");
    report.add(figure(&name, &plain));
    report.add(figure("the same with 5 ms more per fsync", &slow));
    let shares = slow.iter().zip(&plain).map(|(slow, plain)| slow.rate / plain.rate);
    let busy = others(&plain).chain(others(&slow));
    report.measured("slow_disk", format!("{connections} connections"), shares, busy);
    Ok(())
}

/// As many connections as the slower disk sees; each has a wallet of its own.
fn many(bench: &Bench<'_>) -> usize {
    (bench.options.connections * TIMES_CONNECTIONS).min(bench.options.wallets)
}

async fn on_disk(
    bench: &Bench<'_>,
    delay_us: u32,
    before: Option<&Sample>,
) -> Result<Sample, BenchError> {
    let folder = bench.long_ledger("disk")?;
    let under = strace::delaying(delay_us, &folder.path().join("calls"));
    let node = bench.start_fresh_under(&under, &folder).await?;
    let guess = before.map_or(FIRST_GUESS, |sample| sample.rate.max(LOWEST_GUESS));
    let scripts = bench.enough_transfers(&mut bench.transfers(), many(bench), guess);
    let sample = measure(&node, &[&node], &scripts, Repeat::Never, bench.options.window).await?;
    node.discard(bench.surroundings)?;
    folder.remove()?;
    Ok(sample)
}

fn count(list: &Path) -> Result<u64, BenchError> {
    Ok(whole(strace::count(&read(list)?)))
}

fn whole(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn read(list: &Path) -> Result<String, BenchError> {
    let text = std::fs::read(list);
    let text = text.map_err(|source| BenchError::File { path: list.to_owned(), source })?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
