//! Wrong input for `POST /wallet/transfer/signed`.
//!
//! Every row starts from a transfer that would be executed: right key, next nonce, covered amount.
//! One thing is wrong, so one thing is refused.

use std::collections::BTreeMap;

use protocol::keys::{PublicKey, Signer as _};

use super::{Members, Row, quoted, row};
use crate::harness::node::TestNode;
use crate::harness::wallets::Wallet;

const MISSING: &[&str] = &["MISSING_REQUIRED_FIELDS"];
const JSON: &[&str] = &["INVALID_JSON_BODY"];
const NONCE: &[&str] = &["NONCE_NOT_INT", "INVALID_JSON_BODY"];

/// Tokens that are no amount, or none that can be paid.
const BAD_AMOUNTS: [&str; 47] = [
    "0",
    "0.0",
    "-0",
    "-1",
    "-0.000001",
    "-1e-6",
    "NaN",
    "Infinity",
    "-Infinity",
    "\"NaN\"",
    "\"Infinity\"",
    "\"-inf\"",
    "1e309",
    "-1e309",
    "\"1e309\"",
    "1e1000000000",
    "1e-400",
    "true",
    "false",
    "null",
    "\"abc\"",
    "\"\"",
    "\" \"",
    "[]",
    "{}",
    "[1]",
    "\"1,5\"",
    "\"0x10\"",
    "\"1_000\"",
    "\"\\uff11\"",
    "01",
    ".5",
    "1.",
    "+1",
    "1e",
    "\"--1\"",
    "\"1 RTC\"",
    "0.0000001",
    "1e-7",
    "0.0000019",
    "1.0000005",
    "9223372036854.775808",
    "9223372036854775807",
    "18446744073709551616",
    "1e18",
    "101.0",
    "8388608.0",
];

/// Tokens that are no nonce, or none that may come next.
const BAD_NONCES: [(&str, &[&str]); 18] = [
    ("0", &["NONCE_MUST_BE_GT_ZERO"]),
    ("-1", &["NONCE_MUST_BE_GT_ZERO"]),
    ("1.5", NONCE),
    ("true", NONCE),
    ("\"abc\"", NONCE),
    ("\"0x10\"", NONCE),
    ("null", MISSING),
    ("\"\"", MISSING),
    ("[1]", NONCE),
    ("{\"n\":1}", NONCE),
    ("1e3", NONCE),
    ("\"1e3\"", NONCE),
    ("\"\\uff11\"", NONCE),
    ("9007199254740993", &["NONCE_TOO_FAR_AHEAD"]),
    ("9223372036854775807", &["NONCE_TOO_FAR_AHEAD", "NONCE_TOO_LARGE"]),
    ("\"9223372036854775807\"", &["NONCE_TOO_FAR_AHEAD", "NONCE_TOO_LARGE"]),
    ("18446744073709551615", &["NONCE_TOO_LARGE"]),
    ("1000000000000000000000000000000", &["NONCE_TOO_LARGE", "NONCE_NOT_INT"]),
];

/// Texts that name no address.
const BAD_ADDRESSES: [&str; 11] = [
    "RTC",
    "RTC123",
    "RTC000000000000000000000000000000000000000",
    "RTC00000000000000000000000000000000000000000",
    "RTCgggggggggggggggggggggggggggggggggggggggg",
    "rtc0000000000000000000000000000000000000000",
    "RTC%",
    "RTC000000000000000000000000000000000000000\u{200b}",
    "RT\u{421}0000000000000000000000000000000000000000",
    "../../etc/passwd",
    "RTC0000000000000000000000000000000000000000' OR 1=1 --",
];

/// Tokens that are no hexadecimal text of the right length.
const BAD_HEX: [&str; 11] = [
    "true",
    "0",
    "1.5",
    "[]",
    "{}",
    "\"zz\"",
    "\"abc\"",
    "\"0x00\"",
    "\"\\u0000\"",
    "\" aa\"",
    "null",
];

/// Bodies that are no object.
const NO_OBJECTS: [&str; 10] =
    ["[1]", "42", "\"x\"", "true", "null", "{\"a\":1", "{}{}", "{'a':1}", "{}//", "{\"a\":1,}"];

/// Makes transfers of one wallet with one nonce, sound ones and spoilt ones.
pub(super) struct Forger {
    from: Wallet,
    to: String,
    chain: String,
    nonce: u64,
}

impl Forger {
    /// Transfers from wallet 0 to wallet 1.
    pub(super) fn on(node: &TestNode, nonce: u64) -> Self {
        let to = Wallet::number(1).address().to_string();
        Self { from: Wallet::number(0), to, chain: node.chain_id().to_string(), nonce }
    }

    /// A transfer of 1.5 RTC that would be executed.
    pub(super) fn sound(&self) -> Members {
        self.signed("1.5", &self.nonce.to_string(), &self.to)
    }

    /// A transfer of another amount, signed as it stands.
    pub(super) fn of_amount(&self, amount: &str) -> Members {
        self.signed(amount, &self.nonce.to_string(), &self.to)
    }

    /// A transfer whose signature covers these tokens as they stand, quoted ones without quotes.
    fn signed(&self, amount: &str, nonce: &str, to: &str) -> Members {
        let (amount_text, nonce_text) = (amount.trim_matches('"'), nonce.trim_matches('"'));
        let (from, chain) = (self.from.address(), &self.chain);
        let message = format!(
            "{{\"amount\":{amount_text},\"chain_id\":\"{chain}\",\"fee\":0.0,\"from\":\"{from}\",\"memo\":\"tea\",\"nonce\":\"{nonce_text}\",\"to\":\"{to}\"}}"
        );
        Members(BTreeMap::from([
            ("amount_rtc", amount.to_owned()),
            ("chain_id", quoted(chain)),
            ("fee_rtc", "0.0".to_owned()),
            ("from_address", quoted(from.as_str())),
            ("memo", quoted("tea")),
            ("nonce", nonce.to_owned()),
            ("public_key", quoted(&self.from.public_key().to_hex())),
            ("signature", quoted(&self.from.sign(message.as_bytes()).to_hex())),
            ("to_address", quoted(to)),
        ]))
    }
}

/// All rows; `used` has been executed, `forger` stands at the next nonce.
pub(super) fn all(forger: &Forger, used: &Forger) -> Vec<Row> {
    let mut rows = tampered(forger);
    rows.extend(numbers(forger));
    rows.extend(texts(forger));
    rows.extend(addresses(forger));
    rows.extend(foreign_signatures(forger));
    rows.push(row("B1 the same bytes", used.sound().text(), &["REPLAY_DETECTED"]));
    rows.push(row("B5 a used nonce", used.of_amount("2.5").text(), &["OUT_OF_ORDER_NONCE"]));
    rows
}

/// Every member changed or taken away after signing.
fn tampered(forger: &Forger) -> Vec<Row> {
    let sound = forger.sound();
    let stranger = Wallet::number(99);
    let signature = sound.0["signature"].clone();
    let flip = if signature.starts_with("\"0") { "\"1" } else { "\"0" };
    let tampering: [(&'static str, String); 17] = [
        ("amount_rtc", "2.5".to_owned()),
        ("amount_rtc", "1.500001".to_owned()),
        ("nonce", (forger.nonce + 1).to_string()),
        ("memo", quoted("coffee")),
        ("memo", quoted("")),
        ("memo", "null".to_owned()),
        ("to_address", quoted(stranger.address().as_str())),
        ("from_address", quoted(stranger.address().as_str())),
        ("public_key", quoted(&stranger.public_key().to_hex())),
        ("fee_rtc", "0.5".to_owned()),
        ("fee_rtc", "0.000001".to_owned()),
        ("fee_rtc", "-1".to_owned()),
        ("signature", format!("{flip}{}", &signature[2..])),
        ("signature", quoted(&"0".repeat(128))),
        ("signature", quoted(&"f".repeat(128))),
        ("chain_id", quoted("another-chain")),
        ("chain_id", "null".to_owned()),
    ];
    let tampered = tampering.into_iter().map(|(member, token)| Row {
        name: format!("A1 {member} {token}"),
        body: sound.with(member, token).text(),
        statuses: &[400, 401],
        codes: &[],
    });
    let bound = ["memo", "chain_id"].map(|member| Row {
        name: format!("A1 without {member}"),
        body: sound.without(member).text(),
        statuses: &[400, 401],
        codes: &[],
    });
    let required = ["from_address", "to_address", "amount_rtc", "nonce", "signature", "public_key"]
        .map(|member| row(format!("A1 without {member}"), sound.without(member).text(), MISSING));
    tampered.chain(bound).chain(required).collect()
}

/// Amounts and nonces, signed as they stand, so that nothing but their value is wrong.
fn numbers(forger: &Forger) -> Vec<Row> {
    let nonce = forger.nonce.to_string();
    let amounts = BAD_AMOUNTS.map(|token| {
        row(format!("D2 amount {token}"), forger.signed(token, &nonce, &forger.to).text(), &[])
    });
    let nonces = BAD_NONCES.map(|(token, codes)| {
        row(format!("B4 nonce {token}"), forger.signed("1.5", token, &forger.to).text(), codes)
    });
    let long = ["9".repeat(5_000), format!("0.{}1", "0".repeat(5_000))]
        .map(|token| row("D2 long amount", forger.signed(&token, &nonce, &forger.to).text(), &[]));
    amounts.into_iter().chain(nonces).chain(long).collect()
}

/// Bodies and members of the wrong kind.
fn texts(forger: &Forger) -> Vec<Row> {
    let sound = forger.sound();
    let text = sound.text();
    let open = &text[..text.len() - 1];
    let mut rows: Vec<Row> =
        NO_OBJECTS.map(|body| row(format!("A10 {body}"), body.to_owned(), JSON)).into();
    let twice = ["\"nonce\":7", "\"amount_rtc\":2.5", "\"to_address\":\"x\"", "\"memo\":\"tea\""];
    rows.extend(twice.map(|member| row("A10 twice", format!("{open},{member}}}"), JSON)));
    for strange in ["\"note\":NaN", "\"note\":-Infinity", "\"note\":\"\\udc00\""] {
        rows.push(row(strange, format!("{open},{strange}}}"), JSON));
    }
    let deep = format!("{open},\"note\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    rows.push(row("A10 too deep", deep, JSON));
    for (name, tokens) in [("signature", BAD_HEX), ("public_key", BAD_HEX)] {
        for token in tokens {
            rows.push(row(format!("A8 {name} {token}"), sound.with(name, token).text(), &[]));
        }
    }
    for (name, digits) in [("signature", 127), ("signature", 129), ("public_key", 63)] {
        let token = quoted(&"a".repeat(digits));
        rows.push(row(format!("A8 {name} of {digits}"), sound.with(name, token).text(), &[]));
    }
    for token in ["7", "true", "[]", "{}"] {
        rows.push(row("A8 memo", sound.with("memo", token).text(), &["MEMO_NOT_STRING"]));
    }
    let long = sound.with("memo", quoted(&"m".repeat(513)));
    rows.push(row("A5 a long memo", long.text(), &["MEMO_TOO_LONG"]));
    for token in ["7", "\"\\u0000\"", "\"a b\"", "[]"] {
        let body = sound.with("chain_id", token).text();
        rows.push(row(format!("A2 chain id {token}"), body, &[]));
    }
    rows
}

/// Both addresses, signed as they stand where that makes a difference.
fn addresses(forger: &Forger) -> Vec<Row> {
    let nonce = forger.nonce.to_string();
    let sound = forger.sound();
    let mut rows = Vec::new();
    for text in BAD_ADDRESSES {
        let to = forger.signed("1.5", &nonce, text).text();
        rows.push(row(format!("A9 to {text}"), to, &["INVALID_TO_ADDRESS_FORMAT"]));
        let from = sound.with("from_address", quoted(text)).text();
        rows.push(row(format!("A9 from {text}"), from, &["INVALID_FROM_ADDRESS_FORMAT"]));
    }
    let shouted = format!("RTC{}", forger.to[3..].to_uppercase());
    let to = forger.signed("1.5", &nonce, &shouted).text();
    rows.push(row("A9 an upper-case address", to, &["INVALID_TO_ADDRESS_FORMAT"]));
    let own = forger.signed("1.5", &nonce, forger.from.address().as_str()).text();
    rows.push(row("a payment to oneself", own, &["FROM_TO_MUST_DIFFER"]));
    for name in ["founder_community", "reserve", "dual-g4-125"] {
        let to = forger.signed("1.5", &nonce, name).text();
        rows.push(row(format!("A9 to {name}"), to, &["INVALID_TO_ADDRESS_FORMAT"]));
    }
    let nobody = Wallet::number(500).address();
    let dust = forger.signed("0.000999", &nonce, nobody.as_str()).text();
    rows.push(row("too little for a new account", dust, &["BELOW_OPENING_AMOUNT"]));
    rows
}

/// Signatures of the right key over something else, and keys that sign everything.
fn foreign_signatures(forger: &Forger) -> Vec<Row> {
    let sound = forger.sound();
    let from = forger.from.address();
    let enrolment = format!("{from}|host|1");
    let pipe = format!("host|{from}|{}|", "0".repeat(64));
    let empty = String::new();
    let mut rows: Vec<Row> = [enrolment, pipe, empty]
        .iter()
        .map(|message| Row {
            name: format!("A3 a signature over {message}"),
            body: sound
                .with("signature", quoted(&forger.from.sign(message.as_bytes()).to_hex()))
                .text(),
            statuses: &[401],
            codes: &["INVALID_SIGNATURE"],
        })
        .collect();
    let zero = "0".repeat(64);
    for key in weak_keys() {
        let from = key.address();
        let sound = sound.with("from_address", quoted(from.as_str()));
        let sound = sound.with("public_key", quoted(&key.to_hex()));
        for commitment in weak_keys() {
            let signature = quoted(&format!("{}{zero}", commitment.to_hex()));
            rows.push(Row {
                name: format!("A7 {key:?} with {commitment:?}"),
                body: sound.with("signature", signature).with("nonce", "1").text(),
                statuses: &[400, 401],
                codes: &["INVALID_PUBLIC_KEY", "INVALID_SIGNATURE"],
            });
        }
    }
    rows
}

/// Points of order one and two: with one of them as key and one as commitment, and zero as scalar,
/// a careless verifier accepts every message, or every second one.
pub(super) fn weak_keys() -> [PublicKey; 2] {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut of_order_two = [0xff; 32];
    (of_order_two[0], of_order_two[31]) = (0xec, 0x7f);
    [neutral, of_order_two].map(PublicKey::from_bytes)
}
