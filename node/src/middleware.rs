//! What happens to every request around its handler, and in which order.
//!
//! One layer, not a stack of small ones: each further layer of a tower stack costs a boxed future
//! and a clone per request, and the order is easier to read here than from a list of layers.
//!
//! | # | step | why here |
//! |---|---|---|
//! | 1 | request id | everything after it can be found in the log |
//! | 2 | panics are caught from here on | whatever breaks below, the client gets JSON and an id |
//! | 3 | an admin key in the URL is refused | before anything could log or act on it |
//! | 4 | client address, rate limit | before the body costs memory |
//! | 5 | body, within the limit of its route | handlers see whole bodies only |
//! | 6 | the handler | |
//! | 7 | security headers, log line | on every answer, ours included |
//!
//! Time limits and caps on connections lie below, in [`crate::listener`].

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request};
use axum::http::header::{CONNECTION, CONTENT_ENCODING};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::Route;
use tower::{Layer, Service};

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

/// The layer around all routes.
#[derive(Debug, Clone)]
pub struct Edge(Arc<EdgeState>);

#[derive(Debug)]
struct EdgeState {
    settings: EdgeSettings,
    ids: RequestIds,
    body_memory: BodyMemory,
}

impl Edge {
    /// A layer with these settings. Fails only when the system has no random numbers.
    pub fn new(settings: EdgeSettings) -> Result<Self, getrandom::Error> {
        let body_memory = BodyMemory::new(settings.max_body_memory_bytes);
        Ok(Self(Arc::new(EdgeState { settings, ids: RequestIds::new()?, body_memory })))
    }

    /// Puts the layer around `router`, with JSON answers for unknown routes and wrong methods.
    /// Must come after all routes have been added.
    pub fn around<S>(self, router: Router<S>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        router
            .fallback(|| async { Problem::not_found() })
            .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
            .layer(self)
    }
}

impl Layer<Route> for Edge {
    type Service = EdgeService;

    fn layer(&self, route: Route) -> EdgeService {
        EdgeService { edge: Arc::clone(&self.0), route }
    }
}

/// One route with the layer around it.
#[derive(Debug, Clone)]
pub struct EdgeService {
    edge: Arc<EdgeState>,
    route: Route,
}

impl Service<Request> for EdgeService {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request>::poll_ready(&mut self.route, cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // A clone may not be ready where the original is: the ready one is used up here.
        let fresh = self.route.clone();
        let route = std::mem::replace(&mut self.route, fresh);
        let edge = Arc::clone(&self.edge);
        Box::pin(async move { Ok(edge.answer(request, route).await) })
    }
}

impl EdgeState {
    async fn answer(&self, request: Request, route: Route) -> Response {
        let received = Instant::now();
        let request_id = self.ids.for_request(request.headers());
        let method = request.method().clone();
        let path = request.extensions().get::<MatchedPath>().cloned();
        let has_body = !request.body().is_end_stream();

        let guarded = panic_catcher::caught(self.admit(request, &request_id, received, route));
        let mut response = match guarded.await {
            Ok(Ok(response)) => response,
            // What was not read of the request stands in the way of the next one.
            Ok(Err(problem)) if has_body => problem.closing().into_response(),
            Ok(Err(problem)) => problem.into_response(),
            Err(panic_catcher::Panicked) => Problem::internal(request_id.as_str()).into_response(),
        };
        log(&method, path.as_ref(), &response, received, &request_id);
        answer_headers::write(response.headers_mut(), request_id);
        response
    }

    /// Steps 3 to 6.
    async fn admit(
        &self,
        mut request: Request,
        request_id: &RequestId,
        received: Instant,
        mut route: Route,
    ) -> Result<Response, Problem> {
        refuse_key_in_url(&request)?;
        let client = self.client(&mut request);
        self.count(request.method(), client, received)?;
        request.extensions_mut().insert(RequestContext {
            request_id: request_id.clone(),
            client,
            received,
        });

        if request.body().is_end_stream() {
            let Ok(response) = route.call(request).await;
            return Ok(response);
        }
        if request.extensions().get::<MatchedPath>().is_none() {
            // Nobody reads this body; what is left of it stands in the way of the next request.
            let Ok(mut response) = route.call(request).await;
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            return Ok(response);
        }
        refuse_compressed(&request)?;
        let limit = request_body::limit_for(request.uri().path());
        let (parts, body) = request.into_parts();
        let (bytes, held) = self.body_memory.read(body, limit).await?;
        let request = Request::from_parts(parts, Body::from(bytes));
        let Ok(response) = route.call(request).await;
        drop(held);
        Ok(response)
    }

    fn client(&self, request: &mut Request) -> IpAddr {
        // Handlers ask the context; three extensions take half the room of four.
        let peer = request
            .extensions_mut()
            .remove::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        self.settings.trusted_proxies.client(peer, request.headers())
    }

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

fn refuse_key_in_url(request: &Request) -> Result<(), Problem> {
    match request.uri().query() {
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

/// Bodies are read as they are: unpacking is how a small request becomes a large one.
fn refuse_compressed(request: &Request) -> Result<(), Problem> {
    match request.headers().get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_ENCODING",
            "compressed request bodies are not taken",
        )
        .closing()),
        _ => Ok(()),
    }
}

/// One line per answer, with the route's pattern in place of the path: never what a client wrote.
fn log(
    method: &Method,
    path: Option<&MatchedPath>,
    response: &Response,
    received: Instant,
    request_id: &RequestId,
) {
    let status = response.status();
    if !status.is_server_error() && !tracing::enabled!(target: "access", tracing::Level::DEBUG) {
        return;
    }
    let path = path.map_or("-", MatchedPath::as_str);
    // Extension methods are the client's words too.
    let method = if is_standard(method) { method.as_str() } else { "-" };
    let took_us = u64::try_from(received.elapsed().as_micros()).unwrap_or(u64::MAX);
    let (status, request_id) = (status.as_u16(), request_id.as_str());
    if status >= 500 {
        tracing::warn!(target: "access", method, path, status, took_us, request_id, "answered");
    } else {
        tracing::debug!(target: "access", method, path, status, took_us, request_id, "answered");
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

/// What the layer found out about a request, for its handler: an extractor.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The id in the answer's `X-Request-Id`.
    pub request_id: RequestId,
    /// The client, behind any proxies that the operator trusts.
    pub client: IpAddr,
    /// When the header was complete.
    pub received: Instant,
}

impl RequestContext {
    /// The client as rate limits count it.
    pub fn subject(&self) -> Subject {
        Subject::Client(AddressGroup::from(self.client))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestContext {
    /// The route lacks the layer, which is a mistake in the router.
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::internal("none"))
    }
}
