//! Which network this is, how far it is, and who takes part; and routes that are gone.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, LOCATION};
use axum::response::Response;
use ledger::genesis::SUPPLY;
use ledger::state::State as Books;
use protocol::api::network::{EpochInfo, NetworkInfo, NodeRow, NodesPage, Stats};
use protocol::api::{path, rtc_f64};
use protocol::epoch::EpochId;
use protocol::keys::PublicKey;
use protocol::wallet_id::WalletId;
use serde::Serialize;

use crate::app::{AppState, VERSION};
use crate::extract::{Paging, Params};
use crate::problem::Problem;
use crate::reply::{json, text};

/// The description of the API. A test compares its paths with those of the router.
const OPENAPI: &str = include_str!("../../openapi.json");

/// Pages of nodes.
const NODES_PAGING: Paging = Paging::new(20, 50).any_offset();

/// Micro-RTC in one RTC, for the supply in whole RTC.
const MICRO_PER_RTC: u64 = 1_000_000;

/// Where fees of the existing network go; here there are none.
const FEE_WALLET: &str = "founder_community";

/// What this node takes care of, in the words of the existing network; all of it is so.
const SECURITY: [&str; 4] =
    ["no_mock_sigs", "mandatory_admin_key", "replay_protection", "validated_json"];

/// `GET /epoch`: the running epoch.
pub async fn epoch(State(app): State<AppState>) -> Response {
    let genesis = &app.books.law().genesis;
    let slot = genesis.calendar.slot_at(app.clock.now());
    let epoch = genesis.calendar.epoch_of(slot);
    json(&EpochInfo {
        blocks_per_epoch: genesis.calendar.slots_per_epoch(),
        enrolled_miners: enrolled_in(&app.books.state(), epoch),
        epoch: epoch.0,
        epoch_pot: rtc_f64(genesis.epoch_pot),
        slot: slot.0,
        total_supply_rtc: SUPPLY.micro() / MICRO_PER_RTC,
    })
}

/// Miners enrolled in the running epoch. At a boundary the clock is ahead of the books until the next
/// block: nobody has enrolled yet.
pub(super) fn enrolled_in(state: &Books, epoch: EpochId) -> u64 {
    if state.counters.open_epoch == epoch { u64::from(state.enrolments.count()) } else { 0 }
}

/// `GET /api/stats`: figures about the network.
pub async fn stats(State(app): State<AppState>) -> Response {
    let genesis = &app.books.law().genesis;
    json(&Stats {
        block_time: genesis.calendar.slot_seconds(),
        chain_id: genesis.chain_id.to_string(),
        epoch: genesis.calendar.epoch_at(app.clock.now()).0,
        features: Vec::new(),
        pending_withdrawals: 0,
        security: SECURITY.map(str::to_owned).to_vec(),
        // All balances together are the supply, from block 0 on; the books are audited for it.
        total_balance: rtc_f64(SUPPLY),
        total_miners: u64::from(app.books.state().accounts.count()),
        version: VERSION.to_owned(),
    })
}

/// `GET /network/info`: which network this is.
pub async fn network_info(State(app): State<AppState>) -> Response {
    let genesis = &app.books.law().genesis;
    json(&NetworkInfo {
        block_height: app.books.tip().height(),
        chain_id: genesis.chain_id.to_string(),
        min_fee: 0,
        network: genesis.network.clone(),
        peer_count: 0,
        version: VERSION.to_owned(),
    })
}

/// `GET /api/nodes`: the nodes that may seal blocks. This one answers, so it is online; nobody has
/// asked the others.
pub async fn nodes(State(app): State<AppState>, params: Params) -> Result<Response, Problem> {
    let page = params.page(&NODES_PAGING)?;
    let validators = &app.books.law().validators;
    let total = u64::try_from(validators.standbys.len()).unwrap_or(u64::MAX).saturating_add(1);
    let nodes: Vec<NodeRow> = std::iter::once((&validators.primary, true))
        .chain(validators.standbys.iter().map(|standby| (standby, false)))
        .skip(page.skipped())
        .take(page.length())
        .map(|(key, is_primary)| node_of(key, is_primary))
        .collect();
    Ok(json(&NodesPage {
        count: u64::try_from(nodes.len()).unwrap_or(u64::MAX),
        limit: page.limit,
        nodes,
        offset: page.offset,
        total,
    }))
}

fn node_of(key: &PublicKey, is_primary: bool) -> NodeRow {
    NodeRow {
        is_active: is_primary,
        name: None,
        node_id: key.address().to_string(),
        online: is_primary.then_some(true),
        registered_at: None,
        url: None,
        wallet: None,
    }
}

/// The answer of `GET /api/fee_pool`: nothing costs a fee.
#[derive(Debug, Serialize)]
struct FeePool {
    description: &'static str,
    destination: &'static str,
    destination_balance_rtc: f64,
    fees_by_source: Empty,
    recent_events: [(); 0],
    rip: u16,
    total_fee_events: u64,
    total_fees_collected_rtc: f64,
    withdrawal_fee_rtc: f64,
}

/// `{}`
#[derive(Debug, Serialize)]
struct Empty {}

/// `GET /api/fee_pool`: what was charged as fees, which is nothing.
pub async fn fee_pool(State(app): State<AppState>) -> Response {
    let balance = WalletId::parse(FEE_WALLET)
        .map(|wallet| app.books.wallet(&wallet).balance)
        .unwrap_or_default();
    json(&FeePool {
        description: "Fee Pool Statistics (transfers cost no fee)",
        destination: FEE_WALLET,
        destination_balance_rtc: rtc_f64(balance),
        fees_by_source: Empty {},
        recent_events: [],
        rip: 301,
        total_fee_events: 0,
        total_fees_collected_rtc: 0.0,
        withdrawal_fee_rtc: 0.0,
    })
}

/// The answer of `GET /anchor/list`.
#[derive(Debug, Serialize)]
struct AnchorList {
    anchors: [(); 0],
    count: u64,
}

/// `GET /anchor/list`: anchors in other chains, of which there are none.
pub async fn anchor_list() -> Response {
    json(&AnchorList { anchors: [], count: 0 })
}

/// `GET /anchors`: leads to [`anchor_list`].
pub async fn anchors() -> Response {
    let mut response = text(StatusCode::FOUND, "application/json", "{}\n");
    response.headers_mut().insert(LOCATION, HeaderValue::from_static(path::ANCHOR_LIST));
    response
}

/// `GET /openapi.json`: the description of the API.
pub async fn openapi() -> Response {
    text(StatusCode::OK, "application/json", OPENAPI)
}

/// `410 API_V1_REMOVED`: a version of the API that is gone, with what took its place.
pub async fn gone() -> Problem {
    let places = serde_json::json!({
        "attest": "POST /attest/challenge, then POST /attest/submit",
        "eligibility": "GET /lottery/eligibility?miner_id=YOUR_ID",
        "enroll": "POST /epoch/enroll",
        "submit": "POST /headers/ingest_signed",
    });
    Problem::new(StatusCode::GONE, "API_V1_REMOVED", "API v1 removed")
        .with_message("Attest instead: an accepted attestation enrols the miner.")
        .with("new_endpoints", places)
        .with("use", "POST /attest/submit on :8099")
        .with("version", VERSION)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// Every path constant of the protocol, read from its source: one that is added there is
    /// missed here.
    fn declared_paths() -> BTreeSet<String> {
        let source = include_str!("../../../protocol/src/api/path.rs");
        source
            .lines()
            .filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1))
            .map(str::to_owned)
            .collect()
    }

    fn document() -> Value {
        serde_json::from_str(OPENAPI).unwrap()
    }

    #[test]
    fn the_description_has_exactly_the_paths_of_the_api() {
        let document = document();
        let described: BTreeSet<String> =
            document["paths"].as_object().unwrap().keys().cloned().collect();
        let declared = declared_paths();
        assert!(declared.len() > 50, "{}", declared.len());
        assert_eq!(described, declared);
    }

    #[test]
    fn every_operation_is_described_and_every_reference_leads_somewhere() {
        let document = document();
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["info"]["version"], VERSION);
        let mut ids = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap().to_owned();
                assert!(ids.insert(id), "{method} {path} has the id of another operation");
                assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path}");
                assert!(operation["responses"].as_object().unwrap().len() > 1, "{method} {path}");
                let named = operation["parameters"].as_array().into_iter().flatten();
                let in_path = named.filter(|parameter| parameter["in"] == "path").count();
                assert_eq!(in_path, path.matches('{').count(), "{method} {path}");
            }
        }
        check_references(&document, &document);
    }

    fn check_references(document: &Value, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                    let pointer = target.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{target}");
                }
                members.values().for_each(|member| check_references(document, member));
            }
            Value::Array(items) => items.iter().for_each(|item| check_references(document, item)),
            _ => {}
        }
    }

    #[tokio::test]
    async fn what_is_gone_says_where_it_went() {
        let problem = gone().await;
        assert_eq!((problem.status.as_u16(), problem.code), (410, "API_V1_REMOVED"));
        assert!(problem.body().contains("\"eligibility\":\"GET /lottery/eligibility"));
    }
}
