//! The folder of wallets. What it promises about files is kept by [`folder`].

mod folder;

use std::path::{Path, PathBuf};

use crate::{
    error::KeystoreError,
    vault::{Header, KdfPolicy, Vault, envelope::MAX_FILE_BYTES},
    wallet_name::WalletName,
};
use folder::Folder;

/// How the name of a wallet file ends.
const EXTENSION: &str = ".json";
/// How the name of the kept predecessor of a wallet file ends.
const BACKUP_EXTENSION: &str = ".json.bak";

/// A private folder with one file `NAME.json` for every wallet.
#[derive(Debug)]
pub struct Directory {
    folder: Folder,
    policy: KdfPolicy,
}

/// The wallets of a folder, and the files that look like wallets and cannot be read.
#[derive(Debug)]
pub struct Listing {
    /// The open parts of the wallets, by name.
    pub wallets: Vec<Header>,
    /// What could not be read: path and reason. One bad file hides no good one.
    pub unreadable: Vec<(PathBuf, KeystoreError)>,
}

impl Directory {
    /// Opens the folder, making it (mode 0700) and its parents where missing.
    ///
    /// # Errors
    /// [`KeystoreError::OpenToOthers`] when others than the owner may look into it.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, KeystoreError> {
        Self::open_with(path, KdfPolicy::Standard)
    }

    /// Like [`Directory::open`], accepting the wallets that `policy` accepts.
    ///
    /// # Errors
    /// As [`Directory::open`].
    pub fn open_with(path: impl Into<PathBuf>, policy: KdfPolicy) -> Result<Self, KeystoreError> {
        Ok(Self { folder: Folder::open(path.into())?, policy })
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The path that the file of a wallet of this name has.
    pub fn path_of(&self, name: &WalletName) -> PathBuf {
        self.path().join(file_of(name))
    }

    /// Adds the file of a new or imported wallet and returns its path.
    ///
    /// # Errors
    /// [`KeystoreError::AlreadyExists`] when there is one of that name; it is not touched.
    pub fn create(&self, vault: &Vault) -> Result<PathBuf, KeystoreError> {
        let name = &vault.header().name;
        self.folder.add(&file_of(name), &vault.to_bytes())?;
        Ok(self.path_of(name))
    }

    /// Whether something has the place of a wallet of this name.
    ///
    /// Saves asking for a passphrase in vain; [`Directory::create`] decides.
    ///
    /// # Errors
    /// [`KeystoreError::Io`].
    pub fn contains(&self, name: &WalletName) -> Result<bool, KeystoreError> {
        self.folder.contains(&file_of(name))
    }

    /// Reads the wallet of that name.
    ///
    /// # Errors
    /// [`KeystoreError::NotFound`]; [`KeystoreError::OpenToOthers`] and
    /// [`KeystoreError::NotAPlainFile`] for files that are not safe; [`KeystoreError::NameMismatch`]
    /// for a file that was renamed; those of [`Vault::parse`].
    pub fn load(&self, name: &WalletName) -> Result<Vault, KeystoreError> {
        let file = file_of(name);
        let vault = Vault::parse(&self.folder.read(&file, MAX_FILE_BYTES)?, self.policy)?;
        if vault.header().name != *name {
            let name = vault.header().name.clone();
            return Err(KeystoreError::NameMismatch { path: self.path().join(file), name });
        }
        Ok(vault)
    }

    /// Puts `new` (re-keyed, say) in the place of `old`, whole and at once.
    ///
    /// The old file stays beside it as `NAME.json.bak`, in the place of any earlier one.
    ///
    /// # Errors
    /// [`KeystoreError::Changed`] when the file is no longer `old`, so that two programs never undo
    /// each other's work; [`KeystoreError::NotTheSameWallet`] when name or key of the two differ.
    pub fn replace(&self, old: &Vault, new: &Vault) -> Result<(), KeystoreError> {
        let name = &old.header().name;
        if new.header().name != *name || new.header().public_key != old.header().public_key {
            return Err(KeystoreError::NotTheSameWallet);
        }
        let backup = format!("{name}{BACKUP_EXTENSION}");
        let is_old = |bytes: &[u8]| Vault::parse(bytes, self.policy).is_ok_and(|now| now == *old);
        self.folder.replace(&file_of(name), &backup, &new.to_bytes(), MAX_FILE_BYTES, is_old)
    }

    /// Lists the wallets. No passphrase is needed.
    ///
    /// # Errors
    /// [`KeystoreError::Io`] when the folder cannot be read; single files are reported in the list.
    pub fn list(&self) -> Result<Listing, KeystoreError> {
        let mut listing = Listing { wallets: Vec::new(), unreadable: Vec::new() };
        let mut files = self.folder.files()?;
        files.sort_unstable();
        for stem in files.iter().filter_map(|file| file.strip_suffix(EXTENSION)) {
            if stem.starts_with('.') {
                continue;
            }
            match WalletName::parse(stem).and_then(|name| self.load(&name)) {
                Ok(vault) => listing.wallets.push(vault.header().clone()),
                Err(error) => {
                    let path = self.path().join(format!("{stem}{EXTENSION}"));
                    listing.unreadable.push((path, error));
                }
            }
        }
        listing.wallets.sort_by(|one, two| one.name.cmp(&two.name));
        Ok(listing)
    }
}

fn file_of(name: &WalletName) -> String {
    format!("{name}{EXTENSION}")
}
