//! One system call of the node fails, at any place of its life.
//!
//! A place is the n-th call of its kind in a thread, of those that touch the node's files. For every
//! place and every failure: nothing acknowledged is lost, nothing happens twice, every answer is
//! one of those that a client knows, or the process ends and says why; and without the failure the
//! node starts as if nothing had been.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::harness::chance::Chance;
use crate::harness::crew::{Crew, Found};
use crate::harness::genesis::GenesisFile;
use crate::harness::machines::{Hardware, Machine};
use crate::harness::node::TestNode;
use crate::harness::program::Ended;
use crate::harness::strace::{Call, Strace};
use crate::harness::tier::{Tries, verdict};
use crate::harness::waiting::until;
use crate::harness::wallets::Wallet;

/// Calls that may fail, and how each of them does. A short write is one of no bytes; `KILL` ends
/// the process at the call.
const FAILURES: [(&str, &[&str]); 9] = [
    ("pwrite64", &["error=ENOSPC", "error=EIO", "error=EINTR", "retval=0", "signal=KILL"]),
    ("write", &["error=ENOSPC", "error=EIO", "error=EINTR", "retval=0", "signal=KILL"]),
    ("fsync", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    ("ftruncate", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    ("fdatasync", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    ("openat", &["error=ENOSPC", "error=EIO", "error=EINTR", "error=EMFILE", "signal=KILL"]),
    ("pread64", &["error=EIO", "error=EINTR", "signal=KILL"]),
    ("unlink", &["error=EIO", "signal=KILL"]),
    ("mmap", &["error=ENOMEM", "signal=KILL"]),
];

/// The files of a node.
const FILES: [&str; 12] = [
    "log.tail",
    "log.db",
    "log.db-wal",
    "log.db-shm",
    "derived.db",
    "derived.db-wal",
    "derived.db-shm",
    "node-local.db",
    "node-local.db-wal",
    "node.key",
    "node.unfinished",
    "node.lock",
];

/// A place and what happens there.
#[derive(Debug, Clone)]
struct Fault {
    call: &'static str,
    failure: &'static str,
    number: u64,
}

impl Fault {
    fn option(&self) -> String {
        format!("inject={}:{}:when={}", self.call, self.failure, self.number)
    }
}

fn calls() -> String {
    FAILURES.map(|(call, _)| call).join(",")
}

/// The files and their folder, as they are named in system calls.
fn files(folder: &Path) -> Vec<PathBuf> {
    FILES.iter().map(|name| folder.join(name)).collect()
}

/// A life of a node that can be lived again and again.
trait Life {
    /// Makes everything that comes before.
    fn prepare(&self) -> (TestNode, Crew);
    /// Lives it under strace. What the process said when it ended before its time.
    fn live(&self, node: &mut TestNode, crew: &mut Crew, strace: &Strace) -> Option<Ended>;
    /// What the operator does about a life that was cut short, before the node is started again.
    fn mend(&self, _node: &TestNode, _fault: &Fault) {}
}

/// Every place that a life has, as often as it was seen in a thread.
fn places(life: &dyn Life) -> Option<Vec<Fault>> {
    let record = tempfile::tempdir().unwrap();
    let (mut node, mut crew) = life.prepare();
    let strace = Strace::of(&calls(), &record.path().join("record"))?;
    let strace = strace.about(&files(node.folder()));
    let ended = life.live(&mut node, &mut crew, &strace);
    assert!(ended.is_none(), "{ended:?}");
    let mut most: BTreeMap<(u32, String), u64> = BTreeMap::new();
    for call in strace.record() {
        if call.begins() {
            *most.entry((call.thread, call.name)).or_default() += 1;
        }
    }
    let mut found = Vec::new();
    for (call, failures) in FAILURES {
        let counts = most.iter().filter(|((_, name), _)| name == call).map(|(_, count)| *count);
        for number in 1..=counts.max().unwrap_or_default() {
            let faults = failures.iter().map(|&failure| Fault { call, failure, number });
            found.extend(faults);
        }
    }
    Some(found)
}

/// Lives a life once for each of so many faults.
fn endure(name: &str, life: &dyn Life, tries: Tries) {
    let Some(places) = places(life) else { return };
    let mut chance = Chance::new();
    let (all, mut found, mut ended, mut struck) = (places.len(), Found::default(), 0, 0);
    let chosen = chance.some_of(places, tries.now());
    for fault in &chosen {
        let record = tempfile::tempdir().unwrap();
        let (mut node, mut crew) = life.prepare();
        let strace = Strace::of(&calls(), &record.path().join("record")).unwrap();
        let strace = strace.about(&files(node.folder())).with(&["-e", &fault.option()]);
        if let Some(said) = life.live(&mut node, &mut crew, &strace) {
            says_why(fault, &said);
            ended += 1;
        }
        struck += usize::from(strace.record().iter().any(Call::is_injected));
        life.mend(&node, fault);
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
fn says_why(fault: &Fault, ended: &Ended) {
    if fault.failure == "signal=KILL" {
        return;
    }
    assert!(!ended.stderr.contains("panicked"), "{fault:?}: {ended:?}");
    let message = ended.envelope()["error"]["message"].as_str().map(str::to_owned);
    assert!(ended.exit > 0 && message.is_some_and(|said| !said.is_empty()), "{fault:?}: {ended:?}");
}

/// Without the fault the node starts at once, and its books hold what the clients know.
fn check_afterwards(fault: &Fault, node: &mut TestNode, crew: &mut Crew) -> Found {
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

/// A start of books that are there, transfers under load, and a stop.
struct Load {
    genesis: GenesisFile,
    /// Acknowledgements that are waited for.
    enough: u64,
}

/// Serves until the crew has been told enough, or the process has ended.
fn serve(node: &mut TestNode, crew: &mut Crew, strace: &Strace, enough: u64) -> Option<Ended> {
    let command = strace.around(&node.serve_command(&[]));
    let ended = node.start_by(command);
    if ended.is_some() {
        return ended;
    }
    let (acknowledged, ended) = crew.write_until(node, enough, TestNode::end);
    let recovers = acknowledged == enough || ended.exit != 0;
    assert!(recovers, "{strace:?}: the node lives and does not recover: {ended:?}");
    (ended.exit != 0).then_some(ended)
}

impl Life for Load {
    fn prepare(&self) -> (TestNode, Crew) {
        let mut crew = Crew::of(3).before_a_failing_disk();
        let mut node = TestNode::of(&crew.fund(self.genesis.clone()));
        // What a crash leaves behind: a WAL with something in it.
        crew.write_until(&mut node, 3, TestNode::kill);
        (node, crew)
    }

    fn live(&self, node: &mut TestNode, crew: &mut Crew, strace: &Strace) -> Option<Ended> {
        serve(node, crew, strace, self.enough)
    }
}

#[test]
fn a_call_fails_during_start_transfers_and_stop() {
    let life = Load { genesis: GenesisFile::dev(), enough: 24 };
    endure("start, transfers, stop", &life, Tries { gate: 40, long: u64::MAX, longer: u64::MAX });
}

/// The making of a node.
struct First;

impl First {
    fn crew() -> Crew {
        Crew::of(2)
    }
}

impl Life for First {
    fn prepare(&self) -> (TestNode, Crew) {
        (TestNode::nowhere(), Self::crew())
    }

    fn live(&self, node: &mut TestNode, crew: &mut Crew, strace: &Strace) -> Option<Ended> {
        let command = node.init_command(&crew.fund(GenesisFile::dev()));
        let ended = Ended::of(strace.around(&command).output().unwrap());
        (ended.exit != 0).then_some(ended)
    }

    fn mend(&self, node: &TestNode, fault: &Fault) {
        let again = node.init(&Self::crew().fund(GenesisFile::dev()));
        let is_made = again.exit == 10 && again.stdout.contains("ledger_exists");
        assert!(again.exit == 0 || is_made, "{fault:?}: afterwards no node can be made: {again:?}");
        node.make_admin_key("second", &[]);
    }
}

#[test]
fn a_call_fails_while_a_node_is_made() {
    endure("making a node", &First, Tries { gate: 24, long: u64::MAX, longer: u64::MAX });
}

/// Epochs of one second that end while a miner is enrolled.
struct Settlement;

impl Life for Settlement {
    fn prepare(&self) -> (TestNode, Crew) {
        let crew = Crew::of(2).before_a_failing_disk().at_leisure();
        let genesis = GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 1);
        (TestNode::made_of(&crew.fund(genesis)), crew)
    }

    fn live(&self, node: &mut TestNode, crew: &mut Crew, strace: &Strace) -> Option<Ended> {
        let command = strace.around(&node.serve_command(&[]));
        let ended = node.start_by(command);
        if ended.is_some() {
            return ended;
        }
        let url = node.url().to_owned();
        let (_, ended) = crew.write_until(node, 1, |node| {
            enrol_and_wait(&url);
            node.end()
        });
        (ended.exit != 0).then_some(ended)
    }
}

/// Attests, and waits until the epoch is over and paid; or until nobody answers any more.
fn enrol_and_wait(url: &str) {
    let mut http = crate::harness::http::Http::to(url);
    let miner = Wallet::of_seed("miner");
    let mut epoch = None;
    until("an epoch is paid, or the node is gone", || {
        let path = match epoch {
            Some(epoch) => format!("/rewards/epoch/{epoch}"),
            None => "/epoch".to_owned(),
        };
        let Ok(reply) = http.send("GET", &path, &[], b"") else { return Some(()) };
        if epoch.is_some() {
            let paid = reply.text.contains(miner.address().as_str());
            return (reply.status == 200 && paid).then_some(());
        }
        let machine = Machine::new(Hardware::G4, 1);
        let nonce = http.try_post("/attest/challenge", "{}").ok()?;
        let nonce = nonce.json()["nonce"].as_str()?.to_owned();
        let body = machine.signed(&miner, miner.address().as_str(), &nonce);
        let attested = http.try_post("/attest/submit", body).ok()?;
        if attested.status == 200 {
            epoch = attested.json()["epoch"].as_u64();
        }
        None
    });
}

#[test]
fn a_call_fails_while_epochs_are_settled() {
    endure("settlement", &Settlement, Tries { gate: 12, long: u64::MAX, longer: u64::MAX });
}

/// Derived tables of the first version, which a migration brings up to date and the log refills.
struct Migration;

impl Life for Migration {
    fn prepare(&self) -> (TestNode, Crew) {
        let mut crew = Crew::of(2).before_a_failing_disk();
        let mut node = TestNode::of(&crew.fund(GenesisFile::dev()));
        crew.write_until(&mut node, 12, TestNode::stop);
        make_old(&node.folder().join("derived.db"));
        (node, crew)
    }

    fn live(&self, node: &mut TestNode, crew: &mut Crew, strace: &Strace) -> Option<Ended> {
        serve(node, crew, strace, 2)
    }
}

/// Takes derived tables back to their first version.
fn make_old(path: &Path) {
    let old = Connection::open(path).unwrap();
    let made = include_str!("../../../node/ledger/migrations/sqlite/derived/0001_derived.sql");
    let start = made.find("CREATE TABLE enrolment_rows").unwrap();
    let end = start + made[start..].find(';').unwrap();
    for later in ["enrolment_rows", "history_runs", "history_chunks"] {
        old.execute_batch(&format!("DROP TABLE {later}")).unwrap();
    }
    old.execute_batch(&made[start..end]).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
}

#[test]
fn a_call_fails_during_a_migration() {
    endure("migration", &Migration, Tries { gate: 20, long: u64::MAX, longer: u64::MAX });
}
