//! The listener against clients that behave, and clients that do not. Time limits are short here;
//! the tests wait for the socket to close or to answer, never for time to pass.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::routing::{get, post};
use futures_util::stream;
use node::client_address::TrustedProxies;
use node::extract::BodyBytes;
use node::listener::{ListenerSettings, Stopped, Timeouts, serve};
use node::middleware::{
    DEFAULT_BODY_MEMORY_BYTES, Edge, EdgeSettings, EdgedRouter, RequestContext,
};
use node::rate_limit::{RateLimitSettings, RateLimits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

/// A limit that a test waits for.
const SHORT: Duration = Duration::from_millis(150);

/// A limit that must not matter in the test.
const LONG: Duration = Duration::from_mins(10);

/// When a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: n\r\n\r\n";

/// All limits out of the way; a test sets the one that it is about.
fn patient() -> ListenerSettings {
    ListenerSettings {
        timeouts: Timeouts {
            header: LONG,
            body: LONG,
            answer: LONG,
            write: LONG,
            idle: LONG,
            linger: LONG,
            drain: LONG,
        },
        ..ListenerSettings::default()
    }
}

fn with_timeouts(change: impl FnOnce(&mut Timeouts)) -> ListenerSettings {
    let mut settings = patient();
    change(&mut settings.timeouts);
    settings
}

fn hello() -> Router {
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/nothing", get(|| async { StatusCode::NO_CONTENT }))
        .route("/never", get(pending::<()>))
        .route("/echo", post(|body: BodyBytes| async move { body.to_vec() }))
}

fn with_edge(router: Router) -> EdgedRouter {
    let settings = EdgeSettings {
        trusted_proxies: TrustedProxies::default(),
        rate_limits: Arc::new(RateLimits::new(&RateLimitSettings::unlimited(), Instant::now())),
        max_body_memory_bytes: DEFAULT_BODY_MEMORY_BYTES,
    };
    Edge::new(settings).unwrap().around(router)
}

struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Stopped>,
}

impl Server {
    async fn start(router: Router, settings: ListenerSettings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            let shutdown = async move { drop(stopped.await) };
            serve(listener, with_edge(router), settings, shutdown).await
        });
        Self { address, stop: Some(stop), running }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn begin_stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    async fn stopped(self) -> Stopped {
        within(self.running).await.unwrap()
    }
}

async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

/// Everything until the server closes. A reset counts as closed.
async fn until_close(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _reset_is_fine = within(stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer whose body has `Content-Length` (or none).
async fn one_answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 1];
    loop {
        if within(stream.read(&mut buffer)).await.unwrap() == 0 {
            return text;
        }
        text.push(char::from(buffer[0]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
            .unwrap_or(0);
        if body.len() == length {
            return text;
        }
    }
}

async fn ask(stream: &mut TcpStream, request: &[u8]) -> String {
    stream.write_all(request).await.unwrap();
    one_answer(stream).await
}

#[tokio::test]
async fn half_open_sockets_are_shed_while_honest_clients_are_served() {
    let server = Server::start(hello(), with_timeouts(|limits| limits.header = SHORT)).await;
    let mut slow = Vec::new();
    for number in 0..300 {
        let mut stream = server.connect().await;
        let part: &[u8] = if number % 2 == 0 { b"" } else { b"GET / HTTP/1.1\r\nHost: n\r\nX-" };
        stream.write_all(part).await.unwrap();
        slow.push(stream);
    }
    assert!(ask(&mut server.connect().await, GET).await.ends_with("hello"));
    for mut stream in slow {
        assert_eq!(until_close(&mut stream).await, "");
    }
    assert!(ask(&mut server.connect().await, GET).await.ends_with("hello"));
}

#[tokio::test]
async fn a_trickling_header_is_shed_too() {
    let server = Server::start(hello(), with_timeouts(|limits| limits.header = SHORT)).await;
    let (mut reader, mut writer) = server.connect().await.into_split();
    let trickle = tokio::spawn(async move {
        let mut pace = tokio::time::interval(Duration::from_millis(5));
        writer.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        while writer.write_all(b"X-A: b\r\n").await.is_ok() {
            pace.tick().await;
        }
    });
    let mut nothing = Vec::new();
    let _reset_is_fine = within(reader.read_to_end(&mut nothing)).await;
    assert!(nothing.is_empty());
    within(trickle).await.unwrap();
}

#[tokio::test]
async fn a_later_header_is_timed_from_its_first_byte() {
    let server = Server::start(hello(), with_timeouts(|limits| limits.header = SHORT)).await;
    let mut stream = server.connect().await;
    assert!(ask(&mut stream, GET).await.ends_with("hello"));
    stream.write_all(b"GET / HT").await.unwrap();
    assert_eq!(until_close(&mut stream).await, "");
}

#[tokio::test]
async fn idle_connections_outlive_the_header_limit_and_end_at_their_own() {
    let patient = with_timeouts(|limits| limits.header = SHORT);
    let server = Server::start(hello(), patient).await;
    let mut stream = server.connect().await;
    for _ in 0..2 {
        assert!(ask(&mut stream, GET).await.ends_with("hello"));
        // Lets the header limit pass; how much longer this takes does not matter.
        tokio::time::sleep(SHORT * 2).await;
    }
    assert!(ask(&mut stream, GET).await.ends_with("hello"));

    let server = Server::start(hello(), with_timeouts(|limits| limits.idle = SHORT)).await;
    for (request, status) in [
        (GET, "HTTP/1.1 200"),
        (b"GET /nothing HTTP/1.1\r\nHost: n\r\n\r\n", "HTTP/1.1 204"),
        (b"GET /unknown HTTP/1.1\r\nHost: n\r\n\r\n", "HTTP/1.1 404"),
        (b"HEAD /nothing HTTP/1.1\r\nHost: n\r\n\r\n", "HTTP/1.1 204"),
    ] {
        let mut stream = server.connect().await;
        assert!(ask(&mut stream, request).await.starts_with(status));
        assert_eq!(until_close(&mut stream).await, "");
    }
}

#[tokio::test]
async fn a_late_body_is_answered_408_and_closed() {
    let settings = with_timeouts(|limits| limits.body = SHORT);
    let server = Server::start(hello(), settings).await;
    for request in [
        "POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 10\r\n\r\n123",
        "POST /echo HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n",
    ] {
        let mut stream = server.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = one_answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("\"code\":\"REQUEST_TIMEOUT\""), "{answer}");
        stream.shutdown().await.unwrap();
        assert_eq!(until_close(&mut stream).await, "");
    }
}

#[tokio::test]
async fn a_handler_that_never_answers_does_not_hold_the_connection() {
    let server = Server::start(hello(), with_timeouts(|limits| limits.answer = SHORT)).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /never HTTP/1.1\r\nHost: n\r\n\r\n").await.unwrap();
    assert_eq!(until_close(&mut stream).await, "");
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_shed() {
    /// Says so when the server gives the answer up.
    struct Told(mpsc::UnboundedSender<()>);
    impl Drop for Told {
        fn drop(&mut self) {
            let _nobody_asks = self.0.send(());
        }
    }
    let (given_up, mut seen) = mpsc::unbounded_channel();
    let endless = move || async move {
        let told = Told(given_up);
        let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
        Body::from_stream(stream::repeat_with(move || {
            let _kept = &told;
            Ok::<_, std::io::Error>(chunk.clone())
        }))
    };
    let router = Router::new().route("/", get(endless));
    let server = Server::start(router, with_timeouts(|limits| limits.write = SHORT)).await;
    let mut stream = server.connect().await;
    stream.write_all(GET).await.unwrap();
    within(seen.recv()).await.unwrap();
}

#[tokio::test]
async fn each_client_has_a_cap_and_places_come_free() {
    let mut settings = patient();
    settings.max_connections_per_client = 2;
    let server = Server::start(hello(), settings).await;
    let mut first = server.connect().await;
    let mut second = server.connect().await;
    assert!(ask(&mut first, GET).await.ends_with("hello"));
    assert!(ask(&mut second, GET).await.ends_with("hello"));

    let answer = until_close(&mut server.connect().await).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("\"code\":\"TOO_MANY_CONNECTIONS\""), "{answer}");
    assert!(ask(&mut first, GET).await.ends_with("hello"), "those inside are unaffected");

    drop(second);
    within(async {
        loop {
            let mut stream = server.connect().await;
            if stream.write_all(GET).await.is_ok() && one_answer_or_none(&mut stream).await {
                return;
            }
        }
    })
    .await;
}

/// Whether the server says hello; a reset is a no.
async fn one_answer_or_none(stream: &mut TcpStream) -> bool {
    let mut buffer = [0; 1_024];
    match stream.read(&mut buffer).await {
        Ok(count) => buffer[..count].ends_with(b"hello"),
        Err(_reset) => false,
    }
}

#[tokio::test]
async fn a_trusted_proxy_counts_in_total_only() {
    let mut settings = patient();
    settings.max_connections_per_client = 1;
    settings.max_connections = 3;
    settings.trusted_proxies.networks.push("127.0.0.0/8".parse().unwrap());
    let server = Server::start(hello(), settings).await;
    let mut inside = Vec::new();
    for _ in 0..3 {
        let mut stream = server.connect().await;
        assert!(ask(&mut stream, GET).await.ends_with("hello"));
        inside.push(stream);
    }
    assert!(until_close(&mut server.connect().await).await.starts_with("HTTP/1.1 503 "));
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight_and_closes_the_rest() {
    let release = Arc::new(Notify::new());
    let waiting = Arc::clone(&release);
    let (started, mut has_started) = mpsc::unbounded_channel();
    let slow = move || async move {
        started.send(()).unwrap();
        waiting.notified().await;
        "done"
    };
    let router = hello().route("/slow", get(slow));
    let mut server = Server::start(router, patient()).await;
    let mut fresh = server.connect().await;
    let mut idle = server.connect().await;
    assert!(ask(&mut idle, GET).await.ends_with("hello"));
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: n\r\n\r\n").await.unwrap();
    within(has_started.recv()).await.unwrap();

    server.begin_stop();
    assert_eq!(until_close(&mut idle).await, "");
    assert_eq!(until_close(&mut fresh).await, "");
    assert!(TcpStream::connect(server.address).await.is_err(), "no new connections");
    release.notify_one();
    let answer = one_answer(&mut busy).await;
    assert!(answer.ends_with("done"), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    drop(busy);
    assert_eq!(server.stopped().await, Stopped { cut: 0 });
}

#[tokio::test]
async fn stopping_is_bounded() {
    let mut server = Server::start(hello(), with_timeouts(|limits| limits.drain = SHORT)).await;
    let mut stuck = server.connect().await;
    stuck.write_all(b"GET /never HTTP/1.1\r\nHost: n\r\n\r\n").await.unwrap();
    let mut half = server.connect().await;
    half.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    // A connection accepted after these two, so that both have been accepted.
    assert!(ask(&mut server.connect().await, GET).await.ends_with("hello"));
    server.begin_stop();
    assert_eq!(until_close(&mut stuck).await, "");
    assert_eq!(until_close(&mut half).await, "");
    let stopped = server.stopped().await;
    assert!((1..=2).contains(&stopped.cut), "{stopped:?}");
}

#[tokio::test]
async fn a_client_that_sends_too_much_reads_the_refusal() {
    let server = Server::start(hello(), patient()).await;
    let size = 1_500_000;
    let declared = format!("Content-Length: {size}\r\n\r\n");
    let chunked = format!("Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n");
    for (length, is_refused_at_once) in [(declared, true), (chunked, false)] {
        let (mut reader, mut writer) = server.connect().await.into_split();
        let head = format!("POST /echo HTTP/1.1\r\nHost: n\r\n{length}");
        writer.write_all(head.as_bytes()).await.unwrap();
        if is_refused_at_once {
            // From here on the server has closed its side: what follows must not be reset.
            within(reader.readable()).await.unwrap();
        }
        // Reads only after it has sent everything, as simple clients do.
        within(writer.write_all(&vec![b'x'; size])).await.unwrap();
        writer.shutdown().await.unwrap();
        let mut answer = String::new();
        within(reader.read_to_string(&mut answer)).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("\"error\":\"request body exceeds the 1 MB limit\""), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn headers_are_bounded_and_a_long_path_is_just_unknown() {
    let server = Server::start(hello(), patient()).await;
    let mut stream = server.connect().await;
    let huge = format!("GET / HTTP/1.1\r\nHost: n\r\nX: {}\r\n\r\n", "x".repeat(64 * 1024));
    let _may_be_cut = stream.write_all(huge.as_bytes()).await;
    assert!(until_close(&mut stream).await.starts_with("HTTP/1.1 431 "));

    let long = format!("GET /{} HTTP/1.1\r\nHost: n\r\n\r\n", "x".repeat(8 * 1024));
    let answer = ask(&mut server.connect().await, long.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

#[tokio::test]
async fn the_peer_is_known_and_pipelined_requests_are_all_answered() {
    let peer = |context: RequestContext| async move { context.client.to_string() };
    let router = Router::new().route("/", get(peer));
    let server = Server::start(router, patient()).await;
    let mut stream = server.connect().await;
    let own = stream.local_addr().unwrap().ip().to_string();
    stream.write_all(&GET.repeat(3)).await.unwrap();
    for _ in 0..3 {
        assert!(one_answer(&mut stream).await.ends_with(&own));
    }
}
