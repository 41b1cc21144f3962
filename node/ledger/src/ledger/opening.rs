//! Opening books: where the derived tables stand, what of the log they lack, and what to do with
//! tables that are damaged.

use std::sync::Arc;

use protocol::block::Certificate;
use protocol::keys::Signer;

use super::{LedgerError, Progress};
use crate::apply::Law;
use crate::command::Trust;
use crate::replay::{LoggedEnd, Replay, ReplayError, compare};
use crate::seal::{ClosedBlock, Seal, Tip, Trees};
use crate::state::State;
use crate::store::{
    Append, Derived, Founding, Log, LoggedBlock, Pruned, Reads, SealedBlock, StoreError,
};

/// What is opened.
pub(super) struct Opening {
    pub(super) law: Arc<Law>,
    pub(super) founding: Founding,
    pub(super) reads: Arc<dyn Reads>,
    /// The newest block of the log.
    pub(super) last: u64,
}

/// Why a block was not caught up with.
enum Behind {
    /// The derived tables are damaged.
    Tables(StoreError),
    Other(LedgerError),
}

impl<E: Into<LedgerError>> From<E> for Behind {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

impl Opening {
    /// Brings the derived tables up to the end of the log, and gives the books there with the
    /// newest incarnation.
    pub(super) fn run(
        &self,
        log: &mut dyn Log,
        derived: &mut dyn Derived,
        signer: &dyn Signer,
        progress: Progress<'_>,
    ) -> Result<(Replay, u32), LedgerError> {
        let start = start_of(derived, self.reads.as_ref())?;
        let mut caught_up = self.catch_up(start, log, derived, signer, progress);
        if let Err(Behind::Tables(_)) = caught_up {
            // The root does not bind every row that a block is written beside.
            let start = start_anew(derived, self.reads.as_ref())?;
            caught_up = self.catch_up(start, log, derived, signer, progress);
        }
        let replay = caught_up.map_err(|behind| match behind {
            Behind::Tables(error) => error.into(),
            Behind::Other(error) => error,
        })?;
        let newest = self.reads.block(self.last)?;
        Ok((replay, newest.map_or(0, |block| block.open.incarnation)))
    }

    fn catch_up(
        &self,
        start: Option<Confirmed>,
        log: &mut dyn Log,
        derived: &mut dyn Derived,
        signer: &dyn Signer,
        progress: Progress<'_>,
    ) -> Result<Replay, Behind> {
        let law = Arc::clone(&self.law);
        let mut replay = match start {
            Some((tip, state, end)) => Replay::at(law, state, Some(tip), end),
            None => Replay::from_nothing(law),
        };
        for height in replay.next_height()..=self.last {
            let block = self.reads.block(height)?.ok_or(ReplayError::Missing(height))?;
            let (closed, seal) = replay_block(&mut replay, &self.founding, &block, log, signer)?;
            let written = derived.write(&SealedBlock {
                seal: &seal,
                changes: &closed.changes,
                first_command: closed.first_command,
                groups: &closed.groups,
            });
            written.map_err(|error| match error {
                StoreError::Corrupt(_) => Behind::Tables(error),
                error => Behind::Other(error.into()),
            })?;
            // Tables that could not be tidied are read more slowly, and nothing else.
            drop(derived.tidy());
            replay.forget_recent();
            progress(height, self.last);
        }
        Ok(replay)
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
    match trusted_state(derived, reads, pruned.as_ref())? {
        Some(confirmed) => Ok(Some(confirmed)),
        None => start_anew(derived, reads),
    }
}

/// Where replay starts without the derived tables.
fn start_anew(
    derived: &mut dyn Derived,
    reads: &dyn Reads,
) -> Result<Option<Confirmed>, LedgerError> {
    let Some(pruned) = reads.pruned()? else {
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
    let (tip, state) = match derived.load() {
        Ok(Some(loaded)) => loaded,
        Ok(None) | Err(StoreError::Corrupt(_)) => return Ok(None),
        // Tables that cannot be read just now may be sound, and have what is nowhere else.
        Err(error) => return Err(error.into()),
    };
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
