//! The seam between those who ask for changes and whatever puts them in one order.
//!
//! Nothing above knows how orders are ordered, and nothing below knows who asked. The one
//! sequencer so far is [`local`]: one writer on this machine.

pub mod local;

use std::pin::Pin;
use std::task::{Context, Poll};

use ledger::command::Command;
use ledger::receipt::Receipt;
use ledger::refusal::Refusal;
use protocol::admin::AdminAction;
use tokio::sync::oneshot;

/// A change that is asked for.
#[derive(Debug)]
pub enum Order {
    /// A command whose signature has been checked.
    Command(Command),
    /// A privileged operation; the sequencer numbers it and vouches for it.
    Admin {
        /// The name of the admin key.
        key_name: String,
        /// What is to be done.
        action: AdminAction,
    },
}

/// Why an order was neither carried out nor refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// Too many orders wait.
    #[error("too many requests are waiting")]
    Busy,
    /// The disk is full; reads go on.
    #[error("the disk is full; nothing is written until there is room")]
    DiskFull,
    /// The store cannot be written; reads go on.
    #[error("the store cannot be written: {0}")]
    StoreFailed(String),
    /// An epoch would end by a clock that the operator has not confirmed.
    #[error("an epoch would end by a clock that the operator has not confirmed: {0}")]
    ClockNotConfirmed(String),
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
    /// It is not known whether the order was carried out. The same signed bytes tell, once the node
    /// is up again.
    #[error("it is not known whether this was carried out; send the same bytes again")]
    Unknown,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was carried out and is durable.
    Done(Receipt),
    /// It was refused by the books, and changed nothing.
    Refused(Refusal),
    /// Neither.
    Unavailable(Unavailable),
}

/// An answer on its way, with the command that it is about.
///
/// Who asked drops the command, on a thread that may well have made it. Were all of them dropped by
/// one thread, it would fight the others for the allocator.
#[derive(Debug)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// What was asked for, if it was a command.
    pub command: Option<Command>,
}

/// A promise of an answer.
#[derive(Debug)]
pub struct Ticket(Result<oneshot::Receiver<Answered>, Unavailable>);

impl Ticket {
    /// A ticket for an order that was not taken.
    pub const fn not_taken(why: Unavailable) -> Self {
        Self(Err(why))
    }

    /// A ticket for an order that was taken.
    pub const fn taken(answer: oneshot::Receiver<Answered>) -> Self {
        Self(Ok(answer))
    }
}

impl Future for Ticket {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        match &mut self.0 {
            Err(why) => Poll::Ready(Answer::Unavailable(why.clone())),
            Ok(answer) => Pin::new(answer).poll(context).map(|answer| {
                // The sequencer went down with the order in its hands.
                answer.map_or(Answer::Unavailable(Unavailable::Unknown), |done| done.answer)
            }),
        }
    }
}

/// Puts orders into one sequence and answers when they are durable.
pub trait Sequencer: Send + Sync {
    /// Takes an order, or says at once that it cannot.
    fn submit(&self, order: Order) -> Ticket;

    /// Why changes are not taken at the moment; `None` when they are.
    fn trouble(&self) -> Option<Unavailable>;

    /// Orders that wait.
    fn queued(&self) -> usize;
}
