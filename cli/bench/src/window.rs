//! What a server did and used while it was driven, and the medians of several such windows.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::error::BenchError;
use crate::load::{Driven, Until, drive};
use crate::procfs::{self, Usage};
use crate::report::Figure;
use crate::script::{Repeat, Script};
use crate::server::Server;
use crate::statistics::{float, median, percentile};

/// Load that does not count, so that caches and connections are warm.
const WARM_UP: Duration = Duration::from_millis(400);
/// How often is looked whether the servers have come to rest.
const REST_STEP: Duration = Duration::from_millis(150);
/// How long the servers are given to come to rest.
const REST_PATIENCE: Duration = Duration::from_secs(20);
/// Processor time within a step up to which a server counts as resting.
const AT_REST: Duration = Duration::from_millis(10);

/// What the servers and the machine had used at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    at: Instant,
    subject: Usage,
    /// By name of the thread.
    threads: BTreeMap<String, Usage>,
    own_cpu: Duration,
    /// Of all servers of this run, the subject included, and of those who trace them.
    servers_cpu: Duration,
    machine_cpu: Duration,
}

impl Moment {
    /// Now. `all` are the servers of this run; the other ones rest meanwhile.
    pub(crate) fn now(subject: &Server, all: &[&Server]) -> Self {
        Self {
            at: Instant::now(),
            subject: procfs::usage_of(subject.pid()),
            threads: procfs::threads_of(subject.pid()),
            own_cpu: procfs::own_cpu(),
            servers_cpu: all.iter().map(|server| cpu_with_tracer(server.pid())).sum(),
            machine_cpu: procfs::machine_cpu(),
        }
    }

    /// Now, while no server runs yet.
    pub(crate) fn before_start() -> Self {
        Self {
            at: Instant::now(),
            subject: Usage::default(),
            threads: BTreeMap::new(),
            own_cpu: procfs::own_cpu(),
            servers_cpu: Duration::ZERO,
            machine_cpu: procfs::machine_cpu(),
        }
    }

    /// Time and processor time of the subject from `earlier` to this moment.
    pub(crate) fn since(&self, earlier: &Self) -> (Duration, Duration) {
        let elapsed = self.at.duration_since(earlier.at);
        (elapsed, self.subject.cpu.saturating_sub(earlier.subject.cpu))
    }

    /// Processors that programs other than ours kept busy from `earlier` to this moment; 0 when the
    /// subject's share is not known.
    pub(crate) fn others_since(&self, earlier: &Self) -> f64 {
        if self.subject.cpu.is_zero() {
            return 0.0;
        }
        let elapsed = self.at.duration_since(earlier.at).as_secs_f64();
        let spent = |now: Duration, then: Duration| now.saturating_sub(then).as_secs_f64();
        let ours =
            spent(self.own_cpu, earlier.own_cpu) + spent(self.servers_cpu, earlier.servers_cpu);
        let all = spent(self.machine_cpu, earlier.machine_cpu);
        if elapsed > 0.0 { ((all - ours) / elapsed).max(0.0) } else { 0.0 }
    }
}

/// Processor time of a process, and of whoever traces it: that is a tool of the measurement, and
/// traces both sides of a ratio.
fn cpu_with_tracer(pid: u32) -> Duration {
    let tracer = procfs::tracer_of(pid).map(procfs::usage_of);
    procfs::usage_of(pid).cpu + tracer.unwrap_or_default().cpu
}

/// One window.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Processor time of the server for each, in microseconds; 0 where it is not known.
    pub(crate) server_us: f64,
    /// Processor time of this process for each, in microseconds.
    pub(crate) client_us: f64,
    /// The same by name of the server's thread.
    pub(crate) threads_us: BTreeMap<String, f64>,
    /// Bytes that the server gave to write calls for each, answers included.
    pub(crate) written: Option<f64>,
    /// Those of the thread that writes derived tables.
    pub(crate) written_derived: Option<f64>,
    /// Bytes of an answer.
    pub(crate) received: f64,
    /// Latencies in milliseconds.
    pub(crate) p50_ms: f64,
    /// 99 of 100 answers were at least this quick.
    pub(crate) p99_ms: f64,
    /// Memory of the server behind the window, in MB.
    pub(crate) resident_mb: Option<f64>,
    /// Processors that other programs kept busy.
    pub(crate) others: f64,
    /// Answers.
    pub(crate) answered: u64,
    /// Answers other than 200.
    pub(crate) refused: u64,
    /// The first of them.
    pub(crate) first_refusal: Option<String>,
}

/// The node's thread that writes derived tables, which is not on the way of any commit.
const DERIVED_THREAD: &str = "sealer";

impl Sample {
    /// Refuses a window with refusals in it, which would say something about refusals. `what` was
    /// asked for.
    pub(crate) fn none_refused(self, what: &str) -> Result<Self, BenchError> {
        match self.first_refusal {
            None => Ok(self),
            Some(answer) => Err(BenchError::Answer { request: what.to_owned(), answer }),
        }
    }

    /// Bytes that were written so that an answer could leave: all but the answer itself and what
    /// is derived afterwards.
    pub(crate) fn written_to_commit(&self) -> Option<f64> {
        let written = self.written?;
        Some((written - self.received - self.written_derived?).max(0.0))
    }

    /// The same, with all that the server did until it rested, whenever it was answered for.
    pub(crate) fn until_rest(
        before: &Moment,
        answered: &Moment,
        rested: &Moment,
        driven: Driven,
    ) -> Self {
        let (elapsed, _) = answered.since(before);
        let rate = float(driven.answered) / elapsed.as_secs_f64().max(1e-9);
        Self { rate, ..Self::between(before, rested, driven) }
    }

    /// What happened between two moments.
    pub(crate) fn between(before: &Moment, after: &Moment, driven: Driven) -> Self {
        let (elapsed, server_cpu) = after.since(before);
        let answered = float(driven.answered).max(1.0);
        let each_us = |time: Duration| time.as_secs_f64() * 1e6 / answered;
        let written = after.subject.written.zip(before.subject.written);
        let milliseconds = |share| f64::from(percentile(&driven.latencies, share)) / 1e3;
        let each = |bytes: u64| float(bytes) / answered;
        let thread = |name: &str, at: &Moment| at.threads.get(name).copied().unwrap_or_default();
        let threads_us = after.threads.iter().map(|(name, now)| {
            let spent = now.cpu.saturating_sub(thread(name, before).cpu);
            (name.clone(), each_us(spent))
        });
        let derived =
            thread(DERIVED_THREAD, after).written.zip(thread(DERIVED_THREAD, before).written);
        Self {
            threads_us: threads_us.collect(),
            written_derived: derived.map(|(after, before)| each(after.saturating_sub(before))),
            received: each(driven.received),
            rate: float(driven.answered) / elapsed.as_secs_f64().max(1e-9),
            server_us: each_us(server_cpu),
            client_us: each_us(after.own_cpu.saturating_sub(before.own_cpu)),
            written: written.map(|(after, before)| each(after.saturating_sub(before))),
            p50_ms: milliseconds(0.5),
            p99_ms: milliseconds(0.99),
            resident_mb: None,
            others: after.others_since(before),
            answered: driven.answered,
            refused: driven.refused,
            first_refusal: driven.first_refusal,
        }
    }
}

/// Drives `subject` for one window, once all servers have come to rest.
pub(crate) async fn measure(
    subject: &Server,
    all: &[&Server],
    scripts: &Rc<[Script]>,
    repeat: Repeat,
    window: Duration,
) -> Result<Sample, BenchError> {
    come_to_rest(all).await;
    let until = Until::Elapsed { warm_up: WARM_UP, window };
    sample(subject, all, scripts, repeat, until).await
}

/// Sends all scripts to `subject`, each once.
pub(crate) async fn send_all(
    subject: &Server,
    all: &[&Server],
    scripts: &Rc<[Script]>,
) -> Result<Sample, BenchError> {
    sample(subject, all, scripts, Repeat::Never, Until::AllSent).await
}

/// Sends all scripts to `subject`, each once, at a fixed rate.
pub(crate) async fn send_when_due(
    subject: &Server,
    scripts: &Rc<[Script]>,
    rate: usize,
) -> Result<Sample, BenchError> {
    come_to_rest(&[subject]).await;
    sample(subject, &[subject], scripts, Repeat::Never, Until::AllDue { rate }).await
}

async fn sample(
    subject: &Server,
    all: &[&Server],
    scripts: &Rc<[Script]>,
    repeat: Repeat,
    until: Until,
) -> Result<Sample, BenchError> {
    let mut edges = Vec::with_capacity(2);
    let mut at_edge = || edges.push(Moment::now(subject, all));
    let driven = drive(subject.peer(), scripts, repeat, until, &mut at_edge).await?;
    let [before, after] = edges.as_slice() else { return Ok(Sample::default()) };
    let sample = Sample::between(before, after, driven);
    Ok(Sample { resident_mb: resident_mb(subject), ..sample })
}

/// Memory of a server now, in MB.
pub(crate) fn resident_mb(server: &Server) -> Option<f64> {
    procfs::resident_bytes(server.pid()).map(|bytes| float(bytes) / 1e6)
}

/// Seconds of load, the warm-up included, for which requests that can be sent once are needed.
pub(crate) fn seconds_of_load(window: Duration) -> f64 {
    (window + WARM_UP).as_secs_f64()
}

/// Waits until no server does anything: what one still writes down is not another's burden.
pub(crate) async fn come_to_rest(all: &[&Server]) {
    let used = || all.iter().map(|server| procfs::usage_of(server.pid()).cpu).sum::<Duration>();
    let begun = Instant::now();
    let mut before = used();
    let mut quiet_steps = 0;
    while quiet_steps < 2 && begun.elapsed() < REST_PATIENCE {
        tokio::time::sleep(REST_STEP).await;
        let now = used();
        let rests = now.saturating_sub(before) <= AT_REST;
        quiet_steps = if rests { quiet_steps + 1 } else { 0 };
        before = now;
    }
}

/// The medians of several windows.
pub(crate) fn figure(name: &str, samples: &[Sample]) -> Figure {
    let of = |value: fn(&Sample) -> f64| median(samples.iter().map(value));
    let known = |value: fn(&Sample) -> Option<f64>| {
        let values: Vec<f64> = samples.iter().filter_map(value).collect();
        (!values.is_empty()).then(|| median(values))
    };
    // A server elsewhere has no process here: its counters stand at 0.
    let is_counted = samples.iter().any(|sample| sample.server_us > 0.0);
    let counted = |value: fn(&Sample) -> f64| is_counted.then(|| of(value));
    Figure {
        name: name.to_owned(),
        rate_per_second: of(|sample| sample.rate),
        server_cpu_us: counted(|sample| sample.server_us),
        thread_cpu_us: thread_medians(samples),
        client_cpu_us: of(|sample| sample.client_us),
        p50_ms: of(|sample| sample.p50_ms),
        p99_ms: of(|sample| sample.p99_ms),
        bytes_written: known(|sample| sample.written),
        resident_mb: known(|sample| sample.resident_mb),
        other_programs_cores: counted(|sample| sample.others),
        answered: samples.iter().map(|sample| sample.answered).sum(),
        refused: samples.iter().map(|sample| sample.refused).sum(),
        first_refusal: samples.iter().find_map(|sample| sample.first_refusal.clone()),
    }
}

fn thread_medians(samples: &[Sample]) -> BTreeMap<String, f64> {
    let names: BTreeSet<&String> =
        samples.iter().flat_map(|sample| sample.threads_us.keys()).collect();
    let of = |name: &String| {
        let values = samples.iter().map(|sample| sample.threads_us.get(name).copied());
        median(values.map(Option::unwrap_or_default))
    };
    names.into_iter().map(|name| (name.clone(), of(name))).collect()
}

/// How busy other programs were in each window.
pub(crate) fn others(samples: &[Sample]) -> impl Iterator<Item = f64> {
    samples.iter().map(|sample| sample.others)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(cpu_ms: u64, written: u64, derived: u64, machine_ms: u64) -> Moment {
        let usage =
            |cpu_ms, written| Usage { cpu: Duration::from_millis(cpu_ms), written: Some(written) };
        Moment {
            at: Instant::now(),
            subject: usage(cpu_ms, written),
            threads: BTreeMap::from([(DERIVED_THREAD.to_owned(), usage(cpu_ms / 2, derived))]),
            own_cpu: Duration::ZERO,
            servers_cpu: Duration::from_millis(cpu_ms),
            machine_cpu: Duration::from_millis(machine_ms),
        }
    }

    #[test]
    fn answers_and_derived_tables_are_not_on_the_commit_path() {
        let before = moment(10, 1_000, 100, 0);
        let after =
            Moment { at: before.at + Duration::from_secs(1), ..moment(30, 11_000, 2_100, 520) };
        let driven = Driven { answered: 10, received: 3_000, ..Driven::default() };
        let sample = Sample::between(&before, &after, driven);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
        close(sample.rate, 10.0);
        close(sample.server_us, 2_000.0);
        close(sample.threads_us[DERIVED_THREAD], 1_000.0);
        close(sample.written_to_commit().unwrap(), 1_000.0 - 300.0 - 200.0);
        close(sample.others, 0.5);
        assert_eq!(Sample::default().written_to_commit(), None);
    }
}
