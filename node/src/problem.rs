//! The error body: every refusal and every failure is answered with one JSON shape.
//!
//! `{"code":…,"error":…,"message":…,"ok":false,…}`, compact, keys in alphabetical order, non-ASCII
//! characters escaped, a newline at the end: byte for byte as the network's existing nodes write
//! their answers, so that clients and golden files agree.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::reply;

/// An answer that says no.
///
/// `error` is for programs of the old school that compare sentences, `code` for those that compare
/// codes, `message` for the person who has to do something about it.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code, upper case with underscores. Never changes once released.
    pub code: &'static str,
    /// What went wrong, a lower-case fragment.
    pub error: Cow<'static, str>,
    /// What to do about it, one or more sentences. Left out of the body when empty.
    pub message: String,
    /// Further fields. A field named like one of the above replaces it.
    pub extra: Map<String, Value>,
    shows_ok: bool,
    closes_connection: bool,
    retry_after_s: Option<u64>,
}

impl Problem {
    /// A problem with its status, code and error; `ok:false` is part of the body.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        error: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            error: error.into(),
            message: String::new(),
            extra: Map::new(),
            shows_ok: true,
            closes_connection: false,
            retry_after_s: None,
        }
    }

    /// `404 NOT_FOUND`: no such route.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "no such route")
            .with_message("The API is described in docs/api.md and at /openapi.json.")
    }

    /// `405 METHOD_NOT_ALLOWED`: the route exists, the method does not. The router adds `Allow`.
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "the route does not take this method",
        )
        .with_message("The header Allow names the methods that it takes.")
    }

    /// `410 PRUNED`: it is in the chain, and its body is gone from this node.
    pub fn pruned() -> Self {
        Self::new(StatusCode::GONE, "PRUNED", "pruned").with_message(
            "It is in the chain, and this node no longer keeps the bodies of blocks that old. \
             Ask a node that keeps them, or an archive.",
        )
    }

    /// `500 INTERNAL`: a fault of ours. Says nothing but the id under which the log has the details.
    pub fn internal(request_id: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "internal error")
            .with_message("The node's log has the details under this request id.")
            .with("request_id", request_id)
    }

    /// Sets the sentence for the person.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Adds one field to the body.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(key.into(), value.into());
        self
    }

    /// Leaves `ok` out: some of the network's answers never carried it, and clients mind.
    #[must_use]
    pub fn without_ok(mut self) -> Self {
        self.shows_ok = false;
        self
    }

    /// Adds the header `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Closes the connection after this answer: the rest of the request is not wanted.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.closes_connection = true;
        self
    }

    /// The body, with its newline.
    pub fn body(&self) -> String {
        let own = [
            ("code", Some(Value::from(self.code))),
            ("error", Some(Value::from(self.error.as_ref()))),
            ("message", (!self.message.is_empty()).then(|| Value::from(self.message.as_str()))),
            ("ok", self.shows_ok.then_some(Value::Bool(false))),
        ];
        // Sorted here, whatever order the `Map` of this build keeps.
        let mut fields: BTreeMap<&str, Value> =
            own.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        for (key, value) in &self.extra {
            fields.insert(key, value.clone());
        }
        let text = serde_json::to_string(&fields).unwrap_or_default();
        let mut body = escape_non_ascii(text);
        body.push('\n');
        body
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = reply::text(self.status, "application/json", self.body());
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.closes_connection {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// JSON text with every character above ASCII written as `\uXXXX`, surrogate pairs included.
/// Outside of string literals JSON has no such characters, so the whole text can be treated alike.
fn escape_non_ascii(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let mut escaped = String::with_capacity(text.len().saturating_mul(2));
    let mut units = [0_u16; 2];
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut units) {
            // Writing to a String cannot fail.
            let _infallible = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use axum::http::header::CONTENT_TYPE;

    use super::*;

    fn teapot() -> Problem {
        Problem::new(StatusCode::IM_A_TEAPOT, "TEAPOT", "short and stout")
    }

    #[test]
    fn keys_are_sorted_and_a_newline_ends_the_body() {
        let body = teapot().with_message("Pour.").with("handle", 1).with("aaa", "z").body();
        assert_eq!(
            body,
            "{\"aaa\":\"z\",\"code\":\"TEAPOT\",\"error\":\"short and stout\",\"handle\":1,\
             \"message\":\"Pour.\",\"ok\":false}\n"
        );
    }

    #[test]
    fn ok_and_an_empty_message_can_be_absent() {
        assert_eq!(
            teapot().without_ok().body(),
            "{\"code\":\"TEAPOT\",\"error\":\"short and stout\"}\n"
        );
    }

    #[test]
    fn an_extra_field_replaces_ours() {
        assert!(teapot().with("ok", Value::Null).body().contains("\"ok\":null"));
    }

    #[test]
    fn other_alphabets_are_escaped_as_cpython_does() {
        let body = teapot().with("name", "é\u{202e}😀\n").without_ok().body();
        assert!(body.contains(r#""name":"\u00e9\u202e\ud83d\ude00\n""#), "{body}");
    }

    #[test]
    fn headers_follow_the_builder() {
        let response = teapot().retry_after(7).closing().into_response();
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        assert_eq!(response.headers()[CONNECTION], "close");
    }
}
