//! Whatever ends the process: what was acknowledged is there once, and nothing else happened.

mod writers;

use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use self::writers::{Acknowledged, Crew, SUBMIT};
use crate::harness::genesis::GenesisFile;
use crate::harness::node::TestNode;
use crate::harness::tier::Tries;
use crate::harness::waiting::until;
use crate::harness::wallets::{Wallet, account};

/// How long an acknowledgement is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often the node is killed under load.
fn kills() -> u64 {
    Tries { gate: 25, long: 1_000, longer: 10_000 }.now()
}

/// A number below `limit`, another one each time.
fn random(limit: u64) -> u64 {
    RandomState::new().build_hasher().finish() % limit
}

/// Lets the crew write until so many transfers are acknowledged; then `end` ends the node.
fn write_until(crew: &mut Crew, node: &mut TestNode, enough: u64, end: impl FnOnce(&mut TestNode)) {
    let (sender, acknowledged): (_, Acknowledged) = mpsc::channel();
    let (url, chain) = (node.url().to_owned(), node.chain_id().clone());
    crew.write(&url, &chain, sender, || {
        for _ in 0..enough {
            acknowledged.recv_timeout(PATIENCE).expect("transfers are acknowledged");
        }
        end(node);
    });
}

#[test]
fn killed_under_load_nothing_acknowledged_is_lost() {
    let mut crew = Crew::of(12);
    let mut node = TestNode::of(&crew.fund(GenesisFile::dev()));
    for kill in 0..kills() {
        let enough = random(if kill % 4 == 0 { 12 } else { 300 });
        write_until(&mut crew, &mut node, enough, TestNode::kill);
        if kill % 5 == 4 {
            // Once more while it starts, before anybody has heard of it.
            let mut child = node.spawn(&[]);
            std::thread::park_timeout(Duration::from_millis(random(150)));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        node.start();
        crew.resolve(&mut node.http());
        crew.check(&mut node.http());
        if kill % 5 == 0 {
            node.verify();
        }
    }
    crew.check_history(&mut node.http());
    node.stop();
    node.verify();
}

#[test]
fn stopped_under_load_nothing_is_lost_and_nothing_is_unclear() {
    let mut crew = Crew::of(12);
    let mut node = TestNode::of(&crew.fund(GenesisFile::dev()));
    for _ in 0..5 {
        write_until(&mut crew, &mut node, 100 + random(100), TestNode::stop);
        node.verify();
        node.start();
        crew.resolve(&mut node.http());
        crew.check(&mut node.http());
    }
    crew.check_history(&mut node.http());
}

/// A file system of a few megabytes in memory; gone with this value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one; nothing where that is not allowed.
    #[expect(clippy::print_stderr, reason = "a test that is left out has to be seen")]
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "rustchain-test"])
            .arg(at)
            .output();
        if mounted.as_ref().is_ok_and(|output| output.status.success()) {
            return Some(Self(at.to_owned()));
        }
        eprintln!("LEFT OUT: a full disk needs the right to mount a tmpfs: {mounted:?}");
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

#[test]
fn a_full_disk_stops_writing_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&home.path().join("disk")) else { return };
    let (alice, bob) = (Wallet::number(0), Wallet::number(1).address());
    let mut node = TestNode::at(&disk.0.join("node"));
    let ended = node.init(&GenesisFile::dev().funding(&alice.address(), 1_000));
    assert_eq!(ended.exit, 0, "{ended:?}");
    node.start();
    let (pid, chain) = (node.pid(), node.chain_id().clone());
    let mut http = node.http();
    let mut nonce = 0;
    for _ in 0..2 {
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
}
