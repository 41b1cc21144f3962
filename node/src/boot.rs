//! Making a node and starting it; stopping it in order.

mod init;
mod memory;
mod prune;
mod serve;
mod verify;

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use ledger::ledger::LedgerError;
use rustix::fs::{FlockOperation, flock};

pub use ledger::genesis::Network;
pub use ledger::store::StoreError;

pub use init::{InitOptions, Initialised, init};
pub use memory::serve_in_memory;
pub use prune::{PlannedPrune, PruneOptions, PruneReport, PruneStep, carry_out_prune, plan_prune};
pub use serve::{Running, ServeOptions, serve};
pub use verify::{
    AuditError, AuditReport, AuditTotals, Verified, VerifyError, VerifyProgress, verify,
};

use crate::admin_keys::AdminKeyError;
use crate::config::ConfigError;
use crate::node_key::NodeKeyError;
use crate::node_local::NodeLocalError;

/// Why a node cannot be made or started.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A file or folder.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process uses the folder.
    #[error("another process uses {0}")]
    Locked(PathBuf),
    /// The node's key.
    #[error("{0}")]
    Key(#[from] NodeKeyError),
    /// The genesis file.
    #[error("{0}")]
    Genesis(#[from] ledger::genesis::GenesisError),
    /// The import.
    #[error("{0}")]
    Import(#[from] ledger::import::ImportError),
    /// The network has to be imported.
    #[error("network {0} starts from its balances and last nonces: give them with --import FILE")]
    ImportRequired(String),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The ledger.
    #[error("{0}")]
    Ledger(#[from] LedgerError),
    /// The node's own tables.
    #[error("{0}")]
    NodeLocal(#[from] NodeLocalError),
    /// Admin keys.
    #[error("{0}")]
    AdminKeys(#[from] AdminKeyError),
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Only the dev network was asked for.
    #[error("these are the books of {0}, and such a start is for the dev network only")]
    NotDev(String),
    /// Books in memory are for this machine only.
    #[error("books in memory are served to this machine only, and {0} can be reached from others")]
    NotLoopback(std::net::SocketAddr),
    /// There is not enough room to prune.
    #[error("{path} has {free} bytes free, and pruning needs up to {needed}")]
    NoRoom {
        /// Where.
        path: PathBuf,
        /// What is free.
        free: u64,
        /// What is needed.
        needed: u64,
    },
    /// The system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    /// The node had to stop.
    #[error("the node had to stop: {0}")]
    Fatal(String),
}

/// What kind of trouble it is, for those who tell people what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootErrorKind {
    /// There is no ledger.
    Missing,
    /// There is a ledger already.
    Exists,
    /// Another process uses the folder.
    Locked,
    /// The configuration or the genesis file.
    Config,
    /// The import, or its absence.
    Import,
    /// Anything else.
    Other,
}

impl BootError {
    /// What kind of trouble it is.
    pub const fn kind(&self) -> BootErrorKind {
        match self {
            Self::Store(StoreError::Missing(_)) | Self::Ledger(LedgerError::NoBlockZero) => {
                BootErrorKind::Missing
            }
            Self::Store(StoreError::Exists(_)) => BootErrorKind::Exists,
            Self::Locked(_) => BootErrorKind::Locked,
            Self::Config(_) | Self::Genesis(_) | Self::NotDev(_) | Self::NotLoopback(_) => {
                BootErrorKind::Config
            }
            Self::Import(_) | Self::ImportRequired(_) => BootErrorKind::Import,
            _ => BootErrorKind::Other,
        }
    }
}

/// The files of a node's folder.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// The folder at this path.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The node's key.
    pub fn node_key(&self) -> PathBuf {
        self.path.join("node.key")
    }

    /// The node's own tables: admin keys, audit, submitted headers.
    pub fn node_local(&self) -> PathBuf {
        self.path.join("node-local.db")
    }

    fn create(&self) -> Result<(), BootError> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)
            .map_err(|source| BootError::Io { path: self.path.clone(), source })
    }

    /// Takes the folder for this process, until the file is dropped.
    fn lock(&self) -> Result<File, BootError> {
        let path = self.path.join("node.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|source| BootError::Io { path: path.clone(), source })?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(file),
            Err(_held) => Err(BootError::Locked(self.path.clone())),
        }
    }
}
