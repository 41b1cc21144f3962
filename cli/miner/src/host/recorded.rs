//! A machine kept as files, so that the readers of every platform are tested on any other.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use super::{Host, HostError};

/// A recorded machine.
///
/// On disk a recording is a folder with a file `platform` (operating system and architecture, as
/// Rust names them) and a folder `root` that holds the kept files under their absolute paths.
#[derive(Debug, Clone)]
pub struct RecordedHost {
    system: String,
    architecture: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl RecordedHost {
    /// A machine without any files.
    pub fn empty(system: &str, architecture: &str) -> Self {
        let (system, architecture) = (system.to_owned(), architecture.to_owned());
        Self { system, architecture, files: BTreeMap::new() }
    }

    /// Loads a recording from its folder.
    pub fn load(folder: &Path) -> io::Result<Self> {
        let platform = std::fs::read_to_string(folder.join("platform"))?;
        let Some((system, architecture)) = platform.trim().split_once(' ') else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "platform wants two words"));
        };
        let mut host = Self::empty(system, architecture);
        host.add_folder(&folder.join("root"), "")?;
        Ok(host)
    }

    /// The same machine with one file added or replaced.
    #[must_use]
    pub fn with_file(mut self, path: &str, contents: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), contents.into());
        self
    }

    /// The same machine without a file or folder.
    #[must_use]
    pub fn without(mut self, path: &str) -> Self {
        let below = format!("{path}/");
        self.files.retain(|name, _| name != path && !name.starts_with(&below));
        self
    }

    /// Adds what lies below `folder` under the absolute path `prefix`.
    fn add_folder(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.add_folder(&entry.path(), &path)?;
            } else {
                self.files.insert(path, std::fs::read(entry.path())?);
            }
        }
        Ok(())
    }
}

impl Host for RecordedHost {
    fn system(&self) -> &str {
        &self.system
    }

    fn architecture(&self) -> &str {
        &self.architecture
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, HostError> {
        self.files.get(path).cloned().ok_or_else(|| HostError::Unreadable {
            path: path.to_owned(),
            source: io::ErrorKind::NotFound.into(),
        })
    }

    fn list(&self, path: &str) -> Vec<String> {
        let prefix = format!("{}/", path.trim_end_matches('/'));
        let below =
            self.files.range(prefix.clone()..).map_while(|(name, _)| name.strip_prefix(&prefix));
        let names: BTreeSet<&str> =
            below.map(|rest| rest.split_once('/').map_or(rest, |(name, _)| name)).collect();
        names.into_iter().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_the_direct_children_of_a_folder() {
        let host = RecordedHost::empty("linux", "x86_64")
            .with_file("/sys/class/net/eth0/address", "a")
            .with_file("/sys/class/net/eth0/device/uevent", "")
            .with_file("/sys/class/net/lo/address", "b")
            .with_file("/sys/class/network", "c");
        assert_eq!(host.list("/sys/class/net"), ["eth0", "lo"]);
        assert_eq!(host.list("/sys/class/net/eth0"), ["address", "device"]);
        assert!(host.list("/absent").is_empty());
        assert_eq!(host.without("/sys/class/net/eth0").list("/sys/class/net"), ["lo"]);
    }

    #[test]
    fn device_tree_strings_end_with_nul() {
        let host = RecordedHost::empty("linux", "aarch64")
            .with_file("/proc/device-tree/compatible", "vendor,board\0vendor,chip\0");
        assert_eq!(host.strings("/proc/device-tree/compatible"), ["vendor,board", "vendor,chip"]);
        assert!(host.strings("/proc/device-tree/absent").is_empty());
    }
}
