//! Crashes and full disks at every point: nothing acknowledged is lost, nothing happens twice.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::audit::audit;
use ledger::ledger::{Ledger, LedgerError};
use ledger::replay::ReplayError;
use ledger::seal::{Tip, commands_of};
use ledger::state::State;
use ledger::store::{Append, Derived, Group, Log, SealedBlock, Store, StoreError};
use ledger::writer::Trouble;
use protocol::encoding::{Hash, put_bytes};
use protocol::wallet_id::WalletId;
use rusqlite::{Connection, params};

use crate::audit::audited;
use crate::story::{Scene, play, scenes};
use crate::world::*;

const SLICE: u64 = 2;

/// How a write fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The disk is full; nothing was written.
    Full,
    /// Nobody knows, and it was written.
    UnknownWritten,
    /// Nobody knows, and it was not.
    UnknownLost,
}

/// Counts down to the write that fails.
#[derive(Clone)]
pub(crate) struct Fuse(Arc<AtomicU64>);

impl Fuse {
    pub(crate) fn burns_at(write: u64) -> Self {
        Self(Arc::new(AtomicU64::new(write)))
    }

    /// Whether this write is the one.
    fn burns(&self) -> bool {
        let step = |left: u64| left.checked_sub(1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step) == Ok(1)
    }

    pub(crate) fn has_burnt(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

struct FailingLog {
    log: Box<dyn Log>,
    fuse: Fuse,
    failure: Failure,
}

impl Log for FailingLog {
    fn append(&mut self, append: Append<'_>) -> Result<(), StoreError> {
        if !self.fuse.burns() {
            return self.log.append(append);
        }
        match self.failure {
            Failure::Full => Err(StoreError::Full),
            Failure::UnknownLost => Err(StoreError::Unknown("I/O error".to_owned())),
            Failure::UnknownWritten => {
                self.log.append(append)?;
                Err(StoreError::Unknown("I/O error".to_owned()))
            }
        }
    }

    fn probe(&mut self) -> Result<(), StoreError> {
        self.log.probe()
    }
}

struct FailingTables {
    tables: Box<dyn Derived>,
    fuse: Fuse,
    /// Whether the failing write is written all the same.
    written: bool,
}

impl Derived for FailingTables {
    fn write(&mut self, block: &SealedBlock<'_>) -> Result<(), StoreError> {
        if !self.fuse.burns() {
            return self.tables.write(block);
        }
        if self.written {
            self.tables.write(block)?;
        }
        Err(StoreError::Unknown("I/O error".to_owned()))
    }

    fn load(&mut self) -> Result<Option<(Tip, State)>, StoreError> {
        self.tables.load()
    }

    fn reset(&mut self) -> Result<(), StoreError> {
        self.tables.reset()
    }

    fn restore(&mut self, pruned: &ledger::store::Pruned) -> Result<(), StoreError> {
        self.tables.restore(pruned)
    }
}

pub(crate) fn founded(place: &mut Place) -> Ledger {
    let store = place.found(&founded_with(genesis_text(SLICE), None));
    Ledger::found(store, at(0), Box::new(node())).unwrap()
}

pub(crate) fn reopened_with_failing_log(place: &Place, fuse: &Fuse, failure: Failure) -> Ledger {
    let Store { log, derived, reads } = place.open().unwrap();
    let log = Box::new(FailingLog { log, fuse: fuse.clone(), failure });
    Ledger::open(Store { log, derived, reads }, Box::new(node()), &mut |_, _| {}).unwrap()
}

/// Commits and seals a scene; says whether every command was carried out.
fn attempt(ledger: &mut Ledger, (now, commands): &Scene) -> Result<bool, LedgerError> {
    let outcomes = ledger.commit(*now, commands)?;
    let carried_out = outcomes.iter().all(Result::is_ok);
    assert!(carried_out || outcomes.iter().all(Result::is_err), "half a group: {outcomes:?}");
    ledger.close_block()?;
    Ok(carried_out)
}

fn balances(ledger: &Ledger) -> Vec<(WalletId, u64)> {
    let state = ledger.state();
    let state = state.read();
    let micro = state.accounts.iter().map(|account| account.balance.micro());
    state.holders.iter().map(|holder| holder.wallet.clone()).zip(micro).collect()
}

#[test]
fn a_full_disk_at_any_write_is_made_up_for() {
    let scenes = scenes();
    let mut place = Place::memory();
    let mut reference = founded(&mut place);
    play(&mut reference, &scenes);
    let mut write = 0;
    loop {
        write += 1;
        let fuse = Fuse::burns_at(write);
        let mut place = Place::memory();
        drop(founded(&mut place));
        let mut ledger = reopened_with_failing_log(&place, &fuse, Failure::Full);
        for (now, commands) in &scenes {
            let before = (ledger.root_of_everything(), fuse.has_burnt());
            let outcomes = ledger.commit(*now, commands).or_else(|error| {
                assert!(matches!(error, LedgerError::Trouble(Trouble::Store(StoreError::Full))));
                // Hooks may have run, but no command has: a second try carries all of them out.
                assert!(!before.1);
                ledger.commit(*now, commands)
            });
            assert!(outcomes.unwrap().iter().all(Result::is_ok), "write {write}");
            ledger.close_block().or_else(|_full| ledger.close_block()).unwrap();
        }
        assert_eq!(ledger.sealer.tip(), reference.sealer.tip(), "write {write}");
        audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
        if !fuse.has_burnt() {
            break;
        }
    }
    assert!(write > 30, "only {write} writes");
}

/// Plays the story; at the failure the process stops, opens the books again and sends the same
/// commands again, as their senders would.
fn through_an_unknown_outcome(
    place: &mut Place,
    scenes: &[Scene],
    write: u64,
    failure: Failure,
) -> (Ledger, bool) {
    let fuse = Fuse::burns_at(write);
    drop(founded(place));
    let mut ledger = reopened_with_failing_log(place, &fuse, failure);
    for scene in scenes {
        match attempt(&mut ledger, scene) {
            Ok(carried_out) => assert!(carried_out),
            Err(error) => {
                assert!(fuse.has_burnt(), "{error}");
                drop(ledger);
                ledger = place.reopen().unwrap();
                attempt(&mut ledger, scene).unwrap();
            }
        }
    }
    (ledger, fuse.has_burnt())
}

#[test]
fn after_an_unknown_outcome_everything_has_happened_once() {
    let mut reference_place = Place::memory();
    let mut reference = founded(&mut reference_place);
    let scenes = scenes();
    play(&mut reference, &scenes);
    let expected = balances(&reference);
    for failure in [Failure::UnknownWritten, Failure::UnknownLost] {
        for write in 1.. {
            // The disk is slow, so it takes part now and then.
            let mut place = if write % 6 == 0 { Place::folder() } else { Place::memory() };
            let (ledger, burnt) = through_an_unknown_outcome(&mut place, &scenes, write, failure);
            assert_eq!(balances(&ledger), expected, "{failure:?} at write {write}");
            audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
            if !burnt {
                break;
            }
        }
    }
}

pub(crate) fn reopened_with_failing_tables(place: &Place, fuse: &Fuse, written: bool) -> Ledger {
    let Store { log, derived, reads } = place.open().unwrap();
    let derived = Box::new(FailingTables { tables: derived, fuse: fuse.clone(), written });
    Ledger::open(Store { log, derived, reads }, Box::new(node()), &mut |_, _| {}).unwrap()
}

#[test]
fn derived_tables_that_fail_once_miss_no_block() {
    let scenes = scenes();
    let writes = u64::try_from(scenes.len()).unwrap();
    for (write, written) in (1..=writes).flat_map(|write| [(write, false), (write, true)]) {
        let mut place = if write % 5 == 0 { Place::folder() } else { Place::memory() };
        drop(founded(&mut place));
        let fuse = Fuse::burns_at(write);
        let mut ledger = reopened_with_failing_tables(&place, &fuse, written);
        let mut failed = 0;
        for (now, commands) in &scenes {
            assert!(ledger.commit(*now, commands).unwrap().iter().all(Result::is_ok));
            // Nobody tries again at once: the next block makes up for it.
            failed += u32::from(ledger.close_block().is_err());
        }
        assert_eq!((failed, fuse.has_burnt()), (1, true));
        ledger.tick(in_epoch(6, 5_000)).unwrap();
        let report = audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
        assert_eq!(report.derived_height, Some(report.height), "write {write}");
    }
}

#[test]
fn derived_tables_never_skip_a_block() {
    let (mut place, mut skipped) = (Place::folder(), Place::memory());
    let mut ledger = founded(&mut place);
    let mut ahead = founded(&mut skipped);
    ahead.tick(at(100)).unwrap();
    ahead.writer.open(at(200)).unwrap();
    let closed = ahead.writer.close().unwrap().unwrap();
    let seal = ahead.sealer.seal(&closed).unwrap();
    let refused = ledger.derived.follow(&closed, &seal);
    assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{refused:?}");
}

#[test]
fn an_audit_compares_derived_tables_only_as_far_as_they_reach() {
    for (kind, mut place) in Place::of_every_kind() {
        let mut ledger = founded(&mut place);
        play(&mut ledger, &scenes()[..4]);
        drop(ledger);
        let mut ledger = reopened_with_failing_tables(&place, &Fuse::burns_at(1), false);
        ledger.commit(in_epoch(0, 4_000), &[transfer(&alice(), &bob().wallet(), 1, 500)]).unwrap();
        ledger.close_block().unwrap_err();
        let report = audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
        assert_eq!((report.height, report.derived_height), (5, Some(4)), "{kind}");
        drop(ledger);
        let ledger = place.reopen().unwrap();
        let report = audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
        assert_eq!((report.height, report.derived_height), (5, Some(5)), "{kind}");
    }
}

#[test]
fn an_open_block_is_sealed_as_it_stands() {
    for (kind, mut place) in Place::of_every_kind() {
        for groups in 0..4_u64 {
            let mut ledger =
                if groups == 0 { founded(&mut place) } else { place.reopen().unwrap() };
            let height = ledger.sealer.tip().height;
            let now = in_epoch(0, 1_000 + groups * 10);
            for group in 0..groups {
                let nonce = groups * 10 + group + 1;
                ledger.give(now, transfer(&alice(), &bob().wallet(), 5_000, nonce)).unwrap();
            }
            let (root, balance) = (ledger.root_of_everything(), ledger.balance(&bob().wallet()));
            drop(ledger);
            let ledger = place.reopen().unwrap();
            let blocks = u64::from(groups > 0);
            assert_eq!(ledger.sealer.tip().height, height + blocks, "{kind}");
            assert_eq!(ledger.balance(&bob().wallet()), balance, "{kind}");
            assert_eq!(ledger.root_of_everything(), root, "{kind}");
            if groups > 0 {
                let batch = ledger.reads.seal(height + 1).unwrap().unwrap().header.batch;
                assert_eq!((batch.time, u64::from(batch.commands)), (now, groups), "{kind}");
            }
        }
    }
}

#[test]
fn two_unsealed_blocks_are_sealed_in_order() {
    for (kind, mut place) in Place::of_every_kind() {
        let mut ledger = founded(&mut place);
        let pay = |nonce| [transfer(&alice(), &bob().wallet(), 5_000, nonce)];
        ledger.commit(at(100), &pay(1)).unwrap();
        // The block is closed, and the next one holds something before the first is sealed.
        assert!(ledger.writer.close().unwrap().is_some());
        ledger.commit(at(200), &pay(2)).unwrap();
        drop(ledger);
        let ledger = place.reopen().unwrap();
        assert_eq!(ledger.sealer.tip().height, 2, "{kind}");
        assert_eq!(ledger.balance(&bob().wallet()), 10_000, "{kind}");
        audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
    }
}

// --- damage on disk -------------------------------------------------------------------------------

pub(crate) fn folder(place: &Place) -> &Path {
    match place {
        Place::Folder(folder) => folder.path(),
        Place::Memory(_) => unreachable!("these tests are about files"),
    }
}

/// Books on disk with an unsealed block of two groups at the end.
fn with_unsealed_tail() -> Place {
    let mut place = Place::folder();
    let mut ledger = founded(&mut place);
    ledger.give(at(100), transfer(&alice(), &bob().wallet(), 5_000, 1)).unwrap();
    ledger.seal().unwrap();
    ledger.give(at(200), transfer(&alice(), &bob().wallet(), 6_000, 2)).unwrap();
    ledger.give(at(210), transfer(&alice(), &bob().wallet(), 7_000, 3)).unwrap();
    place
}

/// Replaces the body of the last group; `chained` makes its hash fit.
fn forge_last_group(place: &Place, chained: bool, change: impl FnOnce(&mut Vec<u8>)) {
    let log = Connection::open(folder(place).join("log.db")).unwrap();
    log.execute_batch("DROP TRIGGER groups_stay").unwrap();
    let previous: Hash = log
        .query_row("SELECT chain FROM groups WHERE first_command = 2", [], |r| r.get(0))
        .unwrap();
    let (height, body): (u64, Vec<u8>) = log
        .query_row("SELECT height, body FROM groups WHERE first_command = 3", [], |row| {
            Ok((row.get::<_, i64>(0)?.try_into().unwrap(), row.get(1)?))
        })
        .unwrap();
    let mut command = commands_of(&body).unwrap()[0].to_vec();
    change(&mut command);
    let mut forged = Vec::new();
    put_bytes(&mut forged, &command);
    log.execute("UPDATE groups SET body = ? WHERE first_command = 3", params![forged]).unwrap();
    if chained {
        let chain = Group::chained(&previous, height, 3, &forged);
        log.execute("UPDATE groups SET chain = ? WHERE first_command = 3", params![chain]).unwrap();
    }
}

fn flip_last_byte(command: &mut [u8]) {
    *command.last_mut().unwrap() ^= 1;
}

#[test]
fn a_forged_signature_in_the_unsealed_tail_is_refused() {
    let place = with_unsealed_tail();
    forge_last_group(&place, true, |command| flip_last_byte(command));
    let opened = place.reopen();
    assert!(
        matches!(
            opened,
            Err(LedgerError::Replay(ReplayError::Command { height: 2, command: 3, .. }))
        ),
        "{opened:?}"
    );
}

#[test]
fn a_changed_group_of_the_unsealed_tail_is_refused() {
    let place = with_unsealed_tail();
    forge_last_group(&place, false, |command| flip_last_byte(command));
    let opened = place.reopen();
    assert!(
        matches!(
            opened,
            Err(LedgerError::Replay(ReplayError::Chain { height: 2, first_command: 3 }))
        ),
        "{opened:?}"
    );
    // A log that is refused is not touched: nothing was sealed.
    let log = Connection::open(folder(&place).join("log.db")).unwrap();
    let seals: u32 = log.query_row("SELECT count(*) FROM seals", [], |row| row.get(0)).unwrap();
    assert_eq!(seals, 2);
}

#[test]
fn an_unlawful_command_of_the_unsealed_tail_is_refused() {
    let place = with_unsealed_tail();
    let again = transfer(&alice(), &bob().wallet(), 6_000, 2);
    forge_last_group(&place, true, |command| {
        *command = protocol::encoding::Encode::encoded(&again);
    });
    let opened = place.reopen();
    assert!(matches!(opened, Err(LedgerError::Replay(ReplayError::Refused { command: 3, .. }))));
}

fn remove_derived(folder: &Path) {
    for name in ["derived.db", "derived.db-wal", "derived.db-shm"] {
        drop(std::fs::remove_file(folder.join(name)));
    }
}

/// Books on disk that were closed in order, and the root of what they say.
fn told_on_disk(scenes: &[Scene]) -> (Place, [u8; 32]) {
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

/// A page that only the next block comes upon, of each table and index.
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
    for (name, page) in pages {
        let mut damaged = derived.clone();
        // The kind of a page in a B-tree; this one does not exist.
        damaged[(page - 1) * page_size] = 0xff;
        remove_derived(folder(&place));
        std::fs::write(&path, damaged).unwrap();
        let ledger = place.reopen().unwrap();
        assert_eq!(ledger.root_of_everything(), root, "{name}");
        audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
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

#[test]
fn a_probe_writes_to_the_disk_and_changes_nothing() {
    let (place, root) = told_on_disk(&scenes()[..2]);
    let mut ledger = place.reopen().unwrap();
    ledger.tick(in_epoch(0, 5_000)).unwrap();
    let wal = folder(&place).join("log.db-wal");
    let size = || std::fs::metadata(&wal).unwrap().len();
    let before = size();
    ledger.writer.probe().unwrap();
    assert!(size() > before, "a probe that does not reach the disk finds no full disk");
    drop(ledger);
    let ledger = place.reopen().unwrap();
    assert_eq!(ledger.root_of_everything(), root);
    audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
}
