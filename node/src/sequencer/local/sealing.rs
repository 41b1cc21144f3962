//! The sealing thread: roots and certificate of a closed block, then the derived tables.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;

use ledger::ledger::DerivedTables;
use ledger::seal::{ClosedBlock, Seal, Sealer};
use ledger::store::StoreError;
use tokio::sync::watch;

use super::{Message, Shared};
use crate::books::{AttestationCounts, ChainTip};

/// How long a failed write to the derived tables waits before it is tried again.
const RETRY_DERIVED_AFTER: Duration = Duration::from_millis(500);

/// What the sealer is told.
#[derive(Debug)]
pub(super) enum ToSealer {
    /// A block takes no more commands.
    Closed(Box<ClosedBlock>),
    /// The seal of the newest closed block is durable.
    SealDurable,
}

/// Seals blocks and writes derived tables.
pub(super) struct SealingThread {
    pub(super) sealer: Sealer,
    pub(super) derived: DerivedTables,
    pub(super) from_writer: Receiver<ToSealer>,
    pub(super) to_writer: SyncSender<Message>,
    pub(super) tip: watch::Sender<Arc<ChainTip>>,
    pub(super) attestation_counts: Arc<AttestationCounts>,
    pub(super) shared: Shared,
}

/// The writer is gone, or the node stops.
struct Over;

impl SealingThread {
    /// Seals what the writer closes, until the writer is gone.
    pub(super) fn run(mut self) {
        while let Ok(message) = self.from_writer.recv() {
            let ToSealer::Closed(block) = message else { continue };
            if self.finish(&block).is_err() {
                return;
            }
        }
    }

    fn finish(&mut self, block: &ClosedBlock) -> Result<(), Over> {
        let seal = match self.sealer.seal(block) {
            Ok(seal) => seal,
            Err(error) => return Err(self.give_up(error.to_string())),
        };
        let message = Message::Sealed(Box::new(seal.clone()));
        self.to_writer.send(message).map_err(|_gone| Over)?;
        // Nobody sees a header before it is durable.
        match self.from_writer.recv() {
            Ok(ToSealer::SealDurable) => {}
            Ok(ToSealer::Closed(_)) | Err(_) => return Err(Over),
        }
        self.shared.metrics.blocks_sealed.add_one();
        self.follow(block, &seal)?;
        self.attestation_counts.note(block.height, block.changes.attestations.len());
        drop(self.tip.send_replace(Arc::new(ChainTip::of(seal))));
        if let Err(error) = self.derived.tidy() {
            tracing::warn!(%error, "derived tables were not tidied up");
        }
        Ok(())
    }

    /// Writes the derived tables, however long it takes; meanwhile at most one more block closes.
    /// Damaged ones stay damaged: the next start makes them anew.
    fn follow(&mut self, block: &ClosedBlock, seal: &Seal) -> Result<(), Over> {
        while let Err(error) = self.derived.follow(block, seal) {
            tracing::error!(%error, block.height = block.height, "derived tables not written");
            if matches!(error, StoreError::Corrupt(_)) {
                let why =
                    format!("derived.db is damaged, and made anew by the next start: {error}");
                return Err(self.give_up(why));
            }
            if self.shared.stopping.load(Ordering::Relaxed) {
                // The next start derives them from the log.
                return Err(Over);
            }
            std::thread::park_timeout(RETRY_DERIVED_AFTER);
        }
        Ok(())
    }

    /// The node cannot go on. The writer says why, and ends first.
    fn give_up(&self, why: String) -> Over {
        drop(self.to_writer.send(Message::SealerFailed(why)));
        while self.from_writer.recv().is_ok() {}
        Over
    }
}
