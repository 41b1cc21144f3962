//! The headers that every answer carries, as the network's existing nodes send them.

use std::sync::LazyLock;

use axum::http::header::{
    CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

use super::request_id::{RequestId, X_REQUEST_ID};

/// For data: a browser that is talked into showing it may load and run nothing.
const DATA_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_FRAMES: HeaderValue = HeaderValue::from_static("DENY");
const REFERRER: HeaderValue = HeaderValue::from_static("strict-origin-when-cross-origin");
/// Browsers ignore it on plain HTTP, so it can always be sent.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// The type of most answers.
pub(crate) const JSON: &str = "application/json";

static OF_EVERY_ANSWER: LazyLock<HeaderMap> = LazyLock::new(|| {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    // These two have another value in every answer. Setting one that is there already costs less.
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    headers.insert(X_REQUEST_ID, HeaderValue::from_static("-"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    headers.insert(X_FRAME_OPTIONS, NO_FRAMES);
    headers.insert(REFERRER_POLICY, REFERRER);
    headers.insert(STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    headers.insert(CONTENT_SECURITY_POLICY, DATA_POLICY);
    headers
});

/// Headers to start an answer from: copying them all costs a fraction of setting one by one. Length
/// and request id are still to be set, and the type where it is not [`JSON`].
pub(crate) fn of_every_answer() -> HeaderMap {
    OF_EVERY_ANSWER.clone()
}

/// Sets them, where an answer did not start from [`of_every_answer`]. A page that set its own
/// content policy keeps it.
pub(super) fn write(headers: &mut HeaderMap, request_id: &RequestId) {
    if !headers.contains_key(X_CONTENT_TYPE_OPTIONS) {
        headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
        headers.insert(X_FRAME_OPTIONS, NO_FRAMES);
        headers.insert(REFERRER_POLICY, REFERRER);
        headers.insert(STRICT_TRANSPORT_SECURITY, TLS_ONLY);
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(DATA_POLICY);
    }
    headers.insert(X_REQUEST_ID, request_id.to_header());
}
