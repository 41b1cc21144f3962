//! Where the books are kept: an append-only log, which is the truth, and tables derived from it.
//!
//! The log takes one durable transaction per group. The derived tables follow when a block has been
//! sealed; their mark says up to where. They can be rebuilt from the log at any time.

pub mod memory;
mod records;
pub mod sqlite;

use std::sync::Arc;

use protocol::encoding::{Hash, tagged_hash_of_parts};
use protocol::time::UnixMillis;
use protocol::transfer::TxId;

use crate::changes::{AttestationRecord, BlockChanges, EpochRecord};
use crate::seal::{Seal, Tip};
use crate::state::{Account, AccountNumber, HistoryRow, Movement, State};

pub use records::{CheckError, Fault, LogCounts, Records, WrongRow};

/// Trouble with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no room; nothing was written.
    #[error("the disk is full")]
    Full,
    /// Nothing was written.
    #[error("nothing was written: {0}")]
    RolledBack(String),
    /// Nobody knows whether it was written; the process has to stop and look again.
    #[error("it is not known whether this was written: {0}")]
    Unknown(String),
    /// What is stored is not what was written.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// Something could not be read.
    #[error("the store could not be read: {0}")]
    Unreadable(String),
    /// There are no books here; `node init` makes them.
    #[error("there is no ledger in {0}")]
    Missing(String),
    /// There are books here already.
    #[error("there is a ledger in {0} already")]
    Exists(String),
    /// The store was written by a newer program.
    #[error("the store has version {found}; this program knows up to {known}")]
    TooNew {
        /// What it says.
        found: u32,
        /// What this program knows.
        known: u32,
    },
}

/// The opening of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Its height.
    pub height: u64,
    /// Its time.
    pub time: UnixMillis,
    /// The incarnation that opened it.
    pub incarnation: u32,
    /// The number that its first command gets, should it have any.
    pub first_command: u64,
}

/// Commands that became durable together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The block.
    pub height: u64,
    /// The number of the first command.
    pub first_command: u64,
    /// How many there are.
    pub commands: u32,
    /// The commands, each behind its length.
    pub body: Vec<u8>,
    /// Hash over the group before and this one.
    pub chain: Hash,
}

impl Group {
    /// The chained hash of a group behind `previous`.
    pub fn chained(previous: &Hash, height: u64, first_command: u64, body: &[u8]) -> Hash {
        let (height, first) = (height.to_be_bytes(), first_command.to_be_bytes());
        tagged_hash_of_parts("rc/group/1", &[previous, &height, &first, body])
    }
}

/// What one durable transaction adds to the log, in this order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Append<'a> {
    /// The seal of a closed block.
    pub seal: Option<&'a Seal>,
    /// The opening of a block.
    pub open: Option<Open>,
    /// Commands of the open block.
    pub group: Option<&'a Group>,
}

/// The writer's side of the log.
pub trait Log: Send {
    /// Adds to the log; when this returns `Ok`, it is durable.
    fn append(&mut self, append: Append<'_>) -> Result<(), StoreError>;

    /// Finds out whether there is room to write, without writing anything that counts.
    fn probe(&mut self) -> Result<(), StoreError>;
}

/// A block as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedBlock {
    /// Its opening.
    pub open: Open,
    /// Its groups, in order.
    pub groups: Vec<Group>,
    /// Its seal, if it has one.
    pub seal: Option<Seal>,
}

/// A pruning of the log: the bodies of blocks up to a height are gone, and a snapshot stands for
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pruned {
    /// The newest block whose body is gone.
    pub height: u64,
    /// Its header's hash.
    pub header_hash: Hash,
    /// The chained hash of the newest group up to it.
    pub chain: Hash,
    /// The SHA-256 of the snapshot's file.
    pub snapshot: Hash,
}

/// What the books were opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    /// The text of the genesis file.
    pub genesis: String,
    /// The import, in canonical form; empty where the genesis file's allocations count.
    pub openings: Vec<u8>,
    /// The first validator set, encoded.
    pub validators: Vec<u8>,
}

/// The writer's side of the derived tables.
pub trait Derived: Send {
    /// Writes what a sealed block changed, and moves the mark to it, in one transaction.
    fn write(&mut self, block: &SealedBlock<'_>) -> Result<(), StoreError>;

    /// Puts what was written into an order that is quicker to read, where that is due. Takes longer
    /// than writing a block at times, changes nothing that anybody reads, and is tried again behind
    /// the next block when it fails.
    fn tidy(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Reads the state at the mark; `None` when there is none.
    fn load(&mut self) -> Result<Option<(Tip, State)>, StoreError>;

    /// Forgets everything; the log stays.
    fn reset(&mut self) -> Result<(), StoreError>;

    /// Starts anew from the snapshot of the last pruning. Without it, everything stays as it is.
    fn restore(&mut self, pruned: &Pruned) -> Result<(), StoreError>;
}

/// A sealed block with everything that derived tables need.
#[derive(Debug, Clone, Copy)]
pub struct SealedBlock<'a> {
    /// Its seal.
    pub seal: &'a Seal,
    /// What it changed.
    pub changes: &'a BlockChanges,
    /// Its commands by number: the first one's number, and their bytes.
    pub first_command: u64,
    /// The groups of commands.
    pub groups: &'a [Vec<u8>],
}

/// The readers' side. Readers never wait for the writer.
pub trait Reads: Send + Sync {
    /// What the books were opened with.
    fn founding(&self) -> Result<Founding, StoreError>;
    /// The block at this height.
    fn block(&self, height: u64) -> Result<Option<LoggedBlock>, StoreError>;
    /// The seal at this height.
    fn seal(&self, height: u64) -> Result<Option<Seal>, StoreError>;
    /// The height of the newest block that was opened.
    fn last_height(&self) -> Result<Option<u64>, StoreError>;
    /// The state that the derived tables stand at; `None` when there are none.
    fn derived_state(&self) -> Result<Option<(Tip, State)>, StoreError>;
    /// An account as of the mark of the derived tables.
    fn account(&self, number: AccountNumber) -> Result<Option<Account>, StoreError>;
    /// The movement of this number, if the derived tables have it.
    fn movement(&self, number: u64) -> Result<Option<Movement>, StoreError>;
    /// The history of an account from this movement back, newest first: at most `limit` rows, behind
    /// the first `skip`. Ends early where the derived tables have none, or one of other accounts.
    fn history_back(
        &self,
        account: AccountNumber,
        newest: u64,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<HistoryRow>, StoreError>;
    /// Movements from this number on, ascending.
    fn movements_from(&self, number: u64, limit: usize) -> Result<Vec<Movement>, StoreError>;
    /// The movement at this place in the list of transfers.
    fn transfer(&self, transfer_number: u64) -> Result<Option<Movement>, StoreError>;
    /// The movement of this transaction.
    fn movement_of(&self, tx_id: &TxId) -> Result<Option<Movement>, StoreError>;
    /// The record that this epoch falls into.
    fn epoch(&self, epoch: u64) -> Result<Option<EpochRecord>, StoreError>;
    /// An attestation, without what the miner sent.
    fn attestation(&self, number: u64) -> Result<Option<AttestationRecord>, StoreError>;
    /// Whether this transaction was carried out in a block whose bodies are gone, and nothing but
    /// its id is left.
    fn was_pruned(&self, tx_id: &TxId) -> Result<bool, StoreError>;
    /// Up to where the bodies of blocks are gone; `None` when all are there.
    fn pruned(&self) -> Result<Option<Pruned>, StoreError>;
    /// The store as it is now, for those who check it.
    fn records(&self) -> Result<Box<dyn Records>, StoreError>;
    /// Whether what the books are kept in is whole, as far as the store itself can tell.
    fn check_structure(&self) -> Result<(), StoreError>;
}

/// A store, taken apart into its three sides.
pub struct Store {
    /// The log.
    pub log: Box<dyn Log>,
    /// The derived tables.
    pub derived: Box<dyn Derived>,
    /// The readers' side.
    pub reads: Arc<dyn Reads>,
}

/// A walk back through an account's history, as [`Reads::history_back`] says.
#[derive(Debug)]
pub(crate) struct WalkBack {
    account: AccountNumber,
    next: u64,
    skip: usize,
    limit: usize,
    found: Vec<HistoryRow>,
}

impl WalkBack {
    pub(crate) const fn new(
        account: AccountNumber,
        newest: u64,
        skip: usize,
        limit: usize,
    ) -> Self {
        Self { account, next: newest, skip, limit, found: Vec::new() }
    }

    /// Whose history it is.
    pub(crate) const fn account(&self) -> AccountNumber {
        self.account
    }

    /// The movement that is wanted next; `None` when the walk is over.
    pub(crate) fn next(&self) -> Option<u64> {
        (self.next > 0 && self.found.len() < self.limit).then_some(self.next)
    }

    /// Takes the row of [`WalkBack::next`], or of the nearest older movement that could be found.
    /// The walk ends when it is another one, or none.
    pub(crate) fn take(&mut self, row: Option<HistoryRow>) {
        let Some(row) = row.filter(|row| row.number == self.next && row.previous < row.number)
        else {
            self.next = 0;
            return;
        };
        self.next = row.previous;
        if self.skip > 0 {
            self.skip = self.skip.saturating_sub(1);
        } else {
            self.found.push(row);
        }
    }

    /// What was found.
    pub(crate) fn found(self) -> Vec<HistoryRow> {
        self.found
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
