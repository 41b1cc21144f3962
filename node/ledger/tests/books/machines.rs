//! One machine, one wallet, one enrolment per epoch; and what the evidence says is what it weighs.

use ledger::ledger::Ledger;
use ledger::receipt::Receipt;
use ledger::refusal::Refusal;
use ledger::state::{MAX_MACHINES_PER_IDENTIFIER, MachineNumber};
use protocol::admin::AdminAction;
use protocol::epoch::EpochId;
use protocol::keys::Signer as _;
use protocol::time::{UnixMillis, UnixSeconds};

use crate::world::*;

/// The box that everybody wants.
const BOX: u64 = 500;

/// Gives numbers to challenges, so that every one is fresh.
struct Miners {
    ledger: Ledger,
    challenges: u64,
}

impl Miners {
    fn new() -> Self {
        Self { ledger: books(), challenges: 1_000 }
    }

    fn attest_with(
        &mut self,
        person: &Person,
        hardware: Hardware,
        number: u64,
        now: UnixMillis,
    ) -> Result<Receipt, Refusal> {
        self.challenges += 1;
        let attest = Attest::new(&person.wallet(), hardware, number, self.challenges, now);
        self.ledger.give(now, attest.signed_by(person))
    }

    /// Attests the box with a PC's evidence.
    fn attest(&mut self, person: &Person, now: UnixMillis) -> Result<Receipt, Refusal> {
        self.attest_with(person, Hardware::Pc, BOX, now)
    }

    fn machine_of(&self, person: &Person) -> Option<MachineNumber> {
        self.ledger.state().read().miner(&person.wallet()).and_then(|miner| miner.machine)
    }

    /// Everybody's machine is one that says it is theirs.
    fn assert_bindings_agree(&self) {
        let state = self.ledger.state();
        let state = state.read();
        for (number, miner) in (0_u32..).zip(state.miners.iter()) {
            if let Some(machine) = miner.machine {
                assert_eq!(state.machines.get(machine).unwrap().owner, number, "{}", miner.id);
            }
        }
    }
}

#[test]
fn a_bound_machine_is_refused_to_others() {
    let mut miners = Miners::new();
    miners.attest(&alice(), in_epoch(0, 100)).unwrap();
    let root = miners.ledger.root_of_everything();
    let refused = miners.attest(&bob(), in_epoch(0, 200));
    assert_eq!(refused, Err(Refusal::HardwareAlreadyBound));
    assert_eq!(miners.ledger.root_of_everything(), root);
    // Two of three disks are still the same box, one is not.
    let mut attest = Attest::new(&bob().wallet(), Hardware::Pc, BOX, 1, in_epoch(0, 300));
    attest.disks[0] = "ANOTHER-DISK-0".to_owned();
    let outcome = miners.ledger.give(in_epoch(0, 300), attest.signed_by(&bob()));
    assert_eq!(outcome, Err(Refusal::HardwareAlreadyBound));
    attest.disks[1] = "ANOTHER-DISK-1".to_owned();
    miners.ledger.give(in_epoch(0, 300), attest.signed_by(&bob())).unwrap();
}

#[test]
fn a_released_machine_stays_the_owners_until_the_epoch_ends() {
    let mut miners = Miners::new();
    miners.attest(&alice(), in_epoch(0, 100)).unwrap();
    let released = miners.ledger.give(in_epoch(0, 200), release(&alice(), &alice().wallet(), 1));
    let free_from = EpochId(1);
    assert_eq!(released, Ok(Receipt::MachineReleased { machine: 0, free_from }));
    assert_eq!(miners.attest(&bob(), in_epoch(0, 300)), Err(Refusal::HardwareAlreadyBound));
    // Using it until then does not take the release back.
    miners.attest(&alice(), in_epoch(0, 400)).unwrap();
    miners.attest(&bob(), in_epoch(1, 0)).unwrap();
    assert_eq!(miners.attest(&alice(), in_epoch(1, 100)), Err(Refusal::HardwareAlreadyBound));
    miners.assert_bindings_agree();
}

#[test]
fn a_released_machine_earns_once_per_epoch() {
    let mut miners = Miners::new();
    miners.attest(&alice(), in_epoch(0, 100)).unwrap();
    for epoch in 1..4 {
        let request = release(&alice(), &alice().wallet(), epoch);
        miners.ledger.give(in_epoch(epoch - 1, 5_000), request).unwrap();
        // The former owner is first in the new epoch and binds the box anew; a friend has to wait.
        miners.attest(&alice(), in_epoch(epoch, 10)).unwrap();
        let second = miners.attest(&bob(), in_epoch(epoch, 20));
        assert_eq!(second, Err(Refusal::HardwareAlreadyBound), "epoch {epoch}");
        assert_eq!(miners.ledger.state().read().enrolments.count(), 1);
        miners.assert_bindings_agree();
    }
    miners.ledger.tick(in_epoch(4, 0)).unwrap();
    assert_eq!(miners.ledger.balance(&alice().wallet()), 10_000 * RTC + 4 * POT);
    // Bound anew means that the release is used up.
    assert_eq!(miners.attest(&bob(), in_epoch(5, 0)), Err(Refusal::HardwareAlreadyBound));
}

#[test]
fn a_former_owner_cannot_release_the_machine_again() {
    let mut miners = Miners::new();
    miners.attest(&alice(), in_epoch(0, 100)).unwrap();
    miners.ledger.give(in_epoch(0, 200), release(&alice(), &alice().wallet(), 1)).unwrap();
    // After the release it was used once more, so the former owner's miner names it again.
    miners.attest(&alice(), in_epoch(0, 300)).unwrap();
    miners.attest(&bob(), in_epoch(1, 0)).unwrap();
    let again = miners.ledger.give(in_epoch(1, 100), release(&alice(), &alice().wallet(), 2));
    assert_eq!(again, Err(Refusal::NoMachineBound));
    let action = AdminAction::ReleaseMachine { miner: alice().wallet() };
    let by_admin = miners.ledger.give(in_epoch(1, 200), admin(1, action));
    assert_eq!(by_admin, Err(Refusal::NoMachineBound));
    assert_eq!(miners.machine_of(&alice()), None);
    assert_eq!(miners.machine_of(&bob()), Some(0));
    assert_eq!(miners.attest(&alice(), in_epoch(2, 0)), Err(Refusal::HardwareAlreadyBound));
    miners.assert_bindings_agree();
}

#[test]
fn a_binding_lapses_after_thirty_epochs_of_silence() {
    let mut miners = Miners::new();
    miners.attest(&alice(), in_epoch(0, 100)).unwrap();
    let mut epoch = 0;
    for _ in 0..29 {
        // Epochs without blocks do not count.
        epoch += 2;
        let rival = miners.attest(&bob(), in_epoch(epoch, 0));
        assert_eq!(rival, Err(Refusal::HardwareAlreadyBound), "epoch {epoch}");
    }
    // A sign of life starts the count again.
    miners.attest(&alice(), in_epoch(epoch, 100)).unwrap();
    for _ in 0..30 {
        epoch += 1;
        miners.ledger.tick(in_epoch(epoch, 0)).unwrap();
    }
    miners.attest(&bob(), in_epoch(epoch, 200)).unwrap();
    assert_eq!(miners.machine_of(&alice()), None);
    miners.assert_bindings_agree();
    let late = miners.ledger.give(in_epoch(epoch, 300), release(&alice(), &alice().wallet(), 1));
    assert_eq!(late, Err(Refusal::NoMachineBound));
}

#[test]
fn an_admin_releases_what_an_owner_could() {
    let mut miners = Miners::new();
    miners.attest(&alice(), in_epoch(0, 100)).unwrap();
    let action = AdminAction::ReleaseMachine { miner: alice().wallet() };
    miners.ledger.give(in_epoch(0, 200), admin(1, action.clone())).unwrap();
    assert_eq!(
        miners.ledger.give(in_epoch(0, 300), admin(2, action)),
        Err(Refusal::NoMachineBound)
    );
    miners.attest(&bob(), in_epoch(1, 0)).unwrap();
}

#[test]
fn only_the_owner_releases() {
    let mut miners = Miners::new();
    miners.attest(&alice(), in_epoch(0, 100)).unwrap();
    let stranger = miners.ledger.give(in_epoch(0, 200), release(&bob(), &alice().wallet(), 1));
    assert_eq!(stranger, Err(Refusal::OtherKeyOwnsName));
    let unknown = miners.ledger.give(in_epoch(0, 300), release(&bob(), &bob().wallet(), 1));
    assert_eq!(unknown, Err(Refusal::NoMachineBound));
    miners.ledger.give(in_epoch(0, 400), release(&alice(), &alice().wallet(), 1)).unwrap();
    miners.attest(&alice(), in_epoch(0, 500)).unwrap();
    let replayed = miners.ledger.give(in_epoch(0, 600), release(&alice(), &alice().wallet(), 1));
    assert_eq!(replayed, Err(Refusal::NonceNotAhead { latest: 1 }));
}

#[test]
fn one_box_with_many_names_earns_once() {
    let mut miners = Miners::new();
    for seed in 10..13 {
        let outcome = miners.attest(&Person::new(seed), in_epoch(0, seed));
        assert_eq!(outcome.is_ok(), seed == 10);
    }
    miners.attest_with(&Person::new(13), Hardware::Pc, BOX + 1, in_epoch(0, 500)).unwrap();
    miners.ledger.tick(in_epoch(1, 0)).unwrap();
    let earned = |seed: u64| miners.ledger.balance(&Person::new(seed).wallet());
    assert_eq!([10, 11, 12, 13].map(earned), [POT / 2, 0, 0, POT / 2]);
}

#[test]
fn what_sixteen_machines_share_identifies_nothing_in_a_group_either() {
    // The last two machines have nothing in common but two disks that sixteen others have too.
    let (mut attestations, now) = (Vec::new(), in_epoch(0, 100));
    let shared = ["SHARED-DISK-A".to_owned(), "SHARED-DISK-B".to_owned()];
    let count = u64::try_from(MAX_MACHINES_PER_IDENTIFIER).unwrap();
    for number in 0..2 * count + 2 {
        let person = Person::new(2_000 + number);
        let mut attest =
            Attest::new(&person.wallet(), Hardware::Pc, 3_000 + number, 4_000 + number, now);
        if number < 2 * count {
            attest.disks[0].clone_from(&shared[usize::from(number < count)]);
        } else {
            attest.disks = shared.to_vec();
        }
        attestations.push(attest.signed_by(&person));
    }
    let mut at_once = books();
    let outcomes = at_once.commit(now, &attestations).unwrap();
    let mut one_by_one = books();
    for (command, outcome) in attestations.into_iter().zip(outcomes) {
        assert_eq!(one_by_one.give(now, command), outcome);
    }
    assert_eq!(one_by_one.seal().unwrap().header, at_once.seal().unwrap().header);
}

// --- weights --------------------------------------------------------------------------------------

#[test]
fn the_best_attestation_of_an_epoch_counts_and_the_next_one_starts_fresh() {
    let mut miners = Miners::new();
    let (alice, t) = (alice(), in_epoch);
    for (now, hardware, weight) in [
        (t(0, 0), Hardware::Unmeasured, 0),
        (t(0, 100), Hardware::G4, 2_500_000),
        (t(0, 200), Hardware::Pc, 2_500_000),
        (t(0, 300), Hardware::Unmeasured, 2_500_000),
        (t(1, 0), Hardware::Unmeasured, 0),
        (t(1, 10), Hardware::Pc, 800_000),
        (t(2, 0), Hardware::Pc, 800_000),
    ] {
        let receipt = miners.attest_with(&alice, hardware, BOX, now).unwrap();
        let Receipt::Attested { weight: told, multiplier, epoch, .. } = receipt else {
            unreachable!("attestations are attested")
        };
        assert_eq!(miners.ledger.weight(&alice.wallet()), Some(weight));
        assert_eq!((told.millionths(), multiplier.millionths()), (weight, hardware.millionths()));
        assert_eq!(epoch, miners.ledger.state().read().counters.open_epoch);
        assert_eq!(miners.ledger.state().read().enrolments.count(), 1);
    }
}

#[test]
fn an_enrolment_of_a_past_epoch_is_no_row_of_the_open_one() {
    let mut miners = Miners::new();
    let people: Vec<Person> = (10..14).map(Person::new).collect();
    for (number, person) in (0_u64..).zip(&people) {
        miners.attest_with(person, Hardware::Pc, 100 + number, in_epoch(0, number)).unwrap();
    }
    // In the new epoch they come in another order, so every old row number is somebody else's.
    for (number, person) in [(3, &people[3]), (2, &people[2]), (1, &people[1]), (0, &people[0])] {
        let hardware = if number == 0 { Hardware::G4 } else { Hardware::Pc };
        miners.attest_with(person, hardware, 100 + number, in_epoch(1, 100 - number)).unwrap();
    }
    let weights: Vec<Option<u32>> =
        people.iter().map(|person| miners.ledger.weight(&person.wallet())).collect();
    assert_eq!(weights, [Some(2_500_000), Some(800_000), Some(800_000), Some(800_000)]);
}

#[test]
fn a_challenge_is_good_once_and_until_it_expires() {
    let mut ledger = books();
    let now = in_epoch(0, 5_000);
    let attest = Attest::new(&alice().wallet(), Hardware::Pc, BOX, 1, now);
    ledger.give(now, attest.signed_by(&alice())).unwrap();
    let used = Err(Refusal::ChallengeUsed);
    assert_eq!(ledger.give(now, attest.signed_by(&alice())), used);
    // A challenge that somebody else has used is used, whoever asks.
    let thief = Attest { name: bob().wallet(), ..attest.clone() };
    assert_eq!(ledger.give(now, thief.signed_by(&bob())), used);
    // Pruning forgets it only when it has expired.
    for seconds in [64, 128, 256, 298] {
        let later = now.plus_millis(seconds * 1_000);
        let other = Attest::new(&bob().wallet(), Hardware::Pc, BOX + 1, 100 + seconds, later);
        ledger.give(later, other.signed_by(&bob())).unwrap();
        assert_eq!(ledger.give(later, attest.signed_by(&alice())), used, "{seconds}");
    }
    let expired = now.plus_millis(300_000);
    let outcome = ledger.give(expired, attest.signed_by(&alice()));
    assert_eq!(outcome, Err(Refusal::ChallengeExpired));
    let last_second = UnixSeconds(expired.seconds().0 + 1);
    let attest = Attest { challenge: challenge(2, last_second), ..attest };
    ledger.give(expired, attest.signed_by(&alice())).unwrap();
}

#[test]
fn ten_attestations_are_accepted_per_slot() {
    let mut miners = Miners::new();
    for _ in 0..10 {
        miners.attest(&alice(), in_epoch(0, 100)).unwrap();
    }
    let root = miners.ledger.root_of_everything();
    let retry_at = in_epoch(0, 2_000).seconds();
    let eleventh = miners.attest(&alice(), in_epoch(0, 1_999));
    assert_eq!(eleventh, Err(Refusal::TooManyAttestations { limit: 10, retry_at }));
    assert_eq!(miners.ledger.root_of_everything(), root);
    miners.attest(&alice(), in_epoch(0, 2_000)).unwrap();
}

/// Whom a key last attested for is not asked by any rule, and still answered alike by a node that ran
/// on and by one that started again.
#[test]
fn a_key_that_attests_for_several_names_is_the_newest_ones() {
    let mut place = Place::folder();
    let mut ledger = Ledger::found(place.found(&test_founding()), at(0), Box::new(node())).unwrap();
    let (key, other) = (Person::new(77), Person::new(78));
    let names = ["name-a", "name-b"].map(wallet);
    let mut challenge = 0;
    let mut attest = |ledger: &mut Ledger, who: &Person, which: usize| {
        challenge += 1;
        let now = at(2_000 * challenge);
        let number = which.try_into().unwrap();
        let attest = Attest::new(&names[which], Hardware::Pc, number, challenge, now);
        ledger.give(now, attest.signed_by(who)).unwrap();
    };
    let mut seen = Vec::new();
    for step in 0..4 {
        match step {
            0 | 2 => attest(&mut ledger, &key, 0),
            1 => attest(&mut ledger, &key, 1),
            _ => {
                let bind = AdminAction::BindKey { name: names[0].clone(), key: other.public_key() };
                ledger.give(at(9_000), admin(1, bind)).unwrap();
                attest(&mut ledger, &other, 0);
            }
        }
        ledger.seal().unwrap();
        let of = |ledger: &Ledger, key: &Person| {
            let state = ledger.state();
            let state = state.read();
            state.miner_with_key(&key.public_key()).map(|miner| miner.id.to_string())
        };
        let ran_on = [of(&ledger, &key), of(&ledger, &other)];
        drop(ledger);
        ledger = place.reopen().unwrap();
        assert_eq!([of(&ledger, &key), of(&ledger, &other)], ran_on, "step {step}");
        seen.push(ran_on.map(Option::unwrap_or_default));
    }
    assert_eq!(seen, [["name-a", ""], ["name-b", ""], ["name-a", ""], ["name-b", "name-a"]]);
}
