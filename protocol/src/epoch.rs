//! The calendar: slots, epochs and the moments at which they begin.

use std::fmt;

use crate::time::{UnixMillis, UnixSeconds};

/// A slot, counted from genesis; 600 s on the shipped networks except `dev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Slot(pub u64);

/// An epoch, counted from genesis; 144 slots on the shipped networks except `dev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EpochId(pub u64);

impl EpochId {
    /// The epoch behind this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for EpochId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a network divides time. All lengths are at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    genesis: UnixSeconds,
    slot_seconds: u64,
    slots_per_epoch: u64,
}

impl Calendar {
    /// A calendar that starts at `genesis`; `None` when a length is 0 or above 2^32.
    pub fn new(genesis: UnixSeconds, slot_seconds: u64, slots_per_epoch: u64) -> Option<Self> {
        let sane = 1..=u64::from(u32::MAX);
        (sane.contains(&slot_seconds) && sane.contains(&slots_per_epoch)).then_some(Self {
            genesis,
            slot_seconds,
            slots_per_epoch,
        })
    }

    /// The moment at which slot 0 began.
    pub const fn genesis(&self) -> UnixSeconds {
        self.genesis
    }

    /// Length of a slot in seconds.
    pub const fn slot_seconds(&self) -> u64 {
        self.slot_seconds
    }

    /// Slots in an epoch.
    pub const fn slots_per_epoch(&self) -> u64 {
        self.slots_per_epoch
    }

    /// The slot of a moment; a moment before genesis is in slot 0.
    pub fn slot_at(&self, moment: UnixMillis) -> Slot {
        let elapsed = moment.seconds().seconds_since(self.genesis);
        Slot(elapsed.checked_div(self.slot_seconds).unwrap_or(0))
    }

    /// The epoch of a slot.
    pub fn epoch_of(&self, slot: Slot) -> EpochId {
        EpochId(slot.0.checked_div(self.slots_per_epoch).unwrap_or(0))
    }

    /// The epoch of a moment.
    pub fn epoch_at(&self, moment: UnixMillis) -> EpochId {
        self.epoch_of(self.slot_at(moment))
    }

    /// The first millisecond of a slot.
    pub const fn slot_start(&self, slot: Slot) -> UnixMillis {
        UnixSeconds(self.genesis.0.saturating_add(slot.0.saturating_mul(self.slot_seconds)))
            .millis()
    }

    /// The first slot of an epoch.
    pub const fn first_slot(&self, epoch: EpochId) -> Slot {
        Slot(epoch.0.saturating_mul(self.slots_per_epoch))
    }

    /// The first millisecond of an epoch.
    pub const fn epoch_start(&self, epoch: EpochId) -> UnixMillis {
        self.slot_start(self.first_slot(epoch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mainnet() -> Calendar {
        Calendar::new(UnixSeconds(1_764_706_927), 600, 144).unwrap()
    }

    #[test]
    fn agrees_with_the_existing_network() {
        // observed: at 1795332120 the running node said slot 51041, epoch 354.
        let moment = UnixSeconds(1_795_332_120).millis();
        assert_eq!(mainnet().slot_at(moment), Slot(51_041));
        assert_eq!(mainnet().epoch_at(moment), EpochId(354));
    }

    #[test]
    fn boundaries_belong_to_what_they_open() {
        let calendar = mainnet();
        let start = calendar.epoch_start(EpochId(3));
        assert_eq!(calendar.epoch_at(start), EpochId(3));
        assert_eq!(calendar.epoch_at(UnixMillis(start.0 - 1)), EpochId(2));
        assert_eq!(calendar.slot_at(UnixMillis(0)), Slot(0));
    }

    #[test]
    fn refuses_empty_slots() {
        assert_eq!(Calendar::new(UnixSeconds(0), 0, 1), None);
        assert_eq!(Calendar::new(UnixSeconds(0), 1, 0), None);
    }
}
