//! Every command answers with the same JSON envelope, when it fails too.

use std::fmt::Write as _;

use rustchain::args;

use crate::harness::fake_node::nobody;
use crate::harness::program::Home;

/// Commands that do too much to be run on the side; only their mistakes are looked at.
const LONG: [&str; 3] = [" devnet", " bench", " tui"];

/// Something for every argument that a command demands, by the name of its value.
fn filler(name: &str) -> &'static str {
    match name {
        "NAME" => "nobody",
        "TO" => crate::harness::program::BOB,
        "AMOUNT" | "EPOCH" | "N" => "1",
        "ID" => "c84d43485620136d5b9397c961bbe4b8",
        "SHELL" => "bash",
        "DIR" => "{dir}/man",
        "PATH" | "FILE" => "{dir}/no-such-file",
        "NETWORK" => "dev",
        "FROM" => "founder_community",
        other => panic!("what is a {other}? Add it to the fillers"),
    }
}

/// The command lines of all commands, with what they demand.
fn leaves(command: &clap::Command, before: &str, found: &mut Vec<String>) {
    let mut inner = command.get_subcommands().filter(|inner| inner.get_name() != "help").peekable();
    if inner.peek().is_some() {
        return inner
            .for_each(|inner| leaves(inner, &format!("{before} {}", inner.get_name()), found));
    }
    let mut line = before.to_owned();
    for argument in command.get_arguments().filter(|argument| argument.is_required_set()) {
        let name = argument.get_value_names().unwrap()[0].to_string();
        if let Some(long) = argument.get_long() {
            write!(line, " --{long}").unwrap();
        }
        write!(line, " {}", filler(&name)).unwrap();
    }
    found.push(line);
}

#[test]
fn every_command_answers_in_json() {
    let mut lines = Vec::new();
    leaves(&args::command(), "", &mut lines);
    assert!(lines.len() > 20, "{lines:?}");
    let url = nobody();
    for line in lines {
        // A new one each time: what one command makes must not set the next one to work.
        let home = Home::new();
        // On an empty machine without a node most fail, and have to say so in kind.
        if !LONG.iter().any(|long| line.starts_with(long)) {
            home.run(&format!("{line} --json --node {url}")).envelope();
        }
        let wrong = home.run(&format!("{line} --no-such-option --json"));
        assert_eq!(wrong.exit, 2, "{line}: {wrong:?}");
        assert_eq!(wrong.envelope()["error"]["code"], "usage");
    }
}
