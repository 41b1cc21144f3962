//! What the owner of a key asks for: claims and releases.

use protocol::money::Amount;
use protocol::owner_request::{OwnerRequest, SignedOwnerRequest};
use protocol::transfer::TxId;
use protocol::wallet_id::WalletId;
use sha2::{Digest as _, Sha256};

use super::Law;
use crate::draft::{Draft, Posting};
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::rules::transfer::{check_nonce, check_opening};
use crate::state::{Machine, Miner, MovementKind, Name};

/// Carries out an owner's request.
pub(super) fn apply(
    draft: &mut Draft<'_>,
    signed: &SignedOwnerRequest,
    law: &Law,
) -> Result<Receipt, Refusal> {
    match &signed.request {
        OwnerRequest::Claim { to } => claim(draft, signed, to, law),
        OwnerRequest::ReleaseMachine => release(draft, signed, law),
    }
}

/// Pays a name's rewards since its key was bound to the address that its owner names.
fn claim(
    draft: &mut Draft<'_>,
    signed: &SignedOwnerRequest,
    to: &WalletId,
    law: &Law,
) -> Result<Receipt, Refusal> {
    let name = draft
        .name_number(&signed.name)
        .and_then(|number| draft.name(number))
        .cloned()
        .ok_or(Refusal::NameHasNoKey)?;
    if name.key != signed.key {
        return Err(Refusal::OtherKeyOwnsName);
    }
    let policy = &law.genesis.policy;
    check_nonce(signed.nonce, name.nonce, policy, draft.block.time)?;
    // Nobody could move the money on from a plain name.
    if !to.is_address() {
        return Err(Refusal::PayeeIsNoAddress);
    }
    let debit = draft.account_number(&signed.name).ok_or(Refusal::NothingToClaim)?;
    let held = draft.account(debit).map_or(Amount::ZERO, |account| account.balance);
    let amount = name.claimable.min(held);
    if amount.is_zero() {
        return Err(Refusal::NothingToClaim);
    }
    let payee = draft.account_number(to).and_then(|number| draft.account(number));
    check_opening(payee, amount, policy)?;
    let credit = draft.account_or_open(to);
    let tx_id = claim_id(signed);
    let posting = Posting {
        kind: MovementKind::Claim,
        debit: Some(debit),
        credit,
        amount,
        nonce: signed.nonce,
        note: "claim".to_owned(),
        tx_id: Some(tx_id),
        epoch: draft.block.epoch,
    };
    let movement = draft.post(posting)?;
    let claimable = name.claimable.minus(amount).unwrap_or(Amount::ZERO);
    draft.put_name(Name { claimable, nonce: signed.nonce, ..name });
    Ok(Receipt::Moved { movement, tx_id, debit, credit, amount })
}

/// A claim names itself by its signature, which binds everything in it.
pub fn claim_id(signed: &SignedOwnerRequest) -> TxId {
    TxId::of_hash(
        Sha256::new_with_prefix(b"rc/claim-id/1\0").chain_update(signed.signature.as_bytes()),
    )
}

/// Frees the machine of a miner from the next epoch on.
fn release(
    draft: &mut Draft<'_>,
    signed: &SignedOwnerRequest,
    law: &Law,
) -> Result<Receipt, Refusal> {
    let number = draft.miner_number(&signed.name).ok_or(Refusal::NoMachineBound)?;
    let miner = draft.miner(number).cloned().ok_or(Refusal::NoMachineBound)?;
    if !owns(draft, signed, &miner) {
        return Err(Refusal::OtherKeyOwnsName);
    }
    check_nonce(signed.nonce, miner.owner_nonce, &law.genesis.policy, draft.block.time)?;
    let receipt = release_machine(draft, &miner)?;
    draft.put_miner(Miner { owner_nonce: signed.nonce, machine: None, ..miner });
    Ok(receipt)
}

/// An address belongs to its key; a plain name to the key that is bound to it.
fn owns(draft: &Draft<'_>, signed: &SignedOwnerRequest, miner: &Miner) -> bool {
    if miner.id.is_address() {
        return miner.id.key_hash() == Some(signed.key.key_hash());
    }
    draft
        .name_number(&miner.id)
        .and_then(|number| draft.name(number))
        .is_some_and(|name| name.key == signed.key)
}

/// Marks the machine of a miner as free from the next epoch on.
pub(super) fn release_machine(draft: &mut Draft<'_>, miner: &Miner) -> Result<Receipt, Refusal> {
    let number = miner.machine.ok_or(Refusal::NoMachineBound)?;
    let machine = draft.machine(number).cloned().ok_or(Refusal::NoMachineBound)?;
    let free_from = draft.block.epoch.next();
    draft.set_machine(number, Machine { free_from: Some(free_from), ..machine });
    Ok(Receipt::MachineReleased { machine: number, free_from })
}
