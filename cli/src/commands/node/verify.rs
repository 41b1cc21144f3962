//! `rustchain node verify`: does the ledger add up?

use node::boot::{AuditError, AuditReport, AuditTotals, StoreError, Verified, VerifyError, verify};
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
struct InOrder {
    verdict: &'static str,
    height: u64,
    blocks: u64,
    commands: u64,
    movements: u64,
    accounts: u64,
    /// The block up to which `derived.db` was compared; none when it is not there.
    derived_height: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pruned_height: Option<u64>,
    /// Records of admin calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_calls: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_keys: Option<usize>,
}

impl InOrder {
    const fn of(verified: &Verified) -> Self {
        let report = &verified.ledger;
        Self {
            verdict: "everything adds up",
            height: report.height,
            blocks: report.blocks,
            commands: report.commands,
            movements: report.movements,
            accounts: report.accounts,
            derived_height: report.derived_height,
            pruned_height: report.pruned_height,
            admin_calls: verified.admin_calls,
            admin_keys: verified.admin_keys,
        }
    }
}

impl Output for InOrder {
    fn page(&self) -> Page {
        let derived = self.derived_height.map_or_else(
            || "not there: the next start makes it".to_owned(),
            |height| format!("compared up to block {height}"),
        );
        Page::new()
            .field("verdict", &self.verdict)
            .field("height", &self.height)
            .field("blocks executed again", &self.blocks)
            .field("signatures verified again", &self.commands)
            .field("movements recomputed", &self.movements)
            .field("accounts added up", &self.accounts)
            .field("derived.db", &derived)
            .optional("from the snapshot of block", self.pruned_height)
            .optional("records of admin calls", self.admin_calls)
            .optional("admin keys", self.admin_keys)
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
    let verified = verified.map_err(failure)?;
    Ok(Answer::of(&InOrder::of(&verified)))
}

fn failure(error: VerifyError) -> Failure {
    match error {
        VerifyError::Audit(AuditError::Store(error @ StoreError::Missing(_))) => {
            node::boot::BootError::from(error).into()
        }
        VerifyError::Audit(AuditError::Derived(_) | AuditError::Mark(_)) => damaged(&error).hint(
            "stop the node and move derived.db elsewhere: the next start makes it anew, but \
                 without the history of blocks that are pruned",
        ),
        VerifyError::AdminCalls(_) => damaged(&error).hint(
            "the ledger adds up; keep node-local.db as it is, and look at who could write to it",
        ),
        VerifyError::AdminKeys(_) => damaged(&error)
            .hint("the ledger adds up; that key opens nothing: rustchain admin key revoke"),
        VerifyError::NodeLocal(_) => {
            damaged(&error).hint("the ledger adds up; node-local.db was not checked to its end")
        }
        other => damaged(&other)
            .hint("keep this folder as it is, and restore a verified backup elsewhere"),
    }
}

fn damaged(error: &VerifyError) -> Failure {
    Failure::new(ExitCode::Other, "ledger_damaged", error.to_string())
}
