//! Is a file whole, as far as SQLite itself can tell, and is its schema the one of this program?

use rusqlite::Connection;

use super::unreadable;
use crate::store::StoreError;
use crate::store::sqlite::migrate::{Migrations, definitions};

/// Findings of SQLite's own check that are repeated.
const FINDINGS: u32 = 3;

/// Checks the pages, trees and indexes of a file, and that nobody changed its schema.
pub(in crate::store::sqlite) fn check_file(
    connection: &Connection,
    file: &str,
    migrations: Migrations,
) -> Result<(), StoreError> {
    let damaged = |what: String| StoreError::Corrupt(format!("{file}: {what}"));
    let named = |error: StoreError| match error {
        StoreError::Corrupt(what) => damaged(what),
        other => other,
    };
    let findings = integrity(connection).map_err(named)?;
    if findings != ["ok"] {
        return Err(damaged(findings.join("; ")));
    }
    let version = migrations.version(connection).map_err(named)?;
    let known = migrations.known();
    if !(1..=known).contains(&version) {
        return Err(damaged(format!("its version is {version}; this program knows 1 to {known}")));
    }
    let mut fresh = Connection::open_in_memory().map_err(unreadable)?;
    migrations.migrate_to(&mut fresh, version)?;
    let (found, expected) = (definitions(connection).map_err(named)?, definitions(&fresh)?);
    match found.iter().find(|definition| !expected.contains(definition)) {
        Some(foreign) => Err(damaged(format!("{foreign} is not what this program made"))),
        None if found.len() == expected.len() => Ok(()),
        None => Err(damaged("a table, index, view or trigger is missing".to_owned())),
    }
}

fn integrity(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let sql = format!("PRAGMA integrity_check({FINDINGS})");
    let mut query = connection.prepare(&sql).map_err(unreadable)?;
    let findings = query.query_map([], |row| row.get(0)).map_err(unreadable)?;
    findings.collect::<Result<_, _>>().map_err(unreadable)
}
