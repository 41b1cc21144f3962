//! How far the log had been written, in a small file beside it: `log.tail`.
//!
//! A damaged frame makes SQLite cut its WAL off there, as if the rest had never been written: it
//! takes damage for the torn end that a power cut leaves. So after every durable transaction the
//! rows that the log ends with are noted here, and a log that ends earlier is not opened.
//!
//! Nobody waits for this file to reach the disk. It is written behind the transaction, so it is never
//! ahead of the log; after a power cut it may be behind, or torn, and then says less. While only the
//! process ends, it is exact.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use protocol::encoding::tagged_hash;
use rusqlite::Connection;

use super::{number, unreadable};
use crate::store::{Append, StoreError};

/// What the file is called.
const NAME: &str = "log.tail";

/// The rows that the log ends with, as one more than their keys; 0 where there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LogEnd {
    opens: u64,
    groups: u64,
    seals: u64,
}

/// The number of the first command behind what was pruned; 0 when nothing was.
fn first_command_kept(log: &Connection) -> Result<u64, StoreError> {
    let is_there = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'pruned')";
    if !log.query_row(is_there, [], |row| row.get::<_, bool>(0)).map_err(unreadable)? {
        return Ok(0);
    }
    let kept = "SELECT coalesce((SELECT first_command FROM opens WHERE height = \
                (SELECT max(height) + 1 FROM pruned)), 0)";
    log.query_row(kept, [], |row| number(row, 0)).map_err(unreadable)
}

/// Three numbers and a hash over them.
const LENGTH: usize = 3 * 8 + 32;

impl LogEnd {
    /// Where the log ends; at nothing when it has lost its very tables.
    pub(super) fn of(log: &Connection) -> Result<Self, StoreError> {
        let tables =
            "SELECT count(*) FROM sqlite_master WHERE name IN ('opens', 'groups', 'seals')";
        let tables: u32 = log.query_row(tables, [], |row| row.get(0)).map_err(unreadable)?;
        if tables == 0 {
            return Ok(Self::default());
        }
        let end = log
            .query_row(
                "SELECT coalesce((SELECT max(height) + 1 FROM opens), 0), \
                 coalesce((SELECT max(first_command) + 1 FROM groups), 0), \
                 coalesce((SELECT max(height) + 1 FROM seals), 0)",
                [],
                |row| {
                    let (opens, groups) = (number(row, 0)?, number(row, 1)?);
                    Ok(Self { opens, groups, seals: number(row, 2)? })
                },
            )
            .map_err(unreadable)?;
        // The newest group of all may be one that was pruned; it stood before the first command
        // that was kept.
        Ok(Self { groups: end.groups.max(first_command_kept(log)?), ..end })
    }

    /// Where the log ends once this was added.
    const fn behind(self, append: &Append<'_>) -> Self {
        let mut end = self;
        if let Some(open) = &append.open {
            end.opens = open.height.saturating_add(1);
        }
        if let Some(group) = append.group {
            end.groups = group.first_command.saturating_add(1);
        }
        if let Some(seal) = append.seal {
            end.seals = seal.header.batch.height.saturating_add(1);
        }
        end
    }

    fn to_bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let (numbers, hash) = bytes.split_at_mut(24);
        for (place, number) in numbers.chunks_mut(8).zip([self.opens, self.groups, self.seals]) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        hash.copy_from_slice(&tagged_hash("rc/tail/1", numbers));
        bytes
    }

    fn from_bytes(bytes: &[u8; LENGTH]) -> Option<Self> {
        let mut numbers = bytes.chunks(8).map_while(|chunk| chunk.try_into().ok());
        let mut next = || numbers.next().map(u64::from_be_bytes);
        let end = Self { opens: next()?, groups: next()?, seals: next()? };
        (end.to_bytes() == *bytes).then_some(end)
    }

    /// What of a log that ends here is missing in one that ends at `found`.
    fn missing_in(self, found: Self) -> Option<String> {
        let rows = [
            ("block", self.opens, found.opens),
            ("the group of command", self.groups, found.groups),
            ("the seal of block", self.seals, found.seals),
        ];
        let (what, row, _) = rows.into_iter().find(|(_, noted, found)| noted > found)?;
        Some(format!("{what} {}", row.saturating_sub(1)))
    }
}

/// The file, open for writing.
#[derive(Debug)]
pub(super) struct Tail {
    file: File,
    end: LogEnd,
}

impl Tail {
    /// Opens the file of a folder, and makes it where there is none. Refuses a log that ends before
    /// what is noted.
    pub(super) fn open(folder: &Path, log: &Connection) -> Result<Self, StoreError> {
        check(folder, log)?;
        let path = path_in(folder);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options
            .open(&path)
            .map_err(|error| StoreError::RolledBack(format!("{}: {error}", path.display())))?;
        let mut tail = Self { file, end: LogEnd::of(log)? };
        tail.write();
        Ok(tail)
    }

    /// Notes what was added to the log, durably.
    pub(super) fn follow(&mut self, append: &Append<'_>) {
        self.end = self.end.behind(append);
        self.write();
    }

    fn write(&mut self) {
        // The log has it. A note that cannot be written says less, and nothing wrong.
        let _older_note = self.file.write_all_at(&self.end.to_bytes(), 0);
    }
}

fn path_in(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// Refuses a log that ends before what is noted in its folder. A note that is not there, or that is
/// damaged, says nothing.
pub(super) fn check(folder: &Path, log: &Connection) -> Result<(), StoreError> {
    let Some(noted) = read(&path_in(folder))? else { return Ok(()) };
    let Some(missing) = noted.missing_in(LogEnd::of(log)?) else { return Ok(()) };
    Err(StoreError::Corrupt(format!(
        "log.db or log.db-wal has lost {missing} and what came behind it, which log.tail says was \
         written; if you put an older log.db there on purpose, remove log.tail"
    )))
}

fn read(path: &Path) -> Result<Option<LogEnd>, StoreError> {
    let trouble =
        |error: std::io::Error| StoreError::Unreadable(format!("{}: {error}", path.display()));
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(trouble)?,
    };
    let mut bytes = [0; LENGTH];
    match file.read_exact_at(&mut bytes, 0) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        read => read.map_err(trouble).map(|()| LogEnd::from_bytes(&bytes)),
    }
}

/// Removes the note of a folder whose log gives way to another.
pub(super) fn remove(folder: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path_in(folder)) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(StoreError::Unreadable(error.to_string()))
        }
        _removed_or_not_there => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_is_damaged_says_nothing() {
        let end = LogEnd { opens: 8, groups: 1_000, seals: 7 };
        let bytes = end.to_bytes();
        assert_eq!(LogEnd::from_bytes(&bytes), Some(end));
        for place in 0..LENGTH {
            let mut flipped = bytes;
            flipped[place] ^= 4;
            assert_eq!(LogEnd::from_bytes(&flipped), None, "byte {place}");
        }
        assert_eq!(LogEnd::from_bytes(&[0; LENGTH]), None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let noted = LogEnd { opens: 8, groups: 1_000, seals: 7 };
        assert_eq!(noted.missing_in(noted), None);
        let longer = LogEnd { opens: 9, groups: 1_001, seals: 8 };
        assert_eq!(noted.missing_in(longer), None);
        let missing = |found| noted.missing_in(found).unwrap_or_default();
        assert_eq!(missing(LogEnd { opens: 7, ..noted }), "block 7");
        assert_eq!(missing(LogEnd { groups: 1, ..noted }), "the group of command 999");
        assert_eq!(missing(LogEnd { seals: 0, ..noted }), "the seal of block 6");
    }
}
