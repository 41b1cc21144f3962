//! The client against a server that answers well, badly, late and not at all.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod stub;

use std::time::Duration;

use client::node_client::{AdminTransfer, Page};
use client::{ClientError, Delivery, Endpoint, NodeClient, Submission, Timeouts};
use protocol::api::transfer::TxState;
use protocol::keys::{PublicKey, Signature};
use protocol::money::Amount;
use protocol::transfer::{ChainId, SignedTransfer, Transfer, TransferForm};
use protocol::wallet_id::WalletId;
use stub::{Reply, Stub};

const HEALTH: &str = r#"{"backup_age_hours":0.5,"db_rw":true,"ok":true,"tip_age_slots":0,"uptime_s":7,"version":"0.1.0"}"#;

fn client_of(url: &str) -> NodeClient {
    NodeClient::new(Endpoint::parse(url).unwrap()).unwrap()
}

fn wallet(text: &str) -> WalletId {
    WalletId::parse(text).unwrap()
}

fn chain_id() -> ChainId {
    "rustchain-dev".parse().unwrap()
}

/// A transfer that looks signed; the stub does not mind.
fn transfer() -> SignedTransfer {
    let key = PublicKey::from_bytes([1; 32]);
    let transfer = Transfer {
        from: key.address(),
        to: WalletId::from_key_hash([7; 20]),
        amount: Amount::from_micro(12).unwrap(),
        nonce: 4,
        memo: String::new(),
    };
    let signature = Signature::from_bytes([2; 64]);
    SignedTransfer::unchecked(transfer, TransferForm::OURS, key, signature, &chain_id())
}

#[tokio::test]
async fn a_node_is_known_by_its_shape() {
    let stub = Stub::playing([
        Reply::ok(HEALTH),
        Reply::Json(503, HEALTH.replace("\"ok\":true", "\"ok\":false")),
    ])
    .await;
    let client = client_of(&stub.url);
    assert!(client.health().await.unwrap().ok);
    assert!(!client.health().await.unwrap().ok);
    assert_eq!(stub.requests()[0].line, "GET /health");
}

#[tokio::test]
async fn whatever_else_answers_is_no_node() {
    let page = Reply::Raw(200, "content-type: text/html\r\n", b"<!doctype html><title>Hi".to_vec());
    let elsewhere = Reply::Raw(302, "location: https://example.com/\r\n", vec![]);
    let replies = [page, elsewhere, Reply::ok("{}"), Reply::ok("[]"), Reply::ok("{\"ok\":true}")];
    let count = replies.len();
    let stub = Stub::playing(replies).await;
    let client = client_of(&stub.url);
    for _ in 0..count {
        let error = client.health().await.unwrap_err();
        assert!(matches!(error, ClientError::NotANode { .. }), "{error}");
        assert!(error.to_string().contains(&stub.url), "{error}");
    }
    assert_eq!(stub.requests().len(), count, "redirects are not followed");
}

#[tokio::test]
async fn nothing_is_sent_when_nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client_of(&url).submit_transfer(&transfer(), &chain_id()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    let text = error.to_string();
    assert!(text.contains(&url) && text.contains("refused"), "{text}");
}

#[tokio::test]
async fn the_outcome_is_open_when_the_answer_is_lost() {
    let replies = [
        Reply::HangUp,
        Reply::Silence,
        Reply::Raw(504, "", b"<h1>Gateway Time-out</h1>".to_vec()),
        Reply::Json(500, r#"{"code":"INTERNAL","error":"internal error","ok":false}"#.to_owned()),
        Reply::ok(r#"{"ok":true,"tx_hash":"00000000000000000000000000000000"}"#),
        Reply::ok("{}"),
    ];
    let count = replies.len();
    let stub = Stub::playing(replies).await;
    let timeouts = Timeouts { total: Duration::from_millis(200), ..Timeouts::default() };
    let endpoint = Endpoint::parse(&stub.url).unwrap().with_timeouts(timeouts);
    let client = NodeClient::new(endpoint).unwrap();
    for _ in 0..count {
        let error = client.submit_transfer(&transfer(), &chain_id()).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
    }
    assert_eq!(stub.requests().len(), count, "nothing is sent twice of its own accord");
}

#[tokio::test]
async fn a_refusal_says_why_and_until_when() {
    let stub = Stub::playing([
        Reply::Raw(
            429,
            "retry-after: 60\r\n",
            br#"{"code":"RATE_LIMITED","error":"rate_limited","message":"Wait.","ok":false}"#
                .to_vec(),
        ),
        Reply::Json(
            400,
            r#"{"available_rtc":84.75,"error":"Insufficient available balance"}"#.to_owned(),
        ),
    ])
    .await;
    let client = client_of(&stub.url);
    let error = client.submit_transfer(&transfer(), &chain_id()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
    assert_eq!(
        error.refusal().map(|no| (no.status, no.code.as_str())),
        Some((429, "RATE_LIMITED"))
    );
    assert!(error.is_temporary());
    let error = client.submit_transfer(&transfer(), &chain_id()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Refused);
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.code, "INSUFFICIENT_AVAILABLE_BALANCE");
    assert_eq!(refusal.details["available_rtc"], 84.75);
}

#[tokio::test]
async fn a_transfer_is_accepted_once_and_recognised_ever_after() {
    let id = transfer().tx_id().to_string();
    let stub = Stub::playing([
        Reply::ok(&format!(r#"{{"success":true,"phase":"confirmed","tx_id":"{id}"}}"#)),
        Reply::Json(
            400,
            format!(
                r#"{{"block_height":9,"code":"REPLAY_DETECTED","error":"replay","status":"confirmed","tx_id":"{id}"}}"#
            ),
        ),
        Reply::Json(400, r#"{"code":"REPLAY_DETECTED","error":"Nonce already used (replay attack detected)","nonce":"4"}"#.to_owned()),
    ])
    .await;
    let client = client_of(&stub.url);
    let accepted = client.submit_transfer(&transfer(), &chain_id()).await.unwrap();
    assert!(matches!(accepted, Submission::Accepted(reply) if reply.is_final()));
    let repeated = client.submit_transfer(&transfer(), &chain_id()).await.unwrap();
    assert!(matches!(repeated, Submission::Repeated(first) if first.block_height == Some(9)));
    // An existing node does not say which bytes used the nonce, so nothing is known.
    let error = client.submit_transfer(&transfer(), &chain_id()).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().code, "REPLAY_DETECTED");
    let sent = &stub.requests()[0];
    assert_eq!(sent.line, "POST /wallet/transfer/signed");
    assert!(sent.body.starts_with(r#"{"amount_rtc":1.2e-05,"chain_id":"rustchain-dev""#));
}

#[tokio::test]
async fn answers_are_bounded_and_about_what_was_asked() {
    let other = r#"{"amount_i64":1,"amount_rtc":1e-06,"miner_id":"mallory"}"#;
    let stub = Stub::playing([
        Reply::Raw(200, "", vec![b' '; 4 * 1024 * 1024 + 1]),
        Reply::ok(other),
        Reply::ok(&other.replace("mallory", "a:b")),
        Reply::ok("{\"a\":".repeat(100_000).as_str()),
    ])
    .await;
    let client = client_of(&stub.url);
    let error = client.balance(&wallet("a:b")).await.unwrap_err();
    assert!(matches!(error, ClientError::BadAnswer { .. }), "{error}");
    let error = client.balance(&wallet("a:b")).await.unwrap_err();
    assert!(matches!(error, ClientError::BadAnswer { .. }), "{error}");
    let balance = client.balance(&wallet("a:b")).await.unwrap();
    assert_eq!(balance.amount(), Amount::from_micro(1).ok());
    assert_eq!(stub.requests()[2].line, "GET /wallet/balance?miner_id=a%3Ab");
    assert!(client.balance(&wallet("a:b")).await.is_err());
}

#[tokio::test]
async fn missing_things_are_answers_where_the_wire_says_so() {
    let id = transfer().tx_id();
    let stub = Stub::playing([
        Reply::Json(404, format!(r#"{{"error":"transaction_not_found","ok":false,"status":"not_found","tx_hash":"{id}"}}"#)),
        Reply::Json(404, r#"{"code":"NOT_FOUND","error":"no such route","ok":false}"#.to_owned()),
        Reply::Json(404, r#"{"miner":null,"slot":null,"tip_age":null}"#.to_owned()),
        Reply::ok("[]"),
        Reply::Raw(200, "content-type: text/plain\r\n", b"rustchain_current_epoch 3\n".to_vec()),
    ])
    .await;
    let client = client_of(&stub.url);
    assert_eq!(client.transaction(id).await.unwrap().status, TxState::NotFound);
    let error = client.transaction(id).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().code, "NOT_FOUND");
    assert_eq!(client.headers_tip().await.unwrap().slot, None);
    assert!(client.miners(Page::first(10)).await.unwrap().miners.is_empty());
    assert_eq!(client.metrics().await.unwrap(), "rustchain_current_epoch 3\n");
    assert_eq!(stub.requests()[3].line, "GET /api/miners?limit=10&offset=0");
}

#[tokio::test]
async fn the_admin_key_travels_in_headers_to_admin_paths_only() {
    let stub = Stub::playing([
        Reply::ok(HEALTH),
        Reply::Json(401, r#"{"ok":false,"reason":"admin_required"}"#.to_owned()),
    ])
    .await;
    let client = client_of(&stub.url).with_admin_key("s3cret-key").unwrap();
    client.health().await.unwrap();
    let transfer = AdminTransfer {
        from: wallet("founder_dev_fund"),
        to: wallet("bob"),
        amount: Amount::from_micro(2_000_000).unwrap(),
        reason: "grant".to_owned(),
        idempotency_key: Some("k1".to_owned()),
    };
    let error = client.admin_transfer(&transfer).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().code, "ADMIN_REQUIRED");
    let requests = stub.requests();
    assert!(!requests[0].head.contains("s3cret"));
    assert!(requests[1].head.contains("x-admin-key: s3cret-key"));
    assert_eq!(requests[1].line, "POST /wallet/transfer");
    assert!(requests[1].body.contains(r#""amount_rtc":"2.0""#), "{}", requests[1].body);
    assert!(!format!("{client:?}").contains("s3cret"));
    assert!(client.with_admin_key("a\nb").is_err());
}
