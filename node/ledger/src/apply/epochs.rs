//! What happens at the start of a block because time has passed: epochs end and are paid.
//!
//! Driven by block time, so a replay settles the same, a late node settles late and nothing is
//! settled twice. A settlement pays some miners per block, from what was frozen at the boundary.

use protocol::epoch::EpochId;
use protocol::money::Amount;

use super::Law;
use crate::changes::EpochRecord;
use crate::draft::{Draft, Posting};
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::rules::settlement::shares_of_rows;
use crate::state::{FrozenEpoch, MovementKind, Name, RESERVE_ACCOUNT};

/// Ends the open epoch if it is over. Nothing is ended while another epoch is still being paid.
pub fn end_epoch_if_over(draft: &mut Draft<'_>, law: &Law) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    if draft.block.epoch > draft.counters.open_epoch && draft.counters.frozen.is_none() {
        end_epoch(draft, law, &mut receipts);
    }
    receipts
}

/// Pays the next miners of a frozen epoch, if one is committed below the draft.
///
/// An error means that the books are wrong: the reserve cannot pay what was set aside.
pub fn pay_slice_if_due(draft: &mut Draft<'_>, law: &Law) -> Result<Vec<Receipt>, Refusal> {
    let mut receipts = Vec::new();
    if let Some(frozen) = draft.counters.frozen.clone() {
        pay_slice(draft, frozen, law, &mut receipts)?;
    }
    Ok(receipts)
}

/// Closes the open epoch, and passes over the epochs behind it that nobody could enrol in.
fn end_epoch(draft: &mut Draft<'_>, law: &Law, receipts: &mut Vec<Receipt>) {
    let ended = draft.counters.open_epoch;
    let now = draft.block.epoch;
    let enrolments = &draft.base().enrolments;
    let enrolled = enrolments.count();
    let pot = pot(draft, law);
    let weighs_anything = enrolments.as_slice().iter().any(|row| !row.weight.is_zero());
    draft.counters.open_epoch = now;
    draft.counters.epochs_with_blocks = draft.counters.epochs_with_blocks.saturating_add(1);
    if weighs_anything {
        let base = draft.base();
        let shares = shares_of_rows(pot, base.enrolments.as_slice(), &base.miners);
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
fn record_empty(
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

fn pay_slice(
    draft: &mut Draft<'_>,
    mut frozen: FrozenEpoch,
    law: &Law,
    receipts: &mut Vec<Receipt>,
) -> Result<(), Refusal> {
    let limit = law.genesis.policy.payouts_per_block;
    let first_movement = draft.counters.movements.saturating_add(1);
    let mut sum = Amount::ZERO;
    let due = due_payouts(draft, &frozen, limit);
    let payouts = u64::try_from(due.len()).unwrap_or(u64::MAX);
    draft.expect_payouts(due.len());
    for (miner, share) in due {
        pay(draft, miner, share, frozen.epoch)?;
        sum = sum.plus(share).map_err(|_too_large| Refusal::BalanceTooLarge)?;
    }
    let examined = u32::try_from(limit).unwrap_or(u32::MAX);
    frozen.paid = frozen.paid.saturating_add(examined).min(frozen.enrolled);
    if frozen.payouts == 0 && payouts > 0 {
        frozen.first_movement = first_movement;
    }
    frozen.payouts = frozen.payouts.saturating_add(payouts);
    let settled = frozen.paid == frozen.enrolled;
    let epoch = frozen.epoch;
    receipts.push(Receipt::EpochPaid { epoch, first_movement, payouts, sum, settled });
    finish_slice(draft, frozen, settled, receipts);
    Ok(())
}

/// The miners and shares of the next slice, without those who get nothing.
fn due_payouts(draft: &Draft<'_>, frozen: &FrozenEpoch, limit: u64) -> Vec<(u32, Amount)> {
    let base = draft.base();
    let skipped = usize::try_from(frozen.paid).unwrap_or(usize::MAX);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let rows = base.frozen.iter().zip(&base.frozen_shares).skip(skipped).take(limit);
    let payable = rows.filter(|(_, share)| !share.is_zero());
    payable.map(|(row, share)| (row.miner, *share)).collect()
}

/// Pays one miner's share; a name with a key may claim it.
fn pay(draft: &mut Draft<'_>, miner: u32, share: Amount, epoch: EpochId) -> Result<(), Refusal> {
    let Some(id) = draft.miner(miner).map(|miner| miner.id.clone()) else { return Ok(()) };
    let credit = draft.account_or_open(&id);
    draft.post(Posting {
        kind: MovementKind::Reward,
        debit: Some(RESERVE_ACCOUNT),
        credit,
        amount: share,
        nonce: 0,
        note: String::new(),
        tx_id: None,
        epoch,
    })?;
    // An address has its own key and is never a name with one.
    let number = if id.is_address() { None } else { draft.name_number(&id) };
    let name = number.and_then(|number| draft.name(number)).cloned();
    if let Some(name) = name {
        let claimable = name.claimable.plus(share).unwrap_or(name.claimable);
        draft.put_name(Name { claimable, ..name });
    }
    Ok(())
}

fn finish_slice(
    draft: &mut Draft<'_>,
    frozen: FrozenEpoch,
    settled: bool,
    receipts: &mut Vec<Receipt>,
) {
    draft.record_epoch(EpochRecord {
        first: frozen.epoch,
        last: frozen.epoch,
        pot: frozen.pot,
        enrolled: frozen.enrolled,
        first_movement: frozen.first_movement,
        payouts: frozen.payouts,
        settled_at: settled.then(|| draft.block.seconds()),
    });
    if !settled {
        draft.counters.frozen = Some(frozen);
        return;
    }
    draft.counters.frozen = None;
    let next = frozen.epoch.next();
    draft.counters.settled_before = draft.counters.open_epoch;
    if next < draft.counters.open_epoch {
        record_empty(draft, receipts, next, draft.counters.open_epoch, 0);
    }
}
