//! What happens to every request around its handler, and in which order.
//!
//! One piece of code around the whole router, not a stack of small layers around every route: each
//! layer of a tower stack costs a boxed future and a clone per request, and the order is easier to
//! read here than from a list of layers.
//!
//! | # | step | why here |
//! |---|---|---|
//! | 1 | request id | everything after it can be found in the log |
//! | 2 | panics are caught from here on | whatever breaks below, the client gets JSON and an id |
//! | 3 | an admin key in the URL is refused | before anything could log or act on it |
//! | 4 | client address, rate limit | before the body costs memory |
//! | 5 | the handler, who takes the body, within the limit of its route | a body that nobody takes is not read |
//! | 6 | security headers, log line | on every answer, ours included |
//!
//! Time limits and caps on connections lie below, in [`crate::listener`].

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use protocol::api::path;
use tower::Service as _;

use crate::client_address::{AddressGroup, TrustedProxies};
use crate::problem::Problem;
use crate::rate_limit::{Budget, RateLimits, Subject};

pub(crate) mod answer_headers;
mod key_in_url;
mod panic_catcher;
mod request_body;
mod request_id;

use self::request_body::BodyMemory;
pub use self::request_body::HARD_LIMIT;
pub(crate) use self::request_body::HeldBody;
use self::request_id::RequestIds;
pub use self::request_id::{RequestId, X_REQUEST_ID};

/// The default of [`EdgeSettings::max_body_memory_bytes`].
pub const DEFAULT_BODY_MEMORY_BYTES: usize = 64 * 1024 * 1024;

/// What the layer needs to know.
#[derive(Debug)]
pub struct EdgeSettings {
    /// Whose word about a client's address counts.
    pub trusted_proxies: TrustedProxies,
    /// Where reads and writes are counted. The other budgets are the handlers' to charge.
    pub rate_limits: Arc<RateLimits>,
    /// The memory that the bodies of all requests in flight may take together.
    pub max_body_memory_bytes: usize,
}

/// What is around all routes.
#[derive(Debug, Clone)]
pub struct Edge(Arc<EdgeState>);

#[derive(Debug)]
struct EdgeState {
    settings: EdgeSettings,
    ids: RequestIds,
    body_memory: Arc<BodyMemory>,
}

impl Edge {
    /// An edge with these settings. Fails only when the system has no random numbers.
    pub fn new(settings: EdgeSettings) -> Result<Self, getrandom::Error> {
        let body_memory = Arc::new(BodyMemory::new(settings.max_body_memory_bytes));
        Ok(Self(Arc::new(EdgeState { settings, ids: RequestIds::new()?, body_memory })))
    }

    /// Puts the edge around `router`, with JSON answers for unknown routes and wrong methods.
    pub fn around(self, router: Router) -> EdgedRouter {
        let router = router
            .fallback(|| async { Problem::not_found() })
            .method_not_allowed_fallback(|| async { Problem::method_not_allowed() });
        // Resolves the state of every route now instead of at every request.
        EdgedRouter { edge: self.0, router: router.with_state(()), mark: None }
    }
}

/// All routes with the edge around them. Cloning it is two reference counts.
#[derive(Debug, Clone)]
pub struct EdgedRouter {
    edge: Arc<EdgeState>,
    router: Router,
    mark: Option<(HeaderName, HeaderValue)>,
}

impl EdgedRouter {
    /// The same, with a further header in every answer.
    #[must_use]
    pub fn marked(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { mark: Some((name, value)), ..self }
    }

    /// Answers one request of `peer`, whose header was complete at `received`.
    pub async fn answer<B>(
        &self,
        request: Request<B>,
        peer: SocketAddr,
        received: Instant,
    ) -> Response
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let request_id = self.edge.ids.for_request(request.headers());
        let seen = Seen::of(&request);
        let has_body = !request.body().is_end_stream();

        let guarded = panic_catcher::caught(self.admit(request, peer, &request_id, received));
        let mut response = match guarded.await {
            Ok(Ok(response)) => response,
            // What was not read of the request stands in the way of the next one.
            Ok(Err(problem)) if has_body => problem.closing().into_response(),
            Ok(Err(problem)) => problem.into_response(),
            Err(panic_catcher::Panicked) => Problem::internal(request_id.as_str()).into_response(),
        };
        seen.log(&response, received, &request_id);
        answer_headers::write(response.headers_mut(), &request_id);
        if let Some((name, value)) = &self.mark {
            response.headers_mut().insert(name, value.clone());
        }
        response
    }

    /// Steps 3 to 5.
    async fn admit<B>(
        &self,
        mut request: Request<B>,
        peer: SocketAddr,
        request_id: &RequestId,
        received: Instant,
    ) -> Result<Response, Problem>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        refuse_key_in_url(request.uri().query())?;
        let client = self.edge.settings.trusted_proxies.client(peer.ip(), request.headers());
        self.edge.count(request.method(), client, received)?;
        request.extensions_mut().insert(RequestContext {
            request_id: request_id.clone(),
            client,
            received,
            body_memory: Arc::clone(&self.edge.body_memory),
        });
        // Most requests have none, and an empty one needs no box.
        let boxed = |body: B| if body.is_end_stream() { Body::empty() } else { Body::new(body) };
        // A router is always ready, and cloning it is one reference count.
        let Ok(response) = self.router.clone().call(request.map(boxed)).await;
        Ok(response)
    }
}

impl EdgeState {
    fn count(&self, method: &Method, client: IpAddr, at: Instant) -> Result<(), Problem> {
        let budget = if *method == Method::GET || *method == Method::HEAD {
            Budget::Reads
        } else {
            Budget::Writes
        };
        let subject = Subject::Client(AddressGroup::from(client));
        let limits = &self.settings.rate_limits;
        limits.take(budget, subject, at).map_err(|refusal| too_many(budget, refusal.seconds))
    }
}

/// `429 RATE_LIMITED` with `Retry-After`, for any budget.
pub fn too_many(budget: Budget, retry_after_s: u64) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", "rate_limited")
        .with_message("Wait for the seconds that the header Retry-After gives.")
        .with("budget", budget.name())
        .with("retry_after_s", retry_after_s)
        .retry_after(retry_after_s)
}

fn refuse_key_in_url(query: Option<&str>) -> Result<(), Problem> {
    match query {
        Some(query) if key_in_url::carries_admin_key(query) => {
            tracing::warn!("refused an admin key in a URL: it should be revoked");
            Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "ADMIN_KEY_IN_URL",
                "admin keys are never taken from a URL",
            )
            .with_message(
                "Send it in the header X-Admin-Key. Logs on the way may have kept this one: \
                 revoke it and create another.",
            ))
        }
        _ => Ok(()),
    }
}

/// What the log may tell of a request: never what a client wrote.
struct Seen {
    method: Method,
    uri: Uri,
}

impl Seen {
    fn of<B>(request: &Request<B>) -> Self {
        Self { method: request.method().clone(), uri: request.uri().clone() }
    }

    /// One line per answer.
    fn log(&self, response: &Response, received: Instant, request_id: &RequestId) {
        let status = response.status();
        if !status.is_server_error() && !tracing::enabled!(target: "access", tracing::Level::DEBUG)
        {
            return;
        }
        let path = path::template_of(self.uri.path()).unwrap_or("-");
        // Extension methods are the client's words too.
        let method = if is_standard(&self.method) { self.method.as_str() } else { "-" };
        let took_us = u64::try_from(received.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (status, request_id) = (status.as_u16(), request_id.as_str());
        if status >= 500 {
            tracing::warn!(target: "access", method, path, status, took_us, request_id, "answered");
        } else {
            tracing::debug!(target: "access", method, path, status, took_us, request_id, "answered");
        }
    }
}

fn is_standard(method: &Method) -> bool {
    [
        Method::GET,
        Method::POST,
        Method::HEAD,
        Method::OPTIONS,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::TRACE,
        Method::CONNECT,
    ]
    .contains(method)
}

/// What the edge found out about a request, for its handler: an extractor.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The id in the answer's `X-Request-Id`.
    pub request_id: RequestId,
    /// The client, behind any proxies that the operator trusts.
    pub client: IpAddr,
    /// When the header was complete.
    pub received: Instant,
    body_memory: Arc<BodyMemory>,
}

impl RequestContext {
    /// The client as rate limits count it.
    pub fn subject(&self) -> Subject {
        Subject::Client(AddressGroup::from(self.client))
    }

    /// Reads the request's body whole, within the limit of its route.
    pub(crate) async fn read(&self, request: Request) -> Result<HeldBody, Problem> {
        request_body::refuse_compressed(request.headers())?;
        let limit = request_body::limit_for(request.uri().path());
        Ok(BodyMemory::read(&self.body_memory, request.into_body(), limit).await?)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestContext {
    /// The router lacks its edge, which is a mistake.
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::internal("none"))
    }
}
