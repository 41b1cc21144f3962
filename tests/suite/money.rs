//! Wrong input never moves money: each row is refused as what it is, and nothing has changed.

mod admin_rows;
mod transfer_rows;

use std::collections::BTreeMap;

use protocol::keys::Signer as _;
use serde_json::Value;

use self::transfer_rows::{Forger, weak_keys};
use crate::harness::genesis::GenesisFile;
use crate::harness::http::Http;
use crate::harness::node::TestNode;
use crate::harness::waiting::until;
use crate::harness::wallets::{Wallet, account};

/// Everything that a row could have changed: all balances, and what is counted.
#[derive(Debug, PartialEq, Eq)]
struct Books {
    balances: Value,
    last_nonces: Vec<u64>,
    movements: String,
    accounts: String,
}

/// A node, two wallets, and the eyes of an admin.
struct Siege {
    node: TestNode,
    http: Http,
    key: String,
    alice: Wallet,
    bob: Wallet,
}

impl Siege {
    /// Alice, wallet 0, holds 100 RTC; Bob, wallet 1, and the addresses of weak keys hold 1 RTC.
    fn begin() -> Self {
        let (alice, bob) = (Wallet::number(0), Wallet::number(1));
        let genesis = GenesisFile::dev().with_long_epochs();
        let genesis = genesis.funding(&alice.address(), 100).funding(&bob.address(), 1);
        let genesis =
            weak_keys().iter().fold(genesis, |genesis, key| genesis.funding(&key.address(), 1));
        let node = TestNode::of(&genesis);
        let (http, key) = (node.http(), node.admin_key());
        Self { node, http, key, alice, bob }
    }

    /// What the books say.
    fn books(&mut self) -> Books {
        let metrics = self.http.get("/metrics").text;
        let metric = |name: &str| {
            metrics.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
        };
        let balances = self.http.get_as_admin("/wallet/balances/all", &self.key).expect(200);
        let wallets = [self.alice.address(), self.bob.address()];
        Books {
            balances,
            last_nonces: wallets.map(|id| account(&mut self.http, &id).last_nonce).to_vec(),
            movements: metric("rustchain_movements_total "),
            accounts: metric("rustchain_accounts "),
        }
    }

    /// Sends rows: each has to be refused with one of its statuses, and with one of its codes if
    /// it names any; afterwards the books have to be what they were.
    fn withstand(&mut self, path: &str, headers: &[(&str, &str)], rows: &[Row]) {
        let before = self.books();
        for Row { name, body, statuses, codes } in rows {
            let reply = self.http.send("POST", path, headers, body.as_bytes());
            let reply = reply.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(statuses.contains(&reply.status), "{name}: {body}: {reply:?}");
            let code = reply.code();
            assert!(!code.is_empty(), "{name}: {reply:?}");
            assert!(codes.is_empty() || codes.contains(&code.as_str()), "{name}: {reply:?}");
            assert_eq!(self.books(), before, "{name} was refused, and yet changed something");
        }
    }
}

/// A request that has to be refused.
struct Row {
    name: String,
    body: String,
    statuses: &'static [u16],
    codes: &'static [&'static str],
}

/// `400` with one of these codes; any, when none is given.
fn row(name: impl Into<String>, body: String, codes: &'static [&'static str]) -> Row {
    Row { name: name.into(), body, statuses: &[400], codes }
}

/// The members of a JSON object as raw tokens.
#[derive(Clone)]
struct Members(BTreeMap<&'static str, String>);

impl Members {
    /// The same with another token.
    fn with(&self, name: &'static str, token: impl Into<String>) -> Self {
        let mut members = self.0.clone();
        members.insert(name, token.into());
        Self(members)
    }

    /// The same without a member.
    fn without(&self, name: &str) -> Self {
        let members = self.0.iter().filter(|(key, _)| **key != name);
        Self(members.map(|(key, token)| (*key, token.clone())).collect())
    }

    /// The object.
    fn text(&self) -> String {
        let members = self.0.iter().map(|(name, token)| format!("\"{name}\":{token}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[test]
fn hostile_transfers_change_nothing() {
    let mut siege = Siege::begin();
    let used = Forger::on(&siege.node, 1);
    let first = siege.http.post("/wallet/transfer/signed", used.sound().text()).expect(200);
    let forger = Forger::on(&siege.node, 2);
    let rows = transfer_rows::all(&forger, &used);
    assert!(rows.len() > 150, "{}", rows.len());
    siege.withstand("/wallet/transfer/signed", &[], &rows);

    // A replay is told what became of the first execution, another transfer only the nonce.
    let replay = siege.http.post("/wallet/transfer/signed", used.sound().text());
    assert_eq!(replay.expect(400)["tx_id"], first["tx_id"]);
    let other = siege.http.post("/wallet/transfer/signed", used.of_amount("2.5").text());
    let other = other.expect(400);
    assert_eq!((&other["code"], &other["latest_nonce"]), (&"OUT_OF_ORDER_NONCE".into(), &1.into()));
    assert!(other.get("tx_id").is_none(), "{other}");

    // None of it has used up the nonce or locked the wallet.
    siege.http.post("/wallet/transfer/signed", forger.sound().text()).expect(200);
    siege.node.stop();
    siege.node.verify();
}

/// A transfer that was refused for want of money is carried out once the money is there.
#[test]
fn a_refusal_does_not_use_up_the_nonce() {
    let mut siege = Siege::begin();
    let chain = siege.node.chain_id().clone();
    let (alice, bob) = (siege.alice.address(), siege.bob.address());
    let large = siege.bob.pays(&chain, &alice, 50_000_000, 1);
    let refused = siege.http.post("/wallet/transfer/signed", &large.body);
    assert_eq!((refused.status, refused.code().as_str()), (400, "INSUFFICIENT_BALANCE"));
    let gift = siege.alice.pays(&chain, &bob, 60_000_000, 1);
    siege.http.post("/wallet/transfer/signed", gift.body).expect(200);
    let paid = siege.http.post("/wallet/transfer/signed", &large.body).expect(200);
    assert_eq!(paid["tx_id"], large.tx_id.as_str());
}

/// What was signed for one network is worth nothing on another one with the same keys.
#[test]
fn a_signature_is_good_on_one_network() {
    let mut siege = Siege::begin();
    let before = siege.books();
    for chain in ["rustchain-testnet-v3", "rustchain-mainnet-v2", "rustchain-dev-2"] {
        let foreign = siege.alice.pays(&chain.parse().unwrap(), &siege.bob.address(), 5_000, 1);
        let refused = siege.http.post("/wallet/transfer/signed", &foreign.body);
        assert_eq!((refused.status, refused.code().as_str()), (400, "CHAIN_ID_MISMATCH"));
        let renamed = foreign.body.replace(chain, "rustchain-dev");
        let refused = siege.http.post("/wallet/transfer/signed", renamed);
        assert_eq!((refused.status, refused.code().as_str()), (401, "INVALID_SIGNATURE"));
        let bare = foreign.body.replace(&format!(",\"chain_id\":\"{chain}\""), "");
        let refused = siege.http.post("/wallet/transfer/signed", bare);
        assert!([400, 401].contains(&refused.status), "{refused:?}");
    }
    assert_eq!(siege.books(), before);
}

#[test]
fn hostile_admin_transfers_change_nothing() {
    let mut siege = Siege::begin();
    let order = admin_rows::sound(&siege.bob.address());
    let (key, with_key) = (siege.key.clone(), "x-admin-key");
    let rows = admin_rows::all(&order, &siege.alice.address());
    siege.withstand("/wallet/transfer", &[(with_key, &key)], &rows);
    siege.withstand("/rewards/settle", &[(with_key, &key)], &admin_rows::settlements());

    let paid = siege.http.post_as_admin("/wallet/transfer", &key, &order.text()).expect(200);
    let again = siege.http.post_as_admin("/wallet/transfer", &key, &order.text()).expect(200);
    assert_eq!(paid["tx_hash"], again["tx_hash"]);
    let other = order.with("amount_rtc", "3");
    let conflict = siege.http.post_as_admin("/wallet/transfer", &key, &other.text());
    assert_eq!((conflict.status, conflict.code().as_str()), (409, "IDEMPOTENCY_KEY_CONFLICT"));
    assert_eq!(account(&mut siege.http, &siege.bob.address()).balance, 3_500_000);
}

/// A key opens what its scope says, as long as it lives.
#[test]
fn a_key_opens_what_its_scope_says() {
    let mut siege = Siege::begin();
    let order = admin_rows::sound(&siege.bob.address()).text();
    let readers = siege.node.make_admin_key("reader", &["--scopes", "read"]);
    let settlers = siege.node.make_admin_key("settler", &["--scopes", "settle"]);
    let payers = siege.node.make_admin_key("payer", &["--scopes", "transfer,read"]);
    let short = siege.node.make_admin_key("late", &["--expires-in", "1"]);
    until("a key expires", || {
        (siege.http.get_as_admin("/api/balances", &short).status == 401).then_some(())
    });
    let before = siege.books();
    for (key, status, code) in [
        (&readers, 403, "SCOPE_MISSING"),
        (&settlers, 403, "SCOPE_MISSING"),
        (&short, 401, "UNAUTHORIZED"),
    ] {
        let refused = siege.http.post_as_admin("/wallet/transfer", key, &order);
        assert_eq!((refused.status, refused.code().as_str()), (status, code), "{refused:?}");
    }
    for key in [&readers, &payers] {
        let refused = siege.http.post_as_admin("/rewards/settle", key, "{\"epoch\":0}");
        assert_eq!((refused.status, refused.code().as_str()), (403, "SCOPE_MISSING"));
        assert_eq!(siege.http.get_as_admin("/api/balances", key).status, 200);
    }
    assert_eq!(siege.http.get_as_admin("/api/balances", &settlers).status, 403);
    assert_eq!(siege.books(), before);
    siege.http.post_as_admin("/wallet/transfer", &payers, &order).expect(200);

    let revoked = siege.node.command(&["admin", "key", "revoke", "payer"]).output().unwrap();
    assert!(revoked.status.success(), "{revoked:?}");
    let refused = siege.http.post_as_admin("/wallet/transfer", &payers, &order);
    assert_eq!(refused.status, 401, "{refused:?}");
}

/// Wrong keys are counted, whatever they were tried on; the right one works all the while.
#[test]
fn twenty_wrong_keys_are_enough() {
    let mut siege = Siege::begin();
    let order = admin_rows::sound(&siege.bob.address()).text();
    let paths = ["/wallet/transfer", "/rewards/settle", "/pending/confirm"];
    let before = siege.books();
    let tries: Vec<u16> = (0..40_usize)
        .map(|number| {
            let wrong = format!("{number:064}");
            siege.http.post_as_admin(paths[number % 3], &wrong, &order).status
        })
        .collect();
    assert!(tries[..20].iter().all(|status| *status == 401), "{tries:?}");
    assert!(tries[20..].contains(&429), "{tries:?}");
    let limited = siege.http.post_as_admin("/wallet/transfer", &"0".repeat(64), &order);
    assert_eq!(limited.status, 429, "{limited:?}");
    assert!(limited.header("retry-after").is_some(), "{limited:?}");
    assert_eq!(siege.books(), before);
    let key = siege.key.clone();
    siege.http.post_as_admin("/wallet/transfer", &key, &order).expect(200);
}

/// A key in a URL ends up in logs: it is refused, right or wrong, and does not get there by us.
#[test]
fn a_key_in_the_url_opens_nothing() {
    let mut siege = Siege::begin();
    let order = admin_rows::sound(&siege.bob.address()).text();
    let before = siege.books();
    let key = siege.key.clone();
    for name in ["admin_key", "X-Admin-Key", "api_key", "adminKey", "admin%5Fkey"] {
        for path in ["/wallet/transfer", "/rewards/settle"] {
            let refused = siege.http.post(&format!("{path}?{name}={key}"), &order);
            assert_eq!(refused.status, 400, "{name}: {refused:?}");
            assert!(!refused.text.contains(&key), "{refused:?}");
        }
        let refused = siege.http.get(&format!("/api/balances?{name}={key}"));
        assert_eq!(refused.status, 400, "{name}: {refused:?}");
    }
    assert_eq!(siege.books(), before);
    siege.node.stop();
    assert!(!siege.node.log().contains(&key), "the node logged an admin key");
}

/// The sender of a body is not whoever wrote it: only the key's own wallet is debited.
#[test]
fn another_key_moves_nothing() {
    let mut siege = Siege::begin();
    let before = siege.books();
    let chain = siege.node.chain_id().clone();
    let (alice, bob) = (siege.alice.address(), siege.bob.address());
    let theft = siege.bob.pays(&chain, &bob, 5_000, 1).body;
    let theft = theft.replacen(bob.as_str(), alice.as_str(), 1);
    let refused = siege.http.post("/wallet/transfer/signed", &theft);
    assert_eq!((refused.status, refused.code().as_str()), (400, "PUBKEY_ADDRESS_MISMATCH"));
    let (own, stolen) = (siege.bob.public_key().to_hex(), siege.alice.public_key().to_hex());
    let refused = siege.http.post("/wallet/transfer/signed", theft.replace(&own, &stolen));
    assert_eq!((refused.status, refused.code().as_str()), (401, "INVALID_SIGNATURE"));
    assert_eq!(siege.books(), before);
}
