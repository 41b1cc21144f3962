//! Everything that can go wrong with keys, and the few kinds a program tells apart.
//!
//! No message carries a secret: a phrase error names the position of a word, never the word.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::wallet_name::WalletName;

/// Trouble with a phrase, a key, a passphrase, a wallet file or the folder of wallets.
#[derive(Debug, Error)]
pub enum KeystoreError {
    /// The phrase does not have a length that BIP39 knows.
    #[error("a recovery phrase has 12, 15, 18, 21 or 24 words, found {found}")]
    PhraseLength {
        /// Number of words found.
        found: usize,
    },
    /// A word of the phrase is not in the English BIP39 list.
    #[error("word {position} of the phrase is not in the English BIP39 list")]
    PhraseWord {
        /// Position of the word, counted from 1.
        position: usize,
    },
    /// Every word is in the list, but the last one does not confirm the others.
    #[error("the checksum of the phrase does not fit: a word is wrong or out of its place")]
    PhraseChecksum,
    /// Entropy of a length that no BIP39 phrase has.
    #[error("the entropy of a phrase has 16, 20, 24, 28 or 32 bytes, found {found}")]
    EntropyLength {
        /// Number of bytes found.
        found: usize,
    },
    /// The text of a secret key has the wrong length.
    #[error("a secret key has 64 hexadecimal digits, found {found} characters")]
    KeyLength {
        /// Number of characters found.
        found: usize,
    },
    /// The text of a secret key holds something else than hexadecimal digits.
    #[error("character {position} of the secret key is not a hexadecimal digit")]
    KeyDigit {
        /// Position of the character, counted from 1.
        position: usize,
    },
    /// A derivation path that cannot be read.
    #[error("a derivation path looks like m/44'/0'/0' with steps below 2147483648")]
    PathSyntax,
    /// A derivation path asks for a step that ed25519 does not have.
    #[error("step {step} of the path is not hardened, and ed25519 has hardened steps only")]
    PathNotHardened {
        /// Position of the step, counted from 1.
        step: usize,
    },
    /// No passphrase was given.
    #[error("the passphrase is empty")]
    PassphraseEmpty,
    /// A new passphrase is too short.
    #[error("a passphrase needs at least {least} characters, found {found}")]
    PassphraseTooShort {
        /// Number of characters found.
        found: usize,
        /// Number of characters asked for.
        least: usize,
    },
    /// The file could not be decrypted. The cipher cannot tell the two causes apart.
    #[error("wrong passphrase, or the wallet file was altered")]
    WrongPassphrase,
    /// A wallet name outside the grammar.
    #[error("a wallet name has 1 to 64 letters, digits, '_' or '-', and is not a device name")]
    WalletName,
    /// A chain id outside the grammar.
    #[error("a chain id has 1 to 64 letters, digits, '.', '_' or '-'")]
    ChainId,
    /// The file is not a wallet file, or not one that this program could have written.
    #[error("not a valid wallet file: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The file decrypts, yet its secret makes another address than its header says.
    #[error("the decrypted key does not belong to the address in the wallet file")]
    AddressMismatch,
    /// The wallet file was written by a newer program.
    #[error("wallet file version {found} is not known to this program")]
    Version {
        /// The version the file claims.
        found: u64,
    },
    /// Key derivation parameters below what protects a passphrase.
    #[error(
        "key derivation is too weak: {m_kib} KiB, {t} passes (at least {} KiB and {} passes)",
        crate::vault::kdf::FLOOR_M_KIB,
        crate::vault::kdf::FLOOR_T
    )]
    KdfTooWeak {
        /// Memory, in KiB.
        m_kib: u32,
        /// Passes over the memory.
        t: u32,
    },
    /// Key derivation parameters that would take too much memory or time, or make no sense.
    #[error("key derivation parameters are out of range: {m_kib} KiB, {t} passes, {p} lanes")]
    KdfOutOfRange {
        /// Memory, in KiB.
        m_kib: u32,
        /// Passes over the memory.
        t: u32,
        /// Lanes.
        p: u32,
    },
    /// The machine does not have the memory that key derivation needs.
    #[error("not enough memory for key derivation ({m_kib} KiB)")]
    KdfMemory {
        /// Memory asked for, in KiB.
        m_kib: u32,
    },
    /// A wallet of that name exists, and wallets are never overwritten.
    #[error("{} exists already", path.display())]
    AlreadyExists {
        /// The file in the way.
        path: PathBuf,
    },
    /// There is no such file.
    #[error("{} does not exist", path.display())]
    NotFound {
        /// The file looked for.
        path: PathBuf,
    },
    /// The file's name and the name inside it differ.
    #[error("{} holds the wallet {name}: rename it to {name}.json", path.display())]
    NameMismatch {
        /// The file.
        path: PathBuf,
        /// The name inside.
        name: WalletName,
    },
    /// A wallet may only be replaced by a new version of itself.
    #[error("a wallet is replaced by itself alone, and this is another one")]
    NotTheSameWallet,
    /// Others than the owner may read or write a file or folder that holds keys.
    #[error("{} is open to others (mode {mode:03o})", path.display())]
    OpenToOthers {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: rustix::fs::RawMode,
    },
    /// A symbolic link, device or pipe where a wallet file should be.
    #[error("{} is not a plain file", path.display())]
    NotAPlainFile {
        /// The thing found.
        path: PathBuf,
    },
    /// The file is not the one that the change was based on.
    #[error("{} was changed meanwhile by another program", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried: `read`, `write`, `lock`, ...
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Randomness(#[source] getrandom::Error),
}

/// What sort of trouble a [`KeystoreError`] is: the part that programs may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The recovery phrase is wrong.
    InvalidPhrase,
    /// The secret key is wrong.
    InvalidKey,
    /// The derivation path is wrong.
    InvalidPath,
    /// A name or chain id is outside its grammar.
    InvalidName,
    /// The passphrase may not be chosen.
    WeakPassphrase,
    /// The passphrase does not open the file.
    WrongPassphrase,
    /// The file is damaged, forged or something else.
    InvalidFile,
    /// The file asks for something this program does not do.
    Unsupported,
    /// The wallet exists already.
    AlreadyExists,
    /// The wallet does not exist.
    NotFound,
    /// Permissions or kind of the file are unsafe.
    Insecure,
    /// Somebody else changed the file.
    Changed,
    /// The machine failed: memory, disk or random numbers.
    System,
}

impl ErrorKind {
    /// The stable name of the kind, for machine-readable output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidPhrase => "invalid_phrase",
            Self::InvalidKey => "invalid_key",
            Self::InvalidPath => "invalid_path",
            Self::InvalidName => "invalid_name",
            Self::WeakPassphrase => "weak_passphrase",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::InvalidFile => "invalid_wallet_file",
            Self::Unsupported => "unsupported_wallet_file",
            Self::AlreadyExists => "wallet_exists",
            Self::NotFound => "wallet_not_found",
            Self::Insecure => "insecure_wallet_file",
            Self::Changed => "wallet_changed",
            Self::System => "keystore_system",
        }
    }
}

impl KeystoreError {
    /// The kind of this error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::PhraseLength { .. }
            | Self::PhraseWord { .. }
            | Self::PhraseChecksum
            | Self::EntropyLength { .. } => ErrorKind::InvalidPhrase,
            Self::KeyLength { .. } | Self::KeyDigit { .. } => ErrorKind::InvalidKey,
            Self::PathSyntax | Self::PathNotHardened { .. } => ErrorKind::InvalidPath,
            Self::WalletName | Self::ChainId => ErrorKind::InvalidName,
            Self::PassphraseEmpty | Self::PassphraseTooShort { .. } => ErrorKind::WeakPassphrase,
            Self::WrongPassphrase => ErrorKind::WrongPassphrase,
            Self::Malformed { .. }
            | Self::AddressMismatch
            | Self::NameMismatch { .. }
            | Self::NotTheSameWallet => ErrorKind::InvalidFile,
            Self::Version { .. } | Self::KdfTooWeak { .. } | Self::KdfOutOfRange { .. } => {
                ErrorKind::Unsupported
            }
            Self::AlreadyExists { .. } => ErrorKind::AlreadyExists,
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::OpenToOthers { .. } | Self::NotAPlainFile { .. } => ErrorKind::Insecure,
            Self::Changed { .. } => ErrorKind::Changed,
            Self::KdfMemory { .. } | Self::Io { .. } | Self::Randomness(_) => ErrorKind::System,
        }
    }

    /// A wallet file that this program did not write, and why.
    pub(crate) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed { reason: reason.into() }
    }
}
