//! Attestations, enrolments and slot headers against what CPython signed
//! (`vectors/attestation.json`), and against bodies that nobody should send.

#![expect(clippy::unwrap_used, reason = "a vector that does not parse is a failed test")]

use proptest::prelude::*;
use protocol::attestation::{Attestation, SignatureScheme, SignedAttestation};
use protocol::enrolment::EnrolmentRequest;
use protocol::epoch::EpochId;
use protocol::keys::PublicKey;
use protocol::slot_header::SlotHeaderRequest;
use serde_json::Value;

const VECTORS: &str = include_str!("../vectors/attestation.json");

fn vectors() -> Value {
    serde_json::from_str(VECTORS).unwrap()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

fn key(vectors: &Value) -> PublicKey {
    PublicKey::from_hex(text(vectors, "public_key")).unwrap()
}

#[test]
fn attestations_verify() {
    let vectors = vectors();
    assert_eq!(key(&vectors).address().as_str(), text(&vectors, "address"));
    for vector in vectors["attestations"].as_array().unwrap() {
        let name = text(vector, "name");
        let body = text(vector, "body").as_bytes();
        let signed = SignedAttestation::parse_and_verify(body).unwrap();
        let expected = match text(vector, "scheme") {
            "pipe" => SignatureScheme::Pipe,
            _ => SignatureScheme::CanonicalJson,
        };
        assert_eq!(signed.scheme(), Some(expected), "{name}");
        assert_eq!(signed.key(), Some(key(&vectors)), "{name}");
        assert_eq!(&*signed.shared_raw(), body, "{name}");
        assert_eq!(SignedAttestation::decode_trusted(body).unwrap(), signed, "{name}");
    }
}

#[test]
fn only_a_covered_device_is_bound() {
    for vector in vectors()["attestations"].as_array().unwrap() {
        let body = text(vector, "body").replace("\"G4\"", "\"G5\"");
        let bound = SignedAttestation::parse_and_verify(body.as_bytes()).is_err();
        assert_eq!(bound, text(vector, "scheme") != "pipe", "{}", text(vector, "name"));
    }
}

#[test]
fn enrolments_verify() {
    let vectors = vectors();
    for vector in vectors["enrolments"].as_array().unwrap() {
        let epoch = EpochId(vector["epoch"].as_u64().unwrap());
        let parse = || EnrolmentRequest::parse(text(vector, "body").as_bytes()).unwrap();
        assert_eq!(parse().verify(epoch, &key(&vectors)).unwrap().epoch, epoch);
        assert!(parse().verify(epoch.next(), &key(&vectors)).is_err());
    }
}

#[test]
fn slot_headers_verify() {
    let vectors = vectors();
    for vector in vectors["slot_headers"].as_array().unwrap() {
        let name = text(vector, "name");
        let parse = |body: &str| SlotHeaderRequest::parse(body.as_bytes());
        let header = parse(text(vector, "body")).unwrap().verify(&[key(&vectors)]).unwrap();
        assert_eq!(Some(header.slot.0), vector["slot"].as_u64(), "{name}");
        assert!(parse(&text(vector, "body").replace("51042", "51043")).is_err(), "{name}");
    }
}

/// Values that existing nodes have stumbled over.
const NONSENSE: [&str; 14] = [
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "1.5",
    "\"\"",
    "\"x\"",
    "[]",
    "{}",
    "[null]",
    "{\"\":[]}",
    "99999999999999999999",
    "\"\\u0000\\u202e\"",
];

proptest! {
    /// Any damage to any body is refused or accepted, and never worse.
    #[test]
    fn damaged_bodies_never_panic(which in 0_usize..3, at: prop::sample::Index, byte: u8, cut: bool) {
        let vectors = vectors();
        let mut body = text(&vectors["attestations"][which], "body").as_bytes().to_vec();
        let at = at.index(body.len());
        if cut {
            body.truncate(at);
        } else {
            body[at] = byte;
        }
        let parsed = Attestation::parse(&body).is_ok();
        let verified = SignedAttestation::parse_and_verify(&body).is_ok();
        prop_assert!(parsed || !verified);
    }

    /// A member of the wrong type is refused with a 400 or 422, or does not matter.
    #[test]
    fn members_of_the_wrong_type_are_refused(path in 0_usize..14, nonsense in 0_usize..NONSENSE.len()) {
        let paths = [
            "/miner", "/miner_id", "/nonce", "/report", "/report/nonce", "/device", "/device/cores",
            "/device/cpu", "/signals", "/signals/macs", "/signals/hostname", "/fingerprint",
            "/fingerprint/checks", "/fingerprint/checks/clock_drift",
        ];
        let mut body: Value =
            serde_json::from_str(text(&vectors()["attestations"][1], "body")).unwrap();
        *body.pointer_mut(paths[path]).unwrap() = Value::String("@@".into());
        let body = body.to_string().replace("\"@@\"", NONSENSE[nonsense]);
        if let Err(error) = Attestation::parse(body.as_bytes()) {
            prop_assert!(matches!(error.status(), 400 | 422));
            prop_assert!(!error.message().is_empty());
        }
    }
}
