//! Everybody calls for a settlement while the node settles by itself, and while it is killed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{all_at_once, clients_of, rounds};
use crate::harness::genesis::GenesisFile;
use crate::harness::http::{Http, Reply};
use crate::harness::machines::{Hardware, Machine, attested};
use crate::harness::node::TestNode;
use crate::harness::tier::verdict;
use crate::harness::waiting::until;
use crate::harness::wallets::{Wallet, account};

const SETTLE: &str = "/rewards/settle";
const POT: u64 = 1_500_000;

/// Nodes that settle side by side: an epoch takes a second of waiting and little else.
const NODES: u64 = 5;

fn order(epoch: u64) -> String {
    format!("{{\"epoch\":{epoch}}}")
}

/// What an epoch has paid so far, by wallet.
fn rewards(http: &mut Http, epoch: u64) -> BTreeMap<String, u64> {
    let page = http.read(&format!("/rewards/epoch/{epoch}"));
    let rows = page["rewards"].as_array().unwrap();
    let paid: BTreeMap<String, u64> = rows
        .iter()
        .map(|row| {
            (row["miner_id"].as_str().unwrap().to_owned(), row["share_i64"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(paid.len(), rows.len(), "somebody was paid twice: {page}");
    paid
}

fn balance(http: &mut Http, wallet: &str) -> u64 {
    let said = http.read(&format!("/wallet/balance?miner_id={wallet}"));
    said["amount_i64"].as_u64().unwrap()
}

/// Waits until the epoch is over by the node's clock: the block that settles it is due at once.
fn wait_for_the_end_of(epoch: u64, http: &mut Http, key: &str) {
    loop {
        let refused = http.post_as_admin(SETTLE, key, &order(u64::MAX)).expect(400);
        if refused["current_epoch"].as_u64().unwrap() > epoch {
            return;
        }
        thread::park_timeout(Duration::from_millis(3));
    }
}

/// One node that settles so many epochs, each with everybody calling for it as soon as it is over;
/// how many calls came before the block that settled theirs.
fn settle_again_and_again(epochs: u64) -> u64 {
    let genesis = GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 1);
    let mut node = TestNode::of(&genesis);
    let key = node.admin_key();
    let (miner, mut http) = (Wallet::number(0), node.http());
    let reserve = balance(&mut http, "reserve");
    let (mut clients, mut in_time) = (clients_of(&node, 16), 0);
    for round in 1..=epochs {
        let said = attested(&mut http, &miner, Machine::new(Hardware::G4, 0));
        let epoch = said["epoch"].as_u64().unwrap();
        wait_for_the_end_of(epoch, &mut http, &key);
        let replies: Vec<Reply> = all_at_once(&mut clients, |_, client| {
            client.post_as_admin(SETTLE, &key, &order(epoch))
        });
        for reply in replies {
            let said = reply.expect(200);
            assert_eq!((&said["ok"], &said["distributed_urtc"]), (&true.into(), &POT.into()));
            in_time += u64::from(said["already_settled"].is_null());
        }
        let paid = BTreeMap::from([(miner.address().to_string(), POT)]);
        assert_eq!(rewards(&mut http, epoch), paid);
        assert_eq!(account(&mut http, &miner.address()).balance, round * POT);
        assert_eq!(balance(&mut http, "reserve"), reserve - round * POT);
    }
    node.stop();
    node.verify();
    in_time
}

#[test]
fn many_calls_and_the_clock_settle_every_epoch_once() {
    let in_time: u64 = thread::scope(|scope| {
        let epochs = rounds().div_ceil(NODES);
        let nodes = (0..NODES).map(|_| scope.spawn(move || settle_again_and_again(epochs)));
        let nodes: Vec<_> = nodes.collect();
        nodes.into_iter().map(|node| node.join().unwrap()).sum()
    });
    verdict(&format!(
        "{} epochs settled by many calls and the clock, each once; {in_time} calls in time",
        rounds().div_ceil(NODES) * NODES
    ));
    assert!(in_time > 0, "every call came too late to take part");
}

/// A network that pays one miner per block, so that a settlement takes as many blocks as there are
/// miners.
fn one_payout_per_block() -> GenesisFile {
    let genesis = GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 4);
    genesis.with("payouts_per_block", 1)
}

/// Everybody attests; the epoch of the last of them.
fn all_attest(http: &mut Http, miners: &[Wallet]) -> u64 {
    let attest = |(number, wallet)| {
        let said = attested(http, wallet, Machine::new(Hardware::G4, number));
        said["epoch"].as_u64().unwrap()
    };
    (0..).zip(miners).map(attest).last().unwrap()
}

/// Whether the epoch is settled, as far as one can see without waiting for it.
fn is_settled(http: &mut Http, epoch: u64) -> bool {
    let page = http.read(&format!("/rewards/epoch/{epoch}"));
    let rows = page["rewards"].as_array().unwrap();
    rows.iter().map(|row| row["share_i64"].as_u64().unwrap()).sum::<u64>() == POT
}

/// Calls for the settlement over several connections until the node is killed.
fn kill_under_calls(node: &mut TestNode, epoch: u64, after: Duration) {
    let (key, url, over) = (node.admin_key(), node.url().to_owned(), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (mut http, order) = (Http::to(&url), order(epoch));
                let headers = [("x-admin-key", key.as_str())];
                while !over.load(Ordering::Relaxed) {
                    let reply = http.send("POST", SETTLE, &headers, order.as_bytes());
                    // Too early, settled, or cut off.
                    let statuses = [200, 400, 503];
                    assert!(reply.is_err() || statuses.contains(&reply.unwrap().status));
                    thread::park_timeout(Duration::from_millis(5));
                }
            });
        }
        thread::park_timeout(after);
        node.kill();
        over.store(true, Ordering::Relaxed);
    });
}

/// What every miner holds is what the epochs say that they paid it, and no epoch paid more than its
/// pot; the sum of all.
fn check_payments(
    http: &mut Http,
    miners: &[Wallet],
    epochs: std::ops::RangeInclusive<u64>,
) -> u64 {
    let mut earned = BTreeMap::new();
    for epoch in epochs {
        let paid = rewards(http, epoch);
        let sum = paid.values().sum::<u64>();
        assert!(sum == POT || sum == 0, "epoch {epoch} paid {paid:?}");
        for (wallet, share) in paid {
            *earned.entry(wallet).or_default() += share;
        }
    }
    for wallet in miners {
        let id = wallet.address();
        assert_eq!(account(http, &id).balance, earned.remove(id.as_str()).unwrap_or(0), "{id}");
    }
    assert_eq!(earned, BTreeMap::<String, u64>::new());
    miners.iter().map(|wallet| account(http, &wallet.address()).balance).sum()
}

#[test]
fn a_settlement_killed_again_and_again_pays_everybody_once() {
    let miners = Wallet::several(6);
    let mut node = TestNode::of(&one_payout_per_block());
    let mut http = node.http();
    let reserve = balance(&mut http, "reserve");
    let first = http.read("/epoch")["epoch"].as_u64().unwrap();
    let mut epoch = all_attest(&mut http, &miners);
    let (mut settled, mut halfway) = (0, 0);
    for kill in 0..rounds() {
        kill_under_calls(&mut node, epoch, Duration::from_millis(20 + kill * 37 % 150));
        node.start();
        let mut http = node.http();
        let paid = rewards(&mut http, epoch).values().sum::<u64>();
        halfway += u64::from(paid > 0 && paid < POT);
        if is_settled(&mut http, epoch) {
            settled += 1;
            epoch = all_attest(&mut http, &miners);
        }
    }
    verdict(&format!(
        "{settled} epochs settled while the node was killed, {halfway} times in the middle of one: \
         everybody paid once"
    ));
    assert!(settled > 0 && halfway > 0);
    let mut http = node.http();
    until("the last epoch is settled", || is_settled(&mut http, epoch).then_some(()));
    let now = http.read("/epoch")["epoch"].as_u64().unwrap();
    let paid = check_payments(&mut http, &miners, first..=now);
    assert!(paid >= (settled + 1) * POT, "{paid}");
    assert_eq!(balance(&mut http, "reserve"), reserve - paid);
    let said: Value = http.post_as_admin(SETTLE, &node.admin_key(), &order(epoch)).expect(200);
    assert_eq!((&said["already_settled"], &said["distributed_urtc"]), (&true.into(), &POT.into()));
    node.stop();
    node.verify();
}
