//! Proofs that need no trust in this node: what a wallet holds, and that a transfer is in the chain.

use std::sync::Arc;
use std::time::Duration;

use ledger::seal::commands_of;
use ledger::store::StoreError;
use protocol::account::{AccountLeaf, state_root};
use protocol::api::proof::{AccountProof, BlockEvidence, TxProof};
use protocol::block::Header;
use protocol::encoding::{Encode as _, Hash};
use protocol::merkle::{Proof, leaf_hash, prove};
use protocol::transfer::TxId;
use protocol::wallet_id::WalletId;
use tokio::time::timeout;

use super::{Books, ChainTip};

/// How long a proof waits for the block that certifies it. Blocks close within a second.
const CERTIFIED_WITHIN: Duration = Duration::from_secs(5);

/// How often a proof is begun anew because a block was sealed under it.
const ATTEMPTS: usize = 5;

/// Attempts that wait for the newest state of a wallet. One that is paid all the time is proven as
/// of a block a second or two ago.
const FRESH_ATTEMPTS: usize = 2;

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// There is nothing to prove: proofs show presence, not absence.
    #[error("not in the chain")]
    NotFound,
    /// The block that would certify it does not exist yet.
    #[error("not certified yet")]
    NotCertifiedYet,
    /// The block's body was pruned.
    #[error("pruned")]
    Pruned,
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// An account in the trees, with the roots that its proof leads to.
struct Snapshot {
    leaf: AccountLeaf,
    proof: Proof,
    accounts_root: Hash,
    rest_root: Hash,
}

impl Books {
    /// Proves what a wallet holds, as of a block that is certified.
    pub async fn prove_account(&self, wallet: &WalletId) -> Result<AccountProof, ProofError> {
        for attempt in 0..ATTEMPTS {
            let mut tips = self.tips();
            tips.mark_unchanged();
            if let Some(snapshot) = self.snapshot(wallet, attempt >= FRESH_ATTEMPTS)? {
                let root = state_root(&snapshot.accounts_root, &snapshot.rest_root);
                if let Some(block) = self.certified(|header| header.state_root == root).await? {
                    let Snapshot { leaf, proof, accounts_root, rest_root } = snapshot;
                    return Ok(AccountProof::new(block, &leaf, &proof, &accounts_root, &rest_root));
                }
            }
            // A block is being sealed right now: wait until it is.
            if timeout(CERTIFIED_WITHIN, tips.changed()).await.is_err() {
                break;
            }
        }
        Err(ProofError::NotCertifiedYet)
    }

    /// The account as the trees have it, which follow sealed blocks as the derived tables do;
    /// `None` while the one is ahead of the other.
    ///
    /// A wallet that the open block has changed is waited for, unless an older state will do.
    fn snapshot(
        &self,
        wallet: &WalletId,
        older_will_do: bool,
    ) -> Result<Option<Snapshot>, ProofError> {
        let (number, newest) = {
            let state = self.state();
            let number = state.account_number(wallet).ok_or(ProofError::NotFound)?;
            (number, state.accounts.get(number).copied())
        };
        let sealed = self.reads.account(number)?;
        let Some(account) = sealed.filter(|_| older_will_do || sealed == newest) else {
            return Ok(None);
        };
        let leaf = account.leaf(wallet);
        let trees = self.trees.read();
        let (accounts_root, rest_root) = (trees.accounts_root(), trees.rest_root());
        let Some(proof) = trees.prove_account(number) else { return Ok(None) };
        let unchanged = proof.root_from(leaf_hash(&leaf.encoded())) == Some(accounts_root);
        Ok(unchanged.then_some(Snapshot { leaf, proof, accounts_root, rest_root }))
    }

    /// The newest block that `wanted` accepts, with the block behind it, which certifies it.
    async fn certified(
        &self,
        wanted: impl Fn(&Header) -> bool,
    ) -> Result<Option<BlockEvidence>, ProofError> {
        let mut tips = self.tips();
        let tip = Arc::clone(&tips.borrow_and_update());
        if let Some(previous) = tip.height().checked_sub(1) {
            let seal = self.reads.seal(previous)?;
            if let Some(header) = seal.map(|seal| seal.header).filter(&wanted) {
                return Ok(Some(self.evidence(&header, &tip)));
            }
        }
        if !wanted(&tip.seal.header) {
            return Ok(None);
        }
        let header = tip.seal.header.clone();
        self.certify(&header).await.map(Some)
    }

    /// A header with the block behind it, which is waited for.
    async fn certify(&self, header: &Header) -> Result<BlockEvidence, ProofError> {
        let mut tips = self.tips();
        let next = header.batch.height.saturating_add(1);
        if tips.borrow().height() < next && !header.held_something() {
            // Nothing demands a block behind this one before the slot ends.
            return Err(ProofError::NotCertifiedYet);
        }
        let sealed = timeout(CERTIFIED_WITHIN, tips.wait_for(|tip| tip.height() >= next)).await;
        let tip = match sealed {
            Ok(Ok(tip)) => Arc::clone(&tip),
            _ => return Err(ProofError::NotCertifiedYet),
        };
        if tip.height() == next {
            return Ok(self.evidence(header, &tip));
        }
        let seal = self.reads.seal(next)?.ok_or(ProofError::NotCertifiedYet)?;
        Ok(self.evidence(header, &ChainTip::of(seal)))
    }

    fn evidence(&self, header: &Header, next: &ChainTip) -> BlockEvidence {
        let seal = &next.seal;
        BlockEvidence::new(header, &seal.header, &seal.certificate, &self.law.validators)
    }

    /// A header with what vouches for it.
    pub async fn certified_header(&self, height: u64) -> Result<BlockEvidence, ProofError> {
        let seal = self.reads.seal(height)?.ok_or(ProofError::NotFound)?;
        self.certify(&seal.header).await
    }

    /// Proves that a transfer is in the chain.
    pub async fn prove_transfer(&self, tx_id: &TxId) -> Result<TxProof, ProofError> {
        let Some(movement) = self.movement_of(tx_id)? else {
            let pruned = self.reads.was_pruned(tx_id)?;
            return Err(if pruned { ProofError::Pruned } else { ProofError::NotFound });
        };
        let height = movement.height;
        if self.is_pruned(height)? {
            return Err(ProofError::Pruned);
        }
        let mut tips = self.tips();
        // The guard that `wait_for` gives keeps the sealer from publishing: it must not be kept.
        let is_sealed = timeout(CERTIFIED_WITHIN, tips.wait_for(|tip| tip.height() >= height))
            .await
            .is_ok_and(|tip| tip.is_ok());
        if !is_sealed {
            return Err(ProofError::NotCertifiedYet);
        }
        let block = self.reads.block(height)?.ok_or(ProofError::NotFound)?;
        let seal = block.seal.ok_or(ProofError::NotCertifiedYet)?;
        let mut leaves = Vec::new();
        let mut command = None;
        for group in &block.groups {
            let damaged = |error| StoreError::Corrupt(format!("block {height}: {error}"));
            for (bytes, number) in
                commands_of(&group.body).map_err(damaged)?.into_iter().zip(group.first_command..)
            {
                if number == movement.command {
                    command = Some((leaves.len(), bytes.to_vec()));
                }
                leaves.push(leaf_hash(bytes));
            }
        }
        let (index, bytes) = command.ok_or(ProofError::NotFound)?;
        let proof = prove(&leaves, index).ok_or(ProofError::NotFound)?;
        let evidence = self.certify(&seal.header).await?;
        Ok(TxProof::new(evidence, &bytes, &proof))
    }
}
