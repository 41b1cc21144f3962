//! The answer to an attestation: what was concluded, and why.

use axum::response::Response;
use ledger::command::JudgedAttestation;
use ledger::rules::verdict::Note;
use protocol::api::attest::{AttestedDevice, FailedCheck, SubmitReply};
use protocol::api::multiplier_f64;
use protocol::attestation::Attestation;
use protocol::challenge::Challenge;
use protocol::epoch::EpochId;
use protocol::hex;
use protocol::multiplier::Multiplier;

use crate::reply::json;

/// The least turns of work of [`SubmitReply::measurement_workload_next`], and how many above it
/// the challenge picks from (wire section 4.2).
const WORKLOAD_BASE: u64 = 1_000;

/// What is known before the books have spoken.
pub(super) struct Draft {
    class: String,
    virtual_machine: bool,
    reply: SubmitReply,
}

impl Draft {
    /// Notes what the answer needs of an attestation that goes to the books.
    pub(super) fn of(attestation: &Attestation, judged: &JudgedAttestation) -> Self {
        let verdict = &judged.verdict;
        let failed_checks = verdict.failed.iter().map(|failed| FailedCheck {
            check: failed.check.to_owned(),
            reason: failed.reason.to_owned(),
        });
        let macs = attestation.signals.macs.len();
        let reply = SubmitReply {
            device: echo(attestation),
            enrolled: Some(true),
            epoch: None,
            failed_checks: failed_checks.collect(),
            fingerprint_passed: verdict.fingerprint_passed,
            macs_recorded: u64::try_from(macs).unwrap_or(u64::MAX),
            measurement_binding_state: "absent".to_owned(),
            measurement_workload_next: next_workload(&attestation.nonce),
            message: None,
            multiplier: None,
            multiplier_millionths: None,
            notes: Some(verdict.notes.iter().map(|note| note.code().to_owned()).collect()),
            ok: true,
            reasons: verdict.notes.iter().map(|note| sentence(*note).to_owned()).collect(),
            status: "accepted".to_owned(),
            success: Some(true),
            temporal_review_flag: false,
            ticket_id: ticket(&judged.challenge),
            virtual_machine: Some(verdict.virtual_machine),
            warthog_bonus: 1.0,
            weight: None,
            weight_millionths: None,
        };
        Self {
            class: format!("{} {}", verdict.family, verdict.arch),
            virtual_machine: verdict.virtual_machine,
            reply,
        }
    }

    /// The answer once the attestation is durable.
    pub(super) fn accepted(
        self,
        epoch: EpochId,
        multiplier: Multiplier,
        weight: Multiplier,
    ) -> Response {
        let message = self.message(epoch, multiplier, weight);
        json(&SubmitReply {
            epoch: Some(epoch.0),
            message: Some(message),
            multiplier: Some(multiplier_f64(multiplier)),
            multiplier_millionths: Some(multiplier.millionths()),
            weight: Some(multiplier_f64(weight)),
            weight_millionths: Some(weight.millionths()),
            ..self.reply
        })
    }

    fn message(&self, epoch: EpochId, multiplier: Multiplier, weight: Multiplier) -> String {
        let class = &self.class;
        if multiplier.is_zero() && weight.is_zero() {
            let cause = if self.virtual_machine {
                "it looks like a virtual machine or an emulator"
            } else {
                "its fingerprint does not show real hardware"
            };
            format!("Accepted as {class}, and worth nothing in epoch {epoch}: {cause}.")
        } else if weight > multiplier {
            format!(
                "Accepted as {class} at {multiplier}x; an earlier attestation of epoch {epoch} \
                 counts {weight}x."
            )
        } else {
            format!("Accepted as {class}; enrolled in epoch {epoch} at {weight}x.")
        }
    }
}

/// The device as it was taken down.
fn echo(attestation: &Attestation) -> AttestedDevice {
    let device = &attestation.device;
    let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    AttestedDevice {
        arch: text(&device.arch),
        cores: device.cores.map(u64::from),
        cpu: text(&device.cpu),
        family: text(&device.family),
        model: text(&device.model),
        serial: text(&device.serial),
    }
}

/// An id that is as unique as the challenge.
fn ticket(challenge: &Challenge) -> String {
    format!("ticket_{}", hex::encode(challenge.id().0))
}

/// `1000 + first four digits of the nonce mod 1000`, as miners compute it too.
fn next_workload(nonce: &str) -> u64 {
    let digits = nonce.get(..4).and_then(|digits| u64::from_str_radix(digits, 16).ok());
    WORKLOAD_BASE.saturating_add(digits.unwrap_or(0) % WORKLOAD_BASE)
}

/// A note in words.
const fn sentence(note: Note) -> &'static str {
    match note {
        Note::BonusNotSupported => "the evidence does not speak for the bonus of the claimed class",
        Note::BonusLostToDoubt => "a check that failed costs the bonus",
        Note::NarrowSignature => {
            "the signature does not cover the evidence; sign the whole body to earn a bonus"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_workload_is_what_miners_compute() {
        // observed: 0x0280 = 640
        assert_eq!(next_workload("0280ffff"), 1_640);
        assert_eq!(next_workload("ffff"), 1_535);
        assert_eq!(next_workload("x"), 1_000);
    }

    #[test]
    fn the_message_says_what_it_is_worth_and_why() {
        let million = |number| Multiplier::from_millionths(number).unwrap();
        let draft = |virtual_machine| Draft {
            class: "PowerPC G4".to_owned(),
            virtual_machine,
            reply: serde_json::from_str("{}").unwrap(),
        };
        let epoch = EpochId(354);
        let full = draft(false).message(epoch, million(2_500_000), million(2_500_000));
        assert_eq!(full, "Accepted as PowerPC G4; enrolled in epoch 354 at 2.5x.");
        let nothing = draft(true).message(epoch, Multiplier::ZERO, Multiplier::ZERO);
        assert!(nothing.ends_with("it looks like a virtual machine or an emulator."), "{nothing}");
        let kept = draft(false).message(epoch, Multiplier::ZERO, Multiplier::ONE);
        assert!(kept.contains("counts 1.0x"), "{kept}");
    }
}
