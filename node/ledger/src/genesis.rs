//! The genesis file: everything that a network chooses, read from TOML.
//!
//! The SHA-256 of the file's text (followed by the multiplier table's) is part of block 0, so two
//! nodes with different rules cannot be on one chain.

use std::collections::BTreeMap;

use protocol::encoding::{Hash, tagged_hash_of_parts};
use protocol::epoch::Calendar;
use protocol::money::{Amount, AmountError};
use protocol::time::UnixSeconds;
use protocol::transfer::{BadChainId, ChainId};
use protocol::wallet_id::{WalletId, WalletIdError};
use serde::Deserialize;

use crate::rules::antiquity::MultiplierTable;

/// All the money there is: 2^23 RTC (system section 2).
pub const SUPPLY: Amount = match Amount::from_rtc(8_388_608) {
    Ok(amount) => amount,
    Err(_) => Amount::MAX,
};

/// The account that pots are paid from. Nothing but settlement debits it.
pub const RESERVE: &str = "reserve";

/// Names of founders' wallets, which admin transfers may debit, begin like this.
pub const FOUNDER_PREFIX: &str = "founder_";

/// The networks whose genesis files are built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The live network.
    Mainnet,
    /// For trying things out with others.
    Testnet,
    /// For one machine.
    Dev,
}

impl Network {
    /// The network of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "mainnet" => Some(Self::Mainnet),
            "testnet" => Some(Self::Testnet),
            "dev" => Some(Self::Dev),
            _ => None,
        }
    }

    /// The text of its genesis file.
    pub const fn genesis_text(self) -> &'static str {
        match self {
            Self::Mainnet => include_str!("../genesis/mainnet.toml"),
            Self::Testnet => include_str!("../genesis/testnet.toml"),
            Self::Dev => include_str!("../genesis/dev.toml"),
        }
    }
}

/// The multiplier table of rules version 1.
const MULTIPLIERS_V1: &str = include_str!("../genesis/multipliers.toml");

/// What decides money beyond the calendar (system section 8.9).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether a transfer may be signed without chain id.
    pub chainless_transfers: bool,
    /// What a new account has to receive at least, in micro-RTC.
    pub opening_amount: u64,
    /// Whether virtual machines weigh anything.
    pub virtual_machines_earn: bool,
    /// Names that may attest without signature.
    pub legacy_ids: Vec<String>,
    /// Accepted attestations per miner and slot.
    pub attestations_per_slot: u32,
    /// Epochs with blocks after which a silent owner loses a machine to a rival.
    pub binding_lapses_after_epochs: u64,
    /// How far a nonce may lie ahead of the last one.
    pub nonce_leap: u64,
    /// Payouts of a settlement per block.
    pub payouts_per_block: u64,
    /// Commands per block.
    pub commands_per_block: u32,
    /// Bytes of commands per block.
    pub bytes_per_block: u64,
    /// Silence between blocks after which the operator has to confirm the clock, in seconds.
    pub max_gap_seconds: u64,
}

impl Policy {
    /// The policy, unless a limit of it would stop the network or let a machine earn twice.
    fn checked(self) -> Result<Self, GenesisError> {
        let limits = [
            ("attestations_per_slot", u64::from(self.attestations_per_slot)),
            ("binding_lapses_after_epochs", self.binding_lapses_after_epochs),
            ("payouts_per_block", self.payouts_per_block),
            ("commands_per_block", u64::from(self.commands_per_block)),
            ("bytes_per_block", self.bytes_per_block),
        ];
        match limits.into_iter().find(|(_, limit)| *limit == 0) {
            Some((name, _)) => Err(GenesisError::Policy(name)),
            None => Ok(self),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GenesisFile {
    network: String,
    chain_id: String,
    genesis_time: u64,
    slot_seconds: u64,
    slots_per_epoch: u64,
    epoch_pot: u64,
    import_required: bool,
    allocations: BTreeMap<String, u64>,
    policy: Policy,
}

/// A genesis file that has been read and checked.
#[derive(Debug, Clone)]
pub struct Genesis {
    /// `mainnet`, `testnet`, `dev` or what an own file says.
    pub network: String,
    /// The network's name in signatures.
    pub chain_id: ChainId,
    /// Slots and epochs.
    pub calendar: Calendar,
    /// What an epoch pays, as long as the reserve holds it.
    pub epoch_pot: Amount,
    /// Whether the books start from an import.
    pub import_required: bool,
    /// Who holds what at the start; the reserve holds the rest.
    pub allocations: BTreeMap<WalletId, Amount>,
    /// What decides money beyond the calendar.
    pub policy: Policy,
    /// What hardware weighs.
    pub multipliers: MultiplierTable,
    /// The text that all of this was read from.
    pub text: String,
}

/// Why a text is not a genesis file.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// It is not TOML of the right shape.
    #[error("not a genesis file: {0}")]
    Toml(#[from] Box<toml::de::Error>),
    /// The chain id is malformed.
    #[error("{0}")]
    ChainId(#[from] BadChainId),
    /// Slots or epochs have no length.
    #[error("slot_seconds and slots_per_epoch have to be at least 1")]
    Calendar,
    /// A number of the policy has to be at least 1, else nothing would ever happen.
    #[error("the policy's {0} has to be at least 1")]
    Policy(&'static str),
    /// An allocation names no wallet.
    #[error("allocation to '{name}': {error}")]
    Wallet {
        /// What it says.
        name: String,
        /// What is wrong with it.
        error: WalletIdError,
    },
    /// An allocation is to the reserve.
    #[error("the reserve holds what is left and is not allocated to")]
    Reserve,
    /// An amount is out of range.
    #[error("{0}")]
    Amount(#[from] AmountError),
    /// More is allocated than there is.
    #[error("the allocations exceed the supply of {} RTC", SUPPLY)]
    TooMuch,
}

impl Genesis {
    /// The genesis of a built-in network.
    pub fn of(network: Network) -> Result<Self, GenesisError> {
        Self::parse(network.genesis_text())
    }

    /// Reads a genesis file.
    pub fn parse(text: &str) -> Result<Self, GenesisError> {
        let file: GenesisFile = toml::from_str(text).map_err(Box::new)?;
        let genesis_time = UnixSeconds(file.genesis_time);
        let calendar = Calendar::new(genesis_time, file.slot_seconds, file.slots_per_epoch)
            .ok_or(GenesisError::Calendar)?;
        Ok(Self {
            network: file.network,
            chain_id: file.chain_id.parse()?,
            calendar,
            epoch_pot: Amount::from_micro(file.epoch_pot)?,
            import_required: file.import_required,
            allocations: read_allocations(file.allocations)?,
            policy: file.policy.checked()?,
            multipliers: MultiplierTable::parse(MULTIPLIERS_V1).map_err(Box::new)?,
            text: text.to_owned(),
        })
    }

    /// The hash that block 0 binds.
    pub fn hash(&self) -> Hash {
        tagged_hash_of_parts("rc/genesis/1", &[self.text.as_bytes(), MULTIPLIERS_V1.as_bytes()])
    }

    /// Whether admin transfers may debit this wallet.
    pub fn is_founder(wallet: &WalletId) -> bool {
        wallet.as_str().starts_with(FOUNDER_PREFIX)
    }
}

fn read_allocations(
    allocations: BTreeMap<String, u64>,
) -> Result<BTreeMap<WalletId, Amount>, GenesisError> {
    let mut sum = Amount::ZERO;
    let mut read = BTreeMap::new();
    for (name, rtc) in allocations {
        let amount = Amount::from_rtc(rtc)?;
        if name == RESERVE {
            return Err(GenesisError::Reserve);
        }
        let wallet =
            WalletId::parse(&name).map_err(|error| GenesisError::Wallet { name, error })?;
        sum = sum.plus(amount)?;
        read.insert(wallet, amount);
    }
    if sum > SUPPLY { Err(GenesisError::TooMuch) } else { Ok(read) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_networks_are_as_promised() {
        for (name, chain_id, import) in [
            ("mainnet", "rustchain-mainnet-v2", true),
            ("testnet", "rustchain-testnet-v3", false),
            ("dev", "rustchain-dev", false),
        ] {
            let genesis = Genesis::of(Network::named(name).unwrap()).unwrap();
            assert_eq!(genesis.network, name);
            assert_eq!(genesis.chain_id.as_str(), chain_id);
            assert_eq!(genesis.import_required, import);
            assert_eq!(genesis.epoch_pot.micro(), 1_500_000);
            assert_eq!(genesis.policy.chainless_transfers, name == "mainnet");
        }
    }

    #[test]
    fn unknown_keys_and_excess_are_refused() {
        let text = Network::Dev.genesis_text();
        assert!(Genesis::parse(&text.replace("[policy]", "[policy]\nspeed = 1")).is_err());
        assert!(matches!(
            Genesis::parse(&text.replace("= 201_326", "= 8_388_608")),
            Err(GenesisError::TooMuch)
        ));
        assert!(matches!(
            Genesis::parse(&text.replace("founder_community", "reserve")),
            Err(GenesisError::Reserve)
        ));
    }
}
