//! Numbered rows, and changes to them that can still be dropped.

use std::collections::HashMap;
use std::sync::Arc;

use protocol::encoding::{DecodeError, Encode, Reader};

/// A row of a table that the state root binds.
pub trait Row: Clone + Encode {
    /// Reads what [`Encode`] wrote.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError>
    where
        Self: Sized;
}

/// Rows of a piece of a table. A table grows by pieces, so that what is there is never copied.
const PIECE: usize = 1_024;

/// A table of rows numbered from 0.
///
/// Its pieces are shared with its copies, and copied themselves only when a row of a shared one
/// changes: a copy of a table that only grows costs a pointer per piece.
#[derive(Debug, Clone)]
pub struct Rows<R> {
    /// All full but the last one.
    pieces: Vec<Arc<Vec<R>>>,
    count: u32,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { pieces: Vec::new(), count: 0 }
    }
}

/// Where row `number` is: its piece, and its place there.
fn place_of(number: u32) -> Option<(usize, usize)> {
    let number = usize::try_from(number).ok()?;
    Some((number / PIECE, number % PIECE))
}

impl<R> Rows<R> {
    /// Row `number`.
    pub fn get(&self, number: u32) -> Option<&R> {
        let (piece, place) = place_of(number)?;
        self.pieces.get(piece)?.get(place)
    }

    /// How many rows there are.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// All rows, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &R> + Clone {
        self.pieces.iter().flat_map(|piece| piece.iter())
    }
}

impl<R: Clone> Rows<R> {
    /// Adds a row and gives its number.
    pub fn push(&mut self, row: R) -> u32 {
        let number = self.count;
        match self.pieces.last_mut().filter(|piece| piece.len() < PIECE) {
            Some(piece) => Arc::make_mut(piece).push(row),
            None => self.pieces.push(Arc::new(vec![row])),
        }
        // A row takes more than a byte of memory for each of its numbers, long before this ends.
        self.count = number.saturating_add(1);
        number
    }

    /// Replaces row `number`, if there is one.
    pub fn set(&mut self, number: u32, row: R) {
        let Some((piece, place)) = place_of(number) else { return };
        let piece = self.pieces.get_mut(piece).map(Arc::make_mut);
        if let Some(slot) = piece.and_then(|piece| piece.get_mut(place)) {
            *slot = row;
        }
    }
}

impl<R: Clone> FromIterator<R> for Rows<R> {
    fn from_iter<I: IntoIterator<Item = R>>(rows: I) -> Self {
        let mut table = Self::default();
        for row in rows {
            table.push(row);
        }
        table
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
        assert_eq!(rows.iter().collect::<String>(), "abc");
        assert_eq!(overlay.into_parts(), (vec![(1, 'B')], vec!['D']));
    }

    #[test]
    fn a_copy_of_a_table_stays_what_it_was() {
        let piece = u32::try_from(PIECE).unwrap();
        for count in [0, 1, piece - 1, piece, piece + 1, 3 * piece + 5] {
            let mut rows: Rows<u32> = (0..count).collect();
            let copy = rows.clone();
            assert_eq!(rows.count(), count);
            for number in 0..count {
                rows.set(number, number + 1);
            }
            for number in count..count + piece + 2 {
                assert_eq!(rows.push(number + 1), number);
            }
            rows.set(count + piece + 2, 9);
            let all = count + piece + 2;
            assert_eq!(rows.iter().copied().collect::<Vec<_>>(), (1..=all).collect::<Vec<_>>());
            assert_eq!(copy.iter().copied().collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
            assert_eq!(copy.count(), count);
            assert_eq!((rows.get(all - 1), rows.get(all)), (Some(&all), None));
            assert_eq!(copy.get(count), None);
        }
    }
}
