//! `rustchain health`: how a node is. Exit 1 when it is not well.

use protocol::api::health::Health;
use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// Ask a node how it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exits with 1 when the node is not well, with 6 when it does not answer.")]
pub struct Args {}

#[derive(Debug, Serialize)]
struct NodeHealth {
    node: String,
    #[serde(flatten)]
    health: Health,
}

impl Output for NodeHealth {
    fn page(&self) -> Page {
        let health = &self.health;
        let yes_or_no = |yes| if yes { "yes" } else { "no" };
        let page = Page::new()
            .field("node", &self.node)
            .field("healthy", &yes_or_no(health.ok))
            .field("version", &health.version)
            .field("uptime", &format!("{} s", health.uptime_s))
            .field("database writable", &yes_or_no(health.db_rw))
            .optional("tip age", health.tip_age_slots.map(|age| format!("{age} slots")))
            .optional("backup age", health.backup_age_hours.map(|age| format!("{age:.1} h")));
        health.reasons.iter().fold(page, |page, reason| page.field("because", &reason))
    }
}

pub(crate) fn run(_args: &Args, session: &Session) -> Result<Answer, Failure> {
    let node = session.node()?;
    let health = session.wait(node.health())?;
    let exit = if health.ok { ExitCode::Ok } else { ExitCode::Other };
    let shown = NodeHealth { node: node.endpoint().to_string(), health };
    Ok(Answer::of(&shown).with_exit(exit))
}
