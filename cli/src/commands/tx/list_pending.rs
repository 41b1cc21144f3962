//! `rustchain tx pending`: the transfers of this machine whose fate is not known.

use serde::Serialize;

use crate::failure::Failure;
use crate::money::Money;
use crate::output::{Answer, Output, Page};
use crate::pending::{Journal, PendingTransfer};
use crate::session::Session;
use crate::utc::date_and_time;

/// List the transfers of this machine whose fate is not known.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Debug, Serialize)]
struct PendingTransfers {
    transfers: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    tx_id: String,
    from: String,
    to: String,
    amount: Money,
    nonce: u64,
    chain_id: String,
    signed_at_ms: u64,
    #[serde(skip)]
    signed_at: String,
}

impl Row {
    fn new(pending: &PendingTransfer) -> Self {
        let transfer = &pending.signed.transfer;
        Self {
            tx_id: pending.id.to_string(),
            from: transfer.from.to_string(),
            to: transfer.to.to_string(),
            amount: Money(transfer.amount),
            nonce: transfer.nonce,
            chain_id: pending.chain_id.to_string(),
            signed_at_ms: pending.created_at.0,
            signed_at: date_and_time(pending.created_at.seconds()),
        }
    }

    fn cells(&self) -> Vec<String> {
        let amount = self.amount.0.to_string();
        [&self.tx_id, &self.from, &self.to, &amount, &self.signed_at].map(Clone::clone).to_vec()
    }
}

impl Output for PendingTransfers {
    fn page(&self) -> Page {
        let header = ["transaction", "from", "to", "RTC", "signed"];
        Page::new().table(&header, self.transfers.iter().map(Row::cells).collect())
    }
}

pub(crate) fn run(_args: &Args, session: &Session) -> Result<Answer, Failure> {
    let journal = Journal::open(&session.places()?.state_dir)?;
    let transfers: Vec<_> = journal.list()?.iter().map(Row::new).collect();
    if transfers.is_empty() {
        session.printer().note("every transfer of this machine has a known fate");
    }
    Ok(Answer::of(&PendingTransfers { transfers }))
}
