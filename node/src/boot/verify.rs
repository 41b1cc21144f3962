//! `node verify`: recomputes a ledger from block 0, beside a running node or without one.
//!
//! One thread executes the blocks, the others verify signatures; what they cannot take, the first
//! one verifies itself, so that all cores are busy and little waits.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use ledger::apply::Law;
use ledger::audit::{Audit, check_signatures};
use ledger::replay::ReplayError;
use ledger::store::sqlite::SqliteStore;
use ledger::store::{LoggedBlock, StoreError};
use parking_lot::Mutex;

pub use ledger::audit::{AuditError, AuditReport, AuditTotals};

use super::DataFolder;
use crate::admin_keys::{AdminKeyError, AdminKeys};
use crate::audit::{AuditError as ChainError, AuditLog};
use crate::node_local::NodeLocalError;

/// Groups that wait for their signatures to be verified. A group holds at most 4,096 commands, and
/// a block that waits is kept whole.
const WAITING: usize = 16;

/// Told while a ledger is verified: what is done, and how much there is.
pub type VerifyProgress<'p> = &'p mut dyn FnMut(&AuditReport, AuditTotals);

/// Why a ledger does not verify.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// What recomputing found.
    #[error("{0}")]
    Audit(#[from] AuditError),
    /// The database's own check found something.
    #[error("{0}")]
    Structure(StoreError),
    /// Both: they have one cause.
    #[error("{audit}; and {structure}")]
    Both {
        /// What recomputing found.
        audit: AuditError,
        /// What the database's own check found.
        structure: StoreError,
    },
    /// The record of admin calls is not what was written.
    #[error("{0}")]
    AdminCalls(ChainError),
    /// The record of an admin key is not what was written.
    #[error("{0}")]
    AdminKeys(AdminKeyError),
    /// Whether they are cannot be found out.
    #[error("{0}")]
    NodeLocal(NodeLocalError),
}

impl From<ChainError> for VerifyError {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::Store(error) => Self::NodeLocal(error),
            broken @ ChainError::Broken { .. } => Self::AdminCalls(broken),
        }
    }
}

impl From<AdminKeyError> for VerifyError {
    fn from(error: AdminKeyError) -> Self {
        match error {
            AdminKeyError::Store(error) => Self::NodeLocal(error),
            other => Self::AdminKeys(other),
        }
    }
}

/// What was found to be in order.
#[derive(Debug, Clone, Copy)]
pub struct Verified {
    /// In the ledger.
    pub ledger: AuditReport,
    /// Records of admin calls in `node-local.db`; `None` where there is no such file.
    pub admin_calls: Option<u64>,
    /// Admin keys there; `None` also where a former version wrote the file.
    pub admin_keys: Option<usize>,
}

/// One group of a block.
type Task = (Arc<LoggedBlock>, usize);

/// The lowest fault of a signature that was found so far.
type Found = Mutex<Option<ReplayError>>;

/// Checks the ledger of a folder, and the admin keys and the record of admin calls beside it. Nothing
/// is written.
pub fn verify(data_dir: &Path, progress: VerifyProgress<'_>) -> Result<Verified, VerifyError> {
    let ledger = verify_ledger(data_dir, progress)?;
    let node_local = DataFolder::at(data_dir).node_local();
    let head = AuditLog::check(&node_local)?;
    let admin_keys = AdminKeys::check(&node_local)?;
    Ok(Verified { ledger, admin_calls: head.map(|head| head.seq), admin_keys })
}

fn verify_ledger(
    data_dir: &Path,
    progress: VerifyProgress<'_>,
) -> Result<AuditReport, VerifyError> {
    let reads = SqliteStore::at(data_dir).open_reads().map_err(AuditError::from)?;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let (audited, structure) = thread::scope(|scope| {
        let structure = scope.spawn(|| reads.check_structure());
        let audited = Audit::begin(reads.as_ref())
            .and_then(|audit| audit_on(cores.saturating_sub(1), audit, progress));
        (audited, structure.join().expect("checking the structure does not panic"))
    });
    match (audited, structure) {
        (Ok(report), Ok(())) => Ok(report),
        (Ok(_) | Err(AuditError::Store(_)), Err(structure)) => {
            Err(VerifyError::Structure(structure))
        }
        (Err(audit), Ok(())) => Err(audit.into()),
        (Err(audit), Err(structure)) => Err(VerifyError::Both { audit, structure }),
    }
}

/// Executes all blocks while `helpers` threads verify signatures.
fn audit_on(
    helpers: usize,
    mut audit: Audit,
    progress: VerifyProgress<'_>,
) -> Result<AuditReport, AuditError> {
    let law = audit.law();
    let found = Found::default();
    let (tasks, waiting) = sync_channel::<Task>(WAITING);
    let waiting = Mutex::new(waiting);
    let executed = thread::scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(|| help(&waiting, &law, &found));
        }
        // Dropped at the end, so that the helpers finish what waits.
        let tasks = tasks;
        execute_all(&mut audit, &tasks, &law, &found, progress)
    });
    // A block's signatures are looked at before it is executed, so none of a lower block is open.
    let of_signatures = found.into_inner().map(AuditError::from);
    match (of_signatures, executed) {
        (None, Ok(())) => audit.finish(),
        (None, Err(executed)) => Err(executed),
        (Some(signature), _) => Err(signature),
    }
}

/// Executes blocks until there are no more, one is wrong, or a signature was found to be.
fn execute_all(
    audit: &mut Audit,
    tasks: &SyncSender<Task>,
    law: &Law,
    found: &Found,
    progress: VerifyProgress<'_>,
) -> Result<(), AuditError> {
    while let Some(block) = audit.next_block()? {
        let block = Arc::new(block);
        for group in 0..block.groups.len() {
            match tasks.try_send((Arc::clone(&block), group)) {
                Ok(()) => {}
                Err(TrySendError::Full(task) | TrySendError::Disconnected(task)) => {
                    look_at(&task, law, found);
                }
            }
        }
        audit.execute(&block)?;
        if found.lock().is_some() {
            break;
        }
        progress(audit.so_far(), audit.totals());
    }
    Ok(())
}

fn help(waiting: &Mutex<Receiver<Task>>, law: &Law, found: &Found) {
    loop {
        let task = waiting.lock().recv();
        let Ok(task) = task else { return };
        look_at(&task, law, found);
    }
}

fn look_at((block, group): &Task, law: &Law, found: &Found) {
    let Some(group) = block.groups.get(*group) else { return };
    let Err(error) = check_signatures(group, law) else { return };
    let mut found = found.lock();
    if found.as_ref().is_none_or(|known| place(&error) < place(known)) {
        *found = Some(error);
    }
}

/// Where in the log a fault is: the block, and within it the command.
fn place(error: &ReplayError) -> (u64, u64) {
    match error {
        ReplayError::Command { height, command, .. } => (*height, *command),
        ReplayError::Chain { height, first_command } => (*height, *first_command),
        _ => (error.height().unwrap_or(0), 0),
    }
}

#[cfg(test)]
mod tests {
    use ledger::command::Command;
    use ledger::genesis::Network;
    use ledger::ledger::{Ledger, founding};
    use protocol::block::ValidatorSet;
    use protocol::keys::Signer as _;
    use protocol::money::Amount;
    use protocol::time::{UnixMillis, UnixSeconds};
    use protocol::transfer::{SignedTransfer, Transfer};
    use protocol::wallet_id::WalletId;
    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::*;
    use crate::audit::AuditEntry;
    use crate::node_key::NodeKey;

    /// A ledger of blocks with three transfers each.
    fn ledger_of(blocks: u64) -> TempDir {
        let folder = TempDir::new().unwrap();
        let key = NodeKey::create(&folder.path().join("node.key")).unwrap();
        let payer = key.public_key().address();
        let genesis = Network::Dev
            .genesis_text()
            .replace("RTCada8e3423e041d247dca60598e6d3d8834161fe5", payer.as_str());
        let validators = ValidatorSet { primary: key.public_key(), standbys: Vec::new() };
        let store = SqliteStore::at(folder.path()).found(&founding(genesis, None, &validators));
        let start = UnixMillis(1_764_716_927_000);
        let mut ledger = Ledger::found(store.unwrap(), start, Box::new(key.share())).unwrap();
        let chain = ledger.law.genesis.chain_id.clone();
        for block in 1..=blocks {
            let commands: Vec<Command> = (block * 3 - 2..=block * 3)
                .map(|nonce| {
                    let transfer = Transfer {
                        from: payer.clone(),
                        to: WalletId::from_key_hash([7; 20]),
                        amount: Amount::from_micro(5_000).unwrap(),
                        nonce,
                        memo: String::new(),
                    };
                    let signed = SignedTransfer::sign(transfer, &chain, &key);
                    Command::Transfer(signed.verify(&chain).unwrap())
                })
                .collect();
            for command in &commands {
                let now = start.plus_millis(block);
                ledger.commit(now, std::slice::from_ref(command)).unwrap().remove(0).unwrap();
            }
            ledger.close_block().unwrap();
        }
        folder
    }

    fn verified(folder: &TempDir) -> Result<Verified, VerifyError> {
        verify(folder.path(), &mut |_, _| {})
    }

    /// Changes the last byte of a signature; the chained hash of the group no longer holds either.
    fn damage_signature(folder: &TempDir, command: u64) {
        let log = Connection::open(folder.path().join("log.db")).unwrap();
        let sql = "SELECT sql FROM sqlite_schema WHERE name = 'groups_stay'";
        let trigger: String = log.query_row(sql, [], |row| row.get(0)).unwrap();
        let row = i64::try_from(command).unwrap();
        let sql = "SELECT body FROM groups WHERE first_command = ?";
        let mut body: Vec<u8> = log.query_row(sql, [row], |row| row.get(0)).unwrap();
        *body.last_mut().unwrap() ^= 1;
        log.execute_batch("DROP TRIGGER groups_stay").unwrap();
        let sql = "UPDATE groups SET body = ? WHERE first_command = ?";
        log.execute(sql, rusqlite::params![body, row]).unwrap();
        log.execute_batch(&trigger).unwrap();
    }

    #[test]
    fn the_first_bad_signature_is_reported_every_time() {
        let folder = ledger_of(40);
        assert_eq!(verified(&folder).unwrap().ledger.commands, 120);
        for command in [63, 62, 64, 100] {
            damage_signature(&folder, command);
        }
        for _ in 0..30 {
            let error = verified(&folder).unwrap_err();
            assert_eq!(
                error.to_string(),
                "block 21, command 62: the signature of a command does not hold: \
                 the signature does not match"
            );
        }
    }

    #[test]
    fn a_fault_of_a_lower_block_comes_before_a_bad_signature() {
        let folder = ledger_of(12);
        damage_signature(&folder, 30);
        let log = Connection::open(folder.path().join("log.db")).unwrap();
        log.execute("DELETE FROM seals WHERE height = 4", []).unwrap();
        drop(log);
        for _ in 0..10 {
            assert_eq!(verified(&folder).unwrap_err().to_string(), "block 4 has no seal");
        }
    }

    #[test]
    fn a_changed_admin_key_is_named() {
        let folder = ledger_of(2);
        assert_eq!(verified(&folder).unwrap().admin_keys, None);
        let path = folder.path().join("node-local.db");
        let keys = AdminKeys::open(&path).unwrap();
        let (name, now) = ("ops".parse().unwrap(), UnixSeconds(1_800_000_000));
        keys.create(name, "read".parse().unwrap(), None, now).unwrap();
        assert_eq!(verified(&folder).unwrap().admin_keys, Some(1));
        drop(keys);
        let tampering = Connection::open(&path).unwrap();
        tampering.execute("UPDATE admin_keys SET scopes = 'all'", []).unwrap();
        drop(tampering);
        let found = verified(&folder).unwrap_err();
        assert!(matches!(found, VerifyError::AdminKeys(_)), "{found}");
        assert!(found.to_string().contains("\"ops\""), "{found}");
    }

    /// The records of admin calls are in no block; their own chain is recomputed.
    #[test]
    fn a_changed_record_of_an_admin_call_is_named() {
        let folder = ledger_of(2);
        assert_eq!(verified(&folder).unwrap().admin_calls, None);
        let path = folder.path().join("node-local.db");
        let log = AuditLog::open(&path).unwrap();
        for at in 1..=9 {
            let entry = AuditEntry {
                at: UnixSeconds(at),
                key_name: "ops",
                action: "GET /pending/list",
                subject: "",
                result: "ok",
            };
            log.append(&entry).unwrap();
        }
        // Beside whoever has it open.
        assert_eq!(verified(&folder).unwrap().admin_calls, Some(9));
        drop(log);
        let whole = std::fs::read(&path).unwrap();
        let tampering = Connection::open(&path).unwrap();
        let sql = "DROP TRIGGER audit_stands; UPDATE audit SET result = 'no' WHERE seq = 4";
        tampering.execute_batch(sql).unwrap();
        drop(tampering);
        assert_eq!(
            verified(&folder).unwrap_err().to_string(),
            "audit record 4 is not as it was written: its content was changed"
        );
        let mut headless = whole;
        headless[100] ^= 0xff;
        std::fs::write(&path, headless).unwrap();
        assert!(matches!(verified(&folder), Err(VerifyError::NodeLocal(_))));
        // Made, and nothing written yet.
        std::fs::write(&path, "").unwrap();
        assert_eq!(verified(&folder).unwrap().admin_calls, None);
    }
}
