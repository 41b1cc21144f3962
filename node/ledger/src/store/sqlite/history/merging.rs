//! Merging runs into longer ones, and what becomes of runs that are damaged.

use std::ops::Range;

use rusqlite::{CachedStatement, Connection, OptionalExtension as _, TransactionBehavior};

use super::chunks::{ChunkFiller, Entry, entry_at, ids_of};
use super::runs::{Run, due_for_merging};
use super::{
    INSERT_CHUNK, damaged, empty_slot, insert_chunk, prepared, rolled_back, runs, write_run,
};
use crate::state::{AccountNumber, HistoryRow};
use crate::store::StoreError;

/// Merges runs until none are due, each time in a transaction of its own.
///
/// # Errors
/// `Corrupt` when chunks are not what they should be. All runs are forgotten then: they are made
/// anew from the rows of the movements, behind the blocks that follow.
pub(in crate::store::sqlite) fn tidy(connection: &mut Connection) -> Result<(), StoreError> {
    while due_for_merging(&runs(connection)?) > 0 {
        let merged = in_transaction(connection, merge_due);
        if let Err(StoreError::Corrupt(_)) = merged {
            in_transaction(connection, forget)?;
        }
        merged?;
    }
    Ok(())
}

fn in_transaction(
    connection: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(rolled_back)?;
    work(&transaction)?;
    transaction.commit().map_err(rolled_back)
}

fn merge_due(connection: &Connection) -> Result<(), StoreError> {
    let mut runs = runs(connection)?;
    let slot = empty_slot(connection, &runs)?;
    let merged = runs.split_off(runs.len().saturating_sub(due_for_merging(&runs)));
    merge(connection, &merged, slot)
}

pub(super) fn forget(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute_batch("DELETE FROM history_chunks; DELETE FROM history_runs")
        .map_err(rolled_back)
}

/// Merges neighbouring runs into one, oldest first; nothing comes of none.
fn merge(connection: &Connection, merged: &[Run], slot: u16) -> Result<(), StoreError> {
    let (Some(oldest), Some(newest)) = (merged.first(), merged.last()) else { return Ok(()) };
    let run = Run { slot, first: oldest.first, last: newest.last };
    let mut insert = prepared(connection, INSERT_CHUNK)?;
    let mut filler = ChunkFiller::new(run, |id, body| insert_chunk(&mut insert, id, body));
    let sources = merged.iter().map(|run| Source::of(connection, *run));
    let mut sources = sources.collect::<Result<Vec<_>, _>>()?;
    while let Some(account) = sources.iter().filter_map(|source| source.account).min() {
        // What is older has the lower numbers.
        for source in &mut sources {
            while let Some(entry) = source.entry().filter(|(owner, _)| *owner == account) {
                filler.push(entry)?;
                source.advance()?;
            }
        }
    }
    filler.finish()?;
    let mut delete = prepared(connection, "DELETE FROM history_runs WHERE slot = ?")?;
    for run in merged {
        delete.execute([run.slot]).map_err(rolled_back)?;
    }
    write_run(connection, run)
}

/// A run that is read from its beginning. Chunks are removed as they are read, so that the new run
/// is written where they were.
struct Source<'c> {
    run: Run,
    select: CachedStatement<'c>,
    delete: CachedStatement<'c>,
    /// The newest chunk that was read, and the last one that there may be.
    id: i64,
    last_id: i64,
    body: Vec<u8>,
    /// The account of the current entry; `None` at the end.
    account: Option<AccountNumber>,
    /// Where in the body its row is.
    row: Range<usize>,
    /// Account and movement of the current entry: the next one is behind it.
    key: Option<(AccountNumber, u64)>,
}

impl<'c> Source<'c> {
    fn of(connection: &'c Connection, run: Run) -> Result<Self, StoreError> {
        let select = "SELECT id, body FROM history_chunks WHERE id > ? AND id <= ? \
                      ORDER BY id LIMIT 1";
        let (first_id, last_id) = ids_of(run.slot);
        let mut source = Self {
            run,
            select: prepared(connection, select)?,
            delete: prepared(connection, "DELETE FROM history_chunks WHERE id = ?")?,
            id: first_id.saturating_sub(1),
            last_id,
            body: Vec::new(),
            account: None,
            row: 0..0,
            key: None,
        };
        source.advance()?;
        Ok(source)
    }

    fn entry(&self) -> Option<Entry<'_>> {
        Some((self.account?, self.body.get(self.row.clone())?))
    }

    /// On to the next entry, of the next chunk where this one is over.
    fn advance(&mut self) -> Result<(), StoreError> {
        let mut next = entry_at(&self.body, self.row.end).map_err(damaged)?;
        if next.is_none() && self.read_chunk()? {
            next = entry_at(&self.body, 0).map_err(damaged)?;
            if next.is_none() {
                return Err(self.out_of_order());
            }
        }
        self.account = next.as_ref().map(|(account, _)| *account);
        self.row = next.map_or(0..0, |(_, row)| row);
        self.check_order()
    }

    /// A chunk that was changed must not tear those behind it out of their order.
    fn check_order(&mut self) -> Result<(), StoreError> {
        let Some((account, row)) = self.entry() else { return Ok(()) };
        let number = HistoryRow::number_of(row).map_err(damaged)?;
        let key = Some((account, number));
        if key <= self.key || number < self.run.first || number > self.run.last {
            return Err(self.out_of_order());
        }
        self.key = key;
        Ok(())
    }

    fn out_of_order(&self) -> StoreError {
        StoreError::Corrupt(format!("a history: chunk {} is not in its order", self.id))
    }

    fn read_chunk(&mut self) -> Result<bool, StoreError> {
        let next = self
            .select
            .query_row([self.id, self.last_id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(rolled_back)?;
        let Some((id, body)) = next else {
            self.body.clear();
            return Ok(false);
        };
        self.delete.execute([id]).map_err(rolled_back)?;
        (self.id, self.body) = (id, body);
        Ok(true)
    }
}
