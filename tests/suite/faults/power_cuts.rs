//! The power fails: of what the node had written and not waited for, the disk holds whatever it
//! likes. What was acknowledged is there, and the node starts.
//!
//! A library in front of the kernel writes down what the node asks of its files. The process is killed,
//! and its files are put back to what a disk may hold (`harness/disk_journal.rs`): everything up to the
//! last `fsync` of a file, and of the rest some sectors in no order.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use super::lives::{First, Life as _};
use crate::harness::chance::Chance;
use crate::harness::crew::{Crew, Found};
use crate::harness::disk_journal::{Disk, DiskJournal, restore};
use crate::harness::genesis::GenesisFile;
use crate::harness::machines::{Hardware, Machine, attested};
use crate::harness::node::TestNode;
use crate::harness::tier::{Tries, verdict};
use crate::harness::waiting::until;
use crate::harness::wallets::{Wallet, account};

/// Cuts of one node; more start with an empty one, so that looking at everything stays quick.
const CUTS_PER_NODE: u64 = 50;

/// A node that stands on a disk without power of its own.
struct Powered {
    node: TestNode,
    journal: DiskJournal,
    /// What the disk holds for sure.
    disk: Disk,
    tally: Tally,
}

/// Power cuts, and those that took something from the disk.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    cuts: u64,
    lossy: u64,
}

impl Powered {
    fn of(node: TestNode) -> Option<Self> {
        let journal = DiskJournal::of(node.folder())?;
        let disk = Disk::of(node.folder());
        Some(Self { node, journal, disk, tally: Tally::default() })
    }

    fn start(&mut self) {
        let command = self.journal.around(&self.node.serve_command(&[]));
        if let Some(ended) = self.node.start_by(command) {
            panic!("after a power cut the node does not start: {ended:?}");
        }
    }

    /// Starts it, and lets the power fail before anybody has heard of it.
    fn fail_while_it_starts(&mut self, chance: &mut Chance) {
        let mut child = self.node.spawn_by(self.journal.around(&self.node.serve_command(&[])));
        std::thread::park_timeout(Duration::from_millis(chance.below(150)));
        child.kill().unwrap();
        child.wait().unwrap();
        self.fail(chance);
    }

    /// The process has been killed; its files become what a disk may hold.
    fn fail(&mut self, chance: &mut Chance) {
        for entry in self.journal.take() {
            self.disk.follow(&entry);
        }
        let left = self.disk.cut(chance);
        self.tally.cuts += 1;
        self.tally.lossy += u64::from(left != self.disk.seen());
        restore(self.node.folder(), &left);
        self.disk = Disk::of(self.node.folder());
    }
}

/// Lets the power fail under load, again and again.
fn fail_under_load(cuts: u64, chance: &mut Chance) -> Option<(Found, Tally)> {
    let mut found = Found::default();
    let mut crew = Crew::of(12);
    let mut powered = Powered::of(TestNode::made_of(&crew.fund(GenesisFile::dev())))?;
    powered.start();
    for cut in 0..cuts {
        // Now and then enough for a checkpoint of the log.
        let most = [12, 300, 300, 3_000][usize::try_from(cut % 4).unwrap()];
        let enough = chance.below(most);
        let (acknowledged, ()) = crew.write_until(&mut powered.node, enough, TestNode::kill);
        assert_eq!(acknowledged, enough, "{}", powered.node.log());
        powered.fail(chance);
        if cut % 5 == 4 {
            powered.fail_while_it_starts(chance);
        }
        powered.start();
        found += crew.resolve(&mut powered.node.http());
        crew.check(&mut powered.node.http());
        if cut % 5 == 0 {
            powered.node.verify();
        }
    }
    crew.check_history(&mut powered.node.http());
    powered.node.stop();
    powered.node.verify();
    Some((found, powered.tally))
}

#[test]
fn the_power_fails_under_load() {
    let mut chance = Chance::new();
    println!("seed {}", chance.seed());
    let cuts = Tries { gate: 20, long: 1_000, longer: 10_000 }.now();
    let (mut found, mut tally, mut done) = (Found::default(), Tally::default(), 0);
    while done < cuts {
        let now = CUTS_PER_NODE.min(cuts - done);
        let Some((more, cut)) = fail_under_load(now, &mut chance) else { return };
        found += more;
        tally.cuts += cut.cuts;
        tally.lossy += cut.lossy;
        done += now;
    }
    // A disk that keeps everything proves nothing.
    assert!(tally.lossy * 2 > tally.cuts, "{tally:?}");
    verdict(&format!(
        "{} power cuts under load and while starting, {} of which took something, {found:?}: \
         nothing acknowledged lost, nothing twice, seed {}",
        tally.cuts,
        tally.lossy,
        chance.seed()
    ));
}

/// Epochs of a second, which end and are paid while the power fails.
#[test]
fn the_power_fails_while_epochs_end() {
    const POT: u64 = 1_500_000;
    let mut chance = Chance::new();
    println!("seed {}", chance.seed());
    let (miner, machine) = (Wallet::of_seed("miner"), Machine::new(Hardware::G4, 1));
    let mut crew = Crew::of(2).at_leisure();
    let genesis = GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 1);
    let Some(mut powered) = Powered::of(TestNode::made_of(&crew.fund(genesis))) else { return };
    powered.start();
    let cuts = Tries { gate: 6, long: 300, longer: 3_000 }.now();
    let (mut enrolled, mut found) = (BTreeSet::new(), Found::default());
    for _ in 0..cuts {
        let said = attested(&mut powered.node.http(), &miner, machine);
        enrolled.insert(said["epoch"].as_u64().unwrap());
        // The crew pays ten times per second.
        crew.write_until(&mut powered.node, chance.below(14), TestNode::kill);
        powered.fail(&mut chance);
        powered.start();
        found += crew.resolve(&mut powered.node.http());
        crew.check(&mut powered.node.http());
    }
    let mut http = powered.node.http();
    let earned = enrolled.len() as u64 * POT;
    until("all is paid", || (account(&mut http, &miner.address()).balance >= earned).then_some(()));
    assert_eq!(account(&mut http, &miner.address()).balance, earned);
    powered.node.stop();
    powered.node.verify();
    verdict(&format!(
        "{:?} while epochs end, {} epochs paid once, {found:?}, seed {}",
        powered.tally,
        enrolled.len(),
        chance.seed()
    ));
}

/// The making of a node is written down once; then the power fails at any place of it, or behind it.
#[test]
fn the_power_fails_while_a_node_is_made() {
    let mut chance = Chance::new();
    println!("seed {}", chance.seed());
    let mut node = TestNode::nowhere();
    let Some(journal) = DiskJournal::of(node.folder()) else { return };
    let command = node.init_command(&First::crew().fund(GenesisFile::dev()));
    let made = journal.around(&command).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let (entries, key) = (journal.take(), node.admin_key());
    let cuts = Tries { gate: 20, long: 1_000, longer: 10_000 }.now();
    for cut in 0..cuts {
        let done = if cut % 4 == 0 {
            entries.len()
        } else {
            usize::try_from(chance.below(entries.len() as u64)).unwrap()
        };
        let mut disk = Disk::default();
        entries[..done].iter().for_each(|entry| disk.follow(entry));
        restore(node.folder(), &disk.cut(&mut chance));
        println!("after {done} of {} entries", entries.len());
        if done == entries.len() {
            // The node was said to be made.
            node.start();
            node.http().get_as_admin("/api/balances", &key).expect(200);
            node.stop();
        } else {
            // Its content is unknown to those who hold it; the operator removes it.
            drop(fs::remove_file(node.admin_key_file()));
            First.mend(&node);
            node.start();
            node.stop();
        }
        node.verify();
    }
    verdict(&format!("{cuts} power cuts while a node is made, seed {}", chance.seed()));
}
