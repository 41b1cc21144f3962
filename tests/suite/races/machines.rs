//! One machine and one challenge, and many who want them at the same moment.

use std::collections::BTreeSet;

use super::{CLIENTS, all_at_once, clients_of, rounds, tell, winners};
use crate::harness::genesis::GenesisFile;
use crate::harness::http::Reply;
use crate::harness::machines::{Hardware, Machine, challenge};
use crate::harness::node::TestNode;
use crate::harness::wallets::Wallet;

const SUBMIT: &str = "/attest/submit";

/// Everybody whose attestation was accepted, as the node lists them.
fn accepted(node: &TestNode) -> BTreeSet<String> {
    let mut http = node.http();
    let mut found = BTreeSet::new();
    loop {
        let page = http.read(&format!("/api/miners?limit=100&offset={}", found.len()));
        let miners = page["miners"].as_array().unwrap();
        assert!(!miners.is_empty(), "{page}");
        found.extend(miners.iter().map(|row| row["miner"].as_str().unwrap().to_owned()));
        if page["pagination"]["total"] == found.len() {
            return found;
        }
    }
}

/// Wallets of a round that no other round has: none is over its limit of attestations.
fn wallets_of_round(round: u64) -> Vec<Wallet> {
    let size = CLIENTS as u64;
    (round * size..(round + 1) * size).map(Wallet::number).collect()
}

#[test]
fn one_machine_is_bound_to_one_of_many_wallets() {
    let mut node = TestNode::of(&GenesisFile::mainnet().with_long_epochs());
    let mut clients = clients_of(&node, CLIENTS);
    let mut owners = BTreeSet::new();
    for round in 0..rounds() {
        let machine = Machine::new(Hardware::G4, round);
        let wallets = wallets_of_round(round);
        let bodies: Vec<String> = wallets
            .iter()
            .map(|wallet| {
                let nonce = challenge(&mut clients[0]);
                machine.signed(wallet, wallet.address().as_str(), &nonce)
            })
            .collect();
        let replies =
            all_at_once(&mut clients, |index, client| client.post(SUBMIT, &bodies[index]));
        let is_refusal = |reply: &Reply| {
            let names_nobody = wallets.iter().all(|w| !reply.text.contains(w.address().as_str()));
            reply.status == 409 && reply.code() == "HARDWARE_ALREADY_BOUND" && names_nobody
        };
        assert_eq!(winners(&replies, is_refusal), 1, "machine {round}");
        let winner = replies.iter().position(|reply| reply.status == 200).unwrap();
        owners.insert(wallets[winner].address().to_string());
    }
    assert_eq!(accepted(&node), owners);
    node.stop();
    node.verify();
    tell("many wallets for one machine: bound to one");
}

#[test]
fn a_challenge_is_good_for_one_of_many_submissions() {
    let mut node = TestNode::of(&GenesisFile::mainnet().with_long_epochs());
    let mut clients = clients_of(&node, 32);
    for round in 0..rounds() {
        let (wallet, machine) = (Wallet::number(round), Machine::new(Hardware::Pc, round));
        let nonce = challenge(&mut clients[0]);
        let body = machine.signed(&wallet, wallet.address().as_str(), &nonce);
        let replies = all_at_once(&mut clients, |_, client| client.post(SUBMIT, &body));
        assert_eq!(winners(&replies, |reply| reply.status == 409), 1, "round {round}");
    }
    assert_eq!(accepted(&node).len() as u64, rounds());
    node.stop();
    node.verify();
    tell("many submissions to one challenge: one accepted");
}
