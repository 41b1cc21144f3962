//! Merkle trees and proofs of presence, as RFC 6962 section 2.1 defines them, with SHA-256.
//!
//! A leaf is hashed behind a zero byte, a node behind a one byte, so neither can pass for the
//! other. A node without a right neighbour moves up unchanged.

use sha2::{Digest as _, Sha256};

use crate::encoding::Hash;

/// Longest path of a proof: a tree has fewer than 2^64 leaves.
pub const MAX_PATH: usize = 64;

/// The hash of a leaf.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new_with_prefix([0]).chain_update(data).finalize().into()
}

/// The hash of a node above two others.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of no leaves: the hash of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The level above `level`: pairs hashed, a last odd one moved up.
pub fn level_above(level: &[Hash]) -> Vec<Hash> {
    level
        .chunks(2)
        .filter_map(|pair| match pair {
            [left, right] => Some(node_hash(left, right)),
            [odd] => Some(*odd),
            _ => None,
        })
        .collect()
}

/// The root over hashes of leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = level_above(&level);
    }
    level.first().copied().unwrap_or_else(empty_root)
}

/// Where a leaf stands and the hashes beside its way to the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Number of the leaf, from 0.
    pub index: u64,
    /// Leaves in the tree.
    pub count: u64,
    /// Neighbours from the leaf upwards; levels on which there is none are skipped.
    pub path: Vec<Hash>,
}

/// The proof for leaf `index`; `None` when there is no such leaf.
pub fn prove(leaves: &[Hash], index: usize) -> Option<Proof> {
    leaves.get(index)?;
    let count = u64::try_from(leaves.len()).ok()?;
    let number = u64::try_from(index).ok()?;
    let mut path = Vec::new();
    let mut level = leaves.to_vec();
    let mut at = index;
    while level.len() > 1 {
        if let Some(neighbour) = level.get(at ^ 1) {
            path.push(*neighbour);
        }
        level = level_above(&level);
        at /= 2;
    }
    Some(Proof { index: number, count, path })
}

impl Proof {
    /// The root that a leaf of this hash leads to; `None` when the path does not fit the tree.
    pub fn root_from(&self, leaf: Hash) -> Option<Hash> {
        if self.index >= self.count || self.path.len() > MAX_PATH {
            return None;
        }
        let mut hash = leaf;
        let mut at = self.index;
        let mut last = self.count.checked_sub(1)?;
        let mut path = self.path.iter();
        while last > 0 {
            if at % 2 == 1 {
                hash = node_hash(path.next()?, &hash);
            } else if at < last {
                hash = node_hash(&hash, path.next()?);
            }
            at /= 2;
            last /= 2;
        }
        path.next().is_none().then_some(hash)
    }

    /// Whether `data` is the leaf of this proof under `root`.
    pub fn shows(&self, data: &[u8], root: &Hash) -> bool {
        self.root_from(leaf_hash(data)).as_ref() == Some(root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    fn leaves(count: u8) -> Vec<Hash> {
        (0..count).map(|number| leaf_hash(&[number])).collect()
    }

    #[test]
    fn known_roots_of_rfc_6962() {
        assert_eq!(
            hex::encode(empty_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        // The tree of eight inputs that the Certificate Transparency reference code publishes.
        let inputs = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let leaves: Vec<Hash> =
            inputs.iter().map(|text| leaf_hash(&hex::decode(text).unwrap())).collect();
        assert_eq!(
            hex::encode(root(&leaves)),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        );
        assert_eq!(
            hex::encode(root(&leaves[..3])),
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
        );
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proven() {
        for count in 1..40_u8 {
            let leaves = leaves(count);
            let root = root(&leaves);
            for index in 0..count {
                let proof = prove(&leaves, usize::from(index)).unwrap();
                assert!(proof.shows(&[index], &root));
                assert!(!proof.shows(&[index + 1], &root));
                let mut moved = proof.clone();
                moved.index = (proof.index + 1) % proof.count;
                assert!(count == 1 || !moved.shows(&[index], &root));
            }
        }
    }

    #[test]
    fn malformed_proofs_show_nothing() {
        let leaves = leaves(5);
        let root = root(&leaves);
        let proof = prove(&leaves, 2).unwrap();
        let longer = Proof { path: [proof.path.as_slice(), &[root]].concat(), ..proof.clone() };
        let shorter = Proof { path: proof.path[1..].to_vec(), ..proof.clone() };
        let outside = Proof { index: 5, ..proof };
        for bad in [longer, shorter, outside] {
            assert!(!bad.shows(&[2], &root));
        }
    }
}
