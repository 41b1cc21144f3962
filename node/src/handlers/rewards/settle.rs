//! `POST /rewards/settle`: settlement is driven by block time, so this reports what became of an
//! epoch that is over, and waits for the block that settles it where that is still to come.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ledger::state::Movement;
use ledger::store::StoreError;
use protocol::api::rewards::{SettleReply, SettledMiner};
use protocol::api::{micro_i64, multiplier_f64, rtc_f64};
use protocol::json::Json;
use tokio::time::timeout;

use super::{Page, payouts};
use crate::admin_keys::Scope;
use crate::app::AppState;
use crate::books::Books;
use crate::extract::{BodyBytes, Caller, Gate, json_object};
use crate::problem::Problem;
use crate::reply::{self, off_runtime};

/// How long the settling block is waited for. One opens at every slot's start, and within a second
/// of any command.
const SETTLED_WITHIN: Duration = Duration::from_secs(10);

/// The most miners that an answer lists; `/rewards/epoch/{epoch}` pages through all of them.
const MAX_LISTED: u64 = 1_000;

/// Settles an epoch that is due, or tells what it paid.
pub async fn settle(
    State(app): State<AppState>,
    caller: Caller,
    body: BodyBytes,
) -> Result<Response, Problem> {
    let epoch = read_epoch(&body);
    let subject = epoch.as_ref().ok().map(|epoch| format!("epoch {epoch}"));
    let state = app.clone();
    let work = |_key| async move { report(&state, epoch?).await };
    caller.act(&app, Gate::a(Scope::Settle), subject, work).await
}

fn read_epoch(body: &[u8]) -> Result<u64, Problem> {
    let refuse = |code, error: &'static str| Problem::new(StatusCode::BAD_REQUEST, code, error);
    let not_an_integer = || refuse("EPOCH_NOT_INTEGER", "epoch must be an integer");
    match json_object(body)?.get("epoch") {
        None | Some(Json::Null) => Err(refuse("EPOCH_REQUIRED", "epoch required")),
        Some(value) => {
            value.as_number().and_then(|text| text.parse().ok()).ok_or_else(not_an_integer)
        }
    }
}

async fn report(app: &AppState, epoch: u64) -> Result<Response, Problem> {
    let current = app.books.law().genesis.calendar.epoch_at(app.clock.now()).0;
    if epoch >= current {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "EPOCH_NOT_REACHED",
            "epoch_not_reached",
        )
        .with_message("Only epochs that are over can be settled.")
        .with("current_epoch", current)
        .with("requested", epoch));
    }
    let was_settled = is_settled(app, epoch).await?;
    if !was_settled {
        wait_until_settled(app, epoch).await?;
    }
    let books = app.books.clone();
    let reply = off_runtime(move || describe(&books, epoch, was_settled)).await??;
    Ok(reply::json(&reply))
}

/// Whether the epoch is settled, and the derived tables, which trail the state, say what it paid.
async fn is_settled(app: &AppState, epoch: u64) -> Result<bool, Problem> {
    let books = app.books.clone();
    let settled = off_runtime(move || {
        // Looked at first: what it covers is in the derived tables already.
        let derived_through = books.tip().seal.header.batch.time;
        if let Some(record) = books.reads().epoch(epoch)? {
            return Ok::<_, StoreError>(record.settled_at.is_some());
        }
        // Epochs from before the books have no record.
        let is_derived = books.law().genesis.calendar.epoch_at(derived_through).0 > epoch;
        Ok(is_derived && books.state().counters.settled_before.0 > epoch)
    });
    Ok(settled.await??)
}

async fn wait_until_settled(app: &AppState, epoch: u64) -> Result<(), Problem> {
    let mut tips = app.books.tips();
    let settled = async {
        while !is_settled(app, epoch).await? {
            if tips.changed().await.is_err() {
                break;
            }
        }
        is_settled(app, epoch).await
    };
    match timeout(SETTLED_WITHIN, settled).await {
        Ok(Ok(true)) => return Ok(()),
        Ok(Err(problem)) => return Err(problem),
        Ok(Ok(false)) | Err(_) => {}
    }
    // What keeps blocks from being made keeps epochs from being settled.
    Err(app.sequencer.trouble().map_or_else(
        || {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "SETTLEMENT_NOT_YET",
                "the epoch is over, and no block has settled it yet",
            )
            .with_message("The next block does. Ask again.")
            .retry_after(5)
        },
        Problem::from,
    ))
}

fn describe(books: &Books, epoch: u64, was_settled: bool) -> Result<SettleReply, Problem> {
    let Some(record) = books.reads().epoch(epoch)?.filter(|record| !record.pot.is_zero()) else {
        return Ok(nobody(epoch));
    };
    let listed = payouts(books, &record, Page { limit: MAX_LISTED, offset: 0 })?;
    // The shares sum to the pot exactly, and all of them are paid: the epoch is settled.
    let distributed = record.pot;
    let miners = listed.iter().filter_map(|movement| settled_miner(books, movement)).collect();
    Ok(SettleReply {
        already_settled: was_settled.then_some(true),
        distributed_rtc: Some(rtc_f64(distributed)),
        distributed_urtc: Some(micro_i64(distributed)),
        epoch,
        error: None,
        miners: (!was_settled).then_some(miners),
        ok: true,
    })
}

/// Nobody weighed anything; the pot stayed in the reserve.
fn nobody(epoch: u64) -> SettleReply {
    SettleReply {
        already_settled: None,
        distributed_rtc: None,
        distributed_urtc: None,
        epoch,
        error: Some("no_eligible_miners".to_owned()),
        miners: None,
        ok: false,
    }
}

/// A share; the class and the weight are those that the miner has now.
fn settled_miner(books: &Books, movement: &Movement) -> Option<SettledMiner> {
    let state = books.state();
    let id = state.wallet(movement.credit)?;
    let miner = state.miner(id);
    Some(SettledMiner {
        device_arch: miner.map(|miner| miner.arch.clone()).unwrap_or_default(),
        miner_id: id.to_string(),
        multiplier: miner.map(|miner| multiplier_f64(miner.multiplier)).unwrap_or_default(),
        share_rtc: rtc_f64(movement.amount),
        share_urtc: micro_i64(movement.amount),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_are_integers() {
        assert_eq!(read_epoch(br#"{"epoch":10}"#).unwrap(), 10);
        for (body, error) in [
            ("{}", "epoch required"),
            (r#"{"epoch":null}"#, "epoch required"),
            (r#"{"epoch":"10"}"#, "epoch must be an integer"),
            (r#"{"epoch":1.5}"#, "epoch must be an integer"),
            (r#"{"epoch":-1}"#, "epoch must be an integer"),
        ] {
            assert_eq!(read_epoch(body.as_bytes()).unwrap_err().error, error, "{body}");
        }
    }
}
