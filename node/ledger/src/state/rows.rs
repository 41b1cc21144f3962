//! Numbered rows, and changes to them that can still be dropped.

use std::collections::HashMap;

use protocol::encoding::{DecodeError, Encode, Reader};

/// A row of a table that the state root binds.
pub trait Row: Clone + Encode {
    /// Reads what [`Encode`] wrote.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError>
    where
        Self: Sized;
}

/// A table of rows numbered from 0.
#[derive(Debug, Clone)]
pub struct Rows<R> {
    rows: Vec<R>,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { rows: Vec::new() }
    }
}

impl<R> Rows<R> {
    /// Row `number`.
    pub fn get(&self, number: u32) -> Option<&R> {
        usize::try_from(number).ok().and_then(|index| self.rows.get(index))
    }

    /// How many rows there are.
    pub fn count(&self) -> u32 {
        // A row takes more than a byte of memory for each of its numbers, long before this ends.
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Adds a row and gives its number.
    pub fn push(&mut self, row: R) -> u32 {
        let number = self.count();
        self.rows.push(row);
        number
    }

    /// Makes room for so many more rows.
    pub fn expect(&mut self, count: usize) {
        self.rows.reserve(count);
    }

    /// Replaces row `number`, if there is one.
    pub fn set(&mut self, number: u32, row: R) {
        if let Some(slot) = usize::try_from(number).ok().and_then(|index| self.rows.get_mut(index))
        {
            *slot = row;
        }
    }

    /// All rows, in the order of their numbers.
    pub fn as_slice(&self) -> &[R] {
        &self.rows
    }

    /// Takes all rows out.
    pub fn take(&mut self) -> Vec<R> {
        std::mem::take(&mut self.rows)
    }
}

impl<R> FromIterator<R> for Rows<R> {
    fn from_iter<I: IntoIterator<Item = R>>(rows: I) -> Self {
        Self { rows: rows.into_iter().collect() }
    }
}

/// Changes to a table that are not yet durable.
#[derive(Debug)]
pub struct Overlay<R> {
    base: u32,
    changed: HashMap<u32, R>,
    added: Vec<R>,
}

impl<R: Clone> Overlay<R> {
    /// No changes to a table.
    pub fn over(rows: &Rows<R>) -> Self {
        Self { base: rows.count(), changed: HashMap::new(), added: Vec::new() }
    }

    /// Row `number` with the changes.
    pub fn get<'s>(&'s self, rows: &'s Rows<R>, number: u32) -> Option<&'s R> {
        match number.checked_sub(self.base) {
            Some(behind) => usize::try_from(behind).ok().and_then(|index| self.added.get(index)),
            None => self.changed.get(&number).or_else(|| rows.get(number)),
        }
    }

    /// Changes row `number`.
    pub fn set(&mut self, number: u32, row: R) {
        match number.checked_sub(self.base) {
            Some(behind) => {
                let slot = usize::try_from(behind).ok().and_then(|index| self.added.get_mut(index));
                if let Some(slot) = slot {
                    *slot = row;
                }
            }
            None => {
                self.changed.insert(number, row);
            }
        }
    }

    /// Makes room for so many added rows.
    pub fn expect(&mut self, count: usize) {
        self.added.reserve_exact(count);
    }

    /// Adds a row and gives its number.
    pub fn push(&mut self, row: R) -> u32 {
        let number = self.next_number();
        self.added.push(row);
        number
    }

    /// The number that an added row would get.
    pub fn next_number(&self) -> u32 {
        self.base.saturating_add(u32::try_from(self.added.len()).unwrap_or(u32::MAX))
    }

    /// The changed rows in the order of their numbers, and the added rows in order.
    pub fn into_parts(self) -> (Vec<(u32, R)>, Vec<R>) {
        let mut changed: Vec<(u32, R)> = self.changed.into_iter().collect();
        changed.sort_unstable_by_key(|(number, _)| *number);
        (changed, self.added)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_show_through_the_overlay_and_nowhere_else() {
        let rows: Rows<char> = "abc".chars().collect();
        let mut overlay = Overlay::over(&rows);
        overlay.set(1, 'B');
        assert_eq!(overlay.push('d'), 3);
        overlay.set(3, 'D');
        let seen: String = (0..4).filter_map(|number| overlay.get(&rows, number)).collect();
        assert_eq!(seen, "aBcD");
        assert_eq!(overlay.get(&rows, 4), None);
        assert_eq!(rows.as_slice(), ['a', 'b', 'c']);
        assert_eq!(overlay.into_parts(), (vec![(1, 'B')], vec!['D']));
    }
}
