//! Are the derived tables what the log gives? As far as they reach: they follow the log.

use protocol::encoding::Hash;

use super::AuditError;
use crate::changes::{AttestationRecord, BlockChanges, EpochRecord};
use crate::seal::Tip;
use crate::state::{Movement, Rows, State};
use crate::store::Reads;

/// Movements compared at a time.
const COMPARED_AT_ONCE: usize = 4_096;

/// The derived tables at the moment when an audit began.
pub(super) struct DerivedBooks<'r> {
    reads: &'r dyn Reads,
    mark: Tip,
    state: State,
}

impl<'r> DerivedBooks<'r> {
    /// Reads the state at the mark; `None` when there are no derived tables.
    pub(super) fn load(reads: &'r dyn Reads) -> Result<Option<Self>, AuditError> {
        Ok(reads.derived_state()?.map(|(mark, state)| Self { reads, mark, state }))
    }

    /// The block that they stand at.
    pub(super) const fn height(&self) -> u64 {
        self.mark.height
    }

    /// Compares what a block did, and at the mark everything that it left behind.
    pub(super) fn check(
        &self,
        height: u64,
        header_hash: Hash,
        changes: &BlockChanges,
        state: &State,
    ) -> Result<(), AuditError> {
        if height > self.mark.height {
            return Ok(());
        }
        check_movements(self.reads, &changes.movements)?;
        check_attestations(self.reads, &changes.attestations)?;
        check_epochs(self.reads, &changes.epochs)?;
        if height < self.mark.height {
            return Ok(());
        }
        if header_hash != self.mark.hash {
            return Err(AuditError::Mark(height));
        }
        check_state(&self.state, state)
    }
}

fn check_movements(reads: &dyn Reads, movements: &[Movement]) -> Result<(), AuditError> {
    for chunk in movements.chunks(COMPARED_AT_ONCE) {
        let Some(first) = chunk.first() else { continue };
        let derived = reads.movements_from(first.number, chunk.len())?;
        for (index, movement) in chunk.iter().enumerate() {
            if derived.get(index) != Some(movement) {
                return Err(AuditError::Movement(movement.number));
            }
            if let Some(tx_id) = &movement.tx_id {
                let found = reads.movement_of(tx_id)?;
                if found.map(|found| found.number) != Some(movement.number) {
                    return Err(AuditError::TxIndex(movement.number));
                }
            }
        }
    }
    Ok(())
}

fn check_attestations(reads: &dyn Reads, records: &[AttestationRecord]) -> Result<(), AuditError> {
    for record in records {
        let without_body = AttestationRecord { body: [].into(), ..record.clone() };
        if reads.attestation(record.number)? != Some(without_body) {
            return Err(AuditError::Attestation(record.number));
        }
    }
    Ok(())
}

/// Compares epochs that are settled; the record of one that is being paid may have moved on.
fn check_epochs(reads: &dyn Reads, records: &[EpochRecord]) -> Result<(), AuditError> {
    for record in records.iter().filter(|record| record.settled_at.is_some()) {
        if reads.epoch(record.first.0)? != Some(*record) {
            return Err(AuditError::Epoch(record.first.0));
        }
    }
    Ok(())
}

/// Compares every row that rules read.
fn check_state(derived: &State, replayed: &State) -> Result<(), AuditError> {
    let whole = [
        ("counters", derived.counters == replayed.counters),
        ("used challenges", derived.challenges == replayed.challenges),
    ];
    if let Some((table, _)) = whole.into_iter().find(|(_, equal)| !equal) {
        return Err(AuditError::DerivedRow { table, number: 0 });
    }
    check_rows("accounts", &derived.accounts, &replayed.accounts)?;
    check_slices("account holders", &derived.holders, &replayed.holders)?;
    check_rows("miners", &derived.miners, &replayed.miners)?;
    check_rows("machines", &derived.machines, &replayed.machines)?;
    check_rows("names", &derived.names, &replayed.names)?;
    check_rows("idempotency keys", &derived.idempotent, &replayed.idempotent)?;
    check_rows("enrolments", &derived.enrolments, &replayed.enrolments)?;
    check_slices("frozen enrolments", &derived.frozen, &replayed.frozen)
}

fn check_rows<R: PartialEq>(
    table: &'static str,
    derived: &Rows<R>,
    replayed: &Rows<R>,
) -> Result<(), AuditError> {
    check_slices(table, derived.as_slice(), replayed.as_slice())
}

fn check_slices<R: PartialEq>(
    table: &'static str,
    derived: &[R],
    replayed: &[R],
) -> Result<(), AuditError> {
    let rows = derived.len().max(replayed.len());
    match (0..rows).find(|number| derived.get(*number) != replayed.get(*number)) {
        Some(number) => Err(AuditError::DerivedRow { table, number }),
        None => Ok(()),
    }
}
