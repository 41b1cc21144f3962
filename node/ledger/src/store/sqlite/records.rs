//! The two files at one moment, for those who check them: what should be in a row is computed from
//! the log and compared with what is there, column by column, as SQLite keeps it.

mod histories;
mod ids;
mod structure;
mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use protocol::encoding::Hash;
use protocol::epoch::{Calendar, EpochId};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Rows};

use self::histories::ExpectedHistories;
use self::ids::ExpectedIds;
use super::reads::{read_block, read_last_height, read_seal};
use super::{derived, int, log, number, snapshot, unreadable};
use crate::changes::{AttestationRecord, EpochRecord};
use crate::genesis::Genesis;
use crate::seal::{ClosedBlock, Seal, Tip};
use crate::state::State;
use crate::store::{
    CheckError, Fault, Founding, LogCounts, LoggedBlock, Pruned, Records, StoreError, WrongRow,
};

pub(super) use structure::check_file;

/// What a row should be: its columns in the order of the query.
type Columns<'v> = [(&'static str, ValueRef<'v>)];

/// The log and the derived tables, each in a read transaction that stays open.
#[derive(Debug)]
pub(super) struct SqliteRecords {
    folder: PathBuf,
    log: Connection,
    pruned: Option<Pruned>,
    derived: Option<(Connection, Tip)>,
    seen: Seen,
}

/// What blocks said of rows that later blocks replace: small, and compared at the mark.
#[derive(Debug, Default)]
struct Seen {
    calendar: Option<Calendar>,
    epochs: BTreeMap<EpochId, EpochRecord>,
    /// A miner's newest attestation, and the hash of what it sent.
    fingerprints: BTreeMap<u32, (u64, Hash)>,
    ids: ExpectedIds,
    histories: ExpectedHistories,
}

impl SqliteRecords {
    /// Begins to read; what is written from now on is not seen.
    pub(super) fn open(
        log: Connection,
        derived: Option<Connection>,
        folder: &Path,
    ) -> Result<Self, StoreError> {
        let derived = match derived {
            None => None,
            Some(connection) => {
                connection.execute_batch("BEGIN").map_err(unreadable)?;
                read_mark(&connection)?.map(|mark| (connection, mark))
            }
        };
        log.execute_batch("BEGIN").map_err(unreadable)?;
        // The transaction begins with the first thing that is read.
        let pruned = snapshot::read_pruned(&log)?;
        let folder = folder.to_owned();
        let histories = match &derived {
            Some((connection, _)) => ExpectedHistories::in_file(connection)?,
            None => ExpectedHistories::default(),
        };
        Ok(Self { folder, log, pruned, derived, seen: Seen { histories, ..Seen::default() } })
    }
}

impl Records for SqliteRecords {
    fn founding(&self) -> Result<Founding, StoreError> {
        log::read_founding(&self.log)
    }

    fn counts(&self) -> Result<LogCounts, StoreError> {
        let count = |sql: &str| self.log.query_row(sql, [], |row| number(row, 0));
        let counted = || -> rusqlite::Result<LogCounts> {
            Ok(LogCounts {
                opens: count("SELECT count(*) FROM opens")?,
                groups: self.log.query_row(
                    "SELECT count(*) FROM groups WHERE first_command >= coalesce(\
                     (SELECT first_command FROM opens WHERE height = ?), 0)",
                    [self.pruned.as_ref().map_or(0, |at| int(at.height.saturating_add(1)))],
                    |row| number(row, 0),
                )?,
                seals: count("SELECT count(*) FROM seals")?,
                commands: count(
                    "SELECT coalesce((SELECT first_command + commands - 1 FROM groups \
                     ORDER BY first_command DESC LIMIT 1), 0)",
                )?,
            })
        };
        counted().map_err(unreadable)
    }

    fn last_height(&self) -> Result<Option<u64>, StoreError> {
        read_last_height(&self.log)
    }

    fn block(&self, height: u64) -> Result<Option<LoggedBlock>, StoreError> {
        read_block(&self.log, height)
    }

    fn seal(&self, height: u64) -> Result<Option<Seal>, StoreError> {
        read_seal(&self.log, height)
    }

    fn pruned(&self) -> Option<&Pruned> {
        self.pruned.as_ref()
    }

    fn start_at_snapshot(&mut self) -> Result<Option<State>, StoreError> {
        let Some(pruned) = &self.pruned else { return Ok(None) };
        let connection = snapshot::open(&self.folder, pruned)?;
        let (_, state) = snapshot::load(&connection, pruned)?;
        self.seen.ids = ExpectedIds::of_snapshot(&connection)?;
        self.seen.epochs = tables::read_epochs(&connection)?;
        self.seen.histories.leave_out(state.counters.movements);
        Ok(Some(state))
    }

    fn mark(&self) -> Option<&Tip> {
        self.derived.as_ref().map(|(_, mark)| mark)
    }

    fn check_block(&mut self, closed: &ClosedBlock) -> Result<(), CheckError> {
        let Some((connection, _)) = &self.derived else { return Ok(()) };
        let changes = &closed.changes;
        tables::check_movements(connection, closed)?;
        tables::check_attestations(connection, &changes.attestations)?;
        for record in &changes.attestations {
            let seen = (record.number, fingerprint_hash(&record.body));
            self.seen.fingerprints.insert(record.miner, seen);
        }
        self.seen.epochs.extend(changes.epochs.iter().map(|record| (record.first, *record)));
        let ids = changes
            .movements
            .iter()
            .filter_map(|movement| movement.tx_id.map(|tx_id| (tx_id, movement.number)));
        self.seen.ids.add_block(ids);
        self.seen.histories.add_block(&changes.movements);
        Ok(())
    }

    fn check_state(&mut self, state: &State) -> Result<(), CheckError> {
        let Some((connection, _)) = &self.derived else { return Ok(()) };
        let calendar = match self.seen.calendar {
            Some(calendar) => calendar,
            None => *self.seen.calendar.insert(calendar_of(&self.founding()?)?),
        };
        tables::check_accounts(connection, state)?;
        tables::check_miners(connection, state)?;
        tables::check_state_rows(connection, state)?;
        tables::check_state_blobs(connection, state)?;
        tables::check_enrolments(connection, state)?;
        tables::check_epochs(connection, &self.seen.epochs, &calendar)?;
        tables::check_fingerprints(connection, &self.seen.fingerprints, self.pruned.is_some())?;
        tables::check_ends(connection, &state.counters)?;
        self.seen.ids.check(connection, self.pruned.is_some())?;
        self.seen.histories.check(connection, state.counters.movements)
    }
}

/// The mark, and nothing else in its table.
fn read_mark(connection: &Connection) -> Result<Option<Tip>, StoreError> {
    let damaged =
        |what: String| StoreError::Corrupt(format!("the mark of the derived tables{what}"));
    let mark = derived::read_mark(connection).map_err(|error| damaged(format!(": {error}")))?;
    let rows = tables::count(connection, "mark")?;
    let expected = u64::from(mark.is_some());
    if rows == expected { Ok(mark) } else { Err(damaged(" has another number".to_owned())) }
}

fn calendar_of(founding: &Founding) -> Result<Calendar, StoreError> {
    let genesis = Genesis::parse(&founding.genesis)
        .map_err(|error| StoreError::Corrupt(format!("the founding row: {error}")))?;
    Ok(genesis.calendar)
}

fn fingerprint_hash(body: &[u8]) -> Hash {
    protocol::encoding::tagged_hash("rc/fingerprint-row", body)
}

fn integer(number: u64) -> ValueRef<'static> {
    ValueRef::Integer(int(number))
}

fn small(number: impl Into<i64>) -> ValueRef<'static> {
    ValueRef::Integer(number.into())
}

const fn text(text: &str) -> ValueRef<'_> {
    ValueRef::Text(text.as_bytes())
}

fn optional(number: Option<impl Into<i64>>) -> ValueRef<'static> {
    number.map_or(ValueRef::Null, small)
}

fn wrong(table: &'static str, row: &impl ToString, fault: Fault) -> CheckError {
    WrongRow { table, row: row.to_string(), fault }.into()
}

/// Rows of a table in the order of their keys, beside those that there should be.
struct Walk<'q> {
    table: &'static str,
    rows: Rows<'q>,
    /// How many columns make the key; they stand first.
    key_columns: usize,
}

impl Walk<'_> {
    /// The next row has to be this one.
    fn expect(&mut self, expected: &Columns<'_>) -> Result<(), CheckError> {
        let key = expected.get(..self.key_columns).unwrap_or(expected);
        let label = || label(key.iter().map(|(_, value)| *value));
        let Some(row) = self.rows.next().map_err(unreadable)? else {
            return Err(wrong(self.table, &label(), Fault::Missing));
        };
        for (index, (column, value)) in expected.iter().enumerate() {
            if row.get_ref(index).map_err(unreadable)? == *value {
                continue;
            }
            let fault =
                if index < self.key_columns { Fault::Missing } else { Fault::Column(column) };
            return Err(wrong(self.table, &label(), fault));
        }
        Ok(())
    }

    /// There has to be no further row.
    fn end(mut self) -> Result<(), CheckError> {
        let Some(row) = self.rows.next().map_err(unreadable)? else { return Ok(()) };
        let key = key_of(row, self.key_columns).map_err(unreadable)?;
        Err(wrong(self.table, &key, Fault::Extra))
    }
}

fn key_of(row: &Row<'_>, columns: usize) -> rusqlite::Result<String> {
    let values = (0..columns).map(|column| row.get_ref(column));
    Ok(label(values.collect::<rusqlite::Result<Vec<_>>>()?.into_iter()))
}

fn label<'v>(key: impl Iterator<Item = ValueRef<'v>>) -> String {
    let texts = key.map(|value| match value {
        ValueRef::Integer(number) => number.to_string(),
        _ => "?".to_owned(),
    });
    texts.collect::<Vec<_>>().join("/")
}
