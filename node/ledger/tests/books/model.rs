//! Random histories against naive books: both say the same, block after block.
//!
//! | variable | what it sets |
//! |---|---|
//! | `RUSTCHAIN_TEST_TIER` | how many operations: see [`OPERATIONS`] |
//! | `LEDGER_MODEL_OPERATIONS` | how many, whatever the tier |
//! | `LEDGER_MODEL_SEED` | which histories |
//! | `LEDGER_MODEL_HISTORY` | one of them alone, by its number: what failed is told again |
#![expect(clippy::print_stdout, reason = "how much was tried is what one wants to know")]

mod attempts;
mod choices;
mod naive;
mod simulation;

use std::num::NonZero;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use self::simulation::{History, Tally};
use crate::tier::Tries;

const SEED: u64 = 20_251_202;

/// Between two lines about how far it is, in operations.
const MILESTONE: u64 = 10_000_000;

/// From so many operations on, everything that can happen has to have happened.
const WORTH_LOOKING_AT: u64 = 100_000;

/// Every refusal that commands can meet. `BalanceTooLarge` would take more money than there is.
const REFUSALS: [&str; 25] = [
    "AddressNeedsNoKey",
    "AdminOutOfSequence",
    "AdminTextTooLong",
    "AmountIsZero",
    "BelowOpeningAmount",
    "ChainIdRequired",
    "ChallengeExpired",
    "ChallengeUsed",
    "HardwareAlreadyBound",
    "IdempotencyKeyConflict",
    "InsufficientBalance",
    "NameHasNoKey",
    "NameHoldsMoney",
    "NoMachineBound",
    "NonceNotAhead",
    "NonceTooFarAhead",
    "NotAFoundersWallet",
    "NotAValidator",
    "NothingToClaim",
    "OtherKeyOwnsName",
    "PayeeIsNoAddress",
    "ReserveIsOffLimits",
    "SameWallet",
    "SignatureRequired",
    "TooManyAttestations",
];

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.replace('_', "").parse().unwrap())
}

/// How many operations are tried altogether.
const OPERATIONS: Tries = Tries { gate: 100_000, long: 100_000_000, longer: 1_000_000_000 };

/// Histories that have not been told yet: numbered from 0, until there are enough operations.
struct Untold {
    seed: u64,
    operations: u64,
    next: u64,
    planned: u64,
}

impl Untold {
    fn take(&mut self) -> Option<(u64, History)> {
        (self.planned < self.operations).then(|| {
            let number = self.next;
            let history = History::numbered(self.seed, number);
            self.next += 1;
            self.planned += history.operations;
            (number, history)
        })
    }
}

/// Says which history it was, when it ends in a panic.
struct Named(u64, u64);

impl Drop for Named {
    #[expect(clippy::print_stderr, reason = "what failed has to be told again")]
    fn drop(&mut self) {
        if thread::panicking() {
            let Self(seed, number) = self;
            eprintln!("again: LEDGER_MODEL_SEED={seed} LEDGER_MODEL_HISTORY={number}");
        }
    }
}

/// Tells histories until none is left.
fn tell(untold: &Mutex<Untold>, told: &Mutex<Tally>) {
    loop {
        let next = untold.lock().unwrap().take();
        let Some((number, history)) = next else { return };
        let named = Named(untold.lock().unwrap().seed, number);
        let tally = history.tell();
        drop(named);
        let mut told = told.lock().unwrap();
        let before = told.operations / MILESTONE;
        told.add(tally);
        if told.operations / MILESTONE > before {
            println!("{} operations in {} histories", told.operations, told.histories);
        }
    }
}

fn print(told: &Tally, seconds: f64) {
    let Tally { operations, histories, blocks, movements, epochs, failures, .. } = told;
    println!(
        "VERDICT: {operations} operations in {histories} histories: {blocks} blocks, {movements} movements, {epochs} epochs"
    );
    println!("carried out: {:?}", told.carried_out);
    println!("refused: {:?}", told.refused);
    println!("failed writes: {failures:?}");
    println!("{seconds:.1} s");
}

/// What every run of some length has to have seen; else it proves less than it says.
fn check_that_it_was_not_dull(told: &Tally) {
    if told.operations < WORTH_LOOKING_AT {
        return;
    }
    let carried_out: u64 = told.carried_out.values().sum();
    let refused: u64 = told.refused.values().sum();
    let share = told.operations / 5;
    assert!(carried_out > share && refused > share, "{carried_out} and {refused}");
    assert_eq!(told.carried_out.len(), 7, "a kind of command is missing");
    let refusals: Vec<&str> = told.refused.keys().map(String::as_str).collect();
    assert_eq!(refusals, REFUSALS);
    assert_eq!(told.failures.len(), 6, "a kind of failure is missing");
}

#[test]
fn random_histories_leave_the_books_as_the_naive_ones() {
    let seed = from_environment("LEDGER_MODEL_SEED").unwrap_or(SEED);
    let started = Instant::now();
    if let Some(number) = from_environment("LEDGER_MODEL_HISTORY") {
        let history = History::numbered(seed, number);
        println!("seed {seed}, history {number}: {history:?}");
        print(&history.tell(), started.elapsed().as_secs_f64());
        return;
    }
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let operations =
        from_environment("LEDGER_MODEL_OPERATIONS").unwrap_or_else(|| OPERATIONS.now());
    println!("seed {seed}, {operations} operations, {threads} threads");
    let untold = Mutex::new(Untold { seed, operations, next: 0, planned: 0 });
    let told = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| tell(&untold, &told));
        }
    });
    let told = told.into_inner().unwrap();
    print(&told, started.elapsed().as_secs_f64());
    assert!(told.operations >= operations);
    check_that_it_was_not_dull(&told);
}
