//! What may name a wallet or a miner.

use crate::hex;
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

/// Longest wallet id in bytes (wire section 1).
pub const MAX_WALLET_ID_BYTES: usize = 128;

/// First characters of an address.
pub const ADDRESS_PREFIX: &str = "RTC";

/// Hexadecimal digits of an address behind its prefix.
pub const ADDRESS_HEX_DIGITS: usize = 40;

/// The name of a wallet: 1 to 128 characters of `A-Z a-z 0-9 . _ : -`.
///
/// An *address* is a name of the form `RTC` + 40 lower-case hexadecimal digits; it is derived from
/// a public key and is the only kind of name that can sign. Anything that looks like an address in
/// another spelling (upper-case digits) is refused: it would be a different account by mistake.
#[derive(Clone)]
pub struct WalletId(Text);

/// Ids are many and short, and are looked up, compared and copied all the time: all but very long
/// ones have their text within, so that none of it goes through memory elsewhere.
#[derive(Clone)]
enum Text {
    Address([u8; ADDRESS_BYTES]),
    Short(u8, [u8; SHORT_BYTES]),
    Long(Arc<str>),
}

/// Bytes of an address.
const ADDRESS_BYTES: usize = ADDRESS_PREFIX.len() + ADDRESS_HEX_DIGITS;

/// Bytes of the longest other name that is kept within: as many as have room beside an address.
const SHORT_BYTES: usize = 46;

/// A miner is named by the wallet that it earns for.
pub type MinerId = WalletId;

/// Why a text does not name a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WalletIdError {
    /// There is no text.
    #[error("empty")]
    Empty,
    /// The text is longer than 128 bytes.
    #[error("longer than 128 characters")]
    TooLong,
    /// A character is outside of the grammar.
    #[error("only letters, digits, '.', '_', ':' and '-' are allowed")]
    BadCharacter,
    /// It has the shape of an address but is not written in lower case.
    #[error("an address is 'RTC' and 40 lower-case hexadecimal digits")]
    MisspeltAddress,
}

impl WalletId {
    /// Reads a wallet id as it stands; nothing is trimmed or corrected.
    pub fn parse(text: &str) -> Result<Self, WalletIdError> {
        if is_address(text) {
            return Ok(Self(Text::of(text)));
        }
        if text.is_empty() {
            return Err(WalletIdError::Empty);
        }
        if text.len() > MAX_WALLET_ID_BYTES {
            return Err(WalletIdError::TooLong);
        }
        if !text.bytes().all(is_id_byte) {
            return Err(WalletIdError::BadCharacter);
        }
        if is_misspelt_address(text) {
            return Err(WalletIdError::MisspeltAddress);
        }
        Ok(Self(Text::of(text)))
    }

    /// The address whose key hash begins with these 20 bytes.
    pub fn from_key_hash(hash: [u8; 20]) -> Self {
        let mut text = [0_u8; ADDRESS_BYTES];
        let (prefix, digits) = text.split_at_mut(ADDRESS_PREFIX.len());
        prefix.copy_from_slice(ADDRESS_PREFIX.as_bytes());
        // The length is right.
        let _infallible = hex::encode_to_slice(hash, digits);
        Self(Text::Address(text))
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        // What is within was text when it was put there.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The same as bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Address(text) => text,
            Text::Short(length, text) => text.get(..usize::from(*length)).unwrap_or(text),
            Text::Long(text) => text.as_bytes(),
        }
    }

    /// Whether this is an address, that is whether it belongs to a public key.
    pub const fn is_address(&self) -> bool {
        matches!(self.0, Text::Address(_))
    }

    /// The 20 bytes behind an address; `None` for a plain name.
    pub fn key_hash(&self) -> Option<[u8; 20]> {
        let Text::Address(text) = &self.0 else { return None };
        let (_, digits) = text.split_at_checked(ADDRESS_PREFIX.len())?;
        let mut hash = [0_u8; 20];
        hex::decode_to_slice(digits, &mut hash).ok()?;
        Some(hash)
    }
}

impl Text {
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        if let (true, Some(address)) = (is_address(text), bytes.as_array()) {
            return Self::Address(*address);
        }
        let mut within = [0_u8; SHORT_BYTES];
        match (within.get_mut(..bytes.len()), u8::try_from(bytes.len())) {
            (Some(start), Ok(length)) => {
                start.copy_from_slice(bytes);
                Self::Short(length, within)
            }
            _ => Self::Long(text.into()),
        }
    }
}

impl PartialEq for WalletId {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for WalletId {}

impl PartialOrd for WalletId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for WalletId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for WalletId {
    /// As its text, which stands for it in look-ups.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for WalletId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WalletId").field(&self.as_str()).finish()
    }
}

fn is_address(text: &str) -> bool {
    text.strip_prefix(ADDRESS_PREFIX).is_some_and(|digits| {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        digits.len() == ADDRESS_HEX_DIGITS && digits.bytes().all(is_digit)
    })
}

const fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-')
}

/// 43 characters that would be an address if their case were right.
fn is_misspelt_address(text: &str) -> bool {
    let Some((prefix, digits)) = text.split_at_checked(ADDRESS_PREFIX.len()) else {
        return false;
    };
    let shaped = prefix.eq_ignore_ascii_case(ADDRESS_PREFIX)
        && digits.len() == ADDRESS_HEX_DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    shaped && (prefix != ADDRESS_PREFIX || digits.bytes().any(|byte| byte.is_ascii_uppercase()))
}

impl fmt::Display for WalletId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for WalletId {
    type Err = WalletIdError;

    fn from_str(text: &str) -> Result<Self, WalletIdError> {
        Self::parse(text)
    }
}

impl Borrow<str> for WalletId {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for WalletId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4";

    #[test]
    fn tells_addresses_from_names() {
        assert!(WalletId::parse(ADDRESS).unwrap().is_address());
        assert!(!WalletId::parse("dual-g4-125").unwrap().is_address());
        assert!(!WalletId::parse("RTC12").unwrap().is_address());
    }

    #[test]
    fn refuses_instead_of_fixing() {
        use WalletIdError::*;
        for (text, expected) in [
            ("", Empty),
            (" a", BadCharacter),
            ("a\u{200b}", BadCharacter),
            ("a%", BadCharacter),
            ("RTC2C4E4D1DE6FBFC05D950FC7E6461BE3007DD16E4", MisspeltAddress),
            ("rtc2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4", MisspeltAddress),
        ] {
            assert_eq!(WalletId::parse(text), Err(expected), "{text:?}");
        }
        assert_eq!(WalletId::parse(&"a".repeat(129)), Err(TooLong));
        assert!(WalletId::parse(&"a".repeat(128)).is_ok());
    }

    #[test]
    fn ids_of_every_length_are_their_text() {
        use std::collections::{BTreeSet, HashSet};

        let names = (1..=MAX_WALLET_ID_BYTES).map(|length| "n".repeat(length));
        let texts: Vec<String> = names.chain([ADDRESS.to_owned(), "RTCx".to_owned()]).collect();
        let ids: Vec<WalletId> = texts.iter().map(|text| WalletId::parse(text).unwrap()).collect();
        let hashed: HashSet<WalletId> = ids.iter().cloned().collect();
        let sorted: BTreeSet<&WalletId> = ids.iter().collect();
        assert!(sorted.iter().map(|id| id.as_str()).eq(texts.iter().collect::<BTreeSet<_>>()));
        for (id, text) in ids.iter().zip(&texts) {
            assert_eq!((id.as_str(), id.to_string()), (text.as_str(), text.clone()));
            assert_eq!(hashed.get(text.as_str()), Some(id));
            assert_eq!(id.is_address(), text == ADDRESS);
        }
        assert_eq!(size_of::<WalletId>(), 48);
    }

    #[test]
    fn an_address_keeps_its_key_hash() {
        let id = WalletId::parse(ADDRESS).unwrap();
        assert_eq!(WalletId::from_key_hash(id.key_hash().unwrap()), id);
    }
}
