//! Attestations: who may attest, with which machine, and what that enrols.

use std::sync::Arc;

use protocol::epoch::{EpochId, Slot};
use protocol::keys::PublicKey;
use protocol::machine_id::{MIN_IDENTIFIERS, same_machine};
use protocol::money::Amount;
use protocol::multiplier::Multiplier;
use protocol::wallet_id::MinerId;

use super::Law;
use crate::changes::AttestationRecord;
use crate::command::JudgedAttestation;
use crate::draft::Draft;
use crate::genesis::{Genesis, RESERVE};
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::state::{Enrolment, EnrolmentRow, Machine, MachineNumber, Miner, MinerNumber, Name};

/// Accepts an attestation, or says why not.
pub(super) fn apply(
    draft: &mut Draft<'_>,
    judged: &JudgedAttestation,
    law: &Law,
) -> Result<Receipt, Refusal> {
    let id = &judged.miner;
    check_challenge(draft, judged)?;
    let known = draft.miner_number(id).and_then(|number| draft.miner(number)).cloned();
    let accepted_in_slot = check_rate(draft, known.as_ref(), law)?;
    let pin = check_identity(draft, id, judged.key, law)?;
    let number = draft.miner_number(id).unwrap_or_else(|| draft.next_miner_number());
    let machine = find_machine(draft, judged, number, law)?;

    draft.use_challenge(judged.challenge.id());
    if let Some(name) = pin {
        draft.put_name(name);
    }
    let machine = bind_machine(draft, judged, number, &machine);
    let before = known.as_ref().and_then(|miner| miner.machine);
    if let Some(left) = before.filter(|left| machine.is_some_and(|now| now != *left)) {
        leave_machine(draft, left, number);
    }
    let attestation_number = draft.counters.attestations.saturating_add(1);
    let (enrolment, weight) = enrol(draft, judged, known.as_ref(), number);
    let now = draft.block.seconds();
    let verdict = &judged.verdict;
    draft.put_miner(Miner {
        id: id.clone(),
        key: judged.key.or_else(|| known.as_ref().and_then(|miner| miner.key)),
        family: verdict.family.clone(),
        arch: verdict.arch.clone(),
        multiplier: verdict.multiplier,
        passed: verdict.fingerprint_passed,
        first_attest: known.as_ref().map_or(now, |miner| miner.first_attest),
        last_attest: now,
        slot: draft.block.slot,
        accepted_in_slot,
        machine: machine.or(before),
        enrolment: Some(enrolment),
        last_attestation: attestation_number,
        owner_nonce: known.as_ref().map_or(0, |miner| miner.owner_nonce),
    });
    draft.record_attestation(AttestationRecord {
        number: attestation_number,
        previous: known.as_ref().map_or(0, |miner| miner.last_attestation),
        miner: number,
        epoch: draft.block.epoch,
        multiplier: verdict.multiplier,
        passed: verdict.fingerprint_passed,
        attested_at: now,
        command: draft.counters.commands.saturating_add(1),
        body: Arc::clone(judged.raw()),
    });
    Ok(Receipt::Attested {
        miner: number,
        epoch: draft.block.epoch,
        multiplier: verdict.multiplier,
        weight,
        machine,
    })
}

fn check_challenge(draft: &Draft<'_>, judged: &JudgedAttestation) -> Result<(), Refusal> {
    // An expired challenge is refused by block time, so that forgetting used ones reopens none.
    if judged.challenge.expiry() <= draft.block.seconds() {
        Err(Refusal::ChallengeExpired)
    } else if draft.challenge_was_used(&judged.challenge.id()) {
        Err(Refusal::ChallengeUsed)
    } else {
        Ok(())
    }
}

/// How many attestations of this slot are accepted with this one.
fn check_rate(draft: &Draft<'_>, known: Option<&Miner>, law: &Law) -> Result<u32, Refusal> {
    let earlier = known
        .filter(|miner| miner.slot == draft.block.slot)
        .map_or(0, |miner| miner.accepted_in_slot);
    let limit = law.genesis.policy.attestations_per_slot;
    if earlier < limit {
        return Ok(earlier.saturating_add(1));
    }
    let next = Slot(draft.block.slot.0.saturating_add(1));
    let retry_at = law.genesis.calendar.slot_start(next).seconds();
    Err(Refusal::TooManyAttestations { limit, retry_at })
}

/// Whether this key may attest for this name; gives the name to pin when it is seen first.
fn check_identity(
    draft: &Draft<'_>,
    id: &MinerId,
    key: Option<PublicKey>,
    law: &Law,
) -> Result<Option<Name>, Refusal> {
    if id.as_str() == RESERVE || Genesis::is_founder(id) {
        return Err(Refusal::ReserveIsOffLimits);
    }
    let bound = draft.name_number(id).and_then(|number| draft.name(number));
    match (key, bound) {
        // Whoever parsed the attestation has checked that an address belongs to its key.
        (Some(_), _) if id.is_address() => Ok(None),
        (Some(key), Some(bound)) if bound.key == key => Ok(None),
        (Some(_), Some(_)) => Err(Refusal::OtherKeyOwnsName),
        (Some(key), None) => {
            let holds_money = draft
                .account_number(id)
                .and_then(|number| draft.account(number))
                .is_some_and(|account| !account.balance.is_zero());
            if holds_money {
                return Err(Refusal::NameHoldsMoney);
            }
            Ok(Some(Name { id: id.clone(), key, claimable: Amount::ZERO, nonce: 0 }))
        }
        (None, None)
            if law.genesis.policy.legacy_ids.iter().any(|legacy| legacy == id.as_str()) =>
        {
            Ok(None)
        }
        (None, _) => Err(Refusal::SignatureRequired),
    }
}

/// What is known about the machine that an attestation describes.
enum Found {
    /// Too little identifies it; it is bound to nobody.
    Nothing,
    /// It was never seen.
    New,
    /// It is this one, and the miner may have it.
    Known(MachineNumber),
}

/// Finds the machine by its identifiers; refuses when it is bound to somebody else.
fn find_machine(
    draft: &Draft<'_>,
    judged: &JudgedAttestation,
    miner: MinerNumber,
    law: &Law,
) -> Result<Found, Refusal> {
    if judged.identifiers.len() < MIN_IDENTIFIERS {
        return Ok(Found::Nothing);
    }
    let found = draft
        .machines_sharing(&judged.identifiers)
        .into_iter()
        .filter_map(|number| draft.machine(number).map(|machine| (number, machine)))
        .find(|(_, machine)| same_machine(&machine.identifiers, &judged.identifiers));
    match found {
        None => Ok(Found::New),
        Some((number, machine)) if machine.owner == miner || is_free(draft, machine, law) => {
            Ok(Found::Known(number))
        }
        Some(_) => Err(Refusal::HardwareAlreadyBound),
    }
}

/// Whether a rival may take the machine: it was released, or its owner has been silent too long.
fn is_free(draft: &Draft<'_>, machine: &Machine, law: &Law) -> bool {
    let released = machine.free_from.is_some_and(|epoch| epoch <= draft.block.epoch);
    let silent = draft.counters.epochs_with_blocks.saturating_sub(machine.seen_at);
    released || silent >= law.genesis.policy.binding_lapses_after_epochs
}

/// Binds the machine to the miner and notes that it was seen.
fn bind_machine(
    draft: &mut Draft<'_>,
    judged: &JudgedAttestation,
    owner: MinerNumber,
    found: &Found,
) -> Option<MachineNumber> {
    let seen_at = draft.counters.epochs_with_blocks;
    match found {
        Found::Nothing => None,
        Found::New => {
            let identifiers = judged.identifiers.clone();
            Some(draft.add_machine(Machine { identifiers, owner, seen_at, free_from: None }))
        }
        Found::Known(number) => {
            let number = *number;
            let machine = draft.machine(number).cloned()?;
            // A release stands while the owner may still use the machine. Who uses a machine that
            // is free binds it anew, the former owner too: else two could enrol it in one epoch.
            let still_owned = |from: &EpochId| machine.owner == owner && *from > draft.block.epoch;
            let free_from = machine.free_from.filter(still_owned);
            if machine.owner != owner {
                part_from_machine(draft, machine.owner, number);
            }
            draft.set_machine(number, Machine { owner, seen_at, free_from, ..machine });
            Some(number)
        }
    }
}

/// A miner that attests with another machine gives the one before up, from the next epoch on.
fn leave_machine(draft: &mut Draft<'_>, left: MachineNumber, owner: MinerNumber) {
    let Some(machine) = draft.machine(left).filter(|machine| machine.owner == owner).cloned()
    else {
        return;
    };
    let next = draft.block.epoch.next();
    let free_from = Some(machine.free_from.map_or(next, |sooner| sooner.min(next)));
    draft.set_machine(left, Machine { free_from, ..machine });
}

/// A former owner is no longer bound to the machine, so that it cannot release it either.
fn part_from_machine(draft: &mut Draft<'_>, owner: MinerNumber, machine: MachineNumber) {
    let former = draft.miner(owner).filter(|miner| miner.machine == Some(machine)).cloned();
    if let Some(former) = former {
        draft.put_miner(Miner { machine: None, ..former });
    }
}

/// Enrols the miner in the open epoch; the best attestation of the epoch counts.
fn enrol(
    draft: &mut Draft<'_>,
    judged: &JudgedAttestation,
    known: Option<&Miner>,
    miner: MinerNumber,
) -> (Enrolment, Multiplier) {
    let epoch = draft.block.epoch;
    let attested = judged.verdict.multiplier;
    let current = known
        .and_then(|miner| miner.enrolment)
        .filter(|enrolment| enrolment.epoch == epoch)
        .and_then(|enrolment| Some((enrolment, *draft.enrolment(enrolment.row)?)));
    match current {
        Some((enrolment, row)) if row.weight >= attested => (enrolment, row.weight),
        Some((enrolment, row)) => {
            draft.set_enrolment(enrolment.row, EnrolmentRow { weight: attested, ..row });
            (enrolment, attested)
        }
        None => {
            let row = draft.enrol(EnrolmentRow { miner, weight: attested });
            (Enrolment { epoch, row }, attested)
        }
    }
}
