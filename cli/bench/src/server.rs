//! The processes that are measured: a node, or the reference.

use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use protocol::api::path;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::error::BenchError;
use crate::http::{self, Connection, Peer};
use crate::ledger_folder::LedgerFolder;
use crate::options::Surroundings;

/// How long an answer of somebody else's server may take.
const PATIENCE_ELSEWHERE: Duration = Duration::from_secs(15);
/// Where a server is told to listen: any free port of this machine.
const ANY_PORT: &str = "127.0.0.1:0";
/// How often a node is asked whether it is ready.
const READY_STEP: Duration = Duration::from_millis(2);
/// How long a node is given to get ready.
const READY_PATIENCE: Duration = Duration::from_mins(2);

/// A server in a process of its own. It ends with this value.
#[derive(Debug)]
pub(crate) struct Server {
    child: Option<Child>,
    peer: Peer,
    /// What a request names as its host.
    host: String,
}

impl Server {
    /// Starts the reference.
    pub(crate) fn start_reference(surroundings: &Surroundings<'_>) -> Result<Self, BenchError> {
        Self::start_reference_under(&surroundings.under, surroundings)
    }

    /// The same, started by this program with its arguments.
    pub(crate) fn start_reference_under(
        under: &[String],
        surroundings: &Surroundings<'_>,
    ) -> Result<Self, BenchError> {
        let arguments = ["bench", "reference", "--listen", ANY_PORT];
        Self::start("the reference server", under, surroundings, arguments)
    }

    /// Starts a node whose books are in memory.
    pub(crate) fn start_memory_node(
        surroundings: &Surroundings<'_>,
        folder: &LedgerFolder,
    ) -> Result<Self, BenchError> {
        let (genesis, config) = (folder.genesis_file(), folder.node_config());
        let node_dir = folder.node_dir();
        let arguments: [&OsStr; 10] = [
            "bench".as_ref(),
            "memory-node".as_ref(),
            "--genesis".as_ref(),
            genesis.as_ref(),
            "--node-config".as_ref(),
            config.as_ref(),
            "--node-dir".as_ref(),
            node_dir.as_ref(),
            "--listen".as_ref(),
            ANY_PORT.as_ref(),
        ];
        Self::start("the node without storage", &surroundings.under, surroundings, arguments)
    }

    /// Makes the ledger of a folder.
    pub(crate) fn make_ledger(
        surroundings: &Surroundings<'_>,
        folder: &LedgerFolder,
    ) -> Result<(), BenchError> {
        let output = Command::new(&surroundings.program)
            .args(["node", "init", "--network", "dev", "--json", "--genesis"])
            .arg(folder.genesis_file())
            .arg("--admin-key-file")
            .arg(folder.admin_key_file())
            .arg("--node-dir")
            .arg(folder.node_dir())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| BenchError::system("cannot run this program", error))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Err(BenchError::NotStarted { what: "the node", said })
    }

    /// Starts a node on the ledger of a folder.
    pub(crate) fn start_node(
        surroundings: &Surroundings<'_>,
        folder: &LedgerFolder,
    ) -> Result<Self, BenchError> {
        Self::start_node_under(&surroundings.under, surroundings, folder)
    }

    /// The same, started by this program with its arguments.
    pub(crate) fn start_node_under(
        under: &[String],
        surroundings: &Surroundings<'_>,
        folder: &LedgerFolder,
    ) -> Result<Self, BenchError> {
        let (node_dir, config) = (folder.node_dir(), folder.node_config());
        let arguments: [&OsStr; 9] = [
            "node".as_ref(),
            "serve".as_ref(),
            // Whoever ends a measurement leaves no node behind.
            "--stop-with-parent".as_ref(),
            "--node-dir".as_ref(),
            node_dir.as_ref(),
            "--node-config".as_ref(),
            config.as_ref(),
            "--listen".as_ref(),
            ANY_PORT.as_ref(),
        ];
        Self::start("the node", under, surroundings, arguments)
    }

    fn start(
        what: &'static str,
        under: &[String],
        surroundings: &Surroundings<'_>,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Self, BenchError> {
        let mut child = command(under, surroundings)
            .args(arguments)
            .args(["--quiet", "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| BenchError::system("cannot run this program", error))?;
        let stdout = child.stdout.take();
        // From here on the process ends with the value, whatever goes wrong.
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let peer = Peer { address: unknown, patience: None };
        let mut server = Self { child: Some(child), peer, host: String::new() };
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(|error| BenchError::system("cannot read what a server says", error))?;
        }
        let said: Value = serde_json::from_str(&line).unwrap_or_default();
        let url = said["url"].as_str().and_then(|url| address_of(url).ok());
        server.peer.address = url.ok_or(BenchError::NotStarted { what, said: line })?;
        Ok(server)
    }

    /// A server that somebody else has started; what it uses is not known.
    pub(crate) fn elsewhere(url: &str) -> Result<Self, BenchError> {
        let peer = Peer { address: address_of(url)?, patience: Some(PATIENCE_ELSEWHERE) };
        let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Ok(Self { child: None, peer, host })
    }

    /// Where it is, and how it is talked to.
    pub(crate) const fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The bytes of a request for one of its pages.
    pub(crate) fn page(&self, path: &str) -> Vec<u8> {
        http::get_from(self.host(), path)
    }

    /// What a request names as its host.
    pub(crate) fn host(&self) -> &str {
        if self.host.is_empty() { http::HOST } else { &self.host }
    }

    /// Whether somebody else has started it.
    pub(crate) const fn is_elsewhere(&self) -> bool {
        self.child.is_none()
    }

    /// Its process, 0 when it runs elsewhere.
    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) fn stop(self) -> Result<(), BenchError> {
        self.end(Signal::TERM)
    }

    /// Ends it because nobody needs its ledger any more; a profiler gets to write its results.
    pub(crate) fn discard(self, surroundings: &Surroundings<'_>) -> Result<(), BenchError> {
        if surroundings.under.is_empty() { self.kill() } else { self.stop() }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(self) -> Result<(), BenchError> {
        self.end(Signal::KILL)
    }

    fn end(mut self, signal: Signal) -> Result<(), BenchError> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            kill_process(pid, signal)
                .map_err(|error| BenchError::system("cannot stop a server", error.into()))?;
        }
        let ended = child.wait();
        ended.map(drop).map_err(|error| BenchError::system("cannot wait for a server", error))
    }

    /// Asks once: status and body.
    pub(crate) async fn look(&self, path: &str) -> io::Result<(u16, String)> {
        let mut connection = Connection::open(&self.peer).await?;
        let answer = connection.exchange(&self.page(path)).await?;
        Ok((answer.status, String::from_utf8_lossy(answer.body).into_owned()))
    }

    /// Asks once; any answer but 200 is an error.
    pub(crate) async fn ask(&self, path: &str) -> Result<String, BenchError> {
        let looked = self.look(path).await;
        match looked.map_err(|error| BenchError::system("cannot ask a server", error))? {
            (200, body) => Ok(body),
            (status, body) => {
                let answer = format!("{status} {body}");
                Err(BenchError::Answer { request: path.to_owned(), answer })
            }
        }
    }

    /// A figure of the node's own metrics.
    pub(crate) async fn metric(&self, name: &str) -> Result<u64, BenchError> {
        let text = self.ask(path::METRICS).await?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.ok_or_else(|| BenchError::Answer {
            request: path::METRICS.to_owned(),
            answer: format!("there is no {name}"),
        })
    }

    /// Waits until the node says that it is ready.
    pub(crate) async fn get_ready(&self) -> Result<(), BenchError> {
        let begun = Instant::now();
        while let Err(error) = self.ask(path::READY).await {
            if begun.elapsed() > READY_PATIENCE {
                return Err(error);
            }
            tokio::time::sleep(READY_STEP).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // A measurement that failed leaves no process behind.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// The program that serves, under whatever it is started by.
fn command(under: &[String], surroundings: &Surroundings<'_>) -> Command {
    match under.split_first() {
        None => Command::new(&surroundings.program),
        Some((starter, arguments)) => {
            let mut command = Command::new(starter);
            command.args(arguments).arg(&surroundings.program);
            command
        }
    }
}

/// What a part of the measurement, run to its end as a process of its own, says in JSON.
pub(crate) fn figures_of(
    surroundings: &Surroundings<'_>,
    arguments: &[&OsStr],
) -> Result<Value, BenchError> {
    answer_of(surroundings, &[&["bench".as_ref()], arguments].concat())
}

/// What a command of this program, run to its end, says in JSON.
pub(crate) fn answer_of(
    surroundings: &Surroundings<'_>,
    arguments: &[&OsStr],
) -> Result<Value, BenchError> {
    let output = Command::new(&surroundings.program)
        .args(arguments)
        .args(["--json", "--quiet"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| BenchError::system("cannot run this program", error))?;
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    if output.status.success() && said["ok"] == true {
        return Ok(said["data"].clone());
    }
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Err(BenchError::NotStarted { what: "a command of this program", said })
}

/// The address in `http://HOST:PORT`, with or without a slash behind it.
fn address_of(url: &str) -> Result<SocketAddr, BenchError> {
    let bad = || BenchError::Url(url.to_owned());
    let host = url.strip_prefix("http://").ok_or_else(bad)?.trim_end_matches('/');
    let with_port = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut addresses = with_port.to_socket_addrs().map_err(|_unknown| bad())?;
    addresses.next().ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_without_encryption_and_path_are_driven() {
        assert_eq!(address_of("http://127.0.0.1:8099/").unwrap().port(), 8_099);
        assert_eq!(address_of("http://127.0.0.1").unwrap().port(), 80);
        assert!(address_of("https://127.0.0.1:1").is_err());
        assert!(address_of("http://127.0.0.1:1/path").is_err());
    }
}
