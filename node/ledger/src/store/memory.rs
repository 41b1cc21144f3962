//! A store that forgets: for tests and simulations. It keeps what the other stores keep.

mod records;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use protocol::encoding::{Encode as _, Reader};
use protocol::transfer::TxId;

use self::records::MemoryRecords;
use super::{
    Append, Derived, Founding, Group, Log, LoggedBlock, Open, Pruned, Reads, Records, SealedBlock,
    Store, StoreError, WalkBack,
};
use crate::changes::{AttestationRecord, EpochRecord};
use crate::rules::settlement::shares_of_rows;
use crate::seal::{Seal, Tip};
use crate::state::{
    Account, AccountNumber, Counters, EnrolmentRow, HistoryRow, Holder, IdempotentTransfer,
    Machine, Miner, Movement, Name, Row as _, State, UsedChallenges,
};

#[derive(Debug, Default)]
struct Books {
    founding: Option<Founding>,
    opens: BTreeMap<u64, Open>,
    groups: BTreeMap<u64, Group>,
    seals: BTreeMap<u64, Seal>,
    derived: Tables,
}

#[derive(Debug, Default)]
struct Tables {
    mark: Option<Tip>,
    accounts: BTreeMap<u32, (Holder, Account)>,
    miners: BTreeMap<u32, Miner>,
    machines: BTreeMap<u32, Machine>,
    names: BTreeMap<u32, Name>,
    idempotent: BTreeMap<u32, IdempotentTransfer>,
    enrolments: BTreeMap<u32, EnrolmentRow>,
    frozen: BTreeMap<u32, EnrolmentRow>,
    challenges: Vec<u8>,
    counters: Vec<u8>,
    movements: BTreeMap<u64, Movement>,
    transfers: BTreeMap<u64, u64>,
    tx_ids: BTreeMap<TxId, u64>,
    attestations: BTreeMap<u64, AttestationRecord>,
    epochs: BTreeMap<u64, EpochRecord>,
}

/// Books in memory; clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    books: Arc<Mutex<Books>>,
}

impl MemoryStore {
    /// Empty books.
    pub fn found(founding: Founding) -> Self {
        let store = Self::default();
        store.books.lock().founding = Some(founding);
        store
    }

    /// The three sides of the store.
    pub fn open(&self) -> Store {
        Store {
            log: Box::new(self.clone()),
            derived: Box::new(self.clone()),
            reads: Arc::new(self.clone()),
        }
    }
}

impl Log for MemoryStore {
    fn append(&mut self, append: Append<'_>) -> Result<(), StoreError> {
        let mut books = self.books.lock();
        if let Some(seal) = append.seal {
            books.seals.insert(seal.header.batch.height, seal.clone());
        }
        if let Some(open) = append.open {
            books.opens.insert(open.height, open);
        }
        if let Some(group) = append.group {
            books.groups.insert(group.first_command, group.clone());
        }
        Ok(())
    }

    fn probe(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Derived for MemoryStore {
    fn write(&mut self, block: &SealedBlock<'_>) -> Result<(), StoreError> {
        let mut books = self.books.lock();
        let tables = &mut books.derived;
        let changes = block.changes;
        for (number, holder, account) in changes.accounts() {
            tables.accounts.insert(number, (holder.clone(), *account));
        }
        tables.miners.extend(changes.miners.iter().cloned());
        tables.machines.extend(changes.machines.iter().cloned());
        tables.names.extend(changes.names.iter().cloned());
        tables.idempotent.extend(changes.idempotent.iter().cloned());
        if changes.froze {
            tables.frozen = std::mem::take(&mut tables.enrolments);
        }
        tables.enrolments.extend(changes.enrolments.iter().copied());
        if let Some((bytes, _)) = &changes.challenges {
            tables.challenges.clone_from(bytes);
        }
        tables.counters = changes.counters.encoded();
        for movement in changes.movements.iter() {
            if let Some(tx_id) = movement.tx_id {
                tables.tx_ids.insert(tx_id, movement.number);
                tables.transfers.insert(movement.transfer_number, movement.number);
            }
            tables.movements.insert(movement.number, movement.clone());
        }
        for record in &changes.attestations {
            // As everywhere, what the miner sent stands in the log.
            let record = AttestationRecord { body: Arc::from([].as_slice()), ..record.clone() };
            tables.attestations.insert(record.number, record);
        }
        for record in &changes.epochs {
            tables.epochs.insert(record.first.0, *record);
        }
        let header = &block.seal.header;
        tables.mark = Some(Tip { height: header.batch.height, hash: header.hash() });
        Ok(())
    }

    fn load(&mut self) -> Result<Option<(Tip, State)>, StoreError> {
        self.derived_state()
    }

    fn reset(&mut self) -> Result<(), StoreError> {
        self.books.lock().derived = Tables::default();
        Ok(())
    }

    fn restore(&mut self, pruned: &Pruned) -> Result<(), StoreError> {
        Err(StoreError::Missing(format!("a snapshot of block {}", pruned.height)))
    }
}

impl Reads for MemoryStore {
    fn founding(&self) -> Result<Founding, StoreError> {
        self.books.lock().founding.clone().ok_or_else(|| StoreError::Missing("memory".to_owned()))
    }

    fn block(&self, height: u64) -> Result<Option<LoggedBlock>, StoreError> {
        let books = self.books.lock();
        let Some(open) = books.opens.get(&height).copied() else { return Ok(None) };
        let groups = books
            .groups
            .range(open.first_command..)
            .map(|(_, group)| group)
            .take_while(|group| group.height == height)
            .cloned()
            .collect();
        Ok(Some(LoggedBlock { open, groups, seal: books.seals.get(&height).cloned() }))
    }

    fn seal(&self, height: u64) -> Result<Option<Seal>, StoreError> {
        Ok(self.books.lock().seals.get(&height).cloned())
    }

    fn last_height(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.books.lock().opens.last_key_value().map(|(height, _)| *height))
    }

    fn derived_state(&self) -> Result<Option<(Tip, State)>, StoreError> {
        let books = self.books.lock();
        let tables = &books.derived;
        let Some(mark) = tables.mark.clone() else { return Ok(None) };
        let damaged = |error| StoreError::Corrupt(format!("{error}"));
        let mut state = State::default();
        for (holder, account) in tables.accounts.values() {
            state.add_account(holder.clone(), *account);
        }
        tables.miners.values().for_each(|row| state.add_miner(row.clone()));
        tables.machines.values().for_each(|row| state.add_machine(row.clone()));
        tables.names.values().for_each(|row| state.add_name(row.clone()));
        tables.idempotent.values().for_each(|row| state.add_idempotent(row.clone()));
        state.enrolments = tables.enrolments.values().copied().collect();
        state.challenges = UsedChallenges::from_bytes(&tables.challenges).map_err(damaged)?;
        state.counters = Counters::decode(&mut Reader::new(&tables.counters)).map_err(damaged)?;
        if let Some(frozen) = &state.counters.frozen {
            state.frozen = tables.frozen.values().copied().collect();
            state.frozen_shares = shares_of_rows(frozen.pot, &state.frozen, &state.miners);
        }
        Ok(Some((mark, state)))
    }

    fn account(&self, number: AccountNumber) -> Result<Option<Account>, StoreError> {
        Ok(self.books.lock().derived.accounts.get(&number).map(|(_, account)| *account))
    }

    fn movement(&self, number: u64) -> Result<Option<Movement>, StoreError> {
        Ok(self.books.lock().derived.movements.get(&number).cloned())
    }

    fn history_back(
        &self,
        account: AccountNumber,
        newest: u64,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let books = self.books.lock();
        let mut walk = WalkBack::new(account, newest, skip, limit);
        while let Some(number) = walk.next() {
            let movement = books.derived.movements.get(&number);
            walk.take(movement.and_then(|movement| movement.seen_by(account)));
        }
        Ok(walk.found())
    }

    fn movements_from(&self, number: u64, limit: usize) -> Result<Vec<Movement>, StoreError> {
        let books = self.books.lock();
        let movements = books.derived.movements.range(number..);
        Ok(movements.take(limit).map(|(_, movement)| movement.clone()).collect())
    }

    fn transfer(&self, transfer_number: u64) -> Result<Option<Movement>, StoreError> {
        let books = self.books.lock();
        let number = books.derived.transfers.get(&transfer_number);
        Ok(number.and_then(|number| books.derived.movements.get(number)).cloned())
    }

    fn movement_of(&self, tx_id: &TxId) -> Result<Option<Movement>, StoreError> {
        let books = self.books.lock();
        let number = books.derived.tx_ids.get(tx_id);
        Ok(number.and_then(|number| books.derived.movements.get(number)).cloned())
    }

    fn epoch(&self, epoch: u64) -> Result<Option<EpochRecord>, StoreError> {
        let books = self.books.lock();
        let record = books.derived.epochs.range(..=epoch).next_back().map(|(_, record)| *record);
        Ok(record.filter(|record| epoch <= record.last.0))
    }

    fn attestation(&self, number: u64) -> Result<Option<AttestationRecord>, StoreError> {
        Ok(self.books.lock().derived.attestations.get(&number).cloned())
    }

    fn was_pruned(&self, _tx_id: &TxId) -> Result<bool, StoreError> {
        Ok(false)
    }

    fn pruned(&self) -> Result<Option<Pruned>, StoreError> {
        Ok(None)
    }

    fn records(&self) -> Result<Box<dyn Records>, StoreError> {
        let mark = self.books.lock().derived.mark.clone();
        Ok(Box::new(MemoryRecords { store: self.clone(), mark }))
    }

    fn check_structure(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
