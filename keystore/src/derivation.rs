//! From seed to key: SLIP-0010 for Ed25519, and the schemes that a wallet file can name.
//!
//! SLIP-0010 is <https://github.com/satoshilabs/slips/blob/master/slip-0010.md>. For Ed25519 it has
//! hardened steps only, so a public key never gives away its siblings.

use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha512;
use zeroize::{Zeroize as _, Zeroizing};

use crate::{error::KeystoreError, secret_key::SecretKey};

/// The HMAC key that SLIP-0010 prescribes for the master key of this curve.
const MASTER_HMAC_KEY: &[u8] = b"ed25519 seed";

/// The bit that marks a step as hardened.
const HARDENED: u32 = 0x8000_0000;

/// Most steps of a path: SLIP-0010 counts the depth in one byte.
const MAX_STEPS: usize = 255;

/// How the key of a wallet comes from what the wallet keeps.
///
/// RustChain wallets have used several schemes that turn one phrase into different addresses, so
/// every wallet file names its own. Further schemes are added here when they can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// BIP39 seed without BIP39 passphrase, then the SLIP-0010 master key without any path. The
    /// scheme of the network's Python wallet, and of every new wallet.
    Slip10Master,
    /// The 32 bytes of the key themselves; there are no words.
    RawKey,
}

impl Scheme {
    /// The name of the scheme in wallet files. Never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slip10Master => "slip10-master",
            Self::RawKey => "raw-key",
        }
    }

    /// The scheme of that name in a wallet file.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Slip10Master, Self::RawKey].into_iter().find(|scheme| scheme.as_str() == name)
    }
}

/// A SLIP-0010 key with its chain code, from which children can be made. Wiped when dropped.
pub struct ExtendedKey {
    key: Zeroizing<[u8; 32]>,
    chain_code: Zeroizing<[u8; 32]>,
}

impl ExtendedKey {
    /// The master key of a seed.
    pub fn master(seed: &[u8]) -> Self {
        Self::from_hmac(MASTER_HMAC_KEY, &[seed])
    }

    /// The child at a hardened `index`, given without the hardened bit.
    fn child(&self, index: u32) -> Self {
        let hardened = (index | HARDENED).to_be_bytes();
        Self::from_hmac(self.chain_code.as_slice(), &[&[0], self.key.as_slice(), &hardened])
    }

    /// The descendant at the end of `path`.
    #[must_use]
    pub fn descend(self, path: &DerivationPath) -> Self {
        path.0.iter().fold(self, |parent, index| parent.child(*index))
    }

    /// The key that signs.
    pub fn secret_key(&self) -> SecretKey {
        SecretKey::from_bytes(&self.key)
    }

    /// The chain code: with the key it makes every descendant, so it is as secret.
    pub fn expose_chain_code(&self) -> &[u8; 32] {
        &self.chain_code
    }

    /// Splits HMAC-SHA512 into key (left half) and chain code (right half).
    fn from_hmac(hmac_key: &[u8], message: &[&[u8]]) -> Self {
        let mut mac =
            Hmac::<Sha512>::new_from_slice(hmac_key).expect("HMAC takes keys of any length");
        for part in message {
            mac.update(part);
        }
        let mut output = mac.finalize().into_bytes();
        let mut split = Self { key: Zeroizing::new([0; 32]), chain_code: Zeroizing::new([0; 32]) };
        let (left, right) = output.split_at(32);
        split.key.copy_from_slice(left);
        split.chain_code.copy_from_slice(right);
        output.as_mut_slice().zeroize();
        split
    }
}

/// A path of hardened steps such as `m/44'/0'/0'`; `m` alone is the master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivationPath(Vec<u32>);

impl FromStr for DerivationPath {
    type Err = KeystoreError;

    /// Reads a path; a hardened step ends with `'`, `h` or `H`.
    fn from_str(text: &str) -> Result<Self, KeystoreError> {
        let mut parts = text.split('/');
        if parts.next() != Some("m") {
            return Err(KeystoreError::PathSyntax);
        }
        let steps = parts.enumerate().map(|(index, part)| parse_step(part, index + 1));
        let steps = steps.collect::<Result<Vec<_>, _>>()?;
        if steps.len() > MAX_STEPS {
            return Err(KeystoreError::PathSyntax);
        }
        Ok(Self(steps))
    }
}

/// Reads one step, the `position`-th of its path, and demands that it be hardened.
fn parse_step(text: &str, position: usize) -> Result<u32, KeystoreError> {
    let digits = text.strip_suffix(['\'', 'h', 'H']);
    let number = digits.unwrap_or(text);
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(KeystoreError::PathSyntax);
    }
    let index = number.parse::<u32>().ok().filter(|index| index & HARDENED == 0);
    let index = index.ok_or(KeystoreError::PathSyntax)?;
    if digits.is_none() {
        return Err(KeystoreError::PathNotHardened { step: position });
    }
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_exactly() {
        let path = |text: &str| text.parse::<DerivationPath>();
        assert_eq!(path("m").unwrap(), DerivationPath(vec![]));
        assert_eq!(path("m/44'/0h/2147483647H").unwrap(), DerivationPath(vec![44, 0, 0x7fff_ffff]));
        for wrong in ["", "44'", "M/0'", "m/", "m//0'", "m/'", "m/+1'", "m/-1'", "m/1''", "m/ 1'"] {
            assert!(matches!(path(wrong), Err(KeystoreError::PathSyntax)), "{wrong}");
        }
        assert!(matches!(path("m/2147483648'"), Err(KeystoreError::PathSyntax)));
        assert!(matches!(path(&format!("m{}", "/0'".repeat(256))), Err(KeystoreError::PathSyntax)));
    }

    #[test]
    fn a_step_that_is_not_hardened_is_refused_by_position() {
        let refused = "m/44'/0'/7".parse::<DerivationPath>();
        assert!(matches!(refused, Err(KeystoreError::PathNotHardened { step: 3 })));
    }

    #[test]
    fn names_of_schemes_are_their_own_inverse() {
        for scheme in [Scheme::Slip10Master, Scheme::RawKey] {
            assert_eq!(Scheme::from_name(scheme.as_str()), Some(scheme));
        }
        assert_eq!(Scheme::from_name("Raw-Key"), None);
    }
}
