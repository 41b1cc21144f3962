//! Sends a request, and reads what comes back with suspicion.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::debug;

use crate::endpoint::Endpoint;
use crate::error::{ClientError, Refusal};

/// Longest answer that is read, in bytes. Pages of a thousand rows stay below half a megabyte.
pub(crate) const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Longest `Retry-After` that is obeyed: a node cannot silence a miner for days.
const LONGEST_RETRY_AFTER_SECONDS: u64 = 3_600;

/// A request of which only the node is missing.
pub(crate) struct Call<'a> {
    /// The path, filled in, with its query.
    pub(crate) path: &'a str,
    /// A JSON body; makes it a `POST`.
    pub(crate) body: Option<String>,
    /// The headers that carry an admin key.
    pub(crate) headers: HeaderMap,
    /// A status beside 200 whose body has the shape of an answer, too.
    pub(crate) also: Option<StatusCode>,
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { path, body: None, headers: HeaderMap::new(), also: None }
    }

    pub(crate) fn post(path: &'a str, body: String) -> Self {
        Self { body: Some(body), ..Self::get(path) }
    }

    pub(crate) fn accepting(self, status: StatusCode) -> Self {
        Self { also: Some(status), ..self }
    }
}

/// What came back, unread.
struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    endpoint: Endpoint,
}

impl Transport {
    pub(crate) fn new(endpoint: Endpoint) -> Result<Self, ClientError> {
        let http = endpoint.build_http().map_err(|error| ClientError::Setup {
            url: endpoint.to_string(),
            cause: causes(&error),
        })?;
        Ok(Self { http, endpoint })
    }

    pub(crate) const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends a request and reads the answer as `T`.
    pub(crate) async fn send<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, ClientError> {
        let (url, also) = (self.endpoint.url_of(call.path), call.also);
        let answer = self.exchange(&url, call).await?;
        interpret(&url, &answer, also)
    }

    /// Sends a request and reads the answer as text that is not JSON.
    pub(crate) async fn send_for_text(&self, call: Call<'_>) -> Result<String, ClientError> {
        let url = self.endpoint.url_of(call.path);
        let answer = self.exchange(&url, call).await?;
        if answer.status == StatusCode::OK {
            let not_text = |_error| bad_answer(&url, "not text");
            return String::from_utf8(answer.body).map_err(not_text);
        }
        let body = parse(&url, &answer)?;
        Err(refusal_or_stranger(&url, &answer, body))
    }

    /// The error for an answer that is well-formed but cannot be true.
    pub(crate) fn bad_answer(&self, path: &str, reason: &str) -> ClientError {
        bad_answer(&self.endpoint.url_of(path), reason)
    }

    async fn exchange(&self, url: &str, call: Call<'_>) -> Result<Answer, ClientError> {
        let request = self.request(url, call);
        let mut response = request.send().await.map_err(|error| self.explain(&error))?;
        let status = response.status();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(read_retry_after);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.explain(&error))? {
            if body.len().saturating_add(chunk.len()) > MAX_ANSWER_BYTES {
                return Err(bad_answer(url, "longer than 4 MiB"));
            }
            body.extend_from_slice(&chunk);
        }
        debug!(http.url = url, http.status = status.as_u16(), http.bytes = body.len(), "answered");
        Ok(Answer { status, retry_after, body })
    }

    fn request(&self, url: &str, call: Call<'_>) -> RequestBuilder {
        match call.body {
            None => self.http.request(Method::GET, url),
            Some(body) => self
                .http
                .request(Method::POST, url)
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body),
        }
        .headers(call.headers)
    }

    fn explain(&self, error: &reqwest::Error) -> ClientError {
        let (url, cause) = (self.endpoint.to_string(), causes(error));
        let timeouts = self.endpoint.timeouts();
        match (error.is_connect(), error.is_timeout()) {
            (true, true) => {
                let cause = format!("no connection within {} s", timeouts.connect.as_secs());
                ClientError::Unreachable { url, cause }
            }
            (true, false) => ClientError::Unreachable { url, cause },
            (false, true) => ClientError::Timeout { url, after: timeouts.total },
            (false, false) if error.is_builder() => ClientError::Setup { url, cause },
            (false, false) => ClientError::Interrupted { url, cause },
        }
    }
}

/// What is behind an error, without repetition: `tcp connect error: Connection refused`.
fn causes(error: &reqwest::Error) -> String {
    let mut causes: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        // Some errors print those behind them; the longer text then stands for both.
        causes.retain(|earlier| !text.contains(earlier.as_str()));
        if !causes.iter().any(|earlier| earlier.contains(&text)) {
            causes.push(text);
        }
        next = cause.source();
    }
    // hyper's own words say only at which step it happened.
    causes.retain(|cause| !cause.starts_with("client error ("));
    if causes.is_empty() { error.to_string() } else { causes.join(": ") }
}

/// `Retry-After` in seconds; its other form, a date, is not in use here.
fn read_retry_after(value: &HeaderValue) -> Option<Duration> {
    let seconds: u64 = value.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_RETRY_AFTER_SECONDS)))
}

fn bad_answer(url: &str, reason: &str) -> ClientError {
    ClientError::BadAnswer { url: url.to_owned(), reason: reason.to_owned() }
}

fn not_a_node(url: &str, answer: &Answer, reason: &str) -> ClientError {
    let status = answer.status.as_u16();
    ClientError::NotANode { url: url.to_owned(), status, reason: reason.to_owned() }
}

fn parse(url: &str, answer: &Answer) -> Result<Value, ClientError> {
    if answer.status.is_redirection() {
        return Err(not_a_node(url, answer, "it redirects, which no node does"));
    }
    serde_json::from_slice(&answer.body).map_err(|_not_json| {
        let status = answer.status;
        not_a_node(url, answer, &format!("status {status} with a body that is not JSON"))
    })
}

fn refusal_or_stranger(url: &str, answer: &Answer, body: Value) -> ClientError {
    let status = answer.status.as_u16();
    match Refusal::read(status, answer.retry_after, body) {
        Ok(refusal) => ClientError::Refused(Box::new(refusal)),
        Err(_body) => not_a_node(url, answer, &format!("status {status} without a reason")),
    }
}

fn interpret<T: DeserializeOwned>(
    url: &str,
    answer: &Answer,
    also: Option<StatusCode>,
) -> Result<T, ClientError> {
    let body = parse(url, answer)?;
    if answer.status == StatusCode::OK || Some(answer.status) == also {
        return match serde_json::from_value(body.clone()) {
            Ok(value) => Ok(value),
            Err(_error) if answer.status != StatusCode::OK => {
                Err(refusal_or_stranger(url, answer, body))
            }
            Err(error) => Err(match Refusal::read(200, answer.retry_after, body) {
                // Status 200 and `ok:false`, as some existing answers have it.
                Ok(refusal) => ClientError::Refused(Box::new(refusal)),
                Err(_body) => not_a_node(url, answer, &error.to_string()),
            }),
        };
    }
    Err(refusal_or_stranger(url, answer, body))
}
