//! The least HTTP/1.1 that drives a server: requests are bytes, answers a status and a body.
//!
//! A client that does more would be measured along with the server.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Bytes that are read at once.
const READ_AT_ONCE: usize = 16 * 1_024;
/// The longest answer that is taken.
const MAX_ANSWER: usize = 64 * 1_024 * 1_024;

/// A kept connection.
#[derive(Debug)]
pub(crate) struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    /// Its status.
    pub(crate) status: u16,
    /// Its body.
    pub(crate) body: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Where the body begins.
    length: usize,
    body_length: usize,
    closes: bool,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = connect(address).await?;
        Ok(Self { address, stream, buffer: Vec::with_capacity(READ_AT_ONCE) })
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(head) = read_head(&self.buffer)? {
                break head;
            }
            self.read_more().await?;
        };
        let end = head.length.saturating_add(head.body_length);
        while self.buffer.len() < end {
            self.read_more().await?;
        }
        if head.closes {
            self.stream = connect(self.address).await?;
        }
        let body = self.buffer.get(head.length..end).unwrap_or_default();
        Ok(Answer { status: head.status, body })
    }

    async fn read_more(&mut self) -> io::Result<()> {
        if self.buffer.len() > MAX_ANSWER {
            return Err(malformed("the answer is too long"));
        }
        self.buffer.reserve(READ_AT_ONCE);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
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
    let status = buffer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    let status = status.and_then(|digits| digits.parse().ok());
    let mut body_length = None;
    let mut closes = false;
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        if let Some(value) = value_of(line, b"content-length:") {
            body_length = value.parse().ok();
        } else if let Some(value) = value_of(line, b"connection:") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    let status = status.ok_or_else(|| malformed("the answer is not HTTP/1.1"))?;
    let body_length = body_length.ok_or_else(|| malformed("the answer has no content-length"))?;
    Ok(Some(Head { status, length: end.saturating_add(4), body_length, closes }))
}

/// The value of a header line, if it has this name (in small letters, with the colon).
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let (own_name, value) = line.split_at_checked(name.len())?;
    let named = own_name.eq_ignore_ascii_case(name);
    named.then(|| std::str::from_utf8(value).ok().map(str::trim))?
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The bytes of a GET request.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\n\r\n").into_bytes()
}

/// The bytes of a POST request with a JSON body.
pub(crate) fn post(path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\n\
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
    use super::*;

    #[test]
    fn heads_are_read_once_complete() {
        let answer =
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
        let head = Head { status: 404, length: answer.len() - 5, body_length: 5, closes: true };
        assert_eq!(read_head(answer).unwrap(), Some(head));
        assert_eq!(read_head(&answer[..40]).unwrap(), None);
        assert_eq!(read_head(b"").unwrap(), None);
    }

    #[test]
    fn answers_without_length_are_not_taken() {
        assert!(read_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(read_head(b"nonsense\r\n\r\n").is_err());
    }

    #[test]
    fn requests_are_complete() {
        let text = String::from_utf8(post("/a", "{}")).unwrap();
        assert!(text.starts_with("POST /a HTTP/1.1\r\n"), "{text}");
        assert!(text.ends_with("content-length: 2\r\n\r\n{}"), "{text}");
        assert_eq!(redirected(&get("/a?b=c"), "/d"), get("/d"));
    }
}
