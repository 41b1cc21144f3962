//! Rate limits: token buckets in a bounded table.
//!
//! A bucket holds `burst` tokens and gets one back every `interval`. It is kept as a single number,
//! the time at which it will be full again (the generic cell rate algorithm, GCRA): a bucket that
//! is full is the same as no bucket, so forgetting one costs nothing. [`RateLimiter`] is pure, its
//! time is an argument; [`RateLimits`] is the same behind a lock, for the node's threads.
//!
//! Memory is bounded: a table that is full drops, out of a few neighbours, the bucket that would be
//! full soonest. Clients that have spent the most are remembered the longest, so a flood of new
//! addresses does not wash an exhausted one out.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::time::Instant;

use parking_lot::Mutex;

use crate::client_address::AddressGroup;

mod settings;

pub use self::settings::{Budget, DEFAULT_MAX_SUBJECTS, Limit, RateLimitSettings};

/// How many neighbours are compared when a full table has to drop one.
const EVICTION_SAMPLE: usize = 8;

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One client, by its address.
    Client(AddressGroup),
    /// A wallet, miner or key: see [`RateLimits::named`]. Charge it only for what its owner has
    /// signed; otherwise strangers could lock the owner out.
    Named(u64),
    /// All clients together.
    Everyone,
}

/// The bucket is empty: the same request has a token after this many whole seconds, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("rate limit reached, retry after {seconds} s")]
pub struct RetryAfter {
    /// For the header `Retry-After`.
    pub seconds: u64,
}

/// The buckets of one node, without a clock and without a lock.
#[derive(Debug)]
pub struct RateLimiter {
    tables: [Option<Table>; Budget::COUNT],
}

impl RateLimiter {
    /// Buckets for every budget that `settings` switches on, all of them full.
    pub fn new(settings: &RateLimitSettings) -> Self {
        let table = |budget| {
            settings.limit(budget).map(|limit| Table::new(limit, settings.max_subjects.max(1)))
        };
        Self { tables: Budget::ALL.map(table) }
    }

    /// Takes one token from the subject's bucket. `now_ms` counts from any fixed point; a time
    /// before an earlier call's gives no tokens back and takes none away.
    pub fn take(
        &mut self,
        budget: Budget,
        subject: Subject,
        now_ms: u64,
    ) -> Result<(), RetryAfter> {
        match self.table(budget) {
            Some(table) => table.take(subject, now_ms.saturating_mul(1_000)),
            None => Ok(()),
        }
    }

    /// Puts one token back: what it was taken for turned out to be free of charge.
    pub fn give_back(&mut self, budget: Budget, subject: Subject) {
        if let Some(table) = self.table(budget) {
            table.give_back(subject);
        }
    }

    /// Tokens left in the subject's bucket, or `None` when the budget is off.
    pub fn remaining(&mut self, budget: Budget, subject: Subject, now_ms: u64) -> Option<u32> {
        self.table(budget).map(|table| table.remaining(subject, now_ms.saturating_mul(1_000)))
    }

    /// How many subjects are remembered, over all budgets.
    pub fn remembered(&self) -> usize {
        self.tables.iter().flatten().map(|table| table.slots.len()).sum()
    }

    fn table(&mut self, budget: Budget) -> Option<&mut Table> {
        self.tables.get_mut(budget.index())?.as_mut()
    }
}

/// One bucket: whose, and when it is full again (microseconds; the past means full now).
#[derive(Debug, Clone, Copy)]
struct Slot {
    subject: Subject,
    full_at_us: u64,
}

/// The buckets of one budget.
#[derive(Debug)]
struct Table {
    burst: u32,
    interval_us: u64,
    max_slots: usize,
    slots: Vec<Slot>,
    index: HashMap<Subject, usize>,
    /// Where the next search for a bucket to drop starts.
    hand: usize,
}

impl Table {
    fn new(limit: Limit, max_slots: usize) -> Self {
        Self {
            burst: limit.burst.get(),
            interval_us: limit.interval_us(),
            max_slots,
            slots: Vec::new(),
            index: HashMap::new(),
            hand: 0,
        }
    }

    /// How far ahead of now `full_at_us` may lie for a token to be left.
    fn tolerance_us(&self) -> u64 {
        u64::from(self.burst.saturating_sub(1)).saturating_mul(self.interval_us)
    }

    fn take(&mut self, subject: Subject, now_us: u64) -> Result<(), RetryAfter> {
        let interval_us = self.interval_us;
        let latest = now_us.saturating_add(self.tolerance_us());
        if let Some(slot) = self.slot(subject) {
            let full_at_us = slot.full_at_us.max(now_us);
            if full_at_us > latest {
                let wait_us = full_at_us - latest;
                return Err(RetryAfter { seconds: wait_us.div_ceil(1_000_000).max(1) });
            }
            slot.full_at_us = full_at_us.saturating_add(interval_us);
        } else {
            self.remember(Slot { subject, full_at_us: now_us.saturating_add(interval_us) });
        }
        Ok(())
    }

    fn give_back(&mut self, subject: Subject) {
        let interval_us = self.interval_us;
        if let Some(slot) = self.slot(subject) {
            slot.full_at_us = slot.full_at_us.saturating_sub(interval_us);
        }
    }

    fn remaining(&mut self, subject: Subject, now_us: u64) -> u32 {
        let interval_us = self.interval_us;
        let spent_us = self.slot(subject).map_or(0, |slot| slot.full_at_us.saturating_sub(now_us));
        let spent = u32::try_from(spent_us.div_ceil(interval_us)).unwrap_or(u32::MAX);
        self.burst.saturating_sub(spent)
    }

    fn slot(&mut self, subject: Subject) -> Option<&mut Slot> {
        let position = *self.index.get(&subject)?;
        self.slots.get_mut(position)
    }

    fn remember(&mut self, slot: Slot) {
        let position = if self.slots.len() < self.max_slots {
            self.slots.push(slot);
            self.slots.len() - 1
        } else {
            let position = self.fullest_of_the_next();
            let dropped = std::mem::replace(&mut self.slots[position], slot);
            self.index.remove(&dropped.subject);
            position
        };
        self.index.insert(slot.subject, position);
    }

    /// The bucket that is full soonest among the few under the hand, which moves on.
    fn fullest_of_the_next(&mut self) -> usize {
        let count = self.slots.len();
        let start = self.hand;
        self.hand = (start + EVICTION_SAMPLE) % count;
        (0..EVICTION_SAMPLE.min(count))
            .map(|step| (start + step) % count)
            .min_by_key(|position| self.slots[*position].full_at_us)
            .unwrap_or(start)
    }
}

/// The buckets of one node, shared by its threads.
#[derive(Debug)]
pub struct RateLimits {
    limiter: Mutex<RateLimiter>,
    /// Which budgets are on: those that are off cost no lock.
    is_on: [bool; Budget::COUNT],
    origin: Instant,
    names: RandomState,
}

impl RateLimits {
    /// Full buckets; `origin` is any instant before the first request.
    pub fn new(settings: &RateLimitSettings, origin: Instant) -> Self {
        let limiter = RateLimiter::new(settings);
        let mut is_on = [false; Budget::COUNT];
        for (on, table) in is_on.iter_mut().zip(&limiter.tables) {
            *on = table.is_some();
        }
        Self { limiter: Mutex::new(limiter), is_on, origin, names: RandomState::new() }
    }

    /// See [`RateLimiter::take`].
    pub fn take(&self, budget: Budget, subject: Subject, at: Instant) -> Result<(), RetryAfter> {
        if !self.is_on(budget) {
            return Ok(());
        }
        self.limiter.lock().take(budget, subject, self.millis(at))
    }

    /// See [`RateLimiter::give_back`].
    pub fn give_back(&self, budget: Budget, subject: Subject) {
        if self.is_on(budget) {
            self.limiter.lock().give_back(budget, subject);
        }
    }

    /// See [`RateLimiter::remaining`].
    pub fn remaining(&self, budget: Budget, subject: Subject, at: Instant) -> Option<u32> {
        if !self.is_on(budget) {
            return None;
        }
        self.limiter.lock().remaining(budget, subject, self.millis(at))
    }

    /// The subject that stands for a wallet, a miner or a key. Hashed with a secret of this
    /// process, so that nobody can look for two names that share a bucket.
    pub fn named(&self, name: &str) -> Subject {
        Subject::Named(self.names.hash_one(name))
    }

    fn is_on(&self, budget: Budget) -> bool {
        self.is_on.get(budget.index()).copied().unwrap_or(false)
    }

    fn millis(&self, at: Instant) -> u64 {
        let elapsed = at.saturating_duration_since(self.origin).as_millis();
        u64::try_from(elapsed).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn client(number: u32) -> Subject {
        Subject::Client(AddressGroup::V4(number))
    }

    fn limiter(burst: u32, per_minute: u32, max_subjects: usize) -> RateLimiter {
        RateLimiter::new(&RateLimitSettings {
            writes: Some(Limit::new(burst, per_minute)),
            max_subjects,
            ..RateLimitSettings::unlimited()
        })
    }

    #[test]
    fn a_burst_passes_and_the_next_waits_for_its_token() {
        let mut limits = limiter(3, 60, 10);
        for _ in 0..3 {
            assert_eq!(limits.take(Budget::Writes, client(1), 5_000), Ok(()));
        }
        assert_eq!(
            limits.take(Budget::Writes, client(1), 5_000),
            Err(RetryAfter { seconds: 1 }),
            "empty"
        );
        assert_eq!(limits.take(Budget::Writes, client(2), 5_000), Ok(()), "others are unaffected");
        assert!(limits.take(Budget::Writes, client(1), 5_999).is_err());
        assert_eq!(limits.take(Budget::Writes, client(1), 6_000), Ok(()));
        assert!(limits.take(Budget::Writes, client(1), 6_000).is_err());
    }

    #[test]
    fn a_budget_that_is_off_never_refuses_and_remembers_nobody() {
        let mut limits = limiter(1, 1, 10);
        for number in 0..100 {
            assert_eq!(limits.take(Budget::Reads, client(number), 0), Ok(()));
        }
        assert_eq!(limits.remembered(), 0);
        assert_eq!(limits.remaining(Budget::Reads, client(1), 0), None);
    }

    #[test]
    fn a_token_given_back_can_be_taken_again() {
        let mut limits = limiter(1, 1, 10);
        assert_eq!(limits.take(Budget::Writes, client(1), 0), Ok(()));
        limits.give_back(Budget::Writes, client(1));
        assert_eq!(limits.take(Budget::Writes, client(1), 0), Ok(()));
        assert!(limits.take(Budget::Writes, client(1), 0).is_err());
    }

    #[test]
    fn giving_back_never_overfills() {
        let mut limits = limiter(2, 1, 10);
        assert_eq!(limits.take(Budget::Writes, client(1), 0), Ok(()));
        for _ in 0..10 {
            limits.give_back(Budget::Writes, client(1));
        }
        assert_eq!(limits.remaining(Budget::Writes, client(1), 0), Some(2));
        let taken = (0..5).filter(|_| limits.take(Budget::Writes, client(1), 0).is_ok()).count();
        assert_eq!(taken, 2);
    }

    #[test]
    fn a_flood_of_new_addresses_does_not_wash_out_an_exhausted_one() {
        let mut limits = limiter(50, 1, 64);
        while limits.take(Budget::Writes, client(0), 0).is_ok() {}
        for number in 1..100_000 {
            assert_eq!(limits.take(Budget::Writes, client(number), 0), Ok(()));
        }
        assert_eq!(limits.remembered(), 64);
        assert!(limits.take(Budget::Writes, client(0), 0).is_err());
    }

    #[test]
    fn fifty_miners_behind_one_address_are_never_refused() {
        let mut limits = RateLimiter::new(&RateLimitSettings::default());
        for round in 0..10_u64 {
            for _ in 0..50 {
                let now_ms = round * 600_000;
                assert_eq!(limits.take(Budget::Challenge, client(1), now_ms), Ok(()));
                assert_eq!(limits.take(Budget::Writes, client(1), now_ms), Ok(()));
                assert_eq!(limits.take(Budget::Writes, client(1), now_ms), Ok(()));
            }
        }
    }

    #[test]
    fn the_shared_limits_answer_like_the_pure_ones() {
        let origin = Instant::now();
        let settings =
            RateLimitSettings { failed_admin_key: Some(Limit::new(12, 12)), ..Default::default() };
        let limits = RateLimits::new(&settings, origin);
        let attempt = |who| limits.take(Budget::FailedAdminKey, who, origin);
        let refused = (0..20).filter(|_| attempt(client(1)).is_err()).count();
        assert_eq!(refused, 8);
        assert_eq!(attempt(client(2)), Ok(()));
        assert_eq!(limits.remaining(Budget::FailedAdminKey, client(2), origin), Some(11));
        assert_eq!(limits.named("alice"), limits.named("alice"));
        assert_ne!(limits.named("alice"), limits.named("bob"));
    }

    proptest! {
        /// In every stretch of time, no more passes than a full bucket and what came back.
        #[test]
        fn never_more_than_the_burst_and_the_refill(
            burst in 1_u32..20,
            per_minute in 1_u32..600,
            gaps in prop::collection::vec(0_u64..3_000, 1..200),
        ) {
            let mut limits = limiter(burst, per_minute, 4);
            let mut now_ms = 0;
            let mut passed = Vec::new();
            for gap in gaps {
                now_ms += gap;
                if limits.take(Budget::Writes, client(1), now_ms).is_ok() {
                    passed.push(now_ms);
                }
            }
            for (first, start) in passed.iter().enumerate() {
                for (last, end) in passed.iter().enumerate().skip(first) {
                    let count = u64::try_from(last - first + 1).unwrap();
                    let interval_us = Limit::new(burst, per_minute).interval_us();
                    let refill = (end - start) * 1_000 / interval_us;
                    prop_assert!(count <= u64::from(burst) + refill);
                }
            }
        }

        /// Whoever waits as told is served; whoever comes more than a second early is not.
        #[test]
        fn retry_after_is_true(
            burst in 1_u32..20,
            per_minute in 1_u32..600,
            now_ms in 0_u64..1_000_000_000,
        ) {
            let mut limits = limiter(burst, per_minute, 4);
            let refusal = loop {
                if let Err(refusal) = limits.take(Budget::Writes, client(1), now_ms) {
                    break refusal;
                }
            };
            prop_assert!(refusal.seconds >= 1);
            if refusal.seconds > 1 {
                let early = now_ms + (refusal.seconds - 1) * 1_000 - 1;
                prop_assert!(limits.take(Budget::Writes, client(1), early).is_err());
            }
            let told = now_ms + refusal.seconds * 1_000;
            prop_assert!(limits.take(Budget::Writes, client(1), told).is_ok());
        }

        /// `remaining` counts exactly what can still be taken.
        #[test]
        fn remaining_is_true(
            burst in 1_u32..20,
            per_minute in 1_u32..600,
            steps in prop::collection::vec((0_u64..5_000, any::<bool>()), 0..60),
        ) {
            let mut limits = limiter(burst, per_minute, 4);
            let mut now_ms = 0;
            for (gap, take) in steps {
                now_ms += gap;
                if take {
                    let _verdict = limits.take(Budget::Writes, client(1), now_ms);
                }
            }
            let remaining = limits.remaining(Budget::Writes, client(1), now_ms).unwrap();
            let mut taken = 0;
            while limits.take(Budget::Writes, client(1), now_ms).is_ok() {
                taken += 1;
            }
            prop_assert_eq!(remaining, taken);
        }

        /// Memory never exceeds its bound, and the index and the slots agree.
        #[test]
        fn memory_is_bounded(
            max_subjects in 1_usize..20,
            subjects in prop::collection::vec(0_u32..60, 0..300),
        ) {
            let mut limits = limiter(2, 60, max_subjects);
            for (now_ms, number) in subjects.into_iter().enumerate() {
                let _verdict =
                    limits.take(Budget::Writes, client(number), u64::try_from(now_ms).unwrap());
                prop_assert!(limits.remembered() <= max_subjects);
            }
            let table = limits.table(Budget::Writes).unwrap();
            prop_assert_eq!(table.index.len(), table.slots.len());
            for (subject, position) in &table.index {
                prop_assert_eq!(table.slots[*position].subject, *subject);
            }
        }
    }
}
