//! `node prune`: takes the bodies of old blocks out of a ledger that no node has open.

use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ledger::prune::{PrunePlan, Pruning};
use ledger::store::sqlite::{Sizes, SqliteStore};
use rustix::fs::statvfs;

pub use ledger::prune::PruneStep;

use super::{BootError, DataFolder};

/// Room that is left free in any case.
const SPARE_BYTES: u64 = 16 << 20;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct PruneOptions {
    /// The node's folder.
    pub data_dir: PathBuf,
    /// Full epochs before the running one that are kept.
    pub keep_epochs: u64,
    /// Where the bodies are kept instead; a file that is not there yet.
    pub archive: Option<PathBuf>,
}

/// A pruning that can be carried out. The folder is taken until it is dropped.
#[derive(Debug)]
pub struct PlannedPrune {
    options: PruneOptions,
    pruning: Pruning,
    plan: Option<PrunePlan>,
    unfinished: Option<Sizes>,
    _lock: File,
}

/// What became of it, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PruneReport {
    /// The log before.
    pub log_before: u64,
    /// The log after.
    pub log_after: u64,
    /// The snapshot.
    pub snapshot: u64,
}

/// Finds out what there is to prune. Nothing is changed.
pub fn plan_prune(options: PruneOptions) -> Result<PlannedPrune, BootError> {
    let folder = DataFolder::at(&options.data_dir);
    let store = SqliteStore::at(folder.path());
    if !store.exists() {
        let missing = folder.path().display().to_string();
        return Err(ledger::store::StoreError::Missing(missing).into());
    }
    let lock = folder.lock()?;
    let pruning = Pruning::open(&store)?;
    let unfinished = pruning.unfinished()?;
    let plan = pruning.plan(options.keep_epochs)?;
    Ok(PlannedPrune { options, pruning, plan, unfinished, _lock: lock })
}

impl PlannedPrune {
    /// What goes; `None` when there is nothing old enough.
    pub const fn plan(&self) -> Option<&PrunePlan> {
        self.plan.as_ref()
    }

    /// What an interrupted pruning has left to remove.
    pub const fn unfinished(&self) -> Option<&Sizes> {
        self.unfinished.as_ref()
    }

    /// Room that carrying it out takes in the node's folder for a time: the snapshot, which is
    /// smaller than the derived tables, and the log as it will be, beside the log as it is.
    pub fn needed_bytes(&self) -> u64 {
        let (log, derived) = self.pruning.bytes();
        let going = self.plan.as_ref().map(|plan| plan.sizes).or(self.unfinished);
        let staying = log.saturating_sub(going.map_or(0, |sizes| sizes.bodies));
        derived.saturating_add(staying).saturating_add(SPARE_BYTES)
    }

    fn check_room(&self) -> Result<(), BootError> {
        let folder = &self.options.data_dir;
        let mut needed = self.needed_bytes();
        if let (Some(archive), Some(_)) = (&self.options.archive, &self.plan) {
            let beside = archive.parent().filter(|parent| !parent.as_os_str().is_empty());
            let beside = beside.unwrap_or_else(|| Path::new("."));
            let size = self.pruning.bytes().0.saturating_add(SPARE_BYTES);
            if device(folder)? == device(beside)? {
                needed = needed.saturating_add(size);
            } else {
                require_room(beside, size)?;
            }
        }
        require_room(folder, needed)
    }
}

fn device(path: &Path) -> Result<u64, BootError> {
    let failed = |source| BootError::Io { path: path.to_owned(), source };
    Ok(path.metadata().map_err(failed)?.dev())
}

fn require_room(path: &Path, needed: u64) -> Result<(), BootError> {
    let failed =
        |error: rustix::io::Errno| BootError::Io { path: path.to_owned(), source: error.into() };
    let stat = statvfs(path).map_err(failed)?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    if free >= needed {
        return Ok(());
    }
    Err(BootError::NoRoom { path: path.to_owned(), free, needed })
}

/// Carries it out: completes what was begun, then prunes what is planned.
pub fn carry_out_prune(
    planned: PlannedPrune,
    progress: &mut dyn FnMut(PruneStep),
) -> Result<PruneReport, BootError> {
    planned.check_room()?;
    let mut watch = |step| {
        progress(step);
        Ok(())
    };
    let log_before = planned.pruning.bytes().0;
    let height = planned.plan.as_ref().map(|plan| plan.height);
    if let Some(plan) = &planned.plan {
        planned.pruning.carry_out(plan, planned.options.archive.as_deref(), &mut watch)?;
    } else {
        planned.pruning.complete(&mut watch)?;
    }
    let length = |name: &str| {
        std::fs::metadata(planned.options.data_dir.join(name)).map_or(0, |file| file.len())
    };
    let snapshot = height.map_or(0, |height| length(&format!("snapshot-{height}.db")));
    Ok(PruneReport { log_before, log_after: length("log.db"), snapshot })
}
