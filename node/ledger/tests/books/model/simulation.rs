//! One history: random commands, pauses and crashes, and two books that have to agree throughout.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger::audit::{audit, check_balances};
use ledger::command::{Command, Trust};
use ledger::ledger::{Ledger, LedgerError};
use ledger::replay::{Replay, compare};
use ledger::store::Append;
use protocol::encoding::Encode as _;
use protocol::wallet_id::WalletId;

use super::attempts::{Attempt, Crowd};
use super::choices::Choices;
use super::naive::Naive;
use crate::recovery::{Failure, Fuse, reopened_with_failing_log, reopened_with_failing_tables};
use crate::world::*;

const PAYOUTS_PER_BLOCK: u8 = 3;

/// Every so many histories one is kept on disk, and short: a disk takes its time.
const ON_DISK: u64 = 16;
const OPERATIONS_ON_DISK: u64 = 250;

/// How often what happened.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) operations: u64,
    pub(crate) histories: u64,
    pub(crate) blocks: u64,
    pub(crate) movements: u64,
    pub(crate) epochs: u64,
    /// Writes that failed, by what had become durable, and by what became of the process.
    pub(crate) failures: BTreeMap<&'static str, u64>,
    pub(crate) carried_out: BTreeMap<&'static str, u64>,
    pub(crate) refused: BTreeMap<String, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.operations += other.operations;
        self.histories += other.histories;
        self.blocks += other.blocks;
        self.movements += other.movements;
        self.epochs += other.epochs;
        for (name, count) in other.failures {
            *self.failures.entry(name).or_default() += count;
        }
        for (name, count) in other.carried_out {
            *self.carried_out.entry(name).or_default() += count;
        }
        for (name, count) in other.refused {
            *self.refused.entry(name).or_default() += count;
        }
    }
}

/// A history that can be told again from its seed and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct History {
    seed: u64,
    on_disk: bool,
    pub(crate) operations: u64,
}

impl History {
    /// The history of this number.
    pub(crate) fn numbered(seed: u64, number: u64) -> Self {
        let mut choices = Choices::of(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        let on_disk = number % ON_DISK == 3;
        let operations = *choices.pick(&[500, 1_000, 4_000, 16_000]);
        let operations = if on_disk { OPERATIONS_ON_DISK } else { operations };
        Self { seed: choices.next(), on_disk, operations }
    }

    /// Lets it happen.
    pub(crate) fn tell(self) -> Tally {
        let mut simulation = Simulation::new(self);
        while simulation.tally.operations < self.operations {
            simulation.step();
        }
        simulation.end()
    }
}

/// Both books and everybody who uses them.
struct Simulation {
    choices: Choices,
    crowd: Crowd,
    place: Place,
    ledger: Ledger,
    /// Burns at the write that fails, when one is going to, and how it fails.
    fuse: Option<(Fuse, Option<Failure>)>,
    naive: Naive,
    follower: Replay,
    now: u64,
    movements: u64,
    sums: Vec<i128>,
    recent: Vec<(Attempt, Command)>,
    tally: Tally,
}

impl Simulation {
    fn new(history: History) -> Self {
        let crowd = Crowd::new();
        let founding = founded_with(genesis_text(PAYOUTS_PER_BLOCK.into()), None);
        let mut place = if history.on_disk { Place::folder() } else { Place::memory() };
        let store = place.found(&founding);
        let ledger = Ledger::found(store, at(0), Box::new(node())).unwrap();
        let mut follower = Replay::from_nothing(Arc::clone(&ledger.law));
        let block = ledger.reads.block(0).unwrap().unwrap();
        follower.found(&founding, &block).unwrap();
        Self {
            choices: Choices::of(history.seed),
            naive: Naive::new(&crowd.wallets, PAYOUTS_PER_BLOCK.into()),
            crowd,
            place,
            ledger,
            fuse: None,
            follower,
            now: 0,
            movements: 0,
            sums: Vec::new(),
            recent: Vec::new(),
            tally: Tally { histories: 1, ..Tally::default() },
        }
    }

    /// Time passes, then both books are given a group of commands, and something may fail.
    fn step(&mut self) {
        self.let_time_pass();
        let group = self.any_group();
        self.tally.operations += u64::try_from(group.len()).unwrap();
        // What the books are when nothing of the group is durable, or only its block.
        let armed = self.fuse.is_some();
        let before = armed.then(|| self.naive.clone());
        self.naive.ready_block(self.now);
        let opened = armed.then(|| self.naive.clone());
        let expected: Vec<bool> =
            group.iter().map(|(attempt, _)| self.naive.attempt(attempt).is_some()).collect();
        self.naive.end_group();

        let commands: Vec<Command> = group.iter().map(|(_, command)| command.clone()).collect();
        let durable = if armed { self.durable() } else { (0, 0) };
        match self.ledger.commit(at(self.now), &commands) {
            Ok(outcomes) => {
                for ((outcome, expected), (attempt, _)) in
                    outcomes.iter().zip(&expected).zip(&group)
                {
                    assert_eq!(outcome.is_ok(), *expected, "{attempt:?}: {outcome:?}");
                    match outcome {
                        Ok(_) => *self.tally.carried_out.entry(attempt.kind()).or_default() += 1,
                        Err(no) => *self.tally.refused.entry(word(no)).or_default() += 1,
                    }
                }
            }
            Err(error) => {
                let went_on = self.fail(&error);
                let (commands, height) = self.durable();
                let (outcome, books) = if commands > durable.0 {
                    ("the group was durable", None)
                } else if height > durable.1 {
                    ("the block was durable", opened)
                } else {
                    ("nothing was durable", before)
                };
                *self.tally.failures.entry(outcome).or_default() += 1;
                self.naive = books.unwrap_or_else(|| self.naive.clone());
                if self.ledger.writer.open_block().is_none() {
                    self.naive.close();
                }
                if !went_on {
                    self.check_blocks();
                }
            }
        }
        self.recent.extend(group);
        let forgotten = self.recent.len().saturating_sub(64);
        drop(self.recent.drain(..forgotten));
    }

    /// One to six commands, some of them seen before; now and then somebody is in a hurry.
    fn any_group(&mut self) -> Vec<(Attempt, Command)> {
        if self.choices.once_in(200) {
            let rush = self.crowd.rush(&mut self.choices, self.now);
            let commands: Vec<Command> =
                rush.iter().map(|attempt| self.crowd.signed(attempt)).collect();
            return rush.into_iter().zip(commands).collect();
        }
        let size = 1 + self.choices.below(6);
        let mut group = Vec::new();
        for _ in 0..size {
            let again = !self.recent.is_empty() && self.choices.once_in(12);
            group.push(if again {
                self.choices.pick(&self.recent).clone()
            } else {
                let (by, books) = (&mut self.choices, &self.naive);
                let attempt = self.crowd.any_attempt(by, books, self.now);
                let command = self.crowd.signed(&attempt);
                (attempt, command)
            });
        }
        group
    }

    fn let_time_pass(&mut self) {
        self.now += match self.choices.below(200) {
            0 => EPOCH_MILLIS * (1 + self.choices.below(3)),
            1..20 => 2_000,
            _ => self.choices.below(60),
        };
        if self.choices.once_in(8) {
            self.naive.close();
            if let Err(error) = self.ledger.close_block() {
                if self.fail(&error) {
                    self.ledger.close_block().unwrap();
                }
                *self.tally.failures.entry("while a block closed").or_default() += 1;
            }
            self.check_blocks();
        }
        if self.choices.once_in(60) {
            self.naive.close();
            self.reopen();
            self.check_blocks();
        }
    }

    // --- failures ---------------------------------------------------------------------------------

    /// The process ends where it stands, and another one opens the books. Every other time one of
    /// its first writes is going to fail.
    fn reopen(&mut self) {
        self.fuse = None;
        self.ledger = self.place.reopen().unwrap();
        if self.choices.once_in(2) {
            let fuse = Fuse::burns_at(1 + self.choices.below(12));
            let failures = [Failure::Full, Failure::UnknownLost, Failure::UnknownWritten];
            let failure = failures.get(self.choices.index(4)).copied();
            self.ledger = if let Some(failure) = failure {
                reopened_with_failing_log(&self.place, &fuse, failure)
            } else {
                let written = self.choices.once_in(2);
                reopened_with_failing_tables(&self.place, &fuse, written)
            };
            self.fuse = Some((fuse, failure));
        }
    }

    /// What was to be expected happened: a write failed. When the disk was full, the process may go
    /// on, which is answered; else it ends, and another one opens the books.
    fn fail(&mut self, error: &LedgerError) -> bool {
        let (fuse, failure) = self.fuse.take().expect("only a write that was chosen fails");
        assert!(fuse.has_burnt(), "{error}");
        let goes_on = failure == Some(Failure::Full) && self.choices.once_in(2);
        let fate = if goes_on { "and the process went on" } else { "and the process ended" };
        *self.tally.failures.entry(fate).or_default() += 1;
        if !goes_on {
            self.ledger = self.place.reopen().unwrap();
        }
        goes_on
    }

    /// How many commands and which height are in the log, whatever the books in memory say.
    fn durable(&self) -> (u64, u64) {
        let height = self.ledger.reads.last_height().unwrap().unwrap();
        let mut blocks =
            (0..=height).rev().map(|height| self.ledger.reads.block(height).unwrap().unwrap());
        let newest = blocks.find_map(|block| block.groups.last().cloned());
        let commands =
            newest.map_or(0, |group| group.first_command + u64::from(group.commands) - 1);
        (commands, height)
    }

    // --- what always holds ------------------------------------------------------------------------

    /// Everything that holds after every block.
    fn check_blocks(&mut self) {
        let last = self.ledger.sealer.tip().height;
        for height in self.follower.next_height()..=last {
            let block = self.ledger.reads.block(height).unwrap().unwrap();
            let (_, header) = self.follower.run(&block, Trust::OwnLog).unwrap();
            compare(&header, &block.seal.unwrap().header).unwrap();
            self.follower.forget_recent();
        }
        self.check_movements(last);
        let header = self.ledger.reads.seal(last).unwrap().unwrap().header;
        assert_eq!(header.state_root, self.ledger.root_of_everything(), "block {last}");
        self.check_against_naive();
    }

    /// Every balance is the sum of its movements, and all of them are the supply.
    fn check_movements(&mut self, last: u64) {
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
        let state = self.ledger.state();
        check_balances(&state.read(), &self.sums, last).unwrap();
    }

    fn check_against_naive(&self) {
        let state = self.ledger.state();
        let state = state.read();
        let micro =
            |wallet: &WalletId| state.account(wallet).map(|account| account.balance.micro());
        for (wallet, balance) in &self.naive.balances {
            assert_eq!(micro(wallet), Some(*balance), "{wallet}");
        }
        assert_eq!(usize::try_from(state.holders.count()).unwrap(), self.naive.balances.len());
        for (wallet, nonce) in &self.naive.nonces {
            assert_eq!(state.account(wallet).unwrap().last_nonce, *nonce, "{wallet}");
        }
        for (name, pinned) in &self.naive.names {
            let name = state.names.get(state.name_number(name).unwrap()).unwrap();
            assert_eq!(name.claimable.micro(), pinned.claimable, "{}", name.id);
        }
        let enrolled: Vec<(WalletId, u64)> = state
            .enrolments
            .iter()
            .map(|row| {
                (state.miners.get(row.miner).unwrap().id.clone(), row.weight.millionths().into())
            })
            .collect();
        assert_eq!(enrolled, self.naive.enrolled);
        for (number, miner) in (0_u32..).zip(state.miners.iter()) {
            let bound = miner.machine.map(|machine| state.machines.get(machine).unwrap());
            assert!(bound.is_none_or(|machine| machine.owner == number), "{}", miner.id);
            assert_eq!(bound.is_some(), self.naive.miners[&miner.id].bound_to.is_some());
        }
        assert_eq!(state.counters.admin_commands, self.naive.admin_commands);
    }

    /// The end: the audit agrees, and a second store that is given the bare commands seals the same
    /// blocks, to the byte. It checks every signature on the way.
    fn end(mut self) -> Tally {
        self.naive.close();
        self.ledger = self.place.reopen().unwrap();
        self.check_blocks();
        let reads = self.ledger.reads.as_ref();
        let report = audit(reads, &mut |_, _| {}).unwrap();
        let mut other = Place::memory();
        let mut store = other.found(&reads.founding().unwrap());
        for height in 0..=report.height {
            let block = reads.block(height).unwrap().unwrap();
            store.log.append(Append { open: Some(block.open), ..Append::default() }).unwrap();
            for group in &block.groups {
                store.log.append(Append { group: Some(group), ..Append::default() }).unwrap();
            }
        }
        let again = Ledger::open(store, Box::new(node()), &mut |_, _| {}).unwrap();
        for height in 0..=report.height {
            let seals = [reads, again.reads.as_ref()].map(|side| side.seal(height));
            let [first, second] = seals.map(|seal| seal.unwrap().unwrap());
            assert_eq!(first.header.encoded(), second.header.encoded(), "block {height}");
            assert_eq!(first.certificate, second.certificate, "block {height}");
        }
        assert_eq!(again.sealer.tip(), self.ledger.sealer.tip());
        self.tally.blocks = report.blocks;
        self.tally.movements = report.movements;
        self.tally.epochs = self.ledger.state().read().counters.epochs_with_blocks;
        self.tally
    }
}

/// The name of a refusal, without what it says.
fn word(refusal: &ledger::refusal::Refusal) -> String {
    let text = format!("{refusal:?}");
    text.split([' ', '(', '{']).next().unwrap().to_owned()
}
