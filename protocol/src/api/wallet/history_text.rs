//! The text of [`HistoryPage`](super::HistoryPage), written by hand: a page has fifty entries, and
//! making values of them first costs as much as reading them.

use super::EntryKind;
use crate::api::transfer::push_number;
use crate::canonical_json::{Escaping, write_string};
use crate::money::Amount;
use crate::transfer::TxId;
use crate::wallet_id::WalletId;

/// What an entry says; [`HistoryEntry`](super::HistoryEntry) describes the members.
#[derive(Debug, Clone, Copy)]
pub struct EntryText<'e> {
    /// How much.
    pub amount: Amount,
    /// The block it is in.
    pub block_height: u64,
    /// The epoch it belongs to.
    pub epoch: u64,
    /// Who paid, in entries of money that came in.
    pub from: Option<&'e WalletId>,
    /// The sender's note; empty for none.
    pub memo: &'e str,
    /// What a row of the ledger was written for.
    pub reason: Option<&'e str>,
    /// When, in Unix seconds.
    pub timestamp: u64,
    /// Who was paid, in entries of money that went out.
    pub to: Option<&'e WalletId>,
    /// The id of the transfer.
    pub tx_id: Option<&'e TxId>,
    /// What it is.
    pub kind: EntryKind,
}

/// A page in the making.
#[derive(Debug)]
pub struct HistoryText {
    out: String,
    entries: u64,
}

/// Room for a usual entry, in bytes.
const ENTRY_BYTES: usize = 256;

impl HistoryText {
    /// Begins a page about a wallet. `next_cursor` continues behind it, when anything is there;
    /// `total` is what was looked at.
    pub fn begin(wallet: &WalletId, next_cursor: Option<u64>, total: u64, entries: usize) -> Self {
        let mut out = String::with_capacity(entries.saturating_add(1).saturating_mul(ENTRY_BYTES));
        out.push_str("{\"miner_id\":\"");
        out.push_str(wallet.as_str());
        if let Some(cursor) = next_cursor {
            out.push_str("\",\"next_cursor\":\"");
            push_number(&mut out, cursor);
        }
        out.push_str("\",\"ok\":true,\"total\":");
        push_number(&mut out, total);
        out.push_str(",\"transactions\":[");
        Self { out, entries: 0 }
    }

    /// Adds the next entry. Wallet ids need no escaping.
    pub fn add(&mut self, entry: &EntryText<'_>) {
        let out = &mut self.out;
        out.push_str(if self.entries == 0 { "{\"amount\":" } else { ",{\"amount\":" });
        self.entries = self.entries.saturating_add(1);
        entry.amount.write_python(out);
        out.push_str(",\"amount_i64\":");
        push_number(out, entry.amount.micro());
        out.push_str(",\"block_height\":");
        push_number(out, entry.block_height);
        out.push_str(",\"epoch\":");
        push_number(out, entry.epoch);
        if let Some(from) = entry.from {
            out.push_str(",\"from\":\"");
            out.push_str(from.as_str());
            out.push('"');
        }
        if !entry.memo.is_empty() {
            out.push_str(",\"memo\":");
            write_string(out, entry.memo, Escaping::Ascii);
        }
        if let Some(reason) = entry.reason {
            out.push_str(",\"reason\":");
            write_string(out, reason, Escaping::Ascii);
        }
        out.push_str(",\"timestamp\":");
        push_number(out, entry.timestamp);
        if let Some(to) = entry.to {
            out.push_str(",\"to\":\"");
            out.push_str(to.as_str());
            out.push('"');
        }
        match entry.tx_id {
            Some(tx_id) => {
                out.push_str(",\"tx_hash\":\"");
                tx_id.write(out);
                out.push('"');
            }
            None => out.push_str(",\"tx_hash\":null"),
        }
        out.push_str(match entry.kind {
            EntryKind::TransferIn => ",\"type\":\"transfer_in\"}",
            EntryKind::TransferOut => ",\"type\":\"transfer_out\"}",
            EntryKind::Ledger => ",\"type\":\"ledger\"}",
            EntryKind::Reward => ",\"type\":\"reward\"}",
            EntryKind::Other => ",\"type\":\"other\"}",
        });
    }

    /// Ends the page.
    pub fn finish(self) -> String {
        self.out + "]}\n"
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::api::wallet::{HistoryEntry, HistoryPage};
    use crate::api::{micro_i64, rtc_f64};

    fn wallets() -> impl Strategy<Value = WalletId> {
        "[A-Za-z0-9._:-]{1,40}".prop_filter_map("misspelt", |text| WalletId::parse(&text).ok())
    }

    #[derive(Debug)]
    struct Sample {
        amount: u64,
        numbers: (u64, u64, u64),
        from: Option<WalletId>,
        to: Option<WalletId>,
        memo: String,
        reason: Option<String>,
        tx_id: Option<TxId>,
        kind: EntryKind,
    }

    prop_compose! {
        fn samples()(
            amount in 0..=8_388_608_000_000_u64,
            numbers in any::<(u64, u64, u64)>(),
            from in option::of(wallets()),
            to in option::of(wallets()),
            memo in ".{0,30}",
            reason in option::of(".{0,30}"),
            tx_id in option::of(any::<[u8; 16]>()),
            kind in 0_usize..5,
        ) -> Sample {
            let kinds = [
                EntryKind::TransferIn,
                EntryKind::TransferOut,
                EntryKind::Ledger,
                EntryKind::Reward,
                EntryKind::Other,
            ];
            let tx_id = tx_id.map(TxId::from_bytes);
            Sample { amount, numbers, from, to, memo, reason, tx_id, kind: kinds[kind] }
        }
    }

    proptest! {
        #[test]
        fn a_page_reads_back_as_what_it_was_written_from(
            wallet in wallets(),
            cursor in option::of(any::<u64>()),
            total in any::<u64>(),
            samples in vec(samples(), 0..5),
        ) {
            let mut text = HistoryText::begin(&wallet, cursor, total, samples.len());
            let mut transactions = Vec::new();
            for sample in &samples {
                let amount = Amount::from_micro(sample.amount).unwrap();
                let (block_height, epoch, timestamp) = sample.numbers;
                text.add(&EntryText {
                    amount,
                    block_height,
                    epoch,
                    from: sample.from.as_ref(),
                    memo: &sample.memo,
                    reason: sample.reason.as_deref(),
                    timestamp,
                    to: sample.to.as_ref(),
                    tx_id: sample.tx_id.as_ref(),
                    kind: sample.kind,
                });
                transactions.push(HistoryEntry {
                    amount: rtc_f64(amount),
                    amount_i64: Some(micro_i64(amount)),
                    block_height: Some(block_height),
                    epoch: Some(epoch),
                    from: sample.from.as_ref().map(ToString::to_string),
                    memo: Some(sample.memo.clone()).filter(|memo| !memo.is_empty()),
                    reason: sample.reason.clone(),
                    status: None,
                    timestamp,
                    to: sample.to.as_ref().map(ToString::to_string),
                    tx_hash: sample.tx_id.map(|id| id.to_string()),
                    kind: sample.kind,
                });
            }
            let text = text.finish();
            let expected = HistoryPage {
                miner_id: wallet.to_string(),
                next_cursor: cursor.map(|cursor| cursor.to_string()),
                ok: true,
                total,
                transactions,
            };
            let read: HistoryPage = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&read, &expected);
            // Members stand where the serialiser would put them.
            let ascii = |text: &str| text.is_ascii();
            if samples.iter().all(|s| ascii(&s.memo) && s.reason.as_deref().is_none_or(ascii)) {
                let serialised = serde_json::to_string(&expected).unwrap().replace('\u{7f}', "\\u007f");
                prop_assert_eq!(text.trim_end(), serialised);
            }
        }
    }
}
