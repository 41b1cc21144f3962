//! Ledgers that the tests write themselves, because no clock and no patience would make them.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use ledger::import::Openings;
use ledger::ledger::{Ledger, founding};
use ledger::store::sqlite::SqliteStore;
use node::clock::NodeClock;
use node::node_key::NodeKey;
use protocol::block::ValidatorSet;
use protocol::keys::Signer as _;
use protocol::time::UnixMillis;

use super::genesis::GenesisFile;

/// The time.
pub(crate) fn now() -> UnixMillis {
    NodeClock::start().now()
}

/// Makes a node's folder with its key, and a ledger whose block 0 has this time.
pub(crate) fn found(
    folder: &Path,
    genesis: &GenesisFile,
    openings: Option<&Openings>,
    time: UnixMillis,
) -> Ledger {
    DirBuilder::new().mode(0o700).create(folder).unwrap();
    let key = NodeKey::create(&folder.join("node.key")).unwrap();
    let validators = ValidatorSet { primary: key.public_key(), standbys: Vec::new() };
    let founding = founding(genesis.text().to_owned(), openings, &validators);
    let store = SqliteStore::at(folder).found(&founding).unwrap();
    Ledger::found(store, time, Box::new(key.share())).unwrap()
}
