//! Living lives with something that fails in each: nothing acknowledged is lost, nothing happens
//! twice, every answer is one of those that a client knows, or the process ends and says why; and
//! without the failure the node starts as if nothing had been.

use std::fmt::Debug;
use std::path::Path;
use std::process::Command;

use super::lives::Life;
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
    /// Whether it ends the process by itself.
    fn kills(&self) -> bool;
}

/// Lives a life once for each of so many faults.
#[expect(clippy::print_stdout, reason = "a test that fails has to say at which fault")]
pub(super) fn endure<F: Fault>(name: &str, life: &dyn Life, faults: Vec<F>, tries: Tries) {
    let mut chance = Chance::new();
    let (all, mut found, mut ended, mut struck) = (faults.len(), Found::default(), 0, 0);
    let chosen = chance.some_of(faults, tries.now());
    for fault in &chosen {
        println!("{fault:?}");
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join("record");
        let (mut node, mut crew) = life.prepare();
        let place = node.folder().to_owned();
        let tamper = |command: &Command| fault.around(command, &place, &record);
        if let Some(said) = life.live(&mut node, &mut crew, &tamper) {
            says_why(fault, &said);
            ended += 1;
        }
        struck += usize::from(fault.has_happened(&record));
        life.mend(&node);
        found += check_afterwards(fault, &mut node, &mut crew);
    }
    // How often a call is made depends on time, so some numbers are never reached.
    assert!(struck * 4 > chosen.len(), "only {struck} of {} faults happened", chosen.len());
    verdict(&format!(
        "{name}: {} of {all} faults, {struck} happened, {ended} ended the process, {found:?}: \
         nothing lost, nothing twice, seed {}",
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
fn check_afterwards(fault: &impl Fault, node: &mut TestNode, crew: &mut Crew) -> Found {
    let command = node.serve_command(&[]);
    if let Some(ended) = node.start_by(command) {
        panic!("{fault:?}: afterwards the node does not start: {ended:?}");
    }
    let mut http = node.http();
    let found = crew.resolve(&mut http);
    crew.check(&mut http);
    crew.check_history(&mut http);
    http.read("/health");
    node.stop();
    node.verify();
    found
}
