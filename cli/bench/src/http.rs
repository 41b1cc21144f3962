//! The least HTTP/1.1 that drives a server: requests are bytes, answers a status and a body.
//!
//! A client that does more would be measured along with the server. Servers of other makers may
//! close connections, send their answers in pieces, or leave their length out.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Bytes that are read at once.
const READ_AT_ONCE: usize = 16 * 1_024;
/// The longest answer that is taken.
const MAX_ANSWER: usize = 64 * 1_024 * 1_024;

/// Where a server is, and how it is talked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its address.
    pub(crate) address: SocketAddr,
    /// How long an answer may take; servers of our own are waited for.
    pub(crate) patience: Option<Duration>,
}

/// A kept connection.
#[derive(Debug)]
pub(crate) struct Connection {
    peer: Peer,
    /// None once the server has closed it; the next request opens another.
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    /// Its status.
    pub(crate) status: u16,
    /// Its body.
    pub(crate) body: &'a [u8],
    /// Bytes that came over the wire.
    pub(crate) length: usize,
}

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Sized(usize),
    Chunked,
    UntilClosed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Where the body begins.
    length: usize,
    body: Body,
    closes: bool,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(peer: &Peer) -> io::Result<Self> {
        let stream = Some(in_time(peer.patience, connect(peer.address)).await?);
        Ok(Self { peer: peer.clone(), stream, buffer: Vec::with_capacity(READ_AT_ONCE) })
    }

    /// Sends a request and waits for its answer. After an error the next one is sent over a new
    /// connection.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        let patience = self.peer.patience;
        match in_time(patience, self.ask(request)).await {
            Ok((head, length)) => {
                if head.closes {
                    self.stream = None;
                }
                let body = self.buffer.get(head.length..).unwrap_or_default();
                Ok(Answer { status: head.status, body, length })
            }
            Err(error) => {
                self.stream = None;
                Err(error)
            }
        }
    }

    /// Leaves head and body in the buffer; a body in pieces is put together.
    async fn ask(&mut self, request: &[u8]) -> io::Result<(Head, usize)> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => none.insert(connect(self.peer.address).await?),
        };
        stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(head) = read_head(&self.buffer)? {
                break head;
            }
            read_more(stream, &mut self.buffer).await?;
        };
        match head.body {
            Body::Sized(length) => {
                let end = head.length.saturating_add(length);
                while self.buffer.len() < end {
                    read_more(stream, &mut self.buffer).await?;
                }
                self.buffer.truncate(end);
                Ok((head, end))
            }
            Body::UntilClosed => loop {
                match read_more(stream, &mut self.buffer).await {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                        return Ok((head, self.buffer.len()));
                    }
                    Err(error) => return Err(error),
                }
            },
            Body::Chunked => loop {
                let pieces = self.buffer.get(head.length..).unwrap_or_default();
                if let Some(body) = joined(pieces)? {
                    let length = self.buffer.len();
                    self.buffer.truncate(head.length);
                    self.buffer.extend_from_slice(&body);
                    return Ok((head, length));
                }
                read_more(stream, &mut self.buffer).await?;
            },
        }
    }
}

async fn in_time<T>(
    patience: Option<Duration>,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    match patience {
        None => work.await,
        Some(patience) => match tokio::time::timeout(patience, work).await {
            Ok(done) => done,
            Err(_elapsed) => {
                let text = format!("no answer within {} s", patience.as_secs());
                Err(io::Error::new(io::ErrorKind::TimedOut, text))
            }
        },
    }
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    if buffer.len() > MAX_ANSWER {
        return Err(malformed("the answer is too long"));
    }
    buffer.reserve(READ_AT_ONCE);
    match stream.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The head of an answer, once it is complete.
fn read_head(buffer: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = buffer.get(..end).unwrap_or_default();
    let not_http = || malformed("the answer is not HTTP/1.1");
    let keeps = head.starts_with(b"HTTP/1.1 ");
    if !keeps && !head.starts_with(b"HTTP/1.0 ") {
        return Err(not_http());
    }
    let status = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    let status: u16 = status.and_then(|digits| digits.parse().ok()).ok_or_else(not_http)?;
    let mut body = match status {
        204 | 304 => Body::Sized(0),
        _ => Body::UntilClosed,
    };
    let mut closes = !keeps;
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        if let Some(value) = value_of(line, b"content-length:") {
            let length = value.parse().map_err(|_nonsense| malformed("a length is no number"))?;
            body = Body::Sized(length);
        } else if let Some(value) = value_of(line, b"transfer-encoding:") {
            if value.eq_ignore_ascii_case("chunked") {
                body = Body::Chunked;
            }
        } else if let Some(value) = value_of(line, b"connection:") {
            closes = value.eq_ignore_ascii_case("close")
                || (closes && !value.eq_ignore_ascii_case("keep-alive"));
        }
    }
    closes |= body == Body::UntilClosed;
    Ok(Some(Head { status, length: end.saturating_add(4), body, closes }))
}

/// The value of a header line, if it has this name (in small letters, with the colon).
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let (own_name, value) = line.split_at_checked(name.len())?;
    let named = own_name.eq_ignore_ascii_case(name);
    named.then(|| std::str::from_utf8(value).ok().map(str::trim))?
}

/// A body that came in pieces, once its last one is there.
fn joined(mut pieces: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Some(end) = pieces.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let line = pieces.get(..end).and_then(|line| std::str::from_utf8(line).ok());
        let digits = line.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let length = usize::from_str_radix(digits, 16)
            .map_err(|_nonsense| malformed("a piece of the answer has no length"))?;
        let rest = pieces.get(end.saturating_add(2)..).unwrap_or_default();
        if length == 0 {
            // Trailers, if any, end with an empty line.
            let ended =
                rest.starts_with(b"\r\n") || rest.windows(4).any(|four| four == b"\r\n\r\n");
            return Ok(ended.then_some(body));
        }
        let Some(piece) = rest.get(..length) else { return Ok(None) };
        body.extend_from_slice(piece);
        let Some(next) = rest.get(length.saturating_add(2)..) else { return Ok(None) };
        pieces = next;
    }
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The host that requests to servers of our own name.
pub(crate) const HOST: &str = "bench";

/// The bytes of a GET request.
pub(crate) fn get(path: &str) -> Vec<u8> {
    get_from(HOST, path)
}

/// The bytes of a GET request to a host that may serve several.
pub(crate) fn get_from(host: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\n\r\n").into_bytes()
}

/// The bytes of a POST request with a JSON body, to a host that may serve several.
pub(crate) fn post_to(host: &str, path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The same request to another path.
pub(crate) fn redirected(request: &[u8], path: &str) -> Vec<u8> {
    let mut words = request.splitn(3, |byte| *byte == b' ');
    let (method, rest) = (words.next().unwrap_or_default(), words.nth(1).unwrap_or_default());
    [method, b" ", path.as_bytes(), b" ", rest].concat()
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn heads_are_read_once_complete() {
        let answer =
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
        let body = Body::Sized(5);
        let head = Head { status: 404, length: answer.len() - 5, body, closes: true };
        assert_eq!(read_head(answer).unwrap(), Some(head));
        assert_eq!(read_head(&answer[..40]).unwrap(), None);
        assert_eq!(read_head(b"").unwrap(), None);
        assert!(read_head(b"nonsense\r\n\r\n").is_err());
        assert!(read_head(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n").is_err());
    }

    #[test]
    fn the_end_of_a_body_is_found_in_every_way() {
        let head = |text: &[u8]| {
            let head = read_head(text).unwrap().unwrap();
            (head.body, head.closes)
        };
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(head(chunked), (Body::Chunked, false));
        assert_eq!(head(b"HTTP/1.1 200 OK\r\n\r\n"), (Body::UntilClosed, true));
        assert_eq!(head(b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n"), (Body::Sized(2), true));
        let kept = b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n";
        assert_eq!(head(kept), (Body::Sized(2), false));
        assert_eq!(head(b"HTTP/1.1 204 No Content\r\n\r\n"), (Body::Sized(0), false));
    }

    #[test]
    fn pieces_are_joined_once_all_are_there() {
        let pieces = b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n";
        assert_eq!(joined(pieces).unwrap().as_deref(), Some(&b"hello world"[..]));
        for end in 0..pieces.len() {
            assert_eq!(joined(&pieces[..end]).unwrap(), None, "{end}");
        }
        assert!(joined(b"x\r\n").is_err());
    }

    #[test]
    fn another_path_gets_the_same_request() {
        let there = redirected(&post_to(HOST, "/here", "{}"), "/there");
        assert_eq!(there, post_to(HOST, "/there", "{}"));
    }

    /// Answers every connection with these bytes, once, and closes it.
    async fn server(answer: &'static [u8]) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 1_024];
                let _read = stream.read(&mut request).await;
                let _written = stream.write_all(answer).await;
            }
        });
        Peer { address, patience: Some(Duration::from_mins(1)) }
    }

    #[tokio::test]
    async fn a_server_that_closes_is_connected_to_again() {
        let peer = server(b"HTTP/1.0 200 OK\r\n\r\nhello").await;
        let mut connection = Connection::open(&peer).await.unwrap();
        for _ in 0..3 {
            let answer = connection.exchange(&get("/")).await.unwrap();
            assert_eq!((answer.status, answer.body), (200, &b"hello"[..]));
        }
    }

    #[tokio::test]
    async fn after_an_error_the_next_request_has_a_connection_again() {
        let peer = server(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello").await;
        let mut connection = Connection::open(&peer).await.unwrap();
        assert!(connection.exchange(&get("/")).await.is_err());
        let error = connection.exchange(&get("/")).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "cut again, not refused");
    }
}
