//! The ledger put together: books are founded, opened, executed, sealed and derived.
//!
//! A node runs the writer and the sealer on threads of their own; whoever does not need that calls
//! [`Ledger::commit`] and [`Ledger::close_block`], which do the same one after the other.

use std::sync::Arc;

use parking_lot::RwLock;
use protocol::block::Certificate;
use protocol::encoding::Encode as _;
use protocol::keys::Signer;
use protocol::time::UnixMillis;

use crate::apply::Law;
use crate::block_run::Outcome;
use crate::command::{Command, Trust};
use crate::replay::{LoggedEnd, Replay, ReplayError, compare, law_of};
use crate::seal::{ClosedBlock, Seal, SealError, Sealer, Tip, Trees};
use crate::state::State;
use crate::store::{
    Append, Derived, Founding, Log, LoggedBlock, Open, Pruned, Reads, SealedBlock, Store,
    StoreError,
};
use crate::writer::{SharedState, Trouble, Writer, WriterStart};

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
    /// what a crash left unsealed.
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
        let last = reads.last_height()?.ok_or(LedgerError::NoBlockZero)?;
        let mut replay = match start_of(derived.as_mut(), reads.as_ref())? {
            Some((tip, state, end)) => Replay::at(Arc::clone(&law), state, Some(tip), end),
            None => Replay::from_nothing(Arc::clone(&law)),
        };
        let mut incarnation = 0;
        for height in replay.next_height()..=last {
            let block = reads.block(height)?.ok_or(ReplayError::Missing(height))?;
            let (closed, seal) =
                replay_block(&mut replay, &founding, &block, log.as_mut(), signer.as_ref())?;
            derived.write(&SealedBlock {
                seal: &seal,
                changes: &closed.changes,
                first_command: closed.first_command,
                groups: &closed.groups,
            })?;
            // Tables that could not be tidied are read more slowly, and nothing else.
            drop(derived.tidy());
            replay.forget_recent();
            incarnation = block.open.incarnation;
            progress(height, last);
        }
        if let Some(block) = reads.block(last)? {
            incarnation = incarnation.max(block.open.incarnation);
        }
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

/// A state that the log confirms, and the end of the log at it.
type Confirmed = (Tip, State, LoggedEnd);

/// Where replay starts: at the mark of the derived tables; where they are not to be trusted, at the
/// snapshot of pruned blocks; where there is none, before block 0.
fn start_of(
    derived: &mut dyn Derived,
    reads: &dyn Reads,
) -> Result<Option<Confirmed>, LedgerError> {
    let pruned = reads.pruned()?;
    if let Some(confirmed) = trusted_state(derived, reads, pruned.as_ref())? {
        return Ok(Some(confirmed));
    }
    let Some(pruned) = pruned else {
        derived.reset()?;
        return Ok(None);
    };
    derived
        .restore(&pruned)
        .map_err(|error| LedgerError::Snapshot { height: pruned.height, error })?;
    match trusted_state(derived, reads, Some(&pruned))? {
        Some(confirmed) => Ok(Some(confirmed)),
        None => Err(LedgerError::Snapshot {
            height: pruned.height,
            error: StoreError::Corrupt("it does not lead to its header".to_owned()),
        }),
    }
}

/// The derived tables' state, if the log confirms it: its mark exists, its recomputed root is the
/// one that the header there names, and no body behind it is gone.
fn trusted_state(
    derived: &mut dyn Derived,
    reads: &dyn Reads,
    pruned: Option<&Pruned>,
) -> Result<Option<Confirmed>, LedgerError> {
    let Ok(Some((tip, state))) = derived.load() else { return Ok(None) };
    if pruned.is_some_and(|pruned| tip.height < pruned.height) {
        return Ok(None);
    }
    let Some(seal) = reads.seal(tip.height)? else { return Ok(None) };
    let confirmed = seal.header.hash() == tip.hash
        && Trees::over(&state).state_root() == seal.header.state_root;
    if !confirmed {
        return Ok(None);
    }
    let time = seal.header.batch.time;
    let chain = last_chain(reads, tip.height, pruned)?;
    Ok(Some((tip, state, LoggedEnd { time, chain })))
}

/// The chained hash of the newest group at or below a height.
fn last_chain(
    reads: &dyn Reads,
    height: u64,
    pruned: Option<&Pruned>,
) -> Result<protocol::encoding::Hash, LedgerError> {
    for height in (0..=height).rev() {
        if let Some(pruned) = pruned.filter(|pruned| height <= pruned.height) {
            return Ok(pruned.chain);
        }
        let block = reads.block(height)?.ok_or(ReplayError::Missing(height))?;
        if let Some(group) = block.groups.last() {
            return Ok(group.chain);
        }
    }
    Ok(protocol::encoding::Hash::default())
}

/// Replays a block of our own log. A sealed one has to give its header; an unsealed one, whose
/// signatures are checked again, is sealed as it stands.
fn replay_block(
    replay: &mut Replay,
    founding: &Founding,
    block: &LoggedBlock,
    log: &mut dyn Log,
    signer: &dyn Signer,
) -> Result<(ClosedBlock, Seal), LedgerError> {
    let trust = if block.seal.is_some() { Trust::OwnLog } else { Trust::CheckSignatures };
    let (closed, header) = if block.open.height == 0 {
        replay.found(founding, block)?
    } else {
        replay.run(block, trust)?
    };
    if let Some(seal) = &block.seal {
        compare(&header, &seal.header)?;
        return Ok((closed, seal.clone()));
    }
    let certificate = Certificate::sign(&header.batch, signer);
    let seal = Seal { header, certificate };
    log.append(Append { seal: Some(&seal), ..Append::default() })?;
    Ok((closed, seal))
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
