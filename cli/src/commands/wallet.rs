//! `rustchain wallet`: make, import, list and look after wallets.

pub mod balance;
pub mod change_passphrase;
pub mod export;
pub mod history;
pub mod import;
pub mod list;
pub mod new;
pub mod show;

mod described;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Answer;
use crate::session::Session;

/// Make, import, list and look after wallets.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a wallet and show its recovery phrase once
    New(new::Args),
    /// Import a wallet from its recovery phrase or secret key
    Import(import::Args),
    /// List the wallets on this machine
    List(list::Args),
    /// Show what a wallet file says openly
    Show(show::Args),
    /// Show what a wallet holds
    Balance(balance::Args),
    /// Show what went in and out of a wallet
    History(history::Args),
    /// Show or write the secret of a wallet
    Export(export::Args),
    /// Lock a wallet with another passphrase
    ChangePassphrase(change_passphrase::Args),
}

/// Finds the file of a command.
pub(crate) fn run(command: &Command, session: &Session) -> Result<Answer, Failure> {
    match command {
        Command::New(args) => new::run(args, session),
        Command::Import(args) => import::run(args, session),
        Command::List(args) => list::run(args, session),
        Command::Show(args) => show::run(args, session),
        Command::Balance(args) => balance::run(args, session),
        Command::History(args) => history::run(args, session),
        Command::Export(args) => export::run(args, session),
        Command::ChangePassphrase(args) => change_passphrase::run(args, session),
    }
}
