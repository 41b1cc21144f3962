//! The result of sending a transfer, for the first time or again.

use serde::Serialize;

use crate::money::Money;
use crate::output::{Output, Page};
use crate::pending::PendingTransfer;
use crate::submission::Sent;

/// A transfer that the network has.
#[derive(Debug, Serialize)]
pub(crate) struct SentTransfer {
    tx_id: String,
    /// `confirmed`, or `pending` on nodes that execute later.
    status: &'static str,
    /// Whether an earlier attempt had arrived.
    repeated: bool,
    from: String,
    to: String,
    amount: Money,
    memo: String,
    nonce: u64,
    chain_id: String,
    block_height: Option<u64>,
}

impl SentTransfer {
    /// Puts together what was signed and what the node said.
    pub(crate) fn new(pending: &PendingTransfer, sent: &Sent) -> Self {
        let transfer = &pending.signed.transfer;
        Self {
            tx_id: pending.id.to_string(),
            status: if sent.is_final { "confirmed" } else { "pending" },
            repeated: sent.is_repeated,
            from: transfer.from.to_string(),
            to: transfer.to.to_string(),
            amount: Money(transfer.amount),
            memo: transfer.memo.clone(),
            nonce: transfer.nonce,
            chain_id: pending.chain_id.to_string(),
            block_height: sent.block_height,
        }
    }
}

impl Output for SentTransfer {
    fn page(&self) -> Page {
        Page::new()
            .field("transaction", &self.tx_id)
            .field("status", &self.status)
            .field("amount", &self.amount)
            .field("to", &self.to)
            .optional("block", self.block_height)
    }
}
