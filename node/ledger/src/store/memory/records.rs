//! Checks of books in memory. Nobody writes while they are checked.

use protocol::encoding::Encode as _;

use super::{MemoryStore, Reads as _};
use crate::seal::{ClosedBlock, Seal, Tip};
use crate::state::State;
use crate::store::{
    CheckError, Fault, Founding, LogCounts, LoggedBlock, Pruned, Records, StoreError, WrongRow,
};

/// Books in memory, and the block that their derived tables stand at.
#[derive(Debug)]
pub(super) struct MemoryRecords {
    pub(super) store: MemoryStore,
    pub(super) mark: Option<Tip>,
}

impl Records for MemoryRecords {
    fn founding(&self) -> Result<Founding, StoreError> {
        self.store.founding()
    }

    fn counts(&self) -> Result<LogCounts, StoreError> {
        let books = self.store.books.lock();
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let newest = books.groups.last_key_value().map(|(_, group)| {
            group.first_command.saturating_add(u64::from(group.commands)).saturating_sub(1)
        });
        Ok(LogCounts {
            opens: count(books.opens.len()),
            groups: count(books.groups.len()),
            seals: count(books.seals.len()),
            commands: newest.unwrap_or(0),
        })
    }

    fn last_height(&self) -> Result<Option<u64>, StoreError> {
        self.store.last_height()
    }

    fn block(&self, height: u64) -> Result<Option<LoggedBlock>, StoreError> {
        self.store.block(height)
    }

    fn seal(&self, height: u64) -> Result<Option<Seal>, StoreError> {
        self.store.seal(height)
    }

    fn pruned(&self) -> Option<&Pruned> {
        None
    }

    fn start_at_snapshot(&mut self) -> Result<Option<State>, StoreError> {
        Ok(None)
    }

    fn mark(&self) -> Option<&Tip> {
        self.mark.as_ref()
    }

    fn check_block(&mut self, closed: &ClosedBlock) -> Result<(), CheckError> {
        let books = self.store.books.lock();
        let tables = &books.derived;
        let changes = &closed.changes;
        for movement in changes.movements.iter() {
            require(
                "movements",
                movement.number,
                tables.movements.get(&movement.number) == Some(movement),
            )?;
            let found = movement.tx_id.is_none_or(|tx_id| {
                tables.tx_ids.get(&tx_id) == Some(&movement.number)
                    && tables.transfers.get(&movement.transfer_number) == Some(&movement.number)
            });
            require("ids", movement.number, found)?;
        }
        for record in &changes.attestations {
            let found = tables.attestations.get(&record.number);
            let equal = found.is_some_and(|found| {
                let body = std::sync::Arc::clone(&found.body);
                *found == crate::changes::AttestationRecord { body, ..record.clone() }
            });
            require("attestations", record.number, equal)?;
        }
        for record in changes.epochs.iter().filter(|record| record.settled_at.is_some()) {
            require("epochs", record.first.0, tables.epochs.get(&record.first.0) == Some(record))?;
        }
        Ok(())
    }

    fn check_state(&mut self, state: &State) -> Result<(), CheckError> {
        let Some((_, derived)) = self.store.derived_state()? else { return Ok(()) };
        let encoded = |state: &State| {
            let accounts = state.holders.iter().zip(state.accounts.iter());
            [
                ("accounts", accounts.map(|row| format!("{row:?}")).collect::<Vec<_>>()),
                ("miners", state.miners.iter().map(|row| format!("{row:?}")).collect()),
                ("machines", state.machines.iter().map(|row| format!("{row:?}")).collect()),
                ("names", state.names.iter().map(|row| format!("{row:?}")).collect()),
                (
                    "idempotency keys",
                    state.idempotent.iter().map(|row| format!("{row:?}")).collect(),
                ),
                ("enrolments", state.enrolments.iter().map(|row| format!("{row:?}")).collect()),
                ("frozen enrolments", state.frozen.iter().map(|row| format!("{row:?}")).collect()),
                ("counters", vec![format!("{:?}", state.counters.encoded())]),
                ("used challenges", vec![format!("{:?}", state.challenges.to_bytes())]),
            ]
        };
        for ((table, found), (_, expected)) in encoded(&derived).iter().zip(&encoded(state)) {
            let rows = found.len().max(expected.len());
            for row in 0..rows {
                let number = u64::try_from(row).unwrap_or(u64::MAX);
                require(table, number, found.get(row) == expected.get(row))?;
            }
        }
        Ok(())
    }
}

fn require(table: &'static str, row: u64, equal: bool) -> Result<(), CheckError> {
    if equal {
        return Ok(());
    }
    let fault = Fault::Column("content");
    Err(WrongRow { table, row: row.to_string(), fault }.into())
}
