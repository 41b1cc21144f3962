//! The signed bodies that a miner sends.
//!
//! An attestation is signed over the canonical JSON of everything but the signature (scheme v3 of
//! wire section 4.2), and sent in that very text, so that no reader can come to other bytes.

use protocol::api::attest::{EnrolBody, enrolment_message};
use protocol::canonical_json::to_canonical;
use protocol::epoch::EpochId;
use protocol::hex;
use protocol::json::Json;
use protocol::keys::Signer;
use protocol::wallet_id::MinerId;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::evidence::EvidenceError;

/// How the program names itself.
const MINER_VERSION: &str = concat!("rustchain/", env!("CARGO_PKG_VERSION"));

/// The body of `POST /attest/submit`: what was measured, in answer to a challenge, signed.
pub(super) fn attestation(
    evidence: &Value,
    challenge: &str,
    miner: &MinerId,
    signer: &dyn Signer,
) -> Result<String, EvidenceError> {
    let part = |name| evidence.get(name).ok_or(EvidenceError::Incomplete(name));
    let derived = part("derived")?;
    let commitment = commitment(challenge, miner, derived)?;
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("miner", miner.as_str().into());
    put("miner_id", miner.as_str().into());
    put("miner_version", MINER_VERSION.into());
    put("nonce", challenge.into());
    put("device", part("device")?.clone());
    put("signals", part("signals")?.clone());
    put("fingerprint", part("fingerprint")?.clone());
    put("warthog", Value::Null);
    let entropy_score = derived.get("variance_ns").cloned().unwrap_or_else(|| json!(0.0));
    let report = json!({
        "nonce": challenge,
        "commitment": commitment,
        "derived": derived,
        "entropy_score": entropy_score,
    });
    put("report", report);
    let signature = signer.sign(canonical(&body)?.as_bytes());
    let mut put = |name: &str, text: String| body.insert(name.to_owned(), text.into());
    put("public_key", signer.public_key().to_hex());
    put("signature", signature.to_hex());
    put("signature_type", "ed25519".to_owned());
    canonical(&body)
}

/// The body of `POST /epoch/enroll`.
pub(super) fn enrolment(miner: &MinerId, epoch: EpochId, signer: &dyn Signer) -> EnrolBody {
    let message = enrolment_message(miner.as_str(), miner.as_str(), epoch.0);
    EnrolBody {
        miner_id: miner.to_string(),
        miner_pubkey: miner.to_string(),
        public_key: signer.public_key().to_hex(),
        signature: signer.sign(&message).to_hex(),
    }
}

/// SHA-256 over challenge, wallet and timings, in hex. Nodes keep it and check nothing with it.
fn commitment(challenge: &str, miner: &MinerId, derived: &Value) -> Result<String, EvidenceError> {
    let timings = canonical_value(derived)?;
    let hasher = Sha256::new_with_prefix(challenge).chain_update(miner.as_str());
    Ok(hex::encode(hasher.chain_update(timings).finalize()))
}

fn canonical(body: &Map<String, Value>) -> Result<String, EvidenceError> {
    canonical_value(&Value::Object(body.clone()))
}

fn canonical_value(value: &Value) -> Result<String, EvidenceError> {
    let text = value.to_string();
    Ok(to_canonical(&Json::parse(text.as_bytes())?)?)
}

#[cfg(test)]
mod tests {
    use protocol::attestation::{SignatureScheme, SignedAttestation};
    use protocol::enrolment::EnrolmentRequest;
    use protocol::wallet_id::WalletId;

    use super::*;
    use crate::run::test_key::TestKey;

    const CHALLENGE: &str = "bf3e8ec0b7e4ba4f00bc50086555d61548b3dc23e5c7f625c40229db1f1f8415";

    fn evidence() -> Value {
        json!({
            "device": { "family": "x86", "arch": "modern", "cpu": "Ünïcode \u{1f600} CPU", "cores": 8 },
            "signals": { "macs": ["aa:bb:cc:00:00:01"], "hostname": "h" },
            "fingerprint": { "all_passed": true, "checks": {
                "clock_drift": { "passed": true, "data": { "cv": 1e-7, "mean_ns": 70_000 } } } },
            "derived": { "mean_ns": 1e22, "variance_ns": 0.000_05, "samples_preview": [1, 2] },
        })
    }

    #[test]
    fn the_node_verifies_the_attestation() {
        let key = TestKey::new(3);
        let miner = key.public_key().address();
        let body = attestation(&evidence(), CHALLENGE, &miner, &key).unwrap();
        let signed = SignedAttestation::parse_and_verify(body.as_bytes()).unwrap();
        assert_eq!(signed.scheme(), Some(SignatureScheme::CanonicalJson));
        let read = signed.attestation();
        assert_eq!((&read.miner, &*read.nonce), (&miner, CHALLENGE));
        assert!(body.contains(r#""cv":1e-07"#), "numbers are written as CPython writes them");
    }

    #[test]
    fn nothing_can_be_changed_afterwards() {
        let key = TestKey::new(3);
        let miner = WalletId::parse("dual-g4-125").unwrap();
        let body = attestation(&evidence(), CHALLENGE, &miner, &key).unwrap();
        for (from, to) in [("modern", "G4"), ("\"cores\":8", "\"cores\":9"), ("dual-g4-125", "me")]
        {
            assert!(body.contains(from));
            let changed = body.replace(from, to);
            assert!(SignedAttestation::parse_and_verify(changed.as_bytes()).is_err(), "{to}");
        }
    }

    #[test]
    fn incomplete_evidence_is_not_sent() {
        let key = TestKey::new(3);
        let miner = key.public_key().address();
        let refused = attestation(&json!({ "derived": {} }), CHALLENGE, &miner, &key);
        assert!(matches!(refused, Err(EvidenceError::Incomplete("device"))));
    }

    #[test]
    fn the_node_verifies_the_enrolment() {
        let key = TestKey::new(3);
        let miner = key.public_key().address();
        let body = serde_json::to_vec(&enrolment(&miner, EpochId(354), &key)).unwrap();
        let request = EnrolmentRequest::parse(&body).unwrap();
        let enrolment = request.verify(EpochId(354), &key.public_key()).unwrap();
        assert_eq!(enrolment.miner, miner);
    }
}
