//! How this node is: measured figures, kept where `/health` finds them without work.
//!
//! The sequencer says whether the store can be written and whether the clock is trusted, the backup
//! task says when a backup was last verified; ages are computed when they are asked for. The rules
//! that judge all of this are the crate `vitals`.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ::vitals::Readings;
use parking_lot::RwLock;
use protocol::time::UnixSeconds;

use crate::books::Books;
use crate::clock::NodeClock;

/// Stands for "no backup": no backup was made in 1970.
const NO_BACKUP: u64 = 0;

/// The figures that others report.
#[derive(Debug)]
pub struct Vitals {
    db_rw: AtomicBool,
    backups_enabled: AtomicBool,
    backup_verified_at: AtomicU64,
    clock_problem: RwLock<Option<String>>,
}

impl Default for Vitals {
    fn default() -> Self {
        Self::new()
    }
}

impl Vitals {
    /// A node whose store was opened for writing just now, and that makes no backups.
    pub const fn new() -> Self {
        Self {
            db_rw: AtomicBool::new(true),
            backups_enabled: AtomicBool::new(false),
            backup_verified_at: AtomicU64::new(NO_BACKUP),
            clock_problem: RwLock::new(None),
        }
    }

    /// Says whether this node is configured to make backups; where it is not, their age is unknown
    /// and does not count.
    pub fn set_backups_enabled(&self, enabled: bool) {
        self.backups_enabled.store(enabled, Ordering::Relaxed);
    }

    /// Notes whether the store could be written just now.
    pub fn set_db_rw(&self, can_be_written: bool) {
        self.db_rw.store(can_be_written, Ordering::Relaxed);
    }

    /// Notes when the newest verified backup was made. An older one than known changes nothing.
    pub fn set_backup(&self, made_at: UnixSeconds) {
        self.backup_verified_at.fetch_max(made_at.0, Ordering::Relaxed);
    }

    /// Notes why epochs must not end by this clock; `None` when they may.
    pub fn set_clock_problem(&self, problem: Option<String>) {
        // Asked for at every turn of the writer and hardly ever changed: look before writing.
        if *self.clock_problem.read() != problem {
            *self.clock_problem.write() = problem;
        }
    }

    /// Why epochs must not end by this clock; `None` when they may.
    pub fn clock_problem(&self) -> Option<String> {
        self.clock_problem.read().clone()
    }

    /// Everything that the node's health is judged by, as of now.
    pub fn readings(&self, books: &Books, clock: &NodeClock) -> Readings {
        let calendar = books.law().genesis.calendar;
        let tip_time = books.tip().seal.header.batch.time;
        let now = clock.now();
        let tip_slot = calendar.slot_at(tip_time);
        let tip_age_slots = calendar.slot_at(now).0.saturating_sub(tip_slot.0);
        self.readings_at(now.seconds(), clock.since_start_ms() / 1_000, Some(tip_age_slots))
    }

    fn readings_at(&self, now: UnixSeconds, uptime_s: u64, tip_age_slots: Option<u64>) -> Readings {
        let backup = match self.backup_verified_at.load(Ordering::Relaxed) {
            NO_BACKUP => None,
            made_at => Some(now.seconds_since(UnixSeconds(made_at))),
        };
        let backups_enabled = self.backups_enabled.load(Ordering::Relaxed);
        Readings {
            db_rw: self.db_rw.load(Ordering::Relaxed),
            tip_age_slots,
            backups_enabled,
            backup_age_s: backup.filter(|_| backups_enabled),
            uptime_s,
            clock_confirmed: self.clock_problem.read().is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ::vitals::{Reason, judge};

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

    fn reasons(vitals: &Vitals, uptime_s: u64, tip_age_slots: u64) -> Vec<Reason> {
        judge(&vitals.readings_at(NOW, uptime_s, Some(tip_age_slots))).reasons
    }

    fn well() -> Vitals {
        let vitals = Vitals::new();
        vitals.set_backups_enabled(true);
        vitals.set_backup(NOW);
        vitals
    }

    #[test]
    fn each_setter_makes_its_figure_bad_and_good_again() {
        let vitals = well();
        assert_eq!(reasons(&vitals, 10_000, 4), []);
        vitals.set_db_rw(false);
        assert_eq!(reasons(&vitals, 10_000, 4), [Reason::DatabaseNotWritable]);
        vitals.set_db_rw(true);
        vitals.set_clock_problem(Some("the wall clock moved".to_owned()));
        assert_eq!(reasons(&vitals, 10_000, 4), [Reason::ClockNotConfirmed]);
        assert_eq!(vitals.clock_problem().as_deref(), Some("the wall clock moved"));
        vitals.set_clock_problem(None);
        assert_eq!(reasons(&vitals, 10_000, 5), [Reason::TipTooOld { slots: 5 }]);
        assert_eq!(reasons(&vitals, 10_000, 0), []);
    }

    #[test]
    fn the_newest_backup_counts() {
        let vitals = Vitals::new();
        vitals.set_backups_enabled(true);
        assert_eq!(reasons(&vitals, 7_199, 0), []);
        assert_eq!(reasons(&vitals, 7_200, 0), [Reason::NoBackup]);
        vitals.set_backup(UnixSeconds(NOW.0 - 8_000));
        assert_eq!(reasons(&vitals, 0, 0), [Reason::BackupTooOld { age_s: 8_000 }]);
        vitals.set_backup(UnixSeconds(NOW.0 - 100));
        vitals.set_backup(UnixSeconds(NOW.0 - 9_000));
        assert_eq!(vitals.readings_at(NOW, 10_000, Some(0)).backup_age_s, Some(100));
    }

    #[test]
    fn where_backups_are_switched_off_their_age_is_unknown_and_does_not_count() {
        let vitals = Vitals::new();
        vitals.set_backup(UnixSeconds(1));
        assert_eq!(vitals.readings_at(NOW, 10_000, Some(0)).backup_age_s, None);
        assert_eq!(reasons(&vitals, 10_000, 0), []);
    }
}
