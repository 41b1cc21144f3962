//! The node's own accept loop: HTTP/1.1 with a limit on everything that a client can hold.
//!
//! A framework's stock server waits for ever for the second half of a header. Here every phase of a
//! connection has a time limit (`listener/clocks.rs`), the number of connections is capped in total
//! and per client (`listener/connections.rs`), buffers are small, and stopping is bounded.
//!
//! ```text
//! accept -> cap -> one task per connection (listener/connection.rs)
//!                    hyper <- socket that reports to the clocks (listener/socket.rs)
//!                    hyper -> axum router, bodies that report to the clocks (listener/bodies.rs)
//! ```

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::client_address::{AddressGroup, TrustedProxies};
use crate::middleware::EdgedRouter;

mod bodies;
mod clocks;
mod connection;
mod connections;
mod socket;

pub use self::bodies::BodyTimedOut;
use self::connection::Drive;
use self::connections::Connections;

/// What is sent, if it fits the socket at once, to a client over a cap.
const BUSY_ANSWER: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    Content-Type: application/json\r\nConnection: close\r\nRetry-After: 1\r\n\
    Content-Length: 74\r\n\r\n\
    {\"code\":\"TOO_MANY_CONNECTIONS\",\"error\":\"too many connections\",\"ok\":false}\n";

/// Connections that the kernel keeps until they are accepted; it keeps fewer where its own limit
/// (`net.core.somaxconn`) is lower. Beyond them a client's first packet is dropped, and it tries
/// again after a second: the usual 128 are too few for a slot's start, when miners come all at once.
const BACKLOG: u32 = 4_096;

/// The first and the longest pause after a failed accept (out of file descriptors or memory).
const ACCEPT_PAUSE: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// How long a client may take for each phase of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the connection, or from the first byte of a later request, to the end of its header.
    pub header: Duration,
    /// From the end of the header to the end of the body.
    pub body: Duration,
    /// From the end of the header to the first byte of the answer, body and handler included.
    pub answer: Duration,
    /// For the socket to take any further byte of an answer.
    pub write: Duration,
    /// From the end of an answer to the first byte of the next request.
    pub idle: Duration,
    /// For a client to notice that we have closed, while it is still sending.
    pub linger: Duration,
    /// For all requests in flight when the node stops.
    pub drain: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(12),
            answer: Duration::from_secs(30),
            write: Duration::from_secs(12),
            idle: Duration::from_mins(1),
            linger: Duration::from_secs(2),
            drain: Duration::from_secs(10),
        }
    }
}

/// The limits of a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerSettings {
    /// For the phases of a connection.
    pub timeouts: Timeouts,
    /// Connections in total. Keep the process's limit of open files well above it.
    pub max_connections: usize,
    /// Connections per IPv4 address or IPv6 network of 64 bits.
    pub max_connections_per_client: usize,
    /// Whose connections are many clients' and count in total only.
    pub trusted_proxies: TrustedProxies,
}

impl Default for ListenerSettings {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            max_connections: 4_096,
            max_connections_per_client: 1_024,
            trusted_proxies: TrustedProxies::default(),
        }
    }
}

/// How [`serve`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that were still busy when [`Timeouts::drain`] was over, and were cut.
    pub cut: usize,
}

/// What the accept loop tells the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Carry on.
    No,
    /// Finish the request in flight, take no other.
    Soon,
    /// End as you are.
    Now,
}

/// A socket that listens on this address.
///
/// # Errors
/// The address cannot be listened on.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A node that starts again does not wait for connections of the one before to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts and serves connections until `shutdown` completes, then stops: no new connections, idle
/// ones closed, requests in flight finished, at most [`Timeouts::drain`] later the rest cut.
pub async fn serve<F>(
    listener: TcpListener,
    router: EdgedRouter,
    settings: ListenerSettings,
    shutdown: F,
) -> Stopped
where
    F: Future<Output = ()> + Send,
{
    let drain = settings.timeouts.drain;
    let (stop, stop_seen) = watch::channel(Stop::No);
    let acceptor = Acceptor {
        listener,
        router,
        connections: Arc::new(Connections::new(
            settings.max_connections,
            settings.max_connections_per_client,
        )),
        settings,
        stop: stop_seen,
    };
    let mut accepting = Box::pin(acceptor.run());
    tokio::select! {
        () = &mut accepting => {}
        () = shutdown => {}
    }
    // Closes the listening socket, and with it the last receiver that is not a connection's.
    drop(accepting);
    finish(&stop, drain).await
}

/// Waits for the connections, which hold the receivers of `stop`, to end.
async fn finish(stop: &watch::Sender<Stop>, drain: Duration) -> Stopped {
    stop.send_replace(Stop::Soon);
    if tokio::time::timeout(drain, stop.closed()).await.is_ok() {
        return Stopped { cut: 0 };
    }
    let cut = stop.receiver_count();
    tracing::warn!(connections = cut, "requests still in flight were cut");
    stop.send_replace(Stop::Now);
    stop.closed().await;
    Stopped { cut }
}

/// The accept loop and what it hands to every connection.
struct Acceptor {
    listener: TcpListener,
    router: EdgedRouter,
    connections: Arc<Connections>,
    settings: ListenerSettings,
    stop: watch::Receiver<Stop>,
}

impl Acceptor {
    /// Never ends by itself.
    async fn run(self) {
        let mut pause = ACCEPT_PAUSE.0;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    pause = ACCEPT_PAUSE.0;
                    self.admit(stream, peer);
                }
                Err(error) if concerns_one_client(&error) => {}
                Err(error) => {
                    // The connection stays in the kernel's queue, so trying again at once would
                    // spin. Clients that leave free what is missing.
                    tracing::error!(%error, pause_ms = pause.as_millis(), "cannot accept");
                    tokio::time::sleep(pause).await;
                    pause = pause.saturating_mul(2).min(ACCEPT_PAUSE.1);
                }
            }
        }
    }

    fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        let is_proxy = self.settings.trusted_proxies.contains(peer.ip());
        let client = (!is_proxy).then(|| AddressGroup::from(peer.ip()));
        let Some(place) = self.connections.admit(client) else {
            refuse(&stream);
            return;
        };
        // Answers are small and whole: waiting to fill a packet only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let drive = Drive {
            stream,
            peer,
            router: self.router.clone(),
            timeouts: self.settings.timeouts,
            stop: self.stop.clone(),
        };
        let _detached = tokio::spawn(async move {
            drive.run().await;
            drop(place);
        });
    }
}

/// Says no without waiting and without keeping anything.
fn refuse(stream: &TcpStream) {
    // The buffer of a fresh socket takes this in one piece. If not, closing says enough.
    if let Err(error) = stream.try_write(BUSY_ANSWER) {
        tracing::trace!(%error, "closed a connection over the cap without a word");
    }
}

/// Whether only the connection at hand failed, so that the next one can be accepted at once.
fn concerns_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_crowd_gets_in_before_anybody_is_accepted() {
        let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn");
        let most = most.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(128);
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let patience = Duration::from_secs(20);
        let crowd = (0..600.min(most)).map(|_| {
            // Blocks for seconds where the queue is full.
            std::net::TcpStream::connect_timeout(&address, patience).unwrap()
        });
        assert_eq!(crowd.collect::<Vec<_>>().len(), 600.min(most));
    }

    #[test]
    fn the_busy_answer_declares_its_length() {
        let text = std::str::from_utf8(BUSY_ANSWER).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{}", body.len());
    }

    #[test]
    fn only_trouble_of_one_client_is_retried_at_once() {
        assert!(concerns_one_client(&io::ErrorKind::ConnectionAborted.into()));
        // EMFILE: too many open files.
        assert!(!concerns_one_client(&io::Error::from_raw_os_error(24)));
    }
}
