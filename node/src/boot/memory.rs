//! A node that forgets: the very same node without storage, so that a benchmark can tell what
//! durability costs.
//!
//! Its books are what the state in memory holds; log and derived tables go nowhere, so pages of
//! history and proofs are empty.
//!
//! Nobody can take it for a real one: it serves the dev network only, to this machine only, in a
//! folder without a ledger, and says in every answer where its books are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::HeaderName;
use axum::http::header::HeaderValue;
use ledger::genesis::Genesis;
use ledger::ledger::{Ledger, founding};
use ledger::seal::Tip;
use ledger::state::State;
use ledger::store::memory::MemoryStore;
use ledger::store::sqlite::SqliteStore;
use ledger::store::{Append, Derived, Log, Pruned, SealedBlock, Store, StoreError};
use protocol::block::ValidatorSet;
use protocol::keys::Signer as _;

use super::serve::{Opened, Running, ServeOptions, listen, require_dev};
use super::{BootError, DataFolder};
use crate::books::ChainTip;
use crate::clock::NodeClock;
use crate::node_key::NodeKey;

/// Says in every answer that nothing is kept.
const BOOKS: HeaderName = HeaderName::from_static("x-rustchain-books");
/// What it says.
const NOTHING: HeaderValue = HeaderValue::from_static("nothing is kept");

/// Makes books of this genesis in memory and listens. The folder takes the node's key and its own
/// tables; no ledger may be in it.
///
/// # Errors
/// As [`super::serve()`], and a genesis of another network than the dev network, an address that
/// other machines can reach, or a folder with a key or a ledger.
pub async fn serve_in_memory(
    options: ServeOptions,
    genesis_text: String,
) -> Result<Running, BootError> {
    if !options.config.listen.ip().is_loopback() {
        return Err(BootError::NotLoopback(options.config.listen));
    }
    let genesis = Genesis::parse(&genesis_text)?;
    require_dev(&genesis)?;
    let folder = DataFolder::at(&options.data_dir);
    if SqliteStore::at(folder.path()).exists() {
        return Err(StoreError::Exists(folder.path().display().to_string()).into());
    }
    folder.create()?;
    let lock = folder.lock()?;
    let key = NodeKey::create(&folder.node_key())?;
    let validators = ValidatorSet { primary: key.public_key(), standbys: Vec::new() };
    let kept = MemoryStore::found(founding(genesis_text, None, &validators));
    let forgets = Arc::new(AtomicBool::new(false));
    let store = || Box::new(Forgetful { kept: kept.clone(), forgets: Arc::clone(&forgets) });
    let store = Store { log: store(), derived: store(), reads: Arc::new(kept.clone()) };
    let ledger = Ledger::found(store, NodeClock::start().now(), Box::new(key.share()))?;
    let tip = ChainTip::of_ledger(&ledger)?;
    forgets.store(true, Ordering::Relaxed);
    let running = listen(&folder, options, key, Opened { ledger, tip }, lock).await?;
    Ok(running.marked(BOOKS, NOTHING))
}

/// Keeps block 0, without which no books open, and then nothing.
struct Forgetful {
    kept: MemoryStore,
    forgets: Arc<AtomicBool>,
}

impl Forgetful {
    fn forgets(&self) -> bool {
        self.forgets.load(Ordering::Relaxed)
    }
}

impl Log for Forgetful {
    fn append(&mut self, append: Append<'_>) -> Result<(), StoreError> {
        if self.forgets() { Ok(()) } else { self.kept.append(append) }
    }

    fn probe(&mut self) -> Result<(), StoreError> {
        self.kept.probe()
    }
}

impl Derived for Forgetful {
    fn write(&mut self, block: &SealedBlock<'_>) -> Result<(), StoreError> {
        if self.forgets() { Ok(()) } else { self.kept.write(block) }
    }

    fn load(&mut self) -> Result<Option<(Tip, State)>, StoreError> {
        self.kept.load()
    }

    fn reset(&mut self) -> Result<(), StoreError> {
        self.kept.reset()
    }

    fn restore(&mut self, pruned: &Pruned) -> Result<(), StoreError> {
        self.kept.restore(pruned)
    }
}

#[cfg(test)]
mod tests {
    use ledger::genesis::Network;
    use tempfile::TempDir;

    use super::*;
    use crate::boot::{BootErrorKind, InitOptions, init};
    use crate::config::NodeConfig;

    fn options(folder: &TempDir, listen: &str) -> ServeOptions {
        let config = NodeConfig { listen: listen.parse().unwrap(), ..NodeConfig::default() };
        let data_dir = folder.path().to_owned();
        ServeOptions { data_dir, config, confirm_clock: false, dev_only: true }
    }

    async fn refusal(options: ServeOptions, genesis: &str) -> String {
        serve_in_memory(options, genesis.to_owned()).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn only_the_dev_network_on_this_machine_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let (dev, test) = (Network::Dev.genesis_text(), Network::Testnet.genesis_text());
        let said = refusal(options(&folder, "127.0.0.1:0"), test).await;
        assert!(said.contains("rustchain-testnet"), "{said}");
        let said = refusal(options(&folder, "0.0.0.0:0"), dev).await;
        assert!(said.contains("0.0.0.0:0"), "{said}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
    }

    #[tokio::test]
    async fn a_folder_with_books_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let made = InitOptions {
            data_dir: folder.path().to_owned(),
            network: Network::Dev,
            genesis_file: None,
            import: None,
        };
        init(&made).unwrap();
        let genesis = Network::Dev.genesis_text().to_owned();
        let refused = serve_in_memory(options(&folder, "127.0.0.1:0"), genesis).await.unwrap_err();
        assert_eq!(refused.kind(), BootErrorKind::Exists);
    }

    #[tokio::test]
    async fn it_listens_and_leaves_no_books() {
        let folder = tempfile::tempdir().unwrap();
        let genesis = Network::Dev.genesis_text().to_owned();
        let running = serve_in_memory(options(&folder, "127.0.0.1:0"), genesis).await.unwrap();
        assert_eq!(running.chain_id(), "rustchain-dev");
        assert!(!SqliteStore::at(folder.path()).exists());
        running.run(async {}).await.unwrap();
        assert!(!SqliteStore::at(folder.path()).exists());
    }
}
