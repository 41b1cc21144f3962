//! What happens between the program and the person in front of it.

use crate::harness::fake_node::FakeNode;
use crate::harness::program::{BOB, Home, PASSPHRASE};
use crate::harness::terminal::Terminal;

/// Clears the screen that the words were on and leaves it.
const LEFT: &str = "\u{1b}[2J\u{1b}[?1049l";

#[test]
fn a_new_wallet_shows_its_words_once_and_clears_them_away() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, "wallet new carol");
    terminal.answer("New passphrase of carol: ", "correct horse\n");
    terminal.answer("The same again: ", "correct horse\n");
    terminal.expect("\u{1b}[?1049h");
    terminal.expect("24 ");
    terminal.answer("Press Enter", "\n");
    terminal.expect(LEFT);
    let (exit, shown) = terminal.end();
    assert_eq!(exit, 0, "{shown}");
    let after = shown.split(LEFT).nth(1).unwrap();
    assert!(after.contains("backed up   no"), "{after}");
    assert!(home.path("data/wallets/carol.json").exists());
}

#[test]
fn an_interrupted_wallet_is_never_made() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, "wallet new carol");
    terminal.answer("New passphrase of carol: ", "correct horse\n");
    terminal.answer("The same again: ", "correct horse\n");
    terminal.answer("Press Enter", "\u{3}");
    terminal.expect(LEFT);
    let (exit, shown) = terminal.end();
    assert_eq!(exit, 130, "{shown}");
    assert!(!home.path("data/wallets/carol.json").exists());
}

#[test]
fn a_passphrase_that_was_mistyped_makes_no_wallet() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, "wallet new carol");
    terminal.answer("New passphrase of carol: ", "correct horse\n");
    terminal.answer("The same again: ", "correct house\n");
    let (exit, shown) = terminal.end();
    assert_eq!(exit, 2, "{shown}");
    assert!(shown.contains("the two passphrases differ"), "{shown}");
}

#[test]
fn anything_but_yes_sends_nothing() {
    for answer in ["n\n", "\n", "yo\n"] {
        let (home, node) = (Home::with_alice(), FakeNode::start());
        let mut terminal = Terminal::start(&home, &format!("send {BOB} 12.5 --node {}", node.url));
        terminal.expect("your balance   100 RTC -> 87.5 RTC");
        terminal.expect("has never seen");
        terminal.answer("Send this? [y/N] ", answer);
        let (exit, shown) = terminal.end();
        assert_eq!(exit, 3, "{shown}");
        assert!(node.with(|state| state.arrived.is_empty()));
    }
}

#[test]
fn yes_and_the_passphrase_send() {
    let (home, node) = (Home::with_alice(), FakeNode::start());
    let mut terminal = Terminal::start(&home, &format!("send {BOB} 12.5 --node {}", node.url));
    terminal.answer("Send this? [y/N] ", "y\n");
    terminal.answer("Passphrase of alice: ", &format!("{PASSPHRASE}\n"));
    terminal.expect("status       confirmed");
    let (exit, shown) = terminal.end();
    assert_eq!(exit, 0, "{shown}");
    assert_eq!(node.with(|state| state.balances[BOB]), 12_500_000);
}

#[test]
fn an_export_shows_the_words_to_the_terminal_alone() {
    let home = Home::with_alice();
    let mut terminal = Terminal::start(&home, "wallet export alice");
    terminal.answer("Passphrase of alice: ", &format!("{PASSPHRASE}\n"));
    terminal.expect("legal winner thank year");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn verifying_shows_a_bar_at_a_terminal_alone() {
    let home = Home::new();
    home.run("node init --network dev");
    let terminal = Terminal::start(&home, "node verify");
    let (exit, shown) = terminal.end();
    assert_eq!(exit, 0, "{shown}");
    assert!(shown.contains("100 %") && shown.contains("block 0 of 0"), "{shown}");
    for quiet in ["node verify", "node verify --quiet", "node verify --json"] {
        let ended = home.run(quiet);
        assert_eq!((ended.exit, ended.stderr.as_str()), (0, ""), "{ended:?}");
    }
    for quiet in ["node verify --quiet", "node verify --json"] {
        let (exit, shown) = Terminal::start(&home, quiet).end();
        assert!(exit == 0 && !shown.contains(" %"), "{shown}");
    }
}
