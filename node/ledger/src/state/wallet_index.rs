//! Finds rows by the wallet that they carry.
//!
//! The wallets themselves stay in the rows: an entry is eight bytes, so that the index of a million
//! wallets fits where the wallets would not, and a look-up that finds nothing reads no row.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use hashbrown::HashTable;
use protocol::wallet_id::WalletId;

/// Hashes wallets with a key that nobody outside knows: names are chosen by strangers, who could
/// else choose many that meet (`HashDoS`, CVE-2011-4815 and others).
#[derive(Debug, Clone, Default)]
pub(super) struct WalletHasher(RandomState);

/// What a wallet is looked up by. It says nothing outside of the process that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletHash(u32);

impl WalletHasher {
    /// The hash of a wallet.
    pub(super) fn hash(&self, wallet: &WalletId) -> WalletHash {
        let [_, _, _, _, a, b, c, d] = self.0.hash_one(wallet).to_be_bytes();
        WalletHash(u32::from_be_bytes([a, b, c, d]))
    }
}

impl WalletHash {
    /// The table takes the place from the low bits and a mark from the high ones.
    const fn spread(self) -> u64 {
        let [a, b, c, d] = self.0.to_be_bytes();
        u64::from_be_bytes([a, b, c, d, a, b, c, d])
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: WalletHash,
    number: u32,
}

/// Row numbers by the wallets that the rows carry.
#[derive(Debug, Default)]
pub struct WalletIndex {
    entries: HashTable<Entry>,
}

impl WalletIndex {
    /// The row of the wallet with this hash; `is_of` says whether a row carries the wallet.
    pub fn find(&self, hash: WalletHash, is_of: impl Fn(u32) -> bool) -> Option<u32> {
        let is_it = |entry: &Entry| entry.hash == hash && is_of(entry.number);
        self.entries.find(hash.spread(), is_it).map(|entry| entry.number)
    }

    /// Adds a row; the caller has checked that the wallet has none.
    pub fn insert(&mut self, hash: WalletHash, number: u32) {
        let entry = Entry { hash, number };
        self.entries.insert_unique(hash.spread(), entry, |entry| entry.hash.spread());
    }

    /// Makes room for so many more rows.
    pub fn expect(&mut self, count: usize) {
        self.entries.reserve(count, |entry| entry.hash.spread());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wallets_are_found_by_themselves_also_where_hashes_meet() {
        let wallets: Vec<WalletId> =
            (0..500).map(|n| WalletId::parse(&format!("w{n}")).unwrap()).collect();
        let hasher = WalletHasher::default();
        let ways: [fn(&WalletHasher, &WalletId) -> WalletHash; 2] =
            [WalletHasher::hash, |_hasher, _wallet| WalletHash(7)];
        for hash in ways {
            let mut index = WalletIndex::default();
            let row_of = |index: &WalletIndex, wallet: &WalletId| {
                index.find(hash(&hasher, wallet), |row| {
                    wallets.get(usize::try_from(row).unwrap()) == Some(wallet)
                })
            };
            for (wallet, number) in wallets.iter().zip(0_u32..) {
                assert_eq!(row_of(&index, wallet), None);
                index.insert(hash(&hasher, wallet), number);
            }
            index.expect(10_000);
            for (wallet, number) in wallets.iter().zip(0_u32..) {
                assert_eq!(row_of(&index, wallet), Some(number));
            }
            assert_eq!(row_of(&index, &WalletId::parse("w500").unwrap()), None);
        }
    }
}
