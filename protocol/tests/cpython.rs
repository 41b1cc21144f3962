//! The signed bytes against CPython itself: its `json.dumps` is the specification.
//!
//! `tests/clients/oracle.py` makes random transfers and attestation payloads and says what CPython
//! signs for them; not one byte may differ.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use protocol::hex;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use protocol::canonical_json::to_canonical_without;
use protocol::json::Json;
use protocol::money::Amount;
use protocol::transfer::{ChainId, FeeText, Transfer, TransferForm};
use protocol::wallet_id::WalletId;
use serde_json::Value;

const TRANSFERS: usize = 10_000;
const PAYLOADS: usize = 2_000;

/// What is left out of an attestation before it is signed (wire section 4.2).
const NOT_SIGNED: [&str; 3] = ["signature", "signature_type", "public_key"];

/// Asks the oracle for `count` lines.
fn ask_cpython(kind: &str, seed: u64, count: usize) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients");
    let mut oracle = Command::new("python3")
        .arg("oracle.py")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed for this test");
    let request = format!(
        "{{\"mode\":\"generate\",\"kind\":\"{kind}\",\"seed\":{seed},\"count\":{count}}}\n"
    );
    let mut stdin = oracle.stdin.take().unwrap();
    stdin.write_all(request.as_bytes()).unwrap();
    drop(stdin);
    let stdout = BufReader::new(oracle.stdout.take().unwrap());
    let mut lines: Vec<Value> =
        stdout.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    assert!(oracle.wait().unwrap().success());
    assert_eq!(lines.pop().unwrap()["done"], count);
    assert_eq!(lines.len(), count);
    lines
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

#[test]
fn transfers_are_the_bytes_that_cpython_signs() {
    for line in ask_cpython("transfers", 20_261_122, TRANSFERS) {
        let fields = &line["fields"];
        let text = |name: &str| fields[name].as_str().unwrap();
        let transfer = Transfer {
            from: WalletId::parse(text("from")).unwrap(),
            to: WalletId::parse(text("to")).unwrap(),
            amount: Amount::from_micro(fields["amount"].as_u64().unwrap()).unwrap(),
            nonce: fields["nonce"].as_u64().unwrap(),
            memo: text("memo").to_owned(),
        };
        let chain_id = fields["chain_id"].as_str();
        let form = TransferForm {
            fee: if fields["fee"] == true { FeeText::Float } else { FeeText::Absent },
            chain_id: chain_id.is_some(),
            ..TransferForm::OURS
        };
        let chain: ChainId = chain_id.unwrap_or("unused").parse().unwrap();
        let expected = bytes(&line["expected"]);
        let ours = form.message(&transfer, &chain);
        assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&expected));
    }
}

#[test]
fn payloads_are_the_bytes_that_cpython_signs() {
    for line in ask_cpython("payloads", 20_261_122, PAYLOADS) {
        let text = bytes(&line["text"]);
        let json = Json::parse(&text).unwrap();
        let ours = to_canonical_without(&json, &NOT_SIGNED).unwrap();
        let expected = bytes(&line["expected"]);
        assert_eq!(ours, String::from_utf8_lossy(&expected), "{}", String::from_utf8_lossy(&text));
    }
}
