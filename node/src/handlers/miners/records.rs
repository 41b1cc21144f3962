//! What is on record about one miner: its attestations, and the page for its owner.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use ledger::changes::AttestationRecord;
use ledger::state::{Miner, MovementKind};
use ledger::store::StoreError;
use protocol::api::{micro_i64, multiplier_f64, rtc_f64};
use protocol::money::Amount;
use protocol::time::UnixSeconds;
use protocol::wallet_id::MinerId;
use serde::Serialize;
use tokio::time::timeout;

use super::find;
use crate::admin_keys::Scope;
use crate::app::AppState;
use crate::books::{Books, HistoryEntry, HistoryPage};
use crate::extract::{Caller, Gate, Params, PathText, wallet_id};
use crate::problem::Problem;
use crate::reply::{json, off_runtime};

/// Attestations of a list when nothing is asked for, and at most.
const ATTESTATIONS: u64 = 50;
const MAX_ATTESTATIONS: u64 = 500;

/// Entries of the wallet's history that the dashboard is made of.
const HISTORY_LENGTH: usize = 200;

/// Attestations that the dashboard counts: more than a day's at one per ten minutes.
const TIMELINE_LENGTH: usize = 300;

/// How far back the dashboard's timeline goes, in seconds.
const TIMELINE_SECONDS: u64 = 86_400;

/// How long the newest attestations may take to be listed. Blocks are sealed within a second.
const LISTED_WITHIN: Duration = Duration::from_secs(3);

/// After so many further blocks they are listed: one may be sealed and one open before theirs.
const LISTED_AFTER_BLOCKS: usize = 4;

/// An accepted attestation as the list shows it.
#[derive(Debug, Serialize)]
struct AttestationRow {
    epoch: u64,
    fingerprint_passed: bool,
    multiplier: f64,
    multiplier_millionths: u32,
    number: u64,
    /// When, in Unix seconds.
    ts_ok: u64,
}

/// The answer of `GET /api/miner/{id}/attestations`.
#[derive(Debug, Serialize)]
struct AttestationList {
    attestations: Vec<AttestationRow>,
    count: usize,
    miner: String,
    ok: bool,
}

/// `GET /api/miner/{id}/attestations`: a miner's attestations, newest first. Admin.
pub async fn attestations(
    State(app): State<AppState>,
    PathText(id): PathText,
    params: Params,
    caller: Caller,
) -> Result<Response, Problem> {
    let state = app.clone();
    let subject = Some(id.clone());
    let work = |_name| async move {
        let limit = params.integer("limit", ATTESTATIONS, &(1..=MAX_ATTESTATIONS))?;
        let miner: MinerId = wallet_id(&id)?;
        let newest = state.books.state().miner(&miner).map_or(0, |known| known.last_attestation);
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let records = listed(&state.books, newest, most, UnixSeconds(0)).await?;
        let attestations: Vec<AttestationRow> = records.iter().map(row_of).collect();
        let count = attestations.len();
        Ok(json(&AttestationList { attestations, count, miner: miner.to_string(), ok: true }))
    };
    caller.act(&app, Gate::a(Scope::Read), subject, work).await
}

fn row_of(record: &AttestationRecord) -> AttestationRow {
    AttestationRow {
        epoch: record.epoch.0,
        fingerprint_passed: record.passed,
        multiplier: multiplier_f64(record.multiplier),
        multiplier_millionths: record.multiplier.millionths(),
        number: record.number,
        ts_ok: record.attested_at.0,
    }
}

/// Attestations from the one with this number back to `since`, newest first, at most so many.
///
/// They are listed when their block is sealed, so the newest may have to be waited for.
async fn listed(
    books: &Books,
    newest: u64,
    most: usize,
    since: UnixSeconds,
) -> Result<Vec<AttestationRecord>, Problem> {
    let mut tips = books.tips();
    for _attempt in 0..LISTED_AFTER_BLOCKS {
        tips.mark_unchanged();
        let reader = books.clone();
        let found = off_runtime(move || follow(&reader, newest, most, since)).await??;
        let is_complete = newest == 0 || !found.is_empty();
        if is_complete || !matches!(timeout(LISTED_WITHIN, tips.changed()).await, Ok(Ok(()))) {
            return Ok(found);
        }
    }
    let reader = books.clone();
    Ok(off_runtime(move || follow(&reader, newest, most, since)).await??)
}

/// Blocks.
fn follow(
    books: &Books,
    newest: u64,
    most: usize,
    since: UnixSeconds,
) -> Result<Vec<AttestationRecord>, StoreError> {
    let mut found = Vec::new();
    let mut next = newest;
    while next > 0 && found.len() < most {
        let Some(record) = books.reads().attestation(next)? else { break };
        let is_first = found.is_empty();
        if record.attested_at < since && !is_first {
            break;
        }
        next = record.previous;
        found.push(record);
    }
    Ok(found)
}

/// The answer of `GET /api/miner_dashboard/{id}`.
#[derive(Debug, Serialize)]
struct Dashboard {
    attest_timeline_24h: Vec<HourCount>,
    balance_rtc: f64,
    enrolled_epoch: Option<u64>,
    /// Rewards that were paid; null where the history is longer than was looked at.
    epoch_participation: Option<usize>,
    fingerprint_passed: bool,
    first_attest: u64,
    generated_at: u64,
    last_attest: u64,
    miner_id: String,
    multiplier: f64,
    ok: bool,
    reward_events: Option<usize>,
    reward_history: Vec<RewardRow>,
    total_earned_i64: Option<i64>,
    total_earned_rtc: Option<f64>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct HourCount {
    count: u64,
    /// The hour's first second, in Unix seconds.
    hour_bucket: u64,
}

#[derive(Debug, Serialize)]
struct RewardRow {
    amount_i64: i64,
    amount_rtc: f64,
    confirmed_at: u64,
    epoch: u64,
    /// Rewards are no transfers and have no id.
    tx_hash: Option<String>,
}

/// `GET /api/miner_dashboard/{id}`: what is known of a miner, for its owner.
pub async fn dashboard(
    State(app): State<AppState>,
    PathText(id): PathText,
) -> Result<Response, Problem> {
    let miner = find(&app, &id)?;
    let now = app.clock.now_seconds();
    let since = UnixSeconds(now.0.saturating_sub(TIMELINE_SECONDS));
    let records = listed(&app.books, miner.last_attestation, TIMELINE_LENGTH, since).await?;
    let (books, wallet) = (app.books.clone(), miner.id.clone());
    let read = move || books.history(&wallet, None, 0, HISTORY_LENGTH);
    let history = app.readers.run(read).await??;
    let balance = app.books.wallet(&miner.id).balance;
    Ok(json(&assemble(&miner, now, balance, &hourly(&records, since), &history)))
}

fn assemble(
    miner: &Miner,
    now: UnixSeconds,
    balance: Amount,
    timeline: &BTreeMap<u64, u64>,
    history: &HistoryPage,
) -> Dashboard {
    let rewards: Vec<&HistoryEntry> =
        history.entries.iter().filter(|entry| entry.row.kind == MovementKind::Reward).collect();
    // Nothing is claimed about entries that were not looked at.
    let is_whole = history.next.is_none();
    let earned = rewards
        .iter()
        .try_fold(Amount::ZERO, |sum, entry| sum.plus(entry.row.amount))
        .ok()
        .filter(|_| is_whole);
    let count = is_whole.then_some(rewards.len());
    Dashboard {
        attest_timeline_24h: timeline
            .iter()
            .map(|(hour, count)| HourCount { count: *count, hour_bucket: *hour })
            .collect(),
        balance_rtc: rtc_f64(balance),
        enrolled_epoch: miner.enrolment.map(|enrolment| enrolment.epoch.0),
        epoch_participation: count,
        fingerprint_passed: miner.passed,
        first_attest: miner.first_attest.0,
        generated_at: now.0,
        last_attest: miner.last_attest.0,
        miner_id: miner.id.to_string(),
        multiplier: multiplier_f64(miner.multiplier),
        ok: true,
        reward_events: count,
        reward_history: rewards.iter().map(|entry| reward_of(entry)).collect(),
        total_earned_i64: earned.map(micro_i64),
        total_earned_rtc: earned.map(rtc_f64),
    }
}

fn reward_of(entry: &HistoryEntry) -> RewardRow {
    let row = &entry.row;
    RewardRow {
        amount_i64: micro_i64(row.amount),
        amount_rtc: rtc_f64(row.amount),
        confirmed_at: row.time.seconds().0,
        epoch: row.epoch,
        tx_hash: None,
    }
}

/// Attestations per hour since a moment, by the hour's first second.
fn hourly(records: &[AttestationRecord], since: UnixSeconds) -> BTreeMap<u64, u64> {
    let mut hours = BTreeMap::new();
    for record in records.iter().filter(|record| record.attested_at >= since) {
        let at = record.attested_at.0;
        let count: &mut u64 = hours.entry(at - at % 3_600).or_default();
        *count = count.saturating_add(1);
    }
    hours
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use protocol::epoch::EpochId;
    use protocol::multiplier::Multiplier;

    use super::*;

    fn record(at: u64) -> AttestationRecord {
        AttestationRecord {
            number: at,
            previous: 0,
            miner: 0,
            epoch: EpochId(1),
            multiplier: Multiplier::ONE,
            passed: true,
            attested_at: UnixSeconds(at),
            command: 1,
            body: Arc::from([]),
        }
    }

    #[test]
    fn attestations_are_counted_by_the_hour() {
        let records = [record(10_801), record(7_201), record(7_200), record(7_199), record(10)];
        let hours = hourly(&records, UnixSeconds(3_600));
        assert_eq!(hours, BTreeMap::from([(3_600, 1), (7_200, 2), (10_800, 1)]));
    }
}
