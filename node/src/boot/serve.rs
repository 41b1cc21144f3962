//! `node serve`: opens the books, starts the threads, the router and the listener; stops in order.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use axum::http::{HeaderName, HeaderValue};
use ledger::genesis::{Genesis, Network};
use ledger::ledger::Ledger;
use ledger::store::sqlite::SqliteStore;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{BootError, DataFolder};
use crate::admin_keys::AdminKeys;
use crate::app::{App, AppState};
use crate::audit::AuditLog;
use crate::books::{Books, ChainTip};
use crate::challenges::Challenges;
use crate::clock::NodeClock;
use crate::config::NodeConfig;
use crate::kept_pages::KeptPages;
use crate::key_cache::KeyCache;
use crate::listener;
use crate::metrics::Metrics;
use crate::middleware::{DEFAULT_BODY_MEMORY_BYTES, Edge, EdgeSettings, EdgedRouter};
use crate::node_key::NodeKey;
use crate::rate_limit::RateLimits;
use crate::readers::Readers;
use crate::rotation::Rotation;
use crate::router::router;
use crate::sequencer::local::{LocalSequencer, Surroundings};
use crate::slot_headers::SlotHeaders;
use crate::vitals::Vitals;

/// What a node is started with.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Its folder.
    pub data_dir: PathBuf,
    /// Its configuration.
    pub config: NodeConfig,
    /// Whether the operator vouches for the clock at this start.
    pub confirm_clock: bool,
    /// Refuses the books of any network but the dev network.
    pub dev_only: bool,
}

/// A node that listens.
pub struct Running {
    address: SocketAddr,
    socket: TcpListener,
    router: EdgedRouter,
    config: NodeConfig,
    sequencer: Arc<LocalSequencer>,
    fatal: watch::Receiver<Option<String>>,
    chain_id: String,
    _lock: File,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Opens the books and listens. Requests are answered once [`Running::run`] is called.
pub async fn serve(options: ServeOptions) -> Result<Running, BootError> {
    let folder = DataFolder::at(&options.data_dir);
    let store = SqliteStore::at(folder.path());
    if !store.exists() {
        let missing = folder.path().display().to_string();
        return Err(ledger::store::StoreError::Missing(missing).into());
    }
    let lock = folder.lock()?;
    let key = NodeKey::load(&folder.node_key())?;
    let opened = open_books(&store, &key)?;
    if options.dev_only {
        require_dev(&opened.ledger.law.genesis)?;
    }
    listen(&folder, options, key, opened, lock).await
}

/// Starts the threads of a node on open books, and listens.
pub(super) async fn listen(
    folder: &DataFolder,
    options: ServeOptions,
    key: NodeKey,
    opened: Opened,
    lock: File,
) -> Result<Running, BootError> {
    let parts = assemble(folder, &options, key, opened)?;
    let address = options.config.listen;
    let failed = |source| BootError::Listen { address, source };
    let socket = listener::bind(address).map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?;
    let edge = Edge::new(EdgeSettings {
        trusted_proxies: options.config.proxies()?,
        rate_limits: Arc::clone(&parts.app.limits),
        max_body_memory_bytes: DEFAULT_BODY_MEMORY_BYTES,
    })
    .map_err(BootError::Random)?;
    let chain_id = parts.app.books.law().genesis.chain_id.to_string();
    tracing::info!(%address, %chain_id, "listening");
    Ok(Running {
        address,
        socket,
        router: edge.around(router(parts.app)),
        config: options.config,
        sequencer: parts.sequencer,
        fatal: parts.fatal,
        chain_id,
        _lock: lock,
    })
}

/// What eases trying things out would leave another network unguarded.
pub(super) fn require_dev(genesis: &Genesis) -> Result<(), BootError> {
    let dev = Genesis::parse(Network::Dev.genesis_text())?;
    if genesis.chain_id == dev.chain_id {
        Ok(())
    } else {
        Err(BootError::NotDev(genesis.chain_id.to_string()))
    }
}

/// Books that are open.
pub(super) struct Opened {
    pub(super) ledger: Ledger,
    pub(super) tip: ChainTip,
}

fn open_books(store: &SqliteStore, key: &NodeKey) -> Result<Opened, BootError> {
    let mut progress = |height: u64, last: u64| {
        if height == last || height.is_multiple_of(1_000) {
            tracing::info!(block.height = height, block.last = last, "replayed");
        }
    };
    let ledger = Ledger::open(store.open()?, Box::new(key.share()), &mut progress)?;
    let tip = ChainTip::of_ledger(&ledger)?;
    Ok(Opened { ledger, tip })
}

struct Parts {
    app: AppState,
    sequencer: Arc<LocalSequencer>,
    fatal: watch::Receiver<Option<String>>,
}

fn assemble(
    folder: &DataFolder,
    options: &ServeOptions,
    key: NodeKey,
    opened: Opened,
) -> Result<Parts, BootError> {
    let clock = NodeClock::start();
    let vitals = Arc::new(Vitals::new());
    let metrics = Arc::new(Metrics::default());
    let rotation = Arc::new(rotation_of(&opened.ledger));
    let challenges = Challenges::new(key.derived_secret("rustchain challenges"));
    let node_local = folder.node_local();
    let surroundings = Surroundings {
        clock,
        vitals: Arc::clone(&vitals),
        metrics: Arc::clone(&metrics),
        rotation: Arc::clone(&rotation),
        signer: Box::new(key),
        clock_confirmed: options.confirm_clock,
    };
    let (sequencer, books, fatal): (LocalSequencer, Books, _) =
        LocalSequencer::start(opened.ledger, opened.tip, surroundings)
            .map_err(|source| BootError::Io { path: folder.path().to_owned(), source })?;
    let sequencer = Arc::new(sequencer);
    let limits = RateLimits::new(&options.config.rate_limits(), Instant::now());
    let readers = Readers::start()
        .map_err(|source| BootError::Io { path: folder.path().to_owned(), source })?;
    let app = Arc::new(App {
        books,
        readers,
        sequencer: Arc::clone(&sequencer) as Arc<dyn crate::sequencer::Sequencer>,
        clock,
        challenges,
        keys: KeyCache::default(),
        vitals,
        metrics,
        limits: Arc::new(limits),
        admin_keys: Arc::new(Mutex::new(AdminKeys::open(&node_local)?)),
        audit: Arc::new(Mutex::new(AuditLog::open(&node_local)?)),
        slot_headers: Arc::new(Mutex::new(SlotHeaders::open(&node_local)?)),
        rotation,
        miner_pages: KeptPages::default(),
        block_pages: KeptPages::default(),
    });
    Ok(Parts { app, sequencer, fatal })
}

fn rotation_of(ledger: &Ledger) -> Rotation {
    let rotation = Rotation::default();
    let state = ledger.state();
    for miner in state.read().miners.iter() {
        rotation.attested(&miner.id, miner.last_attest);
    }
    rotation
}

impl Running {
    /// The same node with a further header in every answer.
    pub(super) fn marked(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { router: self.router.marked(name, value), ..self }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The network's name.
    pub fn chain_id(&self) -> &str {
        &self.chain_id
    }

    /// Answers requests until `shutdown` is done or the node cannot go on. Then requests in flight
    /// are finished, what waits is carried out, and the open block is sealed.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), BootError> {
        let mut fatal = self.fatal.clone();
        let stop = async {
            tokio::select! {
                () = shutdown => {}
                _cause = fatal.wait_for(Option::is_some) => {}
            }
        };
        let settings = self.config.listener()?;
        let stopped = listener::serve(self.socket, self.router, settings, stop).await;
        if stopped.cut > 0 {
            tracing::warn!(connections = stopped.cut, "cut off while stopping");
        }
        let sequencer = self.sequencer;
        let joined = tokio::task::spawn_blocking(move || sequencer.stop()).await;
        let cause = self.fatal.borrow().clone();
        match (cause, joined) {
            (Some(cause), _) => Err(BootError::Fatal(cause)),
            (None, Err(error)) => Err(BootError::Fatal(error.to_string())),
            (None, Ok(())) => {
                tracing::info!("stopped");
                Ok(())
            }
        }
    }
}
