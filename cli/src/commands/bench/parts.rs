//! The parts of a measurement that are processes of their own: servers to compare a node with, and
//! pure parts of the node.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ::bench::{addresses, serve_reference};
use clap::Subcommand;
use node::boot::{BootError, ServeOptions, serve_in_memory};
use node::config::NodeConfig;
use node::yardstick;
use protocol::wallet_id::WalletId;
use serde::Serialize;

use super::system;
use crate::commands::node::serve::{stop_with_parent, told_to_stop};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::logging;
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// Processor time for which payloads are judged.
const JUDGE_FOR: Duration = Duration::from_millis(400);

/// What is done beside a measurement
#[derive(Debug, Subcommand)]
pub enum Part {
    /// List the wallets to fund on a node elsewhere, whose transfers are to be measured
    Wallets(WalletsArgs),
    /// Serve handlers that do next to nothing
    #[command(hide = true)]
    Reference(ReferenceArgs),
    /// Serve a node that forgets: the dev network, to this machine only
    #[command(hide = true)]
    MemoryNode(MemoryNodeArgs),
    /// Read, verify and judge attestations, without HTTP and books
    #[command(hide = true)]
    Judge(JudgeArgs),
    /// Seal blocks of invented books in memory
    #[command(hide = true)]
    Roots(RootsArgs),
}

/// List the wallets to fund on a node elsewhere, whose transfers are to be measured
///
/// Their keys are known to everybody: fund them on test networks only.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    rustchain bench wallets --count 16\n  \
    rustchain bench --url http://127.0.0.1:8099 --connections 16 --only transfer,mixed")]
pub struct WalletsArgs {
    /// List this many; one sends over each connection
    #[arg(long, value_name = "N", default_value_t = 16,
          value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub count: u32,
}

/// Serve handlers that do next to nothing
#[derive(Debug, clap::Args)]
pub struct ReferenceArgs {
    /// Listen here; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
}

/// Serve a node that forgets: the dev network, to this machine only
#[derive(Debug, clap::Args)]
pub struct MemoryNodeArgs {
    /// Listen here; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Make the books from this genesis file
    #[arg(long, value_name = "FILE")]
    pub genesis: PathBuf,
    /// Read the node's configuration from this file
    #[arg(long, value_name = "FILE")]
    pub node_config: PathBuf,
    /// Keep the node's key in this folder; it must not hold a ledger
    #[arg(long, value_name = "DIR")]
    pub node_dir: PathBuf,
}

/// Read, verify and judge attestations, without HTTP and books
#[derive(Debug, clap::Args)]
pub struct JudgeArgs {
    /// Judge the bodies in this file, one a line
    #[arg(long, value_name = "FILE")]
    pub payloads: PathBuf,
    /// Judge by the rules of this genesis file
    #[arg(long, value_name = "FILE")]
    pub genesis: PathBuf,
}

/// Seal blocks of invented books in memory
#[derive(Debug, clap::Args)]
pub struct RootsArgs {
    /// Invent so many accounts
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub accounts: usize,
    /// Put so many transfers into a block
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub transfers: usize,
    /// Seal so many blocks
    #[arg(long, value_name = "N", default_value_t = 15)]
    pub blocks: usize,
}

#[derive(Debug, Serialize)]
struct Listening {
    event: &'static str,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    books: Option<&'static str>,
}

impl Output for Listening {
    fn page(&self) -> Page {
        Page::new().field("listening on", &self.url).optional("books", self.books)
    }
}

#[derive(Debug, Serialize)]
struct Wallets {
    wallets: Vec<String>,
}

impl Output for Wallets {
    fn page(&self) -> Page {
        self.wallets.iter().fold(Page::new(), Page::line)
    }
}

#[derive(Debug, Serialize)]
struct Judged {
    payloads: usize,
    cpu_us: f64,
}

impl Output for Judged {
    fn page(&self) -> Page {
        Page::new()
            .field("payloads", &self.payloads)
            .field("CPU of one", &format!("{:.1} us", self.cpu_us))
    }
}

#[derive(Debug, Serialize)]
struct Sealed {
    accounts: usize,
    transfers: usize,
    verify_us: Vec<f64>,
    seal_us: Vec<f64>,
}

impl Output for Sealed {
    fn page(&self) -> Page {
        let blocks = self.verify_us.iter().zip(&self.seal_us);
        let row = |(verify, seal): (&f64, &f64)| vec![format!("{verify:.0}"), format!("{seal:.0}")];
        Page::new()
            .field("accounts", &self.accounts)
            .field("transfers of a block", &self.transfers)
            .table(&["verify us", "seal us"], blocks.map(row).collect())
    }
}

impl Part {
    pub(super) fn run(&self, session: &Session) -> Result<Answer, Failure> {
        match self {
            Self::Wallets(args) => Ok(wallets(args)),
            Self::Reference(args) => reference(args, session),
            Self::MemoryNode(args) => memory_node(args, session),
            Self::Judge(args) => judge(args),
            Self::Roots(args) => roots(args),
        }
    }
}

fn wallets(args: &WalletsArgs) -> Answer {
    let count = usize::try_from(args.count).unwrap_or(usize::MAX);
    Answer::of(&Wallets { wallets: addresses(count).iter().map(WalletId::to_string).collect() })
}

fn announce(url: String, books: Option<&'static str>, session: &Session) {
    session.printer().event(&Listening { event: "listening", url, books });
}

fn stopped() -> Answer {
    Answer::of(&Listening { event: "stopped", url: String::new(), books: None })
}

/// Serves until the process is ended.
fn reference(args: &ReferenceArgs, session: &Session) -> Result<Answer, Failure> {
    stop_with_parent()?;
    let tell = |address: SocketAddr| announce(format!("http://{address}"), None, session);
    let runtime = tokio::runtime::Runtime::new().map_err(|error| system(&error))?;
    runtime.block_on(serve_reference(args.listen, tell)).map_err(|error| system(&error))?;
    Ok(stopped())
}

/// Serves until the process is told to stop.
fn memory_node(args: &MemoryNodeArgs, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    stop_with_parent()?;
    logging::start(false, session.printer().is_quiet());
    session.printer().note("this node keeps nothing: its books are gone when it ends");
    let genesis = read(&args.genesis)?;
    let mut config = NodeConfig::load(&args.node_config).map_err(BootError::from)?;
    config.listen = args.listen;
    let data_dir = args.node_dir.clone();
    let options = ServeOptions { data_dir, config, confirm_clock: false, dev_only: true };
    let runtime = tokio::runtime::Runtime::new().map_err(|error| system(&error))?;
    runtime.block_on(async {
        let running = serve_in_memory(options, genesis).await?;
        let stop = told_to_stop()?;
        announce(format!("http://{}", running.address()), Some("nothing is kept"), session);
        Ok::<(), Failure>(running.run(stop).await?)
    })?;
    Ok(stopped())
}

fn judge(args: &JudgeArgs) -> Result<Answer, Failure> {
    let payloads: Vec<Vec<u8>> =
        read(&args.payloads)?.lines().map(|line| line.as_bytes().to_vec()).collect();
    let cpu_us = yardstick::judge(&read(&args.genesis)?, &payloads, JUDGE_FOR)?;
    Ok(Answer::of(&Judged { payloads: payloads.len(), cpu_us }))
}

fn roots(args: &RootsArgs) -> Result<Answer, Failure> {
    let cost = yardstick::seal(args.accounts, args.transfers, args.blocks)?;
    let RootsArgs { accounts, transfers, .. } = *args;
    let yardstick::SealingCost { verify_us, seal_us } = cost;
    Ok(Answer::of(&Sealed { accounts, transfers, verify_us, seal_us }))
}

fn read(path: &std::path::Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))
}

impl From<yardstick::YardstickError> for Failure {
    fn from(error: yardstick::YardstickError) -> Self {
        Self::new(ExitCode::Other, "bench", error.to_string())
    }
}
