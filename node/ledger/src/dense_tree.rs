//! A Merkle tree over numbered rows that is kept up to date row by row.
//!
//! The root is that of [`protocol::merkle::root`] over all leaves, at a cost of one path per
//! changed row instead of the whole tree.

use protocol::encoding::Hash;
use protocol::merkle::{Proof, empty_root, level_above, node_hash};

/// All levels of a tree, leaves first.
#[derive(Debug, Clone, Default)]
pub struct DenseTree {
    levels: Vec<Vec<Hash>>,
}

impl DenseTree {
    /// A tree over these leaves.
    pub fn over(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            levels.push(level_above(level));
        }
        Self { levels }
    }

    /// How many leaves there are.
    pub fn count(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// The root.
    pub fn root(&self) -> Hash {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or_else(empty_root)
    }

    /// Changes leaves, and adds those whose number follows the last one.
    ///
    /// The numbers ascend; a leaf beyond the next free number is not added.
    pub fn set(&mut self, leaves: impl IntoIterator<Item = (u32, Hash)>) {
        let mut touched = Vec::new();
        if self.levels.is_empty() {
            self.levels.push(Vec::new());
        }
        if let Some(level) = self.levels.first_mut() {
            for (number, hash) in leaves {
                let Ok(index) = usize::try_from(number) else { continue };
                let end = level.len();
                match level.get_mut(index) {
                    Some(leaf) => *leaf = hash,
                    None if index == end => level.push(hash),
                    None => continue,
                }
                touched.push(index);
            }
        }
        let mut depth = 0_usize;
        while self.levels.get(depth).is_some_and(|level| level.len() > 1) {
            touched = self.lift(depth, &touched);
            depth = depth.saturating_add(1);
        }
    }

    /// Recomputes the parents of touched nodes, and gives their numbers.
    fn lift(&mut self, depth: usize, touched: &[usize]) -> Vec<usize> {
        let above = depth.saturating_add(1);
        if self.levels.len() == above {
            self.levels.push(Vec::new());
        }
        let (below, rest) = self.levels.split_at_mut(above);
        let (Some(level), Some(parents)) = (below.last(), rest.first_mut()) else {
            return Vec::new();
        };
        let mut lifted: Vec<usize> = touched.iter().map(|index| index / 2).collect();
        lifted.dedup();
        for parent in &lifted {
            let left = parent.saturating_mul(2);
            let hash = match (level.get(left), level.get(left.saturating_add(1))) {
                (Some(left), Some(right)) => node_hash(left, right),
                (Some(odd), None) => *odd,
                (None, _) => continue,
            };
            match parents.get_mut(*parent) {
                Some(node) => *node = hash,
                None => parents.push(hash),
            }
        }
        lifted
    }

    /// The proof for a leaf.
    pub fn prove(&self, number: u32) -> Option<Proof> {
        let mut at = usize::try_from(number).ok().filter(|index| *index < self.count())?;
        let mut path = Vec::new();
        for level in &self.levels {
            if level.len() > 1
                && let Some(neighbour) = level.get(at ^ 1)
            {
                path.push(*neighbour);
            }
            at /= 2;
        }
        Some(Proof { index: u64::from(number), count: u64::try_from(self.count()).ok()?, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::merkle::{leaf_hash, prove, root};

    proptest! {
        #[test]
        fn stays_equal_to_the_tree_built_at_once(
            rounds in prop::collection::vec(prop::collection::btree_set(0_u32..70, 0..20), 1..12),
        ) {
            let mut leaves: Vec<Hash> = Vec::new();
            let mut tree = DenseTree::default();
            for (round, numbers) in (0_u8..).zip(&rounds) {
                let mut changes = Vec::new();
                for number in numbers {
                    let hash = leaf_hash(&[&[round][..], &number.to_be_bytes()].concat());
                    // Numbers beyond the end are added in order.
                    let end = u32::try_from(leaves.len()).unwrap();
                    let index = (*number).min(end);
                    match leaves.get_mut(usize::try_from(index).unwrap()) {
                        Some(leaf) => *leaf = hash,
                        None => leaves.push(hash),
                    }
                    changes.retain(|(changed, _)| *changed != index);
                    changes.push((index, hash));
                }
                tree.set(changes);
                prop_assert_eq!(tree.root(), root(&leaves));
                prop_assert_eq!(tree.root(), DenseTree::over(leaves.clone()).root());
            }
            for (number, index) in (0_u32..).zip(0..leaves.len()) {
                prop_assert_eq!(tree.prove(number), prove(&leaves, index));
            }
            prop_assert_eq!(tree.prove(u32::try_from(leaves.len()).unwrap()), None);
        }
    }
}
