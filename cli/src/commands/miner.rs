//! `rustchain miner`: measure this machine, attest it, see what it earned.

pub mod fingerprint;
pub mod rewards;
pub mod run;

use crate::failure::Failure;
use crate::output::Answer;
use crate::session::Session;

/// Measure this machine, attest it, see what it earned.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Measure this machine and show the evidence; nothing is sent
    Fingerprint(fingerprint::Args),
    /// Attest this machine every ten minutes
    Run(run::Args),
    /// Show what an epoch paid
    Rewards(rewards::Args),
}

pub(crate) fn run(command: &Command, session: &Session) -> Result<Answer, Failure> {
    match command {
        Command::Fingerprint(args) => fingerprint::run(args),
        Command::Run(args) => run::run(args, session),
        Command::Rewards(args) => rewards::run(args, session),
    }
}
