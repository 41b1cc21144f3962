//! Clients that hold a connection and let the node wait, from addresses of their own.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType, bind, connect, socket, sockopt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::harness::tier::left_out;

/// How a client lets the node wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slowness {
    /// Half of a request line, and nothing more.
    HalfALine,
    /// A header that grows by a byte now and then.
    HeaderByBytes,
    /// A body that grows by a byte now and then.
    BodyByBytes,
    /// Many requests at once, and no answer is read.
    ReadsNothing,
    /// A request that was answered, and none after it. Everybody may do that for a while.
    Idle,
}

impl Slowness {
    pub(super) const ALL: [Self; 5] =
        [Self::HalfALine, Self::HeaderByBytes, Self::BodyByBytes, Self::ReadsNothing, Self::Idle];

    /// What is sent at first.
    fn opening(self) -> String {
        match self {
            Self::HalfALine => "GET /wallet/bal".to_owned(),
            Self::HeaderByBytes => "GET /health HTTP/1.1\r\nhost: node\r\nx-slow: ".to_owned(),
            Self::BodyByBytes => {
                "POST /wallet/transfer/signed HTTP/1.1\r\nhost: node\r\ncontent-length: 1000\r\n\r\n{"
                    .to_owned()
            }
            Self::ReadsNothing => "GET /openapi.json HTTP/1.1\r\nhost: node\r\n\r\n".repeat(40),
            Self::Idle => "GET /ready HTTP/1.1\r\nhost: node\r\n\r\n".to_owned(),
        }
    }

    const fn trickles(self) -> bool {
        matches!(self, Self::HeaderByBytes | Self::BodyByBytes)
    }
}

/// A connection of such a client.
pub(super) struct SlowSocket {
    pub(super) slowness: Slowness,
    stream: TcpStream,
}

impl SlowSocket {
    /// Connects from an address, and begins to be slow.
    pub(super) fn open(slowness: Slowness, from: Ipv4Addr, node: SocketAddrV4) -> Self {
        // A client that reads nothing has a small window, so that the node notices early.
        let window = (slowness == Slowness::ReadsNothing).then_some(4_096);
        let mut stream = connected(from, node, window);
        stream.write_all(slowness.opening().as_bytes()).unwrap();
        Self { slowness, stream }
    }

    /// Sends another byte, where that is its way. It does not matter whether anybody takes it.
    pub(super) fn trickle(&mut self) {
        if self.slowness.trickles() {
            drop(self.stream.write(b"a"));
        }
    }

    /// Whether the node has closed the connection, as far as somebody can see who reads.
    pub(super) fn is_shed(&mut self) -> bool {
        self.stream.set_nonblocking(true).unwrap();
        let mut bytes = [0; 4_096];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
            }
        }
    }
}

/// A connection whose own end is at this address.
pub(super) fn connected(from: Ipv4Addr, node: SocketAddrV4, window: Option<usize>) -> TcpStream {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    if let Some(window) = window {
        sockopt::set_socket_recv_buffer_size(&socket, window).unwrap();
    }
    bind(&socket, &SocketAddrV4::new(from, 0)).unwrap();
    connect(&socket, &node).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// Everything that the node sends until it closes.
pub(super) fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset behind the answer is a way of closing, too.
    drop(stream.read_to_end(&mut bytes));
    String::from_utf8(bytes).unwrap()
}

/// Whether this process, and a node that it starts, may hold so many files open.
pub(super) fn may_open(files: u64) -> bool {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= files) {
        return true;
    }
    let raised = Rlimit { current: Some(files), maximum };
    let may =
        maximum.is_none_or(|most| most >= files) && setrlimit(Resource::Nofile, raised).is_ok();
    if !may {
        left_out(&format!("{files} open files are needed, and the limit is {maximum:?}"));
    }
    may
}
