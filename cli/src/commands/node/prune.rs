//! `rustchain node prune`: take the bodies of old blocks out of a ledger.

use std::path::PathBuf;

use node::boot::{PlannedPrune, PruneOptions, PruneReport, PruneStep, carry_out_prune, plan_prune};
use serde::Serialize;

use super::NodeFolder;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page, Progress, ProgressBar};
use crate::prompt;
use crate::session::Session;

/// Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    rustchain node prune --keep-epochs 30 --dry-run\n  \
    rustchain node prune --keep-epochs 30 --archive /backup/blocks.db")]
pub struct Args {
    /// Keep the running epoch and this many full epochs before it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub keep_epochs: u64,
    /// Write the blocks to this new file before they are removed
    #[arg(long, value_name = "FILE")]
    pub archive: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Say what would be removed, and remove nothing
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
    /// Where the node lives.
    #[command(flatten)]
    pub folder: NodeFolder,
}

#[derive(Debug, Serialize)]
struct Removal {
    pruned: bool,
    through_height: Option<u64>,
    through_epoch: Option<u64>,
    tip_height: Option<u64>,
    bodies_bytes: u64,
    needed_bytes: u64,
    log_bytes_before: Option<u64>,
    log_bytes_after: Option<u64>,
    snapshot_bytes: Option<u64>,
    archive: Option<PathBuf>,
}

impl Removal {
    fn planned(planned: &PlannedPrune, archive: Option<PathBuf>) -> Self {
        let plan = planned.plan();
        let going = plan.map(|plan| plan.sizes).or_else(|| planned.unfinished().copied());
        Self {
            pruned: false,
            through_height: plan.map(|plan| plan.height),
            through_epoch: plan.map(|plan| plan.epoch.0),
            tip_height: plan.map(|plan| plan.tip),
            bodies_bytes: going.map_or(0, |sizes| sizes.bodies),
            needed_bytes: planned.needed_bytes(),
            log_bytes_before: None,
            log_bytes_after: None,
            snapshot_bytes: None,
            archive,
        }
    }

    fn done(self, report: PruneReport) -> Self {
        Self {
            pruned: true,
            log_bytes_before: Some(report.log_before),
            log_bytes_after: Some(report.log_after),
            snapshot_bytes: Some(report.snapshot).filter(|bytes| *bytes > 0),
            ..self
        }
    }
}

impl Output for Removal {
    fn page(&self) -> Page {
        let goes = match (self.through_height, self.through_epoch) {
            (Some(height), Some(epoch)) => {
                format!("the bodies of blocks 1 to {height}, up to epoch {epoch}")
            }
            _ if self.bodies_bytes > 0 => "what an interrupted pruning left".to_owned(),
            _ => "nothing: no block is old enough".to_owned(),
        };
        Page::new()
            .field(if self.pruned { "removed" } else { "goes" }, &goes)
            .field("bytes of bodies", &self.bodies_bytes)
            .field("stays", &"headers, certificates, a snapshot, transaction ids")
            .optional("archive", self.archive.as_ref().map(|file| file.display()))
            .field("room needed meanwhile", &self.needed_bytes)
            .optional("log before", self.log_bytes_before)
            .optional("log after", self.log_bytes_after)
            .optional("snapshot", self.snapshot_bytes)
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    if !args.yes && !args.dry_run && !prompt::is_interactive() {
        let message = "nobody is at the terminal to say yes";
        return Err(Failure::usage("confirmation_required", message).hint("add --yes"));
    }
    let planned = plan_prune(PruneOptions {
        data_dir: args.folder.path(session)?,
        keep_epochs: args.keep_epochs,
        archive: args.archive.clone(),
    })?;
    let shown = Removal::planned(&planned, args.archive.clone());
    let nothing = planned.plan().is_none() && planned.unfinished().is_none();
    if args.dry_run || nothing {
        return Ok(Answer::of(&shown));
    }
    session.printer().preview(&shown.page(), !args.yes);
    if !args.yes {
        prompt::confirm("Remove them?")?;
    }
    let mut bar = ProgressBar::start(session.printer(), session.now());
    let report = carry_out_prune(planned, &mut |step| {
        if let PruneStep::Executed(height, through) = step {
            let text = format!("block {height} of {through}");
            let progress = Progress { text: &text, done: height, total: through, unit: "blocks" };
            bar.show(progress, session.now());
        }
    });
    bar.end();
    Ok(Answer::of(&shown.done(report?)))
}
