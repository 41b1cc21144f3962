//! What epochs paid, and `POST /rewards/settle`.

mod settle;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::changes::EpochRecord;
use ledger::state::{Movement, MovementKind};
use protocol::api::rewards::{Reward, RewardsPage};
use protocol::api::{micro_i64, rtc_f64};

pub use settle::settle;

use crate::app::AppState;
use crate::books::Books;
use crate::extract::{MAX_OFFSET, Page, Paging, Params, PathText};
use crate::problem::Problem;
use crate::reply::{self, off_runtime};

/// Pages of `/rewards/epoch/{epoch}` (wire section 8).
const PAGE: Paging = Paging::new(200, 1_000).any_offset();

/// Movements that are read at once while the rewards of an epoch are looked for.
const CHUNK: usize = 1_000;

/// `GET /rewards/epoch/{epoch}`: the shares, in the order in which they were paid.
pub async fn epoch(
    State(app): State<AppState>,
    PathText(text): PathText,
    params: Params,
) -> Result<Response, Problem> {
    let epoch = text.parse::<u64>().map_err(|_not_one| {
        Problem::new(StatusCode::BAD_REQUEST, "BAD_EPOCH", "epoch must be an integer")
    })?;
    let page = params.page(&PAGE)?;
    let books = app.books.clone();
    let rewards = off_runtime(move || {
        let record = books.reads().epoch(epoch)?;
        let Some(record) = record.filter(|record| record.payouts > 0) else {
            return Ok(Vec::new());
        };
        let paid = payouts(&books, &record, page)?;
        Ok::<_, Problem>(paid.iter().filter_map(|movement| reward(&books, movement)).collect())
    })
    .await??;
    let Page { limit, offset } = page;
    Ok(reply::json(&RewardsPage { epoch, limit, offset, rewards }))
}

fn reward(books: &Books, movement: &Movement) -> Option<Reward> {
    Some(Reward {
        miner_id: books.wallet_of(movement.credit)?.to_string(),
        share_i64: micro_i64(movement.amount),
        share_rtc: rtc_f64(movement.amount),
    })
}

/// A page of an epoch's payouts.
fn payouts(books: &Books, record: &EpochRecord, page: Page) -> Result<Vec<Movement>, Problem> {
    let left = record.payouts.saturating_sub(page.offset).min(page.limit);
    let wanted = usize::try_from(left).unwrap_or(usize::MAX);
    if u64::from(record.enrolled) <= books.law().genesis.policy.payouts_per_block {
        // One block paid them all, so they stand side by side.
        let first = record.first_movement.saturating_add(page.offset);
        return movements_at(books, first, wanted);
    }
    if page.offset > MAX_OFFSET {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "OFFSET_TOO_DEEP",
            format!("offset must be at most {MAX_OFFSET} for an epoch of so many miners"),
        )
        .with_message("Look at the history of the wallets in question."));
    }
    sliced_payouts(books, record, page.skipped(), wanted)
}

/// Payouts of an epoch that several blocks paid: between them stands what else happened.
fn sliced_payouts(
    books: &Books,
    record: &EpochRecord,
    skip: usize,
    wanted: usize,
) -> Result<Vec<Movement>, Problem> {
    let is_payout = |movement: &Movement| {
        movement.kind == MovementKind::Reward && movement.epoch == record.first.0
    };
    let enough = skip.saturating_add(wanted);
    let mut found = Vec::new();
    let mut next = record.first_movement;
    while found.len() < enough {
        let chunk = movements_at(books, next, CHUNK)?;
        let read = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        next = next.saturating_add(read);
        found.extend(chunk.into_iter().filter(is_payout));
    }
    Ok(found.into_iter().skip(skip).take(wanted).collect())
}

/// So many movements from the one with number `first` on, which has to be there: where older ones
/// are pruned, the next one that is left belongs to something else.
fn movements_at(books: &Books, first: u64, count: usize) -> Result<Vec<Movement>, Problem> {
    let movements = books.reads().movements_from(first, count)?;
    let is_there = movements.first().is_some_and(|found| found.number == first);
    if is_there || count == 0 { Ok(movements) } else { Err(Problem::pruned()) }
}
