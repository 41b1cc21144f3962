//! A private folder and its files: never open to others, never half-written, never overwritten.
//!
//! Everything happens relative to the folder that was opened, with modes given at creation, so there
//! is no moment at which another user could read a file or slip in another one.
//!
//! A new file is written under a temporary name, brought to the disk, and then linked to its name,
//! which fails when the name is taken. A program that dies on the way leaves the old state or the
//! new one, and at worst a temporary file (hidden, encrypted, harmless).

use protocol::hex;
use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::fs::DirBuilderExt as _,
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{self, AtFlags, Dir, FileType, FlockOperation, Mode, OFlags},
    io::{Errno, retry_on_intr},
};

use crate::error::KeystoreError;

/// The owner may read and write; nobody else may anything.
const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);
/// The bits that give anything to anybody but the owner.
const OTHERS: Mode = Mode::RWXG.union(Mode::RWXO);
/// Mode of the folder, as the standard library wants it.
const FOLDER_MODE: u32 = 0o700;

/// An open folder that only its owner may enter.
#[derive(Debug)]
pub(super) struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

impl Folder {
    /// Opens the folder, making it and its parents where missing, and checks that it is private.
    pub(super) fn open(path: PathBuf) -> Result<Self, KeystoreError> {
        make_private(&path).map_err(|error| trouble("create", &path, error))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = retry_on_intr(|| fs::open(&path, flags, Mode::empty()))
            .map_err(|errno| trouble("open", &path, errno))?;
        let folder = Self { fd, path };
        let stat = fs::fstat(&folder.fd).map_err(|errno| trouble("open", &folder.path, errno))?;
        refuse_open_to_others(Mode::from_raw_mode(stat.st_mode), &folder.path)?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The names of all files that are text.
    pub(super) fn files(&self) -> Result<Vec<String>, KeystoreError> {
        let entries = Dir::read_from(&self.fd).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = entries.map_err(|errno| trouble("list", &self.path, errno))?;
        Ok(entries.iter().filter_map(|e| e.file_name().to_str().ok().map(str::to_owned)).collect())
    }

    /// Whether anything has that name, be it a file or not.
    pub(super) fn contains(&self, file: &str) -> Result<bool, KeystoreError> {
        match fs::statat(&self.fd, file, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(self.trouble("look at", file, errno)),
        }
    }

    /// Reads a plain, private file of at most `most` bytes.
    pub(super) fn read(&self, file: &str, most: usize) -> Result<Vec<u8>, KeystoreError> {
        let path = self.path.join(file);
        let opened = File::from(self.open_for_reading(file)?);
        let stat = fs::fstat(&opened).map_err(|errno| trouble("read", &path, errno))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(KeystoreError::NotAPlainFile { path });
        }
        refuse_open_to_others(Mode::from_raw_mode(stat.st_mode), &path)?;
        if usize::try_from(stat.st_size).map_or(true, |size| size > most) {
            return Err(KeystoreError::malformed(format!("larger than {most} bytes")));
        }
        let mut bytes = Vec::new();
        let limit = u64::try_from(most).unwrap_or(u64::MAX);
        let read = opened.take(limit).read_to_end(&mut bytes);
        read.map_err(|error| trouble("read", &path, error))?;
        Ok(bytes)
    }

    /// Opens without following a link and without waiting for the other end of a pipe.
    fn open_for_reading(&self, file: &str) -> Result<OwnedFd, KeystoreError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let path = || self.path.join(file);
        match retry_on_intr(|| fs::openat(&self.fd, file, flags, Mode::empty())) {
            Ok(fd) => Ok(fd),
            Err(Errno::NOENT) => Err(KeystoreError::NotFound { path: path() }),
            // A symbolic link, or (NXIO) a socket.
            Err(Errno::LOOP | Errno::MLINK | Errno::NXIO) => {
                Err(KeystoreError::NotAPlainFile { path: path() })
            }
            Err(errno) => Err(self.trouble("read", file, errno)),
        }
    }

    /// Adds a new file, or leaves everything as it is when the name is taken.
    pub(super) fn add(&self, file: &str, bytes: &[u8]) -> Result<(), KeystoreError> {
        let temporary = self.write_temporary(file, bytes)?;
        self.link(&temporary.name, file)?;
        drop(temporary);
        self.sync()
    }

    /// Puts `bytes` in the place of `file` if `is_expected` says so of its content, and keeps what
    /// was there as `backup`. Other programs doing the same wait meanwhile.
    pub(super) fn replace(
        &self,
        file: &str,
        backup: &str,
        bytes: &[u8],
        most: usize,
        is_expected: impl Fn(&[u8]) -> bool,
    ) -> Result<(), KeystoreError> {
        let lock = self.lock()?;
        if !is_expected(&self.read(file, most)?) {
            return Err(KeystoreError::Changed { path: self.path.join(file) });
        }
        let temporary = self.write_temporary(file, bytes)?;
        let kept = Temporary { folder: self, name: temporary_name(backup)? };
        self.link(file, &kept.name)?;
        self.rename(&kept.name, backup)?;
        self.rename(&temporary.name, file)?;
        drop((kept, temporary));
        self.sync()?;
        drop(lock);
        Ok(())
    }

    /// Writes a temporary file and waits until it is on the disk.
    fn write_temporary(&self, file: &str, bytes: &[u8]) -> Result<Temporary<'_>, KeystoreError> {
        let name = temporary_name(file)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let fd = retry_on_intr(|| {
            fs::openat(&self.fd, name.as_str(), flags | OFlags::CLOEXEC, FILE_MODE)
        });
        let fd = fd.map_err(|errno| self.trouble("write", file, errno))?;
        let temporary = Temporary { folder: self, name };
        let mut opened = File::from(fd);
        opened
            .write_all(bytes)
            .and_then(|()| opened.sync_all())
            .map_err(|error| self.trouble("write", file, error))?;
        Ok(temporary)
    }

    /// Gives a file a second name, unless that is taken.
    fn link(&self, from: &str, to: &str) -> Result<(), KeystoreError> {
        match fs::linkat(&self.fd, from, &self.fd, to, AtFlags::empty()) {
            Ok(()) => Ok(()),
            Err(Errno::EXIST) => Err(KeystoreError::AlreadyExists { path: self.path.join(to) }),
            Err(errno) => Err(self.trouble("write", to, errno)),
        }
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), KeystoreError> {
        fs::renameat(&self.fd, from, &self.fd, to).map_err(|errno| self.trouble("write", to, errno))
    }

    /// Brings the names in the folder to the disk.
    fn sync(&self) -> Result<(), KeystoreError> {
        retry_on_intr(|| fs::fsync(&self.fd)).map_err(|errno| trouble("write", &self.path, errno))
    }

    /// Waits for the folder's lock. The answer is opened anew, so that two threads exclude each
    /// other like two programs do; dropping it gives the lock back.
    fn lock(&self) -> Result<OwnedFd, KeystoreError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = retry_on_intr(|| fs::openat(&self.fd, ".", flags, Mode::empty()))
            .map_err(|errno| trouble("lock", &self.path, errno))?;
        retry_on_intr(|| fs::flock(fd.as_fd(), FlockOperation::LockExclusive))
            .map_err(|errno| trouble("lock", &self.path, errno))?;
        Ok(fd)
    }

    fn trouble(
        &self,
        action: &'static str,
        file: &str,
        error: impl Into<io::Error>,
    ) -> KeystoreError {
        trouble(action, &self.path.join(file), error)
    }
}

/// A file under a temporary name, which goes away with this value.
struct Temporary<'a> {
    folder: &'a Folder,
    name: String,
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        // Gone already after a rename, and harmless if it stays: it is hidden and encrypted.
        let _ = fs::unlinkat(&self.folder.fd, self.name.as_str(), AtFlags::empty());
    }
}

/// A hidden name that nothing else has.
fn temporary_name(file: &str) -> Result<String, KeystoreError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(KeystoreError::Randomness)?;
    Ok(format!(".{file}.{}.tmp", hex::encode(bytes)))
}

/// Makes the folder and its missing parents, private all of them, and brings their names to disk.
fn make_private(path: &Path) -> io::Result<()> {
    let made: Vec<_> = path.ancestors().take_while(|p| is_missing(p)).collect();
    std::fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)?;
    for parent in made.iter().filter_map(|folder| folder.parent()) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

fn is_missing(path: &Path) -> bool {
    !path.as_os_str().is_empty() && !path.exists()
}

fn refuse_open_to_others(mode: Mode, path: &Path) -> Result<(), KeystoreError> {
    if mode.intersects(OTHERS) {
        return Err(KeystoreError::OpenToOthers { path: path.to_owned(), mode: mode.bits() });
    }
    Ok(())
}

fn trouble(action: &'static str, path: &Path, error: impl Into<io::Error>) -> KeystoreError {
    KeystoreError::Io { action, path: path.to_owned(), source: error.into() }
}
