//! The verdict about an attestation: what the machine is, and what it weighs.
//!
//! The client's own verdicts are never believed. Every figure in the answer can be traced to a row of
//! the multiplier table and to a reason.

use protocol::attestation::{Attestation, SignatureScheme};
use protocol::multiplier::Multiplier;

use super::antiquity::MultiplierTable;
use super::device_class::{DeviceClass, Standing, classify};
pub use super::evidence::FailedCheck;
use super::evidence::{Findings, judge_checks};
use super::virtualization;

/// What a network decides about attestations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationPolicy {
    /// Whether virtual machines weigh what their class weighs; else they weigh nothing.
    pub virtual_machines_earn: bool,
    /// The most that an attestation weighs whose signature does not cover its evidence.
    pub narrow_scheme_cap: Multiplier,
}

impl AttestationPolicy {
    /// A policy with the usual cap of 1.0x.
    pub const fn new(virtual_machines_earn: bool) -> Self {
        Self { virtual_machines_earn, narrow_scheme_cap: Multiplier::ONE }
    }
}

/// Something about a verdict that a miner should know, though no check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// The evidence does not speak for the bonus of the class.
    BonusNotSupported,
    /// A failed check costs the bonus.
    BonusLostToDoubt,
    /// The signature does not cover the evidence.
    NarrowSignature,
}

impl Note {
    /// The note as a stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BonusNotSupported => "bonus_not_supported",
            Self::BonusLostToDoubt => "bonus_lost_to_doubt",
            Self::NarrowSignature => "narrow_signature",
        }
    }
}

/// What an attestation is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The family that the evidence supports, as the multiplier table spells it.
    pub family: String,
    /// The architecture that the evidence supports; `default` when the table does not list it.
    pub arch: String,
    /// What the machine weighs.
    pub multiplier: Multiplier,
    /// Whether the fingerprint shows real hardware.
    pub fingerprint_passed: bool,
    /// Whether it shows a virtual machine or an emulator.
    pub virtual_machine: bool,
    /// The checks that do not hold, with reasons.
    pub failed: Vec<FailedCheck>,
    /// What else lowered the multiplier.
    pub notes: Vec<Note>,
}

/// Judges an attestation. `scheme` says what its signature covers; `None` means that it has none.
pub fn judge(
    attestation: &Attestation,
    scheme: Option<SignatureScheme>,
    policy: &AttestationPolicy,
    table: &MultiplierTable,
) -> Verdict {
    let fingerprint = attestation.fingerprint.as_ref().filter(|given| !given.is_empty());
    let class = classify(&attestation.device, fingerprint, table);
    let tells = virtualization::tells(&attestation.device, fingerprint);
    let findings = match fingerprint {
        Some(fingerprint) => judge_checks(fingerprint, class.regime()),
        None => missing_fingerprint(),
    };
    let virtual_machine = !tells.is_empty();
    let worthless = findings.fatal || (virtual_machine && !policy.virtual_machines_earn);
    let (capped, notes) = capped(&class, &findings, scheme, policy, table);
    Verdict {
        family: class.row.family.to_owned(),
        arch: class.row.arch.to_owned(),
        multiplier: if worthless { Multiplier::ZERO } else { capped },
        fingerprint_passed: !findings.fatal && !virtual_machine,
        virtual_machine,
        failed: contradiction(&class).into_iter().chain(tells).chain(findings.failed).collect(),
        notes,
    }
}

fn missing_fingerprint() -> Findings {
    let failed = vec![FailedCheck { check: "fingerprint", reason: "missing_fingerprint" }];
    Findings { failed, fatal: true, doubt: false }
}

fn contradiction(class: &DeviceClass<'_>) -> Option<FailedCheck> {
    let contradicted = class.standing == Standing::Contradicted;
    contradicted.then_some(FailedCheck { check: "device", reason: "arch_mismatch" })
}

/// What the class weighs after everything that lowers it, and what that was.
fn capped(
    class: &DeviceClass<'_>,
    findings: &Findings,
    scheme: Option<SignatureScheme>,
    policy: &AttestationPolicy,
    table: &MultiplierTable,
) -> (Multiplier, Vec<Note>) {
    let mut notes = Vec::new();
    let mut multiplier = class.multiplier(table);
    if class.standing == Standing::Unsupported && multiplier < class.row.multiplier {
        notes.push(Note::BonusNotSupported);
    }
    let mut cap = |applies: bool, most: Multiplier, note: Note| {
        if applies && multiplier > most {
            multiplier = most;
            notes.push(note);
        }
    };
    let narrow = scheme != Some(SignatureScheme::CanonicalJson);
    cap(findings.doubt, Multiplier::ONE, Note::BonusLostToDoubt);
    cap(narrow, policy.narrow_scheme_cap, Note::NarrowSignature);
    (multiplier, notes)
}

#[cfg(test)]
mod corpus;
