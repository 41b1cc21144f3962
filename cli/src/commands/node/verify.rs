//! `rustchain node verify`: does the ledger add up?

use node::boot::{AuditError, AuditReport, AuditTotals, StoreError, VerifyError, verify};
use serde::Serialize;

use super::NodeFolder;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page, Progress, ProgressBar};
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pruned_height: Option<u64>,
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
            pruned_height: report.pruned_height,
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
            .optional("from the snapshot of block", self.pruned_height)
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let folder = args.folder.path(session)?;
    let mut bar = ProgressBar::start(session.printer(), session.now());
    let mut progress = |report: &AuditReport, totals: AuditTotals| {
        let text = format!("block {} of {}", report.height, totals.last_height);
        let (done, total) = (report.commands, totals.commands);
        bar.show(Progress { text: &text, done, total, unit: "commands" }, session.now());
    };
    let verified = verify(&folder, &mut progress);
    bar.end();
    let report = verified.map_err(failure)?;
    Ok(Answer::of(&Verified::of(&report)))
}

fn failure(error: VerifyError) -> Failure {
    match error {
        VerifyError::Audit(AuditError::Store(error @ StoreError::Missing(_))) => {
            node::boot::BootError::from(error).into()
        }
        VerifyError::Audit(AuditError::Derived(_) | AuditError::Mark(_)) => damaged(&error)
            .hint("stop the node and remove derived.db: the next start makes it anew from the log"),
        other => damaged(&other)
            .hint("keep this folder as it is, and restore a verified backup elsewhere"),
    }
}

fn damaged(error: &VerifyError) -> Failure {
    Failure::new(ExitCode::Other, "ledger_damaged", error.to_string())
}
