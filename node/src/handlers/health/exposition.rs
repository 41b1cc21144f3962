//! The text that Prometheus reads.

use std::fmt::Write as _;

/// The format's media type.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Figures without labels, each with what it means.
#[derive(Debug, Default)]
pub(super) struct Exposition(String);

impl Exposition {
    /// A number that only grows.
    pub(super) fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.figure("counter", name, help, value);
    }

    /// A number that goes up and down.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.figure("gauge", name, help, value);
    }

    fn figure(&mut self, kind: &str, name: &str, help: &str, value: u64) {
        // Writing to a String cannot fail.
        let _infallible =
            write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
    }

    /// The text.
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let mut out = Exposition::default();
        out.counter("a_total", "things", 3);
        out.gauge("b", "more things", 0);
        assert_eq!(
            out.into_text(),
            "# HELP a_total things\n# TYPE a_total counter\na_total 3\n\
             # HELP b more things\n# TYPE b gauge\nb 0\n"
        );
    }
}
