//! What can go wrong between us and a node, and whether anything was sent.

use std::time::Duration;

use protocol::api::problem::{ErrorBody, FirstExecution, OUTCOME_UNKNOWN, UsedNonce};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use thiserror::Error;

/// Why there is no answer that one could use.
#[derive(Debug, Error)]
pub enum ClientError {
    /// No connection came about: nothing was sent.
    #[error("node unreachable at {url}: {cause}")]
    Unreachable {
        /// The node.
        url: String,
        /// What the system, or TLS, said.
        cause: String,
    },
    /// The connection could not even be tried: nothing was sent.
    #[error("cannot set up the connection to {url}: {cause}")]
    Setup {
        /// The node.
        url: String,
        /// What is wrong.
        cause: String,
    },
    /// The request was sent, or part of it, and no answer came in time.
    #[error("no answer from {url} within {} s", .after.as_secs())]
    Timeout {
        /// The node.
        url: String,
        /// How long was waited.
        after: Duration,
    },
    /// The request was sent, or part of it, and the connection broke before the answer was there.
    #[error("the connection to {url} broke: {cause}")]
    Interrupted {
        /// The node.
        url: String,
        /// What the system said.
        cause: String,
    },
    /// A node said no.
    #[error("the node refused: {0}")]
    Refused(Box<Refusal>),
    /// Whoever answered is no RustChain node: a web page, a redirect, somebody else's JSON.
    #[error("{url} does not answer like a RustChain node: {reason}")]
    NotANode {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What is unlike a node.
        reason: String,
    },
    /// A node answered with something that makes no sense.
    #[error("the answer of {url} makes no sense: {reason}")]
    BadAnswer {
        /// The node and the path.
        url: String,
        /// What makes no sense.
        reason: String,
    },
}

/// Whether a request that failed may have been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Nothing was sent.
    NotSent,
    /// It was sent; whether it was carried out is unknown. The same bytes can be sent again.
    Unknown,
    /// It was answered, and not carried out.
    Refused,
}

/// A node's no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message} ({code}, status {status})")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The stable code; made from the node's words where it sent none.
    pub code: String,
    /// The node's words for a person.
    pub message: String,
    /// How long the node wants to be left alone.
    pub retry_after: Option<Duration>,
    /// The whole body.
    pub details: Map<String, Value>,
}

impl Refusal {
    /// Reads a body that says no; gives it back when it does not.
    pub(crate) fn read(
        status: u16,
        retry_after: Option<Duration>,
        body: Value,
    ) -> Result<Self, Value> {
        let Value::Object(details) = body else { return Err(body) };
        let text = |key: &str| details.get(key).and_then(Value::as_str).map(str::to_owned);
        let body = ErrorBody {
            code: text("code"),
            error: text("error"),
            message: text("message"),
            ok: details.get("ok").or_else(|| details.get("success")).and_then(Value::as_bool),
            reason: text("reason"),
        };
        if !body.is_refusal() {
            return Err(Value::Object(details));
        }
        let code = body.code().unwrap_or_else(|| format!("HTTP_{status}"));
        let message = body.text().unwrap_or("no reason given").to_owned();
        Ok(Self { status, code, message, retry_after, details })
    }

    /// What was executed when the same bytes came before, beside `REPLAY_DETECTED`.
    pub fn first_execution(&self) -> Option<FirstExecution> {
        self.details()
    }

    /// The last nonce that was used, beside `OUT_OF_ORDER_NONCE`.
    pub fn used_nonce(&self) -> Option<UsedNonce> {
        self.details()
    }

    fn details<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(Value::Object(self.details.clone())).ok()
    }

    /// Whether the same request may succeed later: the node is busy, or asked to be left alone.
    pub const fn is_temporary(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500 | 502 | 503 | 504 | 507)
    }
}

impl ClientError {
    /// Whether the request that failed may have been carried out.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Unreachable { .. } | Self::Setup { .. } => Delivery::NotSent,
            Self::Timeout { .. } | Self::Interrupted { .. } | Self::BadAnswer { .. } => {
                Delivery::Unknown
            }
            Self::Refused(refusal) => match refusal.status {
                500 | 502 | 504 => Delivery::Unknown,
                _ if refusal.code == OUTCOME_UNKNOWN => Delivery::Unknown,
                _ => Delivery::Refused,
            },
            // Somebody on the way turned the request down, or passed it on and lost the answer.
            Self::NotANode { status: 300..=499, .. } => Delivery::Refused,
            Self::NotANode { .. } => Delivery::Unknown,
        }
    }

    /// The node's no, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        if let Self::Refused(refusal) = self { Some(refusal) } else { None }
    }

    /// Whether the same request may succeed later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Timeout { .. } | Self::Interrupted { .. } => true,
            Self::Refused(refusal) => refusal.is_temporary(),
            // A proxy in front of a node that is away answers with a page of its own.
            Self::NotANode { status, .. } => *status >= 500,
            Self::Setup { .. } | Self::BadAnswer { .. } => false,
        }
    }

    /// How long the node wants to be left alone, if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.refusal()?.retry_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Option<Refusal> {
        Refusal::read(status, None, serde_json::from_str(body).unwrap()).ok()
    }

    fn delivery(status: u16, body: &str) -> Delivery {
        ClientError::Refused(Box::new(read(status, body).unwrap())).delivery()
    }

    #[test]
    fn refusals_keep_what_the_node_said() {
        let body = r#"{"code":"REPLAY_DETECTED","error":"Nonce already used","block_height":7,
            "status":"confirmed","tx_id":"c84d43485620136d5b9397c961bbe4b8"}"#;
        let refusal = read(400, body).unwrap();
        assert_eq!(
            (refusal.code.as_str(), refusal.message.as_str()),
            ("REPLAY_DETECTED", "Nonce already used")
        );
        assert_eq!(refusal.first_execution().unwrap().block_height, Some(7));
        let used = read(400, r#"{"code":"OUT_OF_ORDER_NONCE","latest_nonce":1016,"nonce":"5"}"#);
        assert_eq!(used.unwrap().used_nonce().unwrap().latest_nonce, 1016);
        assert_eq!(read(403, r#"{"success":false}"#).unwrap().code, "HTTP_403");
        assert_eq!(read(404, "{}"), None);
        assert_eq!(read(404, "[]"), None);
    }

    #[test]
    fn a_fault_of_the_node_leaves_the_outcome_open() {
        let no = r#"{"error":"x"}"#;
        assert_eq!(delivery(400, no), Delivery::Refused);
        assert_eq!(delivery(503, no), Delivery::Refused);
        assert_eq!(delivery(500, no), Delivery::Unknown);
        assert_eq!(delivery(503, r#"{"code":"OUTCOME_UNKNOWN"}"#), Delivery::Unknown);
    }

    #[test]
    fn pages_of_a_proxy_say_whether_it_passed_the_request_on() {
        let page =
            |status| ClientError::NotANode { url: String::new(), status, reason: String::new() };
        assert_eq!(page(404).delivery(), Delivery::Refused);
        assert_eq!(page(301).delivery(), Delivery::Refused);
        assert_eq!(page(504).delivery(), Delivery::Unknown);
        assert_eq!(page(200).delivery(), Delivery::Unknown);
        assert!(page(502).is_temporary() && !page(404).is_temporary());
    }
}
