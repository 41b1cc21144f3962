//! `node verify`: recomputes a ledger from block 0, beside a running node or without one.
//!
//! One thread executes the blocks, the others verify signatures; what they cannot take, the first
//! one verifies itself, so that all cores are busy and little waits.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use ledger::apply::Law;
use ledger::audit::{Audit, check_signatures};
use ledger::replay::ReplayError;
use ledger::store::sqlite::SqliteStore;
use ledger::store::{LoggedBlock, StoreError};
use parking_lot::Mutex;

pub use ledger::audit::{AuditError, AuditReport, AuditTotals};

/// Groups that wait for their signatures to be verified. A group holds at most 4,096 commands, and
/// a block that waits is kept whole.
const WAITING: usize = 16;

/// Told while a ledger is verified: what is done, and how much there is.
pub type VerifyProgress<'p> = &'p mut dyn FnMut(&AuditReport, AuditTotals);

/// Why a ledger does not verify.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// What recomputing found.
    #[error("{0}")]
    Audit(#[from] AuditError),
    /// The database's own check found something.
    #[error("{0}")]
    Structure(StoreError),
    /// Both: they have one cause.
    #[error("{audit}; and {structure}")]
    Both {
        /// What recomputing found.
        audit: AuditError,
        /// What the database's own check found.
        structure: StoreError,
    },
}

/// One group of a block.
type Task = (Arc<LoggedBlock>, usize);

/// The lowest fault of a signature that was found so far.
type Found = Mutex<Option<ReplayError>>;

/// Checks the ledger of a folder. Nothing is written.
pub fn verify(data_dir: &Path, progress: VerifyProgress<'_>) -> Result<AuditReport, VerifyError> {
    let reads = SqliteStore::at(data_dir).open_reads().map_err(AuditError::from)?;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let (audited, structure) = thread::scope(|scope| {
        let structure = scope.spawn(|| reads.check_structure());
        let audited = Audit::begin(reads.as_ref())
            .and_then(|audit| audit_on(cores.saturating_sub(1), audit, progress));
        (audited, structure.join().expect("checking the structure does not panic"))
    });
    match (audited, structure) {
        (Ok(report), Ok(())) => Ok(report),
        (Ok(_) | Err(AuditError::Store(_)), Err(structure)) => {
            Err(VerifyError::Structure(structure))
        }
        (Err(audit), Ok(())) => Err(audit.into()),
        (Err(audit), Err(structure)) => Err(VerifyError::Both { audit, structure }),
    }
}

/// Executes all blocks while `helpers` threads verify signatures.
fn audit_on(
    helpers: usize,
    mut audit: Audit,
    progress: VerifyProgress<'_>,
) -> Result<AuditReport, AuditError> {
    let law = audit.law();
    let found = Found::default();
    let (tasks, waiting) = sync_channel::<Task>(WAITING);
    let waiting = Mutex::new(waiting);
    let executed = thread::scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(|| help(&waiting, &law, &found));
        }
        // Dropped at the end, so that the helpers finish what waits.
        let tasks = tasks;
        execute_all(&mut audit, &tasks, &law, &found, progress)
    });
    // A block's signatures are looked at before it is executed, so none of a lower block is open.
    let of_signatures = found.into_inner().map(AuditError::from);
    match (of_signatures, executed) {
        (None, Ok(())) => audit.finish(),
        (None, Err(executed)) => Err(executed),
        (Some(signature), _) => Err(signature),
    }
}

/// Executes blocks until there are no more, one is wrong, or a signature was found to be.
fn execute_all(
    audit: &mut Audit,
    tasks: &SyncSender<Task>,
    law: &Law,
    found: &Found,
    progress: VerifyProgress<'_>,
) -> Result<(), AuditError> {
    while let Some(block) = audit.next_block()? {
        let block = Arc::new(block);
        for group in 0..block.groups.len() {
            match tasks.try_send((Arc::clone(&block), group)) {
                Ok(()) => {}
                Err(TrySendError::Full(task) | TrySendError::Disconnected(task)) => {
                    look_at(&task, law, found);
                }
            }
        }
        audit.execute(&block)?;
        if found.lock().is_some() {
            break;
        }
        progress(audit.so_far(), audit.totals());
    }
    Ok(())
}

fn help(waiting: &Mutex<Receiver<Task>>, law: &Law, found: &Found) {
    loop {
        let task = waiting.lock().recv();
        let Ok(task) = task else { return };
        look_at(&task, law, found);
    }
}

fn look_at((block, group): &Task, law: &Law, found: &Found) {
    let Some(group) = block.groups.get(*group) else { return };
    let Err(error) = check_signatures(group, law) else { return };
    let mut found = found.lock();
    if found.as_ref().is_none_or(|known| place(&error) < place(known)) {
        *found = Some(error);
    }
}

/// Where in the log a fault is: the block, and within it the command.
fn place(error: &ReplayError) -> (u64, u64) {
    match error {
        ReplayError::Command { height, command, .. } => (*height, *command),
        ReplayError::Chain { height, first_command } => (*height, *first_command),
        _ => (error.height().unwrap_or(0), 0),
    }
}
