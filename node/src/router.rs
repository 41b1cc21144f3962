//! The whole API on one page, grouped by who calls.
//!
//! What happens around every handler (ids, limits, bodies, unknown routes) is in
//! [`crate::middleware`], which is put around this router.

use axum::Router;
use axum::routing::{any, get, post};
use protocol::api::path;

use crate::app::AppState;
use crate::handlers::{
    admin_transfer, attest, chain, enroll, headers, health, lottery, miners, network, owner,
    pending, rewards, transactions, transfer, wallet,
};

/// All routes.
pub fn router(state: AppState) -> Router {
    Router::new()
        .merge(operators())
        .merge(wallets())
        .merge(attesting_miners())
        .merge(explorers())
        .merge(verifiers())
        .merge(admins())
        .with_state(state)
}

/// Load balancers, monitoring, people on call.
fn operators() -> Router<AppState> {
    Router::new()
        .route(path::HEALTH, get(health::health))
        .route(path::READY, get(health::ready))
        .route(path::METRICS, get(health::metrics))
        .route(path::API_METRICS, get(health::metrics))
        .route(path::METRICS_MAC, get(health::metrics_mac))
        .route(path::OPS_READINESS, get(health::ops_readiness))
        .route(path::OPENAPI, get(network::openapi))
}

/// People with money, and their programs.
fn wallets() -> Router<AppState> {
    Router::new()
        .route(path::WALLET_BALANCE, get(wallet::balance))
        .route(path::API_WALLET, get(wallet::api_wallet))
        .route(path::BALANCE, get(wallet::plain_balance))
        .route(path::WALLET_HISTORY, get(wallet::history))
        .route(path::WALLET_TX, get(wallet::tx_status))
        .route(path::TRANSFER_SIGNED, post(transfer::submit))
        .route(path::WALLET_CLAIM, post(owner::claim))
        .route(path::WALLET_RELEASE, post(owner::release))
        // Public for one wallet, for admins without.
        .route(path::PENDING_LIST, get(pending::list))
}

/// Machines that attest.
fn attesting_miners() -> Router<AppState> {
    Router::new()
        .route(path::ATTEST_CHALLENGE, post(attest::challenge))
        .route(path::ATTEST_SUBMIT, post(attest::submit))
        .route(path::EPOCH_ENROLL, post(enroll::enroll))
        .route(path::LOTTERY_ELIGIBILITY, get(lottery::eligibility))
        .route(path::HEADERS_INGEST, post(headers::ingest))
        .route(path::HEADERS_TIP, get(headers::tip))
        .route(path::MINE_V1, any(network::gone))
        .route(path::MINE_V1_COMPAT, any(network::gone))
}

/// People who look at the network.
fn explorers() -> Router<AppState> {
    Router::new()
        .route(path::EPOCH, get(network::epoch))
        .route(path::STATS, get(network::stats))
        .route(path::NETWORK_INFO, get(network::network_info))
        .route(path::NODES, get(network::nodes))
        .route(path::FEE_POOL, get(network::fee_pool))
        .route(path::ANCHOR_LIST, get(network::anchor_list))
        .route(path::ANCHORS, get(network::anchors))
        .route(path::PROPOSER_DUTY_CALENDAR, get(lottery::proposer_duty_calendar))
        .route(path::MINERS, get(miners::miners))
        .route(path::MINER_STREAK, get(miners::streak))
        .route(path::MINER_DASHBOARD, get(miners::dashboard))
        .route(path::BADGE, get(miners::badge))
        .route(path::ATTESTATION_POOL, get(miners::attestation_pool))
        .route(path::REWARDS_EPOCH, get(rewards::epoch))
        .route(path::TRANSACTIONS, get(transactions::transactions))
        .route(path::BLOCKS, get(chain::blocks))
        .route(path::STATE_DIFF, get(chain::state_diff))
}

/// Those who believe nothing that they cannot check.
fn verifiers() -> Router<AppState> {
    Router::new()
        .route(path::CHAIN_HEADER, get(chain::header))
        .route(path::PROOF_TX, get(chain::prove_transfer))
        .route(path::PROOF_ACCOUNT, get(chain::prove_account))
}

/// Holders of admin keys. Every call is put on record.
fn admins() -> Router<AppState> {
    Router::new()
        .route(path::TRANSFER_ADMIN, post(admin_transfer::submit))
        .route(path::WALLET_LEDGER, get(wallet::ledger))
        .route(path::BALANCES_ALL, get(wallet::all_balances))
        .route(path::API_BALANCES, get(wallet::balances))
        .route(path::PENDING_VOID, post(pending::void))
        .route(path::PENDING_CONFIRM, post(pending::confirm))
        .route(path::PENDING_INTEGRITY, get(pending::integrity))
        .route(path::REWARDS_SETTLE, post(rewards::settle))
        .route(path::MINER_HEADER_KEY, post(headers::header_key))
        .route(path::MINER_ATTESTATIONS, get(miners::attestations))
        .route(path::GENESIS_EXPORT, get(chain::genesis))
}
