//! Sealing: roots over what a block did and what the books say after it, and the certificate.
//!
//! This happens off the commit path, one block behind the writer.

use std::sync::Arc;

use parking_lot::RwLock;
use protocol::account::state_root;
use protocol::block::{Batch, Certificate, Header, RULES_VERSION};
use protocol::encoding::{DecodeError, Encode, Hash, Reader, tagged_hash};
use protocol::keys::Signer;
use protocol::merkle::{self, Proof, leaf_hash};
use protocol::time::UnixMillis;

use crate::apply::Law;
use crate::changes::BlockChanges;
use crate::dense_tree::DenseTree;
use crate::receipt::Receipt;
use crate::state::{Counters, Rows, State};

/// A block that takes no more commands.
#[derive(Debug)]
pub struct ClosedBlock {
    /// Its height.
    pub height: u64,
    /// Its time.
    pub time: UnixMillis,
    /// The incarnation of the validator that opened it.
    pub incarnation: u32,
    /// The number of its first command, should it have any.
    pub first_command: u64,
    /// Groups of commands, as in the log.
    pub groups: Vec<Vec<u8>>,
    /// What hooks and commands led to, in this order.
    pub receipts: Vec<Receipt>,
    /// What it changed.
    pub changes: BlockChanges,
}

/// A block that is vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// What the block says.
    pub header: Header,
    /// Who vouches for it.
    pub certificate: Certificate,
}

/// The commands of a group, as slices of its body.
pub fn commands_of(group: &[u8]) -> Result<Vec<&[u8]>, DecodeError> {
    let mut reader = Reader::new(group);
    let mut commands = Vec::new();
    while !reader.is_empty() {
        commands.push(reader.bytes()?);
    }
    Ok(commands)
}

/// The trees over everything that rules read.
#[derive(Debug, Default)]
pub struct Trees {
    accounts: DenseTree,
    miners: DenseTree,
    machines: DenseTree,
    names: DenseTree,
    idempotent: DenseTree,
    enrolments: DenseTree,
    frozen_enrolments: Hash,
    used_challenges: Hash,
    counters: Counters,
}

fn row_leaf<R: Encode>(row: &R) -> Hash {
    leaf_of(row, &mut Vec::new())
}

/// The leaf of a row, whose encoding is written where the one of the row before was.
fn leaf_of<R: Encode>(row: &R, bytes: &mut Vec<u8>) -> Hash {
    bytes.clear();
    row.encode(bytes);
    leaf_hash(bytes)
}

fn leaves<R: Encode>(rows: &[(u32, R)]) -> impl Iterator<Item = (u32, Hash)> {
    let mut bytes = Vec::new();
    rows.iter().map(move |(number, row)| (*number, leaf_of(row, &mut bytes)))
}

fn rows_tree<R: Encode>(rows: &Rows<R>) -> DenseTree {
    DenseTree::over(rows.iter().map(row_leaf).collect())
}

impl Trees {
    /// The trees over a state.
    pub fn over(state: &State) -> Self {
        let accounts = state.holders.iter().zip(state.accounts.iter());
        let frozen = state.counters.frozen.is_some();
        Self {
            accounts: DenseTree::over(
                accounts.map(|(holder, account)| row_leaf(&account.leaf(&holder.wallet))).collect(),
            ),
            miners: rows_tree(&state.miners),
            machines: rows_tree(&state.machines),
            names: rows_tree(&state.names),
            idempotent: rows_tree(&state.idempotent),
            enrolments: rows_tree(&state.enrolments),
            frozen_enrolments: if frozen {
                rows_tree(&state.frozen).root()
            } else {
                Hash::default()
            },
            used_challenges: state.challenges.root(),
            counters: state.counters.clone(),
        }
    }

    /// Follows what a block changed.
    pub fn update(&mut self, changes: &BlockChanges) {
        let mut bytes = Vec::new();
        self.accounts.set(changes.accounts().map(|(number, holder, account)| {
            (number, leaf_of(&account.leaf(&holder.wallet), &mut bytes))
        }));
        self.miners.set(leaves(&changes.miners));
        self.machines.set(leaves(&changes.machines));
        self.names.set(leaves(&changes.names));
        self.idempotent.set(leaves(&changes.idempotent));
        if changes.froze {
            self.frozen_enrolments = std::mem::take(&mut self.enrolments).root();
        }
        self.enrolments.set(leaves(&changes.enrolments));
        if let Some((_, root)) = &changes.challenges {
            self.used_challenges = *root;
        }
        self.counters = changes.counters.clone();
        if self.counters.frozen.is_none() {
            self.frozen_enrolments = Hash::default();
        }
    }

    /// Root over the accounts.
    pub fn accounts_root(&self) -> Hash {
        self.accounts.root()
    }

    /// Root over everything else that rules read, table by table.
    pub fn rest_root(&self) -> Hash {
        let mut bytes = Vec::new();
        let tables =
            [&self.miners, &self.machines, &self.names, &self.idempotent, &self.enrolments];
        for tree in tables {
            let count = u64::try_from(tree.count()).unwrap_or(u64::MAX);
            bytes.extend_from_slice(&count.to_be_bytes());
            bytes.extend_from_slice(&tree.root());
        }
        bytes.extend_from_slice(&self.frozen_enrolments);
        bytes.extend_from_slice(&self.used_challenges);
        self.counters.encode(&mut bytes);
        tagged_hash("rc/rest/1", &bytes)
    }

    /// Root over everything.
    pub fn state_root(&self) -> Hash {
        state_root(&self.accounts_root(), &self.rest_root())
    }

    /// The proof for an account.
    pub fn prove_account(&self, number: u32) -> Option<Proof> {
        self.accounts.prove(number)
    }
}

/// Why a block cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A group of the log does not decode.
    #[error("a group of block {height} does not decode: {error}")]
    Decode {
        /// The block.
        height: u64,
        /// What is wrong.
        error: DecodeError,
    },
}

/// What is known about the newest sealed block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// Its height.
    pub height: u64,
    /// Its header's hash.
    pub hash: Hash,
}

/// Computes what a block led to; the trees must stand at the block before.
pub fn header_of(
    closed: &ClosedBlock,
    prev: Hash,
    trees: &mut Trees,
    law: &Law,
) -> Result<Header, SealError> {
    let mut leaves = Vec::new();
    for group in &closed.groups {
        let commands = commands_of(group)
            .map_err(|error| SealError::Decode { height: closed.height, error })?;
        leaves.extend(commands.into_iter().map(leaf_hash));
    }
    let receipts: Vec<Hash> = closed.receipts.iter().map(row_leaf).collect();
    trees.update(&closed.changes);
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let validators_hash = law.validators.hash();
    let batch = Batch {
        version: RULES_VERSION,
        chain_id: law.genesis.chain_id.clone(),
        height: closed.height,
        time: closed.time,
        prev,
        tx_root: merkle::root(&leaves),
        commands: count(leaves.len()),
        validators_hash,
        next_validators_hash: validators_hash,
        proposer: law.validators.primary,
        incarnation: closed.incarnation,
    };
    Ok(Header {
        batch,
        receipts_root: merkle::root(&receipts),
        receipts: count(receipts.len()),
        state_root: trees.state_root(),
    })
}

/// Seals blocks, one after the other.
pub struct Sealer {
    law: Law,
    trees: Arc<RwLock<Trees>>,
    tip: Tip,
    signer: Box<dyn Signer + Send>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("tip", &self.tip).finish_non_exhaustive()
    }
}

impl Sealer {
    /// A sealer that goes on behind `tip`, at which `trees` stand.
    pub fn new(law: Law, trees: Trees, tip: Tip, signer: Box<dyn Signer + Send>) -> Self {
        Self { law, trees: Arc::new(RwLock::new(trees)), tip, signer }
    }

    /// Seals the next block.
    pub fn seal(&mut self, closed: &ClosedBlock) -> Result<Seal, SealError> {
        let header = header_of(closed, self.tip.hash, &mut self.trees.write(), &self.law)?;
        let certificate = Certificate::sign(&header.batch, self.signer.as_ref());
        self.tip = Tip { height: closed.height, hash: header.hash() };
        Ok(Seal { header, certificate })
    }

    /// The trees, as of the newest sealed block; for proofs.
    pub fn trees(&self) -> Arc<RwLock<Trees>> {
        Arc::clone(&self.trees)
    }

    /// The newest sealed block.
    pub const fn tip(&self) -> &Tip {
        &self.tip
    }
}
