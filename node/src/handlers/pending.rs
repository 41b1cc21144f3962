//! The waiting list of the existing network. Our transfers are final when answered, so it is always
//! empty; these routes say so truthfully, for programs that ask.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::genesis::SUPPLY;
use ledger::state::State as Ledger;
use protocol::api::admin::{Integrity, PendingList};
use protocol::json::Json;
use protocol::money::Amount;
use serde::Serialize;

use crate::admin_keys::Scope;
use crate::app::AppState;
use crate::extract::{BodyBytes, Caller, Gate, Params, bad_parameter, json_object, wallet_id};
use crate::problem::Problem;
use crate::reply::{self, off_runtime};

/// Limits of `/pending/list` and `/pending/confirm` (wire sections 8 and 11).
const MAX_LIST: u64 = 500;
const DEFAULT_LIST: u64 = 200;
const DEFAULT_CONFIRM: u64 = 100;

fn unauthorized() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized")
        .with_message("Send a valid admin key in the header X-Admin-Key.")
}

fn list_unauthorized() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "UNAUTHORIZED",
        "Unauthorized. Provide miner_id for public check or Admin Key for full list.",
    )
}

/// `GET /pending/list`: public for one wallet, else for admins.
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    params: Params,
) -> Result<Response, Problem> {
    let empty = || -> Result<Response, Problem> {
        params.integer("limit", DEFAULT_LIST, &(1..=MAX_LIST))?;
        Ok(reply::json(&PendingList {
            count: 0,
            max_confirm_overdue_seconds: 0,
            ok: true,
            overdue_stats_error: None,
            overdue_stats_measured: true,
            pending: Vec::new(),
            stale_pending_count: 0,
        }))
    };
    if let Some(miner_id) = params.text("miner_id") {
        wallet_id(miner_id)?;
        return empty();
    }
    let gate = Gate::a(Scope::Read).refusing(list_unauthorized);
    caller.act(&app, gate, None, |_key| async move { empty() }).await
}

/// `POST /pending/void`: there is nothing that could be voided.
pub async fn void(
    State(app): State<AppState>,
    caller: Caller,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let named = named_transfer(&body);
    let subject = named.as_ref().ok().cloned();
    let gate = Gate::k(Scope::Transfer).refusing(unauthorized);
    let work = |_key| async move {
        named?;
        Err(Problem::new(
            StatusCode::NOT_FOUND,
            "PENDING_TRANSFER_NOT_FOUND",
            "Pending transfer not found",
        )
        .with_message("Transfers are final when they are answered; none is ever pending."))
    };
    caller.act(&app, gate, subject, work).await
}

/// The `pending_id` or `tx_hash` of a body, as text.
fn named_transfer(body: &[u8]) -> Result<String, Problem> {
    let json = json_object(body)?;
    let text = |member| match json.get(member) {
        Some(Json::Number(text)) => Some((*text).to_owned()),
        Some(Json::String(text)) if !text.is_empty() => Some(text.clone().into_owned()),
        _ => None,
    };
    text("pending_id").or_else(|| text("tx_hash")).ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "MISSING_REQUIRED_FIELDS",
            "Provide pending_id or tx_hash",
        )
    })
}

/// The answer of `POST /pending/confirm` (wire section 11), which confirmed nothing.
#[derive(Serialize)]
struct Confirmation {
    confirmed_count: u64,
    confirmed_ids: [u64; 0],
    errors: Option<[u64; 0]>,
    limit: u64,
    max_confirm_overdue_seconds: u64,
    max_confirm_overdue_seconds_before: u64,
    ok: bool,
    overdue_stats_error: Option<String>,
    overdue_stats_measured: bool,
    overdue_stats_measured_before: bool,
    selected_count: u64,
    stale_pending_count: u64,
    stale_pending_count_before: u64,
}

/// `POST /pending/confirm`: nothing is due. Schedulers of the existing network may go on asking.
pub async fn confirm(
    State(app): State<AppState>,
    caller: Caller,
    params: Params,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let gate = Gate::k(Scope::Transfer).refusing(unauthorized);
    let work = |_key| async move {
        let limit = confirm_limit(&params, &body)?;
        Ok(reply::json(&Confirmation {
            confirmed_count: 0,
            confirmed_ids: [],
            errors: None,
            limit,
            max_confirm_overdue_seconds: 0,
            max_confirm_overdue_seconds_before: 0,
            ok: true,
            overdue_stats_error: None,
            overdue_stats_measured: true,
            overdue_stats_measured_before: true,
            selected_count: 0,
            stale_pending_count: 0,
            stale_pending_count_before: 0,
        }))
    };
    caller.act(&app, gate, None, work).await
}

/// The limit in the query, else in the body, else the default.
fn confirm_limit(params: &Params, body: &[u8]) -> Result<u64, Problem> {
    let range = 1..=MAX_LIST;
    if params.text("limit").is_some() || body.is_empty() {
        return params.integer("limit", DEFAULT_CONFIRM, &range);
    }
    let json = json_object(body)?;
    let limit = match json.get("limit") {
        None | Some(Json::Null) => Some(DEFAULT_CONFIRM),
        Some(value) => value.as_number().and_then(|text| text.parse().ok()),
    };
    limit.filter(|limit| range.contains(limit)).ok_or_else(|| {
        bad_parameter("limit", format!("limit must be an integer from 1 to {MAX_LIST}"))
    })
}

/// `GET /pending/integrity`: whether all balances together are the supply.
///
/// Every row debits one account by what it credits another, so the sum cannot change; that each
/// balance is the sum of its own rows is proven by `rustchain node verify`, which reads all of them.
pub async fn integrity(State(app): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let books = app.books.clone();
    let gate = Gate::a(Scope::Read).refusing(unauthorized);
    let work = |_key| async move {
        let checked = off_runtime(move || check(&books.state())).await?;
        Ok(reply::json(&checked))
    };
    caller.act(&app, gate, None, work).await
}

fn check(state: &Ledger) -> Integrity {
    let sum =
        state.accounts.iter().try_fold(Amount::ZERO, |sum, account| sum.plus(account.balance));
    Integrity {
        mismatches: None,
        ok: sum == Ok(SUPPLY),
        pending_transfers: 0,
        total_miners_checked: u64::from(state.accounts.count()),
    }
}

#[cfg(test)]
mod tests {
    use ledger::state::{Account, Holder};
    use protocol::time::UnixSeconds;
    use protocol::wallet_id::WalletId;

    use super::*;

    #[test]
    fn transfers_are_named_by_number_or_hash() {
        assert_eq!(named_transfer(br#"{"pending_id":7}"#).unwrap(), "7");
        assert_eq!(named_transfer(br#"{"tx_hash":"ab"}"#).unwrap(), "ab");
        assert_eq!(named_transfer(b"{}").unwrap_err().error, "Provide pending_id or tx_hash");
    }

    #[test]
    fn the_limit_comes_from_query_or_body() {
        let none = Params::default();
        assert_eq!(confirm_limit(&none, b"").unwrap(), 100);
        assert_eq!(confirm_limit(&none, br#"{"limit":3}"#).unwrap(), 3);
        assert_eq!(confirm_limit(&none, br#"{"limit":501}"#).unwrap_err().code, "BAD_PARAMETER");
        assert_eq!(confirm_limit(&none, br#"{"limit":"x"}"#).unwrap_err().code, "BAD_PARAMETER");
    }

    #[test]
    fn money_that_came_from_nowhere_is_noticed() {
        let mut state = Ledger::default();
        let add = |state: &mut Ledger, name: &str, balance| {
            let wallet = WalletId::parse(name).unwrap();
            let holder = Holder { wallet, created_at: UnixSeconds(0) };
            state.add_account(holder, Account { balance, ..Account::default() });
        };
        add(&mut state, "reserve", SUPPLY);
        assert!(check(&state).ok);
        add(&mut state, "thief", Amount::from_micro(1).unwrap());
        let found = check(&state);
        assert!(!found.ok);
        assert_eq!(found.total_miners_checked, 2);
    }
}
