//! A folder that goes away with its owner.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process;

use crate::failure::Failure;

/// A folder of mode 0700 below the system's temporary folder.
#[derive(Debug)]
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes a folder whose name begins with `prefix`.
    ///
    /// # Errors
    /// Trouble with the temporary folder.
    pub fn create(prefix: &str) -> Result<Self, Failure> {
        let parent = std::env::temp_dir();
        let mut attempt = 0_u32;
        loop {
            let path = parent.join(format!("{prefix}-{}-{attempt}", process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    attempt = attempt.saturating_add(1);
                }
                Err(error) => return Err(Failure::io("make", &path, &error)),
            }
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What cannot be removed is left for the system to clean up.
        drop(fs::remove_dir_all(&self.0));
    }
}
