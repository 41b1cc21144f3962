//! The miner's configuration file, in TOML.
//!
//! The five keys of the network's architecture document, and one for nodes with a certificate of
//! their own:
//!
//! ```toml
//! wallet_id = "my-wallet-id"
//! node_url = "https://node.example"
//! attestation_interval = 600   # seconds
//! retry_attempts = 3
//! backoff_base = 2             # seconds: 2, 4, 8, ...
//! ca_file = "/etc/rustchain/node.pem"
//! ```
//!
//! There is no default node, an unknown key is an error, and so is a file that cannot be read:
//! a miner never runs with settings that nobody chose.

use std::path::{Path, PathBuf};
use std::time::Duration;

use client::backoff::Backoff;
use client::{Endpoint, EndpointError};
use protocol::wallet_id::{MinerId, WalletId, WalletIdError};
use serde::Deserialize;
use thiserror::Error;

use crate::session::{Pace, Rounds};

/// Seconds between attestations that a miner may choose: a day is how long one counts for taking
/// turns.
const INTERVALS: std::ops::RangeInclusive<u64> = 1..=86_400;
/// Attempts per round that a miner may choose.
const ATTEMPTS: std::ops::RangeInclusive<u32> = 1..=20;
/// Bases of the back-off that a miner may choose.
const BASES: std::ops::RangeInclusive<u32> = 1..=60;
/// The longest delay between two attempts of a round.
const LONGEST_DELAY: Duration = Duration::from_mins(2);

/// What a miner can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinerConfig {
    /// The wallet that earns, and the miner's name.
    pub wallet_id: MinerId,
    /// The URL of the node.
    pub node_url: String,
    /// Seconds between attestations, 1 to 86,400; 600 unless said otherwise.
    pub attestation_interval: u64,
    /// Attempts per attestation, 1 to 20; 3 unless said otherwise.
    pub retry_attempts: u32,
    /// The ceilings of the delays between attempts are this to the power of 1, 2, ... seconds,
    /// 1 to 60; 2 unless said otherwise.
    pub backoff_base: u32,
    /// A PEM file with further certificates to believe.
    pub ca_file: Option<PathBuf>,
}

/// Why a configuration is refused.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The text is not TOML, or has keys that are unknown, missing or of another type.
    #[error("{}", .0.to_string().trim_end())]
    Malformed(#[from] toml::de::Error),
    /// `wallet_id` is outside of the grammar.
    #[error("wallet_id: {0}")]
    BadWallet(WalletIdError),
    /// A number is outside of its range.
    #[error("{key} has to be from {least} to {most}")]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// The least that is accepted.
        least: u64,
        /// The most that is accepted.
        most: u64,
    },
    /// `node_url` or `ca_file` is refused.
    #[error("{0}")]
    Endpoint(#[from] EndpointError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    wallet_id: String,
    node_url: String,
    #[serde(default = "default_interval")]
    attestation_interval: u64,
    #[serde(default = "default_attempts")]
    retry_attempts: u32,
    #[serde(default = "default_base")]
    backoff_base: u32,
    ca_file: Option<PathBuf>,
}

const fn default_interval() -> u64 {
    600
}

const fn default_attempts() -> u32 {
    3
}

const fn default_base() -> u32 {
    2
}

impl MinerConfig {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
        Self::parse(&std::fs::read_to_string(path).map_err(unreadable)?)
    }

    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let keys: Keys = toml::from_str(text)?;
        let config = Self {
            wallet_id: WalletId::parse(&keys.wallet_id).map_err(ConfigError::BadWallet)?,
            node_url: keys.node_url,
            attestation_interval: keys.attestation_interval,
            retry_attempts: keys.retry_attempts,
            backoff_base: keys.backoff_base,
            ca_file: keys.ca_file,
        };
        config.check()?;
        Ok(config)
    }

    /// The settings for a wallet and a node, everything else as it is unless said otherwise.
    pub fn new(wallet_id: MinerId, node_url: &str) -> Self {
        Self {
            wallet_id,
            node_url: node_url.to_owned(),
            attestation_interval: default_interval(),
            retry_attempts: default_attempts(),
            backoff_base: default_base(),
            ca_file: None,
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let out_of_range =
            |key, least: u64, most: u64| ConfigError::OutOfRange { key, least, most };
        if !INTERVALS.contains(&self.attestation_interval) {
            let (least, most) = (*INTERVALS.start(), *INTERVALS.end());
            return Err(out_of_range("attestation_interval", least, most));
        }
        for (key, value, range) in [
            ("retry_attempts", self.retry_attempts, ATTEMPTS),
            ("backoff_base", self.backoff_base, BASES),
        ] {
            if !range.contains(&value) {
                let (least, most) = (*range.start(), *range.end());
                return Err(out_of_range(key, least.into(), most.into()));
            }
        }
        Endpoint::parse(&self.node_url)?;
        Ok(())
    }

    /// The node. Reads the certificate file, if there is one.
    pub fn endpoint(&self) -> Result<Endpoint, ConfigError> {
        let endpoint = Endpoint::parse(&self.node_url)?;
        match &self.ca_file {
            None => Ok(endpoint),
            Some(path) => Ok(endpoint.with_extra_roots(path)?),
        }
    }

    /// How often to attest, and how patiently.
    pub fn pace(&self, rounds: Rounds) -> Pace {
        let backoff = Backoff {
            unit: Duration::from_secs(1),
            base: self.backoff_base,
            cap: LONGEST_DELAY,
            attempts: self.retry_attempts,
        };
        let interval = Duration::from_secs(self.attestation_interval);
        Pace { interval, backoff, rounds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "wallet_id = 'my-wallet-id'\nnode_url = 'https://50.28.86.131'\n\
        attestation_interval = 600\nretry_attempts = 3\nbackoff_base = 2\n";

    #[test]
    fn reads_the_example_of_the_architecture_document() {
        let config = MinerConfig::parse(DOCUMENT).unwrap();
        let wallet = WalletId::parse("my-wallet-id").unwrap();
        assert_eq!(config, MinerConfig::new(wallet, "https://50.28.86.131"));
        let pace = config.pace(Rounds::Forever);
        assert_eq!(pace.interval, Duration::from_mins(10));
        assert_eq!(pace.backoff.ceiling(3), Duration::from_secs(8));
        assert!(config.endpoint().unwrap().is_encrypted());
    }

    #[test]
    fn wallet_and_node_have_no_default() {
        for text in ["", "wallet_id = 'a'", "node_url = 'https://a'", "wallet_id"] {
            assert!(matches!(MinerConfig::parse(text), Err(ConfigError::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn unknown_keys_and_senseless_values_are_errors() {
        let with = |line: &str| MinerConfig::parse(&format!("{DOCUMENT}{line}"));
        let error = with("retry_atempts = 4").unwrap_err();
        assert!(error.to_string().contains("retry_atempts"), "{error}");
        for (from, to) in [
            ("interval = 600", "interval = 0"),
            ("interval = 600", "interval = 86401"),
            ("attempts = 3", "attempts = 0"),
            ("base = 2", "base = 61"),
        ] {
            let refused = MinerConfig::parse(&DOCUMENT.replace(from, to));
            assert!(matches!(refused, Err(ConfigError::OutOfRange { .. })), "{to}");
        }
        let refused = MinerConfig::parse(&DOCUMENT.replace("my-wallet-id", "my wallet"));
        assert!(matches!(refused, Err(ConfigError::BadWallet(_))));
        let refused = MinerConfig::parse(&DOCUMENT.replace("https", "http"));
        assert!(matches!(refused, Err(ConfigError::Endpoint(EndpointError::PlainHttp { .. }))));
    }

    #[test]
    fn unreadable_files_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("miner.toml");
        assert!(matches!(MinerConfig::load(&path), Err(ConfigError::Unreadable { .. })));
        std::fs::write(&path, DOCUMENT).unwrap();
        assert!(MinerConfig::load(&path).is_ok());
        let missing =
            MinerConfig::parse(&format!("{DOCUMENT}ca_file = '/nowhere/ca.pem'")).unwrap();
        assert!(matches!(missing.endpoint(), Err(ConfigError::Endpoint(_))));
    }
}
