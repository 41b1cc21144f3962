//! An encrypted wallet: made, opened, given another passphrase. Its bytes are in [`envelope`].

pub mod header;
pub mod kdf;

pub(crate) mod envelope;
mod secret;

use std::fmt;

use protocol::{keys::Signer as _, time::UnixSeconds};

pub use header::Header;
pub use kdf::{KdfParams, KdfPolicy};
pub use secret::Secret;

use crate::{
    error::KeystoreError, mnemonic::Mnemonic, passphrase::Passphrase, secret_key::SecretKey,
    wallet_name::WalletName,
};
use envelope::Envelope;

/// What a new wallet is made of.
#[derive(Debug)]
pub struct NewWallet {
    /// What its owner calls it.
    pub name: WalletName,
    /// The network that it is meant for: 1 to 64 characters of `A-Z a-z 0-9 . _ -`.
    pub chain_id: String,
    /// The phrase or key to keep.
    pub secret: Secret,
    /// Whether a copy of the secret exists elsewhere: true for one that was imported.
    pub backed_up: bool,
    /// The present time.
    pub created_at: UnixSeconds,
    /// What unlocking shall cost.
    pub kdf: KdfParams,
}

/// A wallet whose secret is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault(Envelope);

/// A wallet whose secret is in memory. Dropping it wipes the secret.
pub struct Unlocked {
    secret: Secret,
    key: SecretKey,
}

impl Vault {
    /// Encrypts a new wallet. Nothing is written; see [`Directory`](crate::Directory).
    ///
    /// # Errors
    /// [`KeystoreError::PassphraseTooShort`], [`KeystoreError::ChainId`], or trouble of the system.
    pub fn create(wallet: NewWallet, passphrase: &Passphrase) -> Result<Self, KeystoreError> {
        passphrase.require_strength()?;
        header::check_chain_id(&wallet.chain_id)?;
        let public_key = wallet.secret.secret_key().public_key();
        let header = Header {
            name: wallet.name,
            chain_id: wallet.chain_id,
            address: public_key.address(),
            public_key,
            scheme: wallet.secret.scheme(),
            backed_up: wallet.backed_up,
            created_at: wallet.created_at,
            kdf: wallet.kdf,
        };
        Self::seal(header, &wallet.secret, passphrase)
    }

    /// Reads the bytes of a wallet file of any version. Nothing is decrypted and no key derived.
    ///
    /// # Errors
    /// [`KeystoreError::Malformed`], [`KeystoreError::Version`], or key derivation parameters that
    /// `policy` does not accept.
    pub fn parse(bytes: &[u8], policy: KdfPolicy) -> Result<Self, KeystoreError> {
        Envelope::parse(bytes, policy).map(Self)
    }

    /// The bytes of the wallet file. They are encrypted, hence fit to be copied as a backup.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    /// What the wallet says openly.
    pub fn header(&self) -> &Header {
        self.0.header()
    }

    /// Decrypts the secret and makes sure that it belongs to the address in the header.
    ///
    /// # Errors
    /// [`KeystoreError::WrongPassphrase`], also when anything in the file was altered;
    /// [`KeystoreError::AddressMismatch`] when the secret is another wallet's.
    pub fn unlock(&self, passphrase: &Passphrase) -> Result<Unlocked, KeystoreError> {
        let plaintext = self.0.open(passphrase)?;
        let secret = Secret::from_plaintext(self.header().scheme, &plaintext)?;
        let key = secret.secret_key();
        if key.public_key() != self.header().public_key {
            return Err(KeystoreError::AddressMismatch);
        }
        Ok(Unlocked { secret, key })
    }

    /// The same wallet under another passphrase, another cost, or both.
    ///
    /// Copies of the old file can still be opened with the old passphrase.
    ///
    /// # Errors
    /// Those of [`Vault::unlock`] for `current`, those of [`Vault::create`] for `new`.
    pub fn rekey(
        &self,
        current: &Passphrase,
        new: &Passphrase,
        kdf: KdfParams,
    ) -> Result<Self, KeystoreError> {
        new.require_strength()?;
        let unlocked = self.unlock(current)?;
        Self::seal(Header { kdf, ..self.header().clone() }, &unlocked.secret, new)
    }

    /// The same wallet, noted as backed up.
    ///
    /// The note is authenticated like the rest of the header, hence the passphrase.
    ///
    /// # Errors
    /// Those of [`Vault::unlock`].
    pub fn mark_backed_up(&self, passphrase: &Passphrase) -> Result<Self, KeystoreError> {
        let unlocked = self.unlock(passphrase)?;
        let header = Header { backed_up: true, ..self.header().clone() };
        Self::seal(header, &unlocked.secret, passphrase)
    }

    /// Encrypts with fresh salt and nonce.
    fn seal(
        header: Header,
        secret: &Secret,
        passphrase: &Passphrase,
    ) -> Result<Self, KeystoreError> {
        let (salt, nonce) = (random_bytes()?, random_bytes()?);
        Envelope::seal(header, salt, nonce, passphrase, &secret.plaintext()).map(Self)
    }
}

fn random_bytes<const N: usize>() -> Result<[u8; N], KeystoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(KeystoreError::Randomness)?;
    Ok(bytes)
}

impl Unlocked {
    /// The key, to sign with.
    pub fn key(&self) -> &SecretKey {
        &self.key
    }

    /// The key alone; the rest is wiped.
    pub fn into_key(self) -> SecretKey {
        self.key
    }

    /// The recovery phrase, if the wallet has one.
    pub fn phrase(&self) -> Option<&Mnemonic> {
        match &self.secret {
            Secret::Phrase(phrase) => Some(phrase),
            Secret::Key(_) => None,
        }
    }
}

impl fmt::Debug for Unlocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unlocked([REDACTED], {})", self.key.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase() -> Passphrase {
        Passphrase::new("correct horse".to_owned()).unwrap()
    }

    fn vault() -> Vault {
        let wallet = NewWallet {
            name: WalletName::parse("alice").unwrap(),
            chain_id: "rustchain-dev".to_owned(),
            secret: Secret::Key(SecretKey::from_bytes(&[7; 32])),
            backed_up: false,
            created_at: UnixSeconds(1_795_332_270),
            kdf: KdfParams::weak_for_tests(),
        };
        Vault::create(wallet, &passphrase()).unwrap()
    }

    /// Sealed in one piece, yet with the secret of somebody else: the cipher has no objection.
    #[test]
    fn a_secret_that_is_not_the_header_s_is_refused() {
        let other = Secret::Key(SecretKey::from_bytes(&[8; 32]));
        let forged = Vault::seal(vault().header().clone(), &other, &passphrase()).unwrap();
        let refused = forged.unlock(&passphrase());
        assert!(matches!(refused, Err(KeystoreError::AddressMismatch)));
    }

    #[test]
    fn sealing_twice_gives_nothing_in_common() {
        let (one, two) = (vault(), vault());
        assert_eq!(one.header(), two.header());
        assert_ne!(one, two);
    }

    #[test]
    fn debug_of_an_unlocked_wallet_shows_nothing_secret() {
        let unlocked = vault().unlock(&passphrase()).unwrap();
        let shown = format!("{unlocked:?} {:?}", unlocked.secret);
        assert!(!shown.contains("0707") && !shown.contains("[7, 7"), "{shown}");
    }
}
