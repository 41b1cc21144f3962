//! Changes to the books that are not yet durable.
//!
//! Commands are applied to a draft over the committed state. Once the group is durable, the draft
//! becomes [`Changes`] and is merged; if it is not, the draft is dropped and nothing happened.
//! [`Draft::post`] is the only place where balances change.

use std::collections::BTreeMap;

use protocol::challenge::ChallengeId;
use protocol::epoch::{Calendar, EpochId, Slot};
use protocol::machine_id::Identifier;
use protocol::money::Amount;
use protocol::time::{UnixMillis, UnixSeconds};
use protocol::transfer::TxId;
use protocol::wallet_id::{MinerId, WalletId};

use crate::changes::{AttestationRecord, Changes, EpochRecord};
use crate::refusal::Refusal;
use crate::state::{
    Account, AccountNumber, Counters, EnrolmentRow, Holder, IdempotentTransfer,
    MAX_MACHINES_PER_IDENTIFIER, Machine, MachineNumber, Miner, MinerNumber, Movement,
    MovementKind, MovementNumber, Name, NameNumber, Overlay, State, WalletHash, WalletIndex,
};

/// The block that a draft belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockContext {
    /// Its height.
    pub height: u64,
    /// Its time, fixed when it was opened.
    pub time: UnixMillis,
    /// The slot of its time.
    pub slot: Slot,
    /// The epoch of its time.
    pub epoch: EpochId,
}

impl BlockContext {
    /// A block at `height`, opened at `time`.
    pub fn new(height: u64, time: UnixMillis, calendar: &Calendar) -> Self {
        let slot = calendar.slot_at(time);
        Self { height, time, slot, epoch: calendar.epoch_of(slot) }
    }

    /// The block's time in seconds.
    pub const fn seconds(&self) -> UnixSeconds {
        self.time.seconds()
    }
}

/// A movement to be posted.
#[derive(Debug, Clone)]
pub struct Posting {
    /// Why money moves.
    pub kind: MovementKind,
    /// Who pays; `None` only for the opening entry.
    pub debit: Option<AccountNumber>,
    /// Who is paid.
    pub credit: AccountNumber,
    /// How much.
    pub amount: Amount,
    /// The sender's nonce, or 0.
    pub nonce: u64,
    /// A note for people.
    pub note: String,
    /// The id of a transfer.
    pub tx_id: Option<TxId>,
    /// The epoch that a reward is for; else the block's.
    pub epoch: EpochId,
}

/// Changes over the committed state.
#[derive(Debug)]
pub struct Draft<'s> {
    base: &'s State,
    /// The block.
    pub block: BlockContext,
    accounts: Overlay<Account>,
    holders: Vec<Holder>,
    new_accounts: WalletIndex,
    miners: Overlay<Miner>,
    new_miners: BTreeMap<MinerId, MinerNumber>,
    machines: Overlay<Machine>,
    new_machines: BTreeMap<Identifier, Vec<MachineNumber>>,
    names: Overlay<Name>,
    new_names: BTreeMap<WalletId, NameNumber>,
    idempotent: Overlay<IdempotentTransfer>,
    new_idempotent: BTreeMap<String, u32>,
    enrolments: Overlay<EnrolmentRow>,
    challenges: Vec<ChallengeId>,
    /// The counters.
    pub counters: Counters,
    movements: Vec<Movement>,
    attestations: Vec<AttestationRecord>,
    epochs: Vec<EpochRecord>,
    frozen_shares: Option<Vec<Amount>>,
}

impl<'s> Draft<'s> {
    /// No changes to `base` yet.
    pub fn over(base: &'s State, block: BlockContext) -> Self {
        Self {
            base,
            block,
            accounts: Overlay::over(&base.accounts),
            holders: Vec::new(),
            new_accounts: WalletIndex::default(),
            miners: Overlay::over(&base.miners),
            new_miners: BTreeMap::new(),
            machines: Overlay::over(&base.machines),
            new_machines: BTreeMap::new(),
            names: Overlay::over(&base.names),
            new_names: BTreeMap::new(),
            idempotent: Overlay::over(&base.idempotent),
            new_idempotent: BTreeMap::new(),
            enrolments: Overlay::over(&base.enrolments),
            challenges: Vec::new(),
            counters: base.counters.clone(),
            movements: Vec::new(),
            attestations: Vec::new(),
            epochs: Vec::new(),
            frozen_shares: None,
        }
    }

    /// The committed state below.
    pub const fn base(&self) -> &'s State {
        self.base
    }

    // --- accounts -----------------------------------------------------------------------------

    /// The number of a wallet's account.
    pub fn account_number(&self, wallet: &WalletId) -> Option<AccountNumber> {
        self.account_with_hash(self.base.wallet_hash(wallet), wallet)
    }

    fn account_with_hash(&self, hash: WalletHash, wallet: &WalletId) -> Option<AccountNumber> {
        self.base.account_with_hash(hash, wallet).or_else(|| {
            let is_it = |number: AccountNumber| {
                let index = number.checked_sub(self.base.accounts.count());
                let index = index.and_then(|index| usize::try_from(index).ok());
                let holder = index.and_then(|index| self.holders.get(index));
                holder.is_some_and(|holder| holder.wallet == *wallet)
            };
            self.new_accounts.find(hash, is_it)
        })
    }

    /// An account.
    pub fn account(&self, number: AccountNumber) -> Option<&Account> {
        self.accounts.get(&self.base.accounts, number)
    }

    /// The number of a wallet's account, which is opened if there is none.
    pub fn account_or_open(&mut self, wallet: &WalletId) -> AccountNumber {
        let hash = self.base.wallet_hash(wallet);
        if let Some(number) = self.account_with_hash(hash, wallet) {
            return number;
        }
        self.holders.push(Holder { wallet: wallet.clone(), created_at: self.block.seconds() });
        let number = self.accounts.push(Account::default());
        self.new_accounts.insert(hash, number);
        number
    }

    /// Remembers what a sender has signed.
    pub fn record_signature(&mut self, number: AccountNumber, nonce: u64, chain_id: bool) {
        if let Some(account) = self.account(number).copied() {
            let signs_chain_id = account.signs_chain_id || chain_id;
            self.accounts.set(number, Account { last_nonce: nonce, signs_chain_id, ..account });
        }
    }

    /// Makes room for so many payouts, each of which may open an account: growing step by step would
    /// copy what is there again and again.
    pub fn expect_payouts(&mut self, count: usize) {
        self.movements.reserve_exact(count);
        self.holders.reserve_exact(count);
        self.accounts.expect(count);
        self.new_accounts.expect(count);
    }

    /// Moves money: the only place where balances change.
    pub fn post(&mut self, posting: Posting) -> Result<MovementNumber, Refusal> {
        let Posting { kind, debit, credit, amount, nonce, note, tx_id, epoch } = posting;
        let number = self.counters.movements.saturating_add(1);
        let previous_of_debit = match debit {
            Some(debit) => self.take_out(debit, amount, number)?,
            None => 0,
        };
        let previous_of_credit = self.put_in(credit, amount, number)?;
        self.counters.movements = number;
        let transfer_number = if kind.is_transfer() {
            self.counters.transfers = self.counters.transfers.saturating_add(1);
            self.counters.transfers
        } else {
            0
        };
        self.movements.push(Movement {
            number,
            kind,
            debit,
            credit,
            amount,
            previous_of_debit,
            previous_of_credit,
            nonce,
            note,
            tx_id,
            transfer_number,
            command: if kind.is_transfer() { self.counters.commands.saturating_add(1) } else { 0 },
            epoch: epoch.0,
            height: self.block.height,
            time: self.block.time,
        });
        Ok(number)
    }

    fn take_out(
        &mut self,
        number: AccountNumber,
        amount: Amount,
        movement: MovementNumber,
    ) -> Result<MovementNumber, Refusal> {
        let account = self.account(number).copied().unwrap_or_default();
        let balance = account.balance.minus(amount).map_err(|_underflow| {
            Refusal::InsufficientBalance { balance: account.balance, requested: amount }
        })?;
        self.touch(number, account, balance, movement);
        Ok(account.last_movement)
    }

    fn put_in(
        &mut self,
        number: AccountNumber,
        amount: Amount,
        movement: MovementNumber,
    ) -> Result<MovementNumber, Refusal> {
        let account = self.account(number).copied().unwrap_or_default();
        let balance =
            account.balance.plus(amount).map_err(|_too_large| Refusal::BalanceTooLarge)?;
        self.touch(number, account, balance, movement);
        Ok(account.last_movement)
    }

    fn touch(
        &mut self,
        number: AccountNumber,
        account: Account,
        balance: Amount,
        last_movement: MovementNumber,
    ) {
        let updated_at = self.block.seconds();
        self.accounts.set(number, Account { balance, last_movement, updated_at, ..account });
    }

    // --- miners and machines ------------------------------------------------------------------

    /// The number of a miner.
    pub fn miner_number(&self, miner: &MinerId) -> Option<MinerNumber> {
        self.base.miner_number(miner).or_else(|| self.new_miners.get(miner).copied())
    }

    /// A miner.
    pub fn miner(&self, number: MinerNumber) -> Option<&Miner> {
        self.miners.get(&self.base.miners, number)
    }

    /// The number that the next new miner gets.
    pub fn next_miner_number(&self) -> MinerNumber {
        self.miners.next_number()
    }

    /// Adds or replaces a miner.
    pub fn put_miner(&mut self, miner: Miner) -> MinerNumber {
        if let Some(number) = self.miner_number(&miner.id) {
            self.miners.set(number, miner);
            return number;
        }
        let id = miner.id.clone();
        let number = self.miners.push(miner);
        self.new_miners.insert(id, number);
        number
    }

    /// A machine.
    pub fn machine(&self, number: MachineNumber) -> Option<&Machine> {
        self.machines.get(&self.base.machines, number)
    }

    /// Machines that share at least one of these identifiers, in ascending order. Their number is
    /// bounded, whatever the size of the table.
    pub fn machines_sharing(&self, identifiers: &[Identifier]) -> Vec<MachineNumber> {
        let mut numbers: Vec<MachineNumber> = identifiers
            .iter()
            .flat_map(|identifier| {
                let new = self.new_machines.get(identifier).map_or(&[][..], Vec::as_slice);
                let sharing = self.base.machines_with(identifier).iter().chain(new);
                // As many as the state will find: how commands are grouped must not matter.
                sharing.take(MAX_MACHINES_PER_IDENTIFIER).copied()
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Adds a machine.
    pub fn add_machine(&mut self, machine: Machine) -> MachineNumber {
        let identifiers = machine.identifiers.clone();
        let number = self.machines.push(machine);
        for identifier in identifiers {
            self.new_machines.entry(identifier).or_default().push(number);
        }
        number
    }

    /// Replaces a machine; its identifiers stay what they were.
    pub fn set_machine(&mut self, number: MachineNumber, machine: Machine) {
        self.machines.set(number, machine);
    }

    /// Remembers an accepted attestation for the list of attestations.
    pub fn record_attestation(&mut self, record: AttestationRecord) {
        self.counters.attestations = record.number;
        self.attestations.push(record);
    }

    // --- enrolments and epochs ----------------------------------------------------------------

    /// A row of the open epoch's list.
    pub fn enrolment(&self, row: u32) -> Option<&EnrolmentRow> {
        self.enrolments.get(&self.base.enrolments, row)
    }

    /// Adds a row to the open epoch's list.
    pub fn enrol(&mut self, row: EnrolmentRow) -> u32 {
        self.enrolments.push(row)
    }

    /// Replaces a row of the open epoch's list.
    pub fn set_enrolment(&mut self, number: u32, row: EnrolmentRow) {
        self.enrolments.set(number, row);
    }

    /// Closes the open epoch's list; `shares` are what its rows will be paid.
    pub fn freeze_enrolments(&mut self, shares: Vec<Amount>) {
        self.frozen_shares = Some(shares);
    }

    /// Remembers an epoch for the list of epochs.
    pub fn record_epoch(&mut self, record: EpochRecord) {
        self.epochs.push(record);
    }

    // --- names, idempotency keys, challenges --------------------------------------------------

    /// The number of a plain name with a key.
    pub fn name_number(&self, name: &WalletId) -> Option<NameNumber> {
        self.base.name_number(name).or_else(|| self.new_names.get(name).copied())
    }

    /// A plain name with a key.
    pub fn name(&self, number: NameNumber) -> Option<&Name> {
        self.names.get(&self.base.names, number)
    }

    /// Adds or replaces a name.
    pub fn put_name(&mut self, name: Name) -> NameNumber {
        if let Some(number) = self.name_number(&name.id) {
            self.names.set(number, name);
            return number;
        }
        let id = name.id.clone();
        let number = self.names.push(name);
        self.new_names.insert(id, number);
        number
    }

    /// The admin transfer with this idempotency key.
    pub fn idempotent(&self, key: &str) -> Option<&IdempotentTransfer> {
        let number =
            self.base.idempotent_number(key).or_else(|| self.new_idempotent.get(key).copied())?;
        self.idempotent.get(&self.base.idempotent, number)
    }

    /// Adds an admin transfer with an idempotency key.
    pub fn add_idempotent(&mut self, transfer: IdempotentTransfer) {
        let key = transfer.key.clone();
        let number = self.idempotent.push(transfer);
        self.new_idempotent.insert(key, number);
    }

    /// Whether a challenge was used.
    pub fn challenge_was_used(&self, id: &ChallengeId) -> bool {
        self.base.challenges.contains(id) || self.challenges.contains(id)
    }

    /// Marks a challenge as used.
    pub fn use_challenge(&mut self, id: ChallengeId) {
        self.challenges.push(id);
    }

    /// The changes, free of the state below.
    pub fn into_changes(self) -> Changes {
        let (changed_accounts, new_accounts) = self.accounts.into_parts();
        let (changed_miners, new_miners) = self.miners.into_parts();
        let (changed_machines, new_machines) = self.machines.into_parts();
        let (changed_names, new_names) = self.names.into_parts();
        let (_, new_idempotent) = self.idempotent.into_parts();
        let (changed_enrolments, new_enrolments) = self.enrolments.into_parts();
        Changes {
            block: self.block,
            changed_accounts,
            new_holders: self.holders,
            new_accounts,
            changed_miners,
            new_miners,
            changed_machines,
            new_machines,
            changed_names,
            new_names,
            new_idempotent,
            changed_enrolments,
            new_enrolments,
            challenges: self.challenges,
            counters: self.counters,
            movements: self.movements,
            attestations: self.attestations,
            epochs: self.epochs,
            frozen_shares: self.frozen_shares,
        }
    }
}
