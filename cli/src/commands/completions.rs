//! `rustchain completions`: the completion script of a shell.

use clap_complete::Shell;
use serde::Serialize;

use crate::args;
use crate::output::{Answer, Output, Page};

/// Print the completion script of a shell.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    pub shell: Shell,
}

#[derive(Debug, Serialize)]
struct Script {
    shell: String,
    script: String,
}

impl Output for Script {
    fn page(&self) -> Page {
        Page::new().verbatim(&self.script)
    }
}

/// The completion script of a shell.
pub fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "rustchain", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) fn run(args: &Args) -> Answer {
    Answer::of(&Script { shell: args.shell.to_string(), script: script(args.shell) })
}
