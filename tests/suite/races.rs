//! Many clients at the same moment: exactly one of them wins, and the others are told.

mod exits;
mod machines;
mod settlements;

use std::sync::Barrier;
use std::thread;

use serde_json::Value;

use crate::harness::genesis::GenesisFile;
use crate::harness::http::{Http, Reply};
use crate::harness::node::TestNode;
use crate::harness::tier::{Tries, verdict};
use crate::harness::wallets::{Payment, RTC, Wallet, account};

const SUBMIT: &str = "/wallet/transfer/signed";
const CLIENTS: usize = 64;

/// How often a race is run.
fn rounds() -> u64 {
    Tries { gate: 100, long: 1_000, longer: 10_000 }.now()
}

/// Says how often a race was run, and how it ended.
fn tell(what: &str) {
    verdict(&format!("{} rounds of {what}", rounds()));
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
    tell("one transfer from many clients: executed once");
}

/// The same admin transfer from many clients, by its idempotency key.
#[test]
fn an_admin_transfer_is_executed_once_per_idempotency_key() {
    let mut node = TestNode::of(&GenesisFile::dev());
    let (key, bob) = (node.admin_key(), Wallet::number(1).address());
    let mut clients = clients_of(&node, 16);
    for round in 0..rounds() {
        let order = format!(
            r#"{{"from_miner":"founder_community","to_miner":"{bob}","amount_rtc":2.5,"idempotency_key":"round:{round}"}}"#
        );
        let replies = all_at_once(&mut clients, |_, client| {
            let said = client.post_as_admin("/wallet/transfer", &key, &order).expect(200);
            (said["tx_hash"].clone(), said["pending_id"].clone())
        });
        assert!(replies.windows(2).all(|pair| pair[0] == pair[1]), "{replies:?}");
        assert!(replies[0].1 != Value::Null, "{replies:?}");
    }
    assert_eq!(account(&mut clients[0], &bob).balance, rounds() * 5 * RTC / 2);
    node.stop();
    node.verify();
    tell("one admin transfer from many clients: executed once");
}
