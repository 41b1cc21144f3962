//! `rustchain config path`: where the configuration file is, or would be.

use serde::Serialize;

use crate::failure::Failure;
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// Show where the configuration file is.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Debug, Serialize)]
struct ConfigPath {
    path: String,
    exists: bool,
}

impl Output for ConfigPath {
    fn page(&self) -> Page {
        Page::new().line(&self.path)
    }
}

pub(crate) fn run(_args: &Args, session: &Session) -> Result<Answer, Failure> {
    let path = session.places()?.config_file;
    Ok(Answer::of(&ConfigPath { path: path.display().to_string(), exists: path.exists() }))
}
