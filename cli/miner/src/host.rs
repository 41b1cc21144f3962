//! The machine as the miner sees it: files to read and folders to list, by absolute path.
//!
//! No program is ever started, so a planted `dmidecode` in the search path changes nothing. The
//! machine is an argument everywhere, so a recorded Power Mac is examined on any computer.

use thiserror::Error;

pub mod recorded;
pub mod system;

/// A machine that can be examined.
pub trait Host: Send + Sync {
    /// The operating system, in the words of [`std::env::consts::OS`]: `linux`, `macos`, ...
    fn system(&self) -> &str;

    /// The architecture the miner was built for, in the words of [`std::env::consts::ARCH`].
    fn architecture(&self) -> &str;

    /// Reads a file whole.
    fn read(&self, path: &str) -> Result<Vec<u8>, HostError>;

    /// The sorted names in a folder; empty when there is no such folder.
    fn list(&self, path: &str) -> Vec<String>;

    /// A short value such as those below `/sys`: without surrounding white space and NUL bytes,
    /// and `None` when the file is absent, refused or empty.
    fn text(&self, path: &str) -> Option<String> {
        let bytes = self.read(path).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let value = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The strings of a device-tree property, which separates and ends them with NUL bytes.
    fn strings(&self, path: &str) -> Vec<String> {
        let bytes = self.read(path).unwrap_or_default();
        let parts = bytes.split(|&byte| byte == 0).map(|part| String::from_utf8_lossy(part));
        parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }
}

/// Why a machine could not be examined.
#[derive(Debug, Error)]
pub enum HostError {
    /// The operating system keeps its hardware where the miner cannot look yet.
    #[error("mining is not supported on {system} yet")]
    UnsupportedSystem {
        /// The operating system, as [`Host::system`] names it.
        system: String,
    },
    /// The processor belongs to a family the miner has no reader for yet.
    #[error("mining is not supported on {machine} processors yet")]
    UnsupportedMachine {
        /// The machine name, as `uname -m` prints it.
        machine: String,
    },
    /// A file without which the machine cannot be described is absent or refused.
    #[error("cannot read {path}")]
    Unreadable {
        /// The absolute path.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}
