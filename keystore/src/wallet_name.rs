//! How wallets may be called: a grammar so narrow that a name is always safe as a file name.

use std::{fmt, str::FromStr};

use crate::error::KeystoreError;

/// Longest wallet name, in characters.
pub const MAX_CHARACTERS: usize = 64;

/// Names that are devices on Windows, in any case and with any ending. Refused everywhere, so that
/// a folder of wallets can be copied to any machine.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Devices that come with a digit from 1 to 9.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// The name of a wallet on this machine: 1 to 64 characters of `A-Z a-z 0-9 _ -`.
///
/// It is a label that only its owner sees, not to be confused with the address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalletName(Box<str>);

impl WalletName {
    /// Reads a name as it stands; nothing is trimmed or corrected.
    ///
    /// # Errors
    /// [`KeystoreError::WalletName`].
    pub fn parse(text: &str) -> Result<Self, KeystoreError> {
        let fits = (1..=MAX_CHARACTERS).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if fits && !is_device(text) {
            Ok(Self(text.into()))
        } else {
            Err(KeystoreError::WalletName)
        }
    }

    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_device(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let numbered = lower.strip_suffix(|digit| matches!(digit, '1'..='9'));
    DEVICES.contains(&lower.as_str()) || numbered.is_some_and(|n| NUMBERED_DEVICES.contains(&n))
}

impl fmt::Display for WalletName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for WalletName {
    type Err = KeystoreError;

    fn from_str(text: &str) -> Result<Self, KeystoreError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_are_accepted() {
        for name in ["a", "alice", "Alice-2", "_", "-", "0", "com", "com10", "console"] {
            assert_eq!(WalletName::parse(name).unwrap().as_str(), name);
        }
        assert!(WalletName::parse(&"a".repeat(64)).is_ok());
    }

    #[test]
    fn whatever_could_leave_the_folder_is_refused() {
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "/etc/passwd",
            "a\\b",
            "a.json",
            "a b",
            " a",
            "a\n",
            "a\0",
            "\u{e9}",
            "a\u{200b}",
            "~",
            "*",
            "CON",
            "nul",
            "Com1",
            "LPT9",
        ] {
            assert!(matches!(WalletName::parse(name), Err(KeystoreError::WalletName)), "{name:?}");
        }
        assert!(WalletName::parse(&"a".repeat(65)).is_err());
    }
}
