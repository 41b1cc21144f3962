//! The derived tables, one comparison each.

use std::collections::{BTreeMap, BTreeSet};

use protocol::encoding::{Encode as _, Hash};
use protocol::epoch::{Calendar, EpochId};
use protocol::transfer::TxId;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

use super::{
    AttestationRecord, CheckError, ClosedBlock, EpochRecord, Fault, State, Walk, fingerprint_hash,
    int, integer, number, optional, small, text, unreadable, wrong,
};
use crate::state::{Counters, EnrolmentRow, MovementKind, Row, Rows};
use crate::store::StoreError;
use crate::store::sqlite::derived::{
    CHALLENGES, COUNTERS, IDEMPOTENT, MACHINES, NAMES, epoch_bounds, logged_commands, signature_of,
};
use crate::store::sqlite::reads::read_epoch;

/// Asks for rows and hands them to `compare`.
fn walk(
    connection: &Connection,
    table: &'static str,
    key_columns: usize,
    sql: &str,
    values: impl rusqlite::Params,
    compare: impl FnOnce(&mut Walk<'_>) -> Result<(), CheckError>,
) -> Result<(), CheckError> {
    let mut query = connection.prepare_cached(sql).map_err(unreadable)?;
    let rows = query.query(values).map_err(unreadable)?;
    let mut walk = Walk { table, rows, key_columns };
    compare(&mut walk)?;
    walk.end()
}

/// The movements of a block, with the signatures that caused them.
pub(super) fn check_movements(
    connection: &Connection,
    closed: &ClosedBlock,
) -> Result<(), CheckError> {
    let movements = &closed.changes.movements;
    let Some((first, last)) = movements.ends() else { return Ok(()) };
    let commands = logged_commands(&closed.groups)?;
    let sql = "SELECT number, kind, debit, credit, amount, previous_of_debit, previous_of_credit, \
               nonce, note, tx_id, transfer_number, command, epoch, height, time_ms, signature \
               FROM movement_rows WHERE number BETWEEN ? AND ? ORDER BY number";
    let range = params![int(first.number), int(last.number)];
    walk(connection, "movement_rows", 1, sql, range, |walk| {
        for movement in movements.iter() {
            let signature = match movement.kind {
                MovementKind::Transfer => {
                    signature_of(&commands, movement.command.checked_sub(closed.first_command))
                }
                _ => None,
            };
            let tx_id = movement.tx_id.as_ref().map(TxId::as_bytes);
            walk.expect(&[
                ("number", integer(movement.number)),
                ("kind", small(movement.kind.to_number())),
                ("debit", optional(movement.debit)),
                ("credit", small(movement.credit)),
                ("amount", integer(movement.amount.micro())),
                ("previous_of_debit", integer(movement.previous_of_debit)),
                ("previous_of_credit", integer(movement.previous_of_credit)),
                ("nonce", integer(movement.nonce)),
                ("note", text(&movement.note)),
                ("tx_id", tx_id.map_or(ValueRef::Null, |id| ValueRef::Blob(id))),
                ("transfer_number", integer(movement.transfer_number)),
                ("command", integer(movement.command)),
                ("epoch", integer(movement.epoch)),
                ("height", integer(movement.height)),
                ("time_ms", integer(movement.time.0)),
                ("signature", signature.map_or(ValueRef::Null, ValueRef::Blob)),
            ])?;
        }
        Ok(())
    })
}

/// The attestations of a block.
pub(super) fn check_attestations(
    connection: &Connection,
    records: &[AttestationRecord],
) -> Result<(), CheckError> {
    let (Some(first), Some(last)) = (records.first(), records.last()) else { return Ok(()) };
    let sql = "SELECT number, previous, miner, epoch, multiplier, passed, attested_at, command \
               FROM attestation_rows WHERE number BETWEEN ? AND ? ORDER BY number";
    let range = params![int(first.number), int(last.number)];
    walk(connection, "attestation_rows", 1, sql, range, |walk| {
        for record in records {
            walk.expect(&[
                ("number", integer(record.number)),
                ("previous", integer(record.previous)),
                ("miner", small(record.miner)),
                ("epoch", integer(record.epoch.0)),
                ("multiplier", small(record.multiplier.millionths())),
                ("passed", small(record.passed)),
                ("attested_at", integer(record.attested_at.0)),
                ("command", integer(record.command)),
            ])?;
        }
        Ok(())
    })
}

pub(super) fn check_accounts(connection: &Connection, state: &State) -> Result<(), CheckError> {
    let sql = "SELECT number, wallet_id, balance, nonce, signs_chain_id, last_movement, \
               created_at, updated_at FROM account_rows ORDER BY number";
    walk(connection, "account_rows", 1, sql, [], |walk| {
        let rows = state.holders.iter().zip(state.accounts.iter()).zip(0_u32..);
        for ((holder, account), number) in rows {
            walk.expect(&[
                ("number", small(number)),
                ("wallet_id", text(holder.wallet.as_str())),
                ("balance", integer(account.balance.micro())),
                ("nonce", integer(account.last_nonce)),
                ("signs_chain_id", small(account.signs_chain_id)),
                ("last_movement", integer(account.last_movement)),
                ("created_at", integer(holder.created_at.0)),
                ("updated_at", integer(account.updated_at.0)),
            ])?;
        }
        Ok(())
    })
}

pub(super) fn check_miners(connection: &Connection, state: &State) -> Result<(), CheckError> {
    let sql = "SELECT number, miner_id, device_family, device_arch, antiquity_multiplier, \
               last_attest, body FROM miner_rows ORDER BY number";
    walk(connection, "miner_rows", 1, sql, [], |walk| {
        for (miner, number) in state.miners.iter().zip(0_u32..) {
            walk.expect(&[
                ("number", small(number)),
                ("miner_id", text(miner.id.as_str())),
                ("device_family", text(&miner.family)),
                ("device_arch", text(&miner.arch)),
                ("antiquity_multiplier", small(miner.multiplier.millionths())),
                ("last_attest", integer(miner.last_attest.0)),
                ("body", ValueRef::Blob(&miner.encoded())),
            ])?;
        }
        Ok(())
    })
}

/// Machines, names and idempotency keys.
pub(super) fn check_state_rows(connection: &Connection, state: &State) -> Result<(), CheckError> {
    let sql = "SELECT kind, number, body FROM state_rows ORDER BY kind, number";
    walk(connection, "state_rows", 2, sql, [], |walk| {
        expect_rows(walk, MACHINES, &state.machines)?;
        expect_rows(walk, NAMES, &state.names)?;
        expect_rows(walk, IDEMPOTENT, &state.idempotent)
    })
}

fn expect_rows<R: Row>(walk: &mut Walk<'_>, kind: u8, rows: &Rows<R>) -> Result<(), CheckError> {
    for (row, number) in rows.iter().zip(0_u32..) {
        walk.expect(&[
            ("kind", small(kind)),
            ("number", small(number)),
            ("body", ValueRef::Blob(&row.encoded())),
        ])?;
    }
    Ok(())
}

/// The counters, and the used challenges where any was ever used.
pub(super) fn check_state_blobs(connection: &Connection, state: &State) -> Result<(), CheckError> {
    let sql = "SELECT kind, body FROM state_blobs ORDER BY kind";
    let challenges = state.challenges.to_bytes();
    walk(connection, "state_blobs", 1, sql, [], |walk| {
        let counters = state.counters.encoded();
        walk.expect(&[("kind", small(COUNTERS)), ("body", ValueRef::Blob(&counters))])?;
        if challenges.is_empty() {
            return Ok(());
        }
        walk.expect(&[("kind", small(CHALLENGES)), ("body", ValueRef::Blob(&challenges))])
    })
}

/// Enrolments of the epoch that is being paid, and of the open one.
pub(super) fn check_enrolments(connection: &Connection, state: &State) -> Result<(), CheckError> {
    let sql = "SELECT epoch, number, miner, weight FROM enrolment_rows ORDER BY epoch, number";
    walk(connection, "enrolment_rows", 2, sql, [], |walk| {
        let mut expect = |epoch: EpochId, rows: &Rows<EnrolmentRow>| -> Result<(), CheckError> {
            for (row, number) in rows.iter().zip(0_u32..) {
                walk.expect(&[
                    ("epoch", integer(epoch.0)),
                    ("number", small(number)),
                    ("miner", small(row.miner)),
                    ("weight", small(row.weight.millionths())),
                ])?;
            }
            Ok(())
        };
        if let Some(frozen) = &state.counters.frozen {
            expect(frozen.epoch, &state.frozen)?;
        }
        expect(state.counters.open_epoch, &state.enrolments)
    })
}

pub(super) fn check_epochs(
    connection: &Connection,
    epochs: &BTreeMap<EpochId, EpochRecord>,
    calendar: &Calendar,
) -> Result<(), CheckError> {
    let sql = "SELECT first_epoch, last_epoch, pot, enrolled, first_movement, payouts, settled_at, \
               started_at, ended_at FROM epoch_rows ORDER BY first_epoch";
    walk(connection, "epoch_rows", 1, sql, [], |walk| {
        for record in epochs.values() {
            let (started_at, ended_at) = epoch_bounds(record, calendar);
            walk.expect(&[
                ("first_epoch", integer(record.first.0)),
                ("last_epoch", integer(record.last.0)),
                ("pot", integer(record.pot.micro())),
                ("enrolled", small(record.enrolled)),
                ("first_movement", integer(record.first_movement)),
                ("payouts", integer(record.payouts)),
                ("settled_at", optional(record.settled_at.map(|at| int(at.0)))),
                ("started_at", small(started_at)),
                ("ended_at", small(ended_at)),
            ])?;
        }
        Ok(())
    })
}

/// The epochs that a file knows.
pub(super) fn read_epochs(
    connection: &Connection,
) -> Result<BTreeMap<EpochId, EpochRecord>, StoreError> {
    let sql = "SELECT first_epoch, last_epoch, pot, enrolled, first_movement, payouts, settled_at \
               FROM epoch_rows";
    let mut query = connection.prepare(sql).map_err(unreadable)?;
    let records = query.query_map([], read_epoch).map_err(unreadable)?;
    let by_first = records.map(|record| record.map(|record| (record.first, record)));
    by_first.collect::<Result<_, _>>().map_err(unreadable)
}

/// What every miner sent last. What was sent before the blocks that were looked at is not known.
pub(super) fn check_fingerprints(
    connection: &Connection,
    fingerprints: &BTreeMap<u32, (u64, Hash)>,
    older_are_unknown: bool,
) -> Result<(), CheckError> {
    const TABLE: &str = "fingerprint_rows";
    let mut query = connection
        .prepare("SELECT miner, attestation, body FROM fingerprint_rows ORDER BY miner")
        .map_err(unreadable)?;
    let mut rows = query.query([]).map_err(unreadable)?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next().map_err(unreadable)? {
        let miner: i64 = row.get(0).map_err(unreadable)?;
        let known = u32::try_from(miner).ok();
        let Some((attestation, hash)) = known.and_then(|miner| fingerprints.get(&miner)) else {
            if older_are_unknown {
                continue;
            }
            return Err(wrong(TABLE, &miner, Fault::Extra));
        };
        if row.get_ref(1).map_err(unreadable)? != integer(*attestation) {
            return Err(wrong(TABLE, &miner, Fault::Column("attestation")));
        }
        match row.get_ref(2).map_err(unreadable)? {
            ValueRef::Blob(body) if fingerprint_hash(body) == *hash => {}
            _ => return Err(wrong(TABLE, &miner, Fault::Column("body"))),
        }
        found.extend(known);
    }
    match fingerprints.keys().find(|miner| !found.contains(*miner)) {
        Some(miner) => Err(wrong(TABLE, miner, Fault::Missing)),
        None => Ok(()),
    }
}

/// Nothing stands behind the newest movement and the newest attestation, nor before the first.
pub(super) fn check_ends(connection: &Connection, counters: &Counters) -> Result<(), CheckError> {
    for (table, newest) in
        [("movement_rows", counters.movements), ("attestation_rows", counters.attestations)]
    {
        let sql = format!("SELECT number FROM {table} WHERE number < 1 OR number > ? LIMIT 1");
        walk(connection, table, 1, &sql, [int(newest)], |_no_row| Ok(()))?;
    }
    Ok(())
}

/// How many rows a table has.
pub(super) fn count(connection: &Connection, table: &'static str) -> Result<u64, StoreError> {
    let sql = format!("SELECT count(*) FROM {table}");
    connection.query_row(&sql, [], |row| number(row, 0)).map_err(unreadable)
}
