//! How soon a node is back: after it was stopped, and after it was killed under load.

use std::time::Duration;

use crate::error::BenchError;
use crate::ledger_folder::LedgerFolder;
use crate::loaded::loaded;
use crate::report::Report;
use crate::run::Bench;
use crate::script::Repeat;
use crate::server::Server;
use crate::transfers::{FIRST_GUESS, LOWEST_GUESS};
use crate::window::{Moment, come_to_rest, measure};

/// How a node came up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// From the start of its process to the first 200 of `/ready`.
    pub(crate) elapsed: Duration,
    /// Processor time until then.
    pub(crate) cpu: Duration,
    /// Processors that other programs kept busy.
    pub(crate) others: f64,
}

/// Starts a node and measures how soon it is ready.
pub(crate) async fn start_and_time(
    bench: &Bench<'_>,
    folder: &LedgerFolder,
) -> Result<(Server, Start), BenchError> {
    let before = Moment::before_start();
    let node = Server::start_node(bench.surroundings, folder)?;
    node.get_ready().await?;
    let after = Moment::now(&node, &[&node]);
    let (elapsed, cpu) = after.since(&before);
    Ok((node, Start { elapsed, cpu, others: after.others_since(&before) }))
}

/// Stops and kills the node of a copy of the ledger with a past, in turn.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let past = loaded(bench, bench.options.history).await?;
    let folder = past.copy(bench, "start")?;
    let mut source = past.transfers(bench);
    let (mut stopped, mut killed, mut guess) = (Vec::new(), Vec::new(), FIRST_GUESS);
    for round in 0..bench.options.rounds {
        bench.tell_round("starts", round);
        let (node, clean) = start_and_time(bench, &folder).await?;
        stopped.push(clean);
        let scripts = bench.enough_transfers(&mut source, bench.options.connections, guess);
        let window = bench.options.window;
        let sample = measure(&node, &[&node], &scripts, Repeat::Never, window).await?;
        guess = sample.rate.max(LOWEST_GUESS);
        // At once: what was just carried out is neither sealed nor derived.
        node.kill()?;
        let (node, after_kill) = start_and_time(bench, &folder).await?;
        killed.push(after_kill);
        come_to_rest(&[&node]).await;
        node.stop()?;
    }
    folder.remove()?;
    for (starts, time, cpu) in [
        (stopped, "ready_after_stop", "start_cpu"),
        (killed, "ready_after_kill", "start_cpu_killed"),
    ] {
        let busy = || starts.iter().map(|start| start.others);
        let seconds = starts.iter().map(|start| start.elapsed.as_secs_f64());
        report.measured(time, past.says(), seconds, busy());
        report.measured(cpu, past.says(), starts.iter().map(|s| s.cpu.as_secs_f64()), busy());
    }
    Ok(())
}
