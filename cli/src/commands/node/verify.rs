//! `rustchain node verify`: does the ledger add up?

use std::io::{IsTerminal as _, stderr};

use node::boot::{AuditError, AuditReport, verify};
use serde::Serialize;

use super::NodeFolder;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// Recompute a ledger from block 0 and check that everything adds up.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the node lives.
    #[command(flatten)]
    pub folder: NodeFolder,
}

#[derive(Debug, Serialize)]
struct Verified {
    verdict: &'static str,
    height: u64,
    blocks: u64,
    commands: u64,
    movements: u64,
    accounts: u64,
}

impl Verified {
    const fn of(report: &AuditReport) -> Self {
        Self {
            verdict: "everything adds up",
            height: report.height,
            blocks: report.blocks,
            commands: report.commands,
            movements: report.movements,
            accounts: report.accounts,
        }
    }
}

impl Output for Verified {
    fn page(&self) -> Page {
        Page::new()
            .field("verdict", &self.verdict)
            .field("height", &self.height)
            .field("blocks executed again", &self.blocks)
            .field("signatures verified again", &self.commands)
            .field("movements compared", &self.movements)
            .field("accounts added up", &self.accounts)
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let folder = args.folder.path(session)?;
    let shows_progress = stderr().is_terminal() && !session.printer().is_quiet();
    let mut shown = 0_u64;
    let mut progress = |height: u64, last: u64| {
        let percent = height.saturating_mul(100).checked_div(last.max(1)).unwrap_or(100);
        if shows_progress && percent > shown {
            shown = percent;
            session
                .printer()
                .progress(&format!("verifying block {height} of {last} ({percent} %)"));
        }
    };
    let report = verify(&folder, &mut progress).map_err(failure)?;
    if shown > 0 {
        session.printer().progress_done();
    }
    Ok(Answer::of(&Verified::of(&report)))
}

fn failure(error: AuditError) -> Failure {
    match error {
        AuditError::Store(error) => node::boot::BootError::from(error).into(),
        other => Failure::new(ExitCode::Other, "ledger_damaged", other.to_string())
            .hint("keep this folder as it is, and restore a verified backup elsewhere"),
    }
}
