//! `rustchain node serve`: run a node.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use node::boot::{
    BootError, BootErrorKind, InitOptions, Network, Running, ServeOptions, init, serve,
};
use node::config::NodeConfig;
use rustix::process::{Signal, set_parent_process_death_signal};
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::NodeFolder;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::logging;
use crate::output::{Answer, Output, Page};
use crate::private_file;
use crate::session::Session;

/// Where `--dev` writes the admin key of the ledger that it makes, in the node's folder.
const DEV_ADMIN_KEY_FILE: &str = "admin.key";

/// Run a node until it is told to stop.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(after_help = "Examples:\n  \
    rustchain node serve\n  \
    rustchain node serve --dev --listen 127.0.0.1:0")]
pub struct Args {
    /// Listen here instead of where the configuration says; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Read the node's configuration from this file
    #[arg(long, value_name = "FILE")]
    pub node_config: Option<PathBuf>,
    /// Make a ledger of the dev network if there is none, and switch request limits off
    #[arg(long)]
    pub dev: bool,
    /// Vouch for the clock after a long stop or a stepped clock
    #[arg(long)]
    pub confirm_clock: bool,
    /// Stop when the process that started this one ends
    #[arg(long, hide = true)]
    pub stop_with_parent: bool,
    /// Log as JSON lines
    #[arg(long)]
    pub log_json: bool,
    /// Where the node lives.
    #[command(flatten)]
    pub folder: NodeFolder,
}

#[derive(Debug, Serialize)]
struct Listening {
    event: &'static str,
    url: String,
    chain_id: String,
}

impl Output for Listening {
    fn page(&self) -> Page {
        Page::new().field("listening on", &self.url).field("network", &self.chain_id)
    }
}

#[derive(Debug, Serialize)]
struct Stopped {
    event: &'static str,
}

impl Output for Stopped {
    fn page(&self) -> Page {
        Page::new().line("stopped")
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    logging::start(args.log_json, session.printer().is_quiet());
    if args.stop_with_parent {
        stop_with_parent()?;
    }
    let folder = args.folder.path(session)?;
    if args.dev {
        make_dev_ledger(&folder)?;
    }
    let options = ServeOptions {
        data_dir: folder,
        config: config(args)?,
        confirm_clock: args.confirm_clock,
        dev_only: args.dev,
    };
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new(ExitCode::Other, "system", error.to_string()))?;
    runtime.block_on(async {
        let running = serve(options).await?;
        // Before the announcement, which may be answered by a signal.
        let stop = told_to_stop()?;
        announce(&running, session);
        Ok::<(), Failure>(running.run(stop).await?)
    })?;
    Ok(Answer::of(&Stopped { event: "stopped" }))
}

/// Has this process told to stop when the one ends that started it.
pub(crate) fn stop_with_parent() -> Result<(), Failure> {
    set_parent_process_death_signal(Some(Signal::TERM)).map_err(|error| {
        Failure::new(ExitCode::Other, "system", std::io::Error::from(error).to_string())
    })
}

fn config(args: &Args) -> Result<NodeConfig, Failure> {
    let mut config = match &args.node_config {
        Some(path) => NodeConfig::load(path).map_err(BootError::from)?,
        None => NodeConfig::default(),
    };
    if args.dev {
        config.limits = config.limits.unlimited();
    }
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    Ok(config)
}

/// Only `--dev` makes a ledger by itself, and only where there is none.
fn make_dev_ledger(folder: &Path) -> Result<(), Failure> {
    let options = InitOptions {
        data_dir: folder.to_owned(),
        network: Network::Dev,
        genesis_file: None,
        import: None,
    };
    match init(&options) {
        Ok(made) => {
            private_file::create(&folder.join(DEV_ADMIN_KEY_FILE), made.admin_key.as_bytes())
        }
        Err(error) if error.kind() == BootErrorKind::Exists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn announce(running: &Running, session: &Session) {
    session.printer().event(&Listening {
        event: "listening",
        url: format!("http://{}", running.address()),
        chain_id: running.chain_id().to_owned(),
    });
}

/// Done when the process is told to stop: SIGINT (Ctrl-C) or SIGTERM.
pub(crate) fn told_to_stop() -> Result<impl Future<Output = ()> + Send, Failure> {
    let trouble = |error: std::io::Error| {
        Failure::new(ExitCode::Other, "system", format!("cannot listen for signals: {error}"))
    };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(trouble)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(trouble)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
