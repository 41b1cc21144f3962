//! The writer: the one place that executes commands and adds to the log.
//!
//! A group of commands is applied to a draft, committed to the log in one durable transaction, and
//! only then merged into the state that readers see.

use std::sync::Arc;

use parking_lot::RwLock;
use protocol::encoding::Hash;
use protocol::time::UnixMillis;

use crate::apply::Law;
use crate::block_run::{BlockRun, Outcome};
use crate::command::Command;
use crate::draft::BlockContext;
use crate::refusal::Refusal;
use crate::seal::{ClosedBlock, Seal};
use crate::state::State;
use crate::store::{Append, Group, Log, Open, StoreError};

/// The books in memory, shared with readers.
pub type SharedState = Arc<RwLock<State>>;

/// Trouble, after which nothing that was not acknowledged counts.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The books contradict themselves.
    #[error("the books are wrong: {0}")]
    Books(Refusal),
}

/// Where a writer goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterStart {
    /// The height of the next block.
    pub next_height: u64,
    /// The time of the newest block.
    pub last_time: UnixMillis,
    /// The chained hash of the newest group.
    pub chain: Hash,
    /// The incarnation under which blocks are opened.
    pub incarnation: u32,
}

#[derive(Debug)]
struct OpenBlock {
    run: BlockRun,
    /// Whether the log knows that this block was opened.
    logged: bool,
    /// The time of the block before.
    previous_time: UnixMillis,
}

/// Executes commands and writes the log.
pub struct Writer {
    law: Arc<Law>,
    state: SharedState,
    log: Box<dyn Log>,
    open: Option<OpenBlock>,
    seal_to_log: Option<Seal>,
    next: WriterStart,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("next", &self.next).finish_non_exhaustive()
    }
}

impl Writer {
    /// A writer that goes on where the log ends.
    pub fn new(law: Arc<Law>, state: SharedState, log: Box<dyn Log>, next: WriterStart) -> Self {
        Self { law, state, log, open: None, seal_to_log: None, next }
    }

    /// The state, shared with readers.
    pub fn state(&self) -> SharedState {
        Arc::clone(&self.state)
    }

    /// The block that is open.
    pub fn open_block(&self) -> Option<BlockContext> {
        self.open.as_ref().map(|open| open.run.context())
    }

    /// Whether the open block holds commands.
    pub fn open_block_holds_commands(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.run.commands() > 0)
    }

    /// The time of the newest block.
    pub const fn last_time(&self) -> UnixMillis {
        self.next.last_time
    }

    /// How many more commands the open block can take; the most that any block takes when none is
    /// open.
    pub fn room(&self) -> u32 {
        let policy = &self.law.genesis.policy;
        match &self.open {
            Some(open) if open.run.bytes() >= policy.bytes_per_block => 0,
            Some(open) => policy.commands_per_block.saturating_sub(open.run.commands()),
            None => policy.commands_per_block,
        }
    }

    /// The time of a block that is opened at `now`: strictly later than the one before, whatever
    /// the clock says.
    fn block_time(&self, now: UnixMillis) -> UnixMillis {
        now.max(self.next.last_time.plus_millis(1))
    }

    /// Whether a block opened at `now` would end an epoch.
    pub fn would_end_epoch(&self, now: UnixMillis) -> bool {
        let epoch = self.law.genesis.calendar.epoch_at(self.block_time(now));
        epoch > self.state.read().counters.open_epoch
    }

    /// Opens a block.
    ///
    /// When epochs have ended, or are being paid, the opening is made durable at once and the
    /// hooks run; else it becomes durable with the first group.
    pub fn open(&mut self, now: UnixMillis) -> Result<(), Trouble> {
        let time = self.block_time(now);
        let context = BlockContext::new(self.next.next_height, time, &self.law.genesis.calendar);
        let run = BlockRun::start(context, self.next.incarnation, &self.state.read());
        let hooks_due = run.hooks_are_due(&self.state.read());
        let mut open = OpenBlock { run, logged: false, previous_time: self.next.last_time };
        if hooks_due {
            self.append(Some(self.open_row(&open.run)), None)?;
            open.logged = true;
            open.run.run_hooks(&self.state, &self.law).map_err(Trouble::Books)?;
        }
        self.next.next_height = self.next.next_height.saturating_add(1);
        self.next.last_time = time;
        self.open = Some(open);
        Ok(())
    }

    const fn open_row(&self, run: &BlockRun) -> Open {
        Open {
            height: run.context().height,
            time: run.context().time,
            incarnation: self.next.incarnation,
            first_command: run.first_command(),
        }
    }

    /// One durable transaction, which takes a waiting seal with it.
    fn append(&mut self, open: Option<Open>, group: Option<&Group>) -> Result<(), StoreError> {
        let seal = self.seal_to_log.take();
        let appended = self.log.append(Append { seal: seal.as_ref(), open, group });
        if appended.is_err() {
            self.seal_to_log = seal;
        }
        appended
    }

    /// Executes a group of commands in the open block and makes it durable.
    ///
    /// On trouble nothing of the group has happened, as far as the books in memory go. Should all
    /// commands be refused, a block that was opened for them is gone again.
    pub fn execute(&mut self, commands: &[Command]) -> Result<Vec<Outcome>, Trouble> {
        let Some(mut open) = self.open.take() else { return Ok(Vec::new()) };
        let result = self.execute_in(&mut open, commands);
        if open.logged || open.run.commands() > 0 {
            self.open = Some(open);
        } else {
            // Nothing of it is durable: a block that was opened for refused commands never was.
            self.next.next_height = open.run.context().height;
            self.next.last_time = open.previous_time;
        }
        result
    }

    fn execute_in(
        &mut self,
        open: &mut OpenBlock,
        commands: &[Command],
    ) -> Result<Vec<Outcome>, Trouble> {
        let mut applied = open.run.apply(&self.state.read(), commands, &self.law);
        if applied.commands == 0 {
            return Ok(applied.outcomes);
        }
        let height = open.run.context().height;
        let first_command = applied.first_command;
        let chain = Group::chained(&self.next.chain, height, first_command, &applied.body);
        let body = std::mem::take(&mut applied.body);
        let group = Group { height, first_command, commands: applied.commands, body, chain };
        let opening = (!open.logged).then(|| self.open_row(&open.run));
        self.append(opening, Some(&group))?;
        applied.body = group.body;
        open.logged = true;
        self.next.chain = chain;
        Ok(open.run.accept(applied, &self.state))
    }

    /// Closes the open block; `None` when there is none.
    ///
    /// The opening of an empty block becomes durable here.
    pub fn close(&mut self) -> Result<Option<ClosedBlock>, Trouble> {
        let Some(open) = self.open.take() else { return Ok(None) };
        if !open.logged {
            let row = self.open_row(&open.run);
            if let Err(error) = self.append(Some(row), None) {
                self.open = Some(open);
                return Err(error.into());
            }
        }
        Ok(Some(open.run.close(&self.state.read())))
    }

    /// Takes a seal over, to be made durable with the next transaction.
    pub fn take_seal(&mut self, seal: Seal) {
        self.seal_to_log = Some(seal);
    }

    /// Whether a seal waits to be made durable.
    pub const fn has_seal_to_log(&self) -> bool {
        self.seal_to_log.is_some()
    }

    /// Makes a waiting seal durable.
    pub fn log_seal(&mut self) -> Result<(), Trouble> {
        if self.seal_to_log.is_some() { Ok(self.append(None, None)?) } else { Ok(()) }
    }

    /// Finds out whether the store can be written.
    pub fn probe(&mut self) -> Result<(), StoreError> {
        self.log.probe()
    }
}
