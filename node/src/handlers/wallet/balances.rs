//! The balances of all wallets, for admins. Accounts are listed in the order of their opening.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::state::{Account, Holder, State as Ledger};
use protocol::api::admin::{AllBalances, BalanceRow, BalancesPage};
use protocol::api::{micro_i64, rtc_f64};
use protocol::money::Amount;

use crate::admin_keys::Scope;
use crate::app::AppState;
use crate::extract::{Caller, Gate, Page, Paging, Params};
use crate::problem::Problem;
use crate::reply::{self, off_runtime};

/// Pages of `/api/balances` (wire section 8). Skipping costs nothing here.
const PAGE: Paging = Paging::new(2_000, 5_000).any_offset();

/// The most wallets that are listed in one answer without pages.
const MAX_UNPAGED: u32 = 10_000;

/// `GET /api/balances`, paged.
pub async fn balances(
    State(app): State<AppState>,
    caller: Caller,
    params: Params,
) -> Result<Response, Problem> {
    let books = app.books.clone();
    let work = |_key| async move {
        let page = params.page(&PAGE)?;
        let balances = off_runtime(move || rows(&books.state(), page)).await?;
        let count = u64::try_from(balances.len()).unwrap_or(u64::MAX);
        Ok(reply::json(&BalancesPage { balances, count, ok: true }))
    };
    caller.act(&app, Gate::a(Scope::Read), None, work).await
}

/// `GET /wallet/balances/all`, as long as one answer can hold them.
pub async fn all_balances(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Response, Problem> {
    let books = app.books.clone();
    let work = |_key| async move {
        let listed = off_runtime(move || all(&books.state())).await?;
        Ok(reply::json(&listed?))
    };
    caller.act(&app, Gate::k(Scope::Read), None, work).await
}

fn all(state: &Ledger) -> Result<AllBalances, Problem> {
    let wallets = state.holders.count();
    if wallets > MAX_UNPAGED {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "TOO_MANY_WALLETS",
            "there are too many wallets for one answer",
        )
        .with_message("Use /api/balances with limit and offset.")
        .with("wallets", wallets));
    }
    let everything = Page { limit: u64::MAX, offset: 0 };
    let total = state
        .accounts
        .iter()
        .try_fold(Amount::ZERO, |sum, account| sum.plus(account.balance))
        .unwrap_or(Amount::MAX);
    Ok(AllBalances {
        balances: rows(state, everything),
        total_i64: micro_i64(total),
        total_rtc: rtc_f64(total),
    })
}

fn rows(state: &Ledger, page: Page) -> Vec<BalanceRow> {
    let first = u32::try_from(page.skipped()).unwrap_or(u32::MAX);
    let numbers = (first..state.accounts.count()).take(page.length());
    let rows = numbers
        .filter_map(|number| Some((state.holders.get(number)?, state.accounts.get(number)?)));
    rows.map(row).collect()
}

fn row((holder, account): (&Holder, &Account)) -> BalanceRow {
    BalanceRow {
        amount_i64: micro_i64(account.balance),
        amount_rtc: rtc_f64(account.balance),
        miner_id: holder.wallet.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use protocol::time::UnixSeconds;
    use protocol::wallet_id::WalletId;

    use super::*;

    #[test]
    fn pages_follow_each_other() {
        let mut state = Ledger::default();
        for (name, micro) in [("a", 1), ("b", 2), ("c", 3)] {
            let wallet = WalletId::parse(name).unwrap();
            let balance = Amount::from_micro(micro).unwrap();
            state.add_account(
                Holder { wallet, created_at: UnixSeconds(0) },
                Account { balance, ..Account::default() },
            );
        }
        let names = |limit, offset| -> Vec<String> {
            let page = rows(&state, Page { limit, offset });
            page.into_iter().map(|row| row.miner_id).collect()
        };
        assert_eq!(names(2, 0), ["a", "b"]);
        assert_eq!(names(2, 2), ["c"]);
        assert!(names(2, 9).is_empty());
        assert_eq!(all(&state).unwrap().total_i64, 6);
    }
}
