//! One byte of the books changes on the disk: that is noticed and named, or it does not matter.
//!
//! What a node serves of balances, nonces and its tip is right whatever happened. What it does not
//! look at when it starts, `node verify` finds.

use std::fs;
use std::io;
use std::path::Path;

use ledger::store::sqlite::SqliteStore;
use serde_json::Value;

use crate::harness::chance::Chance;
use crate::harness::crew::Crew;
use crate::harness::genesis::GenesisFile;
use crate::harness::http::Http;
use crate::harness::node::TestNode;
use crate::harness::program::Ended;
use crate::harness::tier::{Tries, verdict};
use crate::harness::wallets::{account_in, balance_path};

/// The files of the books.
const FILES: [&str; 4] = ["log.db", "log.db-wal", "derived.db", "derived.db-wal"];

/// Books, and what they say.
struct Original {
    node: TestNode,
    crew: Crew,
    /// The newest sealed block: its height, and the hash of its header.
    tip: (u64, String),
}

/// What became of a flip.
#[derive(Debug, Default)]
struct Outcomes {
    /// The node did not start.
    refused: u64,
    /// It started, and stopped by itself.
    ended: u64,
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
    end(&mut node);
    let tip = newest_seal(node.folder());
    Original { node, crew, tip }
}

fn newest_seal(folder: &Path) -> (u64, String) {
    // A copy, as opening the files may move the WAL into the database.
    let place = tempfile::tempdir().unwrap();
    let copied = place.path().join("node");
    copy(folder, &copied);
    let reads = SqliteStore::at(&copied).open_reads().unwrap();
    let last = reads.last_height().unwrap().unwrap();
    let seal = (0..=last).rev().find_map(|height| reads.seal(height).unwrap()).unwrap();
    let hash = seal.header.hash();
    let digits = hash.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    (seal.header.batch.height, digits)
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
    /// Balances, nonces and the tip are right, as long as the node answers; whether the blocks can be
    /// read.
    fn is_served_right(&self, http: &mut Http, done: &str) -> io::Result<bool> {
        for (wallet, expected) in self.crew.accounts() {
            let reply = http.send("GET", &balance_path(&wallet), &[], b"")?;
            assert_eq!(account_in(&reply), expected, "{done}");
        }
        let blocks = http.send("GET", "/api/blocks?limit=100", &[], b"")?;
        if blocks.status == 503 && blocks.code() == "STORE_UNAVAILABLE" {
            return Ok(false);
        }
        let blocks = blocks.expect(200);
        let is_tip = |row: &&Value| row["height"] == self.tip.0;
        let tip = blocks["blocks"].as_array().and_then(|rows| rows.iter().find(is_tip));
        let hash = tip.map(|row| row["hash"].as_str().unwrap_or_default());
        assert_eq!(hash, Some(self.tip.1.as_str()), "{done}: {blocks}");
        Ok(true)
    }

    fn flip_once(&self, chance: &mut Chance, outcomes: &mut Outcomes) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("node");
        copy(self.node.folder(), &folder);
        let done = flip(&folder, chance);
        let mut node = TestNode::at(&folder);
        let command = node.serve_command(&[]);
        if let Some(ended) = node.start_by(command) {
            names_what(&ended, &done);
            outcomes.refused += 1;
            return;
        }
        let Ok(is_readable) = self.is_served_right(&mut node.http(), &done) else {
            // It ended by itself.
            names_what(&node.end(), &done);
            outcomes.ended += 1;
            return;
        };
        node.kill();
        let verified = Ended::of(node.command(&["node", "verify"]).output().unwrap());
        if verified.exit == 0 && is_readable {
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
    let noticed = outcomes.refused + outcomes.ended + outcomes.found_by_verify;
    assert!(noticed * 20 >= tries, "{outcomes:?}: is it these files that are read?");
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
