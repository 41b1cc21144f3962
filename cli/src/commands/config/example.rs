//! `rustchain config example`: a configuration file with every setting explained.

use serde::Serialize;

use crate::config;
use crate::output::{Answer, Output, Page};

/// Print a configuration file with every setting explained.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Debug, Serialize)]
struct Example {
    toml: String,
}

impl Output for Example {
    fn page(&self) -> Page {
        Page::new().verbatim(&self.toml)
    }
}

pub(crate) fn run(_args: &Args) -> Answer {
    Answer::of(&Example { toml: config::example() })
}
