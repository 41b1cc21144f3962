//! Damage to what is stored: the audit finds it and says where.

use std::path::Path;
use std::sync::Arc;

use ledger::audit::{AuditError, AuditReport, audit};
use ledger::ledger::Ledger;
use ledger::store::Reads;
use ledger::store::sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::story::{play, scenes};
use crate::world::*;

/// Settlements are paid one miner at a time, so that one is unfinished at the end.
const SLICE: u64 = 1;

/// The story on disk, with an epoch half paid at its end.
pub(crate) fn told_on_disk() -> TempDir {
    let folder = TempDir::new().unwrap();
    let founding = founded_with(genesis_text(SLICE), None);
    let store = SqliteStore::at(folder.path()).found(&founding).unwrap();
    let mut ledger = Ledger::found(store, at(0), Box::new(node())).unwrap();
    play(&mut ledger, &scenes());
    for person in 80..83 {
        let (person, now) = (Person::new(person), in_epoch(6, person));
        let attest = Attest::new(&person.wallet(), Hardware::Pc, 700 + now.0, now.0, now);
        ledger.give(now, attest.signed_by(&person)).unwrap();
        ledger.seal().unwrap();
    }
    ledger.tick(in_epoch(7, 0)).unwrap();
    let (person, now) = (Person::new(90), in_epoch(7, 90));
    let attest = Attest::new(&person.wallet(), Hardware::Pc, 800, 800, now);
    ledger.give(now, attest.signed_by(&person)).unwrap();
    ledger.seal().unwrap();
    assert!(ledger.state().read().counters.frozen.is_some());
    folder
}

/// A copy that can be damaged.
pub(crate) fn copy_of(folder: &Path) -> TempDir {
    let copy = TempDir::new().unwrap();
    for name in ["log.db", "derived.db"] {
        let to = copy.path().join(name);
        let from = Connection::open(folder.join(name)).unwrap();
        from.execute("VACUUM INTO ?", [to.to_str().unwrap()]).unwrap();
    }
    copy
}

/// Takes the triggers away that keep the log from being changed; the SQL that brings them back.
pub(crate) fn lift_triggers(connection: &Connection) -> String {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
    let mut query = connection.prepare(sql).unwrap();
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let triggers: Vec<(String, String)> = rows.map(Result::unwrap).collect();
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    triggers.into_iter().map(|(_, sql)| sql + ";").collect()
}

fn damage(folder: &Path, file: &str, sql: &str) {
    let connection = Connection::open(folder.join(file)).unwrap();
    let triggers = lift_triggers(&connection);
    assert!(connection.execute(sql, []).unwrap() > 0, "nothing damaged: {sql}");
    connection.execute_batch(&triggers).unwrap();
}

fn reads(folder: &Path) -> Arc<dyn Reads> {
    SqliteStore::at(folder).open_reads().unwrap()
}

pub(crate) fn audited(folder: &Path) -> Result<AuditReport, AuditError> {
    audit(reads(folder).as_ref(), &mut |_, _| {})
}

/// Damages copies of the story, one after the other, and compares what the audit says.
fn assert_found(file: &str, damages: &[(&str, &str)]) {
    let original = told_on_disk();
    audited(copy_of(original.path()).path()).unwrap();
    for (sql, expected) in damages {
        let copy = copy_of(original.path());
        damage(copy.path(), file, sql);
        let found = audited(copy.path());
        let error = found.map_err(|error| error.to_string()).expect_err(sql);
        assert!(error.contains(expected), "{sql}: {error}");
    }
}

/// An SQL expression for a blob with one byte changed.
fn flipped(column: &str, byte: u32) -> String {
    let rest = byte + 1;
    format!(
        "CAST(substr({column}, 1, {byte} - 1) || CASE WHEN substr({column}, {byte}, 1) = x'01' \
         THEN x'02' ELSE x'01' END || substr({column}, {rest}) AS BLOB)"
    )
}

#[test]
fn damage_to_the_log_is_found() {
    assert_found(
        "log.db",
        &[
            ("UPDATE founding SET genesis = replace(genesis, '1_500_000', '1_500_001')", "block 0"),
            ("UPDATE founding SET genesis = genesis || '#'", "block 0"),
            ("UPDATE founding SET openings = x'00'", "founding"),
            ("UPDATE founding SET validators = zeroblob(34)", "block 0"),
            ("UPDATE opens SET time_ms = time_ms + 1 WHERE height = 3", "block 3"),
            ("UPDATE opens SET time_ms = 5 WHERE height = 3", "block 3"),
            ("UPDATE opens SET incarnation = 1 WHERE height = 3", "block 3"),
            ("UPDATE opens SET first_command = first_command + 1 WHERE height = 3", "block 3"),
            ("UPDATE opens SET first_command = 1 WHERE height = 17", "block 17"),
            // The last block but one has no commands.
            (
                "UPDATE opens SET first_command = 1 WHERE height = (SELECT max(height) - 1 FROM opens)",
                "block",
            ),
            ("DELETE FROM opens WHERE height = 5", "block 5"),
            ("UPDATE groups SET commands = commands + 1 WHERE height = 6", "block 6"),
            ("UPDATE groups SET height = height + 1 WHERE height = 6", "block 6"),
            ("UPDATE groups SET chain = zeroblob(32) WHERE height = 4", "block 4"),
            ("UPDATE groups SET body = CAST(body || x'00' AS BLOB) WHERE height = 4", "block 4"),
            ("DELETE FROM groups WHERE height = 5", "block 5"),
            ("DELETE FROM seals WHERE height = 5", "block 5"),
            ("UPDATE seals SET height = 500 WHERE height = 5", "block 5"),
            (
                "UPDATE seals SET (header, certificate) = (SELECT header, certificate FROM seals \
                 WHERE height = 4) WHERE height = 5",
                "block 5",
            ),
        ],
    );
}

#[test]
fn damage_to_accounts_and_movements_is_found() {
    assert_found(
        "derived.db",
        &[
            ("UPDATE mark SET height = height - 1", "derived tables"),
            ("UPDATE mark SET height = height + 1", "derived tables"),
            ("UPDATE mark SET header_hash = zeroblob(32)", "derived tables"),
            (
                "UPDATE account_rows SET balance = balance + 1 WHERE number = 3",
                "row 3 of account_rows has another balance",
            ),
            (
                "UPDATE account_rows SET nonce = nonce - 1 WHERE nonce > 0",
                "account_rows has another nonce",
            ),
            ("UPDATE account_rows SET signs_chain_id = 0 WHERE signs_chain_id", "signs_chain_id"),
            ("UPDATE account_rows SET last_movement = 0 WHERE number = 2", "row 2 of account_rows"),
            ("UPDATE account_rows SET updated_at = 0 WHERE number = 2", "row 2 of account_rows"),
            ("UPDATE account_rows SET created_at = 0 WHERE number = 2", "row 2 of account_rows"),
            ("UPDATE account_rows SET wallet_id = 'x' WHERE number = 2", "row 2 of account_rows"),
            ("DELETE FROM account_rows WHERE number = 2", "row 2 of account_rows is missing"),
            ("UPDATE movement_rows SET kind = 5 WHERE number = 7", "row 7 of movement_rows"),
            ("UPDATE movement_rows SET debit = 3 WHERE number = 7", "row 7 of movement_rows"),
            ("UPDATE movement_rows SET credit = 0 WHERE number = 7", "row 7 of movement_rows"),
            (
                "UPDATE movement_rows SET amount = amount + 1 WHERE number = 7",
                "row 7 of movement_rows",
            ),
            (
                "UPDATE movement_rows SET previous_of_debit = 1 WHERE number = 7",
                "row 7 of movement_rows",
            ),
            (
                "UPDATE movement_rows SET previous_of_credit = 1 WHERE number = 7",
                "row 7 of movement_rows",
            ),
            (
                "UPDATE movement_rows SET nonce = nonce + 1 WHERE number = 7",
                "row 7 of movement_rows",
            ),
            ("UPDATE movement_rows SET note = 'x' WHERE number = 7", "row 7 of movement_rows"),
            (
                "UPDATE movement_rows SET tx_id = zeroblob(16) WHERE number = 7",
                "row 7 of movement_rows",
            ),
            ("UPDATE movement_rows SET tx_id = NULL WHERE number = 7", "row 7 of movement_rows"),
            (
                "UPDATE movement_rows SET transfer_number = 99 WHERE number = 7",
                "row 7 of movement_rows",
            ),
            (
                "UPDATE movement_rows SET command = command + 1 WHERE number = 7",
                "row 7 of movement_rows",
            ),
            ("UPDATE movement_rows SET epoch = 5 WHERE number = 7", "row 7 of movement_rows"),
            ("UPDATE movement_rows SET height = 5 WHERE number = 7", "row 7 of movement_rows"),
            ("UPDATE movement_rows SET time_ms = 5 WHERE number = 7", "row 7 of movement_rows"),
            ("DELETE FROM movement_rows WHERE number = 9", "row 9 of movement_rows"),
        ],
    );
}

#[test]
fn damage_to_the_other_derived_tables_is_found() {
    assert_found(
        "derived.db",
        &[
            ("UPDATE tx_chunks SET body = zeroblob(length(body))", "of tx_chunks"),
            ("DELETE FROM tx_runs", "tx_runs is missing"),
            (
                "UPDATE attestation_rows SET multiplier = 1 WHERE number = 2",
                "row 2 of attestation_rows",
            ),
            ("UPDATE attestation_rows SET miner = 0 WHERE number = 2", "row 2 of attestation_rows"),
            (
                "UPDATE attestation_rows SET passed = 1 - passed WHERE number = 2",
                "row 2 of attestation_rows",
            ),
            (
                "UPDATE attestation_rows SET previous = 1 WHERE number = 2",
                "row 2 of attestation_rows",
            ),
            ("DELETE FROM attestation_rows WHERE number = 3", "row 3 of attestation_rows"),
            ("UPDATE epoch_rows SET pot = pot + 1 WHERE first_epoch = 3", "row 3 of epoch_rows"),
            ("UPDATE epoch_rows SET payouts = 9 WHERE first_epoch = 0", "row 0 of epoch_rows"),
            (
                "UPDATE epoch_rows SET settled_at = NULL WHERE first_epoch = 0",
                "row 0 of epoch_rows",
            ),
            ("UPDATE epoch_rows SET last_epoch = 1 WHERE first_epoch = 1", "row 1 of epoch_rows"),
            ("DELETE FROM epoch_rows WHERE first_epoch = 3", "row 3 of epoch_rows"),
            ("DELETE FROM miner_rows WHERE number = 1", "row 1 of miner_rows is missing"),
            (
                "DELETE FROM state_rows WHERE kind = 1 AND number = 2",
                "row 1/2 of state_rows is missing",
            ),
            (
                "DELETE FROM state_rows WHERE kind = 2 AND number = 1",
                "row 2/1 of state_rows is missing",
            ),
            ("DELETE FROM state_rows WHERE kind = 3", "row 3/0 of state_rows is missing"),
            ("DELETE FROM state_blobs WHERE kind = 1", "row 1 of state_blobs is missing"),
            ("DELETE FROM state_blobs WHERE kind = 2", "row 2 of state_blobs is missing"),
            (
                "UPDATE enrolment_rows SET weight = 1 \
                 WHERE epoch = (SELECT max(epoch) FROM enrolment_rows)",
                "row 7/0 of enrolment_rows has another weight",
            ),
            (
                "UPDATE enrolment_rows SET weight = 1 \
                 WHERE epoch = (SELECT min(epoch) FROM enrolment_rows)",
                "row 6/0 of enrolment_rows has another weight",
            ),
        ],
    );
}

#[test]
fn one_changed_byte_is_found_wherever_it_is() {
    let original = told_on_disk();
    let log = Connection::open(original.path().join("log.db")).unwrap();
    let length = |table: &str, column: &str, row: i64| -> u32 {
        let sql = format!("SELECT length({column}) FROM {table} WHERE rowid = ?");
        log.query_row(&sql, [row], |row| row.get(0)).unwrap()
    };
    let mut tried = 0;
    for (table, column, rows) in [
        ("groups", "body", &[1_i64, 2, 5, 6][..]),
        ("groups", "chain", &[1, 6]),
        ("seals", "header", &[0, 4, 17]),
        ("seals", "certificate", &[0, 4, 17]),
    ] {
        for row in rows {
            let length = length(table, column, *row);
            for seventh in 0..7 {
                let byte = 1 + seventh * (length - 1) / 6;
                let copy = copy_of(original.path());
                let value = flipped(column, byte);
                let sql = format!("UPDATE {table} SET {column} = {value} WHERE rowid = {row}");
                damage(copy.path(), "log.db", &sql);
                audited(copy.path()).expect_err(&sql);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 84);
}

#[test]
fn a_block_without_seal_in_the_middle_is_named() {
    let original = told_on_disk();
    damage(original.path(), "log.db", "DELETE FROM seals WHERE height = 7");
    assert!(matches!(audited(original.path()), Err(AuditError::Unsealed(7))));
}

#[test]
fn an_audit_of_a_log_alone_says_so() {
    let original = told_on_disk();
    let copy = copy_of(original.path());
    std::fs::remove_file(copy.path().join("derived.db")).unwrap();
    let report = audited(copy.path()).unwrap();
    assert_eq!(report.derived_height, None);
    assert_eq!(report.blocks, report.height + 1);
    assert_eq!(
        std::fs::read_dir(copy.path())
            .unwrap()
            .filter(|entry| {
                entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("derived")
            })
            .count(),
        0
    );
}

#[test]
fn the_log_cannot_be_changed_by_mistake() {
    let folder = told_on_disk();
    let log = Connection::open(folder.path().join("log.db")).unwrap();
    for sql in [
        "UPDATE founding SET genesis = ''",
        "UPDATE opens SET time_ms = 0",
        "UPDATE groups SET body = x''",
        "UPDATE seals SET header = x''",
    ] {
        let error = log.execute(sql, []).expect_err(sql).to_string();
        assert!(error.contains("append-only"), "{sql}: {error}");
    }
}
