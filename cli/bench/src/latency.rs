//! How long transfers take: over few connections as fast as they are answered, and at a fixed rate.

use crate::error::BenchError;
use crate::loaded::loaded;
use crate::report::Report;
use crate::run::Bench;
use crate::script::Repeat;
use crate::statistics::{float_len, whole};
use crate::transfers::{FIRST_GUESS, LOWEST_GUESS};
use crate::window::{figure, measure, others, send_when_due};

/// Connections of the closed loop.
const FEW: usize = 64;
/// A node keeps up when it answers this share of what is due.
const KEEPS_UP: f64 = 0.98;

/// Measures both on a copy of the ledger with a past.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let past = loaded(bench, bench.options.history).await?;
    let folder = past.copy(bench, "latency")?;
    let node = bench.start(&folder).await?;
    let mut source = past.transfers(bench);
    let few = FEW.min(bench.options.wallets);
    let (mut samples, mut alone, mut guess) = (Vec::new(), Vec::new(), FIRST_GUESS);
    let mut lone_guess = LOWEST_GUESS;
    for round in 0..bench.options.rounds {
        bench.tell_round("transfers over few connections", round);
        let scripts = bench.enough_transfers(&mut source, 1, lone_guess);
        let window = bench.options.window;
        let sample = measure(&node, &[&node], &scripts, Repeat::Never, window).await?;
        lone_guess = sample.rate.max(LOWEST_GUESS);
        alone.push(sample);
        let scripts = bench.enough_transfers(&mut source, few, guess);
        let sample = measure(&node, &[&node], &scripts, Repeat::Never, window).await?;
        guess = sample.rate.max(LOWEST_GUESS);
        samples.push(sample);
    }
    report.add(figure(&format!("durable signed transfers, {few} connections"), &samples));
    report.measured("p99_closed", past.says(), samples.iter().map(|s| s.p99_ms), others(&samples));

    report.add(figure("durable signed transfers, a lone client", &alone));
    let append_ms = report.machine.durable_append_p50_ms;
    let times = alone.iter().map(|sample| sample.p50_ms / append_ms);
    report.measured("lone_transfer", format!("{append_ms:.2} ms"), times, others(&alone));

    let (rate, connections) = (bench.options.rate, bench.options.connections);
    let seconds = bench.options.rate_window.as_secs_f64();
    (bench.surroundings.tell)(&format!("{rate} transfers a second for {seconds} s"));
    let each = whole(float_len(rate) * seconds / float_len(connections)).max(1);
    let scripts = source.scripts(connections, each).into();
    let sample = send_when_due(&node, &scripts, rate).await?;
    let on = format!("{rate}/s for {seconds} s, {connections} connections");
    let refused = sample.refused;
    let share = sample.rate / float_len(rate);
    let samples = [sample];
    report.add(figure(&format!("durable signed transfers, {rate} a second due"), &samples));
    report.measured("p99_open", on, samples.iter().map(|s| s.p99_ms), others(&samples));
    if refused > 0 {
        report
            .trouble
            .push(format!("latency: {refused} of the transfers that were due were refused"));
    }
    if share < KEEPS_UP {
        let percent = share * 100.0;
        let text = format!("of {rate} transfers a second, {percent:.0} % were carried out in time");
        report.remarks.push(text);
    }
    node.discard(bench.surroundings)?;
    folder.remove()
}
