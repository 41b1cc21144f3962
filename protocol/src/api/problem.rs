//! The body of a refusal, as far as every node sends it.

use serde::{Deserialize, Serialize};

/// The `code` of an answer that cannot say whether the request was carried out: the store failed
/// at the commit. The same bytes can be sent again without harm.
pub const OUTCOME_UNKNOWN: &str = "OUTCOME_UNKNOWN";
/// The `code` for bytes that were executed before; the answer names the first execution.
pub const REPLAY_DETECTED: &str = "REPLAY_DETECTED";
/// The `code` for another transfer under a used nonce.
pub const OUT_OF_ORDER_NONCE: &str = "OUT_OF_ORDER_NONCE";

/// A refusal. Existing nodes send any part of it; ours send all but `reason`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The stable code for programs, in upper case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What went wrong, in the words of the existing network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `false`, where it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<bool>,
    /// What some existing answers have instead of `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ErrorBody {
    /// The code; where a node sent none, its `error` or `reason` in the shape of one.
    pub fn code(&self) -> Option<String> {
        let spoken = || {
            let words = self.error.as_deref().or(self.reason.as_deref())?;
            let shaped = words.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
            let code: String = shaped.collect::<String>().to_ascii_uppercase();
            Some(code.trim_matches('_').to_owned())
        };
        self.code.clone().or_else(spoken).filter(|code| !code.is_empty())
    }

    /// The text for a person: the longest that the node gave.
    pub fn text(&self) -> Option<&str> {
        self.message.as_deref().or(self.error.as_deref()).or(self.reason.as_deref())
    }

    /// Whether anything in it says no. An empty object is no refusal.
    pub const fn is_refusal(&self) -> bool {
        self.code.is_some()
            || self.error.is_some()
            || self.reason.is_some()
            || matches!(self.ok, Some(false))
    }
}

/// What was executed when the same bytes came before: beside `REPLAY_DETECTED`, from our nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstExecution {
    /// The block it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_height: Option<u64>,
    /// `confirmed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The id of the transfer, 32 hex digits.
    pub tx_id: String,
}

/// Why a nonce is out of order: beside `OUT_OF_ORDER_NONCE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedNonce {
    /// The last nonce that the sender used.
    pub latest_nonce: u64,
    /// The nonce that was refused, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ErrorBody {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn existing_refusals_get_a_code() {
        let replay = r#"{"code":"REPLAY_DETECTED","error":"Nonce already used","nonce":"1016"}"#;
        assert_eq!(read(replay).code().as_deref(), Some("REPLAY_DETECTED"));
        let signature = read(r#"{"error":"Invalid signature"}"#);
        assert_eq!(signature.code().as_deref(), Some("INVALID_SIGNATURE"));
        assert_eq!(signature.text(), Some("Invalid signature"));
        let admin = read(r#"{"ok":false,"reason":"admin_required"}"#);
        assert_eq!(admin.code().as_deref(), Some("ADMIN_REQUIRED"));
        assert!(admin.is_refusal());
    }

    #[test]
    fn an_empty_object_is_no_refusal() {
        assert!(!read("{}").is_refusal());
        assert!(!read(r#"{"ok":true}"#).is_refusal());
        assert_eq!(read("{}").code(), None);
    }
}
