//! Pruning: the books go on as if nothing had been removed, wherever it was interrupted.

use std::fs;
use std::path::Path;

use ledger::audit::AuditError;
use ledger::ledger::{Ledger, LedgerError};
use ledger::prune::{PruneStep, Pruning};
use ledger::seal::Trees;
use ledger::store::StoreError;
use ledger::store::sqlite::SqliteStore;
use protocol::block::Header;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::audit::{audited, copy_of, told_on_disk};
use crate::world::*;

/// The story, and enough empty blocks behind it that all of it is old.
fn old_story() -> TempDir {
    let told = told_on_disk();
    let mut ledger = open(told.path()).unwrap();
    for tick in 1..25 {
        ledger.tick(in_epoch(9, tick * 100)).unwrap();
    }
    drop(ledger);
    copy_of(told.path())
}

fn open(folder: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open(SqliteStore::at(folder).open()?, Box::new(node()), &mut |_, _| {})
}

fn pruning(folder: &Path) -> Pruning {
    Pruning::open(&SqliteStore::at(folder)).unwrap()
}

/// Prunes, and stops when `stop` says so, as a process does that is killed.
fn prune(
    folder: &Path,
    archive: Option<&Path>,
    mut stop: impl FnMut(PruneStep) -> bool,
) -> Result<(), LedgerError> {
    let pruning = pruning(folder);
    let mut watch = |step| {
        if stop(step) { Err(StoreError::RolledBack("killed".to_owned())) } else { Ok(()) }
    };
    match pruning.plan(1)? {
        Some(plan) => pruning.carry_out(&plan, archive, &mut watch),
        None => pruning.complete(&mut watch),
    }
}

/// The pruned height and the rows of groups behind and before it.
fn pruned_at(folder: &Path) -> Option<(u64, i64)> {
    let reads = SqliteStore::at(folder).open_reads().unwrap();
    let pruned = reads.pruned().unwrap()?;
    let log = Connection::open(folder.join("log.db")).unwrap();
    let sql = "SELECT count(*) FROM groups WHERE height <= ?";
    let height = i64::try_from(pruned.height).unwrap();
    Some((pruned.height, log.query_row(sql, [height], |row| row.get(0)).unwrap()))
}

/// What a ledger does next: a transfer, an attestation, the end of an epoch.
fn goes_on(folder: &Path) -> Vec<Header> {
    let mut ledger = open(folder).unwrap();
    let state = ledger.state();
    let nonce = state.read().account(&alice().wallet()).unwrap().last_nonce + 1;
    let now = in_epoch(9, 5_000);
    ledger.give(now, transfer(&alice(), &bob().wallet(), RTC, nonce)).unwrap();
    ledger.seal().unwrap();
    let person = Person::new(90);
    let now = in_epoch(9, 6_000);
    let attest = Attest::new(&person.wallet(), Hardware::Pc, 9_000, 800, now);
    ledger.give(now, attest.signed_by(&person)).unwrap();
    ledger.seal().unwrap();
    ledger.tick(in_epoch(10, 0)).unwrap();
    ledger.tick(in_epoch(10, 10)).unwrap();
    let last = ledger.reads.last_height().unwrap().unwrap();
    let trees = Trees::over(&state.read());
    let headers: Vec<Header> =
        (0..=last).map(|height| ledger.reads.seal(height).unwrap().unwrap().header).collect();
    assert_eq!(trees.state_root(), headers.last().unwrap().state_root);
    headers
}

fn remove_derived(folder: &Path) {
    for name in ["derived.db", "derived.db-wal", "derived.db-shm"] {
        drop(fs::remove_file(folder.join(name)));
    }
}

#[test]
fn a_pruned_ledger_goes_on_like_its_twin() {
    let original = old_story();
    let expected = goes_on(copy_of(original.path()).path());
    for derived_is_lost in [false, true] {
        let copy = copy_of(original.path());
        prune(copy.path(), None, |_| false).unwrap();
        let (height, left) = pruned_at(copy.path()).unwrap();
        assert!(height > 10 && left == 0, "block {height}, {left} groups");
        if derived_is_lost {
            remove_derived(copy.path());
        }
        assert_eq!(goes_on(copy.path()), expected);
        let report = audited(copy.path()).unwrap();
        assert_eq!(report.pruned_height, Some(height));
        assert_eq!(report.blocks + height + 1, report.height + 1);
    }
}

#[test]
fn wherever_it_is_interrupted_the_ledger_opens_and_a_second_run_completes_it() {
    let original = old_story();
    let expected = goes_on(copy_of(original.path()).path());
    let mut steps = Vec::new();
    let counted = copy_of(original.path());
    prune(counted.path(), None, |step| {
        steps.push(step);
        false
    })
    .unwrap();
    assert!(steps.len() > 10, "{steps:?}");
    for (stopped, step) in steps.iter().enumerate() {
        let copy = copy_of(original.path());
        let mut taken = 0;
        prune(copy.path(), None, |_| {
            taken += 1;
            taken > stopped
        })
        .expect_err("it was stopped");
        let twin = TempDir::new().unwrap();
        for entry in fs::read_dir(copy.path()).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, twin.path().join(path.file_name().unwrap())).unwrap();
        }
        // Ignored,
        audited(twin.path()).unwrap_or_else(|error| panic!("{step:?}: {error}"));
        remove_derived(twin.path());
        assert_eq!(goes_on(twin.path()), expected, "{step:?}");
        // or completed.
        prune(copy.path(), None, |_| false).unwrap();
        let (_, left) = pruned_at(copy.path()).unwrap();
        assert_eq!(left, 0, "{step:?}");
        assert_eq!(goes_on(copy.path()), expected, "{step:?}");
        audited(copy.path()).unwrap();
    }
}

#[test]
fn old_transfers_are_still_recognised_by_their_ids() {
    let original = old_story();
    let ids = |folder: &Path| {
        let reads = SqliteStore::at(folder).open_reads().unwrap();
        let movements = reads.movements_from(1, 1_000).unwrap();
        movements.into_iter().filter_map(|movement| movement.tx_id).collect::<Vec<_>>()
    };
    let old = ids(original.path());
    assert!(old.len() > 3);
    prune(original.path(), None, |_| false).unwrap();
    assert_eq!(ids(original.path()), old);
    remove_derived(original.path());
    drop(open(original.path()).unwrap());
    let reads = SqliteStore::at(original.path()).open_reads().unwrap();
    for id in old {
        assert_eq!(reads.movement_of(&id).unwrap(), None);
        assert!(reads.was_pruned(&id).unwrap());
    }
    assert!(!reads.was_pruned(&protocol::transfer::TxId::from_bytes([9; 16])).unwrap());
}

#[test]
fn the_end_of_the_log_is_known_when_its_newest_group_is_pruned() {
    let folder = old_story();
    // Notes where the log ends.
    drop(open(folder.path()).unwrap());
    assert!(folder.path().join("log.tail").exists());
    prune(folder.path(), None, |_| false).unwrap();
    let log = Connection::open(folder.path().join("log.db")).unwrap();
    let groups: u32 = log.query_row("SELECT count(*) FROM groups", [], |row| row.get(0)).unwrap();
    assert_eq!(groups, 0, "all that happened is old");
    drop(log);
    drop(open(folder.path()).unwrap());
}

#[test]
fn pruning_again_goes_on_from_the_snapshot() {
    let folder = old_story();
    prune(folder.path(), None, |_| false).unwrap();
    let (first, _) = pruned_at(folder.path()).unwrap();
    let mut ledger = open(folder.path()).unwrap();
    let nonce = ledger.state().read().account(&alice().wallet()).unwrap().last_nonce + 1;
    let now = in_epoch(9, 5_000);
    ledger.give(now, transfer(&alice(), &bob().wallet(), RTC, nonce)).unwrap();
    for tick in 0..25 {
        ledger.tick(in_epoch(12, tick * 100)).unwrap();
    }
    drop(ledger);
    prune(folder.path(), None, |_| false).unwrap();
    let (second, left) = pruned_at(folder.path()).unwrap();
    assert!(second > first && left == 0);
    assert!(!folder.path().join(format!("snapshot-{first}.db")).exists());
    audited(folder.path()).unwrap();
    remove_derived(folder.path());
    drop(open(folder.path()).unwrap());
    assert_eq!(audited(folder.path()).unwrap().pruned_height, Some(second));
}

#[test]
fn without_derived_tables_a_damaged_or_missing_snapshot_is_a_clear_no() {
    let original = old_story();
    prune(original.path(), None, |_| false).unwrap();
    let (height, _) = pruned_at(original.path()).unwrap();
    let snapshot = original.path().join(format!("snapshot-{height}.db"));
    let whole = fs::read(&snapshot).unwrap();
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    for content in [Some(damaged), None] {
        match content {
            Some(bytes) => fs::write(&snapshot, bytes).unwrap(),
            None => fs::remove_file(&snapshot).unwrap(),
        }
        let found = audited(original.path());
        assert!(matches!(found, Err(AuditError::Store(_))), "{found:?}");
        assert!(found.unwrap_err().to_string().contains(&format!("snapshot-{height}.db")));
        // While the derived tables are whole, the node itself does not need it.
        drop(open(original.path()).unwrap());
        let derived = fs::read(original.path().join("derived.db")).unwrap();
        remove_derived(original.path());
        let refused = open(original.path()).unwrap_err();
        assert!(matches!(refused, LedgerError::Snapshot { .. }), "{refused}");
        remove_derived(original.path());
        fs::write(original.path().join("derived.db"), derived).unwrap();
    }
    fs::write(&snapshot, whole).unwrap();
    audited(original.path()).unwrap();
}

#[test]
fn an_archive_of_the_first_blocks_is_a_ledger_of_its_own() {
    let folder = old_story();
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("log.db");
    prune(folder.path(), Some(&file), |_| false).unwrap();
    let (height, _) = pruned_at(folder.path()).unwrap();
    let report = audited(elsewhere.path()).unwrap();
    assert_eq!((report.height, report.pruned_height), (height, None));
    // A file that is there is never written over.
    let other = old_story();
    let refused = prune(other.path(), Some(&file), |_| false).unwrap_err();
    assert!(matches!(refused, LedgerError::Store(StoreError::Exists(_))), "{refused}");
    assert_eq!(pruned_at(other.path()), None);
}

#[test]
fn a_log_that_does_not_replay_is_not_pruned() {
    let folder = old_story();
    let log = Connection::open(folder.path().join("log.db")).unwrap();
    let triggers = crate::audit::lift_triggers(&log);
    log.execute("UPDATE groups SET chain = zeroblob(32) WHERE height = 4", []).unwrap();
    log.execute_batch(&triggers).unwrap();
    drop(log);
    let refused = prune(folder.path(), None, |_| false).unwrap_err();
    assert!(refused.to_string().contains("block 4"), "{refused}");
    assert_eq!(pruned_at(folder.path()), None);
}

/// What happened in a pruned block is in `derived.db` and nowhere else.
fn history_is_there(folder: &Path) -> bool {
    let derived = Connection::open(folder.join("derived.db")).unwrap();
    let sql = "SELECT EXISTS (SELECT 1 FROM movement_rows WHERE number = 1)";
    derived.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Overwrites the kind of the page where an index of transaction ids begins.
fn damage_ids(folder: &Path) {
    let path = folder.join("derived.db");
    let page: u16 = {
        let derived = Connection::open(&path).unwrap();
        let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'tx_runs'";
        derived.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let mut bytes = fs::read(&path).unwrap();
    let page_size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    bytes[(usize::from(page) - 1) * page_size] = 0xff;
    fs::write(&path, bytes).unwrap();
}

/// A transfer in a block that the tables then cannot take.
fn comes_upon_damage(folder: &Path) -> LedgerError {
    damage_ids(folder);
    let mut ledger = open(folder).unwrap();
    let nonce = ledger.state().read().account(&alice().wallet()).unwrap().last_nonce + 1;
    ledger.give(in_epoch(9, 5_000), transfer(&alice(), &bob().wallet(), RTC, nonce)).unwrap();
    ledger.close_block().unwrap_err()
}

#[test]
fn damaged_tables_of_a_pruned_ledger_are_kept_beside_those_from_the_snapshot() {
    let folder = old_story();
    let path = folder.path();
    prune(path, None, |_| false).unwrap();
    let error = comes_upon_damage(path);
    assert!(matches!(error, LedgerError::Store(StoreError::Corrupt(_))), "{error}");
    drop(open(path).unwrap());
    assert!(!history_is_there(path));
    let set_aside = path.join("derived.db.damaged");
    let kept = fs::read(&set_aside).unwrap();
    audited(path).unwrap();
    // The first one stays: what comes later has nothing from before the pruning.
    assert!(matches!(comes_upon_damage(path), LedgerError::Store(StoreError::Corrupt(_))));
    drop(open(path).unwrap());
    assert!(fs::read(&set_aside).unwrap() == kept);
    fs::rename(&set_aside, path.join("derived.db")).unwrap();
    assert!(history_is_there(path));
}

/// Without its snapshot a pruned ledger has nothing but its tables: they are not removed.
#[test]
fn damaged_tables_stay_where_there_is_no_snapshot_to_take_their_place() {
    let folder = old_story();
    let path = folder.path();
    prune(path, None, |_| false).unwrap();
    let (height, _) = pruned_at(path).unwrap();
    let snapshot = path.join(format!("snapshot-{height}.db"));
    let aside = path.join("snapshot.aside");
    drop(comes_upon_damage(path));
    fs::rename(&snapshot, &aside).unwrap();
    let refused = open(path).unwrap_err();
    assert!(matches!(refused, LedgerError::Snapshot { .. }), "{refused}");
    assert!(history_is_there(path));
    fs::rename(&aside, &snapshot).unwrap();
    drop(open(path).unwrap());
    audited(path).unwrap();
}

#[test]
fn blocks_whose_history_is_not_there_are_not_pruned() {
    let folder = old_story();
    remove_derived(folder.path());
    let refused = prune(folder.path(), None, |_| false).unwrap_err();
    let said = "derived.db stands at no block, and what happened up to block";
    assert!(refused.to_string().starts_with(said), "{refused}");
    drop(open(folder.path()).unwrap());
    prune(folder.path(), None, |_| false).unwrap();
}
