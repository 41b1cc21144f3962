//! What an admin key is called.

use std::fmt;
use std::str::FromStr;

/// The longest [`KeyName`].
const MAX_NAME: usize = 64;

/// Whose key it is, as the audit log and the chain record it: 1 to 64 of `[a-z0-9._-]`. A name is
/// used once, even after its key has been revoked, so that a record never means two keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

/// The text is no [`KeyName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an admin key's name is 1 to 64 characters of a-z, 0-9, dot, dash and underscore")]
pub struct BadKeyName;

impl KeyName {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = BadKeyName;

    fn from_str(text: &str) -> Result<Self, BadKeyName> {
        let is_fine = (1..=MAX_NAME).contains(&text.len())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'));
        if is_fine { Ok(Self(text.to_owned())) } else { Err(BadKeyName) }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
