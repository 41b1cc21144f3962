//! Public keys, signatures and what it takes to believe them.
//!
//! Ed25519 (RFC 8032) with the strict rules of `ed25519-dalek`'s `verify_strict`: the scalar is
//! below the group order, and neither the key nor the commitment has small order. Signing lives
//! with whoever owns a secret, behind [`Signer`].

use crate::hex;
use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::wallet_id::WalletId;

/// Bytes of a public key.
pub const PUBLIC_KEY_BYTES: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// The 32 bytes of an Ed25519 public key, not yet looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; PUBLIC_KEY_BYTES]);

/// The 64 bytes of an Ed25519 signature, not yet looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; SIGNATURE_BYTES]);

/// A public key that is a point of the curve, ready to verify with.
#[derive(Clone, Debug)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

/// Why a key or a signature is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not hexadecimal, or not of the right length.
    #[error("not {expected} hexadecimal digits")]
    BadHex {
        /// How many digits there have to be.
        expected: usize,
    },
    /// The bytes are no point of the curve, or one of small order.
    #[error("not a usable Ed25519 public key")]
    BadKey,
    /// The signature does not belong to this key and message.
    #[error("the signature does not match")]
    BadSignature,
}

impl PublicKey {
    /// A key of these bytes.
    pub const fn from_bytes(bytes: [u8; PUBLIC_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads exactly 64 hexadecimal digits of either case.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        decode_hex(text).map(Self)
    }

    /// The bytes of the key.
    pub const fn as_bytes(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        &self.0
    }

    /// The key as 64 lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The address of the key: `RTC` + the first 40 hex digits of SHA-256(key) (wire section 2.1).
    pub fn address(&self) -> WalletId {
        WalletId::from_key_hash(self.key_hash())
    }

    /// The first 20 bytes of SHA-256(key), which is what an address names.
    pub fn key_hash(&self) -> [u8; 20] {
        let digest = Sha256::digest(self.0);
        let mut hash = [0_u8; 20];
        hash.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        hash
    }

    /// Checks that the bytes are a usable point, which costs a tenth of a verification.
    pub fn decompress(&self) -> Result<VerifyingKey, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0)
            .map_err(|_invalid| KeyError::BadKey)?;
        if key.is_weak() { Err(KeyError::BadKey) } else { Ok(VerifyingKey(key)) }
    }
}

impl Signature {
    /// A signature of these bytes.
    pub const fn from_bytes(bytes: [u8; SIGNATURE_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads exactly 128 hexadecimal digits of either case.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        decode_hex(text).map(Self)
    }

    /// The bytes of the signature.
    pub const fn as_bytes(&self) -> &[u8; SIGNATURE_BYTES] {
        &self.0
    }

    /// The signature as 128 lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }
}

fn decode_hex<const N: usize>(text: &str) -> Result<[u8; N], KeyError> {
    let mut bytes = [0_u8; N];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_not_hex| KeyError::BadHex { expected: N.saturating_mul(2) })?;
    Ok(bytes)
}

impl VerifyingKey {
    /// Believes the signature or says why not.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(message, &signature).map_err(|_invalid| KeyError::BadSignature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.to_hex())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", self.to_hex())
    }
}

/// Somebody who holds a secret key and signs with it.
pub trait Signer {
    /// The public half of the key.
    fn public_key(&self) -> PublicKey;

    /// Signs exactly these bytes.
    fn sign(&self, message: &[u8]) -> Signature;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derives_the_address_of_the_existing_network() {
        let key =
            PublicKey::from_hex("eae1c8793b5597c4b3f490e76ac31172c439690f8ee14142bb851a61f9a49f0e")
                .unwrap();
        assert_eq!(key.address().as_str(), "RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4");
    }

    #[test]
    fn hex_is_exact() {
        assert!(PublicKey::from_hex(&"a".repeat(63)).is_err());
        assert!(PublicKey::from_hex(&format!("0x{}", "a".repeat(62))).is_err());
        assert!(PublicKey::from_hex(&format!("{} ", "a".repeat(63))).is_err());
        assert_eq!(PublicKey::from_hex(&"A".repeat(64)), PublicKey::from_hex(&"a".repeat(64)));
    }

    #[test]
    fn small_order_keys_are_refused() {
        assert_eq!(PublicKey::from_bytes([0; 32]).decompress().unwrap_err(), KeyError::BadKey);
        let mut one = [0_u8; 32];
        one[0] = 1;
        assert_eq!(PublicKey::from_bytes(one).decompress().unwrap_err(), KeyError::BadKey);
    }
}
