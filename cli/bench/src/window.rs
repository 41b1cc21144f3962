//! What a server did and used while it was driven, and the medians of several such windows.

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
    own_cpu: Duration,
    /// Of all servers of this run, the subject included.
    servers_cpu: Duration,
    machine_cpu: Duration,
}

impl Moment {
    /// Now. `all` are the servers of this run; the other ones rest meanwhile.
    pub(crate) fn now(subject: &Server, all: &[&Server]) -> Self {
        Self {
            at: Instant::now(),
            subject: procfs::usage_of(subject.pid()),
            own_cpu: procfs::own_cpu(),
            servers_cpu: all.iter().map(|server| procfs::usage_of(server.pid()).cpu).sum(),
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

/// One window.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Processor time of the server for each, in microseconds.
    pub(crate) server_us: f64,
    /// Processor time of this process for each, in microseconds.
    pub(crate) client_us: f64,
    /// Bytes that the server gave to write calls for each, answers included.
    pub(crate) written: Option<f64>,
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

impl Sample {
    /// What happened between two moments.
    pub(crate) fn between(before: &Moment, after: &Moment, driven: Driven) -> Self {
        let (elapsed, server_cpu) = after.since(before);
        let answered = float(driven.answered).max(1.0);
        let each_us = |time: Duration| time.as_secs_f64() * 1e6 / answered;
        let written = after.subject.written.zip(before.subject.written);
        let milliseconds = |share| f64::from(percentile(&driven.latencies, share)) / 1e3;
        Self {
            rate: float(driven.answered) / elapsed.as_secs_f64().max(1e-9),
            server_us: each_us(server_cpu),
            client_us: each_us(after.own_cpu.saturating_sub(before.own_cpu)),
            written: written.map(|(after, before)| float(after.saturating_sub(before)) / answered),
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

async fn sample(
    subject: &Server,
    all: &[&Server],
    scripts: &Rc<[Script]>,
    repeat: Repeat,
    until: Until,
) -> Result<Sample, BenchError> {
    let mut edges = Vec::with_capacity(2);
    let mut at_edge = || edges.push(Moment::now(subject, all));
    let driven = drive(subject.address(), scripts, repeat, until, &mut at_edge).await?;
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
    Figure {
        name: name.to_owned(),
        rate_per_second: of(|sample| sample.rate),
        server_cpu_us: of(|sample| sample.server_us),
        client_cpu_us: of(|sample| sample.client_us),
        p50_ms: of(|sample| sample.p50_ms),
        p99_ms: of(|sample| sample.p99_ms),
        bytes_written: known(|sample| sample.written),
        resident_mb: known(|sample| sample.resident_mb),
        other_programs_cores: of(|sample| sample.others),
        answered: samples.iter().map(|sample| sample.answered).sum(),
        refused: samples.iter().map(|sample| sample.refused).sum(),
        first_refusal: samples.iter().find_map(|sample| sample.first_refusal.clone()),
    }
}
