//! What a request costs does not depend on how much there is: 100,000 miners and as many wallets
//! against ten.

use std::collections::BTreeMap;
use std::thread;

use ledger::command::{Command, JudgedAttestation};
use ledger::genesis::Genesis;
use ledger::import::{Opening, Openings};
use ledger::ledger::Ledger;
use protocol::attestation::SignedAttestation;
use protocol::challenge::Challenge;
use protocol::money::Amount;
use protocol::time::{UnixMillis, UnixSeconds};
use protocol::wallet_id::WalletId;

use crate::harness::books;
use crate::harness::genesis::GenesisFile;
use crate::harness::http::Http;
use crate::harness::machines::{Hardware, Machine, attested, challenge};
use crate::harness::node::TestNode;
use crate::harness::wallets::{RTC, Wallet};

const FEW: u64 = 10;
const MANY: u64 = 100_000;
/// Attestations of one group, half of them judged by each of two threads.
const GROUP: u64 = 5_000;
/// Requests of one kind to one node, in turns of [`TURN`].
const REQUESTS: usize = 800;
const TURN: usize = 50;

/// Empty blocks on top of those with attestations.
const NEWEST_BLOCKS: u64 = 20;

/// How much more a request may cost where there is ten thousand times as much.
const MOST: f64 = 2.0;
/// Ticks of 10 ms by which a measurement may be off.
const BLUR: f64 = 4.0;

/// The name of a miner.
fn name(number: u64) -> String {
    format!("miner-{number:06}")
}

/// The live network's rules and calendar, from an hour ago: no epoch ends during the test.
fn network() -> GenesisFile {
    GenesisFile::mainnet().with("genesis_time", books::now().0 / 1_000 - 3_600)
}

/// So many wallets of others with a balance, and one of ours.
fn openings(wallets: u64) -> Openings {
    let opening = |rtc: u64| Opening { balance: Amount::from_rtc(rtc).unwrap(), last_nonce: 0 };
    let other = |number: u64| {
        let mut hash = [0x5a; 20];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        (WalletId::from_key_hash(hash), opening(1))
    };
    let ours = (Wallet::number(0).address(), opening(10_000));
    Openings((0..wallets).map(other).chain([ours]).collect::<BTreeMap<_, _>>())
}

/// Attestations of numbered miners, judged as if their signatures had been checked.
fn judged(numbers: std::ops::Range<u64>, genesis: &Genesis, now: UnixMillis) -> Vec<Command> {
    let key = Wallet::number(1);
    let expiry = UnixSeconds(now.seconds().0 + 300);
    numbers
        .map(|number| {
            let mut random = [0; 12];
            random[..8].copy_from_slice(&number.to_be_bytes());
            let nonce = Challenge::new(random, expiry, None, |_| [0; 16]).to_string();
            let machine = Machine::new(Hardware::G4, number);
            let body = machine.with_blank_signature(&key, &name(number), &nonce);
            let signed = SignedAttestation::decode_trusted(body.as_bytes()).unwrap();
            Command::Attest(Box::new(JudgedAttestation::judge(&signed, genesis).unwrap()))
        })
        .collect()
}

/// Lets numbered miners attest.
fn load(ledger: &mut Ledger, miners: u64, now: UnixMillis) {
    let genesis = ledger.law.genesis.clone();
    let mut first = 0;
    while first < miners {
        let (middle, end) = (miners.min(first + GROUP / 2), miners.min(first + GROUP));
        let commands = thread::scope(|scope| {
            let half = scope.spawn(|| judged(first..middle, &genesis, now));
            let rest = judged(middle..end, &genesis, now);
            [half.join().unwrap(), rest].concat()
        });
        let outcomes = ledger.commit(now, &commands).unwrap();
        for outcome in outcomes {
            assert!(outcome.is_ok(), "{outcome:?}");
        }
        ledger.close_block().unwrap();
        first = end;
    }
    // A row of `/api/blocks` costs what its block holds: the newest ones hold nothing.
    for later in 1..=NEWEST_BLOCKS {
        ledger.tick(now.plus_millis(later)).unwrap();
    }
}

/// A node on whose books so many miners attested a moment ago, and as many wallets hold money.
fn node_with(miners: u64) -> TestNode {
    let (mut node, now) = (TestNode::nowhere(), books::now());
    let openings = openings(miners);
    let mut ledger = books::found(node.folder(), &network(), Some(&openings), now);
    load(&mut ledger, miners, now);
    drop(ledger);
    node.start();
    let listed = node.http().read("/api/miners?limit=1")["pagination"].clone();
    assert_eq!((&listed["total"], &listed["total_enrolled"]), (&miners.into(), &miners.into()));
    node
}

/// Lets both nodes do the same in turns; the processor time of each, in ticks of 10 ms.
fn ticks(nodes: [&TestNode; 2], mut act: impl FnMut(usize, &mut Http)) -> [f64; 2] {
    let mut clients = nodes.map(TestNode::http);
    let mut used = [0, 0];
    for _ in 0..REQUESTS / TURN {
        for (which, node) in nodes.iter().enumerate() {
            let before = node.cpu_ticks();
            (0..TURN).for_each(|_| act(which, &mut clients[which]));
            used[which] += node.cpu_ticks() - before;
        }
    }
    used.map(|ticks| f64::from(u32::try_from(ticks).unwrap()))
}

fn costs_the_same(what: &str, [few, many]: [f64; 2]) {
    assert!(many <= few * MOST + BLUR, "{what}: {few} ticks with {FEW} miners, {many} with {MANY}");
}

#[test]
fn no_request_costs_more_with_a_hundred_thousand_miners() {
    let (few, many) = (node_with(FEW), node_with(MANY));
    let nodes = [&few, &many];
    let (ours, miner) = (Wallet::number(0), name(7));
    let reads = [
        "/health".to_owned(),
        "/ready".to_owned(),
        "/metrics".to_owned(),
        "/epoch".to_owned(),
        "/api/stats".to_owned(),
        "/api/nodes".to_owned(),
        "/epoch/proposer-duty-calendar".to_owned(),
        "/network/info".to_owned(),
        "/headers/tip".to_owned(),
        "/api/miners?limit=10".to_owned(),
        "/api/blocks?limit=10".to_owned(),
        "/api/transactions?limit=10".to_owned(),
        format!("/lottery/eligibility?miner_id={miner}"),
        format!("/api/miner/{miner}/streak"),
        format!("/api/badge/{miner}"),
        format!("/wallet/balance?miner_id={}", ours.address()),
        format!("/wallet/history?miner_id={}&limit=10", ours.address()),
        "/rewards/epoch/0".to_owned(),
    ];
    for path in reads {
        let used = ticks(nodes, |_, http| assert_eq!(http.get(&path).status, 200, "{path}"));
        costs_the_same(&path, used);
    }
    writes_cost_the_same(nodes, &ours);
}

fn writes_cost_the_same(nodes: [&TestNode; 2], ours: &Wallet) {
    let payee = Wallet::number(2).address();
    let chain = nodes[0].chain_id();
    let mut nonces = [0, 0];
    let transfers = ticks(nodes, |which, http| {
        nonces[which] += 1;
        let payment = ours.pays(chain, &payee, RTC / 10, nonces[which]);
        http.post("/wallet/transfer/signed", payment.body).expect(200);
    });
    costs_the_same("a transfer", transfers);

    let challenges = ticks(nodes, |_, http| drop(challenge(http)));
    costs_the_same("a challenge", challenges);

    let mut numbers = [MANY, MANY];
    let attestations = ticks(nodes, |which, http| {
        numbers[which] += 1;
        let wallet = Wallet::number(numbers[which]);
        attested(http, &wallet, Machine::new(Hardware::Pc, numbers[which]));
    });
    costs_the_same("an attestation", attestations);
}
