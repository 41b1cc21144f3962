//! Everything that a handler may touch.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::admin_keys::AdminKeys;
use crate::audit::AuditLog;
use crate::books::Books;
use crate::challenges::Challenges;
use crate::clock::NodeClock;
use crate::kept_pages::KeptPages;
use crate::key_cache::KeyCache;
use crate::metrics::Metrics;
use crate::rate_limit::RateLimits;
use crate::readers::Readers;
use crate::rotation::Rotation;
use crate::sequencer::Sequencer;
use crate::slot_headers::SlotHeaders;
use crate::vitals::Vitals;

/// The version that answers name.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Shared by all handlers. One count goes up and down with a request instead of a dozen.
pub type AppState = Arc<App>;

/// What [`AppState`] shares.
pub struct App {
    /// The readers' view of the books.
    pub books: Books,
    /// Read the store.
    pub readers: Readers,
    /// Takes orders.
    pub sequencer: Arc<dyn Sequencer>,
    /// The time.
    pub clock: NodeClock,
    /// Gives and recognises challenges.
    pub challenges: Challenges,
    /// Decompressed public keys.
    pub keys: KeyCache,
    /// How the node is.
    pub vitals: Arc<Vitals>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Budgets of clients.
    pub limits: Arc<RateLimits>,
    /// Named admin keys. Blocks.
    pub admin_keys: Arc<Mutex<AdminKeys>>,
    /// The node's own audit table. Blocks.
    pub audit: Arc<Mutex<AuditLog>>,
    /// Headers that miners submitted. Blocks.
    pub slot_headers: Arc<Mutex<SlotHeaders>>,
    /// Miners in the order in which their turns come.
    pub rotation: Arc<Rotation>,
    /// Pages of the list of active miners.
    pub miner_pages: KeptPages,
    /// Pages of the list of blocks.
    pub block_pages: KeptPages,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}
