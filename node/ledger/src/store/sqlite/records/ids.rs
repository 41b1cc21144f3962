//! The index of transaction ids: its runs, and that it holds every id once and nothing else.
//!
//! What it should hold is summed up, entry by entry, in a number that does not depend on the order;
//! so memory does not grow with the ledger. Where the sums differ, the entry is looked for.

use protocol::encoding::tagged_hash;
use protocol::transfer::TxId;
use rusqlite::{Connection, OptionalExtension as _};

use super::tables::count;
use super::{CheckError, Fault, int, number, unreadable, wrong};
use crate::store::StoreError;
use crate::store::sqlite::tx_index::{Entry, Runs, entries_of, prefix};

/// What the index should hold.
#[derive(Debug, Default)]
pub(super) struct ExpectedIds {
    runs: Runs,
    sum: u128,
}

/// An entry's share in the sum.
fn share(entry: Entry) -> u128 {
    let bytes = [entry.0.to_be_bytes(), entry.1.to_be_bytes()].concat();
    let hash = tagged_hash("rc/id-entry", &bytes);
    u128::from_be_bytes(hash.first_chunk().copied().unwrap_or_default())
}

impl ExpectedIds {
    /// The ids of the next block.
    pub(super) fn add_block(&mut self, ids: impl Iterator<Item = (TxId, u64)>) {
        let mut entries = 0_u64;
        for (tx_id, movement) in ids {
            self.sum = self.sum.wrapping_add(share((prefix(&tx_id), movement)));
            entries = entries.saturating_add(1);
        }
        self.runs.add(entries);
    }

    /// What the index of a snapshot holds, to which later blocks are added.
    pub(super) fn of_snapshot(connection: &Connection) -> Result<Self, StoreError> {
        let (mut order, mut sum) = (Vec::new(), 0_u128);
        for (run, level, entries) in runs(connection)? {
            order.push((level, entries));
            for_each_chunk(connection, run, |_, body, _| {
                sum = entries_of(body).map(share).fold(sum, u128::wrapping_add);
                Ok::<(), StoreError>(())
            })?;
        }
        Ok(Self { runs: Runs::of(order), sum })
    }

    /// Compares the index with what was added. Movements of pruned blocks may be gone.
    pub(super) fn check(
        &self,
        connection: &Connection,
        some_are_gone: bool,
    ) -> Result<(), CheckError> {
        let found = runs(connection)?;
        let expected = self.runs.in_order();
        for (index, (run, level, entries)) in found.iter().enumerate() {
            let fault = match expected.get(index) {
                None => Fault::Extra,
                Some((expected, _)) if expected != level => Fault::Column("level"),
                Some((_, expected)) if expected != entries => Fault::Column("entries"),
                Some(_) => continue,
            };
            return Err(wrong("tx_runs", run, fault));
        }
        if found.len() < expected.len() {
            return Err(wrong("tx_runs", &found.len(), Fault::Missing));
        }
        let (mut sum, mut chunks) = (0_u128, 0_u64);
        for (run, _, entries) in &found {
            let (shares, count) = check_run(connection, *run, *entries)?;
            sum = sum.wrapping_add(shares);
            chunks = chunks.saturating_add(count);
        }
        if count(connection, "tx_chunks")? != chunks {
            return Err(wrong("tx_chunks", &"without a run", Fault::Extra));
        }
        if sum == self.sum { Ok(()) } else { Err(find_wrong_entry(connection, some_are_gone)) }
    }
}

/// Every run with its level and entries, in the order in which they were written.
fn runs(connection: &Connection) -> Result<Vec<(u64, u32, u64)>, StoreError> {
    let mut query = connection
        .prepare("SELECT run, level, entries FROM tx_runs ORDER BY run")
        .map_err(unreadable)?;
    let runs = query
        .query_map([], |row| Ok((number(row, 0)?, row.get(1)?, number(row, 2)?)))
        .map_err(unreadable)?;
    runs.collect::<Result<_, _>>().map_err(unreadable)
}

/// Looks at every chunk of a run, and says where it stands: the run and its first id.
fn for_each_chunk<E: From<StoreError>>(
    connection: &Connection,
    run: u64,
    mut look: impl FnMut(u64, &[u8], &str) -> Result<(), E>,
) -> Result<(), E> {
    let mut query = connection
        .prepare_cached("SELECT first, body FROM tx_chunks WHERE run = ? ORDER BY first")
        .map_err(unreadable)?;
    let mut rows = query.query([int(run)]).map_err(unreadable)?;
    while let Some(row) = rows.next().map_err(unreadable)? {
        let first = number(row, 0).map_err(unreadable)?;
        let body: Vec<u8> = row.get(1).map_err(unreadable)?;
        look(first, &body, &format!("{run}/{first}"))?;
    }
    Ok(())
}

/// Whether the entries of a run ascend and its chunks are found by their first id; the sum of the
/// entries, and how many chunks there are.
fn check_run(connection: &Connection, run: u64, expected: u64) -> Result<(u128, u64), CheckError> {
    let (mut sum, mut chunks, mut entries) = (0_u128, 0_u64, 0_u64);
    let mut before: Option<Entry> = None;
    for_each_chunk(connection, run, |first, body, place| {
        let bad = |column| Err(wrong("tx_chunks", &place, Fault::Column(column)));
        if entries_of(body).next().map(|entry| entry.0) != Some(first) {
            return bad("first");
        }
        // Entries of one id's beginning are never split, or they would not be found.
        let splits = before.is_some_and(|before| before.0 >= first);
        let whole = entries_of(body).count().checked_mul(16) == Some(body.len());
        if splits || !whole {
            return bad("body");
        }
        for entry in entries_of(body) {
            if before.is_some_and(|before| before >= entry) {
                return bad("body");
            }
            before = Some(entry);
            sum = sum.wrapping_add(share(entry));
            entries = entries.saturating_add(1);
        }
        chunks = chunks.saturating_add(1);
        Ok(())
    })?;
    if entries == expected {
        Ok((sum, chunks))
    } else {
        Err(wrong("tx_chunks", &format!("of run {run}"), Fault::Missing))
    }
}

/// The entry that names another movement than the one of its id.
fn find_wrong_entry(connection: &Connection, some_are_gone: bool) -> CheckError {
    let search = || -> Result<(), CheckError> {
        let mut movement = connection
            .prepare("SELECT tx_id FROM movement_rows WHERE number = ?")
            .map_err(unreadable)?;
        for (run, _, _) in runs(connection)? {
            for_each_chunk(connection, run, |_, body, place| {
                for (id, number) in entries_of(body) {
                    let found: Option<Option<[u8; 16]>> = movement
                        .query_row([int(number)], |row| row.get(0))
                        .optional()
                        .map_err(unreadable)?;
                    if some_are_gone && found.is_none() {
                        continue;
                    }
                    let theirs = found.flatten().map(TxId::from_bytes);
                    if theirs.map(|tx_id| prefix(&tx_id)) != Some(id) {
                        return Err(wrong("tx_chunks", &place, Fault::Column("body")));
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    };
    match search() {
        Err(found) => found,
        Ok(()) => wrong("tx_chunks", &"of some run", Fault::Missing),
    }
}
