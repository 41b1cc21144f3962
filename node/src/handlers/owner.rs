//! What the owner of a key may ask for beside transfers: `POST /wallet/claim` moves what a name has
//! earned, `POST /wallet/release` frees the machine that a name is bound to.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::apply::claim_id;
use ledger::command::Command;
use ledger::receipt::Receipt;
use ledger::refusal::Refusal;
use protocol::api::owner::{OwnerBody, OwnerBodyError, OwnerReply};
use protocol::api::{micro_i64, rtc_f64};
use protocol::keys::KeyError;
use protocol::owner_request::{OwnerRequest, SignedOwnerRequest};
use protocol::verified::Verified;

use super::transfer::used_nonce;
use crate::app::AppState;
use crate::extract::{BodyBytes, json_body};
use crate::middleware::{RequestContext, too_many};
use crate::problem::Problem;
use crate::rate_limit::Budget;
use crate::reply::{self, carried_out, unexpected};
use crate::sequencer::Order;

/// Claims what a name has earned since its key was bound.
pub async fn claim(
    State(app): State<AppState>,
    context: RequestContext,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let body: OwnerBody = json_body(&body)?;
    carry_out(&app, &context, body.to_claim()).await
}

/// Releases the machine that a name is bound to, from the next epoch on.
pub async fn release(
    State(app): State<AppState>,
    context: RequestContext,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let body: OwnerBody = json_body(&body)?;
    carry_out(&app, &context, body.to_release()).await
}

async fn carry_out(
    app: &AppState,
    context: &RequestContext,
    signed: Result<SignedOwnerRequest, OwnerBodyError>,
) -> Result<Response, Problem> {
    let signed = signed.map_err(|error| malformed(&error))?;
    let (name, nonce) = (signed.name.to_string(), signed.nonce);
    let verified = verify(app, context, signed)?;
    let claim = matches!(verified.request, OwnerRequest::Claim { .. }).then(|| claim_id(&verified));
    let ticket = app.sequencer.submit(Order::Command(Command::Owner(verified)));
    let mut reply = OwnerReply {
        amount_i64: None,
        amount_rtc: None,
        effective_epoch: None,
        name,
        ok: true,
        tx_id: None,
    };
    match carried_out(ticket).await? {
        Ok(Receipt::Moved { tx_id, amount, .. }) => {
            reply.amount_i64 = Some(micro_i64(amount));
            reply.amount_rtc = Some(rtc_f64(amount));
            reply.tx_id = Some(tx_id.to_string());
        }
        Ok(Receipt::MachineReleased { free_from, .. }) => {
            reply.effective_epoch = Some(free_from.0);
        }
        Ok(other) => return Err(unexpected(&other)),
        Err(Refusal::NonceNotAhead { latest }) => {
            return Err(match claim {
                Some(tx_id) => used_nonce(app, tx_id, nonce, latest).await,
                None => refused(&Refusal::NonceNotAhead { latest }, nonce),
            });
        }
        Err(refusal) => return Err(refused(&refusal, nonce)),
    }
    Ok(reply::json(&reply))
}

/// Verifies the signature. Every try costs the client a token, which good signatures get back.
fn verify(
    app: &AppState,
    context: &RequestContext,
    signed: SignedOwnerRequest,
) -> Result<Verified<SignedOwnerRequest>, Problem> {
    let budget = Budget::FailedSignature;
    let client = context.subject();
    app.limits
        .take(budget, client, context.received)
        .map_err(|wait| too_many(budget, wait.seconds))?;
    match signed.verify(&app.books.law().genesis.chain_id) {
        Ok(verified) => {
            app.limits.give_back(budget, client);
            Ok(verified)
        }
        Err(KeyError::BadSignature) => {
            app.metrics.bad_signatures.add_one();
            Err(Problem::new(StatusCode::UNAUTHORIZED, "INVALID_SIGNATURE", "Invalid signature"))
        }
        Err(unusable) => {
            Err(Problem::new(StatusCode::BAD_REQUEST, "INVALID_PUBLIC_KEY", "invalid_public_key")
                .with_message(format!("The key cannot be used: {unusable}.")))
        }
    }
}

fn malformed(error: &OwnerBodyError) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "BAD_OWNER_REQUEST", error.to_string())
}

fn refused(refusal: &Refusal, nonce: u64) -> Problem {
    Problem::from(refusal).with("nonce", nonce.to_string())
}
