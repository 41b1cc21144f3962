//! Epochs end by a clock that is believable, or on the operator's word.

mod steps;

use protocol::epoch::Calendar;
use protocol::time::{UnixMillis, UnixSeconds};

use crate::harness::books;
use crate::harness::genesis::GenesisFile;
use crate::harness::http::{Http, Reply};
use crate::harness::node::TestNode;
use crate::harness::waiting::until;
use crate::harness::wallets::{Wallet, account};

const HOUR_MILLIS: u64 = 3_600_000;
/// What a payment of these tests moves.
const AMOUNT: u64 = 5_000;

/// A node whose block 0 was made at another time.
fn node_founded_at(genesis: &GenesisFile, time: UnixMillis) -> TestNode {
    let node = TestNode::nowhere();
    drop(books::found(node.folder(), genesis, None, time));
    node
}

/// Pays from wallet 0 to wallet 1, with the wallet's next nonce.
fn pay(node: &TestNode) -> Reply {
    let (alice, bob) = (Wallet::number(0), Wallet::number(1).address());
    let nonce = account(&mut node.http(), &alice.address()).last_nonce + 1;
    let payment = alice.pays(node.chain_id(), &bob, AMOUNT, nonce);
    node.http().post("/wallet/transfer/signed", payment.body)
}

fn paid_to_bob(node: &TestNode) -> u64 {
    account(&mut node.http(), &Wallet::number(1).address()).balance
}

/// The epoch of the books, which only blocks move on.
fn open_epoch(http: &mut Http) -> u64 {
    let metrics = http.get("/metrics").text;
    let line = metrics.lines().find(|line| line.starts_with("rustchain_open_epoch ")).unwrap();
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

/// Waits until `/health` is down and says `words`.
fn health_says(node: &TestNode, words: &str) {
    let mut http = node.http();
    until(words, || {
        let health = http.get("/health");
        let says = health.text.contains(words);
        (health.status == 503 && health.json()["ok"] == false && says).then_some(())
    });
}

/// Ends epochs after a long silence, on the operator's word, once and for all.
#[test]
fn after_a_long_silence_the_operator_is_asked() {
    let alice = Wallet::number(0).address();
    let genesis = GenesisFile::dev().funding(&alice, 1_000).with("max_gap_seconds", 3_600);
    let long_ago = UnixMillis(books::now().0 - 2 * HOUR_MILLIS);
    let mut node = node_founded_at(&genesis, long_ago);

    node.start();
    health_says(&node, "clock");
    health_says(&node, "s old");
    let epoch = open_epoch(&mut node.http());
    let refused = pay(&node);
    assert_eq!((refused.status, refused.code().as_str()), (503, "CLOCK_NOT_CONFIRMED"));
    assert_eq!((paid_to_bob(&node), open_epoch(&mut node.http())), (0, epoch));
    node.http().read("/api/blocks");
    node.stop();

    node.start_with(&["--confirm-clock"]);
    until("all is well", || (node.http().get("/health").status == 200).then_some(()));
    pay(&node).expect(200);
    assert_eq!(paid_to_bob(&node), AMOUNT);
    assert!(open_epoch(&mut node.http()) >= epoch + 720, "two hours are 720 epochs of 10 s");
    node.stop();

    node.start();
    pay(&node).expect(200);
    node.http().read("/health");
    assert_eq!(paid_to_bob(&node), 2 * AMOUNT);
    node.stop();
    node.verify();
}

/// The chain is ahead of the clock: transfers go on, but no block ends an epoch by that clock.
#[test]
fn a_clock_behind_the_chain_ends_no_epoch() {
    let alice = Wallet::number(0).address();
    let genesis = GenesisFile::dev().funding(&alice, 1_000);
    let calendar = Calendar::new(UnixSeconds(1_764_706_927), 2, 5).unwrap();
    let in_an_hour = UnixMillis(books::now().0 + HOUR_MILLIS);
    let next_epoch = calendar.epoch_at(in_an_hour).0 + 1;
    // One block more, each at least a millisecond later than the one before, ends the epoch.
    let last_moment = UnixMillis((1_764_706_927 + next_epoch * 10) * 1_000 - 1);
    let mut node = node_founded_at(&genesis, last_moment);

    node.start();
    let epoch = open_epoch(&mut node.http());
    assert_eq!(epoch, next_epoch - 1);
    let refused = pay(&node);
    assert_eq!((refused.status, refused.code().as_str()), (503, "CLOCK_NOT_CONFIRMED"));
    assert_eq!((paid_to_bob(&node), open_epoch(&mut node.http())), (0, epoch));
    health_says(&node, "behind the newest block");
    node.stop();

    node.start_with(&["--confirm-clock"]);
    pay(&node).expect(200);
    assert_eq!(open_epoch(&mut node.http()), next_epoch);
    node.stop();
    node.verify();
}

/// In the middle of an epoch nothing needs the operator: block time goes on in milliseconds.
#[test]
fn within_an_epoch_a_clock_behind_the_chain_stops_nothing() {
    let alice = Wallet::number(0).address();
    let genesis = GenesisFile::dev().funding(&alice, 1_000).with_long_epochs();
    let mut node = node_founded_at(&genesis, UnixMillis(books::now().0 + HOUR_MILLIS));
    node.start();
    for count in 1..=3 {
        pay(&node).expect(200);
        assert_eq!(paid_to_bob(&node), count * AMOUNT);
    }
    node.stop();
    node.verify();
}
