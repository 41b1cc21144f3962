//! Public keys that were decompressed before: decompressing costs a tenth of a verification.

use std::collections::HashMap;

use parking_lot::RwLock;
use protocol::keys::{KeyError, PublicKey, VerifyingKey};

/// Keys that are kept; one takes some 250 bytes.
const MAX_KEYS: usize = 65_536;

/// A bounded memory of decompressed keys.
#[derive(Debug, Default)]
pub struct KeyCache {
    keys: RwLock<HashMap<PublicKey, VerifyingKey>>,
}

impl KeyCache {
    /// The decompressed key.
    pub fn decompress(&self, key: &PublicKey) -> Result<VerifyingKey, KeyError> {
        if let Some(known) = self.keys.read().get(key) {
            return Ok(known.clone());
        }
        key.decompress()
    }

    /// Remembers a key whose signature was good. When the memory is full it starts anew, which
    /// costs less than keeping track of who was seen last.
    pub fn remember(&self, key: PublicKey, decompressed: &VerifyingKey) {
        if self.keys.read().contains_key(&key) {
            return;
        }
        let mut keys = self.keys.write();
        if keys.len() >= MAX_KEYS {
            keys.clear();
        }
        keys.insert(key, decompressed.clone());
    }
}
