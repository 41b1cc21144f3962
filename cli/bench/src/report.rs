//! What was found: figures, bars, and whether they are reached.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::bars::{BARS, Basis, Bounds, Sense, Spec};
use crate::error::BenchError;
use crate::machine::Machine;
use crate::options::Mode;
use crate::statistics::median;

/// When other programs keep more processors busy than this, what the clock on the wall says is not
/// judged: only processor time, bytes and counts are comparable then.
pub(crate) const NOISY_CORES: f64 = 0.3;

/// What a server did, as medians of the rounds; all for one answer unless the name says otherwise.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// Answers with status 200, a second.
    pub rate_per_second: f64,
    /// Processor time of the server, in microseconds; `None` where it is not known.
    pub server_cpu_us: Option<f64>,
    /// The same by name of the thread.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub thread_cpu_us: BTreeMap<String, f64>,
    /// Processor time of the client, in microseconds.
    pub client_cpu_us: f64,
    /// Half of the answers were at least this quick, in milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 answers were at least this quick, in milliseconds.
    pub p99_ms: f64,
    /// Bytes given to write calls: log, database and answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_written: Option<f64>,
    /// Memory of the server behind the window, in MB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resident_mb: Option<f64>,
    /// Processors that programs other than ours kept busy; `None` where it is not known.
    pub other_programs_cores: Option<f64>,
    /// Answers with status 200 in all rounds.
    pub answered: u64,
    /// Other answers in all rounds; they count for nothing else.
    pub refused: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_refusal: Option<String>,
}

/// Whether a bar is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// What is aimed at.
    Goal,
    /// What is demanded.
    Pass,
    /// Neither.
    Fail,
    /// It depends on the clock on the wall, and other programs were too busy.
    NotJudged,
    /// There is no figure.
    NotMeasured,
    /// Nothing is demanded.
    Shown,
}

/// A figure beside what is demanded of it.
#[derive(Debug, Clone, Serialize)]
pub struct Bar {
    /// Its stable name.
    pub id: &'static str,
    /// The measurement that finds it.
    pub mode: &'static str,
    /// What is compared.
    pub name: &'static str,
    /// The unit; empty for a ratio.
    pub unit: &'static str,
    /// On how much it was measured, where that matters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub on: String,
    /// The median of the rounds.
    pub value: Option<f64>,
    /// The lowest round.
    pub lowest: Option<f64>,
    /// The highest round.
    pub highest: Option<f64>,
    /// What is demanded.
    #[serde(flatten)]
    pub bounds: Option<Bounds>,
    /// Whether it is reached.
    pub verdict: Verdict,
    /// Why there is no other verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Why nothing is judged that depends on what a server elsewhere uses.
pub(crate) const NOT_KNOWN: &str = "what the server uses is not known";

/// Everything that was found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// The machine's own speed.
    pub machine: Machine,
    /// What the servers did.
    pub figures: Vec<Figure>,
    /// What is demanded, and whether it is reached.
    pub bars: Vec<Bar>,
    /// What else is worth knowing, one sentence each.
    pub remarks: Vec<String>,
    /// Measurements that did not come about, and why.
    pub trouble: Vec<String>,
}

impl Report {
    /// Whether something that is demanded was found missing, or could not be measured.
    pub fn has_failed(&self) -> bool {
        !self.trouble.is_empty() || self.bars.iter().any(|bar| bar.verdict == Verdict::Fail)
    }

    /// Puts down why these measurements did not come about, if they did not; their bars that are
    /// not there yet have no figure because of it.
    pub(crate) fn note_trouble(&mut self, modes: &[Mode], found: Result<(), BenchError>) {
        let Err(error) = found else { return };
        let error = error.to_string();
        for spec in BARS.iter().filter(|spec| modes.contains(&spec.mode)) {
            if !self.bars.iter().any(|bar| bar.id == spec.id) {
                self.not_measured(spec.id, "see below");
            }
        }
        let names: Vec<&str> = modes.iter().map(|mode| mode.name()).collect();
        self.trouble.push(format!("{}: {error}", names.join(", ")));
    }

    /// Adds a figure, and a remark when not every answer was 200.
    pub(crate) fn add(&mut self, figure: Figure) {
        if let Some(first) = &figure.first_refusal {
            let Figure { name, refused, .. } = &figure;
            self.remarks.push(format!("{name}: {refused} answers were no 200, the first {first}"));
        }
        self.figures.push(figure);
    }

    /// Puts a figure to a bar: its value in every round, and how many processors other programs
    /// kept busy in each. `on` says on how much it was measured.
    pub(crate) fn measured(
        &mut self,
        id: &str,
        on: impl Into<String>,
        values: impl IntoIterator<Item = f64>,
        others: impl IntoIterator<Item = f64>,
    ) {
        let Some(spec) = Spec::of(id) else { return };
        let values: Vec<f64> = values.into_iter().collect();
        if values.is_empty() || !values.iter().all(|value| value.is_finite()) {
            return self.not_measured(id, "the system does not tell");
        }
        let others = median(others);
        let value = median(values.iter().copied());
        let bounds = spec.bounds_on(self.machine.backend);
        let noisy = spec.basis == Basis::Timed && others > NOISY_CORES && bounds.is_some();
        let reason = noisy.then(|| format!("other programs are busy ({others:.1} cores)"));
        let verdict = if noisy { Verdict::NotJudged } else { judge(value, bounds) };
        self.bars.push(Bar {
            on: on.into(),
            value: Some(value),
            lowest: values.iter().copied().reduce(f64::min),
            highest: values.iter().copied().reduce(f64::max),
            verdict,
            reason,
            ..self.unmeasured(spec)
        });
    }

    /// Says why a bar has no figure.
    pub(crate) fn not_measured(&mut self, id: &str, reason: impl Into<String>) {
        let Some(spec) = Spec::of(id) else { return };
        self.bars.push(Bar { reason: Some(reason.into()), ..self.unmeasured(spec) });
    }

    /// Says of the bars of a measurement that was taken elsewhere why they have no figure.
    pub(crate) fn not_known_elsewhere(&mut self, mode: Mode) {
        for spec in BARS.iter().filter(|spec| spec.mode == mode) {
            self.not_measured(spec.id, NOT_KNOWN);
        }
    }

    fn unmeasured(&self, spec: &Spec) -> Bar {
        Bar {
            id: spec.id,
            mode: spec.mode.name(),
            name: spec.name,
            unit: spec.unit,
            on: String::new(),
            value: None,
            lowest: None,
            highest: None,
            bounds: spec.bounds_on(self.machine.backend),
            verdict: Verdict::NotMeasured,
            reason: None,
        }
    }

    /// Makes sure that every bar that these measurements find is there, once, in the order of all
    /// bars.
    pub(crate) fn complete(&mut self, modes: &[Mode]) {
        let mut found = std::mem::take(&mut self.bars);
        for spec in BARS.iter().filter(|spec| modes.contains(&spec.mode)) {
            match found.iter().position(|bar| bar.id == spec.id) {
                Some(place) => self.bars.push(found.swap_remove(place)),
                None => self.not_measured(spec.id, "nothing was found"),
            }
        }
    }
}

/// Whether a value reaches what is aimed at, or what is demanded.
fn judge(value: f64, bounds: Option<Bounds>) -> Verdict {
    let Some(Bounds { sense, pass, goal }) = bounds else { return Verdict::Shown };
    let reaches = |bound: f64| match sense {
        Sense::AtLeast => value >= bound,
        Sense::AtMost => value <= bound,
    };
    if reaches(goal) {
        Verdict::Goal
    } else if reaches(pass) {
        Verdict::Pass
    } else {
        Verdict::Fail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict_of(id: &str, value: f64, others: f64) -> (Verdict, Option<String>) {
        let mut report = Report::default();
        report.measured(id, "", [value], [others]);
        let bar = report.bars.remove(0);
        (bar.verdict, bar.reason)
    }

    #[test]
    fn bounds_hold_at_the_bound() {
        assert_eq!(verdict_of("p99_open", 50.0, 0.0).0, Verdict::Goal);
        assert_eq!(verdict_of("p99_open", 100.0, 0.0).0, Verdict::Pass);
        assert_eq!(verdict_of("p99_open", 100.1, 0.0).0, Verdict::Fail);
        assert_eq!(verdict_of("past_share", 0.95, 0.0).0, Verdict::Goal);
        assert_eq!(verdict_of("past_share", 0.85, 0.0).0, Verdict::Pass);
        assert_eq!(verdict_of("past_share", 0.84, 0.0).0, Verdict::Fail);
    }

    #[test]
    fn what_the_clock_says_is_not_judged_while_others_are_busy() {
        let (verdict, reason) = verdict_of("durable_share", 0.1, 0.4);
        assert_eq!(verdict, Verdict::NotJudged);
        assert_eq!(reason.as_deref(), Some("other programs are busy (0.4 cores)"));
        assert_eq!(verdict_of("durable_share", 0.1, 0.3).0, Verdict::Fail);
        assert_eq!(verdict_of("verify_share", 0.1, 2.0).0, Verdict::Fail, "counted, so judged");
        assert_eq!(verdict_of("durable_cpu_share", 0.1, 2.0).0, Verdict::Shown);
    }

    #[test]
    fn figures_that_the_system_does_not_tell_are_not_judged() {
        assert_eq!(verdict_of("health_share", f64::NAN, 0.0).0, Verdict::NotMeasured);
        let mut report = Report::default();
        report.measured("health_share", "", [], []);
        assert_eq!(report.bars[0].verdict, Verdict::NotMeasured);
        assert!(!report.has_failed());
    }

    #[test]
    fn every_bar_of_a_measurement_is_in_the_report_once() {
        let mut report = Report::default();
        report.not_measured("fsyncs", "strace is missing");
        report.complete(&[Mode::Commits, Mode::Health]);
        let ids: Vec<&str> = report.bars.iter().map(|bar| bar.id).collect();
        assert_eq!(ids, ["fsyncs", "replies_after_fsync", "slow_disk", "health_share"]);
        assert_eq!(report.bars[0].reason.as_deref(), Some("strace is missing"));
        assert_eq!(report.bars[1].reason.as_deref(), Some("nothing was found"));
    }

    #[test]
    fn a_measurement_that_fails_leaves_what_was_found_and_fails_the_run() {
        let mut report = Report::default();
        report.note_trouble(&[Mode::Commits], Ok(()));
        assert!(!report.has_failed());
        report.measured("fsyncs", "", [0.01], [0.0]);
        let error = BenchError::Options("no room".to_owned());
        report.note_trouble(&[Mode::Commits], Err(error));
        report.complete(&[Mode::Commits]);
        let verdicts: Vec<Verdict> = report.bars.iter().map(|bar| bar.verdict).collect();
        assert_eq!(verdicts, [Verdict::Goal, Verdict::NotMeasured, Verdict::NotMeasured]);
        assert_eq!(report.trouble, ["commits: no room"]);
        assert!(report.has_failed());
    }

    #[test]
    fn the_median_decides_and_the_range_is_told() {
        let mut report = Report::default();
        report.measured("fsyncs", "", [0.5, 0.01, 0.02], [0.0]);
        let bar = &report.bars[0];
        assert_eq!((bar.value, bar.lowest, bar.highest), (Some(0.02), Some(0.01), Some(0.5)));
        assert_eq!(bar.verdict, Verdict::Goal);
    }
}
