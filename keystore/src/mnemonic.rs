//! The recovery phrase: BIP39 words, the entropy behind them, and the seed they make.

use std::fmt;

use bip39::Language;
use zeroize::Zeroizing;

use crate::error::KeystoreError;

/// Entropy of a new phrase, in bytes: 256 bits, written as 24 words.
const NEW_ENTROPY_BYTES: usize = 32;

/// A BIP39 seed: 64 bytes, wiped when dropped.
pub type Seed = Zeroizing<[u8; 64]>;

/// A recovery phrase of English BIP39 words with a valid checksum.
///
/// It cannot be copied or printed by accident; [`Mnemonic::words`] is the one way to see it.
pub struct Mnemonic(bip39::Mnemonic);

impl Mnemonic {
    /// Makes a new phrase of 24 words from the operating system's random numbers.
    ///
    /// # Errors
    /// [`KeystoreError::Randomness`] when the system gives none.
    pub fn generate() -> Result<Self, KeystoreError> {
        let mut entropy = Zeroizing::new([0; NEW_ENTROPY_BYTES]);
        getrandom::fill(entropy.as_mut_slice()).map_err(KeystoreError::Randomness)?;
        Self::from_entropy(entropy.as_slice())
    }

    /// Makes the phrase of the given entropy: 16, 20, 24, 28 or 32 bytes.
    ///
    /// # Errors
    /// [`KeystoreError::EntropyLength`] for any other length.
    pub fn from_entropy(entropy: &[u8]) -> Result<Self, KeystoreError> {
        let words = bip39::Mnemonic::from_entropy(entropy).map_err(described)?;
        Ok(Self(words))
    }

    /// Reads a phrase as people type it: any white space between words, letters in any case.
    ///
    /// # Errors
    /// Says how many words were found, which word is unknown (by position, counted from 1), or that
    /// the checksum does not fit. The words themselves are not repeated.
    pub fn parse(text: &str) -> Result<Self, KeystoreError> {
        let text = Zeroizing::new(text.to_ascii_lowercase());
        let words = bip39::Mnemonic::parse_in_normalized(Language::English, &text);
        Ok(Self(words.map_err(described)?))
    }

    /// The words in order. They are the wallet: show them to the owner alone.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.words()
    }

    /// Number of words: 12, 15, 18, 21 or 24.
    pub fn word_count(&self) -> usize {
        self.0.word_count()
    }

    /// The entropy that the words encode, 4 bytes for every 3 words.
    pub fn entropy(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_entropy())
    }

    /// The BIP39 seed of the phrase, with BIP39's own optional passphrase (`""` for none).
    ///
    /// That passphrase is part of the phrase, so to speak, and has nothing to do with the one that
    /// locks the wallet file. RustChain wallets use none.
    pub fn seed(&self, bip39_passphrase: &str) -> Seed {
        Zeroizing::new(self.0.to_seed(bip39_passphrase))
    }
}

impl fmt::Debug for Mnemonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mnemonic([REDACTED], {} words)", self.word_count())
    }
}

/// The words of the list that begin with `prefix`, in lower case: help while a phrase is typed.
pub fn words_starting_with(prefix: &str) -> impl Iterator<Item = &'static str> + '_ {
    Language::English.words_by_prefix_iter(prefix)
}

/// Says in our words what the BIP39 library found.
fn described(error: bip39::Error) -> KeystoreError {
    match error {
        bip39::Error::BadWordCount(found) => KeystoreError::PhraseLength { found },
        bip39::Error::UnknownWord(index) => KeystoreError::PhraseWord { position: index + 1 },
        bip39::Error::BadEntropyBitCount(bits) => KeystoreError::EntropyLength { found: bits / 8 },
        // One language is compiled in and it is named, so none can be ambiguous.
        bip39::Error::InvalidChecksum | bip39::Error::AmbiguousLanguages(_) => {
            KeystoreError::PhraseChecksum
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &str = "abandon abandon abandon abandon abandon abandon \
                         abandon abandon abandon abandon abandon about";

    #[test]
    fn a_new_phrase_has_24_words_and_is_never_the_same() {
        let (one, two) = (Mnemonic::generate().unwrap(), Mnemonic::generate().unwrap());
        assert_eq!(one.word_count(), 24);
        assert_ne!(one.entropy(), two.entropy());
    }

    #[test]
    fn typed_phrases_may_have_capitals_and_odd_spaces() {
        let typed = format!("  {}\n", ABOUT.to_uppercase().replace(' ', "\t \u{a0}"));
        assert_eq!(Mnemonic::parse(&typed).unwrap().entropy().as_slice(), [0; 16]);
    }

    #[test]
    fn an_unknown_word_is_named_by_position_and_not_repeated() {
        let error =
            Mnemonic::parse(&ABOUT.replacen("abandon about", "abandom about", 1)).unwrap_err();
        assert!(matches!(error, KeystoreError::PhraseWord { position: 11 }));
        assert_eq!(error.to_string(), "word 11 of the phrase is not in the English BIP39 list");
    }

    #[test]
    fn a_bad_checksum_and_a_bad_length_are_different_mistakes() {
        let swapped = ABOUT.replace("about", "abandon");
        assert!(matches!(Mnemonic::parse(&swapped), Err(KeystoreError::PhraseChecksum)));
        for (text, found) in [("", 0), ("abandon about", 2)] {
            let error = Mnemonic::parse(text).unwrap_err();
            assert!(matches!(error, KeystoreError::PhraseLength { found: n } if n == found));
        }
        let long = [ABOUT, ABOUT, "about"].join(" ");
        assert!(matches!(Mnemonic::parse(&long), Err(KeystoreError::PhraseLength { found: 25 })));
    }

    #[test]
    fn entropy_of_an_odd_length_is_refused() {
        for length in [0, 1, 15, 17, 31, 33, 64] {
            let error = Mnemonic::from_entropy(&vec![7; length]).unwrap_err();
            assert!(matches!(error, KeystoreError::EntropyLength { found } if found == length));
        }
    }

    #[test]
    fn prefixes_help_while_typing() {
        assert_eq!(words_starting_with("zo").collect::<Vec<_>>(), ["zone", "zoo"]);
        assert_eq!(words_starting_with("qq").count(), 0);
    }

    #[test]
    fn debug_shows_no_word() {
        let shown = format!("{:?}", Mnemonic::parse(ABOUT).unwrap());
        assert_eq!(shown, "Mnemonic([REDACTED], 12 words)");
    }
}
