//! The node's own SQLite file, `node-local.db`: what concerns this machine and not the network.
//!
//! It holds the admin keys ([`crate::admin_keys`]) and the audit log ([`crate::audit`]). Other nodes
//! never see it and the books do not depend on it. Several processes may have it open at once: a
//! running node, and the command line that creates a key. Calls block for a few dozen microseconds,
//! and those that write until the disk has the data.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use protocol::time::UnixSeconds;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub(crate) mod key_rows;

/// Marks the file as ours (`RTnl`), so that no other database is taken for it.
const APPLICATION_ID: i64 = 0x5254_6e6c;

/// The version of the tables: those below, and a hash in every row of an admin key.
const SCHEMA_VERSION: i64 = 2;

/// How long one process waits for another's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The tables of version 1. The triggers guard against slips, not against an attacker with the file
/// in hand: that is what the chain of hashes is for.
const SCHEMA: &str = "
CREATE TABLE admin_keys (
    name       TEXT    NOT NULL PRIMARY KEY,
    digest     BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
    scopes     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TRIGGER admin_keys_stay BEFORE DELETE ON admin_keys
BEGIN SELECT RAISE(ABORT, 'admin keys are revoked, never deleted'); END;

CREATE TABLE audit (
    seq       INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
    at        INTEGER NOT NULL,
    key_name  TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    result    TEXT    NOT NULL,
    prev_hash BLOB    NOT NULL CHECK (length(prev_hash) = 32),
    hash      BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit records are never deleted'); END;
CREATE TRIGGER audit_stands BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
";

/// Trouble with the file.
#[derive(Debug, thiserror::Error)]
pub enum NodeLocalError {
    /// The file cannot be made or read.
    #[error("node-local.db cannot be made or read: {0}")]
    Io(#[from] io::Error),
    /// SQLite reports an error.
    #[error("node-local.db: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file is some other database.
    #[error("the file is not a node's local database")]
    NotOurs,
    /// The file is not as SQLite wrote it.
    #[error("node-local.db is damaged: {0}")]
    Damaged(String),
    /// The file was written by a later version of this program.
    #[error("the node's local database has version {found}, this program knows {SCHEMA_VERSION}")]
    TooNew {
        /// The version in the file.
        found: i64,
    },
}

/// Opens the file, which is made if its folder exists and it does not. Readable by its owner only.
pub(crate) fn open(path: &Path) -> Result<Connection, NodeLocalError> {
    create_private(path)?;
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // First of all, before anything is written: is this file ours?
    let id: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if id != 0 && id != APPLICATION_ID {
        return Err(NodeLocalError::NotOurs);
    }
    let _mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    // An answer that leaves after a commit must be true after a power cut too.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    ensure_schema(&mut connection)?;
    Ok(connection)
}

/// Opens the file for reading, beside whoever writes it, and checks that it is whole; `None` where
/// there is none.
pub(crate) fn open_to_check(path: &Path) -> Result<Option<Connection>, NodeLocalError> {
    if !path.exists() {
        return Ok(None);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    if version(&connection)? == 0 {
        return Ok(None);
    }
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(Some(connection)) } else { Err(NodeLocalError::Damaged(found)) }
}

fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(_file) => {
            // The folder's entry must survive a power cut as well.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            fs::File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// The version of the tables in a file, 0 when it is empty. Any other file is refused.
fn version(connection: &Connection) -> Result<i64, NodeLocalError> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let found = number("PRAGMA user_version")?;
    match (number("PRAGMA application_id")?, found) {
        (APPLICATION_ID, 1..=SCHEMA_VERSION) => Ok(found),
        (APPLICATION_ID, found) if found > SCHEMA_VERSION => Err(NodeLocalError::TooNew { found }),
        (0, 0) if number("SELECT count(*) FROM sqlite_schema")? == 0 => Ok(0),
        _ => Err(NodeLocalError::NotOurs),
    }
}

/// Whether the rows of admin keys hold a hash; a program that writes the file adds it.
pub(crate) fn keys_have_sums(connection: &Connection) -> Result<bool, NodeLocalError> {
    Ok(version(connection)? == SCHEMA_VERSION)
}

fn ensure_schema(connection: &mut Connection) -> Result<(), NodeLocalError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    if found == 0 {
        transaction.execute_batch(SCHEMA)?;
    }
    key_rows::add_sums(&transaction)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// A time as a column holds it.
pub(crate) fn time_to_column(time: UnixSeconds) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}

/// A time from its column; times before 1970, which we never write, become 0.
pub(crate) fn time_from_column(seconds: i64) -> UnixSeconds {
    UnixSeconds(u64::try_from(seconds).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_file_is_private_durable_and_opens_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node-local.db");
        let first = open(&path).unwrap();
        let second = open(&path).unwrap();
        for connection in [&first, &second] {
            let pragma = |name: &str| -> String {
                connection
                    .query_row(
                        &format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"),
                        [],
                        |row| row.get(0),
                    )
                    .unwrap()
            };
            assert_eq!(pragma("journal_mode"), "wal");
            // 2 = FULL
            assert_eq!(pragma("synchronous"), "2");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            for file in ["node-local.db", "node-local.db-wal"] {
                let mode = fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{file}");
            }
        }
    }

    #[test]
    fn a_foreign_or_newer_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let foreign = folder.path().join("foreign.db");
        Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
        assert!(matches!(open(&foreign), Err(NodeLocalError::NotOurs)));

        let marked = folder.path().join("marked.db");
        Connection::open(&marked).unwrap().pragma_update(None, "application_id", 7).unwrap();
        let before = fs::read(&marked).unwrap();
        assert!(matches!(open(&marked), Err(NodeLocalError::NotOurs)));
        assert_eq!(fs::read(&marked).unwrap(), before);

        let newer = folder.path().join("newer.db");
        open(&newer).unwrap().pragma_update(None, "user_version", 3).unwrap();
        assert!(matches!(open(&newer), Err(NodeLocalError::TooNew { found: 3 })));

        let text = folder.path().join("text.db");
        fs::write(&text, "not a database at all, but long enough to be looked at".repeat(50))
            .unwrap();
        assert!(open(&text).is_err());
    }

    #[test]
    fn a_missing_folder_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("typo").join("node-local.db");
        assert!(matches!(open(&path), Err(NodeLocalError::Io(_))));
        assert!(!folder.path().join("typo").exists());
    }
}
