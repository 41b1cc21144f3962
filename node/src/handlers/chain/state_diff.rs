//! `GET /api/state/diff`: by how much balances changed between the ends of two blocks.

use protocol::hex;
use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::state::AccountNumber;
use ledger::store::StoreError;
use protocol::api::rtc_f64;
use protocol::money::Amount;
use serde::Serialize;

use super::seal_at;
use crate::app::AppState;
use crate::books::Books;
use crate::extract::{Params, bad_parameter};
use crate::problem::Problem;
use crate::reply::{self, off_runtime};

/// The most blocks between start and end (wire section 9).
const MAX_BLOCKS: u64 = 1_000;

/// The most movements that are added up for an answer.
const MAX_MOVEMENTS: u64 = 20_000;

/// What changed between two blocks.
#[derive(Debug, Serialize)]
struct StateDiff {
    /// Balances that are not what they were, ascending by account.
    changes: Vec<BalanceChange>,
    /// How many they are.
    count: u64,
    /// The block at whose end the changes end.
    end: u64,
    /// The root over the state at that end.
    end_state_root: String,
    /// Movements that were added up.
    movements: u64,
    ok: bool,
    /// The block at whose end the changes begin.
    start: u64,
    /// The root over the state at that end.
    start_state_root: String,
}

/// By how much a balance changed.
#[derive(Debug, PartialEq, Serialize)]
struct BalanceChange {
    delta_i64: i64,
    delta_rtc: f64,
    miner_id: String,
}

/// Adds up what happened after block `start`, up to and including block `end`.
pub async fn state_diff(State(app): State<AppState>, params: Params) -> Result<Response, Problem> {
    let tip = app.books.tip().height();
    let end = params.integer("end", tip, &(0..=tip))?;
    let start = params.integer("start", end.saturating_sub(1), &(0..=end))?;
    if end.saturating_sub(start) > MAX_BLOCKS {
        let error = format!("start and end are at most {MAX_BLOCKS} blocks apart");
        return Err(bad_parameter("start", error));
    }
    let books = app.books.clone();
    let diff = off_runtime(move || diff(&books, start, end)).await??;
    Ok(reply::json(&diff))
}

fn diff(books: &Books, start: u64, end: u64) -> Result<StateDiff, Problem> {
    let first = first_movement_behind(books, start)?;
    let behind = first_movement_behind(books, end)?;
    if is_pruned_before(books, first, start)? {
        return Err(Problem::pruned());
    }
    let movements = behind.saturating_sub(first);
    if movements > MAX_MOVEMENTS {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "RANGE_TOO_LARGE",
            "too much happened between these blocks for one answer",
        )
        .with_message("Ask for fewer blocks.")
        .with("max_movements", MAX_MOVEMENTS)
        .with("movements", movements));
    }
    let changes = named(books, &added_up(books, first, behind)?);
    Ok(StateDiff {
        count: u64::try_from(changes.len()).unwrap_or(u64::MAX),
        changes,
        end,
        end_state_root: state_root(books, end)?,
        movements,
        ok: true,
        start,
        start_state_root: state_root(books, start)?,
    })
}

/// The first movement that is kept and happened after block `height`: movements ascend with their
/// blocks, so it is found by halving. Only the oldest ones can be gone.
fn first_movement_behind(books: &Books, height: u64) -> Result<u64, StoreError> {
    let newest = books.state().counters.movements;
    let (mut low, mut high) = (1, newest.saturating_add(1));
    while low < high {
        let middle = low.midpoint(high);
        match books.movement(middle)? {
            Some(movement) if movement.height > height => high = middle,
            Some(_) | None => low = middle.saturating_add(1),
        }
    }
    Ok(low)
}

/// Whether movements between block `start` and the first one that is kept behind it may be gone.
fn is_pruned_before(books: &Books, first: u64, start: u64) -> Result<bool, StoreError> {
    let before = first.saturating_sub(1);
    if before == 0 || books.movement(before)?.is_some() {
        return Ok(false);
    }
    // The snapshot stands at the end of the newest block that is pruned, and has no movements.
    match books.reads().pruned()? {
        Some(pruned) => Ok(start < pruned.height),
        None => Err(StoreError::Corrupt(format!("movement {before} is missing"))),
    }
}

/// What every account received less what it paid, in micro-RTC.
fn added_up(
    books: &Books,
    first: u64,
    behind: u64,
) -> Result<BTreeMap<AccountNumber, i128>, StoreError> {
    let mut deltas = BTreeMap::<AccountNumber, i128>::new();
    let mut add = |account, micro: i128| {
        let delta = deltas.entry(account).or_default();
        *delta = delta.saturating_add(micro);
    };
    for number in first..behind {
        let missing = || StoreError::Corrupt(format!("movement {number} is missing"));
        let movement = books.movement(number)?.ok_or_else(missing)?;
        let micro = i128::from(movement.amount.micro());
        add(movement.credit, micro);
        if let Some(debit) = movement.debit {
            add(debit, micro.saturating_neg());
        }
    }
    deltas.retain(|_account, delta| *delta != 0);
    Ok(deltas)
}

fn named(books: &Books, deltas: &BTreeMap<AccountNumber, i128>) -> Vec<BalanceChange> {
    let state = books.state();
    let change = |(account, delta): (&AccountNumber, &i128)| {
        let wallet = state.wallet(*account)?;
        let delta_i64 = i64::try_from(*delta).ok()?;
        let amount = Amount::from_micro(delta_i64.unsigned_abs()).ok()?;
        let rtc = rtc_f64(amount);
        Some(BalanceChange {
            delta_i64,
            delta_rtc: if delta_i64 < 0 { -rtc } else { rtc },
            miner_id: wallet.to_string(),
        })
    };
    deltas.iter().filter_map(change).collect()
}

fn state_root(books: &Books, height: u64) -> Result<String, Problem> {
    let seal = seal_at(books, height)?;
    seal.map(|seal| hex::encode(seal.header.state_root))
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "BLOCK_NOT_FOUND", "no such block"))
}
