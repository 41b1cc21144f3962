//! What a node proves holds on its own; with one byte changed it does not.

use std::sync::atomic::{AtomicBool, Ordering};

use protocol::api::proof::{AccountProof, BlockEvidence, TxProof};
use protocol::block::ValidatorSet;
use protocol::transfer::{ChainId, TxId};
use protocol::wallet_id::WalletId;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::harness::genesis::GenesisFile;
use crate::harness::http::Http;
use crate::harness::node::TestNode;
use crate::harness::wallets::{RTC, Wallet};

fn read<T: DeserializeOwned>(http: &mut Http, path: &str) -> T {
    serde_json::from_value(http.read(path)).unwrap()
}

/// Hex digits behind the batch of a header: two roots and a count.
const BEHIND_THE_BATCH: usize = 2 * (32 + 4 + 32);

/// The same JSON with the lowest bit of one hex digit of one text flipped, for every text in it
/// and for several places in each.
///
/// Of the header that certifies the proven one only the batch is signed, and only that is read.
fn flipped(value: &Value) -> Vec<Value> {
    let mut changed = Vec::new();
    flip_within("", value, &mut |other| changed.push(other));
    changed
}

fn flip_within(name: &str, value: &Value, take: &mut dyn FnMut(Value)) {
    match value {
        Value::String(text) => {
            let unread = if name == "next_header" { BEHIND_THE_BATCH } else { 0 };
            let length = text.len() - unread;
            for place in [0, 1, length / 3, length / 2, length - 1] {
                let digit = char::from(text.as_bytes()[place]).to_digit(16).unwrap() ^ 1;
                let digit = char::from_digit(digit, 16).unwrap().to_string();
                let mut other = text.clone();
                other.replace_range(place..=place, &digit);
                take(Value::String(other));
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                flip_within(name, member, &mut |inner| {
                    let mut other = members.clone();
                    other.insert(name.clone(), inner);
                    take(Value::Object(other));
                });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flip_within(name, item, &mut |inner| {
                    let mut other = items.clone();
                    other[index] = inner;
                    take(Value::Array(other));
                });
            }
        }
        Value::Number(number) => take(Value::from(number.as_u64().unwrap() + 1)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Reads every changed copy of a proof; none may verify.
fn none_verifies<T: DeserializeOwned>(proof: &Value, verifies: impl Fn(&T) -> bool) {
    let changed = flipped(proof);
    assert!(changed.len() >= 20, "{}", changed.len());
    for other in changed {
        let read: Result<T, _> = serde_json::from_value(other.clone());
        assert!(!read.is_ok_and(|read| verifies(&read)), "still verifies: {other}");
    }
}

struct Served {
    node: TestNode,
    chain: ChainId,
    payer: WalletId,
    tx_ids: Vec<TxId>,
    validators: ValidatorSet,
}

/// A node that has executed a few transfers.
fn served() -> Served {
    let (alice, bob) = (Wallet::number(0), Wallet::number(1).address());
    let node = TestNode::of(&GenesisFile::dev().funding(&alice.address(), 100));
    let chain = node.chain_id().clone();
    let pay = |nonce: u64| {
        let payment = alice.pays_with_memo(&chain, &bob, RTC, nonce, "h\u{e9} \u{1f375}");
        node.http().post("/wallet/transfer/signed", payment.body).expect(200);
        payment.tx_id.parse().unwrap()
    };
    let tx_ids = (1..=5).map(pay).collect();
    let evidence: BlockEvidence = read(&mut node.http(), "/chain/header/0");
    let validators = evidence.verify(&chain, None).unwrap().validators;
    Served { chain, payer: alice.address(), tx_ids, validators, node }
}

#[test]
fn a_balance_is_proven() {
    let Served { node, chain, payer, validators, .. } = served();
    let proof = node.http().read(&format!("/proof/account/{payer}"));
    let read: AccountProof = serde_json::from_value(proof.clone()).unwrap();
    let proven = read.verify(&payer, &chain, Some(&validators)).unwrap();
    assert_eq!((proven.balance.micro(), proven.last_nonce), (95 * RTC, 5));

    let somebody = Wallet::number(9).address();
    assert!(read.verify(&somebody, &chain, Some(&validators)).is_err());
    let verifies = |proof: &AccountProof| proof.verify(&payer, &chain, Some(&validators)).is_ok();
    none_verifies(&proof, verifies);
    assert_eq!(node.http().get(&format!("/proof/account/{somebody}")).status, 404);
}

#[test]
fn a_wallet_that_pays_all_the_time_is_proven_too() {
    const PAYMENT: u64 = 1_000;
    let (payer, shop) = (Wallet::number(0), Wallet::number(1).address());
    let node = TestNode::of(&GenesisFile::dev().funding(&payer.address(), 100));
    let chain = node.chain_id().clone();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut http = node.http();
            for nonce in 1.. {
                let payment = payer.pays(&chain, &shop, PAYMENT, nonce);
                http.post("/wallet/transfer/signed", &payment.body).expect(200);
                if over.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        let mut http = node.http();
        for _again in 0..3 {
            let reply = http.get(&format!("/proof/account/{}", payer.address()));
            over.store(reply.status != 200, Ordering::Relaxed);
            let proof: AccountProof = serde_json::from_value(reply.expect(200)).unwrap();
            let proven = proof.verify(&payer.address(), &chain, None).unwrap();
            assert_eq!(proven.balance.micro() + proven.last_nonce * PAYMENT, 100 * RTC);
        }
        over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_transfer_is_proven() {
    let Served { node, chain, payer, tx_ids, validators } = served();
    for (tx_id, nonce) in tx_ids.iter().zip(1..) {
        let proof: TxProof = read(&mut node.http(), &format!("/proof/tx/{tx_id}"));
        let proven = proof.verify(*tx_id, &chain, Some(&validators)).unwrap();
        let transfer = &proven.transfer.into_inner().transfer;
        assert_eq!((&transfer.from, transfer.nonce), (&payer, nonce));
        let other = tx_ids.iter().find(|other| *other != tx_id).unwrap();
        assert!(proof.verify(*other, &chain, Some(&validators)).is_err());
    }
    let proof = node.http().read(&format!("/proof/tx/{}", tx_ids[2]));
    let verifies = |proof: &TxProof| proof.verify(tx_ids[2], &chain, Some(&validators)).is_ok();
    none_verifies(&proof, verifies);
    assert_eq!(node.http().get(&format!("/proof/tx/{}", "a".repeat(32))).status, 404);
}

/// Proofs of a node whose key is another one are sound in themselves and prove nothing to us.
#[test]
fn only_the_trusted_validators_prove_anything() {
    let ours = served();
    let theirs = served();
    let path = format!("/proof/account/{}", theirs.payer);
    let proof: AccountProof = read(&mut theirs.node.http(), &path);
    assert!(proof.verify(&theirs.payer, &theirs.chain, None).is_ok());
    assert!(proof.verify(&theirs.payer, &theirs.chain, Some(&ours.validators)).is_err());
    let elsewhere: ChainId = "rustchain-testnet-v3".parse().unwrap();
    assert!(proof.verify(&theirs.payer, &elsewhere, None).is_err());
}

#[test]
fn every_header_is_certified_and_follows_the_one_before() {
    let Served { node, chain, validators, .. } = served();
    let mut http = node.http();
    let tip = http.read("/headers/tip")["height"].as_u64().unwrap();
    let mut previous = None;
    for height in 0..tip {
        let evidence: BlockEvidence = read(&mut http, &format!("/chain/header/{height}"));
        let header = evidence.verify(&chain, Some(&validators)).unwrap().header;
        assert_eq!(header.batch.height, height);
        if let Some(previous) = previous {
            assert_eq!(header.batch.prev, previous, "block {height}");
        }
        previous = Some(header.hash());
    }
    let evidence = http.read("/chain/header/0");
    none_verifies(&evidence, |evidence: &BlockEvidence| {
        evidence.verify(&chain, Some(&validators)).is_ok()
    });
}
