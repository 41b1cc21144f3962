//! A proxy between a client and a node that cuts one kind of request off, or its answer.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where a conversation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// After so many bytes of the request.
    Request(usize),
    /// After so many bytes of the answer; the request arrives whole.
    Answer(usize),
}

/// A proxy. Its threads end with the test.
pub(crate) struct Proxy {
    /// Where it listens.
    pub(crate) url: String,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug)]
struct Plan {
    /// What the request line of those begins with that are cut.
    request_line: String,
    cut: Cut,
    /// The length of the newest request and of its answer, which is 0 when none was waited for.
    lengths: (usize, usize),
}

impl Proxy {
    /// A proxy before this node that cuts requests whose first line begins so.
    pub(crate) fn before(node_url: &str, request_line: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let request_line = request_line.to_owned();
        let cut = Cut::Answer(usize::MAX);
        let plan = Arc::new(Mutex::new(Plan { request_line, cut, lengths: (0, 0) }));
        let (node, shared) = (node_url.trim_start_matches("http://").to_owned(), plan.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (node, plan) = (node.clone(), shared.clone());
                thread::spawn(move || serve(client, &node, &plan));
            }
        });
        Self { url, plan }
    }

    /// From now on cuts here.
    pub(crate) fn cut(&self, cut: Cut) {
        self.plan.lock().unwrap().cut = cut;
    }

    /// The length of the newest request that was to be cut, and of its answer.
    pub(crate) fn lengths(&self) -> (usize, usize) {
        self.plan.lock().unwrap().lengths
    }
}

/// Passes requests on until one is cut, or somebody hangs up.
fn serve(client: TcpStream, node: &str, plan: &Mutex<Plan>) -> Option<()> {
    let mut client = BufReader::new(client);
    loop {
        let request = read_message(&mut client)?;
        let mut node = BufReader::new(TcpStream::connect(node).ok()?);
        let cut = cut_of(&request, plan);
        if let Some(Cut::Request(length)) = cut {
            node.get_mut().write_all(request.get(..length).unwrap_or(&request)).ok()?;
            return None;
        }
        node.get_mut().write_all(&request).ok()?;
        let answer = read_message(&mut node)?;
        if let Some(Cut::Answer(length)) = cut {
            plan.lock().unwrap().lengths = (request.len(), answer.len());
            client.get_mut().write_all(answer.get(..length).unwrap_or(&answer)).ok()?;
            return None;
        }
        client.get_mut().write_all(&answer).ok()?;
    }
}

fn cut_of(request: &[u8], plan: &Mutex<Plan>) -> Option<Cut> {
    let plan = plan.lock().unwrap();
    request.starts_with(plan.request_line.as_bytes()).then_some(plan.cut)
}

/// A whole message: its head, and as much body as that says.
fn read_message(from: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let (mut message, mut body_length) = (Vec::new(), 0);
    loop {
        let start = message.len();
        if from.read_until(b'\n', &mut message).ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&message[start..]).to_ascii_lowercase();
        if let Some(length) = line.strip_prefix("content-length:") {
            body_length = length.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let head = message.len();
    message.resize(head + body_length, 0);
    from.read_exact(&mut message[head..]).ok()?;
    Some(message)
}
