//! The listener when the process has no file descriptor left. Alone in its file, because the limit
//! is the whole process's.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::fs::File;
use std::future::pending;
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use node::client_address::TrustedProxies;
use node::listener::{ListenerSettings, serve};
use node::middleware::{DEFAULT_BODY_MEMORY_BYTES, Edge, EdgeSettings};
use node::rate_limit::{RateLimitSettings, RateLimits};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: n\r\n\r\n";

/// How many connections can be accepted at most before the descriptors are used up.
const ROOM: u64 = 3;

#[tokio::test]
async fn clients_wait_in_the_queue_until_descriptors_are_free_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut clients = Vec::new();
    for _ in 0..10 {
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        client.write_all(REQUEST).await.unwrap();
        clients.push(client);
    }
    let before = getrlimit(Resource::Nofile);
    // New descriptors get the lowest free number: one is free here, and at most `ROOM` are.
    let lowest_free = File::open("/dev/null").unwrap().as_raw_fd();
    let limit = u64::try_from(lowest_free).unwrap() + ROOM;
    let tight = Rlimit { current: Some(limit), maximum: before.maximum };
    setrlimit(Resource::Nofile, tight).unwrap();

    let settings = EdgeSettings {
        trusted_proxies: TrustedProxies::default(),
        rate_limits: Arc::new(RateLimits::new(&RateLimitSettings::unlimited(), Instant::now())),
        max_body_memory_bytes: DEFAULT_BODY_MEMORY_BYTES,
    };
    let router = Router::new().route("/", get(|| async { "hello" }));
    let router = Edge::new(settings).unwrap().around(router);
    let server = tokio::spawn(serve(listener, router, ListenerSettings::default(), pending()));
    answer(&mut clients[0]).await;
    let last = clients.len() - 1;
    assert!(clients[last].try_read(&mut [0]).is_err(), "there is no descriptor for the last one");

    setrlimit(Resource::Nofile, before).unwrap();
    for client in &mut clients[1..] {
        answer(client).await;
    }
    assert!(!server.is_finished());
}

async fn answer(client: &mut TcpStream) {
    let mut buffer = [0; 1_024];
    let read = client.read(&mut buffer);
    let count = tokio::time::timeout(Duration::from_mins(1), read).await.unwrap().unwrap();
    assert!(buffer[..count].ends_with(b"hello"));
}
