//! The edge around all routes, as a client meets it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop where it stands"
)]

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{ALLOW, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use futures_util::stream;
use http_body_util::BodyExt as _;
use node::client_address::TrustedProxies;
use node::extract::BodyBytes;
use node::middleware::{
    DEFAULT_BODY_MEMORY_BYTES, Edge, EdgeSettings, EdgedRouter, HARD_LIMIT, RequestContext,
    X_REQUEST_ID,
};
use node::rate_limit::{Limit, RateLimitSettings, RateLimits};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span;

fn settings(limits: &RateLimitSettings) -> EdgeSettings {
    EdgeSettings {
        trusted_proxies: TrustedProxies::default(),
        rate_limits: Arc::new(RateLimits::new(limits, Instant::now())),
        max_body_memory_bytes: DEFAULT_BODY_MEMORY_BYTES,
    }
}

fn app_with(settings: EdgeSettings) -> EdgedRouter {
    let echo = || post(|body: BodyBytes| async move { body.to_vec() });
    let router = Router::new()
        .route("/health", get(|| async { "fine" }))
        .route("/page", get(|| async { ([(CONTENT_SECURITY_POLICY, "default-src 'self'")], "") }))
        .route("/panic", get(async || -> () { panic!("the secret is 4711") }))
        .route("/balance/{id}", get(|| async { "wallet" }))
        .route(
            "/who",
            get(|context: RequestContext| async move {
                format!("{} {}", context.client, context.request_id.as_str())
            }),
        )
        .route("/attest/submit", echo())
        .route("/wallet/transfer/signed", echo())
        .route("/admin/echo", echo());
    Edge::new(settings).unwrap().around(router)
}

fn app() -> EdgedRouter {
    app_with(settings(&RateLimitSettings::unlimited()))
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(self.headers[CONTENT_TYPE], "application/json");
        assert_eq!(body["ok"], Value::Bool(false));
        assert!(self.body.ends_with("}\n"));
        body["code"].as_str().unwrap().to_owned()
    }
}

async fn ask(app: &EdgedRouter, request: Request) -> Answer {
    let peer = "203.0.113.5:4711".parse().unwrap();
    let (parts, body) = app.answer(request, peer, Instant::now()).await.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(bytes.to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get_path(app: &EdgedRouter, path: &str) -> Answer {
    ask(app, request("GET", path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = app();
    for path in ["/health", "/unknown", "/panic", "/health?admin_key=x", "/page"] {
        let answer = get_path(&app, path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(answer.headers[name], value, "{path}");
        }
        let policy = if path == "/page" {
            "default-src 'self'"
        } else {
            "default-src 'none'; frame-ancestors 'none'"
        };
        assert_eq!(answer.headers[CONTENT_SECURITY_POLICY], policy, "{path}");
        assert_eq!(answer.headers[X_REQUEST_ID].len(), 32, "{path}");
    }
}

#[tokio::test]
async fn a_harmless_request_id_is_echoed_and_reaches_the_handler() {
    let app = app();
    let who = |id: &'static str| {
        let request = request("GET", "/who").header(X_REQUEST_ID, id).body(Body::empty()).unwrap();
        ask(&app, request)
    };
    let answer = who("Order-66").await;
    assert_eq!(answer.headers[X_REQUEST_ID], "Order-66");
    assert_eq!(answer.body, "203.0.113.5 Order-66");
    let answer = who("a b\\u202e").await;
    let drawn = answer.headers[X_REQUEST_ID].to_str().unwrap();
    assert_eq!(answer.body, format!("203.0.113.5 {drawn}"));
    assert_eq!(drawn.len(), 32);
}

#[tokio::test]
async fn unknown_routes_and_wrong_methods_are_answered_in_json() {
    let app = app();
    for path in [
        "/unknown",
        "/",
        "//etc/passwd",
        "/../etc/passwd",
        "/..%2fetc%2fpasswd",
        "/%2e%2e/etc/passwd",
        "/health/",
        "/health%00",
    ] {
        let answer = get_path(&app, path).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "NOT_FOUND"), "{path}");
    }
    let answer = ask(&app, request("DELETE", "/health").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (405, "METHOD_NOT_ALLOWED"));
    assert_eq!(answer.headers[ALLOW], "GET,HEAD");
}

#[tokio::test]
async fn a_panic_costs_one_answer_and_tells_nothing() {
    let app = app();
    let answer = get_path(&app, "/panic").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (500, "INTERNAL"));
    assert!(!answer.body.contains("4711") && !answer.body.contains("panic"), "{}", answer.body);
    assert!(answer.body.contains(answer.headers[X_REQUEST_ID].to_str().unwrap()));
    assert_eq!(get_path(&app, "/health").await.body, "fine");
}

#[tokio::test]
async fn bodies_are_taken_to_the_byte() {
    let app = app();
    for (path, limit) in [
        ("/attest/submit", 65_536),
        ("/wallet/transfer/signed", 8_192),
        ("/admin/echo", HARD_LIMIT),
    ] {
        for (size, status) in [(0, 200), (limit, 200), (limit + 1, 413), (10_000_000, 413)] {
            let body = Bytes::from(vec![b'x'; size]);
            let chunks: Vec<_> =
                body.chunks(1_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
            for body in [Body::from(body.clone()), Body::from_stream(stream::iter(chunks))] {
                let answer = ask(&app, request("POST", path).body(body).unwrap()).await;
                assert_eq!(answer.status, status, "{path} {size}");
                if status == 200 {
                    assert_eq!(answer.body.len(), size);
                } else {
                    assert_eq!(answer.code(), "REQUEST_TOO_LARGE");
                    assert_eq!(answer.headers[CONNECTION], "close");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_body_for_no_route_is_not_read() {
    let endless = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let answer = ask(&app(), request("POST", "/unknown").body(endless).unwrap()).await;
    assert_eq!(answer.code(), "NOT_FOUND");
}

#[tokio::test]
async fn compressed_bodies_are_refused() {
    let app = app();
    for (encoding, status) in [("gzip", 415), ("br", 415), ("identity", 200)] {
        let request = request("POST", "/attest/submit")
            .header("content-encoding", encoding)
            .body(Body::from("x"))
            .unwrap();
        assert_eq!(ask(&app, request).await.status, status, "{encoding}");
    }
}

#[tokio::test]
async fn bodies_in_flight_share_one_memory() {
    let app = app_with(EdgeSettings {
        max_body_memory_bytes: 100,
        ..settings(&RateLimitSettings::unlimited())
    });
    for (size, status) in [(100, 200), (101, 503), (100, 200)] {
        let body = Body::from("x".repeat(size));
        let answer = ask(&app, request("POST", "/attest/submit").body(body).unwrap()).await;
        assert_eq!(answer.status, status);
        if status == 503 {
            assert_eq!(answer.code(), "BUSY");
            assert_eq!(answer.headers[RETRY_AFTER], "1");
        }
    }
}

#[tokio::test]
async fn rotating_forwarding_headers_does_not_evade_the_limit() {
    let limits = RateLimitSettings {
        reads: Some(Limit::new(5, 1)),
        writes: Some(Limit::new(2, 1)),
        ..RateLimitSettings::unlimited()
    };
    let app = app_with(settings(&limits));
    let mut passed = 0;
    for number in 0..1_000 {
        let mut request = request("GET", "/health");
        for name in ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip"] {
            request = request.header(name, format!("10.0.{}.{}", number / 256, number % 256));
        }
        let answer = ask(&app, request.body(Body::empty()).unwrap()).await;
        if answer.status == 200 {
            passed += 1;
        } else {
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (429, "RATE_LIMITED"));
            let seconds: u64 = answer.headers[RETRY_AFTER].to_str().unwrap().parse().unwrap();
            assert!((1..=60).contains(&seconds), "{seconds}");
        }
    }
    assert_eq!(passed, 5);

    let write = || ask(&app, request("POST", "/attest/submit").body(Body::empty()).unwrap());
    assert_eq!(write().await.status, 200, "writes have their own budget");
    assert_eq!(write().await.status, 200);
    assert_eq!(write().await.status, 429);
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_told_apart() {
    let limits =
        RateLimitSettings { reads: Some(Limit::new(1, 1)), ..RateLimitSettings::unlimited() };
    let mut settings = settings(&limits);
    settings.trusted_proxies.networks.push("203.0.113.5".parse().unwrap());
    let app = app_with(settings);
    let from = |chain: &'static str| {
        let request =
            request("GET", "/who").header("x-forwarded-for", chain).body(Body::empty()).unwrap();
        ask(&app, request)
    };
    assert!(from("198.51.100.1").await.body.starts_with("198.51.100.1 "));
    assert_eq!(from("198.51.100.2").await.status, 200);
    assert_eq!(from("10.9.9.9, 198.51.100.2").await.status, 429);
}

/// Writes all fields of all events down, at every level.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

impl Visit for Everything {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl tracing::Subscriber for Everything {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut self.clone());
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn an_admin_key_in_the_url_is_refused_and_nothing_of_a_request_is_logged() {
    let log = Everything::default();
    let _until_the_end = tracing::subscriber::set_default(log.clone());
    let app = app();
    for path in
        ["/health?admin_key=s3cret", "/unknown?X-Admin-Key=s3cret", "/health?a=1&apikey=s3cret"]
    {
        let answer = get_path(&app, path).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "ADMIN_KEY_IN_URL"));
        assert!(!answer.body.contains("s3cret"));
    }
    get_path(&app, "/balance/s3cret?q=s3cret").await;
    get_path(&app, "/s3cret").await;
    ask(&app, request("S3CRET", "/health").body(Body::empty()).unwrap()).await;
    ask(&app, request("POST", "/attest/submit").body(Body::from("s3cret")).unwrap()).await;

    let log = log.0.lock().unwrap();
    assert!(log.contains("path=\"/balance/{id}\""), "{log}");
    assert!(log.contains("status=400") && log.contains("took_us=") && log.contains("method="));
    assert!(!log.to_lowercase().contains("s3cret"), "{log}");
}
