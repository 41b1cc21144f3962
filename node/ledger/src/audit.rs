//! Do the books add up? Everything is recomputed from block 0 and compared.
//!
//! The invariants are those of a double-entry ledger: no balance below zero (types see to that),
//! every balance the sum of its movements, all balances together the supply, everything in the
//! derived tables exactly as the log gives it, every header and certificate as executing gives it.
//!
//! Checking signatures is most of the work and needs nothing but the block, so it stands apart:
//! [`check_signatures`] may be called on any thread, for any block, while [`Audit`] executes the
//! blocks one after the other. Whoever drives both reports the fault of the lowest block; where a
//! block has two, the one of its signatures.

mod pruned;

use std::sync::Arc;

use protocol::money::Amount;

use crate::apply::Law;
use crate::command::Trust;
use crate::genesis::SUPPLY;
use crate::replay::{Replay, ReplayError, compare, decode_group, law_of};
use crate::seal::{ClosedBlock, Tip};
use crate::state::{Account, Movement, State};
use crate::store::{
    CheckError, Founding, Group, LogCounts, LoggedBlock, Reads, Records, StoreError, WrongRow,
};

/// What was found to be in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditReport {
    /// Blocks that were executed again.
    pub blocks: u64,
    /// Commands whose signatures were verified again.
    pub commands: u64,
    /// Movements that the log gives.
    pub movements: u64,
    /// Accounts whose balance is the sum of their movements.
    pub accounts: u64,
    /// The newest block.
    pub height: u64,
    /// The block up to which the derived tables were compared; `None` when there are none.
    pub derived_height: Option<u64>,
    /// The block at whose snapshot executing began; `None` when it began at block 0.
    pub pruned_height: Option<u64>,
}

/// What is not in order. Every variant says where.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The log does not replay.
    #[error("{0}")]
    Replay(#[from] ReplayError),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A block of the log cannot be read.
    #[error("block {height}: {error}")]
    Block {
        /// The block.
        height: u64,
        /// Why.
        error: StoreError,
    },
    /// There is no block 0.
    #[error("the log holds no block 0")]
    NoBlockZero,
    /// A block has no seal though a later one has.
    #[error("block {0} has no seal")]
    Unsealed(u64),
    /// All balances together are not the supply.
    #[error("after block {height} all balances sum to {sum} RTC, not to the supply")]
    Supply {
        /// The block.
        height: u64,
        /// What they sum to.
        sum: Amount,
    },
    /// A balance is not the sum of its movements.
    #[error(
        "account {account} ({wallet}) holds {balance} RTC; its movements sum to {sum} micro-RTC"
    )]
    Balance {
        /// The account.
        account: u32,
        /// Its wallet.
        wallet: String,
        /// What it holds.
        balance: Amount,
        /// What its movements sum to, in micro-RTC.
        sum: i128,
    },
    /// A row of the derived tables is not what the log gives.
    #[error("the derived tables: {0}")]
    Derived(#[from] WrongRow),
    /// The log has rows that belong to no block.
    #[error("the log has {found} {table}, and its blocks have {expected}")]
    Strays {
        /// The table.
        table: &'static str,
        /// Rows in the table.
        found: u64,
        /// Rows that blocks refer to.
        expected: u64,
    },
    /// The snapshot of pruned blocks does not lead to its header.
    #[error("block {0}: the header says another state_root than the snapshot leads to")]
    Snapshot(u64),
    /// A header does not follow the one before.
    #[error("block {0}: the header does not follow the one before")]
    Header(u64),
    /// The derived tables' mark names a block that is not in the log.
    #[error("the derived tables stand at another block {0} than the log's")]
    Mark(u64),
}

impl From<CheckError> for AuditError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Store(error) => Self::Store(error),
            CheckError::Wrong(row) => Self::Derived(row),
        }
    }
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditTotals {
    /// The newest block.
    pub last_height: u64,
    /// The number of the newest command.
    pub commands: u64,
}

/// An audit on its way through the log. Nothing is written, and what others write meanwhile is not
/// seen.
pub struct Audit {
    records: Box<dyn Records>,
    founding: Founding,
    law: Arc<Law>,
    replay: Replay,
    last: u64,
    counts: LogCounts,
    walked: LogCounts,
    /// What the movements of every account sum to, by its number.
    sums: Vec<i128>,
    report: AuditReport,
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audit").field("report", &self.report).finish_non_exhaustive()
    }
}

impl Audit {
    /// Starts before block 0; where blocks are pruned, at their snapshot, once it was compared with
    /// its header and all headers up to it with each other.
    pub fn begin(reads: &dyn Reads) -> Result<Self, AuditError> {
        let mut records = reads.records()?;
        let founding = records.founding()?;
        let law = Arc::new(law_of(&founding)?);
        let last = records.last_height()?.ok_or(AuditError::NoBlockZero)?;
        let counts = records.counts()?;
        let derived_height = records.mark().map(|mark| mark.height);
        let mut report = AuditReport { derived_height, ..AuditReport::default() };
        let mut walked = LogCounts::default();
        let (mut replay, mut sums) = (Replay::from_nothing(Arc::clone(&law)), Vec::new());
        if let Some(pruned) = records.pruned().cloned() {
            let end = pruned::check_headers(records.as_ref(), &founding, &law, &pruned)?;
            let state = records.start_at_snapshot()?.ok_or(AuditError::NoBlockZero)?;
            let tip = Tip { height: pruned.height, hash: pruned.header_hash };
            sums = state.accounts.iter().map(balance_of).collect();
            report.height = pruned.height;
            report.pruned_height = Some(pruned.height);
            walked.opens = pruned.height.saturating_add(1);
            walked.seals = walked.opens;
            replay = Replay::at(Arc::clone(&law), state, Some(tip), end.logged);
            if replay.trees().state_root() != end.state_root {
                return Err(AuditError::Snapshot(pruned.height));
            }
            if records.mark().is_some_and(|mark| mark.height == pruned.height) {
                records.check_state(&replay.state().read())?;
            }
        }
        Ok(Self { records, founding, law, replay, last, counts, walked, sums, report })
    }

    /// What [`check_signatures`] asks for.
    pub fn law(&self) -> Arc<Law> {
        Arc::clone(&self.law)
    }

    /// How much there is to do.
    pub const fn totals(&self) -> AuditTotals {
        AuditTotals { last_height: self.last, commands: self.counts.commands }
    }

    /// What was found to be in order so far.
    pub const fn so_far(&self) -> &AuditReport {
        &self.report
    }

    /// Reads the next block; `None` behind the last one.
    pub fn next_block(&self) -> Result<Option<LoggedBlock>, AuditError> {
        let height = self.replay.next_height();
        if height > self.last {
            return Ok(None);
        }
        let block =
            self.records.block(height).map_err(|error| AuditError::Block { height, error })?;
        Ok(Some(block.ok_or(ReplayError::Missing(height))?))
    }

    /// Executes the block that [`Audit::next_block`] gave, and compares what it led to. Signatures
    /// of its commands are not looked at.
    pub fn execute(&mut self, block: &LoggedBlock) -> Result<(), AuditError> {
        let height = block.open.height;
        let (closed, header) = if height == 0 {
            self.replay.found(&self.founding, block)?
        } else {
            self.replay.run(block, Trust::OwnLog)?
        };
        match &block.seal {
            Some(seal) => {
                compare(&header, &seal.header)?;
                seal.certificate
                    .verify(&seal.header.batch, &self.law.validators)
                    .map_err(|error| ReplayError::Certificate { height, error })?;
            }
            // The newest two blocks may still wait for their seals.
            None if self.last.saturating_sub(height) < 2 => {}
            None => return Err(AuditError::Unsealed(height)),
        }
        self.check_derived(&closed, header.hash())?;
        closed.changes.movements.iter().for_each(|movement| add_up(&mut self.sums, movement));
        self.replay.forget_recent();
        self.count(block, &closed);
        Ok(())
    }

    fn check_derived(
        &mut self,
        closed: &ClosedBlock,
        header_hash: protocol::encoding::Hash,
    ) -> Result<(), AuditError> {
        let Some(mark) = self.records.mark().cloned() else { return Ok(()) };
        if closed.height > mark.height {
            return Ok(());
        }
        self.records.check_block(closed)?;
        if closed.height < mark.height {
            return Ok(());
        }
        if header_hash != mark.hash {
            return Err(AuditError::Mark(mark.height));
        }
        let state = self.replay.state();
        let state = state.read();
        Ok(self.records.check_state(&state)?)
    }

    fn count(&mut self, block: &LoggedBlock, closed: &ClosedBlock) {
        let groups = u64::try_from(block.groups.len()).unwrap_or(u64::MAX);
        self.walked.opens = self.walked.opens.saturating_add(1);
        self.walked.groups = self.walked.groups.saturating_add(groups);
        self.walked.seals = self.walked.seals.saturating_add(u64::from(block.seal.is_some()));
        self.report.movements = closed.changes.counters.movements;
        self.report.commands = closed.changes.counters.commands;
        self.report.blocks = self.report.blocks.saturating_add(1);
        self.report.height = closed.height;
    }

    /// Adds up, once all blocks were executed.
    pub fn finish(mut self) -> Result<AuditReport, AuditError> {
        let (found, walked) = (self.counts, self.walked);
        for (table, found, expected) in [
            ("openings", found.opens, walked.opens),
            ("groups", found.groups, walked.groups),
            ("seals", found.seals, walked.seals),
        ] {
            if found != expected {
                return Err(AuditError::Strays { table, found, expected });
            }
        }
        if let Some(ahead) = self.report.derived_height.filter(|height| *height > self.last) {
            return Err(AuditError::Mark(ahead));
        }
        let state = self.replay.state();
        let state = state.read();
        check_balances(&state, &self.sums, self.report.height)?;
        self.report.accounts = u64::from(state.accounts.count());
        Ok(self.report)
    }
}

/// Verifies every signature of a group of the log.
pub fn check_signatures(group: &Group, law: &Law) -> Result<(), ReplayError> {
    decode_group(group, &law.genesis, Trust::CheckSignatures).map(drop)
}

/// Recomputes everything from block 0, one thing after the other. `progress` is told the block and
/// the last one there is.
pub fn audit(
    reads: &dyn Reads,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<AuditReport, AuditError> {
    match walk(reads, progress) {
        Ok(report) => reads.check_structure().map(|()| report).map_err(AuditError::Store),
        // What SQLite itself says of it may be more exact.
        Err(AuditError::Store(error)) => {
            Err(AuditError::Store(reads.check_structure().err().unwrap_or(error)))
        }
        Err(wrong) => Err(wrong),
    }
}

fn walk(reads: &dyn Reads, progress: &mut dyn FnMut(u64, u64)) -> Result<AuditReport, AuditError> {
    let mut audit = Audit::begin(reads)?;
    let law = audit.law();
    while let Some(block) = audit.next_block()? {
        for group in &block.groups {
            check_signatures(group, &law)?;
        }
        audit.execute(&block)?;
        progress(block.open.height, audit.totals().last_height);
    }
    audit.finish()
}

fn balance_of(account: &Account) -> i128 {
    i128::from(account.balance.micro())
}

fn add_up(sums: &mut Vec<i128>, movement: &Movement) {
    let amount = i128::from(movement.amount.micro());
    let mut add = |account: u32, amount: i128| {
        let index = usize::try_from(account).unwrap_or(usize::MAX);
        if sums.len() <= index {
            sums.resize(index.saturating_add(1), 0);
        }
        if let Some(sum) = sums.get_mut(index) {
            *sum = sum.saturating_add(amount);
        }
    };
    add(movement.credit, amount);
    if let Some(debit) = movement.debit {
        add(debit, amount.saturating_neg());
    }
}

/// Whether every balance is the sum of its movements, and all of them the supply.
pub fn check_balances(state: &State, sums: &[i128], height: u64) -> Result<(), AuditError> {
    let mut total = Amount::ZERO;
    for (account, number) in state.accounts.iter().zip(0_u32..) {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        let sum = sums.get(index).copied().unwrap_or(0);
        if i128::from(account.balance.micro()) != sum {
            let wallet = state.wallet(number).map(ToString::to_string).unwrap_or_default();
            let balance = account.balance;
            return Err(AuditError::Balance { account: number, wallet, balance, sum });
        }
        total = total.plus(account.balance).unwrap_or(Amount::MAX);
    }
    if total == SUPPLY { Ok(()) } else { Err(AuditError::Supply { height, sum: total }) }
}
