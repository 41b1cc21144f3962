//! Every store keeps the same books: one story, told to each.

use ledger::audit::audit;
use ledger::command::Command;
use ledger::ledger::Ledger;
use ledger::refusal::Refusal;
use ledger::state::MovementKind;
use protocol::account::AccountLeaf;
use protocol::block::Header;
use protocol::encoding::Encode as _;
use protocol::epoch::EpochId;
use protocol::merkle::Proof;

use crate::story::{play, scenes};
use crate::world::*;

const SLICE: u64 = 2;

/// Tells the story on a store, with settlements paid two miners at a time.
fn told(place: &mut Place) -> Ledger {
    let store = place.found(&founded_with(genesis_text(SLICE), None));
    let mut ledger = Ledger::found(store, at(0), Box::new(node())).unwrap();
    play(&mut ledger, &scenes());
    ledger
}

fn headers(ledger: &Ledger) -> Vec<Header> {
    let last = ledger.reads.last_height().unwrap().unwrap();
    (0..=last).map(|height| ledger.reads.seal(height).unwrap().unwrap().header).collect()
}

#[test]
fn headers_are_byte_equal_on_every_store() {
    let [(_, mut memory), (_, mut folder)] = Place::of_every_kind();
    let (memory, folder) = (headers(&told(&mut memory)), headers(&told(&mut folder)));
    assert!(memory.len() > 10);
    for (a, b) in memory.iter().zip(&folder) {
        assert_eq!(a.encoded(), b.encoded(), "block {}", a.batch.height);
    }
    assert_eq!(memory.len(), folder.len());
}

#[test]
fn every_block_follows_and_certifies_the_one_before() {
    for (kind, mut place) in Place::of_every_kind() {
        let ledger = told(&mut place);
        let headers = headers(&ledger);
        for (before, header) in headers.iter().zip(&headers[1..]) {
            assert_eq!(header.batch.prev, before.hash(), "{kind}");
            assert!(header.batch.time > before.batch.time, "{kind}");
        }
        assert_eq!(ledger.sealer.tip().hash, headers.last().unwrap().hash(), "{kind}");
    }
}

#[test]
fn the_root_of_every_header_is_that_of_the_whole_state() {
    let store = Place::memory().found(&founded_with(genesis_text(SLICE), None));
    let mut ledger = Ledger::found(store, at(0), Box::new(node())).unwrap();
    for scene in scenes() {
        play(&mut ledger, &[scene]);
        let header = headers(&ledger).pop().unwrap();
        assert_eq!(header.state_root, ledger.root_of_everything(), "{}", header.batch.height);
    }
}

#[test]
fn reopened_books_are_the_same_books() {
    for (kind, mut place) in Place::of_every_kind() {
        let mut ledger = told(&mut place);
        let (root, tip) = (ledger.root_of_everything(), ledger.sealer.tip().clone());
        let balance = ledger.balance(&bob().wallet());
        drop(ledger);
        let mut replayed = 0;
        let progress: &mut dyn FnMut(u64, u64) = &mut |_, _| replayed += 1;
        ledger = Ledger::open(place.open().unwrap(), Box::new(node()), progress).unwrap();
        assert_eq!(replayed, 0, "{kind}: the derived tables were not believed");
        assert_eq!(ledger.root_of_everything(), root, "{kind}");
        assert_eq!(*ledger.sealer.tip(), tip, "{kind}");
        assert_eq!(ledger.balance(&bob().wallet()), balance, "{kind}");
        let replayed = transfer(&alice(), &Person::new(30).wallet(), 1_000, 11);
        let outcome = ledger.give(in_epoch(6, 50), replayed);
        assert_eq!(outcome, Err(Refusal::NonceNotAhead { latest: 11 }), "{kind}");
        assert!(ledger.give(in_epoch(6, 60), transfer(&alice(), &bob().wallet(), 1, 12)).is_ok());
    }
}

#[test]
fn reopening_after_every_block_changes_nothing() {
    for (kind, mut place) in Place::of_every_kind() {
        let expected = headers(&told(&mut Place::memory()));
        let store = place.found(&founded_with(genesis_text(SLICE), None));
        drop(Ledger::found(store, at(0), Box::new(node())).unwrap());
        for scene in scenes() {
            play(&mut place.reopen().unwrap(), &[scene]);
        }
        assert_eq!(headers(&place.reopen().unwrap()), expected, "{kind}");
    }
}

#[test]
fn how_commands_are_grouped_does_not_matter() {
    let grouped = headers(&told(&mut Place::memory()));
    let store = Place::memory().found(&founded_with(genesis_text(SLICE), None));
    let mut ledger = Ledger::found(store, at(0), Box::new(node())).unwrap();
    for (now, commands) in scenes() {
        for command in commands {
            ledger.give(now, command).unwrap();
        }
        ledger.seal().unwrap();
    }
    assert_eq!(headers(&ledger), grouped);
}

#[test]
fn the_books_add_up_on_every_store() {
    for (kind, mut place) in Place::of_every_kind() {
        let ledger = told(&mut place);
        let mut seen = Vec::new();
        let report =
            audit(ledger.reads.as_ref(), &mut |height, last| seen.push((height, last))).unwrap();
        let counters = ledger.state().read().counters.clone();
        assert_eq!(report.commands, counters.commands, "{kind}");
        assert_eq!(report.movements, counters.movements, "{kind}");
        assert_eq!(report.derived_height, Some(report.height), "{kind}");
        assert_eq!(u64::try_from(seen.len()).unwrap(), report.blocks, "{kind}");
        assert_eq!(seen.last(), Some(&(report.height, report.height)), "{kind}");
    }
}

#[test]
fn transfers_are_found_by_id_number_and_place() {
    for (kind, mut place) in Place::of_every_kind() {
        let ledger = told(&mut place);
        let (reads, counters) = (&ledger.reads, ledger.state().read().counters.clone());
        for (_, commands) in scenes() {
            for command in &commands {
                let Command::Transfer(signed) = command else { continue };
                let movement = reads.movement_of(&signed.tx_id()).unwrap().unwrap();
                assert_eq!(movement.nonce, signed.transfer.nonce, "{kind}");
                assert_eq!(movement.note, signed.transfer.memo, "{kind}");
                assert_eq!(movement.amount, signed.transfer.amount, "{kind}");
                let by_place = reads.transfer(movement.transfer_number).unwrap();
                assert_eq!(by_place.as_ref(), Some(&movement), "{kind}");
                assert_eq!(reads.movement(movement.number).unwrap(), Some(movement), "{kind}");
            }
        }
        assert_eq!(reads.movement(counters.movements + 1).unwrap(), None, "{kind}");
        assert_eq!(reads.transfer(counters.transfers + 1).unwrap(), None, "{kind}");
        assert_eq!(reads.transfer(0).unwrap(), None, "{kind}");
        let all = reads.movements_from(1, usize::MAX).unwrap();
        assert_eq!(u64::try_from(all.len()).unwrap(), counters.movements, "{kind}");
        assert_eq!(reads.movements_from(3, 2).unwrap(), all[2..4], "{kind}");
    }
}

#[test]
fn an_account_is_followed_back_through_its_movements_alone() {
    for (kind, mut place) in Place::of_every_kind() {
        let ledger = told(&mut place);
        let (state, reads) = (ledger.state(), &ledger.reads);
        let all = reads.movements_from(1, usize::MAX).unwrap();
        let mut longest = 0;
        for (account, number) in state.read().accounts.iter().zip(0_u32..) {
            let newest_first: Vec<_> = all.iter().rev().filter_map(|m| m.seen_by(number)).collect();
            let back = |from, skip, limit| reads.history_back(number, from, skip, limit).unwrap();
            let newest = account.last_movement;
            assert_eq!(back(newest, 0, usize::MAX), newest_first, "{kind}");
            assert_eq!(
                back(newest, 1, 2),
                newest_first.get(1..).unwrap_or(&[]).iter().take(2).cloned().collect::<Vec<_>>(),
                "{kind}"
            );
            assert_eq!(back(newest, newest_first.len(), 5), [], "{kind}");
            assert_eq!(back(0, 0, 5), [], "{kind}");
            // A movement of others ends the walk at once.
            for stranger in all.iter().filter(|m| m.previous_of(number).is_none()) {
                assert_eq!(back(stranger.number, 0, 5), [], "{kind}");
            }
            longest = longest.max(newest_first.len());
        }
        assert!(longest > 3, "{kind}: the story has an account with a past");
    }
}

#[test]
fn an_epoch_that_is_paid_in_slices_is_recorded_as_one() {
    for (kind, mut place) in Place::of_every_kind() {
        let ledger = told(&mut place);
        let record = ledger.reads.epoch(0).unwrap().unwrap();
        let rewards: Vec<u64> = ledger
            .reads
            .movements_from(1, usize::MAX)
            .unwrap()
            .into_iter()
            .filter(|movement| movement.kind == MovementKind::Reward && movement.epoch == 0)
            .map(|movement| movement.number)
            .collect();
        // The G4 and five of the seven, for two of them measured nothing.
        assert_eq!(record.payouts, 6, "{kind}");
        assert_eq!(record.enrolled, 8, "{kind}");
        assert_eq!(rewards.len(), 6, "{kind}");
        assert_eq!(rewards.first(), Some(&record.first_movement), "{kind}");
        assert!(rewards[5] - rewards[0] > 5, "{kind}: nothing moved between the slices");
        assert_eq!(record.pot.micro(), POT, "{kind}");
        assert!(record.settled_at.is_some(), "{kind}");
    }
}

#[test]
fn epochs_without_weight_are_recorded_as_ranges() {
    for (kind, mut place) in Place::of_every_kind() {
        let ledger = told(&mut place);
        let epoch = |epoch| ledger.reads.epoch(epoch).unwrap();
        let empty = epoch(1).unwrap();
        assert_eq!((empty.first, empty.last), (EpochId(1), EpochId(2)), "{kind}");
        assert_eq!((empty.payouts, empty.enrolled, empty.pot.micro()), (0, 1, 0), "{kind}");
        assert_eq!(epoch(2), Some(empty), "{kind}");
        assert_eq!(epoch(4).unwrap().payouts, 1, "{kind}");
        assert_eq!(epoch(5).unwrap().payouts, 0, "{kind}");
        assert_eq!(epoch(6), None, "{kind}: it is running");
    }
}

#[test]
fn attestations_are_kept_without_what_was_sent() {
    for (kind, mut place) in Place::of_every_kind() {
        let ledger = told(&mut place);
        let state = ledger.state();
        let state = state.read();
        let g4 = state.miner(&wallet("dual-g4-125")).unwrap();
        let mut newest = g4.last_attestation;
        let mut epochs = Vec::new();
        while newest > 0 {
            let record = ledger.reads.attestation(newest).unwrap().unwrap();
            assert!(record.body.is_empty(), "{kind}");
            epochs.push(record.epoch.0);
            newest = record.previous;
        }
        assert_eq!(epochs, [3, 1, 0], "{kind}");
    }
}

#[test]
fn what_a_wallet_holds_can_be_proven() {
    let ledger = told(&mut Place::memory());
    let state = ledger.state();
    let state = state.read();
    let trees = ledger.sealer.trees();
    let trees = trees.read();
    let root = trees.accounts_root();
    for (number, account) in (0..).zip(state.accounts.iter()) {
        let holder = state.wallet(number).unwrap();
        let leaf: AccountLeaf = account.leaf(holder);
        let proof: Proof = trees.prove_account(number).unwrap();
        assert!(proof.shows(&leaf.encoded(), &root), "{holder}");
        let richer = AccountLeaf { last_nonce: leaf.last_nonce + 1, ..leaf };
        assert!(!proof.shows(&richer.encoded(), &root), "{holder}");
    }
}

#[test]
fn a_command_that_is_sent_again_changes_nothing() {
    for (now_later, scene) in [(20, 0), (30, 1), (40, 2), (50, 3)] {
        let mut ledger = books();
        play(&mut ledger, &scenes()[..=scene]);
        let root = ledger.root_of_everything();
        let (now, commands) = scenes().remove(scene);
        for outcome in ledger.commit(now.plus_millis(now_later), &commands).unwrap() {
            outcome.unwrap_err();
        }
        assert_eq!(ledger.root_of_everything(), root);
    }
}
