//! What a wallet file says openly: enough to list wallets and to receive, without a passphrase.

use protocol::{keys::PublicKey, time::UnixSeconds, wallet_id::WalletId};

use crate::{
    derivation::Scheme, error::KeystoreError, vault::kdf::KdfParams, wallet_name::WalletName,
};

/// Longest chain id, in characters.
pub const MAX_CHAIN_ID_CHARACTERS: usize = 64;

/// The open part of a wallet file.
///
/// Address and public key always belong together. All else is authenticated only when the wallet
/// is unlocked; until then it is as trustworthy as the private folder that the file lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// What the owner calls the wallet.
    pub name: WalletName,
    /// The network that the wallet is meant for, as in signed transfers: `rustchain-mainnet-v2`.
    pub chain_id: String,
    /// The address of the wallet.
    pub address: WalletId,
    /// The public key behind the address.
    pub public_key: PublicKey,
    /// How the key comes from what is encrypted.
    pub scheme: Scheme,
    /// Whether the owner has shown that a copy of the secret exists elsewhere.
    pub backed_up: bool,
    /// When the wallet was made or imported on this machine.
    pub created_at: UnixSeconds,
    /// What unlocking costs.
    pub kdf: KdfParams,
}

/// Checks the grammar of a chain id: 1 to 64 characters of `A-Z a-z 0-9 . _ -`.
///
/// # Errors
/// [`KeystoreError::ChainId`].
pub(crate) fn check_chain_id(text: &str) -> Result<(), KeystoreError> {
    let fits = (1..=MAX_CHAIN_ID_CHARACTERS).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if fits { Ok(()) } else { Err(KeystoreError::ChainId) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chain_ids_have_a_grammar() {
        for good in ["rustchain-mainnet-v2", "dev", "a.b_c-9", &"x".repeat(64)] {
            assert!(check_chain_id(good).is_ok(), "{good}");
        }
        for bad in ["", " dev", "a/b", "d\u{e9}v", "a\"b", &"x".repeat(65)] {
            assert!(matches!(check_chain_id(bad), Err(KeystoreError::ChainId)), "{bad}");
        }
    }
}
