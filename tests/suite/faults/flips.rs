//! One byte of the books changes on the disk: that is noticed and named, or it does not matter.
//!
//! What a node serves of balances, nonces and its tip is right whatever happened. What it does not
//! look at when it starts, `node verify` finds.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::chance::Chance;
use crate::harness::crew::Crew;
use crate::harness::genesis::GenesisFile;
use crate::harness::node::TestNode;
use crate::harness::program::Ended;
use crate::harness::tier::{Tries, verdict};

/// The files of the books.
const FILES: [&str; 4] = ["log.db", "log.db-wal", "derived.db", "derived.db-wal"];

/// Books, and what they say.
struct Original {
    node: TestNode,
    crew: Crew,
    /// The newest sealed block that clients were shown.
    tip: Value,
}

/// What became of a flip.
#[derive(Debug, Default)]
struct Outcomes {
    refused: u64,
    found_by_verify: u64,
    harmless: u64,
}

fn written(end: impl FnOnce(&mut TestNode)) -> Original {
    let mut crew = Crew::of(4);
    let mut node = TestNode::of(&crew.fund(GenesisFile::dev()));
    crew.write_until(&mut node, 60, TestNode::kill);
    node.start();
    let mut http = node.http();
    crew.resolve(&mut http);
    crew.check(&mut http);
    let tip = http.read("/api/blocks?limit=1")["blocks"][0].clone();
    end(&mut node);
    Original { node, crew, tip }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
}

/// Changes one byte of one file; what was done.
fn flip(folder: &Path, chance: &mut Chance) -> String {
    let is_there = |name: &&str| fs::metadata(folder.join(name)).is_ok_and(|file| file.len() > 0);
    let files: Vec<&str> = FILES.iter().filter(|name| is_there(name)).copied().collect();
    let name = files[usize::try_from(chance.below(files.len() as u64)).unwrap()];
    let mut bytes = fs::read(folder.join(name)).unwrap();
    let at = usize::try_from(chance.below(bytes.len() as u64)).unwrap();
    let with = u8::try_from(1 + chance.below(255)).unwrap();
    bytes[at] ^= with;
    fs::write(folder.join(name), bytes).unwrap();
    format!("byte {at} of {name} ^ {with}, seed {}", chance.seed())
}

/// A message that says which part of the books is meant.
fn names_what(ended: &Ended, done: &str) {
    assert!(!ended.stderr.contains("panicked"), "{done}: {ended:?}");
    let message = ended.envelope()["error"]["message"].as_str().unwrap_or_default().to_owned();
    let parts = ["log", "block", "store", "ledger", "founding", "derived", "account", "movement"];
    let parts = [&parts[..], &["epoch", "attestation", "command", "validator"]].concat();
    assert!(parts.iter().any(|part| message.contains(part)), "{done}: {ended:?}");
}

impl Original {
    fn flip_once(&self, chance: &mut Chance, outcomes: &mut Outcomes) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("node");
        copy(self.node.folder(), &folder);
        let done = flip(&folder, chance);
        let mut node = TestNode::at(&folder);
        let command = node.serve_command(&[]);
        if let Err(ended) = node.try_start(command) {
            names_what(&ended, &done);
            outcomes.refused += 1;
            return;
        }
        let mut http = node.http();
        self.crew.compare(&mut http, &done);
        let blocks = http.get("/api/blocks?limit=100");
        let is_noticed = blocks.status == 503 && blocks.code() == "STORE_UNAVAILABLE";
        if !is_noticed {
            let blocks = blocks.expect(200);
            assert!(blocks["blocks"].as_array().unwrap().contains(&self.tip), "{done}: {blocks}");
        }
        node.kill();
        let verified = Ended::of(node.command(&["node", "verify"]).output().unwrap());
        if verified.exit == 0 && !is_noticed {
            outcomes.harmless += 1;
        } else {
            names_what(&verified, &done);
            outcomes.found_by_verify += 1;
        }
    }
}

fn flips(what: &str, original: &Original, tries: u64) {
    let mut chance = Chance::new();
    let mut outcomes = Outcomes::default();
    for _ in 0..tries {
        original.flip_once(&mut chance, &mut outcomes);
    }
    verdict(&format!("{tries} bytes flipped {what}: {outcomes:?}, seed {}", chance.seed()));
}

#[test]
fn a_byte_that_changes_while_the_node_is_off_is_noticed_or_harmless() {
    let tries = Tries { gate: 20, long: 2_000, longer: 20_000 }.now();
    flips("after a stop", &written(TestNode::stop), tries);
}

#[test]
fn a_byte_that_changes_after_a_crash_is_noticed_or_harmless() {
    let tries = Tries { gate: 40, long: 4_000, longer: 40_000 }.now();
    flips("after a kill -9", &written(TestNode::kill), tries);
}
