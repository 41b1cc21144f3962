//! `rustchain tx`: look up, prove and resume transfers.

pub mod list_pending;
pub mod prove;
pub mod resume;
pub mod show;

pub(crate) mod sent;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Answer;
use crate::session::Session;

/// Look up, prove and resume transfers.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what became of a transfer
    Show(show::Args),
    /// Demand a proof that a transfer is in the chain, and check it
    Prove(prove::Args),
    /// List the transfers of this machine whose fate is not known
    #[command(name = "pending")]
    ListPending(list_pending::Args),
    /// Send a transfer whose fate is not known again, byte for byte
    Resume(resume::Args),
}

/// Finds the file of a command.
pub(crate) fn run(command: &Command, session: &Session) -> Result<Answer, Failure> {
    match command {
        Command::Show(args) => show::run(args, session),
        Command::Prove(args) => prove::run(args, session),
        Command::ListPending(args) => list_pending::run(args, session),
        Command::Resume(args) => resume::run(args, session),
    }
}
