//! `rustchain devnet`: the main job, end to end, on this machine.
//!
//! Every step runs this very program with the arguments that it prints, so whatever the tour does
//! can be done by hand in the same words.

mod stage;

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use self::stage::Stage;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// Seconds that the settlement of an epoch is waited for; a dev epoch takes ten.
const SETTLED_WITHIN_SECONDS: &str = "60";

/// Take a tour: a node, a wallet, a miner and a transfer on this machine.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Keep everything in this folder, which must be new or empty; by default a temporary one
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Listen here
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: String,
    /// Stop after the tour instead of serving on until Ctrl-C
    #[arg(long)]
    pub exit: bool,
}

#[derive(Debug, Serialize)]
struct Tour {
    /// Where everything is; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<PathBuf>,
    steps: usize,
    reward_rtc: String,
}

impl Output for Tour {
    fn page(&self) -> Page {
        Page::new()
            .field("steps", &format!("{} of {} done", self.steps, self.steps))
            .field("earned", &format!("{} RTC", self.reward_rtc))
            .optional("folder", self.folder.as_ref().map(|folder| folder.display()))
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let mut stage = Stage::set(args.dir.as_deref(), session)?;
    stage.start_node(&args.listen)?;
    let reward_rtc = tour(&mut stage)?;
    if !args.exit {
        stage.serve_on()?;
    }
    stage.stop_node()?;
    let folder = stage.keeps_folder().then(|| stage.folder().to_owned());
    if folder.is_none() {
        session.printer().note("The temporary folder is removed.");
    }
    Ok(Answer::of(&Tour { folder, steps: stage.steps(), reward_rtc }))
}

/// The steps behind the start of the node; gives what the miner earned.
fn tour(stage: &mut Stage<'_>) -> Result<String, Failure> {
    let unlock = ["--passphrase-file", "passphrase"];
    let alice = stage.step(
        "Make a wallet",
        &[&["wallet", "new", "alice", "--words-file", "alice.words"], &unlock[..]].concat(),
    )?;
    let alice = address_of(&alice)?;
    stage.step(
        "Fund it from a founders' wallet, with the admin key of the node",
        &[
            "admin",
            "transfer",
            "founder_dev_fund",
            &alice,
            "25",
            "--admin-key-file",
            "node/admin.key",
        ],
    )?;
    let attested = stage.step(
        "Attest this machine",
        &[&["miner", "run", "--once", "--wallet", "alice"], &unlock[..]].concat(),
    )?;
    let epoch = attested["epoch"].as_u64().ok_or_else(|| unexpected("an epoch", &attested))?;
    let rewards = stage.step(
        "Wait until the epoch is settled",
        &["miner", "rewards", &epoch.to_string(), "--wait", SETTLED_WITHIN_SECONDS],
    )?;
    let reward = reward_of(&rewards, &alice)?;
    let bob = stage.step(
        "Make a second wallet",
        &[&["wallet", "new", "bob", "--words-file", "bob.words"], &unlock[..]].concat(),
    )?;
    let bob = address_of(&bob)?;
    let sent = stage.step(
        "Send part of it",
        &[&["send", &bob, "10.5", "--from", "alice", "--yes", "--memo", "the tour"], &unlock[..]]
            .concat(),
    )?;
    let tx_id = sent["tx_id"].as_str().ok_or_else(|| unexpected("a transfer", &sent))?;
    stage.step("Look the transfer up", &["tx", "show", tx_id])?;
    stage.step(
        "Check what the second wallet holds, by proof instead of trust",
        &["wallet", "balance", "bob", "--verify"],
    )?;
    stage.step(
        "Recompute the whole ledger beside the running node",
        &["node", "verify", "--node-dir", "node"],
    )?;
    Ok(reward)
}

fn address_of(wallet: &Value) -> Result<String, Failure> {
    wallet["address"].as_str().map(str::to_owned).ok_or_else(|| unexpected("an address", wallet))
}

fn reward_of(rewards: &Value, miner: &str) -> Result<String, Failure> {
    let mine = rewards["rewards"]
        .as_array()
        .and_then(|payouts| payouts.iter().find(|payout| payout["miner"] == miner));
    let share = mine.and_then(|payout| payout["share"]["rtc"].as_str());
    share.map(str::to_owned).ok_or_else(|| unexpected("a share of the pot", rewards))
}

fn unexpected(what: &str, answer: &Value) -> Failure {
    let message = format!("the step was to give {what}, and gave {answer}");
    Failure::new(ExitCode::Other, "tour_failed", message)
}
