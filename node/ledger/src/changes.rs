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
    accounts: Vec<AccountNumber>,
    miners: Vec<MinerNumber>,
    machines: Vec<MachineNumber>,
    names: Vec<NameNumber>,
    enrolments: Vec<u32>,
    first_new_idempotent: Option<u32>,
    first_movement: Option<u64>,
    challenges: bool,
    froze: bool,
    attestations: Vec<AttestationRecord>,
    epochs: Vec<EpochRecord>,
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
            touched.accounts.push(number);
            self.accounts.set(number, account);
        }
        self.expect_accounts(changes.new_accounts.len());
        for (holder, account) in changes.new_holders.into_iter().zip(changes.new_accounts) {
            touched.accounts.push(self.accounts.count());
            self.add_account(holder, account);
        }
        for (number, miner) in changes.changed_miners {
            touched.miners.push(number);
            self.set_miner(number, miner);
        }
        for miner in changes.new_miners {
            touched.miners.push(self.miners.count());
            self.add_miner(miner);
        }
        for (number, machine) in changes.changed_machines {
            touched.machines.push(number);
            self.machines.set(number, machine);
        }
        for machine in changes.new_machines {
            touched.machines.push(self.machines.count());
            self.add_machine(machine);
        }
        for (number, name) in changes.changed_names {
            touched.names.push(number);
            self.names.set(number, name);
        }
        for name in changes.new_names {
            touched.names.push(self.names.count());
            self.add_name(name);
        }
        for transfer in changes.new_idempotent {
            touched.first_new_idempotent.get_or_insert_with(|| self.idempotent.count());
            self.add_idempotent(transfer);
        }
        if let Some(shares) = changes.frozen_shares {
            touched.froze = true;
            self.frozen = std::mem::take(&mut self.enrolments);
            self.frozen_shares = shares;
        }
        for (number, row) in changes.changed_enrolments {
            touched.enrolments.push(number);
            self.enrolments.set(number, row);
        }
        for row in changes.new_enrolments {
            touched.enrolments.push(self.enrolments.push(row));
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
            accounts: rows(&self.accounts, (0..self.accounts.count()).collect()),
            holders: self.holders.clone(),
            miners: rows(&self.miners, (0..self.miners.count()).collect()),
            machines: rows(&self.machines, (0..self.machines.count()).collect()),
            names: rows(&self.names, (0..self.names.count()).collect()),
            idempotent: rows(&self.idempotent, (0..self.idempotent.count()).collect()),
            enrolments: rows(&self.enrolments, (0..self.enrolments.count()).collect()),
            challenges: Some((self.challenges.to_bytes(), self.challenges.root()))
                .filter(|(bytes, _)| !bytes.is_empty()),
            counters: self.counters.clone(),
            ..BlockChanges::default()
        }
    }

    /// What a block changed, at its end: the state has everything up to it, and nothing behind it.
    pub fn block_changes(&self, touched: Touched) -> BlockChanges {
        BlockChanges {
            accounts: rows(&self.accounts, touched.accounts),
            holders: self.holders.clone(),
            miners: rows(&self.miners, touched.miners),
            machines: rows(&self.machines, touched.machines),
            names: rows(&self.names, touched.names),
            idempotent: match touched.first_new_idempotent {
                Some(first) => rows(&self.idempotent, (first..self.idempotent.count()).collect()),
                None => Vec::new(),
            },
            enrolments: rows(&self.enrolments, touched.enrolments),
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

fn ascending(mut numbers: Vec<u32>) -> impl Iterator<Item = u32> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter()
}

fn rows<R: Clone>(table: &Rows<R>, touched: Vec<u32>) -> Vec<(u32, R)> {
    ascending(touched)
        .filter_map(|number| table.get(number).map(|row| (number, row.clone())))
        .collect()
}
