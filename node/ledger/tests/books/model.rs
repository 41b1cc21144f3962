//! Random commands against naive books: both say the same, block after block.
//!
//! `LEDGER_MODEL_OPERATIONS` sets how many, `LEDGER_MODEL_SEED` which.

mod naive;

use std::sync::Arc;

use ledger::audit::{audit, check_balances};
use ledger::command::{Command, Trust};
use ledger::ledger::Ledger;
use ledger::replay::{Replay, compare};
use protocol::admin::AdminAction;
use protocol::keys::Signer as _;
use protocol::time::UnixSeconds;
use protocol::wallet_id::WalletId;

use self::naive::{Attempt, Naive};
use crate::world::*;

const PEOPLE: usize = 12;
const NAMES: [&str; 6] = ["rig-1", "rig-2", "rig-3", "treasury", "old", "reserve"];
const PAYOUTS_PER_BLOCK: u8 = 3;
const DEFAULT_OPERATIONS: u64 = 20_000;

/// `SplitMix64` (Steele, Lea, Flood 2014): small, seeded, good enough to choose with.
struct Choices(u64);

impl Choices {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(u64::try_from(end).unwrap())).unwrap()
    }

    /// True once in `times`.
    const fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.index(from.len())]
    }
}

/// Both books and everybody who uses them.
struct Simulation {
    choices: Choices,
    people: Vec<Person>,
    place: Place,
    ledger: Ledger,
    naive: Naive,
    follower: Replay,
    now: u64,
    challenges: u64,
    movements: u64,
    sums: Vec<i128>,
    recent: Vec<(Attempt, Command)>,
    carried_out: u64,
    refused: u64,
}

impl Simulation {
    fn new(seed: u64) -> Self {
        let mut people: Vec<Person> = (100..).take(PEOPLE - 1).map(Person::new).collect();
        people.push(alice());
        let founding = founded_with(genesis_text(PAYOUTS_PER_BLOCK.into()), None);
        let mut place = Place::memory();
        let store = place.found(&founding);
        let ledger = Ledger::found(store, at(0), Box::new(node())).unwrap();
        let mut follower = Replay::from_nothing(Arc::clone(&ledger.law));
        let block = ledger.reads.block(0).unwrap().unwrap();
        follower.found(&founding, &block).unwrap();
        Self {
            choices: Choices(seed),
            naive: Naive::new(&people, PAYOUTS_PER_BLOCK.into()),
            people,
            place,
            ledger,
            follower,
            now: 0,
            challenges: 0,
            movements: 0,
            sums: Vec::new(),
            recent: Vec::new(),
            carried_out: 0,
            refused: 0,
        }
    }

    // --- what somebody might try ------------------------------------------------------------------

    fn any_name(&mut self) -> WalletId {
        wallet(NAMES[self.choices.index(NAMES.len())])
    }

    fn anybody(&mut self) -> usize {
        self.choices.index(PEOPLE)
    }

    fn any_wallet(&mut self) -> WalletId {
        let somebody = self.anybody();
        if self.choices.once_in(4) { self.any_name() } else { self.people[somebody].wallet() }
    }

    fn nonce_after(&mut self, last: u64) -> u64 {
        match self.choices.below(12) {
            0 => last,
            1 => last + 2 + self.choices.below(1_000),
            2 => last + (1 << 20),
            3 => self.choices.next(),
            _ => last + 1,
        }
    }

    fn any_amount(&mut self, held: u64) -> u64 {
        match self.choices.below(10) {
            0 => self.choices.below(1_200),
            1 => held,
            2 => held + 1,
            _ => self.choices.below(held / 3 + 2_000),
        }
    }

    fn any_attempt(&mut self) -> Attempt {
        match self.choices.below(100) {
            0..45 => {
                let (from, to) = (self.anybody(), self.anybody());
                let held = self.naive.balances.get(&self.people[from].wallet());
                let amount = self.any_amount(held.copied().unwrap_or(0));
                let nonce = self.nonce_after(self.naive.nonce(from));
                Attempt::Transfer { from, to, amount, nonce }
            }
            45..75 => self.any_attestation(),
            75..82 => {
                let (who, name) = self.somebody_and_a_name();
                let nonce = self.nonce_after(self.naive.owner_nonce(&name));
                Attempt::Release { who, name, nonce }
            }
            82..90 => {
                let (who, name, to) = (self.anybody(), self.any_name(), self.any_wallet());
                let last = self.naive.names.get(&name).map_or(0, |pinned| pinned.nonce);
                let nonce = self.nonce_after(last);
                Attempt::Claim { who, name, to, nonce }
            }
            _ => self.any_admin_command(),
        }
    }

    fn somebody_and_a_name(&mut self) -> (usize, WalletId) {
        let who = self.anybody();
        let own = !self.choices.once_in(3);
        (who, if own { self.people[who].wallet() } else { self.any_name() })
    }

    fn any_attestation(&mut self) -> Attempt {
        let (who, name) = self.somebody_and_a_name();
        if !self.choices.once_in(20) {
            self.challenges += 1;
        }
        let seconds = at(self.now).seconds().0;
        let expiry = if self.choices.once_in(20) { seconds } else { seconds + 300 };
        let challenge = self.challenges;
        let hardware = *self.choices.pick(&[Hardware::G4, Hardware::Pc, Hardware::Unmeasured]);
        let number = self.choices.below(14);
        Attempt::Attest { who, name, hardware, number, challenge, expiry }
    }

    fn any_admin_command(&mut self) -> Attempt {
        let next = self.naive.admin_commands + 1;
        let sequence = if self.choices.once_in(8) { self.choices.below(next + 3) } else { next };
        match self.choices.below(4) {
            0 => Attempt::AdminRelease { sequence, name: self.any_wallet() },
            1 => Attempt::BindKey { sequence, name: self.any_wallet(), who: self.anybody() },
            _ => {
                let to = self.people[self.choices.index(PEOPLE)].wallet();
                let to = if self.choices.once_in(5) { wallet("old") } else { to };
                let key = self.choices.once_in(2).then(|| format!("k{}", self.choices.below(900)));
                let amount = self.choices.below(5 * RTC);
                Attempt::AdminTransfer { sequence, to, amount, key }
            }
        }
    }

    fn signed(&self, attempt: &Attempt) -> Command {
        match attempt.clone() {
            Attempt::Transfer { from, to, amount, nonce } => {
                transfer(&self.people[from], &self.people[to].wallet(), amount, nonce)
            }
            Attempt::Attest { who, name, hardware, number, challenge: fresh, expiry } => {
                let (disks, challenge) =
                    (box_number(number), challenge(fresh, UnixSeconds(expiry)));
                Attest { name, hardware, disks, challenge }.signed_by(&self.people[who])
            }
            Attempt::Release { who, name, nonce } => release(&self.people[who], &name, nonce),
            Attempt::Claim { who, name, to, nonce } => claim(&self.people[who], &name, &to, nonce),
            Attempt::AdminTransfer { sequence, to, amount, key } => {
                admin(sequence, admin_transfer(&to, amount, key.as_deref()))
            }
            Attempt::BindKey { sequence, name, who } => {
                let key = self.people[who].public_key();
                admin(sequence, AdminAction::BindKey { name, key })
            }
            Attempt::AdminRelease { sequence, name } => {
                admin(sequence, AdminAction::ReleaseMachine { miner: name })
            }
        }
    }

    // --- both books -------------------------------------------------------------------------------

    /// A group of one to six commands, some of them seen before.
    fn step(&mut self) -> u64 {
        self.let_time_pass();
        let size = 1 + self.choices.below(6);
        let mut group = Vec::new();
        for _ in 0..size {
            let again = !self.recent.is_empty() && self.choices.once_in(12);
            group.push(if again {
                self.recent[self.choices.index(self.recent.len())].clone()
            } else {
                let attempt = self.any_attempt();
                let command = self.signed(&attempt);
                (attempt, command)
            });
        }
        self.naive.ready_block(self.now);
        let expected: Vec<bool> =
            group.iter().map(|(attempt, _)| self.naive.attempt(attempt).is_some()).collect();
        self.naive.end_group();
        let commands: Vec<Command> = group.iter().map(|(_, command)| command.clone()).collect();
        let outcomes = self.ledger.commit(at(self.now), &commands).unwrap();
        for ((outcome, expected), (attempt, _)) in outcomes.iter().zip(&expected).zip(&group) {
            assert_eq!(outcome.is_ok(), *expected, "{attempt:?}: {outcome:?}");
            *(if *expected { &mut self.carried_out } else { &mut self.refused }) += 1;
        }
        self.recent.extend(group);
        let forgotten = self.recent.len().saturating_sub(64);
        drop(self.recent.drain(..forgotten));
        size
    }

    fn let_time_pass(&mut self) {
        self.now += match self.choices.below(200) {
            0 => EPOCH_MILLIS * (1 + self.choices.below(3)),
            1..20 => 2_000,
            _ => self.choices.below(60),
        };
        if self.choices.once_in(8) {
            self.naive.close();
            self.ledger.seal();
            self.check_blocks();
        }
        if self.choices.once_in(150) {
            self.naive.close();
            self.ledger = self.place.reopen().unwrap();
            self.check_blocks();
        }
    }

    /// Everything that holds after every block.
    fn check_blocks(&mut self) {
        let last = self.ledger.sealer.tip().height;
        for height in self.follower.next_height()..=last {
            let block = self.ledger.reads.block(height).unwrap().unwrap();
            let (_, header) = self.follower.run(&block, Trust::OwnLog).unwrap();
            compare(&header, &block.seal.unwrap().header).unwrap();
            self.follower.forget_recent();
        }
        for movement in self.ledger.reads.movements_from(self.movements + 1, usize::MAX).unwrap() {
            let amount = i128::from(movement.amount.micro());
            self.movements += 1;
            assert_eq!(movement.number, self.movements);
            for (account, amount) in [(Some(movement.credit), amount), (movement.debit, -amount)] {
                let Some(account) = account else { continue };
                let account = usize::try_from(account).unwrap();
                self.sums.resize(self.sums.len().max(account + 1), 0);
                self.sums[account] += amount;
            }
        }
        let header = self.ledger.reads.seal(last).unwrap().unwrap().header;
        assert_eq!(header.state_root, self.ledger.root_of_everything(), "block {last}");
        let state = self.ledger.state();
        let state = state.read();
        check_balances(&state, &self.sums, last).unwrap();
        let micro =
            |wallet: &WalletId| state.account(wallet).map(|account| account.balance.micro());
        for (wallet, balance) in &self.naive.balances {
            assert_eq!(micro(wallet), Some(*balance), "{wallet}");
        }
        assert_eq!(state.holders.len(), self.naive.balances.len());
        for (wallet, nonce) in &self.naive.nonces {
            assert_eq!(state.account(wallet).unwrap().last_nonce, *nonce, "{wallet}");
        }
        for (name, pinned) in &self.naive.names {
            let name = state.names.get(state.name_number(name).unwrap()).unwrap();
            assert_eq!(name.claimable.micro(), pinned.claimable, "{}", name.id);
        }
        let enrolled: Vec<(WalletId, u64)> = state
            .enrolments
            .as_slice()
            .iter()
            .map(|row| {
                (state.miners.get(row.miner).unwrap().id.clone(), row.weight.millionths().into())
            })
            .collect();
        assert_eq!(enrolled, self.naive.enrolled);
        for (number, miner) in (0_u32..).zip(state.miners.as_slice()) {
            let bound = miner.machine.map(|machine| state.machines.get(machine).unwrap());
            assert!(bound.is_none_or(|machine| machine.owner == number), "{}", miner.id);
            assert_eq!(bound.is_some(), self.naive.miners[&miner.id].bound_to.is_some());
        }
    }
}

fn number_from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn random_commands_leave_the_books_as_the_naive_ones() {
    let operations = number_from_environment("LEDGER_MODEL_OPERATIONS", DEFAULT_OPERATIONS);
    let seed = number_from_environment("LEDGER_MODEL_SEED", 20_251_202);
    println!("seed {seed}, {operations} operations");
    let mut simulation = Simulation::new(seed);
    let mut done = 0;
    while done < operations {
        done += simulation.step();
    }
    simulation.ledger.seal();
    simulation.naive.close();
    simulation.check_blocks();
    let report = audit(simulation.ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
    println!("{report:?}, {} refused", simulation.refused);
    assert_eq!(report.commands, simulation.carried_out);
    let share = operations / 5;
    assert!(simulation.carried_out > share && simulation.refused > share, "a dull simulation");
}
