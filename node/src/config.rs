//! The node's configuration: a TOML file, every setting with a default, unknown keys refused.
//!
//! Nothing here decides money: what does stands in the genesis file.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use serde::Deserialize;

use crate::client_address::{ForwardingHeader, Network, NetworkError, TrustedProxies};
use crate::listener::ListenerSettings;
use crate::rate_limit::{Limit, RateLimitSettings};

/// The port of the existing network (system section 2).
pub const DEFAULT_PORT: u16 = 8_099;

/// Why a configuration is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML of the right shape.
    #[error("{path}: {source}")]
    Malformed {
        /// The file.
        path: String,
        /// Why.
        source: Box<toml::de::Error>,
    },
    /// A trusted proxy is no network.
    #[error("trusted_proxies: {0}")]
    Proxy(#[from] NetworkError),
}

/// Everything that an operator may set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NodeConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Networks of proxies whose word about the client's address counts.
    pub trusted_proxies: Vec<String>,
    /// Believe `X-Real-IP` of those proxies instead of `X-Forwarded-For`.
    pub proxies_send_real_ip: bool,
    /// Connections in all.
    pub max_connections: usize,
    /// Connections of one client.
    pub max_connections_per_client: usize,
    /// Budgets of requests.
    pub limits: LimitsConfig,
}

/// Budgets of requests per client and minute; 0 means no limit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Requests that read.
    pub reads_per_minute: u32,
    /// Requests that change something.
    pub writes_per_minute: u32,
    /// Challenges.
    pub challenges_per_minute: u32,
    /// Signatures that do not hold, per sender.
    pub failed_signatures_per_minute: u32,
    /// Admin keys that are wrong.
    pub failed_admin_keys_per_minute: u32,
}

impl Default for NodeConfig {
    fn default() -> Self {
        let settings = ListenerSettings::default();
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), DEFAULT_PORT),
            trusted_proxies: Vec::new(),
            proxies_send_real_ip: false,
            max_connections: settings.max_connections,
            max_connections_per_client: settings.max_connections_per_client,
            limits: LimitsConfig::default(),
        }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            reads_per_minute: 60_000,
            writes_per_minute: 30_000,
            challenges_per_minute: 6_000,
            failed_signatures_per_minute: 600,
            failed_admin_keys_per_minute: 12,
        }
    }
}

impl LimitsConfig {
    /// No limits but the one on wrong admin keys.
    #[must_use]
    pub const fn unlimited(self) -> Self {
        Self {
            reads_per_minute: 0,
            writes_per_minute: 0,
            challenges_per_minute: 0,
            failed_signatures_per_minute: 0,
            ..self
        }
    }
}

impl NodeConfig {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: shown.clone(), source })?;
        toml::from_str(&text)
            .map_err(|source| ConfigError::Malformed { path: shown, source: Box::new(source) })
    }

    /// The proxies that are believed.
    pub fn proxies(&self) -> Result<TrustedProxies, ConfigError> {
        let networks: Vec<Network> =
            self.trusted_proxies.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        let header = if self.proxies_send_real_ip {
            ForwardingHeader::XRealIp
        } else {
            ForwardingHeader::XForwardedFor
        };
        Ok(TrustedProxies { networks, header })
    }

    /// How connections are treated.
    pub fn listener(&self) -> Result<ListenerSettings, ConfigError> {
        Ok(ListenerSettings {
            max_connections: self.max_connections,
            max_connections_per_client: self.max_connections_per_client,
            trusted_proxies: self.proxies()?,
            ..ListenerSettings::default()
        })
    }

    /// How many requests a client may send.
    pub fn rate_limits(&self) -> RateLimitSettings {
        let limit = |per_minute: u32| {
            // A tenth of a minute's requests may come at once.
            (per_minute > 0).then(|| Limit::new((per_minute / 10).max(20), per_minute))
        };
        let limits = &self.limits;
        RateLimitSettings {
            reads: limit(limits.reads_per_minute),
            writes: limit(limits.writes_per_minute),
            challenge: limit(limits.challenges_per_minute),
            failed_signature: limit(limits.failed_signatures_per_minute),
            failed_admin_key: limit(limits.failed_admin_keys_per_minute),
            ..RateLimitSettings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_shows_the_defaults() {
        let example: NodeConfig = toml::from_str(include_str!("../node.example.toml")).unwrap();
        assert_eq!(example, NodeConfig::default());
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(toml::from_str::<NodeConfig>("lisen = \"127.0.0.1:1\"").is_err());
        assert!(toml::from_str::<NodeConfig>("[limits]\nreads = 1").is_err());
    }

    #[test]
    fn zero_means_no_limit() {
        let config: NodeConfig = toml::from_str("[limits]\nreads_per_minute = 0").unwrap();
        assert!(config.rate_limits().reads.is_none());
        assert!(config.rate_limits().writes.is_some());
    }
}
