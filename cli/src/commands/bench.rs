//! `rustchain bench`: measure a node against the limits of this machine.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ::bench::{
    BenchError, Demand, Figure, Mode, Options, Ratio, Report, Surroundings, Verdict, run_against,
    serve_reference,
};
use clap::Subcommand;
use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page};
use crate::private_file;
use crate::session::Session;
use crate::temporary_folder::TemporaryFolder;

/// Measure a node against the limits of this machine.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:\n  \
    rustchain bench\n  \
    rustchain bench --full --json\n  \
    rustchain bench --only transfer,balance --rounds 7\n  \
    rustchain bench --url http://127.0.0.1:8099\n\n\
    Build with --release. Exits with 1 when a ratio is not what is demanded of it.")]
pub struct Args {
    /// Measure only these: transfer, history, balance, reads, settle
    #[arg(long, value_name = "MODE", value_delimiter = ',')]
    pub only: Vec<Mode>,
    /// Measure everything, with a million past transfers and 100,000 machines
    #[arg(long)]
    pub full: bool,
    /// Measure every side of a ratio this often
    #[arg(long, value_name = "N")]
    pub rounds: Option<usize>,
    /// Measure a side for this many seconds in each round
    #[arg(long, value_name = "N")]
    pub seconds: Option<u64>,
    /// Drive servers over this many kept connections
    #[arg(long, value_name = "N")]
    pub connections: Option<usize>,
    /// Let this many wallets hold money
    #[arg(long, value_name = "N")]
    pub wallets: Option<usize>,
    /// Give the ledger with a past this many transfers
    #[arg(long, value_name = "N")]
    pub history: Option<usize>,
    /// Let this many machines attest
    #[arg(long, value_name = "N")]
    pub miners: Option<usize>,
    /// Measure the pages of a node that runs already
    #[arg(long, value_name = "URL", conflicts_with_all = ["history", "miners"])]
    pub url: Option<String>,
    /// Keep ledgers in this folder; by default in a temporary one
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Start the servers with this program, such as a profiler, and its arguments
    #[arg(long, value_name = "COMMAND")]
    pub under: Option<String>,
    /// What the measurement runs beside the node.
    #[command(subcommand)]
    pub part: Option<Part>,
}

/// A part of the measurement that is a process of its own
#[derive(Debug, Subcommand)]
pub enum Part {
    /// Serve handlers that do next to nothing
    #[command(hide = true)]
    Reference(ReferenceArgs),
}

/// Serve handlers that do next to nothing
#[derive(Debug, clap::Args)]
pub struct ReferenceArgs {
    /// Listen here; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
}

#[derive(Debug, Serialize)]
struct Listening {
    event: &'static str,
    url: String,
}

impl Output for Listening {
    fn page(&self) -> Page {
        Page::new().field("listening on", &self.url)
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    if let Some(Part::Reference(args)) = &args.part {
        return reference(args, session);
    }
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
    let options = options(args);
    let report = match &args.url {
        None => session.wait(::bench::run(&options, &surroundings))?,
        Some(url) => session.wait(run_against(url, &options, &surroundings))?,
    };
    let exit = if report.has_failed() { ExitCode::Other } else { ExitCode::Ok };
    Ok(Answer::of(&report).with_exit(exit))
}

fn options(args: &Args) -> Options {
    let preset = if args.full { Options::full() } else { Options::quick() };
    let modes = match (args.only.as_slice(), &args.url) {
        ([], None) => preset.modes,
        ([], Some(_)) => vec![Mode::Balance, Mode::Reads],
        (only, _) => only.to_vec(),
    };
    Options {
        modes,
        rounds: args.rounds.unwrap_or(preset.rounds),
        window: args.seconds.map_or(preset.window, Duration::from_secs),
        connections: args.connections.unwrap_or(preset.connections),
        wallets: args.wallets.unwrap_or(preset.wallets),
        history: args.history.unwrap_or(preset.history),
        miners: args.miners.unwrap_or(preset.miners),
    }
}

/// Serves until the process is ended.
fn reference(args: &ReferenceArgs, session: &Session) -> Result<Answer, Failure> {
    let announce = |address: SocketAddr| {
        let url = format!("http://{address}");
        session.printer().event(&Listening { event: "listening", url });
    };
    let runtime = tokio::runtime::Runtime::new().map_err(|error| system(&error))?;
    runtime.block_on(serve_reference(args.listen, announce)).map_err(|error| system(&error))?;
    Ok(Answer::of(&Listening { event: "stopped", url: String::new() }))
}

impl Output for Report {
    fn page(&self) -> Page {
        let machine = &self.machine;
        let page = Page::new()
            .field("processors", &machine.cores)
            .field("SHA-256", &format!("{:.0} MB/s of CPU", machine.sha256_mb_per_cpu_second))
            .field("strict verify", &format!("{:.0}/s of CPU", machine.verify_per_cpu_second))
            .field(
                "durable append",
                &format!(
                    "p50 {:.2} ms, p99 {:.2} ms",
                    machine.durable_append_p50_ms, machine.durable_append_p99_ms
                ),
            )
            .line("")
            .table(&FIGURE_HEADER, self.figures.iter().map(figure_row).collect())
            .line("")
            .table(&RATIO_HEADER, self.ratios.iter().map(ratio_row).collect());
        self.remarks.iter().fold(page, Page::line)
    }
}

const FIGURE_HEADER: [&str; 9] = [
    "measured",
    "per second",
    "server us",
    "client us",
    "p50 ms",
    "p99 ms",
    "written B",
    "RSS MB",
    "others",
];

fn figure_row(figure: &Figure) -> Vec<String> {
    let known = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.0}"));
    vec![
        figure.name.clone(),
        format!("{:.0}", figure.rate_per_second),
        match figure.server_cpu_us {
            0.0 => "-".to_owned(),
            micros => format!("{micros:.1}"),
        },
        format!("{:.1}", figure.client_cpu_us),
        format!("{:.2}", figure.p50_ms),
        format!("{:.2}", figure.p99_ms),
        known(figure.bytes_written),
        known(figure.resident_mb),
        format!("{:.2}", figure.other_programs_cores),
    ]
}

const RATIO_HEADER: [&str; 5] = ["compared", "median", "rounds", "demanded", "verdict"];

fn ratio_row(ratio: &Ratio) -> Vec<String> {
    vec![
        ratio.name.clone(),
        format!("{:.2}", ratio.value),
        format!("{:.2}-{:.2}", ratio.lowest, ratio.highest),
        match ratio.demand {
            Demand::AtLeast(least) => format!(">= {least:.2}"),
            Demand::AtMost(most) => format!("<= {most:.2}"),
            Demand::Nothing => String::new(),
        },
        match ratio.verdict {
            Verdict::Pass => "pass",
            Verdict::Fail => "FAIL",
            Verdict::Noisy => "not judged: other programs are busy",
            Verdict::Shown => "",
        }
        .to_owned(),
    ]
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
