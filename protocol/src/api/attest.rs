//! Challenges, attestations and enrolments.

use serde::{Deserialize, Serialize};

/// The answer of `POST /attest/challenge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeReply {
    /// The miner that alone may use the challenge; null for anyone.
    #[serde(default)]
    pub bound_miner: Option<String>,
    /// From this Unix second on the challenge is no longer good.
    pub expires_at: u64,
    /// The challenge, 64 hex digits.
    pub nonce: String,
    /// The node's clock, in Unix seconds.
    #[serde(default)]
    pub server_time: Option<u64>,
}

/// The answer to an attestation that was accepted.
///
/// Accepted does not mean worth something: a virtual machine is accepted and weighs 0. Our nodes
/// say what was concluded and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmitReply {
    /// The machine as the node took it down.
    #[serde(default)]
    pub device: AttestedDevice,
    /// Whether the miner is enrolled in the running epoch. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled: Option<bool>,
    /// The running epoch. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// The checks that failed, and why. Only from our nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_checks: Vec<FailedCheck>,
    /// Whether the evidence speaks for real hardware.
    #[serde(default)]
    pub fingerprint_passed: bool,
    /// Network interfaces that were taken down.
    #[serde(default)]
    pub macs_recorded: u64,
    /// Whether the timings are bound to the challenge: `absent`, `bound`, `stale`, ...
    #[serde(default)]
    pub measurement_binding_state: String,
    /// Turns of work for the next binding.
    #[serde(default)]
    pub measurement_workload_next: u64,
    /// What was concluded, in a sentence. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the attestation weighs. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<f64>,
    /// The same in millionths. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiplier_millionths: Option<u32>,
    /// Codes of `reasons`. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
    /// Always `true`.
    #[serde(default)]
    pub ok: bool,
    /// Why it weighs that much, one sentence each. Only from our nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// `accepted`.
    #[serde(default)]
    pub status: String,
    /// Always `true`. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// Whether an operator is to look at it.
    #[serde(default)]
    pub temporal_review_flag: bool,
    /// An id that nothing asks for again.
    #[serde(default)]
    pub ticket_id: String,
    /// Whether it looks like a virtual machine or an emulator. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub virtual_machine: Option<bool>,
    /// A factor of the existing network; 1.0 from ours.
    #[serde(default = "one")]
    pub warthog_bonus: f64,
    /// What the miner's enrolment weighs: its best attestation of the epoch. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// The same in millionths. Only from our nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_millionths: Option<u32>,
}

impl SubmitReply {
    /// Whether the node says that it took the attestation.
    pub fn is_accepted(&self) -> bool {
        self.ok || self.success == Some(true)
    }
}

const fn one() -> f64 {
    1.0
}

/// A machine as a node took it down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AttestedDevice {
    /// The class within the family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// Processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cores: Option<u64>,
    /// The processor's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// The family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// The model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
}

/// A check of the fingerprint that did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedCheck {
    /// The name of the check.
    pub check: String,
    /// Why it did not pass.
    pub reason: String,
}

/// The body of `POST /epoch/enroll`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolBody {
    /// The miner.
    pub miner_id: String,
    /// The wallet, despite the name.
    pub miner_pubkey: String,
    /// The key that the wallet attests with, 64 hex digits.
    pub public_key: String,
    /// The signature over [`enrolment_message`], 128 hex digits.
    pub signature: String,
}

/// The bytes that an enrolment signs: `{wallet}|{miner}|{epoch}`.
pub fn enrolment_message(wallet: &str, miner: &str, epoch: u64) -> Vec<u8> {
    format!("{wallet}|{miner}|{epoch}").into_bytes()
}

/// The answer to an enrolment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// The checks that counted.
    #[serde(default)]
    pub active_fingerprint_checks: Vec<String>,
    /// How many of them passed.
    #[serde(default)]
    pub active_fingerprint_pass_count: u64,
    /// How many there are.
    #[serde(default)]
    pub active_fingerprint_total: u64,
    /// The epoch.
    pub epoch: u64,
    /// Whether the evidence speaks against real hardware.
    #[serde(default)]
    pub fingerprint_failed: bool,
    /// What the hardware weighs by itself.
    #[serde(default)]
    pub hw_weight: f64,
    /// A random text of existing nodes.
    #[serde(default)]
    pub measurement_nonce: String,
    /// The miner.
    #[serde(default)]
    pub miner_id: String,
    /// The wallet.
    #[serde(default)]
    pub miner_pk: String,
    /// Always `true`.
    pub ok: bool,
    /// What the miner weighs in this epoch.
    #[serde(default)]
    pub weight: f64,
}

/// The answer of `GET /lottery/eligibility`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eligibility {
    /// Whether it is the miner's turn.
    pub eligible: bool,
    /// `your_turn`, `not_your_turn` or `not_attested`.
    pub reason: String,
    /// Miners that take turns.
    #[serde(default)]
    pub rotation_size: u64,
    /// The running slot.
    #[serde(default)]
    pub slot: u64,
    /// Whose turn it is; null when it is nobody's, or when the miner takes no turns.
    #[serde(default)]
    pub slot_producer: Option<String>,
    /// When it is the miner's turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub your_turn_at_slot: Option<u64>,
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::Signer as _;

    use super::*;
    use crate::enrolment::EnrolmentRequest;
    use crate::epoch::EpochId;
    use crate::hex;
    use crate::keys::PublicKey;

    #[test]
    fn reads_and_writes_an_existing_acceptance() {
        let text = r#"{"device":{"arch":"modern","cores":8,"cpu":"AMD Ryzen 7 5800X","family":"x86","model":"AMD Ryzen 7 5800X","serial":"SER1"},"fingerprint_passed":true,"macs_recorded":1,"measurement_binding_state":"absent","measurement_workload_next":1640,"ok":true,"status":"accepted","temporal_review_flag":false,"ticket_id":"ticket_21ce88050b4d682d2063e0c6d12bf1ba","warthog_bonus":1.0}"#;
        let reply: SubmitReply = serde_json::from_str(text).unwrap();
        assert!(reply.is_accepted());
        assert_eq!(serde_json::to_string(&reply).unwrap(), text);
    }

    #[test]
    fn reads_the_acceptance_of_the_architecture_document() {
        let reply: SubmitReply =
            serde_json::from_str(r#"{"success":true,"multiplier":2.5}"#).unwrap();
        assert!(reply.is_accepted());
        assert!(!serde_json::from_str::<SubmitReply>("{}").unwrap().is_accepted());
    }

    #[test]
    fn reads_and_writes_existing_enrolments_and_turns() {
        let text = r#"{"active_fingerprint_checks":["clock_drift"],"active_fingerprint_pass_count":6,"active_fingerprint_total":6,"epoch":354,"fingerprint_failed":false,"hw_weight":0.8,"measurement_nonce":"bf3e","miner_id":"x86-host1","miner_pk":"RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4","ok":true,"weight":0.8}"#;
        let reply: EnrolReply = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&reply).unwrap(), text);
        for text in [
            r#"{"eligible":false,"reason":"not_attested","rotation_size":0,"slot":51041,"slot_producer":null}"#,
            r#"{"eligible":false,"reason":"not_your_turn","rotation_size":3,"slot":51043,"slot_producer":"noserial","your_turn_at_slot":51045}"#,
        ] {
            let reply: Eligibility = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&reply).unwrap(), text);
        }
    }

    #[test]
    fn the_node_accepts_the_body_of_an_enrolment() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[5; 32]);
        let message = enrolment_message("dual-g4-125", "g4", 354);
        let public_key = PublicKey::from_bytes(key.verifying_key().to_bytes());
        let body = EnrolBody {
            miner_id: "g4".to_owned(),
            miner_pubkey: "dual-g4-125".to_owned(),
            public_key: public_key.to_hex(),
            signature: hex::encode(key.sign(&message).to_bytes()),
        };
        let text = serde_json::to_string(&body).unwrap();
        let request = EnrolmentRequest::parse(text.as_bytes()).unwrap();
        let enrolment = request.verify(EpochId(354), &public_key).unwrap();
        assert_eq!(enrolment.miner.as_str(), "dual-g4-125");
    }
}
