//! `rustchain node`: make, run and check a node.

pub mod init;
pub mod prune;
pub mod serve;
pub mod verify;

use std::path::PathBuf;

use node::boot::{BootError, BootErrorKind};

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Answer;
use crate::session::Session;

/// Make, run and check a node.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a node: its key, its ledger and a first admin key
    Init(init::Args),
    /// Run a node until it is told to stop
    Serve(serve::Args),
    /// Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay
    Prune(prune::Args),
    /// Recompute a ledger from block 0 and check that everything adds up
    Verify(verify::Args),
}

/// Where a node keeps everything.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct NodeFolder {
    /// Keep the node in this folder; by default the folder "node" beside the wallets
    #[arg(long, value_name = "DIR")]
    pub node_dir: Option<PathBuf>,
}

impl NodeFolder {
    /// The folder.
    ///
    /// # Errors
    /// Exit 9 when nothing says where.
    pub fn path(&self, session: &Session) -> Result<PathBuf, Failure> {
        match &self.node_dir {
            Some(folder) => Ok(folder.clone()),
            None => Ok(session.places()?.data_dir.join("node")),
        }
    }
}

pub(crate) fn run(command: &Command, session: &Session) -> Result<Answer, Failure> {
    match command {
        Command::Init(args) => init::run(args, session),
        Command::Serve(args) => serve::run(args, session),
        Command::Prune(args) => prune::run(args, session),
        Command::Verify(args) => verify::run(args, session),
    }
}

impl From<BootError> for Failure {
    fn from(error: BootError) -> Self {
        let message = error.to_string();
        match error.kind() {
            BootErrorKind::Missing => Self::new(ExitCode::NotFound, "no_ledger", message)
                .hint("rustchain node init --network dev"),
            BootErrorKind::Exists => Self::new(ExitCode::Exists, "ledger_exists", message),
            BootErrorKind::Locked => {
                Self::new(ExitCode::Exists, "locked", message).hint("stop the other process first")
            }
            BootErrorKind::Config => Self::config(message),
            BootErrorKind::Import => Self::usage("import", message),
            BootErrorKind::Other => Self::new(ExitCode::Other, "node", message),
        }
    }
}
