//! A write of the node takes only half of its bytes, which the kernel may do at any time. What was to
//! follow goes on, finds the disk full, or never happens.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::endurance::{Fault, endure};
use super::lives::{First, Life, Load, Migration, Settlement, Tamper};
use crate::harness::preload::{Preload, with_preload};
use crate::harness::tier::Tries;

/// What follows half a write.
const FOLLOWS: [&str; 3] = ["goes-on", "disk-full", "killed"];

/// The n-th write of a process to the node's files takes half of its bytes.
#[derive(Debug, Clone)]
struct ShortWrite {
    library: PathBuf,
    number: usize,
    then: &'static str,
}

impl Fault for ShortWrite {
    fn around(&self, command: &Command, folder: &Path, record: &Path) -> Command {
        let mut tampered = with_preload(command, &self.library);
        tampered.env("SHORT_WRITES_FOLDER", folder);
        tampered.env("SHORT_WRITES_RECORD", record).env("SHORT_WRITES_THEN", self.then);
        tampered.env("SHORT_WRITES_NUMBER", self.number.to_string());
        tampered
    }

    fn has_happened(&self, record: &Path) -> bool {
        fs::read(record).unwrap_or_default().contains(&b'h')
    }

    fn has_happened_by_now(&self, record: &Path) -> bool {
        self.has_happened(record)
    }

    fn kills(&self) -> bool {
        self.then == "killed"
    }

    fn kind(&self) -> String {
        self.then.to_owned()
    }
}

/// Every write that a life has, with everything that may follow.
fn places(preload: &Preload, life: &dyn Life) -> Vec<ShortWrite> {
    let record = preload.folder().join("record");
    let (mut node, mut crew) = life.prepare();
    let whole = ShortWrite { library: preload.library(), number: 0, then: "goes-on" };
    let place = node.folder().to_owned();
    let around = |command: &Command| whole.around(command, &place, &record);
    let tamper = Tamper { around: &around, listening: &|| {} };
    let ended = life.live(&mut node, &mut crew, &tamper);
    assert!(ended.is_none(), "{ended:?}");
    let writes = fs::read(&record).unwrap().len();
    let places = (1..=writes).flat_map(|number| FOLLOWS.map(|then| (number, then)));
    places.map(|(number, then)| ShortWrite { number, then, ..whole.clone() }).collect()
}

/// Every place in the long runs, some in the gate.
fn fail(name: &str, life: &dyn Life, gate: u64) {
    let Some(preload) = Preload::compile("faults/short_writes.c") else { return };
    let places = places(&preload, life);
    endure(name, life, places, Tries { gate, long: u64::MAX, longer: u64::MAX });
}

#[test]
fn a_write_is_short_during_start_transfers_and_stop() {
    fail("short writes: start, transfers, stop", &Load, 24);
}

#[test]
fn a_write_is_short_while_a_node_is_made() {
    fail("short writes: making a node", &First, 12);
}

#[test]
fn a_write_is_short_while_epochs_are_settled() {
    fail("short writes: settlement", &Settlement::default(), 6);
}

#[test]
fn a_write_is_short_during_a_migration() {
    fail("short writes: migration", &Migration, 12);
}
