//! Pruning: the bodies of old blocks go, and a snapshot stands for them.
//!
//! Nothing goes that was not executed again: the state at the snapshot's block is made by replaying
//! the log, every header on the way is compared, and the block behind it certifies the last one.
//! Then: the snapshot is durable, the archive is durable, the log says that bodies are gone, they
//! are removed. Whatever ends the program in between, doing it again completes it.

use std::path::Path;
use std::sync::Arc;

use protocol::encoding::Hash;
use protocol::epoch::EpochId;

use crate::apply::Law;
use crate::command::Trust;
use crate::ledger::LedgerError;
use crate::replay::{LoggedEnd, Replay, ReplayError, compare, law_of};
use crate::seal::{Seal, Tip};
use crate::store::sqlite::{Sizes, SqlitePruner, SqliteStore};
use crate::store::{Founding, Pruned, Reads, StoreError};

/// Blocks at the tip that are never pruned, whatever epoch they are in.
const KEPT_AT_THE_TIP: u64 = 8;

/// What is about to be pruned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrunePlan {
    /// The newest block whose body goes.
    pub height: u64,
    /// Its epoch.
    pub epoch: EpochId,
    /// The newest block.
    pub tip: u64,
    /// The pruning before.
    pub before: Option<Pruned>,
    /// What it is about in bytes.
    pub sizes: Sizes,
}

/// What a pruning does, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PruneStep {
    /// This block of so many was executed again.
    Executed(u64, u64),
    /// The snapshot is durable.
    SnapshotMade,
    /// The archive is durable.
    Archived,
    /// The log says that bodies are gone.
    Cut,
    /// Some bodies were removed.
    Removed,
    /// Space was given back.
    GivenBack,
}

/// Told about every step. An error stops the pruning where it stands.
pub type Watch<'w> = &'w mut dyn FnMut(PruneStep) -> Result<(), StoreError>;

/// A ledger that is pruned. Nobody else has it open.
#[derive(Debug)]
pub struct Pruning {
    pruner: SqlitePruner,
    reads: Arc<dyn Reads>,
    founding: Founding,
    law: Arc<Law>,
}

impl Pruning {
    /// Opens a ledger.
    pub fn open(store: &SqliteStore) -> Result<Self, LedgerError> {
        let pruner = SqlitePruner::open(store)?;
        let reads = pruner.reads();
        let founding = reads.founding()?;
        let law = Arc::new(law_of(&founding)?);
        Ok(Self { pruner, reads, founding, law })
    }

    /// What keeping `keep_epochs` full epochs would remove; `None` when there is nothing.
    pub fn plan(&self, keep_epochs: u64) -> Result<Option<PrunePlan>, LedgerError> {
        let before = self.reads.pruned()?;
        let tip = self.newest_sealed()?;
        let calendar = self.law.genesis.calendar;
        let current = calendar.epoch_at(self.seal(tip)?.header.batch.time).0;
        let Some(oldest_kept) = current.checked_sub(keep_epochs) else { return Ok(None) };
        // The first block of the kept epochs: times ascend.
        let (mut low, mut high) = (0, tip.saturating_sub(KEPT_AT_THE_TIP));
        while low < high {
            let middle = low.midpoint(high);
            let epoch = calendar.epoch_at(self.seal(middle)?.header.batch.time).0;
            if epoch < oldest_kept { low = middle.saturating_add(1) } else { high = middle }
        }
        let Some(height) = low.checked_sub(1).filter(|height| *height > 0) else {
            return Ok(None);
        };
        if before.as_ref().is_some_and(|before| before.height >= height) {
            return Ok(None);
        }
        self.check_derived(height)?;
        let epoch = calendar.epoch_at(self.seal(height)?.header.batch.time);
        let sizes = self.pruner.sizes(height)?;
        Ok(Some(PrunePlan { height, epoch, tip, before, sizes }))
    }

    /// Histories are made from bodies, so they have to be there before the bodies go.
    fn check_derived(&self, height: u64) -> Result<(), LedgerError> {
        let mark = self.reads.records()?.mark().map(|mark| mark.height);
        if mark.is_some_and(|mark| mark >= height) {
            return Ok(());
        }
        Err(LedgerError::NotDerived { mark, height })
    }

    /// Whether a pruning was begun and bodies are left that should be gone; what there is of them.
    pub fn unfinished(&self) -> Result<Option<Sizes>, LedgerError> {
        let Some(pruned) = self.reads.pruned()? else { return Ok(None) };
        let sizes = self.pruner.sizes(pruned.height)?;
        Ok((sizes.groups > 0).then_some(sizes))
    }

    /// Bytes of the log and of the derived tables.
    pub fn bytes(&self) -> (u64, u64) {
        self.pruner.bytes()
    }

    /// Carries a plan out. An archive is written where a file is named.
    pub fn carry_out(
        mut self,
        plan: &PrunePlan,
        archive: Option<&Path>,
        watch: Watch<'_>,
    ) -> Result<(), LedgerError> {
        let pruned = self.make_snapshot(plan, watch)?;
        watch(PruneStep::SnapshotMade)?;
        if let Some(file) = archive {
            let before = plan.before.as_ref();
            self.pruner.archive(file, before, plan.height, &pruned.chain)?;
            watch(PruneStep::Archived)?;
        }
        self.pruner.cut(&pruned)?;
        watch(PruneStep::Cut)?;
        self.complete(watch)
    }

    /// Removes what a pruning that was written down has left.
    pub fn complete(self, watch: Watch<'_>) -> Result<(), LedgerError> {
        let Self { mut pruner, reads, .. } = self;
        let Some(pruned) = reads.pruned()? else { return Ok(()) };
        drop(reads);
        while pruner.remove_some(pruned.height)? {
            watch(PruneStep::Removed)?;
        }
        pruner.give_back(pruned.height)?;
        watch(PruneStep::GivenBack)?;
        Ok(())
    }

    /// Executes the log up to the plan's block, and writes the state there down.
    fn make_snapshot(&self, plan: &PrunePlan, watch: Watch<'_>) -> Result<Pruned, LedgerError> {
        let calendar = self.law.genesis.calendar;
        let mut writer = self.pruner.begin_snapshot(plan.height, plan.before.as_ref(), calendar)?;
        let mut replay = self.start(plan.before.as_ref())?;
        for height in replay.next_height()..=plan.height {
            let block = self.reads.block(height)?.ok_or(ReplayError::Missing(height))?;
            let (closed, header) = if height == 0 {
                replay.found(&self.founding, &block)?
            } else {
                replay.run(&block, Trust::OwnLog)?
            };
            compare(&header, &self.certified(height)?.header)?;
            writer.add_block(&closed)?;
            replay.forget_recent();
            watch(PruneStep::Executed(height, plan.height))?;
        }
        let chain = replay.end().chain;
        let tip = Tip { height: plan.height, hash: self.seal(plan.height)?.header.hash() };
        let next = self.certified(plan.height.saturating_add(1))?;
        if next.header.batch.prev != tip.hash {
            let height = next.header.batch.height;
            return Err(ReplayError::Diverged { height, field: "prev" }.into());
        }
        let snapshot = writer.finish(&replay.state().read(), &tip)?;
        Ok(Pruned { height: tip.height, header_hash: tip.hash, chain, snapshot })
    }

    /// Before block 0, or at the snapshot of the pruning before, which has to lead to its header.
    fn start(&self, before: Option<&Pruned>) -> Result<Replay, LedgerError> {
        let law = Arc::clone(&self.law);
        let Some(before) = before else { return Ok(Replay::from_nothing(law)) };
        let unusable = |error| LedgerError::Snapshot { height: before.height, error };
        let state = self.pruner.snapshot(before).map_err(unusable)?;
        let seal = self.seal(before.height)?;
        let end = LoggedEnd { time: seal.header.batch.time, chain: before.chain };
        let tip = Tip { height: before.height, hash: before.header_hash };
        let replay = Replay::at(law, state, Some(tip), end);
        let root: Hash = replay.trees().state_root();
        if root != seal.header.state_root || seal.header.hash() != before.header_hash {
            let error = StoreError::Corrupt("it does not lead to its header".to_owned());
            return Err(unusable(error));
        }
        Ok(replay)
    }

    fn newest_sealed(&self) -> Result<u64, LedgerError> {
        let last = self.reads.last_height()?.ok_or(LedgerError::NoBlockZero)?;
        for height in (0..=last).rev().take(3) {
            if self.reads.seal(height)?.is_some() {
                return Ok(height);
            }
        }
        Err(ReplayError::Missing(last).into())
    }

    fn seal(&self, height: u64) -> Result<Seal, LedgerError> {
        Ok(self.reads.seal(height)?.ok_or(ReplayError::Missing(height))?)
    }

    /// The seal of a block whose certificate holds.
    fn certified(&self, height: u64) -> Result<Seal, LedgerError> {
        let seal = self.seal(height)?;
        seal.certificate
            .verify(&seal.header.batch, &self.law.validators)
            .map_err(|error| ReplayError::Certificate { height, error })?;
        Ok(seal)
    }
}
