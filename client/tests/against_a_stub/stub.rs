//! A server that plays back answers: just enough HTTP/1.1 to be mistaken for a node.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What to do with one request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Answer with a status and a body of JSON.
    Json(u16, String),
    /// Answer with a status, further header lines and a body.
    Raw(u16, &'static str, Vec<u8>),
    /// Hang up without an answer.
    HangUp,
    /// Never answer.
    Silence,
}

impl Reply {
    /// 200 with a body of JSON.
    pub(crate) fn ok(body: &str) -> Self {
        Self::Json(200, body.to_owned())
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Method, path and query.
    pub(crate) line: String,
    /// The header lines in lower case.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: String,
}

/// The server. It stops when it is dropped.
pub(crate) struct Stub {
    /// Where it answers.
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stub {
    /// Plays back replies in order; hangs up on requests beyond them.
    pub(crate) async fn playing(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: VecDeque<Reply> = replies.into_iter().collect();
        Self::answering(move |_| replies.pop_front().unwrap_or(Reply::HangUp)).await
    }

    /// Answers every request as a function says.
    pub(crate) async fn answering(
        mut answer: impl FnMut(&Request) -> Reply + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(request) = read(&mut stream).await else { continue };
                log.lock().unwrap().push(request.clone());
                match answer(&request) {
                    Reply::Json(status, body) => {
                        write(&mut stream, status, "", body.as_bytes()).await;
                    }
                    Reply::Raw(status, headers, body) => {
                        write(&mut stream, status, headers, &body).await;
                    }
                    Reply::HangUp => {}
                    Reply::Silence => silent.push(stream),
                }
            }
        });
        Self { url, requests, task }
    }

    /// What came so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_owned();
            let wanted = head.lines().find_map(|line| {
                line.to_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok()
            });
            if body.len() >= wanted.unwrap_or(0) {
                let line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
                return Some(Request { line, head: head.to_lowercase(), body: body.to_owned() });
            }
        }
        let mut chunk = [0; 4_096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

/// Writes an answer; the client may have hung up, which is its right.
async fn write(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
    );
    if stream.write_all(head.as_bytes()).await.is_ok() && stream.write_all(body).await.is_ok() {
        stream.shutdown().await.ok();
    }
}
