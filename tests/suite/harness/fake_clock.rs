//! A wall clock that the test sets, for one process: `libfaketime`. Clocks that nobody can set go on
//! as they do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tier::left_out;

/// The clock of a process.
pub(crate) struct FakeClock {
    library: PathBuf,
    file: PathBuf,
}

/// Where Debian and others put the library.
fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let folders = folders.chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/lib64")]);
    folders.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|path| path.exists())
}

impl FakeClock {
    /// A clock that is right; nothing where there is no library. In CI that is a failure.
    pub(crate) fn in_folder(folder: &Path) -> Option<Self> {
        let Some(library) = library() else {
            left_out("setting the clock of a process needs libfaketime");
            return None;
        };
        let clock = Self { library, file: folder.join("clock") };
        clock.set(0);
        Some(clock)
    }

    /// Sets the clock so many seconds before or behind the right time, also of a process that runs.
    pub(crate) fn set(&self, ahead_seconds: i64) {
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{ahead_seconds:+}\n")).unwrap();
        // A reader finds the one or the other.
        fs::rename(&new, &self.file).unwrap();
    }

    /// This command by this clock.
    pub(crate) fn around(&self, mut command: Command) -> Command {
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_TIMESTAMP_FILE", &self.file);
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }
}
