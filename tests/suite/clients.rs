//! Stand-ins for the existing clients, as they are, against nodes of two networks.
//!
//! They are the scripts of `tests/clients` and need Python with `PyNaCl` and requests: the one that
//! `RUSTCHAIN_TEST_PYTHON` names, or else `python3`. Without it they are left out, except where
//! `CI` is `true`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::genesis::GenesisFile;
use crate::harness::node::TestNode;
use crate::harness::program::Ended;
use crate::harness::wallets::Wallet;

/// The seed of a wallet that holds money on both networks.
const FUNDED: &str = "the wallet of the stand-ins";

/// Scripts that speak to no node.
const WITHOUT_NODE: [&str; 1] = ["oracle.py"];

/// The scripts that the tests below run.
const RUN_HERE: [&str; 9] = [
    "console_bridge_miner.py",
    "exporter.py",
    "fresh_node.py",
    "hostile.py",
    "js_wallets.py",
    "python_miner.py",
    "rust_miner.py",
    "wallet_cli.py",
    "windows_miner.py",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients")
}

/// The Python to run them with; nothing when there is none and that is allowed.
#[expect(clippy::print_stderr, reason = "a test that is left out has to be seen")]
fn python() -> Option<String> {
    if let Ok(python) = env::var("RUSTCHAIN_TEST_PYTHON") {
        return Some(python);
    }
    let imports = Command::new("python3").args(["-c", "import nacl, requests"]).output();
    if imports.is_ok_and(|output| output.status.success()) {
        return Some("python3".to_owned());
    }
    let in_ci = env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!in_ci, "CI needs Python with PyNaCl and requests: set RUSTCHAIN_TEST_PYTHON");
    eprintln!(
        "LEFT OUT: the stand-ins need Python with tests/clients/requirements.txt; \
         set RUSTCHAIN_TEST_PYTHON"
    );
    None
}

/// The two networks, with money for the stand-ins.
fn networks() -> [GenesisFile; 2] {
    let wallet = Wallet::of_seed(FUNDED).address();
    [GenesisFile::dev(), GenesisFile::mainnet()].map(|genesis| genesis.funding(&wallet, 1_000))
}

/// Runs a script against a node; what it says, which has to be that all is well.
fn run(node: &TestNode, script: &str, arguments: &[&str]) -> Option<Value> {
    assert!(RUN_HERE.contains(&script));
    let mut command = Command::new(python()?);
    command.arg(folder().join(script)).args(["--node", node.url()]).args(arguments);
    let ended = Ended::of(command.output().unwrap());
    assert_eq!(ended.exit, 0, "{script} {arguments:?}: {}{}", ended.stdout, ended.stderr);
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(said["ok"], true, "{said}");
    Some(said)
}

/// Runs a script against a fresh node of each network.
fn run_on_both(script: &str, arguments: &[&str]) {
    for genesis in networks() {
        run(&TestNode::of(&genesis), script, arguments);
    }
}

#[test]
fn every_stand_in_is_run() {
    let mut scripts = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let is_script = path.extension().is_some_and(|extension| extension == "py")
            && fs::read_to_string(&path).unwrap().contains("if __name__ == \"__main__\"");
        let runs_by_itself = name.starts_with("test_") || WITHOUT_NODE.contains(&name.as_str());
        if is_script && !runs_by_itself {
            scripts.push(name);
        }
    }
    scripts.sort();
    assert_eq!(scripts, RUN_HERE);
}

#[test]
fn the_stand_ins_keep_to_the_wire() {
    let Some(python) = python() else { return };
    let output = Command::new(python).args(["-m", "unittest"]).current_dir(folder()).output();
    let ended = Ended::of(output.unwrap());
    assert_eq!(ended.exit, 0, "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn the_python_miner() {
    for genesis in networks() {
        let node = TestNode::of(&genesis);
        let g4 = ["--profile", "g4", "--expect-passed", "--expect-multiplier", "2.5"];
        run(&node, "python_miner.py", &g4);
        let modern = ["--profile", "modern", "--expect-passed", "--rounds", "2"];
        run(&node, "python_miner.py", &modern);
        run(&node, "python_miner.py", &["--profile", "console"]);
    }
}

#[test]
fn the_python_miner_in_a_virtual_machine() {
    let [dev, mainnet] = networks().map(|genesis| TestNode::of(&genesis));
    for profile in ["vm", "vm-lying"] {
        run(&dev, "python_miner.py", &["--profile", profile, "--expect-vm"]);
        let worthless = ["--expect-vm", "--expect-multiplier", "0", "--expect-weight", "0"];
        let arguments = [&["--profile", profile], worthless.as_slice()].concat();
        run(&mainnet, "python_miner.py", &arguments);
    }
}

#[test]
fn the_windows_miner() {
    run_on_both("windows_miner.py", &["--require-turn"]);
    run_on_both("windows_miner.py", &["--require-turn", "--canonical"]);
}

#[test]
fn the_console_bridge_miner() {
    for genesis in networks() {
        let node = TestNode::of(&genesis);
        run(&node, "console_bridge_miner.py", &["--expect-passed"]);
        run(&node, "console_bridge_miner.py", &["--unsigned", "--seed", "another console"]);
        let named = ["--name", "pico-n64", "--seed", "a named console"];
        run(&node, "console_bridge_miner.py", &named);
    }
}

#[test]
fn the_console_bridge_miner_that_is_listed_need_not_sign() {
    let genesis = GenesisFile::mainnet().with("legacy_ids", "[\"pico-n64\"]");
    let node = TestNode::of(&genesis);
    let arguments = ["--name", "pico-n64", "--unsigned", "--listed"];
    run(&node, "console_bridge_miner.py", &arguments);
}

#[test]
fn the_rust_miner() {
    run_on_both("rust_miner.py", &[]);
}

#[test]
fn the_wallet_cli() {
    for genesis in networks() {
        let node = TestNode::of(&genesis);
        run(&node, "wallet_cli.py", &["--seed", FUNDED]);
    }
    for genesis in networks() {
        let node = TestNode::of(&genesis);
        let arguments = ["--seed", FUNDED, "--nonce", "balance", "--amount", "0.001"];
        run(&node, "wallet_cli.py", &arguments);
        run(&node, "wallet_cli.py", &arguments);
    }
}

#[test]
fn the_javascript_and_other_wallets() {
    run_on_both("js_wallets.py", &["--seed", FUNDED]);
}

#[test]
fn the_exporters() {
    for genesis in networks() {
        let node = TestNode::of(&genesis);
        run(&node, "exporter.py", &[]);
        run(&node, "python_miner.py", &["--profile", "g4"]);
        run(&node, "exporter.py", &[]);
    }
}

#[test]
fn anybody_on_a_fresh_node() {
    run_on_both("fresh_node.py", &[]);
}

#[test]
fn attackers() {
    for genesis in networks() {
        // Rows about enrolments name the running epoch, which must not end under them.
        let node = TestNode::of(&genesis.with_long_epochs());
        let key_file = node.admin_key_file();
        let key_file = key_file.to_str().unwrap();
        run(&node, "hostile.py", &["--seed", FUNDED, "--admin-key-file", key_file]);
    }
}
