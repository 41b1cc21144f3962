//! What a wallet holds, how it came to hold it, and what became of a transfer.

mod balances;
mod ledger_rows;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::state::{Movement, MovementKind};
use protocol::api::transfer::{TxState, TxStatus};
use protocol::api::wallet::{Balance, EntryKind, EntryText, HistoryText, PlainBalance};
use protocol::api::{micro_i64, rtc_f64};
use protocol::transfer::TxId;
use protocol::wallet_id::WalletId;

pub use balances::{all_balances, balances};
pub use ledger_rows::ledger;

use crate::app::AppState;
use crate::books::{self, Books, WalletView};
use crate::extract::{Page, Paging, Params, PathText, bad_parameter, wallet_id};
use crate::problem::Problem;
use crate::reply;

/// Pages of `/wallet/history` (wire section 9); skipping is bounded by ours.
const HISTORY: Paging = Paging::new(50, 200)
    .beyond("Leave offset out, and send next_cursor of the page before as cursor.");

/// `GET /wallet/balance`. Answered from memory.
pub async fn balance(State(app): State<AppState>, params: Params) -> Result<Response, Problem> {
    Ok(balance_of(&app, &params.wallet()?))
}

/// `GET /api/wallet/{id}`, the same answer.
pub async fn api_wallet(
    State(app): State<AppState>,
    PathText(id): PathText,
) -> Result<Response, Problem> {
    Ok(balance_of(&app, &wallet_id(&id)?))
}

fn balance_of(app: &AppState, wallet: &WalletId) -> Response {
    let WalletView { balance, last_nonce, exists } = app.books.wallet(wallet);
    reply::finished_json(Balance::json_of(wallet, balance, last_nonce, exists).into())
}

/// `GET /balance/{id}`, an older shape.
pub async fn plain_balance(
    State(app): State<AppState>,
    PathText(id): PathText,
) -> Result<Response, Problem> {
    let wallet = wallet_id(&id)?;
    let held = app.books.wallet(&wallet).balance;
    Ok(reply::json(&PlainBalance {
        amount_i64: micro_i64(held),
        balance_rtc: rtc_f64(held),
        miner_pk: id,
    }))
}

/// `GET /wallet/history`, newest first; from `cursor` on, or behind the first `offset` entries.
pub async fn history(State(app): State<AppState>, params: Params) -> Result<Response, Problem> {
    let wallet = params.wallet()?;
    let page = params.page(&HISTORY)?;
    let cursor: Option<u64> = params.parsed("cursor", "the next_cursor of an earlier page")?;
    if cursor.is_some() && page.offset > 0 {
        return Err(bad_parameter("offset", "offset and cursor exclude each other"));
    }
    let at_hand = (cursor.is_none() && page.offset == 0)
        .then(|| app.books.history_at_hand(&wallet, page.length()))
        .flatten();
    let found = if let Some(found) = at_hand {
        found
    } else {
        let (books, asked) = (app.books.clone(), wallet.clone());
        let read = move || books.history(&asked, cursor, page.skipped(), page.length());
        app.readers.run(read).await??
    };
    Ok(reply::finished_json(history_text(&wallet, &page, &found).into()))
}

fn history_text(wallet: &WalletId, page: &Page, found: &books::HistoryPage) -> String {
    let shown = found.entries.len();
    // As on the existing network: what was looked at. A wallet's entries are not counted.
    let total = page.offset.saturating_add(u64::try_from(shown).unwrap_or(u64::MAX));
    let mut text = HistoryText::begin(wallet, found.next, total, shown);
    for books::HistoryEntry { row, other } in &found.entries {
        let kind = entry_kind(row.kind, row.incoming);
        let other = other.as_ref();
        let reason = (kind == EntryKind::Ledger).then(|| ledger_rows::reason(row, other));
        text.add(&EntryText {
            amount: row.amount,
            block_height: row.height,
            epoch: row.epoch,
            from: other.filter(|_| row.incoming && kind != EntryKind::Reward),
            memo: &row.note,
            reason: reason.as_deref(),
            timestamp: row.time.seconds().0,
            to: other.filter(|_| !row.incoming),
            tx_id: row.tx_id.as_ref(),
            kind,
        });
    }
    text.finish()
}

const fn entry_kind(kind: MovementKind, incoming: bool) -> EntryKind {
    match (kind, incoming) {
        (MovementKind::Reward, true) => EntryKind::Reward,
        (kind, true) if kind.is_transfer() => EntryKind::TransferIn,
        (kind, false) if kind.is_transfer() => EntryKind::TransferOut,
        _ => EntryKind::Ledger,
    }
}

/// `GET /wallet/tx/{id}`.
pub async fn tx_status(
    State(app): State<AppState>,
    PathText(text): PathText,
) -> Result<Response, Problem> {
    let id = tx_id(&text)?;
    let books = app.books.clone();
    let look = move || {
        let movement = books.movement_of(&id)?;
        let pruned = movement.is_none() && books.reads().was_pruned(&id)?;
        let found = movement.map(|movement| status(&books, id, movement));
        Ok::<_, ledger::store::StoreError>((found, pruned))
    };
    let (found, pruned) = app.readers.run(look).await??;
    match found {
        Some(status) => Ok(reply::json(&status)),
        None if pruned => Err(Problem::pruned().with("tx_hash", id.to_string())),
        None => Err(Problem::new(
            StatusCode::NOT_FOUND,
            "TRANSACTION_NOT_FOUND",
            "transaction_not_found",
        )
        .with_message("No transfer in the chain has this id. It may still be on its way.")
        .with("status", "not_found")
        .with("tx_hash", id.to_string())),
    }
}

/// Reads the id of a transfer.
pub(super) fn tx_id(text: &str) -> Result<TxId, Problem> {
    text.parse().map_err(|_not_hex| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "BAD_TX_HASH",
            "tx_hash must be exactly 32 hexadecimal characters",
        )
    })
}

fn status(books: &Books, id: TxId, movement: Movement) -> TxStatus {
    let name = |account| books.wallet_of(account).map(|wallet| wallet.to_string());
    TxStatus {
        amount_i64: Some(micro_i64(movement.amount)),
        block_height: Some(movement.height),
        confirmations: 1,
        error: None,
        from: movement.debit.and_then(name),
        memo: Some(movement.note),
        nonce: Some(movement.nonce),
        ok: true,
        status: TxState::Confirmed,
        timestamp: Some(movement.time.seconds().0),
        to: name(movement.credit),
        tx_hash: id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn movements_are_named_as_the_wallet_sees_them() {
        for (kind, incoming, shown) in [
            (MovementKind::Transfer, true, EntryKind::TransferIn),
            (MovementKind::Transfer, false, EntryKind::TransferOut),
            (MovementKind::AdminTransfer, false, EntryKind::TransferOut),
            (MovementKind::Claim, true, EntryKind::TransferIn),
            (MovementKind::Reward, true, EntryKind::Reward),
            (MovementKind::Reward, false, EntryKind::Ledger),
            (MovementKind::Opening, true, EntryKind::Ledger),
            (MovementKind::Supply, true, EntryKind::Ledger),
        ] {
            assert_eq!(entry_kind(kind, incoming), shown, "{kind:?} {incoming}");
        }
    }

    #[test]
    fn ids_of_transfers_have_32_digits() {
        assert!(tx_id("c84d43485620136d5b9397c961bbe4b8").is_ok());
        for text in ["", "abc", "c84d43485620136d5b9397c961bbe4bg", &"a".repeat(33)] {
            assert_eq!(tx_id(text).unwrap_err().code, "BAD_TX_HASH");
        }
    }
}
