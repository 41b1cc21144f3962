//! `rustchain tx resume`: send a transfer whose fate is not known again, byte for byte.

use protocol::transfer::TxId;

use super::sent::SentTransfer;
use crate::failure::Failure;
use crate::network;
use crate::output::Answer;
use crate::pending::Journal;
use crate::session::Session;
use crate::submission::{Attempt, submit};

/// Send a transfer whose fate is not known again, byte for byte.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The id of the transfer, as send and tx pending show it
    pub id: TxId,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let journal = Journal::open(&session.places()?.state_dir)?;
    let pending = journal.load(args.id)?;
    let node = session.node()?;
    let sent = session.wait(async {
        network::require(&node, &pending.chain_id, "the transfer was signed for").await?;
        submit(&node, &pending, Attempt::Again, &journal).await
    })?;
    Ok(Answer::of(&SentTransfer::new(&pending, &sent)))
}
