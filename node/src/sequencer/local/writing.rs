//! The writing thread: takes everything that waits, executes it as one group, answers.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use ledger::block_run::Outcome;
use ledger::command::Command;
use ledger::receipt::Receipt;
use ledger::store::StoreError;
use ledger::writer::Trouble;
use protocol::admin::SignedAdmin;
use protocol::keys::Signer;
use protocol::time::UnixMillis;
use protocol::transfer::ChainId;
use tokio::sync::oneshot;

use super::blocks::{Blocks, NotReady};
use super::pace::Pace;
use super::{Message, QUEUE, Shared, Waiting};
use crate::sequencer::{Answer, Answered, Order, Unavailable};

/// Orders that are executed as one group at most.
const MAX_GROUP: usize = 4_096;

/// How long the writer waits before it tries a store again that failed, in milliseconds.
const PROBE_AFTER_MILLIS: u64 = 500;

/// How long orders wait for the sealer before they are sent away.
const SEALER_PATIENCE: Duration = Duration::from_secs(5);

/// Executes orders.
pub(super) struct WritingThread {
    pub(super) blocks: Blocks,
    pub(super) messages: Receiver<Message>,
    pub(super) signer: Box<dyn Signer + Send>,
    pub(super) chain_id: ChainId,
    pub(super) shared: Shared,
    /// Orders that came while the writer waited for the sealer.
    pub(super) backlog: VecDeque<Waiting>,
    pub(super) pace: Pace,
    /// When the store failed, if it did; it is not written before a probe succeeds.
    pub(super) failed_at: Option<UnixMillis>,
    pub(super) over: bool,
}

impl WritingThread {
    /// Works until it is told to stop, or cannot go on.
    pub(super) fn run(mut self) {
        while !self.over {
            let now = self.shared.clock.now();
            self.recover(now);
            if self.failed_at.is_none()
                && let Err(trouble) = self.blocks.keep_time(now)
            {
                self.note(&trouble);
            }
            self.shared.vitals.set_clock_problem(self.blocks.clock_problem(now));
            let wait = if self.backlog.is_empty() { self.blocks.next_wake_up(now) } else { 0 };
            match self.messages.recv_timeout(Duration::from_millis(wait)) {
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => self.over = true,
            }
            self.work();
            if self.shared.stopping.load(Ordering::Relaxed) {
                self.wind_up();
            }
        }
        self.refuse_backlog(&Unavailable::Stopping);
    }

    /// Takes a message and what waits behind it, as far as one group goes.
    fn take(&mut self, message: Message) {
        let mut next = Some(message);
        while let Some(message) = next.take() {
            match message {
                Message::Order(waiting) => self.backlog.push_back(waiting),
                Message::Sealed(seal) => self.blocks.take_seal(*seal),
                Message::SealerFailed(error) => self.die(&error),
                Message::Stop => self.shared.stopping.store(true, Ordering::Relaxed),
            }
            if self.backlog.len() < MAX_GROUP {
                next = self.messages.try_recv().ok();
            }
        }
    }

    /// Executes the backlog, group by group, and makes a waiting seal durable.
    fn work(&mut self) {
        while !self.backlog.is_empty() && !self.over {
            let now = self.shared.clock.now();
            match self.ready(now) {
                Ok(()) => {
                    let orders = self.execute_group();
                    self.pause_behind(orders);
                }
                Err(why) => self.refuse_backlog(&why),
            }
        }
        if self.failed_at.is_none()
            && let Err(trouble) = self.blocks.log_seal()
        {
            self.note(&trouble);
        }
    }

    /// Lets orders gather where they come fast.
    fn pause_behind(&mut self, orders: usize) {
        let queued = self.shared.queued.load(Ordering::Relaxed);
        if let Some(pause) = self.pace.after_group(orders, queued, Instant::now()) {
            // Nobody wakes this thread up before it waits for messages again.
            std::thread::park_timeout(pause);
        }
    }

    /// Makes sure that a group can be executed; waits for the sealer if it has to.
    fn ready(&mut self, now: UnixMillis) -> Result<(), Unavailable> {
        if let Some(trouble) = self.shared.trouble.read().clone() {
            return Err(trouble);
        }
        for waited in [false, true] {
            match self.blocks.make_ready(now) {
                Ok(()) => return Ok(()),
                Err(NotReady::SealerIsBusy) if waited => return Err(Unavailable::Busy),
                Err(NotReady::SealerIsBusy) => self.wait_for_sealer(),
                Err(NotReady::Clock(problem)) => {
                    return Err(Unavailable::ClockNotConfirmed(problem));
                }
                Err(NotReady::Trouble(trouble)) => return Err(self.note(&trouble)),
            }
        }
        Err(Unavailable::Busy)
    }

    /// Waits until the closed block is sealed and its seal durable, or patience ends. Orders that
    /// come meanwhile wait too, as many as the queue holds.
    fn wait_for_sealer(&mut self) {
        let begun = Instant::now();
        while self.blocks.sealer_is_busy() && !self.over {
            // Orders that come meanwhile do not prolong it.
            let patience = SEALER_PATIENCE.saturating_sub(begun.elapsed());
            match self.messages.recv_timeout(patience) {
                Ok(Message::Order(waiting)) if self.backlog.len() < QUEUE => {
                    self.backlog.push_back(waiting);
                }
                Ok(Message::Order(waiting)) => self.send_away(waiting, &Unavailable::Busy),
                Ok(Message::Sealed(seal)) => self.blocks.take_seal(*seal),
                Ok(Message::SealerFailed(error)) => self.die(&error),
                Ok(Message::Stop) => self.shared.stopping.store(true, Ordering::Relaxed),
                Err(_) => return,
            }
        }
        if let Err(trouble) = self.blocks.log_seal() {
            self.note(&trouble);
        }
    }

    /// Gives the number of orders that it answered.
    fn execute_group(&mut self) -> usize {
        let mut commands = Vec::new();
        let mut replies = Vec::new();
        let most = self.blocks.room().min(MAX_GROUP);
        while commands.len() < most
            && let Some(waiting) = self.next_of_group(commands.is_empty())
        {
            let Waiting { order, reply } = waiting;
            let is_admin = matches!(*order, Order::Admin { .. });
            commands.push(self.command_of(*order));
            replies.push(reply);
            if is_admin {
                break;
            }
        }
        let orders = replies.len();
        self.shared.queued.fetch_sub(orders, Ordering::Relaxed);
        match self.blocks.execute(&commands) {
            Ok(outcomes) => self.answer(commands, outcomes, replies),
            Err(trouble) => {
                let why = self.note(&trouble);
                let failed = u64::try_from(orders).unwrap_or(u64::MAX);
                self.shared.metrics.orders_unavailable.add(failed);
                for reply in replies {
                    send(reply, Answer::Unavailable(why.clone()), None);
                }
            }
        }
        orders
    }

    /// The next order. An admin order has a group of its own: its number is given out before it is
    /// known whether the one before succeeds.
    fn next_of_group(&mut self, group_is_empty: bool) -> Option<Waiting> {
        let next = self.backlog.front()?;
        if matches!(*next.order, Order::Admin { .. }) && !group_is_empty {
            return None;
        }
        self.backlog.pop_front()
    }

    fn command_of(&self, order: Order) -> Command {
        match order {
            Order::Command(command) => command,
            Order::Admin { key_name, action } => {
                let sequence = self.blocks.admin_commands().saturating_add(1);
                let signer = self.signer.as_ref();
                Command::Admin(SignedAdmin::sign(
                    sequence,
                    key_name,
                    action,
                    &self.chain_id,
                    signer,
                ))
            }
        }
    }

    fn answer(
        &self,
        commands: Vec<Command>,
        outcomes: Vec<Outcome>,
        replies: Vec<oneshot::Sender<Answered>>,
    ) {
        self.shared.metrics.groups_committed.add_one();
        for ((command, outcome), reply) in commands.into_iter().zip(outcomes).zip(replies) {
            if let (Command::Attest(judged), Ok(Receipt::Attested { .. })) = (&command, &outcome) {
                let miner = &judged.miner;
                self.shared.rotation.attested(miner, self.shared.clock.now_seconds());
            }
            let answer = match outcome {
                Ok(receipt) => Answer::Done(receipt),
                Err(refusal) => Answer::Refused(refusal),
            };
            send(reply, answer, Some(command));
        }
    }

    fn send_away(&self, waiting: Waiting, why: &Unavailable) {
        self.shared.queued.fetch_sub(1, Ordering::Relaxed);
        self.shared.metrics.orders_unavailable.add_one();
        send(waiting.reply, Answer::Unavailable(why.clone()), None);
    }

    fn refuse_backlog(&mut self, why: &Unavailable) {
        while let Some(waiting) = self.backlog.pop_front() {
            self.send_away(waiting, why);
        }
    }

    // --- trouble ------------------------------------------------------------------------------

    /// Draws the consequences of trouble; gives what is answered to whoever waits.
    fn note(&mut self, trouble: &Trouble) -> Unavailable {
        tracing::error!(%trouble, "the store cannot be written");
        let why = match trouble {
            Trouble::Store(StoreError::Full) => Unavailable::DiskFull,
            Trouble::Store(StoreError::RolledBack(cause)) => {
                Unavailable::StoreFailed(cause.clone())
            }
            Trouble::Store(_) | Trouble::Books(_) => {
                self.die(&trouble.to_string());
                return Unavailable::Unknown;
            }
        };
        self.failed_at = Some(self.shared.clock.now());
        *self.shared.trouble.write() = Some(why.clone());
        self.shared.vitals.set_db_rw(false);
        why
    }

    /// Tries a store again that failed a while ago.
    fn recover(&mut self, now: UnixMillis) {
        let Some(failed_at) = self.failed_at else { return };
        if now.millis_since(failed_at) < PROBE_AFTER_MILLIS {
            return;
        }
        if self.blocks.probe() {
            tracing::info!("the store can be written again");
            self.failed_at = None;
            *self.shared.trouble.write() = None;
            self.shared.vitals.set_db_rw(true);
        } else {
            self.failed_at = Some(now);
        }
    }

    /// The process has to stop: going on could contradict what is on the disk.
    fn die(&mut self, cause: &str) {
        tracing::error!(cause, "the node cannot go on");
        self.over = true;
        *self.shared.trouble.write() = Some(Unavailable::Stopping);
        self.shared.vitals.set_db_rw(false);
        drop(self.shared.fatal.send_replace(Some(cause.to_owned())));
    }

    // --- the end ------------------------------------------------------------------------------

    /// Carries out what waits, closes the open block and waits until it is sealed.
    fn wind_up(&mut self) {
        while let Ok(message) = self.messages.try_recv() {
            self.take(message);
        }
        self.work();
        self.wait_for_sealer();
        if self.failed_at.is_none() && self.blocks.is_settled() && !self.over {
            match self.blocks.close_for_good(self.shared.clock.now()) {
                Ok(()) => self.wait_for_sealer(),
                Err(trouble) => drop(self.note(&trouble)),
            }
        }
        self.over = true;
    }
}

/// Whoever asked may have gone; what was done stays done.
fn send(reply: oneshot::Sender<Answered>, answer: Answer, command: Option<Command>) {
    drop(reply.send(Answered { answer, command }));
}
