//! Sending exactly once, whatever happens on the way.

use std::fs;

use serde_json::json;

use crate::harness::fake_node::{FakeNode, OnTransfer, nobody};
use crate::harness::program::{ALICE, BOB, Ended, Home};

/// Sends 12.5 RTC from alice to bob without asking.
fn send(home: &Home, url: &str) -> Ended {
    home.run(&format!(
        "send {BOB} 12.5 --yes --passphrase-file {{dir}}/passphrase --json --node {url}"
    ))
}

/// The ids in the journal.
fn pending(home: &Home) -> Vec<String> {
    let folder = home.path("data/state/pending");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect()
}

#[test]
fn a_transfer_is_previewed_announced_and_executed() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    node.with(|state| state.balances.insert(BOB.to_owned(), 1));
    let ended = home.run(&format!(
        "send {BOB} 12.5 --yes --memo thanks --passphrase-file {{dir}}/passphrase --node {}",
        node.url
    ));
    assert_eq!(ended.exit, 0, "{ended:?}");
    let (id, signed) = node.with(|state| state.executed[0].clone());
    assert_eq!(signed.transfer.nonce, 1);
    assert_eq!(signed.transfer.memo, "thanks");
    assert_eq!(
        ended.stdout,
        format!("transaction\t{id}\nstatus\tconfirmed\namount\t12.5 RTC\nto\t{BOB}\nblock\t7\n")
    );
    assert_eq!(
        ended.stderr,
        format!(
            "send\t12.5 RTC\nfrom\t{ALICE} (alice)\nto\t{BOB}\nmemo\tthanks\n\
             your balance\t100 RTC -> 87.5 RTC\ntheir balance\t0.000001 RTC -> 12.500001 RTC\n\
             network\trustchain-dev\nnonce\t1\nfee\t0 RTC\ntransaction {id}\n"
        )
    );
    assert!(pending(&home).is_empty());
}

#[test]
fn a_lost_answer_is_resumed_with_the_same_bytes_and_pays_once() {
    for is_ours in [true, false] {
        let (home, node) = (Home::with_alice(), FakeNode::start());
        node.with(|state| {
            state.is_ours = is_ours;
            state.on_transfer = OnTransfer::ExecuteAndHangUp;
        });
        let lost = send(&home, &node.url);
        assert_eq!(lost.exit, 8, "{lost:?}");
        let ids = pending(&home);
        let [id] = ids.as_slice() else { panic!("{ids:?}") };
        let hint = lost.envelope()["error"]["hint"].as_str().unwrap().to_owned();
        assert!(hint.contains(&format!("rustchain tx resume {id}")), "{hint}");

        let again = send(&home, &node.url);
        assert_eq!(again.exit, 7, "a second transfer could pay twice: {again:?}");
        assert_eq!(again.envelope()["error"]["code"], "unresolved_transfer");

        node.with(|state| state.on_transfer = OnTransfer::Execute);
        let resumed = home.json(&format!("tx resume {id} --node {}", node.url));
        assert_eq!(resumed["data"]["status"], "confirmed", "{resumed}");
        assert_eq!(resumed["data"]["repeated"], true);
        node.with(|state| {
            assert_eq!(state.executed.len(), 1);
            assert_eq!(state.arrived.len(), 2);
            assert_eq!(state.arrived[0], state.arrived[1]);
            assert_eq!(state.balances[BOB], 12_500_000);
        });
        assert!(pending(&home).is_empty());
        assert_eq!(home.run(&format!("tx resume {id} --node {}", node.url)).exit, 5);
    }
}

#[test]
fn what_never_arrived_is_executed_when_it_is_resumed() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    node.with(|state| state.on_transfer = OnTransfer::HangUp);
    assert_eq!(send(&home, &node.url).exit, 8);
    let id = pending(&home).remove(0);
    let listed = home.json("tx pending");
    assert_eq!(listed["data"]["transfers"][0]["tx_id"], id.as_str());

    let away = home.run(&format!("tx resume {id} --node {}", nobody()));
    assert_eq!(away.exit, 6, "{away:?}");
    node.with(|state| {
        let busy = json!({ "error": "busy", "code": "BUSY" });
        state.on_transfer = OnTransfer::Answer(503, busy);
    });
    let busy = home.run(&format!("tx resume {id} --node {}", node.url));
    assert_eq!(busy.exit, 8, "{busy:?}");
    assert_eq!(pending(&home), [id.as_str()]);

    node.with(|state| state.on_transfer = OnTransfer::Execute);
    let resumed = home.json(&format!("tx resume {id} --node {}", node.url));
    assert_eq!(resumed["data"]["repeated"], false, "{resumed}");
    assert_eq!(node.with(|state| state.balances[BOB]), 12_500_000);
}

#[test]
fn a_refusal_is_final_and_leaves_nothing_behind() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    node.with(|state| {
        let refusal = json!({ "error": "Invalid signature", "code": "INVALID_SIGNATURE" });
        state.on_transfer = OnTransfer::Answer(400, refusal);
    });
    let refused = send(&home, &node.url);
    assert_eq!(refused.exit, 7, "{refused:?}");
    assert_eq!(refused.envelope()["error"]["code"], "invalid_signature");
    assert!(pending(&home).is_empty());
}

#[test]
fn nothing_is_signed_for_another_network() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    node.with(|state| state.chain_id = "rustchain-mainnet-v2");
    let refused = send(&home, &node.url);
    assert_eq!(refused.exit, 7, "{refused:?}");
    assert_eq!(refused.envelope()["error"]["code"], "chain_id_mismatch");
    assert!(node.with(|state| state.arrived.is_empty()));
    assert!(pending(&home).is_empty());
}

#[test]
fn what_the_wallet_does_not_hold_is_not_signed() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    node.with(|state| state.balances.insert(ALICE.to_owned(), 12_499_999));
    let refused = send(&home, &node.url);
    assert_eq!(refused.exit, 7, "{refused:?}");
    assert_eq!(refused.envelope()["error"]["details"]["balance"]["micro"], 12_499_999);
}

#[test]
fn existing_nodes_get_the_time_as_nonce() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    node.with(|state| state.is_ours = false);
    let sent = send(&home, &node.url).envelope();
    let nonce = sent["data"]["nonce"].as_u64().unwrap();
    assert!(nonce > 1_700_000_000_000, "{nonce}");
}

#[test]
fn a_dry_run_needs_no_passphrase_and_sends_nothing() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    let shown = home.json(&format!("send {BOB} 12.5 --dry-run --node {}", node.url));
    assert_eq!(shown["data"]["sent"], false, "{shown}");
    assert_eq!(shown["data"]["sender_balance"]["after"]["rtc"], "87.5");
    assert!(node.with(|state| state.arrived.is_empty()));
}

#[test]
fn a_wrong_passphrase_sends_nothing() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    home.private_file("passphrase", "not the right one");
    let refused = send(&home, &node.url);
    assert_eq!(refused.exit, 4, "{refused:?}");
    assert!(node.with(|state| state.arrived.is_empty()));
    assert!(pending(&home).is_empty());
}
