//! The whole command line, top down. What a command takes stands in the file of the command.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::commands::{
    admin, bench, completions, config, devnet, epoch, health, man, miner, node, send, tx, wallet,
};
use crate::exit_code::ExitCode;

/// Widest help text, in columns.
const HELP_WIDTH: usize = 100;

/// Keep, send and prove RTC, the money of a Proof-of-Attestation network
#[derive(Debug, Parser)]
#[command(name = "rustchain", version, max_term_width = HELP_WIDTH, arg_required_else_help = true)]
#[command(subcommand_required = true, disable_help_subcommand = false)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Print the result as JSON, errors included
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing on stderr but questions, warnings and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Talk to this node
    #[arg(long, global = true, value_name = "URL")]
    pub node: Option<String>,
    /// Work on this network and no other
    #[arg(long, global = true, value_name = "ID")]
    pub chain_id: Option<String>,
    /// Keep wallets and state in this folder
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Keep wallets in this folder
    #[arg(long, global = true, value_name = "DIR")]
    pub wallet_dir: Option<PathBuf>,
    /// Read this configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make, import, list and look after wallets
    #[command(subcommand)]
    Wallet(wallet::Command),
    /// Send RTC to an address
    Send(send::Args),
    /// Show what a wallet holds (the same as wallet balance)
    Balance(wallet::balance::Args),
    /// Look up, prove and resume transfers
    #[command(subcommand)]
    Tx(tx::Command),
    /// Measure this machine, attest it, see what it earned
    #[command(subcommand)]
    Miner(miner::Command),
    /// Look after admin keys, and use them
    #[command(subcommand)]
    Admin(admin::Command),
    /// Make, run and check a node
    #[command(subcommand)]
    Node(node::Command),
    /// Take a tour: a node, a wallet, a miner and a transfer on this machine
    Devnet(devnet::Args),
    /// Measure a node against the limits of this machine
    Bench(Box<bench::Args>),
    /// Ask a node how it is
    Health(health::Args),
    /// Show the running epoch
    Epoch(epoch::Args),
    /// Show and check the configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Print the completion script of a shell
    Completions(completions::Args),
    /// Write manual pages
    Man(man::Args),
}

/// The command line as clap knows it, for parsing, help, manual pages and completions.
pub fn command() -> clap::Command {
    Cli::command().after_long_help(exit_codes())
}

/// The exit codes, as the help shows them.
fn exit_codes() -> String {
    let rows = ExitCode::ALL.map(|code| format!("  {:>3}  {}", code.number(), code.meaning()));
    format!("Exit codes:\n{}", rows.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_fault_with_the_grammar() {
        command().debug_assert();
    }

    #[test]
    fn every_command_and_option_says_what_it_is_for() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            assert!(command.get_about().is_some(), "{path}");
            for argument in command.get_arguments() {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!help.is_empty(), "{path} {}", argument.get_id());
                assert!(!help.ends_with('.'), "{path} {}: {help}", argument.get_id());
            }
            command.get_subcommands().for_each(|inner| check(inner, &path));
        }
        check(&command(), "");
    }
}
