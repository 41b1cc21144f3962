//! How much a test tries: in the gate of every change, in a long run, in a longer one.
//!
//! `RUSTCHAIN_TEST_TIER` says which: `gate` (the default), `long` or `longer`.

/// How often something is tried in each tier.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tries {
    /// On every change.
    pub(crate) gate: u64,
    /// In a long run, an hour or two altogether.
    pub(crate) long: u64,
    /// In a run of many hours, before a release.
    pub(crate) longer: u64,
}

impl Tries {
    /// How often in this run.
    pub(crate) fn now(self) -> u64 {
        match std::env::var("RUSTCHAIN_TEST_TIER").as_deref() {
            Err(_) | Ok("gate") => self.gate,
            Ok("long") => self.long,
            Ok("longer") => self.longer,
            Ok(other) => panic!("RUSTCHAIN_TEST_TIER is gate, long or longer, not {other}"),
        }
    }
}

/// Says in one line what a test has tried.
#[expect(clippy::print_stderr, reason = "the counts are what a long run is about")]
pub(crate) fn verdict(said: &str) {
    eprintln!("VERDICT: {said}");
}

/// Says that a test is left out, because the machine does not allow it. In CI that is a failure.
#[expect(clippy::print_stderr, reason = "a test that is left out has to be seen")]
pub(crate) fn left_out(why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
    eprintln!("LEFT OUT: {why}");
}
