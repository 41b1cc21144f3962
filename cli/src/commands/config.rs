//! `rustchain config`: show and check the configuration.

pub mod example;
pub mod get;
pub mod path;
pub mod validate;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Answer;
use crate::session::Session;

/// Show and check the configuration.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show where the configuration file is
    Path(path::Args),
    /// Show a setting, or all of them, and where they come from
    Get(get::Args),
    /// Check the configuration file
    Validate(validate::Args),
    /// Print a configuration file with every setting explained
    Example(example::Args),
}

/// Finds the file of a command.
pub(crate) fn run(command: &Command, session: &Session) -> Result<Answer, Failure> {
    match command {
        Command::Path(args) => path::run(args, session),
        Command::Get(args) => get::run(args, session),
        Command::Validate(args) => validate::run(args, session),
        Command::Example(args) => Ok(example::run(args)),
    }
}
