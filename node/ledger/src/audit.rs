//! Do the books add up? Everything is recomputed from block 0 and compared.
//!
//! The invariants are those of a double-entry ledger: no balance below zero (types see to that),
//! every balance the sum of its movements, all balances together the supply, everything in the
//! derived tables exactly as the log gives it, every header and certificate as executing gives it.

mod derived;

use std::sync::Arc;

use protocol::money::Amount;

use self::derived::DerivedBooks;
use crate::command::Trust;
use crate::genesis::SUPPLY;
use crate::replay::{Replay, ReplayError, compare, law_of};
use crate::state::{Movement, State};
use crate::store::{Reads, StoreError};

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
    /// The derived tables have another movement than the log gives, or none.
    #[error("movement {0} of the derived tables is not the one that the log gives")]
    Movement(u64),
    /// A transfer is not found by its id.
    #[error("the transfer of movement {0} is not found by its id")]
    TxIndex(u64),
    /// The derived tables have another attestation than the log gives, or none.
    #[error("attestation {0} of the derived tables is not the one that the log gives")]
    Attestation(u64),
    /// The derived tables say something else of an epoch than the log gives.
    #[error("epoch {0} of the derived tables is not what the log gives")]
    Epoch(u64),
    /// A row of the derived state is not what the log gives.
    #[error("row {number} of the {table} in the derived tables is not what the log gives")]
    DerivedRow {
        /// The table.
        table: &'static str,
        /// The row, from 0.
        number: usize,
    },
    /// The derived tables' mark names a block that is not in the log.
    #[error("the derived tables stand at another block {0} than the log's")]
    Mark(u64),
}

/// Recomputes everything from block 0. `progress` is told the block and the last one there is.
pub fn audit(
    reads: &dyn Reads,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<AuditReport, AuditError> {
    let founding = reads.founding()?;
    let law = Arc::new(law_of(&founding)?);
    // Read before the end of the log: on a node at work, both move on, the log first.
    let derived = DerivedBooks::load(reads)?;
    let last = reads.last_height()?.ok_or(AuditError::NoBlockZero)?;
    let mut replay = Replay::from_nothing(Arc::clone(&law));
    let derived_height = derived.as_ref().map(DerivedBooks::height);
    let mut report = AuditReport { derived_height, ..AuditReport::default() };
    let mut sums = Vec::new();
    for height in 0..=last {
        let block = reads.block(height)?.ok_or(ReplayError::Missing(height))?;
        let (closed, header) = if height == 0 {
            replay.found(&founding, &block)?
        } else {
            replay.run(&block, Trust::CheckSignatures)?
        };
        match &block.seal {
            Some(seal) => {
                compare(&header, &seal.header)?;
                seal.certificate
                    .verify(&seal.header.batch, &law.validators)
                    .map_err(|error| ReplayError::Certificate { height, error })?;
            }
            // The newest two blocks may still wait for their seals.
            None if last.saturating_sub(height) < 2 => {}
            None => return Err(AuditError::Unsealed(height)),
        }
        if let Some(derived) = &derived {
            derived.check(height, header.hash(), &closed.changes, &replay.state().read())?;
        }
        closed.changes.movements.iter().for_each(|movement| add_up(&mut sums, movement));
        report.movements = closed.changes.counters.movements;
        report.commands = closed.changes.counters.commands;
        report.blocks = report.blocks.saturating_add(1);
        report.height = height;
        replay.forget_recent();
        progress(height, last);
    }
    if let Some(ahead) = derived_height.filter(|height| *height > last) {
        return Err(AuditError::Mark(ahead));
    }
    let state = replay.state();
    let state = state.read();
    check_balances(&state, &sums, report.height)?;
    report.accounts = u64::from(state.accounts.count());
    Ok(report)
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
    for (account, number) in state.accounts.as_slice().iter().zip(0_u32..) {
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
