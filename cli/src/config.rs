//! The settings: flags before environment before file before default, and where each came from.
//!
//! A file that cannot be read, an unknown key or a value that makes no sense is a failure, never a
//! silent default: a misspelt `chain_id` must not send money on another network.

mod file;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::args::Globals;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::places::Places;

/// A setting: its name in the file, its variable, its default and what it is for.
#[derive(Debug)]
pub struct Key {
    /// The name in the configuration file.
    pub name: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// The value when nobody says anything.
    pub default: Option<&'static str>,
    /// A value for the example file.
    pub example: &'static str,
    /// What it is, for the example file.
    pub purpose: &'static str,
    check: fn(&str) -> Result<(), String>,
}

/// The node to talk to.
pub const NODE_URL: Key = Key {
    name: "node_url",
    variable: "RUSTCHAIN_NODE_URL",
    default: Some("http://127.0.0.1:8099"),
    example: "https://node.example.org",
    purpose: "The node to talk to. Plain http is accepted for this machine alone.",
    check: check_node_url,
};

/// The network.
pub const CHAIN_ID: Key = Key {
    name: "chain_id",
    variable: "RUSTCHAIN_CHAIN_ID",
    default: Some("rustchain-mainnet-v2"),
    example: "rustchain-mainnet-v2",
    purpose: "The network that new wallets are for. A wallet signs for its own network alone.",
    check: check_chain_id,
};

/// The wallet to use when none is named.
pub const WALLET: Key = Key {
    name: "wallet",
    variable: "RUSTCHAIN_WALLET",
    default: None,
    example: "alice",
    purpose: "The wallet to use when a command names none.",
    check: check_wallet,
};

/// The folder of wallets.
pub const WALLET_DIR: Key = Key {
    name: "wallet_dir",
    variable: "RUSTCHAIN_WALLET_DIR",
    default: None,
    example: "/home/alice/.local/share/rustchain/wallets",
    purpose: "The folder of wallets. Without it: wallets, in the data folder.",
    check: |_any_path| Ok(()),
};

/// Every setting.
pub const KEYS: [&Key; 4] = [&NODE_URL, &CHAIN_ID, &WALLET, &WALLET_DIR];

fn check_node_url(text: &str) -> Result<(), String> {
    crate::session::node_url(text).map(|_url| ())
}

fn check_chain_id(text: &str) -> Result<(), String> {
    text.parse::<protocol::transfer::ChainId>().map(|_id| ()).map_err(|error| error.to_string())
}

fn check_wallet(text: &str) -> Result<(), String> {
    keystore::WalletName::parse(text).map(|_name| ()).map_err(|error| error.to_string())
}

/// Who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag of the command line.
    Flag(&'static str),
    /// An environment variable.
    Environment(&'static str),
    /// A line of the configuration file.
    File(PathBuf, usize),
    /// Nobody.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "the flag {flag}"),
            Self::Environment(name) => write!(f, "the environment variable {name}"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// A value and who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The value.
    pub value: String,
    /// Where it came from.
    pub source: Source,
}

/// The settings of this run.
#[derive(Debug)]
pub struct Config {
    settings: Vec<(&'static str, Setting)>,
    data_dir: PathBuf,
}

impl Config {
    /// Puts the settings together and checks every one of them.
    ///
    /// # Errors
    /// Configuration failures that name the place.
    pub fn load(
        globals: &Globals,
        environment: &Environment,
        places: &Places,
    ) -> Result<Self, Failure> {
        let file = file::read(&places.config_file, places.config_is_named)?;
        let mut settings = Vec::new();
        for key in KEYS {
            let of_flag = flag(key, globals).map(|(flag, value)| (value, Source::Flag(flag)));
            let setting = of_flag
                .or_else(|| {
                    let value = environment.get(key.variable)?.to_owned();
                    Some((value, Source::Environment(key.variable)))
                })
                .or_else(|| {
                    let (value, line) = file.get(key.name)?;
                    let source = Source::File(places.config_file.clone(), *line);
                    Some((value.clone(), source))
                })
                .or_else(|| Some((key.default?.to_owned(), Source::Default)));
            let Some((value, source)) = setting else { continue };
            check(key, &value, &source)?;
            settings.push((key.name, Setting { value, source }));
        }
        Ok(Self { settings, data_dir: places.data_dir.clone() })
    }

    /// A setting; `None` when it has no value.
    pub fn get(&self, key: &Key) -> Option<&Setting> {
        self.by_name(key.name)
    }

    /// The setting of that name.
    pub fn by_name(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|(known, _)| *known == name).map(|(_, setting)| setting)
    }

    /// The value of a setting that has a default.
    pub fn value(&self, key: &Key) -> &str {
        self.get(key).map_or_else(|| key.default.unwrap_or_default(), |found| &found.value)
    }

    /// The folder of wallets.
    pub fn wallet_dir(&self) -> PathBuf {
        self.get(&WALLET_DIR)
            .map_or_else(|| self.data_dir.join("wallets"), |found| PathBuf::from(&found.value))
    }
}

fn flag(key: &Key, globals: &Globals) -> Option<(&'static str, String)> {
    match key.name {
        "node_url" => globals.node.clone().map(|url| ("--node", url)),
        "chain_id" => globals.chain_id.clone().map(|id| ("--chain-id", id)),
        "wallet_dir" => {
            let dir = globals.wallet_dir.as_ref()?;
            Some(("--wallet-dir", dir.to_string_lossy().into_owned()))
        }
        _ => None,
    }
}

/// A wrong flag is a usage mistake, a wrong variable or file a configuration mistake.
fn check(key: &Key, value: &str, source: &Source) -> Result<(), Failure> {
    (key.check)(value).map_err(|reason| {
        let message = format!("{} is not usable (from {source}): {reason}", key.name);
        match source {
            Source::Flag(_) => Failure::usage("usage", message),
            _ => Failure::config(message),
        }
    })
}

/// Reads a configuration file and checks every value in it, whatever flags and environment say.
///
/// # Errors
/// As [`Config::load`], and when there is no such file.
pub fn validate(path: &Path) -> Result<usize, Failure> {
    let file = file::read(path, true)?;
    for key in KEYS {
        if let Some((value, line)) = file.get(key.name) {
            check(key, value, &Source::File(path.to_owned(), *line))?;
        }
    }
    Ok(file.len())
}

/// A configuration file with every setting, commented out.
pub fn example() -> String {
    let mut out = "# The configuration of rustchain. Flags and environment variables come first.\n"
        .to_owned();
    for key in KEYS {
        let lines = [
            String::new(),
            format!("# {}", key.purpose),
            format!("# Environment: {}", key.variable),
            format!("# Default: {}", key.default.unwrap_or("none")),
            format!("#{} = \"{}\"", key.name, key.example),
            String::new(),
        ];
        out.push_str(&lines.join("\n"));
    }
    out
}

#[cfg(test)]
mod tests;
