//! From arguments to an exit code: guard, parse, run, print.

use std::env;
use std::ffi::OsString;

use clap::FromArgMatches as _;

use crate::args::{self, Cli, Command};
use crate::argument_guard::check_arguments;
use crate::commands::{
    admin, bench, completions, config, devnet, epoch, health, man, miner, node, send, tx, wallet,
};
use crate::environment::Environment;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::{Answer, Printer};
use crate::session::Session;

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().collect();
    // Known before parsing, so that a command line that cannot be parsed is answered in kind.
    let json = arguments.iter().any(|argument| argument == "--json");
    let early = Printer::new(json, false);
    if let Err(failure) = check_arguments(arguments.get(1..).unwrap_or_default()) {
        return early.failure(&failure);
    }
    let cli = args::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => return early.usage(&error),
    };
    let environment = match Environment::of_process() {
        Ok(environment) => environment,
        Err(failure) => return early.failure(&failure),
    };
    let printer = Printer::new(cli.globals.json, cli.globals.quiet);
    let session = Session::new(cli.globals, environment, printer);
    match run(&cli.command, &session) {
        Ok(answer) => session.printer().answer(&answer),
        Err(failure) => session.printer().failure(&failure),
    }
}

/// Finds the file of a command.
fn run(command: &Command, session: &Session) -> Result<Answer, Failure> {
    match command {
        Command::Wallet(command) => wallet::run(command, session),
        Command::Send(args) => send::run(args, session),
        Command::Balance(args) => wallet::balance::run(args, session),
        Command::Tx(command) => tx::run(command, session),
        Command::Miner(command) => miner::run(command, session),
        Command::Admin(command) => admin::run(command, session),
        Command::Node(command) => node::run(command, session),
        Command::Devnet(args) => devnet::run(args, session),
        Command::Bench(args) => bench::run(args, session),
        Command::Health(args) => health::run(args, session),
        Command::Epoch(args) => epoch::run(args, session),
        Command::Config(command) => config::run(command, session),
        Command::Completions(args) => Ok(completions::run(args)),
        Command::Man(args) => man::run(args),
    }
}
