//! A small HTTP client: one connection that is kept, blocking, and nothing behind the test's back.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// How long an answer is waited for: the existing miners wait as long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a node, made when it is first needed.
pub(crate) struct Http {
    address: String,
    connection: Option<BufReader<TcpStream>>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Reply {
    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body, which has to be JSON and to say so.
    pub(crate) fn json(&self) -> Value {
        let kind = self.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("application/json"), "{self:?}");
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body of an answer with this status.
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }

    /// The stable code of a refusal; empty when there is none.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Http {
    /// A client of the node at this URL.
    pub(crate) fn to(url: &str) -> Self {
        let address = url.trim_start_matches("http://").to_owned();
        Self { address, connection: None }
    }

    /// Asks, and gets an answer.
    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, &[], b"").unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Asks for something that has to be there.
    pub(crate) fn read(&mut self, path: &str) -> Value {
        self.get(path).expect(200)
    }

    /// Sends JSON, and gets an answer.
    pub(crate) fn post(&mut self, path: &str, body: impl AsRef<[u8]>) -> Reply {
        self.try_post(path, body).unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// Sends JSON; the answer may fail to come.
    pub(crate) fn try_post(&mut self, path: &str, body: impl AsRef<[u8]>) -> io::Result<Reply> {
        self.send("POST", path, &[], body.as_ref())
    }

    /// Sends JSON with an admin key.
    pub(crate) fn post_as_admin(&mut self, path: &str, key: &str, body: &str) -> Reply {
        self.send("POST", path, &[("x-admin-key", key)], body.as_bytes())
            .unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// Asks with an admin key.
    pub(crate) fn get_as_admin(&mut self, path: &str, key: &str) -> Reply {
        self.send("GET", path, &[("x-admin-key", key)], b"")
            .unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Sends a request and reads the answer. Nothing is ever sent twice.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Reply> {
        let mut connection = match self.connection.take().filter(is_open) {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.address);
        for (name, value) in headers {
            request.push_str(name);
            request.push_str(": ");
            request.push_str(value);
            request.push_str("\r\n");
        }
        if !body.is_empty() {
            request.push_str("content-type: application/json\r\n");
        }
        if method != "GET" {
            request.push_str("content-length: ");
            request.push_str(&body.len().to_string());
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let bytes = [request.as_bytes(), body].concat();
        connection.get_mut().write_all(&bytes)?;
        let reply = read_reply(&mut connection)?;
        if reply.header("connection") != Some("close") {
            self.connection = Some(connection);
        }
        Ok(reply)
    }

    /// Connects ahead of the first request.
    pub(crate) fn connect_now(&mut self) {
        self.connection = Some(self.connect().unwrap());
    }

    fn connect(&self) -> io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(BufReader::new(stream))
    }
}

/// Whether the other side has not closed the connection, as it does with idle ones.
fn is_open(connection: &BufReader<TcpStream>) -> bool {
    let stream = connection.get_ref();
    let mut byte = [0];
    let peeked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut byte));
    let blocks_again = stream.set_nonblocking(false).is_ok();
    blocks_again && matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

fn read_reply(connection: &mut BufReader<TcpStream>) -> io::Result<Reply> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let status = lines.first().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers: Vec<(String, String)> = lines
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut reply =
        Reply { status: status.ok_or(io::ErrorKind::InvalidData)?, headers, text: String::new() };
    let length = reply.header("content-length").and_then(|length| length.parse::<usize>().ok());
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
    let length = length.ok_or_else(|| invalid("an answer without the length of its body"))?;
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    reply.text = String::from_utf8(body).map_err(|_not_text| invalid("a body that is no text"))?;
    Ok(reply)
}
