//! Runs of histories, and when they are merged.
//!
//! Runs lie end to end, from the oldest movement to the newest. Towards the newest they get shorter,
//! by a factor of four from level to level, and no level has more than three: so a movement is
//! copied once for each level, and a page is found in a few runs.

/// Runs of a level that become one of the next.
pub(super) const FAN_IN: usize = 4;

/// Movements of a run at most: longer ones would take long to copy, and places within them would no
/// longer fit into the id of a chunk.
pub(super) const MAX_MOVEMENTS: u64 = 1 << 21;

/// The highest slot: the ids of chunks have 15 bits for it.
const MAX_SLOT: u16 = 0x7fff;

/// A sorted part of all histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store::sqlite) struct Run {
    /// Where its chunks are.
    pub(in crate::store::sqlite) slot: u16,
    /// The oldest movement.
    pub(in crate::store::sqlite) first: u64,
    /// The newest movement.
    pub(in crate::store::sqlite) last: u64,
}

impl Run {
    pub(super) const fn movements(&self) -> u64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }

    /// The power of four below its length.
    fn level(&self) -> u32 {
        self.movements().checked_ilog2().unwrap_or_default() >> 1
    }
}

/// How many of the newest runs, which stand last, are to be merged into one; 0 for none.
pub(super) fn due_for_merging(runs: &[Run]) -> usize {
    let Some(level) = runs.last().map(Run::level) else { return 0 };
    let reach = |limit: u32| runs.iter().rev().take_while(|run| run.level() <= limit).count();
    let (same, shorter) = (reach(level), runs.iter().rev().skip(1));
    // Shorter ones stand before a longer one when blocks are of different sizes.
    let shorter = shorter.take_while(|run| run.level() < level).count();
    let fits = |count: usize| {
        let movements = runs.iter().rev().take(count).map(Run::movements);
        movements.fold(0, u64::saturating_add) <= MAX_MOVEMENTS
    };
    // Runs that are too long to become one of the next level become as long as they may.
    let fitting = (2..=same).rev().find(|count| fits(*count));
    if let Some(count) = fitting.filter(|_| same >= FAN_IN) {
        count
    } else if shorter > 0 && fits(shorter.saturating_add(1)) {
        shorter.saturating_add(1)
    } else {
        0
    }
}

/// A slot that none of these runs has: behind all of them while there is one, since writing at the
/// end of a table costs the least.
pub(super) fn free_slot(runs: &[Run]) -> Option<u16> {
    let slots = 0..=MAX_SLOT;
    let behind = runs.iter().map(|run| run.slot).max().map_or(0, |slot| slot.saturating_add(1));
    if slots.contains(&behind) {
        return Some(behind);
    }
    slots.into_iter().find(|slot| runs.iter().all(|run| run.slot != *slot))
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows has to fail")]
mod tests {
    use super::*;

    /// Adds blocks of these lengths, merging as it should be; how often a movement was copied.
    fn added(lengths: Vec<u64>) -> (Vec<Run>, u64) {
        let (mut runs, mut next, mut copied) = (Vec::<Run>::new(), 1, 0);
        for length in lengths {
            let slot = free_slot(&runs).unwrap();
            runs.push(Run { slot, first: next, last: next + length - 1 });
            next += length;
            loop {
                let count = due_for_merging(&runs);
                if count == 0 {
                    break;
                }
                assert!(count > 1);
                let merged = runs.split_off(runs.len() - count);
                let run = Run { first: merged[0].first, ..*merged.last().unwrap() };
                copied += run.movements();
                assert!(run.movements() <= MAX_MOVEMENTS);
                runs.push(run);
            }
        }
        for pair in runs.windows(2) {
            assert_eq!(pair[0].last + 1, pair[1].first, "runs lie end to end");
        }
        assert_eq!(runs.last().unwrap().last, next - 1);
        (runs, copied / (next - 1))
    }

    #[test]
    fn there_are_few_runs_and_few_copies() {
        let odd = |number: u64| 1 + number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 3_000;
        let payouts = |number: u64| if number % 100 == 7 { 200_000 } else { 5 };
        let odd: Vec<u64> = (0..5_000).map(odd).collect();
        for (what, lengths) in [
            ("equal", vec![1_000; 5_000]),
            ("single", vec![1; 50_000]),
            ("odd", odd),
            ("now and then a payout", (0..5_000).map(payouts).collect()),
            ("growing", (1..3_000).collect()),
            ("shrinking", (1..3_000).rev().collect()),
            ("too long for four of a level", vec![600; 50_000]),
            ("just above a level", vec![257; 150_000]),
        ] {
            let (runs, copies) = added(lengths);
            let full = usize::try_from(runs.last().unwrap().last / MAX_MOVEMENTS).unwrap();
            assert!(runs.len() <= 30 + 2 * full, "{what}: {} runs", runs.len());
            assert!(copies <= 10, "{what}: {copies} copies");
        }
    }
}
