//! Finding a transfer by its id without inserting at random places.
//!
//! The ids of a block are sorted and written as one run; eight runs of a level are merged into one
//! of the next. Every write goes to the end of a table, and a search looks at a few runs. A search
//! yields candidates: the first 63 bits of an id and the movement they belong to.

use protocol::transfer::TxId;
use rusqlite::{Connection, params};

use super::{int, number, rolled_back, unreadable};
use crate::store::StoreError;

/// Runs of a level that are merged into one of the next.
const FAN_IN: usize = 8;

/// Runs of this level and above are not merged: eight to the sixth blocks' ids are enough for one.
const TOP_LEVEL: u32 = 5;

/// Entries of a chunk; a chunk fits into a quarter of 4,096 bytes, so rows stay on their page.
const CHUNK_ENTRIES: usize = 56;

/// Bytes of an entry: prefix of the id, number of the movement.
const ENTRY_BYTES: usize = 16;

/// The first 63 bits of an id, and the movement.
pub(super) type Entry = (u64, u64);

/// The part of an id that an entry keeps.
pub(super) fn prefix(tx_id: &TxId) -> u64 {
    let first = tx_id.as_bytes().first_chunk::<8>().copied().unwrap_or_default();
    u64::from_be_bytes(first) >> 1
}

/// The runs that adding leads to, without their entries; for those who check an index.
#[derive(Debug, Default)]
pub(super) struct Runs(Vec<(u32, u64)>);

impl Runs {
    /// Runs that are there already: level and entries, in the order in which they were written.
    pub(super) const fn of(order: Vec<(u32, u64)>) -> Self {
        Self(order)
    }

    /// A block with so many ids is added.
    pub(super) fn add(&mut self, entries: u64) {
        if entries == 0 {
            return;
        }
        self.0.push((0, entries));
        for level in 0..TOP_LEVEL {
            let merged = self.0.iter().rev().take_while(|run| run.0 == level).count();
            if merged < FAN_IN {
                break;
            }
            let newest = self.0.split_off(self.0.len().saturating_sub(merged));
            let entries = newest.iter().map(|run| run.1).fold(0, u64::saturating_add);
            self.0.push((level.saturating_add(1), entries));
        }
    }

    /// Level and entries of every run, in the order in which they were written.
    pub(super) fn in_order(&self) -> &[(u32, u64)] {
        &self.0
    }
}

/// Adds the ids of a block, in the transaction that `connection` has open.
pub(super) fn add(
    connection: &Connection,
    ids: impl Iterator<Item = (TxId, u64)>,
) -> Result<(), StoreError> {
    let mut entries: Vec<Entry> = ids.map(|(tx_id, movement)| (prefix(&tx_id), movement)).collect();
    if entries.is_empty() {
        return Ok(());
    }
    entries.sort_unstable();
    write_run(connection, 0, &entries)?;
    let mut level = 0;
    while level < TOP_LEVEL {
        let runs = runs_of(connection, level)?;
        if runs.len() < FAN_IN {
            break;
        }
        merge(connection, &runs, level.saturating_add(1))?;
        level = level.saturating_add(1);
    }
    Ok(())
}

fn runs_of(connection: &Connection, level: u32) -> Result<Vec<u64>, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT run FROM tx_runs WHERE level = ? ORDER BY run")
        .map_err(rolled_back)?;
    let runs = query.query_map([level], |row| number(row, 0)).map_err(rolled_back)?;
    runs.collect::<Result<_, _>>().map_err(rolled_back)
}

fn write_run(connection: &Connection, level: u32, entries: &[Entry]) -> Result<(), StoreError> {
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    connection
        .prepare_cached("INSERT INTO tx_runs (level, entries) VALUES (?, ?)")
        .and_then(|mut insert| insert.execute(params![level, int(count)]))
        .map_err(rolled_back)?;
    let run = connection.last_insert_rowid();
    let mut insert = connection
        .prepare_cached("INSERT INTO tx_chunks (run, first, body) VALUES (?, ?, ?)")
        .map_err(rolled_back)?;
    for chunk in chunks_of(entries) {
        let mut body = Vec::with_capacity(chunk.len().saturating_mul(ENTRY_BYTES));
        for (prefix, movement) in chunk {
            body.extend_from_slice(&prefix.to_be_bytes());
            body.extend_from_slice(&movement.to_be_bytes());
        }
        let first = chunk.first().map_or(0, |(prefix, _)| *prefix);
        insert.execute(params![run, int(first), body]).map_err(rolled_back)?;
    }
    Ok(())
}

/// Chunks that never split entries of one prefix, so that the first prefix names a chunk.
fn chunks_of(entries: &[Entry]) -> Vec<&[Entry]> {
    let mut chunks = Vec::new();
    let mut rest = entries;
    while !rest.is_empty() {
        let mut end = CHUNK_ENTRIES.min(rest.len());
        let last = end.checked_sub(1).and_then(|index| rest.get(index)).map(|(prefix, _)| *prefix);
        while rest.get(end).map(|(prefix, _)| *prefix) == last && end < rest.len() {
            end = end.saturating_add(1);
        }
        let (chunk, behind) = rest.split_at(end);
        chunks.push(chunk);
        rest = behind;
    }
    chunks
}

fn merge(connection: &Connection, runs: &[u64], level: u32) -> Result<(), StoreError> {
    let mut entries = Vec::new();
    for run in runs {
        let mut query = connection
            .prepare_cached("SELECT body FROM tx_chunks WHERE run = ? ORDER BY first")
            .map_err(rolled_back)?;
        let bodies = query.query_map([int(*run)], |row| row.get::<_, Vec<u8>>(0));
        for body in bodies.map_err(rolled_back)? {
            entries.extend(entries_of(&body.map_err(rolled_back)?));
        }
        for table in ["DELETE FROM tx_chunks WHERE run = ?", "DELETE FROM tx_runs WHERE run = ?"] {
            connection
                .prepare_cached(table)
                .and_then(|mut delete| delete.execute([int(*run)]))
                .map_err(rolled_back)?;
        }
    }
    entries.sort_unstable();
    write_run(connection, level, &entries)
}

/// The entries of a chunk.
pub(super) fn entries_of(body: &[u8]) -> impl Iterator<Item = Entry> + '_ {
    body.chunks_exact(ENTRY_BYTES).filter_map(|entry| {
        let (prefix, movement) = entry.split_first_chunk::<8>()?;
        let movement = movement.first_chunk::<8>()?;
        Some((u64::from_be_bytes(*prefix), u64::from_be_bytes(*movement)))
    })
}

/// Movements whose transaction id may be this one.
pub(super) fn candidates(connection: &Connection, tx_id: &TxId) -> Result<Vec<u64>, StoreError> {
    let wanted = prefix(tx_id);
    let mut runs = connection
        .prepare_cached("SELECT run FROM tx_runs ORDER BY run DESC")
        .map_err(unreadable)?;
    let mut chunk = connection
        .prepare_cached(
            "SELECT body FROM tx_chunks WHERE run = ? AND first <= ? ORDER BY first DESC LIMIT 1",
        )
        .map_err(unreadable)?;
    let runs = runs.query_map([], |row| row.get::<_, i64>(0)).map_err(unreadable)?;
    let mut found = Vec::new();
    for run in runs {
        let run = run.map_err(unreadable)?;
        let bodies = chunk
            .query_map(params![run, int(wanted)], |row| row.get::<_, Vec<u8>>(0))
            .map_err(unreadable)?;
        for body in bodies {
            let body = body.map_err(unreadable)?;
            let entries = entries_of(&body).filter(|(prefix, _)| *prefix == wanted);
            found.extend(entries.map(|(_, movement)| movement));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::migrate::DERIVED;
    use super::*;

    fn id(seed: u64) -> TxId {
        // A multiplicative hash scatters the ids over the whole range.
        let scattered = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        let mut bytes = [0_u8; 16];
        bytes[..8].copy_from_slice(&scattered);
        TxId::from_bytes(bytes)
    }

    #[test]
    fn every_id_is_found_in_whatever_run_it_ended_up() {
        let mut connection = Connection::open_in_memory().unwrap();
        DERIVED.migrate(&mut connection).unwrap();
        let mut movement = 0_u64;
        for block in 0..100_u64 {
            let ids: Vec<(TxId, u64)> = (0..=(block * 7) % 90)
                .map(|_| {
                    movement += 1;
                    (id(movement), movement)
                })
                .collect();
            add(&connection, ids.into_iter()).unwrap();
        }
        let runs: u32 =
            connection.query_row("SELECT count(*) FROM tx_runs", [], |row| row.get(0)).unwrap();
        assert!(runs < 24, "{runs} runs");
        for number in 1..=movement {
            assert_eq!(candidates(&connection, &id(number)).unwrap(), [number]);
        }
        assert_eq!(candidates(&connection, &id(movement + 1)).unwrap(), Vec::<u64>::new());
    }

    #[test]
    fn equal_prefixes_stay_together() {
        let mut connection = Connection::open_in_memory().unwrap();
        DERIVED.migrate(&mut connection).unwrap();
        add(&connection, (1..=200).map(|movement| (id(5), movement))).unwrap();
        assert_eq!(candidates(&connection, &id(5)).unwrap().len(), 200);
    }
}
