//! What a group of commands changed, on its way from a draft into the books.

use std::sync::Arc;

use protocol::challenge::ChallengeId;
use protocol::epoch::EpochId;
use protocol::money::Amount;
use protocol::multiplier::Multiplier;
use protocol::time::UnixSeconds;

use crate::draft::BlockContext;
use crate::state::{
    Account, AccountNumber, Counters, EnrolmentRow, Holder, IdempotentTransfer, Machine,
    MachineNumber, Miner, MinerNumber, Movement, Movements, Name, NameNumber, Rows, State,
};

/// An accepted attestation, for the list of attestations. Rules do not read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationRecord {
    /// Its number, from 1.
    pub number: u64,
    /// The miner's attestation before this one; 0 when there is none.
    pub previous: u64,
    /// Who attested.
    pub miner: MinerNumber,
    /// The epoch.
    pub epoch: EpochId,
    /// What it is worth.
    pub multiplier: Multiplier,
    /// Whether its evidence held.
    pub passed: bool,
    /// The block's time.
    pub attested_at: UnixSeconds,
    /// The command.
    pub command: u64,
    /// What the miner sent.
    pub body: Arc<[u8]>,
}

/// What became of epochs, for the list of epochs. Rules do not read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochRecord {
    /// The first epoch that this is about; more than one only when they were empty.
    pub first: EpochId,
    /// The last epoch that this is about.
    pub last: EpochId,
    /// What was split; zero when nobody weighed anything.
    pub pot: Amount,
    /// Miners enrolled.
    pub enrolled: u32,
    /// The first movement of the settlement; 0 when nobody was paid.
    pub first_movement: u64,
    /// Movements of the settlement so far. They do not follow each other where other money moved
    /// between two slices.
    pub payouts: u64,
    /// When the last of it was paid; `None` while it is being paid.
    pub settled_at: Option<UnixSeconds>,
}

/// Changes that are free of the state they were drafted over.
#[derive(Debug)]
pub struct Changes {
    pub(crate) block: BlockContext,
    pub(crate) changed_accounts: Vec<(AccountNumber, Account)>,
    /// Whose accounts are new, and the accounts themselves.
    pub(crate) new_holders: Vec<Holder>,
    pub(crate) new_accounts: Vec<Account>,
    pub(crate) changed_miners: Vec<(MinerNumber, Miner)>,
    pub(crate) new_miners: Vec<Miner>,
    pub(crate) changed_machines: Vec<(MachineNumber, Machine)>,
    pub(crate) new_machines: Vec<Machine>,
    pub(crate) changed_names: Vec<(NameNumber, Name)>,
    pub(crate) new_names: Vec<Name>,
    pub(crate) new_idempotent: Vec<IdempotentTransfer>,
    pub(crate) changed_enrolments: Vec<(u32, EnrolmentRow)>,
    pub(crate) new_enrolments: Vec<EnrolmentRow>,
    pub(crate) challenges: Vec<ChallengeId>,
    pub(crate) counters: Counters,
    pub(crate) movements: Vec<Movement>,
    pub(crate) attestations: Vec<AttestationRecord>,
    pub(crate) epochs: Vec<EpochRecord>,
    pub(crate) frozen_shares: Option<Vec<Amount>>,
}

/// Which rows of the state a block has touched so far, and what it added to the lists.
#[derive(Debug, Default)]
pub struct Touched {
    accounts: TouchedRows,
    miners: TouchedRows,
    machines: TouchedRows,
    names: TouchedRows,
    enrolments: TouchedRows,
    idempotent: TouchedRows,
    first_movement: Option<u64>,
    challenges: bool,
    froze: bool,
    attestations: Vec<AttestationRecord>,
    epochs: Vec<EpochRecord>,
}

/// Which rows of a table a block has touched. Those that it added are the last ones of the table,
/// so the first of them says which they are: an epoch may add a million.
#[derive(Debug, Default)]
struct TouchedRows {
    changed: Vec<u32>,
    first_added: Option<u32>,
}

impl TouchedRows {
    /// All rows of a table.
    const fn all() -> Self {
        Self { changed: Vec::new(), first_added: Some(0) }
    }

    fn change(&mut self, number: u32) {
        if self.first_added.is_none_or(|first| number < first) {
            self.changed.push(number);
        }
    }

    /// Notes that the next row of a table with so many is about to be added.
    fn add(&mut self, count: u32) {
        self.first_added.get_or_insert(count);
    }

    /// The rows with their present values, ascending.
    fn rows_of<R: Clone>(mut self, table: &Rows<R>) -> Vec<(u32, R)> {
        self.changed.sort_unstable();
        self.changed.dedup();
        let end = table.count();
        let added = self.first_added.unwrap_or(end)..end;
        let mut rows = Vec::with_capacity(self.changed.len().saturating_add(added.len()));
        let value = |number| table.get(number).map(|row| (number, row.clone()));
        rows.extend(self.changed.into_iter().chain(added).filter_map(value));
        rows
    }
}

/// Everything that a block changed, with the values at its end.
#[derive(Debug, Default)]
pub struct BlockChanges {
    /// Touched accounts, ascending.
    pub accounts: Vec<(AccountNumber, Account)>,
    /// Whose accounts they are, as in the state.
    pub holders: Rows<Holder>,
    /// Touched miners, ascending.
    pub miners: Vec<(MinerNumber, Miner)>,
    /// Touched machines, ascending.
    pub machines: Vec<(MachineNumber, Machine)>,
    /// Touched names, ascending.
    pub names: Vec<(NameNumber, Name)>,
    /// New idempotency keys, ascending.
    pub idempotent: Vec<(u32, IdempotentTransfer)>,
    /// Touched enrolments of the open epoch, ascending.
    pub enrolments: Vec<(u32, EnrolmentRow)>,
    /// Whether the open epoch's list was frozen, before the enrolments above were made.
    pub froze: bool,
    /// The used challenges, as stored, and their root, if any was used.
    pub challenges: Option<(Vec<u8>, [u8; 32])>,
    /// The counters.
    pub counters: Counters,
    /// Movements of money, ascending.
    pub movements: Movements,
    /// Accepted attestations, ascending.
    pub attestations: Vec<AttestationRecord>,
    /// What became of epochs.
    pub epochs: Vec<EpochRecord>,
}

impl BlockChanges {
    /// The touched accounts and whose they are, ascending.
    pub fn accounts(&self) -> impl Iterator<Item = (AccountNumber, &Holder, &Account)> {
        self.accounts
            .iter()
            .filter_map(|(number, account)| Some((*number, self.holders.get(*number)?, account)))
    }
}

impl State {
    /// Takes changes over that are now durable, and notes what they touched.
    pub fn merge(&mut self, changes: Changes, touched: &mut Touched) {
        for (number, account) in changes.changed_accounts {
            touched.accounts.change(number);
            self.accounts.set(number, account);
        }
        self.expect_accounts(changes.new_accounts.len());
        for (holder, account) in changes.new_holders.into_iter().zip(changes.new_accounts) {
            touched.accounts.add(self.accounts.count());
            self.add_account(holder, account);
        }
        for (number, miner) in changes.changed_miners {
            touched.miners.change(number);
            self.set_miner(number, miner);
        }
        for miner in changes.new_miners {
            touched.miners.add(self.miners.count());
            self.add_miner(miner);
        }
        for (number, machine) in changes.changed_machines {
            touched.machines.change(number);
            self.machines.set(number, machine);
        }
        for machine in changes.new_machines {
            touched.machines.add(self.machines.count());
            self.add_machine(machine);
        }
        for (number, name) in changes.changed_names {
            touched.names.change(number);
            self.names.set(number, name);
        }
        for name in changes.new_names {
            touched.names.add(self.names.count());
            self.add_name(name);
        }
        for transfer in changes.new_idempotent {
            touched.idempotent.add(self.idempotent.count());
            self.add_idempotent(transfer);
        }
        if let Some(shares) = changes.frozen_shares {
            touched.froze = true;
            touched.enrolments = TouchedRows::default();
            self.frozen = std::mem::take(&mut self.enrolments);
            self.frozen_shares = shares;
        }
        for (number, row) in changes.changed_enrolments {
            touched.enrolments.change(number);
            self.enrolments.set(number, row);
        }
        for row in changes.new_enrolments {
            touched.enrolments.add(self.enrolments.count());
            self.enrolments.push(row);
        }
        if !changes.challenges.is_empty() {
            touched.challenges = true;
            changes.challenges.into_iter().for_each(|id| self.challenges.insert(id));
            self.challenges.prune(changes.block.seconds());
        }
        if changes.counters.frozen.is_none() {
            self.frozen = Rows::default();
            self.frozen_shares = Vec::new();
        }
        self.counters = changes.counters;
        if let Some(first) = changes.movements.first() {
            touched.first_movement.get_or_insert(first.number);
        }
        self.recent.push(changes.movements);
        touched.attestations.extend(changes.attestations);
        touched.epochs.extend(changes.epochs);
    }

    /// Every row that holds a present value, as if one block had made them all. Lists of what
    /// happened are left out.
    pub fn as_changes(&self) -> BlockChanges {
        BlockChanges {
            accounts: TouchedRows::all().rows_of(&self.accounts),
            holders: self.holders.clone(),
            miners: TouchedRows::all().rows_of(&self.miners),
            machines: TouchedRows::all().rows_of(&self.machines),
            names: TouchedRows::all().rows_of(&self.names),
            idempotent: TouchedRows::all().rows_of(&self.idempotent),
            enrolments: TouchedRows::all().rows_of(&self.enrolments),
            challenges: Some((self.challenges.to_bytes(), self.challenges.root()))
                .filter(|(bytes, _)| !bytes.is_empty()),
            counters: self.counters.clone(),
            ..BlockChanges::default()
        }
    }

    /// What a block changed, at its end: the state has everything up to it, and nothing behind it.
    pub fn block_changes(&self, touched: Touched) -> BlockChanges {
        BlockChanges {
            accounts: touched.accounts.rows_of(&self.accounts),
            holders: self.holders.clone(),
            miners: touched.miners.rows_of(&self.miners),
            machines: touched.machines.rows_of(&self.machines),
            names: touched.names.rows_of(&self.names),
            idempotent: touched.idempotent.rows_of(&self.idempotent),
            enrolments: touched.enrolments.rows_of(&self.enrolments),
            froze: touched.froze,
            challenges: touched
                .challenges
                .then(|| (self.challenges.to_bytes(), self.challenges.root())),
            counters: self.counters.clone(),
            movements: match touched.first_movement {
                Some(first) => self.recent.from(first),
                None => Movements::default(),
            },
            attestations: touched.attestations,
            epochs: touched.epochs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touched_rows_come_once_and_in_order_with_their_last_values() {
        let mut table: Rows<char> = "abcdef".chars().collect();
        let mut touched = TouchedRows::default();
        let change = |touched: &mut TouchedRows, table: &mut Rows<char>, number, to| {
            touched.change(number);
            table.set(number, to);
        };
        change(&mut touched, &mut table, 4, 'X');
        for added in "gh".chars() {
            touched.add(table.count());
            table.push(added);
        }
        for (number, to) in [(1, 'B'), (6, 'G'), (4, 'E'), (1, 'b')] {
            change(&mut touched, &mut table, number, to);
        }
        touched.add(table.count());
        table.push('i');
        let expected = [(1, 'b'), (4, 'E'), (6, 'G'), (7, 'h'), (8, 'i')];
        assert_eq!(touched.rows_of(&table), expected);
        assert_eq!(TouchedRows::default().rows_of(&table), []);
        assert_eq!(TouchedRows::all().rows_of(&table).len(), 9);
    }
}
