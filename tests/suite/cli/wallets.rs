//! Wallets on this machine: made, imported, listed, exported, locked anew.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::harness::program::{ALICE, Home, PASSPHRASE};

/// Twelve words of the BIP39 test vectors; the wallet of the fixtures is made of them.
const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

#[test]
fn a_new_wallet_can_be_made_again_from_its_words() {
    let home = Home::new();
    home.private_file("passphrase", PASSPHRASE);
    let made = home.json(
        "wallet new alice --words-file {dir}/words --passphrase-file {dir}/passphrase \
         --chain-id rustchain-dev",
    );
    assert_eq!(made["ok"], true, "{made}");
    assert_eq!(made["data"]["backed_up"], false);
    let words = fs::read_to_string(home.path("words")).unwrap();
    assert_eq!(words.split_whitespace().count(), 24);
    assert_eq!(fs::metadata(home.path("words")).unwrap().permissions().mode() & 0o777, 0o600);
    let again = home.json(
        "wallet import again --words-file {dir}/words --passphrase-file {dir}/passphrase \
         --chain-id rustchain-dev",
    );
    assert_eq!(again["data"]["address"], made["data"]["address"]);
    assert_eq!(again["data"]["backed_up"], true);
    let said = format!("{made}{again}");
    assert!(words.split_whitespace().filter(|word| said.contains(word)).count() < 8, "{said}");
}

#[test]
fn words_come_in_by_stdin_and_go_out_to_a_private_file_alone() {
    let home = Home::new();
    home.private_file("passphrase", PASSPHRASE);
    let imported = home.run_with_stdin(
        "wallet import alice --words-file - --passphrase-file {dir}/passphrase",
        &format!("  {WORDS}\n"),
    );
    assert_eq!(imported.exit, 0, "{imported:?}");
    assert!(imported.stdout.contains(ALICE), "{imported:?}");
    let export = "wallet export alice --passphrase-file {dir}/passphrase";
    let piped = home.run(export);
    assert_eq!((piped.exit, piped.stdout.as_str()), (7, ""), "{piped:?}");
    let json = home.json(export);
    assert_eq!(json["error"]["code"], "secret_to_pipe");
    let written = home.run(&format!("{export} --to {{dir}}/out"));
    assert_eq!(written.exit, 0, "{written:?}");
    assert_eq!(fs::read_to_string(home.path("out")).unwrap(), format!("{WORDS}\n"));
    assert_eq!(fs::metadata(home.path("out")).unwrap().permissions().mode() & 0o777, 0o600);
    let again = home.run(&format!("{export} --to {{dir}}/out"));
    assert_eq!(again.exit, 10, "{again:?}");
}

#[test]
fn a_wallet_without_words_is_exported_as_its_key() {
    let home = Home::new();
    let key = "0707070707070707070707070707070707070707070707070707070707070707";
    home.private_file("passphrase", PASSPHRASE);
    home.private_file("key", key);
    let run =
        |arguments: &str| home.run(&format!("{arguments} --passphrase-file {{dir}}/passphrase"));
    assert_eq!(run("wallet import k --key-file {dir}/key").exit, 0);
    assert_eq!(run("wallet export k --to {dir}/out").exit, 0);
    assert_eq!(fs::read_to_string(home.path("out")).unwrap().trim(), key);
    assert_eq!(run("wallet export k --form words --to {dir}/out2").exit, 2);
}

#[test]
fn the_encrypted_file_is_a_backup_that_needs_no_passphrase() {
    let home = Home::with_alice();
    let ended = home.run("wallet export alice --form encrypted --to {dir}/backup.json");
    assert_eq!(ended.exit, 0, "{ended:?}");
    let original = fs::read_to_string(home.path("data/wallets/alice.json")).unwrap();
    assert_eq!(fs::read_to_string(home.path("backup.json")).unwrap().trim(), original.trim());
}

#[test]
fn another_passphrase_opens_the_wallet_and_the_old_one_no_longer() {
    let home = Home::with_alice();
    home.private_file("new", "another horse battery");
    let changed = home.run(
        "wallet change-passphrase alice --passphrase-file {dir}/passphrase \
         --new-passphrase-file {dir}/new",
    );
    assert_eq!(changed.exit, 0, "{changed:?}");
    assert!(changed.stderr.contains("still opens with the old passphrase"), "{changed:?}");
    let export = |passphrase: &str, to: &str| {
        home.run(&format!(
            "wallet export alice --passphrase-file {{dir}}/{passphrase} --to {{dir}}/{to}"
        ))
    };
    assert_eq!(export("passphrase", "a").exit, 4);
    assert_eq!(export("new", "b").exit, 0);
    assert!(!home.path("a").exists());
}

#[test]
fn one_bad_file_hides_no_good_wallet() {
    let home = Home::with_alice();
    home.private_file("data/wallets/broken.json", "{}");
    let listed = home.json("wallet list");
    assert_eq!(listed["data"]["wallets"][0]["name"], "alice");
    assert!(listed["warnings"][0].as_str().unwrap().contains("broken.json"), "{listed}");
    let piped = home.run("wallet list");
    assert_eq!(piped.stdout, format!("alice\t{ALICE}\trustchain-dev\tyes\n"));
}

#[test]
fn passphrases_come_through_descriptors_too() {
    let home = Home::with_alice();
    let program = env!("CARGO_BIN_EXE_rustchain");
    let script = format!(
        "'{program}' wallet export alice --to out --passphrase-file /dev/fd/3 3<passphrase"
    );
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", &script])
        .current_dir(home.path(""))
        .env("RUSTCHAIN_DATA_DIR", home.path("data"));
    let ended = shell.env("HOME", home.path("")).output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(fs::read_to_string(home.path("out")).unwrap().trim(), WORDS);
}
