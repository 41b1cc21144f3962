//! The secret key of a wallet, and signing with it.

use protocol::hex;
use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use protocol::{
    keys::{PublicKey, Signature, Signer},
    wallet_id::WalletId,
};
use zeroize::Zeroizing;

use crate::error::KeystoreError;

/// Bytes of a secret key: the Ed25519 seed of RFC 8032.
pub const SECRET_KEY_BYTES: usize = 32;

/// An Ed25519 secret key together with its public key, wiped when dropped.
///
/// Both halves live in one value, so a signature can never be made with somebody else's public key
/// (RUSTSEC-2022-0093). It cannot be cloned or serialised.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key made of these 32 bytes.
    pub fn from_bytes(bytes: &[u8; SECRET_KEY_BYTES]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// Reads exactly 64 hexadecimal digits of either case, as other RustChain wallets export them.
    ///
    /// # Errors
    /// Says how long the text is, or which character is no digit. The text is not repeated.
    pub fn from_hex(text: &str) -> Result<Self, KeystoreError> {
        let found = text.chars().count();
        if found != 2 * SECRET_KEY_BYTES {
            return Err(KeystoreError::KeyLength { found });
        }
        if let Some(index) = text.chars().position(|c| !c.is_ascii_hexdigit()) {
            return Err(KeystoreError::KeyDigit { position: index + 1 });
        }
        let mut bytes = Zeroizing::new([0; SECRET_KEY_BYTES]);
        hex::decode_to_slice(text, bytes.as_mut_slice())
            .map_err(|_not_64_digits| KeystoreError::KeyLength { found })?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The address that this key signs for.
    pub fn address(&self) -> WalletId {
        self.public_key().address()
    }

    /// The key as 64 lower-case hexadecimal digits: whoever has them has the money.
    pub fn expose_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_bytes()))
    }

    /// The bytes of the key, for encrypting them.
    pub(crate) fn expose_bytes(&self) -> &[u8; SECRET_KEY_BYTES] {
        self.0.as_bytes()
    }
}

impl Signer for SecretKey {
    fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey([REDACTED], {})", self.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 2.
    const SECRET: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    const PUBLIC: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    #[test]
    fn signs_as_rfc_8032_says() {
        let key = SecretKey::from_hex(SECRET).unwrap();
        assert_eq!(key.public_key().to_hex(), PUBLIC);
        let signature = key.sign(&[0x72]);
        assert_eq!(signature.to_hex(), SIGNATURE);
        key.public_key().decompress().unwrap().verify(&[0x72], &signature).unwrap();
    }

    #[test]
    fn hex_is_exact_and_its_mistakes_are_named() {
        assert_eq!(
            SecretKey::from_hex(&SECRET.to_uppercase()).unwrap().expose_hex().as_str(),
            SECRET
        );
        for (text, expected) in [
            (String::new(), "a secret key has 64 hexadecimal digits, found 0 characters"),
            (SECRET[1..].to_owned(), "a secret key has 64 hexadecimal digits, found 63 characters"),
            (format!("0x{SECRET}"), "a secret key has 64 hexadecimal digits, found 66 characters"),
            (
                format!("{} b", &SECRET[..62]),
                "character 63 of the secret key is not a hexadecimal digit",
            ),
            (
                format!("{}\u{e9}", &SECRET[..63]),
                "character 64 of the secret key is not a hexadecimal digit",
            ),
        ] {
            assert_eq!(SecretKey::from_hex(&text).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn debug_shows_the_address_and_nothing_of_the_key() {
        let key = SecretKey::from_hex(SECRET).unwrap();
        let shown = format!("{key:?} {key:#?}");
        assert!(shown.contains("[REDACTED]") && shown.contains(key.address().as_str()));
        assert!(!shown.contains(&SECRET[..8]));
    }
}
