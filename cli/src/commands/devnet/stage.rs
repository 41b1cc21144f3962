//! Where the tour takes place: a folder, a node in a process of its own, and commands that are
//! printed, run and shown.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::commands::node::serve::told_to_stop;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::private_file;
use crate::session::Session;
use crate::temporary_folder::TemporaryFolder;

/// The passphrase of the wallets that the tour makes. They are in a folder that only its owner can
/// read, on a network whose money is worth nothing.
const PASSPHRASE: &str = "the tour of the dev network\n";

/// The network of the tour.
const CHAIN_ID: &str = "rustchain-dev";

/// The stage of a tour. The node ends with it.
pub(super) struct Stage<'s> {
    session: &'s Session,
    folder: PathBuf,
    temporary: Option<TemporaryFolder>,
    program: PathBuf,
    node: Option<Child>,
    url: String,
    steps: usize,
}

impl<'s> Stage<'s> {
    /// Prepares the folder.
    pub(super) fn set(folder: Option<&Path>, session: &'s Session) -> Result<Self, Failure> {
        let (folder, temporary) = if let Some(folder) = folder {
            private_file::make_folder(folder)?;
            check_empty(folder)?;
            // The steps run inside the folder, so it has to be named from the root.
            (folder.canonicalize().map_err(|error| system(&error))?, None)
        } else {
            let temporary = TemporaryFolder::create("rustchain-devnet")?;
            (temporary.path().to_owned(), Some(temporary))
        };
        private_file::create(&folder.join("passphrase"), PASSPHRASE.as_bytes())?;
        let program = std::env::current_exe().map_err(|error| system(&error))?;
        let (node, url, steps) = (None, String::new(), 0);
        Ok(Self { session, folder, temporary, program, node, url, steps })
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the folder stays when the tour is over.
    pub(super) const fn keeps_folder(&self) -> bool {
        self.temporary.is_none()
    }

    /// Steps that were done.
    pub(super) const fn steps(&self) -> usize {
        self.steps
    }

    /// Starts the node in a process of its own, and waits until it listens.
    pub(super) fn start_node(&mut self, listen: &str) -> Result<(), Failure> {
        let arguments = ["node", "serve", "--dev", "--node-dir", "node", "--listen", listen];
        let folder = self.folder.display();
        let begin = [
            format!("$ cd {folder}"),
            format!("$ (umask 077; echo '{}' > passphrase)", PASSPHRASE.trim_end()),
        ];
        self.say("", &begin);
        self.announce("Start a node of the dev network", &shown(&self.program, &arguments));
        let mut child = Command::new(&self.program)
            .args(arguments)
            .args(["--quiet", "--stop-with-parent"])
            .current_dir(&self.folder)
            .arg("--json")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| system(&error))?;
        let stdout = child.stdout.take();
        self.node = Some(child);
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout).read_line(&mut line).map_err(|error| system(&error))?;
        }
        let said: Value = serde_json::from_str(&line).unwrap_or_default();
        let url = said["url"].as_str().ok_or_else(|| {
            Failure::new(ExitCode::Other, "tour_failed", "the node did not start")
        })?;
        url.clone_into(&mut self.url);
        self.steps = self.steps.saturating_add(1);
        self.say("    ", &[format!("listening on {}", self.url)]);
        let exports = self.context().map(|(name, value)| format!("$ export {name}={value}"));
        self.say("  ", &exports);
        Ok(())
    }

    /// Prints a command, runs it, shows what it says, and gives its result.
    pub(super) fn step(&mut self, purpose: &str, arguments: &[&str]) -> Result<Value, Failure> {
        self.announce(purpose, &self.shown(arguments));
        let output = Command::new(&self.program)
            .envs(self.context())
            .current_dir(&self.folder)
            .args(arguments)
            .arg("--json")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .map_err(|error| system(&error))?;
        let envelope: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if !output.status.success() || envelope["ok"] != true {
            let said = envelope["error"]["message"].as_str().map_or_else(
                || String::from_utf8_lossy(&output.stderr).trim().to_owned(),
                str::to_owned,
            );
            let message = format!("this step failed: {said}");
            return Err(Failure::new(ExitCode::Other, "tour_failed", message));
        }
        let data = envelope["data"].clone();
        self.say("    ", &lines_of(&data));
        self.steps = self.steps.saturating_add(1);
        Ok(data)
    }

    fn announce(&self, purpose: &str, command: &str) {
        let number = self.steps.saturating_add(1);
        self.say("", &[String::new(), format!("{number}. {purpose}"), format!("  $ {command}")]);
    }

    fn say(&self, indent: &str, lines: &[String]) {
        for line in lines {
            self.session.printer().note(&format!("{indent}{line}"));
        }
    }

    /// What every command of the tour finds in its environment.
    fn context(&self) -> [(&'static str, String); 3] {
        [
            ("RUSTCHAIN_DATA_DIR", self.folder.display().to_string()),
            ("RUSTCHAIN_NODE_URL", self.url.clone()),
            ("RUSTCHAIN_CHAIN_ID", CHAIN_ID.to_owned()),
        ]
    }

    /// A command of the tour as one would type it.
    pub(super) fn shown(&self, arguments: &[&str]) -> String {
        shown(&self.program, arguments)
    }

    /// Waits until the node ends, which Ctrl-C makes it do.
    pub(super) fn serve_on(&self) -> Result<(), Failure> {
        let lines = [
            String::new(),
            format!("The node serves on at {} until Ctrl-C.", self.url),
            "Another terminal can go on where the tour ends: change to the folder, take over the \
             exports above, and try"
                .to_owned(),
            format!("  $ {}", self.shown(&["balance", "alice"])),
        ];
        self.say("", &lines);
        // Ctrl-C at a terminal reaches both processes; other ways to stop this one do not.
        self.session.wait(async {
            told_to_stop()?.await;
            Ok::<(), Failure>(())
        })
    }

    /// Tells the node to stop and waits until it has.
    pub(super) fn stop_node(&mut self) -> Result<(), Failure> {
        let Some(mut node) = self.node.take() else { return Ok(()) };
        if node.try_wait().map_err(|error| system(&error))?.is_some() {
            return Ok(());
        }
        if let Some(pid) = i32::try_from(node.id()).ok().and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM).map_err(|error| system(&error.into()))?;
        }
        let status = node.wait().map_err(|error| system(&error))?;
        if status.success() {
            return Ok(());
        }
        let message = format!("the node did not stop cleanly: {status}");
        Err(Failure::new(ExitCode::Other, "tour_failed", message))
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        if let Some(node) = &mut self.node {
            // A tour that failed leaves no process behind.
            drop(node.kill());
            drop(node.wait());
        }
    }
}

fn check_empty(folder: &Path) -> Result<(), Failure> {
    let mut entries =
        std::fs::read_dir(folder).map_err(|error| Failure::io("read", folder, &error))?;
    if entries.next().is_none() {
        return Ok(());
    }
    let message = format!("{} is not empty", folder.display());
    Err(Failure::new(ExitCode::Exists, "folder_not_empty", message))
}

fn shown(program: &Path, arguments: &[&str]) -> String {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let quoted = arguments.iter().map(|argument| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
        if argument.chars().all(plain) { (*argument).to_owned() } else { format!("'{argument}'") }
    });
    std::iter::once(name).chain(quoted).collect::<Vec<_>>().join(" ")
}

/// A result as a few lines: its members that are no tables.
fn lines_of(data: &Value) -> Vec<String> {
    let Some(members) = data.as_object() else {
        return vec![data.as_str().map_or_else(|| data.to_string(), str::to_owned)];
    };
    members.iter().flat_map(|(name, value)| lines_of_member(name, value)).collect()
}

fn lines_of_member(name: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![format!("{name}: {text}")],
        Value::Number(_) | Value::Bool(_) => vec![format!("{name}: {value}")],
        Value::Array(items) => {
            items.iter().map(|item| format!("{name}: {}", lines_of(item).join(", "))).collect()
        }
        Value::Object(inner) => match inner.get("rtc").and_then(Value::as_str) {
            Some(rtc) => vec![format!("{name}: {rtc} RTC")],
            None => lines_of(value).iter().map(|line| format!("{name} {line}")).collect(),
        },
    }
}

fn system(error: &std::io::Error) -> Failure {
    Failure::new(ExitCode::Other, "system", error.to_string())
}
