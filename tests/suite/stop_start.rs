//! A node starts on its own ledger, with its own key, once at a time, or says why not.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use crate::harness::genesis::GenesisFile;
use crate::harness::node::TestNode;
use crate::harness::waiting::end_of;
use crate::harness::wallets::{RTC, Wallet, account};

/// Tries to serve, which has to fail at once; the error.
fn refused_to_serve(node: &TestNode) -> (i32, serde_json::Value) {
    refused_to_serve_with(node, &[])
}

fn refused_to_serve_with(node: &TestNode, options: &[&str]) -> (i32, serde_json::Value) {
    let mut serve = node.serve_command(options);
    let ended = end_of(serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let error = ended.envelope()["error"].clone();
    assert!(error.is_object(), "{ended:?}");
    (ended.exit, error)
}

#[test]
fn a_folder_is_served_by_one_process_at_a_time() {
    let mut node = TestNode::of(&GenesisFile::dev());
    let (exit, error) = refused_to_serve(&node);
    assert_eq!((exit, &error["code"]), (10, &"locked".into()), "{error}");
    assert!(error["message"].as_str().unwrap().contains("another process"), "{error}");
    node.http().read("/health");
    node.stop();
    node.start();
    node.http().read("/health");
}

#[test]
fn a_ledger_is_never_made_by_serving() {
    let node = TestNode::nowhere();
    let (exit, error) = refused_to_serve(&node);
    assert_eq!((exit, &error["code"]), (5, &"no_ledger".into()), "{error}");
    assert!(!node.folder().exists(), "serving made a folder");
    fs::create_dir(node.folder()).unwrap();
    assert_eq!(refused_to_serve(&node).0, 5);
    assert_eq!(fs::read_dir(node.folder()).unwrap().count(), 0, "serving left files behind");
}

#[test]
fn only_dev_makes_its_own_ledger_and_only_once() {
    let mut node = TestNode::nowhere();
    node.start_with(&["--dev"]);
    assert_eq!(node.chain_id().as_str(), "rustchain-dev");
    let key_file = node.folder().join("admin.key");
    assert_eq!(fs::metadata(&key_file).unwrap().permissions().mode() & 0o777, 0o600);
    let key = fs::read_to_string(&key_file).unwrap();
    let first = node.http().read("/chain/header/0");
    node.stop();
    node.start_with(&["--dev"]);
    assert_eq!(node.http().read("/chain/header/0")["header"], first["header"]);
    assert_eq!(fs::read_to_string(&key_file).unwrap(), key);
}

#[test]
fn dev_does_not_lift_the_limits_of_another_network() {
    let mut node = TestNode::of(&GenesisFile::mainnet());
    node.stop();
    let (exit, error) = refused_to_serve_with(&node, &["--dev"]);
    assert_eq!((exit, &error["code"]), (9, &"config".into()), "{error}");
    assert!(error["message"].as_str().unwrap().contains("dev network only"), "{error}");
    assert!(!node.folder().join("admin.key").exists(), "a key was written");
}

#[test]
fn another_genesis_does_not_replace_a_ledger() {
    let rich = Wallet::number(0);
    let mut node = TestNode::of(&GenesisFile::dev());
    let header = node.http().read("/chain/header/0")["header"].clone();
    node.stop();
    let key = node.admin_key();
    fs::remove_file(node.admin_key_file()).unwrap();
    let other = GenesisFile::mainnet().funding(&rich.address(), 1_000);
    let ended = node.init(&other);
    assert_eq!(ended.exit, 10, "{ended:?}");
    assert_eq!(ended.envelope()["error"]["code"], "ledger_exists");
    node.start();
    assert_eq!(node.http().read("/chain/header/0")["header"], header);
    assert_eq!(account(&mut node.http(), &rich.address()).balance, 0);
    assert_eq!(node.http().get_as_admin("/api/balances", &key).status, 200);
}

#[test]
fn a_key_that_others_can_read_is_not_used() {
    let node = TestNode::made_of(&GenesisFile::dev());
    let key = node.folder().join("node.key");
    for mode in [0o644, 0o640, 0o606, 0o660] {
        fs::set_permissions(&key, Permissions::from_mode(mode)).unwrap();
        let (exit, error) = refused_to_serve(&node);
        assert_ne!(exit, 0);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("node.key") && message.contains("0600"), "{error}");
    }
}

#[test]
fn another_nodes_key_opens_no_ledger() {
    let mut node = TestNode::made_of(&GenesisFile::dev());
    let other = TestNode::made_of(&GenesisFile::dev());
    let (own, foreign) = (node.folder().join("node.key"), other.folder().join("node.key"));
    let kept = fs::read(&own).unwrap();
    fs::write(&own, fs::read(foreign).unwrap()).unwrap();
    let (exit, error) = refused_to_serve(&node);
    assert_ne!(exit, 0);
    assert!(error["message"].as_str().unwrap().contains("not a validator"), "{error}");
    fs::write(&own, &kept[..31]).unwrap();
    assert_ne!(refused_to_serve(&node).0, 0);
    fs::write(&own, kept).unwrap();
    node.start();
}

#[test]
fn what_was_answered_is_there_after_a_stop() {
    let (alice, bob) = (Wallet::number(0), Wallet::number(1).address());
    let mut node = TestNode::of(&GenesisFile::dev().funding(&alice.address(), 100));
    for nonce in 1..=5 {
        let payment = alice.pays(node.chain_id(), &bob, RTC, nonce);
        node.http().post("/wallet/transfer/signed", &payment.body).expect(200);
        node.stop();
        node.start();
        let status = node.http().read(&format!("/wallet/tx/{}", payment.tx_id));
        assert_eq!(status["status"], "confirmed");
        let again = node.http().post("/wallet/transfer/signed", &payment.body);
        assert_eq!(again.code(), "REPLAY_DETECTED", "{again:?}");
    }
    assert_eq!(account(&mut node.http(), &bob).balance, 5 * RTC);
    node.verify();
}
