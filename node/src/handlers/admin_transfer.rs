//! `POST /wallet/transfer`: an admin pays out of a founders' wallet.
//!
//! With an idempotency key the same request can be repeated; it is carried out once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::apply::action_hash;
use ledger::receipt::Receipt;
use ledger::refusal::Refusal;
use ledger::state::IdempotentTransfer;
use protocol::admin::AdminAction;
use protocol::api::admin::AdminTransferReply;
use protocol::api::{micro_i64, rtc_f64};
use protocol::json::Json;
use protocol::money::{Amount, AmountError};
use protocol::time::UnixSeconds;
use protocol::transfer::TxId;
use protocol::wallet_id::WalletId;

use crate::admin_keys::{KeyName, Scope};
use crate::app::AppState;
use crate::extract::{BodyBytes, Caller, Gate, json_object};
use crate::problem::Problem;
use crate::reply::{self, carried_out, unexpected};
use crate::sequencer::Order;

/// Longest idempotency key, of `A-Z a-z 0-9 . _ : -` (wire section 11).
const MAX_KEY_BYTES: usize = 128;

/// What an admin transfer is for when nobody says.
const DEFAULT_REASON: &str = "admin_transfer";

const GATE: Gate = Gate::k(Scope::Transfer).refusing(unauthorized);

fn unauthorized() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized - admin key required")
        .with_message("Send a valid admin key in the header X-Admin-Key.")
        .with("hint", "Use /wallet/transfer/signed for user transfers")
}

/// Carries out an admin transfer.
pub async fn submit(
    State(app): State<AppState>,
    caller: Caller,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let order = read_order(&body);
    let subject = order.as_ref().ok().map(|order| format!("{} -> {}", order.from, order.to));
    let books = app.clone();
    caller
        .act(&app, GATE, subject, |key_name| async move { act(&books, key_name, order?).await })
        .await
}

async fn act(app: &AppState, key_name: KeyName, order: Payout) -> Result<Response, Problem> {
    let action = order.action();
    if let Some(earlier) = earlier(app, &order) {
        return repeated(app, &order, &action, earlier).await;
    }
    let ticket = app
        .sequencer
        .submit(Order::Admin { key_name: key_name.to_string(), action: action.clone() });
    match carried_out(ticket).await? {
        Ok(Receipt::Moved { movement, tx_id, .. }) => {
            let now = app.clock.now_seconds();
            Ok(order.reply("Transfer confirmed.", movement, tx_id, now))
        }
        Ok(other) => Err(unexpected(&other)),
        Err(refusal @ Refusal::IdempotencyKeyConflict { .. }) => match earlier(app, &order) {
            // The same request came twice at once, and the other one was first.
            Some(earlier) => repeated(app, &order, &action, earlier).await,
            None => Err(Problem::from(&refusal)),
        },
        Err(refusal) => Err(Problem::from(&refusal)),
    }
}

/// The transfer that the idempotency key stands for already.
fn earlier(app: &AppState, order: &Payout) -> Option<IdempotentTransfer> {
    let key = order.idempotency_key.as_deref()?;
    let state = app.books.state();
    state.idempotent.get(state.idempotent_number(key)?).cloned()
}

/// The answer to a request whose idempotency key was used before.
async fn repeated(
    app: &AppState,
    order: &Payout,
    action: &AdminAction,
    earlier: IdempotentTransfer,
) -> Result<Response, Problem> {
    if earlier.action != action_hash(action) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "IDEMPOTENCY_KEY_CONFLICT",
            "idempotency_key_conflict",
        )
        .with_message("The key stands for another transfer. Take a new key.")
        .with("tx_hash", earlier.tx_id.to_string()));
    }
    let (books, number) = (app.books.clone(), earlier.movement);
    let stored = app.readers.run(move || books.movement(number)).await??;
    let executed_at = stored.map_or_else(UnixSeconds::default, |movement| movement.time.seconds());
    let message = "Transfer already executed for idempotency key.";
    Ok(order.reply(message, earlier.movement, earlier.tx_id, executed_at))
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Payout {
    from: WalletId,
    to: WalletId,
    amount: Amount,
    reason: String,
    idempotency_key: Option<String>,
}

impl Payout {
    fn action(&self) -> AdminAction {
        AdminAction::Transfer {
            from: self.from.clone(),
            to: self.to.clone(),
            amount: self.amount,
            reason: self.reason.clone(),
            idempotency_key: self.idempotency_key.clone(),
        }
    }

    fn reply(&self, message: &str, movement: u64, tx_id: TxId, at: UnixSeconds) -> Response {
        reply::json(&AdminTransferReply {
            amount_i64: Some(micro_i64(self.amount)),
            amount_rtc: rtc_f64(self.amount),
            confirms_at: at.0,
            confirms_in_hours: 0.0,
            from_miner: self.from.to_string(),
            message: message.to_owned(),
            ok: true,
            pending_id: Some(movement),
            phase: "confirmed".to_owned(),
            to_miner: self.to.to_string(),
            tx_hash: tx_id.to_string(),
        })
    }
}

fn refuse(code: &'static str, error: &'static str, message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, error).with_message(message)
}

fn read_order(body: &[u8]) -> Result<Payout, Problem> {
    let json = json_object(body)?;
    Ok(Payout {
        from: read_wallet(&json, "from_miner")?,
        to: read_wallet(&json, "to_miner")?,
        amount: read_amount(&json)?,
        reason: read_text(&json, "reason")?.unwrap_or(DEFAULT_REASON).to_owned(),
        idempotency_key: read_key(&json)?,
    })
}

/// A member that is a string; `None` when it is absent, null or empty.
fn read_text<'j>(json: &'j Json<'_>, member: &'static str) -> Result<Option<&'j str>, Problem> {
    match json.get(member) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.as_ref()).filter(|text| !text.is_empty())),
        Some(_) => {
            Err(refuse("NOT_A_STRING", "not_a_string", format!("{member} must be a string.")))
        }
    }
}

fn read_wallet(json: &Json<'_>, member: &'static str) -> Result<WalletId, Problem> {
    let Some(text) = read_text(json, member)? else {
        let (code, error) = ("MISSING_REQUIRED_FIELDS", "missing_required_fields");
        return Err(refuse(code, error, format!("{member} is missing.")));
    };
    WalletId::parse(text)
        .map_err(|why| refuse("INVALID_MINER_ID", "invalid miner_id", format!("{member}: {why}.")))
}

fn read_amount(json: &Json<'_>) -> Result<Amount, Problem> {
    let not_a_number =
        || refuse("AMOUNT_NOT_NUMBER", "amount_not_number", "amount_rtc must be a decimal number.");
    let text = match json.get("amount_rtc") {
        Some(Json::Number(text)) => text,
        Some(Json::String(text)) => text.as_ref(),
        _ => return Err(not_a_number()),
    };
    match text.parse::<Amount>() {
        Ok(amount) if !amount.is_zero() => Ok(amount),
        Ok(_) | Err(AmountError::Negative) => Err(refuse(
            "AMOUNT_MUST_BE_POSITIVE",
            "amount_must_be_positive",
            "amount_rtc must be above zero.",
        )),
        Err(AmountError::NotANumber) => Err(not_a_number()),
        Err(why) => Err(refuse("BAD_AMOUNT", "amount_out_of_range", format!("amount_rtc: {why}."))),
    }
}

fn read_key(json: &Json<'_>) -> Result<Option<String>, Problem> {
    let Some(text) = read_text(json, "idempotency_key")? else { return Ok(None) };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    if text.len() <= MAX_KEY_BYTES && text.bytes().all(legal) {
        Ok(Some(text.to_owned()))
    } else {
        Err(refuse(
            "INVALID_IDEMPOTENCY_KEY",
            "invalid_idempotency_key",
            "idempotency_key must be 1 to 128 letters, digits, '.', '_', ':' or '-'.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> &'static str {
        read_order(body.as_bytes()).map_or_else(|problem| problem.code, |_order| "fine")
    }

    #[test]
    fn orders_are_read() {
        let text = r#"{"from_miner":"founder_dev_fund","to_miner":"bob","amount_rtc":2.0,"idempotency_key":"k:1"}"#;
        let order = read_order(text.as_bytes()).unwrap();
        assert_eq!(order.amount.micro(), 2_000_000);
        assert_eq!(order.reason, "admin_transfer");
        assert_eq!(order.idempotency_key.as_deref(), Some("k:1"));
        let quoted = text.replace("2.0", "\"2\"").replace("\"k:1\"", "null");
        assert_eq!(read_order(quoted.as_bytes()).unwrap().idempotency_key, None);
    }

    #[test]
    fn malformed_orders_are_named() {
        let with = |member: &str| {
            code(&format!(r#"{{"from_miner":"founder_x","to_miner":"bob",{member}}}"#))
        };
        assert_eq!(code("[]"), "INVALID_JSON_BODY");
        assert_eq!(code(r#"{"to_miner":"bob"}"#), "MISSING_REQUIRED_FIELDS");
        assert_eq!(code(r#"{"from_miner":7}"#), "NOT_A_STRING");
        assert_eq!(code(r#"{"from_miner":"a b"}"#), "INVALID_MINER_ID");
        assert_eq!(with(r#""x":1"#), "AMOUNT_NOT_NUMBER");
        assert_eq!(with(r#""amount_rtc":true"#), "AMOUNT_NOT_NUMBER");
        assert_eq!(with(r#""amount_rtc":0"#), "AMOUNT_MUST_BE_POSITIVE");
        assert_eq!(with(r#""amount_rtc":-1"#), "AMOUNT_MUST_BE_POSITIVE");
        assert_eq!(with(r#""amount_rtc":0.0000001"#), "BAD_AMOUNT");
        assert_eq!(with(r#""amount_rtc":1,"idempotency_key":"a b""#), "INVALID_IDEMPOTENCY_KEY");
    }
}
