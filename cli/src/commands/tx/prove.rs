//! `rustchain tx prove`: a proof that a transfer is in the chain, checked here.

use client::{ClientError, NodeClient};
use protocol::api::proof::ProvenTransfer;
use protocol::transfer::TxId;
use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::money::Money;
use crate::network;
use crate::output::{Answer, Output, Page};
use crate::session::Session;
use crate::trust::KnownValidators;
use crate::utc::date_and_time;

/// Demand a proof that a transfer is in the chain, and check it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The id of the transfer: 32 hexadecimal digits
    pub id: TxId,
}

#[derive(Debug, Serialize)]
struct Proven {
    tx_id: String,
    from: String,
    to: String,
    amount: Money,
    memo: String,
    nonce: u64,
    chain_id: String,
    block_height: u64,
    index_in_block: u64,
    timestamp: u64,
    validator: String,
    #[serde(skip)]
    time: String,
}

impl Proven {
    fn new(id: TxId, chain_id: String, proven: &ProvenTransfer) -> Self {
        let transfer = &proven.transfer.transfer;
        Self {
            tx_id: id.to_string(),
            from: transfer.from.to_string(),
            to: transfer.to.to_string(),
            amount: Money(transfer.amount),
            memo: transfer.memo.clone(),
            nonce: transfer.nonce,
            chain_id,
            block_height: proven.height,
            index_in_block: proven.index,
            timestamp: proven.time.seconds().0,
            validator: proven.validators.primary.to_hex(),
            time: date_and_time(proven.time.seconds()),
        }
    }
}

impl Output for Proven {
    fn page(&self) -> Page {
        Page::new()
            .field("proven", &self.tx_id)
            .field("amount", &self.amount)
            .field("from", &self.from)
            .field("to", &self.to)
            .optional("memo", Some(&self.memo).filter(|memo| !memo.is_empty()))
            .field("network", &self.chain_id)
            .field("block", &format!("{}, entry {}", self.block_height, self.index_in_block))
            .field("time", &self.time)
            .field("validator", &self.validator)
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let node = session.node()?;
    let proven = session.wait(prove(args.id, &node, session))?;
    Ok(Answer::of(&proven))
}

async fn prove(id: TxId, node: &NodeClient, session: &Session) -> Result<Proven, Failure> {
    let chain_id = network::chain_id_of(node).await?;
    let known = KnownValidators::load(&session.places()?.state_dir, &chain_id)?;
    let proof = node.tx_proof(id).await.map_err(|error| no_proof(error, id))?;
    let proven =
        proof.verify(id, &chain_id, known.trusted()).map_err(|error| known.refused(error))?;
    known.remember(&proven.validators, session.printer())?;
    Ok(Proven::new(id, chain_id.to_string(), &proven))
}

fn no_proof(error: ClientError, id: TxId) -> Failure {
    match error.refusal() {
        Some(refusal) if refusal.status == 404 => {
            let message = format!("the node has no proof of {id}: {}", refusal.message);
            Failure::new(ExitCode::NotFound, "nothing_proven", message)
                .hint(format!("rustchain tx show {id}"))
        }
        _ => error.into(),
    }
}
