//! The socket as hyper sees it: reports to the clocks, and closes so that answers arrive.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::clocks::Clocks;

/// How much is read and thrown away from a client that goes on sending after we have closed. More
/// than any body we take, so that whoever sends a little too much reads the refusal.
const LINGER_BYTES: usize = 2 * 1024 * 1024;

/// A stream that tells the clocks when bytes come in and when they do not go out.
#[derive(Debug)]
pub(super) struct Socket<T> {
    stream: T,
    clocks: Arc<Clocks>,
    closing: Closing,
}

#[derive(Debug, Clone, Copy)]
enum Closing {
    NotYet,
    /// Our side is closed; this many bytes are still put up with.
    Draining(usize),
    Done,
}

impl<T> Socket<T> {
    pub(super) fn new(stream: T, clocks: Arc<Clocks>) -> Self {
        Self { stream, clocks, closing: Closing::NotYet }
    }

    fn note_write<R>(&self, outcome: &Poll<io::Result<R>>) {
        match outcome {
            Poll::Ready(_) => self.clocks.write_moved(),
            Poll::Pending => self.clocks.write_stalled(),
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Socket<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.clocks.bytes_arrived();
        }
        outcome
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Socket<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note_write(&outcome);
        outcome
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note_write(&outcome);
        outcome
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(cx);
        self.note_write(&outcome);
        outcome
    }

    /// Closes our side, then reads what the client may still be sending, within bounds.
    ///
    /// Closing a socket with unread bytes in it makes the kernel reset the connection, and the
    /// reset destroys an answer that the client has not read yet: it would see a broken connection
    /// in place of `413`.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(self.closing, Closing::NotYet) {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            let must_linger = self.clocks.has_unread_input();
            self.closing =
                if must_linger { Closing::Draining(LINGER_BYTES) } else { Closing::Done };
            self.clocks.closing();
        }
        let mut sink = [0_u8; 4_096];
        while let Closing::Draining(left) = self.closing {
            let mut buffer = ReadBuf::new(&mut sink);
            let outcome = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            let count = buffer.filled().len();
            let is_over = outcome.is_err() || count == 0 || count >= left;
            self.closing =
                if is_over { Closing::Done } else { Closing::Draining(left.saturating_sub(count)) };
        }
        Poll::Ready(Ok(()))
    }
}
