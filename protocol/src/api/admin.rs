//! What needs an admin key: bodies and answers.

use serde::{Deserialize, Serialize};

/// The header that carries an admin key.
pub const ADMIN_KEY_HEADER: &str = "x-admin-key";
/// The same, for those paths whose existing clients send this one.
pub const API_KEY_HEADER: &str = "x-api-key";

/// The answer of `POST /wallet/transfer`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdminTransferReply {
    /// How much was moved, in micro-RTC. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_i64: Option<i64>,
    /// How much was moved, in RTC.
    pub amount_rtc: f64,
    /// When it is final, in Unix seconds.
    #[serde(default)]
    pub confirms_at: u64,
    /// In how many hours it is final.
    #[serde(default)]
    pub confirms_in_hours: f64,
    /// Who paid.
    pub from_miner: String,
    /// A sentence for a person.
    #[serde(default)]
    pub message: String,
    /// Always `true`.
    pub ok: bool,
    /// The row of an existing node's waiting list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_id: Option<u64>,
    /// `confirmed` or `pending`.
    pub phase: String,
    /// Who was paid.
    pub to_miner: String,
    /// The id of the transfer.
    pub tx_hash: String,
}

/// The answer of `GET /wallet/ledger`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerPage {
    /// The rows.
    pub items: Vec<LedgerRow>,
}

/// A change of one balance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// The change in micro-RTC.
    pub delta_i64: i64,
    /// The change in RTC.
    pub delta_rtc: f64,
    /// The epoch; existing nodes give the slot.
    pub epoch: Option<u64>,
    /// Whose balance.
    pub miner_id: String,
    /// What for: `transfer_out:{to}:{tx}`, `transfer_in:{from}:{tx}`, `epoch_{n}_reward`.
    pub reason: String,
    /// When, in Unix seconds.
    pub ts: u64,
}

/// The answer of `GET /wallet/balances/all`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AllBalances {
    /// The balances.
    pub balances: Vec<BalanceRow>,
    /// Their sum in micro-RTC.
    pub total_i64: i64,
    /// Their sum in RTC.
    pub total_rtc: f64,
}

/// The answer of `GET /api/balances`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BalancesPage {
    /// The balances.
    pub balances: Vec<BalanceRow>,
    /// Balances in this answer.
    pub count: u64,
    /// Always `true`.
    pub ok: bool,
}

/// One balance of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BalanceRow {
    /// The balance in micro-RTC.
    pub amount_i64: i64,
    /// The balance in RTC.
    pub amount_rtc: f64,
    /// The wallet.
    pub miner_id: String,
}

/// The answer of `GET /pending/integrity`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Integrity {
    /// Balances that are not the sum of their rows; null when there are none.
    pub mismatches: Option<Vec<Mismatch>>,
    /// Whether every balance is the sum of its rows.
    pub ok: bool,
    /// Transfers that are not final yet.
    #[serde(default)]
    pub pending_transfers: u64,
    /// Wallets that were checked.
    pub total_miners_checked: u64,
}

/// A balance that is not the sum of its rows, in RTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mismatch {
    /// The balance.
    pub balance_rtc: f64,
    /// Balance minus sum.
    pub diff_rtc: f64,
    /// The sum of the rows.
    pub ledger_sum_rtc: f64,
    /// The wallet.
    pub miner_id: String,
}

/// The answer of `GET /pending/list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingList {
    /// Transfers in this answer.
    pub count: u64,
    /// How long the oldest is overdue, in seconds.
    #[serde(default)]
    pub max_confirm_overdue_seconds: u64,
    /// Always `true`.
    pub ok: bool,
    /// Why overdue transfers could not be counted.
    #[serde(default)]
    pub overdue_stats_error: Option<String>,
    /// Whether overdue transfers were counted.
    #[serde(default)]
    pub overdue_stats_measured: bool,
    /// The transfers.
    pub pending: Vec<PendingRow>,
    /// How many are overdue.
    #[serde(default)]
    pub stale_pending_count: u64,
}

/// A transfer that an existing node has taken note of. Ours execute at once and have none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingRow {
    /// How much, in RTC.
    pub amount_rtc: f64,
    /// When it is final, in Unix seconds.
    pub confirms_at: u64,
    /// Who pays.
    pub from_miner: String,
    /// The number of the row.
    pub id: u64,
    /// What for.
    #[serde(default)]
    pub reason: Option<String>,
    /// `pending`, `confirmed` or `voided`.
    pub status: String,
    /// Who is paid.
    pub to_miner: String,
    /// When it was taken note of, in Unix seconds.
    pub ts: u64,
    /// The id of the transfer.
    #[serde(default)]
    pub tx_hash: Option<String>,
    /// Who voided it.
    #[serde(default)]
    pub voided_by: Option<String>,
    /// Why it was voided.
    #[serde(default)]
    pub voided_reason: Option<String>,
}

/// The body of `POST /miner/headerkey`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderKeyBody {
    /// `register` or `revoke`; absent for the former.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The miner.
    pub miner_id: String,
    /// Its key, 64 hex digits.
    pub pubkey_hex: String,
}

/// The answer of `POST /miner/headerkey`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderKeyReply {
    /// The miner.
    pub miner_id: String,
    /// Always `true`.
    pub ok: bool,
    /// Its key.
    pub pubkey_hex: String,
    /// Whether the key was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<bool>,
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;

    fn survives<T: Serialize + DeserializeOwned>(text: &str) {
        let value: T = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
    }

    #[test]
    fn reads_and_writes_the_existing_answers() {
        survives::<AdminTransferReply>(
            r#"{"amount_rtc":2.0,"confirms_at":1795419191,"confirms_in_hours":24.0,"from_miner":"RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4","message":"Transfer already pending for idempotency key.","ok":true,"pending_id":14,"phase":"pending","to_miner":"bob","tx_hash":"eb178b9e6903ae55d05ac6e8a717ea79"}"#,
        );
        survives::<LedgerPage>(
            r#"{"items":[{"delta_i64":-1500000,"delta_rtc":-1.5,"epoch":51043,"miner_id":"a","reason":"transfer_out:b:c","ts":1795332791}]}"#,
        );
        survives::<AllBalances>(
            r#"{"balances":[{"amount_i64":95500000,"amount_rtc":95.5,"miner_id":"a"}],"total_i64":100000000,"total_rtc":100.0}"#,
        );
        survives::<BalancesPage>(r#"{"balances":[],"count":0,"ok":true}"#);
        survives::<Integrity>(
            r#"{"mismatches":[{"balance_rtc":95.5,"diff_rtc":100.0,"ledger_sum_rtc":-4.5,"miner_id":"a"}],"ok":false,"pending_transfers":1,"total_miners_checked":2}"#,
        );
        survives::<PendingList>(
            r#"{"count":1,"max_confirm_overdue_seconds":0,"ok":true,"overdue_stats_error":null,"overdue_stats_measured":true,"pending":[{"amount_rtc":1.5,"confirms_at":1795419191,"from_miner":"a","id":13,"reason":"signed_transfer:","status":"pending","to_miner":"b","ts":1795332791,"tx_hash":"6e43f72cc9fb70914a0924083b88f055","voided_by":null,"voided_reason":null}],"stale_pending_count":0}"#,
        );
    }
}
