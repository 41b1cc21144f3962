//! How many attestations the newest blocks hold.
//!
//! The list of blocks shows it. A block's body says it, but reading megabytes for a number is what a
//! node must not do at every request.

use std::collections::BTreeMap;

use parking_lot::RwLock;

/// Blocks that are remembered: more than any page shows.
const MAX_BLOCKS: usize = 4_096;

/// Attestations by height.
#[derive(Debug, Default)]
pub struct AttestationCounts(RwLock<BTreeMap<u64, u64>>);

impl AttestationCounts {
    /// Remembers a block, and forgets the oldest beyond what is kept.
    pub fn note(&self, height: u64, attestations: usize) {
        let mut counts = self.0.write();
        counts.insert(height, u64::try_from(attestations).unwrap_or(u64::MAX));
        while counts.len() > MAX_BLOCKS {
            counts.pop_first();
        }
    }

    /// How many attestations a block holds, if that is remembered.
    pub fn of(&self, height: u64) -> Option<u64> {
        self.0.read().get(&height).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_blocks_are_remembered() {
        let counts = AttestationCounts::default();
        for height in 10..5_000 {
            counts.note(height, 3);
        }
        // Somebody looks at an old one.
        counts.note(1, 7);
        assert_eq!((counts.of(1), counts.of(10), counts.of(4_999)), (None, None, Some(3)));
        assert_eq!(counts.0.read().len(), MAX_BLOCKS);
    }
}
