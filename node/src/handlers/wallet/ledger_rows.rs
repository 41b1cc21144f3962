//! `GET /wallet/ledger`: the rows that balances are the sums of, for admins.

use axum::extract::State;
use axum::response::Response;
use ledger::state::{HistoryRow, MovementKind};
use ledger::store::StoreError;
use protocol::api::admin::{LedgerPage, LedgerRow};
use protocol::api::{micro_i64, rtc_f64};
use protocol::money::Amount;
use protocol::wallet_id::WalletId;

use crate::admin_keys::Scope;
use crate::app::AppState;
use crate::books::Books;
use crate::extract::{Caller, Gate, Params};
use crate::problem::Problem;
use crate::reply::{self, off_runtime};

/// The most rows in an answer (wire section 8).
const MAX_ROWS: u64 = 200;

/// The newest rows of a wallet, or of all when none is named.
pub async fn ledger(
    State(app): State<AppState>,
    caller: Caller,
    params: Params,
) -> Result<Response, Problem> {
    let subject = params.text("miner_id").map(str::to_owned);
    let books = app.books.clone();
    let gate = Gate::k(Scope::Read);
    caller.act(&app, gate, subject, |_key| async move { newest_rows(books, &params).await }).await
}

async fn newest_rows(books: Books, params: &Params) -> Result<Response, Problem> {
    let limit = params.integer("limit", MAX_ROWS, &(1..=MAX_ROWS))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let named = params.text("miner_id").is_some() || params.text("address").is_some();
    let wallet = if named { Some(params.wallet()?) } else { None };
    let items = off_runtime(move || match wallet {
        Some(wallet) => rows_of(&books, &wallet, limit),
        None => rows_of_all(&books, limit),
    })
    .await??;
    Ok(reply::json(&LedgerPage { items }))
}

fn rows_of(books: &Books, wallet: &WalletId, limit: usize) -> Result<Vec<LedgerRow>, StoreError> {
    let page = books.history(wallet, None, 0, limit)?;
    Ok(page.entries.iter().map(|entry| row(&entry.row, wallet, entry.other.as_ref())).collect())
}

fn rows_of_all(books: &Books, limit: usize) -> Result<Vec<LedgerRow>, StoreError> {
    let mut number = books.state().counters.movements;
    let mut rows = Vec::with_capacity(limit);
    while number > 0 && rows.len() < limit {
        let Some(movement) = books.movement(number)? else { break };
        for account in [Some(movement.credit), movement.debit].into_iter().flatten() {
            let Some(seen) = movement.seen_by(account) else { continue };
            let other = seen.other.and_then(|other| books.wallet_of(other));
            if let Some(wallet) = books.wallet_of(account) {
                rows.push(row(&seen, &wallet, other.as_ref()));
            }
        }
        number = number.saturating_sub(1);
    }
    rows.truncate(limit);
    Ok(rows)
}

fn row(row: &HistoryRow, wallet: &WalletId, other: Option<&WalletId>) -> LedgerRow {
    let (micro, rtc) = (micro_i64(row.amount), rtc_f64(row.amount));
    LedgerRow {
        delta_i64: if row.incoming { micro } else { micro.saturating_neg() },
        delta_rtc: if row.incoming { rtc } else { negative(row.amount) },
        epoch: Some(row.epoch),
        miner_id: wallet.to_string(),
        reason: reason(row, other),
        ts: row.time.seconds().0,
    }
}

/// What is taken away, as a float; nothing is never negative.
fn negative(amount: Amount) -> f64 {
    if amount.is_zero() { 0.0 } else { -rtc_f64(amount) }
}

/// What a row was written for, as the existing network words it (wire section 10).
pub(super) fn reason(row: &HistoryRow, other: Option<&WalletId>) -> String {
    match row.kind {
        MovementKind::Supply => "supply".to_owned(),
        MovementKind::Opening => "opening".to_owned(),
        MovementKind::Reward => format!("epoch_{}_reward", row.epoch),
        MovementKind::Transfer | MovementKind::AdminTransfer | MovementKind::Claim => {
            let way = if row.incoming { "transfer_in" } else { "transfer_out" };
            let id = row.tx_id.map(|id| id.to_string()).unwrap_or_default();
            format!("{way}:{}:{id}", other.map_or("", WalletId::as_str))
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::time::UnixMillis;
    use protocol::transfer::TxId;

    use super::*;

    fn seen(kind: MovementKind, incoming: bool) -> HistoryRow {
        HistoryRow {
            number: 9,
            previous: 0,
            kind,
            incoming,
            other: Some(1),
            amount: Amount::from_micro(1_500_000).unwrap(),
            note: String::new(),
            tx_id: kind.is_transfer().then(|| TxId::from_bytes([0xab; 16])),
            epoch: 7,
            height: 3,
            time: UnixMillis(1_795_332_791_000),
        }
    }

    #[test]
    fn both_rows_of_a_movement_sum_to_zero() {
        let [alice, bob] = ["alice", "bob"].map(|name| WalletId::parse(name).unwrap());
        let paid = row(&seen(MovementKind::Transfer, false), &alice, Some(&bob));
        let got = row(&seen(MovementKind::Transfer, true), &alice, Some(&bob));
        assert_eq!(paid.delta_i64 + got.delta_i64, 0);
        assert_eq!(paid.reason, format!("transfer_out:bob:{}", "ab".repeat(16)));
        assert_eq!(got.reason, format!("transfer_in:bob:{}", "ab".repeat(16)));
        assert_eq!(paid.ts, 1_795_332_791);
        let reward = row(&seen(MovementKind::Reward, true), &alice, None);
        assert_eq!(reward.reason, "epoch_7_reward");
    }
}
