//! Enrolments (wire section 4.4): the signed question whether a miner is enrolled.
//!
//! An accepted attestation enrols, so there is nothing left to do: this verifies the request and
//! reports the enrolment of the running epoch. It carries nothing over from the one before and
//! changes nothing, so nothing is logged (system section 8.26).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::state::Miner;
use protocol::api::attest::EnrolReply;
use protocol::api::multiplier_f64;
use protocol::enrolment::{EnrolmentError, EnrolmentRequest};
use protocol::epoch::EpochId;
use protocol::keys::PublicKey;
use protocol::multiplier::Multiplier;
use protocol::time::UnixSeconds;

use super::attest::{at_senders_cost, coded, status};
use crate::app::AppState;
use crate::extract::BodyBytes;
use crate::middleware::RequestContext;
use crate::problem::Problem;
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
    body: BodyBytes,
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
    let request = EnrolmentRequest::parse(body).map_err(worded)?;
    let now = app.clock.now();
    let epoch = app.books.law().genesis.calendar.epoch_at(now);
    let key = attested_key(app, &request).ok_or_else(signing_key_required)?;
    let is_bad = |error: &EnrolmentError| *error == EnrolmentError::BadSignature;
    let verify = || request.clone().verify(epoch, &key);
    at_senders_cost(app, context, verify, is_bad)?.map_err(worded)?;

    let miner = find(app, &request, &key).ok_or_else(signing_key_required)?;
    let weight = enrolled_in(app, &miner, epoch)
        .ok_or_else(|| not_enrolled(&miner, now.seconds(), epoch))?;
    Ok(reply(app, &miner, request.miner_id().to_owned(), epoch, weight))
}

/// The key that has to have signed: the one that attested under the name, or the one that stands in
/// the name's place.
fn attested_key(app: &AppState, request: &EnrolmentRequest) -> Option<PublicKey> {
    match app.books.state().miner(request.miner()) {
        Some(miner) => miner.key,
        None => request.named_key(),
    }
}

/// The miner that a request is about: the one that it names, or the one that last attested with the
/// key, for clients that put their key in the name's place.
fn find(app: &AppState, request: &EnrolmentRequest, key: &PublicKey) -> Option<Miner> {
    let state = app.books.state();
    let named = state.miner(request.miner()).filter(|miner| miner.key == Some(*key));
    named.or_else(|| state.miner_with_key(key)).cloned()
}

/// What the miner weighs in the epoch; `None` when it is not enrolled in it.
fn enrolled_in(app: &AppState, miner: &Miner, epoch: EpochId) -> Option<Multiplier> {
    let enrolment = miner.enrolment.filter(|enrolment| enrolment.epoch == epoch)?;
    let state = app.books.state();
    // The list is the open epoch's; a row of another epoch would be somebody else's.
    let row = state.enrolments.get(enrolment.row).filter(|_| state.counters.open_epoch == epoch)?;
    Some(row.weight)
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
fn worded(error: EnrolmentError) -> Problem {
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
            let problem = worded(error);
            assert_eq!((problem.status.as_u16(), problem.code), (status, code));
            assert_eq!(problem.error, text);
        }
    }
}
