//! Wallets with known keys, and the transfers that they sign.

use keystore::SecretKey;
use protocol::api::owner::OwnerBody;
use protocol::api::transfer::TransferBody;
use protocol::keys::{PublicKey, Signature, Signer};
use protocol::money::Amount;
use protocol::owner_request::{OwnerRequest, SignedOwnerRequest};
use protocol::transfer::{ChainId, SignedTransfer, Transfer};
use protocol::wallet_id::WalletId;
use sha2::{Digest as _, Sha256};

use super::http::{Http, Reply};

/// One RTC in micro-RTC.
pub(crate) const RTC: u64 = 1_000_000;

/// Somebody with a key.
pub(crate) struct Wallet(SecretKey);

/// A signed transfer, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) tx_id: String,
    pub(crate) body: String,
}

/// What a node says about a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    /// In micro-RTC.
    pub(crate) balance: u64,
    pub(crate) last_nonce: u64,
}

impl Wallet {
    /// The wallet of this number; each test has its own node, so numbers start at 0 everywhere.
    pub(crate) fn number(number: u64) -> Self {
        Self::of_seed(&format!("wallet {number}"))
    }

    /// The wallet whose key is the SHA-256 of a text, as with the stand-ins of `tests/clients`.
    pub(crate) fn of_seed(text: &str) -> Self {
        Self(SecretKey::from_bytes(&Sha256::digest(text).into()))
    }

    /// Several wallets.
    pub(crate) fn several(count: u64) -> Vec<Self> {
        (0..count).map(Self::number).collect()
    }

    pub(crate) fn address(&self) -> WalletId {
        self.public_key().address()
    }

    /// Signs a transfer in the form of our own wallets.
    pub(crate) fn pays(&self, chain: &ChainId, to: &WalletId, micro: u64, nonce: u64) -> Payment {
        self.pays_with_memo(chain, to, micro, nonce, "")
    }

    /// Signs a transfer with a memo.
    pub(crate) fn pays_with_memo(
        &self,
        chain: &ChainId,
        to: &WalletId,
        micro: u64,
        nonce: u64,
        memo: &str,
    ) -> Payment {
        let transfer = Transfer {
            from: self.address(),
            to: to.clone(),
            amount: Amount::from_micro(micro).unwrap(),
            nonce,
            memo: memo.to_owned(),
        };
        let signed = SignedTransfer::sign(transfer, chain, &self.0);
        Payment {
            tx_id: signed.tx_id().to_string(),
            body: TransferBody::from(&signed, chain).into_string(),
        }
    }

    /// Signs a claim of what a name has earned; the body.
    pub(crate) fn claims(
        &self,
        chain: &ChainId,
        name: &WalletId,
        to: &WalletId,
        nonce: u64,
    ) -> String {
        let request = OwnerRequest::Claim { to: to.clone() };
        let signed = SignedOwnerRequest::sign(name.clone(), request, nonce, chain, self);
        serde_json::to_string(&OwnerBody::from(&signed)).unwrap()
    }
}

impl Signer for Wallet {
    fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> Signature {
        self.0.sign(message)
    }
}

/// Asks what a wallet holds.
pub(crate) fn account(http: &mut Http, wallet: &WalletId) -> Account {
    account_in(&http.get(&balance_path(wallet)))
}

/// Where a wallet's balance is read.
pub(crate) fn balance_path(wallet: &WalletId) -> String {
    format!("/wallet/balance?miner_id={wallet}")
}

/// What an answer says of a wallet.
pub(crate) fn account_in(reply: &Reply) -> Account {
    let said = reply.expect(200);
    let figure = |name: &str| said[name].as_u64().unwrap_or_else(|| panic!("{name}: {said}"));
    Account { balance: figure("amount_i64"), last_nonce: figure("last_nonce") }
}
