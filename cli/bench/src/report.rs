//! What was found: figures, ratios of figures, and whether they are what is demanded.

use serde::Serialize;

use crate::machine::Machine;
use crate::statistics::median;
use crate::window::Sample;

/// When other programs keep more processors busy than this, rates are not judged: only processor
/// time and bytes are comparable then.
pub(crate) const NOISY_CORES: f64 = 0.3;

/// What a server did, as medians of the rounds; all for one answer unless the name says otherwise.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// Answers with status 200, a second.
    pub rate_per_second: f64,
    /// Processor time of the server, in microseconds; 0 where it is not known.
    pub server_cpu_us: f64,
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
    /// Processors that programs other than ours kept busy; 0 where it is not known.
    pub other_programs_cores: f64,
    /// Answers with status 200 in all rounds.
    pub answered: u64,
    /// Other answers in all rounds; they count for nothing else.
    pub refused: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_refusal: Option<String>,
}

/// What is demanded of a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// This much or more.
    AtLeast(f64),
    /// This much or less.
    AtMost(f64),
    /// Nothing: it is shown because it explains the others.
    Nothing,
}

/// Whether a ratio is what is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is.
    Pass,
    /// It is not.
    Fail,
    /// It depends on the clock on the wall, and other programs were too busy.
    Noisy,
    /// Nothing is demanded.
    Shown,
}

/// Two figures compared, round by round, or one figure with a bound.
#[derive(Debug, Clone, Serialize)]
pub struct Ratio {
    /// What is compared with what.
    pub name: String,
    /// The median of the rounds.
    pub value: f64,
    /// The lowest round.
    pub lowest: f64,
    /// The highest round.
    pub highest: f64,
    /// What is demanded.
    pub demand: Demand,
    /// Whether it is fulfilled.
    pub verdict: Verdict,
}

impl Ratio {
    /// A ratio of rates, which means nothing while other programs are busy.
    pub(crate) fn of_rates(name: &str, demand: Demand, pairs: &[(&Sample, &Sample)]) -> Self {
        let values = pairs.iter().map(|(of, to)| of.rate / to.rate.max(1e-9)).collect();
        let others = median(pairs.iter().map(|(of, to)| of.others.max(to.others)));
        let ratio = Self::of(name, demand, values);
        if others > NOISY_CORES && demand != Demand::Nothing {
            Self { verdict: Verdict::Noisy, ..ratio }
        } else {
            ratio
        }
    }

    /// A ratio of values that other programs hardly change.
    pub(crate) fn of(name: &str, demand: Demand, values: Vec<f64>) -> Self {
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(0.0, f64::max);
        let value = median(values);
        let fulfilled = match demand {
            Demand::AtLeast(least) => value >= least,
            Demand::AtMost(most) => value <= most,
            Demand::Nothing => true,
        };
        let verdict = match (demand, fulfilled) {
            (Demand::Nothing, _) => Verdict::Shown,
            (_, true) => Verdict::Pass,
            (_, false) => Verdict::Fail,
        };
        Self { name: name.to_owned(), value, lowest, highest, demand, verdict }
    }
}

/// Everything that was found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// The machine's own speed.
    pub machine: Machine,
    /// What the servers did.
    pub figures: Vec<Figure>,
    /// How they compare.
    pub ratios: Vec<Ratio>,
    /// What else is worth knowing, one sentence each.
    pub remarks: Vec<String>,
}

impl Report {
    /// Whether something that is demanded was found missing.
    pub fn has_failed(&self) -> bool {
        self.ratios.iter().any(|ratio| ratio.verdict == Verdict::Fail)
    }

    /// Adds a figure, and a remark when not every answer was 200.
    pub(crate) fn add(&mut self, figure: Figure) {
        if let Some(first) = &figure.first_refusal {
            let Figure { name, refused, .. } = &figure;
            self.remarks.push(format!("{name}: {refused} answers were no 200, the first {first}"));
        }
        self.figures.push(figure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(rate: f64, others: f64) -> Sample {
        Sample { rate, others, ..Sample::default() }
    }

    #[test]
    fn rates_are_not_judged_while_others_are_busy() {
        let (half, whole, busy) = (sample(50.0, 0.0), sample(100.0, 0.1), sample(100.0, 0.5));
        let demand = Demand::AtLeast(0.4);
        assert_eq!(Ratio::of_rates("r", demand, &[(&half, &whole)]).verdict, Verdict::Pass);
        assert_eq!(Ratio::of_rates("r", demand, &[(&half, &busy)]).verdict, Verdict::Noisy);
        let demand = Demand::AtLeast(0.6);
        assert_eq!(Ratio::of_rates("r", demand, &[(&half, &whole)]).verdict, Verdict::Fail);
    }

    #[test]
    fn bounds_hold_at_the_bound() {
        assert_eq!(Ratio::of("r", Demand::AtMost(4.0), vec![4.0]).verdict, Verdict::Pass);
        assert_eq!(Ratio::of("r", Demand::AtMost(4.0), vec![4.1]).verdict, Verdict::Fail);
        assert_eq!(Ratio::of("r", Demand::Nothing, vec![4.1]).verdict, Verdict::Shown);
    }
}
