//! Networks of the tests' own: a built-in genesis file with other lengths and other wallets.

use std::fmt::Display;

use node::boot::Network;
use protocol::wallet_id::WalletId;

/// The text of a genesis file.
#[derive(Clone)]
pub(crate) struct GenesisFile(String);

impl GenesisFile {
    /// The network of one machine: slots of two seconds, epochs of ten, virtual machines earn.
    pub(crate) fn dev() -> Self {
        Self(Network::Dev.genesis_text().to_owned())
    }

    /// The rules of the live network, without its import.
    pub(crate) fn mainnet() -> Self {
        Self(Network::Mainnet.genesis_text().to_owned()).with("import_required", "false")
    }

    /// The same with another value of `key`, which has to be there once.
    pub(crate) fn with(self, key: &str, value: impl Display) -> Self {
        let start = format!("{key} = ");
        assert_eq!(self.0.matches(&format!("\n{start}")).count(), 1, "{key}");
        let line = format!("{start}{value}");
        let lines = self.0.lines();
        let lines = lines.map(|old| if old.starts_with(&start) { line.as_str() } else { old });
        Self(lines.collect::<Vec<_>>().join("\n") + "\n")
    }

    /// The same with a wallet that holds so many RTC.
    pub(crate) fn funding(self, wallet: &WalletId, rtc: u64) -> Self {
        let (before, after) = self.0.split_once("[allocations]").unwrap();
        let rest = after.split_once('\n').unwrap().1;
        Self(format!("{before}[allocations]\n\"{wallet}\" = {rtc}\n{rest}"))
    }

    /// The same with an epoch that lasts longer than any test.
    pub(crate) fn with_long_epochs(self) -> Self {
        self.with("slots_per_epoch", 100_000_000)
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}
