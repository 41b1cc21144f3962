//! `node verify`: recomputes a ledger from block 0, beside a running node or without one.

use std::path::Path;

use ledger::audit::audit;
use ledger::store::sqlite::SqliteStore;

pub use ledger::audit::{AuditError, AuditReport};

/// Checks the ledger of a folder. Nothing is written. `progress` is told the block and the last
/// one.
pub fn verify(
    data_dir: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<AuditReport, AuditError> {
    let reads = SqliteStore::at(data_dir).open_reads()?;
    audit(reads.as_ref(), progress)
}
