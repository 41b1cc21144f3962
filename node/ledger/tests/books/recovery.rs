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

use crate::rebuilding::told_on_disk;
use crate::story::{Scene, play, scenes};
use crate::world::*;

pub(crate) const SLICE: u64 = 2;

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
