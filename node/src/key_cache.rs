//! Public keys that were decompressed before: decompressing costs a tenth of a verification.

use std::collections::HashMap;

use parking_lot::RwLock;
use protocol::keys::{KeyError, PublicKey, VerifyingKey};

/// Keys that are kept; one takes some 250 bytes. Enough for the wallets of a busy network, and as
/// many as fit the table of 2^17 places without another one, twice as large.
const MAX_KEYS: usize = 114_688;

/// A bounded memory of decompressed keys.
#[derive(Debug)]
pub struct KeyCache {
    keys: RwLock<HashMap<PublicKey, VerifyingKey>>,
}

impl Default for KeyCache {
    /// The table has its size from the start: while one grows, nobody can look up a key. The system
    /// gives memory to what is used of it only.
    fn default() -> Self {
        Self { keys: RwLock::new(HashMap::with_capacity(MAX_KEYS)) }
    }
}

impl KeyCache {
    /// Hands the decompressed key to `verify`, and remembers it if that is content: a key whose
    /// signatures never hold takes no memory.
    pub fn verifying<T, E: From<KeyError>>(
        &self,
        key: PublicKey,
        verify: impl FnOnce(&VerifyingKey) -> Result<T, E>,
    ) -> Result<T, E> {
        let known = self.keys.read().get(&key).cloned();
        if let Some(known) = known {
            return verify(&known);
        }
        let decompressed = key.decompress()?;
        let verified = verify(&decompressed)?;
        self.remember(key, decompressed);
        Ok(verified)
    }

    /// When the memory is full it starts anew, which costs less than keeping track of who was seen
    /// last.
    fn remember(&self, key: PublicKey, decompressed: VerifyingKey) {
        let mut keys = self.keys.write();
        if keys.len() >= MAX_KEYS {
            keys.clear();
        }
        keys.insert(key, decompressed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_as_large_as_it_gets_from_the_start() {
        assert_eq!(KeyCache::default().keys.read().capacity(), MAX_KEYS);
    }
}
