//! `rustchain config get`: a setting, or all of them, and where they come from.

use std::collections::BTreeMap;

use clap::builder::PossibleValuesParser;
use serde::Serialize;

use crate::config::{Config, KEYS};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// Show a setting, or all of them, and where they come from.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The setting; without it, all of them
    #[arg(value_parser = PossibleValuesParser::new(KEYS.map(|key| key.name)))]
    pub key: Option<String>,
    /// Say where the value comes from, down to the line of the file
    #[arg(long)]
    pub explain: bool,
}

#[derive(Debug, Serialize)]
struct Settings {
    #[serde(rename = "settings")]
    shown: BTreeMap<&'static str, Shown>,
    #[serde(skip)]
    explained: bool,
    #[serde(skip)]
    alone: bool,
}

#[derive(Debug, Serialize)]
struct Shown {
    value: Option<String>,
    source: String,
}

impl Shown {
    fn of(config: &Config, name: &str) -> Self {
        match config.by_name(name) {
            Some(setting) => {
                Self { value: Some(setting.value.clone()), source: setting.source.to_string() }
            }
            None => Self { value: None, source: "nowhere".to_owned() },
        }
    }
}

impl Output for Settings {
    fn page(&self) -> Page {
        let rows = self.shown.iter().map(|(name, shown)| {
            let mut row = vec![shown.value.clone().unwrap_or_default()];
            if !self.alone {
                row.insert(0, (*name).to_owned());
            }
            if self.explained {
                row.push(shown.source.clone());
            }
            row
        });
        let rows: Vec<_> = rows.collect();
        match rows.as_slice() {
            [only] if self.alone => Page::new().line(only.join("  from ")),
            _ if self.explained => Page::new().table(&["setting", "value", "from"], rows),
            _ => Page::new().table(&["setting", "value"], rows),
        }
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let config = session.config()?;
    let wanted = |name: &str| args.key.as_deref().is_none_or(|key| key == name);
    let names = KEYS.map(|key| key.name).into_iter().filter(|name| wanted(name));
    let shown: BTreeMap<_, _> = names.map(|name| (name, Shown::of(config, name))).collect();
    if let Some(key) = &args.key
        && config.by_name(key).is_none()
    {
        let message = format!("{key} is not set and has no default");
        return Err(Failure::new(ExitCode::NotFound, "not_set", message));
    }
    Ok(Answer::of(&Settings { shown, explained: args.explain, alone: args.key.is_some() }))
}
