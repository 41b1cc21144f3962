//! Transfers: the body that is sent, the answer, and what became of one.

use serde::{Deserialize, Serialize};

use crate::canonical_json::{Escaping, write_string};
use crate::transfer::{ChainId, SignedTransfer, Transfer, TxId};

/// The body of `POST /wallet/transfer/signed` for a transfer in the form that our wallets sign.
///
/// Written by hand and not through floats: the amount's text is exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferBody(String);

impl TransferBody {
    /// Writes the body of a signed transfer.
    pub fn from(signed: &SignedTransfer, chain_id: &ChainId) -> Self {
        let transfer = &signed.transfer;
        let mut body = String::with_capacity(512);
        body.push_str("{\"amount_rtc\":");
        transfer.amount.write_python(&mut body);
        if signed.form.chain_id {
            push_text(&mut body, "chain_id", chain_id.as_str());
        }
        body.push_str(",\"fee_rtc\":0.0");
        push_text(&mut body, "from_address", transfer.from.as_str());
        push_text(&mut body, "memo", &transfer.memo);
        body.push_str(",\"nonce\":");
        body.push_str(&transfer.nonce.to_string());
        push_text(&mut body, "public_key", &signed.key.to_hex());
        push_text(&mut body, "signature", &signed.signature.to_hex());
        push_text(&mut body, "to_address", transfer.to.as_str());
        body.push('}');
        Self(body)
    }

    /// The text of the body.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text of the body, given away.
    pub fn into_string(self) -> String {
        self.0
    }
}

fn push_text(body: &mut String, key: &str, value: &str) {
    body.push_str(",\"");
    body.push_str(key);
    body.push_str("\":");
    write_string(body, value, Escaping::Ascii);
}

/// The answer to an accepted transfer.
///
/// Our nodes execute at once (`phase` is `confirmed`); existing ones only take note (`pending`).
/// One existing client refuses an answer with both `ok` and `success`, so either can be absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferReply {
    /// How much was moved, in micro-RTC. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_i64: Option<i64>,
    /// How much was moved, in RTC.
    #[serde(default)]
    pub amount_rtc: f64,
    /// The block it is in. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_height: Option<u64>,
    /// The network.
    #[serde(default)]
    pub chain_id: String,
    /// When it is final, in Unix seconds.
    #[serde(default)]
    pub confirms_at: u64,
    /// In how many hours it is final.
    #[serde(default)]
    pub confirms_in_hours: f64,
    /// Who paid.
    #[serde(default)]
    pub from_address: String,
    /// A sentence for a person.
    #[serde(default)]
    pub message: String,
    /// The nonce that was used up. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<u64>,
    /// Always `true`, where it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ok: Option<bool>,
    /// The row of an existing node's waiting list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_id: Option<u64>,
    /// `confirmed` or `pending`.
    #[serde(default)]
    pub phase: String,
    /// Whether the same bytes would be refused.
    #[serde(default)]
    pub replay_protected: bool,
    /// `Ed25519`.
    #[serde(default)]
    pub signature_type: String,
    /// Always `true`, where it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// Who was paid.
    #[serde(default)]
    pub to_address: String,
    /// The id of the transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tx_hash: Option<String>,
    /// The id of the transfer, again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tx_id: Option<String>,
    /// Whether the signature was checked.
    #[serde(default)]
    pub verified: bool,
}

impl TransferReply {
    /// Whether the node says that it took the transfer.
    pub fn is_accepted(&self) -> bool {
        self.ok.or(self.success) == Some(true) && self.success.or(self.ok) == Some(true)
    }

    /// Whether the transfer is final.
    pub fn is_final(&self) -> bool {
        self.phase == "confirmed"
    }

    /// The id of the transfer, if the node gave one.
    pub fn id(&self) -> Option<TxId> {
        self.tx_hash.as_deref().or(self.tx_id.as_deref())?.parse().ok()
    }
}

/// A transfer that one of our nodes has executed.
///
/// Its answer is a [`TransferReply`]. It is written by hand, since every executed transfer is
/// answered with one; all its texts are of alphabets that JSON need not escape.
#[derive(Debug, Clone, Copy)]
pub struct ExecutedTransfer<'a> {
    /// The transfer.
    pub transfer: &'a Transfer,
    /// Its id.
    pub tx_id: TxId,
    /// The network.
    pub chain_id: &'a ChainId,
    /// Its row in the ledger.
    pub movement: u64,
    /// The block it is in, if that is known.
    pub block_height: Option<u64>,
    /// When it became final, in Unix seconds.
    pub executed_at: u64,
    /// Whether `ok` is left out, for the client that refuses it beside `success`.
    pub without_ok: bool,
}

impl ExecutedTransfer<'_> {
    /// The answer's body.
    pub fn to_json(&self) -> String {
        let Self { transfer, tx_id, chain_id, movement, block_height, executed_at, .. } = self;
        let id = tx_id.to_string();
        let mut out = String::with_capacity(768);
        out.push_str("{\"amount_i64\":");
        push_number(&mut out, transfer.amount.micro());
        out.push_str(",\"amount_rtc\":");
        transfer.amount.write_python(&mut out);
        if let Some(height) = block_height {
            out.push_str(",\"block_height\":");
            push_number(&mut out, *height);
        }
        out.push_str(",\"chain_id\":\"");
        out.push_str(chain_id.as_str());
        out.push_str("\",\"confirms_at\":");
        push_number(&mut out, *executed_at);
        out.push_str(",\"confirms_in_hours\":0.0,\"from_address\":\"");
        out.push_str(transfer.from.as_str());
        out.push_str("\",\"message\":\"Transfer confirmed.\",\"nonce\":");
        push_number(&mut out, transfer.nonce);
        out.push_str(if self.without_ok { "" } else { ",\"ok\":true" });
        out.push_str(",\"pending_id\":");
        push_number(&mut out, *movement);
        out.push_str(",\"phase\":\"confirmed\",\"replay_protected\":true,");
        out.push_str("\"signature_type\":\"Ed25519\",\"success\":true,\"to_address\":\"");
        out.push_str(transfer.to.as_str());
        out.push_str("\",\"tx_hash\":\"");
        out.push_str(&id);
        out.push_str("\",\"tx_id\":\"");
        out.push_str(&id);
        out.push_str("\",\"verified\":true}\n");
        out
    }
}

pub(super) fn push_number(out: &mut String, number: u64) {
    out.push_str(itoa::Buffer::new().format(number));
}

/// The answer of `GET /wallet/tx/{id}`; 404 with the status `not_found`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxStatus {
    /// How much, in micro-RTC. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_i64: Option<i64>,
    /// The block it is in; existing nodes give the slot.
    #[serde(default)]
    pub block_height: Option<u64>,
    /// 1 once it is final, else 0.
    #[serde(default)]
    pub confirmations: u64,
    /// `transaction_not_found`, when it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Who paid. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The sender's note. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    /// The nonce it was signed with. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<u64>,
    /// Whether it was found.
    pub ok: bool,
    /// Where it stands.
    pub status: TxState,
    /// When it was executed, in Unix seconds. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<u64>,
    /// Who was paid. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The id that was asked for.
    pub tx_hash: String,
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TxState {
    /// Taken note of, not executed. Only from existing nodes.
    Pending,
    /// Executed, finally.
    Confirmed,
    /// Not executed, and never will be.
    Failed,
    /// The node knows no such transfer.
    NotFound,
    /// A state that this version does not know.
    #[serde(other)]
    Other,
}

/// The answer of `GET /api/transactions`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransactionsPage {
    /// Transfers in this answer.
    pub count: u64,
    /// Always `true`.
    pub ok: bool,
    /// Transfers in all. Existing nodes count those they looked at.
    pub total: u64,
    /// The transfers.
    pub transactions: Vec<TransactionRow>,
}

/// One transfer, or one side of one, of [`TransactionsPage`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransactionRow {
    /// How much, in micro-RTC.
    pub amount_i64: i64,
    /// How much, in RTC.
    pub amount_rtc: f64,
    /// When it became final, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<u64>,
    /// The other side, in rows of one side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<String>,
    /// Which way the money went, in rows of one side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// The epoch; existing nodes give the slot.
    pub epoch: Option<u64>,
    /// Who paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Whose side it is, in rows of one side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub miner_id: Option<String>,
    /// Which table of an existing node the row is from; `ledger` from ours.
    pub source: String,
    /// `confirmed`, or what keeps it from being so.
    pub status: String,
    /// When, in Unix seconds.
    pub timestamp: u64,
    /// Who was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The id of the transfer.
    pub tx_hash: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::{PublicKey, Signature, Signer};
    use crate::money::Amount;
    use crate::transfer::TransferRequest;
    use crate::wallet_id::WalletId;

    struct Key(ed25519_dalek::SigningKey);

    impl Signer for Key {
        fn public_key(&self) -> PublicKey {
            PublicKey::from_bytes(self.0.verifying_key().to_bytes())
        }

        fn sign(&self, message: &[u8]) -> Signature {
            Signature::from_bytes(ed25519_dalek::Signer::sign(&self.0, message).to_bytes())
        }
    }

    prop_compose! {
        fn transfers()(
            amount in prop_oneof![1_u64..200, 1..=8_388_608_000_000_u64, 1..=Amount::MAX.micro()],
            nonce in 1..=9_223_372_036_854_775_807_u64,
            to in any::<[u8; 20]>(),
            memo in "\\PC{0,40}|[\\x00-\\x1f\"\\\\\u{7f}]{0,20}",
        ) -> Transfer {
            let to = WalletId::from_key_hash(to);
            let amount = Amount::from_micro(amount).unwrap();
            Transfer { from: to.clone(), to, amount, nonce, memo }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn the_node_accepts_the_body(transfer in transfers(), seed in any::<[u8; 32]>()) {
            let chain_id: ChainId = "rustchain-dev".parse().unwrap();
            let key = Key(ed25519_dalek::SigningKey::from_bytes(&seed));
            let signed = SignedTransfer::sign(transfer, &chain_id, &key);
            let body = TransferBody::from(&signed, &chain_id);
            let request = TransferRequest::parse(body.as_str().as_bytes()).unwrap();
            let verified = request.verify_alone(&chain_id).unwrap();
            prop_assert_eq!(verified.tx_id(), signed.tx_id());
            prop_assert_eq!(verified.into_inner(), signed);
        }
    }

    #[test]
    fn reads_an_existing_reply() {
        let text = r#"{"amount_rtc":1.5,"chain_id":"rustchain-mainnet-v2","confirms_at":1795419191,"confirms_in_hours":24.0,"from_address":"RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4","message":"Transfer pending. Will confirm in 24 hours unless voided.","ok":true,"pending_id":1,"phase":"pending","replay_protected":true,"signature_type":"Ed25519","to_address":"RTC9d4a423b1f9080df2b3e726b4225cf8fb45c813c","tx_hash":"c84d43485620136d5b9397c961bbe4b8","verified":true}"#;
        let reply: TransferReply = serde_json::from_str(text).unwrap();
        assert!(reply.is_accepted() && !reply.is_final());
        assert_eq!(reply.id().unwrap().to_string(), "c84d43485620136d5b9397c961bbe4b8");
        assert_eq!(serde_json::to_string(&reply).unwrap(), text);
    }

    proptest! {
        /// What is written by hand is a reply, with every member.
        #[test]
        fn an_executed_transfer_is_answered_with_a_reply(
            micro in 1_u64..8_388_608_000_000,
            nonce in 1_u64..=i64::MAX.unsigned_abs(),
            movement in any::<u64>(),
            block_height in proptest::option::of(any::<u64>()),
            executed_at in any::<u64>(),
            without_ok in any::<bool>(),
            hashes in any::<([u8; 20], [u8; 20])>(),
            id in any::<[u8; 16]>(),
        ) {
            let transfer = Transfer {
                from: WalletId::from_key_hash(hashes.0),
                to: WalletId::from_key_hash(hashes.1),
                amount: Amount::from_micro(micro).unwrap(),
                nonce,
                memo: "\"not told\"".to_owned(),
            };
            let chain_id: ChainId = "rustchain-mainnet-v2".parse().unwrap();
            let tx_id = TxId::from_bytes(id);
            let executed = ExecutedTransfer {
                transfer: &transfer,
                tx_id,
                chain_id: &chain_id,
                movement,
                block_height,
                executed_at,
                without_ok,
            };
            let expected = TransferReply {
                amount_i64: Some(i64::try_from(micro).unwrap()),
                amount_rtc: crate::api::rtc_f64(transfer.amount),
                block_height,
                chain_id: chain_id.to_string(),
                confirms_at: executed_at,
                confirms_in_hours: 0.0,
                from_address: transfer.from.to_string(),
                message: "Transfer confirmed.".to_owned(),
                nonce: Some(nonce),
                ok: (!without_ok).then_some(true),
                pending_id: Some(movement),
                phase: "confirmed".to_owned(),
                replay_protected: true,
                signature_type: "Ed25519".to_owned(),
                success: Some(true),
                to_address: transfer.to.to_string(),
                tx_hash: Some(tx_id.to_string()),
                tx_id: Some(tx_id.to_string()),
                verified: true,
            };
            let reply: TransferReply = serde_json::from_str(&executed.to_json()).unwrap();
            prop_assert_eq!(reply, expected);
        }
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        let accepted =
            |text: &str| serde_json::from_str::<TransferReply>(text).unwrap().is_accepted();
        assert!(accepted(r#"{"success":true,"tx_id":"00"}"#));
        assert!(!accepted("{}"));
        assert!(!accepted(r#"{"ok":true,"success":false}"#));
    }

    #[test]
    fn reads_existing_states() {
        let text = r#"{"block_height":51043,"confirmations":1,"ok":true,"status":"confirmed","tx_hash":"c84d43485620136d5b9397c961bbe4b8"}"#;
        let status: TxStatus = serde_json::from_str(text).unwrap();
        assert_eq!(status.status, TxState::Confirmed);
        assert_eq!(serde_json::to_string(&status).unwrap(), text);
        let missing = r#"{"error":"transaction_not_found","ok":false,"status":"not_found","tx_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;
        let status: TxStatus = serde_json::from_str(missing).unwrap();
        assert_eq!(status.status, TxState::NotFound);
    }
}
