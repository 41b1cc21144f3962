//! Derived tables that are lost, damaged, or of another program are made anew from the log.

use std::path::Path;

use ledger::audit::audit;
use ledger::ledger::{Ledger, LedgerError};
use ledger::store::StoreError;
use rusqlite::Connection;

use crate::audit::audited;
use crate::recovery::{SLICE, folder, founded};
use crate::story::{Scene, play, scenes};
use crate::world::*;

fn remove_derived(folder: &Path) {
    for name in ["derived.db", "derived.db-wal", "derived.db-shm"] {
        drop(std::fs::remove_file(folder.join(name)));
    }
}

/// Books on disk that were closed in order, and the root of what they say.
pub(crate) fn told_on_disk(scenes: &[Scene]) -> (Place, [u8; 32]) {
    let mut place = Place::folder();
    let mut ledger = founded(&mut place);
    play(&mut ledger, scenes);
    let root = ledger.root_of_everything();
    (place, root)
}

/// What somebody does to the files of a folder.
type Damage<'d> = Box<dyn Fn(&Path) + 'd>;

fn damage_a_definition(path: &Path) {
    let file = path.join("derived.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let column = b"signs_chain_id INTEGER".as_slice();
    let at = bytes.windows(column.len()).position(|window| window == column).unwrap();
    bytes[at] = b'S';
    std::fs::write(&file, bytes).unwrap();
}

/// Takes the histories out, which the third version has brought.
fn back_to_version(version: u32, path: &Path) -> Connection {
    let old = Connection::open(path.join("derived.db")).unwrap();
    old.execute_batch("DROP TABLE history_runs; DROP TABLE history_chunks").unwrap();
    old.pragma_update(None, "user_version", version).unwrap();
    old
}

#[test]
fn derived_tables_are_rebuilt_whatever_became_of_them() {
    let scenes = scenes();
    let (other_chain, _) = told_on_disk(&scenes[..3]);
    let other_chain = std::fs::read(folder(&other_chain).join("derived.db")).unwrap();
    let damages: [(&str, Damage<'_>); 11] = [
        ("deleted", Box::new(remove_derived)),
        ("emptied", Box::new(|path| std::fs::write(path.join("derived.db"), b"").unwrap())),
        ("garbage", Box::new(|path| std::fs::write(path.join("derived.db"), [7; 9_000]).unwrap())),
        (
            "cut off",
            Box::new(|path| {
                let bytes = std::fs::read(path.join("derived.db")).unwrap();
                std::fs::write(path.join("derived.db"), &bytes[..bytes.len() / 2]).unwrap();
            }),
        ),
        (
            "of another chain",
            Box::new(|path| std::fs::write(path.join("derived.db"), &other_chain).unwrap()),
        ),
        (
            "of a newer program",
            Box::new(|path| {
                let derived = Connection::open(path.join("derived.db")).unwrap();
                derived.pragma_update(None, "user_version", 99).unwrap();
            }),
        ),
        (
            "of the first version",
            Box::new(|path| {
                let old = back_to_version(1, path);
                let made = include_str!("../../migrations/sqlite/derived/0001_derived.sql");
                let start = made.find("CREATE TABLE enrolment_rows").unwrap();
                let end = start + made[start..].find(';').unwrap();
                old.execute_batch("DROP TABLE enrolment_rows").unwrap();
                old.execute_batch(&made[start..end]).unwrap();
            }),
        ),
        (
            "without the histories of the newest version",
            Box::new(|path| drop(back_to_version(2, path))),
        ),
        ("with a damaged definition", Box::new(damage_a_definition)),
        (
            "marked with another header",
            Box::new(|path| {
                let derived = Connection::open(path.join("derived.db")).unwrap();
                derived.execute("UPDATE mark SET header_hash = zeroblob(32)", []).unwrap();
            }),
        ),
        (
            "with one micro-RTC more",
            Box::new(|path| {
                let derived = Connection::open(path.join("derived.db")).unwrap();
                let sql = "UPDATE account_rows SET balance = balance + 1 WHERE number = 3";
                derived.execute(sql, []).unwrap();
            }),
        ),
    ];
    for (what, damage) in damages {
        let (place, root) = told_on_disk(&scenes);
        damage(folder(&place));
        let mut ledger = place.reopen().unwrap_or_else(|error| unreachable!("{what}: {error}"));
        assert_eq!(ledger.root_of_everything(), root, "{what}");
        audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
        ledger.give(in_epoch(6, 500), transfer(&alice(), &bob().wallet(), 9_000, 77)).unwrap();
        ledger.seal().unwrap();
        audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
    }
}

#[test]
fn what_an_older_program_wrote_is_in_order_before_it_is_brought_up_to_date() {
    let (place, _) = told_on_disk(&scenes());
    drop(back_to_version(2, folder(&place)));
    audited(folder(&place)).unwrap();
}

#[test]
fn books_that_hold_nothing_but_the_supply_are_in_order() {
    let text = genesis_text(SLICE);
    let (before, rest) = text.split_once("[allocations]").unwrap();
    let (_, policy) = rest.split_once("[policy]").unwrap();
    let mut place = Place::folder();
    let empty = format!("{before}[allocations]\n\n[policy]{policy}");
    let store = place.found(&founded_with(empty, None));
    drop(Ledger::found(store, at(0), Box::new(node())).unwrap());
    audited(folder(&place)).unwrap();
}

/// Lists of what happened are in no root, and the next block is written beside them.
#[test]
fn a_list_that_ends_elsewhere_is_made_anew() {
    let scenes = scenes();
    let (_, reference) = told_on_disk(&scenes);
    for table in ["movement_rows", "attestation_rows"] {
        for change in ["UPDATE {} SET number = number + 1", "DELETE FROM {}"] {
            let (place, root) = told_on_disk(&scenes[..8]);
            let change = change.replace("{}", table);
            let newest = format!("{change} WHERE number = (SELECT max(number) FROM {table})");
            let file = folder(&place).join("derived.db");
            assert_eq!(Connection::open(file).unwrap().execute(&newest, []).unwrap(), 1);
            let mut ledger = place.reopen().unwrap();
            assert_eq!(ledger.root_of_everything(), root, "{newest}");
            play(&mut ledger, &scenes[8..]);
            assert_eq!(ledger.root_of_everything(), reference, "{newest}");
            audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
        }
    }
}

/// A database in which the values of a column are texts, though its table takes none.
fn with_another_type(database: &[u8], table: &str, column: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.db");
    std::fs::write(&path, database).unwrap();
    let connection = Connection::open(&path).unwrap();
    let sql = format!("SELECT sql FROM sqlite_schema WHERE name = '{table}'");
    let definition: String = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
    let define = |definition: &str| {
        connection.execute_batch("PRAGMA writable_schema = ON").unwrap();
        let sql = format!("UPDATE sqlite_schema SET sql = ? WHERE name = '{table}'");
        connection.execute(&sql, [definition]).unwrap();
        connection.execute_batch("PRAGMA writable_schema = RESET").unwrap();
    };
    define(&definition.replace("STRICT", "").replace("INTEGER NOT NULL", "BLOB"));
    let changed = connection
        .execute(&format!("UPDATE {table} SET {column} = hex(zeroblob(16))"), [])
        .unwrap();
    assert!(changed > 0, "{table}");
    define(&definition);
    connection.close().unwrap();
    std::fs::read(&path).unwrap()
}

/// A page that only the next block comes upon, of each table and index; and a value of a type that
/// is never written, which is one flipped bit away.
#[test]
fn tables_that_cannot_take_a_block_are_made_anew() {
    let scenes = scenes();
    let (place, _) = told_on_disk(&scenes[..7]);
    let path = folder(&place).join("derived.db");
    let derived = std::fs::read(&path).unwrap();
    let pages: Vec<(String, usize)> = {
        let connection = Connection::open(&path).unwrap();
        let sql = "SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 1";
        let mut query = connection.prepare(sql).unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, u16>(1)?.into())));
        let rows = rows.unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let mut ledger = place.reopen().unwrap();
    play(&mut ledger, &scenes[7..]);
    let root = ledger.root_of_everything();
    drop(ledger);
    let page_size = usize::from(u16::from_be_bytes([derived[16], derived[17]]));
    assert!(pages.len() > 10, "{pages:?}");
    let reopens = |damaged: &[u8], what: &str| {
        remove_derived(folder(&place));
        std::fs::write(&path, damaged).unwrap();
        let ledger = place.reopen().unwrap();
        assert_eq!(ledger.root_of_everything(), root, "{what}");
        audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
    };
    for (name, page) in pages {
        let mut damaged = derived.clone();
        // The kind of a page in a B-tree; this one does not exist.
        damaged[(page - 1) * page_size] = 0xff;
        reopens(&damaged, &name);
    }
    for (table, column) in [("mark", "header_hash"), ("tx_runs", "level")] {
        reopens(&with_another_type(&derived, table, column), table);
    }
}

#[test]
fn derived_tables_ahead_of_the_log_are_rebuilt() {
    let scenes = scenes();
    let (place, root) = told_on_disk(&scenes[..8]);
    let path = folder(&place).join("log.db");
    let backup = folder(&place).join("backup.db");
    let backup_text = backup.to_str().unwrap();
    Connection::open(&path).unwrap().execute("VACUUM INTO ?", [backup_text]).unwrap();
    play(&mut place.reopen().unwrap(), &scenes[8..]);
    for suffix in ["-wal", "-shm"] {
        drop(std::fs::remove_file(folder(&place).join(format!("log.db{suffix}"))));
    }
    std::fs::rename(backup, &path).unwrap();
    // An older log is only taken on the operator's word.
    assert!(matches!(place.reopen(), Err(LedgerError::Store(StoreError::Corrupt(_)))));
    std::fs::remove_file(folder(&place).join("log.tail")).unwrap();
    let ledger = place.reopen().unwrap();
    assert_eq!(ledger.root_of_everything(), root);
    audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
}

#[test]
fn a_half_paid_epoch_goes_on_after_a_rebuild() {
    let scenes = scenes();
    // The seventh scene is the first of epoch 1: two of eight miners are paid.
    for rebuild in [false, true] {
        let (place, _) = told_on_disk(&scenes[..7]);
        if rebuild {
            remove_derived(folder(&place));
        }
        let mut ledger = place.reopen().unwrap();
        assert_eq!(ledger.state().read().counters.frozen.as_ref().unwrap().paid, 2);
        play(&mut ledger, &scenes[7..]);
        let mut reference_place = Place::memory();
        let mut reference = founded(&mut reference_place);
        play(&mut reference, &scenes);
        assert_eq!(ledger.sealer.tip(), reference.sealer.tip());
    }
}
