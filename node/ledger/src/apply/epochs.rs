//! What happens at the start of a block because time has passed: epochs end, and are paid
//! (`payouts.rs`).
//!
//! Driven by block time, so a replay settles the same, a late node settles late and nothing is
//! settled twice.

use protocol::epoch::EpochId;
use protocol::money::Amount;

use super::Law;
use crate::changes::EpochRecord;
use crate::draft::Draft;
use crate::receipt::Receipt;
use crate::rules::settlement::shares_of_rows;
use crate::state::{FrozenEpoch, RESERVE_ACCOUNT};

/// Ends the open epoch if it is over. Nothing is ended while another epoch is still being paid.
pub fn end_epoch_if_over(draft: &mut Draft<'_>, law: &Law) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    if draft.block.epoch > draft.counters.open_epoch && draft.counters.frozen.is_none() {
        end_epoch(draft, law, &mut receipts);
    }
    receipts
}

/// Closes the open epoch, and passes over the epochs behind it that nobody could enrol in.
fn end_epoch(draft: &mut Draft<'_>, law: &Law, receipts: &mut Vec<Receipt>) {
    let ended = draft.counters.open_epoch;
    let now = draft.block.epoch;
    let enrolments = &draft.base().enrolments;
    let enrolled = enrolments.count();
    let pot = pot(draft, law);
    let weighs_anything = enrolments.iter().any(|row| !row.weight.is_zero());
    draft.counters.open_epoch = now;
    draft.counters.epochs_with_blocks = draft.counters.epochs_with_blocks.saturating_add(1);
    if weighs_anything {
        let base = draft.base();
        let shares = shares_of_rows(pot, &base.enrolments, &base.miners);
        draft.freeze_enrolments(shares);
        draft.counters.frozen = Some(FrozenEpoch {
            epoch: ended,
            pot,
            enrolled,
            paid: 0,
            first_movement: 0,
            payouts: 0,
        });
        receipts.push(Receipt::EpochFrozen { epoch: ended, pot, enrolled });
    } else {
        draft.freeze_enrolments(Vec::new());
        draft.counters.settled_before = now;
        record_empty(draft, receipts, ended, now, enrolled);
    }
}

/// The pot, or what is left in the reserve.
fn pot(draft: &Draft<'_>, law: &Law) -> Amount {
    let reserve = draft.account(RESERVE_ACCOUNT).map_or(Amount::ZERO, |account| account.balance);
    law.genesis.epoch_pot.min(reserve)
}

/// Records a run of epochs that paid nobody.
pub(super) fn record_empty(
    draft: &mut Draft<'_>,
    receipts: &mut Vec<Receipt>,
    first: EpochId,
    behind: EpochId,
    enrolled: u32,
) {
    let last = EpochId(behind.0.saturating_sub(1));
    receipts.push(Receipt::EpochsEmpty { first, last });
    draft.record_epoch(EpochRecord {
        first,
        last,
        pot: Amount::ZERO,
        enrolled,
        first_movement: 0,
        payouts: 0,
        settled_at: Some(draft.block.seconds()),
    });
}
