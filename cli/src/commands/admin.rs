//! `rustchain admin`: admin keys of a node, and what they are good for.

pub mod key;
pub mod transfer;

use crate::failure::Failure;
use crate::output::Answer;
use crate::session::Session;

/// Look after admin keys, and use them.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make, list and revoke admin keys of a node on this machine
    #[command(subcommand)]
    Key(key::Command),
    /// Pay out of a founders' wallet
    Transfer(transfer::Args),
}

pub(crate) fn run(command: &Command, session: &Session) -> Result<Answer, Failure> {
    match command {
        Command::Key(command) => key::run(command, session),
        Command::Transfer(args) => transfer::run(args, session),
    }
}
