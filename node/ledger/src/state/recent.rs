//! What happened since the derived tables were last written, for readers.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use protocol::transfer::TxId;

use super::{Movement, MovementNumber};

/// Movements that became durable together, oldest first. Readers, the sealer and the tables share
/// them; nobody copies them.
pub type MovementGroup = Arc<Vec<Movement>>;

/// Movements of a block, group by group.
#[derive(Debug, Clone, Default)]
pub struct Movements(Vec<MovementGroup>);

impl Movements {
    /// All of them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Movement> {
        self.0.iter().flat_map(|group| group.iter())
    }

    /// The oldest and the newest one.
    pub fn ends(&self) -> Option<(&Movement, &Movement)> {
        self.iter().next().zip(self.iter().next_back())
    }
}

/// Movements that no derived table has yet, oldest first.
#[derive(Debug, Default)]
pub struct Recent {
    /// The groups, each behind the number of its first movement.
    groups: VecDeque<(MovementNumber, MovementGroup)>,
    by_tx_id: HashMap<TxId, MovementNumber>,
}

impl Recent {
    /// Adds the newest movements.
    pub fn push(&mut self, movements: Vec<Movement>) {
        let Some(first) = movements.first().map(|movement| movement.number) else { return };
        let ids = movements.iter().filter_map(|movement| Some((movement.tx_id?, movement.number)));
        self.by_tx_id.extend(ids);
        self.groups.push_back((first, Arc::new(movements)));
    }

    /// The movement of this number, if it is recent.
    pub fn movement(&self, number: MovementNumber) -> Option<&Movement> {
        let behind = self.groups.partition_point(|(first, _)| *first <= number);
        let (first, group) = self.groups.get(behind.checked_sub(1)?)?;
        group.get(usize::try_from(number.checked_sub(*first)?).ok()?)
    }

    /// The movement of a recent transfer.
    pub fn by_tx_id(&self, tx_id: &TxId) -> Option<&Movement> {
        self.by_tx_id.get(tx_id).and_then(|number| self.movement(*number))
    }

    /// The recent transfer at this place in the list of transfers.
    pub fn by_transfer_number(&self, transfer_number: u64) -> Option<&Movement> {
        self.groups
            .iter()
            .rev()
            .flat_map(|(_, group)| group.iter().rev())
            .filter(|movement| movement.transfer_number > 0)
            .take_while(|movement| movement.transfer_number >= transfer_number)
            .find(|movement| movement.transfer_number == transfer_number)
    }

    /// Movements from `number` on, with which a group begins.
    pub fn from(&self, number: MovementNumber) -> Movements {
        let skipped = self.groups.partition_point(|(first, _)| *first < number);
        Movements(self.groups.iter().skip(skipped).map(|(_, group)| Arc::clone(group)).collect())
    }

    /// Forgets groups whose movements go up to `number` at most, which the derived tables now have.
    pub fn forget_through(&mut self, number: MovementNumber) {
        let is_old = |group: &MovementGroup| group.last().is_some_and(|last| last.number <= number);
        while self.groups.front().is_some_and(|(_, group)| is_old(group)) {
            let forgotten = self.groups.pop_front();
            for movement in forgotten.iter().flat_map(|(_, group)| group.iter()) {
                if let Some(tx_id) = &movement.tx_id {
                    self.by_tx_id.remove(tx_id);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::money::Amount;
    use protocol::time::UnixMillis;

    use super::*;
    use crate::state::MovementKind;

    fn movement(number: u64) -> Movement {
        Movement {
            number,
            kind: MovementKind::Transfer,
            debit: Some(1),
            credit: 2,
            amount: Amount::ZERO,
            previous_of_debit: 0,
            previous_of_credit: 0,
            nonce: 0,
            note: String::new(),
            tx_id: Some(TxId::from_bytes([u8::try_from(number).unwrap(); 16])),
            // Every other one is a transfer.
            transfer_number: if number.is_multiple_of(2) { number / 2 } else { 0 },
            command: 0,
            epoch: 0,
            height: 0,
            time: UnixMillis(0),
        }
    }

    #[test]
    fn movements_are_found_until_the_tables_have_them() {
        let mut recent = Recent::default();
        recent.push(Vec::new());
        for group in [5..=6_u64, 7..=7, 8..=12] {
            recent.push(group.map(movement).collect());
        }
        let found = |recent: &Recent| -> Vec<u64> {
            (0..20).filter(|number| recent.movement(*number).is_some()).collect()
        };
        assert_eq!(found(&recent), (5..=12).collect::<Vec<_>>());
        assert_eq!(recent.movement(9), Some(&movement(9)));
        assert_eq!(recent.by_tx_id(&TxId::from_bytes([11; 16])), Some(&movement(11)));
        assert_eq!(recent.by_transfer_number(4), Some(&movement(8)));
        assert_eq!(recent.by_transfer_number(7), None);
        let numbers: Vec<u64> = recent.from(7).iter().map(|movement| movement.number).collect();
        assert_eq!(numbers, [7, 8, 9, 10, 11, 12]);
        assert!(recent.from(13).ends().is_none());

        recent.forget_through(7);
        assert_eq!(found(&recent), [8, 9, 10, 11, 12]);
        assert_eq!(recent.by_tx_id(&TxId::from_bytes([6; 16])), None);
        recent.forget_through(12);
        assert_eq!(found(&recent), Vec::<u64>::new());
        assert!(recent.by_tx_id.is_empty());
    }
}
