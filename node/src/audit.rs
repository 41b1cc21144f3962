//! The audit log: every admin call on this node, in a chain of hashes.
//!
//! Calls that change nothing (reads, refusals) leave no trace in the blocks, so they are recorded
//! here, durable before the answer leaves. Each record's hash covers the one before: whoever edits,
//! removes or reorders records breaks the chain for all that follow. Cutting off the end is noticed
//! by comparing with a [`ChainHead`] that was noted elsewhere.

use std::fmt::Write as _;
use std::path::Path;

use parking_lot::Mutex;
use protocol::time::UnixSeconds;
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use sha2::{Digest as _, Sha256};

use crate::node_local::{self, NodeLocalError, time_from_column, time_to_column};

/// Starts the bytes that are hashed, so that no other hash of ours can be taken for one.
const DOMAIN: &[u8] = b"rustchain node audit record v1\n";

/// What the first record has in place of a predecessor's hash.
const NO_PREDECESSOR: [u8; 32] = [0; 32];

/// The most characters kept of a field, after escaping.
const MAX_FIELD_CHARS: usize = 256;

/// The most records in one page.
pub const MAX_PAGE: u32 = 500;

const COLUMNS: &str = "seq, at, key_name, action, subject, result, prev_hash, hash";

/// What happened, as the caller tells it. Any text is safe: control characters are escaped.
#[derive(Debug, Clone, Copy)]
pub struct AuditEntry<'a> {
    /// When.
    pub at: UnixSeconds,
    /// Who: an admin key's name, or `-` when the presented key was none.
    pub key_name: &'a str,
    /// What was asked, as a method and a route's pattern.
    pub action: &'a str,
    /// About what: a wallet, a miner, an epoch. Never a secret.
    pub subject: &'a str,
    /// What came of it: a code as the answer carried it, or `ok`.
    pub result: &'a str,
}

/// One record of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: UnixSeconds,
    /// Who.
    pub key_name: String,
    /// What was asked.
    pub action: String,
    /// About what.
    pub subject: String,
    /// What came of it.
    pub result: String,
    /// The hash of the record before; zeros for the first.
    pub prev_hash: [u8; 32],
    /// The hash of this record.
    pub hash: [u8; 32],
}

/// Where the chain ends. `seq` 0 with zeros is the empty log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The last record's number.
    pub seq: u64,
    /// The last record's hash.
    pub hash: [u8; 32],
}

impl ChainHead {
    const EMPTY: Self = Self { seq: 0, hash: NO_PREDECESSOR };
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Its number does not follow its predecessor's.
    #[error("a record before it is missing")]
    Gap,
    /// It names another predecessor than the one it has.
    #[error("it does not follow from the record before it")]
    Link,
    /// Its content is not what was hashed.
    #[error("its content was changed")]
    Content,
    /// It is not the record that was noted elsewhere.
    #[error("it is not the record that was noted")]
    Anchor,
    /// It is gone, though it was noted elsewhere.
    #[error("it was noted and is gone")]
    CutOff,
}

/// Why the log cannot be written, read or trusted.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The chain does not hold.
    #[error("audit record {seq} is not as it was written: {fault}")]
    Broken {
        /// The first record at which it shows.
        seq: u64,
        /// What shows.
        fault: Fault,
    },
    /// Trouble with the file.
    #[error(transparent)]
    Store(#[from] NodeLocalError),
}

impl From<rusqlite::Error> for AuditError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The audit log of one node.
#[derive(Debug)]
pub struct AuditLog {
    connection: Mutex<Connection>,
}

impl AuditLog {
    /// Opens the node's local database at `path`; makes it when its folder exists and it does not.
    pub fn open(path: &Path) -> Result<Self, NodeLocalError> {
        Ok(Self { connection: Mutex::new(node_local::open(path)?) })
    }

    /// Recomputes the chain in the file at `path`, which is only read, and checks that the file is
    /// whole. Returns where the chain ends; `None` where there is no file.
    pub fn check(path: &Path) -> Result<Option<ChainHead>, AuditError> {
        let Some(connection) = node_local::open_to_check(path)? else { return Ok(None) };
        Self { connection: Mutex::new(connection) }.verify_chain(None).map(Some)
    }

    /// Adds a record and waits until the disk has it. Blocks: call it off the async threads.
    pub fn append(&self, entry: &AuditEntry<'_>) -> Result<AuditRecord, AuditError> {
        let mut connection = self.connection.lock();
        // Taken before the head is read: another process may be writing too.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let head = read_head(&transaction)?;
        let mut record = AuditRecord {
            seq: head.seq.saturating_add(1),
            at: entry.at,
            key_name: sanitised(entry.key_name),
            action: sanitised(entry.action),
            subject: sanitised(entry.subject),
            result: sanitised(entry.result),
            prev_hash: head.hash,
            hash: NO_PREDECESSOR,
        };
        record.hash = hash_of(&record);
        transaction.execute(
            "INSERT INTO audit (seq, at, key_name, action, subject, result, prev_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                seq_to_column(record.seq),
                time_to_column(record.at),
                record.key_name,
                record.action,
                record.subject,
                record.result,
                record.prev_hash,
                record.hash,
            ],
        )?;
        transaction.commit()?;
        Ok(record)
    }

    /// Where the chain ends now: worth noting on another machine.
    pub fn head(&self) -> Result<ChainHead, AuditError> {
        Ok(read_head(&self.connection.lock())?)
    }

    /// Recomputes the whole chain, and compares it with a head that was noted earlier. Returns
    /// where it ends.
    pub fn verify_chain(&self, noted: Option<ChainHead>) -> Result<ChainHead, AuditError> {
        let connection = self.connection.lock();
        let mut statement =
            connection.prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY seq"))?;
        let mut rows = statement.query([])?;
        let mut head = ChainHead::EMPTY;
        while let Some(row) = rows.next()? {
            let record = read_row(row)?;
            let broken = |fault| Err(AuditError::Broken { seq: record.seq, fault });
            if record.seq != head.seq.saturating_add(1) {
                return broken(Fault::Gap);
            }
            if record.prev_hash != head.hash {
                return broken(Fault::Link);
            }
            if record.hash != hash_of(&record) {
                return broken(Fault::Content);
            }
            if noted.is_some_and(|noted| noted.seq == record.seq && noted.hash != record.hash) {
                return broken(Fault::Anchor);
            }
            head = ChainHead { seq: record.seq, hash: record.hash };
        }
        match noted {
            Some(noted) if noted.seq > head.seq => {
                Err(AuditError::Broken { seq: head.seq.saturating_add(1), fault: Fault::CutOff })
            }
            _ => Ok(head),
        }
    }

    /// The records before number `before` (or the newest), newest first, at most `limit` of them
    /// and never more than [`MAX_PAGE`].
    pub fn page(&self, before: Option<u64>, limit: u32) -> Result<Vec<AuditRecord>, AuditError> {
        let connection = self.connection.lock();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2"
        ))?;
        let before = before.map_or(i64::MAX, seq_to_column);
        let mut rows = statement.query(params![before, limit.min(MAX_PAGE)])?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            page.push(read_row(row)?);
        }
        Ok(page)
    }
}

fn read_head(connection: &Connection) -> rusqlite::Result<ChainHead> {
    let head = connection
        .query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok(ChainHead { seq: seq_from_column(row.get(0)?), hash: row.get(1)? })
        })
        .optional()?;
    Ok(head.unwrap_or(ChainHead::EMPTY))
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    Ok(AuditRecord {
        seq: seq_from_column(row.get(0)?),
        at: time_from_column(row.get(1)?),
        key_name: row.get(2)?,
        action: row.get(3)?,
        subject: row.get(4)?,
        result: row.get(5)?,
        prev_hash: row.get(6)?,
        hash: row.get(7)?,
    })
}

fn seq_to_column(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn seq_from_column(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or(0)
}

/// SHA-256 over the domain, the predecessor's hash, number and time as big-endian 64-bit integers,
/// and each text with its length before it.
fn hash_of(record: &AuditRecord) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update(record.prev_hash);
    hasher.update(record.seq.to_be_bytes());
    hasher.update(record.at.0.to_be_bytes());
    for text in [&record.key_name, &record.action, &record.subject, &record.result] {
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        hasher.update(length.to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().into()
}

/// `text` without anything that could fake a line, move a cursor or turn the reading direction:
/// such characters, and the backslash, are written as Rust writes them in a literal. Cut, with an
/// ellipsis, at 256 characters.
fn sanitised(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for (count, character) in text.chars().enumerate() {
        if count == MAX_FIELD_CHARS {
            clean.push('…');
            break;
        }
        if is_treacherous(character) {
            // Writing to a String cannot fail.
            let _infallible = write!(clean, "{}", character.escape_unicode());
        } else if character == '\\' {
            clean.push_str("\\\\");
        } else {
            clean.push(character);
        }
    }
    clean
}

/// Controls, line and paragraph separators, and the characters that change the reading direction
/// or show as nothing.
fn is_treacherous(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00ad}'
                | '\u{061c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn fresh() -> (TempDir, AuditLog) {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::open(&folder.path().join("node-local.db")).unwrap();
        (folder, log)
    }

    fn entry(number: u64) -> AuditEntry<'static> {
        AuditEntry {
            at: UnixSeconds(1_800_000_000 + number),
            key_name: "alice",
            action: "POST /wallet/transfer",
            subject: "founder_community",
            result: "ok",
        }
    }

    fn filled(count: u64) -> (TempDir, AuditLog) {
        let (folder, log) = fresh();
        for number in 1..=count {
            assert_eq!(log.append(&entry(number)).unwrap().seq, number);
        }
        (folder, log)
    }

    /// Does what someone with the file in hand can do.
    fn tamper(folder: &TempDir, sql: &str) {
        let connection = Connection::open(folder.path().join("node-local.db")).unwrap();
        connection.execute_batch("DROP TRIGGER audit_stays; DROP TRIGGER audit_stands").unwrap();
        connection.execute_batch(sql).unwrap();
    }

    fn fault(log: &AuditLog, noted: Option<ChainHead>) -> Option<(u64, Fault)> {
        match log.verify_chain(noted) {
            Ok(_head) => None,
            Err(AuditError::Broken { seq, fault }) => Some((seq, fault)),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn an_honest_chain_holds_and_outlives_its_process() {
        let (folder, log) = filled(20);
        let head = log.head().unwrap();
        assert_eq!(head.seq, 20);
        assert_eq!(log.verify_chain(None).unwrap(), head);
        drop(log);
        let log = AuditLog::open(&folder.path().join("node-local.db")).unwrap();
        assert_eq!(log.verify_chain(Some(head)).unwrap(), head);
        log.append(&entry(21)).unwrap();
        assert_eq!(log.verify_chain(Some(head)).unwrap().seq, 21);
    }

    #[test]
    fn an_empty_log_is_a_chain() {
        let (_folder, log) = fresh();
        assert_eq!(log.verify_chain(None).unwrap(), ChainHead::EMPTY);
        assert!(log.page(None, 10).unwrap().is_empty());
    }

    #[test]
    fn every_kind_of_tampering_shows() {
        let hash = "x'1111111111111111111111111111111111111111111111111111111111111111'";
        let matrix = [
            ("UPDATE audit SET key_name = 'bob' WHERE seq = 3".to_owned(), (3, Fault::Content)),
            ("UPDATE audit SET action = 'GET /' WHERE seq = 3".to_owned(), (3, Fault::Content)),
            ("UPDATE audit SET subject = '' WHERE seq = 3".to_owned(), (3, Fault::Content)),
            ("UPDATE audit SET result = 'no' WHERE seq = 3".to_owned(), (3, Fault::Content)),
            ("UPDATE audit SET at = at + 1 WHERE seq = 3".to_owned(), (3, Fault::Content)),
            (format!("UPDATE audit SET hash = {hash} WHERE seq = 3"), (3, Fault::Content)),
            (format!("UPDATE audit SET prev_hash = {hash} WHERE seq = 3"), (3, Fault::Link)),
            ("DELETE FROM audit WHERE seq = 3".to_owned(), (4, Fault::Gap)),
            ("DELETE FROM audit WHERE seq = 1".to_owned(), (2, Fault::Gap)),
            (
                "DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = seq - 1 WHERE seq > 3"
                    .to_owned(),
                (3, Fault::Link),
            ),
            (
                "UPDATE audit SET seq = 99 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4;
                 UPDATE audit SET seq = 4 WHERE seq = 99"
                    .to_owned(),
                (3, Fault::Link),
            ),
            // The same text, moved across the border of two fields.
            (
                "UPDATE audit SET key_name = 'alic', action = 'e' || action WHERE seq = 3"
                    .to_owned(),
                (3, Fault::Content),
            ),
        ];
        for (sql, expected) in matrix {
            let (folder, log) = filled(5);
            tamper(&folder, &sql);
            assert_eq!(fault(&log, None), Some(expected), "{sql}");
        }
    }

    #[test]
    fn a_cut_or_rewritten_end_shows_against_a_noted_head() {
        let (folder, log) = filled(5);
        let noted = log.head().unwrap();
        tamper(&folder, "DELETE FROM audit WHERE seq > 3");
        assert_eq!(fault(&log, None), None, "the chain alone cannot tell");
        assert_eq!(fault(&log, Some(noted)), Some((4, Fault::CutOff)));
        for number in 10..15 {
            log.append(&entry(number)).unwrap();
        }
        assert_eq!(fault(&log, Some(noted)), Some((5, Fault::Anchor)));
    }

    #[test]
    fn slips_are_stopped_by_the_database_itself() {
        let (folder, _log) = filled(2);
        let connection = Connection::open(folder.path().join("node-local.db")).unwrap();
        assert!(connection.execute("DELETE FROM audit", []).is_err());
        assert!(connection.execute("UPDATE audit SET result = 'no'", []).is_err());
    }

    #[test]
    fn two_processes_write_one_chain() {
        let (folder, log) = fresh();
        let other = AuditLog::open(&folder.path().join("node-local.db")).unwrap();
        std::thread::scope(|scope| {
            for log in [&log, &other] {
                scope.spawn(move || {
                    for number in 0..50 {
                        log.append(&entry(number)).unwrap();
                    }
                });
            }
        });
        assert_eq!(log.verify_chain(None).unwrap().seq, 100);
    }

    #[test]
    fn pages_go_back_without_gaps_and_are_bounded() {
        let (_folder, log) = filled(7);
        let seqs = |before, limit| -> Vec<u64> {
            log.page(before, limit).unwrap().iter().map(|record| record.seq).collect()
        };
        assert_eq!(seqs(None, 3), [7, 6, 5]);
        assert_eq!(seqs(Some(5), 3), [4, 3, 2]);
        assert_eq!(seqs(Some(2), 3), [1]);
        assert_eq!(seqs(Some(1), 3), [0_u64; 0]);
        assert_eq!(seqs(Some(u64::MAX), u32::MAX).len(), 7);
        assert_eq!(seqs(None, 0), [0_u64; 0]);
    }

    #[test]
    fn treacherous_text_is_escaped_and_long_text_cut() {
        let (_folder, log) = fresh();
        let record = log
            .append(&AuditEntry {
                key_name: "a\n{\"level\":\"error\"}",
                subject: "x\u{202e}y\u{1b}[2J\\u{a}\u{0}",
                action: &"é".repeat(1_000),
                ..entry(1)
            })
            .unwrap();
        assert_eq!(record.key_name, "a\\u{a}{\"level\":\"error\"}");
        assert_eq!(record.subject, "x\\u{202e}y\\u{1b}[2J\\\\u{a}\\u{0}");
        assert_eq!(record.action, format!("{}…", "é".repeat(256)));
        assert_eq!(log.page(None, 1).unwrap(), [record]);
        log.verify_chain(None).unwrap();
    }
}
