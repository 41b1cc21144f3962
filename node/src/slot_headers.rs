//! What the node remembers of slot headers: who was there in which slot, and with which keys miners
//! sign (wire section 4.7).
//!
//! Local to this node: no rule reads it and no money depends on it. It lies in `node-local.db` beside
//! the admin keys. Calls block.

use std::path::Path;

use protocol::epoch::Slot;
use protocol::keys::{KeyError, PublicKey};
use protocol::slot_header::{MAX_CANDIDATE_KEYS, SlotHeader};
use protocol::time::UnixSeconds;
use protocol::wallet_id::{MinerId, WalletIdError};
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use crate::node_local::{self, NodeLocalError, time_from_column, time_to_column};

/// Slots that are kept behind the newest one: ten weeks of ten minutes each.
const KEPT_SLOTS: u64 = 10_080;

/// The tables. They are made here and not with the file, because nothing else needs them.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS slot_headers (
    slot        INTEGER NOT NULL PRIMARY KEY CHECK (slot >= 0),
    miner       TEXT    NOT NULL,
    timestamp   INTEGER NOT NULL,
    received_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS header_keys (
    miner         TEXT    NOT NULL,
    public_key    BLOB    NOT NULL CHECK (length(public_key) = 32),
    registered_at INTEGER NOT NULL,
    PRIMARY KEY (miner, public_key)
) STRICT, WITHOUT ROWID;
";

/// What became of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filed {
    /// It is the first of its slot.
    New,
    /// The same miner had sent one for this slot; that one stands.
    Again,
    /// Another miner was first.
    Taken,
}

/// A header that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledHeader {
    /// The slot, the miner and the miner's own time.
    pub header: SlotHeader,
    /// When it came.
    pub received_at: UnixSeconds,
}

/// Why headers or keys cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SlotHeadersError {
    /// The miner has as many keys as are tried.
    #[error("a miner has at most {MAX_CANDIDATE_KEYS} header keys; revoke one first")]
    TooManyKeys,
    /// The key is no point of the curve.
    #[error("{0}")]
    BadKey(#[from] KeyError),
    /// The slot is beyond what the table can name.
    #[error("the slot is too large")]
    SlotTooLarge,
    /// The file holds something that we never write.
    #[error("a stored slot header names no miner: {0}")]
    Damaged(#[from] WalletIdError),
    /// Trouble with the file.
    #[error(transparent)]
    Store(#[from] NodeLocalError),
}

impl From<rusqlite::Error> for SlotHeadersError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The slot headers of one node.
#[derive(Debug)]
pub struct SlotHeaders {
    connection: Connection,
}

impl SlotHeaders {
    /// Opens the node's local database at `path`; makes it when its folder exists and it does not.
    pub fn open(path: &Path) -> Result<Self, NodeLocalError> {
        let mut connection = node_local::open(path)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(SCHEMA)?;
        transaction.commit()?;
        Ok(Self { connection })
    }

    /// Files a header whose signature and turn have been checked. The first of a slot stands.
    pub fn file(
        &mut self,
        header: &SlotHeader,
        now: UnixSeconds,
    ) -> Result<Filed, SlotHeadersError> {
        let slot = slot_to_column(header.slot)?;
        if let Some(earlier) = self.header(header.slot)? {
            let is_same = earlier.header.miner == header.miner;
            return Ok(if is_same { Filed::Again } else { Filed::Taken });
        }
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let added = transaction.execute(
            "INSERT OR IGNORE INTO slot_headers (slot, miner, timestamp, received_at)
             VALUES (?1, ?2, ?3, ?4)",
            params![
                slot,
                header.miner.as_str(),
                time_to_column(header.timestamp),
                time_to_column(now),
            ],
        )?;
        let oldest = slot_to_column(Slot(header.slot.0.saturating_sub(KEPT_SLOTS)))?;
        transaction.execute("DELETE FROM slot_headers WHERE slot < ?1", [oldest])?;
        transaction.commit()?;
        Ok(if added > 0 { Filed::New } else { Filed::Taken })
    }

    /// The header of a slot.
    pub fn header(&self, slot: Slot) -> Result<Option<FiledHeader>, SlotHeadersError> {
        let row = self
            .connection
            .prepare_cached(
                "SELECT slot, miner, timestamp, received_at FROM slot_headers WHERE slot = ?1",
            )?
            .query_row([slot_to_column(slot)?], |row| Ok(read_header(row)))
            .optional()?;
        row.transpose()
    }

    /// Registers a key that a miner may sign headers with, beside the one that it attests with.
    /// Says `false` when it was registered before.
    pub fn register_key(
        &mut self,
        miner: &MinerId,
        key: &PublicKey,
        now: UnixSeconds,
    ) -> Result<bool, SlotHeadersError> {
        key.decompress()?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let added = transaction.execute(
            "INSERT OR IGNORE INTO header_keys (miner, public_key, registered_at)
             VALUES (?1, ?2, ?3)",
            params![miner.as_str(), key.as_bytes(), time_to_column(now)],
        )?;
        let count: u32 = transaction.query_row(
            "SELECT count(*) FROM header_keys WHERE miner = ?1",
            [miner.as_str()],
            |row| row.get(0),
        )?;
        if usize::try_from(count).is_ok_and(|count| count > MAX_CANDIDATE_KEYS) {
            return Err(SlotHeadersError::TooManyKeys);
        }
        transaction.commit()?;
        Ok(added > 0)
    }

    /// Takes a registered key away. Says `false` when it was not registered.
    pub fn revoke_key(
        &mut self,
        miner: &MinerId,
        key: &PublicKey,
    ) -> Result<bool, SlotHeadersError> {
        let removed = self.connection.execute(
            "DELETE FROM header_keys WHERE miner = ?1 AND public_key = ?2",
            params![miner.as_str(), key.as_bytes()],
        )?;
        Ok(removed > 0)
    }

    /// The registered keys of a miner, at most eight, oldest first.
    pub fn keys(&self, miner: &MinerId) -> Result<Vec<PublicKey>, SlotHeadersError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT public_key FROM header_keys WHERE miner = ?1
             ORDER BY registered_at, public_key LIMIT 8",
        )?;
        let mut rows = statement.query([miner.as_str()])?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            keys.push(PublicKey::from_bytes(row.get(0)?));
        }
        Ok(keys)
    }
}

fn read_header(row: &Row<'_>) -> Result<FiledHeader, SlotHeadersError> {
    let miner: String = row.get(1)?;
    let slot: i64 = row.get(0)?;
    Ok(FiledHeader {
        header: SlotHeader {
            slot: Slot(u64::try_from(slot).unwrap_or_default()),
            miner: MinerId::parse(&miner)?,
            timestamp: time_from_column(row.get(2)?),
        },
        received_at: time_from_column(row.get(3)?),
    })
}

fn slot_to_column(slot: Slot) -> Result<i64, SlotHeadersError> {
    i64::try_from(slot.0).map_err(|_too_large| SlotHeadersError::SlotTooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

    fn fresh() -> (TempDir, SlotHeaders) {
        let folder = tempfile::tempdir().unwrap();
        let headers = SlotHeaders::open(&folder.path().join("node-local.db")).unwrap();
        (folder, headers)
    }

    fn miner(name: &str) -> MinerId {
        MinerId::parse(name).unwrap()
    }

    fn header(slot: u64, name: &str) -> SlotHeader {
        SlotHeader { slot: Slot(slot), miner: miner(name), timestamp: UnixSeconds(5) }
    }

    fn key(seed: u8) -> PublicKey {
        let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        PublicKey::from_bytes(key.verifying_key().to_bytes())
    }

    #[test]
    fn the_first_header_of_a_slot_stands() {
        let (folder, mut headers) = fresh();
        assert_eq!(headers.file(&header(7, "a"), NOW).unwrap(), Filed::New);
        assert_eq!(headers.file(&header(7, "a"), UnixSeconds(9)).unwrap(), Filed::Again);
        assert_eq!(headers.file(&header(7, "b"), NOW).unwrap(), Filed::Taken);
        drop(headers);
        let headers = SlotHeaders::open(&folder.path().join("node-local.db")).unwrap();
        let filed = headers.header(Slot(7)).unwrap().unwrap();
        assert_eq!(filed, FiledHeader { header: header(7, "a"), received_at: NOW });
        assert_eq!(headers.header(Slot(8)).unwrap(), None);
    }

    #[test]
    fn old_headers_are_forgotten_and_huge_slots_refused() {
        let (_folder, mut headers) = fresh();
        headers.file(&header(1, "a"), NOW).unwrap();
        headers.file(&header(KEPT_SLOTS + 1, "a"), NOW).unwrap();
        assert!(headers.header(Slot(1)).unwrap().is_some());
        headers.file(&header(KEPT_SLOTS + 2, "a"), NOW).unwrap();
        assert!(headers.header(Slot(1)).unwrap().is_none());
        let huge = headers.file(&header(u64::MAX, "a"), NOW);
        assert!(matches!(huge, Err(SlotHeadersError::SlotTooLarge)));
    }

    #[test]
    fn keys_are_registered_and_revoked() {
        let (_folder, mut headers) = fresh();
        let (a, b) = (miner("a"), miner("b"));
        assert!(headers.register_key(&a, &key(1), UnixSeconds(1)).unwrap());
        assert!(headers.register_key(&a, &key(2), UnixSeconds(2)).unwrap());
        assert!(!headers.register_key(&a, &key(1), UnixSeconds(3)).unwrap());
        assert_eq!(headers.keys(&a).unwrap(), [key(1), key(2)]);
        assert_eq!(headers.keys(&b).unwrap(), []);
        assert!(!headers.revoke_key(&b, &key(1)).unwrap());
        assert!(headers.revoke_key(&a, &key(1)).unwrap());
        assert_eq!(headers.keys(&a).unwrap(), [key(2)]);
    }

    #[test]
    fn a_ninth_key_and_a_bad_one_are_refused() {
        let (_folder, mut headers) = fresh();
        let a = miner("a");
        for seed in 1..=8 {
            headers.register_key(&a, &key(seed), NOW).unwrap();
        }
        let ninth = headers.register_key(&a, &key(9), NOW);
        assert!(matches!(ninth, Err(SlotHeadersError::TooManyKeys)));
        assert!(!headers.register_key(&a, &key(8), NOW).unwrap(), "a known one is no news");
        assert_eq!(headers.keys(&a).unwrap().len(), 8);
        let bad = headers.register_key(&miner("b"), &PublicKey::from_bytes([0; 32]), NOW);
        assert!(matches!(bad, Err(SlotHeadersError::BadKey(_))));
    }

    #[test]
    fn the_file_is_shared_with_the_admin_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node-local.db");
        drop(crate::admin_keys::AdminKeys::open(&path).unwrap());
        let mut headers = SlotHeaders::open(&path).unwrap();
        headers.file(&header(1, "a"), NOW).unwrap();
        assert!(crate::admin_keys::AdminKeys::open(&path).is_ok());
    }
}
