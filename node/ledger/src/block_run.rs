//! Running a block: hooks first, then groups of commands. The writer and every replay run blocks
//! through here, so they cannot differ.

use parking_lot::RwLock;
use protocol::encoding::put_encoded;

use crate::apply::{Law, Slice, apply, end_epoch_if_over};
use crate::changes::{Changes, Touched};
use crate::command::Command;
use crate::draft::{BlockContext, Draft};
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::seal::ClosedBlock;
use crate::state::State;

/// What became of a command.
pub type Outcome = Result<Receipt, Refusal>;

/// Payouts that are drafted at once: so many stay in the processor's caches.
const PAYOUTS_AT_ONCE: u64 = 4_096;

/// A block that takes commands.
#[derive(Debug)]
pub struct BlockRun {
    context: BlockContext,
    incarnation: u32,
    first_command: u64,
    groups: Vec<Vec<u8>>,
    commands: u32,
    bytes: u64,
    receipts: Vec<Receipt>,
    touched: Touched,
}

/// A group that was applied to a draft, and can still be dropped.
#[derive(Debug)]
pub struct Applied {
    /// What became of each command.
    pub outcomes: Vec<Outcome>,
    /// The commands that were carried out, as the log keeps them.
    pub body: Vec<u8>,
    /// How many were carried out.
    pub commands: u32,
    /// The number of the first one.
    pub first_command: u64,
    receipts: Vec<Receipt>,
    changes: Changes,
}

impl BlockRun {
    /// Starts a block over a state.
    pub fn start(context: BlockContext, incarnation: u32, state: &State) -> Self {
        Self {
            context,
            incarnation,
            first_command: state.counters.commands.saturating_add(1),
            groups: Vec::new(),
            commands: 0,
            bytes: 0,
            receipts: Vec::new(),
            touched: Touched::default(),
        }
    }

    /// The block.
    pub const fn context(&self) -> BlockContext {
        self.context
    }

    /// The number that its first command gets.
    pub const fn first_command(&self) -> u64 {
        self.first_command
    }

    /// Commands so far.
    pub const fn commands(&self) -> u32 {
        self.commands
    }

    /// Bytes of commands so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether time alone changes something in this block: an epoch has ended, or is being paid.
    pub const fn hooks_are_due(&self, state: &State) -> bool {
        self.context.epoch.0 > state.counters.open_epoch.0 || state.counters.frozen.is_some()
    }

    /// Ends epochs and pays what is due. The block's opening has to be durable before.
    pub fn run_hooks(&mut self, state: &RwLock<State>, law: &Law) -> Result<(), Refusal> {
        // Should the next epoch be over before this one is paid, all of it is paid now.
        while self.must_finish_paying(&state.read()) {
            self.pay_slice(state, law)?;
        }
        let (changes, receipts) = {
            let state = state.read();
            let mut draft = Draft::over(&state, self.context);
            let receipts = end_epoch_if_over(&mut draft, law);
            (draft.into_changes(), receipts)
        };
        self.merge(state, changes, receipts);
        self.pay_slice(state, law)
    }

    const fn must_finish_paying(&self, state: &State) -> bool {
        self.context.epoch.0 > state.counters.open_epoch.0 && state.counters.frozen.is_some()
    }

    fn pay_slice(&mut self, state: &RwLock<State>, law: &Law) -> Result<(), Refusal> {
        let due = Slice::due(&state.read(), law);
        let Some(mut slice) = due else { return Ok(()) };
        loop {
            let (changes, receipts) = {
                let state = state.read();
                let mut draft = Draft::over(&state, self.context);
                let receipts = slice.pay_part(&mut draft, PAYOUTS_AT_ONCE)?;
                (draft.into_changes(), receipts)
            };
            let is_over = receipts.is_some();
            self.merge(state, changes, receipts.unwrap_or_default());
            if is_over {
                return Ok(());
            }
        }
    }

    fn merge(&mut self, state: &RwLock<State>, changes: Changes, receipts: Vec<Receipt>) {
        self.receipts.extend(receipts);
        state.write().merge(changes, &mut self.touched);
    }

    /// Applies commands to a draft over the state.
    pub fn apply(&self, state: &State, commands: &[Command], law: &Law) -> Applied {
        let mut draft = Draft::over(state, self.context);
        let first_command = draft.counters.commands.saturating_add(1);
        let mut outcomes = Vec::with_capacity(commands.len());
        let mut receipts = Vec::with_capacity(commands.len());
        let mut body = Vec::new();
        for command in commands {
            let outcome = apply(&mut draft, command, law);
            if let Ok(receipt) = &outcome {
                receipts.push(receipt.clone());
                put_encoded(&mut body, command);
            }
            outcomes.push(outcome);
        }
        Applied {
            outcomes,
            body,
            commands: u32::try_from(receipts.len()).unwrap_or(u32::MAX),
            first_command,
            receipts,
            changes: draft.into_changes(),
        }
    }

    /// Takes a group over that is now durable; gives what became of its commands.
    pub fn accept(&mut self, applied: Applied, state: &RwLock<State>) -> Vec<Outcome> {
        self.commands = self.commands.saturating_add(applied.commands);
        let bytes = u64::try_from(applied.body.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(bytes);
        if !applied.body.is_empty() {
            self.groups.push(applied.body);
        }
        self.merge(state, applied.changes, applied.receipts);
        applied.outcomes
    }

    /// Ends the block.
    pub fn close(self, state: &State) -> ClosedBlock {
        ClosedBlock {
            height: self.context.height,
            time: self.context.time,
            incarnation: self.incarnation,
            first_command: self.first_command,
            groups: self.groups,
            receipts: self.receipts,
            changes: state.block_changes(self.touched),
        }
    }
}
