//! Where the tour takes place: a folder, a node in a process of its own, and commands that are
//! printed, run and shown.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::private_file;
use crate::session::Session;
use crate::temporary_folder::TemporaryFolder;

/// The passphrase of the wallets that the tour makes. They are in a folder that only its owner can
/// read, on a network whose money is worth nothing.
const PASSPHRASE: &str = "the tour of the dev network\n";

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
        let (folder, temporary) = match folder {
            Some(folder) => {
                private_file::make_folder(folder)?;
                (folder.to_owned(), None)
            }
            None => {
                let temporary = TemporaryFolder::create("rustchain-devnet")?;
                (temporary.path().to_owned(), Some(temporary))
            }
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

    /// Where the node listens.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Steps that were done.
    pub(super) const fn steps(&self) -> usize {
        self.steps
    }

    /// Starts the node in a process of its own, and waits until it listens.
    pub(super) fn start_node(&mut self, listen: &str) -> Result<(), Failure> {
        let folder = self.folder.join("node").display().to_string();
        let arguments =
            ["node", "serve", "--dev", "--node-dir", &folder, "--listen", listen, "--quiet"];
        self.announce("Start a node of the dev network", &shown(&self.program, &arguments));
        let mut child = Command::new(&self.program)
            .args(arguments)
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
        self.session.printer().note(&format!("    listening on {url}"));
        self.steps = self.steps.saturating_add(1);
        Ok(())
    }

    /// Prints a command, runs it, shows what it says, and gives its result.
    pub(super) fn step(&mut self, purpose: &str, arguments: &[&str]) -> Result<Value, Failure> {
        self.announce(purpose, &self.shown(arguments));
        let output = Command::new(&self.program)
            .args(self.context())
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
        for line in lines_of(&data) {
            self.session.printer().note(&format!("    {line}"));
        }
        self.steps = self.steps.saturating_add(1);
        Ok(data)
    }

    fn announce(&self, purpose: &str, command: &str) {
        let number = self.steps.saturating_add(1);
        self.session.printer().note(&format!("\n{number}. {purpose}\n  $ {command}"));
    }

    /// What every command of the tour is told.
    fn context(&self) -> Vec<String> {
        let folder = self.folder.display().to_string();
        let context = ["--data-dir", &folder, "--node", &self.url, "--chain-id", "rustchain-dev"];
        context.map(str::to_owned).to_vec()
    }

    /// A command of the tour as one would type it.
    pub(super) fn shown(&self, arguments: &[&str]) -> String {
        let context = self.context();
        let all: Vec<&str> =
            context.iter().map(String::as_str).chain(arguments.iter().copied()).collect();
        shown(&self.program, &all)
    }

    /// Waits until the node ends, which Ctrl-C makes it do.
    pub(super) fn serve_on(&mut self) -> Result<(), Failure> {
        let Some(node) = &mut self.node else { return Ok(()) };
        // Ctrl-C reaches both processes; the node winds up, and this one waits for it.
        self.session
            .wait(async { tokio::signal::ctrl_c().await.map_err(|error| system(&error)) })?;
        node.wait().map_err(|error| system(&error))?;
        Ok(())
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
    let Some(members) = data.as_object() else { return vec![data.to_string()] };
    members
        .iter()
        .filter_map(|(name, value)| match value {
            Value::String(text) => Some(format!("{name}: {text}")),
            Value::Number(_) | Value::Bool(_) => Some(format!("{name}: {value}")),
            Value::Object(amount) => {
                amount.get("rtc").and_then(Value::as_str).map(|rtc| format!("{name}: {rtc} RTC"))
            }
            Value::Array(items) if !items.is_empty() => {
                let items: Vec<String> = items.iter().map(Value::to_string).collect();
                Some(format!("{name}: {}", items.join(", ")))
            }
            Value::Array(_) | Value::Null => None,
        })
        .collect()
}

fn system(error: &std::io::Error) -> Failure {
    Failure::new(ExitCode::Other, "system", error.to_string())
}
