//! The readers' side: connections of their own, which never wait for the writer.

use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use protocol::block::{Certificate, Header};
use protocol::epoch::EpochId;
use protocol::money::Amount;
use protocol::multiplier::Multiplier;
use protocol::time::{UnixMillis, UnixSeconds};
use protocol::transfer::TxId;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};

use super::records::{SqliteRecords, check_file};
use super::{BUSY_TIMEOUT, history, int, load, log, number, snapshot, tail, tx_index, unreadable};
use crate::changes::{AttestationRecord, EpochRecord};
use crate::seal::{Seal, Tip};
use crate::state::{Account, AccountNumber, HistoryRow, Movement, MovementKind, State};
use crate::store::{
    Founding, Group, LoggedBlock, Open, Pruned, Reads, Records, StoreError, WalkBack,
};

/// Idle connections that are kept per file.
const MAX_IDLE: usize = 8;

/// A pool of read-only connections to one file.
#[derive(Debug)]
struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    const fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Vec::new()) }
    }

    fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.idle.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let result = read(&connection);
        let mut idle = self.idle.lock();
        if result.is_ok() && idle.len() < MAX_IDLE {
            idle.push(connection);
        }
        result
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(unreadable)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(unreadable)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    }
}

/// Readers of the log and of the derived tables.
#[derive(Debug)]
pub(super) struct SqliteReads {
    folder: PathBuf,
    log: Pool,
    derived: Pool,
}

impl SqliteReads {
    pub(super) const fn new(folder: PathBuf, log: PathBuf, derived: PathBuf) -> Self {
        Self { folder, log: Pool::new(log), derived: Pool::new(derived) }
    }

    /// Refuses a log that ends before what is noted in its folder.
    pub(super) fn check_tail(&self, folder: &Path) -> Result<(), StoreError> {
        // Read before the log: on a node at work both move on, the log first.
        self.log.with(|log| tail::check(folder, log))
    }
}

fn one<T>(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut query| query.query_row(values, read).optional())
        .map_err(unreadable)
}

fn read_open(row: &Row<'_>) -> rusqlite::Result<Open> {
    Ok(Open {
        height: number(row, 0)?,
        time: UnixMillis(number(row, 1)?),
        incarnation: row.get(2)?,
        first_command: number(row, 3)?,
    })
}

fn read_group(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        first_command: number(row, 0)?,
        height: number(row, 1)?,
        commands: row.get(2)?,
        body: row.get(3)?,
        chain: row.get(4)?,
    })
}

fn read_groups(connection: &Connection, open: &Open) -> Result<Vec<Group>, StoreError> {
    let mut query = connection
        .prepare_cached(
            "SELECT first_command, height, commands, body, chain FROM groups \
             WHERE first_command >= ? ORDER BY first_command",
        )
        .map_err(unreadable)?;
    let mut rows = query.query([int(open.first_command)]).map_err(unreadable)?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next().map_err(unreadable)? {
        let group = read_group(row).map_err(unreadable)?;
        if group.height != open.height {
            break;
        }
        groups.push(group);
    }
    Ok(groups)
}

pub(super) fn read_seal(connection: &Connection, height: u64) -> Result<Option<Seal>, StoreError> {
    let sql = "SELECT header, certificate FROM seals WHERE height = ?";
    let read = |row: &Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?));
    let Some((header, certificate)) = one(connection, sql, [int(height)], read)? else {
        return Ok(None);
    };
    let damaged = |error| StoreError::Corrupt(format!("the seal of block {height}: {error}"));
    Ok(Some(Seal {
        header: Header::decode(&header).map_err(damaged)?,
        certificate: Certificate::decode(&certificate).map_err(damaged)?,
    }))
}

const MOVEMENT_COLUMNS: &str = "SELECT number, kind, debit, credit, amount, previous_of_debit, \
    previous_of_credit, nonce, note, tx_id, transfer_number, command, epoch, height, time_ms \
    FROM movement_rows";

pub(super) fn read_movement(row: &Row<'_>) -> rusqlite::Result<Movement> {
    let kind: u8 = row.get(1)?;
    let out_of_range = |column, value| rusqlite::Error::IntegralValueOutOfRange(column, value);
    let micro = number(row, 4)?;
    Ok(Movement {
        number: number(row, 0)?,
        kind: MovementKind::from_number(kind).ok_or_else(|| out_of_range(1, i64::from(kind)))?,
        debit: row.get(2)?,
        credit: row.get(3)?,
        amount: Amount::from_micro(micro).map_err(|_large| out_of_range(4, int(micro)))?,
        previous_of_debit: number(row, 5)?,
        previous_of_credit: number(row, 6)?,
        nonce: number(row, 7)?,
        note: row.get(8)?,
        tx_id: row.get::<_, Option<[u8; 16]>>(9)?.map(TxId::from_bytes),
        transfer_number: number(row, 10)?,
        command: number(row, 11)?,
        epoch: number(row, 12)?,
        height: number(row, 13)?,
        time: UnixMillis(number(row, 14)?),
    })
}

/// An epoch, from the columns first, last, pot, enrolled, first movement, payouts, settled at.
pub(super) fn read_epoch(row: &Row<'_>) -> rusqlite::Result<EpochRecord> {
    Ok(EpochRecord {
        first: EpochId(number(row, 0)?),
        last: EpochId(number(row, 1)?),
        pot: Amount::from_micro(number(row, 2)?).unwrap_or_default(),
        enrolled: row.get(3)?,
        first_movement: number(row, 4)?,
        payouts: number(row, 5)?,
        settled_at: row
            .get::<_, Option<i64>>(6)?
            .and_then(|at| u64::try_from(at).ok())
            .map(UnixSeconds),
    })
}

pub(super) fn movement(
    connection: &Connection,
    wanted: u64,
) -> Result<Option<Movement>, StoreError> {
    let sql = select_movement(" WHERE number = ?");
    one(connection, &sql, [int(wanted)], read_movement)
}

pub(super) fn select_movement(condition: &str) -> String {
    [MOVEMENT_COLUMNS, condition].concat()
}

/// The block at this height.
pub(super) fn read_block(
    connection: &Connection,
    height: u64,
) -> Result<Option<LoggedBlock>, StoreError> {
    let sql = "SELECT height, time_ms, incarnation, first_command FROM opens WHERE height = ?";
    let Some(open) = one(connection, sql, [int(height)], read_open)? else { return Ok(None) };
    let groups = read_groups(connection, &open)?;
    let seal = read_seal(connection, height)?;
    Ok(Some(LoggedBlock { open, groups, seal }))
}

/// The height of the newest block that was opened.
pub(super) fn read_last_height(connection: &Connection) -> Result<Option<u64>, StoreError> {
    one(connection, "SELECT max(height) FROM opens", [], |row| row.get::<_, Option<i64>>(0))
        .map(|height| height.flatten().and_then(|height| u64::try_from(height).ok()))
}

impl Reads for SqliteReads {
    fn founding(&self) -> Result<Founding, StoreError> {
        self.log.with(log::read_founding)
    }

    fn block(&self, height: u64) -> Result<Option<LoggedBlock>, StoreError> {
        self.log.with(|connection| read_block(connection, height))
    }

    fn seal(&self, height: u64) -> Result<Option<Seal>, StoreError> {
        self.log.with(|connection| read_seal(connection, height))
    }

    fn last_height(&self) -> Result<Option<u64>, StoreError> {
        self.log.with(read_last_height)
    }

    fn derived_state(&self) -> Result<Option<(Tip, State)>, StoreError> {
        if self.derived.path.exists() { self.derived.with(load::load) } else { Ok(None) }
    }

    fn account(&self, wanted: AccountNumber) -> Result<Option<Account>, StoreError> {
        self.derived.with(|connection| {
            let sql = "SELECT balance, nonce, signs_chain_id, last_movement, updated_at \
                       FROM account_rows WHERE number = ?";
            one(connection, sql, [wanted], |row| {
                Ok(Account {
                    balance: Amount::from_micro(number(row, 0)?).unwrap_or_default(),
                    last_nonce: number(row, 1)?,
                    signs_chain_id: row.get(2)?,
                    last_movement: number(row, 3)?,
                    updated_at: UnixSeconds(number(row, 4)?),
                })
            })
        })
    }

    fn movement(&self, wanted: u64) -> Result<Option<Movement>, StoreError> {
        self.derived.with(|connection| movement(connection, wanted))
    }

    fn history_back(
        &self,
        account: AccountNumber,
        newest: u64,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        self.derived.with(|connection| {
            // One snapshot, and one look for locks, for the whole page.
            let snapshot = connection.unchecked_transaction().map_err(unreadable)?;
            let mut walk = WalkBack::new(account, newest, skip, limit);
            history::walk_back(&snapshot, &mut walk)?;
            Ok(walk.found())
        })
    }

    fn movements_from(&self, first: u64, limit: usize) -> Result<Vec<Movement>, StoreError> {
        self.derived.with(|connection| {
            let sql = select_movement(" WHERE number >= ? ORDER BY number LIMIT ?");
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut query = connection.prepare_cached(&sql).map_err(unreadable)?;
            let rows =
                query.query_map(params![int(first), limit], read_movement).map_err(unreadable)?;
            rows.collect::<Result<_, _>>().map_err(unreadable)
        })
    }

    fn transfer(&self, transfer_number: u64) -> Result<Option<Movement>, StoreError> {
        self.derived.with(|connection| {
            let condition = " WHERE transfer_number = ? AND transfer_number > 0";
            let sql = select_movement(condition);
            one(connection, &sql, [int(transfer_number)], read_movement)
        })
    }

    fn movement_of(&self, tx_id: &TxId) -> Result<Option<Movement>, StoreError> {
        self.derived.with(|connection| {
            for candidate in tx_index::candidates(connection, tx_id)? {
                if let Some(movement) = movement(connection, candidate)?
                    && movement.tx_id.as_ref() == Some(tx_id)
                {
                    return Ok(Some(movement));
                }
            }
            Ok(None)
        })
    }

    fn was_pruned(&self, tx_id: &TxId) -> Result<bool, StoreError> {
        if self.pruned()?.is_none() {
            return Ok(false);
        }
        self.derived.with(|connection| {
            for candidate in tx_index::candidates(connection, tx_id)? {
                if movement(connection, candidate)?.is_none() {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    fn pruned(&self) -> Result<Option<Pruned>, StoreError> {
        self.log.with(snapshot::read_pruned)
    }

    fn epoch(&self, epoch: u64) -> Result<Option<EpochRecord>, StoreError> {
        self.derived.with(|connection| {
            let sql = "SELECT first_epoch, last_epoch, pot, enrolled, first_movement, payouts, \
                       settled_at FROM epoch_rows WHERE first_epoch <= ? \
                       ORDER BY first_epoch DESC LIMIT 1";
            let record = one(connection, sql, [int(epoch)], read_epoch)?;
            Ok(record.filter(|record| epoch <= record.last.0))
        })
    }

    fn attestation(&self, wanted: u64) -> Result<Option<AttestationRecord>, StoreError> {
        self.derived.with(|connection| {
            let sql = "SELECT number, previous, miner, epoch, multiplier, passed, attested_at, \
                       command FROM attestation_rows WHERE number = ?";
            one(connection, sql, [int(wanted)], |row| {
                Ok(AttestationRecord {
                    number: number(row, 0)?,
                    previous: number(row, 1)?,
                    miner: row.get(2)?,
                    epoch: EpochId(number(row, 3)?),
                    multiplier: Multiplier::from_millionths(row.get(4)?).unwrap_or_default(),
                    passed: row.get(5)?,
                    attested_at: UnixSeconds(number(row, 6)?),
                    command: number(row, 7)?,
                    body: std::sync::Arc::from([].as_slice()),
                })
            })
        })
    }

    fn records(&self) -> Result<Box<dyn Records>, StoreError> {
        // The log is read behind the derived tables: when both move on, the log does so first.
        let has_derived = self.derived.path.exists();
        let derived = has_derived.then(|| self.derived.connect()).transpose()?;
        Ok(Box::new(SqliteRecords::open(self.log.connect()?, derived, &self.folder)?))
    }

    fn check_structure(&self) -> Result<(), StoreError> {
        check_file(&self.log.connect()?, "log.db", super::migrate::LOG)?;
        if self.derived.path.exists() {
            check_file(&self.derived.connect()?, "derived.db", super::migrate::DERIVED)?;
        }
        match self.log.with(snapshot::read_pruned)? {
            Some(pruned) => snapshot::check(&self.folder, &pruned),
            None => Ok(()),
        }
    }
}
