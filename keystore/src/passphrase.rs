//! The passphrase that a wallet file is locked with: held briefly, wiped when done, never shown.

use std::{borrow::Cow, fmt};

use zeroize::Zeroizing;

use crate::error::KeystoreError;

/// Fewest characters of a passphrase that may be chosen for a wallet.
///
/// NIST SP 800-63B asks for eight; the key derivation does the rest.
pub const MIN_CHARACTERS: usize = 8;

/// A passphrase, wiped from memory when dropped.
///
/// The text is normalised to Unicode NFKD, as BIP39 does it, so that the same characters typed on
/// another system open the same wallet.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes over a typed passphrase.
    ///
    /// The rule for new passphrases is not applied here, so that a stricter rule never locks
    /// anybody out of an older wallet; see [`Passphrase::require_strength`].
    ///
    /// # Errors
    /// [`KeystoreError::PassphraseEmpty`].
    pub fn new(text: String) -> Result<Self, KeystoreError> {
        let text = Zeroizing::new(text);
        if text.is_empty() {
            return Err(KeystoreError::PassphraseEmpty);
        }
        let mut normalised = Cow::Borrowed(text.as_str());
        bip39::Mnemonic::normalize_utf8_cow(&mut normalised);
        Ok(Self(Zeroizing::new(normalised.into_owned())))
    }

    /// Checks the rule for new passphrases: at least [`MIN_CHARACTERS`] characters.
    ///
    /// # Errors
    /// [`KeystoreError::PassphraseTooShort`].
    pub fn require_strength(&self) -> Result<(), KeystoreError> {
        let found = self.0.chars().count();
        if found < MIN_CHARACTERS {
            return Err(KeystoreError::PassphraseTooShort { found, least: MIN_CHARACTERS });
        }
        Ok(())
    }

    /// The bytes that key derivation works on.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned()).unwrap()
    }

    #[test]
    fn empty_is_refused() {
        assert!(matches!(Passphrase::new(String::new()), Err(KeystoreError::PassphraseEmpty)));
    }

    #[test]
    fn a_new_one_has_eight_characters() {
        assert!(passphrase("12345678").require_strength().is_ok());
        assert!(matches!(
            passphrase("1234567").require_strength(),
            Err(KeystoreError::PassphraseTooShort { found: 7, least: 8 })
        ));
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_passphrase() {
        assert_eq!(
            passphrase("caf\u{e9} 12345").as_bytes(),
            passphrase("cafe\u{301} 12345").as_bytes()
        );
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", passphrase("correct horse")), "Passphrase([REDACTED])");
    }
}
