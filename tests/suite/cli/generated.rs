//! Generated papers are current: completion scripts and the reference of all commands.
//!
//! With `RUSTCHAIN_BLESS=1` this writes them instead.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;
use rustchain::args;
use rustchain::commands::{completions, man};

const COMPLETIONS: [(Shell, &str); 5] = [
    (Shell::Bash, "completions/rustchain.bash"),
    (Shell::Zsh, "completions/_rustchain"),
    (Shell::Fish, "completions/rustchain.fish"),
    (Shell::PowerShell, "completions/_rustchain.ps1"),
    (Shell::Elvish, "completions/rustchain.elv"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Compares a paper with what it should be, or writes it.
fn check(name: &str, expected: &str) {
    let path = root().join(name);
    if env::var_os("RUSTCHAIN_BLESS").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{name} is not current: run with RUSTCHAIN_BLESS=1");
}

#[test]
fn completion_scripts_are_current() {
    for (shell, name) in COMPLETIONS {
        check(name, &completions::script(shell));
    }
}

#[test]
fn the_reference_of_commands_is_current() {
    let mut text = "# Commands\n\nThe help text of every command, generated from the program. \
        Refresh it with `RUSTCHAIN_BLESS=1`. \
        The global options of the first one hold for all.\n"
        .to_owned();
    let mut root = args::command().term_width(100);
    root.build();
    describe(&mut root, &mut text);
    check("docs/cli.md", &text);
}

fn describe(command: &mut clap::Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or("rustchain").to_owned();
    let help = command.render_long_help().to_string();
    let is_root = name == "rustchain";
    let mut in_globals = false;
    let help: Vec<_> = help
        .lines()
        .map(str::trim_end)
        .filter(|line| {
            if !line.is_empty() && !line.starts_with(' ') {
                in_globals = *line == "Global options:" && !is_root;
            }
            !in_globals
        })
        .collect();
    write!(text, "\n## {name}\n\n```text\n{}\n```\n", help.join("\n").trim_end()).unwrap();
    for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
        describe(inner, text);
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let pages = man::pages().unwrap();
    let names: Vec<_> = pages.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["rustchain.1", "rustchain-send.1", "rustchain-wallet-new.1"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(pages.iter().all(|(_, text)| text.starts_with(b".ie")), "a page is not roff");
}
