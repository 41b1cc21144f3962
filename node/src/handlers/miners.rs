//! The miners: who attests, with what, and what it weighs.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use ledger::state::Miner;
use protocol::api::miner::{MinerRow, MinersPage, Pagination};
use protocol::api::multiplier_f64;
use protocol::epoch::{EpochId, Slot};
use protocol::time::UnixSeconds;
use protocol::wallet_id::MinerId;
use serde::Serialize;

use super::network::enrolled_in;
use crate::app::AppState;
use crate::extract::{Page, Paging, Params, PathText, wallet_id};
use crate::kept_pages::KeptPage;
use crate::problem::Problem;
use crate::reply::{self, json};
use crate::rotation::{ACTIVE_WITHIN_SECONDS, first_active_minute};

mod records;

pub use self::records::{attestations, dashboard};

/// Pages of miners. Skipping walks a sorted set in memory, which is quick enough to go deeper than
/// other lists do.
const PAGING: Paging = Paging::new(100, 1_000)
    .max_offset(10_000)
    .beyond("Miners further back attested longest ago: ask for them by name.");

/// Active miners that the pool's figures by architecture are made of, newest first.
const POOL_SAMPLE: usize = 10_000;

/// Miners that are looked up at a time, so that the writer never waits for a long list.
const LOOK_UP_AT_ONCE: usize = 1_000;

/// Seconds that "of late" means in the pool (wire section 9).
const POOL_HISTORY_SECONDS: u64 = 86_400;

/// `GET /api/miners`: the miners that attested within an hour, newest first.
pub async fn miners(State(app): State<AppState>, params: Params) -> Result<Response, Problem> {
    let page = params.page(&PAGING)?;
    let now = app.clock.now_seconds();
    let epoch = app.books.law().genesis.calendar.epoch_at(app.clock.now());
    let version = [app.rotation.changes(), first_active_minute(now), epoch.0];
    let kept = match app.miner_pages.get(version, page) {
        Some(kept) => kept,
        None => app.miner_pages.keep(version, page, page_of_miners(&app, page, now, epoch)?),
    };
    let mut response = reply::finished_json(kept.body);
    write_page_headers(&mut response, page, kept.total);
    Ok(response)
}

fn page_of_miners(
    app: &AppState,
    page: Page,
    now: UnixSeconds,
    epoch: EpochId,
) -> Result<KeptPage, Problem> {
    let ids = app.rotation.active(page.length(), page.skipped(), now);
    let (rows, total_enrolled) = {
        let state = app.books.state();
        let rows: Vec<MinerRow> = ids.iter().filter_map(|id| state.miner(id)).map(row_of).collect();
        (rows, enrolled_in(&state, epoch))
    };
    let pagination = Pagination {
        count: u64::try_from(rows.len()).unwrap_or(u64::MAX),
        limit: page.limit,
        offset: page.offset,
        total: app.rotation.active_count(now),
        total_enrolled,
    };
    let total = pagination.total;
    let body = reply::json_body(&MinersPage { miners: rows, pagination })?;
    Ok(KeptPage { body, total })
}

fn write_page_headers(response: &mut Response, page: Page, total: u64) {
    let headers = response.headers_mut();
    for (name, value) in
        [("x-total-count", total), ("x-page-limit", page.limit), ("x-page-offset", page.offset)]
    {
        headers.insert(name, HeaderValue::from(value));
    }
}

fn row_of(miner: &Miner) -> MinerRow {
    MinerRow {
        antiquity_multiplier: multiplier_f64(miner.multiplier),
        device_arch: miner.arch.clone(),
        device_family: miner.family.clone(),
        // The existing network's figure rests on the client's own account; ours judges evidence.
        entropy_score: 0.0,
        first_attest: Some(miner.first_attest.0),
        hardware_type: hardware_type(&miner.family, &miner.arch),
        last_attest: Some(miner.last_attest.0),
        miner: miner.id.to_string(),
    }
}

/// A machine in words, as the existing network writes them (wire section 9).
fn hardware_type(family: &str, arch: &str) -> String {
    let (family, arch) = (family.to_ascii_lowercase(), arch.to_ascii_lowercase());
    let known = if family.contains("powerpc") || family.contains("ppc") {
        if matches!(arch.as_str(), "g3" | "g4" | "g5") {
            return format!("PowerPC {} (Vintage)", arch.to_ascii_uppercase());
        }
        "PowerPC (Vintage)"
    } else if family.contains("apple") {
        "Apple Silicon (Modern)"
    } else if family.contains("x86") || family.contains("modern") {
        let is_old = arch.contains("retro") || arch.contains("core2");
        if is_old { "x86 Retro (Vintage)" } else { "x86-64 (Modern)" }
    } else {
        "Unknown/Other"
    };
    known.to_owned()
}

/// Finds a miner, or answers `404`.
fn find(app: &AppState, id: &str) -> Result<Miner, Problem> {
    let id: MinerId = wallet_id(id)?;
    app.books.state().miner(&id).cloned().ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "MINER_NOT_FOUND", "Miner not found")
            .with_message("No attestation under this name was ever accepted.")
    })
}

/// The answer of `GET /api/miner/{id}/streak`.
#[derive(Debug, Serialize)]
struct StreakReply {
    effective_multiplier: f64,
    hardware_multiplier: f64,
    miner_id: String,
    projections: Projections,
    streak_bonus: f64,
}

#[derive(Debug, Serialize)]
struct Projections {
    current: f64,
    message: &'static str,
    streak_days_needed: u64,
    with_max_streak: f64,
}

/// `GET /api/miner/{id}/streak`: what attesting day after day adds, which is nothing here: hardware
/// alone decides what a miner weighs.
pub async fn streak(
    State(app): State<AppState>,
    PathText(id): PathText,
) -> Result<Response, Problem> {
    let miner = find(&app, &id)?;
    let multiplier = multiplier_f64(miner.multiplier);
    Ok(json(&StreakReply {
        effective_multiplier: multiplier,
        hardware_multiplier: multiplier,
        miner_id: miner.id.to_string(),
        projections: Projections {
            current: multiplier,
            message: "This network pays no bonus for streaks",
            streak_days_needed: 0,
            with_max_streak: multiplier,
        },
        streak_bonus: 0.0,
    }))
}

/// The answer of `GET /api/badge/{id}`, in the format of shields.io.
#[derive(Debug, Serialize)]
struct Badge {
    color: &'static str,
    label: String,
    message: &'static str,
    #[serde(rename = "schemaVersion")]
    schema_version: u8,
}

/// `GET /api/badge/{id}`: whether the miner attested within an hour. Unknown ones are inactive.
pub async fn badge(
    State(app): State<AppState>,
    PathText(id): PathText,
) -> Result<Response, Problem> {
    let id: MinerId = wallet_id(&id)?;
    let last = app.books.state().miner(&id).map(|miner| miner.last_attest);
    let is_active = last.is_some_and(|last| is_recent(last, app.clock.now_seconds()));
    let (color, message) =
        if is_active { ("brightgreen", "Active") } else { ("lightgrey", "Inactive") };
    let label = format!("RustChain {id}");
    Ok(json(&Badge { color, label, message, schema_version: 1 }))
}

const fn is_recent(attested: UnixSeconds, now: UnixSeconds) -> bool {
    now.seconds_since(attested) <= ACTIVE_WITHIN_SECONDS
}

/// The answer of `GET /api/attestation-pool`.
#[derive(Debug, Serialize)]
struct AttestationPool {
    by_device_arch: Vec<ArchCount>,
    generated_at: u64,
    history: [(); 0],
    ok: bool,
    pool: Pool,
    tables: Tables,
    /// Whether only the newest active miners were looked at.
    truncated: bool,
    windows: Windows,
}

#[derive(Debug, Serialize)]
struct ArchCount {
    active_miners: u64,
    device_arch: String,
}

#[derive(Debug, Default, Serialize)]
struct Pool {
    active_miners: u64,
    avg_entropy_active: f64,
    fingerprint_passed_active: u64,
    known_miners: u64,
    newest_active_attest: Option<u64>,
    oldest_active_attest: Option<u64>,
    recent_attestations_24h: u64,
    stale_miners: u64,
}

/// Which tables the figures come from: both exist on every node of ours.
#[derive(Debug, Serialize)]
struct Tables {
    miner_attest_history: bool,
    miner_attest_recent: bool,
}

#[derive(Debug, Serialize)]
struct Windows {
    active_seconds: u64,
    history_seconds: u64,
}

/// `GET /api/attestation-pool`: how many attest, and with what. Looks at the newest ten thousand
/// active miners at most.
pub async fn attestation_pool(State(app): State<AppState>) -> Response {
    let now = app.clock.now_seconds();
    let ids = app.rotation.active(POOL_SAMPLE, 0, now);
    let active_miners = app.rotation.active_count(now);
    let known_miners = u64::from(app.books.state().miners.count());
    let mut pool = Pool {
        active_miners,
        known_miners,
        recent_attestations_24h: within_a_day(&app, now),
        stale_miners: known_miners.saturating_sub(active_miners),
        ..Pool::default()
    };
    let mut archs: BTreeMap<String, u64> = BTreeMap::new();
    for some in ids.chunks(LOOK_UP_AT_ONCE) {
        let state = app.books.state();
        for miner in some.iter().filter_map(|id| state.miner(id)) {
            pool.add(miner);
            let count = archs.entry(miner.arch.clone()).or_default();
            *count = count.saturating_add(1);
        }
    }
    let by_device_arch = archs
        .into_iter()
        .map(|(device_arch, active_miners)| ArchCount { active_miners, device_arch })
        .collect();
    json(&AttestationPool {
        by_device_arch,
        generated_at: now.0,
        history: [],
        ok: true,
        pool,
        tables: Tables { miner_attest_history: true, miner_attest_recent: true },
        truncated: ids.len() >= POOL_SAMPLE,
        windows: Windows {
            active_seconds: ACTIVE_WITHIN_SECONDS,
            history_seconds: POOL_HISTORY_SECONDS,
        },
    })
}

impl Pool {
    /// Counts an active miner in.
    fn add(&mut self, miner: &Miner) {
        let at = miner.last_attest.0;
        self.newest_active_attest =
            Some(self.newest_active_attest.map_or(at, |newest| newest.max(at)));
        self.oldest_active_attest =
            Some(self.oldest_active_attest.map_or(at, |oldest| oldest.min(at)));
        let passed = u64::from(miner.passed);
        self.fingerprint_passed_active = self.fingerprint_passed_active.saturating_add(passed);
    }
}

/// Miners that attested within a day are those that take turns.
fn within_a_day(app: &AppState, now: UnixSeconds) -> u64 {
    let anyone = app.books.law().validators.primary.address();
    app.rotation.turn(&anyone, Slot(0), now).size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_put_into_the_words_of_the_network() {
        for (family, arch, words) in [
            ("PowerPC", "G4", "PowerPC G4 (Vintage)"),
            ("PowerPC", "g5", "PowerPC G5 (Vintage)"),
            ("PowerPC", "default", "PowerPC (Vintage)"),
            ("Apple Silicon", "M2", "Apple Silicon (Modern)"),
            ("x86", "retro", "x86 Retro (Vintage)"),
            ("x86", "core2duo", "x86 Retro (Vintage)"),
            ("x86_64", "default", "x86-64 (Modern)"),
            ("x86", "modern", "x86-64 (Modern)"),
            ("68K", "68040", "Unknown/Other"),
        ] {
            assert_eq!(hardware_type(family, arch), words, "{family} {arch}");
        }
    }

    #[test]
    fn an_hour_makes_a_miner_inactive() {
        let attested = UnixSeconds(1_000);
        assert!(is_recent(attested, UnixSeconds(4_600)));
        assert!(!is_recent(attested, UnixSeconds(4_601)));
    }
}
