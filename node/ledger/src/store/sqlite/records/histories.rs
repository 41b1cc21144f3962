//! Histories: their runs, and that they hold every movement once for each of its accounts and nothing
//! else.
//!
//! As for the ids of transactions, what should be there is summed up in a number that does not
//! depend on the order, and an entry is looked for where the sums differ.

use protocol::encoding::{Reader, tagged_hash_of_parts};
use rusqlite::Connection;

use super::tables::count;
use super::{CheckError, Fault, unreadable, wrong};
use crate::state::{AccountNumber, HistoryRow, Movements};
use crate::store::StoreError;
use crate::store::sqlite::history::chunks::{Entry, entries_of, id_of, ids_of};
use crate::store::sqlite::history::runs::Run;
use crate::store::sqlite::history::{clustered_sides, damaged, oldest_movement, runs};
use crate::store::sqlite::reads::movement;

const RUNS: &str = "history_runs";
const CHUNKS: &str = "history_chunks";

/// What the histories should hold.
#[derive(Debug, Default)]
pub(super) struct ExpectedHistories {
    has_histories: bool,
    /// Runs as they were when the records were opened.
    runs: Vec<Run>,
    /// Movements up to this one stand in blocks that were pruned; nobody knows them any more.
    unknown: u64,
    sum: u128,
}

/// An entry's share in the sum.
fn share((account, row): Entry<'_>) -> u128 {
    let hash = tagged_hash_of_parts("rc/history-entry", &[&account.to_be_bytes(), row]);
    u128::from_be_bytes(hash.first_chunk().copied().unwrap_or_default())
}

impl ExpectedHistories {
    /// Nothing yet, of the histories in this file. One that an older program wrote has none.
    pub(super) fn in_file(connection: &Connection) -> Result<Self, StoreError> {
        let has_histories = connection.table_exists(None, RUNS).map_err(unreadable)?;
        let runs = if has_histories { runs(connection)? } else { Vec::new() };
        Ok(Self { has_histories, runs, ..Self::default() })
    }

    /// Movements up to this one are not compared.
    pub(super) const fn leave_out(&mut self, newest: u64) {
        self.unknown = newest;
    }

    /// The movements of the next block.
    pub(super) fn add_block(&mut self, movements: &Movements) {
        let covered = self.runs.last().map_or(0, |run| run.last);
        let mut row = Vec::new();
        for movement in movements.iter().filter(|movement| movement.number <= covered) {
            for account in clustered_sides(movement) {
                if let Some(seen) = movement.seen_by(account) {
                    row.clear();
                    seen.write(&mut row);
                    self.sum = self.sum.wrapping_add(share((account, &row)));
                }
            }
        }
    }

    /// Compares the histories with what was added, up to the newest movement.
    pub(super) fn check(&self, connection: &Connection, newest: u64) -> Result<(), CheckError> {
        if !self.has_histories {
            return Ok(());
        }
        self.check_runs(connection, newest)?;
        let (mut sum, mut chunks) = (0_u128, 0_u64);
        for run in &self.runs {
            let (shares, count) = self.check_run(connection, *run)?;
            sum = sum.wrapping_add(shares);
            chunks = chunks.saturating_add(count);
        }
        if count(connection, CHUNKS)? != chunks {
            return Err(wrong(CHUNKS, &"without a run", Fault::Extra));
        }
        if sum == self.sum { Ok(()) } else { Err(self.find_wrong_entry(connection)) }
    }

    /// Whether the runs lie end to end, from the oldest movement that there is.
    fn check_runs(&self, connection: &Connection, newest: u64) -> Result<(), CheckError> {
        let mut next = oldest_movement(connection)?.unwrap_or(1);
        for run in &self.runs {
            if run.first != next {
                return Err(wrong(RUNS, &run.slot, Fault::Column("first")));
            }
            if run.last > newest {
                return Err(wrong(RUNS, &run.slot, Fault::Column("last")));
            }
            next = run.last.saturating_add(1);
        }
        Ok(())
    }

    /// Whether the entries of a run ascend and its chunks are found; the sum of the entries that can
    /// be compared, and how many chunks there are.
    fn check_run(&self, connection: &Connection, run: Run) -> Result<(u128, u64), CheckError> {
        let (mut sum, mut chunks) = (0_u128, 0_u64);
        let mut before: Option<(AccountNumber, u64)> = None;
        for_each_chunk(connection, run, |id, body| {
            let bad = |column| Err(wrong(CHUNKS, &id, Fault::Column(column)));
            if body.is_empty() {
                return bad("body");
            }
            for (index, entry) in entries_of(body).enumerate() {
                let Some((key, entry)) = entry.ok().and_then(with_key) else { return bad("body") };
                let (account, number) = key;
                if index == 0 && id_of(run, account, number) != id {
                    return bad("id");
                }
                if before.is_some_and(|before| before >= key) {
                    return bad("body");
                }
                before = Some(key);
                if number < run.first || number > run.last {
                    let column = if number < run.first { "first" } else { "last" };
                    return Err(wrong(RUNS, &run.slot, Fault::Column(column)));
                }
                if number > self.unknown {
                    sum = sum.wrapping_add(share(entry));
                }
            }
            chunks = chunks.saturating_add(1);
            Ok(())
        })?;
        // Movement 1 is the supply, which the reserve alone has.
        if chunks == 0 && run.last > 1 {
            return Err(wrong(RUNS, &run.slot, Fault::Column("slot")));
        }
        Ok((sum, chunks))
    }

    /// The entry that is not what its movement looks like from its account.
    fn find_wrong_entry(&self, connection: &Connection) -> CheckError {
        let search = || -> Result<(), CheckError> {
            for run in &self.runs {
                for_each_chunk(connection, *run, |id, body| {
                    for entry in entries_of(body) {
                        let (account, row) = entry.map_err(damaged)?;
                        let number = HistoryRow::number_of(row).map_err(damaged)?;
                        let mut expected = Vec::new();
                        let found = movement(connection, number)?;
                        if let Some(seen) = found.and_then(|movement| movement.seen_by(account)) {
                            seen.write(&mut expected);
                        }
                        if expected != row {
                            return Err(wrong(CHUNKS, &id, Fault::Column("body")));
                        }
                    }
                    Ok(())
                })?;
            }
            Ok(())
        };
        match search() {
            Err(found) => found,
            Ok(()) => wrong(CHUNKS, &"of some run", Fault::Missing),
        }
    }
}

/// An entry with what it is sorted by; `None` when its row is none.
fn with_key((account, row): Entry<'_>) -> Option<((AccountNumber, u64), Entry<'_>)> {
    let mut reader = Reader::new(row);
    let read = HistoryRow::read(&mut reader).ok().filter(|_| reader.is_empty())?;
    Some(((account, read.number), (account, row)))
}

/// Looks at every chunk of a run.
fn for_each_chunk(
    connection: &Connection,
    run: Run,
    mut look: impl FnMut(i64, &[u8]) -> Result<(), CheckError>,
) -> Result<(), CheckError> {
    let (first, last) = ids_of(run.slot);
    let mut query = connection
        .prepare_cached("SELECT id, body FROM history_chunks WHERE id BETWEEN ? AND ? ORDER BY id")
        .map_err(unreadable)?;
    let mut rows = query.query([first, last]).map_err(unreadable)?;
    while let Some(row) = rows.next().map_err(unreadable)? {
        let body: Vec<u8> = row.get(1).map_err(unreadable)?;
        look(row.get(0).map_err(unreadable)?, &body)?;
    }
    Ok(())
}
