//! When a node counts as healthy: thresholds and verdicts, without clocks, files or sockets.
//!
//! The node judges itself by these rules, and whoever watches it (dashboard, command line) judges it
//! by the same ones. [`judge`] looks at one reading; [`Debounce`] keeps a figure that wavers around
//! its threshold from raising an alarm at every look.

use std::fmt;

mod debounce;

pub use debounce::Debounce;

/// The newest block may be this many slots old, less one. A healthy node closes a block at every
/// slot boundary, so this many mean that something stands still.
pub const TIP_AGE_LIMIT_SLOTS: u64 = 5;

/// The last verified backup may be this old, in seconds: two hours.
pub const BACKUP_AGE_LIMIT_S: u64 = 2 * 3_600;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readings {
    /// Whether the database could be written when that was last tried.
    pub db_rw: bool,
    /// Age of the newest block in slots; `None` when there is no block.
    pub tip_age_slots: Option<u64>,
    /// Whether this node is configured to make backups.
    pub backups_enabled: bool,
    /// Age of the last verified backup in seconds; `None` when no backup is known.
    pub backup_age_s: Option<u64>,
    /// How long the node has run, in seconds.
    pub uptime_s: u64,
    /// Whether the clock can be trusted to end epochs.
    pub clock_confirmed: bool,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The database cannot be written.
    DatabaseNotWritable,
    /// There is no block.
    NoTip,
    /// The newest block is too old.
    TipTooOld {
        /// Its age in slots.
        slots: u64,
    },
    /// The node has run long enough to have made a backup, and none is known.
    NoBackup,
    /// The last verified backup is too old.
    BackupTooOld {
        /// Its age in seconds.
        age_s: u64,
    },
    /// An operator has to confirm the clock before an epoch can end.
    ClockNotConfirmed,
}

/// Whether all is well, and why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether all is well.
    pub ok: bool,
    /// Why not; empty when all is well.
    pub reasons: Vec<Reason>,
}

impl Reason {
    /// The reason as a stable word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::DatabaseNotWritable => "database_not_writable",
            Self::NoTip => "no_tip",
            Self::TipTooOld { .. } => "tip_too_old",
            Self::NoBackup => "no_backup",
            Self::BackupTooOld { .. } => "backup_too_old",
            Self::ClockNotConfirmed => "clock_not_confirmed",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DatabaseNotWritable => f.write_str("the database cannot be written"),
            Self::NoTip => f.write_str("there is no block"),
            Self::TipTooOld { slots } => {
                write!(f, "the newest block is {slots} slots old (limit {TIP_AGE_LIMIT_SLOTS})")
            }
            Self::NoBackup => f.write_str("there is no verified backup"),
            Self::BackupTooOld { age_s } => {
                let (minutes, limit) = (age_s / 60, BACKUP_AGE_LIMIT_S / 60);
                write!(f, "the last verified backup is {minutes} minutes old (limit {limit})")
            }
            Self::ClockNotConfirmed => {
                f.write_str("the clock needs the operator's confirmation before an epoch can end")
            }
        }
    }
}

/// Judges readings.
pub fn judge(readings: &Readings) -> Verdict {
    let database = (!readings.db_rw).then_some(Reason::DatabaseNotWritable);
    let clock = (!readings.clock_confirmed).then_some(Reason::ClockNotConfirmed);
    let reasons: Vec<Reason> = [database, judge_tip(readings), judge_backup(readings), clock]
        .into_iter()
        .flatten()
        .collect();
    Verdict { ok: reasons.is_empty(), reasons }
}

const fn judge_tip(readings: &Readings) -> Option<Reason> {
    match readings.tip_age_slots {
        None => Some(Reason::NoTip),
        Some(slots) if slots >= TIP_AGE_LIMIT_SLOTS => Some(Reason::TipTooOld { slots }),
        Some(_) => None,
    }
}

const fn judge_backup(readings: &Readings) -> Option<Reason> {
    if !readings.backups_enabled {
        return None;
    }
    match readings.backup_age_s {
        Some(age_s) if age_s > BACKUP_AGE_LIMIT_S => Some(Reason::BackupTooOld { age_s }),
        // A node that has just started has had no time to make one.
        None if readings.uptime_s >= BACKUP_AGE_LIMIT_S => Some(Reason::NoBackup),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Readings = Readings {
        db_rw: true,
        tip_age_slots: Some(0),
        backups_enabled: true,
        backup_age_s: Some(60),
        uptime_s: 100_000,
        clock_confirmed: true,
    };

    /// What one look finds; at most one thing, as these tests change one figure at a time.
    fn reason(readings: Readings) -> Option<Reason> {
        let verdict = judge(&readings);
        assert_eq!(verdict.ok, verdict.reasons.is_empty());
        assert!(verdict.reasons.len() <= 1, "{verdict:?}");
        verdict.reasons.first().copied()
    }

    #[test]
    fn a_healthy_node_is_healthy() {
        assert_eq!(reason(WELL), None);
    }

    #[test]
    fn the_database_goes_bad_and_good_again() {
        assert_eq!(reason(Readings { db_rw: false, ..WELL }), Some(Reason::DatabaseNotWritable));
        assert_eq!(reason(Readings { db_rw: true, ..WELL }), None);
    }

    #[test]
    fn the_tip_goes_bad_at_five_slots_and_good_again() {
        let tip = |tip_age_slots| reason(Readings { tip_age_slots, ..WELL });
        assert_eq!(tip(Some(4)), None);
        assert_eq!(tip(Some(5)), Some(Reason::TipTooOld { slots: 5 }));
        assert_eq!(tip(Some(u64::MAX)), Some(Reason::TipTooOld { slots: u64::MAX }));
        assert_eq!(tip(None), Some(Reason::NoTip));
        assert_eq!(tip(Some(0)), None);
    }

    #[test]
    fn a_backup_goes_bad_behind_two_hours_and_good_again() {
        let backup = |age| reason(Readings { backup_age_s: age, ..WELL });
        assert_eq!(backup(Some(7_200)), None);
        assert_eq!(backup(Some(7_201)), Some(Reason::BackupTooOld { age_s: 7_201 }));
        assert_eq!(backup(Some(0)), None);
    }

    #[test]
    fn an_unknown_backup_counts_once_the_node_has_run_for_two_hours() {
        let unknown = |uptime_s| reason(Readings { backup_age_s: None, uptime_s, ..WELL });
        assert_eq!(unknown(0), None);
        assert_eq!(unknown(7_199), None);
        assert_eq!(unknown(7_200), Some(Reason::NoBackup));
    }

    #[test]
    fn backups_that_are_switched_off_do_not_count() {
        let off = Readings { backups_enabled: false, ..WELL };
        assert_eq!(reason(Readings { backup_age_s: None, ..off }), None);
        assert_eq!(reason(Readings { backup_age_s: Some(u64::MAX), ..off }), None);
    }

    #[test]
    fn the_clock_goes_bad_and_good_again() {
        let clock = |clock_confirmed| reason(Readings { clock_confirmed, ..WELL });
        assert_eq!(clock(false), Some(Reason::ClockNotConfirmed));
        assert_eq!(clock(true), None);
    }

    #[test]
    fn every_reason_is_named_at_once() {
        let readings = Readings {
            db_rw: false,
            tip_age_slots: Some(9),
            backups_enabled: true,
            backup_age_s: None,
            uptime_s: 7_200,
            clock_confirmed: false,
        };
        let verdict = judge(&readings);
        let codes: Vec<&str> = verdict.reasons.iter().map(Reason::code).collect();
        let expected = ["database_not_writable", "tip_too_old", "no_backup", "clock_not_confirmed"];
        assert_eq!((verdict.ok, codes), (false, expected.to_vec()));
    }

    #[test]
    fn reasons_are_fragments_with_their_figures() {
        let text = Reason::TipTooOld { slots: 7 }.to_string();
        assert_eq!(text, "the newest block is 7 slots old (limit 5)");
        let text = Reason::BackupTooOld { age_s: 9_000 }.to_string();
        assert_eq!(text, "the last verified backup is 150 minutes old (limit 120)");
    }
}
