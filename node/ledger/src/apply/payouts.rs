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

    /// Pays the next part of the slice, `most` miners, and gives receipts once it was the last one.
    ///
    /// An error means that the books are wrong: the reserve cannot pay what was set aside.
    pub fn pay_part(
        &mut self,
        draft: &mut Draft<'_>,
        most: u64,
    ) -> Result<Option<Vec<Receipt>>, Refusal> {
        let Some(mut frozen) = draft.counters.frozen.clone() else { return Ok(Some(Vec::new())) };
        let examined = self.left.min(most);
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

#[cfg(test)]
mod tests {
    use protocol::epoch::{Calendar, Slot};
    use protocol::multiplier::Multiplier;
    use protocol::time::{UnixMillis, UnixSeconds};
    use protocol::wallet_id::WalletId;

    use super::*;
    use crate::changes::Touched;
    use crate::draft::BlockContext;
    use crate::state::{Account, EnrolmentRow, Holder, Miner};

    const POT: u64 = 1_000;

    fn micro(amount: u64) -> Amount {
        Amount::from_micro(amount).unwrap()
    }

    fn miner(number: u32) -> Miner {
        Miner {
            id: WalletId::parse(&format!("miner-{number}")).unwrap(),
            key: None,
            family: String::new(),
            arch: String::new(),
            multiplier: Multiplier::from_millionths(1_000_000).unwrap(),
            passed: true,
            first_attest: UnixSeconds(1),
            last_attest: UnixSeconds(1),
            slot: Slot(0),
            accepted_in_slot: 1,
            machine: None,
            enrolment: None,
            last_attestation: 1,
            owner_nonce: 0,
        }
    }

    /// A reserve, and an ended epoch with seven miners, of whom one gets nothing and one has an
    /// account already.
    fn frozen() -> State {
        let mut state = State::default();
        let account = |state: &mut State, name: &str, balance| {
            let holder =
                Holder { wallet: WalletId::parse(name).unwrap(), created_at: UnixSeconds(1) };
            state.add_account(holder, Account { balance, ..Account::default() });
        };
        account(&mut state, "reserve", micro(5_000));
        account(&mut state, "miner-3", micro(7));
        for (number, share) in (0..).zip([100, 200, 0, 300, 150, 50, 200]) {
            state.add_miner(miner(number));
            state.frozen.push(EnrolmentRow { miner: number, weight: miner(number).multiplier });
            state.frozen_shares.push(micro(share));
        }
        state.counters.open_epoch = EpochId(5);
        state.counters.movements = 40;
        state.counters.frozen = Some(FrozenEpoch {
            epoch: EpochId(2),
            pot: micro(POT),
            enrolled: 7,
            paid: 0,
            first_movement: 0,
            payouts: 0,
        });
        state
    }

    /// What slices of `slice` miners lead to that are drafted `most` at a time.
    fn paid(slice: u64, most: u64) -> (State, Vec<Receipt>) {
        let mut state = frozen();
        let mut receipts = Vec::new();
        let calendar = Calendar::new(UnixSeconds(0), 600, 144).unwrap();
        let block = BlockContext::new(9, UnixMillis(5 * 86_400_000), &calendar);
        let sum = Amount::ZERO;
        while state.counters.frozen.is_some() {
            let first_movement = state.counters.movements.saturating_add(1);
            let mut slice = Slice { left: slice, first_movement, payouts: 0, sum };
            loop {
                let mut draft = Draft::over(&state, block);
                let part = slice.pay_part(&mut draft, most).unwrap();
                let changes = draft.into_changes();
                state.merge(changes, &mut Touched::default());
                if let Some(part) = part {
                    receipts.extend(part);
                    break;
                }
            }
        }
        (state, receipts)
    }

    #[test]
    fn a_slice_in_parts_is_like_one_that_is_drafted_at_once() {
        for slice in [1, 3, 7, 100] {
            let (whole, receipts) = paid(slice, 100);
            let payouts = |receipt: &Receipt| match receipt {
                Receipt::EpochPaid { payouts, sum, .. } => Some((*payouts, sum.micro())),
                _ => None,
            };
            let slices: Vec<(u64, u64)> = receipts.iter().filter_map(payouts).collect();
            assert_eq!(slices.len(), usize::try_from(7_u64.div_ceil(slice)).unwrap());
            assert_eq!(slices.iter().map(|(payouts, _)| payouts).sum::<u64>(), 6);
            assert_eq!(slices.iter().map(|(_, sum)| sum).sum::<u64>(), POT);
            for most in 1..=8 {
                let (state, parts) = paid(slice, most);
                assert_eq!(parts, receipts, "slices of {slice}, {most} at a time");
                assert_eq!(state.counters, whole.counters);
                let rows = |state: &State| -> Vec<(Holder, Account)> {
                    state.holders.iter().cloned().zip(state.accounts.iter().copied()).collect()
                };
                assert_eq!(rows(&state), rows(&whole));
                for number in 41..=46 {
                    assert_eq!(state.recent.movement(number), whole.recent.movement(number));
                }
            }
        }
    }
}
