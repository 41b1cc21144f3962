//! What a damaged file of a killed process may not do.

use std::path::Path;

use ledger::store::StoreError;
use ledger::store::sqlite::SqliteStore;

use crate::recovery::{folder, founded};
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
