//! `POST /wallet/transfer/signed`: money moves when its owner has signed for it.
//!
//! The signature is verified here, in the request's own worker; whether the books allow the
//! transfer is for the sequencer to say. Answered means durable.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::command::Command;
use ledger::receipt::Receipt;
use ledger::refusal::Refusal;
use ledger::store::StoreError;
use protocol::api::problem::{OUT_OF_ORDER_NONCE, REPLAY_DETECTED};
use protocol::api::rtc_f64;
use protocol::api::transfer::ExecutedTransfer;
use protocol::money::Amount;
use protocol::transfer::{
    ChainId, CheckedRequest, SignedTransfer, Transfer, TransferProblem, TransferRequest, TxId,
};
use protocol::verified::Verified;
use protocol::wallet_id::WalletId;
use serde_json::{Value, json};

use crate::app::AppState;
use crate::extract::BodyBytes;
use crate::middleware::{RequestContext, too_many};
use crate::problem::Problem;
use crate::rate_limit::Budget;
use crate::reply::{self, carried_out, unexpected};
use crate::sequencer::Order;

/// Carries out a signed transfer.
pub async fn submit(
    State(app): State<AppState>,
    context: RequestContext,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let answer = take(&app, &context, &body).await;
    match &answer {
        Ok(_) => app.metrics.transfers_executed.add_one(),
        Err(_) => app.metrics.transfers_refused.add_one(),
    }
    answer
}

async fn take(app: &AppState, context: &RequestContext, body: &[u8]) -> Result<Response, Problem> {
    let chain_id = &app.books.law().genesis.chain_id;
    let request =
        TransferRequest::parse(body).map_err(|problem| in_wire_words(&problem, None, chain_id))?;
    let from = request.transfer().from.clone();
    let quoted_nonce = request.has_quoted_nonce();
    let refuse = |problem: &TransferProblem| in_wire_words(problem, Some(&from), chain_id);
    let request = request.precheck(chain_id).map_err(|problem| refuse(&problem))?;
    if let Some(trouble) = app.sequencer.trouble() {
        // Signatures are not worth verifying while nothing can be written.
        return Err(trouble.into());
    }
    let signed = verify(app, context, request, &from, &refuse)?;

    let transfer = signed.transfer.clone();
    let tx_id = signed.tx_id();
    let ticket = app.sequencer.submit(Order::Command(Command::Transfer(signed)));
    match carried_out(ticket).await? {
        Ok(Receipt::Moved { movement, tx_id, .. }) => {
            Ok(accepted(app, &transfer, movement, tx_id, quoted_nonce))
        }
        Ok(other) => Err(unexpected(&other)),
        Err(Refusal::NonceNotAhead { latest }) => {
            Err(used_nonce(app, tx_id, transfer.nonce, latest).await)
        }
        Err(refusal) => Err(Problem::from(&refusal).with("nonce", transfer.nonce.to_string())),
    }
}

/// Verifies the signature. Every try costs the client a token, which good signatures get back.
///
/// The sender is charged for failures too, but never asked before: strangers can write any sender
/// into a body, and must not be able to lock him out.
fn verify(
    app: &AppState,
    context: &RequestContext,
    request: CheckedRequest<'_>,
    from: &WalletId,
    refuse: &impl Fn(&TransferProblem) -> Problem,
) -> Result<Verified<SignedTransfer>, Problem> {
    let budget = Budget::FailedSignature;
    let take = |subject| {
        let taken = app.limits.take(budget, subject, context.received);
        taken.map_err(|wait| too_many(budget, wait.seconds))
    };
    let client = context.subject();
    take(client)?;

    match app.keys.verifying(request.key(), |key| request.verify(key)) {
        Ok(signed) => {
            app.limits.give_back(budget, client);
            Ok(signed)
        }
        Err(problem) => {
            if problem.status() == StatusCode::UNAUTHORIZED.as_u16() {
                app.metrics.bad_signatures.add_one();
                take(app.limits.named(from.as_str()))?;
            }
            Err(refuse(&problem))
        }
    }
}

fn accepted(
    app: &AppState,
    transfer: &Transfer,
    movement: u64,
    tx_id: TxId,
    quoted_nonce: bool,
) -> Response {
    let block_height = app.books.state().recent.movement(movement).map(|row| row.height);
    let executed = ExecutedTransfer {
        transfer,
        tx_id,
        chain_id: &app.books.law().genesis.chain_id,
        movement,
        block_height,
        executed_at: app.clock.now_seconds().0,
        // The one client that quotes the nonce refuses an answer with both.
        without_ok: quoted_nonce,
    };
    reply::finished_json(executed.to_json().into())
}

/// The first execution of a transfer.
enum First {
    /// In this block.
    Known(u64),
    /// In a block whose body is gone, and with it the height.
    Pruned,
    /// There was none.
    Never,
}

/// A used nonce: the same transfer again is told what became of it, another one what to use.
pub(super) async fn used_nonce(app: &AppState, tx_id: TxId, nonce: u64, latest: u64) -> Problem {
    let books = app.books.clone();
    let look = move || match books.movement_of(&tx_id)? {
        Some(first) => Ok(First::Known(first.height)),
        None if books.reads().was_pruned(&tx_id)? => Ok(First::Pruned),
        None => Ok::<_, StoreError>(First::Never),
    };
    match app.readers.run(look).await {
        Ok(Ok(First::Known(height))) => replay(tx_id, nonce).with("block_height", height),
        Ok(Ok(First::Pruned)) => replay(tx_id, nonce),
        Ok(Ok(First::Never)) => Problem::new(
            StatusCode::BAD_REQUEST,
            OUT_OF_ORDER_NONCE,
            "Signed transfer nonce must increase for this wallet",
        )
        .with_message(format!("Use nonce {}.", latest.saturating_add(1)))
        .with("latest_nonce", latest)
        .with("nonce", nonce.to_string()),
        Ok(Err(error)) => error.into(),
        Err(problem) => problem,
    }
}

fn replay(tx_id: TxId, nonce: u64) -> Problem {
    let id = tx_id.to_string();
    Problem::new(
        StatusCode::BAD_REQUEST,
        REPLAY_DETECTED,
        "Nonce already used (replay attack detected)",
    )
    .with_message("This very transfer was carried out before; it was not carried out again.")
    .with("nonce", nonce.to_string())
    .with("status", "confirmed")
    .with("tx_hash", id.as_str())
    .with("tx_id", id.as_str())
}

/// A problem of the request itself, as the existing network words it (wire section 3.5).
fn in_wire_words(
    problem: &TransferProblem,
    from: Option<&WalletId>,
    chain_id: &ChainId,
) -> Problem {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let answer = Problem::new(status, "BAD_TRANSFER", problem.error())
        .with("code", problem.code())
        .with_message(sentence(&problem.to_string()));
    match problem {
        TransferProblem::WrongChain { got } => {
            answer.with("expected_chain_id", chain_id.as_str()).with("got_chain_id", got.as_str())
        }
        TransferProblem::KeyMismatch => {
            answer.with("from_address", from.map_or("", WalletId::as_str))
        }
        TransferProblem::FeeNotZero(fee) => answer.with("fee_rtc", rtc_f64(*fee)),
        TransferProblem::InvalidSignature
        | TransferProblem::FeeNotSigned
        | TransferProblem::BadPublicKey
        | TransferProblem::SignatureNotString
        | TransferProblem::PublicKeyNotString => answer,
        other => answer.with("details", details(other)),
    }
}

fn details(problem: &TransferProblem) -> Value {
    match problem {
        TransferProblem::MissingFields(missing) => json!({ "missing": missing }),
        TransferProblem::AmountTooSmall => {
            json!({ "min_rtc": Amount::from_micro(1).map_or(0.0, rtc_f64) })
        }
        _ => json!({}),
    }
}

/// A fragment as a sentence. Names of members keep their spelling.
fn sentence(fragment: &str) -> String {
    let first_word = fragment.split(' ').next().unwrap_or_default();
    if first_word.contains('_') {
        return format!("{fragment}.");
    }
    let mut characters = fragment.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(body: &str) -> String {
        let chain_id: ChainId = "rustchain-dev".parse().unwrap();
        let problem = TransferRequest::parse(body.as_bytes()).unwrap_err();
        in_wire_words(&problem, None, &chain_id).body()
    }

    #[test]
    fn malformed_bodies_are_told_in_the_words_of_the_network() {
        let missing = words("{}");
        for part in [
            r#""error":"missing_required_fields""#,
            r#""code":"MISSING_REQUIRED_FIELDS""#,
            r#""details":{"missing":["from_address","to_address","amount_rtc","nonce","signature"]}"#,
        ] {
            assert!(missing.contains(part), "{missing}");
        }
        assert!(words("x").contains(r#""error":"invalid_json_body""#));
    }

    #[test]
    fn the_wrong_network_is_named() {
        let chain_id: ChainId = "rustchain-dev".parse().unwrap();
        let problem = TransferProblem::WrongChain { got: "x".parse().unwrap() };
        let body = in_wire_words(&problem, None, &chain_id).body();
        assert!(body.contains(r#""expected_chain_id":"rustchain-dev""#), "{body}");
        assert!(body.contains(r#""got_chain_id":"x""#), "{body}");
        assert!(body.contains(r#""code":"CHAIN_ID_MISMATCH""#), "{body}");
    }

    #[test]
    fn fragments_become_sentences() {
        assert_eq!(sentence("nonce is too large"), "Nonce is too large.");
        assert_eq!(sentence("chain_id is odd"), "chain_id is odd.");
    }
}
