//! Blocks and headers, for people who look at the chain.

use serde::{Deserialize, Serialize};

/// The answer of `GET /api/blocks`, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlocksPage {
    /// The blocks.
    pub blocks: Vec<BlockRow>,
    /// Blocks in this answer.
    pub count: u64,
    /// Always `true`.
    pub ok: bool,
    /// Blocks in all.
    pub total: u64,
}

/// One block. Its transfers are asked for on their own: a body can hold thousands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockRow {
    /// Attestations in the block.
    #[serde(default)]
    pub attestation_count: u64,
    /// A root over the attestations, from existing nodes.
    #[serde(default)]
    pub attestations_hash: Option<String>,
    /// The hash of the header, 64 hex digits.
    #[serde(default)]
    pub block_hash: String,
    /// When the node wrote it down, in Unix seconds.
    #[serde(default)]
    pub created_at: Option<u64>,
    /// The hash of the header, again.
    #[serde(default)]
    pub hash: String,
    /// The number of the block.
    pub height: u64,
    /// The root over the commands.
    #[serde(default)]
    pub merkle_root: String,
    /// The hash of the header before.
    #[serde(default)]
    pub prev_hash: String,
    /// Who put it together.
    #[serde(default)]
    pub producer: String,
    /// The root over the state.
    #[serde(default)]
    pub state_root: String,
    /// The block's time in Unix seconds.
    #[serde(default)]
    pub timestamp: u64,
    /// Commands in the block.
    #[serde(default)]
    pub tx_count: u64,
}

/// The answer of `GET /headers/tip`; 404 with nulls when there is no header.
///
/// Existing nodes speak of the headers that miners send, ours of their own chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadersTip {
    /// The number of the newest block. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    /// Who made it.
    pub miner: Option<String>,
    /// The first 20 characters of its signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_prefix: Option<String>,
    /// Its slot. Required, if only as null: it is what makes the answer recognisable.
    #[serde(deserialize_with = "Option::deserialize")]
    pub slot: Option<u64>,
    /// Its age in seconds.
    pub tip_age: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_existing_answers() {
        let empty = r#"{"blocks":[],"count":0,"ok":true,"total":0}"#;
        let page: BlocksPage = serde_json::from_str(empty).unwrap();
        assert_eq!(serde_json::to_string(&page).unwrap(), empty);
        let none = r#"{"miner":null,"slot":null,"tip_age":null}"#;
        let tip: HeadersTip = serde_json::from_str(none).unwrap();
        assert_eq!(serde_json::to_string(&tip).unwrap(), none);
        assert!(serde_json::from_str::<HeadersTip>("{}").is_err());
    }
}
