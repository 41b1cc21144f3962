//! Random choices that can be made again: the seed is printed, and `RUSTCHAIN_TEST_SEED` sets it.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// A sequence of random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Chance {
    seed: u64,
    state: u64,
}

impl Chance {
    /// A new one each time, unless the environment names the seed.
    pub(crate) fn new() -> Self {
        let seed = match std::env::var("RUSTCHAIN_TEST_SEED") {
            Ok(seed) => seed.parse().expect("RUSTCHAIN_TEST_SEED is a number"),
            Err(_none) => RandomState::new().build_hasher().finish(),
        };
        Self { seed, state: seed }
    }

    /// What it began with.
    pub(crate) const fn seed(&self) -> u64 {
        self.seed
    }

    /// A number below `limit`, which is above 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64: what is left over of 2^64 is too little to matter here.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// All of these, in any order.
    pub(crate) fn shuffled<T>(&mut self, mut all: Vec<T>) -> Vec<T> {
        for last in (1..all.len()).rev() {
            let other = self.below(last as u64 + 1);
            all.swap(last, usize::try_from(other).unwrap());
        }
        all
    }

    /// So many of these, or all of them, in their order.
    pub(crate) fn some_of<T>(&mut self, mut all: Vec<T>, count: u64) -> Vec<T> {
        while all.len() as u64 > count {
            let index = self.below(all.len() as u64);
            all.remove(usize::try_from(index).unwrap());
        }
        all
    }
}
