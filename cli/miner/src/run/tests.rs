//! The driver against a server that plays a node, ours or an existing one.

#[path = "../../../../client/tests/against_a_stub/stub.rs"]
#[expect(dead_code, reason = "the stub can do more than is needed here")]
mod stub;

use std::time::SystemTime;

use client::Endpoint;
use client::backoff::Backoff;
use protocol::attestation::SignedAttestation;
use protocol::enrolment::EnrolmentRequest;
use protocol::wallet_id::WalletId;
use serde_json::json;

use self::stub::{Reply, Request, Stub};
use super::test_key::TestKey;
use super::*;
use crate::session::Rounds;

const CHALLENGE: &str = r#"{"bound_miner":null,"expires_at":1300,"nonce":"bf3e8ec0b7e4ba4f00bc50086555d61548b3dc23e5c7f625c40229db1f1f8415","server_time":1000}"#;
const EPOCH: &str = r#"{"blocks_per_epoch":144,"enrolled_miners":0,"epoch":354,"epoch_pot":1.5,"slot":51041,"total_supply_rtc":8388608}"#;
const OURS: &str = r#"{"enrolled":true,"epoch":354,"fingerprint_passed":true,"multiplier":2.5,"ok":true,"reasons":["PowerPC G4"],"success":true}"#;
const THEIRS: &str =
    r#"{"fingerprint_passed":true,"ok":true,"status":"accepted","ticket_id":"ticket_0"}"#;
const ENROLLED: &str = r#"{"epoch":354,"ok":true,"weight":0.8}"#;

/// A machine that is measured in no time.
struct Paper;

impl Evidence for Paper {
    fn measure(&self) -> Result<Value, EvidenceError> {
        Ok(json!({
            "device": { "family": "PowerPC", "arch": "G4", "cores": 1 },
            "signals": { "macs": [], "hostname": "g4" },
            "fingerprint": { "all_passed": true, "checks": { "clock_drift": true } },
            "derived": { "variance_ns": 1.5 },
        }))
    }
}

fn clock() -> UnixMillis {
    UnixMillis(1_795_332_120_000)
}

fn pace(rounds: Rounds) -> Pace {
    let backoff = Backoff { unit: Duration::from_micros(10), ..Backoff::default() };
    Pace { interval: Duration::from_millis(1), backoff, rounds }
}

/// Runs a miner against the stub; gives back how it ended and what it told.
async fn mine(stub: &Stub, rounds: Rounds) -> (Result<Summary, Failure>, Vec<Progress>) {
    let key = TestKey::new(3);
    let client = NodeClient::new(Endpoint::parse(&stub.url).unwrap()).unwrap();
    let miner = Miner {
        client: &client,
        signer: &key,
        evidence: Arc::new(Paper),
        name: key.public_key().address(),
        clock: &clock,
    };
    let mut told = Vec::new();
    let ended = miner.run(pace(rounds), 7, &mut |progress| told.push(progress)).await;
    (ended, told)
}

fn paths(stub: &Stub) -> Vec<String> {
    stub.requests().into_iter().map(|request| request.line).collect()
}

#[tokio::test]
async fn attests_to_our_node() {
    let stub = Stub::playing([Reply::ok(CHALLENGE), Reply::ok(OURS)]).await;
    let (ended, told) = mine(&stub, Rounds::Once).await;
    let summary = ended.unwrap();
    assert!(summary.accepted && summary.enrolled && summary.fingerprint_passed);
    assert_eq!((summary.multiplier, summary.epoch), (Some(2.5), Some(354)));
    assert_eq!(summary.reasons, ["PowerPC G4"]);
    assert!(matches!(told[..], [Progress::Challenged, Progress::Measured, Progress::Accepted(_)]));
    assert_eq!(paths(&stub), ["POST /attest/challenge", "POST /attest/submit"]);
    let body = stub.requests()[1].body.clone();
    SignedAttestation::parse_and_verify(body.as_bytes()).unwrap();
}

#[tokio::test]
async fn attests_to_an_existing_node_and_enrols() {
    let replies = [CHALLENGE, THEIRS, EPOCH, ENROLLED].map(Reply::ok);
    let stub = Stub::playing(replies).await;
    let summary = mine(&stub, Rounds::Once).await.0.unwrap();
    assert!(summary.accepted && summary.enrolled);
    assert_eq!((summary.multiplier, summary.epoch), (Some(0.8), Some(354)));
    let request = EnrolmentRequest::parse(stub.requests()[3].body.as_bytes()).unwrap();
    assert!(request.verify(EpochId(354), &TestKey::new(3).public_key()).is_ok());
}

#[tokio::test]
async fn a_busy_node_is_asked_again_from_the_beginning() {
    let busy = Reply::Json(503, r#"{"code":"QUEUE_FULL","error":"busy","ok":false}"#.to_owned());
    let replies =
        [Reply::ok(CHALLENGE), busy, Reply::HangUp, Reply::ok(CHALLENGE), Reply::ok(OURS)];
    let stub = Stub::playing(replies).await;
    let (ended, told) = mine(&stub, Rounds::Once).await;
    assert!(ended.unwrap().accepted);
    let retries = told
        .iter()
        .filter(|progress| matches!(progress, Progress::Trouble(Trouble::Retrying { .. })));
    assert_eq!(retries.count(), 2);
}

#[tokio::test]
async fn a_no_ends_a_single_round_with_the_servers_code() {
    let bound = r#"{"code":"HARDWARE_ALREADY_BOUND","error":"hardware_already_bound","message":"This machine is bound to another wallet.","ok":false}"#;
    let stub = Stub::playing([Reply::ok(CHALLENGE), Reply::Json(409, bound.to_owned())]).await;
    let failure = mine(&stub, Rounds::Once).await.0.unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("HARDWARE_ALREADY_BOUND"));
    assert!(failure.message.contains("This machine is bound"), "{}", failure.message);
    assert_eq!(stub.requests().len(), 2, "not hammered");
}

#[tokio::test]
async fn a_failed_enrolment_leaves_the_attestation_accepted() {
    let refused = r#"{"error":"mac_churn","limit":3,"unique_24h":5}"#;
    let stub = Stub::playing([
        Reply::ok(CHALLENGE),
        Reply::ok(THEIRS),
        Reply::ok(EPOCH),
        Reply::Json(412, refused.to_owned()),
    ])
    .await;
    let summary = mine(&stub, Rounds::Once).await.0.unwrap();
    assert!(summary.accepted && !summary.enrolled);
    assert!(summary.reasons[0].contains("mac_churn"), "{:?}", summary.reasons);
}

#[tokio::test]
async fn rounds_follow_each_other_until_it_makes_no_sense() {
    let mut accepted = 0;
    let stub = Stub::answering(move |request: &Request| {
        if request.line.ends_with("challenge") {
            return Reply::ok(CHALLENGE);
        }
        accepted += 1;
        if accepted < 4 { Reply::ok(OURS) } else { Reply::Silence }
    })
    .await;
    let key = TestKey::new(3);
    let client = NodeClient::new(Endpoint::parse(&stub.url).unwrap()).unwrap();
    let wall = || {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
        UnixMillis(u64::try_from(now.as_millis()).unwrap())
    };
    let miner = Miner {
        client: &client,
        signer: &key,
        evidence: Arc::new(Paper),
        name: WalletId::parse("dual-g4-125").unwrap(),
        clock: &wall,
    };
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let mut tell = move |progress| sender.send(progress).unwrap();
    let mut seen = 0;
    tokio::select! {
        ended = miner.run(pace(Rounds::Forever), 7, &mut tell) => panic!("ended: {ended:?}"),
        () = async {
            while seen < 3 {
                if let Some(Progress::Accepted(_)) = receiver.recv().await {
                    seen += 1;
                }
            }
        } => {}
    }
    assert_eq!(seen, 3);
}

#[tokio::test]
async fn an_address_of_another_key_is_not_attested() {
    let stub = Stub::playing([]).await;
    let key = TestKey::new(3);
    let client = NodeClient::new(Endpoint::parse(&stub.url).unwrap()).unwrap();
    let name = TestKey::new(4).public_key().address();
    let evidence = Arc::new(Paper);
    let miner = Miner { client: &client, signer: &key, evidence, name, clock: &clock };
    let failure = miner.run(pace(Rounds::Once), 7, &mut |_| {}).await.unwrap_err();
    assert!(failure.message.contains("another key"), "{}", failure.message);
    assert!(stub.requests().is_empty());
}
