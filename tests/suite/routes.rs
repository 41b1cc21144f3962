//! Every documented route of a fresh node answers with JSON: nothing breaks it, nothing is HTML.

use std::collections::BTreeSet;

use protocol::api::path;
use serde_json::Value;

use crate::harness::genesis::GenesisFile;
use crate::harness::http::{Http, Reply};
use crate::harness::node::TestNode;

/// Every path that the room `protocol` names.
const PATHS: &str = include_str!("../../protocol/src/api/path.rs");

/// Routes whose answer is text for Prometheus.
const METRICS: [&str; 3] = [path::METRICS, path::API_METRICS, path::METRICS_MAC];

/// Bodies that nobody should send.
const BODIES: [&[u8]; 12] = [
    b"{}",
    b"[]",
    b"null",
    b"42",
    b"\"x\"",
    b"{\"miner\":",
    b"{}{}",
    b"{\"amount_rtc\":NaN,\"epoch\":Infinity}",
    b"{\"memo\":\"\xff\xfe\"}",
    b"{\"a\":1,\"a\":2}",
    b"{\"miner\":[],\"device\":1,\"nonce\":{},\"epoch\":\"x\",\"miner_pubkey\":null}",
    b"miner=x&epoch=1",
];

/// Query strings that nobody should send.
const QUERIES: [&str; 14] = [
    "?limit=0",
    "?limit=-1",
    "?limit=1000000000",
    "?limit=1.5",
    "?limit=",
    "?limit=9223372036854775808",
    "?offset=-1",
    "?offset=99999999999999999999",
    "?cursor=x",
    "?miner_id=%00",
    "?miner_id=a%20b",
    "?miner_id=a&miner_id=b",
    "?%ff=%fe",
    "?start=5&end=1",
];

/// The documented paths, with something in the place of every `{name}`.
fn documented() -> BTreeSet<String> {
    let constants = PATHS.lines().filter(|line| line.starts_with("pub const "));
    let templates: Vec<&str> = constants.filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(templates, path::ALL);
    templates.iter().map(|template| path::fill(template, &["0"])).collect()
}

/// An answer that every client can read.
fn check(call: &str, reply: &Reply) {
    let busy = reply.status == 503 && call.contains(path::OPS_READINESS);
    assert!(reply.status < 500 || busy, "{call}: {reply:?}");
    let body = reply.json();
    if reply.status >= 400 && !busy {
        check_refusal(call, &body);
    }
}

fn check_refusal(call: &str, body: &Value) {
    let code = body["code"].as_str().unwrap_or_else(|| panic!("{call}: no code: {body}"));
    let is_code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    assert!(!code.is_empty() && code.chars().all(is_code), "{call}: {body}");
    assert!(body["error"].as_str().is_some_and(|text| !text.is_empty()), "{call}: {body}");
    assert_ne!(body["ok"], true, "{call}: {body}");
    for inside in ["panicked", ".rs:", "rusqlite", "SQLITE", "SELECT ", "/tmp/"] {
        assert!(!body.to_string().contains(inside), "{call}: {body}");
    }
}

/// Calls a path with a method; the status. Metrics and redirects are not JSON on purpose.
fn call(http: &mut Http, method: &str, path: &str, body: &[u8]) -> u16 {
    let name = format!("{method} {path} {}", String::from_utf8_lossy(body));
    let reply = http.send(method, path, &[], body).unwrap_or_else(|e| panic!("{name}: {e}"));
    let is_metrics = METRICS.contains(&path.split('?').next().unwrap());
    if is_metrics && reply.status == 200 {
        assert!(reply.header("content-type").unwrap().starts_with("text/plain"), "{reply:?}");
        assert!(reply.text.starts_with("# HELP rustchain_"), "{reply:?}");
    } else if reply.status == 302 {
        assert_eq!(reply.header("location"), Some(path::ANCHOR_LIST), "{name}");
    } else {
        check(&name, &reply);
    }
    reply.status
}

#[test]
fn every_route_answers_in_json() {
    let node = TestNode::of(&GenesisFile::dev());
    let mut http = node.http();
    for path in documented() {
        let got = call(&mut http, "GET", &path, b"");
        let posted = call(&mut http, "POST", &path, b"{}");
        assert!((got, posted) != (405, 405), "{path} takes neither GET nor POST");
        if got != 405 {
            for query in QUERIES {
                call(&mut http, "GET", &format!("{path}{query}"), b"");
            }
        }
        if posted != 405 {
            call(&mut http, "POST", &path, b"");
            for body in BODIES {
                call(&mut http, "POST", &path, body);
            }
        }
        for method in ["PUT", "DELETE", "PATCH"] {
            call(&mut http, method, &path, b"");
        }
    }
    assert_eq!(http.get("/health").status, 200);
}

#[test]
fn every_route_exists() {
    let node = TestNode::of(&GenesisFile::dev());
    let mut http = node.http();
    for path in documented() {
        for method in ["GET", "POST"] {
            let reply = http.send(method, &path, &[], b"").unwrap();
            let is_json = reply.header("content-type") == Some("application/json");
            let missing = is_json && reply.code() == "NOT_FOUND";
            assert!(!missing, "{method} {path}: {reply:?}");
        }
    }
}

/// What the node says about itself and what `protocol` says are the same routes.
#[test]
fn the_description_has_every_route() {
    let node = TestNode::of(&GenesisFile::dev());
    let described = node.http().read(path::OPENAPI);
    let templates = described["paths"].as_object().unwrap().keys();
    let described: BTreeSet<String> =
        templates.map(|template| path::fill(template, &["0"])).collect();
    assert_eq!(described, documented());
}

#[test]
fn nobody_elses_routes_are_answered_in_json_too() {
    let node = TestNode::of(&GenesisFile::dev());
    let mut http = node.http();
    let long = format!("/{}", "x".repeat(8_000));
    for path in
        ["/", "/nonexist", "/api/", "/wallet", "/..%2fetc%2fpasswd", "/%00", "/%ff", "//", &long]
    {
        let status = call(&mut http, "GET", path, b"");
        assert!([400, 404, 414].contains(&status), "{path}: {status}");
        let status = call(&mut http, "POST", path, b"{}");
        assert!([400, 404, 405, 414].contains(&status), "{path}: {status}");
    }
    for method in ["OPTIONS", "TRACE", "BREW"] {
        assert_eq!(call(&mut http, method, "/epoch", b""), 405, "{method}");
    }
}

/// Bodies beyond every limit, and such that eat a careless parser.
#[test]
fn bodies_beyond_every_limit_are_refused() {
    let node = TestNode::of(&GenesisFile::dev());
    let deep = "[".repeat(200_000);
    let nested = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    let digits = format!("{{\"amount_rtc\":{}}}", "9".repeat(50_000));
    let large = format!("{{\"memo\":\"{}\"}}", "a".repeat(4_000_000));
    let routes = [
        path::TRANSFER_SIGNED,
        path::ATTEST_CHALLENGE,
        path::ATTEST_SUBMIT,
        path::EPOCH_ENROLL,
        path::HEADERS_INGEST,
        path::WALLET_CLAIM,
        path::WALLET_RELEASE,
    ];
    for route in routes {
        for body in [&deep, &nested, &digits, &large] {
            // A body that is too large is cut off: writing it may fail before the answer is read.
            let Ok(reply) = node.http().try_post(route, body) else { continue };
            let harmless = route == path::ATTEST_CHALLENGE && reply.status == 200;
            assert!(harmless || (400..500).contains(&reply.status), "{route}: {reply:?}");
        }
        assert_eq!(node.http().get("/health").status, 200, "{route}");
    }
}
