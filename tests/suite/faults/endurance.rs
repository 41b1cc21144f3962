//! Living lives with something that fails in each: nothing acknowledged is lost, nothing happens
//! twice, every answer is one of those that a client knows, or the process ends and says why; and
//! without the failure the node starts as if nothing had been.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;
use std::process::Command;

use super::lives::{Life, Tamper};
use crate::harness::chance::Chance;
use crate::harness::crew::{Crew, Found};
use crate::harness::node::TestNode;
use crate::harness::program::Ended;
use crate::harness::tier::{Tries, verdict};

/// Something that fails once in the life of a process.
pub(super) trait Fault: Debug {
    /// The command with the fault in it, about the files of this folder.
    fn around(&self, command: &Command, folder: &Path, record: &Path) -> Command;
    /// Whether it has happened in the process that has ended.
    fn has_happened(&self, record: &Path) -> bool;
    /// Whether it has happened in the process that still runs.
    fn has_happened_by_now(&self, record: &Path) -> bool;
    /// Whether it ends the process by itself.
    fn kills(&self) -> bool;
    /// What it is, wherever it happens.
    fn kind(&self) -> String;
}

/// So many faults that some of them have to happen in each part of a life.
const MANY: u64 = 100;

/// What became of lives.
#[derive(Debug, Default)]
struct Tally {
    lived: u64,
    struck_before_it_listened: u64,
    struck_afterwards: u64,
    ended_the_process: u64,
    found: Found,
}

impl Tally {
    /// Whether more than a quarter of the faults happened. How often a call is made depends on time,
    /// so some are never reached.
    fn has_struck(&self) -> bool {
        (self.struck_before_it_listened + self.struck_afterwards) * 4 > self.lived
    }

    /// One more life, with this fault in it.
    fn live<F: Fault>(&mut self, life: &dyn Life, fault: &F) {
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join("record");
        let (mut node, mut crew) = life.prepare();
        let place = node.folder().to_owned();
        // Whether it had happened when the node listened; nothing while it does not.
        let early = Cell::new(None);
        let tamper = Tamper {
            around: &|command| fault.around(command, &place, &record),
            listening: &|| early.set(Some(fault.has_happened_by_now(&record))),
        };
        if let Some(said) = life.live(&mut node, &mut crew, &tamper) {
            says_why(fault, &said);
            self.ended_the_process += 1;
        }
        if fault.has_happened(&record) {
            match early.get() {
                Some(false) => self.struck_afterwards += 1,
                Some(true) | None => self.struck_before_it_listened += 1,
            }
        }
        life.mend(&node);
        self.found += check_afterwards(fault, life, &mut node, &mut crew);
        self.lived += 1;
    }
}

/// All of these in any order, but of every kind one before there is a second of any.
fn in_turns<F: Fault>(faults: Vec<F>, chance: &mut Chance) -> Vec<F> {
    let mut kinds: BTreeMap<String, Vec<F>> = BTreeMap::new();
    for fault in chance.shuffled(faults) {
        kinds.entry(fault.kind()).or_default().push(fault);
    }
    let mut kinds = chance.shuffled(kinds.into_values().collect());
    let mut ordered = Vec::new();
    while !kinds.is_empty() {
        ordered.extend(kinds.iter_mut().filter_map(Vec::pop));
        kinds.retain(|kind| !kind.is_empty());
    }
    ordered
}

/// Lives a life once for each of so many faults, and for more where too few of these happen.
#[expect(clippy::print_stdout, reason = "a test that fails has to say at which fault")]
pub(super) fn endure<F: Fault>(name: &str, life: &dyn Life, faults: Vec<F>, tries: Tries) {
    let (mut chance, all, mut tally) = (Chance::new(), faults.len(), Tally::default());
    println!("seed {}", chance.seed());
    for fault in &in_turns(faults, &mut chance) {
        if tally.lived >= tries.now() && tally.has_struck() {
            break;
        }
        println!("{fault:?}");
        tally.live(life, fault);
    }
    assert!(tally.has_struck(), "{tally:?}");
    if tally.lived > MANY {
        assert!(tally.struck_before_it_listened > 0, "none while it started: {tally:?}");
        let served = tally.struck_afterwards > 0;
        assert!(served || !life.is_about_serving(), "none while it served: {tally:?}");
    }
    verdict(&format!(
        "{name}, {all} faults: {tally:?}: nothing lost, nothing twice, seed {}",
        chance.seed()
    ));
}

/// A process that ends before its time has been killed, or says what the trouble is.
fn says_why(fault: &impl Fault, ended: &Ended) {
    if fault.kills() {
        return;
    }
    assert!(!ended.stderr.contains("panicked"), "{fault:?}: {ended:?}");
    let message = ended.envelope()["error"]["message"].as_str().map(str::to_owned);
    assert!(ended.exit > 0 && message.is_some_and(|said| !said.is_empty()), "{fault:?}: {ended:?}");
}

/// Without the fault the node starts at once, and its books hold what the clients know.
fn check_afterwards(
    fault: &impl Fault,
    life: &dyn Life,
    node: &mut TestNode,
    crew: &mut Crew,
) -> Found {
    let command = node.serve_command(&[]);
    if let Some(ended) = node.start_by(command) {
        panic!("{fault:?}: afterwards the node does not start: {ended:?}");
    }
    let mut http = node.http();
    let found = crew.resolve(&mut http);
    crew.check(&mut http);
    crew.check_history(&mut http);
    life.check(&mut http);
    http.read("/health");
    node.stop();
    node.verify();
    found
}
