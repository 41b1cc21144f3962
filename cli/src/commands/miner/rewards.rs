//! `rustchain miner rewards`: what an epoch paid.

use std::time::Duration;

use client::node_client::Page as ApiPage;
use client::{ClientError, NodeClient};
use protocol::api::rewards::RewardsPage;
use protocol::money::Amount;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::money::Money;
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// Payouts that are shown.
const SHOWN: u32 = 200;

/// How often a node is asked while an epoch is waited for.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Show what an epoch paid.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The epoch
    pub epoch: u64,
    /// Wait until it has paid, so many seconds at most
    #[arg(long, value_name = "SECONDS")]
    pub wait: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Rewards {
    epoch: u64,
    rewards: Vec<Payout>,
}

#[derive(Debug, Serialize)]
struct Payout {
    miner: String,
    share: Money,
}

impl Output for Rewards {
    fn page(&self) -> Page {
        let rows =
            self.rewards.iter().map(|payout| vec![payout.miner.clone(), payout.share.to_string()]);
        Page::new().field("epoch", &self.epoch).table(&["miner", "share"], rows.collect())
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let node = session.node()?;
    let page = session.wait(ask(&node, args))?;
    let rewards = page.rewards.into_iter().filter_map(|reward| {
        let micro = u64::try_from(reward.share_i64).ok()?;
        let share = Money(Amount::from_micro(micro).ok()?);
        Some(Payout { miner: reward.miner_id, share })
    });
    let rewards = Rewards { epoch: page.epoch, rewards: rewards.collect() };
    if rewards.rewards.is_empty() {
        let message = format!("epoch {} has paid nobody, or not yet", args.epoch);
        return Err(Failure::new(ExitCode::NotFound, "nothing_paid", message)
            .hint(format!("rustchain miner rewards {} --wait 60", args.epoch)));
    }
    Ok(Answer::of(&rewards))
}

async fn ask(node: &NodeClient, args: &Args) -> Result<RewardsPage, ClientError> {
    let deadline = Instant::now() + Duration::from_secs(args.wait.unwrap_or(0));
    loop {
        let page = node.rewards(args.epoch, ApiPage { limit: SHOWN, offset: 0 }).await?;
        if !page.rewards.is_empty() || Instant::now() >= deadline {
            return Ok(page);
        }
        sleep(ASK_AGAIN_AFTER).await;
    }
}
