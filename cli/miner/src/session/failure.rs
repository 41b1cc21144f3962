//! What a failed step means for the miner.

use std::time::Duration;

use client::ClientError;

/// Codes of answers that ask for a new challenge, or a new look at the epoch.
const STALE_CODES: [&str; 5] = [
    "CHALLENGE_INVALID",
    "CHALLENGE_EXPIRED",
    "CHALLENGE_USED",
    "NONCE_REPLAY",
    "INVALID_ENROLLMENT_SIGNATURE",
];

/// Why a step of a round failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What it means.
    pub kind: FailureKind,
    /// The node's code, if a node refused.
    pub code: Option<String>,
    /// A text for a person.
    pub message: String,
    /// How long the node wants to be left alone, if it said so.
    pub retry_after: Option<Duration>,
}

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// It may go better soon: the node is away or busy, or the challenge was too old.
    Temporary,
    /// The node said no and will say so again.
    Refused,
    /// This machine cannot do it.
    Local,
}

impl Failure {
    /// A failure of this machine, not of the network.
    pub fn local(message: impl Into<String>) -> Self {
        let (code, retry_after) = (None, None);
        Self { kind: FailureKind::Local, code, message: message.into(), retry_after }
    }
}

impl From<&ClientError> for Failure {
    fn from(error: &ClientError) -> Self {
        let code = error.refusal().map(|refusal| refusal.code.clone());
        let stale = code.as_deref().is_some_and(|code| STALE_CODES.contains(&code));
        let kind = match error {
            ClientError::Setup { .. } => FailureKind::Local,
            ClientError::Refused(_) if !stale && !error.is_temporary() => FailureKind::Refused,
            _ => FailureKind::Temporary,
        };
        let retry_after = error.retry_after();
        Self { kind, code, message: error.to_string(), retry_after }
    }
}

#[cfg(test)]
mod tests {
    use client::Refusal;

    use super::*;

    fn kind(status: u16, code: &str) -> FailureKind {
        let refusal = Refusal {
            status,
            code: code.to_owned(),
            message: String::new(),
            retry_after: None,
            details: serde_json::Map::new(),
        };
        Failure::from(&ClientError::Refused(Box::new(refusal))).kind
    }

    #[test]
    fn a_no_is_not_a_not_now() {
        assert_eq!(kind(409, "HARDWARE_ALREADY_BOUND"), FailureKind::Refused);
        assert_eq!(kind(403, "WALLET_BLOCKED"), FailureKind::Refused);
        assert_eq!(kind(400, "INVALID_SIGNATURE"), FailureKind::Refused);
        assert_eq!(kind(409, "CHALLENGE_INVALID"), FailureKind::Temporary);
        assert_eq!(kind(429, "CHALLENGE_RATE_LIMIT"), FailureKind::Temporary);
        assert_eq!(kind(503, "QUEUE_FULL"), FailureKind::Temporary);
        let away = ClientError::Unreachable { url: String::new(), cause: String::new() };
        assert_eq!(Failure::from(&away).kind, FailureKind::Temporary);
    }
}
