//! Somebody sets the machine's clock, by an hour or by eight days, forwards or backwards.

use std::collections::BTreeSet;

use ledger::store::sqlite::SqliteStore;
use protocol::epoch::Calendar;
use protocol::time::{UnixMillis, UnixSeconds};

use super::{AMOUNT, health_says, open_epoch, paid_to_bob, pay};
use crate::harness::books;
use crate::harness::fake_clock::FakeClock;
use crate::harness::genesis::GenesisFile;
use crate::harness::machines::{Hardware, Machine, attest};
use crate::harness::node::TestNode;
use crate::harness::tier::{Tries, verdict};
use crate::harness::waiting::until;
use crate::harness::wallets::{Wallet, account};

const HOUR: i64 = 3_600;
const EIGHT_DAYS: i64 = 8 * 24 * HOUR;
/// What an epoch pays, in micro-RTC.
const POT: u64 = 1_500_000;

/// Epochs of so many seconds; a day without blocks needs the operator's word.
fn genesis(epoch_seconds: u64) -> GenesisFile {
    let genesis = GenesisFile::dev().with("slot_seconds", 1);
    let genesis = genesis.with("slots_per_epoch", epoch_seconds);
    let genesis = genesis.with("max_gap_seconds", 86_400);
    genesis.funding(&Wallet::number(0).address(), 1_000)
}

/// The epoch that it really is, where epochs last two seconds.
fn real_epoch() -> u64 {
    Calendar::new(UnixSeconds(1_764_706_927), 1, 2).unwrap().epoch_at(books::now()).0
}

fn start_by(clock: &FakeClock, node: &mut TestNode, options: &[&str]) {
    let command = clock.around(node.serve_command(options));
    assert!(node.start_by(command).is_none(), "{}", node.log());
}

/// Attests a miner; the epoch that it is enrolled in.
fn enrol(node: &TestNode) -> u64 {
    let machine = Machine::new(Hardware::G4, 1);
    let said = until("the attestation is accepted", || {
        let reply = attest(&mut node.http(), &Wallet::number(2), machine);
        (reply.status == 200).then(|| reply.json())
    });
    said["epoch"].as_u64().unwrap()
}

/// Pays until there is a no, which has to be about the clock; how many payments went through.
fn pay_until_the_clock_is_doubted(node: &TestNode) -> u64 {
    let mut paid = 0;
    let no = until("an epoch would end", || {
        let reply = pay(node);
        paid += u64::from(reply.status == 200);
        (reply.status != 200).then_some(reply)
    });
    assert_eq!((no.status, no.code().as_str()), (503, "CLOCK_NOT_CONFIRMED"), "{no:?}");
    paid
}

/// Block times of stopped books grow, and none is later than `latest`.
fn times_grow(node: &TestNode, latest: UnixMillis) {
    let reads = SqliteStore::at(node.folder()).open_reads().unwrap();
    let mut before = UnixMillis(0);
    for height in 0..=reads.last_height().unwrap().unwrap() {
        let time = reads.block(height).unwrap().unwrap().open.time;
        assert!(before < time && time <= latest, "block {height}: {before:?}, {time:?}");
        before = time;
    }
}

/// The epochs go on by the time that nobody can set; an epoch that would end meanwhile waits until
/// the clock is right again.
#[test]
fn a_clock_that_is_set_while_the_node_runs_ends_no_epoch() {
    let place = tempfile::tempdir().unwrap();
    let Some(clock) = FakeClock::in_folder(place.path()) else { return };
    let cycles = Tries { gate: 1, long: 50, longer: 500 }.now();
    let mut node = TestNode::made_of(&genesis(2));
    start_by(&clock, &mut node, &[]);
    let (mut paid, mut enrolled) = (0, BTreeSet::new());
    for step in (0..cycles).flat_map(|_| [HOUR, -HOUR, EIGHT_DAYS, -EIGHT_DAYS]) {
        enrolled.insert(enrol(&node));
        clock.set(step);
        paid += pay_until_the_clock_is_doubted(&node);
        health_says(&node, "the wall clock moved by");
        let mut http = node.http();
        let waiting = open_epoch(&mut http);
        until("the next epoch but one would have begun", || {
            (real_epoch() > waiting + 1).then_some(())
        });
        assert_eq!((open_epoch(&mut http), paid_to_bob(&node)), (waiting, paid * AMOUNT));
        http.read("/api/blocks");

        clock.set(0);
        until("all is well", || (http.get("/health").status == 200).then_some(()));
        pay(&node).expect(200);
        paid += 1;
        let open = open_epoch(&mut http);
        assert!(waiting < open && open <= real_epoch(), "{waiting} {open}");
    }
    let mut http = node.http();
    until("all is settled", || (Some(&open_epoch(&mut http)) > enrolled.last()).then_some(()));
    assert_eq!(paid_to_bob(&node), paid * AMOUNT);
    let earned = account(&mut http, &Wallet::number(2).address()).balance;
    assert_eq!(earned, enrolled.len() as u64 * POT, "{enrolled:?}");
    node.stop();
    node.verify();
    times_grow(&node, books::now());
    verdict(&format!(
        "{} steps of the clock while the node ran, {paid} payments, {} epochs paid once",
        cycles * 4,
        enrolled.len()
    ));
}

/// One stop and start by another clock: a payment within the epoch, and what the clock may end.
struct Restart {
    /// By how much the clock is wrong from now on, in seconds.
    ahead: i64,
    /// Whether the operator is asked before an epoch ends.
    is_doubted: bool,
    /// Whether epochs end by this clock, at once or on the operator's word.
    moves_on: bool,
}

impl Restart {
    /// Starts the node by this clock and stops it again; how many payments went through.
    fn live(&self, clock: &FakeClock, node: &mut TestNode, epoch_before: u64) -> u64 {
        clock.set(self.ahead);
        start_by(clock, node, &[]);
        let mut paid = 0;
        if self.is_doubted {
            paid += pay_until_the_clock_is_doubted(node);
            health_says(node, "s old");
            assert_eq!(open_epoch(&mut node.http()), epoch_before);
            node.stop();
            start_by(clock, node, &["--confirm-clock"]);
        }
        pay(node).expect(200);
        paid += 1;
        let moved = open_epoch(&mut node.http()) - epoch_before;
        // A chain that is ahead of the clock goes on by milliseconds.
        let least = if self.moves_on { self.ahead.unsigned_abs() / 200 * 9 / 10 } else { 0 };
        assert_eq!(moved > 0, self.moves_on, "{moved} epochs at {} s", self.ahead);
        assert!(moved >= least, "{moved} epochs at {} s", self.ahead);
        paid
    }
}

#[test]
fn a_clock_that_is_set_while_the_node_is_off_ends_epochs_once() {
    let place = tempfile::tempdir().unwrap();
    let Some(clock) = FakeClock::in_folder(place.path()) else { return };
    let mut node = TestNode::made_of(&genesis(200));
    start_by(&clock, &mut node, &[]);
    let enrolled = enrol(&node);
    let restarts = [
        Restart { ahead: HOUR, is_doubted: false, moves_on: true },
        Restart { ahead: 0, is_doubted: false, moves_on: false },
        Restart { ahead: EIGHT_DAYS, is_doubted: true, moves_on: true },
        Restart { ahead: 0, is_doubted: false, moves_on: false },
    ];
    let mut paid = 0;
    for restart in &restarts {
        let before = open_epoch(&mut node.http());
        node.stop();
        paid += restart.live(&clock, &mut node, before);
    }
    let mut http = node.http();
    assert_eq!(paid_to_bob(&node), paid * AMOUNT);
    assert!(open_epoch(&mut http) > enrolled);
    assert_eq!(account(&mut http, &Wallet::number(2).address()).balance, POT);
    node.stop();
    node.verify();
    times_grow(&node, UnixMillis(books::now().0 + 8 * 24 * super::HOUR_MILLIS + 60_000));
    let count = restarts.len();
    verdict(&format!("{count} restarts by another clock, {paid} payments, one epoch paid once"));
}
