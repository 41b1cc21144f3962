//! Whatever ends the process: what was acknowledged is there once, and nothing else happened.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::harness::chance::Chance;
use crate::harness::crew::{Crew, Found, SUBMIT};
use crate::harness::genesis::GenesisFile;
use crate::harness::machines::{Hardware, Machine, attested};
use crate::harness::node::TestNode;
use crate::harness::tier::{Tries, left_out, verdict};
use crate::harness::waiting::until;
use crate::harness::wallets::{Wallet, account};

/// How often the node is killed under load.
fn kills() -> u64 {
    Tries { gate: 25, long: 1_000, longer: 10_000 }.now()
}

/// Kills a node that has just been started, before anybody has heard of it.
fn kill_while_it_starts(node: &TestNode, chance: &mut Chance) {
    let mut child = node.spawn(&[]);
    std::thread::park_timeout(Duration::from_millis(chance.below(150)));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills of one node; more start with an empty one, so that looking at everything stays quick.
const KILLS_PER_NODE: u64 = 50;

/// Kills a node under load, again and again.
fn kill_under_load(kills: u64, chance: &mut Chance) -> Found {
    let mut found = Found::default();
    let mut crew = Crew::of(12);
    let mut node = TestNode::of(&crew.fund(GenesisFile::dev()));
    for kill in 0..kills {
        let enough = chance.below(if kill % 4 == 0 { 12 } else { 300 });
        // An answer has just left; what is killed should as often be in the middle of something.
        let later = Duration::from_micros(chance.below(10_000));
        let (acknowledged, ()) = crew.write_until(&mut node, enough, |node| {
            std::thread::park_timeout(later);
            node.kill();
        });
        assert_eq!(acknowledged, enough, "{}", node.log());
        if kill % 5 == 4 {
            kill_while_it_starts(&node, chance);
        }
        node.start();
        found += crew.resolve(&mut node.http());
        crew.check(&mut node.http());
        if kill % 5 == 0 {
            node.verify();
        }
    }
    crew.check_history(&mut node.http());
    node.stop();
    node.verify();
    found
}

#[test]
fn killed_under_load_nothing_acknowledged_is_lost() {
    let mut chance = Chance::new();
    let (mut found, mut killed) = (Found::default(), 0);
    while killed < kills() {
        let now = KILLS_PER_NODE.min(kills() - killed);
        found += kill_under_load(now, &mut chance);
        killed += now;
    }
    // Kills that never meet a request on its way prove nothing.
    assert!(found.acknowledged > killed && found.resolved > killed / 4, "{found:?}");
    verdict(&format!(
        "{killed} kills under load, {} while starting, {found:?}: nothing lost, nothing twice, \
         seed {}",
        killed / 5,
        chance.seed()
    ));
}

/// Epochs of a second, which end and are paid while the node is killed.
#[test]
fn killed_while_epochs_end_every_epoch_is_paid_once() {
    const POT: u64 = 1_500_000;
    let mut chance = Chance::new();
    let (miner, machine) = (Wallet::of_seed("miner"), Machine::new(Hardware::G4, 1));
    let mut crew = Crew::of(2).at_leisure();
    let genesis = GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 1);
    let mut node = TestNode::of(&crew.fund(genesis));
    let kills = Tries { gate: 8, long: 500, longer: 5_000 }.now();
    let (mut enrolled, mut found) = (BTreeSet::new(), Found::default());
    for _ in 0..kills {
        let said = attested(&mut node.http(), &miner, machine);
        enrolled.insert(said["epoch"].as_u64().unwrap());
        // The crew pays ten times per second.
        crew.write_until(&mut node, chance.below(14), TestNode::kill);
        node.start();
        found += crew.resolve(&mut node.http());
        crew.check(&mut node.http());
    }
    let mut http = node.http();
    let earned = enrolled.len() as u64 * POT;
    until("all is paid", || (account(&mut http, &miner.address()).balance >= earned).then_some(()));
    assert_eq!(account(&mut http, &miner.address()).balance, earned);
    node.stop();
    node.verify();
    verdict(&format!(
        "{kills} kills while epochs end, {} epochs paid once, {found:?}, seed {}",
        enrolled.len(),
        chance.seed()
    ));
}

#[test]
fn stopped_under_load_nothing_is_lost_and_nothing_happens_twice() {
    let mut chance = Chance::new();
    let nodes = Tries { gate: 1, long: 40, longer: 200 }.now();
    for _ in 0..nodes {
        let mut crew = Crew::of(12);
        let mut node = TestNode::of(&crew.fund(GenesisFile::dev()));
        for _ in 0..5 {
            let enough = 100 + chance.below(100);
            let (acknowledged, ()) = crew.write_until(&mut node, enough, TestNode::stop);
            assert_eq!(acknowledged, enough, "{}", node.log());
            node.verify();
            node.start();
            crew.resolve(&mut node.http());
            crew.check(&mut node.http());
        }
        crew.check_history(&mut node.http());
    }
    verdict(&format!("{} stops under load: nothing lost, nothing twice", nodes * 5));
}

/// A file system of a few megabytes in memory; gone with this value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one; nothing where that is not allowed.
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "rustchain-test"])
            .arg(at)
            .output();
        if mounted.as_ref().is_ok_and(|output| output.status.success()) {
            return Some(Self(at.to_owned()));
        }
        left_out(&format!("a full disk needs the right to mount a tmpfs: {mounted:?}"));
        None
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut filler = File::create(&path).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            let bytes = vec![0; size];
            while filler.write_all(&bytes).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(&self.0).output());
    }
}

/// How often a disk is filled before there is a new one: a ledger of its own size has no room on it
/// in the end.
const FILLS_PER_DISK: u64 = 10;

#[test]
fn a_full_disk_stops_writing_and_nothing_else() {
    let cycles = Tries { gate: 2, long: 200, longer: 2_000 }.now();
    let mut done = 0;
    while done < cycles {
        let now = FILLS_PER_DISK.min(cycles - done);
        if !fill_a_disk(now) {
            return;
        }
        done += now;
    }
    verdict(&format!("{cycles} times the disk was full, and the node recovered without a restart"));
}

/// Fills the disk of a node so often and makes room again; whether a disk could be had.
fn fill_a_disk(cycles: u64) -> bool {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&home.path().join("disk")) else { return false };
    let (alice, bob) = (Wallet::number(0), Wallet::number(1).address());
    let mut node = TestNode::at(&disk.0.join("node"));
    let ended = node.init(&GenesisFile::dev().funding(&alice.address(), 1_000));
    assert_eq!(ended.exit, 0, "{ended:?}");
    node.start();
    let (pid, chain) = (node.pid(), node.chain_id().clone());
    let mut http = node.http();
    let mut nonce = 0;
    for _ in 0..cycles {
        let filler = disk.fill();
        // What the files have room for already may still be written.
        let refused = until("the disk is full", || {
            nonce += 1;
            let payment = alice.pays(&chain, &bob, 1_000, nonce);
            let reply = http.post(SUBMIT, &payment.body);
            (reply.status != 200).then_some((payment, reply))
        });
        let (payment, reply) = refused;
        assert!([503, 507].contains(&reply.status), "{reply:?}");
        assert!(["DISK_FULL", "STORE_UNAVAILABLE"].contains(&reply.code().as_str()), "{reply:?}");
        // Reads go on, and say what is the matter.
        let held = account(&mut http, &alice.address());
        assert_eq!(held.last_nonce, nonce - 1);
        http.read("/api/blocks");
        let health = http.get("/health").expect(503);
        assert_eq!((&health["ok"], &health["db_rw"]), (&false.into(), &false.into()), "{health}");

        fs::remove_file(filler).unwrap();
        until("there is room again", || {
            (http.post(SUBMIT, &payment.body).status == 200).then_some(())
        });
        until("all is well", || (http.get("/health").status == 200).then_some(()));
        assert_eq!(account(&mut http, &bob).balance, nonce * 1_000);
    }
    assert_eq!(node.pid(), pid);
    node.stop();
    node.verify();
    node.start();
    assert_eq!(account(&mut node.http(), &bob).balance, nonce * 1_000);
    node.stop();
    true
}
