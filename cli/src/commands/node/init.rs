//! `rustchain node init`: make a node.

use std::path::PathBuf;

use node::boot::{InitOptions, Initialised, Network, init};
use serde::Serialize;

use super::NodeFolder;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::money::Money;
use crate::output::{Answer, Output, Page};
use crate::private_file;
use crate::session::Session;

/// Make a node: its key, its ledger and a first admin key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    rustchain node init --network dev\n  \
    rustchain node init --network mainnet --import balances.csv --admin-key-file admin.key")]
pub struct Args {
    /// Which network: mainnet, testnet or dev
    #[arg(long, value_parser = network)]
    pub network: Network,
    /// Use this genesis file instead of the built-in one
    #[arg(long, value_name = "FILE")]
    pub genesis: Option<PathBuf>,
    /// Start from these balances and last nonces, as JSON or CSV
    #[arg(long, value_name = "FILE")]
    pub import: Option<PathBuf>,
    /// Write the admin key to a new file instead of showing it
    #[arg(long, value_name = "PATH")]
    pub admin_key_file: Option<PathBuf>,
    /// Where the node lives.
    #[command(flatten)]
    pub folder: NodeFolder,
}

fn network(text: &str) -> Result<Network, String> {
    Network::named(text).ok_or_else(|| "has to be mainnet, testnet or dev".to_owned())
}

#[derive(Debug, Serialize)]
struct MadeNode {
    folder: PathBuf,
    chain_id: String,
    node_key: String,
    genesis_hash: String,
    wallets: usize,
    allocated: Money,
    admin_key_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_key_file: Option<PathBuf>,
}

impl Output for MadeNode {
    fn page(&self) -> Page {
        let page = Page::new()
            .field("folder", &self.folder.display())
            .field("network", &self.chain_id)
            .field("node key", &self.node_key)
            .field("genesis", &self.genesis_hash)
            .field("wallets", &self.wallets)
            .field("allocated", &self.allocated);
        match (&self.admin_key, &self.admin_key_file) {
            (Some(key), _) => page.field("admin key (shown once)", key),
            (None, Some(file)) => page.field("admin key in", &file.display()),
            (None, None) => page,
        }
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    let folder = args.folder.path(session)?;
    let made = make(args, &folder)?;
    if let Some(path) = &args.admin_key_file {
        private_file::create(path, made.admin_key.as_bytes())?;
    }
    let shown = args.admin_key_file.is_none().then(|| made.admin_key.to_string());
    Ok(Answer::of(&MadeNode {
        folder,
        chain_id: made.chain_id,
        node_key: made.node.to_hex(),
        genesis_hash: made.genesis_hash,
        wallets: made.wallets,
        allocated: Money(made.allocated),
        admin_key_name: made.admin_key_name,
        admin_key: shown,
        admin_key_file: args.admin_key_file.clone(),
    }))
}

fn make(args: &Args, folder: &std::path::Path) -> Result<Initialised, Failure> {
    Ok(init(&InitOptions {
        data_dir: folder.to_owned(),
        network: args.network,
        genesis_file: args.genesis.clone(),
        import: args.import.clone(),
    })?)
}
