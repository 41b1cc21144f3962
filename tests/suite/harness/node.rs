//! A node of the real binary, in a process and a folder of its own.

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use protocol::transfer::ChainId;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::genesis::GenesisFile;
use super::http::Http;
use super::program::Ended;

/// No limits but the one on wrong admin keys.
const WITHOUT_LIMITS: &str = "[limits]\nreads_per_minute = 0\nwrites_per_minute = 0\n\
     challenges_per_minute = 0\nfailed_signatures_per_minute = 0\n";

/// A node. Its process ends with it.
pub(crate) struct TestNode {
    home: tempfile::TempDir,
    folder: PathBuf,
    process: Option<Process>,
}

struct Process {
    child: Child,
    /// Kept open, so that the node can say goodbye.
    stdout: BufReader<ChildStdout>,
    url: String,
    chain_id: ChainId,
}

impl TestNode {
    /// A node of this network that serves.
    pub(crate) fn of(genesis: &GenesisFile) -> Self {
        let mut node = Self::made_of(genesis);
        node.start();
        node
    }

    /// A node of this network that was made and does not serve yet.
    pub(crate) fn made_of(genesis: &GenesisFile) -> Self {
        let node = Self::nowhere();
        let ended = node.init(genesis);
        assert_eq!(ended.exit, 0, "{ended:?}");
        node
    }

    /// A place for a node: there is neither folder nor ledger.
    pub(crate) fn nowhere() -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("node");
        Self { home, folder, process: None }
    }

    /// A place for a node whose folder is elsewhere, on a disk of the test's choice.
    pub(crate) fn at(folder: &Path) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self { home, folder: folder.to_owned(), process: None }
    }

    /// The node's folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs `node init`.
    pub(crate) fn init(&self, genesis: &GenesisFile) -> Ended {
        Ended::of(self.init_command(genesis).output().unwrap())
    }

    /// The command that makes the node.
    pub(crate) fn init_command(&self, genesis: &GenesisFile) -> Command {
        let genesis_file = self.home.path().join("genesis.toml");
        fs::write(&genesis_file, genesis.text()).unwrap();
        let mut command = self.command(&["node", "init", "--network", "dev"]);
        command.arg("--genesis").arg(genesis_file);
        command.arg("--admin-key-file").arg(self.admin_key_file());
        command
    }

    /// The file with the first admin key.
    pub(crate) fn admin_key_file(&self) -> PathBuf {
        self.home.path().join("admin.key")
    }

    /// The first admin key.
    pub(crate) fn admin_key(&self) -> String {
        fs::read_to_string(self.admin_key_file()).unwrap().trim().to_owned()
    }

    /// Makes another admin key.
    pub(crate) fn make_admin_key(&self, name: &str, options: &[&str]) -> String {
        let arguments = [&["admin", "key", "create", name], options].concat();
        let ended = Ended::of(self.command(&arguments).output().unwrap());
        assert_eq!(ended.exit, 0, "{ended:?}");
        ended.envelope()["data"]["admin_key"].as_str().unwrap().to_owned()
    }

    /// A command about this node.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rustchain"));
        command.env_clear().env("HOME", self.home.path()).current_dir(self.home.path());
        command.args(arguments).arg("--node-dir").arg(&self.folder).arg("--json");
        command.stdin(Stdio::null());
        command
    }

    /// The command that serves, on a free port and without limits.
    pub(crate) fn serve_command(&self, options: &[&str]) -> Command {
        let config = self.home.path().join("node.toml");
        fs::write(&config, WITHOUT_LIMITS).unwrap();
        let mut command = self.command(&["node", "serve", "--listen", "127.0.0.1:0"]);
        command.arg("--node-config").arg(config).args(options);
        command
    }

    /// Starts the process and waits until it listens.
    pub(crate) fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Starts the process with further options and waits until it listens.
    pub(crate) fn start_with(&mut self, options: &[&str]) {
        let command = self.serve_command(options);
        if let Some(ended) = self.start_by(command) {
            panic!("the node does not start: {ended:?}");
        }
    }

    /// Starts the process by this command and waits until it listens. What it said, should it have
    /// ended instead.
    pub(crate) fn start_by(&mut self, command: Command) -> Option<Ended> {
        assert!(self.process.is_none(), "it runs already");
        let mut child = self.spawn_by(command);
        let mut stdout = stdout_of(&mut child);
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let Ok(said) = serde_json::from_str::<Value>(&line) else {
            stdout.read_to_string(&mut line).unwrap();
            let exit = child.wait().unwrap().code().unwrap_or(-1);
            return Some(Ended { exit, stdout: line, stderr: self.log() });
        };
        let text = |name: &str| said[name].as_str().unwrap_or_else(|| panic!("{said}")).to_owned();
        let (url, chain_id) = (text("url"), text("chain_id").parse().unwrap());
        self.process = Some(Process { child, stdout, url, chain_id });
        None
    }

    /// Starts a process that is not waited for.
    pub(crate) fn spawn(&self, options: &[&str]) -> Child {
        self.spawn_by(self.serve_command(options))
    }

    /// Starts a process by this command; it is not waited for.
    pub(crate) fn spawn_by(&self, mut command: Command) -> Child {
        let log = OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        command.stdout(Stdio::piped()).stderr(log).spawn().unwrap()
    }

    /// Tells the process to stop, should it still run, and waits until it has ended, well or not.
    pub(crate) fn end(&mut self) -> Ended {
        self.tell_to_stop();
        let mut process = self.process.take().expect("the node was started");
        let mut stdout = String::new();
        process.stdout.read_to_string(&mut stdout).unwrap();
        let exit = process.child.wait().unwrap().code().unwrap_or(-1);
        Ended { exit, stdout, stderr: self.log() }
    }

    fn log_file(&self) -> PathBuf {
        self.home.path().join("node.log")
    }

    /// What the node has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap()
    }

    fn process(&self) -> &Process {
        self.process.as_ref().expect("the node was started")
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.process().url
    }

    /// The network.
    pub(crate) fn chain_id(&self) -> &ChainId {
        &self.process().chain_id
    }

    /// A client of its own.
    pub(crate) fn http(&self) -> Http {
        Http::to(self.url())
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.process().child.id()
    }

    /// Ends the process from one instruction to the next, as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().expect("the node was started");
        process.child.kill().unwrap();
        process.child.wait().unwrap();
    }

    /// Tells the process to stop, and waits until it has stopped well.
    pub(crate) fn stop(&mut self) {
        self.tell_to_stop();
        let mut process = self.process.take().expect("the node was started");
        let status = process.child.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.log());
        let mut goodbye = String::new();
        process.stdout.read_to_string(&mut goodbye).unwrap();
        assert!(goodbye.contains("stopped"), "{goodbye}");
    }

    /// Sends SIGTERM.
    pub(crate) fn tell_to_stop(&self) {
        let pid = Pid::from_child(&self.process().child);
        kill_process(pid, Signal::TERM).unwrap();
    }

    /// Recomputes the ledger, which has to add up; the report.
    pub(crate) fn verify(&self) -> Value {
        let ended = Ended::of(self.command(&["node", "verify"]).output().unwrap());
        assert_eq!(ended.exit, 0, "{ended:?}\n{}", self.log());
        ended.envelope()["data"].clone()
    }

    /// Processor time that the process has used, in ticks of 10 ms.
    pub(crate) fn cpu_ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        let after_name = stat.rsplit_once(") ").unwrap().1;
        let fields: Vec<&str> = after_name.split(' ').collect();
        // Fields 14 and 15 of proc(5): utime and stime; the first two are cut off.
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }
}

fn stdout_of(child: &mut Child) -> BufReader<ChildStdout> {
    BufReader::new(child.stdout.take().unwrap())
}

impl Drop for TestNode {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // A test that failed leaves no process behind.
            drop(process.child.kill());
            drop(process.child.wait());
        }
    }
}
