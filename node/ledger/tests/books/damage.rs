//! What a damaged file of a killed process may not do.

use std::path::Path;

use ledger::store::StoreError;
use ledger::store::sqlite::SqliteStore;
use rusqlite::Connection;

use crate::recovery::{folder, founded};
use crate::story::{play, scenes};
use crate::world::*;

/// A copy of a folder as a killed process leaves it.
fn copied(from: &Path) -> Place {
    let place = Place::folder();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder(&place).join(entry.file_name())).unwrap();
    }
    place
}

/// SQLite takes a damaged frame for the end of its WAL. What was acknowledged behind it does not
/// vanish in silence.
#[test]
fn a_damaged_wal_does_not_shorten_the_log() {
    let mut place = Place::folder();
    let mut ledger = founded(&mut place);
    for nonce in 1..=20 {
        ledger.give(at(100 * nonce), transfer(&alice(), &bob().wallet(), 5_000, nonce)).unwrap();
    }
    let balance = ledger.balance(&bob().wallet());
    let length = std::fs::metadata(folder(&place).join("log.db-wal")).unwrap().len();
    for part in 0..40 {
        let damaged = copied(folder(&place));
        let wal = folder(&damaged).join("log.db-wal");
        let whole = std::fs::read(&wal).unwrap();
        let mut bytes = whole.clone();
        bytes[usize::try_from(length * part / 40).unwrap()] ^= 1;
        std::fs::write(&wal, &bytes).unwrap();
        for opened in
            [damaged.open().map(drop), SqliteStore::at(folder(&damaged)).open_reads().map(drop)]
        {
            let Err(StoreError::Corrupt(message)) = opened else { panic!("{part}: {opened:?}") };
            assert!(message.contains("log.db-wal has lost"), "{message}");
        }
        let founded = SqliteStore::at(folder(&damaged)).found(&founded_with(genesis_text(2), None));
        assert!(matches!(founded, Err(StoreError::Corrupt(_))), "{part}");
        // Nothing was done to it, so it can be mended.
        assert!(std::fs::read(&wal).unwrap() == bytes, "{part}");
        let mended = copied(folder(&damaged));
        std::fs::write(folder(&mended).join("log.db-wal"), &whole).unwrap();
        assert_eq!(mended.reopen().unwrap().balance(&bob().wallet()), balance, "{part}");
        // Without the note nobody could tell.
        std::fs::remove_file(folder(&damaged).join("log.tail")).unwrap();
        assert!(damaged.reopen().map_or(true, |books| books.balance(&bob().wallet()) < balance));
    }
    let whole = copied(folder(&place)).reopen().unwrap();
    assert_eq!(whole.balance(&bob().wallet()), balance);
}

/// Where the commits of a write-ahead log end in its file. See "The WAL File Format" in SQLite's
/// `fileformat2.html`: a frame that names the size of the database ends a transaction.
fn ends_of_commits(wal: &[u8]) -> Vec<usize> {
    const HEADER: usize = 32;
    const FRAME_HEADER: usize = 24;
    let number = |at: usize| u32::from_be_bytes(wal[at..at + 4].try_into().unwrap());
    let frame = FRAME_HEADER + usize::try_from(number(8)).unwrap();
    let salts = &wal[16..24];
    let frames = (HEADER..).step_by(frame).take_while(|at| at + frame <= wal.len());
    let written = frames.take_while(|at| wal[at + 8..at + 16] == *salts);
    written.filter(|at| number(at + 4) != 0).map(|at| at + frame).collect()
}

/// A number that a query over the derived tables gives.
fn derived_number(place: &Place, sql: &str) -> i64 {
    let connection = Connection::open(folder(place).join("derived.db")).unwrap();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Accounts that do not hold what they got less what they gave.
const UNBALANCED: &str = "SELECT count(*) FROM account_rows AS account WHERE balance <> \
     (SELECT coalesce(sum(amount), 0) FROM movement_rows WHERE credit = account.number) - \
     (SELECT coalesce(sum(amount), 0) FROM movement_rows WHERE debit = account.number)";

/// Epochs that are called settled and have other payouts than they should (kind 4 is a reward).
const SETTLED_UNPAID: &str = "SELECT count(*) FROM epoch_rows WHERE settled_at IS NOT NULL AND \
     payouts <> (SELECT count(*) FROM movement_rows WHERE kind = 4 AND epoch = first_epoch)";

/// Whenever a process is killed, the tables hold whole blocks: what was paid, that it was paid, and
/// what everybody has since then.
#[test]
fn a_kill_between_any_two_commits_finds_whole_blocks() {
    let scenes = scenes();
    let mut place = Place::folder();
    let mut ledger = founded(&mut place);
    play(&mut ledger, &scenes);
    let root = ledger.root_of_everything();
    let whole = std::fs::read(folder(&place).join("derived.db-wal")).unwrap();
    let ends = ends_of_commits(&whole);
    assert!(ends.len() > scenes.len(), "{} commits: the WAL began anew", ends.len());
    let mut settled = Vec::new();
    for end in ends {
        let killed = copied(folder(&place));
        std::fs::write(folder(&killed).join("derived.db-wal"), &whole[..end]).unwrap();
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'mark'";
        if derived_number(&killed, tables) == 1 {
            assert_eq!(derived_number(&killed, UNBALANCED), 0, "cut at {end}");
            assert_eq!(derived_number(&killed, SETTLED_UNPAID), 0, "cut at {end}");
            settled.push(derived_number(
                &killed,
                "SELECT count(*) FROM epoch_rows WHERE settled_at IS NOT NULL AND payouts > 0",
            ));
        }
        assert_eq!(killed.reopen().unwrap().root_of_everything(), root, "cut at {end}");
    }
    settled.dedup();
    assert_eq!(settled, [0, 1, 2, 3], "the cuts did not see every epoch settled");
}
