//! What is acknowledged is on the disk: seen from the system calls, in the order in which they are
//! made.

use std::fmt::Write as _;

use crate::harness::client_log::Sent;
use crate::harness::crew::Crew;
use crate::harness::genesis::GenesisFile;
use crate::harness::node::TestNode;
use crate::harness::strace::{Call, Strace};
use crate::harness::tier::{Tries, verdict};

/// Calls that write, to the disk or to a client, and calls that wait for the disk.
const CALLS: &str = "pwrite64,pwritev,write,writev,sendto,sendmsg,fsync,fdatasync";

/// The file that a group is written to.
const WAL: &str = "log.db-wal";

/// Bytes as `strace -xx` shows them.
fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "\\x{byte:02x}").unwrap();
        text
    })
}

/// The signature of a transfer, as the log has it.
fn signature(sent: &Sent) -> Vec<u8> {
    let body: serde_json::Value = serde_json::from_str(&sent.payment.body).unwrap();
    let digits = body["signature"].as_str().unwrap();
    let digit = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
    (0..64).map(digit).collect()
}

/// Where the call that begins at this line has ended.
fn end_of(record: &[Call], begin: usize) -> usize {
    let call = &record[begin];
    if call.ends() {
        return begin;
    }
    let rest = record[begin + 1..].iter();
    let goes_on = |other: &Call| other.thread == call.thread && !other.begins() && other.ends();
    begin + 1 + rest.enumerate().find(|(_, other)| goes_on(other)).map(|(at, _)| at).unwrap()
}

/// The first line at which a call begins that says all of this.
fn first(record: &[Call], names: &[&str], says: &[&str]) -> Option<usize> {
    record.iter().position(|call| {
        let is_named = call.begins() && names.contains(&call.name.as_str());
        is_named && says.iter().all(|said| call.text.contains(said))
    })
}

/// Whether an answer left after the disk had what it says: its signature is written to the log's
/// WAL, then a wait for that file begins and ends well, then the answer begins to leave.
fn is_durable_before_its_answer(record: &[Call], sent: &Sent) -> bool {
    let wal = escaped(WAL.as_bytes());
    let writes = ["pwrite64", "pwritev", "write"];
    let Some(written) = first(record, &writes, &[&wal, &escaped(&signature(sent))]) else {
        return false;
    };
    let answers = ["write", "writev", "sendto", "sendmsg"];
    let answer = first(record, &answers, &[&escaped(sent.payment.tx_id.as_bytes())])
        .expect("an acknowledged transfer was answered");
    let written = end_of(record, written);
    (written..answer).any(|at| {
        let call = &record[at];
        let waits = call.begins() && ["fsync", "fdatasync"].contains(&call.name.as_str());
        if !waits || !call.text.contains(&wal) {
            return false;
        }
        let end = end_of(record, at);
        end < answer && record[end].text.ends_with("= 0")
    })
}

/// Transfers under strace; how many were answered, and how often the WAL was waited for.
fn round() -> Option<(usize, usize)> {
    let place = tempfile::tempdir().unwrap();
    let strace = Strace::of(CALLS, &place.path().join("record"))?;
    let strace = strace.with(&["-y", "-xx", "-s", "8192"]);
    let mut crew = Crew::of(4);
    let mut node = TestNode::made_of(&crew.fund(GenesisFile::dev()));
    let command = strace.around(&node.serve_command(&[]));
    assert!(node.start_by(command).is_none(), "{}", node.log());
    let (acknowledged, ()) = crew.write_until(&mut node, 60, TestNode::stop);
    assert_eq!(acknowledged, 60);
    let record = strace.record();
    let answered = crew.acknowledged();
    for sent in &answered {
        assert!(is_durable_before_its_answer(&record, sent), "answered too early: {sent:?}");
    }
    let wal = escaped(WAL.as_bytes());
    let is_wait = |call: &&Call| call.begins() && call.name.contains("sync");
    let waits = record.iter().filter(is_wait).filter(|call| call.text.contains(&wal));
    Some((answered.len(), waits.count()))
}

#[test]
fn every_answer_leaves_after_the_disk_has_what_it_says() {
    let rounds = Tries { gate: 2, long: 100, longer: 1_000 }.now();
    let (mut answered, mut waits) = (0, 0);
    for _ in 0..rounds {
        let Some(counts) = round() else { return };
        answered += counts.0;
        waits += counts.1;
    }
    verdict(&format!(
        "{answered} answers, every one behind the fsync of what it says; {waits} fsyncs of the WAL"
    ));
}
