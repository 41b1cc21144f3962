//! Challenge and submission of machines that nobody has seen before, beside verifying and judging
//! the same payloads without HTTP and store; and beside a node that knows many machines already.

use std::ffi::OsStr;
use std::ops::Range;

use crate::attesting::{attest, payloads};
use crate::elsewhere::answered_elsewhere;
use crate::error::BenchError;
use crate::ledger_folder::LedgerFolder;
use crate::loaded::loaded;
use crate::options::Mode;
use crate::report::Report;
use crate::run::Bench;
use crate::server::{Server, figures_of};
use crate::statistics::{float, whole};
use crate::window::{Sample, figure, others, resident_mb};

/// Machines that attest in a round, at most.
const MOST: usize = 20_000;
/// The same on a node of somebody else.
const MOST_ELSEWHERE: usize = 1_000;
/// Numbers of machines for runs that begin in one minute, and minutes until they are used again:
/// together less than the 2^24 that identifiers have room for.
const MOST_A_MINUTE: usize = 100_000;
const MINUTES: u64 = 160;
/// Machines that attest before them, so that everything is warm; a share of those that count. With
/// half of them the log has begun to write its WAL anew, as it does from then on.
const WARM_UP_SHARE: usize = 2;

/// Measures both, round by round.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let known = loaded(bench, bench.options.small_history).await?;
    let folder = known.copy(bench, "attest")?;
    let knows_many = bench.start(&folder).await?;
    let machines = bench.options.miners.clamp(1, MOST);
    let mut next = bench.options.miners;
    let (mut new, mut old, mut judging) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        bench.tell_round("attestations", round);
        let fresh = bench.long_ledger("attest-fresh")?;
        let knows_none = bench.start_fresh(&fresh).await?;
        new.push(attest_warm(bench, &knows_none, &mut 0, machines).await?);
        knows_none.discard(bench.surroundings)?;
        old.push(attest_warm(bench, &knows_many, &mut next, machines).await?);
        judging.push(judge(bench, &fresh, machines)?);
        fresh.remove()?;
    }
    knows_many.discard(bench.surroundings)?;
    folder.remove()?;
    report.add(figure("challenge and submission, no machine known", &new));
    let miners = bench.options.miners;
    report.add(figure(&format!("challenge and submission, {miners} known"), &old));
    let busy = || others(&new).chain(others(&old));
    let on = format!("{:.0} us to verify and judge", crate::statistics::median(judging.clone()));
    let pair = new.iter().zip(&judging).map(|(sample, judged_us)| sample.server_us / judged_us);
    report.measured("attest_pair", on, pair, busy());
    let change = old.iter().zip(&new).map(|(old, new)| old.server_us / new.server_us);
    report.measured("attest_known", format!("{miners} miners"), change, busy());
    Ok(())
}

/// Measures machines that attest to a node that somebody else has started, as many in each round as
/// were asked for, 1,000 at most. Whether it has seen one of them before is its own business: their
/// numbers depend on the minute.
pub(crate) async fn run_elsewhere(
    bench: &Bench<'_>,
    node: &Server,
    report: &mut Report,
) -> Result<(), BenchError> {
    let machines = bench.options.miners.clamp(1, MOST_ELSEWHERE);
    let minute = (bench.surroundings.clock)().seconds().0 / 60;
    let mut next = whole(float(minute % MINUTES)) * MOST_A_MINUTE;
    let mut samples = Vec::new();
    for round in 0..bench.options.rounds {
        bench.tell_round("attestations", round);
        samples.push(attest(node, next..next + machines, bench.options.connections).await?);
        next += machines;
    }
    report.add(figure("challenge and submission", &samples));
    report.not_known_elsewhere(Mode::Attest);
    answered_elsewhere("an attestation", &samples)
}

async fn attest_warm(
    bench: &Bench<'_>,
    node: &Server,
    next: &mut usize,
    machines: usize,
) -> Result<Sample, BenchError> {
    let mut take = |count: usize| -> Range<usize> {
        let first = *next;
        *next += count;
        first..*next
    };
    let connections = bench.options.connections;
    attest(node, take(machines.div_ceil(WARM_UP_SHARE)), connections).await?;
    let sample = attest(node, take(machines), connections).await?;
    let sample = sample.none_refused("attestations")?;
    Ok(Sample { resident_mb: resident_mb(node), ..sample })
}

/// Microseconds of processor time that it takes to read, verify and judge the payload of one of so
/// many machines.
fn judge(bench: &Bench<'_>, folder: &LedgerFolder, machines: usize) -> Result<f64, BenchError> {
    let path = folder.path().join("payloads");
    let text = payloads(0..machines)?.join("\n");
    std::fs::write(&path, text)
        .map_err(|source| BenchError::File { path: path.clone(), source })?;
    let genesis = folder.genesis_file();
    let arguments: [&OsStr; 5] = [
        "judge".as_ref(),
        "--payloads".as_ref(),
        path.as_ref(),
        "--genesis".as_ref(),
        genesis.as_ref(),
    ];
    let said = figures_of(bench.surroundings, &arguments)?;
    Ok(said["cpu_us"].as_f64().unwrap_or(f64::NAN))
}
