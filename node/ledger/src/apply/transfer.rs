//! Signed transfers.

use protocol::transfer::SignedTransfer;

use super::Law;
use crate::draft::{Draft, Posting};
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::rules::transfer::{Ends, decide};
use crate::state::MovementKind;

/// Carries out a signed transfer.
pub(super) fn apply(
    draft: &mut Draft<'_>,
    signed: &SignedTransfer,
    law: &Law,
) -> Result<Receipt, Refusal> {
    let transfer = &signed.transfer;
    let sender = draft.account_number(&transfer.from);
    let payee = draft.account_number(&transfer.to);
    let ends = Ends {
        sender: sender.and_then(|number| draft.account(number)),
        payee: payee.and_then(|number| draft.account(number)),
    };
    decide(signed, ends, &law.genesis.policy, draft.block.time)?;

    let debit = draft.account_or_open(&transfer.from);
    let credit = draft.account_or_open(&transfer.to);
    let tx_id = signed.tx_id();
    let posting = Posting {
        kind: MovementKind::Transfer,
        debit: Some(debit),
        credit,
        amount: transfer.amount,
        nonce: transfer.nonce,
        note: transfer.memo.clone(),
        tx_id: Some(tx_id),
        epoch: draft.block.epoch,
    };
    let movement = draft.post(posting)?;
    draft.record_signature(debit, transfer.nonce, signed.form.chain_id);
    if !signed.form.chain_id {
        draft.counters.chainless_transfers = draft.counters.chainless_transfers.saturating_add(1);
    }
    Ok(Receipt::Moved { movement, tx_id, debit, credit, amount: transfer.amount })
}
