//! The derived tables' writing side.

use std::path::PathBuf;

use protocol::encoding::{DecodeError, Encode as _};
use protocol::epoch::{Calendar, EpochId};
use protocol::transfer::TxId;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::insert::Insert;
use super::wal_moves::WalMoves;
use super::{
    history, int, load, number, open_derived, remove_database, rolled_back, set_aside, snapshot,
    tx_index, unreadable,
};
use crate::changes::{BlockChanges, EpochRecord};
use crate::genesis::Genesis;
use crate::seal::{Tip, commands_of};
use crate::state::{EnrolmentRow, MovementKind, State};
use crate::store::{Derived, Founding, Pruned, SealedBlock, StoreError};

/// Kinds of `state_rows`.
pub(super) const MACHINES: u8 = 1;
pub(super) const NAMES: u8 = 2;
pub(super) const IDEMPOTENT: u8 = 3;

/// Kinds of `state_blobs`.
pub(super) const COUNTERS: u8 = 1;
pub(super) const CHALLENGES: u8 = 2;

/// The connection that writes the derived tables.
#[derive(Debug)]
pub(super) struct SqliteDerived {
    connection: Connection,
    path: PathBuf,
    calendar: Calendar,
    wal_moves: WalMoves,
}

impl SqliteDerived {
    pub(super) fn new(
        connection: Connection,
        path: PathBuf,
        founding: &Founding,
    ) -> Result<Self, StoreError> {
        let genesis = Genesis::parse(&founding.genesis)
            .map_err(|error| StoreError::Corrupt(format!("the founding row: {error}")))?;
        let (calendar, wal_moves) = (genesis.calendar, WalMoves::default());
        Ok(Self { connection, path, calendar, wal_moves })
    }
}

impl SqliteDerived {
    /// Closes the file, as nobody may have it open while it gives way to another.
    fn close(&mut self) -> Result<(), StoreError> {
        let parked = Connection::open_in_memory().map_err(unreadable)?;
        drop(std::mem::replace(&mut self.connection, parked));
        Ok(())
    }

    /// Opens the file that is there now, or an empty one.
    fn open_again(&mut self) -> Result<(), StoreError> {
        self.connection = open_derived(&self.path)?;
        self.wal_moves = WalMoves::default();
        Ok(())
    }
}

impl Derived for SqliteDerived {
    fn write(&mut self, block: &SealedBlock<'_>) -> Result<(), StoreError> {
        let calendar = self.calendar;
        self.wal_moves.block_begins(&self.connection);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(rolled_back)?;
        let header = &block.seal.header;
        if stand_at(&transaction, header.batch.height)? {
            // An earlier try was written, though it did not look like it.
            return Ok(());
        }
        let changes = block.changes;
        write_accounts(&transaction, changes)?;
        write_movements(&transaction, block)?;
        write_miners(&transaction, changes)?;
        write_attestations(&transaction, changes)?;
        write_state_rows(&transaction, changes)?;
        write_enrolments(&transaction, changes)?;
        write_epochs(&transaction, &changes.epochs, &calendar)?;
        let ids = changes
            .movements
            .iter()
            .filter_map(|movement| movement.tx_id.map(|tx_id| (tx_id, movement.number)));
        tx_index::add(&transaction, ids)?;
        history::advance(&transaction, &changes.movements)?;
        write_mark(&transaction, header.batch.height, &header.hash())?;
        transaction.commit().map_err(rolled_back)
    }

    fn tidy(&mut self) -> Result<(), StoreError> {
        history::tidy(&mut self.connection)?;
        self.wal_moves.move_if_due(&self.connection)
    }

    fn load(&mut self) -> Result<Option<(Tip, State)>, StoreError> {
        load::load(&self.connection)
    }

    fn reset(&mut self) -> Result<(), StoreError> {
        self.close()?;
        remove_database(&self.path)?;
        self.open_again()
    }

    fn restore(&mut self, pruned: &Pruned) -> Result<(), StoreError> {
        self.close()?;
        snapshot::put_in_place(&self.path, pruned, || set_aside(&self.path))?;
        self.open_again()
    }
}

fn write_mark(
    transaction: &Transaction<'_>,
    height: u64,
    header_hash: &[u8; 32],
) -> Result<(), StoreError> {
    execute(
        transaction,
        "INSERT OR REPLACE INTO mark (id, height, header_hash) VALUES (1, ?, ?)",
        params![int(height), header_hash],
    )
}

/// Writes the whole state at a block into tables that may hold an earlier one.
pub(super) fn write_state(
    transaction: &Transaction<'_>,
    state: &State,
    mark: &Tip,
) -> Result<(), StoreError> {
    let whole = state.as_changes();
    write_accounts(transaction, &whole)?;
    write_miners(transaction, &whole)?;
    execute(transaction, "DELETE FROM state_blobs", [])?;
    write_state_rows(transaction, &whole)?;
    execute(transaction, "DELETE FROM enrolment_rows", [])?;
    write_enrolments(transaction, &whole)?;
    if let Some(frozen) = &state.counters.frozen {
        let rows = state.frozen.iter().zip(0_u32..).map(|(row, number)| (number, *row));
        insert_enrolments(transaction, frozen.epoch, rows)?;
    }
    write_mark(transaction, mark.height, &mark.hash)
}

fn execute(
    transaction: &Transaction<'_>,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute(values))
        .map_err(rolled_back)
        .map(|_count| ())
}

const ACCOUNTS: Insert = Insert {
    head: "INSERT INTO account_rows (number, wallet_id, balance, nonce, signs_chain_id, \
           last_movement, created_at, updated_at)",
    row: "(?, ?, ?, ?, ?, ?, ?, ?)",
    otherwise: "ON CONFLICT (number) DO UPDATE SET balance = excluded.balance, \
                nonce = excluded.nonce, signs_chain_id = excluded.signs_chain_id, \
                last_movement = excluded.last_movement, updated_at = excluded.updated_at",
};

fn write_accounts(transaction: &Transaction<'_>, changes: &BlockChanges) -> Result<(), StoreError> {
    ACCOUNTS.rows(transaction, changes.accounts(), |binding, (number, holder, account)| {
        binding.row(params![
            number,
            holder.wallet.as_str(),
            int(account.balance.micro()),
            int(account.last_nonce),
            account.signs_chain_id,
            int(account.last_movement),
            int(holder.created_at.0),
            int(account.updated_at.0),
        ])
    })
}

/// The signature at the end of a logged transfer.
pub(super) fn signature_of<'a>(commands: &[&'a [u8]], index: Option<u64>) -> Option<&'a [u8]> {
    let command = commands.get(usize::try_from(index?).ok()?)?;
    command.last_chunk::<64>().map(<[u8; 64]>::as_slice)
}

fn undecodable(error: DecodeError) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

/// The commands of a block, in their order.
pub(super) fn logged_commands(groups: &[Vec<u8>]) -> Result<Vec<&[u8]>, StoreError> {
    let mut commands = Vec::new();
    for group in groups {
        commands.extend(commands_of(group).map_err(undecodable)?);
    }
    Ok(commands)
}

const MOVEMENTS: Insert = Insert {
    head: "INSERT INTO movement_rows (number, kind, debit, credit, amount, previous_of_debit, \
           previous_of_credit, nonce, note, tx_id, transfer_number, command, epoch, height, \
           time_ms, signature)",
    row: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    otherwise: "",
};

fn write_movements(
    transaction: &Transaction<'_>,
    block: &SealedBlock<'_>,
) -> Result<(), StoreError> {
    let commands = logged_commands(block.groups)?;
    MOVEMENTS.rows(transaction, block.changes.movements.iter(), |binding, movement| {
        let signature = match movement.kind {
            MovementKind::Transfer => {
                signature_of(&commands, movement.command.checked_sub(block.first_command))
            }
            _ => None,
        };
        binding.row(params![
            int(movement.number),
            movement.kind.to_number(),
            movement.debit,
            movement.credit,
            int(movement.amount.micro()),
            int(movement.previous_of_debit),
            int(movement.previous_of_credit),
            int(movement.nonce),
            movement.note,
            movement.tx_id.as_ref().map(TxId::as_bytes),
            int(movement.transfer_number),
            int(movement.command),
            int(movement.epoch),
            int(movement.height),
            int(movement.time.0),
            signature,
        ])
    })
}

const MINERS: Insert = Insert {
    head: "INSERT OR REPLACE INTO miner_rows (number, miner_id, device_family, device_arch, \
           antiquity_multiplier, last_attest, body)",
    row: "(?, ?, ?, ?, ?, ?, ?)",
    otherwise: "",
};

fn write_miners(transaction: &Transaction<'_>, changes: &BlockChanges) -> Result<(), StoreError> {
    MINERS.rows(transaction, &changes.miners, |binding, (number, miner)| {
        binding.row(params![
            number,
            miner.id.as_str(),
            miner.family,
            miner.arch,
            miner.multiplier.millionths(),
            int(miner.last_attest.0),
            miner.encoded(),
        ])
    })
}

const ATTESTATIONS: Insert = Insert {
    head: "INSERT INTO attestation_rows (number, previous, miner, epoch, multiplier, passed, \
           attested_at, command)",
    row: "(?, ?, ?, ?, ?, ?, ?, ?)",
    otherwise: "",
};

const FINGERPRINTS: Insert = Insert {
    head: "INSERT OR REPLACE INTO fingerprint_rows (miner, attestation, body)",
    row: "(?, ?, ?)",
    otherwise: "",
};

fn write_attestations(
    transaction: &Transaction<'_>,
    changes: &BlockChanges,
) -> Result<(), StoreError> {
    ATTESTATIONS.rows(transaction, &changes.attestations, |binding, record| {
        binding.row(params![
            int(record.number),
            int(record.previous),
            record.miner,
            int(record.epoch.0),
            record.multiplier.millionths(),
            record.passed,
            int(record.attested_at.0),
            int(record.command),
        ])
    })?;
    FINGERPRINTS.rows(transaction, &changes.attestations, |binding, record| {
        binding.row(params![record.miner, int(record.number), &*record.body])
    })
}

const STATE_ROWS: Insert = Insert {
    head: "INSERT OR REPLACE INTO state_rows (kind, number, body)",
    row: "(?, ?, ?)",
    otherwise: "",
};

fn write_state_rows(
    transaction: &Transaction<'_>,
    changes: &BlockChanges,
) -> Result<(), StoreError> {
    let machines = changes.machines.iter().map(|(number, row)| (MACHINES, number, row.encoded()));
    let names = changes.names.iter().map(|(number, row)| (NAMES, number, row.encoded()));
    let idempotent =
        changes.idempotent.iter().map(|(number, row)| (IDEMPOTENT, number, row.encoded()));
    let rows = machines.chain(names).chain(idempotent);
    STATE_ROWS.rows(transaction, rows, |binding, (kind, number, body)| {
        binding.row(params![kind, number, body])
    })?;
    let sql = "INSERT OR REPLACE INTO state_blobs (kind, body) VALUES (?, ?)";
    execute(transaction, sql, params![COUNTERS, changes.counters.encoded()])?;
    if let Some((challenges, _)) = &changes.challenges {
        execute(transaction, sql, params![CHALLENGES, challenges])?;
    }
    Ok(())
}

fn write_enrolments(
    transaction: &Transaction<'_>,
    changes: &BlockChanges,
) -> Result<(), StoreError> {
    let open = int(changes.counters.open_epoch.0);
    if !changes.epochs.is_empty() {
        // What is being paid is still read.
        let oldest = changes.counters.frozen.as_ref().map_or(open, |frozen| int(frozen.epoch.0));
        execute(transaction, "DELETE FROM enrolment_rows WHERE epoch < ?", [oldest])?;
    }
    insert_enrolments(transaction, changes.counters.open_epoch, changes.enrolments.iter().copied())
}

const ENROLMENTS: Insert = Insert {
    head: "INSERT OR REPLACE INTO enrolment_rows (epoch, number, miner, weight)",
    row: "(?, ?, ?, ?)",
    otherwise: "",
};

fn insert_enrolments(
    transaction: &Transaction<'_>,
    epoch: EpochId,
    rows: impl Iterator<Item = (u32, EnrolmentRow)>,
) -> Result<(), StoreError> {
    ENROLMENTS.rows(transaction, rows, |binding, (number, row)| {
        binding.row(params![int(epoch.0), number, row.miner, row.weight.millionths()])
    })
}

/// When the epochs of a record begin and end, in seconds.
pub(super) fn epoch_bounds(record: &EpochRecord, calendar: &Calendar) -> (i64, i64) {
    let start = |epoch: EpochId| int(calendar.epoch_start(epoch).seconds().0);
    (start(record.first), start(record.last.next()))
}

pub(super) fn write_epochs(
    transaction: &Transaction<'_>,
    records: &[EpochRecord],
    calendar: &Calendar,
) -> Result<(), StoreError> {
    records.iter().try_for_each(|record| write_epoch(transaction, record, calendar))
}

fn write_epoch(
    transaction: &Transaction<'_>,
    record: &EpochRecord,
    calendar: &Calendar,
) -> Result<(), StoreError> {
    let (started_at, ended_at) = epoch_bounds(record, calendar);
    execute(
        transaction,
        "INSERT OR REPLACE INTO epoch_rows (first_epoch, last_epoch, pot, enrolled, \
         first_movement, payouts, settled_at, started_at, ended_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            int(record.first.0),
            int(record.last.0),
            int(record.pot.micro()),
            record.enrolled,
            int(record.first_movement),
            int(record.payouts),
            record.settled_at.map(|at| int(at.0)),
            started_at,
            ended_at,
        ],
    )
}

pub(super) fn read_mark(connection: &Connection) -> rusqlite::Result<Option<Tip>> {
    let sql = "SELECT height, header_hash FROM mark WHERE id = 1";
    let read = |row: &rusqlite::Row<'_>| Ok(Tip { height: number(row, 0)?, hash: row.get(1)? });
    connection.query_row(sql, [], read).optional()
}

/// Whether the tables stand at this block already. They may stand at the one before, but not
/// anywhere else: then a block would be missing from them.
fn stand_at(transaction: &Transaction<'_>, height: u64) -> Result<bool, StoreError> {
    let mark = read_mark(transaction).map_err(rolled_back)?.map(|mark| mark.height);
    if mark == Some(height) {
        Ok(true)
    } else if mark == height.checked_sub(1) {
        Ok(false)
    } else {
        let mark = mark.map_or_else(|| "nothing".to_owned(), |mark| format!("block {mark}"));
        Err(StoreError::Corrupt(format!("block {height} cannot be derived behind {mark}")))
    }
}
