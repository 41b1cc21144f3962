//! A server under valgrind's `callgrind`, which counts instructions: the same on every machine,
//! whatever else it does. It knows no AVX-512 and no SHA extensions, so the AVX2 path is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::BenchError;

/// How the files of one run begin; a process number and the number of a thread follow.
const FILES: &str = "callgrind.out.";

/// Whether there is such a program, and it works.
pub(crate) fn is_there() -> bool {
    let mut command = Command::new("valgrind");
    let silent = command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null());
    silent.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Starts a server whose instructions are counted thread by thread; the counts are in `folder` once
/// it has ended.
pub(crate) fn counting(folder: &Path) -> Vec<String> {
    let out = folder.join(format!("{FILES}%p"));
    vec![
        "valgrind".to_owned(),
        "--tool=callgrind".to_owned(),
        "--separate-threads=yes".to_owned(),
        // Without it one thread can keep the others from running for seconds.
        "--fair-sched=yes".to_owned(),
        "--quiet".to_owned(),
        format!("--callgrind-out-file={}", out.display()),
    ]
}

/// What one thread did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ThreadCount {
    /// Its instructions.
    pub(crate) instructions: u64,
    /// Calls of functions, and what was spent in them and below, by name.
    calls: BTreeMap<String, (u64, u64)>,
    names: BTreeSet<String>,
}

impl ThreadCount {
    /// Whether the thread ran a function with this in its name.
    pub(crate) fn ran(&self, part: &str) -> bool {
        self.names.iter().any(|name| name.contains(part))
    }

    /// How often functions with this in their name were called, and the instructions in them and
    /// below.
    pub(crate) fn spent_in(&self, part: &str) -> (u64, u64) {
        let found = self.calls.iter().filter(|(name, _)| name.contains(part));
        found.fold((0, 0), |(calls, cost), (_, (more, of_them))| {
            (calls.saturating_add(*more), cost.saturating_add(*of_them))
        })
    }

    /// Reads a file of callgrind's format: names are written once and numbered, a call is followed
    /// by a line with what it cost.
    fn read(text: &str) -> Self {
        let mut count = Self::default();
        let mut numbered: BTreeMap<&str, &str> = BTreeMap::new();
        let (mut callee, mut calls) = ("", 0_u64);
        let mut is_cost_of_call = false;
        for line in text.lines() {
            if is_cost_of_call {
                is_cost_of_call = false;
                let cost = line.split(' ').nth(1).and_then(|cost| cost.parse().ok()).unwrap_or(0);
                let entry = count.calls.entry(callee.to_owned()).or_default();
                entry.0 = entry.0.saturating_add(calls);
                entry.1 = entry.1.saturating_add(cost);
            } else if let Some(name) =
                line.strip_prefix("fn=").or_else(|| line.strip_prefix("cfn="))
            {
                let (number, name) = name.split_once(' ').unwrap_or((name, ""));
                let name = if name.is_empty() {
                    numbered.get(number).copied().unwrap_or_default()
                } else {
                    numbered.insert(number, name);
                    count.names.insert(name.to_owned());
                    name
                };
                callee = name;
            } else if let Some(call) = line.strip_prefix("calls=") {
                calls = call.split(' ').next().and_then(|calls| calls.parse().ok()).unwrap_or(0);
                is_cost_of_call = true;
            } else if let Some(total) = line.strip_prefix("totals: ") {
                count.instructions = total.trim().parse().unwrap_or(0);
            }
        }
        count
    }
}

/// What the threads of the run in this folder did.
pub(crate) fn counts(folder: &Path) -> Result<Vec<ThreadCount>, BenchError> {
    let failed = |path: &Path, source| BenchError::File { path: path.to_owned(), source };
    let entries = std::fs::read_dir(folder).map_err(|source| failed(folder, source))?;
    let is_count = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| name.starts_with(FILES))
    };
    let paths = entries.flatten().map(|entry| entry.path()).filter(is_count);
    paths
        .map(|path| {
            let bytes = std::fs::read(&path).map_err(|source| failed(&path, source))?;
            Ok(ThreadCount::read(&String::from_utf8_lossy(&bytes)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "events: Ir\n\nfl=(1) a.rs\nfn=(1) writer::run\n10 5\n\
        cfn=(2) verify_strict\ncalls=3 20\n11 300\ncfn=(2)\ncalls=1 20\n12 90\n\n\
        fn=(2)\n20 390\ntotals: 400\n";

    #[test]
    fn a_file_tells_what_a_thread_did() {
        let count = ThreadCount::read(FILE);
        assert_eq!(count.instructions, 400);
        assert!(count.ran("writer::") && !count.ran("sealer"));
        assert_eq!(count.spent_in("verify_strict"), (4, 390));
        assert_eq!(count.spent_in("nothing"), (0, 0));
    }

    #[test]
    fn what_is_no_such_file_tells_nothing() {
        assert_eq!(ThreadCount::read("totals: x\ncalls=\n"), ThreadCount::default());
    }
}
