//! The snapshot that stands for pruned blocks: a file like `derived.db`, without history, that is
//! written once and never changed. The log holds its SHA-256.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use protocol::encoding::Hash;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use sha2::{Digest as _, Sha256};

use super::{load, number, unreadable};
use crate::seal::Tip;
use crate::state::State;
use crate::store::{Pruned, StoreError};

/// The snapshot of a block.
pub(super) fn path_of(folder: &Path, height: u64) -> PathBuf {
    folder.join(format!("snapshot-{height}.db"))
}

/// The newest pruning of a log.
pub(super) fn read_pruned(connection: &Connection) -> Result<Option<Pruned>, StoreError> {
    let known = "SELECT count(*) FROM sqlite_schema WHERE name = 'pruned'";
    let tables: u32 = connection.query_row(known, [], |row| row.get(0)).map_err(unreadable)?;
    if tables == 0 {
        // A log that no program of this version has opened for writing.
        return Ok(None);
    }
    let sql =
        "SELECT height, header_hash, chain, snapshot FROM pruned ORDER BY height DESC LIMIT 1";
    connection
        .query_row(sql, [], |row| {
            Ok(Pruned {
                height: number(row, 0)?,
                header_hash: row.get(1)?,
                chain: row.get(2)?,
                snapshot: row.get(3)?,
            })
        })
        .optional()
        .map_err(unreadable)
}

/// The SHA-256 of a file.
pub(super) fn hash_file(path: &Path) -> std::io::Result<Hash> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
    }
    Ok(hasher.finalize().into())
}

/// Whether the snapshot of a pruning is there and is what was written.
pub(super) fn check(folder: &Path, pruned: &Pruned) -> Result<(), StoreError> {
    let path = path_of(folder, pruned.height);
    let name = format!("snapshot-{}.db", pruned.height);
    match hash_file(&path) {
        Ok(hash) if hash == pruned.snapshot => Ok(()),
        Ok(_other) => Err(StoreError::Corrupt(format!("{name} is not what was written"))),
        Err(error) => Err(StoreError::Corrupt(format!("{name} cannot be read: {error}"))),
    }
}

/// Opens a snapshot for reading, once it was checked.
pub(super) fn open(folder: &Path, pruned: &Pruned) -> Result<Connection, StoreError> {
    check(folder, pruned)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path_of(folder, pruned.height), flags).map_err(unreadable)
}

/// The state that a snapshot holds.
pub(super) fn load(connection: &Connection, pruned: &Pruned) -> Result<(Tip, State), StoreError> {
    let expected = Tip { height: pruned.height, hash: pruned.header_hash };
    match load::load(connection)? {
        Some((tip, state)) if tip == expected => Ok((tip, state)),
        _ => Err(StoreError::Corrupt(format!(
            "snapshot-{}.db stands at another block",
            pruned.height
        ))),
    }
}

/// Makes the derived tables a copy of the snapshot of a pruning. What is there gives way, by
/// `give_way`, once the copy is whole and on the disk: without a snapshot it is all there is.
pub(super) fn put_in_place(
    derived: &Path,
    pruned: &Pruned,
    give_way: impl FnOnce() -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let folder = derived.parent().unwrap_or(derived);
    check(folder, pruned)?;
    let failed = |error: std::io::Error| StoreError::RolledBack(error.to_string());
    let part = copy_part(&path_of(folder, pruned.height), derived).map_err(failed)?;
    give_way()?;
    move_part(&part, derived).map_err(failed)
}

/// Copies a file to where none is; a part of it is never seen under the new name.
pub(super) fn copy_private(from: &Path, to: &Path) -> std::io::Result<()> {
    let part = copy_part(from, to)?;
    move_part(&part, to)
}

/// Copies a file for another place, durably, and gives where the copy is meanwhile.
fn copy_part(from: &Path, to: &Path) -> std::io::Result<PathBuf> {
    let part = to.with_extension("part");
    remove_if_there(&part)?;
    let mut source = File::open(from)?;
    let mut copy = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    std::io::copy(&mut source, &mut copy)?;
    copy.sync_all()?;
    Ok(part)
}

fn move_part(part: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::rename(part, to)?;
    sync_folder_of(to)
}

/// Makes what was renamed in a folder durable.
pub(super) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

pub(super) fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
