//! Sends a transfer that stands in the journal, and settles its fate there.

use client::{ClientError, Delivery, NodeClient, Submission};
use protocol::api::problem::REPLAY_DETECTED;
use protocol::api::transfer::TxState;
use protocol::transfer::TxId;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::pending::{Journal, PendingTransfer};

/// Whether the bytes were ever sent before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Never: what was not sent now has not happened.
    First,
    /// Perhaps: an earlier attempt may have arrived, so only a clear answer settles it.
    Again,
}

/// What became of a transfer that the network has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Whether it is final. Existing nodes first take note, and execute a day later.
    pub is_final: bool,
    /// Whether the network had it already, from an earlier attempt.
    pub is_repeated: bool,
    /// The block it is in, if the node said.
    pub block_height: Option<u64>,
}

/// What to do with the entry of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The transfer is in the network, or never will be.
    Known,
    /// It may be in the network.
    Open,
}

/// Sends a transfer; the journal keeps it for as long as its fate is open.
///
/// # Errors
/// Exit 8 when the fate is open, exit 7 when it was refused, exit 6 when nothing was sent.
pub async fn submit(
    node: &NodeClient,
    pending: &PendingTransfer,
    attempt: Attempt,
    journal: &Journal,
) -> Result<Sent, Failure> {
    let (sent, fate) = match node.submit_transfer(&pending.signed, &pending.chain_id).await {
        Ok(submission) => (Ok(Sent::from(submission)), Fate::Known),
        Err(error) if is_replay(&error) => look_up(node, pending.id, error).await,
        Err(error) => {
            let fate = fate_of(&error, attempt);
            (Err(Failure::of_submission(error)), fate)
        }
    };
    if fate == Fate::Open {
        return sent.map_err(|failure| to_be_resumed(failure, pending.id));
    }
    // An entry that cannot be removed does no harm: resuming it finds the same fate again. It must
    // not turn a transfer that happened into a failure.
    let _removed = journal.remove(pending.id);
    sent
}

impl From<Submission> for Sent {
    fn from(submission: Submission) -> Self {
        match submission {
            Submission::Accepted(reply) => Self {
                is_final: reply.is_final(),
                is_repeated: false,
                block_height: reply.block_height,
            },
            Submission::Repeated(first) => {
                Self { is_final: true, is_repeated: true, block_height: first.block_height }
            }
        }
    }
}

/// Existing nodes do not say which transfer used the nonce: ours, or another one.
fn is_replay(error: &ClientError) -> bool {
    error.refusal().is_some_and(|refusal| refusal.code == REPLAY_DETECTED)
}

async fn look_up(
    node: &NodeClient,
    id: TxId,
    replay: ClientError,
) -> (Result<Sent, Failure>, Fate) {
    let found = match node.transaction(id).await {
        Ok(status) => status,
        Err(error) => return (Err(Failure::of_submission(error)), Fate::Open),
    };
    match found.status {
        TxState::Confirmed | TxState::Pending => {
            let is_final = found.status == TxState::Confirmed;
            let block_height = found.block_height;
            (Ok(Sent { is_final, is_repeated: true, block_height }), Fate::Known)
        }
        TxState::NotFound | TxState::Failed => (Err(replay.into()), Fate::Known),
        TxState::Other => (Err(replay.into()), Fate::Open),
    }
}

/// What an error of the node says about the fate of the transfer.
fn fate_of(error: &ClientError, attempt: Attempt) -> Fate {
    match (error.delivery(), attempt) {
        (Delivery::Unknown, _) | (Delivery::NotSent, Attempt::Again) => Fate::Open,
        // A node that is busy has not looked at it, and knows nothing of an earlier attempt.
        (Delivery::Refused, Attempt::Again) if error.is_temporary() => Fate::Open,
        (Delivery::Refused, Attempt::Again) if error.refusal().is_none() => Fate::Open,
        (Delivery::NotSent, Attempt::First) | (Delivery::Refused, _) => Fate::Known,
    }
}

fn to_be_resumed(mut failure: Failure, id: TxId) -> Failure {
    failure.exit = ExitCode::Unknown;
    failure
        .hint(format!("rustchain tx resume {id}"))
        .hint("that sends the very same bytes, which are executed once however often they arrive")
        .details(serde_json::json!({ "tx_id": id.to_string() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unreachable() -> ClientError {
        ClientError::Unreachable { url: "http://n".to_owned(), cause: "x".to_owned() }
    }

    fn page(status: u16) -> ClientError {
        ClientError::NotANode { url: "http://n".to_owned(), status, reason: "x".to_owned() }
    }

    #[test]
    fn only_a_first_attempt_that_never_left_is_forgotten() {
        assert_eq!(fate_of(&unreachable(), Attempt::First), Fate::Known);
        assert_eq!(fate_of(&unreachable(), Attempt::Again), Fate::Open);
        assert_eq!(fate_of(&page(504), Attempt::First), Fate::Open);
        assert_eq!(fate_of(&page(404), Attempt::First), Fate::Known);
        assert_eq!(fate_of(&page(404), Attempt::Again), Fate::Open);
    }

    #[test]
    fn an_open_fate_names_the_way_on() {
        let id = TxId::from_bytes([7; 16]);
        let failure = to_be_resumed(unreachable().into(), id);
        assert_eq!(failure.exit, ExitCode::Unknown);
        assert!(failure.hints.contains(&format!("rustchain tx resume {id}")));
    }
}
