//! Lives of a node that can be lived again and again, with something that fails in each.

use std::cell::Cell;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::harness::crew::Crew;
use crate::harness::genesis::GenesisFile;
use crate::harness::http::Http;
use crate::harness::machines::{Hardware, Machine};
use crate::harness::node::TestNode;
use crate::harness::program::Ended;
use crate::harness::waiting::until;
use crate::harness::wallets::{Wallet, account};

/// What puts something that fails into a life.
pub(super) struct Tamper<'a> {
    /// The command with it in it.
    pub(super) around: &'a dyn Fn(&Command) -> Command,
    /// Told when the node listens.
    pub(super) listening: &'a dyn Fn(),
}

/// A life of a node.
pub(super) trait Life {
    /// Makes everything that comes before.
    fn prepare(&self) -> (TestNode, Crew);
    /// Lives it with something that fails. What the process said when it ended before its time.
    fn live(&self, node: &mut TestNode, crew: &mut Crew, tamper: &Tamper<'_>) -> Option<Ended>;
    /// What the operator does about a life that was cut short, before the node is started again.
    fn mend(&self, _node: &TestNode) {}
    /// Looks at what this life is about once the node was started again without the fault.
    fn check(&self, _http: &mut Http) {}
    /// Whether it is about a node that serves: then faults have to happen while it does.
    fn is_about_serving(&self) -> bool {
        true
    }
}

/// A start of books that are there, transfers under load, and a stop.
pub(super) struct Load;

/// Acknowledgements that are waited for.
const ENOUGH: u64 = 24;

/// Serves until the crew has been told enough, or the process has ended.
fn serve(node: &mut TestNode, crew: &mut Crew, tamper: &Tamper<'_>, enough: u64) -> Option<Ended> {
    let ended = start(node, tamper);
    if ended.is_some() {
        return ended;
    }
    let (acknowledged, ended) = crew.write_until(node, enough, TestNode::end);
    let recovers = acknowledged == enough || ended.exit != 0;
    assert!(recovers, "the node lives and does not recover: {ended:?}");
    (ended.exit != 0).then_some(ended)
}

fn start(node: &mut TestNode, tamper: &Tamper<'_>) -> Option<Ended> {
    let command = (tamper.around)(&node.serve_command(&[]));
    let ended = node.start_by(command);
    if ended.is_none() {
        (tamper.listening)();
    }
    ended
}

impl Life for Load {
    fn prepare(&self) -> (TestNode, Crew) {
        let mut crew = Crew::of(3).before_a_failing_disk();
        let mut node = TestNode::of(&crew.fund(GenesisFile::dev()));
        // What a crash leaves behind: a WAL with something in it.
        crew.write_until(&mut node, 3, TestNode::kill);
        (node, crew)
    }

    fn live(&self, node: &mut TestNode, crew: &mut Crew, tamper: &Tamper<'_>) -> Option<Ended> {
        serve(node, crew, tamper, ENOUGH)
    }
}

/// The making of a node.
pub(super) struct First;

impl First {
    pub(super) fn crew() -> Crew {
        Crew::of(2)
    }
}

impl Life for First {
    fn prepare(&self) -> (TestNode, Crew) {
        (TestNode::nowhere(), Self::crew())
    }

    fn live(&self, node: &mut TestNode, crew: &mut Crew, tamper: &Tamper<'_>) -> Option<Ended> {
        let command = node.init_command(&crew.fund(GenesisFile::dev()));
        let ended = Ended::of((tamper.around)(&command).output().unwrap());
        (ended.exit != 0).then_some(ended)
    }

    fn mend(&self, node: &TestNode) {
        let again = node.init(&Self::crew().fund(GenesisFile::dev()));
        let is_made = again.exit == 10 && again.stdout.contains("ledger_exists");
        assert!(again.exit == 0 || is_made, "afterwards no node can be made: {again:?}");
        node.make_admin_key("second", &[]);
    }

    fn is_about_serving(&self) -> bool {
        false
    }
}

/// Epochs of one second that end while a miner is enrolled.
#[derive(Default)]
pub(super) struct Settlement {
    /// Attestations of this life that were acknowledged.
    acknowledged: Cell<u64>,
}

/// What the only miner of an epoch is paid, in micro-RTC.
const POT: u64 = 1_500_000;

impl Life for Settlement {
    fn prepare(&self) -> (TestNode, Crew) {
        let crew = Crew::of(2).before_a_failing_disk().at_leisure();
        let genesis = GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 1);
        self.acknowledged.set(0);
        (TestNode::made_of(&crew.fund(genesis)), crew)
    }

    fn live(&self, node: &mut TestNode, crew: &mut Crew, tamper: &Tamper<'_>) -> Option<Ended> {
        let ended = start(node, tamper);
        if ended.is_some() {
            return ended;
        }
        let url = node.url().to_owned();
        let (_, ended) = crew.write_until(node, 1, |node| {
            self.enrol_and_wait(&url);
            node.end()
        });
        (ended.exit != 0).then_some(ended)
    }

    /// Every epoch is paid once, and the one that the miner was told of is among them.
    fn check(&self, http: &mut Http) {
        let miner = Wallet::of_seed("miner").address();
        let owed = self.acknowledged.get() * POT;
        until("what was acknowledged is paid", || {
            (account(http, &miner).balance >= owed).then_some(())
        });
        // An attestation whose answer was lost may have enrolled the miner in one epoch more.
        let paid = account(http, &miner).balance;
        assert!(paid.is_multiple_of(POT) && paid <= owed + POT, "{paid} of {owed}");
    }
}

impl Settlement {
    /// Attests, and waits until the epoch is over and paid; or until nobody answers any more.
    fn enrol_and_wait(&self, url: &str) {
        let mut http = Http::to(url);
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
                self.acknowledged.set(self.acknowledged.get() + 1);
                epoch = attested.json()["epoch"].as_u64();
            }
            None
        });
    }
}

/// Derived tables of the first version, which a migration brings up to date and the log refills.
pub(super) struct Migration;

impl Life for Migration {
    fn prepare(&self) -> (TestNode, Crew) {
        let mut crew = Crew::of(2).before_a_failing_disk();
        let mut node = TestNode::of(&crew.fund(GenesisFile::dev()));
        crew.write_until(&mut node, 12, TestNode::stop);
        make_old(&node.folder().join("derived.db"));
        (node, crew)
    }

    fn live(&self, node: &mut TestNode, crew: &mut Crew, tamper: &Tamper<'_>) -> Option<Ended> {
        serve(node, crew, tamper, 2)
    }

    /// A migration is over before the node listens.
    fn is_about_serving(&self) -> bool {
        false
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
