//! Every path of the API, once, in the router's syntax: `{name}` stands for one segment.
//!
//! Most are those of the existing network (wire section 8); the last group is ours.

use std::fmt::Write as _;

/// How the node is.
pub const HEALTH: &str = "/health";
/// Whether the node takes requests.
pub const READY: &str = "/ready";
/// Figures for Prometheus.
pub const METRICS: &str = "/metrics";
/// The same as [`METRICS`].
pub const API_METRICS: &str = "/api/metrics";
/// Figures about network interfaces of miners, for Prometheus.
pub const METRICS_MAC: &str = "/metrics_mac";
/// A short answer for load balancers; with an admin key, what was checked.
pub const OPS_READINESS: &str = "/ops/readiness";

/// The running epoch.
pub const EPOCH: &str = "/epoch";
/// Figures about the network.
pub const STATS: &str = "/api/stats";
/// Which network this is.
pub const NETWORK_INFO: &str = "/network/info";
/// The nodes of the network.
pub const NODES: &str = "/api/nodes";
/// Who proposes when.
pub const PROPOSER_DUTY_CALENDAR: &str = "/epoch/proposer-duty-calendar";
/// Anchors in other chains.
pub const ANCHOR_LIST: &str = "/anchor/list";
/// Leads to [`ANCHOR_LIST`].
pub const ANCHORS: &str = "/anchors";

/// Gives a challenge.
pub const ATTEST_CHALLENGE: &str = "/attest/challenge";
/// Takes an attestation.
pub const ATTEST_SUBMIT: &str = "/attest/submit";
/// Enrols a miner in the running epoch.
pub const EPOCH_ENROLL: &str = "/epoch/enroll";
/// Whose turn it is to produce a header.
pub const LOTTERY_ELIGIBILITY: &str = "/lottery/eligibility";
/// Takes a header from a miner.
pub const HEADERS_INGEST: &str = "/headers/ingest_signed";
/// The newest header.
pub const HEADERS_TIP: &str = "/headers/tip";
/// Registers or revokes the key a miner signs headers with. Admin.
pub const MINER_HEADER_KEY: &str = "/miner/headerkey";

/// The miners that attested of late.
pub const MINERS: &str = "/api/miners";
/// How often a miner attested in a row.
pub const MINER_STREAK: &str = "/api/miner/{id}/streak";
/// What is known of a miner, for its owner.
pub const MINER_DASHBOARD: &str = "/api/miner_dashboard/{id}";
/// A miner's attestations. Admin.
pub const MINER_ATTESTATIONS: &str = "/api/miner/{id}/attestations";
/// A badge for a web page.
pub const BADGE: &str = "/api/badge/{id}";
/// How many attest, and with what.
pub const ATTESTATION_POOL: &str = "/api/attestation-pool";

/// What a wallet holds, asked by `miner_id` or `address`.
pub const WALLET_BALANCE: &str = "/wallet/balance";
/// What a wallet holds.
pub const API_WALLET: &str = "/api/wallet/{id}";
/// What a wallet holds, in an older shape.
pub const BALANCE: &str = "/balance/{id}";
/// What went in and out of a wallet.
pub const WALLET_HISTORY: &str = "/wallet/history";
/// What became of a transfer.
pub const WALLET_TX: &str = "/wallet/tx/{id}";
/// Takes a signed transfer.
pub const TRANSFER_SIGNED: &str = "/wallet/transfer/signed";
/// Moves money out of a founders' wallet. Admin.
pub const TRANSFER_ADMIN: &str = "/wallet/transfer";
/// The rows that a balance is the sum of. Admin.
pub const WALLET_LEDGER: &str = "/wallet/ledger";
/// All balances. Admin.
pub const BALANCES_ALL: &str = "/wallet/balances/all";
/// All balances, paged. Admin.
pub const API_BALANCES: &str = "/api/balances";
/// The newest transfers of all wallets.
pub const TRANSACTIONS: &str = "/api/transactions";
/// What was charged as fees.
pub const FEE_POOL: &str = "/api/fee_pool";

/// Transfers that are not final yet.
pub const PENDING_LIST: &str = "/pending/list";
/// Voids a transfer that is not final yet. Admin.
pub const PENDING_VOID: &str = "/pending/void";
/// Confirms transfers that are due. Admin.
pub const PENDING_CONFIRM: &str = "/pending/confirm";
/// Whether balances are the sums of their rows. Admin.
pub const PENDING_INTEGRITY: &str = "/pending/integrity";

/// Settles an epoch that is due. Admin.
pub const REWARDS_SETTLE: &str = "/rewards/settle";
/// What an epoch paid.
pub const REWARDS_EPOCH: &str = "/rewards/epoch/{epoch}";

/// The newest blocks.
pub const BLOCKS: &str = "/api/blocks";
/// What changed between two blocks.
pub const STATE_DIFF: &str = "/api/state/diff";
/// The genesis file. Admin.
pub const GENESIS_EXPORT: &str = "/genesis/export";
/// A version of the API that is gone.
pub const MINE_V1: &str = "/api/mine";
/// A version of the API that is gone.
pub const MINE_V1_COMPAT: &str = "/compat/v1/api/mine";

/// The description of this API. Also an existing path.
pub const OPENAPI: &str = "/openapi.json";
/// A header, with what vouches for it. Ours.
pub const CHAIN_HEADER: &str = "/chain/header/{height}";
/// A proof that a transfer is in the chain. Ours.
pub const PROOF_TX: &str = "/proof/tx/{id}";
/// A proof of what a wallet holds. Ours.
pub const PROOF_ACCOUNT: &str = "/proof/account/{id}";
/// Claims what a name has earned. Ours.
pub const WALLET_CLAIM: &str = "/wallet/claim";
/// Releases the machine that a name is bound to. Ours.
pub const WALLET_RELEASE: &str = "/wallet/release";

/// All of them.
pub const ALL: [&str; 55] = [
    HEALTH,
    READY,
    METRICS,
    API_METRICS,
    METRICS_MAC,
    OPS_READINESS,
    EPOCH,
    STATS,
    NETWORK_INFO,
    NODES,
    PROPOSER_DUTY_CALENDAR,
    ANCHOR_LIST,
    ANCHORS,
    ATTEST_CHALLENGE,
    ATTEST_SUBMIT,
    EPOCH_ENROLL,
    LOTTERY_ELIGIBILITY,
    HEADERS_INGEST,
    HEADERS_TIP,
    MINER_HEADER_KEY,
    MINERS,
    MINER_STREAK,
    MINER_DASHBOARD,
    MINER_ATTESTATIONS,
    BADGE,
    ATTESTATION_POOL,
    WALLET_BALANCE,
    API_WALLET,
    BALANCE,
    WALLET_HISTORY,
    WALLET_TX,
    TRANSFER_SIGNED,
    TRANSFER_ADMIN,
    WALLET_LEDGER,
    BALANCES_ALL,
    API_BALANCES,
    TRANSACTIONS,
    FEE_POOL,
    PENDING_LIST,
    PENDING_VOID,
    PENDING_CONFIRM,
    PENDING_INTEGRITY,
    REWARDS_SETTLE,
    REWARDS_EPOCH,
    BLOCKS,
    STATE_DIFF,
    GENESIS_EXPORT,
    MINE_V1,
    MINE_V1_COMPAT,
    OPENAPI,
    CHAIN_HEADER,
    PROOF_TX,
    PROOF_ACCOUNT,
    WALLET_CLAIM,
    WALLET_RELEASE,
];

/// The path of the API that a request's path is one of, `{name}` and all.
pub fn template_of(path: &str) -> Option<&'static str> {
    ALL.into_iter().find(|template| is_one_of(path, template))
}

fn is_one_of(path: &str, template: &str) -> bool {
    let (mut segments, mut wanted) = (path.split('/'), template.split('/'));
    loop {
        match (segments.next(), wanted.next()) {
            (None, None) => return true,
            (Some(segment), Some(wanted)) if segment == wanted => {}
            (Some(segment), Some(wanted)) if wanted.starts_with('{') && !segment.is_empty() => {}
            _ => return false,
        }
    }
}

/// Puts `values` in the place of the `{names}` of a path, in order, percent-encoded.
///
/// A missing value leaves its segment empty. The values `.` and `..` cannot be asked for in a
/// path: every reader of URLs takes them for steps.
pub fn fill(template: &str, values: &[&str]) -> String {
    let mut out = String::with_capacity(template.len().saturating_add(64));
    let mut values = values.iter();
    for segment in template.split('/').skip(1) {
        out.push('/');
        if segment.starts_with('{') {
            push_encoded(&mut out, values.next().copied().unwrap_or_default());
        } else {
            out.push_str(segment);
        }
    }
    out
}

/// Appends a query string to a path, percent-encoded.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    for (index, (key, value)) in pairs.iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        push_encoded(&mut out, key);
        out.push('=');
        push_encoded(&mut out, value);
    }
    out
}

/// Appends all but the unreserved characters of RFC 3986 as `%XX`.
fn push_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _infallible = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_into_their_segments() {
        assert_eq!(fill(API_WALLET, &["a:b"]), "/api/wallet/a%3Ab");
        assert_eq!(
            fill(MINER_STREAK, &["x/../y?z#é"]),
            "/api/miner/x%2F..%2Fy%3Fz%23%C3%A9/streak"
        );
        assert_eq!(fill(HEALTH, &[]), HEALTH);
        assert_eq!(fill(WALLET_TX, &[]), "/wallet/tx/");
    }

    #[test]
    fn a_path_is_told_by_its_template() {
        for template in ALL {
            assert_eq!(template_of(&fill(template, &["x%2F"])), Some(template));
        }
        for path in
            ["", "/", "/healthy", "/health/", "/wallet/tx/", "/wallet/tx/a/b", "wallet/tx/a"]
        {
            assert_eq!(template_of(path), None, "{path}");
        }
    }

    #[test]
    fn queries_are_encoded() {
        let query = [("miner_id", "a&b=c d"), ("limit", "5")];
        assert_eq!(
            with_query(WALLET_HISTORY, &query),
            "/wallet/history?miner_id=a%26b%3Dc%20d&limit=5"
        );
        assert_eq!(with_query(EPOCH, &[]), "/epoch");
    }
}
