//! The journal of transfers under way: written before a transfer is sent, removed when its fate is
//! known. What stands in it can be sent again, the very same bytes, which are executed once.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use protocol::api::transfer::TransferBody;
use protocol::time::UnixMillis;
use protocol::transfer::{ChainId, SignedTransfer, TransferRequest, TxId};
use serde::{Deserialize, Serialize};

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::private_file;

/// The version of the files.
const VERSION: u32 = 1;
/// How the names of the files end.
const EXTENSION: &str = "json";

/// A transfer that was signed and whose fate is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingTransfer {
    /// Its id.
    pub id: TxId,
    /// What was signed.
    pub signed: SignedTransfer,
    /// The network it was signed for.
    pub chain_id: ChainId,
    /// When it was signed.
    pub created_at: UnixMillis,
}

/// What a file of the journal holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    version: u32,
    tx_id: String,
    chain_id: String,
    created_at_ms: u64,
    /// The body of the request, byte for byte.
    body: String,
}

/// The journal, locked for this process.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    /// Unlocked when it is closed, which the system does for a process that dies, too.
    _lock: File,
}

impl PendingTransfer {
    /// A transfer that was just signed.
    pub fn new(signed: SignedTransfer, chain_id: ChainId, created_at: UnixMillis) -> Self {
        Self { id: signed.tx_id(), signed, chain_id, created_at }
    }

    fn to_json(&self) -> Vec<u8> {
        let entry = Entry {
            version: VERSION,
            tx_id: self.id.to_string(),
            chain_id: self.chain_id.to_string(),
            created_at_ms: self.created_at.0,
            body: TransferBody::from(&self.signed, &self.chain_id).into_string(),
        };
        serde_json::to_vec_pretty(&entry).expect("texts and numbers are always JSON")
    }

    /// Reads an entry and checks it like a node would: the file may have been damaged.
    fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let entry: Entry = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if entry.version != VERSION {
            return Err(format!("version {} is not known to this program", entry.version));
        }
        let chain_id: ChainId =
            entry.chain_id.parse().map_err(|_bad| "the chain id is none".to_owned())?;
        let request = TransferRequest::parse(entry.body.as_bytes()).map_err(|e| e.to_string())?;
        let verified = request.verify_alone(&chain_id).map_err(|error| error.to_string())?;
        let created_at = UnixMillis(entry.created_at_ms);
        let pending = Self::new(verified.into_inner(), chain_id, created_at);
        let same = TransferBody::from(&pending.signed, &pending.chain_id).as_str() == entry.body;
        if same && pending.id.to_string() == entry.tx_id {
            Ok(pending)
        } else {
            Err("the body is not the one that was signed".to_owned())
        }
    }
}

impl Journal {
    /// Opens the journal below `state_dir` and locks it.
    ///
    /// # Errors
    /// Exit 10 when another process has it.
    pub fn open(state_dir: &Path) -> Result<Self, Failure> {
        let folder = state_dir.join("pending");
        private_file::make_folder(&folder)?;
        let path = folder.join("lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let lock = options.open(&path).map_err(|error| Failure::io("open", &path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Failure::new(
                ExitCode::Exists,
                "locked",
                "another rustchain is sending just now",
            )
            .hint("wait until it has finished, and try again")),
            Err(TryLockError::Error(error)) => Err(Failure::io("lock", &path, &error)),
        }
    }

    /// Adds a transfer. It is on the disk, whole, when this returns; a crash meanwhile leaves no
    /// half of it.
    ///
    /// # Errors
    /// What the system says; then nothing may be sent.
    pub fn add(&self, pending: &PendingTransfer) -> Result<(), Failure> {
        private_file::replace(&self.path_of(pending.id), &pending.to_json())
    }

    /// Removes a transfer whose fate is known.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self, id: TxId) -> Result<(), Failure> {
        private_file::remove(&self.path_of(id))
    }

    /// The transfer of that id.
    ///
    /// # Errors
    /// Exit 5 when it is not in the journal.
    pub fn load(&self, id: TxId) -> Result<PendingTransfer, Failure> {
        let path = self.path_of(id);
        if !path.exists() {
            let message = format!("no transfer under way has the id {id}");
            return Err(Failure::new(ExitCode::NotFound, "not_pending", message)
                .hint(format!("rustchain tx show {id}"))
                .hint("rustchain tx pending"));
        }
        read(&path)
    }

    /// All transfers under way, oldest first.
    ///
    /// # Errors
    /// When one cannot be read: money may hang on it, so it is not passed over.
    pub fn list(&self) -> Result<Vec<PendingTransfer>, Failure> {
        let trouble = |error| Failure::io("read", &self.folder, &error);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(trouble)? {
            let path = entry.map_err(trouble)?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                found.push(read(&path)?);
            }
        }
        found.sort_by_key(|pending| (pending.created_at, pending.id));
        Ok(found)
    }

    fn path_of(&self, id: TxId) -> PathBuf {
        self.folder.join(format!("{id}.{EXTENSION}"))
    }
}

fn read(path: &Path) -> Result<PendingTransfer, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
    PendingTransfer::from_json(&bytes).map_err(|reason| {
        let message = format!("{} is damaged: {reason}", path.display());
        Failure::new(ExitCode::Other, "damaged_journal", message)
            .hint("it was about to be sent: look at the wallet's history before you move it away")
    })
}

#[cfg(test)]
mod tests {
    use keystore::SecretKey;
    use protocol::transfer::Transfer;
    use protocol::wallet_id::WalletId;

    use super::*;

    fn pending(nonce: u64) -> PendingTransfer {
        let to = WalletId::parse("RTC9d4a423b1f9080df2b3e726b4225cf8fb45c813c").unwrap();
        let amount = "0.00001".parse().unwrap();
        let transfer = Transfer { from: to.clone(), to, amount, nonce, memo: "hé\n".to_owned() };
        let chain_id: ChainId = "rustchain-dev".parse().unwrap();
        let key = SecretKey::from_bytes(&[7; 32]);
        let signed = SignedTransfer::sign(transfer, &chain_id, &key);
        PendingTransfer::new(signed, chain_id, UnixMillis(1_795_332_270_000 + nonce))
    }

    #[test]
    fn what_was_added_is_read_back_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let (one, two) = (pending(1), pending(2));
        journal.add(&two).unwrap();
        journal.add(&one).unwrap();
        assert_eq!(journal.list().unwrap(), [one.clone(), two.clone()]);
        assert_eq!(journal.load(two.id).unwrap(), two);
        journal.add(&one).unwrap();
        assert_eq!(journal.list().unwrap().len(), 2);
        journal.remove(one.id).unwrap();
        assert_eq!(journal.load(one.id).unwrap_err().exit, ExitCode::NotFound);
    }

    #[test]
    fn only_one_process_sends_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = Journal::open(folder.path()).unwrap();
        assert_eq!(Journal::open(folder.path()).unwrap_err().exit, ExitCode::Exists);
        drop(held);
        assert!(Journal::open(folder.path()).is_ok());
    }

    #[test]
    fn a_damaged_entry_is_never_sent() {
        let text = String::from_utf8(pending(1).to_json()).unwrap();
        assert!(PendingTransfer::from_json(text.as_bytes()).is_ok());
        for (from, to) in [
            ("\"version\": 1", "\"version\": 2"),
            ("rustchain-dev", "rustchain-two"),
            ("1e-05", "2e-05"),
            ("1e-05", "0.00001"),
            ("created_at_ms", "created_at"),
            (",\\\"chain_id", ", \\\"chain_id"),
        ] {
            assert!(text.contains(from), "{from} is not in {text}");
            let damaged = text.replace(from, to);
            assert!(PendingTransfer::from_json(damaged.as_bytes()).is_err(), "{to}");
        }
    }
}
