//! `GET /api/transactions`: the newest transfers of all wallets.

use axum::extract::State;
use axum::response::Response;
use ledger::state::Movement;
use ledger::store::StoreError;
use protocol::api::transfer::{TransactionRow, TransactionsPage};
use protocol::api::{micro_i64, rtc_f64};

use crate::app::AppState;
use crate::books::Books;
use crate::extract::{Paging, Params};
use crate::problem::Problem;
use crate::reply;

/// Pages and depth as in wire section 9: transfers are numbered, so skipping costs nothing.
const PAGE: Paging = Paging::new(50, 200).max_offset(10_000);

/// The newest transfers, newest first.
pub async fn transactions(
    State(app): State<AppState>,
    params: Params,
) -> Result<Response, Problem> {
    let page = params.page(&PAGE)?;
    let books = app.books.clone();
    let read = move || {
        let (movements, total) = books.transfers(page.length(), page.offset)?;
        let rows: Vec<TransactionRow> =
            movements.into_iter().map(|movement| row(&books, &movement)).collect();
        Ok::<_, StoreError>((rows, total))
    };
    let (transactions, total) = app.readers.run(read).await??;
    let count = u64::try_from(transactions.len()).unwrap_or(u64::MAX);
    Ok(reply::json(&TransactionsPage { count, ok: true, total, transactions }))
}

fn row(books: &Books, movement: &Movement) -> TransactionRow {
    let name = |account| books.wallet_of(account).map(|wallet| wallet.to_string());
    let timestamp = movement.time.seconds().0;
    TransactionRow {
        amount_i64: micro_i64(movement.amount),
        amount_rtc: rtc_f64(movement.amount),
        confirmed_at: Some(timestamp),
        counterparty: None,
        direction: None,
        epoch: Some(movement.epoch),
        from: movement.debit.and_then(name),
        miner_id: None,
        source: "ledger".to_owned(),
        status: "confirmed".to_owned(),
        timestamp,
        to: name(movement.credit),
        tx_hash: movement.tx_id.map(|id| id.to_string()),
    }
}
