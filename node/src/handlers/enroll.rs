//! Enrolments (wire section 4.4): the signed question whether a miner is enrolled.
//!
//! An accepted attestation enrols, so there is nothing left to do: this verifies the request and
//! reports the enrolment of the running epoch. It carries nothing over from the one before and
//! changes nothing, so nothing is logged (system section 8.26).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::state::{Miner, State as Books};
use protocol::api::attest::EnrolReply;
use protocol::api::multiplier_f64;
use protocol::enrolment::{EnrolmentError, EnrolmentRequest};
use protocol::epoch::EpochId;
use protocol::keys::PublicKey;
use protocol::multiplier::Multiplier;
use protocol::time::UnixSeconds;
use protocol::wallet_id::{MinerId, WalletId};

use super::attest::{coded, status};
use crate::app::AppState;
use crate::extract::BodyBytes;
use crate::middleware::{RequestContext, too_many};
use crate::problem::Problem;
use crate::rate_limit::Budget;
use crate::reply::json;

/// How long an attestation counts as recent, in seconds: one slot of the live network
/// (wire section 4.4).
const RECENT_SECONDS: u64 = 600;

/// The checks that are judged. All of them are, in every epoch.
const CHECKS: [&str; 6] = [
    "clock_drift",
    "cache_timing",
    "simd_bias",
    "thermal_drift",
    "instruction_jitter",
    "anti_emulation",
];

/// `POST /epoch/enroll`: whether a miner is enrolled in the running epoch, and at what weight.
pub async fn enroll(
    State(app): State<AppState>,
    context: RequestContext,
    BodyBytes(body): BodyBytes,
) -> Result<Response, Problem> {
    let answer = report(&app, &context, &body);
    let counter = match &answer {
        Ok(_) => &app.metrics.enrolments_confirmed,
        Err(_) => &app.metrics.enrolments_refused,
    };
    counter.add_one();
    answer.map(|reply| json(&reply))
}

fn report(app: &AppState, context: &RequestContext, body: &[u8]) -> Result<EnrolReply, Problem> {
    let request = EnrolmentRequest::parse(body).map_err(|error| worded(&error))?;
    let now = app.clock.now();
    let clock_epoch = app.books.law().genesis.calendar.epoch_at(now);
    let (found, open_epoch) = {
        let state = app.books.state();
        (Found::of(&request, &state), state.counters.open_epoch)
    };
    let (found, key) = found
        .and_then(|found| found.miner.key.map(|key| (found, key)))
        .ok_or_else(signing_key_required)?;
    let miner_id = request.miner_id().to_owned();
    verify(app, context, request, &key, [clock_epoch, open_epoch])?;
    let weight = found
        .enrolled
        .filter(|(epoch, _)| *epoch == clock_epoch)
        .map(|(_, weight)| weight)
        .ok_or_else(|| not_enrolled(&found.miner, now.seconds(), clock_epoch))?;
    Ok(reply(app, &found.miner, miner_id, clock_epoch, weight))
}

/// A miner with its enrolment in the open epoch.
struct Found {
    miner: Miner,
    enrolled: Option<(EpochId, Multiplier)>,
}

impl Found {
    /// The miner that a request is about: by its name; or, where it is named by its key, by the
    /// key's address or by the other name in the request if that one attested with the key.
    fn of(request: &EnrolmentRequest, state: &Books) -> Option<Self> {
        let by_key = |key: &PublicKey| {
            let other: Option<MinerId> = WalletId::parse(request.miner_id()).ok();
            let named = other.and_then(|other| state.miner(&other));
            state.miner(&key.address()).or_else(|| named.filter(|miner| miner.key == Some(*key)))
        };
        let miner = state
            .miner(request.miner())
            .or_else(|| request.named_key().as_ref().and_then(by_key))?
            .clone();
        let open = state.counters.open_epoch;
        let enrolled = miner
            .enrolment
            .filter(|enrolment| enrolment.epoch == open)
            .and_then(|enrolment| state.enrolments.get(enrolment.row))
            .map(|row| (open, row.weight));
        Some(Self { miner, enrolled })
    }
}

/// Checks the signature, over either epoch: the clock may have crossed a boundary that no block has
/// crossed yet. One that does not hold costs its sender.
fn verify(
    app: &AppState,
    context: &RequestContext,
    request: EnrolmentRequest,
    key: &PublicKey,
    epochs: [EpochId; 2],
) -> Result<(), Problem> {
    let [now, open] = epochs;
    let verified = match request.clone().verify(now, key) {
        Err(EnrolmentError::BadSignature) if open != now => request.verify(open, key),
        verified => verified,
    };
    let Err(error) = verified else { return Ok(()) };
    if error == EnrolmentError::BadSignature {
        app.metrics.bad_signatures.add_one();
        app.limits
            .take(Budget::FailedSignature, context.subject(), context.received)
            .map_err(|wait| too_many(Budget::FailedSignature, wait.seconds))?;
    }
    Err(worded(&error))
}

fn reply(
    app: &AppState,
    miner: &Miner,
    miner_id: String,
    epoch: EpochId,
    weight: Multiplier,
) -> EnrolReply {
    let total = u64::try_from(CHECKS.len()).unwrap_or(u64::MAX);
    let row = app.books.law().genesis.multipliers.row(&miner.family, &miner.arch);
    EnrolReply {
        active_fingerprint_checks: CHECKS.map(str::to_owned).to_vec(),
        // The checks are judged together: the books keep one verdict about all of them.
        active_fingerprint_pass_count: if miner.passed { total } else { 0 },
        active_fingerprint_total: total,
        epoch: epoch.0,
        fingerprint_failed: !miner.passed,
        hw_weight: multiplier_f64(row.multiplier),
        // Checks do not rotate here, so there is nothing to draw from.
        measurement_nonce: String::new(),
        miner_id,
        miner_pk: miner.id.to_string(),
        ok: true,
        weight: multiplier_f64(weight),
    }
}

/// `412`: nobody with a key has attested under this name.
fn signing_key_required() -> Problem {
    coded(
        StatusCode::PRECONDITION_FAILED,
        "ENROLLMENT_SIGNING_KEY_REQUIRED",
        "No attestation signing key is stored for this miner. Re-attest with \
         signature/public_key before enrolling.",
    )
}

/// `412`: the miner has attested, but not in this epoch.
fn not_enrolled(miner: &Miner, now: UnixSeconds, epoch: EpochId) -> Problem {
    let age_s = now.seconds_since(miner.last_attest);
    let (code, error) = if age_s > RECENT_SECONDS {
        ("ATTESTATION_EXPIRED", "attestation_expired")
    } else {
        ("NO_RECENT_ATTESTATION", "no_recent_attestation")
    };
    let message = format!(
        "The miner has not attested in epoch {epoch}. Attest with POST /attest/submit: that enrols."
    );
    Problem::new(StatusCode::PRECONDITION_FAILED, code, error)
        .with_message(message)
        .with("ttl_s", RECENT_SECONDS)
}

/// Two of the errors are sentences on the existing network, the others codes.
fn worded(error: &EnrolmentError) -> Problem {
    match error {
        EnrolmentError::NotAnObject | EnrolmentError::MissingMiner => {
            Problem::new(status(error.status()), error.code(), error.message())
        }
        _ => coded(status(error.status()), error.code(), error.message()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_worded_as_on_the_existing_network() {
        for (error, status, code, text) in [
            (EnrolmentError::NotAnObject, 400, "INVALID_JSON_OBJECT", "Invalid JSON body"),
            (EnrolmentError::MissingMiner, 400, "MISSING_MINER_PUBKEY", "Missing miner_pubkey"),
            (
                EnrolmentError::Unsigned,
                401,
                "SIGNED_ENROLLMENT_REQUIRED",
                "signed_enrollment_required",
            ),
            (EnrolmentError::KeyMismatch, 400, "PUBKEY_MISMATCH", "pubkey_mismatch"),
            (
                EnrolmentError::BadSignature,
                400,
                "INVALID_ENROLLMENT_SIGNATURE",
                "invalid_enrollment_signature",
            ),
        ] {
            let problem = worded(&error);
            assert_eq!((problem.status.as_u16(), problem.code), (status, code));
            assert_eq!(problem.error, text);
        }
    }
}
