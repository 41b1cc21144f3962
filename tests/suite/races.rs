//! Many clients at the same moment: exactly one of them wins, and the others are told.

use std::sync::Barrier;
use std::thread;

use serde_json::Value;

use crate::harness::genesis::GenesisFile;
use crate::harness::http::{Http, Reply};
use crate::harness::machines::{Hardware, Machine, challenge};
use crate::harness::node::TestNode;
use crate::harness::tier::Tries;
use crate::harness::waiting::until;
use crate::harness::wallets::{Payment, RTC, Wallet, account};

const SUBMIT: &str = "/wallet/transfer/signed";
const CLIENTS: usize = 64;

/// How often a race is run.
fn rounds() -> u64 {
    Tries { gate: 100, long: 1_000, longer: 10_000 }.now()
}

/// Clients that wait at their connections until all of them may send.
fn all_at_once<T: Send>(
    clients: &mut [Http],
    act: impl Fn(usize, &mut Http) -> T + Sync,
) -> Vec<T> {
    let gate = Barrier::new(clients.len());
    thread::scope(|scope| {
        let racers = clients.iter_mut().enumerate().map(|(index, client)| {
            let (gate, act) = (&gate, &act);
            scope.spawn(move || {
                gate.wait();
                act(index, client)
            })
        });
        let racers: Vec<_> = racers.collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    })
}

fn clients_of(node: &TestNode, count: usize) -> Vec<Http> {
    let mut clients: Vec<Http> = (0..count).map(|_| node.http()).collect();
    clients.iter_mut().for_each(Http::connect_now);
    clients
}

/// How many were carried out; all others have to be refused as this.
fn winners(replies: &[Reply], is_refusal: impl Fn(&Reply) -> bool) -> usize {
    let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    for reply in lost {
        assert!(is_refusal(reply), "{reply:?}");
    }
    won.len()
}

fn is_replay_of(payment: &Payment, reply: &Reply) -> bool {
    let said = reply.json();
    reply.status == 400
        && said["code"] == "REPLAY_DETECTED"
        && said["tx_id"] == payment.tx_id.as_str()
        && said["status"] == "confirmed"
        && said["block_height"].is_u64()
}

#[test]
fn the_same_transfer_from_many_clients_is_executed_once() {
    let (alice, bob) = (Wallet::number(0), Wallet::number(1).address());
    let mut node = TestNode::of(&GenesisFile::dev().funding(&alice.address(), 1_000));
    let mut clients = clients_of(&node, CLIENTS);
    let rounds = rounds();
    for nonce in 1..=rounds {
        let payment = alice.pays(node.chain_id(), &bob, 1_000 + nonce, nonce);
        let replies = all_at_once(&mut clients, |_, client| client.post(SUBMIT, &payment.body));
        let won = winners(&replies, |reply| is_replay_of(&payment, reply));
        assert_eq!(won, 1, "round {nonce}");
        let tx_id = |reply: &Reply| reply.json()["tx_id"] == payment.tx_id.as_str();
        assert!(replies.iter().all(tx_id), "round {nonce}");
    }
    let paid = (1..=rounds).map(|nonce| 1_000 + nonce).sum::<u64>();
    let http = &mut node.http();
    assert_eq!(account(http, &bob).balance, paid);
    let left = account(http, &alice.address());
    assert_eq!((left.balance, left.last_nonce), (1_000 * RTC - paid, rounds));
    node.stop();
    node.verify();
}

/// A wallet signs several transfers of all that it has, to different payees.
#[test]
fn a_balance_is_spent_once() {
    let spenders = Wallet::several(20);
    let genesis = spenders
        .iter()
        .fold(GenesisFile::dev(), |genesis, spender| genesis.funding(&spender.address(), 10));
    let node = TestNode::of(&genesis);
    let payees = [Wallet::number(100).address(), Wallet::number(101).address()];
    let mut clients = clients_of(&node, 8);
    for spender in &spenders {
        let replies = all_at_once(&mut clients, |index, client| {
            let (payee, nonce) = (&payees[index % 2], index as u64 + 1);
            client.post(SUBMIT, spender.pays(node.chain_id(), payee, 10 * RTC, nonce).body)
        });
        let is_refusal = |reply: &Reply| {
            let codes = ["INSUFFICIENT_BALANCE", "OUT_OF_ORDER_NONCE"];
            reply.status == 400 && codes.contains(&reply.code().as_str())
        };
        assert_eq!(winners(&replies, is_refusal), 1);
        assert_eq!(account(&mut clients[0], &spender.address()).balance, 0);
    }
    let received = payees.map(|payee| account(&mut clients[0], &payee).balance);
    assert_eq!(received.iter().sum::<u64>(), 200 * RTC);
}

#[test]
fn one_machine_is_bound_to_one_of_many_wallets() {
    let node = TestNode::of(&GenesisFile::mainnet());
    let wallets = Wallet::several(CLIENTS as u64);
    let mut clients = clients_of(&node, CLIENTS);
    for number in 0..3 {
        let machine = Machine::new(Hardware::G4, number);
        let bodies: Vec<String> = wallets
            .iter()
            .map(|wallet| {
                let nonce = challenge(&mut clients[0]);
                machine.signed(wallet, wallet.address().as_str(), &nonce)
            })
            .collect();
        let replies = all_at_once(&mut clients, |index, client| {
            client.post("/attest/submit", &bodies[index])
        });
        let is_refusal = |reply: &Reply| {
            let names_nobody = wallets.iter().all(|w| !reply.text.contains(w.address().as_str()));
            reply.status == 409 && reply.code() == "HARDWARE_ALREADY_BOUND" && names_nobody
        };
        assert_eq!(winners(&replies, is_refusal), 1, "machine {number}");
    }
}

#[test]
fn a_challenge_is_good_for_one_of_many_submissions() {
    let node = TestNode::of(&GenesisFile::mainnet());
    let wallet = Wallet::number(0);
    let mut clients = clients_of(&node, 32);
    let nonce = challenge(&mut clients[0]);
    let machine = Machine::new(Hardware::Pc, 1);
    let body = machine.signed(&wallet, wallet.address().as_str(), &nonce);
    let replies = all_at_once(&mut clients, |_, client| client.post("/attest/submit", &body));
    assert_eq!(winners(&replies, |reply| reply.status == 409), 1);
}

/// Everybody calls for the settlement of the epoch that has just ended, again and again.
#[test]
fn many_calls_settle_an_epoch_once() {
    let genesis = GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 3);
    let mut node = TestNode::of(&genesis);
    let key = node.admin_key();
    let miner = Wallet::number(0);
    let mut http = node.http();
    let nonce = challenge(&mut http);
    let body = Machine::new(Hardware::G4, 0).signed(&miner, miner.address().as_str(), &nonce);
    let epoch = http.post("/attest/submit", body).expect(200)["epoch"].as_u64().unwrap();
    until("the epoch is over", || {
        (http.read("/epoch")["epoch"].as_u64().unwrap() > epoch).then_some(())
    });
    let mut clients = clients_of(&node, 32);
    let order = format!("{{\"epoch\":{epoch}}}");
    for _ in 0..3 {
        let replies = all_at_once(&mut clients, |_, client| {
            client.post_as_admin("/rewards/settle", &key, &order).expect(200)
        });
        for said in replies {
            assert_eq!((&said["ok"], &said["distributed_urtc"]), (&true.into(), &1_500_000.into()));
        }
    }
    assert_eq!(account(&mut http, &miner.address()).balance, 1_500_000);
    let rewards = http.read(&format!("/rewards/epoch/{epoch}"));
    assert_eq!(rewards["rewards"].as_array().map(Vec::len), Some(1), "{rewards}");
    assert_eq!(rewards["rewards"][0]["miner_id"], Value::from(miner.address().as_str()));
    node.stop();
    node.verify();
}

/// The same admin transfer from many clients, by its idempotency key.
#[test]
fn an_admin_transfer_is_executed_once_per_idempotency_key() {
    let node = TestNode::of(&GenesisFile::dev());
    let (key, bob) = (node.admin_key(), Wallet::number(1).address());
    let mut clients = clients_of(&node, 32);
    for round in 0..10 {
        let order = format!(
            r#"{{"from_miner":"founder_community","to_miner":"{bob}","amount_rtc":2.5,"idempotency_key":"round:{round}"}}"#
        );
        let replies = all_at_once(&mut clients, |_, client| {
            client.post_as_admin("/wallet/transfer", &key, &order).expect(200)["tx_hash"].clone()
        });
        assert!(replies.windows(2).all(|pair| pair[0] == pair[1]), "{replies:?}");
    }
    assert_eq!(account(&mut clients[0], &bob).balance, 25 * RTC);
}
