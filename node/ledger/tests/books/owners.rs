//! Names, claims and privileged operations.

use ledger::apply::action_hash;
use ledger::ledger::Ledger;
use ledger::receipt::Receipt;
use ledger::refusal::Refusal;
use protocol::admin::{AdminAction, MAX_ADMIN_TEXT_BYTES, SignedAdmin};
use protocol::keys::Signer as _;
use protocol::wallet_id::WalletId;

use crate::world::*;

fn attest_name(
    ledger: &mut Ledger,
    name: &WalletId,
    person: &Person,
    fresh: u64,
    epoch: u64,
) -> Result<Receipt, Refusal> {
    let now = in_epoch(epoch, 100);
    let attest = Attest::new(name, Hardware::Pc, 900, fresh, now);
    ledger.give(now, attest.signed_by(person))
}

/// Refused, and nothing has changed.
fn assert_refused(ledger: &mut Ledger, command: ledger::command::Command, expected: &Refusal) {
    let root = ledger.root_of_everything();
    let now = ledger.writer.last_time().plus_millis(1);
    assert_eq!(ledger.give(now, command), Err(expected.clone()));
    assert_eq!(ledger.root_of_everything(), root, "{expected}");
}

// --- names ----------------------------------------------------------------------------------------

#[test]
fn the_first_key_pins_a_name_and_no_other_uses_it() {
    let mut ledger = books();
    let name = wallet("dual-g4-125");
    attest_name(&mut ledger, &name, &alice(), 1, 0).unwrap();
    let stolen = attest_name(&mut ledger, &name, &bob(), 2, 0);
    assert_eq!(stolen, Err(Refusal::OtherKeyOwnsName));
    let unsigned = Attest::new(&name, Hardware::Pc, 900, 3, in_epoch(0, 100)).unsigned();
    assert_refused(&mut ledger, unsigned, &Refusal::SignatureRequired);
    attest_name(&mut ledger, &name, &alice(), 4, 0).unwrap();
}

#[test]
fn names_that_hold_money_wait_for_an_admin() {
    let mut ledger = books();
    let name = wallet("old-miner");
    ledger.give(in_epoch(0, 10), admin(1, admin_transfer(&name, RTC, None))).unwrap();
    let pinned = attest_name(&mut ledger, &name, &alice(), 1, 0);
    assert_eq!(pinned, Err(Refusal::NameHoldsMoney));
    let bind = AdminAction::BindKey { name: name.clone(), key: bob().public_key() };
    ledger.give(in_epoch(0, 20), admin(2, bind)).unwrap();
    let stolen = attest_name(&mut ledger, &name, &alice(), 2, 0);
    assert_eq!(stolen, Err(Refusal::OtherKeyOwnsName));
    attest_name(&mut ledger, &name, &bob(), 3, 0).unwrap();
    ledger.tick(in_epoch(1, 0)).unwrap();
    // Only what it has earned since is claimed; what it held before stays.
    ledger.give(in_epoch(1, 10), claim(&bob(), &name, &bob().wallet(), 1)).unwrap();
    assert_eq!(ledger.balance(&name), RTC);
    assert_eq!(ledger.balance(&bob().wallet()), POT);
}

#[test]
fn the_networks_own_names_neither_mine_nor_get_keys() {
    let mut ledger = books();
    for name in ["reserve", "founder_community", "founder_anything"] {
        let name = wallet(name);
        let attested = attest_name(&mut ledger, &name, &alice(), 1, 0);
        assert_eq!(attested, Err(Refusal::ReserveIsOffLimits), "{name}");
        let bind = AdminAction::BindKey { name, key: bob().public_key() };
        assert_refused(&mut ledger, admin(1, bind), &Refusal::ReserveIsOffLimits);
    }
    let bind = AdminAction::BindKey { name: alice().wallet(), key: bob().public_key() };
    assert_refused(&mut ledger, admin(1, bind), &Refusal::AddressNeedsNoKey);
}

#[test]
fn a_new_key_takes_over_what_is_claimable() {
    let mut ledger = books();
    let name = wallet("rig");
    attest_name(&mut ledger, &name, &alice(), 1, 0).unwrap();
    ledger.tick(in_epoch(1, 0)).unwrap();
    let bind = AdminAction::BindKey { name: name.clone(), key: bob().public_key() };
    ledger.give(in_epoch(1, 10), admin(1, bind)).unwrap();
    let late = claim(&alice(), &name, &alice().wallet(), 1);
    assert_refused(&mut ledger, late, &Refusal::OtherKeyOwnsName);
    ledger.give(in_epoch(1, 20), claim(&bob(), &name, &bob().wallet(), 1)).unwrap();
    assert_eq!(ledger.balance(&bob().wallet()), POT);
}

// --- claims ---------------------------------------------------------------------------------------

/// Books in which `rig`, whose key is Alice's, has earned a pot.
fn with_earnings() -> (Ledger, WalletId) {
    let mut ledger = books();
    let name = wallet("rig");
    attest_name(&mut ledger, &name, &alice(), 1, 0).unwrap();
    ledger.tick(in_epoch(1, 0)).unwrap();
    assert_eq!(ledger.balance(&name), POT);
    (ledger, name)
}

#[test]
fn a_claim_pays_once() {
    let (mut ledger, name) = with_earnings();
    let request = claim(&alice(), &name, &bob().wallet(), 1);
    ledger.give(in_epoch(1, 10), request.clone()).unwrap();
    assert_eq!((ledger.balance(&bob().wallet()), ledger.balance(&name)), (POT, 0));
    assert_refused(&mut ledger, request, &Refusal::NonceNotAhead { latest: 1 });
    let again = claim(&alice(), &name, &bob().wallet(), 2);
    assert_refused(&mut ledger, again, &Refusal::NothingToClaim);
}

#[test]
fn claims_that_are_refused() {
    let (mut ledger, name) = with_earnings();
    let to_name = claim(&alice(), &name, &wallet("somebody"), 1);
    assert_refused(&mut ledger, to_name, &Refusal::PayeeIsNoAddress);
    for name_of_ours in ["reserve", "founder_community", "rig"] {
        let to_name = claim(&alice(), &name, &wallet(name_of_ours), 1);
        assert_refused(&mut ledger, to_name, &Refusal::PayeeIsNoAddress);
    }
    let thief = claim(&bob(), &name, &bob().wallet(), 1);
    assert_refused(&mut ledger, thief, &Refusal::OtherKeyOwnsName);
    let unknown = claim(&bob(), &wallet("nobody"), &bob().wallet(), 1);
    assert_refused(&mut ledger, unknown, &Refusal::NameHasNoKey);
    assert_refused(
        &mut ledger,
        claim(&alice(), &name, &alice().wallet(), 0),
        &Refusal::NonceNotAhead { latest: 0 },
    );
}

#[test]
fn no_nonce_locks_a_name_or_breaks_the_books() {
    let (mut ledger, name) = with_earnings();
    for nonce in [u64::MAX, 1 << 63, 1 << 53] {
        for request in
            [claim(&alice(), &name, &bob().wallet(), nonce), release(&alice(), &name, nonce)]
        {
            let root = ledger.root_of_everything();
            let outcome = ledger.give(in_epoch(1, 10), request);
            assert!(matches!(outcome, Err(Refusal::NonceTooFarAhead { .. })), "{outcome:?}");
            assert_eq!(ledger.root_of_everything(), root);
        }
    }
    ledger.give(in_epoch(1, 20), claim(&alice(), &name, &bob().wallet(), 1 << 20)).unwrap();
}

#[test]
fn a_claim_pays_for_the_account_that_it_opens() {
    let mut ledger = books();
    let rig = wallet("rig");
    attest_name(&mut ledger, &rig, &alice(), 1, 0).unwrap();
    // So many others weigh the same that the share falls below what opens an account.
    let others: Vec<_> = (0..1_600)
        .map(|number| {
            let person = Person::new(10_000 + number);
            let name = person.wallet();
            let now = in_epoch(0, 200);
            Attest::new(&name, Hardware::Pc, 2_000 + number, 5_000 + number, now).signed_by(&person)
        })
        .collect();
    for outcome in ledger.commit(in_epoch(0, 200), &others).unwrap() {
        outcome.unwrap();
    }
    ledger.tick(in_epoch(1, 0)).unwrap();
    assert!((1..1_000).contains(&ledger.balance(&rig)), "{}", ledger.balance(&rig));
    let refusal = Refusal::BelowOpeningAmount { minimum: micro(1_000) };
    assert_refused(&mut ledger, claim(&alice(), &rig, &bob().wallet(), 1), &refusal);
    ledger.give(in_epoch(1, 10), claim(&alice(), &rig, &alice().wallet(), 1)).unwrap();
}

// --- admins ---------------------------------------------------------------------------------------

#[test]
fn admin_commands_come_in_sequence() {
    let mut ledger = books();
    let pay = |sequence| admin(sequence, admin_transfer(&bob().wallet(), RTC, None));
    for wrong in [0, 2, u64::MAX] {
        assert_refused(&mut ledger, pay(wrong), &Refusal::AdminOutOfSequence { expected: 1 });
    }
    ledger.give(at(10), pay(1)).unwrap();
    assert_refused(&mut ledger, pay(1), &Refusal::AdminOutOfSequence { expected: 2 });
    ledger.give(at(20), pay(2)).unwrap();
    assert_eq!(ledger.balance(&bob().wallet()), 2 * RTC);
}

#[test]
fn only_a_validator_vouches_for_admins() {
    let action = admin_transfer(&bob().wallet(), RTC, None);
    let signed = SignedAdmin::sign(1, "ops".to_owned(), action, &chain_id(), &bob());
    let command = ledger::command::Command::Admin(signed);
    assert_refused(&mut books(), command, &Refusal::NotAValidator);
}

#[test]
fn a_repeated_admin_transfer_is_told_from_a_conflict() {
    let mut ledger = books();
    let action = admin_transfer(&bob().wallet(), RTC, Some("invoice-7"));
    let paid = ledger.give(at(10), admin(1, action.clone())).unwrap();
    let Receipt::Moved { tx_id, .. } = paid else { unreachable!("money has moved") };
    let known_action = |ledger: &Ledger| {
        let state = ledger.state();
        let state = state.read();
        let number = state.idempotent_number("invoice-7").unwrap();
        state.idempotent.get(number).unwrap().action
    };
    let other = admin_transfer(&bob().wallet(), 2 * RTC, Some("invoice-7"));
    for (again, repeats) in [(&action, true), (&other, false)] {
        let conflict = Refusal::IdempotencyKeyConflict { tx_id };
        assert_refused(&mut ledger, admin(2, again.clone()), &conflict);
        assert_eq!(action_hash(again) == known_action(&ledger), repeats);
    }
    assert_eq!(ledger.balance(&bob().wallet()), RTC);
}

#[test]
fn a_repeat_in_the_same_group_pays_once_too() {
    let mut ledger = books();
    let action = admin_transfer(&bob().wallet(), RTC, Some("k"));
    let outcomes = ledger.commit(at(10), &[admin(1, action.clone()), admin(2, action)]).unwrap();
    assert!(outcomes[0].is_ok());
    assert!(matches!(outcomes[1], Err(Refusal::IdempotencyKeyConflict { .. })));
}

#[test]
fn an_empty_idempotency_key_is_none() {
    let mut place = Place::memory();
    let mut ledger = Ledger::found(place.found(&test_founding()), at(0), Box::new(node())).unwrap();
    let action = admin_transfer(&bob().wallet(), RTC, Some(""));
    ledger.give(at(10), admin(1, action.clone())).unwrap();
    ledger.give(at(20), admin(2, action)).unwrap();
    assert_eq!(ledger.balance(&bob().wallet()), 2 * RTC);
    drop(ledger);
    place.reopen().unwrap();
}

#[test]
fn what_the_log_could_not_be_read_back_with_is_refused() {
    let long = "x".repeat(MAX_ADMIN_TEXT_BYTES + 1);
    let fits = "x".repeat(MAX_ADMIN_TEXT_BYTES);
    let transfer = |reason: &str, key: &str| AdminAction::Transfer {
        from: wallet("founder_community"),
        to: bob().wallet(),
        amount: micro(RTC),
        reason: reason.to_owned(),
        idempotency_key: Some(key.to_owned()),
    };
    let command = |key_name: &str, action| {
        let signed = SignedAdmin::sign(1, key_name.to_owned(), action, &chain_id(), &node());
        ledger::command::Command::Admin(signed)
    };
    let mut place = Place::memory();
    let mut ledger = Ledger::found(place.found(&test_founding()), at(0), Box::new(node())).unwrap();
    let refusal = Refusal::AdminTextTooLong { limit: MAX_ADMIN_TEXT_BYTES };
    assert_refused(&mut ledger, command(&long, transfer("r", "k")), &refusal);
    assert_refused(&mut ledger, command("ops", transfer(&long, "k")), &refusal);
    assert_refused(&mut ledger, command("ops", transfer("r", &long)), &refusal);
    ledger.give(at(50), command(&fits, transfer(&fits, &fits))).unwrap();
    drop(ledger);
    place.reopen().unwrap();
}

#[test]
fn admins_pay_from_founders_wallets_alone() {
    let mut ledger = books();
    let transfer = |from: &str, to: &str, amount| {
        let (from, to, amount) = (wallet(from), wallet(to), micro(amount));
        let reason = "bounty".to_owned();
        admin(1, AdminAction::Transfer { from, to, amount, reason, idempotency_key: None })
    };
    let alice = alice().wallet();
    for (command, refusal) in [
        (transfer("reserve", "bob", RTC), Refusal::ReserveIsOffLimits),
        (transfer("founder_founders", "reserve", RTC), Refusal::ReserveIsOffLimits),
        (transfer(alice.as_str(), "bob", RTC), Refusal::NotAFoundersWallet),
        (transfer("founder_founders", "founder_founders", RTC), Refusal::SameWallet),
        (transfer("founder_founders", "bob", 0), Refusal::AmountIsZero),
        (
            transfer("founder_founders", "bob", 999),
            Refusal::BelowOpeningAmount { minimum: micro(1_000) },
        ),
        (
            transfer("founder_founders", "bob", 75_498 * RTC),
            Refusal::InsufficientBalance {
                balance: micro(75_497 * RTC),
                requested: micro(75_498 * RTC),
            },
        ),
        (
            transfer("founder_nobody", "bob", RTC),
            Refusal::InsufficientBalance { balance: micro(0), requested: micro(RTC) },
        ),
    ] {
        assert_refused(&mut ledger, command, &refusal);
    }
}
