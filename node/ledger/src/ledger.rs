//! The ledger put together: books are founded, opened, executed, sealed and derived.
//!
//! A node runs the writer and the sealer on threads of their own; whoever does not need that calls
//! [`Ledger::commit`] and [`Ledger::close_block`], which do the same one after the other.

mod opening;

use std::sync::Arc;

use parking_lot::RwLock;
use protocol::encoding::Encode as _;
use protocol::keys::Signer;
use protocol::time::UnixMillis;

use crate::apply::Law;
use crate::block_run::Outcome;
use crate::command::Command;
use crate::replay::{Replay, ReplayError, law_of};
use crate::seal::{ClosedBlock, Seal, SealError, Sealer};
use crate::state::State;
use crate::store::{Append, Derived, Founding, Log, Open, Reads, SealedBlock, Store, StoreError};
use crate::writer::{SharedState, Trouble, Writer, WriterStart};
use opening::Opening;

/// Why books cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The log does not replay.
    #[error("{0}")]
    Replay(#[from] ReplayError),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The writer failed.
    #[error("{0}")]
    Trouble(#[from] Trouble),
    /// A block cannot be sealed.
    #[error("{0}")]
    Seal(#[from] SealError),
    /// The node's key is not a validator of these books.
    #[error("this node's key is not a validator of this ledger")]
    NotAValidator,
    /// The log holds no block 0.
    #[error("the log holds no block 0")]
    NoBlockZero,
    /// Derived tables that stand before what is to be pruned would be made without its history.
    #[error(
        "derived.db stands at {}, and what happened up to block {height} would be lost with the \
         blocks: start the node and stop it first",
        mark.map_or_else(|| "no block".to_owned(), |mark| format!("block {mark}"))
    )]
    NotDerived {
        /// Where they stand.
        mark: Option<u64>,
        /// The newest block that would go.
        height: u64,
    },
    /// The derived tables are lost, and so is what they could be made from.
    #[error(
        "blocks up to {height} are pruned, derived.db cannot be used, and neither can the \
         snapshot of block {height}: {error}"
    )]
    Snapshot {
        /// The block of the snapshot.
        height: u64,
        /// Why it cannot be used.
        error: StoreError,
    },
}

/// The books, ready for commands.
#[derive(Debug)]
pub struct Ledger {
    /// What every rule may look at.
    pub law: Arc<Law>,
    /// Executes commands.
    pub writer: Writer,
    /// Seals blocks.
    pub sealer: Sealer,
    /// Writes the derived tables.
    pub derived: DerivedTables,
    /// Reads.
    pub reads: Arc<dyn Reads>,
}

impl std::fmt::Debug for dyn Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reads")
    }
}

/// The derived tables' writing side, together with the state whose tail they shorten.
pub struct DerivedTables {
    tables: Box<dyn Derived>,
    state: SharedState,
    /// A sealed block that still has to be logged or derived, because the store failed.
    owed: Option<(ClosedBlock, Seal)>,
}

impl std::fmt::Debug for DerivedTables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DerivedTables").finish_non_exhaustive()
    }
}

impl DerivedTables {
    /// Writes what a sealed block changed; its seal is durable.
    pub fn follow(&mut self, closed: &ClosedBlock, seal: &Seal) -> Result<(), StoreError> {
        self.tables.write(&SealedBlock {
            seal,
            changes: &closed.changes,
            first_command: closed.first_command,
            groups: &closed.groups,
        })?;
        let newest = closed.changes.counters.movements;
        self.state.write().recent.forget_through(newest);
        Ok(())
    }

    /// Tidies the tables up: see [`Derived::tidy`].
    pub fn tidy(&mut self) -> Result<(), StoreError> {
        self.tables.tidy()
    }
}

/// Told while books are opened: the block that was replayed, and the last one there is.
pub type Progress<'p> = &'p mut dyn FnMut(u64, u64);

impl Ledger {
    /// Makes block 0 in a store that was just founded, and opens the books.
    pub fn found(
        mut store: Store,
        time: UnixMillis,
        signer: Box<dyn Signer + Send>,
    ) -> Result<Self, LedgerError> {
        let open = Open { height: 0, time, incarnation: 0, first_command: 1 };
        store.log.append(Append { open: Some(open), ..Append::default() })?;
        Self::open(store, signer, &mut |_, _| {})
    }

    /// Opens books: checks the derived tables against the log, replays what they lack, and seals
    /// what a crash left unsealed. Tables that turn out to be damaged are made anew.
    pub fn open(
        store: Store,
        signer: Box<dyn Signer + Send>,
        progress: Progress<'_>,
    ) -> Result<Self, LedgerError> {
        let Store { mut log, mut derived, reads } = store;
        let founding = reads.founding()?;
        let law = Arc::new(law_of(&founding)?);
        if !law.validators.contains(&signer.public_key()) {
            return Err(LedgerError::NotAValidator);
        }
        let opening = Opening {
            law: Arc::clone(&law),
            founding,
            reads: Arc::clone(&reads),
            last: reads.last_height()?.ok_or(LedgerError::NoBlockZero)?,
        };
        let (log_side, tables) = (log.as_mut(), derived.as_mut());
        let (replay, incarnation) = opening.run(log_side, tables, signer.as_ref(), progress)?;
        let start = WriterStart {
            next_height: replay.next_height(),
            last_time: replay.end().time,
            chain: replay.end().chain,
            incarnation,
        };
        Self::assemble(law, replay, start, (log, derived, reads), signer)
    }

    fn assemble(
        law: Arc<Law>,
        replay: Replay,
        start: WriterStart,
        (log, tables, reads): (Box<dyn Log>, Box<dyn Derived>, Arc<dyn Reads>),
        signer: Box<dyn Signer + Send>,
    ) -> Result<Self, LedgerError> {
        let (state, trees, tip) = replay.into_parts();
        let tip = tip.ok_or(LedgerError::NoBlockZero)?;
        let writer = Writer::new(Arc::clone(&law), Arc::clone(&state), log, start);
        let sealer = Sealer::new(law.as_ref().clone(), trees, tip, signer);
        let derived = DerivedTables { tables, state, owed: None };
        Ok(Self { law, writer, sealer, derived, reads })
    }

    /// The state, shared with readers.
    pub fn state(&self) -> SharedState {
        self.writer.state()
    }

    /// Executes commands in the open block, or in one that is opened at `now`.
    pub fn commit(
        &mut self,
        now: UnixMillis,
        commands: &[Command],
    ) -> Result<Vec<Outcome>, LedgerError> {
        let calendar = self.law.genesis.calendar;
        let another_slot = |block: crate::draft::BlockContext| block.slot != calendar.slot_at(now);
        if self.writer.open_block().is_some_and(another_slot) {
            self.close_block()?;
        }
        if self.writer.open_block().is_none() {
            self.writer.open(now)?;
        }
        Ok(self.writer.execute(commands)?)
    }

    /// Opens a block at `now` and closes it at once: for what only time brings about.
    pub fn tick(&mut self, now: UnixMillis) -> Result<Option<Seal>, LedgerError> {
        self.close_block()?;
        self.writer.open(now)?;
        self.close_block()
    }

    /// Closes, seals and derives the open block; `None` when there is none.
    ///
    /// When the store fails behind the sealing, the next call first makes up for it, so that no
    /// block is missing from the derived tables.
    pub fn close_block(&mut self) -> Result<Option<Seal>, LedgerError> {
        self.settle_what_is_owed()?;
        let Some(closed) = self.writer.close()? else { return Ok(None) };
        let seal = self.sealer.seal(&closed)?;
        self.writer.take_seal(seal.clone());
        self.derived.owed = Some((closed, seal.clone()));
        self.settle_what_is_owed()?;
        Ok(Some(seal))
    }

    fn settle_what_is_owed(&mut self) -> Result<(), LedgerError> {
        if let Some((closed, seal)) = self.derived.owed.take() {
            let settled = self.writer.log_seal().map_err(LedgerError::from);
            let settled = settled.and_then(|()| Ok(self.derived.follow(&closed, &seal)?));
            if settled.is_err() {
                self.derived.owed = Some((closed, seal));
            }
            return settled;
        }
        Ok(())
    }
}

/// What books are opened with.
pub fn founding(
    genesis_text: String,
    import: Option<&crate::import::Openings>,
    validators: &protocol::block::ValidatorSet,
) -> Founding {
    Founding {
        genesis: genesis_text,
        openings: import.map(crate::import::Openings::to_bytes).unwrap_or_default(),
        validators: validators.encoded(),
    }
}

/// A state that nobody shares yet.
pub fn shared(state: State) -> SharedState {
    Arc::new(RwLock::new(state))
}
