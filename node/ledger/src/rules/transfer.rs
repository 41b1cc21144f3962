//! When a signed transfer is carried out.

use protocol::money::Amount;
use protocol::time::UnixMillis;
use protocol::transfer::SignedTransfer;

use crate::genesis::Policy;
use crate::refusal::Refusal;
use crate::state::Account;

/// How far beyond block time a nonce may lie for clients that use Unix milliseconds: one day.
const NONCE_CLOCK_LEAP_MILLIS: u64 = 86_400_000;

/// What the books say about both ends of a transfer.
#[derive(Debug, Clone, Copy)]
pub struct Ends<'a> {
    /// The sender's account, if it has one.
    pub sender: Option<&'a Account>,
    /// The payee's account, if it has one.
    pub payee: Option<&'a Account>,
}

/// Decides about a transfer at block time `now`; `Ok` means that it may be posted.
pub fn decide(
    signed: &SignedTransfer,
    ends: Ends<'_>,
    policy: &Policy,
    now: UnixMillis,
) -> Result<(), Refusal> {
    let no_account = Account::default();
    let sender = ends.sender.unwrap_or(&no_account);
    let transfer = &signed.transfer;
    if !signed.form.chain_id && (!policy.chainless_transfers || sender.signs_chain_id) {
        return Err(Refusal::ChainIdRequired);
    }
    if transfer.from == transfer.to {
        return Err(Refusal::SameWallet);
    }
    check_nonce(transfer.nonce, sender.last_nonce, policy, now)?;
    if transfer.amount.is_zero() {
        return Err(Refusal::AmountIsZero);
    }
    if transfer.amount > sender.balance {
        let (balance, requested) = (sender.balance, transfer.amount);
        return Err(Refusal::InsufficientBalance { balance, requested });
    }
    check_opening(ends.payee, transfer.amount, policy)
}

/// A nonce has to be greater than the last one, and not so great that it locks the wallet.
pub fn check_nonce(nonce: u64, last: u64, policy: &Policy, now: UnixMillis) -> Result<(), Refusal> {
    if nonce <= last {
        return Err(Refusal::NonceNotAhead { latest: last });
    }
    let by_count = last.saturating_add(policy.nonce_leap);
    let by_clock = now.plus_millis(NONCE_CLOCK_LEAP_MILLIS).0;
    let highest = by_count.max(by_clock);
    if nonce > highest { Err(Refusal::NonceTooFarAhead { highest }) } else { Ok(()) }
}

/// Accounts are not free: the first transfer to a wallet has to be worth the row.
pub fn check_opening(
    payee: Option<&Account>,
    amount: Amount,
    policy: &Policy,
) -> Result<(), Refusal> {
    let minimum = Amount::from_micro(policy.opening_amount).unwrap_or(Amount::MAX);
    if payee.is_none() && amount < minimum {
        Err(Refusal::BelowOpeningAmount { minimum })
    } else {
        Ok(())
    }
}
