//! `rustchain miner fingerprint`: what this machine would attest.

use miner::device::describe;
use miner::fingerprint::measure;
use miner::fingerprint::stopwatch::SystemStopwatch;
use miner::host::HostError;
use miner::host::system::SystemHost;
use serde::Serialize;
use serde_json::Value;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page};

/// Measure this machine and show the evidence; nothing is sent.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Debug, Serialize)]
struct Evidence {
    device: Value,
    signals: Value,
    fingerprint: Value,
}

impl Output for Evidence {
    fn page(&self) -> Page {
        let rows = self.fingerprint["checks"].as_object().map_or_else(Vec::new, |checks| {
            checks
                .iter()
                .map(|(name, check)| {
                    let passed = check["passed"].as_bool().unwrap_or(false);
                    let verdict = if passed { "ok" } else { "failed" };
                    vec![name.clone(), verdict.to_owned(), check["data"].to_string()]
                })
                .collect()
        });
        Page::new()
            .field("family", &text(&self.device["family"]))
            .field("architecture", &text(&self.device["arch"]))
            .field("processor", &text(&self.device["cpu"]))
            .table(&["check", "here", "evidence"], rows)
            .line("The node judges the evidence; it does not believe the column 'here'.")
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn run(_args: &Args) -> Result<Answer, Failure> {
    let host = SystemHost;
    let machine = describe(&host)?;
    let fingerprint = measure(&host, &SystemStopwatch::start())?;
    let json = |value: serde_json::Result<Value>| value.map_err(|error| unprintable(&error));
    Ok(Answer::of(&Evidence {
        device: json(serde_json::to_value(&machine.device))?,
        signals: json(serde_json::to_value(&machine.signals))?,
        fingerprint: json(serde_json::to_value(&fingerprint))?,
    }))
}

fn unprintable(error: &serde_json::Error) -> Failure {
    Failure::new(ExitCode::Other, "system", format!("a measurement cannot be written: {error}"))
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        Self::new(ExitCode::Other, "unsupported_machine", error.to_string())
    }
}
