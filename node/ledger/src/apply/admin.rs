//! Privileged operations.

use protocol::admin::{AdminAction, MAX_ADMIN_TEXT_BYTES, SignedAdmin};
use protocol::encoding::{Encode as _, Hash, tagged_hash};
use protocol::keys::PublicKey;
use protocol::money::Amount;
use protocol::transfer::TxId;
use protocol::wallet_id::{MinerId, WalletId};
use sha2::{Digest as _, Sha256};

use super::{Law, owner};
use crate::draft::{Draft, Posting};
use crate::genesis::{Genesis, RESERVE};
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::state::{IdempotentTransfer, Miner, MovementKind, Name};

/// Carries out a privileged operation.
pub(super) fn apply(
    draft: &mut Draft<'_>,
    admin: &SignedAdmin,
    law: &Law,
) -> Result<Receipt, Refusal> {
    if !law.validators.contains(&admin.node) {
        return Err(Refusal::NotAValidator);
    }
    let expected = draft.counters.admin_commands.saturating_add(1);
    if admin.sequence != expected {
        return Err(Refusal::AdminOutOfSequence { expected });
    }
    check_text(&admin.key_name)?;
    let receipt = match &admin.action {
        AdminAction::Transfer { from, to, amount, reason, idempotency_key } => {
            // The log keeps an empty key as none, so it has to count as none here.
            let key = idempotency_key.as_deref().filter(|key| !key.is_empty());
            let order = Order { from, to, amount: *amount, reason, key };
            transfer(draft, admin, &order, law)
        }
        AdminAction::BindKey { name, key } => bind_key(draft, name, *key),
        AdminAction::ReleaseMachine { miner } => release_machine(draft, miner),
    }?;
    draft.counters.admin_commands = expected;
    Ok(receipt)
}

/// A text that the log could not be read back with is refused before it gets there.
const fn check_text(text: &str) -> Result<(), Refusal> {
    if text.len() > MAX_ADMIN_TEXT_BYTES {
        Err(Refusal::AdminTextTooLong { limit: MAX_ADMIN_TEXT_BYTES })
    } else {
        Ok(())
    }
}

struct Order<'a> {
    from: &'a WalletId,
    to: &'a WalletId,
    amount: Amount,
    reason: &'a str,
    key: Option<&'a str>,
}

fn transfer(
    draft: &mut Draft<'_>,
    admin: &SignedAdmin,
    order: &Order<'_>,
    law: &Law,
) -> Result<Receipt, Refusal> {
    check_text(order.reason)?;
    check_text(order.key.unwrap_or_default())?;
    let action = action_hash(&admin.action);
    if let Some(earlier) = order.key.and_then(|key| draft.idempotent(key)) {
        return Err(Refusal::IdempotencyKeyConflict { tx_id: earlier.tx_id });
    }
    check_order(order)?;
    let debit = draft.account_number(order.from);
    let held = debit.and_then(|number| draft.account(number));
    let balance = held.map_or(Amount::ZERO, |account| account.balance);
    let Some(debit) = debit.filter(|_| balance >= order.amount) else {
        return Err(Refusal::InsufficientBalance { balance, requested: order.amount });
    };
    let minimum = Amount::from_micro(law.genesis.policy.opening_amount).unwrap_or(Amount::MAX);
    if draft.account_number(order.to).is_none() && order.amount < minimum {
        return Err(Refusal::BelowOpeningAmount { minimum });
    }
    let credit = draft.account_or_open(order.to);
    let tx_id = transfer_id(admin, order.key, law);
    let movement = draft.post(Posting {
        kind: MovementKind::AdminTransfer,
        debit: Some(debit),
        credit,
        amount: order.amount,
        nonce: admin.sequence,
        note: order.reason.to_owned(),
        tx_id: Some(tx_id),
        epoch: draft.block.epoch,
    })?;
    if let Some(key) = order.key {
        draft.add_idempotent(IdempotentTransfer { key: key.to_owned(), action, tx_id, movement });
    }
    Ok(Receipt::Moved { movement, tx_id, debit, credit, amount: order.amount })
}

fn check_order(order: &Order<'_>) -> Result<(), Refusal> {
    if order.from.as_str() == RESERVE || order.to.as_str() == RESERVE {
        return Err(Refusal::ReserveIsOffLimits);
    }
    if !Genesis::is_founder(order.from) {
        return Err(Refusal::NotAFoundersWallet);
    }
    if order.from == order.to {
        return Err(Refusal::SameWallet);
    }
    if order.amount.is_zero() { Err(Refusal::AmountIsZero) } else { Ok(()) }
}

/// The hash by which an idempotency key recognises what it stood for.
pub fn action_hash(action: &AdminAction) -> Hash {
    tagged_hash("rc/admin-action/1", &action.encoded())
}

/// As on the existing network where there is an idempotency key (wire section 11); else unique by
/// network and number.
fn transfer_id(admin: &SignedAdmin, key: Option<&str>, law: &Law) -> TxId {
    let hasher = match key {
        Some(key) => Sha256::new_with_prefix(format!("wallet_transfer_idempotency:{key}")),
        None => Sha256::new_with_prefix(b"rc/admin-transfer-id/1\0")
            .chain_update(law.genesis.hash())
            .chain_update(admin.sequence.to_be_bytes()),
    };
    TxId::of_hash(hasher)
}

/// Says which key owns a plain name. Rewards from now on can be claimed by it.
fn bind_key(draft: &mut Draft<'_>, name: &WalletId, key: PublicKey) -> Result<Receipt, Refusal> {
    if name.is_address() {
        return Err(Refusal::AddressNeedsNoKey);
    }
    if name.as_str() == RESERVE || Genesis::is_founder(name) {
        return Err(Refusal::ReserveIsOffLimits);
    }
    let known = draft.name_number(name).and_then(|number| draft.name(number)).cloned();
    let bound = match known {
        Some(known) => Name { key, ..known },
        None => Name { id: name.clone(), key, claimable: Amount::ZERO, nonce: 0 },
    };
    Ok(Receipt::NameBound { name: draft.put_name(bound) })
}

fn release_machine(draft: &mut Draft<'_>, id: &MinerId) -> Result<Receipt, Refusal> {
    let number = draft.miner_number(id).ok_or(Refusal::NoMachineBound)?;
    let miner = draft.miner(number).cloned().ok_or(Refusal::NoMachineBound)?;
    let receipt = owner::release_machine(draft, &miner)?;
    draft.put_miner(Miner { machine: None, ..miner });
    Ok(receipt)
}
