//! Histories clustered by account, so that a page of one is a few reads and not one for each entry.
//!
//! Every movement stands here once for each of its accounts, beside its row among the movements.
//! When a block is sealed its movements become a run: sorted by account, cut into chunks. Runs are
//! merged as they grow (`history/{runs,merging}.rs`), in transactions of their own: a block never
//! waits for the room that a merge takes, and does not fail with it. What no run covers yet, because
//! the file was written by an older program or its histories were damaged, is read from the rows of
//! the movements.

pub(super) mod chunks;
mod merging;
pub(super) mod runs;

use protocol::encoding::{DecodeError, Reader};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

use self::chunks::{ChunkFiller, entries_of, id_of, ids_of};
use self::merging::forget;
pub(super) use self::merging::tidy;
use self::runs::{MAX_MOVEMENTS, Run, free_slot};
use super::reads::{read_movement, select_movement};
use super::{int, number, rolled_back, unreadable};
use crate::state::{AccountNumber, HistoryRow, Movement, Movements, RESERVE_ACCOUNT};
use crate::store::{StoreError, WalkBack};

/// The accounts under which a movement stands. The reserve is not among them: it is part of every
/// payout, and its rows lie side by side among the movements anyway.
pub(super) fn clustered_sides(movement: &Movement) -> impl Iterator<Item = AccountNumber> {
    let sides = [Some(movement.credit), movement.debit].into_iter().flatten();
    sides.filter(|account| *account != RESERVE_ACCOUNT)
}

/// Movements that are caught up with at once when no run covers them.
const CATCH_UP: u64 = 1 << 18;

pub(super) fn damaged(error: DecodeError) -> StoreError {
    StoreError::Corrupt(format!("a history: {error}"))
}

/// The runs, oldest first.
pub(super) fn runs(connection: &Connection) -> Result<Vec<Run>, StoreError> {
    let read = || -> rusqlite::Result<Vec<Run>> {
        let mut query = connection
            .prepare_cached("SELECT slot, first, last FROM history_runs ORDER BY first")?;
        let runs = query.query_map([], |row| {
            Ok(Run { slot: row.get(0)?, first: number(row, 1)?, last: number(row, 2)? })
        })?;
        runs.collect()
    };
    read().map_err(|error| match error {
        rusqlite::Error::IntegralValueOutOfRange(..) => {
            StoreError::Corrupt(format!("history_runs: {error}"))
        }
        other => unreadable(other),
    })
}

/// Adds the movements of a block, or of older ones that no run covers yet, in the transaction that
/// `connection` has open. The movements are among the rows already.
pub(super) fn advance(connection: &Connection, block: &Movements) -> Result<(), StoreError> {
    let mut runs = match runs(connection) {
        Err(StoreError::Corrupt(_)) => {
            forget(connection)?;
            Vec::new()
        }
        read => read?,
    };
    let first = match runs.last() {
        Some(run) => Some(run.last.saturating_add(1)),
        None => oldest_movement(connection)?,
    };
    let Some(first) = first else { return Ok(()) };
    let newest = block.ends().map(|(first, _)| first.number);
    if newest != Some(first) {
        let rows = uncovered(connection, first)?;
        return add_run(connection, &mut runs, &rows.iter().collect::<Vec<_>>());
    }
    // A block has fewer movements than a run may have, but that is for its rules to say.
    let most = usize::try_from(MAX_MOVEMENTS).unwrap_or(usize::MAX);
    let movements: Vec<&Movement> = block.iter().collect();
    movements.chunks(most).try_for_each(|part| add_run(connection, &mut runs, part))
}

pub(super) fn oldest_movement(connection: &Connection) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT number FROM movement_rows ORDER BY number LIMIT 1";
    connection.query_row(sql, [], |row| number(row, 0)).optional().map_err(rolled_back)
}

fn uncovered(connection: &Connection, first: u64) -> Result<Vec<Movement>, StoreError> {
    let sql = select_movement(" WHERE number >= ? ORDER BY number LIMIT ?");
    let mut query = connection.prepare_cached(&sql).map_err(rolled_back)?;
    let rows =
        query.query_map(params![int(first), int(CATCH_UP)], read_movement).map_err(rolled_back)?;
    rows.collect::<Result<_, _>>().map_err(rolled_back)
}

fn add_run(
    connection: &Connection,
    runs: &mut Vec<Run>,
    movements: &[&Movement],
) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (movements.first(), movements.last()) else { return Ok(()) };
    let slot = empty_slot(connection, runs)?;
    let run = Run { slot, first: first.number, last: last.number };
    write_movements(connection, run, movements)?;
    runs.push(run);
    Ok(())
}

/// A slot that no run has and that holds nothing.
fn empty_slot(connection: &Connection, runs: &[Run]) -> Result<u16, StoreError> {
    let slot = slot_beside(runs)?;
    let (first, last) = ids_of(slot);
    prepared(connection, "DELETE FROM history_chunks WHERE id BETWEEN ? AND ?")?
        .execute([first, last])
        .map_err(rolled_back)?;
    Ok(slot)
}

fn slot_beside(runs: &[Run]) -> Result<u16, StoreError> {
    let none = || StoreError::RolledBack("there are too many runs of histories".to_owned());
    free_slot(runs).ok_or_else(none)
}

fn write_movements(
    connection: &Connection,
    run: Run,
    movements: &[&Movement],
) -> Result<(), StoreError> {
    // Account and place: what entries are sorted by.
    let mut sides: Vec<(AccountNumber, usize)> = Vec::new();
    for (place, movement) in movements.iter().enumerate() {
        sides.extend(clustered_sides(movement).map(|account| (account, place)));
    }
    sides.sort_unstable();
    let mut insert = prepared(connection, INSERT_CHUNK)?;
    let mut filler = ChunkFiller::new(run, |id, body| insert_chunk(&mut insert, id, body));
    let mut row = Vec::new();
    for (account, place) in sides {
        if let Some(seen) = movements.get(place).and_then(|movement| movement.seen_by(account)) {
            row.clear();
            seen.write(&mut row);
            filler.push((account, &row))?;
        }
    }
    filler.finish()?;
    write_run(connection, run)
}

const INSERT_CHUNK: &str = "INSERT INTO history_chunks (id, body) VALUES (?, ?)";

fn prepared<'c>(connection: &'c Connection, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
    connection.prepare_cached(sql).map_err(rolled_back)
}

fn insert_chunk(insert: &mut CachedStatement<'_>, id: i64, body: &[u8]) -> Result<(), StoreError> {
    insert.execute(params![id, body]).map(|_one| ()).map_err(rolled_back)
}

fn write_run(connection: &Connection, run: Run) -> Result<(), StoreError> {
    let sql = "INSERT INTO history_runs (slot, first, last) VALUES (?, ?, ?)";
    let row = params![run.slot, int(run.first), int(run.last)];
    prepared(connection, sql)?.execute(row).map(|_one| ()).map_err(rolled_back)
}

/// Walks back through the history of an account.
pub(super) fn walk_back(connection: &Connection, walk: &mut WalkBack) -> Result<(), StoreError> {
    let prepare = |sql: &str| connection.prepare_cached(sql).map_err(unreadable);
    let mut chunks =
        prepare("SELECT body FROM history_chunks WHERE id BETWEEN ? AND ? ORDER BY id DESC")?;
    let mut movements = prepare(&select_movement(" WHERE number = ?"))?;
    let is_clustered = walk.account() != RESERVE_ACCOUNT;
    let runs = if is_clustered { runs(connection)? } else { Vec::new() };
    while let Some(wanted) = walk.next() {
        let covering = runs.iter().find(|run| (run.first..=run.last).contains(&wanted));
        if let Some(run) = covering {
            walk_through(&mut chunks, *run, walk)?;
        } else {
            let movement = movements.query_row([int(wanted)], read_movement).optional();
            let movement = movement.map_err(unreadable)?;
            walk.take(movement.and_then(|movement| movement.seen_by(walk.account())));
        }
        if walk.next() == Some(wanted) {
            walk.take(None);
        }
    }
    Ok(())
}

/// Takes what a run has of the history, newest first.
fn walk_through(
    chunks: &mut CachedStatement<'_>,
    run: Run,
    walk: &mut WalkBack,
) -> Result<(), StoreError> {
    let account = walk.account();
    let newest = id_of(run, account, walk.next().unwrap_or_default());
    let (lowest, _) = ids_of(run.slot);
    let mut bodies = chunks.query([lowest, newest]).map_err(unreadable)?;
    while let Some(body) = bodies.next().map_err(unreadable)? {
        let body = body.get_ref(0).map_err(unreadable)?.as_blob().unwrap_or_default();
        let mut mine: Vec<&[u8]> = Vec::new();
        let mut begins_with_others = false;
        for entry in entries_of(body) {
            let (owner, row) = entry.map_err(damaged)?;
            begins_with_others |= owner < account;
            if owner > account {
                break;
            }
            mine.extend((owner == account).then_some(row));
        }
        for row in mine.into_iter().rev() {
            let Some(wanted) = walk.next().filter(|wanted| *wanted >= run.first) else {
                return Ok(());
            };
            if HistoryRow::number_of(row).map_err(damaged)? <= wanted {
                walk.take(Some(HistoryRow::read(&mut Reader::new(row)).map_err(damaged)?));
            }
        }
        if begins_with_others {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows has to fail")]
mod tests {
    use protocol::money::Amount;
    use protocol::time::UnixMillis;
    use protocol::transfer::TxId;

    use super::super::migrate::DERIVED;
    use super::runs::FAN_IN;
    use super::*;
    use crate::state::{MovementKind, Recent};

    /// Numbers that look random and are the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            (self.0 >> 33) % end
        }
    }

    /// Payments among a few busy accounts and many others, with notes of every length.
    struct Past {
        dice: Dice,
        movements: Vec<Movement>,
        newest: Vec<u64>,
    }

    impl Past {
        fn new(accounts: usize) -> Self {
            Self { dice: Dice(7), movements: Vec::new(), newest: vec![0; accounts] }
        }

        fn account(&mut self) -> AccountNumber {
            let all = u64::try_from(self.newest.len()).unwrap();
            let among = if self.dice.below(3) == 0 { 3 } else { all };
            u32::try_from(self.dice.below(among)).unwrap()
        }

        /// The next payments.
        fn block(&mut self, length: usize) -> &[Movement] {
            let before = self.movements.len();
            while self.movements.len() < before + length {
                let (debit, credit) = (self.account(), self.account());
                if debit != credit {
                    self.pay(debit, credit);
                }
            }
            &self.movements[before..]
        }

        fn pay(&mut self, debit: AccountNumber, credit: AccountNumber) {
            let number = u64::try_from(self.movements.len()).unwrap() + 1;
            let note = if self.dice.below(4) == 0 { self.dice.below(512) } else { 0 };
            let [from, to] = [debit, credit].map(|account| usize::try_from(account).unwrap());
            self.movements.push(Movement {
                number,
                kind: MovementKind::Transfer,
                debit: Some(debit),
                credit,
                amount: Amount::from_micro(number * 7).unwrap(),
                previous_of_debit: self.newest[from],
                previous_of_credit: self.newest[to],
                nonce: number,
                note: "n".repeat(usize::try_from(note).unwrap()),
                tx_id: Some(TxId::from_bytes([5; 16])),
                transfer_number: number,
                command: number,
                epoch: 1,
                height: number / 9,
                time: UnixMillis(1_795_332_791_000 + number),
            });
            self.newest[from] = number;
            self.newest[to] = number;
        }

        /// The whole history of every account is found, from its end and from its middle.
        fn check(&self, connection: &Connection, every: usize) {
            for account in (0..self.newest.len()).step_by(every) {
                let newest = self.newest[account];
                let account = u32::try_from(account).unwrap();
                let all: Vec<HistoryRow> =
                    self.movements.iter().rev().filter_map(|m| m.seen_by(account)).collect();
                let back = |from, skip, limit| {
                    let mut walk = WalkBack::new(account, from, skip, limit);
                    walk_back(connection, &mut walk).unwrap();
                    walk.found()
                };
                assert_eq!(back(newest, 0, usize::MAX), all, "{account}");
                let middle = all.len() / 2;
                assert_eq!(
                    back(newest, middle, 3),
                    all[middle..].iter().take(3).cloned().collect::<Vec<_>>()
                );
                if let Some(row) = all.get(middle) {
                    assert_eq!(
                        back(row.number, 0, 2),
                        all[middle..].iter().take(2).cloned().collect::<Vec<_>>()
                    );
                    let strange = self.movements.iter().find(|m| m.previous_of(account).is_none());
                    assert_eq!(back(strange.unwrap().number, 0, 2), [], "{account}");
                }
            }
        }
    }

    fn file() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        DERIVED.migrate(&mut connection).unwrap();
        connection
    }

    fn row_of(connection: &Connection, m: &Movement) {
        let sql = "INSERT INTO movement_rows (number, kind, debit, credit, amount, \
                   previous_of_debit, previous_of_credit, nonce, note, tx_id, transfer_number, \
                   command, epoch, height, time_ms) \
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let (kind, amount) = (m.kind.to_number(), int(m.amount.micro()));
        let tx_id = m.tx_id.as_ref().map(TxId::as_bytes);
        let row = params![
            int(m.number),
            kind,
            m.debit,
            m.credit,
            amount,
            int(m.previous_of_debit),
            int(m.previous_of_credit),
            int(m.nonce),
            m.note,
            tx_id,
            int(m.transfer_number),
            int(m.command),
            int(m.epoch),
            int(m.height),
            int(m.time.0),
        ];
        connection.execute(sql, row).unwrap();
    }

    #[test]
    fn every_history_is_found_in_whatever_runs_it_ended_up() {
        let mut connection = file();
        let mut past = Past::new(60);
        for block in 0..90 {
            let length = if block % 30 == 11 { 900 } else { 1 + block % 40 };
            let block = past.block(length);
            advance_with(&connection, block);
            tidy(&mut connection).unwrap();
        }
        assert!(runs(&connection).unwrap().len() < 12);
        past.check(&connection, 1);
    }

    #[test]
    fn what_no_run_covers_is_found_and_caught_up_with() {
        let connection = file();
        let mut past = Past::new(20);
        for movement in past.block(700) {
            row_of(&connection, movement);
        }
        past.check(&connection, 1);
        // The next block finds that the ones before are not covered.
        advance_with(&connection, past.block(10));
        assert_eq!(runs(&connection).unwrap().last().map(|run| run.last), Some(710));
        past.check(&connection, 1);
        advance(&connection, &Movements::default()).unwrap();
        advance_with(&connection, past.block(10));
        past.check(&connection, 1);
    }

    /// What would tear entries out of their order is noticed, no history loses anything by it, and
    /// behind the blocks that follow all is as it was.
    #[test]
    fn damaged_runs_are_made_anew_from_the_movements() {
        let spoil = [
            "UPDATE history_chunks SET body = x'' WHERE id = (SELECT min(id) FROM history_chunks)",
            "INSERT INTO history_chunks (id, body) VALUES (1, x'')",
            // An account that stands behind all others, and a length that reaches too far.
            "UPDATE history_chunks SET body = CAST(x'7f' || substr(body, 2) AS BLOB)",
            "UPDATE history_chunks SET body = CAST(substr(body, 1, 4) || x'ffff' || substr(body, 7) AS BLOB)",
            "PRAGMA ignore_check_constraints = ON; \
             UPDATE history_runs SET slot = 40000 + 30000 * slot; \
             PRAGMA ignore_check_constraints = OFF",
            // The number of a movement that belongs to another run.
            "UPDATE history_chunks SET body = CAST(substr(body, 1, 7) || x'01' || substr(body, 9) AS BLOB)",
        ];
        for spoil in spoil {
            let mut connection = file();
            let mut past = Past::new(20);
            for _ in 0..FAN_IN {
                advance_with(&connection, past.block(300));
            }
            let before = connection.total_changes();
            connection.execute_batch(spoil).unwrap();
            assert!(connection.total_changes() > before, "{spoil}");
            let told = tidy(&mut connection);
            assert!(matches!(told, Err(StoreError::Corrupt(_))), "{spoil}: {told:?}");
            // Where nothing says which runs there are, nothing is read before the next block.
            if runs(&connection).is_ok() {
                past.check(&connection, 1);
            }
            advance_with(&connection, past.block(10));
            assert_eq!(runs(&connection).unwrap().len(), 1);
            tidy(&mut connection).unwrap();
            past.check(&connection, 1);
        }
    }

    #[test]
    fn a_merge_that_fails_changes_nothing_and_is_done_later() {
        let mut connection = file();
        let mut past = Past::new(20);
        for _ in 0..FAN_IN {
            advance_with(&connection, past.block(300));
        }
        // An integer overflow: an error that says nothing about the tables.
        let fail = "CREATE TEMP TRIGGER fail BEFORE INSERT ON history_runs \
                    BEGIN SELECT abs(-9223372036854775807 - 1); END";
        connection.execute_batch(fail).unwrap();
        let told = tidy(&mut connection);
        assert!(matches!(told, Err(StoreError::RolledBack(_))), "{told:?}");
        assert_eq!(runs(&connection).unwrap().len(), FAN_IN);
        past.check(&connection, 1);
        connection.execute_batch("DROP TRIGGER fail").unwrap();
        tidy(&mut connection).unwrap();
        assert_eq!(runs(&connection).unwrap().len(), 1);
        past.check(&connection, 1);
    }

    #[test]
    fn one_account_may_have_more_than_a_chunk_has_places_for() {
        let connection = file();
        let mut past = Past::new(3);
        for _ in 0..20 {
            advance_with(&connection, past.block(400));
        }
        past.check(&connection, 1);
        let longest: u32 = connection
            .query_row("SELECT max(length(body)) FROM history_chunks", [], |row| row.get(0))
            .unwrap();
        assert!(longest < 24_000, "{longest}");
    }

    fn group(block: &[Movement]) -> Movements {
        let mut recent = Recent::default();
        recent.push(block.to_vec());
        recent.from(0)
    }

    fn advance_with(connection: &Connection, block: &[Movement]) {
        for movement in block {
            row_of(connection, movement);
        }
        advance(connection, &group(block)).unwrap();
    }
}
