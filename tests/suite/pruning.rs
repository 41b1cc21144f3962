//! A pruned node: what it still knows, what it says of what it no longer has, and pruning that is
//! killed.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::harness::chance::Chance;
use crate::harness::disk_journal::{Disk, DiskJournal, restore};
use crate::harness::genesis::GenesisFile;
use crate::harness::http::Http;
use crate::harness::machines::{Hardware, Machine, attested};
use crate::harness::node::TestNode;
use crate::harness::program::Ended;
use crate::harness::tier::{Tries, verdict};
use crate::harness::waiting::until;
use crate::harness::wallets::{Payment, RTC, Wallet, account};

/// How often pruning is killed.
const KILLS: Tries = Tries { gate: 8, long: 200, longer: 2_000 };

/// How often the power fails.
const POWER_CUTS: Tries = Tries { gate: 12, long: 500, longer: 5_000 };

/// Files whose appearance is a moment at which pruning is killed.
const MOMENTS: [&str; 3] = [".making", "snapshot-", "log.compact"];

/// Whether a folder holds a file of such a name.
fn holds(folder: &Path, name: &str) -> bool {
    let names = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name());
    let mut names = names.map(|found| found.to_string_lossy().into_owned());
    match name {
        // The finished one alone.
        "snapshot-" => names.any(|found| found.starts_with(name) && !found.ends_with(".making")),
        _ => names.any(|found| found.ends_with(name)),
    }
}

/// A node that has stopped, with an epoch and a transfer that are old enough to be pruned and a
/// transfer that is not.
fn stopped_node() -> (TestNode, u64, [Payment; 2]) {
    let (alice, bob) = (Wallet::number(0), Wallet::number(1).address());
    let genesis = GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 2);
    let mut node = TestNode::of(&genesis.funding(&alice.address(), 100));
    let mut http = node.http();
    let pay = |http: &mut Http, node: &TestNode, nonce| {
        let payment = alice.pays(node.chain_id(), &bob, RTC, nonce);
        http.post("/wallet/transfer/signed", &payment.body).expect(200);
        payment
    };
    let mined = attested(&mut http, &Wallet::number(2), Machine::new(Hardware::G4, 0));
    let old = pay(&mut http, &node, 1);
    let height = |http: &mut Http| http.read("/api/blocks?limit=1")["total"].as_u64().unwrap();
    let from = height(&mut http);
    until("the transfer is old", || (height(&mut http) > from + 16).then_some(()));
    let new = pay(&mut http, &node, 2);
    node.stop();
    (node, mined["epoch"].as_u64().unwrap(), [old, new])
}

fn prune(node: &TestNode, options: &[&str]) -> Ended {
    let arguments = [&["node", "prune", "--keep-epochs", "1"], options].concat();
    Ended::of(node.command(&arguments).output().unwrap())
}

fn pruned(node: &TestNode, options: &[&str]) -> Value {
    let ended = prune(node, options);
    assert_eq!(ended.exit, 0, "{ended:?}");
    ended.envelope()["data"].clone()
}

fn remove_derived(folder: &Path) {
    for name in ["derived.db", "derived.db-wal", "derived.db-shm"] {
        drop(fs::remove_file(folder.join(name)));
    }
}

/// What changed between blocks is known from the oldest movement on that is kept, and never said to
/// be nothing where it is not known.
fn assert_differences(http: &mut Http, through: u64, derived_is_lost: bool) {
    let tip = http.read("/api/blocks?limit=1")["total"].as_u64().unwrap() - 1;
    let since_pruning = http.read(&format!("/api/state/diff?start={through}&end={tip}"));
    assert_eq!(since_pruning["movements"], 1, "{since_pruning}");
    assert_eq!(since_pruning["count"], 2, "{since_pruning}");
    let before = http.get(&format!("/api/state/diff?start=0&end={through}"));
    if derived_is_lost {
        assert_eq!((before.status, before.code().as_str()), (410, "PRUNED"), "{before:?}");
    } else {
        // The transfer and the reward.
        assert_eq!(before.json()["movements"], 2, "{before:?}");
    }
}

#[test]
fn a_pruned_node_says_what_it_no_longer_has() {
    let (mut node, epoch, [old, new]) = stopped_node();
    let archive = node.folder().join("archive.db");
    let plan = pruned(&node, &["--dry-run"]);
    let through = plan["through_height"].as_u64().unwrap();
    assert_eq!(plan["pruned"], false, "{plan}");
    assert_eq!(node.verify()["pruned_height"], Value::Null);
    let done = pruned(&node, &["--yes", "--archive", archive.to_str().unwrap()]);
    assert_eq!((&done["pruned"], done["through_height"].as_u64()), (&true.into(), Some(through)));
    assert!(archive.exists());
    assert_eq!(node.verify()["pruned_height"], through);
    for derived_is_lost in [false, true] {
        if derived_is_lost {
            remove_derived(node.folder());
        }
        node.start();
        let mut http = node.http();
        let proof = http.get(&format!("/proof/tx/{}", old.tx_id));
        assert_eq!((proof.status, proof.code().as_str()), (410, "PRUNED"), "{proof:?}");
        http.get(&format!("/proof/tx/{}", new.tx_id)).expect(200);
        let again = http.post("/wallet/transfer/signed", &old.body);
        assert_eq!(again.code(), "REPLAY_DETECTED", "{again:?}");
        assert_eq!(again.json()["tx_id"], old.tx_id.as_str());
        let status = http.get(&format!("/wallet/tx/{}", old.tx_id));
        if derived_is_lost {
            assert_eq!((status.status, status.code().as_str()), (410, "PRUNED"), "{status:?}");
        } else {
            status.expect(200);
        }
        let history =
            http.read(&format!("/wallet/history?miner_id={}", Wallet::number(0).address()));
        let entries = history["transactions"].as_array().unwrap();
        assert_eq!(entries.len(), if derived_is_lost { 1 } else { 3 }, "{history}");
        http.read("/api/blocks?limit=50");
        http.read("/chain/header/1");
        assert_differences(&mut http, through, derived_is_lost);
        let rewards = http.get(&format!("/rewards/epoch/{epoch}"));
        if derived_is_lost {
            assert_eq!((rewards.status, rewards.code().as_str()), (410, "PRUNED"), "{rewards:?}");
        } else {
            assert_eq!(rewards.json()["rewards"][0]["share_i64"], 1_500_000, "{rewards:?}");
        }
        assert_eq!(account(&mut http, &Wallet::number(1).address()).balance, 2 * RTC);
        node.stop();
        node.verify();
    }
}

#[test]
fn pruning_that_is_killed_loses_nothing_and_can_be_completed() {
    let (node, _, _) = stopped_node();
    let whole = tempfile::tempdir().unwrap();
    let copy = |from: &Path, to: &Path| {
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
    };
    copy(node.folder(), whole.path());
    let (mut chance, mut hits) = (Chance::new(), [0_u64; MOMENTS.len() + 1]);
    for kill in 0..KILLS.now() {
        let mut command = node.command(&["node", "prune", "--keep-epochs", "1", "--yes"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let which = usize::try_from(kill).unwrap() % hits.len();
        if let Some(moment) = MOMENTS.get(which) {
            while child.try_wait().unwrap().is_none() && !holds(node.folder(), moment) {
                thread::yield_now();
            }
        } else {
            thread::park_timeout(Duration::from_millis(chance.below(60)));
        }
        child.kill().unwrap();
        hits[which] += u64::from(child.wait().unwrap().signal() == Some(9));
        node.verify();
        let done = prune(&node, &["--yes"]);
        assert_eq!(done.exit, 0, "{done:?}");
        assert!(node.verify()["pruned_height"].as_u64().unwrap() > 0);
        for entry in fs::read_dir(node.folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::remove_file(path).unwrap();
            }
        }
        copy(whole.path(), node.folder());
    }
    assert!(hits.iter().sum::<u64>() * 4 >= KILLS.now(), "hardly any came in time: {hits:?}");
    verdict(&format!(
        "{} kills of pruning, {hits:?} of them at {MOMENTS:?} and any other moment: nothing lost",
        KILLS.now()
    ));
}

/// Pruning is written down once; then the power fails at any place of it, or behind it.
#[test]
fn pruning_during_which_the_power_fails_loses_nothing_and_can_be_completed() {
    let (node, _, _) = stopped_node();
    let Some(journal) = DiskJournal::of(node.folder()) else { return };
    let before = Disk::of(node.folder());
    let command = node.command(&["node", "prune", "--keep-epochs", "1", "--yes"]);
    let done = journal.around(&command).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let entries = journal.take();
    let mut chance = Chance::new();
    for cut in 0..POWER_CUTS.now() {
        let all = cut % 4 == 0;
        let count = if all { entries.len() as u64 } else { chance.below(entries.len() as u64) };
        let mut disk = before.clone();
        for entry in &entries[..usize::try_from(count).unwrap()] {
            disk.follow(entry);
        }
        restore(node.folder(), &disk.cut(&mut chance));
        let is_pruned = !node.verify()["pruned_height"].is_null();
        let which = format!("after {count} of {} entries, seed {}", entries.len(), chance.seed());
        assert!(is_pruned || !all, "it was said to be pruned; {which}");
        let done = prune(&node, &["--yes"]);
        assert_eq!(done.exit, 0, "{done:?}; {which}");
        assert!(node.verify()["pruned_height"].as_u64().unwrap() > 0, "{which}");
    }
    verdict(&format!("{} power cuts during pruning: nothing lost", POWER_CUTS.now()));
}

#[test]
fn pruning_waits_for_the_node_to_stop_and_for_a_yes() {
    let node = TestNode::of(&GenesisFile::dev());
    let (ended, error) = {
        let ended = prune(&node, &["--yes"]);
        let error = ended.envelope()["error"].clone();
        (ended, error)
    };
    assert_eq!((ended.exit, &error["code"]), (10, &"locked".into()), "{error}");
    let ended = prune(&node, &[]);
    assert_eq!(ended.envelope()["error"]["code"], "confirmation_required");
}
