//! No money from nowhere: amounts, nonces, and pots that are split to the last micro-RTC.

use ledger::audit::{AuditError, check_balances};
use ledger::genesis::SUPPLY;
use ledger::import::Openings;
use ledger::ledger::Ledger;
use ledger::receipt::Receipt;
use ledger::refusal::Refusal;
use ledger::rules::settlement::shares;
use ledger::state::{Account, Holder, Movement, MovementKind, State};
use protocol::epoch::EpochId;
use protocol::money::Amount;
use protocol::multiplier::Multiplier;
use protocol::time::UnixSeconds;
use protocol::wallet_id::MinerId;

use crate::story::reserve_at_start;
use crate::world::*;

/// Every balance is the sum of its movements, and all of them are the supply.
fn assert_conserved(ledger: &mut Ledger) {
    ledger.seal();
    let movements: Vec<Movement> = ledger.reads.movements_from(1, usize::MAX).unwrap();
    let state = ledger.state();
    let state = state.read();
    let mut sums = vec![0_i128; usize::try_from(state.holders.count()).unwrap()];
    for movement in &movements {
        let amount = i128::from(movement.amount.micro());
        sums[usize::try_from(movement.credit).unwrap()] += amount;
        match movement.debit {
            Some(debit) => sums[usize::try_from(debit).unwrap()] -= amount,
            None => assert_eq!((movement.number, movement.kind), (1, MovementKind::Supply)),
        }
    }
    check_balances(&state, &sums, 0).unwrap();
}

fn attest(ledger: &mut Ledger, person: u64, hardware: Hardware, epoch: u64, millis: u64) {
    let (person, now) = (Person::new(person), in_epoch(epoch, millis));
    let fresh = now.0;
    let number = u64::from(person.wallet().as_str().as_bytes()[5]) << 20 | millis;
    let attest = Attest::new(&person.wallet(), hardware, number, fresh, now);
    ledger.give(now, attest.signed_by(&person)).unwrap();
}

#[test]
fn books_that_do_not_sum_to_the_supply_are_found() {
    let holder = |name| Holder { wallet: wallet(name), created_at: UnixSeconds(0) };
    let held = |amount| Account { balance: micro(amount), ..Account::default() };
    let state_of = |balances: &[u64]| {
        let mut state = State::default();
        for (name, balance) in ["reserve", "a"].into_iter().zip(balances) {
            state.add_account(holder(name), held(*balance));
        }
        state
    };
    let supply = SUPPLY.micro();
    let check = |balances: [u64; 2], sums: [u64; 2]| {
        check_balances(&state_of(&balances), &sums.map(i128::from), 9)
    };
    check([supply - 1, 1], [supply - 1, 1]).unwrap();
    for balances in [[supply - 1, 0], [supply, 1]] {
        let found = check(balances, balances);
        assert!(matches!(found, Err(AuditError::Supply { height: 9, .. })), "{found:?}");
    }
    let found = check([supply - 1, 1], [supply, 0]);
    assert!(matches!(found, Err(AuditError::Balance { account: 0, .. })), "{found:?}");
}

// --- transfers ------------------------------------------------------------------------------------

#[test]
fn amounts_that_cannot_be_paid_change_nothing() {
    let mut ledger = books();
    let bob_wallet = bob().wallet();
    let balance = micro(10_000 * RTC);
    let root = ledger.root_of_everything();
    for (amount, refusal) in [
        (0, Refusal::AmountIsZero),
        (999, Refusal::BelowOpeningAmount { minimum: micro(1_000) }),
        (
            10_000 * RTC + 1,
            Refusal::InsufficientBalance { balance, requested: micro(10_000 * RTC + 1) },
        ),
        (Amount::MAX.micro(), Refusal::InsufficientBalance { balance, requested: Amount::MAX }),
    ] {
        assert_eq!(ledger.give(at(10), transfer(&alice(), &bob_wallet, amount, 1)), Err(refusal));
        assert_eq!(ledger.root_of_everything(), root);
    }
    // Nothing of it has burnt the nonce or opened an account.
    assert_eq!(ledger.account(&bob_wallet), None);
    ledger.give(at(20), transfer(&alice(), &bob_wallet, 10_000 * RTC, 1)).unwrap();
    assert_eq!(ledger.balance(&alice().wallet()), 0);
    assert_conserved(&mut ledger);
}

#[test]
fn a_wallet_pays_out_once_what_it_holds_once() {
    let mut ledger = books();
    let pay = |nonce| transfer(&alice(), &bob().wallet(), 6_000 * RTC, nonce);
    let outcomes = ledger.commit(at(10), &[pay(1), pay(2), pay(3)]).unwrap();
    let left = micro(4_000 * RTC);
    let refused = Refusal::InsufficientBalance { balance: left, requested: micro(6_000 * RTC) };
    assert!(outcomes[0].is_ok());
    assert_eq!(outcomes[1..], [Err(refused.clone()), Err(refused)]);
    assert_eq!(ledger.balance(&alice().wallet()), left.micro());
    assert_conserved(&mut ledger);
}

#[test]
fn money_can_be_passed_on_within_a_group() {
    let mut ledger = books();
    let carol = Person::new(40).wallet();
    let commands = [transfer(&alice(), &bob().wallet(), RTC, 1), transfer(&bob(), &carol, RTC, 1)];
    assert!(ledger.commit(at(10), &commands).unwrap().iter().all(Result::is_ok));
    assert_eq!((ledger.balance(&bob().wallet()), ledger.balance(&carol)), (0, RTC));
    assert_conserved(&mut ledger);
}

#[test]
fn nobody_pays_himself() {
    let mut ledger = books();
    let to_self = transfer(&alice(), &alice().wallet(), RTC, 1);
    assert_eq!(ledger.give(at(10), to_self), Err(Refusal::SameWallet));
    assert_eq!(ledger.account(&alice().wallet()).unwrap().last_nonce, 0);
}

#[test]
fn no_nonce_locks_a_wallet() {
    let mut ledger = books();
    let bob_wallet = bob().wallet();
    let pay = |nonce| transfer(&alice(), &bob_wallet, RTC, nonce);
    let a_day_ahead = at(10).plus_millis(86_400_000).0;
    let highest = Refusal::NonceTooFarAhead { highest: a_day_ahead };
    for nonce in [a_day_ahead + 1, 1 << 53, (1 << 63) - 1, u64::MAX] {
        assert_eq!(ledger.give(at(10), pay(nonce)), Err(highest.clone()));
    }
    assert_eq!(ledger.give(at(10), pay(0)), Err(Refusal::NonceNotAhead { latest: 0 }));
    ledger.give(at(10), pay(a_day_ahead)).unwrap();
    let latest = Refusal::NonceNotAhead { latest: a_day_ahead };
    assert_eq!(ledger.give(at(10), pay(a_day_ahead)), Err(latest.clone()));
    assert_eq!(ledger.give(at(10), pay(7)), Err(latest));
    // The leap by count goes on from there.
    assert!(ledger.give(at(10), pay(a_day_ahead + (1 << 20) + 1)).is_err());
    ledger.give(at(10), pay(a_day_ahead + (1 << 20))).unwrap();
}

#[test]
fn the_links_of_an_account_lead_through_all_its_movements() {
    let mut ledger = books();
    for nonce in 1..=5 {
        ledger.give(at(nonce), transfer(&alice(), &bob().wallet(), RTC, nonce)).unwrap();
        ledger.give(at(nonce), transfer(&bob(), &alice().wallet(), RTC / 2, nonce)).unwrap();
    }
    ledger.seal();
    let state = ledger.state();
    let state = state.read();
    let number = state.account_number(&bob().wallet()).unwrap();
    let (mut next, mut sum, mut steps) = (state.accounts.get(number).unwrap().last_movement, 0, 0);
    while next > 0 {
        let movement = ledger.reads.movement(next).unwrap().unwrap();
        let credited = movement.credit == number;
        let amount = i128::from(movement.amount.micro());
        sum += if credited { amount } else { -amount };
        next = if credited { movement.previous_of_credit } else { movement.previous_of_debit };
        steps += 1;
    }
    assert_eq!((steps, sum), (10, i128::from(5 * RTC / 2)));
}

// --- settlement -----------------------------------------------------------------------------------

#[test]
fn an_epoch_moves_its_pot_once() {
    let mut ledger = books();
    for person in 50..57 {
        attest(&mut ledger, person, Hardware::Pc, 0, person);
    }
    // The last millisecond of the epoch is still the epoch.
    ledger.tick(in_epoch(0, EPOCH_MILLIS - 1)).unwrap();
    assert_eq!(ledger.balance(&wallet("reserve")), reserve_at_start());
    for millis in [0, 1, 2_000, 9_999] {
        ledger.tick(in_epoch(1, millis)).unwrap();
        assert_eq!(ledger.balance(&wallet("reserve")), reserve_at_start() - POT);
    }
    ledger.tick(in_epoch(2, 0)).unwrap();
    assert_eq!(ledger.balance(&wallet("reserve")), reserve_at_start() - POT);
    assert_conserved(&mut ledger);
}

#[test]
fn an_attestation_belongs_to_the_epoch_of_its_block() {
    let mut ledger = books();
    attest(&mut ledger, 50, Hardware::Pc, 0, EPOCH_MILLIS - 1);
    attest(&mut ledger, 51, Hardware::Pc, 1, 0);
    assert_eq!(ledger.balance(&Person::new(50).wallet()), POT);
    ledger.tick(in_epoch(2, 0)).unwrap();
    assert_eq!(ledger.balance(&Person::new(50).wallet()), POT);
    assert_eq!(ledger.balance(&Person::new(51).wallet()), POT);
}

#[test]
fn a_late_settlement_pays_the_same() {
    let rewards_when_settled_in = |epoch: u64| {
        let mut ledger = books();
        for person in 50..61 {
            let hardware = if person % 2 == 0 { Hardware::G4 } else { Hardware::Pc };
            attest(&mut ledger, person, hardware, 0, person);
        }
        // Whoever comes later has no part in it.
        attest(&mut ledger, 70, Hardware::G4, epoch, 5);
        let record = ledger.reads.epoch(0).unwrap();
        assert!(record.is_none(), "recorded before the block was sealed");
        ledger.seal();
        assert_eq!(ledger.balance(&Person::new(70).wallet()), 0);
        (50..61).map(|person| ledger.balance(&Person::new(person).wallet())).collect::<Vec<_>>()
    };
    let at_once = rewards_when_settled_in(1);
    assert_eq!(at_once.iter().sum::<u64>(), POT);
    assert_eq!(rewards_when_settled_in(4), at_once);
    assert_eq!(rewards_when_settled_in(1_000), at_once);
}

#[test]
fn an_epoch_that_ends_while_another_is_paid_waits_for_it() {
    let text = genesis_text(1);
    let mut ledger = books_of(&founded_with(text, None));
    for person in 50..55 {
        attest(&mut ledger, person, Hardware::Pc, 0, person);
    }
    // One of five is paid when the next epoch fills and ends.
    attest(&mut ledger, 60, Hardware::G4, 1, 10);
    assert_eq!(ledger.balance(&wallet("reserve")), reserve_at_start() - POT / 5);
    ledger.seal();
    ledger.tick(in_epoch(2, 0)).unwrap();
    assert_eq!(ledger.balance(&wallet("reserve")), reserve_at_start() - 2 * POT);
    for person in 50..55 {
        assert_eq!(ledger.balance(&Person::new(person).wallet()), POT / 5);
    }
    assert_eq!(ledger.balance(&Person::new(60).wallet()), POT);
    let record = |epoch| ledger.reads.epoch(epoch).unwrap().unwrap();
    assert_eq!((record(0).payouts, record(1).payouts), (5, 1));
    assert!(record(0).settled_at == record(1).settled_at && record(0).settled_at.is_some());
    let settled_before = ledger.state().read().counters.settled_before;
    assert_eq!(settled_before, EpochId(2));
    assert_conserved(&mut ledger);
}

#[test]
fn an_epoch_of_nobody_leaves_the_reserve_alone() {
    let mut ledger = books();
    attest(&mut ledger, 50, Hardware::Unmeasured, 0, 1);
    ledger.tick(in_epoch(7, 0)).unwrap();
    ledger.tick(in_epoch(8, 0)).unwrap();
    assert_eq!(ledger.balance(&wallet("reserve")), reserve_at_start());
    assert_eq!(ledger.account(&Person::new(50).wallet()), None);
    let record = ledger.reads.epoch(0).unwrap().unwrap();
    assert_eq!((record.first, record.last, record.enrolled), (EpochId(0), EpochId(6), 1));
    let record = ledger.reads.epoch(7).unwrap().unwrap();
    assert_eq!((record.first, record.last, record.enrolled), (EpochId(7), EpochId(7), 0));
}

#[test]
fn a_reserve_that_runs_dry_pays_what_it_has() {
    let left = POT + POT / 3;
    let csv = format!("wallet,amount_i64\nwhale,{}\n", SUPPLY.micro() - left);
    let import = Openings::parse(csv.as_bytes()).unwrap();
    let mut ledger = books_of(&founded_with(genesis_text(200_000), Some(&import)));
    for (epoch, expected) in [(1, left - POT), (2, 0), (3, 0)] {
        for person in [50, 51, 52] {
            attest(&mut ledger, person, Hardware::Pc, epoch - 1, 10 + person);
        }
        ledger.tick(in_epoch(epoch, 0)).unwrap();
        assert_eq!(ledger.balance(&wallet("reserve")), expected, "epoch {epoch}");
        assert_conserved(&mut ledger);
    }
    let record = ledger.reads.epoch(2).unwrap().unwrap();
    assert_eq!((record.pot.micro(), record.payouts, record.first_movement), (0, 0, 0));
    assert!(record.settled_at.is_some());
}

#[test]
fn what_hooks_paid_stands_in_the_receipts() {
    let mut ledger = books();
    attest(&mut ledger, 50, Hardware::Pc, 0, 1);
    ledger.seal();
    ledger.writer.open(in_epoch(1, 0)).unwrap();
    let closed = ledger.writer.close().unwrap().unwrap();
    let [frozen, paid] = &closed.receipts[..] else { unreachable!("two receipts") };
    let (epoch, pot) = (EpochId(0), micro(POT));
    assert_eq!(*frozen, Receipt::EpochFrozen { epoch, pot, enrolled: 1 });
    assert!(
        matches!(paid, Receipt::EpochPaid { sum, payouts: 1, settled: true, .. } if *sum == pot)
    );
}

#[test]
fn five_thousand_heavy_miners_share_a_pot_exactly() {
    let ids: Vec<MinerId> = (0..5_000).map(|n| wallet(&format!("m{n}"))).collect();
    let weights: Vec<Multiplier> = (1_u32..=5_000)
        .map(|n| Multiplier::from_millionths(1_000_000_000 - n * 7).unwrap())
        .collect();
    for pot in [0, 1, 4_999, 5_000, POT, Amount::MAX.micro()] {
        let split = shares(micro(pot), weights.iter().copied(), |place| {
            ids.get(usize::try_from(place).unwrap())
        });
        let paid: u128 = split.iter().map(|share| u128::from(share.micro())).sum();
        assert_eq!(paid, u128::from(pot));
    }
}
