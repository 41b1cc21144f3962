//! Answers: JSON of the API's structs, and what refusals and troubles look like to a client.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use ledger::receipt::Receipt;
use ledger::refusal::Refusal;
use ledger::store::StoreError;
use protocol::api::problem::{OUT_OF_ORDER_NONCE, OUTCOME_UNKNOWN};
use protocol::api::{micro_i64, rtc_f64};
use protocol::money::Amount;
use serde::Serialize;
use tokio::time::timeout;

use crate::middleware::answer_headers;
use crate::problem::Problem;
use crate::sequencer::{Answer, Ticket, Unavailable};

/// How long a handler waits for an order. Shorter than clients wait, so that they hear from us.
const ORDER_TIMEOUT: Duration = Duration::from_secs(25);

/// `200` with a JSON body.
pub fn json<T: Serialize>(answer: &T) -> Response {
    json_with(StatusCode::OK, answer)
}

/// Any status with a JSON body, a newline at its end.
pub fn json_with<T: Serialize>(status: StatusCode, answer: &T) -> Response {
    match json_body(answer) {
        Ok(body) => text(status, answer_headers::JSON, body),
        Err(problem) => problem.into_response(),
    }
}

/// A JSON body, a newline at its end.
pub fn json_body<T: Serialize>(answer: &T) -> Result<Bytes, Problem> {
    // Only maps with keys that are no strings, and writers that fail, can fail here.
    let mut body = serde_json::to_vec(answer).map_err(|_unwritable| Problem::internal("none"))?;
    body.push(b'\n');
    Ok(body.into())
}

/// `200` with a JSON body that was written before.
pub fn finished_json(body: Bytes) -> Response {
    text(StatusCode::OK, answer_headers::JSON, body)
}

/// Any status with a body of any type.
pub fn text(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let body = body.into();
    let mut headers = answer_headers::of_every_answer();
    if content_type != answer_headers::JSON {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Runs what blocks for long (many rows, an fsync) off the runtime's threads. A few look-ups are for
/// [`Readers`](crate::readers::Readers).
pub async fn off_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        // The request's own panic catcher answers with the request's id.
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_cancelled) => Err(Unavailable::Stopping.into()),
    }
}

/// Waits for an order. Refusals are for the handler to put into words.
pub async fn carried_out(ticket: Ticket) -> Result<Result<Receipt, Refusal>, Problem> {
    match timeout(ORDER_TIMEOUT, ticket).await {
        Ok(Answer::Done(receipt)) => Ok(Ok(receipt)),
        Ok(Answer::Refused(refusal)) => Ok(Err(refusal)),
        Ok(Answer::Unavailable(why)) => Err(why.into()),
        Err(_elapsed) => Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ORDER_TIMEOUT",
            "unknown, send the same bytes again",
        )
        .with_message(
            "It still waits and may be carried out later. The same bytes can be sent again \
             without harm.",
        )
        .retry_after(5)),
    }
}

/// `503 OUTCOME_UNKNOWN`: the books answered with something that this request cannot have led to.
pub fn unexpected(receipt: &Receipt) -> Problem {
    tracing::error!(?receipt, "an order led to a receipt of another kind");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, OUTCOME_UNKNOWN, "the outcome cannot be told")
        .with_message("Look at the wallet's history before you repeat this.")
}

impl From<Unavailable> for Problem {
    fn from(why: Unavailable) -> Self {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        let (status, code, message, retry_after_s) = match &why {
            Unavailable::Busy => {
                (unavailable, "BUSY", "Nothing was done. Send the same bytes again.", Some(1))
            }
            Unavailable::DiskFull => (
                StatusCode::INSUFFICIENT_STORAGE,
                "DISK_FULL",
                "Nothing was done. The operator has to make room; then send the same bytes again.",
                Some(5),
            ),
            Unavailable::StoreFailed(_) => (
                unavailable,
                "STORE_UNAVAILABLE",
                "Nothing was done. The node's log has the cause; /health shows when it is over.",
                Some(5),
            ),
            Unavailable::ClockNotConfirmed(_) => (
                unavailable,
                "CLOCK_NOT_CONFIRMED",
                "Nothing was done. The operator has to confirm the clock; /health says why.",
                None,
            ),
            Unavailable::Stopping => {
                (unavailable, "STOPPING", "Nothing was done. Send the same bytes again.", Some(5))
            }
            Unavailable::Unknown => (
                unavailable,
                OUTCOME_UNKNOWN,
                "Send the same bytes again once the node is up: it then tells what became of them.",
                Some(5),
            ),
        };
        let problem = Self::new(status, code, why.to_string()).with_message(message);
        match retry_after_s {
            Some(seconds) => problem.retry_after(seconds),
            None => problem,
        }
    }
}

impl From<StoreError> for Problem {
    /// Reading failed; the details are for the log, they name files.
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store could not be read");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "STORE_UNAVAILABLE",
            "the store could not be read",
        )
        .with_message("The node's log has the cause. Try again later.")
        .retry_after(5)
    }
}

/// The code and status of a refusal.
pub const fn refusal_code(refusal: &Refusal) -> (StatusCode, &'static str) {
    match refusal {
        Refusal::NonceNotAhead { .. } => (StatusCode::BAD_REQUEST, OUT_OF_ORDER_NONCE),
        Refusal::NonceTooFarAhead { .. } => (StatusCode::BAD_REQUEST, "NONCE_TOO_FAR_AHEAD"),
        Refusal::InsufficientBalance { .. } => (StatusCode::BAD_REQUEST, "INSUFFICIENT_BALANCE"),
        Refusal::ChainIdRequired => (StatusCode::BAD_REQUEST, "CHAIN_ID_REQUIRED"),
        Refusal::BelowOpeningAmount { .. } => (StatusCode::BAD_REQUEST, "BELOW_OPENING_AMOUNT"),
        Refusal::BalanceTooLarge => (StatusCode::BAD_REQUEST, "BALANCE_TOO_LARGE"),
        Refusal::ReserveIsOffLimits => (StatusCode::FORBIDDEN, "RESERVE_IS_OFF_LIMITS"),
        Refusal::ChallengeExpired => (StatusCode::BAD_REQUEST, "CHALLENGE_EXPIRED"),
        Refusal::ChallengeUsed => (StatusCode::CONFLICT, "CHALLENGE_USED"),
        Refusal::TooManyAttestations { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_ATTESTATIONS")
        }
        Refusal::SignatureRequired => (StatusCode::UNAUTHORIZED, "SIGNATURE_REQUIRED"),
        Refusal::OtherKeyOwnsName => (StatusCode::FORBIDDEN, "OTHER_KEY_OWNS_NAME"),
        Refusal::NameHoldsMoney => (StatusCode::CONFLICT, "NAME_HOLDS_MONEY"),
        Refusal::HardwareAlreadyBound => (StatusCode::CONFLICT, "HARDWARE_ALREADY_BOUND"),
        Refusal::NameHasNoKey => (StatusCode::NOT_FOUND, "NAME_HAS_NO_KEY"),
        Refusal::NothingToClaim => (StatusCode::CONFLICT, "NOTHING_TO_CLAIM"),
        Refusal::NoMachineBound => (StatusCode::NOT_FOUND, "NO_MACHINE_BOUND"),
        Refusal::NotAFoundersWallet => (StatusCode::FORBIDDEN, "NOT_A_FOUNDERS_WALLET"),
        Refusal::IdempotencyKeyConflict { .. } => {
            (StatusCode::CONFLICT, "IDEMPOTENCY_KEY_CONFLICT")
        }
        Refusal::AdminOutOfSequence { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, "ADMIN_OUT_OF_SEQUENCE")
        }
        Refusal::NotAValidator => (StatusCode::SERVICE_UNAVAILABLE, "NOT_A_VALIDATOR"),
        Refusal::AddressNeedsNoKey => (StatusCode::BAD_REQUEST, "ADDRESS_NEEDS_NO_KEY"),
        Refusal::AmountIsZero => (StatusCode::BAD_REQUEST, "AMOUNT_MUST_BE_POSITIVE"),
        Refusal::SameWallet => (StatusCode::BAD_REQUEST, "FROM_TO_MUST_DIFFER"),
        Refusal::PayeeIsNoAddress => (StatusCode::BAD_REQUEST, "PAYEE_IS_NO_ADDRESS"),
        Refusal::AdminTextTooLong { .. } => (StatusCode::BAD_REQUEST, "TEXT_TOO_LONG"),
    }
}

impl From<&Refusal> for Problem {
    /// A refusal in words that hold for every route; handlers replace them where the network has
    /// words of its own.
    fn from(refusal: &Refusal) -> Self {
        let (status, code) = refusal_code(refusal);
        let problem = Self::new(status, code, refusal.to_string());
        match refusal {
            Refusal::NonceNotAhead { latest } => problem
                .with("latest_nonce", *latest)
                .with_message(format!("Use nonce {}.", latest.saturating_add(1))),
            Refusal::NonceTooFarAhead { highest } => problem.with("highest_nonce", *highest),
            Refusal::InsufficientBalance { balance, requested } => {
                insufficient(problem, *balance, *requested)
            }
            Refusal::ChainIdRequired => {
                problem.with_message("Sign with chain_id, and send it in the body.")
            }
            Refusal::BelowOpeningAmount { minimum } => problem
                .with("minimum_i64", micro_i64(*minimum))
                .with("minimum_rtc", rtc_f64(*minimum)),
            Refusal::TooManyAttestations { limit, retry_at } => {
                problem.with("limit", *limit).with("retry_at", retry_at.0)
            }
            Refusal::IdempotencyKeyConflict { tx_id } => problem.with("tx_hash", tx_id.to_string()),
            Refusal::AdminOutOfSequence { .. } => problem
                .with_message("Nothing was done. Send the same request again.")
                .retry_after(1),
            _ => problem,
        }
    }
}

/// The figures beside `Insufficient available balance` (wire section 3.5). Nothing is ever pending.
fn insufficient(problem: Problem, balance: Amount, requested: Amount) -> Problem {
    let mut problem = problem
        .with("available_rtc", rtc_f64(balance))
        .with("balance_rtc", rtc_f64(balance))
        .with("pending_debits_rtc", 0.0)
        .with("requested_rtc", rtc_f64(requested));
    problem.error = "Insufficient available balance".into();
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_wallet_is_told_in_the_words_of_the_network() {
        let refusal = Refusal::InsufficientBalance {
            balance: Amount::from_micro(1_500_000).unwrap(),
            requested: Amount::from_micro(2_000_000).unwrap(),
        };
        assert_eq!(
            Problem::from(&refusal).without_ok().body(),
            "{\"available_rtc\":1.5,\"balance_rtc\":1.5,\"code\":\"INSUFFICIENT_BALANCE\",\
             \"error\":\"Insufficient available balance\",\"pending_debits_rtc\":0.0,\
             \"requested_rtc\":2.0}\n"
        );
    }

    #[test]
    fn trouble_says_whether_anything_was_done() {
        for (why, status, code) in [
            (Unavailable::Busy, 503, "BUSY"),
            (Unavailable::DiskFull, 507, "DISK_FULL"),
            (Unavailable::StoreFailed("x".to_owned()), 503, "STORE_UNAVAILABLE"),
            (Unavailable::ClockNotConfirmed("x".to_owned()), 503, "CLOCK_NOT_CONFIRMED"),
            (Unavailable::Stopping, 503, "STOPPING"),
            (Unavailable::Unknown, 503, "OUTCOME_UNKNOWN"),
        ] {
            let undone = !matches!(why, Unavailable::Unknown);
            let problem = Problem::from(why);
            assert_eq!((problem.status.as_u16(), problem.code), (status, code));
            assert_eq!(problem.message.starts_with("Nothing was done."), undone, "{code}");
        }
    }

    #[tokio::test]
    async fn an_order_that_was_not_taken_is_answered_at_once() {
        let answer = carried_out(Ticket::not_taken(Unavailable::Busy)).await;
        assert_eq!(answer.unwrap_err().code, "BUSY");
        let (sender, receiver) = tokio::sync::oneshot::channel();
        drop(sender);
        let answer = carried_out(Ticket::taken(receiver)).await;
        assert_eq!(answer.unwrap_err().code, "OUTCOME_UNKNOWN");
    }

    #[tokio::test]
    async fn what_blocks_runs_elsewhere() {
        let here = std::thread::current().id();
        let there = off_runtime(|| std::thread::current().id()).await.unwrap();
        assert_ne!(here, there);
    }
}
