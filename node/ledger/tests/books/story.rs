//! One story with everything in it: transfers, attestations, names, admins, epochs.

use ledger::command::Command;
use ledger::ledger::Ledger;
use ledger::refusal::Refusal;
use protocol::admin::AdminAction;
use protocol::keys::Signer as _;
use protocol::time::UnixMillis;

use crate::world::*;

/// A group of commands and when it arrives.
pub(crate) type Scene = (UnixMillis, Vec<Command>);

/// The story. Nothing in it is refused. The third and the sixth epoch have no blocks.
pub(crate) fn scenes() -> Vec<Scene> {
    let (alice, bob) = (alice(), bob());
    let g4 = wallet("dual-g4-125");
    let t = in_epoch;
    let mut scenes = vec![
        (t(0, 100), vec![transfer(&alice, &bob.wallet(), 5 * RTC, 1)]),
        (
            t(0, 200),
            vec![
                transfer_with_memo(&alice, &bob.wallet(), 1_234_567, 7, "two\0memos \u{1f600}"),
                transfer(&bob, &alice.wallet(), RTC, 1_000),
            ],
        ),
        (t(0, 300), vec![Attest::new(&g4, Hardware::G4, 1, 1, t(0, 300)).signed_by(&bob)]),
        (t(0, 2_500), vec![admin(1, admin_transfer(&wallet("treasury"), RTC, Some("inv-1")))]),
        (
            t(0, 2_600),
            vec![admin(
                2,
                AdminAction::BindKey { name: wallet("treasury"), key: bob.public_key() },
            )],
        ),
    ];
    let mut attestations = Vec::new();
    for number in 10..17 {
        let (miner, now) = (Person::new(number), t(0, 3_000));
        let hardware = if number % 3 == 0 { Hardware::Unmeasured } else { Hardware::Pc };
        attestations
            .push(Attest::new(&miner.wallet(), hardware, number, number, now).signed_by(&miner));
    }
    scenes.push((t(0, 3_000), attestations));
    // Paid a few at a time, where blocks take only a few, with other money moving in between.
    scenes.push((t(1, 0), vec![transfer(&alice, &bob.wallet(), 1, 8)]));
    scenes.push((t(1, 2_000), vec![transfer(&alice, &bob.wallet(), 2, 9)]));
    scenes.push((t(1, 4_000), vec![transfer(&alice, &bob.wallet(), 3, 10)]));
    scenes.push((
        t(1, 4_100),
        vec![Attest::new(&g4, Hardware::Unmeasured, 1, 20, t(1, 4_100)).signed_by(&bob)],
    ));
    scenes.push((t(1, 9_999), vec![claim(&bob, &g4, &bob.wallet(), 1)]));
    // Epoch 1 weighed nothing and nobody was there in epoch 2.
    scenes.push((
        t(3, 0),
        vec![Attest::new(&g4, Hardware::G4, 1, 21, t(3, 0)).signed_by(&bob), release(&bob, &g4, 1)],
    ));
    scenes.push((t(4, 1), vec![transfer(&alice, &Person::new(30).wallet(), 1_000, 11)]));
    scenes.push((
        t(4, 5),
        vec![
            Attest::new(&Person::new(31).wallet(), Hardware::Pc, 1, 22, t(4, 5))
                .signed_by(&Person::new(31)),
            admin(3, AdminAction::ReleaseMachine { miner: Person::new(31).wallet() }),
            admin(4, admin_transfer(&Person::new(30).wallet(), 2_000, None)),
        ],
    ));
    scenes.push((t(6, 0), vec![transfer(&bob, &alice.wallet(), 1_000, 1_001)]));
    scenes
}

/// Plays scenes, each in a block of its own.
pub(crate) fn play(ledger: &mut Ledger, scenes: &[Scene]) {
    for (now, commands) in scenes {
        for outcome in ledger.commit(*now, commands).unwrap() {
            outcome.unwrap();
        }
        ledger.seal().unwrap();
    }
}

#[test]
fn the_story_has_the_promised_ending() {
    let mut ledger = books();
    play(&mut ledger, &scenes());
    let sum_of_weights: u64 = 2_500_000 + 5 * 800_000;
    let g4_share = POT * 2_500_000 / sum_of_weights;
    // Bob got 5 + 1.234567 and six micro-RTC, gave 1 and 0.001, and claimed what the G4 earned.
    let rest = POT - g4_share - 5 * (POT * 800_000 / sum_of_weights);
    let earned = ledger.balance(&bob().wallet()) - (5_000_000 + 1_234_567 + 6 - RTC - 1_000);
    assert!((g4_share..=g4_share + 1).contains(&earned), "{earned}, rest {rest}");
    // Epoch 3 went to the G4 alone and waits to be claimed; epoch 4 to the box's new owner.
    assert_eq!(ledger.balance(&wallet("dual-g4-125")), POT);
    assert_eq!(ledger.balance(&Person::new(31).wallet()), POT);
    assert_eq!(ledger.balance(&wallet("reserve")), reserve_at_start() - 3 * POT);
    assert_eq!(ledger.balance(&Person::new(12).wallet()), 0);
    let repeated = transfer(&bob(), &alice().wallet(), 1_000, 1_001);
    let again = ledger.give(in_epoch(6, 10), repeated);
    assert_eq!(again, Err(Refusal::NonceNotAhead { latest: 1_001 }));
}

/// What the reserve holds when nobody has earned anything yet.
pub(crate) fn reserve_at_start() -> u64 {
    let allocated: u64 = genesis().allocations.values().map(|amount| amount.micro()).sum();
    ledger::genesis::SUPPLY.micro() - allocated
}
