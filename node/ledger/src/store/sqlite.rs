//! Books in two SQLite files of one folder: `log.db`, the truth, and `derived.db`. `log.tail` notes
//! how far the log was written.
//!
//! Both are in WAL mode. The log commits with `synchronous=FULL`; the derived file, which can be
//! rebuilt, with `NORMAL`. SQLite before 3.51 is not accepted for WAL with several connections in
//! one process, which the bundled library satisfies.

mod derived;
mod history;
mod insert;
mod load;
mod log;
mod migrate;
mod prune;
mod reads;
mod records;
mod snapshot;
mod tail;
mod tx_index;
mod wal_moves;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use self::derived::SqliteDerived;
use self::log::SqliteLog;
use self::migrate::{DERIVED, LOG};
use self::reads::SqliteReads;
use self::tail::Tail;
use super::{Founding, Store, StoreError};

pub use prune::{Sizes, SqlitePruner};

/// How long a connection waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of a page of the log: the smallest payment writes one.
const LOG_PAGE_BYTES: u32 = 4_096;

/// Pages of the log's WAL after which it is moved into the file.
const LOG_CHECKPOINT_PAGES: u32 = 4_000;

/// The SQLite store of a folder.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    folder: PathBuf,
}

impl SqliteStore {
    /// The store of this folder, which may not have been made yet.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn log_path(&self) -> PathBuf {
        self.folder.join("log.db")
    }

    fn derived_path(&self) -> PathBuf {
        self.folder.join("derived.db")
    }

    /// Whether there is a log in the folder, be it one that nobody finished making.
    pub fn exists(&self) -> bool {
        self.log_path().exists()
    }

    /// Whether there are books in the folder: a log with a block. Errors when the log cannot be
    /// read, for it may well be one.
    pub fn is_founded(&self) -> Result<bool, StoreError> {
        let path = self.log_path();
        if !path.exists() {
            return Ok(false);
        }
        let log = self.connect_to_log()?;
        let query = match LOG.version(&log)? {
            // A file with tables and without a version is another program's, and stays.
            0 => "SELECT EXISTS (SELECT 1 FROM sqlite_master)",
            _ => "SELECT EXISTS (SELECT 1 FROM opens)",
        };
        log.query_row(query, [], |row| row.get(0)).map_err(unreadable)
    }

    /// Opens the log for writing. One that ends before what is noted stays as it is: what its WAL
    /// holds behind the damage is still there.
    fn connect_to_log(&self) -> Result<Connection, StoreError> {
        let log = connect(&self.log_path(), LOG_PAGE_BYTES, LOG_CHECKPOINT_PAGES)?;
        // Else closing it would remove the WAL.
        let keep_wal = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        log.set_db_config(keep_wal, true).map_err(unreadable)?;
        // A log that lost its blocks looks like one that never had any.
        tail::check(&self.folder, &log)?;
        log.set_db_config(keep_wal, false).map_err(unreadable)?;
        Ok(log)
    }

    /// Makes new books. Refuses when there are any. What is left of a founding that was cut short
    /// gives way: it holds no block.
    pub fn found(&self, founding: &Founding) -> Result<Store, StoreError> {
        let path = self.log_path();
        if self.is_founded()? {
            return Err(StoreError::Exists(self.folder.display().to_string()));
        }
        remove_database(&path)?;
        remove_database(&self.derived_path())?;
        tail::remove(&self.folder)?;
        create_private(&path)?;
        let mut connection = connect(&path, LOG_PAGE_BYTES, LOG_CHECKPOINT_PAGES)?;
        LOG.migrate(&mut connection)?;
        log::write_founding(&mut connection, founding)?;
        drop(connection);
        self.open()
    }

    /// Opens books that exist. Never makes any.
    pub fn open(&self) -> Result<Store, StoreError> {
        let path = self.log_path();
        if !path.exists() {
            return Err(StoreError::Missing(self.folder.display().to_string()));
        }
        let mut log = self.connect_to_log()?;
        if LOG.version(&log)? == 0 || !log::is_founded(&log)? {
            // An empty file, another program's, or a founding that was cut short: a ledger is only
            // ever made by `found`.
            return Err(StoreError::Missing(self.folder.display().to_string()));
        }
        LOG.migrate(&mut log)?;
        let tail = Tail::open(&self.folder, &log)?;
        let derived_path = self.derived_path();
        let derived = match open_derived(&derived_path) {
            // It can be made anew, so a damaged or foreign one gives way rather than be trusted.
            Err(StoreError::Corrupt(_) | StoreError::TooNew { .. }) => {
                let is_pruned = snapshot::read_pruned(&log)?.is_some();
                let give_way = if is_pruned { set_aside } else { remove_database };
                give_way(&derived_path)?;
                open_derived(&derived_path)?
            }
            opened => opened?,
        };
        let founding = log::read_founding(&log)?;
        Ok(Store {
            log: Box::new(SqliteLog::new(log, tail)),
            derived: Box::new(SqliteDerived::new(derived, derived_path.clone(), &founding)?),
            reads: Arc::new(SqliteReads::new(self.folder.clone(), path, derived_path)),
        })
    }

    /// Opens the readers' side alone, without writing anything.
    pub fn open_reads(&self) -> Result<Arc<dyn super::Reads>, StoreError> {
        let path = self.log_path();
        if !path.exists() {
            return Err(StoreError::Missing(self.folder.display().to_string()));
        }
        let reads = SqliteReads::new(self.folder.clone(), path, self.derived_path());
        reads.check_tail(&self.folder)?;
        Ok(Arc::new(reads))
    }
}

/// Makes an empty file that only its owner can read.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_file) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(StoreError::Exists(path.display().to_string()))
        }
        Err(error) => Err(StoreError::RolledBack(format!("{}: {error}", path.display()))),
    }
}

/// Bytes of the derived tables' WAL that stay once it was moved into the database.
const WAL_KEPT_BYTES: i64 = 128 * 1024 * 1024;

/// Pages of the derived tables' WAL from which a commit moves it into the database by itself, should
/// [`wal_moves`] not have come to it.
const WAL_AT_MOST_PAGES: u32 = 50_000;

/// Bytes of a page of derived tables: rows of attestations are large and come in order, so larger
/// pages are fewer to find, copy and write. Changes of single accounts write more because of it.
const DERIVED_PAGE_BYTES: u32 = 8_192;

/// KiB of the derived tables' pages that their writer keeps, as SQLite counts them: negative. A block
/// is written in the order of its keys, so more of it serves no block, and the next one finds its
/// pages in the system's cache.
const PAGE_CACHE_KIB: i64 = -16_384;

/// Opens the derived tables, and makes them where there are none.
fn open_derived(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        create_private(path)?;
    }
    let mut connection = connect(path, DERIVED_PAGE_BYTES, WAL_AT_MOST_PAGES)?;
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(rolled_back)?;
    connection.pragma_update(None, "cache_size", PAGE_CACHE_KIB).map_err(rolled_back)?;
    // What a large merge leaves of the WAL is given back to the file system.
    connection.pragma_update(None, "journal_size_limit", WAL_KEPT_BYTES).map_err(rolled_back)?;
    connection.set_prepared_statement_cache_capacity(64);
    DERIVED.migrate(&mut connection)?;
    DERIVED.check_tables(&connection)?;
    Ok(connection)
}

fn remove_database(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::Unreadable(error.to_string())),
        }
    }
    Ok(())
}

/// What is added to the name of a database that was set aside.
const SET_ASIDE: &str = ".damaged";

/// Keeps a database under another name, and removes it where one is kept already. The first one has
/// what was from before a pruning, and that is nowhere else.
fn set_aside(path: &Path) -> Result<(), StoreError> {
    let with = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    if with(SET_ASIDE).exists() {
        return remove_database(path);
    }
    for suffix in ["-wal", ""] {
        let aside = with(&format!("{SET_ASIDE}{suffix}"));
        match std::fs::rename(with(suffix), aside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::RolledBack(error.to_string()));
            }
            _moved_or_not_there => {}
        }
    }
    // The index of its WAL.
    remove_database(path)
}

/// Opens a database for writing. Its pages have `page_bytes` if it is made now, else what they had.
fn connect(path: &Path, page_bytes: u32, checkpoint_pages: u32) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(unreadable)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(unreadable)?;
    connection.pragma_update(None, "page_size", page_bytes).map_err(unreadable)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(unreadable)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(unreadable)?;
    connection.pragma_update(None, "wal_autocheckpoint", checkpoint_pages).map_err(unreadable)?;
    // SQLite opens for reading what it cannot open for writing, and never tries again. The second
    // check is about the WAL.
    if connection.is_readonly("main").map_err(unreadable)? {
        let what = format!("{} can be opened for reading only", path.display());
        return Err(StoreError::Unreadable(what));
    }
    connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK").map_err(unreadable)?;
    Ok(connection)
}

/// Trouble before anything was committed.
#[expect(clippy::needless_pass_by_value, reason = "takes the error out of a Result")]
fn rolled_back(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        // Every row has a number that none has had: one that is there already is not ours.
        Some(ErrorCode::ConstraintViolation) => StoreError::Corrupt(error.to_string()),
        Some(ErrorCode::SystemIoFailure) => StoreError::Unknown(error.to_string()),
        _ if is_damage(&error) => StoreError::Corrupt(error.to_string()),
        _ => StoreError::RolledBack(error.to_string()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "takes the error out of a Result")]
fn unreadable(error: rusqlite::Error) -> StoreError {
    if is_damage(&error) {
        StoreError::Corrupt(error.to_string())
    } else {
        StoreError::Unreadable(error.to_string())
    }
}

/// Whether what is stored is not what was written: to SQLite, or because a value is of a type or
/// size that is never written there. Trouble with reading it is neither.
fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    match error {
        Error::InvalidColumnType(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::FromSqlConversionFailure(..)
        | Error::Utf8Error(..) => true,
        error => matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        ),
    }
}

/// An integer as SQLite keeps it. Everything we keep is below 2^63.
fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads [`int`] back.
fn number(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value)
        .map_err(|_negative| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.db");
        create_private(&path).unwrap();
        let connection = connect(&path, 4_096, 1_000).unwrap();
        let synchronous: i64 =
            connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        // 2 is FULL: every commit ends with an fsync of the WAL.
        assert_eq!(synchronous, 2);
    }

    #[test]
    fn derived_tables_have_large_pages_and_older_ones_keep_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let page_bytes = |path: &Path| -> u32 {
            let derived = open_derived(path).unwrap();
            derived.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap()
        };
        let new = folder.path().join("new.db");
        assert_eq!([page_bytes(&new), page_bytes(&new)], [8_192; 2]);
        let old = folder.path().join("old.db");
        create_private(&old).unwrap();
        let mut connection = connect(&old, 4_096, 1_000).unwrap();
        DERIVED.migrate(&mut connection).unwrap();
        drop(connection);
        assert_eq!(page_bytes(&old), 4_096);
    }
}
