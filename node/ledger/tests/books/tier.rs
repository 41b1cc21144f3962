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
