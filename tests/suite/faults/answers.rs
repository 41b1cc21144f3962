//! A conversation that is cut off at any byte: sending the same bytes again tells what happened, and
//! nothing happens twice.

use protocol::wallet_id::WalletId;

use crate::harness::chance::Chance;
use crate::harness::crew::SUBMIT;
use crate::harness::genesis::GenesisFile;
use crate::harness::http::{Http, Reply};
use crate::harness::node::TestNode;
use crate::harness::program::{ALICE, BOB, Home};
use crate::harness::proxy::{Cut, Proxy};
use crate::harness::tier::{Tries, verdict};
use crate::harness::wallets::{Account, Payment, RTC, Wallet, account};

/// What a payment of these tests moves, in micro-RTC.
const AMOUNT: u64 = 1_000;

/// The request that is cut off.
const SUBMITTING: &str = "POST /wallet/transfer/signed ";

/// A node, a payer, and somebody in between.
struct Scene {
    node: TestNode,
    proxy: Proxy,
    alice: Wallet,
    bob: WalletId,
    payments: u64,
}

impl Scene {
    fn new() -> Self {
        let (alice, bob) = (Wallet::number(0), Wallet::number(1).address());
        let node = TestNode::of(&GenesisFile::dev().funding(&alice.address(), 1_000));
        let proxy = Proxy::before(node.url(), SUBMITTING);
        Self { node, proxy, alice, bob, payments: 0 }
    }

    /// Pays through the proxy, which cuts here. The payment, and the answer that arrived.
    fn pay(&mut self, cut: Cut) -> (Payment, Option<Reply>) {
        self.payments += 1;
        let chain = self.node.chain_id();
        let payment = self.alice.pays(chain, &self.bob, AMOUNT, self.payments);
        self.proxy.cut(cut);
        let answer = Http::to(&self.proxy.url).try_post(SUBMIT, &payment.body).ok();
        (payment, answer)
    }

    /// Every payment has happened once.
    fn check(&self, http: &mut Http) {
        let paid = self.payments * AMOUNT;
        let expected = Account { balance: 1_000 * RTC - paid, last_nonce: self.payments };
        assert_eq!(account(http, &self.alice.address()), expected);
        assert_eq!(account(http, &self.bob).balance, paid);
    }
}

/// Sends the same bytes again, straight to the node.
fn send_again(http: &mut Http, payment: &Payment, is_there: bool) {
    let again = http.post(SUBMIT, &payment.body);
    let said = again.json();
    assert_eq!(said["tx_id"], payment.tx_id.as_str(), "{said}");
    if is_there {
        assert_eq!((again.status, &said["code"]), (400, &"REPLAY_DETECTED".into()), "{said}");
        assert_eq!(said["status"], "confirmed", "{said}");
    } else {
        assert_eq!(again.status, 200, "{said}");
    }
}

#[test]
fn an_answer_that_is_cut_off_at_any_byte_is_found_again() {
    let mut scene = Scene::new();
    let mut http = scene.node.http();
    let (whole, answer) = scene.pay(Cut::Answer(usize::MAX));
    assert_eq!(answer.unwrap().status, 200);
    send_again(&mut http, &whole, true);
    // Numbers grow, and with them the answer; a byte or two.
    let length = scene.proxy.lengths().1 + 8;
    for cut in 0..=length {
        let (payment, answer) = scene.pay(Cut::Answer(cut));
        let is_whole = cut >= scene.proxy.lengths().1;
        assert_eq!(answer.map(|answer| answer.status), is_whole.then_some(200), "cut at {cut}");
        send_again(&mut http, &payment, true);
    }
    scene.check(&mut http);
    scene.node.stop();
    scene.node.verify();
    verdict(&format!("answers cut off after 0 to {length} bytes: each found again, none twice"));
}

#[test]
fn a_request_that_is_cut_off_at_any_byte_has_not_happened() {
    let mut scene = Scene::new();
    let mut http = scene.node.http();
    let (whole, _) = scene.pay(Cut::Answer(usize::MAX));
    send_again(&mut http, &whole, true);
    let length = scene.proxy.lengths().0;
    for cut in 0..length {
        let (payment, answer) = scene.pay(Cut::Request(cut));
        assert!(answer.is_none(), "cut at {cut}: {answer:?}");
        send_again(&mut http, &payment, false);
    }
    scene.check(&mut http);
    scene.node.stop();
    scene.node.verify();
    verdict(&format!("requests cut off after 0 to {} bytes: none happened", length - 1));
}

/// A wallet of the command line, before a node that is reached through a proxy.
struct Terminal {
    home: Home,
    node: TestNode,
    proxy: Proxy,
}

impl Terminal {
    fn new() -> Self {
        let alice = WalletId::parse(ALICE).unwrap();
        let node = TestNode::of(&GenesisFile::dev().funding(&alice, 1_000));
        let proxy = Proxy::before(node.url(), SUBMITTING);
        Self { home: Home::with_alice(), node, proxy }
    }

    /// Sends through the proxy, which cuts here; resumes what is open, straight to the node. Whether
    /// it was open.
    fn send(&self, cut: Cut) -> bool {
        self.proxy.cut(cut);
        let ended = self.home.run(&format!(
            "send {BOB} 0.001 --yes --passphrase-file {{dir}}/passphrase --json --node {}",
            self.proxy.url
        ));
        if ended.exit == 0 {
            assert_eq!(ended.envelope()["data"]["status"], "confirmed", "{ended:?}");
            return false;
        }
        assert_eq!(ended.exit, 8, "{cut:?}: {ended:?}");
        let error = ended.envelope()["error"].clone();
        let id = error["details"]["tx_id"].as_str().unwrap_or_else(|| panic!("{error}")).to_owned();
        let listed = self.home.json("tx pending");
        assert_eq!(listed["data"]["transfers"][0]["tx_id"], id.as_str(), "{listed}");

        let resumed = self.home.json(&format!("tx resume {id} --node {}", self.node.url()));
        let data = &resumed["data"];
        assert_eq!((&data["tx_id"], &data["status"]), (&id.as_str().into(), &"confirmed".into()));
        assert_eq!(data["repeated"], matches!(cut, Cut::Answer(_)), "{cut:?}: {resumed}");
        let listed = self.home.json("tx pending");
        assert_eq!(listed["data"]["transfers"].as_array().map(Vec::len), Some(0), "{listed}");
        true
    }
}

#[test]
fn our_own_client_finds_out_what_happened() {
    let terminal = Terminal::new();
    let mut chance = Chance::new();
    assert!(!terminal.send(Cut::Answer(usize::MAX)));
    let (request, answer) = terminal.proxy.lengths();
    let answers = (0..answer).map(Cut::Answer);
    let requests = (0..request - 1).map(Cut::Request);
    let all: Vec<Cut> = answers.chain(requests).collect();
    let tries = Tries { gate: 10, long: 400, longer: u64::MAX };
    let cuts = chance.some_of(all, tries.now());
    let mut open = 0;
    for cut in &cuts {
        open += usize::from(terminal.send(*cut));
    }
    let bob = WalletId::parse(BOB).unwrap();
    let paid = (cuts.len() as u64 + 1) * AMOUNT;
    assert_eq!(account(&mut terminal.node.http(), &bob).balance, paid);
    assert_eq!(open, cuts.len());
    verdict(&format!("{open} sends cut off and resumed, each paid once; seed {}", chance.seed()));
}
