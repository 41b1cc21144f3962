//! What the books say of an account, in the form that a state root binds.

use crate::admin::read_wallet_id;
use crate::encoding::{DecodeError, Encode, Hash, Reader, put_bytes, tagged_hash_of_parts};
use crate::money::Amount;
use crate::wallet_id::WalletId;

/// The leaf of an account in the accounts tree; the account's number is the leaf's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLeaf {
    /// The wallet.
    pub wallet: WalletId,
    /// What it holds.
    pub balance: Amount,
    /// The last nonce it used; 0 when it never signed.
    pub last_nonce: u64,
    /// Whether it has signed a transfer with chain id; from then on those without are refused.
    pub signs_chain_id: bool,
}

impl AccountLeaf {
    /// Reads what [`Encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let leaf = Self {
            wallet: read_wallet_id(&mut reader, "wallet")?,
            balance: Amount::from_micro(reader.u64()?)
                .map_err(|_too_large| DecodeError::BadField("balance"))?,
            last_nonce: reader.u64()?,
            signs_chain_id: reader.bool("signs_chain_id")?,
        };
        reader.finish()?;
        Ok(leaf)
    }
}

impl Encode for AccountLeaf {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.wallet.as_str().as_bytes());
        out.extend_from_slice(&self.balance.micro().to_be_bytes());
        out.extend_from_slice(&self.last_nonce.to_be_bytes());
        out.push(u8::from(self.signs_chain_id));
    }
}

/// The root of the whole state, over the accounts and over everything else that rules read.
pub fn state_root(accounts_root: &Hash, rest_root: &Hash) -> Hash {
    tagged_hash_of_parts("rc/state/1", &[accounts_root, rest_root])
}
