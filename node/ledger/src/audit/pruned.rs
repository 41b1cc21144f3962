//! The part of the log whose bodies are gone: its headers, from block 0 to the snapshot's.

use protocol::encoding::Hash;

use super::AuditError;
use crate::apply::Law;
use crate::replay::{LoggedEnd, Replay, ReplayError, compare};
use crate::store::{Founding, Pruned, Records};

/// What the newest pruned header says.
pub(super) struct PrunedEnd {
    pub(super) logged: LoggedEnd,
    pub(super) state_root: Hash,
}

/// Whether block 0 is what the founding row leads to, every header names the one before and is
/// vouched for, and the last one is the one that the pruning names.
pub(super) fn check_headers(
    records: &dyn Records,
    founding: &Founding,
    law: &std::sync::Arc<Law>,
    pruned: &Pruned,
) -> Result<PrunedEnd, AuditError> {
    let mut before: Option<(Hash, protocol::time::UnixMillis)> = None;
    let mut state_root = Hash::default();
    let mut commands = 0_u64;
    for height in 0..=pruned.height {
        let at = |error| AuditError::Block { height, error };
        let block = records.block(height).map_err(at)?.ok_or(ReplayError::Missing(height))?;
        let Some(seal) = &block.seal else { return Err(AuditError::Unsealed(height)) };
        if height == 0 {
            let (_, header) =
                Replay::from_nothing(std::sync::Arc::clone(law)).found(founding, &block)?;
            compare(&header, &seal.header)?;
        }
        seal.certificate
            .verify(&seal.header.batch, &law.validators)
            .map_err(|error| ReplayError::Certificate { height, error })?;
        let batch = &seal.header.batch;
        let follows = before.is_none_or(|(hash, time)| batch.prev == hash && time < batch.time);
        let opened = (block.open.height, block.open.time, block.open.incarnation);
        let is_same = opened == (batch.height, batch.time, batch.incarnation);
        let first_command = commands.saturating_add(1);
        if !follows
            || !is_same
            || batch.height != height
            || block.open.first_command != first_command
        {
            return Err(AuditError::Header(height));
        }
        // The one command of block 0 is its founding, and has no number.
        if height > 0 {
            commands = commands.saturating_add(u64::from(batch.commands));
        }
        before = Some((seal.header.hash(), batch.time));
        state_root = seal.header.state_root;
    }
    match before {
        Some((hash, time)) if hash == pruned.header_hash => {
            Ok(PrunedEnd { logged: LoggedEnd { time, chain: pruned.chain }, state_root })
        }
        _ => Err(AuditError::Header(pruned.height)),
    }
}
