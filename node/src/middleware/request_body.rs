//! Reads a request's body whole, within the limit of its route, before its handler starts.
//!
//! Every handler that takes a body needs the whole of it, so reading it here gives all of them the
//! same refusals.

use std::error::Error;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;

use crate::listener::BodyTimedOut;
use crate::problem::Problem;

/// The largest body of any route.
pub const HARD_LIMIT: usize = 1024 * 1024;

/// The largest bodies of the routes that start with a path, the longest such path counting. A
/// fingerprint is at most some 20 kB, a transfer at most 2 kB.
pub(super) const ROUTE_LIMITS: [(&str, usize); 7] = [
    ("/attest/", 64 * 1024),
    ("/epoch/enroll", 8 * 1024),
    ("/headers/", 8 * 1024),
    ("/wallet/transfer", 8 * 1024),
    ("/wallet/claim", 8 * 1024),
    ("/wallet/release", 8 * 1024),
    ("/attest/challenge", 8 * 1024),
];

/// The largest body of the route at `path`.
pub(super) fn limit_for(path: &str) -> usize {
    ROUTE_LIMITS
        .iter()
        .filter(|(start, _limit)| path.starts_with(start))
        .max_by_key(|(start, _limit)| start.len())
        .map_or(HARD_LIMIT, |(_start, limit)| *limit)
}

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Longer than the limit, which is given.
    TooLarge(usize),
    /// Not complete in time.
    TooSlow,
    /// Ended early, or its chunks are malformed.
    Broken,
    /// The bodies of all requests together take as much memory as they may.
    NoRoom,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::TooLarge(limit) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "REQUEST_TOO_LARGE",
                if limit >= HARD_LIMIT {
                    // As the existing nodes say it.
                    "request body exceeds the 1 MB limit".to_owned()
                } else {
                    format!("request body exceeds the limit of {limit} bytes")
                },
            )
            .with("limit_bytes", limit),
            Refusal::TooSlow => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "REQUEST_TIMEOUT",
                "request body did not arrive in time",
            )
            .with_message("Nothing was done. Send the same bytes again."),
            Refusal::Broken => Self::new(
                StatusCode::BAD_REQUEST,
                "BAD_REQUEST_BODY",
                "request body ended early or is malformed",
            ),
            Refusal::NoRoom => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "BUSY", "too many requests in flight")
                    .with_message("Nothing was done. Send the same bytes again.")
                    .retry_after(1)
            }
        }
        .closing()
    }
}

/// Bodies are read as they are: unpacking is how a small request becomes a large one.
pub(super) fn refuse_compressed(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_ENCODING",
            "compressed request bodies are not taken",
        )
        .closing()),
        _ => Ok(()),
    }
}

/// The memory that all bodies together may take.
#[derive(Debug)]
pub(super) struct BodyMemory {
    max_bytes: usize,
    held_bytes: AtomicUsize,
}

impl BodyMemory {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, held_bytes: AtomicUsize::new(0) }
    }

    /// Reads `body`, which may have up to `limit` bytes. The memory counts as taken until what is
    /// returned is dropped.
    pub(super) async fn read(
        self: &Arc<Self>,
        mut body: Body,
        limit: usize,
    ) -> Result<HeldBody, Refusal> {
        let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if declared > limit {
            return Err(Refusal::TooLarge(limit));
        }
        let mut held = Held { memory: Arc::clone(self), bytes: 0 };
        // Most bodies come in one piece, which is passed on without a copy.
        let mut only = Bytes::new();
        let mut joined = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|error| refusal_for(&error))?.into_data() else {
                continue;
            };
            held.take(data.len())?;
            if held.bytes > limit {
                return Err(Refusal::TooLarge(limit));
            }
            if only.is_empty() && joined.is_empty() {
                only = data;
            } else {
                if joined.is_empty() {
                    joined.reserve(declared.max(only.len()));
                    joined.extend_from_slice(&only);
                    only = Bytes::new();
                }
                joined.extend_from_slice(&data);
            }
        }
        let bytes = if joined.is_empty() { only } else { Bytes::from(joined) };
        Ok(HeldBody { bytes, _held: held })
    }
}

/// A body that was read.
#[derive(Debug)]
pub(crate) struct HeldBody {
    bytes: Bytes,
    _held: Held,
}

impl Deref for HeldBody {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Bytes of one body that count against [`BodyMemory`]; given back when dropped.
#[derive(Debug)]
struct Held {
    memory: Arc<BodyMemory>,
    bytes: usize,
}

impl Held {
    fn take(&mut self, bytes: usize) -> Result<(), Refusal> {
        let before = self.memory.held_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        if before.saturating_add(bytes) > self.memory.max_bytes {
            return Err(Refusal::NoRoom);
        }
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memory.held_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

fn refusal_for(error: &axum::Error) -> Refusal {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<BodyTimedOut>() {
            return Refusal::TooSlow;
        }
        cause = error.source();
    }
    Refusal::Broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    fn chunked(chunks: &[&'static str]) -> Body {
        let chunks: Vec<Result<&'static str, std::io::Error>> =
            chunks.iter().copied().map(Ok).collect();
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn bodies_up_to_the_limit_arrive_whole() {
        let memory = Arc::new(BodyMemory::new(100));
        for (body, whole) in [
            (Body::empty(), ""),
            (Body::from("12345678"), "12345678"),
            (chunked(&["1234", "5678"]), "12345678"),
            (chunked(&["", "1234", "", "56", "78"]), "12345678"),
        ] {
            let held = memory.read(body, 8).await.unwrap();
            assert_eq!(&*held, whole.as_bytes());
            assert_eq!(memory.held_bytes.load(Ordering::Relaxed), whole.len());
            drop(held);
        }
        assert_eq!(memory.held_bytes.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn one_byte_more_is_refused_with_and_without_a_declared_length() {
        let memory = Arc::new(BodyMemory::new(100));
        for body in [Body::from("123456789"), chunked(&["12345678", "9"])] {
            assert_eq!(memory.read(body, 8).await.unwrap_err(), Refusal::TooLarge(8));
        }
        assert_eq!(memory.held_bytes.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn all_bodies_share_one_bound() {
        let memory = Arc::new(BodyMemory::new(10));
        let held = memory.read(Body::from("12345678"), 8).await.unwrap();
        assert_eq!(memory.read(Body::from("123"), 8).await.unwrap_err(), Refusal::NoRoom);
        drop(held);
        assert!(memory.read(Body::from("123"), 8).await.is_ok());
    }

    #[tokio::test]
    async fn a_late_body_is_told_from_a_broken_one() {
        let memory = Arc::new(BodyMemory::new(10));
        let late = Body::from_stream(stream::iter([Err::<&str, _>(BodyTimedOut)]));
        assert_eq!(memory.read(late, 8).await.unwrap_err(), Refusal::TooSlow);
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let broken = Body::from_stream(stream::iter([Err::<&str, _>(reset)]));
        assert_eq!(memory.read(broken, 8).await.unwrap_err(), Refusal::Broken);
    }

    #[test]
    fn the_longest_path_decides_the_limit() {
        assert_eq!(limit_for("/attest/submit"), 65_536);
        assert_eq!(limit_for("/attest/challenge"), 8_192);
        assert_eq!(limit_for("/wallet/transfer/signed"), 8_192);
        assert_eq!(limit_for("/wallet/transfer"), 8_192);
        assert_eq!(limit_for("/admin/attest/key"), HARD_LIMIT);
    }

    #[test]
    fn the_refusal_at_the_hard_limit_is_the_networks() {
        let body = Problem::from(Refusal::TooLarge(HARD_LIMIT)).body();
        assert!(
            body.starts_with(
                "{\"code\":\"REQUEST_TOO_LARGE\",\
                 \"error\":\"request body exceeds the 1 MB limit\","
            ),
            "{body}"
        );
    }
}
