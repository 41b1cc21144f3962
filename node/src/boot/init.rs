//! `node init`: a node's folder, key, ledger and first admin key. The only thing that makes books.

use protocol::hex;
use std::path::PathBuf;

use ledger::genesis::{Genesis, Network};
use ledger::import::Openings;
use ledger::ledger::{Ledger, founding};
use ledger::store::StoreError;
use ledger::store::sqlite::SqliteStore;
use protocol::block::ValidatorSet;
use protocol::keys::{PublicKey, Signer as _};
use protocol::money::Amount;
use zeroize::Zeroizing;

use super::{BootError, DataFolder};
use crate::admin_keys::{AdminKeyError, AdminKeys, KeyName, NewAdminKey, Scope, Scopes};
use crate::clock::NodeClock;
use crate::node_key::NodeKey;

/// The name of the first admin key.
const FIRST_KEY_NAME: &str = "first";

/// What a node is made from.
#[derive(Debug, Clone)]
pub struct InitOptions {
    /// Its folder.
    pub data_dir: PathBuf,
    /// The network.
    pub network: Network,
    /// A genesis file instead of the built-in one.
    pub genesis_file: Option<PathBuf>,
    /// Balances and last nonces to start from.
    pub import: Option<PathBuf>,
}

/// A node that was made.
#[derive(Debug)]
pub struct Initialised {
    /// The network's chain id.
    pub chain_id: String,
    /// The node's key.
    pub node: PublicKey,
    /// What the genesis hashes to.
    pub genesis_hash: String,
    /// Wallets that were opened.
    pub wallets: usize,
    /// What they hold together; the reserve holds the rest of the supply.
    pub allocated: Amount,
    /// The name of the first admin key.
    pub admin_key_name: String,
    /// The first admin key. It is nowhere else.
    pub admin_key: Zeroizing<String>,
}

/// Makes a node. Refuses where there is one.
pub fn init(options: &InitOptions) -> Result<Initialised, BootError> {
    let folder = DataFolder::at(&options.data_dir);
    let text = match &options.genesis_file {
        Some(path) => read(path)?,
        None => options.network.genesis_text().as_bytes().to_vec(),
    };
    let text = String::from_utf8_lossy(&text).into_owned();
    let genesis = Genesis::parse(&text)?;
    let import = match &options.import {
        Some(path) => Some(Openings::parse(&read(path)?)?),
        None if genesis.import_required => {
            return Err(BootError::ImportRequired(genesis.network));
        }
        None => None,
    };
    folder.create()?;
    let _lock = folder.lock()?;
    let store = SqliteStore::at(folder.path());
    if store.is_founded()? {
        return Err(StoreError::Exists(folder.path().display().to_string()).into());
    }
    let path = folder.node_key();
    let key = if path.exists() { NodeKey::load(&path)? } else { NodeKey::create(&path)? };
    let validators = ValidatorSet { primary: key.public_key(), standbys: Vec::new() };
    let founding = founding(text, import.as_ref(), &validators);
    let clock = NodeClock::start();
    // The ledger comes last: where there is one, there is all of a node.
    let admin_key = first_admin_key(&AdminKeys::open(&folder.node_local())?, &clock)?;
    let ledger = Ledger::found(store.found(&founding)?, clock.now(), Box::new(key.share()))?;
    drop(ledger);
    let allocations = genesis.allocations.values();
    let (wallets, allocated) = match &import {
        Some(import) => (import.0.len(), import.sum()),
        None => (
            genesis.allocations.len(),
            allocations.fold(Amount::ZERO, |sum, amount| sum.plus(*amount).unwrap_or(Amount::MAX)),
        ),
    };
    Ok(Initialised {
        chain_id: genesis.chain_id.to_string(),
        node: key.public_key(),
        genesis_hash: hex::encode(genesis.hash()),
        wallets,
        allocated,
        admin_key_name: admin_key.name.as_str().to_owned(),
        admin_key: admin_key.secret,
    })
}

/// Makes the first admin key. A try that was cut short has left one whose secret nobody knows; its
/// name is taken.
fn first_admin_key(keys: &AdminKeys, clock: &NodeClock) -> Result<NewAdminKey, BootError> {
    let mut name = FIRST_KEY_NAME.to_owned();
    for number in 2.. {
        let parsed: KeyName = name.parse().map_err(|error| BootError::Fatal(format!("{error}")))?;
        let scopes = std::iter::once(Scope::All).collect::<Scopes>();
        match keys.create(parsed, scopes, None, clock.now_seconds()) {
            Err(AdminKeyError::NameTaken(_)) => name = format!("{FIRST_KEY_NAME}-{number}"),
            made => return Ok(made?),
        }
    }
    Err(AdminKeyError::TooMany.into())
}

fn read(path: &std::path::Path) -> Result<Vec<u8>, BootError> {
    std::fs::read(path).map_err(|source| BootError::Io { path: path.to_owned(), source })
}
