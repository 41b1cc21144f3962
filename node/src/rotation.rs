//! Who may submit a header in which slot: miners that attested within a day, in the order of their
//! ids, take turns (wire section 4.5).
//!
//! Kept up to date as miners attest and fall silent, so that asking costs the same however many
//! miners there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use protocol::epoch::Slot;
use protocol::time::UnixSeconds;
use protocol::wallet_id::MinerId;

/// Seconds after which a silent miner loses its turns.
const SILENT_AFTER_SECONDS: u64 = 86_400;

/// Seconds within which a miner counts as active (wire section 1).
pub const ACTIVE_WITHIN_SECONDS: u64 = 3_600;

#[derive(Debug, Default)]
struct Turns {
    /// Miners that take turns; ascending once [`Turns::put_in_order`] has been called.
    ids: Vec<MinerId>,
    in_order: bool,
    /// Miners by the time of their newest attestation.
    by_time: BTreeSet<(u64, MinerId)>,
    last_attest: HashMap<MinerId, u64>,
    /// Miners per minute of their newest attestation, so that active ones are counted quickly.
    per_minute: BTreeMap<u64, u64>,
}

/// The rotation of header producers.
#[derive(Debug, Default)]
pub struct Rotation {
    turns: Mutex<Turns>,
    changes: AtomicU64,
}

/// What the rotation says about a miner in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Whose turn it is; `None` when nobody has attested within a day.
    pub producer: Option<MinerId>,
    /// How many take turns.
    pub size: u64,
    /// The miner's next turn, this slot included; `None` when it takes none.
    pub next_turn: Option<Slot>,
}

impl Rotation {
    /// Goes up with every attestation.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Notes an accepted attestation.
    pub fn attested(&self, miner: &MinerId, at: UnixSeconds) {
        self.note(miner, at);
        self.changes.fetch_add(1, Ordering::Release);
    }

    fn note(&self, miner: &MinerId, at: UnixSeconds) {
        let mut turns = self.turns.lock();
        let earlier = turns.last_attest.insert(miner.clone(), at.0);
        if let Some(earlier) = earlier {
            turns.by_time.remove(&(earlier, miner.clone()));
            turns.uncount(earlier);
        } else {
            turns.ids.push(miner.clone());
            turns.in_order = false;
        }
        turns.by_time.insert((at.0, miner.clone()));
        let counted = turns.per_minute.entry(at.0 / 60).or_default();
        *counted = counted.saturating_add(1);
    }

    /// What the rotation says about `miner` in `slot`.
    pub fn turn(&self, miner: &MinerId, slot: Slot, now: UnixSeconds) -> Turn {
        let mut turns = self.turns.lock();
        turns.put_in_order(now);
        let size = u64::try_from(turns.ids.len()).unwrap_or(u64::MAX);
        let Some(due) = slot.0.checked_rem(size) else {
            return Turn { producer: None, size: 0, next_turn: None };
        };
        let producer = usize::try_from(due).ok().and_then(|due| turns.ids.get(due)).cloned();
        let place = turns.ids.binary_search(miner).ok().and_then(|at| u64::try_from(at).ok());
        let next_turn = place.map(|place| {
            let wait = place.saturating_add(size).saturating_sub(due).checked_rem(size);
            Slot(slot.0.saturating_add(wait.unwrap_or(0)))
        });
        Turn { producer, size, next_turn }
    }

    /// The producers of `count` slots from `first` on.
    pub fn producers(&self, first: Slot, count: u64, now: UnixSeconds) -> Vec<(Slot, MinerId)> {
        let mut turns = self.turns.lock();
        turns.put_in_order(now);
        let size = u64::try_from(turns.ids.len()).unwrap_or(u64::MAX);
        (first.0..first.0.saturating_add(count))
            .filter_map(|slot| {
                let due = usize::try_from(slot.checked_rem(size)?).ok()?;
                Some((Slot(slot), turns.ids.get(due)?.clone()))
            })
            .collect()
    }

    /// Miners that attested within the last hour, newest first, behind the first `offset`.
    pub fn active(&self, limit: usize, offset: usize, now: UnixSeconds) -> Vec<MinerId> {
        let first_minute = first_active_minute(now);
        let turns = self.turns.lock();
        turns
            .by_time
            .iter()
            .rev()
            .take_while(|(at, _)| *at / 60 >= first_minute)
            .skip(offset)
            .take(limit)
            .map(|(_, miner)| miner.clone())
            .collect()
    }

    /// How many miners attested within the last hour.
    pub fn active_count(&self, now: UnixSeconds) -> u64 {
        let turns = self.turns.lock();
        turns.per_minute.range(first_active_minute(now)..).map(|(_, count)| count).sum()
    }
}

/// The active hour begins with a whole minute.
pub const fn first_active_minute(now: UnixSeconds) -> u64 {
    now.0.saturating_sub(ACTIVE_WITHIN_SECONDS) / 60
}

impl Turns {
    fn uncount(&mut self, at: u64) {
        let minute = at / 60;
        if let Some(count) = self.per_minute.get_mut(&minute) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.per_minute.remove(&minute);
            }
        }
    }

    /// Forgets silent miners and sorts those that have come since. A newcomer costs nothing before
    /// somebody asks whose turn it is, and the run that is sorted already costs little then.
    fn put_in_order(&mut self, now: UnixSeconds) {
        let known = self.last_attest.len();
        self.forget_silent(now);
        if self.last_attest.len() < known {
            self.ids.retain(|id| self.last_attest.contains_key(id));
        }
        if !self.in_order {
            self.ids.sort();
            self.in_order = true;
        }
    }

    fn forget_silent(&mut self, now: UnixSeconds) {
        let oldest_kept = now.0.saturating_sub(SILENT_AFTER_SECONDS);
        while let Some((at, miner)) = self.by_time.first().cloned() {
            if at >= oldest_kept {
                break;
            }
            self.by_time.pop_first();
            self.last_attest.remove(&miner);
            self.uncount(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> MinerId {
        MinerId::parse(name).unwrap()
    }

    #[test]
    fn turns_go_round_by_id() {
        let rotation = Rotation::default();
        let now = UnixSeconds(1_000_000);
        for name in ["b", "a", "c", "a"] {
            rotation.attested(&id(name), now);
        }
        let turn = rotation.turn(&id("a"), Slot(4), now);
        assert_eq!(turn.producer, Some(id("b")));
        assert_eq!((turn.size, turn.next_turn), (3, Some(Slot(6))));
        assert_eq!(rotation.turn(&id("b"), Slot(4), now).next_turn, Some(Slot(4)));
        assert_eq!(rotation.turn(&id("x"), Slot(4), now).next_turn, None);
        assert_eq!(rotation.producers(Slot(3), 2, now), [(Slot(3), id("a")), (Slot(4), id("b"))]);
    }

    #[test]
    fn silent_miners_lose_their_turns() {
        let rotation = Rotation::default();
        rotation.attested(&id("a"), UnixSeconds(1_000_000));
        rotation.attested(&id("b"), UnixSeconds(1_090_000));
        let turn = rotation.turn(&id("a"), Slot(0), UnixSeconds(1_090_000));
        assert_eq!((turn.producer, turn.size, turn.next_turn), (Some(id("b")), 1, None));
        assert_eq!(rotation.turn(&id("a"), Slot(0), UnixSeconds(2_000_000)).producer, None);
    }

    #[test]
    fn active_miners_are_listed_newest_first_and_counted() {
        let rotation = Rotation::default();
        for (name, at) in [("a", 10_000), ("b", 9_000), ("c", 1_000), ("b", 12_000)] {
            rotation.attested(&id(name), UnixSeconds(at));
        }
        let now = UnixSeconds(12_100);
        assert_eq!(rotation.active(10, 0, now), [id("b"), id("a")]);
        assert_eq!(rotation.active(10, 1, now), [id("a")]);
        assert_eq!(rotation.active_count(now), 2);
    }
}
