//! How long it takes to execute a ledger again and to compare everything: `node verify`.

use std::ffi::OsStr;
use std::time::Instant;

use crate::error::BenchError;
use crate::loaded::loaded;
use crate::procfs;
use crate::report::Report;
use crate::run::Bench;
use crate::server::answer_of;

/// Commands that the figures are stated for.
const MILLION: f64 = 1e6;

/// Verifies the small ledger, round by round.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let ledger = loaded(bench, bench.options.small_history).await?;
    let node_dir = ledger.folder().node_dir();
    let arguments: [&OsStr; 4] =
        ["node".as_ref(), "verify".as_ref(), "--node-dir".as_ref(), node_dir.as_ref()];
    let (mut seconds, mut cpu_seconds, mut busy) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        bench.tell_round("verifying a ledger", round);
        let (machine, ended) = (procfs::machine_cpu(), procfs::cpu_of_ended_children());
        let begun = Instant::now();
        let said = answer_of(bench.surroundings, &arguments)?;
        let millions = said["commands"].as_f64().unwrap_or_default() / MILLION;
        let elapsed = begun.elapsed().as_secs_f64();
        let cpu = procfs::cpu_of_ended_children().saturating_sub(ended).as_secs_f64();
        let all = procfs::machine_cpu().saturating_sub(machine).as_secs_f64();
        seconds.push(elapsed / millions);
        cpu_seconds.push(cpu / millions);
        busy.push(((all - cpu) / elapsed.max(1e-9)).max(0.0));
    }
    report.measured("verify_time", ledger.says(), seconds, busy.clone());
    report.measured("verify_cpu", ledger.says(), cpu_seconds, busy);
    Ok(())
}
