//! A store as those see it who check it: at one moment, and down to the column.

use super::{Founding, LoggedBlock, Pruned, StoreError};
use crate::seal::{ClosedBlock, Seal, Tip};
use crate::state::State;

/// How many rows the log has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogCounts {
    /// Blocks that were opened.
    pub opens: u64,
    /// Groups of commands, of blocks that were not pruned.
    pub groups: u64,
    /// Seals.
    pub seals: u64,
    /// The number of the newest command.
    pub commands: u64,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The log gives a row, and the table has none.
    #[error("is missing")]
    Missing,
    /// The table has a row, and the log gives none.
    #[error("is one too many")]
    Extra,
    /// A column is different.
    #[error("has another {0} than the log gives")]
    Column(&'static str),
}

/// A row of a derived table that is not what the log gives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row} of {table} {fault}")]
pub struct WrongRow {
    /// The table.
    pub table: &'static str,
    /// The row, by its key.
    pub row: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// Why derived tables could not be found to be in order.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// They could not be read.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// They are not what the log gives.
    #[error("{0}")]
    Wrong(#[from] WrongRow),
}

/// A store at the moment at which its records were opened, whatever is written meanwhile.
pub trait Records: Send {
    /// What the books were opened with.
    fn founding(&self) -> Result<Founding, StoreError>;
    /// How many rows the log has.
    fn counts(&self) -> Result<LogCounts, StoreError>;
    /// The height of the newest block that was opened.
    fn last_height(&self) -> Result<Option<u64>, StoreError>;
    /// The block at this height.
    fn block(&self, height: u64) -> Result<Option<LoggedBlock>, StoreError>;
    /// The seal at this height.
    fn seal(&self, height: u64) -> Result<Option<Seal>, StoreError>;
    /// Up to where the bodies of blocks are gone.
    fn pruned(&self) -> Option<&Pruned>;
    /// Checks the snapshot that stands for pruned blocks, and starts from it: the state that it
    /// holds. Blocks up to it are not compared.
    fn start_at_snapshot(&mut self) -> Result<Option<State>, StoreError>;
    /// The block that the derived tables stand at; `None` when there are no derived tables.
    fn mark(&self) -> Option<&Tip>;
    /// Compares what a block added to the derived tables. Blocks come one after the other, up to
    /// the mark.
    fn check_block(&mut self, closed: &ClosedBlock) -> Result<(), CheckError>;
    /// Compares every row that holds a present value with the state at the mark, once all blocks
    /// up to it were compared.
    fn check_state(&mut self, state: &State) -> Result<(), CheckError>;
}
