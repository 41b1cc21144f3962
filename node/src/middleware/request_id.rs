//! The id of a request: the client's own when it is harmless, else one of ours.

use protocol::hex;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries the id, in requests and in answers.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id taken over from a client.
const MAX_LENGTH: usize = 64;

/// Digits of an id of ours.
const OUR_LENGTH: usize = 32;

/// The id of one request. At most 64 characters of `[A-Za-z0-9-]`, so it can stand in a header, in
/// a log line and in JSON without any escaping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Id);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Id {
    Ours([u8; OUR_LENGTH]),
    Clients(HeaderValue),
}

impl RequestId {
    /// The client's id, if it sent one that keeps to the rules.
    fn from_client(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(X_REQUEST_ID)?;
        let text = value.as_bytes();
        let is_fine = (1..=MAX_LENGTH).contains(&text.len())
            && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        is_fine.then(|| Self(Id::Clients(value.clone())))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Id::Ours(digits) => std::str::from_utf8(digits).unwrap_or_default(),
            Id::Clients(value) => value.to_str().unwrap_or_default(),
        }
    }

    /// As the value of [`X_REQUEST_ID`].
    pub(super) fn to_header(&self) -> HeaderValue {
        match &self.0 {
            Id::Ours(digits) => HeaderValue::from_bytes(digits)
                .unwrap_or_else(|_not_text| HeaderValue::from_static("none")),
            Id::Clients(value) => value.clone(),
        }
    }
}

/// Where new ids come from: 32 hex digits, the first half random per process, the second half a
/// scrambled counter. Unique without asking the kernel for randomness at every request.
#[derive(Debug)]
pub(super) struct RequestIds {
    process: u64,
    key: u64,
    drawn: AtomicU64,
}

impl RequestIds {
    pub(super) fn new() -> Result<Self, getrandom::Error> {
        Ok(Self { process: getrandom::u64()?, key: getrandom::u64()?, drawn: AtomicU64::new(0) })
    }

    /// The id for a request with these headers.
    pub(super) fn for_request(&self, headers: &HeaderMap) -> RequestId {
        RequestId::from_client(headers).unwrap_or_else(|| self.draw())
    }

    fn draw(&self) -> RequestId {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        let bytes = (u128::from(self.process) << 64) | u128::from(scramble(number ^ self.key));
        let mut digits = [b'0'; OUR_LENGTH];
        // The length is right.
        let _infallible = hex::encode_to_slice(bytes.to_be_bytes(), &mut digits);
        RequestId(Id::Ours(digits))
    }
}

/// The finaliser of `SplitMix64` (Steele, Lea, Flood 2014): a bijection, so ids never repeat.
const fn scramble(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn echoed(id: &[u8]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_bytes(id).unwrap());
        let ids = RequestIds::new().unwrap();
        ids.for_request(&headers).as_str().as_bytes() == id
    }

    #[test]
    fn harmless_ids_are_echoed_and_others_replaced() {
        for id in ["a", "0f8fad5b-d9cb-469f-a165-70867728950e", "-", &"x".repeat(64)] {
            assert!(echoed(id.as_bytes()), "{id}");
        }
        for id in ["", " ", "a b", "a_b", "a.b", "a,b", "a\tb", "<script>", &"x".repeat(65)] {
            assert!(!echoed(id.as_bytes()), "{id}");
        }
        assert!(!echoed("ä\u{202e}".as_bytes()));
    }

    #[test]
    fn new_ids_are_32_hex_digits_and_differ() {
        let ids = RequestIds::new().unwrap();
        let drawn: HashSet<String> = (0..10_000).map(|_| ids.draw().as_str().to_owned()).collect();
        assert_eq!(drawn.len(), 10_000);
        assert!(drawn.iter().all(|id| {
            id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        }));
    }
}
