//! The sequencer of one machine: one writer thread, and a second one that seals and derives.
//!
//! ```text
//! submit -> queue -> writer: draft, log, merge, answer -> close -> sealer: roots, certificate
//!                      ^                                              |
//!                      '------- seal, logged with the next group -----'  then: derived tables
//! ```
//!
//! One closed block may wait for its seal while the next one is open; no more, so a slow disk slows
//! orders down instead of filling memory.

mod blocks;
mod clock_watch;
mod pace;
mod sealing;
mod writing;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use ledger::ledger::Ledger;
use ledger::seal::Seal;
use parking_lot::{Mutex, RwLock};
use protocol::keys::Signer;
use tokio::sync::{oneshot, watch};

use self::blocks::Blocks;
use self::clock_watch::ClockWatch;
use self::pace::Pace;
use self::sealing::SealingThread;
use self::writing::WritingThread;
use super::{Answered, Order, Sequencer, Ticket, Unavailable};
use crate::books::{AttestationCounts, Books, ChainTip};
use crate::clock::NodeClock;
use crate::metrics::Metrics;
use crate::rotation::Rotation;
use crate::vitals::Vitals;

/// Orders that may wait.
const QUEUE: usize = 8_192;

/// An order and where its answer goes.
#[derive(Debug)]
struct Waiting {
    order: Box<Order>,
    reply: oneshot::Sender<Answered>,
}

/// What the writer is told.
#[derive(Debug)]
enum Message {
    Order(Waiting),
    /// A block was sealed.
    Sealed(Box<Seal>),
    /// The sealer cannot go on.
    SealerFailed(String),
    /// Finish and stop.
    Stop,
}

/// What both threads share with the outside.
#[derive(Debug, Clone)]
struct Shared {
    clock: NodeClock,
    vitals: Arc<Vitals>,
    metrics: Arc<Metrics>,
    rotation: Arc<Rotation>,
    trouble: Arc<RwLock<Option<Unavailable>>>,
    queued: Arc<AtomicUsize>,
    stopping: Arc<AtomicBool>,
    fatal: Arc<watch::Sender<Option<String>>>,
}

/// Stops the node when a thread ends that was not told to, by a panic say: a node that can no longer
/// write must not look alive.
#[derive(Debug)]
struct Fuse(Shared);

impl Drop for Fuse {
    fn drop(&mut self) {
        if !self.0.stopping.load(Ordering::Relaxed) && self.0.fatal.borrow().is_none() {
            self.0.vitals.set_db_rw(false);
            drop(self.0.fatal.send_replace(Some("a sequencer thread ended".to_owned())));
        }
    }
}

/// What a sequencer is started with, beside the ledger.
pub struct Surroundings {
    /// The time.
    pub clock: NodeClock,
    /// Told how the store is.
    pub vitals: Arc<Vitals>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Told who attested.
    pub rotation: Arc<Rotation>,
    /// Vouches for admin commands.
    pub signer: Box<dyn Signer + Send>,
    /// Whether the operator has confirmed the clock at this start.
    pub clock_confirmed: bool,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

fn fused(shared: Shared, work: impl FnOnce() + Send) -> impl FnOnce() + Send {
    let fuse = Fuse(shared);
    move || {
        work();
        drop(fuse);
    }
}

/// The sequencer of one machine.
#[derive(Debug)]
pub struct LocalSequencer {
    queue: SyncSender<Message>,
    shared: Shared,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl LocalSequencer {
    /// Starts both threads over opened books. The receiver is told when they cannot go on and the
    /// process has to stop.
    pub fn start(
        ledger: Ledger,
        tip: ChainTip,
        surroundings: Surroundings,
    ) -> std::io::Result<(Self, Books, watch::Receiver<Option<String>>)> {
        let Ledger { law, writer, sealer, derived, reads } = ledger;
        let (queue, messages) = sync_channel(QUEUE);
        let (to_sealer, from_writer) = sync_channel(1);
        let (fatal, fatal_seen) = watch::channel(None);
        let (tip_sender, tip) = watch::channel(Arc::new(tip));
        let shared = Shared {
            clock: surroundings.clock,
            vitals: surroundings.vitals,
            metrics: surroundings.metrics,
            rotation: surroundings.rotation,
            trouble: Arc::new(RwLock::new(None)),
            queued: Arc::new(AtomicUsize::new(0)),
            stopping: Arc::new(AtomicBool::new(false)),
            fatal: Arc::new(fatal),
        };
        let attestation_counts = Arc::new(AttestationCounts::default());
        let books = Books::new(
            Arc::clone(&law),
            writer.state(),
            reads,
            sealer.trees(),
            tip,
            Arc::clone(&attestation_counts),
        );
        let now = shared.clock.now();
        let clock_watch = ClockWatch::start(
            shared.clock,
            writer.last_time(),
            law.genesis.policy.max_gap_seconds,
            law.genesis.calendar.slot_seconds(),
            surroundings.clock_confirmed,
        );
        let sealing = SealingThread {
            sealer,
            derived,
            from_writer,
            to_writer: queue.clone(),
            tip: tip_sender,
            attestation_counts,
            shared: shared.clone(),
        };
        let writing = WritingThread {
            chain_id: law.genesis.chain_id.clone(),
            blocks: Blocks::new(law, writer, to_sealer, clock_watch, now),
            messages,
            signer: surroundings.signer,
            shared: shared.clone(),
            backlog: VecDeque::new(),
            pace: Pace::starting(Instant::now()),
            failed_at: None,
            over: false,
        };
        let threads = vec![
            Builder::new()
                .name("sealer".to_owned())
                .spawn(fused(shared.clone(), move || sealing.run()))?,
            Builder::new()
                .name("writer".to_owned())
                .spawn(fused(shared.clone(), move || writing.run()))?,
        ];
        let sequencer = Self { queue, shared, threads: Mutex::new(threads) };
        Ok((sequencer, books, fatal_seen))
    }

    /// Carries out what waits, seals the open block and ends both threads. Blocks.
    pub fn stop(&self) {
        // A writer that is gone needs no message.
        drop(self.queue.send(Message::Stop));
        for thread in self.threads.lock().drain(..) {
            if thread.join().is_err() {
                tracing::error!("a sequencer thread panicked");
            }
        }
    }
}

impl Sequencer for LocalSequencer {
    fn submit(&self, order: Order) -> Ticket {
        let (reply, answer) = oneshot::channel();
        let message = Message::Order(Waiting { order: Box::new(order), reply });
        self.shared.queued.fetch_add(1, Ordering::Relaxed);
        match self.queue.try_send(message) {
            Ok(()) => Ticket::taken(answer),
            Err(refused) => {
                self.shared.queued.fetch_sub(1, Ordering::Relaxed);
                self.shared.metrics.orders_unavailable.add_one();
                Ticket::not_taken(match refused {
                    TrySendError::Full(_) => Unavailable::Busy,
                    TrySendError::Disconnected(_) => Unavailable::Stopping,
                })
            }
        }
    }

    fn trouble(&self) -> Option<Unavailable> {
        self.shared.trouble.read().clone()
    }

    fn queued(&self) -> usize {
        self.shared.queued.load(Ordering::Relaxed)
    }
}
