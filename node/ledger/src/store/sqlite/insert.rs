//! Inserts rows into a table, many with one statement where there are many: what SQLite does once
//! for each statement is a good part of what a row costs.

use rusqlite::{CachedStatement, Connection, ToSql};

use super::rolled_back;
use crate::store::StoreError;

/// Rows of a long statement; more of them save nothing that can be measured.
const AT_ONCE: usize = 32;

/// Where rows go.
pub(super) struct Insert {
    /// What is done, and the table's columns.
    pub(super) head: &'static str,
    /// The values of a row.
    pub(super) row: &'static str,
    /// What happens when the row is there already.
    pub(super) otherwise: &'static str,
}

/// Takes the values of the rows of a statement.
pub(super) struct Binding<'s, 'c> {
    statement: &'s mut CachedStatement<'c>,
    bound: usize,
}

impl Binding<'_, '_> {
    /// Takes the values of the next row.
    pub(super) fn row(&mut self, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
        for value in values {
            self.bound = self.bound.saturating_add(1);
            self.statement.raw_bind_parameter(self.bound, value)?;
        }
        Ok(())
    }
}

impl Insert {
    fn statement<'c>(
        &self,
        connection: &'c Connection,
        rows: usize,
    ) -> Result<CachedStatement<'c>, StoreError> {
        let rows = vec![self.row; rows].join(", ");
        let sql = format!("{} VALUES {rows} {}", self.head, self.otherwise);
        connection.prepare_cached(&sql).map_err(rolled_back)
    }

    /// Inserts rows in their order; `bind` gives the values of each.
    pub(super) fn rows<R>(
        &self,
        connection: &Connection,
        rows: impl IntoIterator<Item = R>,
        bind: impl Fn(&mut Binding<'_, '_>, R) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let mut rows = rows.into_iter();
        let mut next: Vec<R> = rows.by_ref().take(AT_ONCE).collect();
        if next.len() == AT_ONCE {
            let mut many = self.statement(connection, AT_ONCE)?;
            while next.len() == AT_ONCE {
                execute(&mut many, next.drain(..), &bind)?;
                next.extend(rows.by_ref().take(AT_ONCE));
            }
        }
        if !next.is_empty() {
            let mut one = self.statement(connection, 1)?;
            next.into_iter().try_for_each(|row| execute(&mut one, [row], &bind))?;
        }
        Ok(())
    }
}

fn execute<R>(
    statement: &mut CachedStatement<'_>,
    rows: impl IntoIterator<Item = R>,
    bind: impl Fn(&mut Binding<'_, '_>, R) -> rusqlite::Result<()>,
) -> Result<(), StoreError> {
    let mut binding = Binding { statement, bound: 0 };
    let mut bound = rows.into_iter().map(|row| bind(&mut binding, row));
    bound.try_for_each(|bound| bound).map_err(rolled_back)?;
    statement.raw_execute().map(|_count| ()).map_err(rolled_back)
}

#[cfg(test)]
mod tests {
    use rusqlite::params;

    use super::*;

    const PUT: Insert = Insert {
        head: "INSERT INTO t (number, word)",
        row: "(?, ?)",
        otherwise: "ON CONFLICT (number) DO UPDATE SET word = excluded.word",
    };

    fn put(connection: &Connection, numbers: std::ops::Range<u32>, word: &str) {
        let rows = numbers.map(|number| (number, format!("{word}{number}")));
        PUT.rows(connection, rows, |binding, (number, word)| binding.row(params![number, word]))
            .unwrap();
    }

    #[test]
    fn every_row_arrives_however_many_there_are() {
        for count in [0, 1, 31, 32, 33, 64, 95, 100] {
            let connection = Connection::open_in_memory().unwrap();
            connection
                .execute_batch("CREATE TABLE t (number INTEGER PRIMARY KEY, word TEXT) STRICT")
                .unwrap();
            put(&connection, 0..count, "a");
            put(&connection, count / 2..count.saturating_mul(2), "b");
            let mut query = connection.prepare("SELECT word FROM t ORDER BY number").unwrap();
            let words = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
            let words: Vec<String> = words.map(Result::unwrap).collect();
            let mut expected: Vec<String> = (0..count / 2).map(|n| format!("a{n}")).collect();
            expected.extend((count / 2..count.saturating_mul(2)).map(|n| format!("b{n}")));
            assert_eq!(words, expected);
        }
    }

    #[test]
    fn a_row_that_cannot_be_inserted_is_an_error() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (number INTEGER CHECK (number < 40))").unwrap();
        let plain = Insert { head: "INSERT INTO t (number)", row: "(?)", otherwise: "" };
        let numbers = |numbers: std::ops::Range<u32>| {
            plain.rows(&connection, numbers, |binding, number| binding.row(params![number]))
        };
        numbers(0..40).unwrap();
        numbers(9..41).unwrap_err();
        numbers(38..41).unwrap_err();
    }
}
