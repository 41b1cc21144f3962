//! The real program under `strace`: its system calls are written down, or made to fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tier::left_out;
use super::waiting::until;

/// What strace does to a program.
#[derive(Debug, Clone)]
pub(crate) struct Strace {
    options: Vec<String>,
    record: PathBuf,
}

/// What strace writes behind a call that it made fail.
pub(crate) const INJECTED: &str = "INJECTED)";

/// A line of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The thread.
    pub(crate) thread: u32,
    /// The system call; empty in a line that says something else.
    pub(crate) name: String,
    /// The whole line.
    pub(crate) text: String,
}

impl Strace {
    /// One that writes these system calls down; nothing where a program may not be traced. In CI
    /// that is a failure.
    pub(crate) fn of(calls: &str, record: &Path) -> Option<Self> {
        let tried = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
        if !tried.as_ref().is_ok_and(|output| output.status.success()) {
            left_out(&format!("needs strace, and the right to use it: {tried:?}"));
            return None;
        }
        // The node stays the child of the test, and is killed and waited for as ever.
        let options = ["-D", "-f", "-e", &format!("trace={calls}")].map(str::to_owned).to_vec();
        Some(Self { options, record: record.to_owned() })
    }

    /// The same with further options.
    pub(crate) fn with(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(|&option| option.to_owned()));
        self
    }

    /// The same, for calls about these files alone.
    pub(crate) fn about(self, files: &[PathBuf]) -> Self {
        files.iter().fold(self, |strace, file| strace.with(&["-P", &file.to_string_lossy()]))
    }

    /// This command under strace.
    pub(crate) fn around(&self, command: &Command) -> Command {
        let mut traced = Command::new("strace");
        traced.args(&self.options).arg("-o").arg(&self.record).arg("--");
        traced.arg(command.get_program()).args(command.get_args());
        // Like the command itself, it sees nothing of the environment of the test but the way to
        // strace.
        traced.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        traced.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
        if let Some(folder) = command.get_current_dir() {
            traced.current_dir(folder);
        }
        traced
    }

    /// What was written down of a process that has ended.
    pub(crate) fn record(&self) -> Vec<Call> {
        until("strace has written everything down", || {
            let text = fs::read_to_string(&self.record).unwrap_or_default();
            let calls: Vec<Call> = text.lines().filter_map(Call::parse).collect();
            let ends: Vec<&Call> = calls.iter().filter(|call| call.is_end()).collect();
            let has_ended = |call: &Call| ends.iter().any(|end| end.thread == call.thread);
            (!ends.is_empty() && calls.iter().all(has_ended)).then_some(calls)
        })
    }
}

impl Call {
    fn parse(line: &str) -> Option<Self> {
        let (thread, said) = line.split_once(' ')?;
        let said = said.trim_start();
        let name = match said.strip_prefix("<... ") {
            Some(resumed) => resumed.split(' ').next()?,
            None => said.split_once('(').map_or("", |(name, _)| name),
        };
        Some(Self { thread: thread.parse().ok()?, name: name.to_owned(), text: said.to_owned() })
    }

    /// Whether the call begins here, rather than going on.
    pub(crate) fn begins(&self) -> bool {
        !self.name.is_empty() && !self.text.starts_with("<... ")
    }

    /// Whether the call has ended at this line.
    pub(crate) fn ends(&self) -> bool {
        !self.name.is_empty() && !self.text.ends_with("<unfinished ...>")
    }

    /// Whether strace made it fail, or ended the process at it.
    pub(crate) fn is_injected(&self) -> bool {
        self.text.contains(INJECTED) || self.text.starts_with("+++ killed")
    }

    /// Whether this is the end of a thread.
    fn is_end(&self) -> bool {
        self.text.starts_with("+++ ")
    }
}
