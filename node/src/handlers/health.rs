//! How the node is: for people, for load balancers and for Prometheus.
//!
//! Every figure is measured; none needs the database, so asking costs nothing worth mentioning.

use ::vitals::{Readings, judge};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use protocol::api::health::{Health, Readiness, ReadinessCheck, Ready};

use crate::admin_keys::Scope;
use crate::app::{AppState, VERSION};
use crate::extract::{Caller, Gate};
use crate::problem::Problem;
use crate::reply::{json_with, text};
use crate::sequencer::Unavailable;

mod exposition;

use self::exposition::Exposition;

/// What `GET /ops/readiness` with an admin key names as expected in `/metrics`.
const METRICS_CHECK: &str = "metrics_keys";

/// `GET /health`: 200 when all is well, else 503 and why.
pub async fn health(State(app): State<AppState>) -> Response {
    let readings = readings(&app);
    let verdict = judge(&readings);
    let mut reasons: Vec<String> = verdict.reasons.iter().map(ToString::to_string).collect();
    if !readings.clock_confirmed {
        reasons.extend(app.vitals.clock_problem());
    }
    let answer = Health {
        backup_age_hours: readings.backup_age_s.map(hours),
        db_rw: readings.db_rw,
        ok: verdict.ok,
        reasons,
        tip_age_slots: readings.tip_age_slots.and_then(|slots| i64::try_from(slots).ok()),
        uptime_s: readings.uptime_s,
        version: VERSION.to_owned(),
    };
    json_with(ok_or_503(answer.ok), &answer)
}

/// `GET /ready`: whether requests are taken. A node that can only read takes them.
pub async fn ready(State(app): State<AppState>) -> Response {
    let ready = !matches!(app.sequencer.trouble(), Some(Unavailable::Stopping));
    json_with(ok_or_503(ready), &Ready { ready, version: VERSION.to_owned() })
}

/// `GET /ops/readiness`: a short answer; with an admin key, what was checked. A key that is refused
/// gets the refusal, not the short answer, so that nobody mistakes one for the other.
pub async fn ops_readiness(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Response, Problem> {
    if !caller.presents_key() {
        let ok = checks(&app).iter().all(|check| check.ok);
        return Ok(json_with(ok_or_503(ok), &Readiness { checks: None, ok }));
    }
    let gate = Gate::a(Scope::Read);
    caller
        .act(&app, gate, None, |_name| async {
            let checks = checks(&app);
            let ok = checks.iter().all(|check| check.ok);
            Ok(json_with(ok_or_503(ok), &Readiness { checks: Some(checks), ok }))
        })
        .await
}

fn checks(app: &AppState) -> Vec<ReadinessCheck> {
    let readings = readings(app);
    let verdict = judge(&readings);
    let causes: Vec<&str> = verdict.reasons.iter().map(::vitals::Reason::code).collect();
    let calendar = app.books.law().genesis.calendar;
    let tip = app.books.tip();
    let age_s = app.clock.now().millis_since(tip.seal.header.batch.time) / 1_000;
    let limit_s = ::vitals::TIP_AGE_LIMIT_SLOTS.saturating_mul(calendar.slot_seconds());
    let check = |name: &str, ok: bool, val: Option<u64>| ReadinessCheck {
        err: None,
        name: name.to_owned(),
        ok,
        val: val.and_then(|val| i64::try_from(val).ok()),
    };
    vec![
        ReadinessCheck {
            err: (!verdict.ok).then(|| causes.join(", ")),
            ..check("health", verdict.ok, None)
        },
        check("tip_age_s", age_s < limit_s, Some(age_s)),
        check("headers_count", true, Some(tip.height().saturating_add(1))),
        check(METRICS_CHECK, true, None),
    ]
}

/// `GET /metrics` and `GET /api/metrics`: everything that is counted, for Prometheus.
pub async fn metrics(State(app): State<AppState>) -> Response {
    exposed(exposition_of(&app))
}

fn exposition_of(app: &AppState) -> Exposition {
    let mut out = Exposition::default();
    for (name, help, value) in app.metrics.counters() {
        out.counter(name, help, value);
    }
    expose_vitals(&mut out, app);
    expose_books(&mut out, app);
    expose_miners(&mut out, app);
    out
}

/// `GET /metrics_mac`: the figures about miners under their older names. Network cards are not
/// counted here: their addresses identify people's machines and stay in the books.
pub async fn metrics_mac(State(app): State<AppState>) -> Response {
    let mut out = Exposition::default();
    let miners = Miners::count(&app);
    out.gauge("rustchain_attest_active", "miners that attested within an hour", miners.active);
    out.gauge("rustchain_attest_stale", "miners that are silent", miners.stale());
    let metrics = &app.metrics;
    let confirmed = metrics.enrolments_confirmed.get();
    out.counter("rustchain_enroll_ok_total", "enrolments confirmed", confirmed);
    let refused = metrics.enrolments_refused.get();
    out.counter("rustchain_enroll_rejects_total", "enrolments refused", refused);
    exposed(out)
}

fn exposed(exposition: Exposition) -> Response {
    text(StatusCode::OK, exposition::CONTENT_TYPE, exposition.into_text())
}

fn expose_vitals(out: &mut Exposition, app: &AppState) {
    let readings = readings(app);
    let ok = judge(&readings).ok;
    out.gauge("rustchain_health_ok", "whether all is well", u64::from(ok));
    out.gauge("rustchain_db_rw", "whether the store can be written", u64::from(readings.db_rw));
    let confirmed = u64::from(readings.clock_confirmed);
    out.gauge("rustchain_clock_confirmed", "whether epochs may end by this clock", confirmed);
    if let Some(slots) = readings.tip_age_slots {
        out.gauge("rustchain_tip_age_slots", "age of the newest block in slots", slots);
    }
    if let Some(age_s) = readings.backup_age_s {
        out.gauge("rustchain_backup_age_seconds", "age of the last verified backup", age_s);
    }
    out.gauge("rustchain_uptime_seconds", "how long the node has run", readings.uptime_s);
    let queued = u64::try_from(app.sequencer.queued()).unwrap_or(u64::MAX);
    out.gauge("rustchain_orders_queued", "orders that wait", queued);
}

fn expose_books(out: &mut Exposition, app: &AppState) {
    let height = app.books.tip().height();
    out.gauge("rustchain_tip_height", "height of the newest sealed block", height);
    let epoch = app.books.law().genesis.calendar.epoch_at(app.clock.now());
    out.gauge("rustchain_current_epoch", "the running epoch", epoch.0);
    let (counters, accounts, enrolled) = {
        let state = app.books.state();
        (state.counters.clone(), state.accounts.count(), state.enrolments.count())
    };
    let (name, help) = ("rustchain_accounts", "wallets that have an account");
    out.gauge(name, help, u64::from(accounts));
    let (name, help) = ("rustchain_enrolled_miners", "miners enrolled in the open epoch");
    out.gauge(name, help, u64::from(enrolled));
    out.gauge("rustchain_open_epoch", "the epoch of the books", counters.open_epoch.0);
    let settled = counters.settled_before.0;
    out.gauge("rustchain_settled_before_epoch", "epochs before this one are settled", settled);
    out.counter("rustchain_movements_total", "movements of money", counters.movements);
    out.counter("rustchain_transfers_total", "transfers in the books", counters.transfers);
    let chainless = counters.chainless_transfers;
    let help = "transfers signed without chain id";
    out.counter("rustchain_chainless_transfers_total", help, chainless);
}

fn expose_miners(out: &mut Exposition, app: &AppState) {
    let miners = Miners::count(app);
    let pool = [
        ("rustchain_attestation_pool_known_miners", "miners ever accepted", miners.known),
        (
            "rustchain_attestation_pool_active_miners",
            "miners that attested within an hour",
            miners.active,
        ),
        ("rustchain_attestation_pool_stale_miners", "miners that are silent", miners.stale()),
        ("rustchain_attestation_pool_scrape_ok", "whether these figures could be read", 1),
    ];
    for (name, help, value) in pool {
        out.gauge(name, help, value);
    }
}

/// How many miners there are.
struct Miners {
    known: u64,
    active: u64,
}

impl Miners {
    fn count(app: &AppState) -> Self {
        Self {
            known: u64::from(app.books.state().miners.count()),
            active: app.rotation.active_count(app.clock.now_seconds()),
        }
    }

    const fn stale(&self) -> u64 {
        self.known.saturating_sub(self.active)
    }
}

fn readings(app: &AppState) -> Readings {
    app.vitals.readings(&app.books, &app.clock)
}

const fn ok_or_503(ok: bool) -> StatusCode {
    if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Seconds as hours with two decimals.
fn hours(seconds: u64) -> f64 {
    let seconds = f64::from(u32::try_from(seconds).unwrap_or(u32::MAX));
    (seconds / 36.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_two_decimals() {
        for (seconds, expected) in [(0, 0.0), (36, 0.01), (7_200, 2.0), (9_001, 2.5)] {
            assert!((hours(seconds) - expected).abs() < 1e-9, "{seconds}");
        }
    }
}
