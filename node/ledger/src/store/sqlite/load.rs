//! Reads the books out of the derived tables.

use protocol::encoding::Reader;
use protocol::epoch::EpochId;
use protocol::money::Amount;
use protocol::time::UnixSeconds;
use protocol::wallet_id::WalletId;
use rusqlite::Connection;

use super::derived::{IDEMPOTENT, MACHINES, NAMES, read_mark};
use super::{int, number, unreadable};
use crate::rules::settlement::shares_of_rows;
use crate::seal::Tip;
use crate::state::{
    Account, Counters, EnrolmentRow, Holder, IdempotentTransfer, Machine, Miner, Name, Row, Rows,
    State, UsedChallenges,
};
use crate::store::StoreError;

/// Reads the state at the mark; `None` when there is none.
pub(super) fn load(connection: &Connection) -> Result<Option<(Tip, State)>, StoreError> {
    // One snapshot, should the tables be written meanwhile.
    let snapshot = connection.unchecked_transaction().map_err(unreadable)?;
    let Some(mark) = read_mark(&snapshot).map_err(unreadable)? else { return Ok(None) };
    load_state(&snapshot).map(|state| Some((mark, state)))
}

fn load_state(connection: &Connection) -> Result<State, StoreError> {
    let mut state = State::default();
    load_accounts(connection, &mut state)?;
    for_each_body(connection, "SELECT body FROM miner_rows ORDER BY number", |body| {
        let miner = Miner::decode(&mut Reader::new(body)).ok()?;
        state.add_miner(miner);
        Some(())
    })?;
    load_state_rows::<Machine>(connection, MACHINES, |row| state.add_machine(row))?;
    load_state_rows::<Name>(connection, NAMES, |row| state.add_name(row))?;
    load_state_rows::<IdempotentTransfer>(connection, IDEMPOTENT, |row| state.add_idempotent(row))?;
    for_each_body(connection, "SELECT body FROM state_blobs WHERE kind = 1", |body| {
        state.counters = Counters::decode(&mut Reader::new(body)).ok()?;
        Some(())
    })?;
    for_each_body(connection, "SELECT body FROM state_blobs WHERE kind = 2", |body| {
        state.challenges = UsedChallenges::from_bytes(body).ok()?;
        Some(())
    })?;
    state.enrolments = load_enrolments(connection, state.counters.open_epoch)?;
    if let Some(frozen) = &state.counters.frozen {
        state.frozen = load_enrolments(connection, frozen.epoch)?;
        state.frozen_shares = shares_of_rows(frozen.pot, &state.frozen, &state.miners);
    }
    let Counters { movements, attestations, .. } = state.counters;
    check_newest(connection, "movement_rows", movements)?;
    check_newest(connection, "attestation_rows", attestations)?;
    if state.accounts.iter().any(|account| account.last_movement > movements) {
        return Err(corrupt("an account's last movement"));
    }
    Ok(state)
}

/// Lists are in no root. What a block is written beside has to end where the state says.
fn check_newest(connection: &Connection, table: &str, newest: u64) -> Result<(), StoreError> {
    let sql = format!("SELECT max(number) FROM {table}");
    let read = |row: &rusqlite::Row<'_>| row.get::<_, Option<i64>>(0);
    // A snapshot of pruned blocks has no lists.
    match connection.query_row(&sql, [], read).map_err(unreadable)? {
        Some(found) if found != int(newest) => Err(corrupt("the end of a list")),
        _ => Ok(()),
    }
}

fn load_accounts(connection: &Connection, state: &mut State) -> Result<(), StoreError> {
    let mut query = connection
        .prepare(
            "SELECT wallet_id, balance, nonce, signs_chain_id, last_movement, created_at, \
             updated_at, number FROM account_rows ORDER BY number",
        )
        .map_err(unreadable)?;
    let mut rows = query.query([]).map_err(unreadable)?;
    while let Some(row) = rows.next().map_err(unreadable)? {
        let read = || -> rusqlite::Result<(String, Account, UnixSeconds, u32)> {
            let account = Account {
                balance: Amount::from_micro(number(row, 1)?).unwrap_or_default(),
                last_nonce: number(row, 2)?,
                signs_chain_id: row.get(3)?,
                last_movement: number(row, 4)?,
                updated_at: UnixSeconds(number(row, 6)?),
            };
            Ok((row.get(0)?, account, UnixSeconds(number(row, 5)?), row.get(7)?))
        };
        let (wallet, account, created_at, place) = read().map_err(unreadable)?;
        if place != state.accounts.count() {
            return Err(corrupt("an account's number"));
        }
        let wallet = WalletId::parse(&wallet).map_err(|_bad| corrupt("a wallet id"))?;
        state.add_account(Holder { wallet, created_at }, account);
    }
    Ok(())
}

fn for_each_body(
    connection: &Connection,
    sql: &str,
    mut take: impl FnMut(&[u8]) -> Option<()>,
) -> Result<(), StoreError> {
    let mut query = connection.prepare(sql).map_err(unreadable)?;
    let mut rows = query.query([]).map_err(unreadable)?;
    while let Some(row) = rows.next().map_err(unreadable)? {
        let body: Vec<u8> = row.get(0).map_err(unreadable)?;
        take(&body).ok_or_else(|| corrupt("a row"))?;
    }
    Ok(())
}

fn load_state_rows<R: Row>(
    connection: &Connection,
    kind: u8,
    mut add: impl FnMut(R),
) -> Result<(), StoreError> {
    let sql = format!("SELECT body FROM state_rows WHERE kind = {kind} ORDER BY number");
    for_each_body(connection, &sql, |body| R::decode(&mut Reader::new(body)).ok().map(&mut add))
}

fn load_enrolments(
    connection: &Connection,
    epoch: EpochId,
) -> Result<Rows<EnrolmentRow>, StoreError> {
    let mut query = connection
        .prepare("SELECT miner, weight FROM enrolment_rows WHERE epoch = ? ORDER BY number")
        .map_err(unreadable)?;
    let rows = query
        .query_map([int(epoch.0)], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?)))
        .map_err(unreadable)?;
    rows.map(|row| {
        let (miner, weight) = row.map_err(unreadable)?;
        let weight = protocol::multiplier::Multiplier::from_millionths(weight)
            .ok_or_else(|| corrupt("a weight"))?;
        Ok(EnrolmentRow { miner, weight })
    })
    .collect()
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} of the derived tables is not what was written"))
}
