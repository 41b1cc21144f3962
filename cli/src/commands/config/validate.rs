//! `rustchain config validate`: check the configuration file.

use serde::Serialize;

use crate::config;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// Check the configuration file.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Debug, Serialize)]
struct Valid {
    path: String,
    settings: usize,
}

impl Output for Valid {
    fn page(&self) -> Page {
        Page::new().line(format!("{} is fine and has {} settings", self.path, self.settings))
    }
}

pub(crate) fn run(_args: &Args, session: &Session) -> Result<Answer, Failure> {
    let path = session.places()?.config_file;
    let settings = config::validate(&path)?;
    Ok(Answer::of(&Valid { path: path.display().to_string(), settings }))
}
