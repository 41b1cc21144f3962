//! What is read from a node, and how little it is trusted.

use serde_json::json;

use crate::harness::fake_node::{FakeNode, nobody};
use crate::harness::program::{ALICE, BOB, Home};
use crate::harness::proofs::Chain;

#[test]
fn balances_are_exact_in_both_forms() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    node.with(|state| state.balances.insert(BOB.to_owned(), 8_388_608_000_001));
    let ended = home.run(&format!("balance {BOB} --node {}", node.url));
    let wallet = format!("wallet\t{BOB}\nbalance\t8388608.000001 RTC\nnext nonce\t1\n");
    assert_eq!((ended.exit, ended.stdout), (0, wallet));
    let json = home.json(&format!("wallet balance alice --node {}", node.url));
    assert_eq!(json["data"]["balance"], json!({ "rtc": "100", "micro": 100_000_000 }));
    assert_eq!(json["data"]["wallet"], ALICE);
    let unseen = home.run(&format!("balance --id dual-g4-125 --node {}", node.url));
    assert!(unseen.stderr.contains("has never seen dual-g4-125"), "{unseen:?}");
}

#[test]
fn no_node_steers_the_terminal() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    let evil = "\u{1b}]0;owned\u{7}\u{202e}cilA\u{9b}31m";
    node.page(
        "/wallet/history",
        200,
        json!({ "ok": true, "miner_id": ALICE, "total": 1, "transactions": [{
            "type": "transfer_in", "amount": 1.5, "epoch": 1, "timestamp": 1_795_332_791_u64,
            "tx_hash": evil, "from": evil, "memo": evil, "status": evil }] }),
    );
    node.page("/epoch", 400, json!({ "error": evil, "code": evil }));
    for arguments in
        ["wallet history alice", "wallet history alice --json", "epoch", "epoch --json"]
    {
        let ended = home.run(&format!("{arguments} --node {}", node.url));
        let printed = format!("{}{}", ended.stdout, ended.stderr);
        assert!(printed.contains("owned"), "{arguments}: {printed:?}");
        for steering in ['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}'] {
            assert!(!printed.contains(steering), "{arguments}: {printed:?}");
        }
    }
    let json = home.json(&format!("wallet history alice --node {}", node.url));
    assert_eq!(json["data"]["entries"][0]["memo"], evil);
}

#[test]
fn health_has_an_exit_code() {
    let (home, node) = (Home::new(), FakeNode::start());
    let health = |ok: bool| {
        json!({ "ok": ok, "db_rw": ok, "version": "1", "uptime_s": 5, "tip_age_slots": 0,
            "backup_age_hours": null, "reasons": ["the disk is full"] })
    };
    node.page("/health", 200, health(true));
    assert_eq!(home.run(&format!("health --node {}", node.url)).exit, 0);
    node.page("/health", 503, health(false));
    let ill = home.run(&format!("health --node {}", node.url));
    assert_eq!(ill.exit, 1, "{ill:?}");
    assert!(ill.stdout.contains("because\tthe disk is full"), "{ill:?}");
    assert_eq!(home.run(&format!("health --node {}", nobody())).exit, 6);
    node.page("/health", 200, json!({ "hello": "world" }));
    assert_eq!(home.run(&format!("health --node {}", node.url)).exit, 6);
}

#[test]
fn epochs_are_shown() {
    let (home, node) = (Home::new(), FakeNode::start());
    node.page(
        "/epoch",
        200,
        json!({ "epoch": 354, "slot": 51_041, "blocks_per_epoch": 144, "epoch_pot": 1.5,
            "enrolled_miners": 3, "total_supply_rtc": 8_388_608 }),
    );
    let json = home.json(&format!("epoch --node {}", node.url));
    assert_eq!(json["data"]["pot"]["micro"], 1_500_000);
    assert_eq!(json["data"]["slot_in_epoch"], 65);
}

#[test]
fn unknown_transfers_are_not_found() {
    let (home, node) = (Home::new(), FakeNode::start());
    let id = "c84d43485620136d5b9397c961bbe4b8";
    let shown = home.json(&format!("tx show {id} --node {}", node.url));
    assert_eq!(shown["error"]["code"], "transaction_not_found");
    assert_eq!(shown["error"]["exit"], 5);
}

#[test]
fn a_proof_is_checked_and_its_validator_remembered() {
    let (home, node) = (Home::new(), FakeNode::start());
    let (id, proof) = Chain::of_validator(3).transfer();
    node.page(&format!("/proof/tx/{id}"), 200, json!(proof));
    let proven = home.json(&format!("tx prove {id} --node {}", node.url));
    assert_eq!(proven["data"]["amount"]["rtc"], "1.5", "{proven}");
    assert_eq!(proven["data"]["block_height"], 1);

    let (_, forged) = Chain::of_validator(4).transfer();
    node.page(&format!("/proof/tx/{id}"), 200, json!(forged));
    let refused = home.json(&format!("tx prove {id} --node {}", node.url));
    assert_eq!(refused["error"]["code"], "proof_invalid", "{refused}");
    assert_eq!(refused["error"]["exit"], 7);
    let other = "c84d43485620136d5b9397c961bbe4b8";
    node.page(&format!("/proof/tx/{other}"), 200, json!(proof));
    assert_eq!(home.run(&format!("tx prove {other} --node {}", node.url)).exit, 7);
}

#[test]
fn a_verified_balance_is_the_proven_one() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    node.page(
        &format!("/proof/account/{ALICE}"),
        200,
        json!(Chain::of_validator(3).account(ALICE)),
    );
    let proven = home.json(&format!("balance alice --verify --node {}", node.url));
    assert_eq!(proven["data"]["balance"]["rtc"], "42", "{proven}");
    assert_eq!(proven["data"]["proof"]["height"], 1);
    node.page(&format!("/proof/account/{ALICE}"), 200, json!(Chain::of_validator(3).account(BOB)));
    assert_eq!(home.run(&format!("balance alice --verify --node {}", node.url)).exit, 7);
    let nothing = home.json(&format!("balance {BOB} --verify --node {}", node.url));
    assert_eq!(nothing["error"]["code"], "nothing_proven", "{nothing}");
}
