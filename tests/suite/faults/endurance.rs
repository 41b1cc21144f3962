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
const MANY: usize = 100;

/// When the faults of a life have happened.
#[derive(Debug, Default)]
struct Struck {
    before_it_listened: usize,
    afterwards: usize,
}

/// So many of these, in their order; of every kind one before there is a second of any.
fn drawn<F: Fault>(faults: Vec<F>, count: u64, chance: &mut Chance) -> Vec<F> {
    let mut kinds: BTreeMap<String, Vec<(usize, F)>> = BTreeMap::new();
    for (place, fault) in chance.shuffled(faults.into_iter().enumerate().collect()) {
        kinds.entry(fault.kind()).or_default().push((place, fault));
    }
    let mut kinds = chance.shuffled(kinds.into_values().collect());
    let mut drawn = Vec::new();
    while drawn.len() as u64 != count && !kinds.is_empty() {
        let missing = usize::try_from(count).unwrap_or(usize::MAX) - drawn.len();
        drawn.extend(kinds.iter_mut().take(missing).filter_map(Vec::pop));
        kinds.retain(|kind| !kind.is_empty());
    }
    drawn.sort_by_key(|(place, _)| *place);
    drawn.into_iter().map(|(_, fault)| fault).collect()
}

/// Lives a life once for each of so many faults.
#[expect(clippy::print_stdout, reason = "a test that fails has to say at which fault")]
pub(super) fn endure<F: Fault>(name: &str, life: &dyn Life, faults: Vec<F>, tries: Tries) {
    let mut chance = Chance::new();
    println!("seed {}", chance.seed());
    let (all, mut found, mut ended, mut struck) =
        (faults.len(), Found::default(), 0, Struck::default());
    let chosen = drawn(faults, tries.now(), &mut chance);
    for fault in &chosen {
        println!("{fault:?}");
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
        let before_its_time = life.live(&mut node, &mut crew, &tamper);
        if let Some(said) = &before_its_time {
            says_why(fault, said);
            ended += 1;
        }
        if fault.has_happened(&record) {
            match early.get() {
                Some(false) => struck.afterwards += 1,
                Some(true) | None => struck.before_it_listened += 1,
            }
        }
        life.mend(&node);
        found += check_afterwards(fault, life, &mut node, &mut crew);
    }
    // How often a call is made depends on time, so some numbers are never reached.
    let happened = struck.before_it_listened + struck.afterwards;
    if chosen.len() > MANY {
        assert!(happened * 4 > chosen.len(), "{struck:?} of {} faults happened", chosen.len());
        assert!(struck.before_it_listened > 0, "none happened while it started");
        assert!(struck.afterwards > 0 || !life.serves(), "none happened while it served");
    }
    verdict(&format!(
        "{name}: {} of {all} faults, {struck:?}, {ended} ended the process, {found:?}: nothing \
         lost, nothing twice, seed {}",
        chosen.len(),
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
