//! Takes the tour of the README: its `console` blocks, command by command, against the real binary
//! in a folder of its own, and compares what it shows with what happens.
//!
//! Commands are run by `sh` as they stand, with two exceptions: the node listens on any free port
//! instead of the default one, and what is left running is stopped where the tour stops it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::symlink;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{fenced, paper};

/// What is another one at every run, by the name that stands before it.
const VARYING: [&str; 17] = [
    "node key",
    "genesis",
    "listening on",
    "node",
    "uptime",
    "tip age",
    "created",
    "epoch",
    "block",
    "time",
    "proven at block",
    "time of block",
    "validator",
    "height",
    "blocks executed again",
    "derived.db",
    "multiplier",
];

/// What depends on the machine that is attested.
const ABOUT_THE_MACHINE: [&str; 2] = ["fingerprint passed", "failed check"];

/// A command of the tour, and what the README shows below it.
struct Step {
    command: String,
    shown: Vec<String>,
}

/// The steps of the tour, in order.
fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in fenced(readme).iter().filter(|block| block.kind == "console") {
        for line in block.text.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => {
                    steps.push(Step { command: command.to_owned(), shown: Vec::new() });
                }
                None => steps.last_mut().unwrap().shown.push(line.to_owned()),
            }
        }
    }
    steps
}

/// The cells of what a terminal shows, or of what a pipe gets. Rules and headers of tables are for
/// terminals only.
fn cells(lines: &[String]) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let line = line.trim();
        if line.starts_with('═') {
            rows.pop();
        } else if !line.is_empty() && !line.starts_with('─') {
            let parts = line.split('\t').flat_map(|part| part.split("  "));
            let parts = parts.map(str::trim).filter(|part| !part.is_empty());
            rows.push(parts.map(str::to_owned).collect());
        }
    }
    rows.retain(|row| !ABOUT_THE_MACHINE.contains(&row[0].as_str()));
    for row in &mut rows {
        if VARYING.contains(&row[0].as_str()) {
            row.truncate(1);
        }
    }
    rows
}

/// The value that stands behind a name.
fn value_of(lines: &[String], name: &str) -> Option<String> {
    let value = lines.iter().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
    value.map(str::to_owned)
}

/// The shell that takes the tour.
struct Shell {
    folder: TempDir,
    /// Everything that a command leaves behind in its shell: variables, the mask of files.
    left_behind: String,
    background: Option<(Child, BufReader<ChildStdout>)>,
}

impl Shell {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        let program = folder.path().join("bin/rustchain");
        symlink(env!("CARGO_BIN_EXE_rustchain"), program).unwrap();
        Self { folder, left_behind: String::new(), background: None }
    }

    fn command(&self, line: &str) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let bin = self.folder.path().join("bin");
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{}{line}", self.left_behind)]);
        command.current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("PATH", format!("{}:{path}", bin.display()));
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command and gives what it shows.
    fn run(&mut self, command: &str) -> Vec<String> {
        if command.starts_with("export ") || command.starts_with("umask ") {
            self.left_behind = format!("{}{command}; ", self.left_behind);
        }
        if let Some(command) = command.strip_suffix(" &") {
            return self.start(command);
        }
        if command == "kill %1" {
            return self.stop();
        }
        let output = self.command(command).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {stderr}");
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// Starts a node, and waits until it says where it listens and on which network it is.
    fn start(&mut self, command: &str) -> Vec<String> {
        let line = format!("exec {command} --listen 127.0.0.1:0");
        let mut child = self.command(&line).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut lines = [String::new(), String::new()];
        for line in &mut lines {
            said.read_line(line).unwrap();
        }
        self.background = Some((child, said));
        let url = value_of(&lines, "listening on").unwrap_or_else(|| panic!("{lines:?}"));
        self.left_behind = format!("{}export RUSTCHAIN_NODE_URL={url}; ", self.left_behind);
        lines.map(|line| line.trim_end().to_owned()).to_vec()
    }

    /// Tells what is left running to stop, and gives what it says at its end.
    fn stop(&mut self) -> Vec<String> {
        let (mut child, mut said) = self.background.take().unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        assert!(child.wait().unwrap().success(), "{rest}");
        rest.lines().map(str::to_owned).collect()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.background {
            // A tour that failed leaves no process behind.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

#[test]
fn the_tour_of_the_readme_goes_as_it_says() {
    let steps = steps(&paper("README.md"));
    assert!(steps.len() > 10, "the tour has {} steps", steps.len());
    let mut shell = Shell::new();
    // The epoch that the README names, and the one of this run.
    let mut epoch: Option<(String, String)> = None;
    for Step { command, shown } in steps {
        let mut command = command;
        if let Some((named, real)) = &epoch {
            command = command.replace(named, real);
        }
        let said = shell.run(&command);
        assert_eq!(cells(&shown), cells(&said), "{command}");
        if epoch.is_none() {
            epoch = value_of(&shown, "epoch").zip(value_of(&said, "epoch"));
        }
    }
    assert!(epoch.is_some() && shell.background.is_none(), "the tour is not whole");
}

#[test]
fn the_first_command_of_the_readme_works() {
    let shell = Shell::new();
    let command = "rustchain devnet --exit --quiet";
    let output = shell.command(command).env("TMPDIR", shell.folder.path()).output().unwrap();
    let (stdout, stderr) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    assert!(stdout.contains("earned\t1.5 RTC"), "{stdout}");
}

#[test]
fn what_a_terminal_shows_and_what_a_pipe_gets_are_compared_by_their_cells() {
    let shown = ["balance  10 RTC", "───", " miner   share", "═══", " RTC00   1.5 RTC ", "───"];
    let piped = ["balance\t10 RTC", "RTC00\t1.5 RTC"];
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert_eq!(cells(&lines(&shown)), cells(&lines(&piped)));
    assert_ne!(cells(&lines(&shown)), cells(&lines(&["balance\t11 RTC", "RTC00\t1.5 RTC"])));
    assert_eq!(cells(&lines(&["epoch 1", "epoch  1"])).len(), 2);
}
