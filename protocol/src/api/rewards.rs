//! What an epoch paid, and to whom.

use serde::{Deserialize, Serialize};

/// The answer of `GET /rewards/epoch/{epoch}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RewardsPage {
    /// The epoch.
    pub epoch: u64,
    /// At most so many were asked for.
    pub limit: u64,
    /// So many were skipped.
    pub offset: u64,
    /// The shares.
    pub rewards: Vec<Reward>,
}

/// A miner's share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reward {
    /// The miner.
    pub miner_id: String,
    /// The share in micro-RTC.
    pub share_i64: i64,
    /// The share in RTC.
    pub share_rtc: f64,
}

/// The answer of `POST /rewards/settle`.
///
/// `ok` is `false`, with status 200, when an epoch has no miner to pay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettleReply {
    /// Whether the epoch was settled before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub already_settled: Option<bool>,
    /// What was paid, in RTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributed_rtc: Option<f64>,
    /// What was paid, in micro-RTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributed_urtc: Option<i64>,
    /// The epoch.
    pub epoch: u64,
    /// `no_eligible_miners`, when there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Who was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub miners: Option<Vec<SettledMiner>>,
    /// Whether the epoch is settled.
    pub ok: bool,
}

/// A miner's share, with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettledMiner {
    /// The class of the machine.
    #[serde(default)]
    pub device_arch: String,
    /// The miner.
    pub miner_id: String,
    /// What the miner weighed.
    #[serde(default)]
    pub multiplier: f64,
    /// The share in RTC.
    pub share_rtc: f64,
    /// The share in micro-RTC.
    pub share_urtc: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_existing_answers() {
        let text = r#"{"epoch":10,"limit":200,"offset":0,"rewards":[{"miner_id":"m-g4","share_i64":1136363,"share_rtc":1.136363},{"miner_id":"m-x3","share_i64":363637,"share_rtc":0.363637}]}"#;
        let page: RewardsPage = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&page).unwrap(), text);
        let settled = r#"{"distributed_rtc":1.5,"distributed_urtc":1500000,"epoch":10,"miners":[{"device_arch":"G4","miner_id":"m-g4","multiplier":2.282,"share_rtc":1.136363,"share_urtc":1136363}],"ok":true}"#;
        let reply: SettleReply = serde_json::from_str(settled).unwrap();
        assert_eq!(serde_json::to_string(&reply).unwrap(), settled);
        let nobody = r#"{"epoch":1,"error":"no_eligible_miners","ok":false}"#;
        let reply: SettleReply = serde_json::from_str(nobody).unwrap();
        assert_eq!(serde_json::to_string(&reply).unwrap(), nobody);
    }
}
