//! The headers that every answer carries, as the network's existing nodes send them.

use axum::http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

use super::request_id::{RequestId, X_REQUEST_ID};

/// How many headers [`write()`] sets.
const COUNT: usize = 6;

/// For data: a browser that is talked into showing it may load and run nothing.
const DATA_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_FRAMES: HeaderValue = HeaderValue::from_static("DENY");
const REFERRER: HeaderValue = HeaderValue::from_static("strict-origin-when-cross-origin");
/// Browsers ignore it on plain HTTP, so it can always be sent.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// Sets them. A page that set its own content policy keeps it.
pub(super) fn write(headers: &mut HeaderMap, request_id: RequestId) {
    headers.reserve(COUNT);
    headers.insert(X_REQUEST_ID, request_id.into_header());
    headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    headers.insert(X_FRAME_OPTIONS, NO_FRAMES);
    headers.insert(REFERRER_POLICY, REFERRER);
    headers.insert(STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(DATA_POLICY);
}
