//! One connection, from accept to close.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::bodies::{AnswerBody, RequestBody};
use super::clocks::{Clocks, Watchdog};
use super::socket::Socket;
use super::{Stop, Timeouts};
use crate::middleware::EdgedRouter;

/// The largest request line and headers together; beyond it the answer is 431.
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// The largest read buffer of a connection. hyper's own default of 400 KiB would let a full house
/// hold 1.6 GB.
const MAX_BUFFER_BYTES: usize = 32 * 1024;

/// Everything that one connection needs.
pub(super) struct Drive {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) router: EdgedRouter,
    pub(super) timeouts: Timeouts,
    pub(super) stop: watch::Receiver<Stop>,
}

impl Drive {
    /// Serves requests until the client leaves, a time limit is reached or the node stops.
    pub(super) async fn run(self) {
        let Self { stream, peer, router, timeouts, mut stop } = self;
        let clocks = Arc::new(Clocks::new(timeouts));
        let mut watchdog = Watchdog::new(Arc::clone(&clocks));
        let socket = TokioIo::new(Socket::new(stream, Arc::clone(&clocks)));
        let service = service_fn(|request| answer(request, peer, &router, &clocks, timeouts));
        let mut connection = pin!(http().serve_connection(socket, service));
        loop {
            // In this order: the watchdog looks at what the connection has just reported.
            tokio::select! {
                biased;
                outcome = connection.as_mut() => {
                    if let Err(error) = outcome {
                        tracing::trace!(%peer, %error, "connection ended early");
                    }
                    return;
                }
                () = poll_fn(|cx| watchdog.poll_expired(cx)) => {
                    tracing::debug!(%peer, phase = clocks.phase(), "connection timed out");
                    return;
                }
                changed = stop.changed() => {
                    if changed.is_err() || *stop.borrow_and_update() == Stop::Now {
                        return;
                    }
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// HTTP/1.1 with our limits. The watchdog times the phases: hyper's single header timeout would
/// have to be the idle timeout too.
fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.header_read_timeout(None).max_header_size(MAX_HEADER_BYTES).max_buf_size(MAX_BUFFER_BYTES);
    http
}

/// Hands one request to the router.
async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    router: &EdgedRouter,
    clocks: &Arc<Clocks>,
    timeouts: Timeouts,
) -> Result<Response<AnswerBody>, std::convert::Infallible> {
    let began = clocks.request_began();
    let body_deadline = began + timeouts.body;
    let request = request.map(|body| RequestBody::new(body, body_deadline, Arc::clone(clocks)));
    let mut response = router.answer(request, peer, began.into_std()).await;
    if clocks.has_unread_body() {
        // It stands in the way of the next request.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response.map(|body| AnswerBody::new(body, Arc::clone(clocks))))
}
