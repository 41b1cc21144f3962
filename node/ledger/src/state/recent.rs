//! What happened since the derived tables were last written, for readers.

use std::collections::{HashMap, VecDeque};

use protocol::transfer::TxId;

use super::{Movement, MovementNumber};

/// Movements that no derived table has yet, oldest first.
#[derive(Debug, Default)]
pub struct Recent {
    movements: VecDeque<Movement>,
    by_tx_id: HashMap<TxId, MovementNumber>,
}

impl Recent {
    /// Adds the newest movement.
    pub fn push(&mut self, movement: Movement) {
        if let Some(tx_id) = movement.tx_id {
            self.by_tx_id.insert(tx_id, movement.number);
        }
        self.movements.push_back(movement);
    }

    /// The movement of this number, if it is recent.
    pub fn movement(&self, number: MovementNumber) -> Option<&Movement> {
        let first = self.movements.front()?.number;
        let index = usize::try_from(number.checked_sub(first)?).ok()?;
        self.movements.get(index)
    }

    /// The movement of a recent transfer.
    pub fn by_tx_id(&self, tx_id: &TxId) -> Option<&Movement> {
        self.by_tx_id.get(tx_id).and_then(|number| self.movement(*number))
    }

    /// The recent transfer at this place in the list of transfers.
    pub fn by_transfer_number(&self, transfer_number: u64) -> Option<&Movement> {
        self.movements
            .iter()
            .rev()
            .filter(|movement| movement.transfer_number > 0)
            .take_while(|movement| movement.transfer_number >= transfer_number)
            .find(|movement| movement.transfer_number == transfer_number)
    }

    /// Movements from `number` on, oldest first.
    pub fn from(&self, number: MovementNumber) -> impl Iterator<Item = &Movement> {
        let first = self.movements.front().map_or(number, |movement| movement.number);
        let skipped = usize::try_from(number.saturating_sub(first)).unwrap_or(usize::MAX);
        self.movements.iter().skip(skipped)
    }

    /// Forgets movements up to and including `number`, which the derived tables now have.
    pub fn forget_through(&mut self, number: MovementNumber) {
        while self.movements.front().is_some_and(|movement| movement.number <= number) {
            let forgotten = self.movements.pop_front();
            if let Some(tx_id) = forgotten.and_then(|movement| movement.tx_id) {
                self.by_tx_id.remove(&tx_id);
            }
        }
    }
}
