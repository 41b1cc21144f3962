//! What is limited, and how much: the part of the rate limits that an operator sets.

use std::num::NonZeroU32;

/// The default bound on the clients remembered per budget. A row takes about 70 bytes, so that the
/// five budgets together stay under 25 MB.
pub const DEFAULT_MAX_SUBJECTS: usize = 65_536;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Budget {
    /// Requests that change nothing (GET, HEAD).
    Reads,
    /// All other requests.
    Writes,
    /// Attestation challenges handed out.
    Challenge,
    /// Signatures that did not verify.
    FailedSignature,
    /// Admin keys that are none.
    FailedAdminKey,
}

impl Budget {
    /// How many budgets there are.
    pub(super) const COUNT: usize = 5;

    /// All of them, by [`Budget::index`].
    pub(super) const ALL: [Self; Self::COUNT] =
        [Self::Reads, Self::Writes, Self::Challenge, Self::FailedSignature, Self::FailedAdminKey];

    /// Its place in a table of all budgets.
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Reads => 0,
            Self::Writes => 1,
            Self::Challenge => 2,
            Self::FailedSignature => 3,
            Self::FailedAdminKey => 4,
        }
    }

    /// The name in answers and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Challenge => "challenge",
            Self::FailedSignature => "failed_signature",
            Self::FailedAdminKey => "failed_admin_key",
        }
    }
}

/// How much one subject may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Tokens in a full bucket: what may be done at once.
    pub burst: NonZeroU32,
    /// Tokens that come back per minute: what may be done in the long run.
    pub per_minute: NonZeroU32,
}

impl Limit {
    /// A limit from plain numbers; zeros count as one.
    pub const fn new(burst: u32, per_minute: u32) -> Self {
        Self { burst: at_least_one(burst), per_minute: at_least_one(per_minute) }
    }

    /// Microseconds between two tokens, at least 1.
    pub(super) fn interval_us(self) -> u64 {
        (60_000_000 / u64::from(self.per_minute.get())).max(1)
    }
}

const fn at_least_one(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

/// The limits of a node. `None` switches a budget off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// For each client. Off by default: reads are cheap and connections are capped.
    pub reads: Option<Limit>,
    /// For each client. Room for a hundred miners behind one address, and for an exchange.
    pub writes: Option<Limit>,
    /// For each client. A miner needs one per 600 s.
    pub challenge: Option<Limit>,
    /// For each client: an honest one never fails.
    pub failed_signature: Option<Limit>,
    /// For each client: the network's 12 per minute, counted on failure only.
    pub failed_admin_key: Option<Limit>,
    /// The most subjects remembered per budget.
    pub max_subjects: usize,
}

impl Default for RateLimitSettings {
    fn default() -> Self {
        Self {
            reads: None,
            writes: Some(Limit::new(1_200, 6_000)),
            challenge: Some(Limit::new(300, 600)),
            failed_signature: Some(Limit::new(30, 60)),
            failed_admin_key: Some(Limit::new(12, 12)),
            max_subjects: DEFAULT_MAX_SUBJECTS,
        }
    }
}

impl RateLimitSettings {
    /// Everything off.
    pub const fn unlimited() -> Self {
        Self {
            reads: None,
            writes: None,
            challenge: None,
            failed_signature: None,
            failed_admin_key: None,
            max_subjects: DEFAULT_MAX_SUBJECTS,
        }
    }

    /// The limit of `budget`.
    pub const fn limit(&self, budget: Budget) -> Option<Limit> {
        match budget {
            Budget::Reads => self.reads,
            Budget::Writes => self.writes,
            Budget::Challenge => self.challenge,
            Budget::FailedSignature => self.failed_signature,
            Budget::FailedAdminKey => self.failed_admin_key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_budget_has_its_own_place_name_and_switch() {
        for (place, budget) in Budget::ALL.into_iter().enumerate() {
            assert_eq!(budget.index(), place);
            let same_name = Budget::ALL.into_iter().filter(|other| other.name() == budget.name());
            assert_eq!(same_name.count(), 1);
            assert_eq!(RateLimitSettings::unlimited().limit(budget), None);
        }
    }

    #[test]
    fn zeros_count_as_one_and_intervals_are_never_zero() {
        assert_eq!(Limit::new(0, 0), Limit::new(1, 1));
        assert_eq!(Limit::new(1, 12).interval_us(), 5_000_000);
        assert_eq!(Limit::new(1, u32::MAX).interval_us(), 1);
    }
}
