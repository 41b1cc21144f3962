//! One flipped bit in what is stored: found, and named; or the content is what it was.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use crate::audit::{audited, copy_of, lift_triggers, told_on_disk};
use crate::tier::Tries;

/// Rows of a table in which every column is tried.
const ROWS: Tries = Tries { gate: 2, long: 1_000, longer: 1_000 };
/// Random places of the two files.
const PLACES: Tries = Tries { gate: 120, long: 5_000, longer: 100_000 };

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(end).unwrap()).unwrap()
    }
}

/// Two files that can be put back to what they were.
struct Patient {
    folder: TempDir,
    whole: TempDir,
}

impl Patient {
    fn new() -> Self {
        let told = told_on_disk();
        let (folder, whole) = (copy_of(told.path()), TempDir::new().unwrap());
        audited(folder.path()).unwrap();
        for name in ["log.db", "derived.db"] {
            fs::copy(folder.path().join(name), whole.path().join(name)).unwrap();
        }
        Self { folder, whole }
    }

    fn heal(&self, name: &str) {
        for suffix in ["-wal", "-shm", "-journal"] {
            drop(fs::remove_file(self.folder.path().join(format!("{name}{suffix}"))));
        }
        fs::copy(self.whole.path().join(name), self.folder.path().join(name)).unwrap();
    }

    fn open(&self, name: &str) -> Connection {
        Connection::open(self.folder.path().join(name)).unwrap()
    }
}

fn tables(connection: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut query = connection.prepare(sql).unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The columns of a table, and those of its key.
fn columns(connection: &Connection, table: &str) -> (Vec<String>, Vec<String>) {
    let sql = "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid";
    let mut query = connection.prepare(sql).unwrap();
    let rows = query.query_map([table], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)));
    let named: Vec<(String, i64)> = rows.unwrap().map(Result::unwrap).collect();
    let key = named.iter().filter(|(_, pk)| *pk > 0).map(|(name, _)| name.clone()).collect();
    (named.into_iter().map(|(name, _)| name).collect(), key)
}

/// The same value with one bit flipped; `None` for what has no bits.
fn flipped(value: &Value, dice: &mut Dice) -> Option<Value> {
    Some(match value {
        Value::Integer(number) => Value::Integer(number ^ (1 << dice.below(40))),
        Value::Blob(bytes) if !bytes.is_empty() => {
            let mut bytes = bytes.clone();
            let place = dice.below(bytes.len());
            bytes[place] ^= 1 << dice.below(8);
            Value::Blob(bytes)
        }
        // What stays ASCII stays text.
        Value::Text(text) if !text.is_empty() => {
            let mut bytes = text.clone().into_bytes();
            let place = dice.below(bytes.len());
            bytes[place] ^= 1 << dice.below(6);
            Value::Text(String::from_utf8(bytes).ok()?)
        }
        _ => return None,
    })
}

/// Flips a bit of one column of one row; says what became of the value.
fn flip_column(
    connection: &Connection,
    table: &str,
    (column, key): (&str, &[String]),
    row: usize,
    dice: &mut Dice,
) -> Option<String> {
    let order = key.join(", ");
    let sql =
        format!("SELECT {column}, {order} FROM {table} ORDER BY {order} LIMIT 1 OFFSET {row}");
    let mut query = connection.prepare(&sql).unwrap();
    let values: Vec<Value> =
        query.query_row([], |row| (0..=key.len()).map(|index| row.get(index)).collect()).unwrap();
    let (value, key_values) = values.split_first()?;
    let condition: Vec<String> = key.iter().map(|column| format!("{column} = ?")).collect();
    let sql = format!("UPDATE {table} SET {column} = ? WHERE {}", condition.join(" AND "));
    // A key that is taken already cannot come about: another bit.
    (0..20).find_map(|_| {
        let new = flipped(value, dice)?;
        let parameters = std::iter::once(&new).chain(key_values);
        let changed = connection.execute(&sql, rusqlite::params_from_iter(parameters)).ok()?;
        (changed == 1).then(|| format!("{table}.{column} of {key_values:?}: {value:?} -> {new:?}"))
    })
}

#[test]
fn a_flipped_bit_is_found_in_every_column_of_every_table() {
    let patient = Patient::new();
    let mut dice = Dice(7);
    let (mut tried, mut covered) = (0, BTreeSet::new());
    for file in ["log.db", "derived.db"] {
        for table in tables(&patient.open(file)) {
            let connection = patient.open(file);
            let (names, key) = columns(&connection, &table);
            let sql = format!("SELECT count(*) FROM {table}");
            let count: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            let count = u64::try_from(count).unwrap();
            drop(connection);
            let wanted = count.min(ROWS.now());
            for row in (0..wanted).map(|row| usize::try_from(row * count / wanted).unwrap()) {
                for column in &names {
                    let connection = patient.open(file);
                    let triggers = lift_triggers(&connection);
                    connection.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
                    let place = (column.as_str(), key.as_slice());
                    let what = flip_column(&connection, &table, place, row, &mut dice);
                    connection.execute_batch(&triggers).unwrap();
                    drop(connection);
                    if let Some(what) = what {
                        let found = audited(patient.folder.path());
                        let said = found.map(|_| ()).expect_err(&what).to_string();
                        let names = if file == "log.db" {
                            said.contains("block")
                                || said.contains("founding")
                                || said.contains("log")
                        } else {
                            said.contains(&table) || said.contains("derived")
                        };
                        assert!(names, "{what}: {said}");
                        tried += 1;
                        covered.insert(format!("{table}.{column}"));
                    }
                    patient.heal(file);
                }
            }
        }
    }
    assert!(tried > 120, "{tried} flips");
    // 15 columns of the log, 69 of the derived tables; one of a kind may always be null or empty.
    assert!(covered.len() >= 80, "{}: {covered:?}", covered.len());
    audited(patient.folder.path()).unwrap();
}

/// Everything that SQL can see of a file.
fn content(path: &Path) -> Option<Vec<String>> {
    let connection = Connection::open(path).ok()?;
    let mut rows = Vec::new();
    let mut names = vec!["sqlite_schema".to_owned()];
    names.extend(tables(&connection));
    for table in names {
        let columns = if table == "sqlite_schema" { "type, name, tbl_name, sql" } else { "*" };
        let mut query = connection.prepare(&format!("SELECT {columns} FROM {table}")).ok()?;
        let width = query.column_count();
        let mut found = query.query([]).ok()?;
        while let Some(row) = found.next().ok()? {
            let values: Vec<Value> =
                (0..width).map(|column| row.get(column)).collect::<Result<_, _>>().ok()?;
            rows.push(format!("{table} {values:?}"));
        }
    }
    Some(rows)
}

#[test]
fn a_flipped_bit_anywhere_in_a_file_is_found_or_changes_nothing() {
    let patient = Patient::new();
    let mut dice = Dice(11);
    let (mut found, mut harmless) = (0, 0);
    for file in ["log.db", "derived.db"] {
        let path = patient.folder.path().join(file);
        let whole = content(&path).unwrap();
        let bytes = fs::read(patient.whole.path().join(file)).unwrap();
        for _ in 0..PLACES.now() {
            let mut damaged = bytes.clone();
            let (place, bit) = (dice.below(bytes.len()), dice.below(8));
            damaged[place] ^= 1 << bit;
            fs::write(&path, &damaged).unwrap();
            if audited(patient.folder.path()).is_err() {
                found += 1;
            } else {
                let content = content(&path);
                assert!(content.as_ref() == Some(&whole), "{file}: bit {bit} of byte {place}");
                harmless += 1;
            }
            patient.heal(file);
        }
    }
    assert!(found > harmless / 20, "{found} found, {harmless} harmless");
}

#[test]
fn a_definition_of_another_type_is_found() {
    let patient = Patient::new();
    let mut tried = 0;
    for file in ["log.db", "derived.db"] {
        let objects = "SELECT rowid FROM sqlite_schema";
        let rows: Vec<i64> = {
            let connection = patient.open(file);
            let mut query = connection.prepare(objects).unwrap();
            query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        for row in rows {
            for column in ["type", "name", "tbl_name", "sql"] {
                let connection = patient.open(file);
                connection.pragma_update(None, "writable_schema", true).unwrap();
                let sql = format!(
                    "UPDATE sqlite_schema SET {column} = CAST({column} AS BLOB) \
                     WHERE rowid = ? AND {column} IS NOT NULL"
                );
                let changed = connection.execute(&sql, [row]).unwrap();
                drop(connection);
                assert_eq!(
                    audited(patient.folder.path()).is_err(),
                    changed == 1,
                    "{file}: {column} of {row}"
                );
                tried += changed;
                patient.heal(file);
            }
        }
    }
    assert!(tried > 60, "{tried} definitions");
}
