//! Who calls a route that needs an admin key, and the record of every such call.
//!
//! The existing network has four kinds of admin routes, which differ in the headers that they read
//! and in how they say no (wire section 8). [`Gate`] says which kind a route is; [`Caller::act`]
//! opens it or not, and writes the audit record before any answer leaves.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use parking_lot::Mutex;
use protocol::api::admin::{ADMIN_KEY_HEADER, API_KEY_HEADER};
use protocol::api::path;
use protocol::time::UnixSeconds;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

use crate::admin_keys::{AdminKeyError, Authenticated, KeyName, Scope};
use crate::app::AppState;
use crate::audit::{AuditEntry, AuditError, AuditLog};
use crate::middleware::{RequestContext, too_many};
use crate::problem::Problem;
use crate::rate_limit::Budget;
use crate::reply::off_runtime;

/// What the audit log has in place of a name or a subject that is not known.
const NOBODY: &str = "-";

/// The result in the audit log when the caller did not wait for it.
const ABANDONED: &str = "ABANDONED";

/// Which headers may carry the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyHeaders {
    AdminKey,
    ApiKey,
    Either,
}

/// How a route is guarded.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    headers: KeyHeaders,
    scope: Scope,
    refusal: fn() -> Problem,
}

impl Gate {
    /// Kind A: either header; `401` with the reason `admin_required`.
    pub const fn a(scope: Scope) -> Self {
        Self { headers: KeyHeaders::Either, scope, refusal: admin_required }
    }

    /// Kind F: either header; `403 forbidden`.
    pub const fn f(scope: Scope) -> Self {
        Self { headers: KeyHeaders::Either, scope, refusal: forbidden }
    }

    /// Kind K: `X-Admin-Key` only; `401` with the reason `admin_required`.
    pub const fn k(scope: Scope) -> Self {
        Self { headers: KeyHeaders::AdminKey, scope, refusal: admin_required }
    }

    /// Kind P: `X-API-Key` only; `403 unauthorized`.
    pub const fn p(scope: Scope) -> Self {
        Self { headers: KeyHeaders::ApiKey, scope, refusal: unauthorized_api_key }
    }

    /// The same, with other words for no.
    #[must_use]
    pub const fn refusing(self, refusal: fn() -> Problem) -> Self {
        Self { refusal, ..self }
    }
}

fn admin_required() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "ADMIN_REQUIRED", "admin key required")
        .with_message("Send a valid admin key in the header X-Admin-Key.")
        .with("reason", "admin_required")
}

fn forbidden() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "FORBIDDEN", "forbidden")
        .with_message("Send a valid admin key in the header X-Admin-Key.")
}

fn unauthorized_api_key() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "UNAUTHORIZED", "unauthorized")
        .with_message("Send a valid admin key in the header X-API-Key.")
}

/// `503 ADMIN_KEY_UNSET`: nobody could present a key that is valid.
fn no_key_is_set() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "ADMIN_KEY_UNSET", "Admin key not configured")
        .with_message("The operator makes one with: rustchain admin key create.")
        .with("reason", "admin_key_unset")
}

/// `403 SCOPE_MISSING`: the key is valid, and for other things.
fn scope_missing(scope: Scope) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "SCOPE_MISSING", "the admin key lacks the scope")
        .with_message(format!("This needs a key with the scope {scope}."))
        .with("scope", scope.name())
}

fn keys_unreadable(error: &AdminKeyError) -> Problem {
    tracing::error!(%error, "admin keys could not be read");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "STORE_UNAVAILABLE",
        "admin keys could not be read",
    )
    .with_message("Nothing was done. The node's log has the cause.")
    .retry_after(5)
}

/// A caller of a guarded route: an extractor that refuses nobody.
#[derive(Debug)]
pub struct Caller {
    /// Whom failed keys are charged to.
    pub context: RequestContext,
    admin_key: Option<Presented>,
    api_key: Option<Presented>,
    /// Method and route, as the audit log names them.
    action: String,
}

/// A key as it came; overwritten in memory when dropped.
struct Presented(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Presented {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Presented([redacted])")
    }
}

impl Presented {
    fn from(headers: &HeaderMap, name: &str) -> Option<Self> {
        let bytes = headers.get(name)?.as_bytes();
        (!bytes.is_empty()).then(|| Self(Zeroizing::new(bytes.to_vec())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let context = RequestContext::from_request_parts(parts, state).await?;
        let route = path::template_of(parts.uri.path()).unwrap_or(NOBODY);
        Ok(Self {
            context,
            admin_key: Presented::from(&parts.headers, ADMIN_KEY_HEADER),
            api_key: Presented::from(&parts.headers, API_KEY_HEADER),
            action: format!("{} {route}", parts.method),
        })
    }
}

impl Caller {
    /// Whether any key was presented, valid or not.
    pub const fn presents_key(&self) -> bool {
        self.admin_key.is_some() || self.api_key.is_some()
    }

    /// Does `work` if the gate opens, and puts the call on record before the answer is given.
    ///
    /// `subject` is what the call is about (a wallet, an epoch; never a secret), if that is known.
    /// A refused call costs its client a token; one without tokens is answered `429` and leaves no
    /// record, so that strangers cannot fill the disk. A valid key never costs any, so that they
    /// cannot lock out the operator either.
    pub async fn act<F>(
        self,
        state: &AppState,
        gate: Gate,
        subject: Option<String>,
        work: impl FnOnce(KeyName) -> F,
    ) -> Result<Response, Problem>
    where
        F: Future<Output = Result<Response, Problem>>,
    {
        let Self { context, admin_key, api_key, action } = self;
        let presented = match gate.headers {
            KeyHeaders::AdminKey => admin_key,
            KeyHeaders::ApiKey => api_key,
            KeyHeaders::Either => admin_key.or(api_key),
        };
        let subject = subject.unwrap_or_else(|| NOBODY.to_owned());
        let at = state.clock.now_seconds();
        let record = |key_name: &str| {
            let key_name = key_name.to_owned();
            OpenRecord::new(state, Entry { at, key_name, action, subject })
        };
        match authenticate(state, presented, at, gate).await? {
            Ok(holder) => {
                let record = record(holder.name.as_str());
                let answer = if holder.scopes.allow(gate.scope) {
                    work(holder.name).await
                } else {
                    Err(scope_missing(gate.scope))
                };
                let result = answer.as_ref().err().map_or("ok", |problem| problem.code);
                record.close(result).await?;
                answer
            }
            Err(refusal) => {
                let budget = Budget::FailedAdminKey;
                state
                    .limits
                    .take(budget, context.subject(), context.received)
                    .map_err(|wait| too_many(budget, wait.seconds))?;
                record(NOBODY).close(refusal.code).await?;
                Err(refusal)
            }
        }
    }
}

/// Whose key it is, or how the gate says no.
async fn authenticate(
    state: &AppState,
    presented: Option<Presented>,
    now: UnixSeconds,
    gate: Gate,
) -> Result<Result<Authenticated, Problem>, Problem> {
    let keys = Arc::clone(&state.admin_keys);
    let holder = off_runtime(move || {
        let keys = keys.lock();
        let holder = match &presented {
            Some(Presented(bytes)) => keys.authenticate(bytes, now)?,
            None => None,
        };
        match holder {
            Some(holder) => Ok(Ok(holder)),
            None => keys.any_live(now).map(Err),
        }
    })
    .await?
    .map_err(|error: AdminKeyError| keys_unreadable(&error))?;
    Ok(holder.map_err(|any_live| if any_live { (gate.refusal)() } else { no_key_is_set() }))
}

/// What goes into the audit log, but for the result.
struct Entry {
    at: UnixSeconds,
    key_name: String,
    action: String,
    subject: String,
}

/// A record that has to be written, whatever happens: when the caller hangs up in the middle of
/// the work, dropping writes it.
struct OpenRecord {
    audit: Arc<Mutex<AuditLog>>,
    entry: Option<Entry>,
}

impl OpenRecord {
    fn new(state: &AppState, entry: Entry) -> Self {
        Self { audit: Arc::clone(&state.audit), entry: Some(entry) }
    }

    /// The writing, to be done off the runtime's threads; `None` when it was taken before.
    fn take(
        &mut self,
        result: &'static str,
    ) -> Option<impl FnOnce() -> Result<(), AuditError> + Send + 'static> {
        let audit = Arc::clone(&self.audit);
        self.entry.take().map(|Entry { at, key_name, action, subject }| {
            move || {
                let (key_name, action, subject) = (&*key_name, &*action, &*subject);
                audit.lock().append(&AuditEntry { at, key_name, action, subject, result }).map(drop)
            }
        })
    }

    /// Writes the record; when that fails, the answer must not leave.
    async fn close(mut self, result: &'static str) -> Result<(), Problem> {
        let Some(write) = self.take(result) else { return Ok(()) };
        off_runtime(write).await?.map_err(|error| audit_failed(&error))
    }
}

impl Drop for OpenRecord {
    fn drop(&mut self) {
        if let (Some(write), Ok(runtime)) = (self.take(ABANDONED), Handle::try_current()) {
            runtime.spawn_blocking(move || {
                if let Err(error) = write() {
                    tracing::error!(%error, "the audit log could not be written");
                }
            });
        }
    }
}

fn audit_failed(error: &AuditError) -> Problem {
    tracing::error!(%error, "the audit log could not be written");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "AUDIT_UNAVAILABLE",
        "the audit log could not be written",
    )
    .with_message(
        "What was asked for may have been carried out; only its record is missing. Look before \
         you repeat it.",
    )
    .retry_after(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_says_no_in_its_own_words() {
        for (gate, status, code, part) in [
            (Gate::a(Scope::Read), 401, "ADMIN_REQUIRED", "\"reason\":\"admin_required\""),
            (Gate::k(Scope::Read), 401, "ADMIN_REQUIRED", "\"ok\":false"),
            (Gate::f(Scope::Read), 403, "FORBIDDEN", "\"error\":\"forbidden\""),
            (Gate::p(Scope::HeaderKey), 403, "UNAUTHORIZED", "\"error\":\"unauthorized\""),
        ] {
            let problem = (gate.refusal)();
            assert_eq!((problem.status.as_u16(), problem.code), (status, code));
            assert!(problem.body().contains(part), "{}", problem.body());
        }
    }

    fn open_record(audit: &Arc<Mutex<AuditLog>>) -> OpenRecord {
        let text = str::to_owned;
        let (key_name, action, subject) = (text("ops"), text("GET /x"), text(NOBODY));
        let entry = Entry { at: UnixSeconds(1), key_name, action, subject };
        OpenRecord { audit: Arc::clone(audit), entry: Some(entry) }
    }

    #[tokio::test]
    async fn calls_are_recorded_even_when_the_caller_hangs_up() {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::open(&folder.path().join("node-local.db")).unwrap();
        let audit = Arc::new(Mutex::new(log));
        open_record(&audit).close("ok").await.unwrap();
        drop(open_record(&audit));
        let mut records = Vec::new();
        while records.len() < 2 {
            tokio::task::yield_now().await;
            records = audit.lock().page(None, 10).unwrap();
        }
        let results: Vec<&str> = records.iter().map(|record| record.result.as_str()).collect();
        assert_eq!(results, [ABANDONED, "ok"]);
    }

    #[test]
    fn presented_keys_are_not_shown() {
        let mut headers = HeaderMap::new();
        headers.insert("x-admin-key", "s3cret".parse().unwrap());
        headers.insert("x-api-key", "".parse().unwrap());
        let key = Presented::from(&headers, ADMIN_KEY_HEADER).unwrap();
        assert_eq!(format!("{key:?}"), "Presented([redacted])");
        assert!(Presented::from(&headers, API_KEY_HEADER).is_none(), "an empty key is none");
    }
}
