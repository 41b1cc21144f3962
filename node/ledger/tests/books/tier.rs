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
        let tier = std::env::var("RUSTCHAIN_TEST_TIER").unwrap_or_else(|_unset| "gate".to_owned());
        let tiers = [("gate", self.gate), ("long", self.long), ("longer", self.longer)];
        let found = tiers.into_iter().find(|(name, _)| *name == tier);
        found.expect("RUSTCHAIN_TEST_TIER is gate, long or longer").1
    }
}
