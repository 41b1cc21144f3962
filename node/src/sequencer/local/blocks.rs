//! When blocks open and close, and the hand-over to the sealer.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use ledger::apply::Law;
use ledger::block_run::Outcome;
use ledger::command::Command;
use ledger::seal::Seal;
use ledger::writer::{Trouble, Writer};
use protocol::epoch::Slot;
use protocol::time::UnixMillis;

use super::clock_watch::ClockWatch;
use super::sealing::ToSealer;

/// An open block that holds something closes at this age, and a block that held something is
/// followed by another within this time, in milliseconds.
const BLOCK_MILLIS: u64 = 1_000;

/// Where the newest closed block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sealing {
    /// Sealed, and its seal is durable.
    Done,
    /// With the sealer.
    WithSealer,
    /// Sealed; the seal waits for the next transaction of the log.
    WaitsForLog,
}

/// Why a group cannot be executed now.
#[derive(Debug)]
pub(super) enum NotReady {
    /// The open block has to close first, and the one before is still with the sealer.
    SealerIsBusy,
    /// An epoch would end by a clock that is not confirmed.
    Clock(String),
    /// The store failed.
    Trouble(Trouble),
}

impl From<Trouble> for NotReady {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// The writer with its blocks.
pub(super) struct Blocks {
    law: Arc<Law>,
    writer: Writer,
    to_sealer: SyncSender<ToSealer>,
    clock: ClockWatch,
    sealing: Sealing,
    /// When a block that held something was closed that none has followed yet.
    uncertified_since: Option<UnixMillis>,
}

impl Blocks {
    pub(super) const fn new(
        law: Arc<Law>,
        writer: Writer,
        to_sealer: SyncSender<ToSealer>,
        clock: ClockWatch,
        now: UnixMillis,
    ) -> Self {
        // What a crash left behind may lack the block that certifies it, so one is due.
        let uncertified_since = Some(now);
        Self { law, writer, to_sealer, clock, sealing: Sealing::Done, uncertified_since }
    }

    /// The number of the newest admin command.
    pub(super) fn admin_commands(&self) -> u64 {
        self.writer.state().read().counters.admin_commands
    }

    /// What is odd about the clock, when an epoch would end by it.
    pub(super) fn clock_problem(&self, now: UnixMillis) -> Option<String> {
        if self.writer.would_end_epoch(now) { self.clock.problem() } else { None }
    }

    /// How many more commands the open block can take.
    pub(super) fn room(&self) -> usize {
        usize::try_from(self.writer.room()).unwrap_or(usize::MAX)
    }

    /// Whether the newest closed block is still with the sealer.
    pub(super) fn sealer_is_busy(&self) -> bool {
        self.sealing == Sealing::WithSealer
    }

    /// Closes and opens the blocks that time demands.
    pub(super) fn keep_time(&mut self, now: UnixMillis) -> Result<(), Trouble> {
        if self.open_block_is_over(now) && self.sealing == Sealing::Done {
            self.close(now)?;
        }
        let idle = self.writer.open_block().is_none() && self.sealing == Sealing::Done;
        if idle && self.clock_problem(now).is_none() && self.empty_block_is_due(now) {
            self.open(now)?;
            self.close(now)?;
        }
        Ok(())
    }

    fn open_block_is_over(&self, now: UnixMillis) -> bool {
        self.writer.open_block().is_some_and(|block| {
            let aged = now.millis_since(block.time) >= BLOCK_MILLIS;
            self.slot_is_over(now) || self.writer.room() == 0 || aged
        })
    }

    fn slot_is_over(&self, now: UnixMillis) -> bool {
        let slot = self.law.genesis.calendar.slot_at(now);
        self.writer.open_block().is_some_and(|block| slot > block.slot)
    }

    /// A block without commands is due at every slot boundary, and behind a block that held
    /// something, which it certifies.
    fn empty_block_is_due(&self, now: UnixMillis) -> bool {
        let calendar = &self.law.genesis.calendar;
        let boundary = calendar.slot_at(now) > calendar.slot_at(self.writer.last_time());
        let certifies =
            self.uncertified_since.is_some_and(|since| now.millis_since(since) >= BLOCK_MILLIS);
        boundary || certifies
    }

    /// Milliseconds until time demands something, should nothing happen before.
    pub(super) fn next_wake_up(&self, now: UnixMillis) -> u64 {
        let calendar = &self.law.genesis.calendar;
        let slot = calendar.slot_at(now.max(self.writer.last_time()));
        let next_slot = calendar.slot_start(Slot(slot.0.saturating_add(1)));
        let open = self.writer.open_block().map(|block| block.time);
        let due = open.or(self.uncertified_since);
        let soonest =
            due.map(|since| since.plus_millis(BLOCK_MILLIS)).into_iter().chain([next_slot]).min();
        soonest.map_or(BLOCK_MILLIS, |at| at.millis_since(now)).clamp(1, BLOCK_MILLIS)
    }

    /// Makes sure that a block of the running slot is open.
    pub(super) fn make_ready(&mut self, now: UnixMillis) -> Result<(), NotReady> {
        if self.slot_is_over(now) || (self.writer.room() == 0 && self.writer.open_block().is_some())
        {
            if self.sealing != Sealing::Done {
                return Err(NotReady::SealerIsBusy);
            }
            self.close(now)?;
        }
        if self.writer.open_block().is_some() {
            return Ok(());
        }
        if let Some(problem) = self.clock_problem(now) {
            return Err(NotReady::Clock(problem));
        }
        Ok(self.open(now)?)
    }

    fn open(&mut self, now: UnixMillis) -> Result<(), Trouble> {
        self.writer.open(now)?;
        self.tell_durable();
        Ok(())
    }

    /// Executes a group in the open block and makes it durable, with a seal that waits.
    pub(super) fn execute(&mut self, commands: &[Command]) -> Result<Vec<Outcome>, Trouble> {
        let outcomes = self.writer.execute(commands)?;
        self.tell_durable();
        Ok(outcomes)
    }

    /// Closes the open block and hands it to the sealer, who must be idle.
    fn close(&mut self, now: UnixMillis) -> Result<(), Trouble> {
        let Some(block) = self.writer.close()? else { return Ok(()) };
        self.tell_durable();
        let held_something = !block.receipts.is_empty();
        self.uncertified_since = held_something.then_some(now);
        self.sealing = Sealing::WithSealer;
        self.send(ToSealer::Closed(Box::new(block)));
        Ok(())
    }

    /// Takes a seal from the sealer.
    pub(super) fn take_seal(&mut self, seal: Seal) {
        self.writer.take_seal(seal);
        self.sealing = Sealing::WaitsForLog;
    }

    /// Makes a seal durable that waits, should no group have taken it along.
    pub(super) fn log_seal(&mut self) -> Result<(), Trouble> {
        self.writer.log_seal()?;
        self.tell_durable();
        Ok(())
    }

    fn tell_durable(&mut self) {
        if self.sealing == Sealing::WaitsForLog && !self.writer.has_seal_to_log() {
            self.sealing = Sealing::Done;
            self.send(ToSealer::SealDurable);
        }
    }

    fn send(&self, message: ToSealer) {
        if self.to_sealer.send(message).is_err() {
            tracing::error!("the sealer is gone");
        }
    }

    /// Closes the open block, if there is one; the sealer must be idle.
    pub(super) fn close_for_good(&mut self, now: UnixMillis) -> Result<(), Trouble> {
        self.close(now)
    }

    /// Whether everything that was closed is sealed and durable.
    pub(super) fn is_settled(&self) -> bool {
        self.sealing == Sealing::Done
    }

    /// Finds out whether the store can be written again.
    pub(super) fn probe(&mut self) -> bool {
        self.writer.probe().is_ok()
    }
}
