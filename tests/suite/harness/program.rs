//! Runs the real binary, with files of its own and nobody at the terminal.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The passphrase of the wallet in the fixtures.
pub(crate) const PASSPHRASE: &str = "correct horse battery";
/// The address of the wallet in the fixtures.
pub(crate) const ALICE: &str = "RTCb7715260b27b6aaba695a4ac9dda398f0db8a647";
/// Somebody else.
pub(crate) const BOB: &str = "RTC9d4a423b1f9080df2b3e726b4225cf8fb45c813c";

/// A folder with everything that the program reads and writes.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with the wallet `alice` (network `rustchain-dev`) and the file `passphrase`.
    pub(crate) fn with_alice() -> Self {
        let home = Self::new();
        let wallets = home.path("data/wallets");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&wallets).unwrap();
        write_private(&wallets.join("alice.json"), include_str!("../fixtures/alice.json"));
        home.private_file("passphrase", PASSPHRASE);
        home
    }

    /// A path inside of the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn private_file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        write_private(&path, content);
        path
    }

    /// The program with these arguments, split at spaces; `{dir}` stands for the folder.
    pub(crate) fn program(&self, arguments: &str) -> Command {
        let arguments = arguments.split_whitespace().map(|text| self.fill(text));
        self.program_with(&arguments.collect::<Vec<_>>())
    }

    /// The program with these arguments. It sees nothing of the environment of the test.
    pub(crate) fn program_with(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rustchain"));
        command.env_clear().env("HOME", self.folder.path()).current_dir(self.folder.path());
        command.env("RUSTCHAIN_DATA_DIR", self.path("data"));
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs the program with these arguments to its end.
    pub(crate) fn run(&self, arguments: &str) -> Ended {
        Ended::of(self.program(arguments).output().unwrap())
    }

    /// Runs the program with `--json` and reads what it printed, which has to be an envelope.
    pub(crate) fn json(&self, arguments: &str) -> Value {
        self.run(&format!("{arguments} --json")).envelope()
    }

    /// Runs the program with a text on stdin.
    pub(crate) fn run_with_stdin(&self, arguments: &str, text: &str) -> Ended {
        let mut command = self.program(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that reads nothing closes its end, which is no fault of the test.
        let _closed = child.stdin.take().unwrap().write_all(text.as_bytes());
        Ended::of(child.wait_with_output().unwrap())
    }

    /// Puts the folder in the place of `{dir}`.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("{dir}", &self.folder.path().to_string_lossy())
    }

    /// Puts `{dir}` in the place of the folder.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(self.folder.path().to_string_lossy().as_ref(), "{dir}")
    }
}

impl Ended {
    /// What is left of a process.
    pub(crate) fn of(output: Output) -> Self {
        Self {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The JSON envelope, which has to fit the exit code.
    pub(crate) fn envelope(&self) -> Value {
        let envelope: Value = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr));
        let members: Vec<_> = envelope.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["data", "error", "ok", "schema_version", "warnings"], "{envelope}");
        if envelope["ok"] == false {
            assert_eq!(envelope["error"]["exit"], self.exit, "{envelope}");
            assert!(envelope["data"].is_null(), "{envelope}");
        } else {
            assert!(envelope["error"].is_null(), "{envelope}");
        }
        envelope
    }
}

fn write_private(path: &Path, content: &str) {
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.as_mut().unwrap().write_all(content.as_bytes()).unwrap();
}
