//! Which network a node is on, and how far it is.

use serde::{Deserialize, Serialize};

/// The answer of `GET /epoch`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochInfo {
    /// Slots in an epoch.
    pub blocks_per_epoch: u64,
    /// Miners enrolled in the running epoch.
    pub enrolled_miners: u64,
    /// The running epoch.
    pub epoch: u64,
    /// What is split among the miners of an epoch, in RTC.
    pub epoch_pot: f64,
    /// The running slot, counted from genesis.
    pub slot: u64,
    /// All the RTC there are.
    pub total_supply_rtc: u64,
}

/// The answer of `GET /api/stats`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Length of a slot in seconds.
    pub block_time: u64,
    /// The id of the network.
    pub chain_id: String,
    /// The running epoch.
    pub epoch: u64,
    /// The proposals that the node implements.
    #[serde(default)]
    pub features: Vec<String>,
    /// Withdrawals to other networks that wait.
    #[serde(default)]
    pub pending_withdrawals: u64,
    /// What the node takes care of.
    #[serde(default)]
    pub security: Vec<String>,
    /// All balances together, in RTC.
    pub total_balance: f64,
    /// Wallets that have a balance.
    pub total_miners: u64,
    /// The version of the node's software.
    pub version: String,
}

/// The answer of `GET /network/info`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkInfo {
    /// The newest block.
    #[serde(default)]
    pub block_height: u64,
    /// The id of the network.
    pub chain_id: String,
    /// A figure that old wallets show; transfers cost nothing.
    #[serde(default)]
    pub min_fee: u64,
    /// `mainnet`, `testnet` or `dev`.
    pub network: String,
    /// Nodes that this one is connected to.
    #[serde(default)]
    pub peer_count: u64,
    /// The version of the node's software.
    pub version: String,
}

/// The answer of `GET /api/nodes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodesPage {
    /// Nodes in this answer.
    pub count: u64,
    /// At most so many were asked for.
    pub limit: u64,
    /// The nodes.
    pub nodes: Vec<NodeRow>,
    /// So many were skipped.
    pub offset: u64,
    /// Nodes in all.
    pub total: u64,
}

/// One node of [`NodesPage`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRow {
    /// Whether it takes part.
    #[serde(default)]
    pub is_active: bool,
    /// What its operator calls it.
    #[serde(default)]
    pub name: Option<String>,
    /// Its id.
    pub node_id: String,
    /// Whether it answered of late; null when nobody asked.
    #[serde(default)]
    pub online: Option<bool>,
    /// When it joined, in Unix seconds.
    #[serde(default)]
    pub registered_at: Option<u64>,
    /// Where it answers, if that is public.
    #[serde(default)]
    pub url: Option<String>,
    /// Its operator's wallet.
    #[serde(default)]
    pub wallet: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_existing_answers() {
        let epoch = r#"{"blocks_per_epoch":144,"enrolled_miners":0,"epoch":354,"epoch_pot":1.5,"slot":51041,"total_supply_rtc":8388608}"#;
        let read: EpochInfo = serde_json::from_str(epoch).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), epoch);
        let info = r#"{"block_height":0,"chain_id":"rustchain-mainnet-v2","min_fee":1000,"network":"mainnet","peer_count":0,"version":"2.2.1-security-hardened"}"#;
        let read: NetworkInfo = serde_json::from_str(info).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), info);
        let stats = r#"{"block_time":600,"chain_id":"rustchain-mainnet-v2","epoch":354,"features":["RIP-0005"],"pending_withdrawals":0,"security":["no_mock_sigs"],"total_balance":100.0,"total_miners":2,"version":"2.2.1-security-hardened"}"#;
        let read: Stats = serde_json::from_str(stats).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), stats);
        let nodes = r#"{"count":0,"limit":20,"nodes":[],"offset":0,"total":0}"#;
        let read: NodesPage = serde_json::from_str(nodes).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), nodes);
    }
}
