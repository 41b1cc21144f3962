//! The machine the miner runs on.

use std::fs::{File, read_dir};
use std::io::{self, Read as _};
use std::path::Path;

use super::{Host, HostError};

/// The most that is read from one file. `/proc/cpuinfo` grows by about 1.6 kB per processor, and
/// the wire allows 4096 of them.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// This machine, through its own file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemHost;

impl Host for SystemHost {
    fn system(&self) -> &'static str {
        std::env::consts::OS
    }

    fn architecture(&self) -> &'static str {
        std::env::consts::ARCH
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, HostError> {
        read_bounded(path).map_err(|source| HostError::Unreadable { path: path.to_owned(), source })
    }

    fn list(&self, path: &str) -> Vec<String> {
        if !Path::new(path).is_absolute() {
            return Vec::new();
        }
        let entries = read_dir(path).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort_unstable();
        names
    }
}

/// Reads at most [`MAX_FILE_BYTES`] of a file named by an absolute path.
fn read_bounded(path: &str) -> io::Result<Vec<u8>> {
    if !Path::new(path).is_absolute() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is not absolute"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_lists_by_absolute_path_only() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("serial"), " AB12 \n").unwrap();
        std::fs::write(folder.path().join("address"), "\0").unwrap();
        let path = folder.path().to_str().unwrap();
        assert_eq!(SystemHost.list(path), ["address", "serial"]);
        assert_eq!(SystemHost.text(&format!("{path}/serial")).as_deref(), Some("AB12"));
        assert_eq!(SystemHost.text(&format!("{path}/address")), None);
        assert_eq!(SystemHost.text(&format!("{path}/absent")), None);
        assert!(SystemHost.read("Cargo.toml").is_err());
        assert!(SystemHost.list("src").is_empty());
    }
}
