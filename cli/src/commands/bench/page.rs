//! A report as people read it: the machine, what was measured, and the bars, mode by mode.

use ::bench::{Bar, Bounds, Figure, Report, Sense, Verdict};

use crate::output::{Output, Page};

impl Output for Report {
    fn page(&self) -> Page {
        let machine = &self.machine;
        let page = Page::new()
            .field("processors", &machine.cores)
            .field("signatures", &machine.backend.name())
            .field("SHA-256", &format!("{:.0} MB/s of CPU", machine.sha256_mb_per_cpu_second))
            .field("strict verify", &format!("{:.0}/s of CPU", machine.verify_per_cpu_second))
            .field(
                "durable append",
                &format!(
                    "p50 {:.2} ms, p99 {:.2} ms",
                    machine.durable_append_p50_ms, machine.durable_append_p99_ms
                ),
            )
            .line("")
            .table(&FIGURES, self.figures.iter().map(figure_row).collect())
            .line("")
            .table(&BARS, bar_rows(&self.bars));
        let page = self.remarks.iter().fold(page, Page::line);
        self.trouble.iter().fold(page, |page, trouble| page.line(format!("TROUBLE: {trouble}")))
    }
}

const FIGURES: [&str; 9] = [
    "measured",
    "per second",
    "server us",
    "client us",
    "p50 ms",
    "p99 ms",
    "written B",
    "RSS MB",
    "others cores",
];

fn figure_row(figure: &Figure) -> Vec<String> {
    let known = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
    };
    vec![
        figure.name.clone(),
        format!("{:.0}", figure.rate_per_second),
        known(figure.server_cpu_us, 1),
        format!("{:.1}", figure.client_cpu_us),
        format!("{:.2}", figure.p50_ms),
        format!("{:.2}", figure.p99_ms),
        known(figure.bytes_written, 0),
        known(figure.resident_mb, 0),
        known(figure.other_programs_cores, 2),
    ]
}

const BARS: [&str; 8] = ["mode", "bar", "median", "rounds", "pass", "goal", "verdict", "on"];

/// The mode stands beside the first of its bars only.
fn bar_rows(bars: &[Bar]) -> Vec<Vec<String>> {
    let mut mode = "";
    let mut rows = Vec::with_capacity(bars.len());
    for bar in bars {
        let is_new = bar.mode != mode;
        mode = bar.mode;
        rows.push(bar_row(bar, is_new));
    }
    rows
}

fn bar_row(bar: &Bar, is_first: bool) -> Vec<String> {
    let range = bar.lowest.zip(bar.highest);
    let mode = if is_first { bar.mode } else { "" };
    vec![
        mode.to_owned(),
        bar.name.to_owned(),
        bar.value.map_or_else(|| "-".to_owned(), |value| with_unit(value, bar.unit)),
        range.map_or_else(String::new, |(low, high)| format!("{}-{}", shown(low), shown(high))),
        bar.bounds.map_or_else(String::new, |bounds| demanded(bounds, bounds.pass, bar.unit)),
        bar.bounds.map_or_else(String::new, |bounds| demanded(bounds, bounds.goal, bar.unit)),
        verdict(bar),
        bar.on.clone(),
    ]
}

fn demanded(bounds: Bounds, bound: f64, unit: &str) -> String {
    let sign = match bounds.sense {
        Sense::AtLeast => ">=",
        Sense::AtMost => "<=",
    };
    format!("{sign} {}", with_unit(bound, unit))
}

fn with_unit(value: f64, unit: &str) -> String {
    if unit.is_empty() { shown(value) } else { format!("{} {unit}", shown(value)) }
}

/// Enough digits to tell a value from its bound.
fn shown(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else if value >= 0.1 {
        format!("{value:.2}")
    } else {
        format!("{value:.3}")
    }
}

fn verdict(bar: &Bar) -> String {
    let word = match bar.verdict {
        Verdict::Goal => "goal",
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::NotJudged => "not judged",
        Verdict::NotMeasured => "not measured",
        Verdict::Shown => "",
    };
    match &bar.reason {
        Some(reason) => format!("{word}: {reason}"),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_the_digits_that_matter() {
        for (value, text) in [
            (0.0434, "0.043"),
            (0.654, "0.65"),
            (1.0, "1.00"),
            (12.34, "12.3"),
            (771.6, "772"),
            (0.0, "0.000"),
        ] {
            assert_eq!(shown(value), text);
        }
        assert_eq!(with_unit(4.0, "ms"), "4.00 ms");
    }

    #[test]
    fn a_bar_says_what_is_demanded_and_why_it_is_not_judged() {
        let bar = Bar {
            id: "p99_open",
            mode: "latency",
            name: "p99",
            unit: "ms",
            on: "10000/s".to_owned(),
            value: Some(12.0),
            lowest: Some(11.0),
            highest: Some(130.0),
            bounds: Some(Bounds { sense: Sense::AtMost, pass: 100.0, goal: 50.0 }),
            verdict: Verdict::NotJudged,
            reason: Some("other programs are busy (0.5 cores)".to_owned()),
        };
        let row = bar_row(&bar, true);
        let expected = [
            "latency",
            "p99",
            "12.0 ms",
            "11.0-130",
            "<= 100 ms",
            "<= 50.0 ms",
            "not judged: other programs are busy (0.5 cores)",
            "10000/s",
        ];
        assert_eq!(row, expected);
        assert_eq!(bar_row(&bar, false)[0], "");
    }
}
