//! The payouts of an epoch, from what was frozen when it ended: a slice of them per block, so that
//! a block stays small.

use protocol::epoch::EpochId;
use protocol::money::Amount;

use super::Law;
use super::epochs::record_empty;
use crate::changes::EpochRecord;
use crate::draft::{Draft, Posting};
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::state::{FrozenEpoch, MovementKind, Name, RESERVE_ACCOUNT, State};

/// Miners of a part: a draft of so many stays in the processor's caches.
const PART: u64 = 4_096;

/// A slice of payouts, which is drafted in parts. It is as if all of it had been one.
#[derive(Debug)]
pub struct Slice {
    /// Miners that this slice still examines, should there be so many.
    left: u64,
    first_movement: u64,
    payouts: u64,
    sum: Amount,
}

impl Slice {
    /// The slice that is due over this state, if an epoch is being paid.
    pub fn due(state: &State, law: &Law) -> Option<Self> {
        state.counters.frozen.is_some().then(|| Self {
            left: law.genesis.policy.payouts_per_block,
            first_movement: state.counters.movements.saturating_add(1),
            payouts: 0,
            sum: Amount::ZERO,
        })
    }

    /// Pays the next part of the slice, and gives receipts once it was the last one.
    ///
    /// An error means that the books are wrong: the reserve cannot pay what was set aside.
    pub fn pay_part(&mut self, draft: &mut Draft<'_>) -> Result<Option<Vec<Receipt>>, Refusal> {
        let Some(mut frozen) = draft.counters.frozen.clone() else { return Ok(Some(Vec::new())) };
        let examined = self.left.min(PART);
        let due = due_payouts(draft.base(), &frozen, examined);
        let payouts = u64::try_from(due.len()).unwrap_or(u64::MAX);
        if frozen.payouts == 0 && payouts > 0 {
            frozen.first_movement = draft.counters.movements.saturating_add(1);
        }
        draft.expect_payouts(due.len());
        for (miner, share) in due {
            pay(draft, miner, share, frozen.epoch)?;
            self.sum = self.sum.plus(share).map_err(|_too_large| Refusal::BalanceTooLarge)?;
        }
        self.left = self.left.saturating_sub(examined);
        self.payouts = self.payouts.saturating_add(payouts);
        let examined = u32::try_from(examined).unwrap_or(u32::MAX);
        frozen.paid = frozen.paid.saturating_add(examined).min(frozen.enrolled);
        frozen.payouts = frozen.payouts.saturating_add(payouts);
        if self.left > 0 && frozen.paid < frozen.enrolled {
            draft.counters.frozen = Some(frozen);
            return Ok(None);
        }
        Ok(Some(self.finish(draft, frozen)))
    }

    fn finish(&self, draft: &mut Draft<'_>, frozen: FrozenEpoch) -> Vec<Receipt> {
        let settled = frozen.paid == frozen.enrolled;
        let mut receipts = vec![Receipt::EpochPaid {
            epoch: frozen.epoch,
            first_movement: self.first_movement,
            payouts: self.payouts,
            sum: self.sum,
            settled,
        }];
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
            return receipts;
        }
        draft.counters.frozen = None;
        let next = frozen.epoch.next();
        let open = draft.counters.open_epoch;
        draft.counters.settled_before = open;
        if next < open {
            record_empty(draft, &mut receipts, next, open, 0);
        }
        receipts
    }
}

/// The miners and shares of the next part, without those who get nothing.
fn due_payouts(base: &State, frozen: &FrozenEpoch, limit: u64) -> Vec<(u32, Amount)> {
    let skipped = usize::try_from(frozen.paid).unwrap_or(usize::MAX);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let rows =
        base.frozen.iter().skip(skipped).zip(base.frozen_shares.iter().skip(skipped)).take(limit);
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
