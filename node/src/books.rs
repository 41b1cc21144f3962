//! What handlers may read: the state in memory and the store's readers, never the writer.

mod attestation_counts;
mod history;
mod kept_histories;
mod proofs;

use std::sync::Arc;

use ledger::apply::Law;
use ledger::ledger::Ledger;
use ledger::seal::{Seal, Trees};
use ledger::state::{Account, Movement, State};
use ledger::store::{Reads, StoreError};
use ledger::writer::SharedState;
use parking_lot::{RwLock, RwLockReadGuard};
use protocol::money::Amount;
use protocol::transfer::TxId;
use protocol::wallet_id::WalletId;
use tokio::sync::watch;

pub use attestation_counts::AttestationCounts;
pub use history::{HistoryEntry, HistoryPage};
use kept_histories::KeptHistories;
pub use proofs::ProofError;

/// The newest block whose seal is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainTip {
    /// Its seal.
    pub seal: Seal,
    /// The hash of its header.
    pub hash: protocol::encoding::Hash,
}

impl ChainTip {
    /// The tip that a seal makes.
    pub fn of(seal: Seal) -> Self {
        let hash = seal.header.hash();
        Self { seal, hash }
    }

    /// The tip of books that were just opened.
    pub fn of_ledger(ledger: &Ledger) -> Result<Self, StoreError> {
        let height = ledger.sealer.tip().height;
        let seal = ledger.reads.seal(height)?;
        let missing = || StoreError::Corrupt(format!("block {height} has no seal"));
        seal.map(Self::of).ok_or_else(missing)
    }

    /// Its height.
    pub const fn height(&self) -> u64 {
        self.seal.header.batch.height
    }
}

/// The readers' view of the books.
#[derive(Clone)]
pub struct Books {
    law: Arc<Law>,
    state: SharedState,
    reads: Arc<dyn Reads>,
    trees: Arc<RwLock<Trees>>,
    tip: watch::Receiver<Arc<ChainTip>>,
    attestation_counts: Arc<AttestationCounts>,
    kept_histories: Arc<KeptHistories>,
}

impl std::fmt::Debug for Books {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Books").finish_non_exhaustive()
    }
}

/// A wallet as `/wallet/balance` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WalletView {
    /// What it holds.
    pub balance: Amount,
    /// The last nonce it used; 0 when it never signed.
    pub last_nonce: u64,
    /// Whether it has an account.
    pub exists: bool,
}

impl Books {
    /// A view of these books.
    pub fn new(
        law: Arc<Law>,
        state: SharedState,
        reads: Arc<dyn Reads>,
        trees: Arc<RwLock<Trees>>,
        tip: watch::Receiver<Arc<ChainTip>>,
        attestation_counts: Arc<AttestationCounts>,
    ) -> Self {
        let kept_histories = Arc::default();
        Self { law, state, reads, trees, tip, attestation_counts, kept_histories }
    }

    /// What every rule may look at.
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// The state, as of the newest durable group. Hold the guard briefly: the writer waits for it.
    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read()
    }

    /// The store's readers. They block: call them off the runtime's threads.
    pub fn reads(&self) -> &dyn Reads {
        self.reads.as_ref()
    }

    /// How many attestations blocks hold, as far as it is remembered.
    pub fn attestation_counts(&self) -> &AttestationCounts {
        &self.attestation_counts
    }

    /// The newest sealed block.
    pub fn tip(&self) -> Arc<ChainTip> {
        Arc::clone(&self.tip.borrow())
    }

    /// Told whenever a block is sealed.
    pub fn tips(&self) -> watch::Receiver<Arc<ChainTip>> {
        self.tip.clone()
    }

    /// What a wallet holds.
    pub fn wallet(&self, wallet: &WalletId) -> WalletView {
        self.state.read().account(wallet).map_or_else(WalletView::default, |account: &Account| {
            WalletView { balance: account.balance, last_nonce: account.last_nonce, exists: true }
        })
    }

    /// The movement of this number, wherever it is by now. Blocks.
    pub fn movement(&self, number: u64) -> Result<Option<Movement>, StoreError> {
        let recent = self.state.read().recent.movement(number).cloned();
        match recent {
            Some(movement) => Ok(Some(movement)),
            None => self.reads.movement(number),
        }
    }

    /// The movement of a transfer. Blocks.
    pub fn movement_of(&self, tx_id: &TxId) -> Result<Option<Movement>, StoreError> {
        let recent = self.state.read().recent.by_tx_id(tx_id).cloned();
        match recent {
            Some(movement) => Ok(Some(movement)),
            None => self.reads.movement_of(tx_id),
        }
    }

    /// Whether the body of a block was pruned. Blocks.
    pub fn is_pruned(&self, height: u64) -> Result<bool, StoreError> {
        Ok(self.reads.pruned()?.is_some_and(|pruned| height > 0 && height <= pruned.height))
    }

    /// The movement at this place in the list of transfers. Blocks.
    pub fn transfer(&self, transfer_number: u64) -> Result<Option<Movement>, StoreError> {
        let recent = self.state.read().recent.by_transfer_number(transfer_number).cloned();
        match recent {
            Some(movement) => Ok(Some(movement)),
            None => self.reads.transfer(transfer_number),
        }
    }

    /// The newest transfers, newest first, behind the first `offset`; and how many there are.
    /// Blocks.
    pub fn transfers(&self, limit: usize, offset: u64) -> Result<(Vec<Movement>, u64), StoreError> {
        let total = self.state.read().counters.transfers;
        let mut page = Vec::new();
        let mut number = total.saturating_sub(offset);
        while number > 0 && page.len() < limit {
            match self.transfer(number)? {
                Some(movement) => page.push(movement),
                None => break,
            }
            number = number.saturating_sub(1);
        }
        Ok((page, total))
    }

    /// The wallet of an account.
    pub fn wallet_of(&self, account: u32) -> Option<WalletId> {
        self.state.read().wallet(account).cloned()
    }
}
