//! Settings from flags, environment and file, and what is said about mistakes in them.

use std::fs;

use crate::harness::program::{Ended, Home};

#[test]
fn every_setting_can_be_explained_down_to_its_line() {
    let home = Home::new();
    let file = home.private_file("my.toml", "# mine\nnode_url = \"https://a.example\"\n");
    let get = |extra: &str| home.json(&format!("config get --config {{dir}}/my.toml {extra}"));
    let settings = get("")["data"]["settings"].clone();
    assert_eq!(settings["node_url"]["value"], "https://a.example");
    assert_eq!(settings["node_url"]["source"], format!("{}:2", file.display()));
    assert_eq!(settings["chain_id"]["source"], "the default");
    let flag = get("--node https://b.example")["data"]["settings"]["node_url"].clone();
    assert_eq!(flag["source"], "the flag --node");
    let alone = home.run("config get node_url --config {dir}/my.toml");
    assert_eq!(alone.stdout, "https://a.example\n");
}

#[test]
fn the_example_can_be_saved_and_is_valid() {
    let home = Home::new();
    let example = home.run("config example");
    let path = home.run("config path").stdout;
    let path = std::path::Path::new(path.trim());
    assert_eq!(path, home.path(".config/rustchain/config.toml"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, &example.stdout).unwrap();
    assert_eq!(home.run("config validate").exit, 0);
    fs::write(path, "nodeurl = \"x\"\n").unwrap();
    assert_eq!(home.run("config validate").exit, 9);
    assert_eq!(home.run("wallet list").exit, 9, "an unknown key is never passed over");
}

#[test]
fn secrets_in_the_environment_stop_the_program() {
    let home = Home::new();
    let run = |name: &str| {
        Ended::of(home.program("wallet list").env(name, "hunter2 hunter2").output().unwrap())
    };
    let refused = run("RUSTCHAIN_PASSPHRASE");
    assert_eq!(refused.exit, 9, "{refused:?}");
    assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
    assert_eq!(run("RUSTCHAIN_WALLET_DIR").exit, 0);
}
