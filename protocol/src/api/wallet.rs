//! What a wallet holds, and how it came to hold it.

mod history_text;

use serde::{Deserialize, Serialize};

pub use history_text::{EntryText, HistoryText};

use super::transfer::push_number;
use super::{amount_of_pair, micro_i64, rtc_f64};
use crate::money::Amount;
use crate::wallet_id::WalletId;

/// The answer of `GET /wallet/balance` and `GET /api/wallet/{id}`.
///
/// It never has a member `balance`: one existing client reads that as a second `amount_rtc` and
/// refuses the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The balance in micro-RTC. Below zero on some existing nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_i64: Option<i64>,
    /// The balance in RTC.
    pub amount_rtc: f64,
    /// Whether the wallet has an account. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    /// The last nonce that it signed with, 0 for none. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_nonce: Option<u64>,
    /// The wallet that was asked for.
    pub miner_id: String,
    /// The next nonce to sign with. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<u64>,
}

impl Balance {
    /// The answer about an account: what it holds and the last nonce it used.
    pub fn of_account(wallet: &WalletId, amount: Amount, last_nonce: u64) -> Self {
        Self {
            amount_i64: Some(micro_i64(amount)),
            amount_rtc: rtc_f64(amount),
            exists: Some(true),
            last_nonce: Some(last_nonce),
            miner_id: wallet.to_string(),
            nonce: Some(last_nonce.saturating_add(1)),
        }
    }

    /// The text of [`Balance::of_account`], or of the same about a wallet that has no account and
    /// holds nothing. Written by hand, since nothing is asked for more often; a wallet id needs no
    /// escaping.
    pub fn json_of(wallet: &WalletId, amount: Amount, last_nonce: u64, exists: bool) -> String {
        let mut out = String::with_capacity(256);
        out.push_str("{\"amount_i64\":");
        push_number(&mut out, amount.micro());
        out.push_str(",\"amount_rtc\":");
        amount.write_python(&mut out);
        out.push_str(if exists { ",\"exists\":true" } else { ",\"exists\":false" });
        out.push_str(",\"last_nonce\":");
        push_number(&mut out, last_nonce);
        out.push_str(",\"miner_id\":\"");
        out.push_str(wallet.as_str());
        out.push_str("\",\"nonce\":");
        push_number(&mut out, last_nonce.saturating_add(1));
        out.push_str("}\n");
        out
    }

    /// The balance, exactly; `None` when the node said something that is no balance.
    pub fn amount(&self) -> Option<Amount> {
        amount_of_pair(self.amount_i64, self.amount_rtc)
    }
}

/// The answer of `GET /balance/{id}`, an older shape of [`Balance`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlainBalance {
    /// The balance in micro-RTC.
    pub amount_i64: i64,
    /// The balance in RTC.
    pub balance_rtc: f64,
    /// The wallet that was asked for.
    pub miner_pk: String,
}

/// The answer of `GET /wallet/history`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// The wallet that was asked for.
    pub miner_id: String,
    /// What to send as `cursor` for the next page; absent on the last one, and from existing nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Always `true`.
    pub ok: bool,
    /// Entries up to the last one here: offset plus those shown. A wallet's entries are not counted.
    pub total: u64,
    /// The entries.
    pub transactions: Vec<HistoryEntry>,
}

/// One entry of [`HistoryPage`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// How much, in RTC, never below zero: `type` says in which direction.
    pub amount: f64,
    /// How much, in micro-RTC. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_i64: Option<i64>,
    /// The block it is in. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_height: Option<u64>,
    /// The epoch it belongs to.
    pub epoch: Option<u64>,
    /// Who paid, in entries of money that came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The sender's note. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    /// What a row of the ledger was written for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What keeps it from being final; absent once it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When, in Unix seconds; 0 for rewards of existing nodes.
    pub timestamp: u64,
    /// Who was paid, in entries of money that went out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The id of the transfer; null for what is none.
    pub tx_hash: Option<String>,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntryKind,
}

/// What an entry of the history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A transfer to the wallet.
    TransferIn,
    /// A transfer from the wallet.
    TransferOut,
    /// Another row of the ledger.
    Ledger,
    /// A share of an epoch's pot.
    Reward,
    /// A kind that this version does not know.
    #[serde(other)]
    Other,
}

impl HistoryEntry {
    /// How much, exactly; `None` when the node said something that is no amount.
    pub fn amount(&self) -> Option<Amount> {
        amount_of_pair(self.amount_i64, self.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_by_hand_is_the_same() {
        let wallet = WalletId::parse("a.b_c:d-e").unwrap();
        for (micro, last_nonce) in [(0, 0), (1, 1), (10, 7), (1_500_000, 9), (8_388_608_000_000, 2)]
        {
            let amount = Amount::from_micro(micro).unwrap();
            let read = |exists| -> Balance {
                let text = Balance::json_of(&wallet, amount, last_nonce, exists);
                serde_json::from_str(&text).unwrap()
            };
            let expected = Balance::of_account(&wallet, amount, last_nonce);
            assert_eq!(read(true), expected);
            assert_eq!(read(false), Balance { exists: Some(false), ..expected });
        }
    }

    #[test]
    fn reads_existing_balances() {
        let text = r#"{"amount_i64":1136363,"amount_rtc":1.136363,"miner_id":"foo"}"#;
        let balance: Balance = serde_json::from_str(text).unwrap();
        assert_eq!(balance.amount().map(Amount::micro), Some(1_136_363));
        assert_eq!(serde_json::to_string(&balance).unwrap(), text);
        let document: Balance =
            serde_json::from_str(r#"{"amount_rtc":100.5,"miner_id":"X"}"#).unwrap();
        assert_eq!(document.amount().map(Amount::micro), Some(100_500_000));
        assert!(serde_json::from_str::<Balance>("{}").is_err());
    }

    #[test]
    fn writes_our_balances() {
        let wallet = WalletId::parse("dual-g4-125").unwrap();
        let balance = Balance::of_account(&wallet, Amount::from_micro(1_500_000).unwrap(), 7);
        assert_eq!(
            serde_json::to_string(&balance).unwrap(),
            r#"{"amount_i64":1500000,"amount_rtc":1.5,"exists":true,"last_nonce":7,"miner_id":"dual-g4-125","nonce":8}"#
        );
    }

    #[test]
    fn reads_existing_history() {
        let text = r#"{"miner_id":"a","ok":true,"total":2,"transactions":[{"amount":1.5,"epoch":null,"status":"pending","timestamp":1795332791,"to":"b","tx_hash":"c84d43485620136d5b9397c961bbe4b8","type":"transfer_out"},{"amount":0.25,"epoch":3,"timestamp":0,"tx_hash":null,"type":"stake"}]}"#;
        let page: HistoryPage = serde_json::from_str(text).unwrap();
        assert_eq!(page.transactions[0].kind, EntryKind::TransferOut);
        assert_eq!(page.transactions[0].amount().map(Amount::micro), Some(1_500_000));
        assert_eq!(page.transactions[1].kind, EntryKind::Other);
        let first = serde_json::to_string(&page.transactions[0]).unwrap();
        assert!(text.contains(&first), "{first}");
    }
}
