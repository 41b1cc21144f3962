//! `rustchain bench`: measure a node against the limits of this machine.

mod page;
mod parts;

use std::path::PathBuf;
use std::time::Duration;

use ::bench::{BenchError, Mode, Options, Surroundings, run_against};

pub use self::parts::Part;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Answer;
use crate::private_file;
use crate::session::Session;
use crate::temporary_folder::TemporaryFolder;

/// Measure a node against the limits of this machine.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:\n  \
    rustchain bench --only transfer,balance\n  \
    rustchain bench --dir ledgers\n  \
    rustchain bench --full --dir ledgers --json\n  \
    rustchain bench --full --dir ledgers --only growth --history 20000000\n  \
    rustchain bench --url http://127.0.0.1:8099\n  \
    rustchain bench wallets\n\n\
    Build with --release. Ledgers are loaded once and kept in --dir. What depends on the clock is\n\
    not judged while other programs use more than 0.3 processors. Exits with 1 when a bar is\n\
    missed. docs/benchmark.md says what the modes measure.")]
pub struct Args {
    /// Measure only these: transfer, latency, commits, history, attest, balance, health, epoch,
    /// miners, blocks, pages, mixed, settle, roots, start, growth, verify, instructions
    #[arg(long, value_name = "MODE", value_delimiter = ',')]
    pub only: Vec<Mode>,
    /// Measure on what the bars are stated for: 5,000,000 past transfers, 100,000 wallets and miners
    #[arg(long)]
    pub full: bool,
    /// Measure every side of a ratio this often
    #[arg(long, value_name = "N")]
    pub rounds: Option<usize>,
    /// Measure a side for this many seconds in each round
    #[arg(long, value_name = "N", value_parser = seconds)]
    pub seconds: Option<Duration>,
    /// Drive servers over this many kept connections
    #[arg(long, value_name = "N")]
    pub connections: Option<usize>,
    /// Let this many wallets hold money
    #[arg(long, value_name = "N")]
    pub wallets: Option<usize>,
    /// Give the ledger with a past this many transfers
    #[arg(long, value_name = "N")]
    pub history: Option<usize>,
    /// Give the small ledger beside it this many
    #[arg(long, value_name = "N")]
    pub small_history: Option<usize>,
    /// Let this many machines have attested, and be paid; and ten times as many be paid
    #[arg(long, value_name = "N")]
    pub miners: Option<usize>,
    /// Compute roots over this many accounts
    #[arg(long, value_name = "N")]
    pub accounts: Option<usize>,
    /// Let this many transfers be due each second
    #[arg(long, value_name = "N")]
    pub rate: Option<usize>,
    /// Let them be due for this many seconds
    #[arg(long, value_name = "N", value_parser = seconds)]
    pub rate_seconds: Option<Duration>,
    /// Measure a node that runs already, be it of another make: its pages; with --only attest
    /// machines that attest to it, with --only transfer,mixed wallets that were funded there (see
    /// `rustchain bench wallets`)
    #[arg(long, value_name = "URL", conflicts_with_all = ["history", "small_history"])]
    pub url: Option<String>,
    /// Keep ledgers in this folder for the next run; by default they are temporary
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Start the servers with this program, such as a profiler, and its arguments
    #[arg(long, value_name = "COMMAND")]
    pub under: Option<String>,
    /// What is done beside a measurement.
    #[command(subcommand)]
    pub part: Option<Part>,
}

/// Seconds, also parts of one.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_nonsense| "has to be a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    if let Some(part) = &args.part {
        return part.run(session);
    }
    let options = options(args)?;
    if cfg!(debug_assertions) {
        session.printer().warn("this program was built for debugging; build it with --release");
    }
    let temporary;
    let folder = if let Some(folder) = &args.dir {
        private_file::make_folder(folder)?;
        folder.as_path()
    } else {
        temporary = TemporaryFolder::create("rustchain-bench")?;
        temporary.path()
    };
    let clock = || session.now();
    let tell = |text: &str| session.printer().note(text);
    let surroundings = Surroundings {
        program: std::env::current_exe().map_err(|error| system(&error))?,
        under: args
            .under
            .iter()
            .flat_map(|text| text.split_whitespace())
            .map(str::to_owned)
            .collect(),
        folder: folder.to_owned(),
        clock: &clock,
        tell: &tell,
    };
    let report = match &args.url {
        None => session.wait(::bench::run(&options, &surroundings))?,
        Some(url) => session.wait(run_against(url, &options, &surroundings))?,
    };
    let exit = if report.has_failed() { ExitCode::Other } else { ExitCode::Ok };
    Ok(Answer::of(&report).with_exit(exit))
}

fn options(args: &Args) -> Result<Options, Failure> {
    let preset = if args.full { Options::full() } else { Options::quick() };
    let modes = match (args.only.as_slice(), &args.url) {
        ([], None) => preset.modes,
        ([], Some(_)) => Mode::READS.to_vec(),
        (only, None) => only.to_vec(),
        (only, Some(_)) => {
            let is_known = |mode: &&Mode| Mode::elsewhere().any(|known| known == **mode);
            if let Some(mode) = only.iter().find(|mode| !is_known(mode)) {
                let names: Vec<&str> = Mode::elsewhere().map(Mode::name).collect();
                let names = names.join(", ");
                let text = format!("{} needs a node of our own; with --url: {names}", mode.name());
                return Err(BenchError::Options(text).into());
            }
            only.to_vec()
        }
    };
    Ok(Options {
        modes,
        rounds: args.rounds.unwrap_or(preset.rounds),
        window: args.seconds.unwrap_or(preset.window),
        connections: args.connections.unwrap_or(preset.connections),
        wallets: args.wallets.unwrap_or(preset.wallets),
        history: args.history.unwrap_or(preset.history),
        small_history: args.small_history.unwrap_or(preset.small_history),
        miners: args.miners.unwrap_or(preset.miners),
        accounts: args.accounts.unwrap_or(preset.accounts),
        rate: args.rate.unwrap_or(preset.rate),
        rate_window: args.rate_seconds.unwrap_or(preset.rate_window),
    })
}

fn system(error: &std::io::Error) -> Failure {
    Failure::new(ExitCode::Other, "system", error.to_string())
}

impl From<BenchError> for Failure {
    fn from(error: BenchError) -> Self {
        let exit = match &error {
            BenchError::Options(_) | BenchError::Url(_) => ExitCode::Usage,
            _ => ExitCode::Other,
        };
        Self::new(exit, "bench", error.to_string())
    }
}
