//! A library in C that is loaded into the real program before its own, and stands between it and the
//! kernel.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::tier::left_out;

/// Such a library, compiled.
#[derive(Debug)]
pub(crate) struct Preload {
    folder: tempfile::TempDir,
}

impl Preload {
    /// Compiles a source in `tests/suite`; nothing where there is no compiler. In CI that is a
    /// failure.
    pub(crate) fn compile(source: &str) -> Option<Self> {
        let preload = Self { folder: tempfile::tempdir().unwrap() };
        let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/suite");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o"])
            .args([preload.library(), suite.join(source)])
            .output();
        if !compiled.as_ref().is_ok_and(|output| output.status.success()) {
            left_out(&format!("needs a C compiler: {compiled:?}"));
            return None;
        }
        Some(preload)
    }

    /// A folder for what the library writes down.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it is.
    pub(crate) fn library(&self) -> PathBuf {
        self.folder().join("preload.so")
    }
}

/// This command with the library.
pub(crate) fn with_preload(command: &Command, library: &Path) -> Command {
    let mut with = Command::new(command.get_program());
    with.args(command.get_args()).env_clear().env("LD_PRELOAD", library);
    with.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
    if let Some(folder) = command.get_current_dir() {
        with.current_dir(folder);
    }
    with
}
