//! Challenges and attestations (wire sections 4.1 and 4.2).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::command::{Command, JudgedAttestation};
use ledger::receipt::Receipt;
use ledger::refusal::Refusal;
use protocol::api::attest::ChallengeReply;
use protocol::attestation::{
    Attestation, AttestationError, AttestationShapeError, SignedAttestation, miner_named,
};
use protocol::challenge::Challenge;
use protocol::json::Json;
use protocol::time::UnixSeconds;
use protocol::verified::Verified;
use protocol::wallet_id::MinerId;

use crate::app::AppState;
use crate::challenges::Origin;
use crate::extract::BodyBytes;
use crate::middleware::RequestContext;
use crate::problem::Problem;
use crate::rate_limit::Budget;
use crate::reply::{carried_out, json, unexpected};
use crate::sequencer::Order;

mod answer;
mod signature_budget;

use self::answer::Draft;
pub(super) use self::signature_budget::at_senders_cost;

/// `POST /attest/challenge`: a challenge, bound to the miner when it names itself. Nothing is
/// stored until a challenge is used.
pub async fn challenge(
    State(app): State<AppState>,
    context: RequestContext,
    body: BodyBytes,
) -> Result<Response, Problem> {
    app.limits
        .take(Budget::Challenge, context.subject(), context.received)
        .map_err(|wait| too_many_challenges(wait.seconds))?;
    let miner = named_miner(&body)?;
    let now = app.clock.now_seconds();
    let bound = miner.as_ref().map(MinerId::as_str);
    let challenge = app.challenges.give(bound, now).map_err(|error| {
        tracing::error!(%error, "no random numbers for a challenge");
        Problem::internal(context.request_id.as_str())
    })?;
    app.metrics.challenges_given.add_one();
    Ok(json(&ChallengeReply {
        bound_miner: miner.map(|miner| miner.to_string()),
        expires_at: challenge.expiry().0,
        nonce: challenge.to_string(),
        server_time: Some(now.0),
    }))
}

/// `429` in the words of the existing network.
fn too_many_challenges(retry_after_s: u64) -> Problem {
    let message = format!("Wait {retry_after_s} s before you ask for another challenge.");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "CHALLENGE_RATE_LIMIT", "rate_limited")
        .with_message(message)
        .with("reason", "challenge_rate_limit")
        .with("retry_after_s", retry_after_s)
        .retry_after(retry_after_s)
}

/// The miner that a request for a challenge names: `miner`, else `miner_id`, else nobody.
fn named_miner(body: &[u8]) -> Result<Option<MinerId>, Problem> {
    if body.is_empty() {
        return Ok(None);
    }
    let body =
        Json::parse(body).map_err(|error| shape_problem(&AttestationShapeError::NotJson(error)))?;
    if body.as_object().is_none() {
        return Err(shape_problem(&AttestationShapeError::NotAnObject));
    }
    let named = ["miner", "miner_id"]
        .into_iter()
        .filter_map(|field| body.get(field))
        .find(|value| !value.is_null() && value.as_str() != Some(""));
    let Some(value) = named else { return Ok(None) };
    let text = value.as_str().ok_or(AttestationShapeError::BadMiner);
    text.and_then(miner_named).map(Some).map_err(|refused| shape_problem(&refused))
}

/// `POST /attest/submit`: judges an attestation, and enrols its miner when the books take it.
pub async fn submit(
    State(app): State<AppState>,
    context: RequestContext,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let answer = take(&app, &context, &body).await;
    let counter = match &answer {
        Ok(_) => &app.metrics.attestations_accepted,
        Err(_) => &app.metrics.attestations_refused,
    };
    counter.add_one();
    answer
}

async fn take(app: &AppState, context: &RequestContext, body: &[u8]) -> Result<Response, Problem> {
    let signed = verified(app, context, body)?;
    let now = app.clock.now_seconds();
    check_challenge(app, signed.attestation(), now)?;
    let judged = JudgedAttestation::judge(&signed, &app.books.law().genesis)
        .map_err(|_no_challenge| foreign_challenge())?;
    let unknown = signed.attestation().fingerprint.as_ref();
    let unknown = unknown.map_or(0, |fingerprint| fingerprint.unknown_checks().len());
    app.metrics.unknown_checks.add(u64::try_from(unknown).unwrap_or(u64::MAX));

    let draft = Draft::of(signed.attestation(), &judged);
    drop(signed);
    let ticket = app.sequencer.submit(Order::Command(Command::Attest(Box::new(judged))));
    match carried_out(ticket).await? {
        Ok(Receipt::Attested { epoch, multiplier, weight, .. }) => {
            Ok(draft.accepted(epoch, multiplier, weight))
        }
        Ok(other) => Err(unexpected(&other)),
        Err(refusal) => Err(refused(&refusal, now)),
    }
}

/// Reads a body and checks its signature.
fn verified(
    app: &AppState,
    context: &RequestContext,
    body: &[u8],
) -> Result<Verified<SignedAttestation>, Problem> {
    let verify = || SignedAttestation::parse_and_verify(body);
    let is_bad = |error: &AttestationError| {
        matches!(error, AttestationError::BadSignature(_) | AttestationError::NotCanonical(_))
    };
    at_senders_cost(app, context, verify, is_bad)?
        .map_err(|error| coded(status(error.status()), error.code(), error.message()))
}

/// Whether the challenge is ours, good for this miner, and not expired. Whether it was used is for
/// the books to say.
fn check_challenge(
    app: &AppState,
    attestation: &Attestation,
    now: UnixSeconds,
) -> Result<(), Problem> {
    let challenge: Challenge =
        attestation.nonce.parse().map_err(|_not_a_challenge| foreign_challenge())?;
    let is_for =
        |miner: &MinerId| app.challenges.recognise(&challenge, miner.as_str()) == Origin::Ours;
    if !is_for(&attestation.miner) {
        // It says nothing about whom a challenge is bound to; of the two names that an attestation
        // carries, the other one can be tried.
        let mixed_up = attestation.miner_name.as_ref().is_some_and(is_for);
        return Err(if mixed_up { other_identity() } else { foreign_challenge() });
    }
    if challenge.expiry() <= now { Err(expired_challenge()) } else { Ok(()) }
}

fn foreign_challenge() -> Problem {
    invalid_challenge("The nonce is no challenge of this node for this miner.")
}

fn expired_challenge() -> Problem {
    invalid_challenge("The challenge has expired.")
}

fn invalid_challenge(what: &str) -> Problem {
    let message = format!("{what} Ask for a new one with POST /attest/challenge.");
    coded(StatusCode::CONFLICT, "CHALLENGE_INVALID", message)
}

fn other_identity() -> Problem {
    let message = "The challenge is bound to 'miner_id', but 'miner' attests. Ask for a challenge \
                   under the name that attests, or under none.";
    coded(StatusCode::FORBIDDEN, "NONCE_IDENTITY_MISMATCH", message)
}

/// The books' refusals in the words of the existing network.
fn refused(refusal: &Refusal, now: UnixSeconds) -> Problem {
    let sentence = |what: &str| format!("Refused: {refusal}. {what}");
    match refusal {
        Refusal::ChallengeExpired => expired_challenge(),
        Refusal::ChallengeUsed => coded(
            StatusCode::CONFLICT,
            "NONCE_REPLAY",
            "The challenge was used before. Ask for a new one with POST /attest/challenge.",
        ),
        Refusal::TooManyAttestations { limit, retry_at } => {
            let wait = retry_at.seconds_since(now).max(1);
            let message = sentence("One per ten minutes is enough.");
            coded(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_ATTESTATIONS", message)
                .with("limit", *limit)
                .with("retry_at", retry_at.0)
                .retry_after(wait)
        }
        Refusal::SignatureRequired => coded(
            StatusCode::BAD_REQUEST,
            "MISSING_SIGNATURE",
            sentence("Send 'signature' and 'public_key'."),
        ),
        Refusal::OtherKeyOwnsName => coded(
            StatusCode::BAD_REQUEST,
            "SIGNING_KEY_MISMATCH",
            sentence("Sign with the key that attested first, or attest under another name."),
        ),
        Refusal::NameHoldsMoney => coded(
            StatusCode::FORBIDDEN,
            "NAME_NEEDS_ADMIN",
            sentence("Attest under the RTC address of your key, or ask the operator."),
        ),
        Refusal::HardwareAlreadyBound => coded(
            StatusCode::CONFLICT,
            "HARDWARE_ALREADY_BOUND",
            sentence("Its owner can release it, with effect from the next epoch."),
        ),
        Refusal::ReserveIsOffLimits => coded(
            StatusCode::FORBIDDEN,
            "NAME_RESERVED",
            "The reserve and the founders' wallets do not mine.",
        ),
        other => Problem::from(other),
    }
}

fn shape_problem(error: &AttestationShapeError) -> Problem {
    coded(status(error.status()), error.code(), error.message())
}

/// A refusal as the existing network words those of attestations: `error` is the code in small
/// letters, `message` the sentence (wire section 4.2).
pub(super) fn coded(status: StatusCode, code: &'static str, message: impl Into<String>) -> Problem {
    Problem::new(status, code, code.to_ascii_lowercase()).with_message(message)
}

/// The status that an error of the protocol names.
pub(super) fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::BAD_REQUEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(body: &str) -> Result<Option<String>, (u16, &'static str)> {
        named_miner(body.as_bytes())
            .map(|miner| miner.map(|miner| miner.to_string()))
            .map_err(|problem| (problem.status.as_u16(), problem.code))
    }

    #[test]
    fn a_challenge_may_be_asked_for_without_a_name() {
        for body in ["", "{}", r#"{"miner":null}"#, r#"{"miner":""}"#, r#"{"other":1}"#] {
            assert_eq!(named(body), Ok(None), "{body}");
        }
        assert_eq!(named(r#"{"miner":"a","miner_id":"b"}"#), Ok(Some("a".to_owned())));
        assert_eq!(named(r#"{"miner":"","miner_id":"b"}"#), Ok(Some("b".to_owned())));
    }

    #[test]
    fn other_bodies_and_names_are_refused() {
        for body in ["null", "[]", "0", "42", "\"x\"", "{", "\"\"", "{\"a\":1,\"a\":2}"] {
            assert_eq!(named(body), Err((400, "INVALID_JSON_OBJECT")), "{body}");
        }
        for body in [r#"{"miner":7}"#, r#"{"miner":"a b"}"#, r#"{"miner_id":[]}"#] {
            assert_eq!(named(body), Err((400, "INVALID_MINER")), "{body}");
        }
        let solana = r#"{"miner":"7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV"}"#;
        assert_eq!(named(solana), Err((400, "INVALID_MINER_WALLET_FORMAT")));
    }

    #[test]
    fn refusals_have_the_codes_of_the_network_and_name_nobody() {
        let now = UnixSeconds(1_000);
        let late = Refusal::TooManyAttestations { limit: 10, retry_at: UnixSeconds(1_200) };
        for (refusal, status, code, error) in [
            (Refusal::ChallengeUsed, 409, "NONCE_REPLAY", "nonce_replay"),
            (Refusal::ChallengeExpired, 409, "CHALLENGE_INVALID", "challenge_invalid"),
            (Refusal::SignatureRequired, 400, "MISSING_SIGNATURE", "missing_signature"),
            (Refusal::OtherKeyOwnsName, 400, "SIGNING_KEY_MISMATCH", "signing_key_mismatch"),
            (Refusal::NameHoldsMoney, 403, "NAME_NEEDS_ADMIN", "name_needs_admin"),
            (
                Refusal::HardwareAlreadyBound,
                409,
                "HARDWARE_ALREADY_BOUND",
                "hardware_already_bound",
            ),
            (Refusal::ReserveIsOffLimits, 403, "NAME_RESERVED", "name_reserved"),
            (late, 429, "TOO_MANY_ATTESTATIONS", "too_many_attestations"),
        ] {
            let problem = refused(&refusal, now);
            assert_eq!((problem.status.as_u16(), problem.code), (status, code));
            assert_eq!(problem.error, error);
            assert!(!problem.message.is_empty());
        }
    }

    #[test]
    fn a_full_slot_says_when_to_come_back() {
        use axum::response::IntoResponse as _;
        let late = Refusal::TooManyAttestations { limit: 10, retry_at: UnixSeconds(1_200) };
        let response = refused(&late, UnixSeconds(1_000)).into_response();
        assert_eq!(response.headers()["retry-after"], "200");
    }
}
