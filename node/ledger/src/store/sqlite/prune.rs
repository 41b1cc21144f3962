//! Taking the bodies of old blocks out of a log: the snapshot that stands for them, the archive
//! that keeps them elsewhere, the removal itself. Every step can be interrupted and repeated.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use protocol::encoding::Hash;
use protocol::epoch::Calendar;
use rusqlite::{Connection, TransactionBehavior, params};

use super::migrate::{DERIVED, LOG};
use super::records::check_file;
use super::snapshot::{self, copy_private, hash_file, path_of, remove_if_there, sync_folder_of};
use super::{
    LOG_CHECKPOINT_PAGES, LOG_PAGE_BYTES, SqliteStore, connect, create_private, derived, int,
    number, rolled_back, tx_index, unreadable,
};
use crate::seal::{ClosedBlock, Tip, Trees};
use crate::state::State;
use crate::store::{Group, Pruned, Reads, StoreError};

/// Groups that are removed in one transaction; with their bodies a few megabytes.
const REMOVED_AT_ONCE: u32 = 256;

/// Bytes that a pruning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sizes {
    /// The log as it is.
    pub log: u64,
    /// The derived tables as they are.
    pub derived: u64,
    /// The bodies that go.
    pub bodies: u64,
    /// Groups that go.
    pub groups: u64,
}

/// A log that is pruned. Nobody else has it open.
pub struct SqlitePruner {
    folder: PathBuf,
    log: Connection,
    reads: Arc<dyn Reads>,
}

impl std::fmt::Debug for SqlitePruner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlitePruner").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::RolledBack(format!("{}: {error}", path.display()))
}

impl SqlitePruner {
    /// Opens the log of a folder.
    pub fn open(store: &SqliteStore) -> Result<Self, StoreError> {
        let path = store.log_path();
        let reads = store.open_reads()?;
        let mut log = connect(&path, LOG_PAGE_BYTES, LOG_CHECKPOINT_PAGES)?;
        LOG.migrate(&mut log)?;
        Ok(Self { folder: store.folder.clone(), log, reads })
    }

    /// The readers' side.
    pub fn reads(&self) -> Arc<dyn Reads> {
        Arc::clone(&self.reads)
    }

    /// The number of the first command that stays when everything up to a block goes.
    fn first_kept(&self, height: u64) -> Result<i64, StoreError> {
        let sql = "SELECT first_command FROM opens WHERE height = ?";
        let next = int(height.saturating_add(1));
        self.log.query_row(sql, [next], |row| row.get(0)).map_err(unreadable)
    }

    /// What a pruning up to a block is about.
    pub fn sizes(&self, height: u64) -> Result<Sizes, StoreError> {
        let sql = "SELECT count(*), coalesce(sum(length(body)), 0) FROM groups \
                   WHERE first_command < ?";
        let first_kept = self.first_kept(height)?;
        let (groups, bodies) = self
            .log
            .query_row(sql, [first_kept], |row| Ok((number(row, 0)?, number(row, 1)?)))
            .map_err(unreadable)?;
        let (log, derived) = self.bytes();
        Ok(Sizes { log, derived, bodies, groups })
    }

    /// The state that the snapshot of an earlier pruning holds.
    pub fn snapshot(&self, pruned: &Pruned) -> Result<State, StoreError> {
        let connection = snapshot::open(&self.folder, pruned)?;
        snapshot::load(&connection, pruned).map(|(_, state)| state)
    }

    /// Bytes of the log and of the derived tables, as they are now.
    pub fn bytes(&self) -> (u64, u64) {
        let of =
            |name: &str| std::fs::metadata(self.folder.join(name)).map_or(0, |file| file.len());
        (of("log.db").saturating_add(of("log.db-wal")), of("derived.db"))
    }

    /// Begins the snapshot of a block, behind the one of the pruning before.
    pub fn begin_snapshot(
        &self,
        height: u64,
        before: Option<&Pruned>,
        calendar: Calendar,
    ) -> Result<SnapshotWriter, StoreError> {
        let part = path_of(&self.folder, height).with_extension("making");
        remove_if_there(&part).map_err(|error| failed(&part, &error))?;
        match before {
            Some(before) => {
                let from = path_of(&self.folder, before.height);
                copy_private(&from, &part).map_err(|error| failed(&part, &error))?;
            }
            None => create_private(&part)?,
        }
        let mut connection = Connection::open(&part).map_err(unreadable)?;
        // Nothing counts before the file has its name.
        connection.pragma_update(None, "synchronous", "OFF").map_err(rolled_back)?;
        connection.pragma_update(None, "journal_mode", "MEMORY").map_err(rolled_back)?;
        DERIVED.migrate(&mut connection)?;
        Ok(SnapshotWriter { connection, part, folder: self.folder.clone(), height, calendar })
    }

    /// Copies the blocks behind `before` up to `height` into a new file of the log's own form, and
    /// checks it: the chained hash over its groups has to end in `chain`.
    pub fn archive(
        &self,
        file: &Path,
        before: Option<&Pruned>,
        height: u64,
        chain: &Hash,
    ) -> Result<(), StoreError> {
        create_private(file)?;
        let written = self.write_archive(file, before, height).and_then(|()| {
            let begins = before.map_or_else(Hash::default, |before| before.chain);
            check_archive(file, begins, chain)
        });
        if written.is_err() {
            // A half of an archive is worse than none.
            drop(std::fs::remove_file(file));
        }
        written
    }

    fn write_archive(
        &self,
        file: &Path,
        before: Option<&Pruned>,
        height: u64,
    ) -> Result<(), StoreError> {
        let mut archive = Connection::open(file).map_err(unreadable)?;
        archive.pragma_update(None, "synchronous", "FULL").map_err(rolled_back)?;
        LOG.migrate(&mut archive)?;
        drop(archive);
        let name = file.to_string_lossy();
        self.log.execute("ATTACH ? AS archive", [name.as_ref()]).map_err(rolled_back)?;
        let copied = self.copy_into_archive(before, height);
        let detached = self.log.execute_batch("DETACH archive").map_err(rolled_back);
        copied.and(detached)?;
        let synced = File::open(file).and_then(|file| file.sync_all());
        synced.and_then(|()| sync_folder_of(file)).map_err(|error| failed(file, &error))
    }

    fn copy_into_archive(&self, before: Option<&Pruned>, height: u64) -> Result<(), StoreError> {
        let transaction = self.log.unchecked_transaction().map_err(rolled_back)?;
        let first = before.map_or(0, |before| int(before.height.saturating_add(1)));
        let copy = |sql: &str, range: (i64, i64)| {
            transaction.execute(sql, [range.0, range.1]).map_err(rolled_back)
        };
        transaction
            .execute("INSERT INTO archive.founding SELECT * FROM main.founding", [])
            .map_err(rolled_back)?;
        let blocks = (first, int(height));
        for table in ["opens", "seals"] {
            let sql = format!(
                "INSERT INTO archive.{table} SELECT * FROM main.{table} \
                 WHERE height BETWEEN ? AND ?"
            );
            copy(&sql, blocks)?;
        }
        let first_command = match before {
            Some(before) => self.first_kept(before.height)?,
            None => 0,
        };
        let commands = (first_command, self.first_kept(height)?);
        let sql = "INSERT INTO archive.groups SELECT * FROM main.groups \
                   WHERE first_command >= ? AND first_command < ? ORDER BY first_command";
        copy(sql, commands)?;
        transaction.commit().map_err(rolled_back)
    }

    /// Writes down that the bodies up to a block are gone. From here on there is no way back.
    pub fn cut(&mut self, pruned: &Pruned) -> Result<(), StoreError> {
        let sql = "INSERT INTO pruned (height, header_hash, chain, snapshot) VALUES (?, ?, ?, ?)";
        let row = params![int(pruned.height), pruned.header_hash, pruned.chain, pruned.snapshot];
        self.log.execute(sql, row).map_err(rolled_back).map(|_one| ())
    }

    /// Removes some bodies of pruned blocks; whether any was there.
    pub fn remove_some(&mut self, height: u64) -> Result<bool, StoreError> {
        let first_kept = self.first_kept(height)?;
        let transaction = self
            .log
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(rolled_back)?;
        let sql = "DELETE FROM groups WHERE first_command IN (SELECT first_command FROM groups \
                   WHERE first_command < ? ORDER BY first_command LIMIT ?)";
        let removed =
            transaction.execute(sql, params![first_kept, REMOVED_AT_ONCE]).map_err(rolled_back)?;
        transaction.commit().map_err(rolled_back)?;
        Ok(removed > 0)
    }

    /// Gives what became free back to the file system, and removes older snapshots: the log is
    /// copied into a file of the size that it needs, which then takes its place.
    pub fn give_back(self, height: u64) -> Result<(), StoreError> {
        let Self { folder, log, reads } = self;
        let (path, compact) = (folder.join("log.db"), folder.join("log.compact"));
        let io = |error: std::io::Error| failed(&folder, &error);
        remove_if_there(&compact).map_err(io)?;
        create_private(&compact)?;
        log.execute("VACUUM INTO ?", [compact.to_string_lossy().as_ref()]).map_err(rolled_back)?;
        File::open(&compact).and_then(|file| file.sync_all()).map_err(io)?;
        let copied = Connection::open(&compact).map_err(unreadable)?;
        check_file(&copied, "the compact log", LOG)?;
        drop(copied);
        // The last connection takes the WAL away, which belongs to the old file alone.
        drop(reads);
        log.close().map_err(|(_connection, error)| rolled_back(error))?;
        if std::fs::metadata(folder.join("log.db-wal")).is_ok_and(|wal| wal.len() > 0) {
            return Err(StoreError::RolledBack("another process reads the log".to_owned()));
        }
        for left in ["log.db-wal", "log.db-shm"] {
            remove_if_there(&folder.join(left)).map_err(io)?;
        }
        std::fs::rename(&compact, &path).and_then(|()| sync_folder_of(&path)).map_err(io)?;
        for entry in std::fs::read_dir(&folder).map_err(io)?.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let old = snapshot_height(&name).is_some_and(|of| of < height);
            if old || (name.starts_with("snapshot-") && name.ends_with(".making")) {
                remove_if_there(&entry.path()).map_err(io)?;
            }
        }
        Ok(())
    }
}

fn snapshot_height(name: &str) -> Option<u64> {
    name.strip_prefix("snapshot-")?.strip_suffix(".db")?.parse().ok()
}

/// Whether an archive is whole.
fn check_archive(file: &Path, mut chain: Hash, ends: &Hash) -> Result<(), StoreError> {
    let bad = |what: &str| StoreError::Corrupt(format!("the archive: {what}"));
    let archive = Connection::open(file).map_err(unreadable)?;
    check_file(&archive, "the archive", LOG)?;
    let mut query = archive
        .prepare("SELECT first_command, height, body, chain FROM groups ORDER BY first_command")
        .map_err(unreadable)?;
    let mut rows = query.query([]).map_err(unreadable)?;
    while let Some(row) = rows.next().map_err(unreadable)? {
        let read = || -> rusqlite::Result<(u64, u64, Vec<u8>, Hash)> {
            Ok((number(row, 0)?, number(row, 1)?, row.get(2)?, row.get(3)?))
        };
        let (first_command, height, body, chained) = read().map_err(unreadable)?;
        chain = Group::chained(&chain, height, first_command, &body);
        if chain != chained {
            return Err(bad("a group does not follow the one before"));
        }
    }
    if chain == *ends { Ok(()) } else { Err(bad("groups are missing")) }
}

/// A snapshot in the making.
#[derive(Debug)]
pub struct SnapshotWriter {
    connection: Connection,
    part: PathBuf,
    folder: PathBuf,
    height: u64,
    calendar: Calendar,
}

impl SnapshotWriter {
    /// Adds what a snapshot keeps of a block: the ids of its transfers, and epochs.
    pub fn add_block(&mut self, closed: &ClosedBlock) -> Result<(), StoreError> {
        let transaction = self.connection.transaction().map_err(rolled_back)?;
        let ids = closed
            .changes
            .movements
            .iter()
            .filter_map(|movement| movement.tx_id.map(|tx_id| (tx_id, movement.number)));
        tx_index::add(&transaction, ids)?;
        derived::write_epochs(&transaction, &closed.changes.epochs, &self.calendar)?;
        transaction.commit().map_err(rolled_back)
    }

    /// Writes the state, makes the file durable, reads it again and gives it its name; its SHA-256.
    pub fn finish(self, state: &State, tip: &Tip) -> Result<Hash, StoreError> {
        let Self { mut connection, part, folder, height, .. } = self;
        let transaction = connection.transaction().map_err(rolled_back)?;
        derived::write_state(&transaction, state, tip)?;
        transaction.commit().map_err(rolled_back)?;
        connection.close().map_err(|(_connection, error)| rolled_back(error))?;
        let io = |error: std::io::Error| failed(&part, &error);
        File::open(&part).and_then(|file| file.sync_all()).map_err(io)?;
        let hash = hash_file(&part).map_err(io)?;
        let pruned =
            Pruned { height, header_hash: tip.hash, chain: Hash::default(), snapshot: hash };
        let written = Connection::open(&part).map_err(unreadable)?;
        check_file(&written, "the snapshot", DERIVED)?;
        let (_, read) = snapshot::load(&written, &pruned)?;
        drop(written);
        let root_of = |state: &State| Trees::over(state).state_root();
        if root_of(state) != root_of(&read) {
            return Err(StoreError::Corrupt("the snapshot does not read back".to_owned()));
        }
        let name = path_of(&folder, height);
        std::fs::rename(&part, &name).and_then(|()| sync_folder_of(&name)).map_err(io)?;
        Ok(hash)
    }
}
