//! Everything that rules read, in memory, as of the last durable commit.
//!
//! Every table is a list of numbered rows: rows are added at the end and changed in place, never
//! removed, so that a dense Merkle tree can follow it. The exceptions, which are bounded, are the
//! open enrolments (emptied at the end of an epoch) and the used challenges (pruned by block time).

mod account;
mod challenges;
mod counters;
mod history_row;
mod machine;
mod miner;
mod movement;
mod name;
mod recent;
mod rows;
mod wallet_index;

use std::collections::HashMap;

use protocol::keys::PublicKey;
use protocol::machine_id::Identifier;
use protocol::money::Amount;
use protocol::wallet_id::{MinerId, WalletId};

use self::wallet_index::WalletHasher;

pub use account::{Account, AccountNumber, Holder, RESERVE_ACCOUNT};
pub use challenges::UsedChallenges;
pub use counters::{Counters, FrozenEpoch};
pub use history_row::HistoryRow;
pub use machine::{MAX_MACHINES_PER_IDENTIFIER, Machine, MachineNumber};
pub use miner::{Enrolment, EnrolmentRow, Miner, MinerNumber};
pub use movement::{Movement, MovementKind, MovementNumber};
pub use name::{IdempotentTransfer, Name, NameNumber};
pub use recent::{MovementGroup, Movements, Recent};
pub use rows::{Overlay, Row, Rows};
pub use wallet_index::{WalletHash, WalletIndex};

/// The books in memory.
#[derive(Debug, Default)]
pub struct State {
    /// Balances and nonces by account number.
    pub accounts: Rows<Account>,
    /// Whose account it is, by the same number.
    pub holders: Rows<Holder>,
    /// Miners that were ever accepted.
    pub miners: Rows<Miner>,
    /// Machines and whom they are bound to.
    pub machines: Rows<Machine>,
    /// Plain names with a key.
    pub names: Rows<Name>,
    /// Admin transfers that carry an idempotency key.
    pub idempotent: Rows<IdempotentTransfer>,
    /// Who is enrolled in the open epoch, in the order of enrolment.
    pub enrolments: Rows<EnrolmentRow>,
    /// Who was enrolled in the epoch that is being settled.
    pub frozen: Rows<EnrolmentRow>,
    /// The share of every row of `frozen`.
    pub frozen_shares: Vec<Amount>,
    /// Challenges that cannot be used again.
    pub challenges: UsedChallenges,
    /// Everything that is one number.
    pub counters: Counters,
    /// What happened since the derived tables were last written.
    pub recent: Recent,
    wallet_hasher: WalletHasher,
    accounts_by_wallet: WalletIndex,
    miners_by_id: WalletIndex,
    miners_by_key: HashMap<PublicKey, MinerNumber>,
    names_by_id: WalletIndex,
    idempotent_by_key: HashMap<String, u32>,
    machines_by_identifier: HashMap<Identifier, Vec<MachineNumber>>,
}

impl State {
    /// What a wallet is looked up by here.
    pub fn wallet_hash(&self, wallet: &WalletId) -> WalletHash {
        self.wallet_hasher.hash(wallet)
    }

    /// The number of a wallet's account.
    pub fn account_number(&self, wallet: &WalletId) -> Option<AccountNumber> {
        self.account_with_hash(self.wallet_hash(wallet), wallet)
    }

    /// The number of the account of a wallet whose [`State::wallet_hash`] is known.
    pub fn account_with_hash(&self, hash: WalletHash, wallet: &WalletId) -> Option<AccountNumber> {
        self.accounts_by_wallet.find(hash, |number| self.wallet(number) == Some(wallet))
    }

    /// A wallet's account.
    pub fn account(&self, wallet: &WalletId) -> Option<&Account> {
        self.accounts.get(self.account_number(wallet)?)
    }

    /// The wallet of an account.
    pub fn wallet(&self, number: AccountNumber) -> Option<&WalletId> {
        self.holders.get(number).map(|holder| &holder.wallet)
    }

    /// The number of a miner.
    pub fn miner_number(&self, miner: &MinerId) -> Option<MinerNumber> {
        let is_it = |number| self.miners.get(number).is_some_and(|row| row.id == *miner);
        self.miners_by_id.find(self.wallet_hash(miner), is_it)
    }

    /// A miner.
    pub fn miner(&self, miner: &MinerId) -> Option<&Miner> {
        self.miners.get(self.miner_number(miner)?)
    }

    /// The number of a plain name with a key.
    pub fn name_number(&self, name: &WalletId) -> Option<NameNumber> {
        let is_it = |number| self.names.get(number).is_some_and(|row| row.id == *name);
        self.names_by_id.find(self.wallet_hash(name), is_it)
    }

    /// The number of the admin transfer with this idempotency key.
    pub fn idempotent_number(&self, key: &str) -> Option<u32> {
        self.idempotent_by_key.get(key).copied()
    }

    /// Machines that share an identifier, oldest first; at most
    /// [`MAX_MACHINES_PER_IDENTIFIER`].
    pub fn machines_with(&self, identifier: &Identifier) -> &[MachineNumber] {
        self.machines_by_identifier.get(identifier).map_or(&[], Vec::as_slice)
    }

    /// Makes room for so many more accounts.
    pub fn expect_accounts(&mut self, count: usize) {
        self.accounts_by_wallet.expect(count);
    }

    /// Adds an account at the end. The caller has checked that the wallet has none.
    pub fn add_account(&mut self, holder: Holder, account: Account) {
        let number = self.accounts.push(account);
        self.accounts_by_wallet.insert(self.wallet_hash(&holder.wallet), number);
        self.holders.push(holder);
    }

    /// The miner that last attested with this key. Rules do not ask for it.
    pub fn miner_with_key(&self, key: &PublicKey) -> Option<&Miner> {
        self.miners.get(*self.miners_by_key.get(key)?)
    }

    /// Adds a miner at the end.
    pub fn add_miner(&mut self, miner: Miner) {
        let (hash, key) = (self.wallet_hash(&miner.id), miner.key);
        let number = self.miners.push(miner);
        self.miners_by_id.insert(hash, number);
        self.note_key(key, number);
    }

    /// Replaces a miner.
    pub fn set_miner(&mut self, number: MinerNumber, miner: Miner) {
        let (before, key) = (self.miners.get(number).and_then(|miner| miner.key), miner.key);
        self.miners.set(number, miner);
        if before != key {
            self.forget_key(before, number);
        }
        self.note_key(key, number);
    }

    /// Notes that a miner has attested with this key, if no other has done so since.
    fn note_key(&mut self, key: Option<PublicKey>, number: MinerNumber) {
        let Some(key) = key else { return };
        let attested = |number| self.miners.get(number).map(|miner| miner.last_attestation);
        let noted = self.miners_by_key.get(&key).copied();
        if noted.is_none_or(|noted| attested(noted) <= attested(number)) {
            self.miners_by_key.insert(key, number);
        }
    }

    /// A miner attests with another key now. It happens only when an admin binds one to its name,
    /// so looking at every miner is affordable.
    fn forget_key(&mut self, key: Option<PublicKey>, number: MinerNumber) {
        let Some(key) = key.filter(|key| self.miners_by_key.get(key) == Some(&number)) else {
            return;
        };
        let numbered = self.miners.iter().zip(0..);
        let others = numbered.filter(|(miner, _)| miner.key == Some(key));
        match others.max_by_key(|(miner, _)| miner.last_attestation) {
            Some((_, other)) => self.miners_by_key.insert(key, other),
            None => self.miners_by_key.remove(&key),
        };
    }

    /// Adds a name at the end.
    pub fn add_name(&mut self, name: Name) {
        let hash = self.wallet_hash(&name.id);
        let number = self.names.push(name);
        self.names_by_id.insert(hash, number);
    }

    /// Adds an admin transfer with an idempotency key at the end.
    pub fn add_idempotent(&mut self, transfer: IdempotentTransfer) {
        let key = transfer.key.clone();
        let number = self.idempotent.push(transfer);
        self.idempotent_by_key.insert(key, number);
    }

    /// Adds a machine at the end.
    pub fn add_machine(&mut self, machine: Machine) {
        let identifiers = machine.identifiers.clone();
        let number = self.machines.push(machine);
        for identifier in identifiers {
            let sharing = self.machines_by_identifier.entry(identifier).or_default();
            if sharing.len() < MAX_MACHINES_PER_IDENTIFIER {
                sharing.push(number);
            }
        }
    }
}
