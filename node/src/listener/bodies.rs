//! Bodies that keep to the clock: a request's must arrive in time, an answer's end is reported.

use std::error::Error;
use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use super::clocks::Clocks;

/// The client did not send its whole body within [`Timeouts::body`](super::Timeouts::body).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("request body did not arrive in time")]
pub struct BodyTimedOut;

/// A request's body with a deadline for its last byte; tells the clocks when nobody wants the rest.
pub(super) struct RequestBody {
    incoming: Incoming,
    clocks: Arc<Clocks>,
    deadline: Instant,
    has_ended: bool,
    /// Made when the body first lets us wait: most arrive together with their header.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl RequestBody {
    pub(super) fn new(incoming: Incoming, deadline: Instant, clocks: Arc<Clocks>) -> Self {
        let has_ended = incoming.is_end_stream();
        Self { incoming, clocks, deadline, has_ended, alarm: None }
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) {
            self.has_ended = frame.is_none() || self.incoming.is_end_stream();
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let deadline = self.deadline;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        alarm.as_mut().poll(cx).map(|()| Some(Err(BodyTimedOut.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if !self.has_ended {
            self.clocks.body_abandoned();
        }
    }
}

/// An answer's body that tells the clocks when hyper is done with it.
pub(super) struct AnswerBody {
    body: Body,
    clocks: Arc<Clocks>,
}

impl AnswerBody {
    pub(super) fn new(body: Body, clocks: Arc<Clocks>) -> Self {
        clocks.answer_began();
        Self { body, clocks }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for AnswerBody {
    /// hyper drops the body once its last byte is in the write buffer. The time the socket takes
    /// to accept that buffer is watched on its own.
    fn drop(&mut self) {
        self.clocks.answer_ended();
    }
}
