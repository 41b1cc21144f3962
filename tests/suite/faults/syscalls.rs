//! One system call of the node fails, at any place of its life.
//!
//! A place is the n-th call of its kind in a thread, of those that touch the node's files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::endurance::{Fault, endure};
use super::lives::{First, Life, Load, Migration, Settlement, Tamper};
use crate::harness::strace::{Call, INJECTED, Strace};
use crate::harness::tier::Tries;

/// Calls that may fail, and how each of them does. A short write is one of no bytes; `KILL` ends
/// the process at the call.
const FAILURES: [(&str, &[&str]); 11] = [
    ("pwrite64", &["error=ENOSPC", "error=EIO", "error=EINTR", "retval=0", "signal=KILL"]),
    ("write", &["error=ENOSPC", "error=EIO", "error=EINTR", "retval=0", "signal=KILL"]),
    ("fsync", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    ("ftruncate", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    ("fdatasync", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    ("openat", &["error=ENOSPC", "error=EIO", "error=EINTR", "error=EMFILE", "signal=KILL"]),
    ("pread64", &["error=EIO", "error=EINTR", "signal=KILL"]),
    ("read", &["error=EIO", "error=EINTR", "signal=KILL"]),
    ("rename", &["error=ENOSPC", "error=EIO", "signal=KILL"]),
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
struct FailingCall {
    call: &'static str,
    failure: &'static str,
    number: u64,
}

impl FailingCall {
    fn option(&self) -> String {
        format!("inject={}:{}:when={}", self.call, self.failure, self.number)
    }
}

fn calls() -> String {
    FAILURES.map(|(call, _)| call).join(",")
}

/// The files and their folder, as they are named in system calls.
fn files(folder: &Path) -> Vec<PathBuf> {
    FILES.iter().map(|name| folder.join(name)).chain([folder.to_owned()]).collect()
}

impl Fault for FailingCall {
    fn around(&self, command: &Command, folder: &Path, record: &Path) -> Command {
        let strace = Strace::of(&calls(), record).unwrap().about(&files(folder));
        strace.with(&["-e", &self.option()]).around(command)
    }

    fn has_happened(&self, record: &Path) -> bool {
        Strace::of(&calls(), record).unwrap().record().iter().any(Call::is_injected)
    }

    fn has_happened_by_now(&self, record: &Path) -> bool {
        fs::read_to_string(record).unwrap_or_default().lines().any(|line| line.contains(INJECTED))
    }

    fn kills(&self) -> bool {
        self.failure == "signal=KILL"
    }

    fn kind(&self) -> String {
        format!("{} {}", self.call, self.failure)
    }
}

/// Every place that a life has, as often as it was seen in a thread; nothing where programs may not
/// be traced.
fn places(life: &dyn Life) -> Option<Vec<FailingCall>> {
    let folder = tempfile::tempdir().unwrap();
    let (mut node, mut crew) = life.prepare();
    let strace = Strace::of(&calls(), &folder.path().join("record"))?.about(&files(node.folder()));
    let tamper = Tamper { around: &|command| strace.around(command), listening: &|| {} };
    let ended = life.live(&mut node, &mut crew, &tamper);
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
            let faults = failures.iter().map(|&failure| FailingCall { call, failure, number });
            found.extend(faults);
        }
    }
    Some(found)
}

/// Every place in the long runs, some in the gate.
fn fail(name: &str, life: &dyn Life, gate: u64) {
    if let Some(places) = places(life) {
        endure(name, life, places, Tries { gate, long: u64::MAX, longer: u64::MAX });
    }
}

#[test]
fn a_call_fails_during_start_transfers_and_stop() {
    fail("start, transfers, stop", &Load, 40);
}

#[test]
fn a_call_fails_while_a_node_is_made() {
    fail("making a node", &First, 24);
}

#[test]
fn a_call_fails_while_epochs_are_settled() {
    fail("settlement", &Settlement::default(), 12);
}

#[test]
fn a_call_fails_during_a_migration() {
    fail("migration", &Migration, 20);
}
