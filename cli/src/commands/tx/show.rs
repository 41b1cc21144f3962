//! `rustchain tx show`: what became of a transfer.

use protocol::api::transfer::{TxState, TxStatus};
use protocol::money::Amount;
use protocol::time::UnixSeconds;
use protocol::transfer::TxId;
use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::money::Money;
use crate::output::{Answer, Output, Page};
use crate::session::Session;
use crate::utc::date_and_time;

/// Show what became of a transfer.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The id of the transfer: 32 hexadecimal digits
    pub id: TxId,
}

#[derive(Debug, Serialize)]
struct Shown {
    tx_id: String,
    status: TxState,
    block_height: Option<u64>,
    amount: Option<Money>,
    from: Option<String>,
    to: Option<String>,
    memo: Option<String>,
    nonce: Option<u64>,
    timestamp: Option<u64>,
}

impl Shown {
    fn new(id: TxId, status: TxStatus) -> Self {
        let amount = status.amount_i64.and_then(|micro| u64::try_from(micro).ok());
        Self {
            tx_id: id.to_string(),
            status: status.status,
            block_height: status.block_height,
            amount: amount.and_then(|micro| Amount::from_micro(micro).ok()).map(Money),
            from: status.from,
            to: status.to,
            memo: status.memo,
            nonce: status.nonce,
            timestamp: status.timestamp,
        }
    }
}

/// The word for a state.
const fn word(state: TxState) -> &'static str {
    match state {
        TxState::Pending => "pending: taken note of, not executed yet",
        TxState::Confirmed => "confirmed",
        TxState::Failed => "failed: never executed",
        TxState::NotFound => "not found",
        TxState::Other => "in a state that this version does not know",
    }
}

impl Output for Shown {
    fn page(&self) -> Page {
        Page::new()
            .field("transaction", &self.tx_id)
            .field("status", &word(self.status))
            .optional("amount", self.amount)
            .optional("from", self.from.as_ref())
            .optional("to", self.to.as_ref())
            .optional("memo", self.memo.as_ref().filter(|memo| !memo.is_empty()))
            .optional("nonce", self.nonce)
            .optional("block", self.block_height)
            .optional("time", self.timestamp.map(|at| date_and_time(UnixSeconds(at))))
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let node = session.node()?;
    let status = session.wait(node.transaction(args.id))?;
    if status.status == TxState::NotFound {
        let message = format!("the node knows no transfer {}", args.id);
        return Err(Failure::new(ExitCode::NotFound, "transaction_not_found", message)
            .hint("rustchain tx pending"));
    }
    Ok(Answer::of(&Shown::new(args.id, status)))
}
