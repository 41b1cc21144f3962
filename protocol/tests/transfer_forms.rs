//! Every accepted way of signing a transfer (wire section 3.6), as the clients write it.
#![expect(clippy::unwrap_used, clippy::unwrap_in_result, reason = "a test may fail")]

use ed25519_dalek::{Signer as _, SigningKey};
use protocol::encoding::{Encode as _, Reader};
use protocol::hex;
use protocol::keys::PublicKey;
use protocol::transfer::{ChainId, SignedTransfer, TransferProblem, TransferRequest};
use sha2::{Digest as _, Sha256};

const TO: &str = "RTC9d4a423b1f9080df2b3e726b4225cf8fb45c813c";
const CHAIN: &str = "rustchain-mainnet-v2";

fn key() -> SigningKey {
    SigningKey::from_bytes(&Sha256::digest(b"a").into())
}

fn public_key() -> PublicKey {
    PublicKey::from_bytes(key().verifying_key().to_bytes())
}

fn chain() -> ChainId {
    CHAIN.parse().unwrap()
}

/// A body with these members beside addresses, key and signature; `{from}` and `{to}` are filled in.
fn request(members: &str, message: &str) -> Result<SignedTransfer, TransferProblem> {
    let from = public_key().address();
    let message = message.replace("{from}", from.as_str()).replace("{to}", TO);
    let signature = hex::encode(key().sign(message.as_bytes()).to_bytes());
    let body = format!(
        "{{\"from_address\":\"{from}\",\"to_address\":\"{TO}\",{members},\
         \"public_key\":\"{}\",\"signature\":\"{signature}\"}}",
        public_key().to_hex()
    );
    let verified = TransferRequest::parse(body.as_bytes())?.verify_alone(&chain())?.into_inner();
    assert_eq!(String::from_utf8(verified.message(&chain())).unwrap(), message);
    let encoded = verified.encoded();
    let mut reader = Reader::new(&encoded);
    let decoded = SignedTransfer::decode(&mut reader, &chain()).unwrap();
    assert_eq!(decoded, verified);
    assert!(decoded.verify(&chain()).is_ok());
    Ok(verified)
}

/// Client, members of its body, what it signs.
const FORMS: [(&str, &str, &str); 18] = [
    (
        "Python CLI",
        r#""amount_rtc":1.5,"nonce":1001,"memo":"rent","chain_id":"rustchain-mainnet-v2""#,
        r#"{"amount":1.5,"chain_id":"rustchain-mainnet-v2","from":"{from}","memo":"rent","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "Python CLI, escaped memo, tiny amount",
        r#""amount_rtc":1e-05,"nonce":1001,"memo":"h\u00e9 \ud83d\ude00""#,
        r#"{"amount":1e-05,"from":"{from}","memo":"h\u00e9 \ud83d\ude00","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "older light client, tiny amount",
        r#""amount_rtc":0.00001,"nonce":1001,"memo":"""#,
        r#"{"amount":0.00001,"from":"{from}","memo":"","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "Python SDK, with fee",
        r#""amount_rtc":2.0,"nonce":1001,"fee_rtc":0.0"#,
        r#"{"amount":2.0,"fee":0.0,"from":"{from}","memo":"","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "integer in the body, float signed, with fee",
        r#""amount_rtc":1,"nonce":1001"#,
        r#"{"amount":1.0,"fee":0.0,"from":"{from}","memo":"","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "amount as text",
        r#""amount_rtc":"2.25","nonce":"1001""#,
        r#"{"amount":2.25,"from":"{from}","memo":"","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "light client, raw memo",
        r#""amount_rtc":1,"nonce":1001,"memo":"hé 😀""#,
        r#"{"amount":1.0,"from":"{from}","memo":"hé 😀","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "light client, raw memo in an escaped body",
        r#""amount_rtc":1.5,"nonce":1001,"memo":"h\u00e9""#,
        r#"{"amount":1.5,"from":"{from}","memo":"hé","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "Rust wallet, null memo",
        r#""amount_rtc":1.0,"nonce":"1001","memo":null"#,
        r#"{"amount":1.0,"from":"{from}","memo":"","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "Rust wallet, tiny amount",
        r#""amount_rtc":0.00001,"nonce":"1001","memo":"a""#,
        r#"{"amount":0.00001,"from":"{from}","memo":"a","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "Rust wallet, raw memo",
        r#""amount_rtc":3.0,"nonce":"1001","memo":"hé""#,
        r#"{"amount":3.0,"from":"{from}","memo":"hé","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "wallet with unquoted nonce",
        r#""amount_rtc":1.5,"nonce":1001,"memo":"a","chain_id":"rustchain-mainnet-v2""#,
        r#"{"amount":1.5,"chain_id":"rustchain-mainnet-v2","from":"{from}","memo":"a","nonce":1001,"to":"{to}"}"#,
    ),
    (
        "React Native, no memo",
        r#""amount_rtc":1,"nonce":1001,"chain_id":"rustchain-mainnet-v2""#,
        r#"{"amount":1,"chain_id":"rustchain-mainnet-v2","from":"{from}","nonce":1001,"to":"{to}"}"#,
    ),
    (
        "React Native, raw memo",
        r#""amount_rtc":0.5,"nonce":1001,"memo":"hé","chain_id":"rustchain-mainnet-v2""#,
        r#"{"amount":0.5,"chain_id":"rustchain-mainnet-v2","from":"{from}","memo":"hé","nonce":1001,"to":"{to}"}"#,
    ),
    (
        "documented example",
        r#""amount_rtc":100,"nonce":1001,"memo":"x""#,
        r#"{"amount":100,"from":"{from}","memo":"x","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "documented example, quoted nonce",
        r#""amount_rtc":100,"nonce":"1001","memo":"x""#,
        r#"{"amount":100,"from":"{from}","memo":"x","nonce":"1001","to":"{to}"}"#,
    ),
    (
        "JavaScript with an integer fee",
        r#""amount_rtc":2,"nonce":1001,"memo":"x","fee_rtc":0,"chain_id":"rustchain-mainnet-v2""#,
        r#"{"amount":2,"chain_id":"rustchain-mainnet-v2","fee":0,"from":"{from}","memo":"x","nonce":1001,"to":"{to}"}"#,
    ),
    (
        "ours",
        r#""amount_rtc":0.000001,"nonce":1001,"memo":"","fee_rtc":0.0,"chain_id":"rustchain-mainnet-v2""#,
        r#"{"amount":1e-06,"chain_id":"rustchain-mainnet-v2","fee":0.0,"from":"{from}","memo":"","nonce":"1001","to":"{to}"}"#,
    ),
];

#[test]
fn every_client_is_understood() {
    for (client, members, message) in FORMS {
        let verified = request(members, message);
        let verified = verified.unwrap_or_else(|problem| panic!("{client}: {problem:?}"));
        assert_eq!(verified.transfer.nonce, 1001, "{client}");
    }
}

#[test]
fn the_ids_are_those_of_the_existing_network() {
    // observed/crypto_vectors.txt
    for (members, message, tx_id) in [
        (
            r#""amount_rtc":1.5,"nonce":1001"#,
            r#"{"amount":1.5,"fee":0.0,"from":"{from}","memo":"","nonce":"1001","to":"{to}"}"#,
            "c84d43485620136d5b9397c961bbe4b8",
        ),
        (
            r#""amount_rtc":1.0,"nonce":1002,"memo":"h\u00e9 \ud83d\ude00","chain_id":"rustchain-mainnet-v2""#,
            r#"{"amount":1.0,"chain_id":"rustchain-mainnet-v2","from":"{from}","memo":"h\u00e9 \ud83d\ude00","nonce":"1002","to":"{to}"}"#,
            "cc4f05b0bb8b6d20c021307e2704595a",
        ),
    ] {
        assert_eq!(request(members, message).unwrap().tx_id().to_string(), tx_id);
    }
}

#[test]
fn what_is_signed_is_what_is_executed() {
    let message = r#"{"amount":1.5,"chain_id":"rustchain-mainnet-v2","from":"{from}","memo":"a","nonce":"1001","to":"{to}"}"#;
    for (members, expected) in [
        (
            r#""amount_rtc":1.6,"nonce":1001,"memo":"a","chain_id":"rustchain-mainnet-v2""#,
            "InvalidSignature",
        ),
        (
            r#""amount_rtc":1.5,"nonce":1002,"memo":"a","chain_id":"rustchain-mainnet-v2""#,
            "InvalidSignature",
        ),
        (
            r#""amount_rtc":1.5,"nonce":1001,"memo":"b","chain_id":"rustchain-mainnet-v2""#,
            "InvalidSignature",
        ),
        (
            r#""amount_rtc":1.5,"nonce":1001,"memo":null,"chain_id":"rustchain-mainnet-v2""#,
            "InvalidSignature",
        ),
        (r#""amount_rtc":1.5,"nonce":1001,"memo":"a""#, "InvalidSignature"),
        (r#""amount_rtc":1.5,"nonce":1001,"memo":"a","chain_id":"other""#, "WrongChain"),
        (
            r#""amount_rtc":1.5,"nonce":1001,"memo":"a","fee_rtc":0.5,"chain_id":"rustchain-mainnet-v2""#,
            "FeeNotSigned",
        ),
        (r#""amount_rtc":1.5,"nonce":1001,"nonce":1001,"memo":"a""#, "InvalidJson"),
        (r#""amount_rtc":0.0000019,"nonce":1001"#, "AmountTooPrecise"),
        (r#""amount_rtc":1e-7,"nonce":1001"#, "AmountTooSmall"),
        (r#""amount_rtc":true,"nonce":1001"#, "AmountNotNumber"),
        (r#""amount_rtc":"NaN","nonce":1001"#, "AmountNotFinite"),
        (r#""amount_rtc":-1,"nonce":1001"#, "AmountNotPositive"),
        (r#""amount_rtc":1e309,"nonce":1001"#, "AmountTooLarge"),
        (r#""amount_rtc":1.5,"nonce":1.0"#, "NonceNotInteger"),
        (r#""amount_rtc":1.5,"nonce":"1 ""#, "NonceNotInteger"),
        (r#""amount_rtc":1.5,"nonce":{"a":1}"#, "NonceNotInteger"),
        (r#""amount_rtc":1.5,"nonce":0"#, "NonceNotPositive"),
        (r#""amount_rtc":1.5,"nonce":18446744073709551615"#, "NonceTooLarge"),
        (r#""amount_rtc":1.5,"nonce":1001,"memo":7"#, "MemoNotString"),
        (r#""amount_rtc":1.5,"nonce":1001,"chain_id":"a b""#, "BadChainId"),
    ] {
        let problem = request(members, message).unwrap_err();
        assert!(format!("{problem:?}").starts_with(expected), "{members}: {problem:?}");
        assert!(matches!(problem.status(), 400 | 401));
        assert_eq!(problem.code(), problem.code().to_ascii_uppercase());
    }
}

#[test]
fn nobody_signs_for_another_sender() {
    let mut signed = request(FORMS[0].1, FORMS[0].2).unwrap();
    signed.transfer.from = TO.parse().unwrap();
    signed.signature =
        protocol::keys::Signature::from_bytes(key().sign(&signed.message(&chain())).to_bytes());
    assert!(signed.verify(&chain()).is_err());
}

#[test]
fn a_signed_fee_is_still_refused() {
    let problem = request(
        r#""amount_rtc":1.5,"nonce":1001,"fee_rtc":0.5"#,
        r#"{"amount":1.5,"fee":0.5,"from":"{from}","memo":"","nonce":"1001","to":"{to}"}"#,
    );
    assert!(matches!(problem, Err(TransferProblem::FeeNotZero(_))), "{problem:?}");
}
