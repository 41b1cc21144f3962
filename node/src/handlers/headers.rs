//! Slot headers that miners send (wire section 4.7), the keys they sign with, and the tip of our
//! own chain.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use protocol::api::admin::{HeaderKeyBody, HeaderKeyReply};
use protocol::api::chain::HeadersTip;
use protocol::epoch::Slot;
use protocol::keys::PublicKey;
use protocol::slot_header::{SlotHeader, SlotHeaderError, SlotHeaderRequest};
use protocol::time::UnixSeconds;
use protocol::wallet_id::MinerId;
use serde::Serialize;

use super::attest::{at_senders_cost, status};
use super::lottery::verdict;
use crate::admin_keys::Scope;
use crate::app::AppState;
use crate::books::ChainTip;
use crate::extract::{BodyBytes, Caller, Gate, json_body, wallet_id};
use crate::middleware::RequestContext;
use crate::problem::Problem;
use crate::reply::{json, off_runtime};
use crate::slot_headers::{Filed, SlotHeadersError};

/// How many slots ahead of the clock a header may lie (wire section 4.7).
const MAX_SLOTS_AHEAD: u64 = 10;

/// Characters of the certificate's signature that the tip shows (wire section 4.7).
const SIGNATURE_PREFIX: usize = 20;

/// The answer to a header that was taken.
#[derive(Debug, Serialize)]
struct Ingested {
    miner: String,
    /// How long it took, in milliseconds.
    ms: u64,
    ok: bool,
    slot: u64,
}

/// `POST /headers/ingest_signed`: takes a miner's note that it was there in its slot.
pub async fn ingest(
    State(app): State<AppState>,
    context: RequestContext,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let request = SlotHeaderRequest::parse(&body).map_err(worded)?;
    let slot = request.header().slot;
    let current = app.books.law().genesis.calendar.slot_at(app.clock.now());
    check_slot(&app, slot, current)?;
    let keys = keys_of(&app, request.miner()).await?;
    let is_bad = |error: &SlotHeaderError| *error == SlotHeaderError::BadSignature;
    let header = at_senders_cost(&app, &context, || request.verify(&keys), is_bad)?;
    let header = header.map_err(worded)?;
    check_turn(&app, &header, slot)?;
    let header = header.into_inner();
    let miner = header.miner.to_string();
    let now = app.clock.now_seconds();
    let headers = Arc::clone(&app.slot_headers);
    let filed = off_runtime(move || headers.lock().file(&header, now)).await?;
    if filed.map_err(|error| store_problem(&error))? == Filed::Taken {
        return Err(refusal(StatusCode::CONFLICT, "SLOT_TAKEN", "slot_taken")
            .with_message("Another miner was first in this slot.")
            .with("slot", slot.0));
    }
    let ms = u64::try_from(context.received.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(json(&Ingested { miner, ms, ok: true, slot: slot.0 }))
}

/// Headers are for the running epoch's slots, more or less: neither from the far future, nor
/// written after the fact.
fn check_slot(app: &AppState, slot: Slot, current: Slot) -> Result<(), Problem> {
    let epoch = app.books.law().genesis.calendar.slots_per_epoch();
    let slots =
        |problem: Problem| problem.with("submitted_slot", slot.0).with("current_slot", current.0);
    if slot.0 > current.0.saturating_add(MAX_SLOTS_AHEAD) {
        let error = "slot_too_far_in_future";
        let problem = refusal(StatusCode::BAD_REQUEST, "SLOT_TOO_FAR_IN_FUTURE", error);
        return Err(slots(
            problem.with_message("Header slot is too far ahead of current chain slot"),
        ));
    }
    if slot.0 < current.0.saturating_sub(epoch) {
        let problem = refusal(StatusCode::BAD_REQUEST, "SLOT_TOO_OLD", "slot_too_old");
        return Err(slots(problem.with_message("The slot is more than an epoch ago.")));
    }
    Ok(())
}

/// The keys that may sign for a miner: the one that it attested with, then registered ones.
async fn keys_of(app: &AppState, miner: &MinerId) -> Result<Vec<PublicKey>, Problem> {
    let attested = app.books.state().miner(miner).and_then(|known| known.key);
    let headers = Arc::clone(&app.slot_headers);
    let id = miner.clone();
    let registered = off_runtime(move || headers.lock().keys(&id)).await?;
    let registered = registered.map_err(|error| store_problem(&error))?;
    Ok(attested.into_iter().chain(registered).collect())
}

fn check_turn(app: &AppState, header: &SlotHeader, slot: Slot) -> Result<(), Problem> {
    let turn = app.rotation.turn(&header.miner, slot, app.clock.now_seconds());
    let verdict = verdict(&turn, slot);
    if verdict.eligible {
        return Ok(());
    }
    let problem = refusal(StatusCode::FORBIDDEN, "NOT_SLOT_PRODUCER", "not_slot_producer")
        .with_message("It is another miner's turn in this slot.")
        .with("reason", verdict.reason)
        .with("rotation_size", verdict.rotation_size)
        .with("slot", slot.0)
        .with("slot_producer", verdict.slot_producer);
    Err(match verdict.your_turn_at_slot {
        Some(at) => problem.with("your_turn_at_slot", at),
        None => problem,
    })
}

fn refusal(status: StatusCode, code: &'static str, error: &'static str) -> Problem {
    Problem::new(status, code, error)
}

fn worded(error: SlotHeaderError) -> Problem {
    refusal(status(error.status()), error.code(), error.error()).with_message(error.message())
}

fn store_problem(error: &SlotHeadersError) -> Problem {
    let (status, code) = match error {
        SlotHeadersError::TooManyKeys => (StatusCode::CONFLICT, "TOO_MANY_HEADER_KEYS"),
        SlotHeadersError::BadKey(_) => (StatusCode::BAD_REQUEST, "INVALID_PUBLIC_KEY"),
        SlotHeadersError::SlotTooLarge => (StatusCode::BAD_REQUEST, "INVALID_HEADER"),
        SlotHeadersError::Damaged(_) | SlotHeadersError::Store(_) => {
            tracing::error!(%error, "slot headers could not be read or written");
            let code = "STORE_UNAVAILABLE";
            return refusal(StatusCode::SERVICE_UNAVAILABLE, code, "slot headers are unavailable")
                .with_message("The node's log has the cause. Try again later.")
                .retry_after(5);
        }
    };
    Problem::new(status, code, error.to_string())
}

/// `GET /headers/tip`: the tip of our own chain, as the existing network shows headers.
pub async fn tip(State(app): State<AppState>) -> Response {
    let tip = app.books.tip();
    let slot = app.books.law().genesis.calendar.slot_at(tip.seal.header.batch.time);
    json(&tip_answer(&tip, slot, app.clock.now_seconds()))
}

fn tip_answer(tip: &ChainTip, slot: Slot, now: UnixSeconds) -> HeadersTip {
    let batch = &tip.seal.header.batch;
    let signature = tip.seal.certificate.signatures.first().map(|(_, signature)| {
        let mut digits = signature.to_hex();
        digits.truncate(SIGNATURE_PREFIX);
        digits
    });
    HeadersTip {
        height: Some(batch.height),
        miner: Some(batch.proposer.address().to_string()),
        signature_prefix: signature,
        slot: Some(slot.0),
        tip_age: i64::try_from(now.seconds_since(batch.time.seconds())).ok(),
    }
}

/// `POST /miner/headerkey`: registers or revokes a key that a miner signs headers with. Admin.
pub async fn header_key(
    State(app): State<AppState>,
    caller: Caller,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let asked = KeyChange::read(&body);
    let subject = asked.as_ref().ok().map(|change| change.miner.to_string());
    let gate = Gate::p(Scope::HeaderKey);
    let state = app.clone();
    caller.act(&app, gate, subject, |_name| async move { asked?.carry_out(&state).await }).await
}

/// A change of a miner's header keys.
#[derive(Debug)]
struct KeyChange {
    miner: MinerId,
    key: PublicKey,
    revokes: bool,
}

impl KeyChange {
    fn read(body: &[u8]) -> Result<Self, Problem> {
        let body: HeaderKeyBody = json_body(body)?;
        let bad = |code, error| refusal(StatusCode::BAD_REQUEST, code, error);
        let revokes = match body.action.as_deref() {
            None | Some("register") => false,
            Some("revoke") => true,
            Some(_) => {
                return Err(bad("INVALID_ACTION", "invalid action")
                    .with_message("Field 'action' must be register or revoke."));
            }
        };
        let key = PublicKey::from_hex(&body.pubkey_hex).map_err(|_not_hex| {
            bad("INVALID_PUBLIC_KEY", "invalid pubkey_hex")
                .with_message("Field 'pubkey_hex' must be 64 hexadecimal digits.")
        })?;
        Ok(Self { miner: wallet_id(&body.miner_id)?, key, revokes })
    }

    async fn carry_out(self, app: &AppState) -> Result<Response, Problem> {
        let Self { miner, key, revokes } = self;
        let answer = HeaderKeyReply {
            miner_id: miner.to_string(),
            ok: true,
            pubkey_hex: key.to_hex(),
            revoked: revokes.then_some(true),
        };
        let headers = Arc::clone(&app.slot_headers);
        let now = app.clock.now_seconds();
        let done = off_runtime(move || {
            let mut headers = headers.lock();
            // Said twice is done once: both are repeated without harm.
            if revokes {
                headers.revoke_key(&miner, &key)
            } else {
                headers.register_key(&miner, &key, now)
            }
        });
        done.await?.map_err(|error| store_problem(&error))?;
        Ok(json(&answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_refused_in_the_words_of_the_network() {
        for (error, body) in [
            (SlotHeaderError::MissingFields, "\"error\":\"missing fields\""),
            (SlotHeaderError::MessageMismatch, "\"error\":\"message_header_mismatch\""),
            (SlotHeaderError::NoKey, "\"error\":\"no pubkey registered for miner\""),
        ] {
            let problem = worded(error);
            assert_eq!(problem.status.as_u16(), error.status());
            assert!(problem.body().contains(body), "{}", problem.body());
            assert!(problem.body().contains("\"ok\":false"));
        }
    }

    #[test]
    fn a_change_of_keys_is_read() {
        let key = "ab".repeat(32);
        let body = |action: &str| format!(r#"{{"miner_id":"m","pubkey_hex":"{key}"{action}}}"#);
        let read = |text: &str| KeyChange::read(text.as_bytes()).map_err(|problem| problem.code);
        assert!(!read(&body("")).unwrap().revokes);
        assert!(!read(&body(r#","action":"register""#)).unwrap().revokes);
        assert!(read(&body(r#","action":"revoke""#)).unwrap().revokes);
        assert_eq!(read(&body(r#","action":"x""#)).unwrap_err(), "INVALID_ACTION");
        assert_eq!(read(&body("").replace("ab", "zz")).unwrap_err(), "INVALID_PUBLIC_KEY");
        assert_eq!(read(&body("").replace("\"m\"", "\"a b\"")).unwrap_err(), "INVALID_MINER_ID");
        assert_eq!(read("{}").unwrap_err(), "INVALID_JSON_BODY");
    }
}
