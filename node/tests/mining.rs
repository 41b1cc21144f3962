//! A miner's day on a whole node without sockets: challenge, attestation, enrolment, turn, header.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use protocol::hex;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use ed25519_dalek::SigningKey;
use http_body_util::BodyExt as _;
use ledger::genesis::Network;
use ledger::ledger::Ledger;
use ledger::store::Founding;
use ledger::store::memory::MemoryStore;
use node::admin_keys::AdminKeys;
use node::app::{App, AppState};
use node::audit::AuditLog;
use node::books::ChainTip;
use node::challenges::Challenges;
use node::client_address::TrustedProxies;
use node::clock::NodeClock;
use node::kept_pages::KeptPages;
use node::key_cache::KeyCache;
use node::metrics::Metrics;
use node::middleware::{DEFAULT_BODY_MEMORY_BYTES, Edge, EdgeSettings, EdgedRouter};
use node::node_key::NodeKey;
use node::rate_limit::{RateLimitSettings, RateLimits};
use node::readers::Readers;
use node::rotation::Rotation;
use node::router::router;
use node::sequencer::Sequencer;
use node::sequencer::local::{LocalSequencer, Surroundings};
use node::slot_headers::SlotHeaders;
use node::vitals::Vitals;
use parking_lot::Mutex;
use protocol::block::ValidatorSet;
use protocol::canonical_json::to_canonical;
use protocol::encoding::Encode as _;
use protocol::json::Json;
use protocol::keys::{PublicKey, Signer as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use vitals::TIP_AGE_LIMIT_SLOTS;
use zeroize::Zeroizing;

/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// A node of the dev network.
struct Node {
    router: EdgedRouter,
    app: AppState,
    sequencer: Arc<LocalSequencer>,
    _folder: TempDir,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.sequencer.stop();
    }
}

/// A node with long slots, so that none ends under a test.
fn start() -> Node {
    start_with_slots_of(4_000_000_000)
}

fn start_with_slots_of(seconds: u64) -> Node {
    let folder = tempfile::tempdir().unwrap();
    let key = NodeKey::create(&folder.path().join("node.key")).unwrap();
    let validators = ValidatorSet { primary: key.public_key(), standbys: Vec::new() };
    let genesis = Network::Dev.genesis_text();
    let genesis = genesis.replace("slot_seconds = 2", &format!("slot_seconds = {seconds}"));
    let founding = Founding { genesis, openings: Vec::new(), validators: validators.encoded() };
    let clock = NodeClock::start();
    let store = MemoryStore::found(founding).open();
    let ledger = Ledger::found(store, clock.now(), Box::new(key.share())).unwrap();
    let tip = ChainTip::of(ledger.reads.seal(0).unwrap().unwrap());
    let (vitals, metrics) = (Arc::new(Vitals::new()), Arc::new(Metrics::default()));
    let rotation = Arc::new(Rotation::default());
    let surroundings = Surroundings {
        clock,
        vitals: Arc::clone(&vitals),
        metrics: Arc::clone(&metrics),
        rotation: Arc::clone(&rotation),
        signer: Box::new(key),
        clock_confirmed: true,
    };
    let (sequencer, books, _fatal) = LocalSequencer::start(ledger, tip, surroundings).unwrap();
    let sequencer = Arc::new(sequencer);
    let local = folder.path().join("node-local.db");
    let limits = Arc::new(RateLimits::new(&RateLimitSettings::default(), Instant::now()));
    let app = Arc::new(App {
        books,
        readers: Readers::start().unwrap(),
        sequencer: Arc::clone(&sequencer) as Arc<dyn Sequencer>,
        clock,
        challenges: Challenges::new(Zeroizing::new([7; 32])),
        keys: KeyCache::default(),
        vitals,
        metrics,
        limits: Arc::clone(&limits),
        admin_keys: Arc::new(Mutex::new(AdminKeys::open(&local).unwrap())),
        audit: Arc::new(Mutex::new(AuditLog::open(&local).unwrap())),
        slot_headers: Arc::new(Mutex::new(SlotHeaders::open(&local).unwrap())),
        rotation,
        miner_pages: KeptPages::default(),
        block_pages: KeptPages::default(),
    });
    let edge = Edge::new(EdgeSettings {
        trusted_proxies: TrustedProxies::default(),
        rate_limits: limits,
        max_body_memory_bytes: DEFAULT_BODY_MEMORY_BYTES,
    });
    Node { router: edge.unwrap().around(router(app.clone())), app, sequencer, _folder: folder }
}

impl Node {
    async fn call(&self, method: &str, path: &str, body: String) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path).body(Body::from(body)).unwrap();
        let peer = "127.0.0.1:4711".parse().unwrap();
        let response = self.router.answer(request, peer, Instant::now()).await;
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.call("GET", path, String::new()).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, answer) = self.call("POST", path, body.to_string()).await;
        (status.as_u16(), answer)
    }

    /// A refusal: its status and code.
    async fn refused(&self, path: &str, body: &Value) -> (u16, String) {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(answer["ok"], json!(false), "{answer}");
        (status, answer["code"].as_str().unwrap_or_default().to_owned())
    }
}

struct Miner {
    key: SigningKey,
    name: String,
    serial: &'static str,
}

impl Miner {
    fn new(seed: u8, serial: &'static str) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let name = PublicKey::from_bytes(key.verifying_key().to_bytes()).address().to_string();
        Self { key, name, serial }
    }

    fn key_hex(&self) -> String {
        hex::encode(self.key.verifying_key().to_bytes())
    }

    fn sign(&self, message: &[u8]) -> String {
        hex::encode(ed25519_dalek::Signer::sign(&self.key, message).to_bytes())
    }

    async fn challenge(&self, node: &Node) -> String {
        let (status, answer) = node.post("/attest/challenge", &json!({"miner": self.name})).await;
        assert_eq!((status, &answer["bound_miner"]), (200, &json!(self.name)));
        answer["nonce"].as_str().unwrap().to_owned()
    }

    fn attestation(&self, nonce: &str) -> Value {
        let mut body = json!({
            "miner": self.name,
            "miner_id": "g4-host",
            "nonce": nonce,
            "device": {"family": "PowerPC", "arch": "G4", "cpu": "PowerPC G4 7447A",
                       "machine": "ppc", "serial": self.serial, "cores": 1},
            "signals": {"macs": ["00:0d:93:aa:bb:cc"], "hostname": "host",
                        "board_uuid": self.serial, "disks": [self.serial]},
            "fingerprint": {"checks": {
                "anti_emulation": {"passed": true, "data": {"vm_indicators": []}},
                "clock_drift": {"passed": true, "data": {"cv": 0.05, "samples": 200}},
                "simd_identity": {"passed": true, "data": {"has_altivec": true}},
            }},
        });
        let text = body.to_string();
        let message = to_canonical(&Json::parse(text.as_bytes()).unwrap()).unwrap();
        let signed = [("signature", self.sign(message.as_bytes())), ("public_key", self.key_hex())];
        for (member, value) in signed {
            body[member] = json!(value);
        }
        body["signature_type"] = json!("ed25519");
        body
    }

    async fn attest(&self, node: &Node) -> Value {
        let nonce = self.challenge(node).await;
        let (status, answer) = node.post("/attest/submit", &self.attestation(&nonce)).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    fn enrolment(&self, pubkey: &str, epoch: u64) -> Value {
        let message = format!("{pubkey}|host|{epoch}");
        json!({"miner_pubkey": pubkey, "miner_id": "host", "public_key": self.key_hex(),
               "signature": self.sign(message.as_bytes())})
    }

    fn header(&self, slot: u64) -> Value {
        let text = format!("slot:{slot}:miner:{}:ts:5", self.name);
        json!({"miner_id": self.name, "message": hex::encode(&text),
               "header": {"slot": slot, "miner": self.name, "timestamp": 5},
               "signature": self.sign(text.as_bytes())})
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attestation_enrols_and_says_what_it_is_worth() {
    let node = start();
    let miner = Miner::new(1, "G4-SERIAL-0001");
    let answer = miner.attest(&node).await;
    let epoch = node.get("/epoch").await;
    assert_eq!(answer["epoch"], epoch["epoch"]);
    assert_eq!(epoch["enrolled_miners"], json!(1));
    for (member, expected) in [
        ("ok", json!(true)),
        ("success", json!(true)),
        ("status", json!("accepted")),
        ("enrolled", json!(true)),
        ("fingerprint_passed", json!(true)),
        ("virtual_machine", json!(false)),
        ("multiplier", json!(2.5)),
        ("multiplier_millionths", json!(2_500_000)),
        ("weight", json!(2.5)),
        ("macs_recorded", json!(1)),
        ("notes", json!([])),
    ] {
        assert_eq!(answer[member], expected, "{member} in {answer}");
    }
    let page = node.get("/api/miners").await;
    assert_eq!(page["miners"][0]["hardware_type"], json!("PowerPC G4 (Vintage)"));
    assert_eq!(page["pagination"]["total_enrolled"], json!(1));
    let dashboard = node.get(&format!("/api/miner_dashboard/{}", miner.name)).await;
    assert_eq!(dashboard["attest_timeline_24h"][0]["count"], json!(1));
    assert_eq!(dashboard["total_earned_i64"], json!(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_is_good_once_for_one_miner_on_one_node() {
    let node = start();
    let (miner, other) = (Miner::new(1, "G4-SERIAL-0001"), Miner::new(2, "G4-SERIAL-0002"));
    let nonce = miner.challenge(&node).await;
    let refused = node.refused("/attest/submit", &other.attestation(&nonce)).await;
    assert_eq!(refused, (409, "CHALLENGE_INVALID".to_owned()));
    let (status, answer) = node.post("/attest/submit", &miner.attestation(&nonce)).await;
    assert_eq!(status, 200, "the owner can still use it: {answer}");
    let refused = node.refused("/attest/submit", &miner.attestation(&nonce)).await;
    assert_eq!(refused, (409, "NONCE_REPLAY".to_owned()));

    let foreign = Challenges::new(Zeroizing::new([8; 32]));
    let foreign = foreign.give(None, node.app.clock.now_seconds()).unwrap().to_string();
    let refused = node.refused("/attest/submit", &miner.attestation(&foreign)).await;
    assert_eq!(refused, (409, "CHALLENGE_INVALID".to_owned()));
    let long_ago = protocol::time::UnixSeconds(node.app.clock.now_seconds().0 - 301);
    let expired = node.app.challenges.give(None, long_ago).unwrap().to_string();
    let refused = node.refused("/attest/submit", &miner.attestation(&expired)).await;
    assert_eq!(refused, (409, "CHALLENGE_INVALID".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_machine_serves_one_wallet_and_the_refusal_names_nobody() {
    let node = start();
    let (owner, rival) = (Miner::new(1, "G4-SERIAL-0001"), Miner::new(2, "G4-SERIAL-0001"));
    owner.attest(&node).await;
    let nonce = rival.challenge(&node).await;
    let (status, answer) = node.post("/attest/submit", &rival.attestation(&nonce)).await;
    assert_eq!((status, &answer["code"]), (409, &json!("HARDWARE_ALREADY_BOUND")));
    assert!(!answer.to_string().contains(&owner.name), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_or_not_signed_is_refused() {
    let node = start();
    let miner = Miner::new(1, "G4-SERIAL-0001");
    let nonce = miner.challenge(&node).await;
    let mut changed = miner.attestation(&nonce);
    changed["device"]["arch"] = json!("G5");
    let refused = node.refused("/attest/submit", &changed).await;
    assert_eq!(refused, (400, "INVALID_SIGNATURE".to_owned()));
    let mut unsigned = miner.attestation(&nonce);
    unsigned["signature"] = Value::Null;
    unsigned["public_key"] = Value::Null;
    let refused = node.refused("/attest/submit", &unsigned).await;
    assert_eq!(refused, (400, "MISSING_SIGNATURE".to_owned()));
    let metrics = &node.app.metrics;
    assert_eq!((metrics.bad_signatures.get(), metrics.attestations_refused.get()), (1, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_enrolment_is_reported_to_the_key_that_attested() {
    let node = start();
    let named = Miner { name: "x86_64_abcRTC".to_owned(), ..Miner::new(1, "G4-SERIAL-0001") };
    let epoch = node.get("/epoch").await["epoch"].as_u64().unwrap();
    let before = node.refused("/epoch/enroll", &named.enrolment(&named.name, epoch)).await;
    assert_eq!(before, (412, "ENROLLMENT_SIGNING_KEY_REQUIRED".to_owned()));
    named.attest(&node).await;
    for pubkey in [named.name.clone(), named.key_hex()] {
        let (status, answer) = node.post("/epoch/enroll", &named.enrolment(&pubkey, epoch)).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["miner_pk"], json!(named.name));
        assert_eq!((&answer["weight"], &answer["hw_weight"]), (&json!(2.5), &json!(2.5)));
    }
    let late = node.refused("/epoch/enroll", &named.enrolment(&named.name, epoch + 1)).await;
    assert_eq!(late, (400, "INVALID_ENROLLMENT_SIGNATURE".to_owned()));
    let thief = Miner::new(2, "").enrolment(&named.name, epoch);
    let refused = node.refused("/epoch/enroll", &thief).await;
    assert_eq!(refused, (400, "PUBKEY_MISMATCH".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_is_taken_in_its_turn() {
    let node = start();
    let miner = Miner::new(1, "G4-SERIAL-0001");
    let slot = node.get("/epoch").await["slot"].as_u64().unwrap();
    let nobody = node.refused("/headers/ingest_signed", &miner.header(slot)).await;
    assert_eq!(nobody, (403, "NO_PUBKEY_REGISTERED".to_owned()));
    miner.attest(&node).await;
    let turn = node.get(&format!("/lottery/eligibility?miner_id={}", miner.name)).await;
    assert_eq!((&turn["eligible"], &turn["slot"]), (&json!(true), &json!(slot)));
    for _again in 0..2 {
        let (status, answer) = node.post("/headers/ingest_signed", &miner.header(slot)).await;
        assert_eq!((status, &answer["slot"]), (200, &json!(slot)), "{answer}");
    }
    let far = node.refused("/headers/ingest_signed", &miner.header(slot + 11)).await;
    assert_eq!(far, (400, "SLOT_TOO_FAR_IN_FUTURE".to_owned()));
    let mut forged = miner.header(slot);
    forged["signature"] = json!("0".repeat(128));
    let forged = node.refused("/headers/ingest_signed", &forged).await;
    assert_eq!(forged, (400, "INVALID_SIGNATURE".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_shows_what_is_measured() {
    let node = start();
    assert_eq!(node.get("/health").await["ok"], json!(true));
    node.app.vitals.set_db_rw(false);
    let (status, answer) = node.call("GET", "/health", String::new()).await;
    assert_eq!((status.as_u16(), &answer["db_rw"]), (503, &json!(false)));
    assert_eq!(answer["reasons"], json!(["the database cannot be written"]));
    let (status, _answer) = node.call("GET", "/ops/readiness", String::new()).await;
    assert_eq!(status, 503);
    node.app.vitals.set_db_rw(true);
    node.app.vitals.set_backups_enabled(true);
    node.app.vitals.set_backup(protocol::time::UnixSeconds(1));
    let (status, answer) = node.call("GET", "/health", String::new()).await;
    assert_eq!((status.as_u16(), &answer["ok"]), (503, &json!(false)), "{answer}");
    node.app.vitals.set_backup(node.app.clock.now_seconds());
    assert_eq!(node.get("/health").await["ok"], json!(true));
}

/// Blocks end with their slots; where none does any more, the newest one grows old.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_shows_that_blocks_stand_still() {
    let node = start_with_slots_of(1);
    node.sequencer.stop();
    let since = Instant::now();
    let mut seen = Vec::new();
    let reasons = loop {
        let (status, answer) = node.call("GET", "/health", String::new()).await;
        let age = answer["tip_age_slots"].as_u64().unwrap();
        assert_eq!(status.as_u16() == 503, age >= TIP_AGE_LIMIT_SLOTS, "{answer}");
        seen.push(age);
        if status.as_u16() == 503 {
            break answer["reasons"].clone();
        }
        assert!(since.elapsed() < PATIENCE, "the newest block has not grown old: {seen:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(reasons[0].as_str().unwrap().contains("slots"), "{reasons}");
    assert!(seen.is_sorted(), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_described_get_is_answered_by_a_fresh_node() {
    let node = start();
    let document = node.get("/openapi.json").await;
    for (path, item) in document["paths"].as_object().unwrap() {
        if item.get("get").is_none() {
            continue;
        }
        let plain = path.replace("{id}", "x").replace("{epoch}", "0").replace("{height}", "x");
        let (status, answer) = node.call("GET", &plain, String::new()).await;
        assert!(status != 405, "{path} takes no GET");
        let described = item["get"]["responses"].get(status.as_str());
        // A node without admin keys says so, whatever it is asked.
        let keyless = answer["code"] == json!("ADMIN_KEY_UNSET");
        assert!(described.is_some() || keyless, "{path}: {status} is not described: {answer}");
    }
}
